"""The question of the moment and its answer: words, a picture or region, in a scope."""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.messages import Hit, ImageQuery, JobFailed, LibraryChanged, SearchFinished
from app.engine.link import EngineLink
from app.ui.library_reader import LibraryReader, PhotoList
from app.ui.scope import ALL_PHOTOS, Scope

logger = logging.getLogger(__name__)

N_RESULTS = 200
# While indexing, the grid follows the library at this pace.
REFRESH_INTERVAL_MS = 700

Verdict = Literal["browsing", "good", "weak", "nothing"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``image_label`` names the picture or region for people."""

    text: str = ""
    image: ImageQuery | None = None
    image_label: str = ""
    scope: Scope = ALL_PHOTOS

    @property
    def is_empty(self) -> bool:
        """Nothing is asked: the scope is shown as it is."""
        return not self.text and self.image is None


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What the grid shows. ``weak_from`` is the first row of weak matches, None without any."""

    question: Question
    ids: npt.NDArray[np.int64]
    hits: dict[int, Hit]
    weak_from: int | None
    verdict: Verdict
    took_ms: float = 0.0
    is_refresh: bool = False

    @property
    def n_good(self) -> int:
        """How many photos fit; the weak matches are not counted."""
        return len(self.ids) if self.weak_from is None else self.weak_from


class SearchController(QObject):
    """Sends questions to the engine, reads lists from the library, announces results."""

    question_changed = Signal(object)  # Question
    search_started = Signal()
    results_changed = Signal(object)  # Results
    search_failed = Signal(object)  # JobFailed

    def __init__(
        self, link: EngineLink, reader: LibraryReader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._reader = reader
        self._question = Question()
        self._results: Results | None = None
        self._job_id = 0
        self._is_refresh = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        link.search_finished.connect(self._on_link_search_finished)
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

    @Slot(str)
    def ask_text(self, text: str) -> None:
        """Look for words, together with the picture that is there."""
        self._ask(replace(self._question, text=unicodedata.normalize("NFC", text).strip()))

    def ask_image(self, image: ImageQuery, label: str) -> None:
        """Look for a picture or a region instead of what was asked before."""
        self._ask(replace(self._question, text="", image=image, image_label=label))

    @Slot()
    def remove_image(self) -> None:
        """Go on with the words alone."""
        self._ask(replace(self._question, image=None, image_label=""))

    @Slot()
    def clear(self) -> None:
        """Ask nothing: show the scope."""
        self._ask(replace(self._question, text="", image=None, image_label=""))

    @Slot(object)
    def set_scope(self, scope: Scope) -> None:
        """Ask the same in another part of the library."""
        self._ask(replace(self._question, scope=scope))

    @Slot()
    def refresh(self) -> None:
        """Ask the same again, since the library changed."""
        self._run(is_refresh=True)

    def close(self) -> None:
        """Ask nothing more."""
        self._timer.stop()

    def _ask(self, question: Question) -> None:
        # The engine searches everything or one folder: a question leaves the favourites.
        if question.scope.favourites and not question.is_empty and question != self._question:
            question = replace(question, scope=ALL_PHOTOS)
        self._question = question
        self.question_changed.emit(question)
        self._run(is_refresh=False)

    def _run(self, *, is_refresh: bool) -> None:
        question = self._question
        self._is_refresh = is_refresh
        if question.is_empty:
            self._link.drop_search()
            self._job_id = 0
            self._reader.load_photo_list(question.scope)
            return
        logger.debug("search for %r", question.text)
        self._job_id = self._link.search(
            question.text, question.image, N_RESULTS, question.scope.root_id
        )
        if not is_refresh:
            self.search_started.emit()

    @Slot(object)
    def _on_link_search_finished(self, event: SearchFinished) -> None:
        if event.job_id != self._job_id:
            return
        by = "words" if self._question.image is None else "a picture"
        logger.info("search answered by %s after %d ms", by, event.took_ms)
        hits = event.hits
        weak_from = next((row for row, hit in enumerate(hits) if hit.match == "weak"), None)
        verdict: Verdict = "good"
        if not hits:
            verdict = "nothing"
        elif weak_from == 0:
            verdict = "weak"
        self._show(
            Results(
                self._question,
                np.array([hit.photo_id for hit in hits], dtype=np.int64),
                {hit.photo_id: hit for hit in hits},
                weak_from,
                verdict,
                event.took_ms,
                self._is_refresh,
            )
        )

    @Slot(object)
    def _on_reader_photo_list_loaded(self, photos: PhotoList) -> None:
        if self._question.is_empty and photos.scope == self._question.scope:
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

    @Slot(object)
    def _on_link_library_changed(self, event: LibraryChanged) -> None:
        favourites = event.favourites and self._question.scope.favourites
        changed = event.photos or favourites
        if changed and self._question.is_empty and not self._timer.isActive():
            self._timer.start()

    @Slot(object)
    def _on_link_index_finished(self, _event: object) -> None:
        self._timer.stop()
        self.refresh()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._question.is_empty:
            self.refresh()
