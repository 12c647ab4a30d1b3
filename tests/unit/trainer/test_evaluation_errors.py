"""Data sets with records that cannot be used: a ``DataError`` that names file and record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trainer.errors import DataError
from trainer.evaluation.dense import read_mask
from trainer.evaluation.tasks import TASKS

INSTANCES = {
    "images": [{"id": 1, "file_name": "a.jpg", "coco_url": "val2017/a.jpg"}],
    "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9]}],
    "categories": [{"id": 1, "name": "cat"}],
}
COCO = "annotations/instances_val2017.json"
CAPTIONS = "annotations/captions_val2017.json"
SHARE = "share-captioner_coco_lcs_sam_1246k_1107.json"
FGOVD = "h_attributes_llava.jsonl"
VAL = "lvis_v1_val.json"
BOXED = {"img_path": "a.jpg", "bbox": [0, 0, 9, 9], "pos_expression": ["a"], "neg_expression": []}


def _changed(section: str, **values: Any) -> dict[str, Any]:
    return INSTANCES | {section: [INSTANCES[section][0] | values]}


@pytest.mark.parametrize(
    ("task", "file", "content", "named"),
    [
        ("coco-boxes", COCO, [], "id, file_name is missing"),
        ("coco-boxes", COCO, {"images": {}}, "a list of records"),
        ("coco-boxes", COCO, INSTANCES | {"images": [{"id": 1}]}, "record 0 lacks file_name"),
        ("coco-boxes", COCO, _changed("annotations", bbox=[0, 0, 9]), "bbox of record 0"),
        ("coco-boxes", COCO, _changed("annotations", bbox=["0", 0, 9, 9]), "bbox of record 0"),
        ("coco-boxes", COCO, _changed("annotations", category_id=5), "unknown category 5"),
        ("coco-boxes", COCO, _changed("annotations", image_id=7), "no photo of the annotations"),
        ("coco-boxes", COCO, _changed("annotations", bbox=[10**400, 0, 9, 9]), "bbox of record 0"),
        ("coco-boxes", COCO, _changed("annotations", image_id=[1]), "image_id of record 0 is [1]"),
        ("coco-boxes", COCO, _changed("images", file_name=None), "file_name of record 0 is None"),
        ("coco-boxes", COCO, _changed("categories", name=None), "name of record 0 is None"),
        ("lvis-boxes", VAL, _changed("images", coco_url=None), "coco_url of record 0 is None"),
        ("lvis-boxes", VAL, INSTANCES, "no photo of the annotations"),
        ("boxclass-cn", "valid_category_data_total_zh.json", {}, "images: a list"),
        ("lvis-detection", VAL, _changed("categories", frequency=["r"]), "frequency of record 0"),
        ("lvis-detection", VAL, _changed("images", neg_category_ids=[[1]]), "neg_category_ids of"),
        ("lvis-detection", VAL, _changed("images", not_exhaustive_category_ids=1), "_ids of"),
        ("coco-boxes", COCO, _changed("annotations", bbox=[1e300] * 4), "bbox of record 0"),
        ("coco-boxes", COCO, _changed("annotations", bbox=[5, 5, 1e-300, 9]), "none has a box"),
        ("coco-boxes", COCO, _changed("annotations", image_id="x" * 5000), "is 'xxx"),
        ("lvis-detection", VAL, INSTANCES, "detections.json cannot be read"),
        ("lvis-detection", VAL, INSTANCES | {"annotations": []}, "no box"),
        ("lvis-detection", VAL, _changed("annotations", image_id=7), "no box of the photos"),
        ("fg-ovd", FGOVD, "{}", "lacks img_path, bbox, pos_expression, neg_expression"),
        ("fg-ovd", FGOVD, "[1]\n", "record 0 lacks"),
        ("fg-ovd", FGOVD, "{broken", "record 0 is no JSON"),
        ("fg-ovd", FGOVD, BOXED | {"img_path": None}, "img_path of record 0 is None"),
        ("fg-ovd", FGOVD, BOXED | {"pos_expression": []}, "pos_expression of record 0 is empty"),
        (
            "fg-ovd",
            FGOVD,
            BOXED | {"pos_expression": None},
            "record 0 is no list of texts: None",
        ),
        ("fg-ovd", FGOVD, BOXED | {"neg_expression": "cat"}, "of record 0 is no list of texts: 'c"),
        ("fg-ovd", FGOVD, BOXED | {"neg_expression": [1]}, "of record 0 is no list of texts: [1]"),
        ("coco", CAPTIONS, {"images": [], "annotations": []}, "no pictures with captions"),
        ("coco", CAPTIONS, {"images": []}, "image_id, caption is missing"),
        ("flickr30k", "flickr30k_test.json", 100_000 * "[", "cannot be read as JSON"),
        ("fg-ovd", FGOVD, 100_000 * "[", "record 0 is no JSON"),
        ("flickr30k", "flickr30k_test.json", {"image": "a"}, "a list of records"),
        ("flickr30k", "flickr30k_test.json", [{"image": "a", "caption": "one"}], "no list"),
        ("flickr30k", "flickr30k_test.json", [{"image": "a"}], "record 0 lacks caption"),
        ("flickr30k", "flickr30k_test.json", [{"image": 5, "caption": ["a"]}], "image of record 0"),
        ("sharegpt4v", SHARE, {"a": 1}, "a list of records"),
        ("sharegpt4v", SHARE, [{"image": "a", "conversations": []}], "no list of texts"),
        ("dci", "annotations/a.json", [], "record 0 lacks image, extra_caption"),
        ("flickr30k-cna", "flickr30k_cna_test.txt", "no number\n", "another format"),
        ("coco-cn", "pair.txt", "x\n", "another format"),
        ("lit-cn", "image_caption_long_cn.txt", "no tab\n", "no tab and caption"),
        ("imagenet", "classnames.txt", "cat\n", "val is missing"),
        ("ade150", "objectInfo150.txt", "nothing\n", "names no class"),
        ("voc20", "ImageSets/Segmentation/val.txt", "a\n", "a.png is missing"),
    ],
)
def test_records_that_cannot_be_used_are_named(
    small_model: Path, tmp_path: Path, task: str, file: str, content: Any, named: str
) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(DataError) as caught:
        TASKS[task].run(small_model, tmp_path, 16)
    assert named in str(caught.value)
    assert str(tmp_path) in str(caught.value) or "no photo" in str(caught.value)
    assert len(str(caught.value)) < len(str(tmp_path)) + 250


@pytest.mark.parametrize("score", [None, "0.5", 10**400])
def test_scores_that_are_no_numbers_are_named(
    small_model: Path, tmp_path: Path, score: object
) -> None:
    (tmp_path / VAL).write_text(json.dumps(INSTANCES))
    boxes = [{"image_id": 1, "bbox": [0, 0, 9, 9], "score": score}]
    (tmp_path / "detections.json").write_text(json.dumps(boxes))
    with pytest.raises(DataError, match=r"detections\.json: the score of record 0 is"):
        TASKS["lvis-detection"].run(small_model, tmp_path, 16)


def test_a_photo_that_cannot_be_read_ends_the_task_with_its_name(
    small_model: Path, tmp_path: Path
) -> None:
    (tmp_path / "annotations").mkdir()
    (tmp_path / COCO).write_text(json.dumps(INSTANCES))
    (tmp_path / "val2017").mkdir()
    (tmp_path / "val2017" / "a.jpg").write_bytes(b"broken")
    with pytest.raises(DataError, match=r"val2017/a\.jpg: no picture of a known format"):
        TASKS["coco-boxes"].run(small_model, tmp_path, 16)


def test_masks_too_large_to_be_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("L", (64, 64)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 16)
    with pytest.raises(DataError, match=r"a\.png: .*exceeds limit"):
        read_mask(tmp_path / "a.png", 0, 2)


@pytest.mark.parametrize(
    ("shape", "named"), [((8, 8), "no mask labels a pixel"), ((8, 8, 3), "not 3")]
)
def test_masks_that_label_nothing_are_refused(
    small_model: Path, tmp_path: Path, shape: tuple[int, ...], named: str
) -> None:
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "classes.txt").write_text("sky\nsea\n")
    Image.new("RGB", (32, 32)).save(tmp_path / "images" / "a.jpg")
    Image.fromarray(np.full(shape, 255, np.uint8)).save(tmp_path / "masks" / "a.png")
    with pytest.raises(DataError, match=named):
        TASKS["prepared-masks"].run(small_model, tmp_path, 16)
