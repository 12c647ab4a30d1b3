"""Where people say what they look for: a line of text, a picture, or a box in a photo."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from app.core.asking import Filters
from app.core.library.rows import Root
from app.ui.icon_button import IconButton
from app.ui.icons import line_icon
from app.ui.pictures import local_paths
from app.ui.question import NO_FILTERS

if TYPE_CHECKING:
    from app.ui.filters_panel import FiltersPanel

LIVE_DELAY_MS = 150
FIELD_HEIGHT_PX = 36
NARROW_PX = 26


class QueryEdit(QLineEdit):
    """A line that knows when an input method composes, and searches only between compositions.

    ``query_entered`` comes at once on Enter and ``LIVE_DELAY_MS`` after the last key otherwise,
    never while an input method composes, never twice for the same text unless Enter asks for it.
    ``query_confirmed`` follows after Enter.
    """

    query_entered = Signal(str)
    query_confirmed = Signal(str)
    escape_pressed = Signal()
    down_pressed = Signal()
    picture_pasted = Signal()  # pixels or files are on the clipboard

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_composing = False
        self._last_query = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LIVE_DELAY_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.textChanged.connect(self._on_text_changed)
        self.returnPressed.connect(self._on_return_pressed)

    @property
    def is_composing(self) -> bool:
        """Whether an input method holds unfinished text."""
        return self._is_composing

    def query(self) -> str:
        """Return the text as it is searched: NFC, trimmed."""
        return unicodedata.normalize("NFC", self.text()).strip()

    def show_query(self, text: str) -> None:
        """Show a text without searching for it."""
        self._last_query = unicodedata.normalize("NFC", text).strip()
        self.setText(text)
        self._timer.stop()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Note whether a composition goes on."""
        self._is_composing = bool(event.preeditString())
        if self._is_composing:
            self._timer.stop()
        super().inputMethodEvent(event)
        if not self._is_composing and self.query() != self._last_query:
            self._timer.start()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A composition does not outlive the focus."""
        self._is_composing = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste pictures; pass Esc and Down on; leave all to the input method while it composes."""
        if self._is_composing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Escape and not self._is_composing:
            self.escape_pressed.emit()
            return
        if event.key() == Qt.Key.Key_Down and not event.modifiers() and not self._is_composing:
            self.down_pressed.emit()
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            mime = QApplication.clipboard().mimeData()
            has_pixels = mime is not None and mime.hasImage() and not mime.hasText()
            if has_pixels or (mime is not None and local_paths(mime)):
                self.picture_pasted.emit()
                return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Leave files to the window: their paths are no words."""
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragEnterEvent(event)

    @Slot(str)
    def _on_text_changed(self, _text: str) -> None:
        if not self._is_composing:
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if not self._is_composing and self.query() != self._last_query:
            self._run()

    @Slot()
    def _on_return_pressed(self) -> None:
        if not self._is_composing:
            self._run()
            self.query_confirmed.emit(self._last_query)

    def _run(self) -> None:
        self._timer.stop()
        self._last_query = self.query()
        self.query_entered.emit(self._last_query)


class SearchBar(QWidget):
    """The query line with its clear button and the picture menu."""

    search_requested = Signal(str)
    search_confirmed = Signal(str)
    back_requested = Signal()
    forward_requested = Signal()
    history_requested = Signal()
    filters_changed = Signal(object)  # Filters
    clear_requested = Signal()
    paste_requested = Signal()
    picture_file_requested = Signal()
    box_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QueryEdit(self)
        self.edit.setObjectName("searchField")
        self.edit.setMinimumHeight(FIELD_HEIGHT_PX)
        self.edit.setFrame(True)
        self._search_action = QAction(self)
        self._clear_action = QAction(self)
        self.edit.addAction(self._search_action, QLineEdit.ActionPosition.LeadingPosition)
        self.edit.addAction(self._clear_action, QLineEdit.ActionPosition.TrailingPosition)
        self.picture_button = IconButton("picture", self, icon_px=20)
        self.picture_button.setFixedSize(FIELD_HEIGHT_PX, FIELD_HEIGHT_PX)
        self.picture_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.back_button = IconButton("back", self)
        self.forward_button = IconButton("forward", self)
        self.history_button = IconButton("history", self)
        for button in (self.back_button, self.forward_button, self.history_button):
            button.setFixedSize(NARROW_PX, FIELD_HEIGHT_PX)
        self.filters_button = IconButton("filter", self, icon_px=20)
        self.filters_button.setFixedSize(FIELD_HEIGHT_PX, FIELD_HEIGHT_PX)
        self.filters_button.setCheckable(True)
        self._filters_panel: FiltersPanel | None = None
        self._filters = NO_FILTERS
        self._said = ""
        self._roots: tuple[Root, ...] = ()
        self._menu = QMenu(self)
        self._box_action = self._menu.addAction("")
        self._paste_action = self._menu.addAction("")
        self._file_action = self._menu.addAction("")
        self.picture_button.setMenu(self._menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.back_button)
        layout.addWidget(self.forward_button)
        layout.addWidget(self.history_button)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.picture_button)
        layout.addWidget(self.filters_button)
        self.setFocusProxy(self.edit)
        self._connect()
        self._redraw()
        self._retranslate()
        self._clear_action.setVisible(False)

    def _connect(self) -> None:
        self.edit.query_entered.connect(self.search_requested)
        self.edit.query_confirmed.connect(self.search_confirmed)
        self.back_button.clicked.connect(self.back_requested)
        self.forward_button.clicked.connect(self.forward_requested)
        self.history_button.clicked.connect(self.history_requested)
        self.edit.down_pressed.connect(self.history_requested)
        self.filters_button.clicked.connect(self.open_filters)
        self.edit.escape_pressed.connect(self._on_edit_escape_pressed)
        self.edit.picture_pasted.connect(self.paste_requested)
        self.edit.textChanged.connect(self._on_edit_text_changed)
        self._clear_action.triggered.connect(self._on_clear_action_triggered)
        self._box_action.triggered.connect(self.box_requested)
        self._paste_action.triggered.connect(self.paste_requested)
        self._file_action.triggered.connect(self.picture_file_requested)

    def show_filters(self, filters: Filters, said: str = "") -> None:
        """Show what narrows the photos: the controls, and ``said``, what the words filter by."""
        self._filters, self._said = filters, said
        self.filters_button.setChecked(self._are_filters_set)
        if self._filters_panel is not None:
            self._filters_panel.show_filters(filters)
            self._filters_panel.show_said(said)

    @property
    def _are_filters_set(self) -> bool:
        return bool(self._said) or not self._filters.is_empty

    def set_roots(self, roots: tuple[Root, ...]) -> None:
        """Offer these folders to be filtered by."""
        self._roots = roots
        if self._filters_panel is not None:
            self._filters_panel.set_roots(roots)
            self._filters_panel.show_filters(self._filters)

    @property
    def filters_panel(self) -> FiltersPanel:
        """The filters as controls; made when they are opened first, to paint sooner."""
        if self._filters_panel is None:
            from app.ui.filters_panel import FiltersPanel

            self._filters_panel = FiltersPanel(self)
            self._filters_panel.set_roots(self._roots)
            self._filters_panel.show_filters(self._filters)
            self._filters_panel.show_said(self._said)
            self._filters_panel.filters_changed.connect(self.filters_changed)
        return self._filters_panel

    def show_history(self, *, can_go_back: bool, can_go_forward: bool) -> None:
        """Show whether there are questions before and after."""
        self.back_button.setEnabled(can_go_back)
        self.forward_button.setEnabled(can_go_forward)

    @Slot()
    def open_filters(self) -> None:
        """Open the filters under their button."""
        # A click toggles the button; its look says whether filters hold, not whether it is open.
        self.filters_button.setChecked(self._are_filters_set)
        self.filters_panel.open_under(self.filters_button)

    def focus_field(self) -> None:
        """Put the cursor into the line with its text selected."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._redraw()

    def _redraw(self) -> None:
        self._search_action.setIcon(line_icon("search", self.palette()))
        self._clear_action.setIcon(line_icon("clear", self.palette()))

    def _retranslate(self) -> None:
        self.edit.setPlaceholderText(self.tr("What are you looking for?"))
        self.edit.setAccessibleName(self.tr("Search photos"))
        self._search_action.setToolTip(self.tr("Search"))
        self._clear_action.setText(self.tr("Clear"))
        self._clear_action.setToolTip(self.tr("Clear (Esc)"))
        self.picture_button.set_label(self.tr("Search by a picture or a box"))
        self.back_button.set_label(self.tr("Back"), "Alt+←")
        self.forward_button.set_label(self.tr("Forward"), "Alt+→")
        self.history_button.set_label(self.tr("Past searches"), "Ctrl+H")
        self.filters_button.set_label(self.tr("Filters"), "Ctrl+Shift+F")
        self._box_action.setText(self.tr("Draw a box in the selected photo"))
        self._paste_action.setText(self.tr("Paste a picture"))
        self._file_action.setText(self.tr("Choose a picture…"))

    @Slot(str)
    def _on_edit_text_changed(self, text: str) -> None:
        self._clear_action.setVisible(bool(text))

    @Slot()
    def _on_clear_action_triggered(self) -> None:
        self.edit.show_query("")
        self.edit.setFocus()
        self.clear_requested.emit()

    @Slot()
    def _on_edit_escape_pressed(self) -> None:
        self.edit.show_query("")
        self.clear_requested.emit()
