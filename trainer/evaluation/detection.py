"""Open-vocabulary detection on given boxes, with the average precision of LVIS.

The boxes and their scores come from a detector (published: LLMDet); the class comes from the
region vectors: softmax of 100 * cosine, fused with the detector's score by the geometric mean.
AP as LVIS counts it: IoU 0.5 to 0.95, 300 boxes a photo, 101 recall points; a class is judged
only on photos known to hold it or not to hold it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fgclip2.encoder import Patches
from trainer.data.pictures import read_picture
from trainer.errors import DataError
from trainer.evaluation.files import (
    Floats,
    corners,
    first_existing,
    has_area,
    read_records,
    read_sections,
)
from trainer.evaluation.judged import open_encoder
from trainer.evaluation.ranks import cosines
from trainer.evaluation.templates import class_vectors

THRESHOLDS = np.arange(0.5, 0.96, 0.05)
_RECALLS = np.linspace(0, 1, 101)
_MOST = 300
_SCALE = 100.0
_FREQUENCIES = {"r": "APr", "c": "APc", "f": "APf"}
_ANNOTATIONS = (
    "lvis_v1_minival.json",
    "lvis_v1_minival_inserted_image_name.json",
    "lvis_v1_val.json",
)
Boxes = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Detections:
    """Boxes found in one photo, with a class (column) and a score each."""

    boxes_K4: Boxes
    class_K: npt.NDArray[np.int64]
    score_K: Floats


def lvis_detection(model: Path, data: Path, patches: Patches) -> dict[str, float]:
    """AP, APr, APc, APf on minival where its annotations are there, else on ``lvis_v1_val.json``.

    ``detections.json`` beside them has the boxes: COCO results, ``image_id``, ``bbox``, ``score``.
    Annotations lie in ``data`` or its ``lvis``, the folders of photos in ``data`` or its ``coco``.
    """
    places = (folder / name for name in _ANNOTATIONS for folder in (data, data / "lvis"))
    path = first_existing(*places)
    content = read_sections(
        path,
        images=("id", "coco_url"),
        annotations=("image_id", "bbox", "category_id"),
        categories=("id", "name"),
    )
    listed = {each["id"] for each in content["images"]}
    if not any(each["image_id"] in listed for each in content["annotations"]):
        raise DataError(f"{path} annotates no box of the photos that it lists")
    by_image: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in read_records(path.parent / "detections.json", ("image_id", "bbox", "score")):
        if has_area(each["bbox"]):
            by_image[each["image_id"]].append(each)
    categories = sorted(content["categories"], key=lambda each: each["id"])
    encoder = open_encoder(model)
    names = [each["name"].replace("_", " ") for each in categories]
    class_CE = class_vectors(encoder, names, "box")
    found = {}
    for image in content["images"]:
        given = sorted(by_image[image["id"]], key=lambda each: -each["score"])[:_MOST]
        if given:
            own = Path(*Path(image["coco_url"]).parts[-2:])
            boxes_K4 = corners([each["bbox"] for each in given])
            picture = read_picture(first_existing(data / own, data / "coco" / own))
            region_KE = encoder.encode_regions(picture, boxes_K4, patches)
            scores = np.array([each["score"] for each in given], np.float32)
            found[image["id"]] = fuse(boxes_K4, scores, cosines(region_KE, class_CE))
    return average_precisions(found, content)


def fuse(boxes_K4: Boxes, score_K: Floats, cosine_KC: Floats) -> Detections:
    """The best class of each box; score: geometric mean of detector and softmax."""
    logits = _SCALE * (cosine_KC - cosine_KC.max(axis=1, keepdims=True))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    fused: Floats = np.sqrt(np.maximum(score_K, 0)[:, None] * shares)
    return Detections(boxes_K4, fused.argmax(axis=1), fused.max(axis=1))


def average_precisions(found: dict[int, Detections], content: dict[str, Any]) -> dict[str, float]:
    """AP over all classes that occur, and by how rare they are, in per cent."""
    categories = sorted(content["categories"], key=lambda each: each["id"])
    column = {each["id"]: place for place, each in enumerate(categories)}
    truth: dict[tuple[int, int], list[list[float]]] = defaultdict(list)
    for each in content["annotations"]:
        truth[each["image_id"], column[each["category_id"]]].append(each["bbox"])
    judged: dict[int, list[int]] = defaultdict(list)  # class -> photos
    partly: set[tuple[int, int]] = set()
    for image in content["images"]:
        absent = {column[c] for c in image.get("neg_category_ids") or () if c in column}
        doubtful = (c for c in image.get("not_exhaustive_category_ids") or () if c in column)
        partly |= {(image["id"], column[c]) for c in doubtful}
        present = {place for place in column.values() if (image["id"], place) in truth}
        for place in absent | present:
            judged[place].append(image["id"])
    by_frequency: dict[str, list[float]] = defaultdict(list)
    for place, category in enumerate(categories):
        if any((image, place) in truth for image in judged[place]):
            value = _class_precision(place, judged[place], found, truth, partly)
            by_frequency["AP"].append(value)
            by_frequency[_FREQUENCIES.get(category.get("frequency", ""), "AP?")].append(value)
    order = ("AP", "APr", "APc", "APf")
    return {name: float(np.mean(by_frequency[name]) * 100) for name in order if by_frequency[name]}


def _class_precision(
    place: int,
    images: list[int],
    found: dict[int, Detections],
    truth: dict[tuple[int, int], list[list[float]]],
    partly: set[tuple[int, int]],
) -> float:
    """Mean over IoU thresholds of the average precision of one class."""
    scores: list[float] = []
    hits: list[npt.NDArray[np.bool_]] = []  # per detection and threshold
    counts: list[bool] = []  # whether a miss counts as a mistake
    n_truth = 0
    for image in images:
        own = corners(truth.get((image, place), []))
        n_truth += len(own)
        if image not in found:
            continue
        chosen = np.flatnonzero(found[image].class_K == place)
        chosen = chosen[np.argsort(-found[image].score_K[chosen], kind="stable")]
        overlap = box_overlaps(found[image].boxes_K4[chosen], own)
        taken = np.zeros((len(THRESHOLDS), len(own)), bool)
        for row, at in zip(overlap, chosen, strict=True):
            hits.append(_match(row, taken))
            scores.append(float(found[image].score_K[at]))
            counts.append((image, place) not in partly)
    if not scores:
        return 0.0
    order = np.argsort(-np.array(scores), kind="stable")
    hit_DT, count_D = np.array(hits)[order], np.array(counts)[order]
    return float(
        np.mean([_precision(hit_DT[:, t], count_D, n_truth) for t in range(len(THRESHOLDS))])
    )


def _match(overlap: npt.NDArray[np.float64], taken: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Give a detection, for each threshold, the best box that is still free.

    Of boxes that it overlaps equally the last one, as LVIS's own evaluation does.
    """
    matched = np.zeros(len(THRESHOLDS), bool)
    for at, threshold in enumerate(THRESHOLDS):
        free = np.where(taken[at], -1.0, overlap)
        if len(free) and free.max() >= threshold - 1e-9:
            taken[at, len(free) - 1 - int(free[::-1].argmax())] = matched[at] = True
    return matched


def _precision(hit_D: npt.NDArray[np.bool_], count_D: npt.NDArray[np.bool_], n_truth: int) -> float:
    right, wrong = hit_D.cumsum(), (~hit_D & count_D).cumsum()
    recall = right / n_truth
    precision = right / np.maximum(right + wrong, 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, _RECALLS, side="left")
    return float(
        np.where(at < len(envelope), envelope[np.minimum(at, len(envelope) - 1)], 0).mean()
    )


def box_overlaps(first_K4: Boxes, second_M4: Boxes) -> npt.NDArray[np.float64]:
    """(K, M) intersection over union."""
    low = np.maximum(first_K4[:, None, :2], second_M4[None, :, :2])
    high = np.minimum(first_K4[:, None, 2:], second_M4[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [
        np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
        for boxes in (first_K4, second_M4)
    ]
    overlap: npt.NDArray[np.float64] = shared / np.maximum(
        areas[0][:, None] + areas[1][None] - shared, 1e-12
    )
    return overlap
