"""The question of the moment and its answer: sent to the engine, or read from the library."""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.asking import Filters, ImageQuery, Need
from app.core.messages import Hit, JobFailed, LibraryChanged, SearchFinished, SearchRefined
from app.engine.link import EngineLink
from app.ui.library_reader import LibraryReader, PhotoList
from app.ui.question import Picture, Question, Results, Verdict, in_old_order, results_of
from app.ui.question_history import QuestionHistory
from app.ui.scope import ALL_PHOTOS, Scope

logger = logging.getLogger(__name__)

N_RESULTS = 200
# While indexing, the grid follows the library at this pace.
REFRESH_INTERVAL_MS = 700


class SearchController(QObject):
    """Sends questions to the engine, reads lists from the library, announces results."""

    question_changed = Signal(object)  # Question
    search_started = Signal()
    results_changed = Signal(object)  # Results
    search_failed = Signal(object)  # JobFailed
    history_changed = Signal()

    def __init__(
        self, link: EngineLink, reader: LibraryReader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._reader = reader
        self._question = Question()
        self._history = QuestionHistory(self._question)
        self._results: Results | None = None
        self._job_id = 0
        self._is_refresh = False
        self._is_frozen = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        link.search_finished.connect(self._on_link_search_finished)
        link.search_refined.connect(self._on_link_search_refined)
        link.job_failed.connect(self._on_link_job_failed)
        link.library_changed.connect(self._on_link_library_changed)
        link.index_finished.connect(self._on_link_index_finished)
        reader.photo_list_loaded.connect(self._on_reader_photo_list_loaded)

    @property
    def question(self) -> Question:
        """What is asked now."""
        return self._question

    @property
    def results(self) -> Results | None:
        """What was announced last."""
        return self._results

    @property
    def history(self) -> QuestionHistory:
        """What was asked before; for looking only."""
        return self._history

    # ------------------------------------------------------------ asking

    @Slot(str)
    def ask_text(self, text: str) -> None:
        """Look for words while they are typed, together with the pictures that are there."""
        self._ask(self._question.with_text(_tidy(text)), live=True)

    @Slot(str)
    def confirm_text(self, text: str) -> None:
        """Keep a question that was meant in the history."""
        self._history.add(self._question)
        if self._question.text == _tidy(text):
            self.remember()

    def remember(self) -> None:
        """Keep the question in the library's history: it was meant. Pasted pixels are not kept."""
        question = self._question
        pasted = any(picture.image.pixels is not None for picture in question.pictures)
        if not question.is_bare and not pasted:
            self._link.remember_search(question.query)

    def ask(self, question: Question) -> None:
        """Ask a whole question."""
        self._ask(question)

    def ask_image(self, image: ImageQuery, label: str) -> None:
        """Look for a picture or a region instead of what was asked before."""
        picture = Picture(image, label)
        self._ask(Question(pictures=(picture,), scope=self._question.scope))

    def add_image(self, image: ImageQuery, label: str) -> None:
        """Look for a picture or a region together with what is asked."""
        self._ask(self._question.with_picture(Picture(image, label)))

    @Slot(int, object)
    def set_need(self, number: int, need: Need | None) -> None:
        """Say how much a chip counts; None takes it out."""
        self._ask(self._question.with_need(number, need))

    @Slot(int, object)
    def set_picture_need(self, number: int, need: Need | None) -> None:
        """Say how much a picture counts; None takes it away."""
        self._ask(self._question.with_picture_need(number, need))

    @Slot(object)
    def drop_text_filter(self, left: Filters) -> None:
        """Take words that filter out of the text; ``left``: the filters that it still says."""
        self._ask(self._question.without_text_filter(left))

    @Slot(int)
    def drop_misread(self, number: int) -> None:
        """Take words that look like a filter and are none out of the text."""
        self._ask(self._question.without_misread(number))

    @Slot(object)
    def set_filters(self, filters: Filters) -> None:
        """Let the controls narrow what counts; a folder among them displaces that of the scope."""
        question = replace(self._question, filters=filters)
        if filters.root_ids and question.scope.root_id is not None:
            question = replace(question, scope=ALL_PHOTOS)
        self._ask(question)

    @Slot()
    def clear(self) -> None:
        """Ask nothing: show the scope."""
        scope = ALL_PHOTOS if self._question.scope.is_question else self._question.scope
        self._ask(Question(scope=scope))

    @Slot(object)
    def set_scope(self, scope: Scope) -> None:
        """Ask the same in another part of the library; a folder displaces that of the controls."""
        filters = self._question.filters
        if scope.root_id is not None:
            filters = replace(filters, root_ids=())
        self._ask(replace(self._question, scope=scope, filters=filters))

    @Slot()
    def refresh(self) -> None:
        """Ask the same again, since the library changed."""
        self._run(is_refresh=True)

    @Slot()
    def go_back(self) -> None:
        """Ask again what was asked before; nothing at the beginning."""
        self._return_to(self._history.back())

    @Slot()
    def go_forward(self) -> None:
        """Undo going back; nothing at the end."""
        self._return_to(self._history.forward())

    @Slot(bool)
    def set_frozen(self, frozen: bool) -> None:
        """Keep the order of results when a better one arrives; let go, that one is asked for."""
        is_let_go = self._is_frozen and not frozen
        self._is_frozen = frozen
        if is_let_go and not self._question.is_empty:
            self.refresh()

    def close(self) -> None:
        """Ask nothing more."""
        self._timer.stop()

    def _ask(self, question: Question, *, live: bool = False) -> None:
        if question != self._question and _leaves_scope(self._question, question):
            question = replace(question, scope=ALL_PHOTOS)
        self._history.add(question, live=live)
        self._set(question)

    def _return_to(self, question: Question | None) -> None:
        if question is not None:
            self._set(question)

    def _set(self, question: Question) -> None:
        self._question = question
        self.question_changed.emit(question)
        self.history_changed.emit()
        self._run(is_refresh=False)

    def _run(self, *, is_refresh: bool) -> None:
        question = self._question
        self._is_refresh = is_refresh and (self._results is None or self._is_answered)
        if question.is_empty:
            self._link.drop_search()
            self._job_id = 0
            self._reader.load_photo_list(question.scope, *question.narrowing)
            return
        logger.debug("search for %r", question.text)
        self._job_id = self._link.search(question.query, N_RESULTS)
        if not is_refresh:
            self.search_started.emit()

    # ------------------------------------------------------------ answers

    @Slot(object)
    def _on_link_search_finished(self, event: SearchFinished) -> None:
        if event.job_id != self._job_id:
            return
        by = "a picture" if self._question.query.images else "words"
        logger.info("search answered by %s after %d ms", by, event.took_ms)
        is_refresh, self._is_refresh = self._is_refresh, True
        if is_refresh and event.refining and self._is_answered:
            return  # What is shown was refined: it does not go back to a first order.
        self._show(
            replace(
                self._results_of(event.hits, is_refresh=is_refresh),
                took_ms=event.took_ms,
                refining=event.refining,
                n_excluded=event.n_excluded,
                n_tokens=event.n_tokens,
            )
        )

    @Slot(object)
    def _on_link_search_refined(self, event: SearchRefined) -> None:
        before = self._results
        if event.job_id != self._job_id or before is None:
            return
        self._show(
            replace(
                self._results_of(event.hits, is_refresh=True),
                took_ms=event.took_ms,
                n_excluded=event.n_excluded,
                n_tokens=before.n_tokens,
            )
        )

    @property
    def _is_answered(self) -> bool:
        """Whether what is shown answers the question of the moment."""
        return self._results is not None and self._results.question == self._question

    def _results_of(self, hits: tuple[Hit, ...], *, is_refresh: bool) -> Results:
        """Hits as the grid shows them: in the order that is shown while that is frozen."""
        results = replace(results_of(self._question, hits), is_refresh=is_refresh)
        if is_refresh and self._is_frozen and self._is_answered and self._results is not None:
            return in_old_order(self._results, results)
        return results

    @Slot(object)
    def _on_reader_photo_list_loaded(self, photos: PhotoList) -> None:
        question = self._question
        asked = (question.scope, question.narrowing)
        if question.is_empty and (photos.scope, photos.filters) == asked:
            verdict: Verdict = "browsing" if len(photos.ids) else "nothing"
            self._show(
                Results(self._question, photos.ids, {}, None, verdict, is_refresh=self._is_refresh)
            )

    def _show(self, results: Results) -> None:
        self._results = results
        self.results_changed.emit(results)

    @Slot(object)
    def _on_link_job_failed(self, event: JobFailed) -> None:
        if event.job_id == self._job_id:
            self._job_id = 0
            self.search_failed.emit(event)

    # ------------------------------------------------------------ the library changes

    @Slot(object)
    def _on_link_library_changed(self, event: LibraryChanged) -> None:
        question = self._question
        by_marks = event.marks and question.narrows_by_marks
        if question.is_empty:
            by_album = event.albums and question.scope.album_id is not None
            if (event.photos or by_marks or by_album) and not self._timer.isActive():
                self._timer.start()
            return
        by_concept = event.concepts and any(
            picture.image.concept_id is not None for picture in question.pictures
        )
        # Results stay still while indexing; people who take photos out or put them back see it.
        if by_concept or by_marks or (event.photos and event.marks):
            self.refresh()

    @Slot(object)
    def _on_link_index_finished(self, _event: object) -> None:
        self._timer.stop()
        self.refresh()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._question.is_empty:
            self.refresh()


def _leaves_scope(before: Question, after: Question) -> bool:
    """Whether a question is not about its place any more.

    A list that people put together cannot be searched in, and a kept search that is changed is
    not the kept one. A concept stays while it is looked for, together with other things perhaps.
    """
    scope = after.scope
    if scope.album_id is not None:
        return not after.is_empty
    if not scope.is_question or scope != before.scope:
        return False
    concepts = {picture.image.concept_id for picture in after.pictures}
    return scope.concept_id is None or scope.concept_id not in concepts


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()
