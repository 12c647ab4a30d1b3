"""Colours by name: the fixed ones, and those that follow from a thing's own colour."""

from __future__ import annotations

from collections.abc import Mapping

from trainer.data.scenes_art import Rgb

FIXED: dict[str, Rgb] = {
    "ink": (44, 42, 52),
    "white": (252, 252, 250),
    "cream": (250, 240, 218),
    "paper": (244, 236, 220),
    "coffee": (104, 66, 44),
    "cork": (186, 138, 92),
    "brass": (206, 160, 78),
    "glow": (255, 226, 130),
    "flame": (248, 140, 48),
    "signal": (222, 70, 64),
    "ribbon": (250, 222, 120),
    "ribbondark": (226, 182, 70),
    "handle": (116, 78, 52),
    "trunk": (126, 84, 54),
    "leaf": (104, 172, 92),
    "leafdark": (66, 132, 76),
    "waffle": (226, 168, 96),
    "waffledark": (188, 128, 66),
    "cherry": (200, 40, 62),
    "china": (232, 234, 238),
    "icing": (255, 248, 240),
    "candlewax": (120, 176, 222),
    "metal": (186, 192, 202),
    "screen": (52, 66, 92),
    "blush": (244, 164, 168),
    "cateye": (190, 214, 110),
    "whisker": (250, 246, 238),
    "beak": (244, 156, 56),
    "skin": (154, 178, 108),
    "yolk": (250, 196, 66),
    "clay": (204, 120, 80),
    "claydark": (178, 98, 64),
    "snow": (248, 251, 255),
    "tire": (58, 58, 66),
    "window": (176, 218, 240),
    "brick": (176, 92, 74),
    "night": (52, 48, 76),
    "stone": (172, 170, 178),
    "stonelight": (194, 192, 198),
    "string": (150, 140, 140),
}


def mixed(a: Rgb, b: Rgb, share: float) -> Rgb:
    """``a`` with ``share`` of ``b``."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def darker(rgb: Rgb, share: float = 0.2) -> Rgb:
    """Towards a bluish black, as shadows are."""
    return mixed(rgb, (24, 20, 44), share)


def lighter(rgb: Rgb, share: float = 0.3) -> Rgb:
    """Towards a warm white, as light is."""
    return mixed(rgb, (255, 250, 236), share)


def thing_palette(main: Rgb) -> dict[str, Rgb]:
    """All paints of a thing whose own colour is ``main``."""
    luminance = (main[0] * 3 + main[1] * 6 + main[2]) / 10
    dark = darker(main, 0.3 if luminance < 90 else 0.2 if luminance < 215 else 0.13)
    light = lighter(main, 0.16 if luminance < 90 else 0.34)
    return {**FIXED, "main": main, "dark": dark, "light": light}


def lookup(palette: Mapping[str, Rgb], paint: str) -> Rgb:
    """A paint by name, or one given as ``#rrggbb``."""
    if paint.startswith("#"):
        return int(paint[1:3], 16), int(paint[3:5], 16), int(paint[5:7], 16)
    return palette[paint]
