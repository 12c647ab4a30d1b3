"""Backups of what people made, and what to do with a library file that is damaged.

A backup is itself a small library: the folders, the photos that somebody marked, tagged, put in an
album (parked, with their content hashes) or took out, and what was said about them. Put in the
place of a damaged file it is complete again once the folders are indexed: a file with the path or
the content of a parked photo is that photo. Backups are dated, made once a day at most, read back
before they count, and the newest seven are kept.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.errors import LibraryDamagedError, LibraryError
from app.core.files import commit_file, sync_folder
from app.core.library import schema
from app.core.library.departures import HAS_USER_DATA
from app.core.library.store import Store, make_private_file

BACKUPS_NAME = "backups"
MAX_BACKUPS = 7
_SUFFIXES = ("", "-wal", "-shm")
MADE_BY_PEOPLE = (
    "ratings",
    "albums",
    "album_photos",
    "tags",
    "photo_tags",
    "saved_searches",
    "concepts",
    "concept_examples",
    "search_history",
)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of a damaged library: where it lies now, and what took its place.

    ``source`` is "the damaged file" when what people made could still be read, the name of a
    backup, or None for an empty library.
    """

    kept_aside: Path
    source: str | None


def make_daily(directory: Path, library: Path, now: datetime | None = None) -> Path | None:
    """Back up what people made unless that was done today; failures are logged, never raised."""
    today = (now or datetime.now(UTC)).date().isoformat()
    path = directory / BACKUPS_NAME / f"library-{today}.sqlite"
    try:
        if path.exists():
            return None
        path.parent.mkdir(mode=0o700, exist_ok=True)
        extract(library, path)
        for old in dated(directory)[MAX_BACKUPS:]:
            old.unlink(missing_ok=True)
    except (LibraryError, OSError) as error:
        _logger.warning("no backup could be made: %s", error)
        return None
    return path


def extract(library: Path, target: Path, *, check: bool = False) -> None:
    """Write a small library with all that people made, read it back, and put it in place.

    Args:
        library: the library's file.
        target: where the small one is to be.
        check: read those tables through first, with their indexes; vectors may be damaged.

    Raises:
        LibraryError: it could not be read or written; there is no target then, or the old one.
        OSError: it could not be put in its place.
    """
    temporary = target.with_name(f"{target.name}.new")
    try:
        remove_files(temporary)
        source = Store(library, write=False)
        try:
            copy = Store(temporary, write=True)
            try:
                schema.prepare(copy)
                for table, _ in _copied_tables() if check else ():
                    schema.check_integrity(source, table)
                _copy(source, copy)
                copy.run("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()
        finally:
            source.close()
        verify(temporary)
        commit_file(temporary, target)
    finally:
        remove_files(temporary)


def copy_whole(store: Store, target: Path) -> None:
    """Copy a library as it is, before its tables are changed; read back before it counts.

    Raises:
        LibraryError: it could not be copied.
    """
    temporary = target.with_name(f"{target.name}.new")
    try:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        remove_files(temporary)
        make_private_file(temporary)  # VACUUM fills an empty file
        store.run("VACUUM INTO ?", (str(temporary),))
        copy = Store(temporary, write=False)
        try:
            schema.check_integrity(copy)
        finally:
            copy.close()
        commit_file(temporary, target)
    except OSError as error:
        raise LibraryError(f"The library cannot be backed up: {error.strerror}.") from error
    finally:
        remove_files(temporary)


def recover(directory: Path, library: Path) -> Recovery:
    """Move a damaged library aside and begin anew with what can be saved of it.

    The caller holds the writer's lock.

    Raises:
        LibraryError: the folder cannot be written.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = library.with_name(f"{library.name}.damaged-{stamp}")
    try:
        (directory / BACKUPS_NAME).mkdir(mode=0o700, exist_ok=True)
        rescued = directory / BACKUPS_NAME / "rescued.sqlite"
        source = _rescue(library, rescued)
        for suffix in _SUFFIXES:
            damaged = Path(f"{library}{suffix}")
            if damaged.exists():
                os.replace(damaged, f"{aside}{suffix}")
        if source is not None:
            commit_file(rescued, library)
        sync_folder(directory)
    except OSError as error:
        raise LibraryError(f"The damaged library cannot be moved: {error.strerror}.") from error
    return Recovery(aside, source)


def _rescue(library: Path, rescued: Path) -> str | None:
    """Make a file to go on with from the damaged one or from a backup; says from which."""
    try:
        extract(library, rescued, check=True)
        return "the damaged file"
    except (LibraryError, OSError) as error:
        _logger.warning("the damaged library cannot be read: %s", error)
    for backup in dated(library.parent):
        try:
            verify(backup)
            shutil.copyfile(backup, rescued)
            rescued.chmod(0o600)
        except (LibraryError, OSError) as error:
            _logger.warning("the backup %s cannot be used: %s", backup.name, error)
            continue
        return backup.name
    return None


def _copy(source: Store, copy: Store) -> None:
    with source.snapshot(), copy.transaction(durable=True):
        for table, where in _copied_tables():
            names = [row[1] for row in copy.rows(f"PRAGMA table_info({table})")]
            columns, marks = ", ".join(names), ", ".join("?" * len(names))
            rows = source.stream(f"SELECT {columns} FROM {table} {where}")
            copy.run_many(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        copy.run("UPDATE photos SET gone = 1 WHERE gone = 0")


def _copied_tables() -> Iterator[tuple[str, str]]:
    yield "roots", ""
    yield "photos", f"WHERE gone = 2 OR {HAS_USER_DATA}"
    for table in MADE_BY_PEOPLE:
        yield table, ""


def verify(path: Path) -> None:
    """Open a backup as a reader would and check its structure."""
    store = Store(path, write=False)
    try:
        schema.check(store)
        schema.check_integrity(store)
        if store.rows("PRAGMA foreign_key_check"):
            raise LibraryDamagedError(f"The backup {path.name} is not whole.")
    finally:
        store.close()


def dated(directory: Path) -> list[Path]:
    """Return the dated backups, newest first."""
    return sorted((directory / BACKUPS_NAME).glob("library-????-??-??.sqlite"), reverse=True)


def remove_files(path: Path) -> None:
    """Delete a database with everything that SQLite keeps beside it."""
    for suffix in (*_SUFFIXES, "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
