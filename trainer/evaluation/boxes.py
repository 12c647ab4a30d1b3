"""Boxes and their texts (MODEL.md 4): FG-OVD and box classification.

Region vectors come from the dense map of the whole photo, which is encoded once however many boxes
it has. Texts use the box mode. Shapes: K boxes, C classes, E embedding.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fgclip2 import Encoder
from fgclip2.encoder import Patches
from trainer.data.pictures import read_picture
from trainer.errors import DataError
from trainer.evaluation.files import Floats, corners, read_record_lines, read_sections
from trainer.evaluation.templates import class_vectors

FGOVD_LEVELS = {
    "hard": "h_attributes_llava.jsonl",
    "medium": "m_attributes_llava.jsonl",
    "easy": "e_attributes_llava.jsonl",
    "trivial": "shuffle_negatives_llava.jsonl",
}
_FGOVD_FILES = {
    "hard": "1_attributes_llava.jsonl",
    "medium": "2_attributes_llava.jsonl",
    "easy": "3_attributes_llava.jsonl",
}
_FGOVD_KEYS = ("img_path", "bbox", "pos_expression", "neg_expression")
_ANNOTATION_KEYS = ("image_id", "bbox", "category_id")


def fg_ovd(model: Path, data: Path, patches: Patches) -> dict[str, float]:
    """Top-1 of a box among its right text and up to ten wrong ones; equal scores count as right.

    ``data`` holds the four ``.jsonl`` files and the photos of COCO (``val2017``).
    """
    encoder = Encoder.load(model)
    figures: dict[str, float] = {}
    for level in FGOVD_LEVELS:
        lines = read_record_lines(_level_file(data, level), _FGOVD_KEYS)
        region_KE = np.zeros((len(lines), encoder.dim), np.float32)
        by_image: dict[str, list[int]] = {}
        for place, line in enumerate(lines):
            by_image.setdefault(line["img_path"], []).append(place)
        for name, places in by_image.items():
            boxes = corners([lines[place]["bbox"] for place in places])
            region_KE[places] = encoder.encode_regions(read_picture(data / name), boxes, patches)
        figures[f"{level} top-1"] = _hard_accuracy(encoder, region_KE, lines)
        figures[f"{level} boxes"] = float(len(lines))
    return figures


def coco_boxes(model: Path, data: Path, patches: Patches) -> dict[str, float]:
    """80 classes on every box of ``annotations/instances_val2017.json``; 80 templates."""
    content = _read_instances(data / "annotations" / "instances_val2017.json", "file_name")
    return classify_boxes(
        model, content, lambda image: data / "val2017" / image["file_name"], patches
    )


def lvis_boxes(model: Path, data: Path, patches: Patches) -> dict[str, float]:
    """1,203 classes on the boxes of ``lvis_v1_val.json`` whose photos are in ``val2017``."""
    content = _read_instances(data / "lvis_v1_val.json", "coco_url")

    def photo(image: dict[str, Any]) -> Path:
        return data / "val2017" / Path(image["coco_url"]).name

    content["images"] = [image for image in content["images"] if photo(image).exists()]
    for each in content["categories"]:
        each["name"] = each["name"].replace("_", " ")
    return classify_boxes(model, content, photo, patches)


def boxclass_cn(model: Path, data: Path, patches: Patches) -> dict[str, float]:
    """566 Chinese classes; bare names, no template."""
    content = _read_instances(data / "valid_category_data_total_zh.json", "file_name")
    return classify_boxes(
        model, content, lambda image: data / "images" / image["file_name"], patches, bare=True
    )


def classify_boxes(
    model: Path,
    content: dict[str, Any],
    photo: Callable[[dict[str, Any]], Path],
    patches: Patches,
    bare: bool = False,
) -> dict[str, float]:
    """Top-1 and top-5 of boxes in a COCO-style file.

    Args:
        model: model directory.
        content: with ``images``, ``annotations`` and ``categories``.
        photo: the file of an image record.
        patches: budget of each photo.
        bare: whether class names go without templates.

    Raises:
        DataError: there are no boxes of the images at hand.
    """
    categories = sorted(content["categories"], key=lambda each: each["id"])
    column = {each["id"]: place for place, each in enumerate(categories)}
    encoder = Encoder.load(model)
    class_CE = class_vectors(encoder, [each["name"] for each in categories], "box", bare)
    by_image: dict[int, list[dict[str, Any]]] = {}
    for each in content["annotations"]:
        by_image.setdefault(each["image_id"], []).append(each)
    ranks: list[npt.NDArray[np.int64]] = []
    for image in content["images"]:
        own = [a for a in by_image.get(image["id"], ()) if a["bbox"][2] > 0 and a["bbox"][3] > 0]
        if own:
            boxes = corners([each["bbox"] for each in own])
            region_KE = encoder.encode_regions(read_picture(photo(image)), boxes, patches)
            right = np.array([column[each["category_id"]] for each in own])
            ranks.append(label_ranks(region_KE @ class_CE.T, right))
    if not ranks:
        raise DataError("no photo of the annotations is below --data, or none has a box")
    together = np.concatenate(ranks)
    return {
        "photos": float(len(ranks)),
        "boxes": float(len(together)),
        "top-1": float((together < 1).mean() * 100),
        "top-5": float((together < 5).mean() * 100),
    }


def label_ranks(scores_KC: Floats, right_K: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many classes score above the right one."""
    own = np.take_along_axis(scores_KC, right_K[:, None], 1)
    ranks: npt.NDArray[np.int64] = (scores_KC > own).sum(axis=1)
    return ranks


def _read_instances(path: Path, photo_key: str) -> dict[str, list[dict[str, Any]]]:
    return read_sections(
        path,
        images=("id", photo_key),
        annotations=_ANNOTATION_KEYS,
        categories=("id", "name"),
    )


def _level_file(data: Path, level: str) -> Path:
    for name in (FGOVD_LEVELS[level], _FGOVD_FILES.get(level, "")):
        if name and (data / name).exists():
            return data / name
    return data / FGOVD_LEVELS[level]


def _hard_accuracy(encoder: Encoder, region_KE: Floats, lines: list[dict[str, Any]]) -> float:
    own = [[*line["pos_expression"][:1], *line["neg_expression"]] for line in lines]
    texts = list(dict.fromkeys(text for each in own for text in each))
    rows = {text: row for row, text in enumerate(texts)}
    text_TE = encoder.encode_texts(texts, mode="box")
    right = 0
    for region_E, each in zip(region_KE, own, strict=True):
        scores = text_TE[[rows[text] for text in each]] @ region_E
        right += bool(scores[0] >= scores.max())
    return 100 * right / len(lines)
