"""What the pointer does over an open photo: pan, zoom by click, draw and change the box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.core.asking import Box
from app.ui.photo_view_box import Grip, dragged, drawn, grip_at

if TYPE_CHECKING:
    from app.ui.photo_view import PhotoView

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
BOX_MIN_PX = 5.0
CURSORS = {
    Grip.NORTH_WEST: Qt.CursorShape.SizeFDiagCursor,
    Grip.SOUTH_EAST: Qt.CursorShape.SizeFDiagCursor,
    Grip.NORTH_EAST: Qt.CursorShape.SizeBDiagCursor,
    Grip.SOUTH_WEST: Qt.CursorShape.SizeBDiagCursor,
    Grip.NORTH: Qt.CursorShape.SizeVerCursor,
    Grip.SOUTH: Qt.CursorShape.SizeVerCursor,
    Grip.EAST: Qt.CursorShape.SizeHorCursor,
    Grip.WEST: Qt.CursorShape.SizeHorCursor,
    Grip.INSIDE: Qt.CursorShape.SizeAllCursor,
}


@dataclass(slots=True)
class _Press:
    start: QPointF
    last: QPointF
    kind: str
    """``draw``, ``pan`` or ``grip``."""
    grip: Grip | None
    before: Box | None
    """The box as it was."""
    moved: bool = False


class PhotoViewPointer:
    """The state of the left button over one photo view."""

    def __init__(self, view: PhotoView) -> None:
        self._view = view
        self._press: _Press | None = None

    @property
    def is_drawing(self) -> bool:
        """Whether a box is being drawn or changed now."""
        return self._press is not None and self._press.kind != "pan"

    def press(self, event: QMouseEvent) -> None:
        """The left button went down."""
        at = event.position()
        if self._view.box is not None and event.modifiers() & SHIFT:
            self._view.fix_box()
        grip = None if event.modifiers() & ALT else self._grip(at)
        drawing = self._view.box_mode or bool(event.modifiers() & ALT)
        kind = "grip" if grip is not None else "draw" if drawing else "pan"
        self._press = _Press(at, at, kind, grip, self._view.box)

    def move(self, event: QMouseEvent) -> None:
        """The pointer moved, with the button down or not."""
        press, at = self._press, event.position()
        if press is None:
            self.show_cursor(at)
            self._view.hover_suggestion(at)
            return
        distance = (at - press.start).manhattanLength()
        least = 2 if press.kind == "grip" else QApplication.startDragDistance() / 2
        if not press.moved and distance < least:
            return
        press.moved = True
        if press.kind == "pan":
            step = at - press.last
            self._view.pan(step.x(), step.y())
        elif press.kind == "draw":
            self._view.show_box(drawn(self._photo_point(press.start), self._photo_point(at)))
            # With Alt alone there is no room for results yet: it would move what is drawn on.
            if self._view.box_mode and self._is_large_enough():
                self._view.search_box_soon()
        elif press.grip is not None and press.before is not None:
            (x0, y0), (x1, y1) = self._photo_point(press.start), self._photo_point(at)
            self._view.show_box(dragged(press.before, press.grip, x1 - x0, y1 - y0))
            if self._is_large_enough():
                self._view.search_box_soon()
        press.last = at

    def release(self, event: QMouseEvent) -> None:
        """The left button came up."""
        press, self._press = self._press, None
        if press is None:
            return
        if not press.moved:
            if press.kind == "draw":
                if not self._view.take_suggestion():
                    self._view.show_box(None)
            else:
                self._view.toggle_fit(event.position())
        elif press.kind != "pan":
            self._end_box(press)
        self.show_cursor(event.position())

    def cancel(self) -> bool:
        """Undo what the held button began; False if it began nothing."""
        press, self._press = self._press, None
        if press is None or not press.moved:
            return False
        if press.kind != "pan":
            self._view.show_box(press.before)
            self._view.search_box_soon()
        return True

    def show_cursor(self, at: QPointF) -> None:
        """The shape of the pointer says what a press would do."""
        grip = self._grip(at)
        if grip is not None:
            self._view.setCursor(CURSORS[grip])
        elif self._view.box_mode:
            self._view.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self._view.setCursor(
                Qt.CursorShape.ArrowCursor
                if self._view.transform.fit
                else Qt.CursorShape.OpenHandCursor
            )

    def _end_box(self, press: _Press) -> None:
        if not self._is_large_enough():
            self._view.show_box(press.before)
        self._view.search_box()

    def _is_large_enough(self) -> bool:
        """Whether the box is one to search by, and no slip of the hand."""
        if self._view.box is None:
            return False
        x0, y0, x1, y1 = self._view.transform.box_to_view(self._view.box)
        return min(x1 - x0, y1 - y0) >= BOX_MIN_PX

    def _grip(self, at: QPointF) -> Grip | None:
        box = self._view.box
        if box is None:
            return None
        return grip_at(self._view.transform.box_to_view(box), (at.x(), at.y()))

    def _photo_point(self, at: QPointF) -> tuple[float, float]:
        return self._view.transform.to_photo((at.x(), at.y()))
