"""The locks that make one process the writer of a library, and one window its window.

The operating system holds it and gives it back when the process ends, however it ends, so there
is nothing stale to clean up. Lock files are never deleted: deleting one would let two processes
hold "it".
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from app.core.errors import LibraryError, LibraryLockedError
from app.core.paths import display_path

LOCK_NAME = "library.lock"
WINDOW_LOCK_NAME = "window.lock"
_HELD_BY_ANOTHER = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})


class FolderLock:
    """An exclusive lock on a library directory, held from construction to ``release``.

    Args:
        directory: of the library; it exists.
        name: of the lock file: each is a lock of its own.

    Raises:
        LibraryLockedError: another process, or another object of this one, holds it.
        LibraryError: the lock file cannot be made.
    """

    def __init__(self, directory: Path, name: str = LOCK_NAME) -> None:
        path = directory / name
        try:
            self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            shown = display_path(os.fsencode(path))
            raise LibraryError(
                f"The library file {shown} cannot be written: {error.strerror}. Allow writing in"
                " its folder.",
                file=shown,
                reason="read_only",
            ) from error
        try:
            _lock(self._file)
        except OSError as error:
            os.close(self._file)
            self._file = None
            shown = display_path(os.fsencode(directory))
            if error.errno not in _HELD_BY_ANOTHER:
                raise LibraryError(
                    f"The folder {shown} cannot hold a library, its file system has no locks:"
                    f" {error.strerror}. Choose a folder on a local disk.",
                    file=shown,
                    reason="no_locks",
                ) from error
            raise LibraryLockedError(
                f"The library in {shown} is in use by another Finelens; close that one first.",
                directory=shown,
            ) from error

    def release(self) -> None:
        """Give the lock back; harmless the second time."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
