"""The phrases that are looked for in an open photo: each can be shown or left out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.core.messages import LocatedPhrase
from app.ui.chip_mark import chip_color
from app.ui.flow_layout import FlowLayout
from app.ui.percent import percent_text
from app.ui.plain_tip import plain_tip

HEIGHT_PX = 26
FOOT_PX = 8
MAX_TEXT_PX = 280


class PhraseToggle(QAbstractButton):
    """A coloured dot, the phrase and how well it fits; unchecked it is left out."""

    def __init__(self, place: LocatedPhrase, color: QColor, parent: QWidget) -> None:
        super().__init__(parent)
        self._color = color
        self._place = place
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._retranslate()

    def sizeHint(self) -> QSize:
        """As wide as the words."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 38, HEIGHT_PX)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        middle = Qt.TextElideMode.ElideMiddle
        phrase = self.fontMetrics().elidedText(self._place.text, middle, MAX_TEXT_PX)
        percent = percent_text(self._place.score)
        self.setText(f"{phrase}  {percent}")
        tip = self.tr("{0}: fits {1}. Click to show or hide its place.")
        self.setAccessibleName(tip.format(self._place.text, percent))
        self.setToolTip(plain_tip(self.accessibleName()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill, pale while it is left out."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        line = QPalette.ColorRole.Accent if self.hasFocus() else QPalette.ColorRole.Mid
        painter.setPen(QPen(palette.color(line), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Button))
        pill = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setPen(QPen(self._color, 2))
        painter.setBrush(self._color if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(15, self.height() / 2), 4, 4)
        shown = QPalette.ColorRole.WindowText
        role = shown if self.isChecked() else QPalette.ColorRole.PlaceholderText
        painter.setPen(palette.color(role))
        area = self.rect().adjusted(26, 0, -12, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())


class PhraseToggles(QWidget):
    """A line of toggles; takes no room while nothing is looked for."""

    phrase_toggled = Signal(int, bool)  # number of the phrase, whether it is shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggles: list[PhraseToggle] = []
        self._flow = FlowLayout(self, spacing_px=6)
        self._flow.setContentsMargins(12, 0, 12, FOOT_PX)
        self.note = QLabel(self)
        self.note.setProperty("secondary", True)
        self.note.setFixedHeight(HEIGHT_PX)
        self.note.hide()
        self._flow.addWidget(self.note)
        self._retranslate()
        self.hide()

    def keep_room(self, keep: bool) -> None:
        """Keep a line for what is being looked for, and say so in it: the photo stays in place."""
        self.setMinimumHeight(HEIGHT_PX + FOOT_PX if keep else 0)
        self.note.setVisible(keep)
        self.setVisible(keep or bool(self.toggles))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.note.setText(self.tr("Looking…"))

    def show_places(self, places: tuple[LocatedPhrase, ...]) -> None:
        """Show phrases, all of them checked."""
        for toggle in self.toggles:
            self._flow.removeWidget(toggle)
            toggle.hide()
            toggle.deleteLater()
        self.toggles = []
        self._flow.removeWidget(self.note)
        for number, place in enumerate(places):
            toggle = PhraseToggle(place, chip_color(number), self)
            toggle.toggled.connect(
                lambda shown, number=number: self.phrase_toggled.emit(number, shown)
            )
            self._flow.addWidget(toggle)
            toggle.show()
            self.toggles.append(toggle)
        self._flow.addWidget(self.note)
        self.setVisible(bool(places))
