"""Shapes of a drawing as polygons, before any style has touched them.

A drawing is a list of `Part`s, back to front. Units are free (things are drawn about 100 high),
x grows to the right and y downwards. Styles decide later how a part looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

Point = tuple[float, float]
Path = Sequence[Point] | str  # or as in SVG: "12,18 50,14 88,18"
Rgb = tuple[int, int, int]
N_ROUND = 36  # corners of a polygon that stands for an ellipse


@dataclass(frozen=True)
class Part:
    """One filled shape.

    ``points`` is (N, 2) float64. ``paint`` is a name of `Palette`; ``paint_below``, where given, is
    the colour at the lower end of a vertical gradient. Thin parts get no outline of their own.
    """

    points: np.ndarray
    paint: str
    paint_below: str | None = None
    thin: bool = False


class Art:
    """Collects parts; every method adds one."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def poly(self, points: Path, paint: str, below: str | None = None) -> None:
        """Straight edges."""
        self.parts.append(Part(_corners(points), paint, below))

    def blob(self, points: Path, paint: str, below: str | None = None) -> None:
        """Add a smooth closed curve through the points."""
        self.parts.append(Part(_smooth(_corners(points), closed=True), paint, below))

    def oval(
        self, cx: float, cy: float, rx: float, ry: float, paint: str, *, turn: float = 0.0
    ) -> None:
        """Add an ellipse, turned by degrees."""
        self.pie(cx, cy, rx, ry, 0, 360, paint, turn=turn)

    def pie(
        self,
        cx: float,
        cy: float,
        rx: float,
        ry: float,
        start: float,
        end: float,
        paint: str,
        *,
        turn: float = 0.0,
    ) -> None:
        """Add the part of an ellipse between two degrees (0 right, 90 down), cut by the chord."""
        count = max(6, round(N_ROUND * abs(end - start) / 360))
        angles = np.radians(np.linspace(start, end, count, endpoint=abs(end - start) < 360))
        x, y = rx * np.cos(angles), ry * np.sin(angles)
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        points = np.stack([cx + x * c - y * s, cy + x * s + y * c], axis=1)
        self.parts.append(Part(points, paint, thin=max(rx, ry) < 6))

    def box(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        paint: str,
        r: float = 0.0,
        below: str | None = None,
    ) -> None:
        """Add a rectangle with corners rounded by ``r``."""
        r = min(r, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
        if r <= 0:
            self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], paint, below)
            return
        points: list[Point] = []
        corners = ((x1 - r, y0 + r, -90), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90))
        for cx, cy, start in (*corners, (x0 + r, y0 + r, 180)):
            for angle in np.radians(np.linspace(start, start + 90, 7)):
                points.append((cx + r * math.cos(angle), cy + r * math.sin(angle)))
        self.poly(points, paint, below)

    def line(self, points: Path, width: float, paint: str, *, smooth: bool = False) -> None:
        """Add a thick line with round ends."""
        path = _corners(points)
        if smooth:
            path = _smooth(path, closed=False)
        self.parts.append(Part(_thick(path, width / 2), paint, thin=True))

    def ring(self, cx: float, cy: float, r: float, width: float, paint: str) -> None:
        """Add a circle as a line."""
        angles = np.linspace(0, 2 * math.pi, N_ROUND + 1)
        path = np.stack([cx + r * np.cos(angles), cy + r * np.sin(angles)], axis=1)
        self.parts.append(Part(_thick(path, width / 2, caps=False), paint, thin=True))

    def star(
        self, cx: float, cy: float, r: float, paint: str, *, n: int = 5, inner: float = 0.45
    ) -> None:
        """Add a star with ``n`` tips, one of them up."""
        points = []
        for k in range(2 * n):
            angle = math.pi * k / n - math.pi / 2
            reach = r if k % 2 == 0 else r * inner
            points.append((cx + reach * math.cos(angle), cy + reach * math.sin(angle)))
        self.poly(points, paint)


def extent(parts: Sequence[Part]) -> tuple[float, float, float, float]:
    """The smallest box round all parts: x0, y0, x1, y1."""
    low = np.min([part.points.min(axis=0) for part in parts], axis=0)
    high = np.max([part.points.max(axis=0) for part in parts], axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def moved(parts: Sequence[Part], scale: Point, shift: Point) -> list[Part]:
    """Copy the parts with ``points * scale + shift``; a negative x scale mirrors."""
    factor, offset = np.array(scale), np.array(shift)
    return [replace(part, points=part.points * factor + offset) for part in parts]


def fitted(
    parts: Sequence[Part], box: tuple[float, float, float, float], *, mirror: bool
) -> list[Part]:
    """Copy the parts so that their extent becomes ``box``."""
    x0, y0, x1, y1 = extent(parts)
    sx, sy = (box[2] - box[0]) / (x1 - x0), (box[3] - box[1]) / (y1 - y0)
    if mirror:
        return moved(parts, (-sx, sy), (box[0] + x1 * sx, box[1] - y0 * sy))
    return moved(parts, (sx, sy), (box[0] - x0 * sx, box[1] - y0 * sy))


def wobbled(parts: Sequence[Part], amount: float, rng: np.random.Generator) -> list[Part]:
    """Copy the parts as an unsteady hand would draw them; neighbouring corners move together."""
    done = []
    for part in parts:
        n = len(part.points)
        knots = rng.normal(0.0, amount, size=(max(3, n // 5), 2))
        at = np.linspace(0, len(knots), n, endpoint=False)
        low = np.floor(at).astype(int)
        share = (at - low)[:, None]
        push = knots[low % len(knots)] * (1 - share) + knots[(low + 1) % len(knots)] * share
        done.append(replace(part, points=part.points + push))
    return done


def _corners(points: Path) -> np.ndarray:
    if isinstance(points, str):
        return np.array([pair.split(",") for pair in points.split()], dtype=np.float64)
    return np.array(points, dtype=np.float64)


def _smooth(points: np.ndarray, *, closed: bool, n: int = 6) -> np.ndarray:
    """Catmull-Rom curve through the points, ``n`` steps between two of them."""
    if closed:
        before, after, last = np.roll(points, 1, 0), np.roll(points, -1, 0), np.roll(points, -2, 0)
        p0, p1, p2, p3 = before, points, after, last
    else:
        padded = np.concatenate([points[:1], points, points[-1:]])
        p0, p1, p2, p3 = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(n) / n)[:, None, None]
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    flat = curve.transpose(1, 0, 2).reshape(-1, 2)
    return flat if closed else np.concatenate([flat, points[-1:]])


def _thick(path: np.ndarray, r: float, *, caps: bool = True) -> np.ndarray:
    """Outline of a line of half width ``r`` along the path."""
    steps = np.diff(path, axis=0)
    along = steps / np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-9)
    mean = np.concatenate([along[:1], along[:-1] + along[1:], along[-1:]])
    mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-mean[:, 1], mean[:, 0]], axis=1) * r
    if not caps:
        return np.concatenate([path + normal, (path - normal)[::-1]])
    end, start = _cap(path[-1], normal[-1]), _cap(path[0], -normal[0])
    return np.concatenate([path + normal, end, (path - normal)[::-1], start])


def _cap(centre: np.ndarray, normal: np.ndarray) -> np.ndarray:
    angles = np.linspace(0, -math.pi, 9)[1:-1]
    c, s = np.cos(angles), np.sin(angles)
    turned = np.stack([normal[0] * c - normal[1] * s, normal[0] * s + normal[1] * c], axis=1)
    return np.asarray(centre + turned)
