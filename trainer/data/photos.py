"""The photo sets: zip archives of pictures with one JSON record per picture beside them."""

from __future__ import annotations

import gzip
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from trainer.data.captions import Caption, Language, class_caption, sentence_caption
from trainer.data.names import ClassName, class_name
from trainer.data.samples import Box, usable_box
from trainer.errors import DataError, SampleError

_SIDE_WORDS = re.compile(r"\b(left|right)\b|左|右")


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

    ``unreadable`` counts and names the pictures that could not be decoded; they are replaced by
    the next readable photo. Safe to call from several threads.
    """

    def __init__(
        self, directory: Path, split: str, archives: Iterable[str] | None = None, side_px: int = 144
    ) -> None:
        self.directory = directory
        self.side_px = side_px
        names = sorted(archives) if archives is not None else _archive_names(directory)
        self.photos = [photo for name in names for photo in _read_records(directory, name, split)]
        if not self.photos:
            raise DataError(f"{directory} holds no photos of the split {split!r} in {names}")
        self.unreadable: dict[str, str] = {}
        self._cache: dict[int, npt.NDArray[np.uint8]] = {}
        self._zips = {name: zipfile.ZipFile(directory / f"{name}.zip") for name in names}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.photos)

    def picture(self, index: int) -> Image.Image:
        """The picture as RGB, its shorter side at most ``side_px``."""
        for offset in range(len(self.photos)):
            pixels = self._pixels((index + offset) % len(self.photos))
            if pixels is not None:
                return Image.fromarray(pixels)
        raise DataError(f"{self.directory}: not one picture can be decoded")

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

    def readable_picture(self, index: int) -> Image.Image:
        """The picture of this very photo.

        Raises:
            SampleError: it cannot be decoded.
        """
        pixels = self._pixels(index)
        if pixels is None:
            file = self.photos[index].file
            raise SampleError(f"{self.directory}: {file}: {self.unreadable[file]}")
        return Image.fromarray(pixels)

    def _pixels(self, index: int) -> npt.NDArray[np.uint8] | None:
        kept = self._cache.get(index)
        photo = self.photos[index]
        if kept is not None or photo.file in self.unreadable:
            return kept
        try:
            with self._lock:
                data = self._zips[photo.archive].read(photo.file)
            with Image.open(io.BytesIO(data)) as image:
                rgb = image.convert("RGB")
        except (KeyError, OSError, ValueError, UnidentifiedImageError, zipfile.BadZipFile) as error:
            self.unreadable[photo.file] = str(error)
            return None
        scale = self.side_px / min(rgb.size)
        if scale < 1:
            size = (max(1, round(rgb.width * scale)), max(1, round(rgb.height * scale)))
            rgb = rgb.resize(size, Image.Resampling.BILINEAR)
        self._cache[index] = np.asarray(rgb)
        return self._cache[index]


def _archive_names(directory: Path) -> list[str]:
    names = sorted(path.stem for path in directory.glob("*.zip"))
    if not names:
        raise DataError(f"{directory} holds no zip archives: name the folder of the photo sets")
    return names


def _read_records(directory: Path, name: str, split: str) -> list[Photo]:
    path = directory / f"{name}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} cannot be read: {error}; set photos and archive_weights to sets that are there"
        ) from None
    return [_photo(name, record) for record in records if record["split"] == split]


def _photo(archive: str, record: dict[str, Any]) -> Photo:
    file, width, height = str(record["file"]), int(record["width"]), int(record["height"])
    if "label_en" in record:
        name = class_name(str(record["label_en"]), str(record["label_zh"]))
        box = usable_box(record.get("box"))
        return Photo(archive, file, width, height, name=name, concepts=name.concepts, box=box)
    english: tuple[str, ...] = tuple(record["captions_en"])
    chinese: tuple[str, ...] = tuple(record["captions_zh"])
    counts: dict[str, int] = {}
    for sentence in english:
        for word in set(re.findall("[a-z]+", sentence.lower())):
            counts[word] = counts.get(word, 0) + 1
    shown = frozenset(word for word, count in counts.items() if count >= 2)
    return Photo(archive, file, width, height, {"en": english, "zh": chinese}, concepts=shown)
