"""Pictures that questions ask by: what is kept of an example."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from app.core.asking import Box
from app.worker.pictures import Picture

GREY, RED = (90, 90, 90), (220, 20, 20)


def photo_with(box: Box, size: tuple[int, int] = (2000, 1000)) -> Image.Image:
    photo = Image.new("RGB", size, GREY)
    x0, y0, x1, y1 = (round(side * length) for side, length in zip(box, size * 2, strict=True))
    photo.paste(RED, (x0, y0, x1, y1))
    return photo


@pytest.mark.parametrize(
    ("box", "share"),
    [
        ((0.4, 0.3, 0.9, 0.9), 0.3),
        ((0.48, 0.46, 0.52, 0.54), 1 / 16),
        ((0.0, 0.9, 0.03, 1.0), 0.06 / 1.6),
        ((0.97, 0.0, 1.0, 0.05), 5 / 96),
    ],
)
def test_an_example_keeps_its_surroundings_and_its_box(box: Box, share: float) -> None:
    kept = Picture.of_example(Picture(photo_with(box), box).example_jpeg())
    assert max(kept.whole.size) <= 640
    whole, part = np.asarray(kept.whole, int), np.asarray(kept.part, int)
    assert np.abs(part.mean(axis=(0, 1)) - RED).max() < 25
    is_red = whole[..., 0] - whole[..., 1] > 100
    assert is_red.mean() == pytest.approx(share, rel=0.2)
    assert is_red.sum() == pytest.approx(part.shape[0] * part.shape[1], rel=0.2)


def test_a_whole_photo_stays_whole() -> None:
    kept = Picture.of_example(Picture(photo_with((0.2, 0.2, 0.3, 0.3))).example_jpeg())
    assert (kept.whole.size, kept.box) == ((640, 320), None)


def test_an_example_of_an_older_library_counts_as_a_whole() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), RED).save(buffer, "JPEG")
    kept = Picture.of_example(buffer.getvalue())
    assert (kept.whole.size, kept.box) == ((40, 30), None)
