"""Samples from files in published layouts: FineHARD and Chinese pairs, JSON lines, tar shards.

FineHARD and Chinese-pair files are JSON arrays of objects with ``f_path``, ``caption`` (long),
``short_caption`` and ``bbox_info``; an object with the key ``is_cn`` is Chinese (MODEL.md 5).
JSON lines: one object a line with ``file``, ``caption`` and, if known, ``long_caption``,
``language`` (en or zh; else told by the caption) and ``regions`` (``box``, ``text``,
``negatives``).
Tar shards (webdataset): members of one stem belong together: a picture, and ``.json`` as one line
of JSON lines or ``.txt`` as the caption.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from trainer.data.captions import LANGUAGES, Caption, Language, language_of
from trainer.data.pictures import decode_picture, read_picture
from trainer.data.records import JsonRecords, Record
from trainer.data.samples import Region, Sample, checked_box
from trainer.errors import DataError, SampleError

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
_JSON = (".json", ".jsonl")
_COMPRESSED = re.compile(r"\.(gz|tgz|bz2|xz|zst)$", re.IGNORECASE)
_SHARD = re.compile(r"\.(tar(\.(gz|bz2|xz|zst))?|tgz)$", re.IGNORECASE)


class FineHardSource:
    """FineHARD or Chinese pairs: one JSON file, a folder of them, or a .txt that lists them.

    Paths in a list are taken as they are, or below its folder.
    """

    def __init__(self, files: Path, images: Path) -> None:
        self._images = images
        self._records = JsonRecords(_listed_files(files))
        if not len(self._records):
            raise DataError(f"{files} holds no samples: name a JSON array, or a folder of them")

    def __len__(self) -> int:
        return len(self._records)

    @property
    def digest(self) -> str:
        """See ``Source``."""
        return self._records.digest

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``."""
        record, name = self._records[index], self._records.name(index)
        path = self._images / _needed(record, ("f_path",), name)
        short = Caption(_needed(record, ("short_caption", "caption"), name))
        regions, unusable = _regions(
            record, "bbox_info", name, lambda info: _finehard_region(info, rng)
        )
        return Sample(
            read_picture(path),
            short,
            _long(record, "caption"),
            regions,
            language="zh" if "is_cn" in record else "en",
            unusable=unusable,
        )


class JsonLinesSource:
    """A file of JSON lines beside its pictures."""

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._records = JsonRecords([path], lines=True)
        if not len(self._records):
            raise DataError(f"{path} is empty: write one JSON object a line")

    def __len__(self) -> int:
        return len(self._records)

    @property
    def digest(self) -> str:
        """See ``Source``."""
        return self._records.digest

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``."""
        record, name = self._records[index], self._records.name(index)
        path = self._folder / _needed(record, ("file",), name)
        return _sample_of(record, name, lambda: read_picture(path, upright=True))


@dataclass(frozen=True, slots=True)
class _TarSample:
    """Members of one stem: where the data of each ending begins, and how long it is.

    With a ``reason`` it stands for the part of a shard that cannot be read, and why.
    """

    shard: Path
    stem: str
    members: dict[str, tuple[int, int]]
    reason: str = ""


class TarSource:
    """Shards of webdataset: one tar file, or a folder of them. Members are read where they lie, so
    that a compressed shard cannot be used.

    A damaged shard gives the samples before the damage; the rest counts as one unreadable sample.
    """

    def __init__(self, path: Path) -> None:
        inside = path.iterdir() if path.is_dir() else [path]
        shards = sorted(each for each in inside if each == path or _SHARD.search(each.name))
        self._samples = [sample for shard in shards for sample in _tar_samples(shard)]
        if all(sample.reason for sample in self._samples):
            damaged = "".join(f"; {each.shard}: {each.reason}" for each in self._samples[:1])
            raise DataError(
                f"{path} holds no tar shards with pictures{damaged}; name a .tar file or a folder"
                " of them in sources"
            )

    def __len__(self) -> int:
        return len(self._samples)

    @property
    def digest(self) -> str:
        """See ``Source``: of the names and sizes of the members."""
        content = hashlib.blake2b(digest_size=16)
        for own in self._samples:
            sizes = [(ending, size) for ending, (_, size) in own.members.items()]
            content.update(repr((own.stem, sizes)).encode("utf-8", "surrogateescape"))
        return content.hexdigest()

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``."""
        own = self._samples[index]
        if own.reason:
            raise SampleError(own.shard, own.reason)
        name = own.shard / own.stem
        try:
            parts = {ending: _read_part(own.shard, *at) for ending, at in own.members.items()}
            record: Record = json.loads(parts[".json"]) if ".json" in parts else {}
            if not isinstance(record, dict):
                raise ValueError("its .json holds no object")
            if ".txt" in parts and not _text(record, "caption"):
                record["caption"] = parts[".txt"].decode("utf-8-sig")
        except (OSError, ValueError, RecursionError) as error:
            raise SampleError(name, error) from None
        picture = next(data for ending, data in parts.items() if ending in PICTURE_ENDINGS)
        return _sample_of(record, str(name), lambda: decode_picture(picture, name, upright=True))


