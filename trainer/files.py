"""Files and folders that are on disk, whole, before they take their name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def completed(path: Path) -> Iterator[Path]:
    """A temporary path for a file or folder, which becomes ``path`` once it is written.

    Everything is synced before the name changes, and the name after it: a power cut leaves the old
    one or the new one. One at a time in each folder.

    Raises:
        OSError: it cannot be synced or renamed; as after every error, nothing of it is left.
    """
    partial = path.with_name(".part")
    _remove(partial)
    try:
        yield partial
        for each in (*partial.rglob("*"), partial):
            sync(each)
        partial.replace(path)
    except BaseException:
        _remove(partial)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    if path.is_dir() and os.name == "nt":  # folders cannot be synced there
        return
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
