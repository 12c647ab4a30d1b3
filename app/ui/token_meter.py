"""How much of a long question is read: "23/196", shown from the point where it may matter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

MAX_TOKENS = 196


class TokenMeter(QLabel):
    """Counts the tokens of a question against what the model reads at most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_tokens = 0
        self.setProperty("secondary", True)
        self._retranslate()

    @property
    def n_tokens(self) -> int:
        """How many tokens are shown."""
        return self._n_tokens

    def show_tokens(self, n_tokens: int) -> None:
        """Show a count; none hides the meter."""
        self._n_tokens = n_tokens
        self.setVisible(n_tokens > 0)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        locale = QLocale()
        count = f"{locale.toString(self._n_tokens)}/{locale.toString(MAX_TOKENS)}"
        self.setText(count)
        is_over = self._n_tokens > MAX_TOKENS
        sentence = (
            self.tr("The words are longer than what can be read: {0}. The end does not count.")
            if is_over
            else self.tr("Length of the words: {0}")
        ).format(count)
        self.setToolTip(sentence)
        self.setAccessibleName(sentence)
        # The style sheet makes text secondary; the palette's placeholder would be half of that.
        role = QPalette.ColorRole.Accent if is_over else QPalette.ColorRole.WindowText
        self.setForegroundRole(role)