def _listed_files(files: Path) -> list[Path]:
    if files.is_dir():
        return sorted(path for path in files.iterdir() if path.suffix.lower() in _JSON)
    if files.suffix.lower() == ".txt":
        try:
            lines = files.read_text(encoding="utf-8-sig").split("\n")
        except (OSError, ValueError) as error:
            raise DataError(f"{files} cannot be read: {error}; check the path in sources") from None
        named = [Path(line.strip()) for line in lines if line.strip()]
        return [path if path.exists() else files.parent / path for path in named]
    return [files]


def _text(record: Record, key: str) -> str:
    """A text of a record; empty where there is none."""
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""


def _needed(record: Record, keys: tuple[str, ...], name: str) -> str:
    """The first of some texts that a record has; ``name`` is for the message if it has none."""
    found = next((text for key in keys if (text := _text(record, key))), None)
    if found is None:
        raise SampleError(name, f"no {keys[0]}")
    return found


def _long(record: Record, key: str) -> Caption | None:
    text = _text(record, key)
    return Caption(text) if text else None


def _regions(
    record: Record, key: str, name: str, read: Callable[[Record], Region]
) -> tuple[tuple[Region, ...], tuple[str, ...]]:
    """The regions of a record, and messages about those that ``read`` refuses."""
    given = record.get(key) or []
    if not isinstance(given, list):
        return (), (f"{name}: {key} is no list",)
    regions, unusable = [], []
    for place, each in enumerate(given):
        try:
            if not isinstance(each, dict):
                raise ValueError("no object")
            regions.append(read(each))
        except ValueError as error:
            unusable.append(f"{name}, region {place}: {error}")
    return tuple(regions), tuple(unusable)


def _finehard_region(info: Record, rng: np.random.Generator) -> Region:
    box = checked_box(info.get("bbox"), "bbox")
    short, long = _text(info, "short_expr"), _text(info, "long_expr")
    texts = [text for text in (short, long) if text]
    if not texts:
        raise ValueError("no short_expr")
    text = texts[int(rng.integers(len(texts)))]
    # The negatives are changed short expressions: they are compared with the short one only.
    negatives = info.get("short_expr_negs") if info.get("flag_short_neg") else None
    if negatives and short:
        return Region(box, text, _strings(negatives), hard_text=short)
    return Region(box, text)


def _plain_region(info: Record) -> Region:
    box, text = checked_box(info.get("box"), "box"), _text(info, "text")
    if not text:
        raise ValueError("no text")
    return Region(box, text, _strings(info.get("negatives")))


def _sample_of(record: Record, name: str, picture: Callable[[], Image.Image]) -> Sample:
    short = Caption(_needed(record, ("caption", "long_caption"), name))
    regions, unusable = _regions(record, "regions", name, _plain_region)
    given = record.get("language")
    language = next((each for each in LANGUAGES if each == given), language_of(short.text))
    long = _long(record, "long_caption")
    return Sample(picture(), short, long, regions, language=language, unusable=unusable)


def _strings(values: object) -> tuple[str, ...]:
    """The texts in a list, or in an object under whatever keys."""
    values = values.values() if isinstance(values, dict) else values
    if not isinstance(values, Iterable) or isinstance(values, str):
        return ()
    return tuple(each.strip() for each in values if isinstance(each, str) and each.strip())


def _tar_samples(shard: Path) -> list[_TarSample]:
    found: list[_TarSample] = []
    newest: dict[str, _TarSample] = {}
    damaged: list[_TarSample] = []
    try:
        with tarfile.open(shard, "r:") as archive:
            for member in archive:
                folder, _, file = member.name.rpartition("/")
                stem, dot, ending = file.partition(".")
                stem, ending = f"{folder}/{stem}" if folder else stem, dot + ending.lower()
                if not member.isfile():
                    continue
                if stem not in newest or ending in newest[stem].members:  # a name may come again
                    newest[stem] = _TarSample(shard, stem, {})
                    found.append(newest[stem])
                newest[stem].members[ending] = (member.offset_data, member.size)
            _check_end(archive)
    except (OSError, ValueError, tarfile.TarError) as error:
        packed = _COMPRESSED.search(shard.name)
        fault = f"unpack it to a plain .tar ({packed[0]} is compressed)" if packed else error
        damaged.append(_TarSample(shard, "", {}, f"cannot be read as a tar file: {fault}"))
    whole = [
        sample for sample in found if any(ending in PICTURE_ENDINGS for ending in sample.members)
    ]
    return whole + damaged


def _check_end(archive: tarfile.TarFile) -> None:
    """Refuse what ``tarfile`` takes for the end of an archive: a damaged header inside it."""
    assert archive.fileobj is not None
    archive.fileobj.seek(archive.offset)
    if archive.fileobj.read(tarfile.BLOCKSIZE).strip(b"\0"):
        raise tarfile.ReadError(f"no header at byte {archive.offset}")


def _read_part(shard: Path, start: int, size: int) -> bytes:
    with shard.open("rb") as file:
        file.seek(start)
        data = file.read(size)
    if len(data) < size:
        raise ValueError(f"the shard ends after {len(data)} of its {size} bytes")
    return data
