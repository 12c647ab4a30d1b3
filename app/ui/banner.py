"""Strips over the photos: a thin line while the engine starts, a sentence when it is lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from app.ui.error_text import ErrorText


class StartingBar(QProgressBar):
    """Two pixels that say: the engine is starting, typing works already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, 0)
        self.setTextVisible(False)
        self.setFixedHeight(2)
        self.setStyleSheet(
            "QProgressBar, QProgressBar::chunk { min-height: 2px; max-height: 2px; }"
        )
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.hide()
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("The search engine is starting"))
        self.setToolTip(self.tr("The search engine is starting"))


class Banner(QFrame):
    """One sentence and one action about something that concerns the whole window."""

    action_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setStyleSheet(
            "#banner { background: palette(alternate-base); border: none;"
            " border-left: 3px solid palette(highlight); }"
        )
        self._make: Callable[[], ErrorText] | None = None
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self)
        self.button.clicked.connect(self._on_button_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(16)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button)
        self.hide()

    @property
    def content(self) -> ErrorText | None:
        """What is shown, None while hidden."""
        return self._make() if self._make is not None else None

    def show_message(self, make: Callable[[], ErrorText]) -> None:
        """Show a sentence; the button is there if it has an action.

        Args:
            make: Returns the text in the language of the moment; called again when that changes.
        """
        self._make = make
        self._retranslate()
        self.show()

    def clear(self) -> None:
        """Hide the strip."""
        self._make = None
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        content = self.content
        if content is None:
            return
        self.label.setText(content.sentence)
        self.setAccessibleName(content.sentence)
        self.button.setText(content.action_label)
        self.button.setVisible(bool(content.action_label))

    @Slot()
    def _on_button_clicked(self) -> None:
        content = self.content
        if content is not None:
            self.action_requested.emit(content.action)
