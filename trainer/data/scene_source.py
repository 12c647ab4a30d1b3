"""Drawn scenes as samples: every thing a region with ten texts that are wrong in a detail."""

from __future__ import annotations

import random

import numpy as np

from trainer.data.captions import Caption, Language
from trainer.data.samples import Region, Sample
from trainer.data.scenes import SIZES_PX, make_scene
from trainer.data.scenes_words import Word

_SEEDS_A_SPLIT = 1 << 40  # scenes of different splits never share a seed


class SceneSource:
    """Scenes by number; ``split`` 0 is for training, others for validation and tests."""

    def __init__(self, n_scenes: int, split: int = 0) -> None:
        self._n_scenes = n_scenes
        self._first = split * _SEEDS_A_SPLIT

    def __len__(self) -> int:
        return self._n_scenes

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``; ``rng`` is not needed, a scene says what it says."""
        seed = self._first + index
        scene = make_scene(seed, random.Random(~seed).choice(SIZES_PX))

        def said(word: Word) -> str:
            return word.en if language == "en" else word.zh

        return Sample(
            scene.image.convert("RGB"),
            Caption(said(scene.short)),
            Caption(said(scene.long)),
            tuple(
                Region(each.box, said(each.phrase), tuple(said(word) for word in each.negatives))
                for each in scene.objects
            ),
        )
