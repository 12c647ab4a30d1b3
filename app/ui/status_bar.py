"""The line at the bottom: what was found, how indexing goes, problems, thumbnail size."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QWidget,
)

from app.core.messages import IndexProgress
from app.ui.icon_button import IconButton
from app.ui.icons import line_icon

MIN_SIDE_PX = 96
MAX_SIDE_PX = 320
SIDE_STEP_PX = 16
HEIGHT_PX = 36
MARGIN_PX = 16
SPACING_PX = 8
BAR_WIDTH_PX = 120
SLIDER_WIDTH_PX = 112
# A rate below this is not worth an estimate.
MIN_RATE = 0.05


class StatusBar(QFrame):
    """Shows states; its buttons say what people want of the index job."""

    pause_requested = Signal()
    resume_requested = Signal()
    cancel_requested = Signal()
    problems_requested = Signal()
    side_changed = Signal(int)
    freeze_requested = Signal(bool)
    zoom_to_match_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("chrome", True)
        self.setFixedHeight(HEIGHT_PX)
        self._n_photos: int | None = None
        self._n_hits: int | None = None
        self._took_ms: float | None = None
        self._is_searching = False
        self._is_refining = False
        self._n_excluded = 0
        self._progress: IndexProgress | None = None
        self._is_waiting = False
        self._n_problems = 0
        self._build()
        self._retranslate()

    def _build(self) -> None:
        self.found_label = QLabel(self)
        self.index_label = QLabel(self)
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(BAR_WIDTH_PX)
        self.bar.setTextVisible(False)
        self.pause_button = IconButton("pause", self, icon_px=16)
        self.cancel_button = IconButton("cancel", self, icon_px=16)
        self.problems_button = QPushButton(self)
        self.problems_button.setFlat(True)
        self.problems_button.setProperty("secondary", True)
        self.freeze_button = IconButton("pin", self, icon_px=16)
        self.zoom_button = IconButton("zoom_match", self, icon_px=16)
        for button in (self.freeze_button, self.zoom_button):
            button.setCheckable(True)
            button.hide()
        self.size_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.size_slider.setRange(MIN_SIDE_PX, MAX_SIDE_PX)
        self.size_slider.setSingleStep(SIDE_STEP_PX)
        self.size_slider.setPageStep(2 * SIDE_STEP_PX)
        self.size_slider.setFixedWidth(SLIDER_WIDTH_PX)
        for label in (self.found_label, self.index_label):
            label.setProperty("secondary", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 0)
        layout.setSpacing(SPACING_PX)
        layout.addWidget(self.found_label)
        layout.addWidget(self.freeze_button)
        layout.addStretch(1)
        for widget in (self.index_label, self.bar, self.pause_button, self.cancel_button):
            layout.addWidget(widget)
        layout.addWidget(self.problems_button)
        layout.addSpacing(8)
        layout.addWidget(self.zoom_button)
        layout.addWidget(self.size_slider)
        self.pause_button.clicked.connect(self._on_pause_button_clicked)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.problems_button.clicked.connect(self.problems_requested)
        self.freeze_button.clicked.connect(self.freeze_requested)
        self.zoom_button.clicked.connect(self.zoom_to_match_requested)
        self.size_slider.valueChanged.connect(self.side_changed)

    # ------------------------------------------------------------ content

    def show_browsing(self, n_photos: int) -> None:
        """The grid shows a part of the library."""
        self._n_photos, self._n_hits, self._took_ms = n_photos, None, None
        self._is_searching = self._is_refining = False
        self._update_found()

    def show_searching(self) -> None:
        """A question is on its way."""
        self._is_searching = True
        self._update_found()

    def show_results(
        self, n_hits: int, took_ms: float, *, refining: bool = False, n_excluded: int = 0
    ) -> None:
        """The grid shows answers; ``refining``: a better order is on its way."""
        self._n_hits, self._took_ms, self._is_searching = n_hits, took_ms, False
        self._is_refining, self._n_excluded = refining, n_excluded
        self._update_found()

    def show_progress(self, progress: IndexProgress | None) -> None:
        """How far indexing is; None when nothing is being indexed."""
        self._progress, self._is_waiting = progress, False
        self._update_index()

    def show_index_waiting(self) -> None:
        """An index job was sent, and nothing has come back yet."""
        self._is_waiting = True
        self._update_index()

    def set_n_problems(self, n_problems: int) -> None:
        """How many files could not be used."""
        self._n_problems = n_problems
        self._update_problems()

    def set_side_px(self, side_px: int) -> None:
        """Show a thumbnail size without announcing it."""
        blocked = self.size_slider.blockSignals(True)
        self.size_slider.setValue(side_px)
        self.size_slider.blockSignals(blocked)

    # ------------------------------------------------------------ room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way in a narrow window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Texts are never cut: where room is short the progress bar goes, then the slider."""
        is_indexing = self._progress is not None or self._is_waiting
        texts = [self.found_label, *([self.index_label] if is_indexing else [])]
        buttons = [self.pause_button, self.cancel_button] if is_indexing else []
        if self._n_problems:
            buttons.append(self.problems_button)
        if self._n_hits is not None:
            buttons += [self.freeze_button, self.zoom_button]
        needed = sum(widget.sizeHint().width() + SPACING_PX for widget in [*texts, *buttons])
        room = self.width() - 2 * MARGIN_PX - 2 * SPACING_PX - needed
        slider_room = SLIDER_WIDTH_PX + SPACING_PX
        self.size_slider.setVisible(room >= slider_room)
        self.bar.setVisible(is_indexing and room >= slider_room + BAR_WIDTH_PX + SPACING_PX)

    # ------------------------------------------------------------ texts

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self.problems_button.setIcon(line_icon("warning", self.palette(), 14))

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Status"))
        self.bar.setAccessibleName(self.tr("Indexing progress"))
        self.pause_button.set_label(self.tr("Pause indexing"))
        self.cancel_button.set_label(self.tr("Stop indexing"))
        self.freeze_button.set_label(self.tr("Freeze the order"), "Ctrl+L")
        self.zoom_button.set_label(self.tr("Zoom to match"), "M")
        self.size_slider.setAccessibleName(self.tr("Thumbnail size"))
        self.size_slider.setToolTip(self.tr("Thumbnail size"))
        self.problems_button.setIcon(line_icon("warning", self.palette(), 14))
        self._update_found()
        self._update_index()
        self._update_problems()

    def _update_found(self) -> None:
        self.found_label.setText(self._found_text())
        self.freeze_button.setVisible(self._n_hits is not None)
        self.zoom_button.setVisible(self._n_hits is not None)
        self._fit()

    def _found_text(self) -> str:
        if self._is_searching:
            return self.tr("Searching…")
        if self._n_hits is not None and self._took_ms is not None:
            milliseconds = QLocale().toString(round(self._took_ms))
            parts = [
                self.tr("%Ln result(s)", "", self._n_hits),
                self.tr("{0} ms").format(milliseconds),
            ]
            if self._n_excluded:
                parts.append(self.tr("%Ln left out", "", self._n_excluded))
            if self._is_refining:
                parts.append(self.tr("refining…"))
            return " · ".join(parts)
        if not self._n_photos:
            return ""
        return self.tr("%Ln photo(s)", "", self._n_photos)

    def _update_problems(self) -> None:
        self.problems_button.setVisible(self._n_problems > 0)
        self.problems_button.setText(self.tr("%Ln problem(s)", "", self._n_problems))
        self._fit()

    def _update_index(self) -> None:
        self._show_index()
        self._fit()

    def _show_index(self) -> None:
        progress = self._progress
        is_active = progress is not None or self._is_waiting
        for widget in (self.index_label, self.pause_button, self.cancel_button):
            widget.setVisible(is_active)
        if progress is None:
            self.bar.setRange(0, 0)
            self.index_label.setText(self.tr("Indexing starts…") if is_active else "")
            self.pause_button.setEnabled(False)
            return
        self.pause_button.setEnabled(True)
        is_paused = progress.phase == "paused"
        self.pause_button.set_icon_name("resume" if is_paused else "pause")
        self.pause_button.set_label(
            self.tr("Go on indexing") if is_paused else self.tr("Pause indexing")
        )
        is_counting = progress.phase == "scanning" or progress.total <= 0
        self.bar.setRange(0, 0 if is_counting else progress.total)
        self.bar.setValue(0 if is_counting else progress.done)
        self.index_label.setText(self.progress_text(progress))

    def progress_text(self, progress: IndexProgress) -> str:
        """How far, how fast, how long still."""
        locale = QLocale()
        if progress.phase == "scanning":
            return self.tr("Looking for photos: {0}").format(locale.toString(progress.found))
        counts = f"{locale.toString(progress.done)}/{locale.toString(progress.total)}"
        if progress.phase == "paused":
            return self.tr("Paused at {0}").format(counts)
        doing = self.tr("Indexing {0}")
        if progress.phase == "refining":
            doing = self.tr("Adding detail {0}")
        parts = [doing.format(counts)]
        if progress.photos_per_s >= MIN_RATE:
            digits = 0 if progress.photos_per_s >= 10 else 1
            rate = locale.toString(progress.photos_per_s, "f", digits)
            parts.append(self.tr("{0}/s").format(rate))
        if progress.seconds_left is not None:
            parts.append(self.time_left_text(progress.seconds_left))
        return " · ".join(parts)

    def time_left_text(self, seconds: float) -> str:
        """A rounded time, the coarser the longer."""
        if seconds < 90:
            rounded = round(seconds / 10) * 10 if seconds >= 10 else max(1, int(seconds))
            return self.tr("%Ln second(s) left", "", rounded)
        if seconds < 90 * 60:
            return self.tr("%Ln minute(s) left", "", round(seconds / 60))
        return self.tr("%Ln hour(s) left", "", round(seconds / 3600))

    @Slot()
    def _on_pause_button_clicked(self) -> None:
        if self._progress is not None and self._progress.phase == "paused":
            self.resume_requested.emit()
        else:
            self.pause_requested.emit()
