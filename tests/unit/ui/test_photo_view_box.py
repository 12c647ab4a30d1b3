"""A box can be drawn, moved and pulled, and never leaves the photo."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.asking import Box
from app.ui.photo_view_box import HANDLES, Grip, dragged, drawn, grip_at, grown, handle_point, moved

coordinates = st.floats(-0.5, 1.5)
boxes = st.tuples(*[st.floats(0, 1)] * 4).map(lambda v: drawn((v[0], v[1]), (v[2], v[3])))
steps = st.floats(-2, 2)


def is_sound(box: Box) -> bool:
    x0, y0, x1, y1 = box
    return 0 <= x0 <= x1 <= 1 and 0 <= y0 <= y1 <= 1


@given(coordinates, coordinates, coordinates, coordinates)
def test_drawing_in_any_direction_gives_a_box_inside(
    x0: float, y0: float, x1: float, y1: float
) -> None:
    box = drawn((x0, y0), (x1, y1))
    assert is_sound(box)
    assert box == drawn((x1, y1), (x0, y0)) == drawn((x0, y1), (x1, y0))


@given(boxes, steps, steps)
def test_moving_keeps_the_size(box: Box, dx: float, dy: float) -> None:
    there = moved(box, dx, dy)
    assert is_sound(there)
    assert there[2] - there[0] == pytest.approx(box[2] - box[0])
    assert there[3] - there[1] == pytest.approx(box[3] - box[1])


@given(boxes, st.sampled_from(Grip), steps, steps)
def test_pulling_keeps_the_box_inside(box: Box, grip: Grip, dx: float, dy: float) -> None:
    assert is_sound(dragged(box, grip, dx, dy))


@given(boxes, steps, steps)
def test_growing_keeps_the_corner_and_the_least_size(box: Box, dx: float, dy: float) -> None:
    bigger = grown(box, dx, dy, (0.01, 0.01))
    assert is_sound(bigger)
    assert bigger[:2] == box[:2]
    assert bigger[2] - bigger[0] >= min(0.01, 1 - box[0]) - 1e-9


def test_a_handle_moves_its_own_sides_only() -> None:
    box = (0.2, 0.2, 0.6, 0.6)
    assert dragged(box, Grip.EAST, 0.1, 0.3) == pytest.approx((0.2, 0.2, 0.7, 0.6))
    assert dragged(box, Grip.NORTH, 0.1, 0.1) == pytest.approx((0.2, 0.3, 0.6, 0.6))
    assert dragged(box, Grip.SOUTH_WEST, -0.1, 0.1) == pytest.approx((0.1, 0.2, 0.6, 0.7))
    turned_over = dragged(box, Grip.WEST, 0.6, 0)
    assert turned_over == pytest.approx((0.6, 0.2, 0.8, 0.6))


def test_every_handle_is_held_where_it_is_drawn() -> None:
    box = (100.0, 100.0, 300.0, 260.0)
    for grip in HANDLES:
        x, y = handle_point(box, grip)
        assert grip_at(box, (x + 3, y - 3)) is grip
    assert len(HANDLES) == 8
    assert grip_at(box, (200, 180)) is Grip.INSIDE
    assert grip_at(box, (50, 180)) is None


def test_corners_win_in_a_small_box() -> None:
    assert grip_at((100, 100, 106, 106), (101, 101)) is Grip.NORTH_WEST
