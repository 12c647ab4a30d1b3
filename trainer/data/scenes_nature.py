"""Backdrops out of doors, 100 units high and ``w`` wide."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from trainer.data.scenes_art import Art

Colours = Mapping[str, str]
# fmt: off
_CLOUD = (
    (-16, 4), (-17, 1), (-12, -1), (-10, -5), (-4, -7), (0, -4.5), (4, -6), (9, -4), (11, 0),
    (16, 1), (16, 4), (0, 5),
)
# fmt: on


def _hills(
    a: Art,
    w: float,
    y: float,
    height: float,
    paint: str,
    rng: random.Random,
    below: str | None = None,
) -> None:
    """A rolling horizon at about ``y``, filled down to the lower edge."""
    n = max(3, round(w / 28))
    shift = rng.random() * 6.3
    points = []
    for k in range(-1, n + 2):
        x = w * k / n
        points.append(
            (x, y + height * math.sin(shift + k * 1.9) + rng.uniform(-1, 1) * height * 0.3)
        )
    curve = Art()
    curve.line(points, 0.1, paint, smooth=True)
    upper = curve.parts[0].points[: 6 * (len(points) - 1)]
    a.poly([*map(tuple, upper.tolist()), (w * 1.1, 101), (-w * 0.1, 101)], paint, below)


def _sky(a: Art, w: float, c: Colours, horizon: float) -> None:
    a.box(-1, -1, w + 1, horizon, c["sky"], below=c["low"])


def _sun(a: Art, w: float, c: Colours, rng: random.Random, y: float = 18) -> None:
    a.oval(w * rng.choice((0.16, 0.5, 0.82)), y, 8, 8, c["sun"])


def _clouds(a: Art, w: float, c: Colours, rng: random.Random, n: int, low: float = 26) -> None:
    for _ in range(n):
        x, y, s = rng.uniform(0, w), rng.uniform(6, low), rng.uniform(0.5, 1.0)
        a.blob([(x + dx * s, y + dy * s) for dx, dy in _CLOUD], c["cloud"])


def _tufts(a: Art, w: float, paint: str, rng: random.Random, y0: float, n: int) -> None:
    for _ in range(n):
        x, y = rng.uniform(0, w), rng.uniform(y0, 98)
        for lean in (-1.6, 0, 1.6):
            a.line([(x, y), (x + lean, y - 3.4 + abs(lean) * 0.5)], 0.7, paint)


def beach(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _sky(a, w, c, 47)
    _sun(a, w, c, rng, 20)
    _clouds(a, w, c, rng, 3)
    a.box(-1, 46, w + 1, 72, c["sea"], below=c["near"])
    for _ in range(7):
        x, y = rng.uniform(0, w), rng.uniform(49, 60)
        a.line([(x - 5, y), (x, y - 0.6), (x + 5, y)], 0.6, c["foam"], smooth=True)
    _hills(a, w, 66, 1.6, c["foam"], random.Random(5))
    _hills(a, w, 68.5, 1.8, c["sand"], random.Random(5), c["sand2"])
    for _ in range(14):
        a.oval(rng.uniform(0, w), rng.uniform(74, 98), 0.9, 0.5, c["deco"])


def meadow(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _sky(a, w, c, 70)
    _sun(a, w, c, rng)
    _clouds(a, w, c, rng, 4)
    _hills(a, w, 52, 5, c["far"], rng)
    _hills(a, w, 59, 4, c["hill"], rng)
    _hills(a, w, 66, 2.4, c["grass"], rng, c["grass2"])
    _tufts(a, w, c["deco"], rng, 72, 22)


def snow(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _sky(a, w, c, 70)
    for k in range(4):
        x, y, s = w * (k + rng.random()) / 4, rng.uniform(22, 34), rng.uniform(22, 32)
        a.poly([(x, y), (x + s, 66), (x - s, 66)], c["peak"])
        a.poly(
            [
                (x, y),
                (x + s * 0.3, y + 11),
                (x + s * 0.1, y + 9),
                (x - s * 0.08, y + 13),
                (x - s * 0.28, y + 10),
            ],
            c["cap"],
        )
    _hills(a, w, 58, 3, c["far"], rng)
    _hills(a, w, 67, 2.4, c["snow"], rng, c["snow2"])
    for _ in range(round(w / 3)):
        r = rng.uniform(0.4, 0.9)
        a.oval(rng.uniform(0, w), rng.uniform(0, 64), r, r, c["deco"])


def night_city(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    a.box(-1, -1, w + 1, 85, c["sky"], below=c["low"])
    for _ in range(round(w / 4)):
        r = rng.uniform(0.25, 0.5)
        a.oval(rng.uniform(0, w), rng.uniform(0, 40), r, r, c["lit"])
    for paint, low, high, step in (("far", 34, 52, 13), ("near", 44, 64, 17)):
        x = -rng.uniform(0, 8)
        while x < w:
            width, top = rng.uniform(0.8, 1.3) * step, rng.uniform(low, high)
            a.box(x, top, x + width - 1, 84, c[paint])
            if paint == "near" and rng.random() < 0.4:
                a.line([(x + width / 2, top), (x + width / 2, top - 7)], 0.6, c[paint])
            _lit_windows(a, x, top, width, c["lit"], rng)
            x += width
    a.box(-1, 80, w + 1, 84, c["walk"])
    a.box(-1, 84, w + 1, 101, c["road"], below=c["road2"])
    for k in range(math.ceil(w / 18)):
        a.box(18 * k + 2, 91.4, 18 * k + 11, 92.6, c["line"])


def _lit_windows(
    a: Art, x: float, top: float, width: float, paint: str, rng: random.Random
) -> None:
    y = top + 3
    while y < 76:
        at = x + 2
        while at < x + width - 4:
            if rng.random() < 0.42:
                a.box(at, y, at + 1.7, y + 2.3, paint)
            at += 3.6
        y += 5


def street(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _sky(a, w, c, 50)
    _clouds(a, w, c, rng, 3, 16)
    x, before = -rng.uniform(0, 10), ""
    while x < w:
        paint = rng.choice([name for name in "abcd" if name != before])
        before, width, top = paint, rng.uniform(22, 32), rng.uniform(24, 38)
        _facade(a, x, top, width, c[paint], c, rng)
        x += width
    a.box(-1, 74, w + 1, 81, c["walk"])
    a.box(-1, 81, w + 1, 101, c["road"], below=c["road2"])
    for k in range(math.ceil(w / 20)):
        a.box(20 * k + 3, 90, 20 * k + 13, 91.4, c["line"])


def _facade(
    a: Art, x: float, top: float, width: float, paint: str, c: Colours, rng: random.Random
) -> None:
    a.box(x, top, x + width, 75, paint)
    a.box(x - 0.6, top - 2, x + width + 0.6, top + 1, c["door"])
    n = max(2, round(width / 9))
    door = rng.randrange(n)
    for row in range(int((70 - top) // 13)):
        y = top + 5 + 13 * row
        last = row == int((70 - top) // 13) - 1
        for k in range(n):
            at = x + width * (k + 0.5) / n
            if last and k == door:
                a.box(at - 2.6, y, at + 2.6, 75, c["door"], 1)
            else:
                a.box(at - 2.3, y, at + 2.3, y + 7, c["glass"], 0.5)


def forest(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    a.box(-1, -1, w + 1, 80, c["sky"], below=c["low"])
    for paint, top, step, trunk in (("far", 20, 9, 1.6), ("mid", 12, 15, 2.6)):
        x = rng.uniform(-4, 4)
        while x < w + 6:
            a.box(x - trunk / 2, 40, x + trunk / 2, 78, c[paint])
            y = top + rng.uniform(0, 14)
            for k in range(3):
                half = step * (0.4 + 0.16 * k)
                a.poly(
                    [(x, y + 12 * k), (x + half, y + 20 + 13 * k), (x - half, y + 20 + 13 * k)],
                    c[paint],
                )
            x += step * rng.uniform(0.8, 1.3)
    for x in (rng.uniform(-2, 6), w - rng.uniform(-2, 6)):
        a.poly([(x - 3, -1), (x + 3, -1), (x + 5, 84), (x - 5, 84)], c["trunk"])
        a.blob(
            [(x - 22, -4), (x + 22, -4), (x + 20, 12), (x + 6, 18), (x - 8, 16), (x - 22, 10)],
            c["near"],
        )
    _hills(a, w, 74, 1.8, c["ground"], rng, c["ground2"])
    _tufts(a, w, c["deco"], rng, 78, 24)


def desert(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _sky(a, w, c, 66)
    _sun(a, w, c, rng)
    for _ in range(3):
        x, s, y = rng.uniform(0, w), rng.uniform(9, 17), rng.uniform(36, 46)
        a.poly([(x - s, y), (x + s, y), (x + s * 1.5, 64), (x - s * 1.5, 64)], c["mesa"])
        a.poly([(x + s * 0.3, y), (x + s, y), (x + s * 1.5, 64), (x + s * 0.4, 64)], c["mesa2"])
    _hills(a, w, 60, 3, c["far"], rng)
    _hills(a, w, 67, 3, c["dune"], rng, c["dune2"])
    for _ in range(6):
        x, y = rng.uniform(0, w), rng.uniform(74, 97)
        a.line([(x - 8, y), (x, y - 1), (x + 8, y)], 0.5, c["deco"], smooth=True)


def lake(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    _sky(a, w, c, 52)
    _clouds(a, w, c, rng, 4)
    _hills(a, w, 38, 5, c["far"], rng)
    _hills(a, w, 45, 3, c["hill"], rng)
    a.box(-1, 50, w + 1, 101, c["water"], below=c["water2"])
    for _ in range(16):
        x, y = rng.uniform(0, w), rng.uniform(54, 98)
        reach = 2 + (y - 50) / 8
        a.line([(x - reach, y), (x, y - 0.5), (x + reach, y)], 0.5, c["glint"], smooth=True)
    for x0 in (rng.uniform(0, 8), w - rng.uniform(0, 8)):
        for _ in range(7):
            x = x0 + rng.uniform(-6, 6)
            a.line([(x, 101), (x + rng.uniform(-2, 2), rng.uniform(80, 88))], 0.9, c["reed"])


def underwater(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    a.box(-1, -1, w + 1, 101, c["top"], below=c["low"])
    for _ in range(3):
        x = rng.uniform(0, w)
        a.poly([(x, -1), (x + 7, -1), (x + 1, 46), (x - 9, 46)], c["ray"], c["top"])
    _hills(a, w, 86, 2, c["rock"], rng)
    _hills(a, w, 91, 1.6, c["sand"], rng, c["sand2"])
    for _ in range(round(w / 9)):
        x, top = rng.uniform(0, w), rng.uniform(68, 84)
        path = [(x + 2.2 * math.sin(k * 1.7), 97 - (97 - top) * k / 4) for k in range(5)]
        a.line(path, 1.7, rng.choice((c["weed"], c["weed2"])), smooth=True)
    for _ in range(14):
        r = rng.uniform(0.5, 1.3)
        a.ring(rng.uniform(0, w), rng.uniform(4, 84), r, 0.35, c["bubble"])


def picnic(a: Art, w: float, c: Colours, rng: random.Random) -> None:
    a.box(-1, -1, w + 1, 101, c["grass2"], below=c["grass"])
    _tufts(a, w, c["deco"], rng, 2, 34)
    for _ in range(14):
        x, y = rng.uniform(0, w), rng.uniform(2, 30)
        a.oval(x, y, 1.1, 0.9, c["flower"])
    _cloth(a, w, c)


def _cloth(a: Art, w: float, c: Colours) -> None:
    """A checked cloth seen at a slant: far edge at 34, near edge below the picture."""
    far, near = (w * 0.12, w * 0.88, 34.0), (-w * 0.04, w * 1.04, 103.0)

    def patch(u0: float, u1: float, v0: float, v1: float, paint: str) -> None:
        corners = ((u0, v0), (u1, v0), (u1, v1), (u0, v1))
        points = []
        for u, v in corners:
            x0, x1 = far[0] + (near[0] - far[0]) * v, far[1] + (near[1] - far[1]) * v
            points.append((x0 + (x1 - x0) * u, far[2] + (near[2] - far[2]) * v))
        a.poly(points, paint)

    patch(0, 1, 0, 1, c["cloth"])
    columns = [(k / 12, (k + 1) / 12) for k in range(0, 12, 2)]
    rows = [((k / 8) ** 1.25, ((k + 1) / 8) ** 1.25) for k in range(0, 8, 2)]
    for u0, u1 in columns:
        patch(u0, u1, 0, 1, c["check"])
    for v0, v1 in rows:
        patch(0, 1, v0, v1, c["check"])
        for u0, u1 in columns:
            patch(u0, u1, v0, v1, c["cross"])
