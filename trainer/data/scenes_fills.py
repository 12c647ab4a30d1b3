"""What fills a shape: a colour, a gradient, or a finish such as stripes, wood or knitting.

All functions return (height, width, 3) float32 in 0..255. ``at`` holds the coordinates of pixels
relative to the thing, in units of its pattern, so that a pattern runs on from part to part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainer.data.scenes_art import Rgb
from trainer.data.scenes_palette import darker, lighter, mixed

Floats = np.ndarray


@dataclass(frozen=True)
class Grain:
    """Pixel coordinates of a crop in pattern units: ``x`` is (1, W), ``y`` is (H, 1); ``span`` is
    the width of the thing in the same units.
    """

    x: Floats
    y: Floats
    span: float


def solid(rgb: Rgb, height: int, width: int) -> Floats:
    """One colour."""
    return np.broadcast_to(np.array(rgb, dtype=np.float32), (height, width, 3))


def gradient(above: Rgb, below: Rgb, height: int, width: int) -> Floats:
    """From one colour at the upper edge to another at the lower."""
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, low = np.array(above, dtype=np.float32), np.array(below, dtype=np.float32)
    return np.broadcast_to(top + (low - top) * share, (height, width, 3))


def contrast(rgb: Rgb) -> Rgb:
    """The second colour of a pattern on ``rgb``."""
    luminance = (rgb[0] * 3 + rgb[1] * 6 + rgb[2]) / 10
    if luminance > 225:
        return mixed(rgb, (112, 150, 200), 0.6)
    return mixed(rgb, (255, 252, 244), 0.78)


def finished(finish: str, rgb: Rgb, at: Grain) -> Floats:
    """The fill of a finish by its name; see `FINISH_FILLS`."""
    return FINISH_FILLS[finish](rgb, at)


def _two(share: Floats, a: Rgb, b: Rgb) -> Floats:
    low, high = np.array(a, dtype=np.float32), np.array(b, dtype=np.float32)
    return low + (high - low) * share[..., None].astype(np.float32)


def _striped(rgb: Rgb, at: Grain) -> Floats:
    share = ((at.x + 0 * at.y) % 2.0) < 0.8
    return _two(share, rgb, contrast(rgb))


def _dotted(rgb: Rgb, at: Grain) -> Floats:
    row = np.floor(at.y / 1.5)
    x = (at.x / 1.7 + 0.5 * (row % 2)) % 1.0 - 0.5
    y = (at.y / 1.5) % 1.0 - 0.5
    share = (x * 1.7) ** 2 + (y * 1.5) ** 2 < 0.42**2
    return _two(share, rgb, contrast(rgb))


def _checked(rgb: Rgb, at: Grain) -> Floats:
    across = ((at.x % 2.0) < 1.0).astype(np.float32)
    down = ((at.y % 2.0) < 1.0).astype(np.float32)
    return _two((across + down) / 2, rgb, contrast(rgb))


def _wooden(rgb: Rgb, at: Grain) -> Floats:
    base = mixed(rgb, (176, 120, 70), 0.3)
    wave = at.y * 2.6 + 0.5 * np.sin(at.x * 0.9 + 0.4 * at.y) + 0.25 * np.sin(at.x * 2.3)
    share = 0.5 + 0.5 * np.sin(wave * 2.2)
    return _two(share**3, base, darker(base, 0.32))


def _metal(rgb: Rgb, at: Grain) -> Floats:
    base = mixed(rgb, (186, 192, 202), 0.25)
    place = (at.x + 0.25 * at.y) / max(at.span, 1e-6)
    share = 0.5 + 0.5 * np.cos(2 * np.pi * (place * 1.6 - 0.35))
    shine = np.clip((share - 0.82) / 0.18, 0, 1)
    return _two(share, darker(base, 0.34), lighter(base, 0.35)) + shine[..., None] * 34


def _knitted(rgb: Rgb, at: Grain) -> Floats:
    x = np.abs((at.x * 1.5) % 1.0 - 0.5) * 2
    share = ((at.y * 1.9 - x * 0.8) % 1.0) < 0.3
    ridge = (x > 0.88) | (x < 0.08)
    return _two((share | ridge).astype(np.float32), rgb, darker(rgb, 0.28))


FINISH_FILLS: dict[str, Callable[[Rgb, Grain], Floats]] = {
    "striped": _striped,
    "dotted": _dotted,
    "checked": _checked,
    "wooden": _wooden,
    "metal": _metal,
    "knitted": _knitted,
}
