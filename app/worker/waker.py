"""A bell that wakes a thread blocked in ``multiprocessing.connection.wait``."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection


class Waker:
    """``wake`` from any thread makes ``reader`` ready; ``drain`` by the sleeper silences it."""

    def __init__(self) -> None:
        self.reader: Connection
        self.reader, self._writer = multiprocessing.Pipe(duplex=False)
        self._lock = threading.Lock()
        self._rung = False

    def wake(self) -> None:
        """Ring; harmless when it rings already or is closed."""
        with self._lock:
            if not self._rung and not self._writer.closed:
                self._rung = True
                self._writer.send_bytes(b"w")

    def drain(self) -> None:
        """Make ``reader`` quiet again."""
        with self._lock:
            if self._rung:
                self.reader.recv_bytes()
                self._rung = False

    def close(self) -> None:
        """Give both ends back; harmless the second time."""
        with self._lock:
            self._writer.close()
            self.reader.close()
