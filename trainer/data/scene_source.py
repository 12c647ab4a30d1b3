"""Drawn scenes as samples: every thing a region with ten texts that are wrong in a detail."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from trainer.data.captions import Caption, Language
from trainer.data.samples import Region, Sample
from trainer.data.scenes import SIZES_PX, Scene, SceneObject, make_scene
from trainer.data.scenes_text import kind_name, unlike
from trainer.data.scenes_words import kinds

MOST_KEPT = 20_000  # of about a quarter of a megabyte each
_NAMED_SHARE = 0.3  # of the regions are called by the name of their kind alone
_SEEDS_A_SPLIT = 1 << 40  # scenes of different splits never share a seed


class SceneSource:
    """Scenes by number; ``split`` 0 is for training, others for validation and tests.

    Up to ``MOST_KEPT`` scenes are drawn once and kept, since drawing takes longer than training.
    """

    def __init__(self, n_scenes: int, split: int = 0) -> None:
        self._n_scenes = n_scenes
        self._first = split * _SEEDS_A_SPLIT
        self._kept: dict[int, Scene] = {}

    def __len__(self) -> int:
        return self._n_scenes

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``; ``rng`` decides which regions are called by their kind alone."""
        scene = self.scene(index)
        regions = tuple(
            (_named if rng.random() < _NAMED_SHARE else _described)(each, language)
            for each in scene.objects
        )
        return Sample(
            scene.image,
            Caption(scene.short.said(language)),
            Caption(scene.long.said(language)),
            regions,
            language=language,
        )

    def scene(self, index: int) -> Scene:
        """The scene itself, its picture as RGB."""
        if index in self._kept:
            return self._kept[index]
        seed = self._first + index
        scene = make_scene(seed, random.Random(~seed).choice(SIZES_PX))
        scene = replace(scene, image=scene.image.convert("RGB"))
        if self._n_scenes <= MOST_KEPT:
            self._kept[index] = scene
        return scene


def _described(thing: SceneObject, language: Language) -> Region:
    """Everything that is said about a thing, against texts that are wrong in a detail."""
    wrong = tuple(word.said(language) for word in thing.negatives)
    return Region(thing.box, thing.phrase.said(language), wrong)


def _named(thing: SceneObject, language: Language) -> Region:
    """The name of a thing's kind, against those of all other kinds."""
    wrong = [kind_name(kinds()[other], thing.number) for other in unlike(thing.kind)]
    right = kind_name(kinds()[thing.kind], thing.number)
    return Region(thing.box, right.said(language), tuple(word.said(language) for word in wrong))
