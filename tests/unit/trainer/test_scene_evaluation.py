"""Evaluation on drawn scenes: an encoder that knows the answers, and the counting by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fgclip2.encoder import Patches
from trainer.data.scene_source import SceneSource
from trainer.data.scenes import Scene
from trainer.evaluation.files import Floats
from trainer.evaluation.scenes import (
    NEGATIVES,
    VALIDATION_SPLIT,
    beaten,
    encode_scenes,
    evaluate_scenes,
    hottest_inside,
    scene_figures,
)
from trainer.evaluation.tasks import TASKS

GRID = (40, 40)
N_SCENES = 4


class Oracle:
    """Gives every text a direction of its own, and pictures and patches those of true texts."""

    def __init__(self, known: Sequence[Scene]) -> None:
        self._scenes = {id(scene.image): scene for scene in known}
        self._axes: dict[str, int] = {}

    def encode_texts(self, texts: Sequence[str], mode: str = "short") -> Floats:
        return np.stack([self._axis(text) for text in texts])

    def encode_images_and_dense(
        self, images: Sequence[Image.Image], patches: Patches, *, normalize: bool
    ) -> tuple[Floats, list[Floats]]:
        pooled, maps = [], []
        for image in images:
            scene = self._scenes[id(image)]
            pooled.append(self._axis(scene.short.en))
            dense = np.zeros((*GRID, 4096), np.float32)
            for each in scene.objects:
                x0, y0, x1, y1 = (round(side * 40) for side in each.box)
                dense[y0:y1, x0:x1] = self._axis(each.phrase.en)
            maps.append(dense)
        return np.stack(pooled), maps

    def _axis(self, text: str) -> Floats:
        vector = np.zeros(4096, np.float32)
        vector[self._axes.setdefault(text, len(self._axes))] = 1
        return vector


@pytest.fixture(scope="module")
def drawn() -> list[Scene]:
    source = SceneSource(N_SCENES, VALIDATION_SPLIT)
    return [source.scene(at) for at in range(N_SCENES)]


def test_who_knows_every_phrase_is_always_right(drawn: list[Scene]) -> None:
    oracle = Oracle(drawn)
    encoded = encode_scenes(oracle, drawn, 1024)  # type: ignore[arg-type]
    english = scene_figures(oracle, encoded, "en")  # type: ignore[arg-type]
    assert english["text to image R@1"] == english["image to text R@1"] == 100
    assert english["hard negatives"] == english["attribute negatives"] == 100
    assert english["hottest patch inside the box"] == 100
    # It knows no Chinese: every text is as near as any other, and a tie is no success.
    assert scene_figures(oracle, encoded, "zh")["hard negatives"] == 0  # type: ignore[arg-type]


def test_only_negatives_of_the_asked_kind_count() -> None:
    scores = [np.array([0.5, 0.6, 0.4]), np.array([0.5, 0.5, 0.1]), np.array([0.9, 0.1])]
    changes = [["colour", "place"], ["colour", "place"], ["kind"]]
    assert beaten(scores, changes, ["place"]) == 100
    assert beaten(scores, changes, ["colour"]) == 0
    assert beaten(scores, changes, ["kind", "colour"]) == pytest.approx(100 / 3)


def test_the_hottest_patch_is_looked_for_in_the_box() -> None:
    dense = np.zeros((2, 4, 1), np.float32)
    dense[1, 2] = 1
    text = np.ones(1, np.float32)
    assert hottest_inside(dense, text, (0.5, 0.5, 0.75, 1.0))
    assert not hottest_inside(dense, text, (0.0, 0.5, 0.6, 1.0))
    assert not hottest_inside(dense, text, (0.5, 0.0, 1.0, 0.7))


def test_every_negative_says_what_it_changes(drawn: list[Scene]) -> None:
    for each in (thing for scene in drawn for thing in scene.objects):
        assert len(each.changes) == len(each.negatives)
        for changed, wrong in zip(each.changes, each.negatives, strict=True):
            same_look = wrong.en.split(" on the ")[0] == each.phrase.en.split(" on the ")[0]
            assert not (same_look and changed in ("kind", "number"))


def test_a_model_in_the_published_layout_is_judged(small_model: Path) -> None:
    figures = evaluate_scenes(small_model, Path(), 16, N_SCENES)
    assert figures["scenes"] == N_SCENES
    assert {name[3:] for name in figures if name[:3] == "en "} >= set(NEGATIVES)
    assert all(0 <= value <= 100 for name, value in figures.items() if name[2] == " ")


def test_only_scenes_need_no_data() -> None:
    assert [name for name, task in TASKS.items() if not task.needs_data] == ["scenes"]
