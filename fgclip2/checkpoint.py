"""Weights of the published layout, read strictly and without copies.

The safetensors header is parsed here (it is eight bytes of length and JSON), so that a damaged
file is named before any memory is taken for it; the tensors are views of one memory map.
Format: https://huggingface.co/docs/safetensors (header length as little-endian uint64, JSON, data).
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import re
import reprlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fgclip2.config import ModelConfig
from fgclip2.errors import WeightsError
from fgclip2.json_files import MAX_JSON_BYTES, check_is_file, parse_json, read_json
from fgclip2.layout import TRAINING_ONLY, Shape, tensor_shapes

MAX_RANK = 8
MAX_NAME_LENGTH = 500
_HASHED_AT_ONCE_BYTES = 32 << 20
_CHECKED_AT_ONCE = 4 << 20
_ITEM_BYTES = {"F32": 4, "F16": 2, "BF16": 2}
_NUMPY_TYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_PICKLE_STARTS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")
_SINGLE, _INDEX = "model.safetensors", "model.safetensors.index.json"
_PICKLES = ("pytorch_model.bin", "model.bin", "model.pt", "model.pth")


class Checkpoint(Mapping[str, npt.NDArray[np.float32]]):
    """Tensors of a checkpoint directory by name.

    ``checkpoint[name]`` is float32: a view of the file where it is stored so, else a conversion
    made at each access. ``stored(name)`` gives the stored numbers without conversion.
    """

    def __init__(self, directory: Path, config: ModelConfig) -> None:
        self.directory = directory
        self.config = config
        weight_map = _weight_map(directory)
        paths = sorted({directory / name for name in weight_map.values()})
        self._files = [_File(path) for path in paths or [directory / _SINGLE]]
        self._where: dict[str, _File] = {}
        for file in self._files:
            for name in file.entries:
                if name in self._where:
                    raise WeightsError(f"{file.path}: tensor {name} is in two files")
                self._where[name] = file
        self._source = directory / (_INDEX if weight_map else _SINGLE)
        if weight_map:
            self._check_index(weight_map)
        self._check()

    @classmethod
    def open(cls, directory: str | Path) -> Checkpoint:
        """Open and check a checkpoint directory.

        Raises:
            ConfigError: ``config.json`` cannot be used.
            WeightsError: names the file, the tensor and the cause.
        """
        directory = Path(directory)
        if not directory.is_dir():
            raise WeightsError(
                f"{directory} is not a folder: name a folder with config.json and model.safetensors"
            )
        return cls(directory, ModelConfig.from_directory(directory))

    def __getitem__(self, name: str) -> npt.NDArray[np.float32]:
        return _widened(self.stored(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)

    def stored(self, name: str) -> npt.NDArray[Any]:
        """The tensor as stored: float32, float16, or bfloat16 as uint16; a view of the file."""
        return self._where[name].view(name)

    def shareable(self, name: str) -> npt.NDArray[np.float32]:
        """As ``checkpoint[name]``, in memory marked as writable; nobody may write to it."""
        stored = self._where[name].view(name, writable=True)
        if stored.dtype == np.float32 and stored.flags.aligned:
            return stored
        return np.array(self[name])

    def rows(self, name: str, index: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Some rows of a matrix as float32, read from the memory map; index any shape.

        The pages around them are let go of again, or the whole table would gather in memory.
        """
        picked = self.stored(name)[index]
        self._where[name].release_pages()
        return _widened(picked)

    def fingerprint(self) -> str:
        """32 hex digits that depend on every stored weight and on the configuration."""
        digest = hashlib.sha256(json.dumps(self.config.to_values(), sort_keys=True).encode())
        for name in sorted(self._where):
            if name in TRAINING_ONLY:
                continue
            file = self._where[name]
            digest.update(f"{name} {file.entries[name].dtype} ".encode())
            content = file.raw(name)
            for start in range(0, len(content), _HASHED_AT_ONCE_BYTES):
                digest.update(content[start : start + _HASHED_AT_ONCE_BYTES])
                file.release_pages()
        return digest.hexdigest()[:32]

    def file_states(self) -> list[list[str | int]]:
        """Path, size, time and inode of every file, and the configuration: new ones, new model."""
        config = json.dumps(self.config.to_values(), sort_keys=True)
        return [[config], *(file.state for file in self._files)]

    def not_finite_error(self) -> WeightsError:
        """What to raise for vectors that are not finite: names the tensor that makes them so.

        Reads weights until one is found.
        """
        for name, file in self._where.items():
            flat = self.stored(name).reshape(-1)
            for start in range(0, flat.size, _CHECKED_AT_ONCE):
                if not np.isfinite(_widened(flat[start : start + _CHECKED_AT_ONCE])).all():
                    return WeightsError(
                        f"{file.path}: {name} holds numbers that are not finite:"
                        " download or export the weights again"
                    )
            file.release_pages()
        return WeightsError(f"{self._source}: the weights are too large for finite vectors")

    def release_pages(self) -> None:
        """Let go of the memory that was read so far; what is used again is read again."""
        for file in self._files:
            file.release_pages()

    def close(self) -> None:
        """Release the files. Views taken before must no longer be used."""
        for file in self._files:
            file.close()

    def _check_index(self, weight_map: dict[str, str]) -> None:
        path = self.directory / _INDEX
        for name, file in self._where.items():
            if name not in weight_map:
                raise WeightsError(f"{path}: weight_map does not name {name} of {file.path.name}")
        for name, file_name in weight_map.items():
            if name not in self._where or self._where[name].path.name != file_name:
                raise WeightsError(f"{path}: {name} is not in {file_name}")

    def _check(self) -> None:
        expected = tensor_shapes(self.config)
        found = {name for name in self._where if name not in TRAINING_ONLY}
        unknown = sorted(found - set(expected))
        _refuse(self._source, "lacks", sorted(set(expected) - found))
        if unknown:
            _refuse(self._where[unknown[0]].path, "holds the unknown tensors", unknown)
        for name, file in self._where.items():
            shape = file.entries[name].shape
            allowed = [expected[name]] if name in expected else [(), (1,)]
            if shape not in allowed:
                raise WeightsError(
                    f"{file.path}: {name} has the shape {shape}, config.json asks for {allowed[0]}"
                )
        for name in ("logit_scale", "logit_bias"):
            if not np.isfinite(self[name]).all():
                raise WeightsError(f"{self._where[name].path}: {name} is {self[name][0]}")


