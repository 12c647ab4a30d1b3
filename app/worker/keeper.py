"""Small commands about what people make: each is on disk before its answer leaves."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.library import Library
from app.core.messages import (
    Event,
    ExportFinished,
    ExportResults,
    LibraryChanged,
    RememberSearch,
    RemoveSavedSearch,
    SaveSearch,
    SearchesSaved,
)
from app.worker.export import export_results
from app.worker.failures import failure

Keeping = SaveSearch | RemoveSavedSearch | RememberSearch | ExportResults


@dataclass(slots=True, eq=False)
class Keeper:
    """Takes such commands and carries out one a step, in order.

    Args:
        library: gives the open library.
        send: takes the answers.
    """

    library: Callable[[], Library]
    send: Callable[[Event], None]
    _waiting: deque[Keeping] = field(default_factory=deque)

    def __bool__(self) -> bool:
        """Tell whether a command waits."""
        return bool(self._waiting)

    def take(self, command: Keeping) -> None:
        """Note a command."""
        self._waiting.append(command)

    def serve(self) -> bool:
        """Carry out the first command; returns whether there was one."""
        if not self._waiting:
            return False
        command = self._waiting.popleft()
        try:
            self._carry_out(command)
        except Exception as error:  # noqa: BLE001 - the engine outlives any single job
            self.send(failure(command.job_id, error))
        return True

    def _carry_out(self, command: Keeping) -> None:
        library = self.library()
        saved_id = None
        match command:
            case ExportResults():
                n_photos = export_results(library, command)
                self.send(ExportFinished(command.job_id, command.path, n_photos))
                return
            case SaveSearch():
                saved_id = library.searches.save(command.name, command.query, command.saved_id)
            case RemoveSavedSearch():
                library.searches.remove(command.saved_id)
            case RememberSearch():
                library.searches.remember(command.query)
        self.send(LibraryChanged(library.generation, searches=True))
        self.send(SearchesSaved(command.job_id, saved_id))
