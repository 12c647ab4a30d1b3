"""One part of a question as a chip: a coloured dot, words, a menu, a button that takes it out."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QWidget

from app.core.asking import Need
from app.ui.chip_mark import chip_color, paint_dot
from app.ui.icon_button import IconButton
from app.ui.icons import paint_icon
from app.ui.plain_tip import plain_tip

HEIGHT_PX = 26
MAX_LABEL_PX = 320
MARK_PX = 14
MARK_LEFT_PX = 9


@dataclass(frozen=True, slots=True)
class ChipState:
    """What a chip shows.

    Attributes:
        text: the words.
        need: how much it counts; None for a part that simply holds, such as a filter.
        number: of its mark and its places on photos; None for none.
        removed: it is only shown so that it can come back.
        icon_name: a drawing in place of the dot.
        hint: more about it, under the pointer and for screen readers.
    """

    text: str
    need: Need | None = None
    number: int | None = None
    removed: bool = False
    icon_name: str = ""
    hint: str = ""


class Chip(QWidget):
    """Click or Space opens the menu, Delete takes it out."""

    need_chosen = Signal(object)  # Need, or None to take it out
    opened = Signal()

    def __init__(self, parent: QWidget | None = None, *, can_open: bool = False) -> None:
        super().__init__(parent)
        self._can_open = can_open
        self._state = ChipState("")
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.button = IconButton("clear", self, icon_px=14)
        self.button.setFixedSize(20, 20)
        self.button.setStyleSheet("QToolButton { border-radius: 10px; padding: 0; }")
        self.button.clicked.connect(self._on_button_clicked)
        layout = QHBoxLayout(self)
        layout.setSpacing(2)
        layout.addWidget(self.label)
        layout.addWidget(self.button)

    @property
    def state(self) -> ChipState:
        """What is shown."""
        return self._state

    @property
    def text(self) -> str:
        """The whole words, also where they are shown shortened."""
        return self._state.text

    def show_state(self, state: ChipState) -> None:
        """Show a part of a question; long words are cut in their middle."""
        self._state = state
        has_mark = state.need is not None or bool(state.icon_name)
        left = MARK_LEFT_PX + MARK_PX + 5 if has_mark else 12
        self.layout().setContentsMargins(left, 0, 4, 0)
        font = self.font()
        font.setStrikeOut(state.removed)
        self.label.setFont(font)
        quiet = QPalette.ColorRole.PlaceholderText
        self.label.setForegroundRole(quiet if state.removed else QPalette.ColorRole.WindowText)
        middle = Qt.TextElideMode.ElideMiddle
        self.label.setText(self.fontMetrics().elidedText(state.text, middle, MAX_LABEL_PX))
        self.button.set_icon_name("plus" if state.removed else "clear")
        can_focus = state.need is not None or bool(state.hint)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if can_focus else Qt.FocusPolicy.NoFocus)
        self._retranslate()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words, at the chips' height."""
        return QSize(super().sizeHint().width(), HEIGHT_PX)

    # ------------------------------------------------------------ the menu

    def menu(self) -> QMenu:
        """Return what can be said of this part; the menu deletes itself after use."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        choices: list[tuple[str, Need]] = [
            (self.tr("Must be there"), "required"),
            (self.tr("Is welcome"), "optional"),
            (self.tr("Must not be there"), "excluded"),
        ]
        for text, need in choices:
            action = menu.addAction(text, lambda need=need: self.need_chosen.emit(need))
            action.setCheckable(True)
            action.setChecked(need == self._state.need and not self._state.removed)
        menu.addSeparator()
        if self._can_open:
            menu.addAction(self.tr("Open and draw a box…"), self.opened.emit)
        if not self._state.removed:
            menu.addAction(self.tr("Take out"), lambda: self.need_chosen.emit(None))
        return menu

    def _open_menu(self) -> None:
        if self._state.need is not None:
            self.menu().popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    @Slot()
    def _on_button_clicked(self) -> None:
        self.need_chosen.emit(self._state.need if self._state.removed else None)

    # ------------------------------------------------------------ events

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens the menu."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self._open_menu()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu or take the part out by keyboard."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.need_chosen.emit(None)
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_menu()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        text = self._state.text
        words = {
            "required": self.tr("{0}: must be there"),
            "optional": self.tr("{0}: is welcome"),
            "excluded": self.tr("{0}: must not be there"),
        }
        named = text
        if self._state.removed:
            named = self.tr("{0}: taken out").format(text)
        elif self._state.need is not None:
            named = words[self._state.need].format(text)
        named = self._state.hint or named
        self.setAccessibleName(named)
        self.setToolTip(plain_tip(named))
        label = self.tr("Put back: {0}") if self._state.removed else self.tr("Remove: {0}")
        self.button.set_label(label.format(text))

    # ------------------------------------------------------------ drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill and what stands at its left."""
        state, palette = self._state, self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = palette.color(QPalette.ColorRole.Mid)
        width = 1.0
        if self.hasFocus():
            line = palette.color(QPalette.ColorRole.Accent)
        elif state.need == "required" and state.number is not None and not state.removed:
            line, width = chip_color(state.number), 2.0
        pen = QPen(line, width)
        if state.need == "excluded" or state.removed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        filled = not state.removed and state.need != "excluded"
        role = QPalette.ColorRole.Button
        painter.setBrush(palette.color(role) if filled else Qt.BrushStyle.NoBrush)
        inset = width / 2
        pill = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        self._paint_mark(painter)

    def _paint_mark(self, painter: QPainter) -> None:
        state = self._state
        middle = QPointF(MARK_LEFT_PX + MARK_PX / 2, self.height() / 2)
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        if state.need == "excluded" and not state.removed:
            painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(middle - QPointF(4, 0), middle + QPointF(4, 0))
        elif state.icon_name:
            corner = middle - QPointF(MARK_PX / 2, MARK_PX / 2)
            color = ink if state.number is None else chip_color(state.number)
            paint_icon(painter, state.icon_name, QRectF(corner, QSize(MARK_PX, MARK_PX)), color)
        elif state.number is not None:
            painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
            paint_dot(painter, middle, 5, state.number)
