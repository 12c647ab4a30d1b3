"""What was asked before, in a pane that opens under the search line: ask again, forget."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QDate, QDateTime, QEvent, QLocale, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.plain_tip import plain_tip
from app.ui.theme import GAP_PX

LEAST_WIDTH_PX = 360
MAX_HEIGHT_PX = 360
LINE_HEIGHT_PX = 28
LEAST_LINES = 3
_PAST_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A question of the history for people; ``asked_at`` is ISO 8601."""

    past_id: int
    text: str
    asked_at: str


class HistoryPanel(QFrame):
    """Lists questions, the latest first. Enter or a click chooses, Delete forgets one."""

    question_chosen = Signal(object)  # number of the question
    forget_requested = Signal(object)  # tuple of numbers

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("history")
        self.setStyleSheet(
            "#history { background: palette(alternate-base); border: 1px solid palette(mid); }"
            # A rounded item would part the line between its columns.
            "#history QTreeWidget::item { border-radius: 0; }"
        )
        self.list = QTreeWidget(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.empty_label = QLabel(self)
        self.empty_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty_label.setWordWrap(True)
        self.remove_button = QPushButton(self)
        self.clear_button = QPushButton(self)
        self._anchor: QWidget | None = None
        self._lay_out()
        self._retranslate()
        self.show_questions(())
        self.list.installEventFilter(self)
        self.list.itemClicked.connect(self._choose)
        self.list.currentItemChanged.connect(self._on_list_current_changed)
        self.remove_button.clicked.connect(self.forget_current)
        self.clear_button.clicked.connect(self._on_clear_button_clicked)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.remove_button)
        foot.addStretch(1)
        foot.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        column.setSpacing(GAP_PX)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty_label, 1)
        column.addLayout(foot)

    def show_questions(self, questions: tuple[PastQuestion, ...]) -> None:
        """List these; the line that was current stays so, or the one that took its place."""
        at = max(0, self.list.indexOfTopLevelItem(self.list.currentItem()))
        self.list.clear()
        for question in questions:
            item = QTreeWidgetItem([question.text, asked_text(question.asked_at)])
            item.setToolTip(0, plain_tip(question.text))
            item.setData(0, _PAST_ID, question.past_id)
            item.setForeground(1, self.palette().placeholderText())
            self.list.addTopLevelItem(item)
        self.list.setCurrentItem(self.list.topLevelItem(min(at, len(questions) - 1)))
        self.list.setVisible(bool(questions))
        self.empty_label.setVisible(not questions)
        self.clear_button.setEnabled(bool(questions))
        self._on_list_current_changed()
        self._fit()

    def _fit(self) -> None:
        """As high as the questions need, up to a limit; at least as wide as the search line."""
        n_lines = max(LEAST_LINES, self.list.topLevelItemCount())
        foot_px = self.clear_button.sizeHint().height() + 3 * GAP_PX
        height_px = min(MAX_HEIGHT_PX, n_lines * LINE_HEIGHT_PX + foot_px + 2)
        anchor_px = 0 if self._anchor is None else self._anchor.width()
        self.resize(max(LEAST_WIDTH_PX, anchor_px), height_px)

    def open_under(self, widget: QWidget) -> None:
        """Open below a widget, as wide as it is."""
        self._anchor = widget
        self._fit()
        self.move(widget.mapToGlobal(QPoint(0, widget.height() + 4)))
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter choose and Delete forget the current line."""
        if watched is self.list and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.forget_current()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def forget_current(self) -> None:
        """Ask for the current line to be forgotten; nothing without one."""
        item = self.list.currentItem()
        if item is not None:
            self.forget_requested.emit((item.data(0, _PAST_ID),))

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.close()
            self.question_chosen.emit(item.data(0, _PAST_ID))

    @Slot()
    def _on_list_current_changed(self) -> None:
        self.remove_button.setEnabled(self.list.currentItem() is not None)

    @Slot()
    def _on_clear_button_clicked(self) -> None:
        items = (self.list.topLevelItem(at) for at in range(self.list.topLevelItemCount()))
        past_ids = tuple(item.data(0, _PAST_ID) for item in items if item is not None)
        self.close()
        self.forget_requested.emit(past_ids)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Past searches"))
        self.list.setAccessibleName(self.tr("Past searches"))
        self.empty_label.setText(
            self.tr(
                "Nothing was searched for yet. Searches that you run with Enter, or whose"
                " results you open, are listed here."
            )
        )
        self.remove_button.setText(self.tr("Remove"))
        self.remove_button.setToolTip(self.tr("Remove this search from the list (Del)"))
        self.clear_button.setText(self.tr("Clear history"))


def asked_text(asked_at: str) -> str:
    """Return when something was asked, for people: the time of today, else the day."""
    moment = QDateTime.fromString(asked_at, Qt.DateFormat.ISODate).toLocalTime()
    if moment.date() == QDate.currentDate():
        return QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)
    return QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