def _widened(stored: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Stored numbers as float32; those of a file in float32 are not copied."""
    if stored.dtype == np.uint16:
        return (stored.astype(np.uint32) << 16).view(np.float32)
    return stored.astype(np.float32, copy=False)


class _Entry:
    __slots__ = ("dtype", "shape", "start", "stop")

    def __init__(self, dtype: str, shape: Shape, start: int, stop: int) -> None:
        self.dtype, self.shape, self.start, self.stop = dtype, shape, start, stop


class _File:
    """One safetensors file, memory mapped read-only."""

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
        entry = self.entries[name]
        count = int(np.prod(entry.shape, dtype=np.int64))
        array = np.frombuffer(
            self._map, _NUMPY_TYPES[entry.dtype], count, self._data_start + entry.start
        ).reshape(entry.shape)
        array.flags.writeable = writable
        return array

    def raw(self, name: str) -> memoryview:
        entry = self.entries[name]
        return memoryview(self._map)[self._data_start + entry.start : self._data_start + entry.stop]

    def release_pages(self) -> None:
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        self._map.close()


def _file_state(path: Path, stat: os.stat_result) -> list[str | int]:
    return [str(path.resolve()), stat.st_size, stat.st_mtime_ns, stat.st_ino]


def _weight_map(directory: Path) -> dict[str, str]:
    """Tensor name -> file name of sharded weights; empty where they are a single file."""
    index = directory / _INDEX
    if (directory / _SINGLE).exists():
        return {}
    if index.exists():
        try:
            weight_map = read_json(index)["weight_map"]
            files = list(weight_map.values())
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise WeightsError(f"{index} has no readable weight_map: {error}") from None
        for name in files:
            if not isinstance(name, str) or not re.fullmatch(r"[\w.-]{1,200}\.safetensors", name):
                raise WeightsError(
                    f"{index}: weight_map names {repr(name)[:200]}, not a file beside it"
                )
        if not files:
            raise WeightsError(f"{index}: weight_map names no file")
        return dict(weight_map)
    for name in _PICKLES:
        if (directory / name).exists():
            raise WeightsError(
                f"{directory / name} is a pickle, which can run code when opened and is never read:"
                " convert it to model.safetensors where it came from"
            )
    raise WeightsError(
        f"{directory} holds no model.safetensors: download or export the weights again"
    )


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


def _parse_entries(path: Path, header: dict[str, Any], n_data: int) -> dict[str, _Entry]:
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


def _parse_entry(path: Path, name: str, value: Any, n_data: int) -> _Entry:
    try:
        dtype, shape = value["dtype"], tuple(value["shape"])
        start, stop = value["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise WeightsError(f"{path}: the header's entry for {name!r} is damaged") from None
    if len(shape) > MAX_RANK:
        raise WeightsError(f"{path}: {name} has {len(shape)} dimensions; {MAX_RANK} are possible")
    if any(type(number) is not int or number < 0 for number in (*shape, start, stop)):
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
    return _Entry(dtype, shape, start, stop)


def _refuse(path: Path, what: str, names: list[str]) -> None:
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        raise WeightsError(f"{path} {what} {', '.join(names[:3])}{more}")
