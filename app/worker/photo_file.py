"""Opening a picture file of the user: regular files only, read once, large ones not into memory."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.worker.decode_messages import FileFacts, Refused

# Larger files are decoded from the disk rather than from memory, and hashed by pieces.
MOST_IN_MEMORY_BYTES = 32 << 20
# Hashing more than this takes longer than a photo may.
MOST_FILE_BYTES = 2 << 30
_REREADS_OF_A_CHANGING_FILE = 2
_BYTES_PER_READ = 1 << 20


class RefusedError(Exception):
    """The file at hand cannot be used; carries what the reply says."""

    def __init__(self, reason: str, detail: str, needs_bytes: int = 0) -> None:
        super().__init__(detail)
        self.reply = Refused(reason, detail, needs_bytes)


@dataclass(frozen=True, slots=True, eq=False)
class PhotoFile:
    """The content of a file, and the facts that held while it was read.

    ``stream`` is the content in memory, or the open file where that is large (``in_memory``).
    """

    stream: BinaryIO
    facts: FileFacts
    in_memory: bool
    head: bytes

    def content_hash(self) -> bytes:
        """Return the blake2b of the whole content, 32 bytes."""
        digest = hashlib.blake2b(digest_size=32)
        self.stream.seek(0)
        while piece := self.stream.read(_BYTES_PER_READ):
            digest.update(piece)
        self.stream.seek(0)
        return digest.digest()

    def has_changed(self) -> bool:
        """Tell whether somebody wrote to a large file since it was opened."""
        return not self.in_memory and _facts(os.fstat(self.stream.fileno())) != self.facts


@contextlib.contextmanager
def open_photo_file(path: bytes, n_head: int) -> Iterator[PhotoFile]:
    """Open a regular file; nothing on disk changes, pipes and devices do not block.

    Args:
        path: absolute.
        n_head: how many of the first bytes to keep.

    Raises:
        RefusedError: it cannot be opened or read, is empty, or too large to be hashed in time.
    """
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise _open_refusal(error) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RefusedError("unsupported", "it is not a regular file")
    with open(descriptor, "rb") as file:
        yield _photo_file(file, n_head)


def _photo_file(file: io.BufferedReader, n_head: int) -> PhotoFile:
    facts = _facts(os.fstat(file.fileno()))
    if facts.size_bytes > MOST_FILE_BYTES:
        raise RefusedError("too_large", f"a file of {facts.size_bytes} bytes")
    if facts.size_bytes > MOST_IN_MEMORY_BYTES:
        head = _read(file, n_head)
        return PhotoFile(file, facts, False, head)
    data = _read(file)
    for _ in range(_REREADS_OF_A_CHANGING_FILE):
        now = _facts(os.fstat(file.fileno()))
        if now == facts:
            break
        facts, data = now, _read(file)
    if not data:
        raise RefusedError("empty", "the file is empty")
    return PhotoFile(io.BytesIO(data), facts, True, data[:n_head])


def _facts(status: os.stat_result) -> FileFacts:
    return FileFacts(status.st_size, status.st_mtime_ns, status.st_ino)


def _read(file: io.BufferedReader, n_bytes: int = 2 * MOST_IN_MEMORY_BYTES) -> bytes:
    """Return the first bytes; a file that grows meanwhile is not followed without end."""
    try:
        file.seek(0)
        data = file.read(n_bytes)
        file.seek(0)
    except OSError as error:
        raise RefusedError("unreadable", f"reading failed: {error.strerror}") from None
    return data


def _open_refusal(error: OSError) -> RefusedError:
    if isinstance(error, PermissionError):
        return RefusedError("permission", "it may not be read by this user")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return RefusedError("missing", "the file is gone")
    if error.errno == getattr(errno, "ENXIO", None):
        return RefusedError("unsupported", "it is not a regular file")
    return RefusedError("unreadable", f"it cannot be opened: {error.strerror}")
