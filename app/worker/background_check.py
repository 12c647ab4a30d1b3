"""Reading a large database through, to know that it is sound, while it is in use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from app.core.errors import LibraryDamagedError, LibraryError
from app.core.library import Library

_logger = logging.getLogger(__name__)


class BackgroundCheck:
    """One check in a thread of its own (``library-check``), on a connection of its own.

    Args:
        directory: the library's folder.
        wake: called from the thread when damage was found; must not block.
    """

    def __init__(self, directory: Path, wake: Callable[[], None]) -> None:
        self.found_damage = False
        self._wake = wake
        self._library = Library.open(directory, write=False)
        self._thread = threading.Thread(target=self._run, name="library-check")
        self._thread.start()

    def close(self) -> None:
        """End the check, whether or not it is through. Harmless when repeated."""
        while self._thread.is_alive():
            self._library.interrupt()  # again, if it came before the check began
            self._thread.join(0.05)
        self._library.close()

    def _run(self) -> None:
        try:
            self._library.check()
        except LibraryDamagedError as error:
            _logger.warning("%s", error)
            self.found_damage = True
            self._wake()
        except LibraryError as error:
            _logger.info("the library was not checked to the end: %s", error)
