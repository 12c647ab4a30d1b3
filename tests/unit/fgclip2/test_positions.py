"""Resized position tables are those of torch's antialiased bilinear rule."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fgclip2 import positions
from fgclip2.positions import PositionCache, resize_matrix, resize_table

GRIDS = [(16, 16), (9, 12), (27, 36), (3, 38), (1, 1), (1, 128), (64, 64), (17, 15), (113, 9)]


@pytest.mark.parametrize(("rows", "columns"), GRIDS)
def test_resize_is_that_of_torch(rows: int, columns: int) -> None:
    table = np.random.default_rng(0).standard_normal((256, 24)).astype(np.float32)
    square = torch.from_numpy(table).reshape(1, 16, 16, 24).permute(0, 3, 1, 2)
    wanted = torch.nn.functional.interpolate(
        square, size=(rows, columns), mode="bilinear", align_corners=False, antialias=True
    )
    found = resize_table(table, rows, columns)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted[0].permute(1, 2, 0).reshape(-1, 24).numpy(), atol=6e-6)


@pytest.mark.parametrize("rows", [2, 17, 128])
def test_one_column_has_all_its_rows(rows: int) -> None:
    """In one step torch on CPUs gives the first row throughout; in two steps the intended ones."""
    table = np.random.default_rng(0).standard_normal((256, 24)).astype(np.float32)
    wanted = torch.from_numpy(table).reshape(1, 16, 16, 24).permute(0, 3, 1, 2)
    for size in ((rows, 16), (rows, 1)):
        wanted = torch.nn.functional.interpolate(
            wanted, size=size, mode="bilinear", align_corners=False, antialias=True
        )
    found = resize_table(table, rows, 1)
    np.testing.assert_allclose(found, wanted[0, :, :, 0].T.numpy(), atol=6e-6)


def test_grids_are_kept_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(0).standard_normal((256, 24)).astype(np.float32)
    monkeypatch.setattr(positions, "MAX_CACHE_BYTES", 3 * 12 * 24 * 4)
    cache = PositionCache(table)
    first = cache.of(3, 4)
    assert cache.of(3, 4) is first
    for grid in ((4, 3), (2, 6), (6, 2)):
        np.testing.assert_array_equal(cache.of(*grid), resize_table(table, *grid))
        assert cache.n_bytes <= positions.MAX_CACHE_BYTES
    assert cache.of(3, 4) is not first
    np.testing.assert_array_equal(cache.of(20, 20), resize_table(table, 20, 20))
    assert cache.n_bytes == 0


def test_the_stored_grid_is_unchanged() -> None:
    np.testing.assert_array_equal(resize_matrix(16, 16), np.eye(16, dtype=np.float32))
