"""One connection to one SQLite file: opening, transactions, durability, plain errors.

Everything else in this package speaks SQL through ``Store``. A store may be closed from any thread
but is used by one at a time.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.core.errors import LibraryDamagedError, LibraryError, LibraryFullError, LibraryMissingError
from app.core.paths import display_path

Row = tuple[Any, ...]
Params = Sequence[Any]

_BUSY_TIMEOUT_S = 15.0
_PAGE_SIZE_BYTES = 8192  # vectors are 1.5 to 2.3 KB; smaller pages would waste up to half
_CACHE_KIB = 8192
_JOURNAL_LIMIT_BYTES = 64 * 2**20
_ROWS_PER_FETCH = 2000
_LONGEST_PATH_BYTES = 504  # of what SQLite opens on Unix


class Store:
    """A SQLite file in WAL mode.

    Raises:
        LibraryMissingError: a reader found no file.
        LibraryDamagedError: the file is not a database, or not a sound one.
        LibraryError: it cannot be opened, read or written for another reason.
    """

    def __init__(self, path: Path, *, write: bool, page_size_bytes: int = _PAGE_SIZE_BYTES) -> None:
        self.path = path
        self._display = display_path(os.fsencode(path))
        if write:
            make_private_file(path)
        else:
            _require_file(path)
        uri = f"{path.absolute().as_uri()}?mode={'rw' if write else 'ro'}"
        if not write and _cannot_change(path):
            uri += "&immutable=1"
        with self.plain_errors():
            self.connection = sqlite3.connect(
                uri,
                uri=True,
                timeout=_BUSY_TIMEOUT_S,
                isolation_level=None,
                check_same_thread=False,
            )
        try:
            self._configure(write, page_size_bytes)
        except BaseException:
            self.connection.close()
            raise

    def _configure(self, write: bool, page_size_bytes: int) -> None:
        self.run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self.run("PRAGMA trusted_schema = OFF")
        self.run("PRAGMA cell_size_check = ON")
        if not write:
            return
        self.run(f"PRAGMA page_size = {page_size_bytes}")
        self.run("PRAGMA journal_mode = WAL")
        self.run(f"PRAGMA journal_size_limit = {_JOURNAL_LIMIT_BYTES}")
        self.run("PRAGMA synchronous = NORMAL")
        self.run("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Close the connection; harmless the second time."""
        self.connection.close()

    def interrupt(self) -> None:
        """End the query that another thread runs on this connection, with an error there."""
        self.connection.interrupt()

    # ------------------------------------------------------------ reading

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """Return all rows of a query."""
        with self.plain_errors():
            return self.connection.execute(sql, params).fetchall()

    def stream(self, sql: str, params: Params = ()) -> Iterator[Row]:
        """Yield the rows of a query that may be too many to hold at once."""
        with self.plain_errors():
            cursor = self.connection.execute(sql, params)
            while block := cursor.fetchmany(_ROWS_PER_FETCH):
                yield from block

    def row(self, sql: str, params: Params = ()) -> Row | None:
        """Return the first row of a query, or None."""
        with self.plain_errors():
            found: Row | None = self.connection.execute(sql, params).fetchone()
            return found

    def value(self, sql: str, params: Params = ()) -> Any:
        """Return the first column of the first row, or None."""
        found = self.row(sql, params)
        return None if found is None else found[0]

    def number(self, sql: str, params: Params = ()) -> int:
        """Return the whole number that a query must give; anything else means damage."""
        found = self.value(sql, params)
        if not isinstance(found, int):
            raise LibraryDamagedError(
                f"The library file {self._display} is damaged: {found!r} where a number must be."
                " Move it aside and index again.",
                file=self._display,
            )
        return found

    @contextmanager
    def snapshot(self) -> Generator[None, None, None]:
        """Let several queries see one state. Keep it short: it holds back checkpoints."""
        if self.connection.in_transaction:
            yield
            return
        self.run("BEGIN")
        try:
            yield
        finally:
            self.run("COMMIT")

    # ------------------------------------------------------------ writing

    def run(self, sql: str, params: Params = ()) -> int:
        """Run one statement and return how many rows it changed."""
        with self.plain_errors():
            return self.connection.execute(sql, params).rowcount

    def run_many(self, sql: str, params: Iterable[Params]) -> int:
        """Run one statement for each set of parameters and return how many rows changed."""
        with self.plain_errors():
            return self.connection.executemany(sql, params).rowcount

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Generator[None, None, None]:
        """All or nothing. ``durable`` is for what people made: on disk before this returns.

        Without it a power cut may take the last transactions, whole; a killed process takes none.
        """
        if durable:
            self.run("PRAGMA synchronous = FULL")
            self.run("PRAGMA fullfsync = ON")
        try:
            self.run("BEGIN IMMEDIATE")
            try:
                yield
                self.run("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
        finally:
            if durable:
                self.run("PRAGMA fullfsync = OFF")
                self.run("PRAGMA synchronous = NORMAL")

    # ------------------------------------------------------------ errors

    @contextmanager
    def plain_errors(self) -> Generator[None, None, None]:
        """Turn SQLite's errors into sentences; broken constraints pass, they are the caller's."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise _plain(error, self.path) from error


def _plain(error: Exception, path: Path) -> LibraryError:
    display = display_path(os.fsencode(path))
    n_bytes = len(os.fsencode(path.absolute()))
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    # Errors without a code come from the binding: text in the file, or in SQLite's own sentence
    # about it, that is not UTF-8.
    if primary in (None, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LibraryDamagedError(
            f"The library file {display} is damaged ({error}). Move it aside and index again.",
            file=display,
        )
    if primary == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_WRITE:
        return full_disk(display)
    if primary == sqlite3.SQLITE_BUSY:
        sentence = "The library file {} is busy; try again in a moment."
    elif primary == sqlite3.SQLITE_CANTOPEN and n_bytes > _LONGEST_PATH_BYTES:
        sentence = (
            f"The path of the library file {{}} is too long for a database, {n_bytes} bytes of"
            f" {_LONGEST_PATH_BYTES}; choose a folder with a shorter path."
        )
    elif primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        sentence = "The library file {} cannot be opened or written; check its permissions."
        return LibraryError(sentence.format(display), file=display, reason="read_only")
    elif primary == sqlite3.SQLITE_IOERR:
        sentence = "The disk reported an error for {}; check it before going on."
    else:
        sentence = f"The library file {{}} cannot be used: {error}."
    return LibraryError(sentence.format(display), file=display)


def full_disk(display: str) -> LibraryFullError:
    """Return the error for a file, as shown, that has no room to grow."""
    return LibraryFullError(
        f"The disk is full: {display} cannot grow. Make room on it.", file=display
    )


def _cannot_change(path: Path) -> bool:
    """Whether a file lies still: SQLite's logs are not beside it, and cannot be made there."""
    if os.access(path.parent, os.W_OK):
        return False
    return not any(Path(f"{path}{ending}").exists() for ending in ("-wal", "-shm"))


def _require_file(path: Path) -> None:
    shown = display_path(os.fsencode(path))
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise LibraryMissingError(f"There is no library at {shown}.", directory=shown) from None
    except OSError as error:
        raise LibraryError(f"{shown} cannot be opened: {error.strerror}.", file=shown) from error


def make_private_file(path: Path) -> None:
    """Create a file that only its owner can read, or tighten an existing one.

    Raises:
        LibraryError: the folder cannot be written.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        shown = display_path(os.fsencode(path))
        raise LibraryError(
            f"{shown} cannot be written: {error.strerror}.", file=shown, reason="read_only"
        ) from error
