"""The folder of a library: where it may be, who may read it, whether its database is trusted."""

from __future__ import annotations

import os
from pathlib import Path

from app.core.errors import LibraryError
from app.core.library.file_system import network_kind
from app.core.paths import display_path

LIBRARY_NAME = "library.sqlite"
SUSPECT_NAME = "library.suspect"
INDEX_NAME = "index"
_ALWAYS_CHECKED_BYTES = 64 << 20  # about 0.1 s


def refuse_network(directory: Path) -> None:
    """Raise LibraryError for a folder on a network file system."""
    kind = network_kind(directory)
    if kind is not None:
        shown = display_path(os.fsencode(directory))
        raise LibraryError(
            f"The library cannot be in {shown}: it is on a network file system ({kind}), where"
            " a database can be damaged. Choose a folder on a local disk; photos may stay there.",
            directory=shown,
        )


def make_private(directory: Path) -> None:
    """Create the folder for its owner only; a folder that holds other things keeps its mode.

    Raises:
        LibraryError: it cannot be made or listed.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours = (directory / LIBRARY_NAME).exists() or not any(directory.iterdir())
        if ours and directory.stat().st_mode & 0o077:
            directory.chmod(directory.stat().st_mode & 0o700)
    except OSError as error:
        shown = display_path(os.fsencode(directory))
        raise LibraryError(
            f"The library folder {shown} cannot be used: {error.strerror}.", directory=shown
        ) from error


def is_suspect(directory: Path) -> bool:
    """Whether to read the whole database before it is used: it is small, or was found damaged.

    A large one is checked while it is in use, see ``app.worker.background_check``.
    """
    try:
        size_bytes = (directory / LIBRARY_NAME).stat().st_size
    except OSError:
        return False
    return size_bytes < _ALWAYS_CHECKED_BYTES or (directory / SUSPECT_NAME).exists()
