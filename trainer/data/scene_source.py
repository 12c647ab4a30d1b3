"""Drawn scenes as samples: every thing a region with ten texts that are wrong in a detail."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from trainer.data.captions import Caption, Language
from trainer.data.samples import Region, Sample
from trainer.data.scenes import SIZES_PX, Scene, make_scene

MOST_KEPT = 20_000  # of about a quarter of a megabyte each
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
        """See ``Source``; ``rng`` is not needed, a scene says what it says."""
        scene = self.scene(index)
        regions = tuple(
            Region(
                each.box,
                each.phrase.said(language),
                tuple(word.said(language) for word in each.negatives),
            )
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
