"""The most intricate metrics against their definitions, written down as plainly as possible."""

from __future__ import annotations

import json
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fgclip2 import Encoder
from trainer.evaluation.detection import Detections, average_precisions
from trainer.evaluation.tasks import TASKS
from trainer.evaluation.templates import TEMPLATES

PATCHES = 16
Box = tuple[int, int, int, int]  # x, y, width, height


def _photo(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    Image.fromarray(pixels).resize((64, 48)).save(path)


def test_fg_ovd_line_by_line(small_model: Path, tmp_path: Path) -> None:
    """Every line alone: its box on the whole photo, its texts lower-cased, ties are right."""
    rng = np.random.default_rng(2)
    files = {"hard": "h_attributes", "medium": "2_attributes", "easy": "e_attributes"}
    levels: dict[str, list[dict[str, Any]]] = {}
    for level, name in (files | {"trivial": "shuffle_negatives"}).items():
        lines = levels[level] = []
        for number in range(12):
            x, y = (int(each) for each in rng.integers(0, 30, 2))
            words = [f"A {word} {number}" for word in ("Cat", "dog", "fish", "狗", "red wall")]
            right, *wrong = (words[int(at)] for at in rng.permutation(len(words)))
            lines.append(
                {"img_path": f"val2017/{number % 3}.jpg", "pos_expression": [right]}
                | {"bbox": [x, y, 1 + number, 16], "neg_expression": wrong[: number % 5]}
            )
        lines[1]["neg_expression"] = [lines[1]["pos_expression"][0].upper()]  # reads the same
        text = "\n".join(json.dumps(line) for line in lines)
        (tmp_path / f"{name}_llava.jsonl").write_text(text)
    for number in range(3):
        _photo(tmp_path / "val2017" / f"{number}.jpg", number)
    figures = TASKS["fg-ovd"].run(small_model, tmp_path, PATCHES)

    encoder = Encoder.load(small_model, precision="f32")
    for level, lines in levels.items():
        n_right = 0
        for line in lines:
            x, y, width, height = line["bbox"]
            picture = Image.open(tmp_path / line["img_path"]).convert("RGB")
            corners = np.array([[x, y, x + width, y + height]])
            (region,) = encoder.encode_regions(picture, corners, PATCHES)
            texts = [each.lower() for each in line["pos_expression"] + line["neg_expression"]]
            scores = [
                float(np.dot(region, encoder.encode_texts([each], mode="box")[0])) for each in texts
            ]
            n_right += all(scores[0] >= score - 1e-6 for score in scores[1:])
        assert 2 < n_right < 12
        assert figures[f"{level} boxes"] == 12
        assert figures[f"{level} top-1"] == pytest.approx(100 * n_right / 12)


class _OddEncoder:
    """Vectors without any order, so that neighbouring pixels are of many classes."""

    def encode_texts(self, texts: list[str], mode: str) -> np.ndarray:
        assert mode == "box"
        return np.stack([_unit(zlib.crc32(text.encode()), 8) for text in texts])

    def encode_dense(self, picture: Image.Image, patches: int) -> np.ndarray:
        assert patches == PATCHES
        return _unit(zlib.crc32(picture.tobytes()), 3, 4, 8)


def _unit(seed: int, *shape: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_dense_labels_pixel_by_pixel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest class of every pixel by bilinear interpolation, and overlaps of sets of pixels.

    Interpolation of vectors between the centres of patches, the border's value beyond them.
    """
    encoder, names, masks = _OddEncoder(), ["cat", "dog", "红苹果", "wall"], []
    (tmp_path / "classes.txt").write_text("\n".join(names), encoding="utf-8")
    (tmp_path / "masks").mkdir()
    rng = np.random.default_rng(3)
    for number in range(2):
        _photo(tmp_path / "images" / f"{number}.jpg", number)
        labels = rng.choice([0, 1, 2, 7, 255], (6, 8)).astype(np.uint8)  # no wall
        masks.append(np.kron(labels, np.ones((8, 8), np.uint8)))
        Image.fromarray(masks[-1]).save(tmp_path / "masks" / f"{number}.png")
    monkeypatch.setattr("trainer.evaluation.dense.open_encoder", lambda model: encoder)
    figures = TASKS["prepared-masks"].run(tmp_path, tmp_path, PATCHES)

    vectors = []
    for name in names:
        texts = [template.format(name) for template in TEMPLATES]
        mean = sum(encoder.encode_texts([text], mode="box")[0] for text in texts)
        vectors.append(mean / np.linalg.norm(mean))
    pixels: list[tuple[int, int]] = []  # right class, class found
    for number, mask in enumerate(masks):
        picture = Image.open(tmp_path / "images" / f"{number}.jpg").convert("RGB")
        dense = encoder.encode_dense(picture, PATCHES)
        for row, column in np.ndindex(mask.shape):
            if mask[row, column] < len(names):
                at = _between(dense, (row + 0.5) / 48, (column + 0.5) / 64)
                scores = [float(np.dot(at, vector)) for vector in vectors]
                pixels.append((int(mask[row, column]), scores.index(max(scores))))
    shares = []
    for number in range(3):  # those of the masks
        both = sum(right == number == found for right, found in pixels)
        either = sum(number in pair for pair in pixels)
        shares.append(both / either)
    assert {found for _, found in pixels} == {0, 1, 2, 3}
    # A pixel that two classes share to the last bit may go to either.
    assert figures["mean IoU"] == pytest.approx(100 * np.mean(shares), abs=0.1)
    exact = 100 * sum(right == found for right, found in pixels) / len(pixels)
    assert figures["pixel accuracy"] == pytest.approx(exact, abs=0.1)


def _between(dense: np.ndarray, down: float, right: float) -> np.ndarray:
    """The vector at a place (0..1 each) of a map whose vectors stand for centres of patches."""
    value = np.zeros(dense.shape[2])
    places = []
    for share, size in ((down, dense.shape[0]), (right, dense.shape[1])):
        at = min(max(share * size - 0.5, 0), size - 1)
        low = min(int(at), size - 1)
        places.append([(low, 1 - (at - low)), (min(low + 1, size - 1), at - low)])
    for row, row_weight in places[0]:
        for column, column_weight in places[1]:
            value += row_weight * column_weight * dense[row, column]
    return value


@pytest.mark.parametrize("seed", range(12))
def test_average_precision_by_its_definition(seed: int) -> None:
    """Boxes on a coarse grid, so that many overlap equally; exact fractions for the overlaps."""
    rng = np.random.default_rng(seed)
    images = range(1, 6)
    classes = {3: "r", 5: "c", 8: "f", 9: "f"}
    truth: list[tuple[int, int, Box]] = []
    found: list[tuple[int, int, Box, float]] = []
    for image in images:
        for category in classes:
            truth += [(image, category, _box(rng)) for _ in range(int(rng.integers(0, 4)))]
            found += [(image, category, _box(rng), rng.random()) for _ in range(rng.integers(0, 6))]
    absent = {i: [c for c in classes if rng.random() < 0.5] for i in images}
    partly = {i: [c for c in classes if rng.random() < 0.3] for i in images}
    content = {
        "categories": [{"id": each, "frequency": classes[each]} for each in classes],
        "annotations": [{"image_id": i, "category_id": c, "bbox": [*box]} for i, c, box in truth],
        "images": [
            {"id": i, "neg_category_ids": absent[i], "not_exhaustive_category_ids": partly[i]}
            for i in images
        ],
    }
    own = {image: [each for each in found if each[0] == image] for image in images}
    detections = {
        image: Detections(
            np.array([[x, y, x + w, y + h] for _, _, (x, y, w, h), _ in each], float),
            np.array([list(classes).index(category) for _, category, _, _ in each]),
            np.array([score for *_, score in each]),
        )
        for image, each in own.items()
        if each
    }
    values = {
        category: _precision_of_class(category, truth, found, absent, partly)
        for category in classes
        if any(category == each for _, each, _ in truth)
    }
    figures = average_precisions(detections, content)
    assert figures.pop("AP") == pytest.approx(100 * np.mean([*values.values()]))
    for letter in {classes[category] for category in values}:
        rare = [value for category, value in values.items() if classes[category] == letter]
        assert figures.pop(f"AP{letter}") == pytest.approx(100 * np.mean(rare))
    assert not figures


def _box(rng: np.random.Generator) -> Box:
    x, y, width, height = (int(each) for each in rng.integers((0, 0, 8, 8), (4, 4, 12, 12)))
    return x, y, width, height


def _precision_of_class(
    category: int,
    truth: list[tuple[int, int, Box]],
    found: list[tuple[int, int, Box, float]],
    absent: dict[int, list[int]],
    partly: dict[int, list[int]],
) -> float:
    own = [(image, box) for image, each, box in truth if each == category]
    judged = {image for image, _ in own} | {i for i, each in absent.items() if category in each}
    ranked = sorted((e for e in found if e[1] == category and e[0] in judged), key=lambda e: -e[3])
    values = []
    for percent in range(50, 100, 5):
        taken: set[int] = set()
        points, n_right, n_wrong = [], 0, 0
        for image, _, box, _ in ranked:
            best, best_overlap = None, Fraction(percent, 100)
            for place, (other_image, other) in enumerate(own):
                overlap = _overlap(box, other)
                # As LVIS does it: of boxes that overlap equally the last one.
                if other_image == image and place not in taken and overlap >= best_overlap:
                    best, best_overlap = place, overlap
            if best is not None:
                taken.add(best)
                n_right += 1
            elif category not in partly[image]:
                n_wrong += 1
            if n_right + n_wrong:
                points.append((n_right / len(own), n_right / (n_right + n_wrong)))
        for least in np.linspace(0, 1, 101):
            values.append(max((right for recall, right in points if recall >= least), default=0))
    return float(np.mean(values))


def _overlap(first: Box, second: Box) -> Fraction:
    squares = [
        {(x + dx, y + dy) for dx in range(w) for dy in range(h)} for x, y, w, h in (first, second)
    ]
    return Fraction(len(squares[0] & squares[1]), len(squares[0] | squares[1]))
