"""Listed photos that wait for their vectors, and their pixels, so that none is decoded twice.

Pixels are kept in memory for the first photos, for the next ones in a file without a name in the
library's folder, which is gone with the process however that ends. Only where there is no room for
it are photos decoded once more.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

from app.worker.decode_messages import DecodedPhoto
from app.worker.fine_pixels import FinePixels
from app.worker.index_work import Decoded, Work
from app.worker.spool import Place, Spool

MAX_KEPT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class _Spooled:
    work: Work
    reply: DecodedPhoto
    place: Place


class Waiting:
    """Photos in the order in which they were listed.

    Args:
        folder: where pixels may be kept.
        fine_patches: the largest budget of the pass that comes after; ``fine`` keeps pixels for it.
    """

    def __init__(self, folder: Path, fine_patches: int) -> None:
        self.fine = FinePixels(folder, fine_patches)
        self._spool = Spool(folder)
        self._room_bytes = MAX_KEPT_BYTES
        self._kept: deque[Decoded] = deque()
        self._spooled: deque[_Spooled] = deque()
        self._again: deque[Work] = deque()

    def __len__(self) -> int:
        """Return how many photos wait."""
        return len(self._kept) + len(self._spooled) + len(self._again)

    def close(self) -> None:
        """Give the room on disk back. Harmless when repeated."""
        self._spool.close()
        self.fine.close()

    def add(self, work: Work, reply: DecodedPhoto | None) -> None:
        """Note a listed photo, with its pixels if there are any and if there is room."""
        if reply is None:
            self._again.append(work)
            return
        if work.photo_id is not None:
            self.fine.keep(work.photo_id, reply)
        n_bytes = len(reply.grid)
        stored = replace(reply, thumbnail=b"", fine=b"")
        if not self._spooled and n_bytes <= self._room_bytes:
            self._room_bytes -= n_bytes
            self._kept.append((work, stored))
        elif (place := self._spool.put(reply.grid)) is not None:
            self._spooled.append(_Spooled(work, replace(stored, grid=b""), place))
        else:
            self._again.append(work)

    def take_kept(self) -> Decoded | None:
        """Return the next photo whose pixels were kept; None if there is none."""
        if self._kept:
            work, reply = self._kept.popleft()
            self._room_bytes += len(reply.grid)
            return work, reply
        while self._spooled:
            first = self._spooled.popleft()
            grid = self._spool.get(first.place)
            if grid is not None:
                return first.work, replace(first.reply, grid=grid)
            self._again.append(first.work)
        return None

    def take_again(self) -> Work | None:
        """Return the next photo that has to be decoded once more."""
        return self._again.popleft() if self._again else None
