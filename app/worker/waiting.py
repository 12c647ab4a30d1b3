"""Listed photos that wait for their vectors, and their pixels, so that none is decoded twice.

Pixels are kept in memory for the first photos, for the next ones in a file without a name in the
library's folder, which is gone with the process however that ends. Only where there is no room for
it are photos decoded once more.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from app.worker.decode_messages import DecodedPhoto
from app.worker.index_work import Decoded, Work

MAX_KEPT_BYTES = 64 << 20
MAX_SPOOLED_BYTES = 4 << 30
_SHARE_OF_FREE_SPACE = 4

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Spooled:
    work: Work
    reply: DecodedPhoto
    start: int
    n_bytes: int


class Waiting:
    """Photos in the order in which they were listed.

    Args:
        folder: where pixels may be kept, in a quarter of what is free there at most.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._room_bytes = MAX_KEPT_BYTES
        self._spool_room_bytes = MAX_SPOOLED_BYTES
        self._kept: deque[Decoded] = deque()
        self._spooled: deque[_Spooled] = deque()
        self._again: deque[Work] = deque()
        self._file: IO[bytes] | None = None
        self._end = 0

    def __len__(self) -> int:
        """Return how many photos wait."""
        return len(self._kept) + len(self._spooled) + len(self._again)

    def close(self) -> None:
        """Give the room on disk back. Harmless when repeated."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def add(self, work: Work, reply: DecodedPhoto | None) -> None:
        """Note a listed photo, with its pixels if there are any and if there is room."""
        if reply is None:
            self._again.append(work)
            return
        n_bytes = len(reply.grid)
        stored = replace(reply, thumbnail=b"")
        if not self._spooled and n_bytes <= self._room_bytes:
            self._room_bytes -= n_bytes
            self._kept.append((work, stored))
        elif not self._spool(work, stored):
            self._again.append(work)

    def take_kept(self) -> Decoded | None:
        """Return the next photo whose pixels were kept; None if there is none."""
        if self._kept:
            work, reply = self._kept.popleft()
            self._room_bytes += len(reply.grid)
            return work, reply
        while self._spooled:
            first = self._spooled.popleft()
            grid = self._read(first)
            if len(grid) == first.n_bytes:
                return first.work, replace(first.reply, grid=grid)
            self._again.append(first.work)
        return None

    def _read(self, item: _Spooled) -> bytes:
        """Return pixels from disk, fewer than there were if it cannot be read."""
        assert self._file is not None
        try:
            self._file.seek(item.start)
            return self._file.read(item.n_bytes)
        except OSError as error:
            _logger.warning("pixels that were kept on disk are lost: %s", error)
            return b""

    def take_again(self) -> Work | None:
        """Return the next photo that has to be decoded once more."""
        return self._again.popleft() if self._again else None

    def _spool(self, work: Work, reply: DecodedPhoto) -> bool:
        """Keep pixels on disk; returns whether there was room."""
        n_bytes = len(reply.grid)
        try:
            if self._file is None:
                free_bytes = shutil.disk_usage(self._folder).free // _SHARE_OF_FREE_SPACE
                self._spool_room_bytes = min(self._spool_room_bytes, free_bytes)
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - see close
            if n_bytes > self._spool_room_bytes:
                return False
            self._file.seek(self._end)
            self._file.write(reply.grid)
            self._file.flush()
        except OSError as error:
            _logger.info("pixels cannot be kept on disk: %s", error)
            self._spool_room_bytes = 0
            return False
        self._spooled.append(_Spooled(work, replace(reply, grid=b""), self._end, n_bytes))
        self._end += n_bytes
        self._spool_room_bytes -= n_bytes
        return True
