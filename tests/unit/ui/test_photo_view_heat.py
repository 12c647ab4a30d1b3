"""The heat map: smooth, in place, in colours whose steps look alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.core.messages import LocatedPhrase, PhotoLocated
from app.ui.photo_view_heat import N_COLORS, color_map, heat_image, smooth


def located(heat: np.ndarray) -> PhotoLocated:
    rows, columns = heat.shape
    return PhotoLocated(1, 1, rows, columns, (LocatedPhrase("a cat", 0.9, None, heat.tobytes()),))


def lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB in 0..1, by the book and not by the code under test."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


def test_every_step_of_the_colours_is_about_as_much_lighter() -> None:
    levels = lightness(color_map().astype(np.float64))
    steps = np.diff(levels)
    assert len(levels) == N_COLORS
    assert (steps > 0).all()
    assert steps.max() < 3 * steps.mean()
    assert levels[-1] - levels[0] > 45


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.integers(1, 12)),
        elements=st.floats(0, 1, width=32),
    ),
    st.integers(1, 8),
)
def test_smoothing_never_overshoots(heat: np.ndarray, factor: int) -> None:
    larger = smooth(heat, factor)
    assert larger.shape == (heat.shape[0] * factor, heat.shape[1] * factor)
    assert larger.min() >= heat.min() - 1e-5
    assert larger.max() <= heat.max() + 1e-5


def test_the_hottest_place_stays_where_it_is() -> None:
    heat = np.zeros((8, 12), np.float32)
    heat[2, 9] = 1
    larger = smooth(heat, 10)
    row, column = np.unravel_index(np.argmax(larger), larger.shape)
    assert (row + 0.5) / 10 == pytest.approx(2.5, abs=0.051)
    assert (column + 0.5) / 10 == pytest.approx(9.5, abs=0.051)


def test_cool_places_are_clear_and_hot_ones_are_not() -> None:
    heat = np.zeros((6, 6), np.float32)
    heat[:, 4:] = 1
    image = heat_image(located(heat))
    assert image.pixelColor(2, image.height() // 2).alpha() == 0
    hot = image.pixelColor(image.width() - 2, image.height() // 2)
    assert hot.alpha() > 240
    assert hot.red() > hot.blue(), "the hot end is yellow"


def test_a_fine_heat_map_is_not_made_huge() -> None:
    image = heat_image(located(np.ones((64, 200), np.float32)))
    assert max(image.width(), image.height()) <= 640
