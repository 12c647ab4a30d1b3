"""Reads the library for the window, off its thread. Nothing here writes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, SignalInstance, Slot

from app.core.errors import AppError, LibraryMissingError
from app.core.library.rows import Photo, Problem, Root
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
    n_photos: int = 0
    favourites: frozenset[int] = frozenset()
    n_problems: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class PhotoList:
    """The photos of a scope, newest first."""

    scope: Scope
    ids: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """The library could not be read; ``kind`` is the error's class name."""

    kind: str
    message: str


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
    read_failed = Signal(object)  # ReadFailure

    _read = Signal(object)

    def __init__(self, open_library: OpenLibrary, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_library = open_library
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        # What runs, and whether it was asked again meanwhile.
        self._running: dict[object, bool] = {}
        self._is_closed = False
        self._read.connect(self._on_task_read, Qt.ConnectionType.QueuedConnection)

    def load_overview(self) -> None:
        """Answered by ``overview_loaded``."""
        self._ask("overview", _read_overview)

    def load_photo_list(self, scope: Scope) -> None:
        """Answered by ``photo_list_loaded``."""
        self._ask(scope, lambda library: _read_photo_list(library, scope))

    def load_photo(self, photo_id: int) -> None:
        """Answered by ``photo_loaded``, or ``read_failed`` if it left the library."""
        self._ask(photo_id, lambda library: library.photo(photo_id))

    def load_problems(self) -> None:
        """Answered by ``problems_loaded``."""
        self._ask("problems", lambda library: _Problems(tuple(library.problems())))

    def close(self) -> None:
        """Answer nothing more and wait for what runs."""
        self._is_closed = True
        self._pool.clear()
        self._pool.waitForDone()

    def _ask(self, key: object, task: Callable[[Library], Any]) -> None:
        if self._is_closed:
            return
        if key in self._running:
            self._running[key] = True
            return
        self._running[key] = False
        self._pool.start(_Task(key, task, self._open_library, self._read))

    @Slot(object)
    def _on_task_read(self, reply: _Reply) -> None:
        again = self._running.pop(reply.key, False)
        if self._is_closed:
            return
        self._announce(reply.value)
        if again:
            self._ask_again(reply.key)

    def _ask_again(self, key: object) -> None:
        if isinstance(key, Scope):
            self.load_photo_list(key)
        elif isinstance(key, int):
            self.load_photo(key)
        elif key == "overview":
            self.load_overview()
        else:
            self.load_problems()

    def _announce(self, value: object) -> None:
        if isinstance(value, Overview):
            self.overview_loaded.emit(value)
        elif isinstance(value, PhotoList):
            self.photo_list_loaded.emit(value)
        elif isinstance(value, Photo):
            self.photo_loaded.emit(value)
        elif isinstance(value, _Problems):
            self.problems_loaded.emit(value.problems)
        elif isinstance(value, ReadFailure):
            self.read_failed.emit(value)


@dataclass(frozen=True, slots=True)
class _Problems:
    problems: tuple[Problem, ...]


class _Task(QRunnable):
    """Opens the library, reads once, closes it: a library that is replaced is no trouble."""

    def __init__(
        self,
        key: object,
        task: Callable[[Library], Any],
        open_library: OpenLibrary,
        read: SignalInstance,
    ) -> None:
        super().__init__()
        self._key = key
        self._task = task
        self._open_library = open_library
        self._read = read

    def run(self) -> None:
        """Emit the answer, whatever happens."""
        try:
            library = self._open_library()
            try:
                value = self._task(library)
            finally:
                library.close()
        except LibraryMissingError:
            value = _value_without_library(self._key)
        except AppError as error:
            value = ReadFailure(type(error).__name__, str(error))
        except Exception as error:
            logger.exception("the library could not be read")
            value = ReadFailure(type(error).__name__, str(error))
        self._read.emit(_Reply(self._key, value))


def _value_without_library(key: object) -> object:
    """What a library that the engine has not made yet holds."""
    if key == "overview":
        return Overview(exists=False)
    if isinstance(key, Scope):
        return PhotoList(key, np.empty(0, dtype=np.int64))
    return _Problems(()) if key == "problems" else None


def _read_overview(library: Library) -> Overview:
    return Overview(
        exists=True,
        roots=tuple(library.roots()),
        n_photos=library.n_photos(),
        favourites=frozenset(library.photo_ids(favourites=True).tolist()),
        n_problems=len(library.problems()),
    )


def _read_photo_list(library: Library, scope: Scope) -> PhotoList:
    ids = library.photo_ids(root_id=scope.root_id, favourites=scope.favourites)
    return PhotoList(scope, ids)
