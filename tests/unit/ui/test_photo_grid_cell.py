"""A box on a thumbnail and the box on the photo are the same, whatever the crop."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from app.ui.photo_grid_cell import CellMap

sizes = st.integers(20, 8000)
parts = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@given(sizes, sizes, st.integers(96, 400), st.booleans(), parts, parts)
def test_boxes_come_back_from_the_cell_as_far_as_they_are_shown(
    width: int, height: int, side: int, square: bool, across: list[float], down: list[float]
) -> None:
    places = CellMap.of(width, height, QRectF(7, 11, side, side), square=square)
    box = (across[0], down[0], across[1], down[1])
    area = places.to_cell(box)
    assume(area.width() > 1e-3 and area.height() > 1e-3)
    back = places.to_box(area)
    assert back is not None
    shown = places.to_box(places.shown)
    assert shown is not None
    expected = tuple(min(max(value, shown[i % 2]), shown[i % 2 + 2]) for i, value in enumerate(box))
    assert back == pytest.approx(expected, abs=1e-6)


@given(sizes, sizes, st.integers(96, 400))
def test_square_covers_the_cell_and_fitted_lies_inside(width: int, height: int, side: int) -> None:
    cell = QRectF(0, 0, side, side)
    assert CellMap.of(width, height, cell, square=True).shown == cell
    fitted = CellMap.of(width, height, cell, square=False)
    assert fitted.photo.width() <= side + 1e-6
    assert fitted.photo.height() <= side + 1e-6
    assert max(fitted.photo.width(), fitted.photo.height()) == pytest.approx(side)
    assert fitted.photo.width() / fitted.photo.height() == pytest.approx(width / height, rel=1e-6)


def test_a_region_in_the_middle_of_a_wide_photo_moves_with_the_crop() -> None:
    # 400 x 200 in a square of 100: the photo is 200 x 100, 50 hidden on both sides.
    places = CellMap.of(400, 200, QRectF(0, 0, 100, 100), square=True)
    assert places.to_cell((0.25, 0.0, 0.75, 1.0)) == QRectF(0, 0, 100, 100)
    assert places.to_cell((0.5, 0.5, 1.0, 1.0)) == QRectF(50, 50, 50, 50), "cut at the crop"
    assert places.to_cell((0.0, 0.0, 0.2, 1.0)).isEmpty(), "cropped away"
    assert places.to_box(QRectF(0, 0, 50, 100)) == (0.25, 0.0, 0.5, 1.0)
    assert places.to_box(QRectF(-50, 0, 40, 100)) is None
