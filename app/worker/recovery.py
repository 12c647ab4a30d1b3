"""Opening the library although its file may be damaged."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from app.core.errors import LibraryDamagedError
from app.core.library import Library
from app.core.library.backups import Recovery
from app.core.messages import LibraryRecovered
from app.core.paths import display_path

_logger = logging.getLogger(__name__)


def open_or_recover(directory: Path) -> tuple[Library, Recovery | None]:
    """Open the library; a damaged one is set aside, and what people made is carried over.

    Returns:
        The library, and what became of the damaged one if it was.

    Raises:
        LibraryError: it cannot be used for another reason.
    """
    try:
        return Library.open(directory, write=True), None
    except LibraryDamagedError as error:
        return recover(directory, error)


def recover(directory: Path, error: LibraryDamagedError) -> tuple[Library, Recovery]:
    """Set a closed library aside that turned out to be damaged, and open what takes its place.

    Raises:
        LibraryError: the folder cannot be used.
    """
    recovery = Library.recover(directory)
    _logger.warning(
        "%s It is kept as %s; ratings, albums and tags come from %s. Index the folders again.",
        error,
        display_path(bytes(recovery.kept_aside)),
        recovery.source or "nowhere: there was no good backup",
    )
    return Library.open(directory, write=True), recovery


def recovered(library: Library, recovery: Recovery) -> LibraryRecovered:
    """Return what the window is told about a recovery."""
    return LibraryRecovered(
        display_path(os.fsencode(recovery.kept_aside)),
        recovery.source or "",
        tuple(backup.name for backup in library.backups()),
    )
