"""Reads the library for the window, off its thread. Nothing here writes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, SignalInstance, Slot

from app.core.asking import Filters
from app.core.errors import AppError, LibraryMissingError
from app.core.library.rows import Album, Concept, PastSearch, Root, SavedSearch
from app.ui.scope import Scope

if TYPE_CHECKING:
    from app.core.library import Library

logger = logging.getLogger(__name__)

OpenLibrary = Callable[[], "Library"]


@dataclass(frozen=True, slots=True)
class Overview:
    """The library at one moment. ``exists`` is False before the engine has made it."""

    exists: bool
    roots: tuple[Root, ...] = ()
    albums: tuple[Album, ...] = ()
    n_photos: int = 0
    n_favourites: int = 0
    n_problems: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class PhotoList:
    """The photos of a scope, newest first; those of an album in its own order.

    ``filters``: what they were narrowed by, besides the scope.
    """

    scope: Scope
    filters: tuple[Filters, ...]
    ids: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PhotoTags:
    """The tags of one photo, and all tags there are."""

    photo_id: int
    tags: tuple[str, ...] = ()
    all_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Searches and concepts under a name, each by name."""

    searches: tuple[SavedSearch, ...] = ()
    concepts: tuple[Concept, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """The library could not be read; ``kind`` is the error's class name."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class _Question:
    """What to read, which signal answers, and what a library that is not there yet holds."""

    task: Callable[[Library], Any]
    answer: SignalInstance
    without_library: object = None


@dataclass(frozen=True, slots=True)
class _Reply:
    key: object
    value: Any


class LibraryReader(QObject):
    """Answers by signals. A question asked again before its answer is answered once more, once."""

    overview_loaded = Signal(object)  # Overview
    photo_list_loaded = Signal(object)  # PhotoList
    photo_loaded = Signal(object)  # Photo
    problems_loaded = Signal(object)  # tuple[Problem, ...]
    marks_loaded = Signal(object)  # dict[int, Marks]
    tags_loaded = Signal(object)  # PhotoTags
    kept_loaded = Signal(object)  # Kept
    history_loaded = Signal(object)  # tuple[PastSearch, ...]
    read_failed = Signal(object)  # ReadFailure

    _read = Signal(object)

    def __init__(self, open_library: OpenLibrary, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_library = open_library
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._running: dict[object, _Question] = {}
        self._asked_again: set[object] = set()
        self._is_closed = False
        self._read.connect(self._on_task_read, Qt.ConnectionType.QueuedConnection)

    def load_overview(self) -> None:
        """Answered by ``overview_loaded``."""
        question = _Question(_read_overview, self.overview_loaded, Overview(exists=False))
        self._ask("overview", question)

    def load_photo_list(self, scope: Scope, *filters: Filters) -> None:
        """Answered by ``photo_list_loaded``: the photos of a scope that all filters let through."""
        nothing = PhotoList(scope, filters, np.empty(0, dtype=np.int64))
        task = functools.partial(_read_photo_list, scope=scope, filters=filters)
        self._ask((scope, filters), _Question(task, self.photo_list_loaded, nothing))

    def load_photo(self, photo_id: int) -> None:
        """Answered by ``photo_loaded``, or ``read_failed`` if it left the library."""
        self._ask(photo_id, _Question(lambda library: library.photo(photo_id), self.photo_loaded))

    def load_problems(self) -> None:
        """Answered by ``problems_loaded``."""
        question = _Question(lambda library: tuple(library.problems()), self.problems_loaded, ())
        self._ask("problems", question)

    def load_marks(self) -> None:
        """Answered by ``marks_loaded``: the marks of all photos that have some."""
        question = _Question(lambda library: library.user_data.marks(), self.marks_loaded, {})
        self._ask("marks", question)

    def load_tags(self, photo_id: int) -> None:
        """Answered by ``tags_loaded``."""
        task = functools.partial(_read_tags, photo_id=photo_id)
        self._ask(("tags", photo_id), _Question(task, self.tags_loaded, PhotoTags(photo_id)))

    def load_kept(self) -> None:
        """Answered by ``kept_loaded``."""
        self._ask("kept", _Question(_read_kept, self.kept_loaded, Kept()))

    def load_history(self) -> None:
        """Answered by ``history_loaded``: what was asked, the latest first."""
        question = _Question(_read_history, self.history_loaded, ())
        self._ask("history", question)

    def close(self) -> None:
        """Answer nothing more and wait for what runs."""
        self._is_closed = True
        self._pool.clear()
        self._pool.waitForDone()

    def _ask(self, key: object, question: _Question) -> None:
        if self._is_closed:
            return
        if key in self._running:
            self._asked_again.add(key)
            return
        self._running[key] = question
        self._pool.start(_Task(key, question, self._open_library, self._read))

    @Slot(object)
    def _on_task_read(self, reply: _Reply) -> None:
        question = self._running.pop(reply.key)
        if self._is_closed:
            return
        if isinstance(reply.value, ReadFailure):
            self.read_failed.emit(reply.value)
        elif reply.value is not None:
            question.answer.emit(reply.value)
        if reply.key in self._asked_again:
            self._asked_again.discard(reply.key)
            self._ask(reply.key, question)


class _Task(QRunnable):
    """Opens the library, reads once, closes it: a library that is replaced is no trouble."""

    def __init__(
        self,
        key: object,
        question: _Question,
        open_library: OpenLibrary,
        read: SignalInstance,
    ) -> None:
        super().__init__()
        self._key = key
        self._question = question
        self._open_library = open_library
        self._read = read

    def run(self) -> None:
        """Emit the answer, whatever happens."""
        try:
            library = self._open_library()
            try:
                value = self._question.task(library)
            finally:
                library.close()
        except LibraryMissingError:
            value = self._question.without_library
        except AppError as error:
            value = ReadFailure(type(error).__name__, str(error))
        except Exception as error:
            logger.exception("the library could not be read")
            value = ReadFailure(type(error).__name__, str(error))
        self._read.emit(_Reply(self._key, value))


def _read_overview(library: Library) -> Overview:
    return Overview(
        exists=True,
        roots=tuple(library.roots()),
        albums=tuple(library.user_data.albums()),
        n_photos=library.n_photos(),
        n_favourites=len(library.photo_ids(favourites=True)),
        n_problems=len(library.problems()),
    )


def _read_photo_list(library: Library, scope: Scope, filters: tuple[Filters, ...]) -> PhotoList:
    if scope.album_id is not None:
        ids = library.user_data.album_photo_ids(scope.album_id)
    else:
        ids = library.photo_ids(scope.root_id, favourites=scope.favourites)
    if filters:
        ids = ids[np.isin(ids, library.photo_ids_matching(*filters))]
    return PhotoList(scope, filters, ids)


def _read_kept(library: Library) -> Kept:
    return Kept(tuple(library.searches.saved()), tuple(library.concepts.all()))


def _read_history(library: Library) -> tuple[PastSearch, ...]:
    return tuple(library.searches.history())


def _read_tags(library: Library, photo_id: int) -> PhotoTags:
    tags = library.user_data.tags([photo_id]).get(photo_id, ())
    return PhotoTags(photo_id, tags, tuple(library.user_data.tag_names()))
