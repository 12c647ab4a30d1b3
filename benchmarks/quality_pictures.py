"""Pictures with known things, for ``benchmarks.quality``: drawn scenes, mosaics, an album.

Some kinds of things are held out, with all that may be called by the same names: no picture shows
them, so that they can be asked for in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.regions import FIRST_SCENE, SCENE_PX, mosaic
from trainer.data.captions import Language
from trainer.data.names import ClassName, with_article
from trainer.data.photos import PhotoSet
from trainer.data.scenes import make_scene
from trainer.data.scenes_text import alike
from trainer.data.scenes_words import Word, kinds

_SIDES = (1, 2, 2, 3, 4)  # tiles in a row and in a column
_HELD_OUT_KINDS = 12
_HELD_OUT_CLASSES = 40
_HELD_OUT_OF_ALBUM = 60
# Photos 64 pixels wide are no album's.
_ALBUM = {
    "flickr8k": 0.4, "caltech101": 0.16, "catsdogs": 0.1, "rooms": 0.08, "weather": 0.08,
    "pacs_photo": 0.08, "flowers": 0.05, "grocery": 0.03, "clothing": 0.02,
}  # fmt: skip

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something in a picture: its kind, what it is called there, x0, y0, x1, y1 in 0..1."""

    kind: str
    name: Word
    box: Box


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, all things in it that have a name, and what a person said of it, by language."""

    image: Image.Image
    things: tuple[Thing, ...]
    sentences: dict[Language, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """Pictures and their words.

    Attributes:
        pictures: drawn or composed one by one.
        words: what each kind is called, without anything that not all of it share.
        absent: kinds that no picture shows.
        alike: the kind itself and those that may be called by its name or look like it.
    """

    pictures: Iterable[Shown]
    words: dict[str, Word]
    absent: frozenset[str]
    alike: Callable[[str], Set[str]]


def scenes(n_pictures: int) -> Known:
    """Drawn scenes whose seeds no training run has seen."""
    words = {name: Word(kind.en, kind.zh) for name, kind in kinds().items()}
    absent = _held_out(words, alike, _HELD_OUT_KINDS)
    return Known(_drawn(n_pictures, absent), words, absent, alike)


def mosaics(folder: Path, n_pictures: int) -> Known:
    """Validation photos of named things, alone and 4, 9 or 16 in a picture."""
    photos = PhotoSet(folder, "val")
    words, sharing = _vocabulary(photos)
    absent = _held_out(words, sharing, _HELD_OUT_CLASSES)
    named = [(at, photo.name) for at, photo in enumerate(photos.photos) if photo.name is not None]
    usable = [(at, _kind(name)) for at, name in named if _kind(name) not in absent]
    return Known(_composed(photos, usable, n_pictures, words), words, absent, sharing)


def album(folder: Path, n_pictures: int) -> Known:
    """Validation photos one by one, as in an ordinary library: people, pets, rooms, things.

    Of those with human sentences it is not known which things they show.
    """
    photos = PhotoSet(folder, "val")
    words, sharing = _vocabulary(photos)
    absent = _held_out(words, sharing, _HELD_OUT_OF_ALBUM)
    rng = np.random.default_rng(3)
    shown = []
    for archive, share in _ALBUM.items():
        usable = [
            at
            for at, photo in enumerate(photos.photos)
            if photo.archive == archive and (photo.name is None or _kind(photo.name) not in absent)
        ]
        count = min(len(usable), round(share * n_pictures))
        shown += [
            _single(photos, int(at), words) for at in rng.choice(usable, count, replace=False)
        ]
    return Known(shown, words, absent, sharing)


def _vocabulary(photos: PhotoSet) -> tuple[dict[str, Word], Callable[[str], Set[str]]]:
    """What each class is called, and which classes may be called by a class's names."""
    classes = {_kind(photo.name): photo.name for photo in photos.photos if photo.name is not None}
    words = {kind: Word(with_article(kind), name.names_zh[0]) for kind, name in classes.items()}

    def sharing(kind: str) -> Set[str]:
        own = classes[kind].concepts
        return {other for other, name in classes.items() if name.concepts & own}

    return words, sharing


def _single(photos: PhotoSet, at: int, words: dict[str, Word]) -> Shown:
    photo = photos.photos[at]
    if photo.name is None:
        said = {language: each[0] for language, each in photo.sentences.items()}
        return Shown(photos.picture(at), (), said)
    kind = _kind(photo.name)
    return Shown(photos.picture(at), (Thing(kind, words[kind], photo.box or (0, 0, 1, 1)),))


def _held_out(
    words: dict[str, Word], alike_of: Callable[[str], Set[str]], n_kinds: int
) -> frozenset[str]:
    chosen = sorted(words)[:: max(1, len(words) // n_kinds)]
    return frozenset(other for kind in chosen for other in alike_of(kind))


def _drawn(n_pictures: int, absent: frozenset[str]) -> Iterator[Shown]:
    seed, drawn = FIRST_SCENE, 0
    while drawn < n_pictures:
        seed += 1
        scene = make_scene(seed, SCENE_PX)
        if not any(each.kind in absent for each in scene.objects):
            things = tuple(Thing(each.kind, each.name, each.box) for each in scene.objects)
            drawn += 1
            yield Shown(scene.image, things)


def _composed(
    photos: PhotoSet, usable: list[tuple[int, str]], n_pictures: int, words: dict[str, Word]
) -> Iterator[Shown]:
    rng = np.random.default_rng(1)
    for number in range(n_pictures):
        n_tiles = _SIDES[number % len(_SIDES)] ** 2
        chosen = [usable[int(rng.integers(len(usable)))] for _ in range(n_tiles)]
        image, boxes = mosaic([photos.picture(at) for at, _ in chosen])
        things = (
            Thing(kind, words[kind], (x0, y0, x1, y1))
            for (_, kind), (x0, y0, x1, y1) in zip(chosen, boxes.tolist(), strict=True)
        )
        yield Shown(image, tuple(things))


def _kind(name: ClassName) -> str:
    return name.names_en[0]
