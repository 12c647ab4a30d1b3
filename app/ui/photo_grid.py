"""The grid of photos: calm at a hundred thousand, all within reach of pointer and keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.ui.chip_mark import paint_region
from app.ui.photo_grid_canvas import PhotoGridCanvas
from app.ui.photo_grid_keys import PhotoGridKeys
from app.ui.photo_grid_model import PhotoGridModel
from app.ui.photo_grid_pointer import PhotoGridPointer

__all__ = ["PhotoGrid", "PhotoGridModel"]

AUTO_SCROLL_MS = 16
AUTO_SCROLL_PX = 64
WHEEL_NOTCH = 120


class PhotoGrid(PhotoGridCanvas):
    """Photos to select, open and search by; it says what is wished for and leaves it to others."""

    photo_activated = Signal(object)
    """A photo id: it should be opened."""
    menu_requested = Signal(object, QPoint)
    """The ids of the selected photos (a list) and where on the screen the menu should open."""
    favourite_requested = Signal(object)
    """A photo id: it should become a favourite, or no longer be one."""
    rating_requested = Signal(object, int)
    """A photo id and the stars it should have."""
    judgement_requested = Signal(object, bool)
    """A photo id and whether it shows the concept that is looked for."""
    similar_requested = Signal(object)
    """A photo id: photos like it should be found."""
    box_requested = Signal(object, object)
    """A photo id and the box that was drawn on its thumbnail, in 0..1 of the upright photo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pointer = PhotoGridPointer(self)
        self._keys = PhotoGridKeys(self)
        self._wheel_rest = 0
        self._scroll_timer = QTimer(self, interval=AUTO_SCROLL_MS)
        self._scroll_timer.timeout.connect(self._on_scroll_timer_timeout)

    # ---------------------------------------------------------------- wishes of pointer and keys

    def request_box(self, row: int, area: QRectF) -> None:
        """Ask for a search by what lies under an area (content coordinates) of a thumbnail."""
        photos = self.photos()
        box = self.cell_map(row).to_box(area)
        if photos is not None and box is not None:
            self.box_requested.emit(photos.photo_id(row), box)

    def request_similar(self) -> None:
        photo_id = self.current_photo_id()
        if photo_id is not None:
            self.similar_requested.emit(photo_id)

    def activate_current(self) -> None:
        photo_id = self.current_photo_id()
        if photo_id is not None:
            self.photo_activated.emit(photo_id)

    def judge_current(self, *, accepted: bool) -> None:
        """Say that the current photo shows the concept that is looked at, or does not."""
        photo_id = self.current_photo_id()
        if photo_id is not None:
            self.judgement_requested.emit(photo_id, accepted)

    def request_menu(self, at: QPoint) -> None:
        """Ask for the menu of the selected photos at a point of the viewport."""
        selected = self.picked.ids()
        if selected:
            self.menu_requested.emit(selected, self.viewport().mapToGlobal(at))

    def paint_over(self, painter: QPainter) -> None:
        """The rubber band, or the box that is being drawn on a thumbnail."""
        offset = self.verticalOffset()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band, box = self._pointer.band, self._pointer.box
        if band is not None:
            accent = self.palette().color(QPalette.ColorRole.Accent)
            painter.setPen(QPen(accent, 1))
            painter.setBrush(QColor(accent.red(), accent.green(), accent.blue(), 50))
            painter.drawRoundedRect(QRectF(band).translated(0.5, 0.5 - offset), 2, 2)
        if box is not None and self._pointer.box_row is not None:
            area = box.intersected(self.cell_map(self._pointer.box_row).shown)
            paint_region(painter, area.translated(0, -offset), 0)

    # ---------------------------------------------------------------- events

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if self._pointer.band is not None:
            self.viewport().update()
        elif self.viewport().underMouse():
            self._pointer.hover(self.viewport().mapFromGlobal(QCursor.pos()))

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        row = self._keys.row_after(action)
        return QModelIndex() if row is None else self.model().index(row, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton:
            if not self._pointer.press_button(at):
                self._pointer.press(event)
                self._scroll_timer.start()
        elif event.button() == Qt.MouseButton.RightButton:
            self._pointer.select_under(at)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pointer.move(event)
        else:
            self._pointer.hover(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._scroll_timer.stop()
            self._pointer.release()
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.button() != Qt.MouseButton.LeftButton or not plain:
            self.mousePressEvent(event)
        elif self.indexAt(at).isValid() and not self._pointer.press_button(at):
            self.activate_current()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            current = self.currentIndex()
            at = self.visualRect(current).center() if current.isValid() else at
        else:
            self._pointer.select_under(at)
        self.request_menu(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cancelled = event.key() == Qt.Key.Key_Escape and self._pointer.cancel()
        event.setAccepted(cancelled or self._keys.press(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._wheel_rest += event.angleDelta().y()
        n_steps = int(self._wheel_rest / WHEEL_NOTCH)
        self._wheel_rest -= n_steps * WHEEL_NOTCH
        if n_steps:
            self.step_side(n_steps)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._pointer.hover(None)
        return super().viewportEvent(event)

    @Slot()
    def _on_scroll_timer_timeout(self) -> None:
        """Scroll while a rubber band is held over the edge."""
        if self._pointer.band is None:
            return
        at = self.viewport().mapFromGlobal(QCursor.pos())
        beyond = min(at.y(), 0) + max(at.y() - self.viewport().height(), 0)
        if beyond:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + max(-AUTO_SCROLL_PX, min(AUTO_SCROLL_PX, beyond)))
            self._pointer.scrolled_to(self.to_content(at))
