"""The searches of the past: listed under the search line, asked again, forgotten with Undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from app.core.asking import ImageQuery
from app.core.changes import ForgetPastSearches
from app.core.library.rows import PastSearch
from app.core.messages import LibraryChanged
from app.engine.link import EngineLink
from app.ui.filter_texts import filter_texts
from app.ui.history_panel import HistoryPanel, PastQuestion
from app.ui.library_reader import LibraryReader
from app.ui.question import Question, question_of
from app.ui.search_bar import SearchBar
from app.ui.search_controller import SearchController
from app.ui.undo_desk import UndoDesk


class HistoryController(QObject):
    """Opens the list of past searches and carries out what people choose in it.

    Args:
        label_of: the name of a picture of a question for people.
        root_name: the name of a folder of the library by its number.
    """

    def __init__(
        self,
        link: EngineLink,
        reader: LibraryReader,
        desk: UndoDesk,
        search: SearchController,
        bar: SearchBar,
        label_of: Callable[[ImageQuery], str],
        root_name: Callable[[int], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._reader = reader
        self._desk = desk
        self._search = search
        self._bar = bar
        self._label_of = label_of
        self._root_name = root_name
        self._panel: HistoryPanel | None = None
        self._questions: dict[int, Question] = {}
        reader.history_loaded.connect(self._on_reader_history_loaded)
        link.library_changed.connect(self._on_link_library_changed)

    @property
    def panel(self) -> HistoryPanel:
        """The list; made when it is opened first, to paint the window sooner."""
        if self._panel is None:
            self._panel = HistoryPanel(self._bar)
            self._panel.question_chosen.connect(self._on_panel_question_chosen)
            self._panel.forget_requested.connect(self._on_panel_forget_requested)
        return self._panel

    @Slot()
    def open(self) -> None:
        """Open the list under the search line; it fills as soon as it is read."""
        self._reader.load_history()
        self.panel.open_under(self._bar.edit)

    def _past_question(self, past: PastSearch) -> PastQuestion:
        question = self._questions[past.id]
        filters = filter_texts(question.filters, self._root_name)
        parts = [question.label, *(each.text for each in filters)]
        return PastQuestion(past.id, " · ".join(filter(None, parts)), past.asked_at)

    @Slot(object)
    def _on_reader_history_loaded(self, history: tuple[PastSearch, ...]) -> None:
        self._questions = {
            past.id: question_of(past.query, tuple(map(self._label_of, past.query.images)))
            for past in history
        }
        self.panel.show_questions(tuple(map(self._past_question, history)))

    @Slot(object)
    def _on_link_library_changed(self, event: LibraryChanged) -> None:
        if event.searches and self._panel is not None and self._panel.isVisible():
            self._reader.load_history()

    @Slot(object)
    def _on_panel_question_chosen(self, past_id: int) -> None:
        self._search.ask(self._questions[past_id])
        self._search.remember()

    @Slot(object)
    def _on_panel_forget_requested(self, past_ids: tuple[int, ...]) -> None:
        text = self.tr("%Ln past search(es) forgotten", "", len(past_ids))
        self._desk.change(ForgetPastSearches(past_ids), text, tell=True)
