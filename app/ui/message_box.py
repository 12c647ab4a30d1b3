"""Message boxes in the window's own style. They never block: answers come by signals."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def message_box(parent: QWidget | None, title: str, text: str, details: str) -> QMessageBox:
    """Return a box with plain text that deletes itself; the caller adds buttons and opens it."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # Some desktops put coloured pictures on dialog buttons; these are plain like all others.
    box.setStyleSheet("QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }")
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(details)
    return box
