"""Evaluation tasks on small data sets in the published formats, made here; their metrics."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

from fgclip2 import Encoder, WeightsError, encoder
from trainer.errors import DataError
from trainer.evaluation.dense import confusion, label_map, overlap_figures, read_mask
from trainer.evaluation.detection import Detections, average_precisions, box_overlaps, fuse
from trainer.evaluation.scenes import evaluate_scenes
from trainer.evaluation.tasks import TASKS
from trainer.evaluation.templates import TEMPLATES

PATCHES = 16
NAMES = ("000000000001.jpg", "000000000002.jpg", "000000000003.jpg")


def _photo(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    Image.fromarray(pixels).resize((64, 48)).save(path)


def _photos(folder: Path, names: tuple[str, ...] = NAMES) -> None:
    for seed, name in enumerate(names):
        _photo(folder / name, seed)


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def _images() -> list[dict[str, Any]]:
    return [
        {"id": n + 1, "file_name": name, "coco_url": f"http://images.example/val2017/{name}"}
        for n, name in enumerate(NAMES)
    ]


def _annotations() -> list[dict[str, Any]]:
    boxes = [[4, 4, 30, 30], [20, 10, 40, 30], [0, 0, 64, 48], [1, 1, 0, 5]]
    where = zip((1, 1, 2, 3), (7, 9, 9, 7), boxes, strict=True)
    return [{"image_id": i, "category_id": c, "bbox": box} for i, c, box in where]


def _coco(data: Path) -> None:
    _photos(data / "val2017")
    captions = [{"image_id": n, "caption": f"Cat {n} {k}"} for n in (1, 2, 3) for k in range(6)]
    _write(
        data / "annotations" / "captions_val2017.json",
        {"images": _images(), "annotations": captions},
    )


def _flickr(data: Path) -> None:
    _photos(data / "images")
    records = [{"image": f"images/{name}", "caption": [f"dog {name} {k}" for k in range(5)]}
               for name in NAMES]  # fmt: skip
    _write(data / "flickr30k_test.json", records)


def _flickr_cna(data: Path) -> None:
    _photos(data)
    lines = [f"{Path(name).stem}#{k}\t狗在跑{k}" for name in NAMES for k in range(5)]
    _write(data / "flickr30k_cna_test.txt", "\n".join(lines) + "\n")


def _coco_cn(data: Path) -> None:
    stems = ["COCO_train2014_000000000001", "COCO_val2014_000000000002"]
    _photo(data / "train2014" / f"{stems[0]}.jpg", 0)
    _photo(data / "val2014" / f"{stems[1]}.jpg", 1)
    _write(data / "pair.txt", "\n".join(f"{s}#zhm#{k} 狗 {k}" for s in stems for k in range(5)))


def _sharegpt(data: Path) -> None:
    _photos(data / "images")
    records = [
        {"image": f"sam/images/{n}", "conversations": [{"value": "?"}, {"value": f"A long {n}."}]}
        for n in NAMES
    ]
    _write(data / "share-captioner_coco_lcs_sam_1246k_1107.json", records)


def _dci(data: Path) -> None:
    _photos(data / "photos")
    for name in NAMES:
        _write(data / "annotations" / f"{name}.json", {"image": name, "extra_caption": f"x {name}"})


def _long_cn(file: str) -> Callable[[Path], None]:
    def make(data: Path) -> None:
        _photos(data / "p")
        _write(data / file, "".join(f"p/{name}\t一只狗 {name}\n" for name in NAMES))

    return make


def _fgovd(data: Path) -> None:
    _photos(data / "val2017")
    for name in ("h_attributes", "m_attributes", "e_attributes", "shuffle_negatives"):
        lines = [
            {"img_path": f"val2017/{each}", "bbox": [2, 3, 40, 30], "pos_expression": ["a cat"],
             "neg_expression": [f"a dog {k}" for k in range(n)]}
            for each, n in zip((*NAMES, NAMES[0]), (10, 2, 9, 0), strict=True)
        ]  # fmt: skip
        _write(data / f"{name}_llava.jsonl", "\n".join(json.dumps(line) for line in lines))


def _coco_boxes(data: Path) -> None:
    _photos(data / "val2017")
    content = {"images": _images(), "annotations": _annotations()}
    content["categories"] = [{"id": 9, "name": "dog"}, {"id": 7, "name": "cat"}]
    _write(data / "annotations" / "instances_val2017.json", content)


def _lvis(data: Path) -> None:
    _photos(data / "val2017", NAMES[:2])  # the others are in train2017 and are left out
    content = {"images": _images(), "annotations": _annotations()}
    content["categories"] = [
        {"id": 7, "name": "big_cat", "frequency": "r"}, {"id": 9, "name": "dog", "frequency": "f"}
    ]  # fmt: skip
    _write(data / "lvis_v1_val.json", content)


def _lvis_detection(data: Path) -> None:
    _lvis(data)
    boxes = [{"image_id": n, "bbox": [4, 4, 30, 30], "score": 0.5} for n in (1, 1, 2)]
    _write(data / "detections.json", boxes)


def _boxclass(data: Path) -> None:
    _photos(data / "images")
    content = {"images": _images(), "annotations": _annotations()}
    content["categories"] = [{"id": 7, "name": "猫"}, {"id": 9, "name": "狗"}]
    _write(data / "valid_category_data_total_zh.json", content)


def _classes(folder: str, names: tuple[str, ...]) -> Callable[[Path], None]:
    def make(data: Path) -> None:
        for name in names:
            _photos(data / folder / name, ("a.JPEG", "b.JPEG"))
        _write(data / "classnames.txt", "cat\ndog\nfish\n")

    return make


def _mask(path: Path, values: list[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.repeat(np.array([values], np.uint8), 48, 0)).resize((64, 48), 0).save(path)


def _ade(data: Path) -> None:
    _photos(data / "images" / "validation")
    for name in NAMES:
        _mask(data / "annotations" / "validation" / name.replace("jpg", "png"), [0, 1, 2, 2])
    rows = "Idx\tRatio\tTrain\tVal\tName\n1\t0.5\t3\t3\twall\n2\t0.2\t3\t3\tbuilding, edifice\n"
    _write(data / "objectInfo150.txt", rows)


def _voc(data: Path) -> None:
    _photos(data / "JPEGImages")
    for name in NAMES[:2]:
        _mask(data / "SegmentationClass" / name.replace("jpg", "png"), [0, 3, 255, 20])
    stems = "\n".join(Path(name).stem for name in NAMES[:2])
    _write(data / "ImageSets" / "Segmentation" / "val.txt", stems)


def _prepared(data: Path) -> None:
    _photos(data / "images")
    for name in NAMES:
        _mask(data / "masks" / name.replace("jpg", "png"), [0, 1, 255, 1])
    _write(data / "classes.txt", "sky\nsea\n")


SETS: dict[str, tuple[Callable[[Path], None], dict[str, float]]] = {
    "coco": (_coco, {"photos": 3, "captions": 15}),
    "flickr30k": (_flickr, {"photos": 3, "captions": 15}),
    "flickr30k-cna": (_flickr_cna, {"photos": 3, "captions": 15}),
    "coco-cn": (_coco_cn, {"photos": 2, "captions": 10}),
    "sharegpt4v": (_sharegpt, {"photos": 3, "captions": 3}),
    "dci": (_dci, {"photos": 3, "captions": 3}),
    "lit-cn": (_long_cn("image_caption_long_cn.txt"), {"photos": 3, "captions": 3}),
    "dci-cn": (_long_cn("image_caption_trans.txt"), {"photos": 3, "captions": 3}),
    "docci-cn": (_long_cn("image_caption_trans.txt"), {"photos": 3, "captions": 3}),
    "fg-ovd": (_fgovd, {"hard boxes": 4, "trivial boxes": 4}),
    "coco-boxes": (_coco_boxes, {"photos": 2, "boxes": 3, "top-5": 100}),
    "lvis-boxes": (_lvis, {"photos": 2, "boxes": 3, "top-5": 100}),
    "boxclass-cn": (_boxclass, {"photos": 2, "boxes": 3, "top-5": 100}),
    "imagenet": (_classes("val", ("n1", "n2", "n3")), {"photos": 6, "top-5": 100}),
    "imagenet-v2": (
        _classes("imagenetv2-matched-frequency-format-val", ("0", "10", "2")),
        {"photos": 6, "top-5": 100},
    ),
    "ade150": (_ade, {"photos": 3}),
    "voc20": (_voc, {"photos": 2}),
    "voc21": (_voc, {"photos": 2}),
    "prepared-masks": (_prepared, {"photos": 3}),
}


@pytest.mark.parametrize("task", sorted(SETS))
def test_a_set_in_the_published_format_is_read_and_judged_in_float32(
    small_model: Path, tmp_path: Path, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    precisions: list[str] = []
    inner = encoder.create_engine

    def noted(checkpoint: Any, engine: str, precision: str, *rest: Any) -> Any:
        precisions.append(precision)
        return inner(checkpoint, engine, precision, *rest)

    monkeypatch.setattr(encoder, "create_engine", noted)
    make, expected = SETS[task]
    make(tmp_path)
    figures = TASKS[task].run(small_model, tmp_path, PATCHES)
    assert {name: figures[name] for name in expected} == expected
    assert all(np.isfinite(value) for value in figures.values())
    assert precisions == ["f32"]


@pytest.mark.parametrize("task", ["fg-ovd", "coco-boxes", "prepared-masks", "flickr30k", "scenes"])
@pytest.mark.parametrize(
    "weights", ["vision_model.post_layernorm.bias", "text_model.final_layer_norm.bias"]
)
def test_a_model_that_has_diverged_is_named(
    small_model: Path, tmp_path: Path, task: str, weights: str
) -> None:
    diverged = tmp_path / "diverged"
    shutil.copytree(small_model, diverged)
    tensors = load_file(diverged / "model.safetensors")
    tensors[weights] *= np.float32("nan")
    save_file(tensors, diverged / "model.safetensors")
    if task in SETS:
        SETS[task][0](tmp_path)
    two_scenes = functools.partial(evaluate_scenes, n_scenes=2)
    run = two_scenes if task == "scenes" else TASKS[task].run
    with pytest.raises(WeightsError, match=f"{weights} holds numbers that are not finite"):
        run(diverged, tmp_path, PATCHES)


def test_every_task_is_tested_here_or_with_the_photo_sets() -> None:
    own = {"photos-retrieval", "photos-classes", "scenes"}
    assert set(TASKS) - set(SETS) == own | {"lvis-detection"}
    assert len(set(TEMPLATES)) == 80


@pytest.mark.parametrize(("task", "n_photos"), [("coco-boxes", 2), ("fg-ovd", 3)])
def test_each_photo_is_encoded_once(
    small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, n_photos: int
) -> None:
    encoded: list[object] = []
    inner = Encoder.encode_dense

    def counted(self: Encoder, image: Image.Image, *rest: Any, **more: Any) -> Any:
        encoded.append(image)
        return inner(self, image, *rest, **more)

    monkeypatch.setattr(Encoder, "encode_dense", counted)
    SETS[task][0](tmp_path)
    TASKS[task].run(small_model, tmp_path, PATCHES)
    assert len(encoded) == n_photos


@pytest.mark.parametrize(
    ("task", "moves"),
    [
        ("fg-ovd", {"*.jsonl": "fgovd", "val2017": "coco"}),
        ("lvis-boxes", {"*.json": "lvis", "val2017": "coco"}),
        ("sharegpt4v", {"images": "sam"}),
        ("flickr30k-cna", {"*.txt": "flickr30k_cna", "*.jpg": "flickr30k-images"}),
    ],
)
def test_the_folders_of_the_published_scripts_are_found(
    small_model: Path, tmp_path: Path, task: str, moves: dict[str, str]
) -> None:
    make, expected = SETS[task]
    make(tmp_path)
    _move(tmp_path, moves)
    figures = TASKS[task].run(small_model, tmp_path, PATCHES)
    assert {name: figures[name] for name in expected} == expected


def _move(data: Path, moves: dict[str, str]) -> None:
    for pattern, folder in moves.items():
        found = list(data.glob(pattern))
        (data / folder).mkdir()
        for path in found:
            path.rename(data / folder / path.name)


def test_fg_ovd_counts_boxes_without_a_region_as_wrong(small_model: Path, tmp_path: Path) -> None:
    _photos(tmp_path / "val2017")
    boxes = ([2, 3, 40, 30], [2, 3, 0, 30], [2, 3, 40, -5], [900, 3, 40, 30])
    lines = [
        {"img_path": f"val2017/{NAMES[0]}", "bbox": box, "pos_expression": text}
        | {"neg_expression": []}
        for box, text in zip(boxes, (["a cat"], ["a cat"], "a cat", "a dog"), strict=True)
    ]
    for name in ("1_attributes", "2_attributes", "3_attributes", "shuffle_negatives"):
        _write(tmp_path / f"{name}_llava.jsonl", "\n".join(json.dumps(line) for line in lines))
    figures = TASKS["fg-ovd"].run(small_model, tmp_path, PATCHES)
    assert (figures["hard top-1"], figures["hard boxes"]) == (25, 4)


@pytest.mark.parametrize(
    "name", ["lvis_v1_minival.json", "lvis_v1_minival_inserted_image_name.json"]
)
def test_minival_comes_before_val(small_model: Path, tmp_path: Path, name: str) -> None:
    _lvis_detection(tmp_path)
    _move(tmp_path, {"*.json": "lvis", "val2017": "coco"})
    content = json.loads((tmp_path / "lvis" / "lvis_v1_val.json").read_text())
    content["images"] = [image | {"neg_category_ids": None} for image in content["images"][:2]]
    _write(tmp_path / "lvis" / name, content | {"categories": content["categories"][:1]}
           | {"annotations": content["annotations"][:1]})  # fmt: skip
    # On val the second class has boxes as well.
    assert set(TASKS["lvis-detection"].run(small_model, tmp_path, PATCHES)) == {"AP", "APr"}


def test_detection_on_given_boxes(small_model: Path, tmp_path: Path) -> None:
    _lvis_detection(tmp_path)
    content = json.loads((tmp_path / "lvis_v1_val.json").read_text())
    content["images"] = content["images"][:2]
    _write(tmp_path / "lvis_v1_val.json", content)
    figures = TASKS["lvis-detection"].run(small_model, tmp_path, PATCHES)
    assert {"AP", "APr", "APf"} <= set(figures)


@pytest.mark.parametrize("task", sorted(SETS))
def test_a_missing_set_is_named(small_model: Path, tmp_path: Path, task: str) -> None:
    with pytest.raises(DataError):
        TASKS[task].run(small_model, tmp_path, PATCHES)


def test_dense_labels_follow_the_patches() -> None:
    dense = np.zeros((1, 2, 2), np.float32)
    dense[0, 0, 0] = dense[0, 1, 1] = 1
    labels = label_map(dense, np.eye(2, dtype=np.float32), (4, 8))
    assert labels[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    right = np.where(np.arange(8) < 6, 0, -1)[None].repeat(4, 0)
    figures = overlap_figures(confusion(right, labels, 2))
    assert figures["mean IoU"] == pytest.approx(100 * 4 / 6)
    assert figures["pixel accuracy"] == pytest.approx(100 * 4 / 6)


@pytest.mark.parametrize(("n_classes", "label"), [(255, -1), (459, 255)])
def test_255_is_a_class_where_there_are_as_many(tmp_path: Path, n_classes: int, label: int) -> None:
    values = np.array([[255, 65535, 7]], np.uint16)
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert read_mask(tmp_path / "a.tif", 0, n_classes).tolist() == [[label, -1, 7]]


def _lvis_content() -> dict[str, Any]:
    return {
        "categories": [{"id": 1, "frequency": "r"}, {"id": 2, "frequency": "f"}],
        "images": [
            {"id": 5, "neg_category_ids": [], "not_exhaustive_category_ids": []},
            {"id": 6, "neg_category_ids": [1], "not_exhaustive_category_ids": [2]},
        ],
        "annotations": [
            {"image_id": 5, "category_id": 1, "bbox": [0, 0, 10, 10]},
            {"image_id": 6, "category_id": 2, "bbox": [0, 0, 10, 10]},
        ],
    }


def _detections(boxes: list[list[float]], classes: list[int], scores: list[float]) -> Detections:
    return Detections(np.array(boxes, float), np.array(classes), np.array(scores, np.float32))


def test_average_precision_of_lvis() -> None:
    box, wide = [0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 14.0]
    perfect = {5: _detections([box], [0], [0.5]), 6: _detections([box], [1], [0.9])}
    assert average_precisions(perfect, _lvis_content()) == {"AP": 100, "APr": 100, "APf": 100}
    # A stronger wrong box: class 0 is known to be absent from photo 6, so it counts.
    wrong = perfect | {6: _detections([box, box], [1, 0], [0.9, 0.8])}
    assert average_precisions(wrong, _lvis_content())["APr"] == pytest.approx(50)
    # A doubtful one: photo 6 is not labelled fully for class 1, so it does not.
    doubtful = perfect | {6: _detections([box, wide], [1, 1], [0.8, 0.9])}
    loose = average_precisions(doubtful, _lvis_content())["APf"]
    assert loose == pytest.approx(100)
    assert average_precisions({}, _lvis_content()) == {"AP": 0, "APr": 0, "APf": 0}
    assert box_overlaps(np.array([box]), np.array([wide]))[0, 0] == pytest.approx(100 / 140)


def test_fused_scores_are_geometric_means() -> None:
    cosine = np.array([[0.2, 0.2], [0.5, 0.1]], np.float32)
    found = fuse(np.zeros((2, 4)), np.array([0.5, 0.25], np.float32), cosine)
    assert found.score_K.tolist() == pytest.approx([0.5, 0.5])
    assert found.class_K[1] == 0
