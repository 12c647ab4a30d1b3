"""Why a photo is among the results: how well it fits, and which parts of the question where."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.core.messages import Hit
from app.core.ranking import GOOD_SCORE
from app.ui.chip_mark import chip_color, paint_dot
from app.ui.percent import percent_text
from app.ui.plain_tip import plain_tip
from app.ui.question import NO_FILTERS, Question

ROW_PX = 40
BAR_PX = 4
DOT_PX = 8


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the question and how well the photo fits it."""

    text: str
    score: float
    number: int
    place: str


class _PartRow(QWidget):
    """A dot, the words, a percentage and a thin bar with a mark where matches begin."""

    def __init__(self, part: _Part, parent: QWidget) -> None:
        super().__init__(parent)
        self._part = part
        self.setFixedHeight(ROW_PX)
        self._percent = percent_text(part.score)
        self.setAccessibleName(f"{part.text}, {self._percent}, {part.place}")
        self.setToolTip(plain_tip(f"{part.text}\n{part.place}"))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(160, ROW_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, part = self.palette(), self._part
        ink = palette.color(QPalette.ColorRole.WindowText)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(Qt.PenStyle.NoPen)
        paint_dot(painter, QPointF(DOT_PX / 2, 9), DOT_PX / 2, part.number)
        left = DOT_PX + 6
        metrics = self.fontMetrics()
        percent_px = metrics.horizontalAdvance(self._percent)
        room = self.width() - left - percent_px - 8
        text = metrics.elidedText(part.text, Qt.TextElideMode.ElideMiddle, room)
        line = QRectF(left, 0, self.width() - left, 18)
        painter.setPen(ink)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(ink if part.score >= GOOD_SCORE else quiet)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, right, self._percent)
        self._paint_bar(painter, palette)

    def _paint_bar(self, painter: QPainter, palette: QPalette) -> None:
        track = QRectF(0, 22, self.width(), BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(track, 2, 2)
        filled = QRectF(track)
        filled.setWidth(track.width() * min(1.0, max(0.0, self._part.score)))
        painter.setBrush(chip_color(self._part.number))
        painter.drawRoundedRect(filled, 2, 2)
        painter.setBrush(palette.color(QPalette.ColorRole.WindowText))
        painter.drawRect(QRectF(track.width() * GOOD_SCORE - 0.5, track.top() - 2, 1, BAR_PX + 4))


class MatchPanel(QWidget):
    """A heading, a sentence and one row for each part of the question."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hit: Hit | None = None
        self._question = Question()
        self.title = QLabel(self)
        self.title.setProperty("secondary", True)
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.filters = QLabel(self)
        self.filters.setWordWrap(True)
        self.filters.setProperty("secondary", True)
        self.rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        for widget in (self.title, self.sentence, self.filters):
            self._column.addWidget(widget)

    def show_match(self, hit: Hit | None, question: Question) -> None:
        """Explain a hit; None hides the panel."""
        self._hit, self._question = hit, question
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        hit = self._hit
        self.setVisible(hit is not None)
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        if hit is None:
            return
        self.title.setText(self.tr("Why this photo"))
        sentence = (
            self.tr("Fits the question: {0}")
            if hit.match == "good"
            else self.tr("Fits weakly: {0}")
        )
        self.sentence.setText(sentence.format(percent_text(hit.score)))
        for part in self._parts(hit):
            row = _PartRow(part, self)
            self._column.insertWidget(self._column.count() - 1, row)
            row.show()
            self.rows.append(row)
        has_filters = self._question.filters != NO_FILTERS
        has_filters = has_filters or not self._question.text_filters.is_empty
        self.filters.setVisible(has_filters)
        self.filters.setText(self.tr("All filters hold."))

    def _parts(self, hit: Hit) -> list[_Part]:
        whole, place = self.tr("the whole photo fits best"), self.tr("framed in the photo")
        pictures = [
            picture for picture in self._question.pictures if picture.image.need != "excluded"
        ]
        parts = [
            _Part(
                picture.label,
                image.score,
                len(hit.phrases) + number,
                whole if image.region is None else place,
            )
            for number, (picture, image) in enumerate(zip(pictures, hit.images, strict=False))
        ]
        parts += [
            _Part(
                phrase.text,
                phrase.score,
                number,
                whole if phrase.region is None else place,
            )
            for number, phrase in enumerate(hit.phrases)
        ]
        return parts
