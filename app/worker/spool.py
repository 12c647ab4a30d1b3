"""A file without a name for pixels that wait: it is gone with the process, however that ends."""

from __future__ import annotations

import logging
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MAX_BYTES = 2 << 30
_SHARE_OF_FREE_SPACE = 8

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where pixels lie in the file."""

    start: int
    n_bytes: int


class Spool:
    """Pixels on disk, written once and read once; the file begins with the first of them.

    Args:
        folder: where the file is made; it takes an eighth of what is free there at most.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._room_bytes = MAX_BYTES
        self._file: IO[bytes] | None = None
        self._end = 0

    def put(self, pixels: bytes) -> Place | None:
        """Keep pixels; None where there is no room for them."""
        try:
            if self._file is None:
                free_bytes = shutil.disk_usage(self._folder).free // _SHARE_OF_FREE_SPACE
                self._room_bytes = min(self._room_bytes, free_bytes)
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - see close
            if len(pixels) > self._room_bytes:
                return None
            self._file.seek(self._end)
            self._file.write(pixels)
            self._file.flush()
        except OSError as error:
            _logger.info("pixels cannot be kept on disk: %s", error)
            self._room_bytes = 0
            return None
        place = Place(self._end, len(pixels))
        self._end += len(pixels)
        self._room_bytes -= len(pixels)
        return place

    def get(self, place: Place) -> bytes | None:
        """Return the pixels of a place; None if they cannot be read any more."""
        assert self._file is not None
        try:
            self._file.seek(place.start)
            pixels = self._file.read(place.n_bytes)
        except OSError as error:
            _logger.warning("pixels that were kept on disk are lost: %s", error)
            return None
        return pixels if len(pixels) == place.n_bytes else None

    def close(self) -> None:
        """Give the room on disk back. Harmless when repeated."""
        if self._file is not None:
            self._file.close()
            self._file = None
