"""One window for one library: the first start holds a lock, later ones ask it to show itself.

The lock of the operating system decides who is first; the socket only carries the wish and
the folders to open. It lies in
the library's folder, or in a temporary folder of this user's own, where nobody else can reach it.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path

from app.core.errors import LibraryError, LibraryLockedError
from app.core.library import folder
from app.core.library.lock import WINDOW_LOCK_NAME, FolderLock

_SHOW, _SHOWN = b"show", b"shown"
_LONGEST_MESSAGE = 1 << 20
_LONGEST_SOCKET_PATH = 100  # the system's limit is 104 to 108 bytes
_ANSWER_WAIT_S = 2.0
_RETRY_S = 0.05

_logger = logging.getLogger(__name__)


class WindowClaim:
    """Held by the first start of a library until ``close``. Made by ``claim``."""

    def __init__(self, directory: Path, lock: FolderLock) -> None:
        self._lock = lock
        self._address = _address(directory)
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None
        self._closing = False

    def listen(self, on_summons: Callable[[tuple[bytes, ...]], None]) -> None:
        """Hear later starts from now on.

        Args:
            on_summons: called in a thread for each, with the folders that it was given.

        A socket that cannot be made is no error: later starts then find nobody who answers.
        """
        try:
            if sys.platform != "win32":
                Path(self._address).unlink(missing_ok=True)  # of a start that was killed
            self._listener = Listener(self._address)
            if sys.platform != "win32":
                os.chmod(self._address, 0o600)
        except OSError as error:
            _logger.warning("other starts cannot be heard: %s", error)
            return
        self._thread = threading.Thread(
            target=self._serve, args=(self._listener, on_summons), name="later-starts", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening and give the lock back. Harmless when repeated."""
        if self._thread is not None and self._listener is not None:
            self._closing = True
            with contextlib.suppress(OSError):
                Client(self._address).close()  # wakes the thread
            self._thread.join()
            self._listener.close()
            self._thread = None
        self._lock.release()

    def _serve(self, listener: Listener, on_summons: Callable[[tuple[bytes, ...]], None]) -> None:
        while not self._closing:
            try:
                with listener.accept() as connection:
                    word, *folders = _message(connection).split(b"\0")
                    if word == _SHOW:
                        on_summons(tuple(folders))
                        connection.send_bytes(_SHOWN)
            except (OSError, EOFError) as error:
                _logger.debug("a later start left: %r", error)


def _message(connection: Connection) -> bytes:
    return connection.recv_bytes(_LONGEST_MESSAGE) if connection.poll(_ANSWER_WAIT_S) else b""


def claim(directory: Path) -> WindowClaim | None:
    """Return what makes this start the first one of a library; None if another one is.

    Raises:
        LibraryError: the folder cannot be used at all.
    """
    folder.make_private(directory)
    try:
        return WindowClaim(directory, FolderLock(directory, WINDOW_LOCK_NAME))
    except LibraryLockedError:
        return None


def summon(directory: Path, wait_s: float, folders: Sequence[bytes] = ()) -> bool:
    """Ask the first start to show its window; returns whether it answered.

    Args:
        directory: of the library.
        wait_s: how long to try; the first one may be starting itself.
        folders: absolute paths that it should open.
    """
    until_s = time.monotonic() + wait_s
    while True:
        try:
            with Client(_address(directory)) as connection:
                connection.send_bytes(b"\0".join((_SHOW, *folders)))
                if _message(connection) == _SHOWN:
                    return True
        except (OSError, EOFError, LibraryError) as error:
            _logger.debug("the first start does not answer yet: %r", error)
        if time.monotonic() >= until_s:
            return False
        time.sleep(_RETRY_S)


def _address(directory: Path) -> str:
    """Return where the first start listens.

    Raises:
        LibraryError: there is no place for a socket that is this user's alone.
    """
    where = os.path.realpath(directory)
    name = "finelens-" + hashlib.blake2b(os.fsencode(where), digest_size=12).hexdigest()
    if sys.platform == "win32":
        return rf"\\.\pipe\{name}"
    near = os.path.join(where, "window.sock")
    if len(os.fsencode(near)) <= _LONGEST_SOCKET_PATH:
        return near
    private = Path(tempfile.gettempdir()) / f"finelens-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    facts = private.lstat()
    if facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise LibraryError(f"The folder {private} is not this user's alone.")
    return str(private / f"{name}.sock")
