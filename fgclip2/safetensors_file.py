"""One safetensors file, read strictly and without copies.

The header is parsed here (it is eight bytes of length and JSON), so that a damaged file is named
before any memory is taken for it; the tensors are views of one memory map.
Format: https://huggingface.co/docs/safetensors (header length as little-endian uint64, JSON, data).
"""

from __future__ import annotations

import mmap
import os
import reprlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fgclip2.errors import WeightsError
from fgclip2.json_files import MAX_JSON_BYTES, check_is_file, parse_json
from fgclip2.layout import Shape

MAX_RANK = 8
MAX_NAME_LENGTH = 500
# Of the format, which counts in 64 bits.
_MAX_NUMBER = 2**64 - 1
_ITEM_BYTES = {"F32": 4, "F16": 2, "BF16": 2}
_NUMPY_TYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_PICKLE_STARTS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a header says of a tensor; ``start`` and ``stop`` count bytes of the data."""

    dtype: str
    shape: Shape
    start: int
    stop: int


class SafetensorsFile:
    """One file, memory mapped read-only.

    Attributes:
        entries: by the names of the tensors.
        state: path, size, time and inode; another file has another.

    Raises:
        WeightsError: names the file and, where there is one, the tensor.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            check_is_file(path)
            with path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(0)
                header, data_start = _read_header(path, file.read(8), size, file)
                # Before the file is mapped, which a wrong size could make impossible.
                self.entries = _parse_entries(path, header, size - data_start)
                # Copy-on-write, because OpenVINO shares writable memory only. Nothing writes.
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
                if hasattr(mmap, "MADV_NOHUGEPAGE"):
                    # Else the system may map 2 MB of the file for a row of 3 KB.
                    self._map.madvise(mmap.MADV_NOHUGEPAGE)
                self.state = _file_state(path, os.fstat(file.fileno()))
        except OSError as error:
            raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from None
        except ValueError as error:
            raise WeightsError(f"{path} cannot be read: {error}") from None
        self._data_start = data_start

    def view(self, name: str, *, writable: bool = False) -> npt.NDArray[Any]:
        """A tensor as stored, bfloat16 as uint16; ``writable`` marks it, nobody may write."""
        entry = self.entries[name]
        count = int(np.prod(entry.shape, dtype=np.int64))
        array = np.frombuffer(
            self._map, _NUMPY_TYPES[entry.dtype], count, self._data_start + entry.start
        ).reshape(entry.shape)
        array.flags.writeable = writable
        return array

    def raw(self, name: str) -> memoryview:
        """The bytes of a tensor."""
        entry = self.entries[name]
        return memoryview(self._map)[self._data_start + entry.start : self._data_start + entry.stop]

    def release_pages(self) -> None:
        """Let go of the memory that was read so far."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Release the file. Views taken before must no longer be used."""
        self._map.close()


def _file_state(path: Path, stat: os.stat_result) -> list[str | int]:
    return [str(path.resolve()), stat.st_size, stat.st_mtime_ns, stat.st_ino]


def _read_header(path: Path, prefix: bytes, size: int, file: Any) -> tuple[dict[str, Any], int]:
    n_header = int.from_bytes(prefix, "little")
    is_possible = len(prefix) == 8 and 2 <= n_header <= MAX_JSON_BYTES
    # A header's length may begin like a pickle, but no pickle begins like a possible length.
    if not is_possible and prefix.startswith(_PICKLE_STARTS):
        raise WeightsError(f"{path} is a pickle, not a safetensors file: it is never opened")
    if len(prefix) < 8:
        raise WeightsError(f"{path} is cut off: {len(prefix)} bytes, no safetensors header")
    if not is_possible:
        raise WeightsError(
            f"{path}: header of {n_header} bytes; 2 to {MAX_JSON_BYTES} are possible,"
            " so this is no safetensors file"
        )
    if 8 + n_header > size:
        raise WeightsError(f"{path} is cut off inside its header: {size} bytes of {8 + n_header}")
    try:
        header = parse_json(file.read(n_header))
    except ValueError as error:
        raise WeightsError(f"{path}: the header is not JSON: {str(error)[:80]}") from None
    if not isinstance(header, dict):
        raise WeightsError(f"{path}: the header is no JSON object")
    notes = header.pop("__metadata__", None)
    if not (notes is None or _is_text_by_name(notes)):
        raise WeightsError(f"{path}: the header's __metadata__ is no object of strings")
    return header, 8 + n_header


def _is_text_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _parse_entries(path: Path, header: dict[str, Any], n_data: int) -> dict[str, Entry]:
    for name in header:
        if len(name) > MAX_NAME_LENGTH:
            raise WeightsError(f"{path}: a tensor's name has {len(name)} characters")
    entries = {name: _parse_entry(path, name, value, n_data) for name, value in header.items()}
    position = 0
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].start, item[1].stop)):
        if entry.start != position:
            raise WeightsError(
                f"{path}: {name} begins at byte {entry.start}, expected {position}:"
                " tensors overlap or leave a gap"
            )
        position = entry.stop
    if position != n_data:
        raise WeightsError(f"{path}: {n_data} bytes of data, the header names {position}")
    return entries


def _parse_entry(path: Path, name: str, value: Any, n_data: int) -> Entry:
    try:
        dtype, shape = value["dtype"], tuple(value["shape"])
        start, stop = value["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise WeightsError(f"{path}: the header's entry for {name!r} is damaged") from None
    if len(shape) > MAX_RANK:
        raise WeightsError(f"{path}: {name} has {len(shape)} dimensions; {MAX_RANK} are possible")
    numbers = (*shape, start, stop)
    if any(type(number) is not int or not 0 <= number <= _MAX_NUMBER for number in numbers):
        raise WeightsError(f"{path}: the header's entry for {name!r} has a wrong number")
    if not isinstance(dtype, str) or dtype not in _ITEM_BYTES:
        raise WeightsError(
            f"{path}: {name} is stored as {reprlib.repr(dtype)}; F32, F16 and BF16 are known"
        )
    if stop > n_data:
        raise WeightsError(
            f"{path} is cut off inside {name}: its data ends at byte {stop}, {n_data} are there"
        )
    count = 1
    for side in shape:
        count *= side
    if stop - start != count * _ITEM_BYTES[dtype]:
        raise WeightsError(f"{path}: {name} of shape {shape} does not fill bytes {start} to {stop}")
    return Entry(dtype, shape, start, stop)
