"""Which photos of the grid are selected, in runs of rows: all of them cost as much as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange

if TYPE_CHECKING:
    from app.ui.photo_grid_canvas import PhotoGridCanvas

Flag = QItemSelectionModel.SelectionFlag


class PhotoGridSelection:
    """The current photo and the selected ones of one grid."""

    def __init__(self, grid: PhotoGridCanvas) -> None:
        self._grid = grid
        self._anchor_row: int | None = None

    def current_row(self) -> int | None:
        index = self._grid.currentIndex()
        return index.row() if index.isValid() else None

    def contains(self, row: int) -> bool:
        return self._grid.selectionModel().isRowSelected(row)

    def copy(self) -> QItemSelection:
        """The selection as it is now."""
        return QItemSelection(self._grid.selectionModel().selection())

    def ids(self) -> list[int]:
        """The ids of the selected photos in the order shown."""
        photos = self._grid.photos()
        if photos is None:
            return []
        runs = sorted((run.top(), run.bottom()) for run in self._runs())
        return [photo_id for top, end in runs for photo_id in photos.ids[top : end + 1].tolist()]

    def rows(self, first: int, n_max: int) -> list[int]:
        """Selected rows, at most so many, beginning with one of them."""
        rows = [first]
        for run in self._runs():
            room = n_max - len(rows)
            end = min(run.bottom() + 1, run.top() + room + 1)
            rows += [row for row in range(run.top(), end) if row != first]
        return rows[:n_max]

    def rows_among(self, rows: range) -> set[int]:
        """Which of some rows are selected."""
        return {
            row
            for run in self._runs()
            for row in range(max(run.top(), rows.start), min(run.bottom() + 1, rows.stop))
        }

    def make_current(self, row: int, *, select: bool) -> None:
        """Move to a photo, and select it alone if asked."""
        self._anchor_row = row
        flag = Flag.ClearAndSelect if select else Flag.NoUpdate
        self._grid.selectionModel().setCurrentIndex(self._grid.model().index(row, 0), flag)

    def toggle(self, row: int) -> None:
        """Add a photo to the selection, or take it out."""
        self._anchor_row = row
        self._grid.selectionModel().setCurrentIndex(self._grid.model().index(row, 0), Flag.Toggle)

    def extend_to(self, row: int, *, keep: bool = False) -> None:
        """Select from the photo where selecting began to this one; ``keep`` what was selected."""
        anchor = self.current_row() if self._anchor_row is None else self._anchor_row
        last = self._grid.photo_layout.n_shown - 1
        anchor = row if anchor is None else min(anchor, last)
        before = self.copy() if keep else None
        self._grid.selectionModel().setCurrentIndex(self._grid.model().index(row, 0), Flag.NoUpdate)
        self.select([range(min(anchor, row), max(anchor, row) + 1)], also=before)
        self._anchor_row = anchor

    def select(self, runs: Iterable[range], also: QItemSelection | None = None) -> None:
        """Select runs of rows, and what ``also`` holds, and nothing else."""
        selection = self.of_runs(runs)
        if also is not None:
            selection.merge(also, Flag.Select)
        self._grid.selectionModel().select(selection, Flag.ClearAndSelect)

    def of_runs(self, runs: Iterable[range]) -> QItemSelection:
        """Runs of rows as Qt knows them."""
        model, selection = self._grid.model(), QItemSelection()
        for run in runs:
            first, last = model.index(run.start, 0), model.index(run.stop - 1, 0)
            selection.append(QItemSelectionRange(first, last))
        return selection

    def select_ids(self, photo_ids: Sequence[int]) -> None:
        """Select the photos with these ids, those that are here."""
        photos = self._grid.photos()
        if photos is None or not photo_ids:
            return
        rows = np.flatnonzero(np.isin(photos.ids, photo_ids))
        groups = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        self.select([range(int(g[0]), int(g[-1]) + 1) for g in groups if len(g)])

    def invert(self) -> None:
        """Select what is not selected, and only that."""
        n_shown = self._grid.photo_layout.n_shown
        if n_shown:
            self._grid.selectionModel().select(self.of_runs([range(n_shown)]), Flag.Toggle)

    def _runs(self) -> list[QItemSelectionRange]:
        selection = self._grid.selectionModel().selection()
        return [selection.at(i) for i in range(selection.count())]

    def forget_anchor(self) -> None:
        """Rows mean other photos now."""
        self._anchor_row = None
