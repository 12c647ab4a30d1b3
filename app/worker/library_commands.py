"""Commands that change the library and need neither model nor decoders, one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from app.core.errors import AppError
from app.core.library import Library
from app.core.library.vector_index import VectorIndex
from app.core.messages import (
    Event,
    FavouriteSet,
    JobDone,
    LibraryChanged,
    RelinkRoot,
    RemoveRoot,
    RestoreBackup,
    SetFavourite,
)
from app.worker.failures import failure
from app.worker.indexer import IndexJob

LibraryCommand = RemoveRoot | RelinkRoot | RestoreBackup | SetFavourite


class LibraryCommands:
    """The commands that wait; hearts are set before folders and backups are changed.

    Args:
        send: takes the answers.
    """

    def __init__(self, send: Callable[[Event], None]) -> None:
        self._send = send
        self._favourites: deque[SetFavourite] = deque()
        self._others: deque[RemoveRoot | RelinkRoot | RestoreBackup] = deque()

    def __bool__(self) -> bool:
        """Return whether a command waits."""
        return bool(self._favourites or self._others)

    def add(self, command: LibraryCommand) -> None:
        """Let a command wait for its turn."""
        if isinstance(command, SetFavourite):
            self._favourites.append(command)
        else:
            self._others.append(command)

    def serve(self, library: Library, index: VectorIndex, running: IndexJob | None) -> bool:
        """Carry out one command; returns whether there was one.

        Args:
            library: open for writing.
            index: forgets the photos that leave.
            running: the index job that is under way; it leaves out what leaves the library.
        """
        if not self:
            return False
        command = self._favourites.popleft() if self._favourites else self._others.popleft()
        try:
            match command:
                case SetFavourite():
                    library.set_favourite(command.photo_ids, command.favourite)
                case RemoveRoot():
                    _remove_root(command, library, index, running)
                case RelinkRoot():
                    library.relink_root(command.root_id, command.path)
                case RestoreBackup():
                    library.restore(command.name)
        except AppError as error:
            self._send(failure(command.job_id, error))
        else:
            self._tell(command, library.generation)
        return True

    def _tell(self, command: LibraryCommand, generation: int) -> None:
        match command:
            case SetFavourite():
                self._send(LibraryChanged(generation, favourites=True))
                self._send(FavouriteSet(command.job_id))
            case RemoveRoot():
                self._send(LibraryChanged(generation, photos=True, roots=True, problems=True))
            case RelinkRoot():
                self._send(LibraryChanged(generation, photos=True, roots=True, problems=True))
                self._send(JobDone(command.job_id))
            case RestoreBackup():
                self._send(LibraryChanged(generation, roots=True, favourites=True))
                self._send(JobDone(command.job_id))


def _remove_root(
    command: RemoveRoot, library: Library, index: VectorIndex, running: IndexJob | None
) -> None:
    ids = library.photo_ids(command.root_id)
    library.remove_root(command.root_id)
    if running is not None:
        running.forget_root(command.root_id)
    if len(ids):
        index.remove(ids)
