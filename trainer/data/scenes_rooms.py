"""Backdrops indoors and plain ones, 100 units high and ``w`` wide."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from trainer.data.scenes_art import Art

Colours = Mapping[str, str]


def _window(a: Art, x: float, y: float, width: float, height: float, c: Colours) -> None:
    a.box(x - 1.6, y - 1.6, x + width + 1.6, y + height + 1.6, c["frame"], 1)
    a.box(x, y, x + width, y + height, c["glass"])
    a.box(x + width / 2 - 0.6, y, x + width / 2 + 0.6, y + height, c["frame"])
    a.box(x, y + height / 2 - 0.6, x + width, y + height / 2 + 0.6, c["frame"])
    a.box(x - 3, y + height + 1, x + width + 3, y + height + 3, c["frame"], 0.6)


def _boards(a: Art, w: float, y: float, c: Colours, rng: random.Random) -> None:
    """A floor of boards from ``y`` down."""
    a.box(-1, y, w + 1, 101, c["floor"], below=c["floor2"])
    row = y + 3.5
    step = 3.5
    while row < 101:
        a.box(-1, row, w + 1, row + 0.35, c["floor2"])
        x = rng.uniform(0, 24)
        while x < w:
            a.box(x, row - step, x + 0.35, row, c["floor2"])
            x += rng.uniform(18, 34)
        step *= 1.15
        row += step


def _papered(a: Art, w: float, c: Colours, low: float) -> None:
    """A wall with broad stripes."""
    a.box(-1, -1, w + 1, low, c["wall"])
    for k in range(0, math.ceil(w / 9), 2):
        a.box(9 * k, -1, 9 * k + 9, low, c["wall2"])


def kitchen(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    a.box(-1, -1, w + 1, 34, c["wall"])
    step = 8.0
    for row in range(4):
        for k in range(math.ceil(w / step) + 1):
            x = k * step - (step / 2 if row % 2 else 0)
            paint = c["tile2"] if rng.random() < 0.2 else c["tile"]
            a.box(x, 32 + row * 7.5, x + step - 0.5, 32 + row * 7.5 + 7, paint, 0.6)
    if rng.random() < 0.75:
        _window(a, w * rng.choice((0.1, 0.36, 0.6)), 6, 26, 20, c)
    a.box(-1, 58, w + 1, 72, c["top"], below=c["top2"])
    a.box(-1, 72, w + 1, 74.5, c["wood"])
    a.box(-1, 74.5, w + 1, 101, c["front"])
    for k in range(math.ceil(w / 26)):
        x = 26 * k
        a.box(x + 1.5, 77.5, x + 24.5, 101, c["front2"], 1)
        a.oval(x + 21, 84, 1.2, 1.2, c["knob"])


def bedroom(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _papered(a, w, c, 74)
    _boards(a, w, 74, c, rng)
    left = rng.random() < 0.5
    x, s = (w * 0.04, 1) if left else (w * 0.96, -1)
    _window(a, w * (0.62 if left else 0.1), 10, w * 0.2, 26, c)
    size = min(w * 0.52, 70)
    edges = sorted((x, x + s * size))
    a.box(min(x, x + s * 4), 36, max(x, x + s * 4), 80, c["bed"], 1.5)
    a.box(edges[0], 62, edges[1], 76, c["sheet"], 3)
    cover = sorted((x + s * size * 0.36, x + s * size))
    a.box(cover[0], 58, cover[1], 75, c["cover"], 4)
    pillow = sorted((x + s * 5, x + s * size * 0.32))
    a.box(pillow[0], 53, pillow[1], 63, c["pillow"], 4)
    a.box(edges[0], 75, edges[1], 79, c["bed"], 1)
    a.oval(w * 0.5, 91, w * 0.3, 6.5, c["rug"])
    a.oval(w * 0.5, 91, w * 0.25, 4.9, c["rug2"])


def living_room(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _papered(a, w, c, 70)
    a.box(-1, 67, w + 1, 71, c["skirting"])
    _boards(a, w, 71, c, rng)
    x = w * rng.choice((0.12, 0.4, 0.62))
    a.box(x - 1.5, 12.5, x + 23.5, 37.5, c["frame"], 0.6)
    a.box(x, 14, x + 22, 36, c["skirting"])
    a.oval(x + 15, 21, 3.4, 3.4, c["art"])
    a.poly([(x, 36), (x + 8, 23), (x + 14, 36)], c["art2"])
    a.poly([(x + 9, 36), (x + 16, 27), (x + 22, 36)], c["art"])
    side = -1 if x > w * 0.5 else w - w * 0.1
    a.blob(
        [
            (side, -2),
            (side + w * 0.11, -2),
            (side + w * 0.1, 40),
            (side + w * 0.12, 68),
            (side, 68),
        ],
        c["curtain"],
    )
    a.oval(w * 0.5, 89, w * 0.36, 8, c["rug"])
    a.oval(w * 0.5, 89, w * 0.31, 6.3, c["rug2"])


def desk(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _papered(a, w, c, 66)
    x = w * rng.choice((0.1, 0.34, 0.56))
    width = min(40.0, w * 0.4)
    a.box(x - 1.4, 10.6, x + width + 1.4, 39.4, c["frame"], 0.8)
    a.box(x, 12, x + width, 38, c["board"])
    for k, paint in enumerate(("note", "note2", "paper")):
        at, y = x + 3 + k * width * 0.31, 15 + rng.uniform(0, 8)
        a.box(at, y, at + width * 0.24, y + width * 0.24, c[paint])
        a.oval(at + width * 0.12, y + 1.3, 0.9, 0.9, c["pin"])
    a.box(-1, 64, w + 1, 101, c["desk"], below=c["desk2"])
    a.box(-1, 64, w + 1, 65.4, c["edge"])
    for k in range(5):
        y = 70 + k * 6.5
        start = rng.uniform(0, w * 0.6)
        a.line(
            [(start, y), (start + 14, y - 0.6), (start + 30, y + 0.2)], 0.4, c["edge"], smooth=True
        )


def shelf(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    a.box(-1, -1, w + 1, 101, c["wall"])
    a.box(w * 0.03, -1, w * 0.97, 101, c["back"], below=c["wall2"])
    for y in (45.5, 91.5):
        a.box(w * 0.03, y, w * 0.97, y + 3.4, c["board"])
        a.box(w * 0.03, y + 3.4, w * 0.97, y + 5, c["board2"])
    for x in (w * 0.03, w * 0.97):
        a.box(x - 1.8, -1, x + 1.8, 101, c["side"])


def plain(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    a.box(-1, -1, w + 1, 101, c["a"])
    kind = rng.choice(("none", "spots", "hill", "rays"))
    if kind == "spots":
        for _ in range(7):
            r = rng.uniform(8, 22)
            a.oval(rng.uniform(0, w), rng.uniform(0, 100), r, r, c["b"])
    elif kind == "hill":
        a.oval(w / 2, 108, w * 0.75, 34, c["b"])
    elif kind == "rays":
        for k in range(9):
            t0, t1 = math.pi * (2 * k) / 9, math.pi * (2 * k + 1) / 9
            reach = w + 100
            a.poly(
                [
                    (w / 2, 50),
                    (w / 2 + reach * math.cos(t0), 50 + reach * math.sin(t0)),
                    (w / 2 + reach * math.cos(t1), 50 + reach * math.sin(t1)),
                ],
                c["b"],
            )
