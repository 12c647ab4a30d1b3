"""Opening the library at the start of the engine, also when it is damaged."""

from __future__ import annotations

import logging
from pathlib import Path

from app.core.errors import LibraryDamagedError
from app.core.library import Library
from app.core.paths import display_path

logger = logging.getLogger(__name__)


def opened_or_recovered(directory: Path) -> Library:
    """Open the library; a damaged one is set aside, and what people made is carried over."""
    try:
        return Library.open(directory, write=True)
    except LibraryDamagedError as error:
        recovery = Library.recover(directory)
        logger.warning(
            "%s It is kept as %s; ratings, albums and tags come from %s. Index the folders again.",
            error,
            display_path(bytes(recovery.kept_aside)),
            recovery.source or "nowhere: there was no good backup",
        )
        return Library.open(directory, write=True)
