"""What is shown before the first folder: a drawing, one sentence, two buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

SENTENCE_WIDTH_PX = 460


class FirstStartDrawing(QWidget):
    """Three photographs; in the front one an umbrella is found and framed."""

    def sizeHint(self) -> QSize:
        """A calm size above the sentence."""
        return QSize(400, 216)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw with the palette's greys and the one accent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self.width() / 2, self.height() / 2)
        for angle, dx, shade in ((-9, -84, 0.35), (8, 84, 0.6), (0, 0, 1.0)):
            painter.save()
            painter.translate(dx, 8 if angle else 0)
            painter.rotate(angle)
            self._paint_photo(painter, shade, in_front=angle == 0)
            painter.restore()
        painter.end()

    def _mix(self, shade: float) -> QColor:
        paper = self.palette().color(QPalette.ColorRole.Base)
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        part = 0.10 + 0.16 * shade
        return QColor.fromRgbF(
            paper.redF() + (ink.redF() - paper.redF()) * part,
            paper.greenF() + (ink.greenF() - paper.greenF()) * part,
            paper.blueF() + (ink.blueF() - paper.blueF()) * part,
        )

    def _paint_photo(self, painter: QPainter, shade: float, *, in_front: bool) -> None:
        frame = QRectF(-88, -72, 176, 144)
        painter.setPen(QPen(self._mix(1.4), 1.5))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(frame, 8, 8)
        inside = frame.adjusted(8, 8, -8, -8)
        clip = QPainterPath()
        clip.addRoundedRect(inside, 4, 4)
        painter.setClipPath(clip)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(inside, self._mix(shade * 0.4))
        self._paint_hills(painter, shade)
        if in_front:
            painter.setBrush(self._mix(3.4))
            painter.drawEllipse(QPointF(48, -36), 11, 11)
            self._paint_umbrella(painter)
        painter.setClipping(False)
        if in_front:
            self._paint_found(painter, QRectF(-58, -44, 66, 84))

    def _paint_hills(self, painter: QPainter, shade: float) -> None:
        for color, points in (
            (self._mix(shade), ((-80, 30), (-38, -14), (6, 26), (40, 0), (80, 34))),
            (self._mix(shade * 1.6), ((-80, 48), (-10, 30), (80, 50))),
        ):
            path = QPainterPath(QPointF(-80, 64))
            for x, y in points:
                path.lineTo(x, y)
            path.lineTo(80, 64)
            path.closeSubpath()
            painter.setBrush(color)
            painter.drawPath(path)

    def _paint_umbrella(self, painter: QPainter) -> None:
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        canopy = QPainterPath(QPointF(-51, 0))
        canopy.arcTo(QRectF(-51, -34, 52, 60), 180, -180)
        for right in (-16.3, -33.6, -51.0):
            canopy.quadTo(right + 8.7, -9, right, 0)
        painter.setBrush(accent)
        painter.drawPath(canopy)
        pen = QPen(self.palette().color(QPalette.ColorRole.WindowText), 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        handle = QPainterPath(QPointF(-25, -4))
        handle.lineTo(-25, 28)
        handle.arcTo(QRectF(-25, 23, 9, 10), 180, 150)
        painter.drawPath(handle)

    def _paint_found(self, painter: QPainter, box: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 110), 4))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
        painter.drawRoundedRect(box, 4, 4)


class FirstStart(QWidget):
    """The first page of a new library."""

    add_folder_requested = Signal()
    demo_requested = Signal()
    settings_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing = FirstStartDrawing(self)
        self.drawing.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.title = QLabel(self)
        self.title.setProperty("title", True)
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumWidth(SENTENCE_WIDTH_PX // 2)
        self.sentence.setMaximumWidth(SENTENCE_WIDTH_PX)
        # A wrapped label gets its full height only from a layout that may ask for it by width.
        sentence_row = QHBoxLayout()
        sentence_row.addStretch(1)
        sentence_row.addWidget(self.sentence, SENTENCE_WIDTH_PX)
        sentence_row.addStretch(1)
        self.add_button = QPushButton(self)
        self.add_button.setProperty("accent", True)
        self.demo_button = QPushButton(self)
        # Language, model, use of the computer: all have defaults that work.
        self.settings_button = QPushButton(self)
        self.settings_button.setFlat(True)
        for button in (self.add_button, self.demo_button):
            button.setMinimumSize(160, 36)
        for label in (self.title, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        buttons = QHBoxLayout()
        buttons.setSpacing(16)
        buttons.addStretch(1)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.demo_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(24)
        layout.addWidget(self.title)
        layout.addSpacing(8)
        layout.addLayout(sentence_row)
        layout.addSpacing(24)
        layout.addLayout(buttons)
        layout.addSpacing(16)
        layout.addWidget(self.settings_button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.add_button.clicked.connect(self.add_folder_requested)
        self.demo_button.clicked.connect(self.demo_requested)
        self.settings_button.clicked.connect(self.settings_requested)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.title.setText(self.tr("Find photos by saying what is in them"))
        self.sentence.setText(
            self.tr(
                "Type a sentence in English or Chinese, or draw a box around a thing. "
                "Everything stays on this computer."
            )
        )
        self.add_button.setText(self.tr("Add a folder"))
        self.demo_button.setText(self.tr("Try the demo album"))
        self.settings_button.setText(self.tr("Language, search model and other settings…"))
        self.drawing.setAccessibleName(self.tr("Three photos, an umbrella is framed in one"))
