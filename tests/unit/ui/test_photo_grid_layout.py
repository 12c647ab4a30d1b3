"""The grid's arithmetic: photos never overlap, every question has the answer that drawing gives."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from app.ui.photo_grid_layout import MARGIN_PX, PhotoGridLayout, Step
from app.ui.theme import GAP_PX

layouts = st.builds(
    PhotoGridLayout,
    n_photos=st.integers(0, 60),
    width_px=st.integers(60, 1400),
    side_px=st.integers(96, 320),
    weak_from=st.none() | st.integers(0, 60),
    weak_shown=st.booleans(),
)


def shown_cells(layout: PhotoGridLayout) -> list[QRect]:
    return [layout.cell(row) for row in range(layout.n_shown)]


@settings(max_examples=60)
@given(layouts)
def test_photos_and_separator_never_overlap_and_stay_inside(layout: PhotoGridLayout) -> None:
    places = shown_cells(layout)
    if layout.separator is not None:
        places.append(layout.separator)
    for i, place in enumerate(places):
        assert place.left() >= 0
        assert place.right() < max(layout.width_px, layout.cell_px + 2 * MARGIN_PX)
        assert place.top() >= MARGIN_PX
        assert place.bottom() < layout.height_px
        assert not any(place.intersects(other) for other in places[:i])


@settings(max_examples=60)
@given(layouts)
def test_gaps_are_the_designs(layout: PhotoGridLayout) -> None:
    cells = shown_cells(layout)
    for left, right in itertools.pairwise(cells):
        if left.top() == right.top():
            assert right.left() - left.right() - 1 == GAP_PX
    assert layout.cell_px <= layout.side_px * 3 // 2


@settings(max_examples=60)
@given(layouts)
def test_row_at_is_the_inverse_of_cell(layout: PhotoGridLayout) -> None:
    for row, cell in enumerate(shown_cells(layout)):
        corners = (cell.center(), cell.topLeft(), cell.bottomRight())
        assert [layout.row_at(point.x(), point.y()) for point in corners] == [row] * 3
        assert layout.row_at(cell.right() + 1, cell.top()) is None
        assert layout.row_at(cell.left(), cell.bottom() + 1) is None
    if layout.separator is not None:
        assert layout.row_at(layout.separator.center().x(), layout.separator.center().y()) is None


@settings(max_examples=100)
@given(layouts, st.integers(-50, 3000), st.integers(1, 900))
def test_rows_between_are_the_cells_that_reach_in(
    layout: PhotoGridLayout, top: int, height: int
) -> None:
    expected = [
        row
        for row, cell in enumerate(shown_cells(layout))
        if cell.top() < top + height and cell.bottom() >= top
    ]
    assert list(layout.rows_between(top, top + height)) == expected


@settings(max_examples=150)
@given(
    layouts,
    st.integers(-50, 1500),
    st.integers(-50, 3000),
    st.integers(1, 900),
    st.integers(1, 900),
)
def test_rubber_band_takes_exactly_what_it_touches(
    layout: PhotoGridLayout, x: int, y: int, width: int, height: int
) -> None:
    area = QRect(x, y, width, height)
    expected = [row for row, cell in enumerate(shown_cells(layout)) if cell.intersects(area)]
    found = [row for run in layout.runs_in(area) for row in run]
    assert found == expected


def test_keys_move_by_lines_and_keep_to_the_shown_rows() -> None:
    layout = PhotoGridLayout(20, 8 * 104 + 2 * MARGIN_PX, 96, weak_from=10, weak_shown=True)
    assert layout.columns == 8
    assert layout.step(0, Step.DOWN, 500) == 8
    assert layout.step(3, Step.DOWN, 500) == 9, "a short line: its last photo"
    assert layout.step(9, Step.DOWN, 500) == 11, "across the separator, same column"
    assert layout.step(11, Step.UP, 500) == 9
    assert layout.step(4, Step.UP, 500) == 4
    assert layout.step(19, Step.DOWN, 500) == 19
    assert layout.step(0, Step.LEFT, 500) == 0
    assert layout.step(9, Step.RIGHT, 500) == 10
    assert layout.step(5, Step.HOME, 500) == 0
    assert layout.step(5, Step.END, 500) == 19
    assert layout.step(1, Step.PAGE_DOWN, 3 * layout.line_px) == 19
    folded = PhotoGridLayout(20, layout.width_px, 96, weak_from=10, weak_shown=False)
    assert folded.step(5, Step.END, 500) == 9
    assert folded.step(9, Step.RIGHT, 500) == 9


@settings(max_examples=60)
@given(layouts, st.sampled_from(Step), st.integers(0, 59), st.integers(50, 900))
def test_keys_never_leave_the_shown_rows(
    layout: PhotoGridLayout, step: Step, row: int, page_px: int
) -> None:
    if row < layout.n_shown:
        assert 0 <= layout.step(row, step, page_px) < layout.n_shown


def test_folding_hides_the_weak_rows_and_keeps_the_separator() -> None:
    layout = PhotoGridLayout(1000, 1000, 176, weak_from=100, weak_shown=False)
    assert layout.n_shown == 100
    assert layout.separator is not None
    assert layout.height_px < 100 * layout.line_px
    assert layout.rows_between(0, 10**9) == range(100)


def test_names_only_with_room() -> None:
    assert PhotoGridLayout(10, 1000, 96).name_px < 12, "room for the ticks alone"
    assert PhotoGridLayout(10, 1000, 176).name_px > 16
