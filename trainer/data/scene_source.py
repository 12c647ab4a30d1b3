"""Drawn scenes as samples: every thing a region with texts that are wrong in a detail or name."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import numpy as np

from trainer.data.captions import Caption, Language
from trainer.data.samples import Region, Sample
from trainer.data.scenes import SIZES_PX, Scene, SceneObject, make_scene
from trainer.data.scenes_text import bare_name, kind_name, unlike
from trainer.data.scenes_words import kinds

MOST_KEPT = 20_000  # of about a quarter of a megabyte each
_NAMED_SHARE = 0.35  # of the regions are called by the name of their kind alone,
_BARE_SHARE = 0.12  # these without article or plural
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

    @property
    def digest(self) -> str:
        """See ``Source``."""
        return f"scenes from {self._first}"

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``; ``rng`` decides which regions are called by their kind alone."""
        scene = self.scene(index)
        regions = tuple(_region(each, language, rng.random()) for each in scene.objects)
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


def _region(thing: SceneObject, language: Language, chance: float) -> Region:
    """A thing with what is said about it; ``chance`` (0..1) decides whether it is only named."""
    if chance >= _NAMED_SHARE:
        wrong = tuple(word.said(language) for word in thing.negatives)
        return Region(thing.box, thing.phrase.said(language), wrong)
    # As in a sentence, or as people type it.
    name = partial(kind_name, number=thing.number) if chance >= _BARE_SHARE else bare_name
    others = tuple(name(kinds()[other]).said(language) for other in unlike(thing.kind))
    return Region(thing.box, name(kinds()[thing.kind]).said(language), others)
