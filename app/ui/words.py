"""What the window says in passing: what was done, with Undo, and short words of all kinds."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog

from app.ui.main_window import MainWindow
from app.ui.undo_desk import StepDone, UndoDesk


class Words(QObject):
    """Shows toasts, and keeps Undo and Redo true in the menu."""

    def __init__(self, window: MainWindow, desk: UndoDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._desk = desk
        self._shortcuts: QDialog | None = None
        desk.step_done.connect(self._on_desk_step_done)
        desk.stacks_changed.connect(self._on_desk_stacks_changed)
        self._on_desk_stacks_changed()

    @Slot(str)
    def say(self, text: str) -> None:
        """Say something that cannot be undone."""
        self._window.toast.show_text(text, undo=False)

    @Slot()
    def show_shortcuts(self) -> None:
        """Open the list of keys; it is made when it is wanted first."""
        if self._shortcuts is None:
            from app.ui.shortcuts_dialog import ShortcutsDialog

            self._shortcuts = ShortcutsDialog(self._window)
        self._shortcuts.show()

    @Slot(object)
    def _on_desk_step_done(self, done: StepDone) -> None:
        if done.way == "undo":
            self.say(self.tr("Undone: {0}").format(done.text))
        elif done.way == "redo":
            self._window.toast.show_text(self.tr("Done again: {0}").format(done.text), undo=True)
        elif done.tell:
            self._window.toast.show_text(done.text, undo=True)

    @Slot()
    def _on_desk_stacks_changed(self) -> None:
        self._window.actions_.undo.setEnabled(self._desk.can_undo)
        self._window.actions_.redo.setEnabled(self._desk.can_redo)
