"""How well ``similar_region`` frames things: share of its boxes that overlap the thing by half.

    python -m benchmarks.framing [--model DIR] [--pictures N]

Pictures are drawn scenes that no training run has seen, and close-ups: scenes cut so that their
first thing takes 50 to 90 % of the picture. Things whose name is in a picture once are asked for by
that name, and by the vector of their own box. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from app.core.paths import bundled_model_dir
from app.core.region_choice import overlaps
from benchmarks.regions import FIRST_SCENE, SCENE_PX
from fgclip2 import Encoder, similar_region
from trainer.data.scenes import Box, Scene, make_scene

_ENOUGH = 0.5
_SHARES = (0.5, 0.9)
_LEAST_SIDE_PX = 48

# A picture, and the names and boxes (in 0..1) of things in it.
Example = tuple[Image.Image, list[tuple[str, Box]]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.framing", description=__doc__)
    parser.add_argument("--model", type=Path, default=bundled_model_dir())
    parser.add_argument("--pictures", type=int, default=60)
    options = parser.parse_args()
    encoder = Encoder.load(options.model)
    drawn = [make_scene(FIRST_SCENE + number, SCENE_PX) for number in range(options.pictures)]
    print("| pictures | things | by name | by box |")
    print("|---|---|---|---|")
    for name, examples in (("scenes", _named(drawn)), ("close-ups", _close_ups(drawn))):
        found = np.array([row for example in examples for row in _framed(encoder, *example)])
        by_name, by_box = 100 * (found >= _ENOUGH).mean(axis=0)
        print(f"| {name} | {len(found)} | {by_name:.1f} | {by_box:.1f} |", flush=True)


def _named(drawn: list[Scene]) -> Iterator[Example]:
    for scene in drawn:
        counts = Counter(thing.name.en for thing in scene.objects)
        things = [(each.name.en, each.box) for each in scene.objects if counts[each.name.en] == 1]
        yield scene.image, things


def _close_ups(drawn: list[Scene]) -> Iterator[Example]:
    """Yield cuts around the first things that have enough of a picture around them."""
    rng = np.random.default_rng(0)
    for scene in drawn:
        box = np.array(scene.objects[0].box)
        size = (box[2:] - box[:2]) / np.sqrt(rng.uniform(*_SHARES))
        corner = rng.uniform(
            np.maximum(0, box[2:] - size), np.maximum(0, np.minimum(box[:2], 1 - size))
        )
        cut_px = np.rint(np.concatenate([corner, corner + size]) * np.tile(SCENE_PX, 2))
        if size.max() > 1 or (cut_px[2:] - cut_px[:2]).min() < _LEAST_SIDE_PX:
            continue
        left, top, right, bottom = (box - np.tile(corner, 2)) / np.tile(size, 2)
        picture = scene.image.crop(tuple(int(side) for side in cut_px))
        yield picture, [(scene.objects[0].name.en, (left, top, right, bottom))]


def _framed(
    encoder: Encoder, picture: Image.Image, things: list[tuple[str, Box]]
) -> Iterator[tuple[float, float]]:
    """Yield for each thing how far the boxes by its name and by its own box overlap it."""
    if not things:
        return
    dense = encoder.encode_dense(picture)
    boxes = np.array([box for _, box in things])
    by_name = encoder.encode_texts([name for name, _ in things], mode="box")
    by_box = encoder.encode_regions(picture, boxes * np.tile(picture.size, 2))
    for box, *vectors in zip(boxes, by_name, by_box, strict=True):
        found = np.array([similar_region(vector, dense).box for vector in vectors])
        shares = overlaps(box, found)
        yield float(shares[0]), float(shares[1])


if __name__ == "__main__":
    main()
