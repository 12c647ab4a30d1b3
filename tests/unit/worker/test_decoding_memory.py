"""Estimates are above what decoding takes, and panoramas fit where they do."""

from __future__ import annotations

import pytest

from app.worker.decoder_pool import TOTAL_MEMORY_BYTES
from app.worker.decoding_memory import BASE_BYTES, PictureFacts, bytes_to_decode

ALONE_OF_TWO_BYTES = TOTAL_MEMORY_BYTES - BASE_BYTES
PANORAMA = (28_284, 7_071)


def _bytes(format_: str, mode: str, size: tuple[int, int] = PANORAMA, **facts: float) -> int:
    n_bytes = int(facts.pop("n_bytes", 10 << 20))
    return bytes_to_decode(
        PictureFacts(format_, mode, size, (320, 320), n_bytes, n_bytes <= 32 << 20, **facts)
    )


@pytest.mark.parametrize(
    ("format_", "mode", "facts"),
    [
        ("JPEG", "RGB", {}),
        ("JPEG", "RGB", {"held_samples": 1.5}),  # progressive, colours at half size
        ("PNG", "RGB", {"n_bytes": 140 << 20}),
        ("PNG", "L", {}),
        ("BMP", "RGB", {"n_bytes": 600 << 20}),
        ("TIFF", "RGB", {"n_bytes": 700 << 20}),
    ],
)
def test_panoramas_of_200_megapixels_fit(format_: str, mode: str, facts: dict[str, float]) -> None:
    assert _bytes(format_, mode, **facts) <= ALONE_OF_TWO_BYTES


@pytest.mark.parametrize(
    ("format_", "mode", "size", "facts"),
    [
        ("PNG", "1", (60_000, 60_000), {}),
        ("GIF", "P", (65_535, 65_535), {}),
        ("JPEG", "RGB", (65_500, 65_500), {"held_samples": 3.0}),
        ("WEBP", "RGBA", (16_383, 16_383), {}),
        ("PNG", "RGBA", (20_000, 20_000), {}),
    ],
)
def test_bombs_do_not_fit(
    format_: str, mode: str, size: tuple[int, int], facts: dict[str, float]
) -> None:
    assert _bytes(format_, mode, size, **facts) > ALONE_OF_TWO_BYTES


def test_a_large_jpeg_that_needs_no_full_decoding_costs_little() -> None:
    assert _bytes("JPEG", "RGB") < 200 << 20 < _bytes("PNG", "RGB")
