"""Drawn scenes as photos of a set, so that models know drawings, colours, numbers and places."""

from __future__ import annotations

import numpy as np

from trainer.data.captions import LANGUAGES, Language
from trainer.data.photos import Photo, PhotoSet
from trainer.data.scenes import Scene, make_scene

ARCHIVE = "scenes"
_SIZES_PX = ((176, 132), (132, 176), (144, 144), (192, 128))


def add_scenes(photos: PhotoSet, n_scenes: int, first_seed: int) -> None:
    """Draw scenes and add them to a set, under the archive name ``scenes``."""
    for index in range(n_scenes):
        scene = make_scene(first_seed + index, _SIZES_PX[index % len(_SIZES_PX)])
        photos.add(scene_photo(scene), np.asarray(scene.image))


def scene_photo(scene: Scene) -> Photo:
    """The record of a scene: its captions, and a phrase for each of its objects."""
    sentences: dict[Language, tuple[str, ...]] = {}
    long: dict[Language, str] = {}
    for language in LANGUAGES:
        phrases = [getattr(each.phrase, language) for each in scene.objects]
        names = [getattr(each.name, language) for each in scene.objects]
        sentences[language] = (getattr(scene.short, language), *phrases, *names)
        long[language] = getattr(scene.long, language)
    kinds = frozenset(each.kind for each in scene.objects)
    width, height = scene.image.size
    return Photo(
        ARCHIVE, f"scene-{scene.seed}", width, height, sentences, long=long, concepts=kinds
    )
