"""Files and folders: replacing a file so that the old or the new one is there, whatever happens."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a file, on disk before it takes the place of the old one.

    Args:
        path: the file.
        data: all of it.
        mode: who may do what with it, less what the process's mask takes away; its owner only by
            default.

    Raises:
        OSError: it could not be written; the old file is as it was.
    """
    temporary = path.with_name(_temporary_name(path.name))
    try:
        with os.fdopen(os.open(temporary, _NEW_FILE, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def commit_file(temporary: Path, path: Path) -> None:
    """Put a finished temporary file in its place, on disk before it appears there.

    Raises:
        OSError: it could not be synced or renamed.
    """
    file = os.open(temporary, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    os.replace(temporary, path)
    sync_folder(path.parent)


def nearest_existing(path: Path) -> Path:
    """Return the path itself, or the nearest of its parents that is there."""
    return next(place for place in (path, *path.parents) if place.exists())


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last; where folders cannot be synced there is nothing to do."""
    if os.name == "nt":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _temporary_name(name: str) -> str:
    """A name beside a file's, no longer than file systems allow."""
    ending = f".{os.getpid()}.new"
    while len(os.fsencode(name)) + len(ending) > _LONGEST_NAME_BYTES:
        name = name[:-1]
    return name + ending


_LONGEST_NAME_BYTES = 255
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
