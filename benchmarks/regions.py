"""Which boxes of a photo to index: recall of boxed objects against the number of regions.

    python -m benchmarks.regions [--model DIR] [--pictures N] [--photos ../shared/photos]

Pictures are drawn scenes that no training run has seen, with the boxes of their objects, and
mosaics of four or nine photos of the validation split, whose tiles are the objects. For each number
of regions three ways to choose them are compared: where the photo differs from its surroundings
(``app/core/region_choice``), a uniform grid of growing fineness, and the whole photo alone. An
object is found when a box overlaps it by half (intersection over union). Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from app.core.paths import bundled_model_dir
from app.core.region_choice import choose_boxes, overlaps
from app.worker.budgets import fine_budget
from fgclip2 import Encoder
from trainer.data.photos import PhotoSet
from trainer.data.scenes import make_scene

FIRST_SCENE = 9_000_000  # above all seeds that training draws from
SCENE_PX = (480, 360)
SMALL_AREA = 0.1
_NUMBERS = (8, 16, 24, 32)
_MOSAIC_PX = 480
_ENOUGH = 0.5

Example = tuple[Image.Image, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regions", description=__doc__)
    parser.add_argument("--model", type=Path, default=bundled_model_dir())
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    options = parser.parse_args()
    encoder = Encoder.load(options.model)
    print("| pictures | regions | chosen | grid | whole photo | chosen, small objects |")
    print("|---|---|---|---|---|---|")
    for name, examples in (
        ("scenes", scenes(options.pictures)),
        ("mosaics", mosaics(options.photos, options.pictures)),
    ):
        maps = []
        for image, boxes in examples:
            budget = fine_budget(encoder.fine_patches, *image.size)
            maps.append((encoder.encode_dense(image, budget, normalize=False), boxes))
        for n in _NUMBERS:
            chosen, small = _recall(maps, lambda dense, n=n: choose_boxes(dense, n))
            grid, _ = _recall(maps, lambda dense, n=n: uniform_boxes(n))
            whole, _ = _recall(maps, lambda dense: uniform_boxes(1))
            row = " | ".join(f"{100 * share:.1f}" for share in (chosen, grid, whole, small))
            print(f"| {name} | {n} | {row} |", flush=True)


def scenes(n_pictures: int) -> Iterator[Example]:
    """Yield drawn scenes with the boxes of their objects, (K, 4) in 0..1."""
    for number in range(n_pictures):
        scene = make_scene(FIRST_SCENE + number, SCENE_PX)
        yield scene.image, np.array([each.box for each in scene.objects])


def mosaics(folder: Path, n_pictures: int) -> Iterator[Example]:
    """Yield mosaics of validation photos with the boxes of their tiles."""
    photos = PhotoSet(folder, "val", ("flickr8k",))
    rng = np.random.default_rng(1)
    for number in range(n_pictures):
        side = 2 + number % 2
        chosen = [int(rng.integers(len(photos))) for _ in range(side * side)]
        yield mosaic([photos.picture(at) for at in chosen])


def mosaic(pictures: Sequence[Image.Image]) -> Example:
    """Put 1, 4, 9 or 16 pictures side by side; with the boxes of the tiles, row by row."""
    side = math.isqrt(len(pictures))
    tile = _MOSAIC_PX // side
    whole, boxes = Image.new("RGB", (_MOSAIC_PX, _MOSAIC_PX)), []
    for at, picture in enumerate(pictures):
        left, top = (at % side) * tile, (at // side) * tile
        whole.paste(picture.resize((tile, tile)), (left, top))
        boxes.append((left, top, left + tile, top + tile))
    return whole, np.array(boxes) / _MOSAIC_PX


def uniform_boxes(n: int) -> np.ndarray:
    """Return the first ``n`` cells of grids of 1, 4, 9, 16 and 25 cells."""
    cells = [
        (column / side, row / side, (column + 1) / side, (row + 1) / side)
        for side in range(1, 6)
        for row in range(side)
        for column in range(side)
    ]
    return np.array(cells[:n], np.float32)


def _recall(
    maps: list[tuple[np.ndarray, np.ndarray]], choose: Callable[[np.ndarray], np.ndarray]
) -> tuple[float, float]:
    """The share of objects that some box overlaps enough, of all and of small ones."""
    found, areas = [], []
    for dense, objects in maps:
        boxes = choose(dense)
        for box in objects:
            found.append(float(overlaps(box, boxes).max()) >= _ENOUGH)
            areas.append((box[2] - box[0]) * (box[3] - box[1]))
    hit, small = np.array(found), np.array(areas) < SMALL_AREA
    return float(hit.mean()), float(hit[small].mean()) if small.any() else float("nan")


if __name__ == "__main__":
    main()
