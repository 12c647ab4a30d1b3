"""A short word about what was just done, with Undo beside it; it goes away by itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui.icon_button import IconButton
from app.ui.theme import GAP_PX, UNIT_PX

SHOWN_MS = 7000
BOTTOM_PX = 6 * UNIT_PX
MAX_WIDTH_PX = 560


class Toast(QFrame):
    """Floats over the lower edge of its parent; rests while the pointer or the focus is on it."""

    undo_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setStyleSheet(
            "#toast { background: palette(alternate-base); border: 1px solid palette(mid);"
            " border-radius: 8px; }"
        )
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.undo_button = QPushButton(self)
        # A click leaves the keyboard where it was: Ctrl+Z goes on from there.
        self.undo_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.undo_button.clicked.connect(self._on_undo_button_clicked)
        self.close_button = IconButton("clear", self, icon_px=14)
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * UNIT_PX, GAP_PX, GAP_PX, GAP_PX)
        row.setSpacing(GAP_PX)
        for widget in (self.label, self.undo_button, self.close_button):
            row.addWidget(widget)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        parent.installEventFilter(self)
        self.hide()
        self._retranslate()

    def show_text(self, text: str, *, undo: bool) -> None:
        """Say something; ``undo`` offers to take it back."""
        self.label.setWordWrap(False)
        self.label.setText(text)
        self.label.setWordWrap(self.label.sizeHint().width() > MAX_WIDTH_PX)
        self.setAccessibleName(text)
        self.undo_button.setVisible(undo)
        self.setMaximumWidth(min(MAX_WIDTH_PX, self.parentWidget().width() - 4 * UNIT_PX))
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _place(self) -> None:
        parent = self.parentWidget()
        left = (parent.width() - self.width()) // 2
        self.move(QPoint(left, parent.height() - self.height() - BOTTOM_PX))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the parent changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Do not leave while someone reads."""
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go soon after the pointer left."""
        super().leaveEvent(event)
        self._timer.start()

    def hideEvent(self, event: object) -> None:
        """No timer runs for nothing."""
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.undo_button.setText(self.tr("Undo"))
        self.undo_button.setToolTip("Ctrl+Z")
        self.close_button.set_label(self.tr("Close"))

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self.undo_button.hasFocus() or self.close_button.hasFocus():
            self._timer.start()
        else:
            self.hide()

    @Slot()
    def _on_undo_button_clicked(self) -> None:
        self.hide()
        self.undo_requested.emit()
