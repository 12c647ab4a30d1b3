"""The field over an open photo: a phrase that is looked for in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

SETTLED_MS = 200


class FindField(QLineEdit):
    """Says its text when typing pauses or at Enter, never while an input method composes."""

    text_settled = Signal(str)
    """The text without spaces around it; empty when it was cleared."""
    left = Signal()
    """Escape in an empty field: the keyboard goes back to the photo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self._settled = ""
        self.setClearButtonEnabled(True)
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._timer.timeout.connect(self._settle)
        self.textChanged.connect(self._on_text_changed)
        self.returnPressed.connect(self._settle)
        self._retranslate()

    def set_phrase(self, text: str) -> None:
        """Show a phrase that was already asked for; says nothing."""
        self._settled = text.strip()
        self.setText(text)
        self._timer.stop()

    def phrase(self) -> str:
        """The text that was said last."""
        return self._settled

    def stop(self) -> None:
        """Say nothing any more of what was typed so far."""
        self._timer.stop()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        # Before the event: committing a word changes the text, and by then composing is over.
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if self._composing:
            self._timer.stop()
        elif self.text().strip() != self._settled:
            self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or self._composing:
            super().keyPressEvent(event)
        elif self.text():
            self.clear()
            self._settle()
        else:
            self.left.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    @Slot(str)
    def _on_text_changed(self, _text: str) -> None:
        if not self._composing:
            self._timer.start()

    @Slot()
    def _settle(self) -> None:
        self._timer.stop()
        text = self.text().strip()
        if not self._composing and text != self._settled:
            self._settled = text
            self.text_settled.emit(text)

    def _retranslate(self) -> None:
        self.setPlaceholderText(self.tr("Find in this photo"))
        self.setAccessibleName(self.tr("Find in this photo"))
