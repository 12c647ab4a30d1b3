"""Five stars to click or to set by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from app.ui.icons import paint_icon

N_STARS = 5
STAR_PX = 20
STEP_PX = 24


class StarRating(QWidget):
    """Shows a rating; a click on the star that is the last one lit takes the rating away."""

    rating_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rating = 0
        self._hovered = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setFixedSize(self.sizeHint())
        self._retranslate()

    @property
    def rating(self) -> int:
        """How many stars are lit."""
        return self._rating

    def set_rating(self, rating: int) -> None:
        """Show a rating without announcing it."""
        self._rating = rating
        self._retranslate()
        self.update()

    def sizeHint(self) -> QSize:
        """Five stars in a row."""
        return QSize(N_STARS * STEP_PX, STEP_PX + 4)

    def _choose(self, rating: int) -> None:
        self.rating_chosen.emit(max(0, min(N_STARS, rating)))

    def _star_at(self, x: float) -> int:
        return max(1, min(N_STARS, int(x // STEP_PX) + 1))

    # ------------------------------------------------------------ events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the star under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            star = self._star_at(event.position().x())
            self._choose(0 if star == self._rating else star)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would choose."""
        self._hovered = self._star_at(event.position().x())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show the rating again."""
        super().leaveEvent(event)
        self._hovered = 0
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows change the rating by one, digits set it."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            self._choose(self._rating - 1)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
            self._choose(self._rating + 1)
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_5:
            self._choose(key - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("%Ln star(s)", "", self._rating))
        self.setToolTip(self.tr("Rating (0 to 5)"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw five stars, and the focus."""
        painter = QPainter(self)
        palette = self.palette()
        lit = self._hovered or self._rating
        ink = palette.color(QPalette.ColorRole.WindowText)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        for at in range(N_STARS):
            left = at * STEP_PX + (STEP_PX - STAR_PX) / 2
            area = QRectF(left, (self.height() - STAR_PX) / 2, STAR_PX, STAR_PX)
            name = "star_filled" if at < lit else "star"
            paint_icon(painter, name, area, ink if at < lit else quiet)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
