"""The heat of a phrase as a picture: a smooth surface in colours that are perceptually even.

Shape suffixes: R rows, C columns of the heat; H, W of the picture; K steps of the colour map.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from app.core.messages import PhotoLocated
from app.ui.chip_mark import chip_color

Float32Array = npt.NDArray[np.float32]

SMOOTHING = 12
"""Pixels of the picture per patch of the heat."""
LONGEST_PX = 640
N_COLORS = 256
VISIBLE_FROM = 0.15
"""Cooler places stay clear."""

_OKLAB_TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_LMS_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def heat_image(located: PhotoLocated, shown: Sequence[int] = (0,)) -> QImage:
    """The heat of phrases over the whole photo, transparent where it is cool.

    Args:
        located: where phrases fit.
        shown: the numbers of the phrases; a single one is drawn in the colours of heat, several
            each in the colour of its chip.
    """
    heats_KHW = [_enlarged(located, number) for number in shown]
    if len(heats_KHW) == 1:
        argb = heat_colors()[(heats_KHW[0] * (N_COLORS - 1) + 0.5).astype(np.uint8)]
    else:
        argb = _tinted(heats_KHW, [chip_color(number) for number in shown])
    height, width = argb.shape
    image = QImage(
        argb.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
    )
    return image.copy()  # the bytes above are gone when this returns


def _enlarged(located: PhotoLocated, number: int) -> Float32Array:
    heat = located.places[number].heat
    heat_RC = np.frombuffer(heat, np.float32).reshape(located.rows, located.columns)
    factor = max(1, min(SMOOTHING, LONGEST_PX // max(heat_RC.shape)))
    heat_HW: Float32Array = np.clip(smooth(heat_RC, factor), 0, 1)
    return heat_HW


def _tinted(heats_KHW: list[Float32Array], colors: list[QColor]) -> npt.NDArray[np.uint32]:
    """(H, W) premultiplied ARGB: everywhere the colour of the phrase that is hottest there."""
    level_KHW = np.stack(heats_KHW)
    hottest_HW = level_KHW.argmax(axis=0)
    alpha_HW = _density(level_KHW.max(axis=0))
    rgb_K3 = np.array([color.getRgbF()[:3] for color in colors])
    red, green, blue = np.rint(np.moveaxis(rgb_K3[hottest_HW], -1, 0) * alpha_HW * 255).astype(
        np.uint32
    )
    alpha = np.rint(alpha_HW * 255).astype(np.uint32)
    argb: npt.NDArray[np.uint32] = alpha << 24 | red << 16 | green << 8 | blue
    return argb


def _density(level: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """How dense a colour is at a level of heat: clear where it is cool, then ever denser."""
    warm = np.clip((level - VISIBLE_FROM) / (1 - VISIBLE_FROM), 0, 1)
    dense: npt.NDArray[np.floating] = warm * warm * (3 - 2 * warm)
    return dense


def heat_colors() -> npt.NDArray[np.uint32]:
    """(K,) premultiplied ARGB of each step: clear where it is cool, then ever denser."""
    alpha_K = _density(np.linspace(0, 1, N_COLORS))
    red, green, blue = np.rint(color_map().T * alpha_K * 255).astype(np.uint32)
    alpha = np.rint(alpha_K * 255).astype(np.uint32)
    argb: npt.NDArray[np.uint32] = alpha << 24 | red << 16 | green << 8 | blue
    return argb


def smooth(heat_RC: Float32Array, factor: int) -> Float32Array:
    """Enlarge by a whole factor with cubic B-splines: no edges, no overshoot, patches in place."""
    rows, columns = heat_RC.shape
    enlarged = _spline(rows, factor) @ heat_RC @ _spline(columns, factor).T
    return enlarged.astype(np.float32)


def _spline(n_patches: int, factor: int) -> Float32Array:
    """(n_patches * factor, n_patches) weights; every row adds up to 1."""
    at = (np.arange(n_patches * factor) + 0.5) / factor - 0.5
    first = np.floor(at).astype(np.intp)
    t = at - first
    weights_of = (
        (1 - t) ** 3 / 6,
        (3 * t**3 - 6 * t**2 + 4) / 6,
        (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6,
        t**3 / 6,
    )
    matrix = np.zeros((len(at), n_patches), np.float32)
    for offset, weights in zip((-1, 0, 1, 2), weights_of, strict=True):
        columns = np.clip(first + offset, 0, n_patches - 1)
        np.add.at(matrix, (np.arange(len(at)), columns), weights.astype(np.float32))
    return matrix


def color_map() -> Float32Array:
    """(K, 3) sRGB in 0..1, violet to yellow; every step is as much lighter as the one before."""
    step_K = np.linspace(0, 1, N_COLORS)
    lightness_K = 0.38 + 0.54 * step_K
    hue_K = np.deg2rad(300 + 168 * step_K)  # violet, magenta, red, orange, yellow
    chroma_K = 0.13 + 0.045 * np.sin(np.pi * step_K)
    lab = np.stack((lightness_K, chroma_K * np.cos(hue_K), chroma_K * np.sin(hue_K)), axis=1)
    linear = ((lab @ _OKLAB_TO_LMS.T) ** 3) @ _LMS_TO_RGB.T
    linear = np.clip(linear, 0, 1)
    rgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    colors: Float32Array = rgb.astype(np.float32)
    return colors
