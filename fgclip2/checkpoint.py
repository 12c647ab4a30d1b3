"""Weights of the published layout: one file or several, every tensor accounted for."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fgclip2.config import ModelConfig
from fgclip2.errors import WeightsError
from fgclip2.json_files import read_json
from fgclip2.layout import TRAINING_ONLY, tensor_shapes
from fgclip2.safetensors_file import SafetensorsFile

_HASHED_AT_ONCE_BYTES = 32 << 20
_CHECKED_AT_ONCE = 4 << 20
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
        self._files = [SafetensorsFile(path) for path in paths or [directory / _SINGLE]]
        self._where: dict[str, SafetensorsFile] = {}
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
        # Absolute, because the tokenizer is read later, perhaps from another working folder.
        directory = Path(directory).absolute()
        # Not by Path.is_dir, which raises for a name that is too long.
        if not os.path.isdir(directory):
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


def _refuse(path: Path, what: str, names: list[str]) -> None:
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        raise WeightsError(f"{path} {what} {', '.join(names[:3])}{more}")
