"""Where photos lie in the grid, by arithmetic alone: nothing here grows with their number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from PySide6.QtCore import QRect

from app.ui.theme import GAP_PX, UNIT_PX

MARGIN_PX = 2 * UNIT_PX
SEPARATOR_PX = 5 * UNIT_PX
NAME_PX = 22
TICKS_PX = 8
NAME_FROM_SIDE_PX = 136
"""Thumbnails at least this large have room for a name under them."""
MIN_SIDE_PX = 96
MAX_SIDE_PX = 320


class Step(Enum):
    """A move of the keyboard."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    HOME = "home"
    END = "end"


@dataclass(frozen=True)
class PhotoGridLayout:
    """The layout of one width: good matches, a separator, weak matches.

    Coordinates are those of the whole content; the view subtracts how far it is scrolled.
    Thumbnails grow a little beyond ``side_px`` so that every line fills the width.

    Attributes:
        weak_from: the first row below the separator; None for no separator.
        weak_shown: whether the rows below the separator are unfolded.
    """

    n_photos: int
    width_px: int
    side_px: int
    weak_from: int | None = None
    weak_shown: bool = True

    @cached_property
    def columns(self) -> int:
        return max(1, (self._inner_px + GAP_PX) // (self.side_px + GAP_PX))

    @cached_property
    def cell_px(self) -> int:
        """The side of a thumbnail."""
        filling = (self._inner_px - (self.columns - 1) * GAP_PX) // self.columns
        return max(UNIT_PX, min(filling, self.side_px * 3 // 2))

    @cached_property
    def name_px(self) -> int:
        """The height of what is under a thumbnail: ticks, and the name where there is room."""
        return NAME_PX if self.side_px >= NAME_FROM_SIDE_PX else TICKS_PX

    @cached_property
    def line_px(self) -> int:
        """From the top of one line of photos to the top of the next."""
        return self.cell_px + self.name_px + GAP_PX

    @cached_property
    def n_good(self) -> int:
        """How many photos lie above the separator, all if there is none."""
        return self.n_photos if self.weak_from is None else min(self.weak_from, self.n_photos)

    @cached_property
    def n_weak(self) -> int:
        return self.n_photos - self.n_good

    @cached_property
    def n_shown(self) -> int:
        """How many photos are not folded away."""
        return self.n_photos if self.weak_shown else self.n_good

    @cached_property
    def height_px(self) -> int:
        """The height of everything shown."""
        end = self._weak_y + self._lines(self.n_shown - self.n_good) * self.line_px
        return end - GAP_PX + MARGIN_PX

    @cached_property
    def separator(self) -> QRect | None:
        """The row between good and weak matches."""
        if not self.n_weak:
            return None
        y = MARGIN_PX + self._lines(self.n_good) * self.line_px
        return QRect(MARGIN_PX, y, self.width_px - 2 * MARGIN_PX, SEPARATOR_PX)

    def cell(self, row: int) -> QRect:
        """A photo's place, its name included."""
        x = self._left_px + (self._in_section(row) % self.columns) * (self.cell_px + GAP_PX)
        y = self._section_y(row) + self._line_in_section(row) * self.line_px
        return QRect(x, y, self.cell_px, self.cell_px + self.name_px)

    def row_at(self, x: int, y: int) -> int | None:
        """The photo at a point; None in gaps, margins and the separator."""
        for row in self.rows_between(y, y + 1):
            if self.cell(row).contains(x, y):
                return row
        return None

    def rows_between(self, top: int, bottom: int) -> range:
        """The photos that reach into ``top <= y < bottom``; lines, so all columns."""
        first = self._first_row_below(top)
        last = self._first_row_below(bottom, by_top=True)
        return range(min(first, last), last)

    def runs_in(self, area: QRect) -> list[range]:
        """The photos that a rubber band touches, as runs of neighbouring rows."""
        pitch = self.cell_px + GAP_PX
        first_column = max(0, -((self._left_px + self.cell_px - 1 - area.left()) // pitch))
        last_column = min(self.columns - 1, (area.right() - self._left_px) // pitch)
        rows = self.rows_between(area.top(), area.bottom() + 1)
        if not rows or first_column > last_column:
            return []
        if first_column == 0 and last_column == self.columns - 1:
            return [rows]
        runs = []
        start = rows.start
        while start < rows.stop:
            section_end = self.n_good if start < self.n_good else self.n_shown
            end = min(start + self.columns, section_end)
            run = range(min(start + first_column, end), min(start + last_column + 1, end))
            if run:
                runs.append(run)
            start = end
        return runs

    def step(self, row: int, step: Step, page_px: int) -> int:
        """The photo that a key leads to from another; the same one at an edge."""
        lines = max(1, page_px // self.line_px)
        last = self.n_shown - 1
        if step is Step.HOME:
            return 0
        if step is Step.END:
            return last
        if step in (Step.LEFT, Step.RIGHT):
            return max(0, min(last, row + (1 if step is Step.RIGHT else -1)))
        n_lines = {Step.UP: -1, Step.DOWN: 1, Step.PAGE_UP: -lines, Step.PAGE_DOWN: lines}[step]
        return self._step_lines(row, n_lines)

    def _step_lines(self, row: int, n_lines: int) -> int:
        good_lines = self._lines(self.n_good)
        all_lines = good_lines + self._lines(self.n_shown - self.n_good)
        before = 0 if row < self.n_good else good_lines
        line = before + self._line_in_section(row)
        target = max(0, min(all_lines - 1, line + n_lines))
        if target == line:
            return row
        column = self._in_section(row) % self.columns
        if target < good_lines:
            return min(target * self.columns + column, self.n_good - 1)
        in_section = (target - good_lines) * self.columns + column
        return min(self.n_good + in_section, self.n_shown - 1)

    @cached_property
    def _inner_px(self) -> int:
        return max(self.width_px - 2 * MARGIN_PX, UNIT_PX)

    @cached_property
    def _left_px(self) -> int:
        used = self.columns * self.cell_px + (self.columns - 1) * GAP_PX
        stretched = self.cell_px < self.side_px * 3 // 2
        return MARGIN_PX + ((self._inner_px - used) // 2 if stretched else 0)

    @cached_property
    def _weak_y(self) -> int:
        y = MARGIN_PX + self._lines(self.n_good) * self.line_px
        return y + (SEPARATOR_PX if self.n_weak else 0)

    def _lines(self, n_photos: int) -> int:
        return -(-n_photos // self.columns)

    def _in_section(self, row: int) -> int:
        return row if row < self.n_good else row - self.n_good

    def _line_in_section(self, row: int) -> int:
        return self._in_section(row) // self.columns

    def _section_y(self, row: int) -> int:
        return MARGIN_PX if row < self.n_good else self._weak_y

    def _first_row_below(self, y: int, *, by_top: bool = False) -> int:
        """The first row whose cell ends below ``y``, or begins at or below it with ``by_top``."""
        # In a section, line l covers l * line_px .. l * line_px + cell height, then a gap.
        reach = 0 if by_top else self.cell_px + self.name_px - 1
        for first, end, top in (
            (0, self.n_good, MARGIN_PX),
            (self.n_good, self.n_shown, self._weak_y),
        ):
            line = max(0, -(-(y - top - reach) // self.line_px))
            row = first + line * self.columns
            if row < end:
                return row
        return self.n_shown
