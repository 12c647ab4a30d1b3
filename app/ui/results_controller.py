"""From answers to the panels: the grid, what is said about it, the chips, the status bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from app.ui.filter_texts import filter_texts
from app.ui.folders_controller import FoldersController
from app.ui.index_controller import IndexController
from app.ui.main_window import MainWindow
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import PhotoGridModel
from app.ui.question import Question, Results
from app.ui.results_page import ResultsState
from app.ui.search_controller import SearchController

# A search that takes longer than this takes along what was said of the one before.
LATE_MS = 300


class ResultsController(QObject):
    """Keeps the grid, the chips and the status bar true to the question and its answer.

    The photos of the question before stay while the next one is answered; what was said of them
    does not.
    """

    def __init__(
        self,
        window: MainWindow,
        grid: PhotoGrid,
        grid_model: PhotoGridModel,
        search: SearchController,
        folders: FoldersController,
        index: IndexController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._panels = window.panels
        self._grid = grid
        self._grid_model = grid_model
        self._search = search
        self._folders = folders
        self._index = index
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LATE_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._instead: ResultsState | None = None  # of what was said of the photos that are shown
        search.question_changed.connect(self._on_search_question_changed)
        search.history_changed.connect(self._on_search_history_changed)
        search.search_started.connect(self._on_search_started)
        search.results_changed.connect(self._on_search_results_changed)
        search.search_failed.connect(self._on_search_failed)
        index.index_started.connect(self._update_state)
        index.index_ended.connect(self._update_state)
        folders.overview_changed.connect(self._on_folders_overview_changed)
        self._on_search_history_changed()

    @Slot(bool)
    def set_frozen(self, frozen: bool) -> None:
        """Keep the order of results, or let a better one take its place."""
        self._search.set_frozen(frozen)
        self._window.actions_.freeze.setChecked(frozen)
        self._panels.status_bar.freeze_button.setChecked(frozen)

    @Slot(bool)
    def set_zoom_to_match(self, zoom: bool) -> None:
        """Let matched places fill the thumbnails, or show whole photos."""
        self._grid.set_zoom_to_match(zoom)
        self._window.actions_.zoom_to_match.setChecked(zoom)
        self._panels.status_bar.zoom_button.setChecked(zoom)

    # ------------------------------------------------------------ the question

    @Slot(object)
    def _on_search_question_changed(self, question: Question) -> None:
        if question.is_empty:
            self._timer.stop()  # a list is read
        edit = self._panels.search_bar.edit
        if edit.query() != question.text:
            edit.show_query(question.text)
        root_name = self._panels.sidebar.model.root_name
        self._panels.chips.show_question(question, root_name)
        said = " · ".join(text.text for text in filter_texts(question.text_filters, root_name))
        self._panels.search_bar.show_filters(question.filters, said)
        self._panels.sidebar.select_scope(question.scope)
        self._grid.judging = question.scope.concept_id is not None

    @Slot()
    def _on_search_history_changed(self) -> None:
        history = self._search.history
        self._panels.search_bar.show_history(
            can_go_back=history.can_go_back, can_go_forward=history.can_go_forward
        )
        self._window.actions_.back.setEnabled(history.can_go_back)
        self._window.actions_.forward.setEnabled(history.can_go_forward)

    @Slot()
    def _on_search_started(self) -> None:
        self._panels.status_bar.show_searching()
        self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._drop_verdict("searching")

    def _drop_verdict(self, instead: ResultsState) -> None:
        """Say no more what was said of the answer before."""
        self._instead = instead
        self._panels.chips.meter.show_tokens(0)
        self._update_state()

    @Slot(object)
    def _on_search_failed(self, _failure: object) -> None:
        """The grid keeps what it shows; the banner says why there is nothing new."""
        self._timer.stop()
        self._panels.status_bar.show_browsing(self._grid_model.rowCount())
        results = self._search.results
        if results is None or results.question != self._search.question:
            self._drop_verdict("unanswered")

    # ------------------------------------------------------------ the answer

    @Slot(object)
    def _on_search_results_changed(self, results: Results) -> None:
        self._timer.stop()
        self._instead = None
        self._grid_model.set_photos(
            results.ids,
            results.hits or None,
            results.weak_from,
            keep_place=results.is_refresh,
        )
        bar = self._panels.status_bar
        if results.question.is_empty:
            bar.show_browsing(len(results.ids))
        else:
            bar.show_results(
                results.n_good,
                results.took_ms,
                refining=results.refining,
                n_excluded=results.n_excluded,
            )
        self._panels.chips.meter.show_tokens(results.n_tokens)
        self._update_state()

    @Slot()
    def _update_state(self) -> None:
        results = self._search.results
        if self._instead is not None:
            has_photos = self._grid_model.rowCount() > 0
            self._panels.results.set_state("photos" if has_photos else self._instead)
        elif results is not None:
            self._panels.results.set_state(self._state_of(results))

    def _state_of(self, results: Results) -> ResultsState:
        if results.verdict == "weak":
            return "weak"
        if results.verdict != "nothing":
            return "photos"
        question, scope = results.question, results.question.scope
        if results.n_excluded:
            return "all_excluded"
        if question.narrowing:
            return "filtered_out"
        if not question.is_empty:
            return "nothing_fits"
        if scope.favourites:
            return "no_favourites"
        if scope.album_id is not None:
            return "empty_album"
        if self._index.is_running:
            return "indexing"
        root = next((r for r in self._folders.overview.roots if r.id == scope.root_id), None)
        return "offline" if root is not None and root.state == "offline" else "empty"

    @Slot()
    def _on_folders_overview_changed(self) -> None:
        roots = self._folders.overview.roots
        offline = frozenset(root.id for root in roots if root.state == "offline")
        self._grid_model.set_offline_roots(offline)
        self._panels.search_bar.set_roots(roots)
        self._update_state()
