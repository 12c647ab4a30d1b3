"""Boxes and their texts (MODEL.md 4): FG-OVD and box classification.

Region vectors come from the dense map of the whole photo, which is encoded once however many boxes
it has. Texts use the box mode. Shapes: K boxes, C classes, E embedding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fgclip2 import Encoder
from fgclip2.encoder import Patches
from trainer.data.pictures import read_picture
from trainer.errors import DataError
from trainer.evaluation.files import (
    Floats,
    corners,
    first_existing,
    has_area,
    read_record_lines,
    read_sections,
)
from trainer.evaluation.judged import open_encoder
from trainer.evaluation.ranks import cosines, label_ranks
from trainer.evaluation.templates import class_vectors

_FGOVD_FILES = {
    "hard": ("h_attributes_llava.jsonl", "1_attributes_llava.jsonl"),
    "medium": ("m_attributes_llava.jsonl", "2_attributes_llava.jsonl"),
    "easy": ("e_attributes_llava.jsonl", "3_attributes_llava.jsonl"),
    "trivial": ("shuffle_negatives_llava.jsonl",),
}
_FGOVD_KEYS = ("img_path", "bbox", "pos_expression", "neg_expression")
_ANNOTATION_KEYS = ("image_id", "bbox", "category_id")


def fg_ovd(model: Path, data: Path, patches: Patches) -> dict[str, float]:
    """Top-1 of a box among its right text and up to ten wrong ones; equal scores count as right.

    ``data`` (or its ``fgovd``) holds the four ``.jsonl`` files, and ``data`` (or its ``coco``) the
    photos of COCO (``val2017``). A box without area has no region: it counts as wrong.
    """
    levels = {level: _read_level(data, names) for level, names in _FGOVD_FILES.items()}
    lines = [line for own in levels.values() for line in own]
    encoder = open_encoder(model)
    region_KE = _line_regions(encoder, data, lines, patches)
    figures: dict[str, float] = {}
    start = 0
    for level, own in levels.items():
        stop = start + len(own)
        figures[f"{level} top-1"] = _hard_accuracy(encoder, region_KE[start:stop], own)
        figures[f"{level} boxes"] = float(len(own))
        start = stop
    return figures


def coco_boxes(model: Path, data: Path, patches: Patches) -> dict[str, float]:
    """80 classes on every box of ``annotations/instances_val2017.json``; 80 templates."""
    content = _read_instances(data / "annotations" / "instances_val2017.json", "file_name")
    return classify_boxes(
        model, content, lambda image: data / "val2017" / image["file_name"], patches
    )


def lvis_boxes(model: Path, data: Path, patches: Patches) -> dict[str, float]:
    """1,203 classes on the boxes of ``lvis_v1_val.json`` whose photos are in ``val2017``.

    The first lies in ``data`` or its ``lvis``, the second in ``data`` or its ``coco``.
    """
    name = "lvis_v1_val.json"
    content = _read_instances(first_existing(data / name, data / "lvis" / name), "coco_url")
    photos = first_existing(data / "val2017", data / "coco" / "val2017")

    def photo(image: dict[str, Any]) -> Path:
        return photos / Path(image["coco_url"]).name

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
    encoder = open_encoder(model)
    class_CE = class_vectors(encoder, [each["name"] for each in categories], "box", bare)
    by_image: dict[int, list[dict[str, Any]]] = {}
    for each in content["annotations"]:
        by_image.setdefault(each["image_id"], []).append(each)
    ranks: list[npt.NDArray[np.int64]] = []
    for image in content["images"]:
        own = [a for a in by_image.get(image["id"], ()) if has_area(a["bbox"])]
        if own:
            boxes = corners([each["bbox"] for each in own])
            region_KE = encoder.encode_regions(read_picture(photo(image)), boxes, patches)
            right = np.array([column[each["category_id"]] for each in own])
            ranks.append(label_ranks(cosines(region_KE, class_CE), right))
    if not ranks:
        raise DataError("no photo of the annotations is below --data, or none has a box")
    together = np.concatenate(ranks)
    return {
        "photos": float(len(ranks)),
        "boxes": float(len(together)),
        "top-1": float((together < 1).mean() * 100),
        "top-5": float((together < 5).mean() * 100),
    }


def _read_instances(path: Path, photo_key: str) -> dict[str, list[dict[str, Any]]]:
    return read_sections(
        path,
        images=("id", photo_key),
        annotations=_ANNOTATION_KEYS,
        categories=("id", "name"),
    )


def _read_level(data: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """The lines of one level of FG-OVD; right and wrong texts are lists of texts."""
    path = first_existing(*(folder / name for folder in (data, data / "fgovd") for name in names))
    lines = read_record_lines(path, _FGOVD_KEYS)
    for number, line in enumerate(lines):
        if isinstance(line["pos_expression"], str):
            line["pos_expression"] = [line["pos_expression"]]
        for key in ("pos_expression", "neg_expression"):
            texts = line[key]
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                raise DataError(f"{path}: {key} of record {number} is no list of texts: {texts!r}")
        if not line["pos_expression"]:
            raise DataError(f"{path}: pos_expression of record {number} is empty")
    return lines


def _line_regions(
    encoder: Encoder, data: Path, lines: Sequence[dict[str, Any]], patches: Patches
) -> Floats:
    """(K, E) unit rows, zeros for boxes without area; each photo is encoded once."""
    region_KE = np.zeros((len(lines), encoder.dim), np.float32)
    by_image: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        if has_area(line["bbox"]):
            by_image.setdefault(line["img_path"], []).append(place)
    for name, places in by_image.items():
        picture = read_picture(first_existing(data / name, data / "coco" / name))
        boxes = corners([lines[place]["bbox"] for place in places])
        region_KE[places] = encoder.encode_regions(picture, boxes, patches)
    return region_KE


def _hard_accuracy(encoder: Encoder, region_KE: Floats, lines: list[dict[str, Any]]) -> float:
    own = [[*line["pos_expression"][:1], *line["neg_expression"]] for line in lines]
    texts = list(dict.fromkeys(text for each in own for text in each))
    rows = {text: row for row, text in enumerate(texts)}
    text_TE = encoder.encode_texts(texts, mode="box")
    right = 0
    for region_E, each in zip(region_KE, own, strict=True):
        (scores,) = cosines(region_E[None], text_TE[[rows[text] for text in each]])
        right += bool(region_E.any() and scores[0] >= scores.max())
    return 100 * right / len(lines)
