"""Asks for one name: of an album, a saved search, a concept. It never blocks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

WIDTH_PX = 360


class NameDialog(QDialog):
    """A sentence, a line for the name, two buttons; deletes itself when it closes.

    Args:
        parent: the window.
        title: of the dialog.
        sentence: what the name is for.
        name: what stands in the line at first.
        accept_label: on the button that goes on.
        named: called with the name, tidied and never empty.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        sentence: str,
        name: str,
        accept_label: str,
        named: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._named = named
        label = QLabel(sentence, self)
        label.setWordWrap(True)
        self.edit = QLineEdit(name, self)
        self.edit.setMinimumWidth(WIDTH_PX)
        self.edit.setAccessibleName(sentence)
        self.edit.setSelection(len(name), -len(name))  # a long name shows its beginning
        # Before there are buttons: they ask when they are made.
        self.setStyleSheet("QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.accept_button = self.buttons.addButton(
            accept_label, QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.accept_button.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.edit.textChanged.connect(self._on_edit_text_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for widget in (label, self.edit, self.buttons):
            column.addWidget(widget)
        self._on_edit_text_changed(name)

    def accept(self) -> None:
        """Hand the name on."""
        name = " ".join(self.edit.text().split())
        if name:
            super().accept()
            self._named(name)

    @Slot(str)
    def _on_edit_text_changed(self, text: str) -> None:
        self.accept_button.setEnabled(bool(text.strip()))
