"""Backups of what people made, and what to do with a library file that is damaged.

A backup is itself a small library: the folders, the photos that somebody marked, tagged, put in an
album (parked, with their content hashes) or took out, and what was said about them. Put in the
place of a damaged file it is complete again once the folders are indexed: a file with the path or
the content of a parked photo is that photo. Backups are dated, made once a day at most, read back
before they count, and the newest seven are kept.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.errors import LibraryDamagedError, LibraryError, LibraryFullError
from app.core.files import commit_file, sync_folder
from app.core.library import integrity, schema
from app.core.library.departures import HAS_USER_DATA
from app.core.library.store import Row, Store, full_disk, make_private_file
from app.core.paths import display_path

BACKUPS_NAME = "backups"
_RESCUED_NAME = "rescued.sqlite"
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
    now = now or datetime.now(UTC)
    today = now.date().isoformat()
    path = directory / BACKUPS_NAME / f"library-{today}.sqlite"
    try:
        if path.exists():
            return None
        path.parent.mkdir(mode=0o700, exist_ok=True)
        extract(library, path)
        for old in dated(directory, now)[MAX_BACKUPS:]:
            old.unlink(missing_ok=True)
    except (LibraryError, OSError) as error:
        _logger.warning("no backup could be made: %s", error)
        return None
    return path


def extract(library: Path, target: Path, *, damaged: bool = False) -> None:
    """Write a small library with all that people made, read it back, and put it in place.

    Args:
        library: the library's file; also one of an older version.
        target: where the small one is to be.
        damaged: it may be so: read those tables through first, with their indexes, and mend
            texts that are none.

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
                if damaged:
                    source.connection.text_factory = _mended
                    for table, _ in _copied_tables():
                        integrity.check_structure(source, table)
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
        store.run("VACUUM INTO ?", (temporary.absolute().as_uri(),))
        copy = Store(temporary, write=False)
        try:
            integrity.check_structure(copy)
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
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = library.with_name(f"{library.name}.damaged-{stamp}")
    try:
        (directory / BACKUPS_NAME).mkdir(mode=0o700, exist_ok=True)
        rescued = directory / BACKUPS_NAME / _RESCUED_NAME
        remove_files(rescued)
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


def finish_recovery(directory: Path, library: Path) -> None:
    """Put what was rescued in its place if a recovery ended after the damaged file had left it.

    The caller holds the writer's lock.

    Raises:
        LibraryError: the folder cannot be written.
    """
    rescued = directory / BACKUPS_NAME / _RESCUED_NAME
    if library.exists() or not rescued.exists():
        return
    try:
        verify(rescued)
        remove_files(library)  # the damaged file's log would be taken for that of the new one
        commit_file(rescued, library)
    except LibraryError as error:
        _logger.warning("what was rescued cannot be used: %s", error)
    except OSError as error:
        raise LibraryError(f"What was rescued cannot be moved: {error.strerror}.") from error


def refuse_lost(directory: Path, library: Path) -> None:
    """Raise LibraryDamagedError where the file is gone or empty and there is a good backup of it.

    A new file in its place would hide that anything was lost.
    """
    if library.exists() and library.stat().st_size:
        return
    for backup in dated(directory, datetime.now(UTC)):
        try:
            verify(backup)
        except LibraryError:
            continue
        shown = display_path(os.fsencode(library))
        raise LibraryDamagedError(
            f"The library file {shown} is gone or empty. There is a backup of it, {backup.name}.",
            file=shown,
        )


def _rescue(library: Path, rescued: Path) -> str | None:
    """Make a file to go on with from the damaged one or from a backup; says from which.

    Raises:
        LibraryFullError: there is no room for it; that is no reason to begin with less.
    """
    try:
        extract(library, rescued, damaged=True)
        return "the damaged file"
    except (LibraryError, OSError) as error:
        _raise_if_full(error, rescued)
        _logger.warning("the damaged library cannot be read: %s", error)
    for backup in dated(library.parent, datetime.now(UTC)):
        try:
            copy_backup(backup, rescued)
        except (LibraryError, OSError) as error:
            remove_files(rescued)
            _raise_if_full(error, rescued)
            _logger.warning("the backup %s cannot be used: %s", backup.name, error)
            continue
        return backup.name
    return None


def _raise_if_full(error: Exception, path: Path) -> None:
    if isinstance(error, LibraryFullError):
        raise error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise full_disk(display_path(os.fsencode(path))) from error


def copy_backup(backup: Path, target: Path) -> None:
    """Copy a backup that is good, with the tables of this version.

    Raises:
        LibraryError: it is not good.
        OSError: it cannot be copied.
    """
    verify(backup)
    shutil.copyfile(backup, target)
    target.chmod(0o600)
    store = Store(target, write=True)
    try:
        schema.prepare(store)
        store.run("PRAGMA journal_mode = DELETE")
    finally:
        store.close()


def _mended(data: bytes) -> str:
    return data.decode(errors="replace")


def _copy(source: Store, copy: Store) -> None:
    with source.snapshot(), copy.transaction(durable=True):
        for table, where in _copied_tables():
            there = {row[1] for row in source.rows(f"PRAGMA table_info({table})")}
            known = [row[1] for row in copy.rows(f"PRAGMA table_info({table})")]
            names = [name for name in known if name in there]
            if not names:
                continue  # a table that came with a later version
            columns, marks = ", ".join(names), ", ".join("?" * len(names))
            rows = source.stream(f"SELECT {columns} FROM {table} {where}")
            copy.run_many(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        copy.run("UPDATE photos SET gone = 1 WHERE gone = 0")
        _go_on_counting(source, copy)


def _go_on_counting(source: Store, copy: Store) -> None:
    """Let ids go on where they were: a kept search may name a photo that is not in the copy."""
    counted: list[Row] = []
    with contextlib.suppress(LibraryDamagedError):  # no reason to do without all the rest
        counted = source.rows("SELECT name, seq FROM sqlite_sequence")
    for name, last_id in counted:
        if name in schema.TABLES and isinstance(last_id, int):
            copy.run("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            copy.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last_id))


def _copied_tables() -> Iterator[tuple[str, str]]:
    yield "roots", ""
    yield "photos", f"WHERE gone = 2 OR {HAS_USER_DATA}"
    for table in MADE_BY_PEOPLE:
        yield table, ""


def verify(path: Path) -> None:
    """Open a backup as a reader would and read it through; it may be of an older version."""
    store = Store(path, write=False)
    try:
        schema.check(store, older=True)
        integrity.check(store)
        if store.rows("PRAGMA foreign_key_check"):
            raise LibraryDamagedError(f"The backup {path.name} is not whole.")
    finally:
        store.close()


def dated(directory: Path, now: datetime) -> list[Path]:
    """Return the dated backups, newest first; those of a clock that ran ahead come last."""
    tonight = f"library-{now.date().isoformat()}.sqlite"
    found = (directory / BACKUPS_NAME).glob("library-????-??-??.sqlite")
    return sorted(found, key=lambda path: (path.name <= tonight, path.name), reverse=True)


def remove_files(path: Path) -> None:
    """Delete a database with everything that SQLite keeps beside it."""
    for suffix in (*_SUFFIXES, "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
