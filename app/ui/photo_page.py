"""One photo in place of the grid: the view, and a bar with its name and a phrase to find in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.asking import Box
from app.core.library.rows import Photo
from app.core.messages import Hit, JobFailed, PhotoLocated, PhotoOpened
from app.ui.error_text import error_text
from app.ui.icon_button import IconButton
from app.ui.photo_grid_model import PhotoGridModel, photo_name
from app.ui.photo_view import PhotoView
from app.ui.phrase_toggles import PhraseToggles
from app.ui.plain_tip import plain_tip
from app.ui.results_strip import ResultsStrip
from app.ui.search_bar import QueryEdit

BAR_HEIGHT_PX = 52
PHRASE_WIDTHS_PX = (128, 320)
NAME_MIN_WIDTH_PX = 40
NAME_MAX_WIDTH_PX = 320
PLACE_MAX_WIDTH_PX = 560


class NameLabel(QLabel):
    """A text of a file: cut in its middle where there is no room, never over its neighbours."""

    def __init__(self, parent: QWidget, width_px: int = NAME_MAX_WIDTH_PX) -> None:
        super().__init__(parent)
        self._width_px = width_px
        self.setTextFormat(Qt.TextFormat.PlainText)

    def show_text(self, text: str) -> None:
        """Show a text, whole in its tool tip."""
        self.setText(text)
        self.setToolTip(plain_tip(text))

    def sizeHint(self) -> QSize:
        """No wider than leaves room for its neighbours."""
        hint = super().sizeHint()
        return QSize(min(hint.width(), self._width_px), hint.height())

    def minimumSizeHint(self) -> QSize:
        """A few letters are the least."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), NAME_MIN_WIDTH_PX), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the name as fits."""
        middle = Qt.TextElideMode.ElideMiddle
        shown = self.fontMetrics().elidedText(self.text(), middle, self.width())
        self.style().drawItemText(
            QPainter(self),
            self.rect(),
            Qt.AlignmentFlag.AlignVCenter,
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )


