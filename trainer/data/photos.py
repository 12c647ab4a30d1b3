"""The photo sets: zip archives of pictures with one JSON record per picture beside them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import threading
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from trainer.data.captions import Caption, Language, class_caption, sentence_caption
from trainer.data.names import ClassName, class_name
from trainer.data.pictures import decode_picture
from trainer.data.samples import Box, Label, checked_box
from trainer.errors import DataError, SampleError

# What zip archives raise for damaged members.
_BROKEN_MEMBER = (KeyError, OSError, ValueError, EOFError, RuntimeError, zlib.error)
# What lines raise that are no JSON, or no records.
_ODD_RECORD = (
    AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError
)  # fmt: skip
_SIDE_WORDS = re.compile(r"\b(left|right)\b|左|右")
_ADVICE = "name a folder with NAME.zip and NAME.jsonl.gz for each set"


@dataclass(frozen=True, slots=True)
class Photo:
    """One record: either human sentences in both languages or a class name.

    ``box`` is x0, y0, x1, y1 in 0..1, where it is known.
    """

    archive: str
    file: str
    width: int
    height: int
    sentences: dict[Language, tuple[str, ...]] = field(default_factory=dict)
    name: ClassName | None = None
    concepts: frozenset[str] = frozenset()
    box: Box | None = None

    @property
    def label(self) -> Label | None:
        """Its class, where it is known by one."""
        return (self.archive, self.name.names_en[0]) if self.name is not None else None

    @property
    def may_flip(self) -> bool:
        """Whether a mirrored picture still fits its captions (none of them names a side)."""
        texts = (text for sentences in self.sentences.values() for text in sentences)
        return not any(_SIDE_WORDS.search(text) for text in texts)

    def caption(self, language: Language, long: bool, rng: np.random.Generator) -> Caption:
        """A short or long caption of this photo."""
        if self.name is not None:
            return class_caption(self.name, language, long, rng)
        return sentence_caption(self.sentences[language], language, long, rng)


class PhotoSet:
    """Photos of some archives; pictures are decoded once and kept small in memory.

    ``unreadable`` holds the messages of records that cannot be used, by their names; they are left
    out. Safe to call from several threads.

    Args:
        directory: of the archives and their records.
        split: only records of this split count.
        archives: their names; all there are if None.
        side_px: larger pictures are shrunk to this shorter side.

    Raises:
        DataError: an archive or its records are missing or damaged, or none is of the split.
    """

    def __init__(
        self, directory: Path, split: str, archives: Iterable[str] | None = None, side_px: int = 144
    ) -> None:
        self.directory = directory
        self.side_px = side_px
        names = sorted(archives) if archives is not None else _archive_names(directory)
        self.unreadable: dict[str, str] = {}
        self._content = hashlib.blake2b(digest_size=16)
        self.photos = [photo for name in names for photo in self._read_records(name, split)]
        if not self.photos:
            raise DataError(
                f"{directory} holds no photos of the split {split!r} in {names}: {self._why_none()}"
            )
        self._cache: dict[int, npt.NDArray[np.uint8]] = {}
        self._zips = self._open_zips(names)
        self._opened_by = os.getpid()
        for archive in self._zips.values():
            members = [(member.filename, member.CRC) for member in archive.infolist()]
            self._content.update(repr(members).encode())
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.photos)

    @property
    def classes(self) -> dict[Label, ClassName]:
        """All classes of all archives, in order."""
        found = {p.label: p.name for p in self.photos if p.label is not None and p.name is not None}
        return dict(sorted(found.items()))

    @property
    def digest(self) -> str:
        """Of all records, and of the names and check sums of the pictures."""
        return self._content.hexdigest()

    def picture(self, index: int) -> Image.Image:
        """The picture as RGB, its shorter side at most ``side_px``.

        Raises:
            SampleError: it cannot be decoded.
        """
        pixels = self._cache.get(index)
        if pixels is None:
            pixels = self._cache[index] = np.asarray(self._decoded(self.photos[index]))
        return Image.fromarray(pixels)

    def weights(self, archive_weights: dict[str, float]) -> npt.NDArray[np.float64]:
        """How likely each photo is drawn: by archive, and inside it rarer classes more often."""
        groups: dict[tuple[str, str], int] = {}
        keys = [(p.archive, p.name.names_en[0] if p.name else "") for p in self.photos]
        for key in keys:
            groups[key] = groups.get(key, 0) + 1
        raw = np.array([groups[key] ** -0.5 for key in keys])
        archives = np.array([photo.archive for photo in self.photos])
        for name in set(archives):
            chosen = archives == name
            raw[chosen] *= archive_weights.get(name, 0.0) / raw[chosen].sum()
        if raw.sum() <= 0:
            raise DataError(f"no archive of {sorted(set(archives))} has a weight above 0")
        chances: npt.NDArray[np.float64] = raw / raw.sum()
        return chances

    def _why_none(self) -> str:
        odd = list(self.unreadable.values())
        return f"{len(odd)} records cannot be used, the first one: {odd[0]}" if odd else _ADVICE

    def _decoded(self, photo: Photo) -> Image.Image:
        name = self.directory / f"{photo.archive}.zip" / photo.file
        try:
            with self._lock:
                if self._opened_by != os.getpid():  # forked since: both would move one place
                    self._zips = self._open_zips(self._zips)
                    self._opened_by = os.getpid()
                data = self._zips[photo.archive].read(photo.file)
        except (*_BROKEN_MEMBER, zipfile.BadZipFile) as error:
            raise SampleError(name, error) from None
        rgb = decode_picture(data, name)
        scale = self.side_px / min(rgb.size)
        if scale < 1:
            size = (max(1, round(rgb.width * scale)), max(1, round(rgb.height * scale)))
            rgb = rgb.resize(size, Image.Resampling.BILINEAR)
        return rgb

    def _open_zips(self, names: Iterable[str]) -> dict[str, zipfile.ZipFile]:
        return {name: _open_zip(self.directory / f"{name}.zip") for name in names}

    def _read_records(self, archive: str, split: str) -> list[Photo]:
        path = self.directory / f"{archive}.jsonl.gz"
        try:
            content = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise DataError(f"{path} cannot be read: {error}; {_ADVICE}") from None
        self._content.update(content)
        found = []
        for number, line in enumerate(content.split(b"\n"), 1):
            try:
                record = json.loads(line) if line.strip() else {}
                if record.get("split") == split:
                    found.append(_photo(archive, record))
            except _ODD_RECORD as error:
                name = f"{path}, line {number}"
                self.unreadable[name] = f"{name}: {_reason(error)}"
        return found


def _archive_names(directory: Path) -> list[str]:
    names = sorted(path.stem for path in directory.glob("*.zip"))
    if not names:
        raise DataError(f"{directory} holds no zip archives: name the folder of the photo sets")
    return names


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} cannot be read: {error}; {_ADVICE}") from None


def _reason(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)


def _photo(archive: str, record: dict[str, Any]) -> Photo:
    """A record as a photo.

    Raises:
        KeyError: it lacks something.
        TypeError: something is of the wrong kind.
        ValueError: something is empty or no number.
    """
    file, width, height = str(record["file"]), int(record["width"]), int(record["height"])
    if "label_en" in record:
        labels = str(record["label_en"]).strip(), str(record["label_zh"]).strip()
        if not all(labels):
            raise ValueError("an empty label")
        name = class_name(*labels)
        box = checked_box(record["box"], "box") if record.get("box") is not None else None
        return Photo(archive, file, width, height, name=name, concepts=name.concepts, box=box)
    english = _sentences(record["captions_en"])
    chinese = _sentences(record["captions_zh"])
    counts: dict[str, int] = {}
    for sentence in english:
        for word in set(re.findall("[a-z]+", sentence.lower())):
            counts[word] = counts.get(word, 0) + 1
    shown = frozenset(word for word, count in counts.items() if count >= 2)
    return Photo(archive, file, width, height, {"en": english, "zh": chinese}, concepts=shown)


def _sentences(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError("captions that are no list")
    found = tuple(text for text in values if isinstance(text, str) and text.strip())
    if not found:
        raise ValueError("no caption in one of the languages")
    return found
