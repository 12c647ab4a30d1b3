"""The first results under an open photo, while a box in it is drawn and changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, QModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.core.library.rows import Photo
from app.ui.photo_grid_model import PhotoGridModel, photo_name
from app.ui.photo_grid_painter import CellState, PhotoCellPainter
from app.ui.plain_tip import plain_tip
from app.ui.theme import SECONDARY_TEXT_PX, text_font

SIDE_PX = 84
GAP_PX = 8
MARGIN_PX = 12
HEADING_PX = 26


class ResultsStrip(QWidget):
    """A line of thumbnails with a heading; as many as there is room for.

    A click, or arrows and Enter, choose a photo; Esc leaves the line. The keyboard comes to it
    while there are thumbnails.
    """

    photo_chosen = Signal(object)  # photo id
    left = Signal()

    def __init__(self, model: PhotoGridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._painter = PhotoCellPainter(self.font())
        self._hovered: int | None = None
        self._current_id: int | None = None  # the photo that the keyboard is on
        self._is_searching = False
        self._are_results_shown = False
        self._open_photo_id: int | None = None
        self.setFixedHeight(HEADING_PX + SIDE_PX + MARGIN_PX)
        self.setMouseTracking(True)
        model.modelReset.connect(self._on_model_changed)
        model.dataChanged.connect(self._on_model_data_changed)
        self._renew()
        self.hide()

    def sizeHint(self) -> QSize:
        """One line, as wide as the photo."""
        return QSize(400, self.height())

    def set_searching(self, searching: bool) -> None:
        """Say that better results are on their way."""
        self._is_searching = searching
        self._renew()

    def set_open_photo(self, photo_id: int) -> None:
        """Say which photo is above: that it has what is in its own box is no news."""
        self._open_photo_id = photo_id
        self._renew()

    def set_results_shown(self, shown: bool) -> None:
        """Show what was found for a box; before there is any, say what to do."""
        self._are_results_shown = shown
        self._renew()

    @property
    def n_shown(self) -> int:
        """How many thumbnails there is room for; none before a box was searched by."""
        if not self._are_results_shown:
            return 0
        room = self.width() - 2 * MARGIN_PX + GAP_PX
        return max(0, min(self._n_good(), room // (SIDE_PX + GAP_PX)))

    def text(self) -> str:
        """What the heading says."""
        n_good = self._n_good()
        if self._is_searching:
            return self.tr("Searching…")
        if not self._are_results_shown:
            return self.tr(
                "Draw a box round something, or press Enter for one that the arrow keys move."
                " Photos with something like it appear here."
            )
        if not n_good:
            return self.tr("Nothing here fits. Try another box, or show the closest.")
        if n_good == 1 and self._model.photo_id(0) == self._open_photo_id:
            return self.tr(
                "Only this photo has something like it. Show the results for the closest."
            )
        return self.tr("%Ln photo(s) with something like this", "", n_good)

    def _renew(self) -> None:
        """Draw what changed and say it; without thumbnails the keyboard goes on."""
        n_shown = self.n_shown
        can_focus = Qt.FocusPolicy.TabFocus if n_shown else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(can_focus)
        if not n_shown and self.hasFocus():
            self.left.emit()
        text = self.text()
        current = self._current()
        photo = None if current is None else self._photo(current)
        if photo is None or current is None or not self.hasFocus():
            self.setAccessibleName(text)
        else:
            place = self.tr("{0}, {1} of {2}")
            numbers = [QLocale().toString(number) for number in (current + 1, n_shown)]
            self.setAccessibleName(place.format(photo_name(photo), *numbers))
        self.setAccessibleDescription(text)
        self.update()

    def _current(self) -> int | None:
        """Where the keyboard is: on the first photo while the one it was on is not shown."""
        rows = range(self.n_shown)
        at_first = 0 if rows else None
        return next((r for r in rows if self._model.photo_id(r) == self._current_id), at_first)

    def _n_good(self) -> int:
        weak_from = self._model.weak_from
        return self._model.rowCount() if weak_from is None else weak_from

    def _cell(self, row: int) -> QRect:
        return QRect(MARGIN_PX + row * (SIDE_PX + GAP_PX), HEADING_PX, SIDE_PX, SIDE_PX)

    def _row_at(self, point: QPoint) -> int | None:
        for row in range(self.n_shown):
            if self._cell(row).contains(point):
                return row
        return None

    def _photo(self, row: int) -> Photo | None:
        return self._model.photo(row)

    # ------------------------------------------------------------ events

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the heading and the thumbnails."""
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Window))
        painter.setFont(text_font(SECONDARY_TEXT_PX))
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        heading = QRect(MARGIN_PX, 0, self.width() - 2 * MARGIN_PX, HEADING_PX)
        painter.drawText(heading, Qt.AlignmentFlag.AlignVCenter, self.text())
        current = self._current() if self.hasFocus() else None
        for row in range(self.n_shown):
            # Small thumbnails have neither buttons nor a name.
            state = CellState(selected=row in (current, self._hovered))
            cell = self._model.cell(row)
            self._painter.paint(painter, cell, self._cell(row), state, palette, square=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the line, choose a photo, or leave."""
        current, last = self._current() or 0, self.n_shown - 1
        steps = {
            Qt.Key.Key_Left: max(0, current - 1),
            Qt.Key.Key_Right: min(last, current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in steps and last >= 0:
            self._current_id = self._model.photo_id(steps[key])
            self._renew()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and last >= 0:
            self.photo_chosen.emit(self._model.photo_id(current))
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark where the keyboard is."""
        super().focusInEvent(event)
        self._renew()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Mark it no more."""
        super().focusOutEvent(event)
        self._renew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is room for more or fewer."""
        super().resizeEvent(event)
        self._renew()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._renew()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the thumbnail under the pointer."""
        row = self._row_at(event.position().toPoint())
        if row != self._hovered:
            self._hovered = row
            self.setCursor(
                Qt.CursorShape.ArrowCursor if row is None else Qt.CursorShape.PointingHandCursor
            )
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Mark none."""
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose a photo."""
        row = self._row_at(event.position().toPoint())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.photo_chosen.emit(self._model.photo_id(row))

    def event(self, event: QEvent) -> bool:
        """Name the photo under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self._row_at(event.pos())
            photo = None if row is None else self._photo(row)
            name = "" if photo is None else photo_name(photo)
            QToolTip.showText(event.globalPos(), plain_tip(name), self)
            return True
        return super().event(event)

    @Slot()
    def _on_model_changed(self) -> None:
        self._hovered = None
        self._renew()

    @Slot(QModelIndex, QModelIndex)
    def _on_model_data_changed(self, first: QModelIndex, _last: QModelIndex) -> None:
        if first.row() < self.n_shown:
            self._renew()
