"""Samples from files in published layouts: FineHARD and Chinese pairs, JSON lines, tar shards.

FineHARD and Chinese-pair files are JSON arrays of objects with ``f_path``, ``caption`` (long),
``short_caption`` and ``bbox_info``; an object with the key ``is_cn`` is Chinese (MODEL.md 5).
JSON lines: one object a line with ``file``, ``caption`` and, if known, ``long_caption``,
``language`` and ``regions`` (``box``, ``text``, ``negatives``).
Tar shards (webdataset): members of one stem belong together: a picture, and ``.json`` as one line
of JSON lines or ``.txt`` as the caption.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from trainer.data.captions import Caption, Language
from trainer.data.records import JsonRecords, Record
from trainer.data.samples import Region, Sample, usable_box
from trainer.errors import DataError, SampleError

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
_UNREADABLE = (OSError, ValueError, SyntaxError, UnidentifiedImageError)


class FineHardSource:
    """FineHARD or Chinese pairs: one JSON file, a folder of them, or a .txt that lists them."""

    def __init__(self, files: Path, images: Path) -> None:
        self._images = images
        self._records = JsonRecords(_listed_files(files))
        if not len(self._records):
            raise DataError(f"{files} holds no samples: name a JSON array, or a folder of them")

    def __len__(self) -> int:
        return len(self._records)

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``."""
        record = self._records[index]
        path = self._images / str(record.get("f_path"))
        regions = [_finehard_region(info, rng) for info in _objects(record.get("bbox_info"))]
        return Sample(
            read_picture(path),
            _caption(record, ("short_caption", "caption"), path),
            Caption(str(record["caption"])) if record.get("caption") else None,
            tuple(region for region in regions if region is not None),
        )


class JsonLinesSource:
    """A .jsonl file beside its pictures."""

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._records = JsonRecords([path])
        if not len(self._records):
            raise DataError(f"{path} is empty: write one JSON object a line")

    def __len__(self) -> int:
        return len(self._records)

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``."""
        record = self._records[index]
        path = self._folder / str(record.get("file"))
        return _sample_of(record, path, lambda: read_picture(path))


class TarSource:
    """Shards of webdataset: one tar file, or a folder of them. Members are read where they lie."""

    def __init__(self, path: Path) -> None:
        shards = sorted(path.glob("*.tar")) if path.is_dir() else [path]
        self._samples: list[tuple[Path, str, dict[str, tuple[int, int]]]] = []
        for shard in shards:
            self._samples += _tar_samples(shard)
        if not self._samples:
            raise DataError(f"{path} holds no tar shards with pictures")

    def __len__(self) -> int:
        return len(self._samples)

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``."""
        shard, stem, members = self._samples[index]
        name = shard / stem
        try:
            parts = {ending: _read_part(shard, *at) for ending, at in members.items()}
            record: Record = json.loads(parts[".json"]) if ".json" in parts else {}
            if not isinstance(record, dict):
                raise ValueError("its .json holds no object")
            if ".txt" in parts:
                record.setdefault("caption", parts[".txt"].decode("utf-8").strip())
        except (OSError, ValueError) as error:
            raise SampleError(f"{name}: {error}") from None
        picture = next(data for ending, data in parts.items() if ending in PICTURE_ENDINGS)
        return _sample_of(record, name, lambda: decode_picture(picture, name))


def read_picture(path: Path) -> Image.Image:
    """A picture file as RGB.

    Raises:
        SampleError: names the file and the reason.
    """
    try:
        return decode_picture(path.read_bytes(), path)
    except OSError as error:
        raise SampleError(f"{path}: {error.strerror or error}") from None


def decode_picture(data: bytes, name: Path) -> Image.Image:
    """Encoded bytes as RGB; ``name`` is for the message of a ``SampleError``."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.convert("RGB")
    except _UNREADABLE as error:
        raise SampleError(f"{name}: {error}") from None


def _listed_files(files: Path) -> list[Path]:
    if files.is_dir():
        return sorted(files.glob("*.json"))
    if files.suffix == ".txt":
        try:
            lines = files.read_text(encoding="utf-8").split("\n")
        except OSError as error:
            raise DataError(f"{files} cannot be read: {error.strerror or error}") from None
        return [files.parent / line.strip() for line in lines if line.strip()]
    return [files]


def _caption(record: Record, keys: tuple[str, ...], path: Path) -> Caption:
    for key in keys:
        if isinstance(record.get(key), str) and record[key].strip():
            return Caption(record[key])
    raise SampleError(f"{path}: no {keys[0]}")


def _finehard_region(info: Record, rng: np.random.Generator) -> Region | None:
    box = usable_box(info.get("bbox"))
    texts = [str(info[key]) for key in ("short_expr", "long_expr") if info.get(key)]
    if box is None or not texts:
        return None
    # The negatives are changed short expressions: they go with the short one only.
    negatives = info.get("short_expr_negs") if info.get("flag_short_neg") else None
    if negatives and info.get("short_expr"):
        wrong = negatives.values() if isinstance(negatives, dict) else negatives
        return Region(box, texts[0], _strings(wrong))
    return Region(box, texts[int(rng.integers(len(texts)))])


def _sample_of(record: Record, path: Path, picture: Callable[[], Image.Image]) -> Sample:
    short = _caption(record, ("caption", "long_caption"), path)
    regions = []
    for each in _objects(record.get("regions")):
        box = usable_box(each.get("box"))
        if box is not None and each.get("text"):
            regions.append(Region(box, str(each["text"]), _strings(each.get("negatives"))))
    long = record.get("long_caption")
    return Sample(picture(), short, Caption(str(long)) if long else None, tuple(regions))


def _objects(values: object) -> list[Record]:
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def _strings(values: object) -> tuple[str, ...]:
    if not isinstance(values, Iterable) or isinstance(values, str):
        return ()
    return tuple(each for each in values if isinstance(each, str))


def _tar_samples(shard: Path) -> list[tuple[Path, str, dict[str, tuple[int, int]]]]:
    found: dict[str, dict[str, tuple[int, int]]] = {}
    try:
        with tarfile.open(shard, "r:") as archive:
            for member in archive:
                folder, _, file = member.name.rpartition("/")
                stem, dot, ending = file.partition(".")
                if member.isfile():
                    parts = found.setdefault(f"{folder}/{stem}" if folder else stem, {})
                    parts[dot + ending.lower()] = (member.offset_data, member.size)
    except (OSError, tarfile.TarError) as error:
        raise DataError(f"{shard} cannot be read as a tar file: {error}") from None
    return [
        (shard, stem, parts)
        for stem, parts in found.items()
        if any(ending in PICTURE_ENDINGS for ending in parts)
    ]


def _read_part(shard: Path, start: int, size: int) -> bytes:
    with shard.open("rb") as file:
        file.seek(start)
        return file.read(size)
