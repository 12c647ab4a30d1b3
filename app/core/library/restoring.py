"""Bringing back what people said about photos from a backup of their choice.

Photos and vectors stay as they are: only ratings, albums, tags and saved searches are replaced.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.errors import LibraryError
from app.core.library import generation
from app.core.library.backups import (
    BACKUPS_NAME,
    MADE_BY_PEOPLE,
    copy_backup,
    dated,
    extract,
    remove_files,
    verify,
)
from app.core.library.store import Row, Store
from app.core.paths import display_text

_BEFORE_RESTORE = "before-restore.sqlite"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read back: its file's name, when it was made, and what is in it."""

    name: str
    made_at: str
    n_ratings: int
    n_albums: int
    n_tags: int


def offered(directory: Path) -> list[Backup]:
    """Return the backups that can be used, newest first; each is read through to know that."""
    found = []
    folder = directory / BACKUPS_NAME
    for path in [*dated(directory, datetime.now(UTC)), *folder.glob(_BEFORE_RESTORE)]:
        try:
            verify(path)
            found.append((path.stat().st_mtime_ns, _described(path)))
        except (LibraryError, OSError) as error:
            _logger.warning("the backup %s cannot be used: %s", path.name, error)
    found.sort(key=lambda item: item[0], reverse=True)
    return [backup for _, backup in found]


def _described(path: Path) -> Backup:
    made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    store = Store(path, write=False)
    try:
        counts = [
            store.number(f"SELECT COUNT(*) FROM {table}")
            for table in ("ratings", "albums", "photo_tags")
        ]
    finally:
        store.close()
    return Backup(path.name, made_at, *counts)


def restore(store: Store, directory: Path, name: str) -> None:
    """Make what people said about photos that of a backup; what is said now is backed up first.

    A photo of the backup is the one with its path, else one with its content, else it is kept out
    of sight until its file is found.

    Raises:
        LibraryError: there is no such backup, or it cannot be used; nothing was changed.
    """
    if name not in {backup.name for backup in offered(directory)}:
        raise LibraryError(f"There is no good backup with the name {display_text(name)}.")
    chosen = directory / BACKUPS_NAME / name
    kept = directory / BACKUPS_NAME / f"{name}.chosen"
    try:
        copy_backup(chosen, kept)  # the one chosen may be the one that is written now
        extract(store.path, directory / BACKUPS_NAME / _BEFORE_RESTORE)
        source = Store(kept, write=False)
        try:
            with source.snapshot(), store.transaction(durable=True):
                _replace_user_data(source, store)
        finally:
            source.close()
    except OSError as error:
        raise LibraryError(f"The backup cannot be read: {error.strerror}.") from error
    finally:
        remove_files(kept)


def _replace_user_data(source: Store, store: Store) -> None:
    here: dict[int | None, int | None] = {None: None}  # an example need not be of a photo
    here |= {old: _photo_here(store, root, photo) for root, old, photo in _photos_of(source)}
    for table in reversed(MADE_BY_PEOPLE):
        store.run(f"DELETE FROM {table}")
    for table in MADE_BY_PEOPLE:
        names = [row[1] for row in store.rows(f"PRAGMA table_info({table})")]
        marks = ", ".join("?" * len(names))
        columns = ", ".join(names)
        rows = source.rows(f"SELECT {columns} FROM {table}")
        if "photo_id" in names:
            at = names.index("photo_id")
            rows = [(*row[:at], here[row[at]], *row[at + 1 :]) for row in rows]
        store.run_many(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)
    generation.raise_library(store)


def _photos_of(source: Store) -> Iterator[tuple[Row, int, dict[str, object]]]:
    """Yield the photos of a backup: root (path, display, state, added_at), id, other columns."""
    names = [row[1] for row in source.rows("PRAGMA table_info(photos)")]
    kept = [name for name in names if name not in ("id", "root_id", "gone")]
    columns = ", ".join(f"p.{name}" for name in kept)
    for row in source.rows(
        f"SELECT r.path, r.display, r.state, r.added_at, p.id, {columns}"
        " FROM photos p JOIN roots r ON r.id = p.root_id ORDER BY p.id"
    ):
        yield row[:4], row[4], dict(zip(kept, row[5:], strict=True))


def _photo_here(store: Store, root: Row, photo: dict[str, object]) -> int:
    """Return the id that a photo of a backup has here; a missing one is added, out of sight."""
    store.run("INSERT OR IGNORE INTO roots (path, display, state, added_at) VALUES (?,?,?,?)", root)
    root_id = store.number("SELECT id FROM roots WHERE path = ?", root[:1])
    found = store.value(
        "SELECT id FROM photos WHERE (root_id = ? AND path = ?)"
        " OR (content_hash = ? AND size_bytes = ?)"
        " ORDER BY content_hash != ?, root_id != ?, path != ?, gone, id LIMIT 1",
        (
            *(root_id, photo["path"], photo["content_hash"], photo["size_bytes"]),
            *(photo["content_hash"], root_id, photo["path"]),
        ),
    )
    if found is not None:
        return int(found)
    columns = ", ".join(photo)
    marks = ", ".join("?" * len(photo))
    store.run(
        f"INSERT INTO photos (root_id, gone, {columns}) VALUES (?, 1, {marks})",
        (root_id, *photo.values()),
    )
    return store.number("SELECT last_insert_rowid()")