class PhotoPage(QWidget):
    """The bar and the view; hands their wishes on."""

    pixels_requested = Signal(object, int)  # photo id, longest side in pixels
    region_search_requested = Signal(object, object)  # photo id, box
    phrase_changed = Signal(str)
    result_chosen = Signal(object)  # photo id
    similar_requested = Signal(object)  # photo id
    favourite_requested = Signal(object)  # photo id
    step_requested = Signal(int)
    close_requested = Signal()

    def __init__(
        self, view: PhotoView, results: PhotoGridModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.view = view
        self.toggles = PhraseToggles(self)
        self.strip = ResultsStrip(results, self)
        self._photo: Photo | None = None
        self._failure: JobFailed | None = None
        self.back_button = IconButton("back", self, icon_px=20)
        self.previous_button = IconButton("back", self)
        self.next_button = IconButton("forward", self)
        self.favourite_button = IconButton("heart", self)
        self.favourite_button.setCheckable(True)
        self.name_label = NameLabel(self)
        self.place_label = NameLabel(self, width_px=PLACE_MAX_WIDTH_PX)
        self.place_label.setProperty("secondary", True)
        self.phrase_edit = QueryEdit(self)
        self.phrase_edit.setObjectName("phraseField")
        self.phrase_edit.setClearButtonEnabled(False)
        self._lay_out()
        self._connect()
        self._retranslate()

    def _lay_out(self) -> None:
        bar = QFrame(self)
        bar.setProperty("chrome", True)
        bar.setFixedHeight(BAR_HEIGHT_PX)
        self.phrase_edit.setMinimumWidth(PHRASE_WIDTHS_PX[0])
        self.phrase_edit.setMaximumWidth(PHRASE_WIDTHS_PX[1])
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.back_button)
        row.addWidget(self.name_label)
        row.addWidget(self.favourite_button)
        row.addStretch(1)
        row.addWidget(self.place_label)
        row.addWidget(self.phrase_edit, PHRASE_WIDTHS_PX[1])
        for button in (self.previous_button, self.next_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.toggles)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.strip)

    def _connect(self) -> None:
        view = self.view
        view.pixels_requested.connect(self.pixels_requested)
        view.region_search_requested.connect(self.region_search_requested)
        view.step_requested.connect(self.step_requested)
        view.similar_requested.connect(self.similar_requested)
        view.closed.connect(self.close_requested)
        view.box_changed.connect(self._on_view_box_changed)
        view.box_mode_changed.connect(self._on_view_box_mode_changed)
        self.toggles.phrase_toggled.connect(view.set_phrase_shown)
        self.strip.photo_chosen.connect(self.result_chosen)
        self.strip.left.connect(self._on_strip_left)
        self.back_button.clicked.connect(self.close_requested)
        self.previous_button.clicked.connect(self._on_previous_button_clicked)
        self.next_button.clicked.connect(self._on_next_button_clicked)
        self.favourite_button.clicked.connect(self._on_favourite_button_clicked)
        self.phrase_edit.query_entered.connect(self.phrase_changed)
        self.phrase_edit.escape_pressed.connect(self._on_phrase_edit_escape_pressed)

    # ------------------------------------------------------------ content

    def show_photo(self, photo: Photo, hit: Hit | None) -> None:
        """Show a photo with the places that a search found; its pixels come later."""
        if self._photo is None or self._photo.id != photo.id:
            self._show_no_results()
            self.toggles.show_places(())
        self._photo, self._failure = photo, None
        self.strip.set_open_photo(photo.id)
        self.view.set_photo(photo, hit)
        self._retranslate()

    def show_match(self, hit: Hit | None) -> None:
        """Show other places that a search found in the photo."""
        if self._photo is not None:
            self.view.set_photo(self._photo, hit)

    def show_pixels(self, event: PhotoOpened) -> None:
        """Show the photo's pixels."""
        self._failure = None
        self.view.set_pixels(event)
        self._retranslate()

    def show_favourite(self, favourite: bool) -> None:
        """Show whether the photo is a favourite."""
        self.favourite_button.setChecked(favourite)
        self.favourite_button.set_icon_name("heart_filled" if favourite else "heart")

    def show_phrase(self, text: str) -> None:
        """Show what is being looked for in the photo."""
        self.phrase_edit.show_query(text)

    def show_place(self, place: PhotoLocated | None) -> None:
        """Show where the phrase fits; None shows nothing."""
        self.view.set_heat(place)
        self.toggles.show_places(() if place is None else place.places)
        self.toggles.keep_room(False)
        self._retranslate()

    def set_locating(self, locating: bool) -> None:
        """Say that the phrase is being looked for."""
        self.toggles.keep_room(locating)

    def show_unreadable(self, failure: JobFailed) -> None:
        """Say why the photo has no pixels; the thumbnail stays."""
        self._failure = failure
        self._retranslate()

    def clear(self) -> None:
        """Show nothing, expect nothing."""
        self._photo = self._failure = None
        self.view.clear()
        self.strip.hide()
        self.toggles.show_places(())
        self.phrase_edit.show_query("")

    def focus_phrase(self) -> None:
        """Put the cursor into the phrase."""
        self.phrase_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.phrase_edit.selectAll()

    @Slot()
    def toggle_box_mode(self) -> None:
        """Let drags draw a box, or pan again."""
        self.view.set_box_mode(not self.view.box_mode)
        self.view.setFocus()

    # ------------------------------------------------------------ texts

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.back_button.set_label(self.tr("Back to the photos"), "Esc")
        self.previous_button.set_label(self.tr("Previous photo"), "←")
        self.next_button.set_label(self.tr("Next photo"), "→")
        self.favourite_button.set_label(self.tr("Favourite"), "F")
        self.phrase_edit.setPlaceholderText(self.tr("Find in this photo"))
        self.phrase_edit.setToolTip(self.tr("Several phrases: put commas between them"))
        self.phrase_edit.setAccessibleName(self.tr("Find in this photo"))
        name = "" if self._photo is None else photo_name(self._photo)
        self.name_label.show_text(name)
        self.place_label.show_text(self._place_text())

    def _place_text(self) -> str:
        if self._failure is not None:
            return error_text(self._failure).sentence
        return ""

    def _show_no_results(self) -> None:
        """Keep room for the results of a box that may come, so that it does not move when drawn."""
        self.strip.set_results_shown(False)
        self.strip.setVisible(self.view.box_mode)

    @Slot(object)
    def _on_view_box_changed(self, box: Box | None) -> None:
        """Without a box the results under the photo are not about it."""
        if box is None:
            self._show_no_results()

    @Slot(bool)
    def _on_view_box_mode_changed(self, _on: bool) -> None:
        if self.view.box is None:
            self._show_no_results()

    @Slot()
    def _on_favourite_button_clicked(self) -> None:
        if self._photo is not None:
            self.favourite_requested.emit(self._photo.id)

    @Slot()
    def _on_previous_button_clicked(self) -> None:
        self.step_requested.emit(-1)

    @Slot()
    def _on_next_button_clicked(self) -> None:
        self.step_requested.emit(1)

    @Slot()
    def _on_strip_left(self) -> None:
        self.view.setFocus()

    @Slot()
    def _on_phrase_edit_escape_pressed(self) -> None:
        if self.phrase_edit.text():
            self.phrase_edit.show_query("")
            self.phrase_changed.emit("")
        self.view.setFocus()
