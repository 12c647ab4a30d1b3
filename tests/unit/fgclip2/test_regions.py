"""Region pooling against a slow, literal RoI align; the box for a vector."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fgclip2.errors import ImageError
from fgclip2.regions import check_boxes, pool_regions, similar_region


def bilinear(dense: np.ndarray, y: float, x: float) -> np.ndarray:
    """One sample, as RoI align takes it."""
    rows, columns, width = dense.shape
    if y < -1 or y > rows or x < -1 or x > columns:
        return np.zeros(width)
    y, x = max(y, 0.0), max(x, 0.0)
    top, left = int(y), int(x)
    bottom, right = top + 1, left + 1
    if top >= rows - 1:
        top = bottom = rows - 1
        y = float(top)
    if left >= columns - 1:
        left = right = columns - 1
        x = float(left)
    down, across = y - top, x - left
    return (
        (1 - down) * (1 - across) * dense[top, left]
        + (1 - down) * across * dense[top, right]
        + down * (1 - across) * dense[bottom, left]
        + down * across * dense[bottom, right]
    )


def roi_align(dense: np.ndarray, box: np.ndarray) -> np.ndarray:
    """roi_align(output_size=1, sampling_ratio=-1, aligned=True) for a box in cells, as loops."""
    x0, y0, x1, y1 = (np.float32(side) - np.float32(0.5) for side in box)
    n_down, n_across = math.ceil(y1 - y0), math.ceil(x1 - x0)
    total = np.zeros(dense.shape[2])
    for row in range(n_down):
        for column in range(n_across):
            y = y0 + (row + 0.5) * (y1 - y0) / n_down
            x = x0 + (column + 0.5) * (x1 - x0) / n_across
            total += bilinear(dense, y, x)
    return total / max(n_down * n_across, 1)


@settings(max_examples=200)
@given(
    rows=st.integers(1, 12),
    columns=st.integers(1, 12),
    corners=st.lists(st.floats(-0.5, 1.5, width=32), min_size=4, max_size=4),
    seed=st.integers(0, 99),
)
def test_pooling_is_roi_align(rows: int, columns: int, corners: list[float], seed: int) -> None:
    dense = np.random.default_rng(seed).standard_normal((rows, columns, 5)).astype(np.float32)
    x0, x1 = sorted(corners[:2])
    y0, y1 = sorted(corners[2:])
    # A picture of one pixel a patch: pixels are cells.
    box = np.array([x0 * columns, y0 * rows, x1 * columns, y1 * rows], np.float32)
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    found = pool_regions(dense, box[None], (columns, rows))
    np.testing.assert_allclose(found[0], roi_align(dense, box), atol=2e-5)


def test_boxes_are_scaled_by_the_picture() -> None:
    dense = np.random.default_rng(0).standard_normal((6, 8, 4)).astype(np.float32)
    boxes = np.array([[13.5, 20.0, 300.0, 100.0], [0.0, 0.0, 400.0, 240.0]])
    found = pool_regions(dense, boxes, (400, 240))
    patch_px = np.array([50, 40, 50, 40])
    wanted = [roi_align(dense, box / patch_px) for box in boxes]
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_the_whole_picture_is_the_mean_of_all_patches() -> None:
    dense = np.random.default_rng(1).standard_normal((5, 7, 3)).astype(np.float32)
    found = pool_regions(dense, [[0, 0, 70, 50]], (70, 50))
    np.testing.assert_allclose(found[0], dense.mean(axis=(0, 1)), atol=1e-6)


def test_many_boxes_are_pooled_as_each_alone() -> None:
    rng = np.random.default_rng(3)
    dense = rng.standard_normal((9, 13, 4)).astype(np.float32)
    corners = np.sort(rng.uniform(-40, 200, (2500, 2, 2)), axis=1)
    boxes = corners.reshape(-1, 4)
    together = pool_regions(dense, boxes, (130, 90))
    for index in (0, 1023, 1024, 2499):
        alone = roi_align(dense, boxes[index] / 10)
        np.testing.assert_allclose(together[index], alone, atol=2e-5)


def test_an_endless_box_takes_no_memory() -> None:
    dense = np.ones((64, 64, 2), np.float32)
    tracemalloc.start()
    try:
        found = pool_regions(dense, [[-1e300, 0, 1e300, 64], [0, 0, 1e12, 64]], (64, 64))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
    assert (np.abs(found) < 1e-4).all()


def test_a_box_far_outside_is_zeros() -> None:
    dense = np.ones((4, 4, 2), np.float32)
    assert not pool_regions(dense, [[900, 900, 950, 950]], (64, 64)).any()


def test_no_boxes_give_no_rows() -> None:
    assert pool_regions(np.ones((4, 4, 2), np.float32), [], (64, 64)).shape == (0, 2)
    assert check_boxes(np.zeros((0, 4))).shape == (0, 4)


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([1, 2, 3, 4], r"shape \(4,\)"),
        ([[1, 2, 3]], r"shape \(1, 3\)"),
        ([[[0, 0, 1, 1]]], r"shape \(1, 1, 4\)"),
        ([[0, 0, 1, 1], [0, 0]], "must be"),
        ([["a", "b", "c", "d"]], "must be"),
        (None, "must be|shape"),
        ([[True, True, False, False]], "bool values"),
        ([[0, 0, 3 + 1j, 4]], "complex128 values"),
        ([[0, 0, 10**400, 4]], "too large"),
        ([[0, 0, 10, float("nan")]], "not finite"),
        ([[0, 0, float("inf"), 10]], "not finite"),
        ([[0, 0, 5, 5], [10, 0, 5, 10]], "box 1 .* x0 < x1"),
        ([[0, 5, 10, 5]], "y0 < y1"),
        (np.zeros((0, 5)), r"shape \(0, 5\)"),
        (torch.ones((1, 4), requires_grad=True), "requires grad"),
    ],
)
def test_what_is_no_box_is_refused(boxes: object, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        check_boxes(boxes)  # type: ignore[arg-type]


def planted(
    rows: int, columns: int, place: tuple[slice, slice], width: int = 64
) -> tuple[np.ndarray, np.ndarray]:
    """A vector, and a noisy map that holds it in one place."""
    rng = np.random.default_rng(7)
    vector = rng.standard_normal(width).astype(np.float32)
    vector /= np.linalg.norm(vector)
    dense = rng.standard_normal((rows, columns, width)).astype(np.float32) / np.sqrt(width)
    dense[place] += 2 * vector
    return vector, dense


def test_similar_region_encloses_what_was_planted() -> None:
    vector, dense = planted(16, 20, (slice(4, 9), slice(10, 16)))
    region = similar_region(vector, dense)
    np.testing.assert_allclose(region.box, (10 / 20, 4 / 16, 16 / 20, 9 / 16))
    assert region.heat.shape == (16, 20)
    assert region.heat.dtype == np.float32
    assert region.heat.max() <= 1.0001
    assert region.heat[4:9, 10:16].min() > np.delete(region.heat, range(4, 9), axis=0).max()
    assert 0.9 < region.score <= 1.0001


@pytest.mark.parametrize("side", [2, 7, 9, 11, 14, 15, 17, 19])
def test_similar_region_of_any_size(side: int) -> None:
    """From a hundredth of the map to nine tenths."""
    vector, dense = planted(20, 20, (slice(0, side), slice(1, 1 + side)))
    wanted = np.array([1, 0, 1 + side, side]) / 20
    np.testing.assert_allclose(similar_region(vector, dense).box, wanted)


def test_similar_region_does_not_depend_on_lengths() -> None:
    vector, dense = planted(12, 9, (slice(0, 3), slice(0, 4)))
    factors = np.random.default_rng(0).uniform(0.5, 2, (12, 9, 1)).astype(np.float32)
    assert similar_region(3 * vector, dense * factors).box == similar_region(vector, dense).box


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (3, 2)])
def test_similar_region_of_small_maps_lies_inside(shape: tuple[int, int]) -> None:
    dense = np.random.default_rng(0).standard_normal((*shape, 8)).astype(np.float32)
    x0, y0, x1, y1 = similar_region(dense[0, 0], dense).box
    assert 0 <= x0 < x1 <= 1
    assert 0 <= y0 < y1 <= 1


def test_similar_region_of_a_flat_map_is_defined() -> None:
    region = similar_region(np.ones(4, np.float32), np.zeros((5, 5, 4), np.float32))
    assert np.isfinite(region.score)
    assert np.isfinite(region.heat).all()


@pytest.mark.parametrize("shape", [(64, 64), (8, 512), (128, 32)])
def test_similar_region_of_a_large_map(shape: tuple[int, int]) -> None:
    vector, dense = planted(*shape, (slice(2, 6), slice(20, 28)), width=32)
    region = similar_region(vector, dense)
    rows, columns = shape
    np.testing.assert_allclose(region.box, (20 / columns, 2 / rows, 28 / columns, 6 / rows))
    assert region.heat.shape == shape


def test_a_region_of_a_picture_is_found_again() -> None:
    """The vector of a dragged box leads back to it."""
    _, dense = planted(24, 24, (slice(6, 12), slice(8, 16)))
    vector = pool_regions(dense, [[8, 6, 16, 12]], (24, 24))[0]
    np.testing.assert_allclose(similar_region(vector, dense).box, np.array([8, 6, 16, 12]) / 24)
