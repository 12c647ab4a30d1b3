"""The row between good and weak matches, which folds the weak ones away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ui.theme import SECONDARY_TEXT_PX, UNIT_PX


class WeakSeparator(QAbstractButton):
    """``── weak matches (84) ─────────── show ▾``; checked while the weak matches are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._n_weak = 0
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = QFont(self.font())
        font.setPixelSize(SECONDARY_TEXT_PX)
        self.setFont(font)
        self.toggled.connect(self._retranslate)
        self._retranslate()

    def set_n_weak(self, n_weak: int) -> None:
        self._n_weak = n_weak
        self._retranslate()

    def sizeHint(self) -> QSize:
        return QSize(50 * UNIT_PX, 5 * UNIT_PX)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        lit = self.underMouse() or self.hasFocus()
        text_role = QPalette.ColorRole.Text if lit else QPalette.ColorRole.PlaceholderText
        metrics = self.fontMetrics()
        action_px = metrics.horizontalAdvance(self._action) + 2 * UNIT_PX
        text_px = metrics.horizontalAdvance(self._text)
        middle = self.height() // 2
        painter.setPen(palette.color(text_role))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        left = 3 * UNIT_PX
        painter.drawText(QRectF(left + UNIT_PX, 0, text_px + 1, self.height()), flags, self._text)
        right = self.width() - action_px - 2 * UNIT_PX
        painter.drawText(QRectF(right, 0, action_px, self.height()), flags, self._action)
        self._paint_arrow(painter, self.width() - 3 * UNIT_PX, middle)
        line_role = QPalette.ColorRole.Mid
        painter.setPen(QPen(palette.color(line_role), 1))
        painter.drawLine(0, middle, left - 1, middle)
        painter.drawLine(left + 2 * UNIT_PX + text_px, middle, right - UNIT_PX, middle)
        painter.drawLine(self.width() - UNIT_PX, middle, self.width(), middle)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1))
            frame = QRectF(left, middle - 12, self.width() - left - UNIT_PX, 24)
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_arrow(self, painter: QPainter, left: int, middle: int) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(left + 4, middle)
        painter.scale(1, -1 if self.isChecked() else 1)
        painter.setBrush(painter.pen().color())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([QPointF(-4, -2), QPointF(4, -2), QPointF(0, 3)]))
        painter.restore()

    def _retranslate(self) -> None:
        n_text = QLocale().toString(self._n_weak)
        self._text = self.tr("weak matches ({count})").format(count=n_text)
        self._action = self.tr("hide") if self.isChecked() else self.tr("show")
        self.setAccessibleName(f"{self._text}, {self._action}")
        self.update()
