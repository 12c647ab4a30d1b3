"""What a decoder gives for the two passes of indexing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.worker.decode_messages import DecodedPhoto, PhotoRequest, Refused
from app.worker.decoder import answer
from tests.fakes import save_photo

MEMORY_BYTES = 512 << 20
PATCHES = 64


def _photo(path: Path, **options: Any) -> Any:
    return answer(PhotoRequest(os.fsencode(path), PATCHES, 320, **options), MEMORY_BYTES)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_pixels_of_both_passes_come_from_one_decoding(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"scene{suffix}"
    gradient = Image.linear_gradient("L").resize((1600, 1200), Image.Resampling.BICUBIC)
    Image.merge("RGB", [gradient, gradient.rotate(180), gradient]).save(path)
    both = _photo(path, fine_patches=256)
    quick, fine = _photo(path), answer(PhotoRequest(os.fsencode(path), 256, 320), MEMORY_BYTES)
    assert isinstance(fine, DecodedPhoto)
    assert (both.fine_width_px, both.fine_height_px) == (fine.grid_width_px, fine.grid_height_px)
    assert both.fine == fine.grid
    assert (both.grid_width_px, both.grid_height_px) == (quick.grid_width_px, quick.grid_height_px)
    grids = [np.frombuffer(reply.grid, np.uint8).astype(int) for reply in (both, quick)]
    assert np.abs(grids[0] - grids[1]).max() <= 6  # half of twice the size, or decoded at half
    assert quick.fine == b""
    assert _photo(path, fine_patches=100_000).fine_width_px > both.fine_width_px


def test_fine_pixels_are_left_out_where_memory_does_not_suffice(tmp_path: Path) -> None:
    Image.new("RGBA", (6000, 4000)).save(tmp_path / "large.png")
    request = PhotoRequest(os.fsencode(tmp_path / "large.png"), PATCHES, 320, fine_patches=1024)
    replies: list[Any] = [answer(request, n_mib << 20) for n_mib in (190, 210, 400)]
    assert [type(reply) for reply in replies] == [Refused, DecodedPhoto, DecodedPhoto]
    assert [len(reply.fine) > 0 for reply in replies[1:]] == [False, True]


def test_no_thumbnail_is_made_that_nobody_asked_for(tmp_path: Path) -> None:
    path = save_photo(tmp_path / "a.png")
    reply: Any = answer(PhotoRequest(os.fsencode(path), PATCHES, 0), MEMORY_BYTES)
    assert reply.thumbnail == b""
    assert reply.grid == _photo(path).grid
