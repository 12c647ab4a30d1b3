"""Where the library may lie, moving it there, and erasing all that Finelens keeps.

Only files that Finelens itself makes are ever moved or deleted: a folder that people chose may hold
anything.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from app.core.errors import LibraryError
from app.core.files import nearest_existing, sync_folder
from app.core.library.backups import BACKUPS_NAME
from app.core.library.file_system import network_kind
from app.core.library.folder import INDEX_NAME, LIBRARY_NAME, SUSPECT_NAME
from app.core.library.lock import LOCK_NAME, WINDOW_LOCK_NAME
from app.core.paths import display_path

logger = logging.getLogger(__name__)

# What a library's folder holds; also the logs and locks that SQLite puts beside its files.
LIBRARY_FILES = (
    f"{LIBRARY_NAME}*",
    LOCK_NAME,
    WINDOW_LOCK_NAME,
    SUSPECT_NAME,
    "thumbnails.sqlite*",
)
BACKUP_FILES = ("library-????-??-??.sqlite*", "before-*.sqlite*", "rescued.sqlite*")
INDEX_FILES = tuple(
    f"{kind}-*.{ending}*" for kind in ("photos", "regions") for ending in ("hnsw", "json", "new")
)
CONFIG_FILES = ("settings.json*", "window.ini", "finelens.log*")
OWN_FOLDER_NAME = "Finelens library"
_ROOM_FACTOR = 1.05


def check_place(directory: Path, current: Path) -> None:
    """Refuse a folder that cannot hold the library.

    Args:
        directory: where it would lie.
        current: where it lies now; a library that is there already is refused elsewhere only.

    Raises:
        LibraryError: says what is wrong with the folder and what would do.
    """
    shown = display_path(os.fsencode(directory))
    existing = nearest_existing(directory)
    kind = network_kind(existing)
    if kind is not None:
        raise LibraryError(
            f"{shown} is on a network drive ({kind}), where libraries get damaged:"
            " choose a folder on this computer.",
            reason="network",
        )
    if not os.access(existing, os.W_OK | os.X_OK) or not existing.is_dir():
        raise LibraryError(f"{shown} cannot be written: choose another.", reason="read_only")
    if directory.resolve() != current.resolve() and (directory / LIBRARY_NAME).exists():
        raise LibraryError(f"There is already a library in {shown}.", reason="taken")
    free = shutil.disk_usage(existing).free
    needed = sum(path.stat().st_size for path in library_files(current) if path.is_file())
    same_disk = current.exists() and existing.stat().st_dev == current.stat().st_dev
    if not same_disk and free < needed * _ROOM_FACTOR:
        raise LibraryError(f"{shown} has too little room for the library.", reason="full")


def move_library(current: Path, directory: Path) -> None:
    """Bring a closed library to another folder; the old files go once all are there.

    Raises:
        LibraryError: it could not be moved; it is where it was.
    """
    check_place(directory, current)
    names = [path.relative_to(current) for path in library_files(current)]
    copied: list[Path] = []
    try:
        for name in names:
            copied.append(directory / name)
            _copy(current / name, directory / name)
        for folder in {path.parent for path in copied}:
            sync_folder(folder)
    except OSError as error:
        _delete(copied)
        raise LibraryError(f"The library cannot be moved: {error.strerror}.") from error
    _delete(current / name for name in names)
    _remove_if_empty(current / BACKUPS_NAME)
    _remove_if_empty(current / INDEX_NAME)
    _remove_if_empty(current)


def dedicated_folder(directory: Path) -> Path:
    """Return a folder of the library's own: the chosen one if it is empty, else one inside it."""
    if directory.is_dir() and any(directory.iterdir()):
        return directory / OWN_FOLDER_NAME
    return directory


def library_files(directory: Path) -> Iterator[Path]:
    """Yield what a library's folder holds of Finelens' own."""
    yield from _matching(directory, LIBRARY_FILES)
    yield from _matching(directory / BACKUPS_NAME, BACKUP_FILES)
    yield from _matching(directory / INDEX_NAME, INDEX_FILES)


def erase(library_dir: Path, config_dir: Path, models_dir: Path, cache_dir: Path) -> list[Path]:
    """Delete everything that Finelens keeps on this machine; photos are never touched.

    Returns:
        What could not be deleted.
    """
    _delete(library_files(library_dir))
    _delete(_matching(config_dir, CONFIG_FILES))
    for folder in (models_dir, cache_dir):
        shutil.rmtree(folder, ignore_errors=True)
    left = [*library_files(library_dir), *_matching(config_dir, CONFIG_FILES)]
    left += [folder for folder in (models_dir, cache_dir) if folder.exists()]
    inner = (library_dir / BACKUPS_NAME, library_dir / INDEX_NAME)
    for folder in (*inner, library_dir, config_dir):
        _remove_if_empty(folder)
    return left


def _matching(directory: Path, patterns: Iterable[str]) -> list[Path]:
    try:
        entries = sorted(directory.iterdir())
    except OSError:
        return []
    patterns = tuple(patterns)
    return [
        entry
        for entry in entries
        if entry.is_file() and any(fnmatch(entry.name, pattern) for pattern in patterns)
    ]


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that it lasts: its original is deleted soon."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy2(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _delete(paths: Iterable[Path]) -> None:
    for path in list(paths):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("%s cannot be deleted: %s", path, error)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
