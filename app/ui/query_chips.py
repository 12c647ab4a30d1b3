"""The parts of a question that are not words: a region or a picture, as chips."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.icon_button import IconButton

MAX_LABEL_PX = 360


class Chip(QFrame):
    """A label with a button that removes it; Delete and Backspace do the same."""

    remove_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setStyleSheet(
            "#chip { background: palette(button); border: 1px solid palette(mid);"
            " border-radius: 13px; }"
            "#chip QToolButton { border-radius: 10px; padding: 0; }"
        )
        self.setFixedHeight(26)
        self._text = ""
        self.label = QLabel(self)
        self.button = IconButton("clear", self, icon_px=14)
        self.button.setFixedSize(20, 20)
        self.button.clicked.connect(self.remove_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 4, 0)
        layout.setSpacing(4)
        layout.addWidget(self.label)
        layout.addWidget(self.button)
        self._retranslate()

    @property
    def text(self) -> str:
        """The whole label, also where it is shown shortened."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show a label, shortened in the middle if it is long."""
        self._text = text
        self.label.setText(
            self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, MAX_LABEL_PX)
        )
        self.label.setToolTip(text)
        self._retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove by keyboard."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.button.set_label(self.tr("Remove: {0}").format(self._text))


class QueryChips(QWidget):
    """The row under the search bar; takes no room while there is no chip."""

    image_removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image_chip = Chip(self)
        self.image_chip.remove_requested.connect(self._on_image_chip_remove_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 8)
        layout.setSpacing(8)
        layout.addWidget(self.image_chip)
        layout.addStretch(1)
        self.hide()

    def show_image(self, label: str) -> None:
        """Show the chip of a picture or region; an empty label takes it away."""
        self.image_chip.set_text(label)
        self.setVisible(bool(label))

    @Slot()
    def _on_image_chip_remove_requested(self) -> None:
        self.hide()
        self.image_removed.emit()
