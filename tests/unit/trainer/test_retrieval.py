"""Retrieval: ranks and recall by hand, and what its readers make of odd files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trainer.evaluation.ranks import cosines, label_ranks
from trainer.evaluation.retrieval import (
    CaptionedPictures,
    read_coco_cn,
    read_flickr30k,
    read_flickr30k_cna,
    read_long_chinese,
    read_sharegpt4v,
    recalls,
)

READERS: dict[str, tuple[Callable[[Path], CaptionedPictures], str]] = {
    "flickr30k_cna_test.txt": (read_flickr30k_cna, "7#0\t狗在跑 \n7#1\t猫\r\n"),
    "pair.txt": (read_coco_cn, "COCO_val2014_000000000002#zhm#0 狗在跑 \n"),
    "long.txt": (read_long_chinese("long.txt"), "p/7.jpg \t 狗在跑 \n"),
    "flickr30k_test.json": (read_flickr30k, '[{"image": "7.jpg", "caption": ["狗在跑"]}]'),
}


@pytest.mark.parametrize("file", sorted(READERS))
def test_byte_order_marks_and_blanks_around_texts_are_dropped(tmp_path: Path, file: str) -> None:
    read, text = READERS[file]
    (tmp_path / file).write_text("\ufeff" + text, encoding="utf-8")
    found = read(tmp_path)
    assert found.captions[0] == "狗在跑"
    assert found.pictures[0].name in ("7.jpg", "COCO_val2014_000000000002.jpg")


def test_pictures_without_captions_are_left_out(tmp_path: Path) -> None:
    records = [{"image": "a", "caption": []}, {"image": "b", "caption": ["x", "y"]}]
    (tmp_path / "flickr30k_test.json").write_text(json.dumps(records))
    found = read_flickr30k(tmp_path)
    assert (found.pictures, found.owner_T.tolist()) == ([tmp_path / "b"], [0, 0])


def test_of_sharegpt4v_only_the_first_thousand_matter(tmp_path: Path) -> None:
    record = {"image": "a.jpg", "conversations": [{"value": "?"}, {"value": "x"}]}
    records = [record] * 1000 + [{"id": "a text alone"}]
    (tmp_path / "share-captioner_coco_lcs_sam_1246k_1107.json").write_text(json.dumps(records))
    assert len(read_sharegpt4v(tmp_path).pictures) == 1000


def test_long_chinese_paths_lie_below_the_folder_or_are_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("set/here.jpg", "there.jpg", "both.jpg", "set/both.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    lines = (f"{name}\t狗\n" for name in ("here.jpg", "there.jpg", "both.jpg", "gone.jpg"))
    (tmp_path / "set" / "long.txt").write_text("".join(lines), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = [str(path) for path in read_long_chinese("long.txt")(Path("set")).pictures]
    assert found == ["set/here.jpg", "there.jpg", "set/both.jpg", "set/gone.jpg"]


def test_recall_takes_the_best_of_a_pictures_captions() -> None:
    image = np.eye(3, dtype=np.float32)
    text = np.array([[1, 0, 0], [0, 0.9, 1], [0, 1, 0], [0, 0, 1.1]], np.float32)
    figures = recalls(image, text, np.array([0, 1, 1, 2]))
    assert figures["image to text R@1"] == pytest.approx(100)
    assert figures["text to image R@1"] == pytest.approx(75)
    assert figures["text to image R@5"] == 100


def test_ranks_count_what_is_above_the_right_class() -> None:
    scores = np.array([[0.1, 0.9, 0.5], [0.3, 0.3, 0.2], [0.3, 0.3, 0.4]], np.float32)
    assert label_ranks(scores, np.array([2, 1, 0])).tolist() == [1, 1, 1]


def test_a_model_to_which_all_is_the_same_is_right_by_chance() -> None:
    same = np.ones((20, 3), np.float32)
    figures = recalls(same[:4], same, np.arange(20) // 5)
    assert figures["text to image R@1"] == figures["image to text R@1"] == 25


@pytest.mark.parametrize("n_columns", [2, 3, 5, 11, 37, 130])
def test_equal_vectors_are_equally_near_wherever_they_stand(n_columns: int) -> None:
    rng = np.random.default_rng(n_columns)
    column_CE = rng.normal(size=(n_columns, 192)).astype(np.float32)
    column_CE /= np.linalg.norm(column_CE, axis=1, keepdims=True)
    column_CE[[n_columns // 2, -1]] = column_CE[0]
    row_RE = rng.normal(size=(50, 192)).astype(np.float32)
    for rows in (row_RE, *row_RE[:, None]):  # products of one row are made in another way
        found = cosines(rows, column_CE)
        assert found.dtype == np.float32
        assert (found[:, [n_columns // 2, -1]] == found[:, :1]).all()
        np.testing.assert_allclose(found, rows @ column_CE.T, atol=1e-5)
