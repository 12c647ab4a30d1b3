"""JSON objects in large files, by number: places are remembered, objects read when asked for.

So a source of millions of samples holds sixteen bytes for each, and not its texts.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.errors import DataError, SampleError

Record = dict[str, Any]
# JSON knows these four blanks alone: a byte each.
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_SPACE = re.compile(r"[ \t\r\n]*")


class JsonRecords:
    """The objects of several files, one after the other.

    Files that end in ``.jsonl``, or all with ``lines``, hold an object a line, or an array like all
    others. A damaged line costs itself alone, when it is asked for; a damaged array is refused at
    once.
    """

    def __init__(self, paths: Sequence[Path], lines: bool = False) -> None:
        self._paths = list(paths)
        self._content = hashlib.blake2b(digest_size=16)
        self._places = [
            _places(path, lines or path.suffix.lower() == ".jsonl", self._content)
            for path in self._paths
        ]
        self._ends = np.cumsum([len(places) for places in self._places])

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    @property
    def digest(self) -> str:
        """Of all files as they were when they were opened."""
        return self._content.hexdigest()

    def __getitem__(self, index: int) -> Record:
        """One object.

        Raises:
            SampleError: a damaged line, or the file has changed or cannot be read any more.
        """
        file, place = self._file_and_place(index)
        start, stop = self._places[file][place]
        path = self._paths[file]
        try:
            with path.open("rb") as stream:
                stream.seek(int(start))
                record = json.loads(stream.read(int(stop - start)))
        except (OSError, ValueError, RecursionError) as error:
            raise SampleError(self.name(index), error) from None
        if not isinstance(record, dict):
            raise SampleError(self.name(index), "no object")
        return record

    def name(self, index: int) -> str:
        """Which file an object is in, and its number there, counted from 0."""
        file, place = self._file_and_place(index)
        return f"{self._paths[file]}, sample {place}"

    def _file_and_place(self, index: int) -> tuple[int, int]:
        file = int(np.searchsorted(self._ends, index, side="right"))
        return file, index - int(self._ends[file]) + len(self._places[file])


def _places(path: Path, lines: bool, content: hashlib.blake2b) -> npt.NDArray[np.int64]:
    """(N, 2): the first byte of each object, and the first one after it.

    The bytes of the file are added to the digest of the ``content``.

    Raises:
        DataError: the file cannot be read, or is neither an array of objects nor lines.
    """
    try:
        whole = path.read_bytes()
        content.update(whole)
        data = whole.removeprefix(codecs.BOM_UTF8)
        is_array = data.lstrip()[:1] == b"["
        if lines and not is_array:
            found = list(_lines(data))
        else:
            found = list(_array(data.decode("utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(
            f"{path} cannot be read as JSON: {error}; check the path in sources"
        ) from None
    return np.array(found, np.int64).reshape(-1, 2) + len(whole) - len(data)


def _lines(data: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    for line in data.split(b"\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1


def _array(text: str) -> Iterator[tuple[int, int]]:
    """Places in bytes of the members of an array; each is parsed once and forgotten."""
    decoder = json.JSONDecoder()
    at = _end_of(_SPACE, text, 0)
    if text[at : at + 1] != "[":
        raise ValueError("it is no array of objects")
    at += 1
    n_bytes = len(text[:at].encode())
    while True:
        start = _end_of(_BETWEEN, text, at)
        n_bytes += start - at
        if text[start : start + 1] == "]":
            if _end_of(_SPACE, text, start + 1) < len(text):
                raise ValueError("something follows its array")
            return
        value, at = decoder.raw_decode(text, start)
        if not isinstance(value, dict):
            raise ValueError("it is no array of objects")
        size = len(text[start:at].encode())
        yield n_bytes, n_bytes + size
        n_bytes += size


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    assert match is not None
    return match.end()
