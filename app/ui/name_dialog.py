"""Asks for one name: of an album, a saved search, a concept. It never blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.library.searches import name_key
from app.core.paths import display_text

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
        taken: names of others, which it cannot be.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        sentence: str,
        name: str,
        accept_label: str,
        named: Callable[[str], None],
        taken: Iterable[str] = (),
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._named = named
        self._taken = {name_key(each): each for each in taken}
        label = QLabel(sentence, self)
        label.setWordWrap(True)
        self.edit = QLineEdit(name, self)
        self.edit.setMinimumWidth(WIDTH_PX)
        self.edit.setAccessibleName(sentence)
        self.edit.setSelection(len(name), -len(name))  # a long name shows its beginning
        self.refusal = QLabel(self)
        self.refusal.setWordWrap(True)
        self.refusal.hide()
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
        for widget in (label, self.edit, self.refusal, self.buttons):
            column.addWidget(widget)
        self._on_edit_text_changed(name)

    def accept(self) -> None:
        """Hand the name on."""
        name = " ".join(self.edit.text().split())
        if name and self.accept_button.isEnabled():
            super().accept()
            self._named(name)

    @Slot(str)
    def _on_edit_text_changed(self, text: str) -> None:
        other = self._taken.get(name_key(text))
        if other is not None:
            sentence = self.tr("“{0}” is there already. Choose another name.")
            self.refusal.setText(sentence.format(display_text(other)))
        self.refusal.setVisible(other is not None)
        self.accept_button.setEnabled(bool(text.strip()) and other is None)
