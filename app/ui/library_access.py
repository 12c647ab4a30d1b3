"""How the window's threads reach the library. All of it reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import LibraryMissingError
from app.core.library.rows import Photo

if TYPE_CHECKING:
    from app.core.library import Library


class LibraryAccess:
    """Opens readers for threads, and keeps one for the rows that the grid shows."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._library: Library | None = None

    def open(self) -> Library:
        """Open a reader of one's own, to be closed by the caller; any thread.

        Raises:
            LibraryMissingError: the engine has not made the library yet.
            LibraryError: it cannot be read.
        """
        # The store brings more imports than the first paint should wait for.
        from app.core.library import Library

        return Library.open(self._directory, write=False)

    def photos(self, photo_ids: Sequence[int]) -> list[Photo]:
        """Return the rows of a block of photos; the window's thread only, a millisecond or two.

        Raises:
            LibraryError: the library cannot be read.
        """
        if self._library is None:
            try:
                self._library = self.open()
            except LibraryMissingError:
                return []
        return self._library.photos(photo_ids)

    def close(self) -> None:
        """Close the window's own reader; harmless when repeated."""
        if self._library is not None:
            self._library.close()
            self._library = None
