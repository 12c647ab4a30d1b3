"""What the keyboard does over an open photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QKeyEvent

if TYPE_CHECKING:
    from app.ui.photo_view import PhotoView

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
ZOOM_PER_PRESS = 1.25
MIDDLE = (0.25, 0.25, 0.75, 0.75)
ARROWS = {
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
    Key.Key_Up: (0, -1),
    Key.Key_Down: (0, 1),
}


class PhotoViewKeys:
    """Turns keys into moves of the box, zoom and wishes of one photo view."""

    def __init__(self, view: PhotoView) -> None:
        self._view = view

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key says; False if it is not for the view."""
        key, modifiers = Key(event.key()), event.modifiers() & ~KEYPAD
        if key in ARROWS and not modifiers & ~SHIFT:
            return self._press_arrow(ARROWS[key], bool(modifiers & SHIFT))
        if modifiers & CTRL:
            return self._press_with_ctrl(key)
        return not modifiers & ~SHIFT and self._press_plain(key)

    def _press_arrow(self, arrow: tuple[int, int], shift: bool) -> bool:
        if self._view.box is not None:
            self._view.change_box(arrow, resize=shift)
        elif self._view.box_mode and not shift and arrow[0] == 0:
            self._begin_box()
        elif shift or arrow[0] == 0:
            return False
        else:
            self._view.step_requested.emit(arrow[0])
        return True

    def _press_with_ctrl(self, key: Qt.Key) -> bool:
        middle = QPointF(self._view.rect().center())
        if key in (Key.Key_Plus, Key.Key_Equal):
            self._view.zoom(ZOOM_PER_PRESS, middle)
        elif key in (Key.Key_Minus, Key.Key_Underscore):
            self._view.zoom(1 / ZOOM_PER_PRESS, middle)
        else:
            return False
        return True

    def _press_plain(self, key: Qt.Key) -> bool:
        view = self._view
        if key == Key.Key_Escape:
            if not view.cancel_step():
                view.leave()
        elif key == Key.Key_Z:
            at = view.mapFromGlobal(QCursor.pos())
            view.toggle_fit(QPointF(at) if view.rect().contains(at) else None)
        elif key == Key.Key_R:
            view.set_box_mode(not view.box_mode)
        elif key == Key.Key_S:
            view.request_similar()
        elif key in (Key.Key_Return, Key.Key_Enter) and view.box is not None:
            view.request_results()
        elif key in (Key.Key_Return, Key.Key_Enter) and view.box_mode:
            self._begin_box()
        elif key == Key.Key_Space:
            view.leave()
        else:
            return False
        return True

    def _begin_box(self) -> None:
        """A box without the pointer: round the most striking thing, else in the middle."""
        suggestions = self._view.picture.suggestions
        self._view.show_box(suggestions[0] if suggestions else MIDDLE)
        self._view.search_box()
