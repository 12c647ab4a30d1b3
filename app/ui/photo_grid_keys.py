"""What the keyboard does in the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

from app.ui.photo_grid_layout import Step

if TYPE_CHECKING:
    from app.ui.photo_grid import PhotoGrid

Key = Qt.Key
Action = QAbstractItemView.CursorAction
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier

STEPS = {
    Key.Key_Left: Step.LEFT,
    Key.Key_Right: Step.RIGHT,
    Key.Key_Up: Step.UP,
    Key.Key_Down: Step.DOWN,
    Key.Key_PageUp: Step.PAGE_UP,
    Key.Key_PageDown: Step.PAGE_DOWN,
    Key.Key_Home: Step.HOME,
    Key.Key_End: Step.END,
}
ACTION_STEPS = {
    Action.MoveLeft: Step.LEFT,
    Action.MovePrevious: Step.LEFT,
    Action.MoveRight: Step.RIGHT,
    Action.MoveNext: Step.RIGHT,
    Action.MoveUp: Step.UP,
    Action.MoveDown: Step.DOWN,
    Action.MovePageUp: Step.PAGE_UP,
    Action.MovePageDown: Step.PAGE_DOWN,
    Action.MoveHome: Step.HOME,
    Action.MoveEnd: Step.END,
}


class PhotoGridKeys:
    """Turns keys into moves, selections and wishes of one grid."""

    def __init__(self, grid: PhotoGrid) -> None:
        self._grid = grid

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key says; False if it is not for the grid."""
        key, modifiers = Key(event.key()), event.modifiers() & ~KEYPAD
        step = STEPS.get(key)
        if step is not None and not modifiers & ~(CTRL | SHIFT):
            self._move(step, modifiers)
            return True
        if modifiers & CTRL and not modifiers & ~(CTRL | SHIFT):
            return self._press_with_ctrl(key)
        return modifiers == Qt.KeyboardModifier.NoModifier and self._press_plain(key)

    def row_after(self, action: QAbstractItemView.CursorAction) -> int | None:
        """Where Qt's own moves lead; the first visible photo if there is no current one."""
        if not self._grid.photo_layout.n_shown:
            return None
        return self._row_after(ACTION_STEPS[action])

    def _row_after(self, step: Step) -> int:
        current = self._grid.picked.current_row()
        if current is None and step not in (Step.HOME, Step.END):
            return self._grid.visible_rows().start
        page_px = self._grid.viewport().height()
        return self._grid.photo_layout.step(current or 0, step, page_px)

    def _move(self, step: Step, modifiers: Qt.KeyboardModifier) -> None:
        picked, layout = self._grid.picked, self._grid.photo_layout
        if not layout.n_shown:
            self._grid.focus_separator()
            return
        row = self._row_after(step)
        stuck = row == picked.current_row() and step in (Step.DOWN, Step.PAGE_DOWN)
        if stuck and layout.n_shown < layout.n_photos:
            self._grid.focus_separator()
        elif modifiers & SHIFT:
            picked.extend_to(row, keep=bool(modifiers & CTRL))
        else:
            picked.make_current(row, select=not modifiers & CTRL)

    def _press_with_ctrl(self, key: Qt.Key) -> bool:
        grid = self._grid
        if key == Key.Key_A:
            grid.selectAll()
        elif key == Key.Key_I:
            grid.picked.invert()
        elif key == Key.Key_D:
            grid.selectionModel().select(
                grid.selectionModel().selection(), QItemSelectionModel.SelectionFlag.Deselect
            )
        elif key == Key.Key_Space:
            current = grid.picked.current_row()
            if current is not None:
                grid.picked.toggle(current)
        elif key in (Key.Key_Plus, Key.Key_Equal):
            grid.step_side(1)
        elif key in (Key.Key_Minus, Key.Key_Underscore):
            grid.step_side(-1)
        else:
            return False
        return True

    def _press_plain(self, key: Qt.Key) -> bool:
        if key in (Key.Key_Return, Key.Key_Enter, Key.Key_Space):
            self._grid.activate_current()
        elif key == Key.Key_S:
            self._grid.request_similar()
        elif key in (Key.Key_Y, Key.Key_N) and self._grid.judging:
            self._grid.judge_current(accepted=key == Key.Key_Y)
        else:
            return False
        return True
