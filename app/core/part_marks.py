"""The mark of a part of a question: a colour, drawn in one or more pieces.

Parts are numbered, phrases first, then pictures. When the colours are used up they begin again, in
two pieces and then in three. The window and contact sheets draw the same marks.
"""

from __future__ import annotations

PART_COLORS = ("#f5b83d", "#35c9a5", "#f278b0", "#a992ff", "#a5d046", "#ff8a50", "#5cc4f5")
"""In the order of a query; they read on any photo with a thin dark outline."""
MAX_PIECES = 3
DASHES: tuple[tuple[float, float] | None, ...] = (None, (4.0, 2.0), (1.0, 1.5))
"""Of a frame, by pieces: length and gap in widths of its line; None for a whole line."""


def part_color(number: int) -> str:
    """Return the colour of a part, ``#rrggbb``."""
    return PART_COLORS[number % len(PART_COLORS)]


def part_pieces(number: int) -> int:
    """Return in how many pieces the mark of a part is drawn, 1 to ``MAX_PIECES``."""
    return number // len(PART_COLORS) % MAX_PIECES + 1
