"""Drawing and changing a box: pure functions on boxes in 0..1 of the upright photo."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from app.core.asking import Box

Point = tuple[float, float]
GRIP_PX = 8.0


class Grip(Enum):
    """What of a box is held; the value is the side of each axis that moves: -1, 0 none, 1."""

    NORTH_WEST = (-1, -1)
    NORTH = (0, -1)
    NORTH_EAST = (1, -1)
    EAST = (1, 0)
    SOUTH_EAST = (1, 1)
    SOUTH = (0, 1)
    SOUTH_WEST = (-1, 1)
    WEST = (-1, 0)
    INSIDE = (0, 0)


HANDLES = tuple(grip for grip in Grip if grip is not Grip.INSIDE)


def handle_point(box: Box, grip: Grip) -> Point:
    """Where the handle of a box is, in the box's own coordinates."""
    x0, y0, x1, y1 = box
    column, line = grip.value
    return (x0, (x0 + x1) / 2, x1)[column + 1], (y0, (y0 + y1) / 2, y1)[line + 1]


def grip_at(box: Box, point: Point, reach: float = GRIP_PX) -> Grip | None:
    """What a point takes hold of; box, point and reach in view pixels. Corners win over sides."""
    for corner in (True, False):
        for grip in HANDLES:
            if (0 not in grip.value) is corner:
                x, y = handle_point(box, grip)
                if abs(point[0] - x) <= reach and abs(point[1] - y) <= reach:
                    return grip
    x0, y0, x1, y1 = box
    return Grip.INSIDE if x0 <= point[0] <= x1 and y0 <= point[1] <= y1 else None


def drawn(start: Point, end: Point) -> Box:
    """The box between two points of the photo, cut at its edges."""
    (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return _unit(x0), _unit(y0), _unit(x1), _unit(y1)


def moved(box: Box, dx: float, dy: float) -> Box:
    """A box of the same size somewhere else, never outside the photo."""
    x0, x1 = _shift(box[0], box[2], dx)
    y0, y1 = _shift(box[1], box[3], dy)
    return x0, y0, x1, y1


def dragged(box: Box, grip: Grip, dx: float, dy: float) -> Box:
    """A box with one grip pulled along; pulled past the other side, it turns over."""
    if grip is Grip.INSIDE:
        return moved(box, dx, dy)
    x0, y0, x1, y1 = box
    column, line = grip.value
    return drawn(
        (x0 + dx if column < 0 else x0, y0 + dy if line < 0 else y0),
        (x1 + dx if column > 0 else x1, y1 + dy if line > 0 else y1),
    )


def grown(box: Box, dx: float, dy: float, least: Point) -> Box:
    """A box whose right and lower sides moved, at least ``least`` wide and high."""
    x0, y0, x1, y1 = box
    wide, high = max(least[0], x1 - x0 + dx), max(least[1], y1 - y0 + dy)
    return (
        x0,
        y0,
        _unit(max(x1, x0 + least[0]) if dx == 0 else x0 + wide),
        _unit(max(y1, y0 + least[1]) if dy == 0 else y0 + high),
    )


def suggestion_at(boxes: Sequence[Box], point: Point) -> Box | None:
    """The smallest of some boxes that holds a point; None if none does."""
    around = [box for box in boxes if box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]]
    return min(around, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def _shift(low: float, high: float, distance: float) -> tuple[float, float]:
    size = high - low
    start = min(1.0 - size, max(0.0, low + distance))
    return start, min(1.0, start + size)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
