"""The photo and the screen: conversions are each other's inverse under any zoom and pan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.photo_view_transform import FIT_MARGIN_PX, ViewTransform

sizes = st.tuples(st.integers(1, 12_000), st.integers(1, 12_000))
views = st.tuples(st.integers(50, 4000), st.integers(50, 3000))
ratios = st.sampled_from([1.0, 1.25, 1.5, 2.0])
points = st.tuples(st.floats(0, 1), st.floats(0, 1))


@st.composite
def transforms(draw: st.DrawFn) -> ViewTransform:
    """A transform after some zooming and panning."""
    transform = ViewTransform.fitting(draw(sizes), draw(views), draw(ratios))
    width, height = transform.view_px
    for factor, at, move in draw(
        st.lists(st.tuples(st.floats(0.3, 4), points, points), max_size=4)
    ):
        transform = transform.zoomed_by(factor, (at[0] * width, at[1] * height))
        transform = transform.panned((move[0] - 0.5) * width, (move[1] - 0.5) * height)
    return transform


@given(transforms(), points)
def test_to_photo_is_the_inverse_of_to_view(
    transform: ViewTransform, point: tuple[float, float]
) -> None:
    assert transform.to_photo(transform.to_view(point)) == pytest.approx(point, abs=1e-6)


@given(transforms(), points, points)
def test_boxes_keep_their_place_in_the_photo(
    transform: ViewTransform, first: tuple[float, float], second: tuple[float, float]
) -> None:
    box = (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[0], second[0]),
        max(first[1], second[1]),
    )
    x0, y0, x1, y1 = transform.box_to_view(box)
    back = (*transform.to_photo((x0, y0)), *transform.to_photo((x1, y1)))
    assert back == pytest.approx(box, abs=1e-6)


@given(transforms(), st.floats(0.2, 5), points)
def test_zoom_keeps_the_point_under_the_pointer_where_edges_allow(
    transform: ViewTransform, factor: float, at: tuple[float, float]
) -> None:
    pointer = (at[0] * transform.view_px[0], at[1] * transform.view_px[1])
    zoomed = transform.zoomed_by(factor, pointer)
    before, after = transform.to_photo(pointer), zoomed.to_photo(pointer)
    for axis in range(2):
        left = zoomed.left_top[axis]
        right = left + zoomed.shown_px[axis]
        at_an_edge = left > -1e-3 or right < zoomed.view_px[axis] + 1e-3
        assert at_an_edge or after[axis] == pytest.approx(before[axis], abs=1e-6)


@given(transforms())
def test_no_empty_space_that_the_photo_could_fill(transform: ViewTransform) -> None:
    moved = transform.panned(3000, -3000)
    for axis in range(2):
        left = moved.left_top[axis]
        right = left + moved.shown_px[axis]
        if moved.shown_px[axis] >= moved.view_px[axis]:
            assert left <= 1e-3
            assert right >= moved.view_px[axis] - 1e-3
        else:
            assert left == pytest.approx(moved.view_px[axis] - right, abs=1e-3), "centred"


@given(sizes, views, ratios)
def test_fit_shows_the_whole_photo_and_touches_the_margin(
    photo_px: tuple[int, int], view_px: tuple[int, int], ratio: float
) -> None:
    transform = ViewTransform.fitting(photo_px, view_px, ratio)
    assert transform.fit
    rooms = [max(8.0, side - 2 * FIT_MARGIN_PX) for side in view_px]
    parts = [shown / room for shown, room in zip(transform.shown_px, rooms, strict=True)]
    assert max(parts) == pytest.approx(1)
    assert transform.to_view((0.5, 0.5)) == pytest.approx((view_px[0] / 2, view_px[1] / 2))


def test_toggle_goes_to_a_pixel_for_a_pixel_at_the_pointer_and_back() -> None:
    fitted = ViewTransform.fitting((4000, 3000), (1000, 800), 2.0)
    pointer = (300.0, 500.0)
    full = fitted.toggled(pointer)
    assert full.device_scale == 1.0
    assert full.scale == 0.5
    assert full.to_photo(pointer) == pytest.approx(fitted.to_photo(pointer))
    assert full.toggled(pointer) == fitted


def test_toggle_enlarges_a_photo_that_already_shows_all_its_pixels() -> None:
    fitted = ViewTransform.fitting((400, 300), (1000, 800))
    assert fitted.device_scale > 1
    assert fitted.toggled((500, 400)).scale == pytest.approx(2 * fitted.scale)


def test_resizing_keeps_fit_or_the_middle() -> None:
    fitted = ViewTransform.fitting((4000, 3000), (1000, 800))
    assert fitted.resized((500, 400), 1.0) == ViewTransform.fitting((4000, 3000), (500, 400))
    zoomed = fitted.zoomed_to(1.0, (500, 400))
    smaller = zoomed.resized((600, 600), 1.0)
    assert smaller.scale == zoomed.scale
    assert smaller.center == zoomed.center


def test_zoom_has_ends() -> None:
    transform = ViewTransform.fitting((4000, 3000), (1000, 800))
    assert transform.zoomed_by(1e9, (0, 0)).device_scale == 8
    assert transform.zoomed_by(1e-9, (0, 0)).scale == pytest.approx(transform.fit_scale)
