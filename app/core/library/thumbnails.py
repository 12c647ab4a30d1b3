"""Thumbnails: JPEG data by content hash, in a database file of their own.

They can always be made again, so a damaged file is set aside and a new one begun, and a reader that
finds none shows none.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.core.errors import LibraryDamagedError, LibraryError, LibraryMissingError
from app.core.library.store import Row, Store

THUMBNAILS_NAME = "thumbnails.sqlite"
THUMBNAILS_APPLICATION_ID = 0x46696E74  # "Fint"
_THUMBNAILS_VERSION = 1
_HASHES_PER_QUERY = 500
_PAGE_SIZE_BYTES = 4096  # a thumbnail fills several; large pages would waste half of the last

_logger = logging.getLogger(__name__)


class Thumbnails:
    """The thumbnails of a library; one writer, any number of readers."""

    def __init__(self, directory: Path, *, write: bool) -> None:
        self._path = directory / THUMBNAILS_NAME
        self._write = write
        self._store: Store | None = None
        if write:
            self._store = self._opened_or_renewed()

    def close(self) -> None:
        """Close the file; harmless the second time."""
        if self._store is not None:
            self._store.close()

    def get(self, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return JPEG data by content hash, for those that have a thumbnail."""
        return dict(self._rows_of("content_hash, jpeg", hashes))

    def known(self, hashes: Sequence[bytes]) -> set[bytes]:
        """Return those content hashes that have a thumbnail."""
        return {content_hash for (content_hash,) in self._rows_of("content_hash", hashes)}

    def _rows_of(self, columns: str, hashes: Sequence[bytes]) -> list[Row]:
        found: list[Row] = []
        try:
            store = self._reader()
            for start in range(0, len(hashes), _HASHES_PER_QUERY):
                block = tuple(hashes[start : start + _HASHES_PER_QUERY])
                marks = ",".join("?" * len(block))
                sql = f"SELECT {columns} FROM thumbnails WHERE content_hash IN ({marks})"
                found += store.rows(sql, block)
        except LibraryMissingError:
            pass
        except LibraryError as error:
            self._give_up_reading(error)
        return found

    def save(self, thumbnails: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (content hash, JPEG) pairs in one transaction; newer ones replace older ones."""
        rows = list(thumbnails)
        if not rows:
            return
        try:
            self._insert(rows)
        except LibraryDamagedError:
            self.close()
            self._store = self._renewed()
            self._insert(rows)

    def remove(self, hashes: Iterable[bytes]) -> None:
        """Forget thumbnails; those that are not there do not matter."""
        rows = [(item,) for item in hashes]
        if not rows:
            return
        store = self._writer()
        try:
            with store.transaction():
                store.run_many("DELETE FROM thumbnails WHERE content_hash = ?", rows)
        except LibraryDamagedError:
            self.close()
            self._store = self._renewed()

    def _insert(self, rows: list[tuple[bytes, bytes]]) -> None:
        store = self._writer()
        with store.transaction():
            store.run_many(
                "INSERT INTO thumbnails (content_hash, jpeg) VALUES (?, ?)"
                " ON CONFLICT (content_hash) DO UPDATE SET jpeg = excluded.jpeg",
                rows,
            )

    def _writer(self) -> Store:
        assert self._write, "a reader writes no thumbnails"
        assert self._store is not None
        return self._store

    def _reader(self) -> Store:
        if self._store is None:
            self._store = Store(self._path, write=False)
        return self._store

    def _give_up_reading(self, error: LibraryError) -> None:
        _logger.warning("thumbnails cannot be read: %s", error)
        if not self._write:
            self.close()
            self._store = None  # the writer may have begun a new file by the next time

    def _opened_or_renewed(self) -> Store:
        try:
            return self._opened()
        except LibraryDamagedError as error:
            _logger.warning("thumbnails are made again: %s", error)
            return self._renewed()

    def _renewed(self) -> Store:
        for suffix in ("", "-wal", "-shm"):
            damaged = Path(f"{self._path}{suffix}")
            if damaged.exists():
                os.replace(damaged, f"{self._path}.damaged{suffix}")
        return self._opened()

    def _opened(self) -> Store:
        store = Store(self._path, write=True, page_size_bytes=_PAGE_SIZE_BYTES)
        try:
            with store.transaction():
                _prepare(store)
        except BaseException:
            store.close()
            raise
        return store


def _prepare(store: Store) -> None:
    application_id = store.value("PRAGMA application_id")
    empty = store.value("SELECT 1 FROM sqlite_master") is None
    if empty:
        store.run(
            "CREATE TABLE thumbnails ("
            " id INTEGER PRIMARY KEY, content_hash BLOB NOT NULL UNIQUE, jpeg BLOB NOT NULL)"
        )
        store.run(f"PRAGMA application_id = {THUMBNAILS_APPLICATION_ID}")
        store.run(f"PRAGMA user_version = {_THUMBNAILS_VERSION}")
    elif application_id != THUMBNAILS_APPLICATION_ID or (
        store.value("PRAGMA user_version") != _THUMBNAILS_VERSION
    ):
        raise LibraryDamagedError(f"{THUMBNAILS_NAME} is not a file of this Finelens.")
