"""What the pointer does in the grid: hover, select, drag out, rubber band, box on a thumbnail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.ui.photo_drag import drag_pixmap, put_photo_ids
from app.ui.photo_grid_hover import HoverButtons
from app.ui.photo_grid_model import N_DRAGGED_MAX

if TYPE_CHECKING:
    from app.ui.photo_grid import PhotoGrid

Flag = QItemSelectionModel.SelectionFlag
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
BOX_MIN_PX = 6


@dataclass(slots=True)
class _Press:
    """A button held down; ``start`` is in content coordinates, which scrolling does not move."""

    start: QPoint
    row: int | None
    kind: str
    before: QItemSelection
    select_on_release: bool = False
    moved: bool = False


class PhotoGridPointer:
    """The state of the pointer over one grid."""

    def __init__(self, grid: PhotoGrid) -> None:
        self._grid = grid
        self._press: _Press | None = None
        self._end = QPoint()

    @property
    def band(self) -> QRect | None:
        """The rubber band in content coordinates while there is one."""
        return self._area("band")

    @property
    def box(self) -> QRectF | None:
        """The box being drawn on a thumbnail, in content coordinates."""
        area = self._area("box")
        return None if area is None else QRectF(area)

    @property
    def box_row(self) -> int | None:
        return None if self._press is None else self._press.row

    def press(self, event: QMouseEvent) -> None:
        """A left press: select, or get ready to drag."""
        start = self._grid.to_content(event.position().toPoint())
        row = self._grid.photo_layout.row_at(start.x(), start.y())
        before = self._grid.picked.copy()
        modifiers = event.modifiers()
        self._end = start
        if row is not None and modifiers & ALT:
            self._press = _Press(start, row, "box", before)
            return
        self._press = _Press(start, row, "band" if row is None else "photo", before)
        if row is not None:
            self._press_photo(row, modifiers)
        elif not modifiers & (CTRL | SHIFT):
            self._grid.selectionModel().clearSelection()
            self._press.before = QItemSelection()

    def move(self, event: QMouseEvent) -> None:
        """The pointer moved with the button down."""
        press = self._press
        if press is None:
            return
        self._end = self._grid.to_content(event.position().toPoint())
        distance = (self._end - press.start).manhattanLength()
        if not press.moved and distance < QApplication.startDragDistance():
            return
        press.moved = True
        if press.kind == "photo":
            self._press = None
            if press.row is not None:
                self._drag_out(press.row)
            return
        if press.kind == "band":
            self._select_band(press)
        self._grid.viewport().update()

    def release(self) -> None:
        """The button came up."""
        press, self._press = self._press, None
        if press is None:
            return
        if press.kind == "box" and press.row is not None:
            area = QRectF(press.start, self._end).normalized()
            if min(area.width(), area.height()) >= BOX_MIN_PX:
                self._grid.request_box(press.row, area)
        elif press.select_on_release and press.row is not None:
            self._grid.picked.select([range(press.row, press.row + 1)])
        self._grid.viewport().update()

    def cancel(self) -> bool:
        """Undo what the button began; False if there was nothing."""
        press, self._press = self._press, None
        if press is None or not press.moved:
            return False
        self._grid.selectionModel().select(press.before, Flag.ClearAndSelect)
        self._grid.viewport().update()
        return True

    def scrolled_to(self, end: QPoint) -> None:
        """The content moved under the resting pointer, which is now at ``end``."""
        if self._press is not None and self._press.kind == "band" and self._press.moved:
            self._end = end
            self._select_band(self._press)
            self._grid.viewport().update()

    def hover(self, at: QPoint | None) -> None:
        """The pointer rests at a point of the viewport, or left it."""
        row = None
        if at is not None and self._grid.viewport().rect().contains(at):
            index = self._grid.indexAt(at)
            row = index.row() if index.isValid() else None
        self._set_hovered(row)

    def press_button(self, at: QPoint) -> bool:
        """Press the hover button under a point of the viewport; False if there is none."""
        row, photos = self._grid.hovered_row, self._grid.photos()
        if row is None or photos is None or row >= self._grid.photo_layout.n_shown:
            return False
        cell = self._grid.on_screen(self._grid.photo_layout.cell(row))
        thumbnail = QRect(cell.left(), cell.top(), cell.width(), cell.width())
        buttons = HoverButtons.on(thumbnail, judging=self._grid.judging)
        if buttons is None:
            return False
        star, judgement = buttons.star_at(at), buttons.judgement_at(at)
        if star is not None:
            self._grid.rating_requested.emit(photos.photo_id(row), star)
        elif judgement is not None:
            self._grid.judgement_requested.emit(photos.photo_id(row), judgement == "accept")
        elif buttons.favourite.contains(at):
            self._grid.favourite_requested.emit(photos.photo_id(row))
        elif buttons.similar.contains(at):
            self._grid.similar_requested.emit(photos.photo_id(row))
        elif buttons.menu.contains(at):
            self.select_under(at)
            self._grid.request_menu(buttons.menu.bottomLeft() + QPoint(0, 2))
        else:
            return False
        return True

    def select_under(self, at: QPoint) -> None:
        """Select the photo under a point of the viewport, unless it is one of those selected."""
        index = self._grid.indexAt(at)
        if index.isValid() and not self._grid.picked.contains(index.row()):
            self._grid.picked.make_current(index.row(), select=True)

    def _set_hovered(self, row: int | None) -> None:
        old, self._grid.hovered_row = self._grid.hovered_row, row
        if old != row:
            for changed in (old, row):
                if changed is not None:
                    place = self._grid.visualRect(self._grid.model().index(changed, 0))
                    self._grid.viewport().update(place)

    def _press_photo(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        picked, press = self._grid.picked, self._press
        if modifiers & SHIFT:
            picked.extend_to(row, keep=bool(modifiers & CTRL))
        elif modifiers & CTRL:
            picked.toggle(row)
        else:
            selected = picked.contains(row)
            picked.make_current(row, select=not selected)
            if press is not None:
                # Pressing one of several may begin to drag them all: they stay until the release.
                press.select_on_release = selected

    def _drag_out(self, row: int) -> None:
        """Let the selected photos be dropped on an album, or their files elsewhere.

        Returns when that is over.
        """
        model = self._grid.model()
        rows = self._grid.picked.rows(first=row, n_max=N_DRAGGED_MAX)
        data = model.mimeData([model.index(row, 0) for row in rows])
        photo_ids = self._grid.picked.ids()
        put_photo_ids(data, photo_ids)
        shown = self._grid.viewport().grab(self._grid.visualRect(model.index(row, 0)))
        drag = QDrag(self._grid)
        drag.setMimeData(data)
        drag.setPixmap(drag_pixmap(shown, len(photo_ids), self._grid.palette()))
        drag.exec(Qt.DropAction.CopyAction)

    def _select_band(self, press: _Press) -> None:
        runs = self._grid.photo_layout.runs_in(QRect(press.start, self._end).normalized())
        self._grid.picked.select(runs, also=press.before)

    def _area(self, kind: str) -> QRect | None:
        press = self._press
        if press is None or press.kind != kind or not press.moved:
            return None
        return QRect(press.start, self._end).normalized()
