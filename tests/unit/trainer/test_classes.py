"""The names of all classes in a batch, and the photos that have one of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from fgclip2.tokenizer import FILE_NAME, Tokenizer
from tests.unit.trainer.conftest import COLOURS
from tests.unit.trainer.small_runs import stage_two
from trainer.data.captions import LANGUAGES, class_names
from trainer.data.choice import make_sources
from trainer.data.mixed_batches import MixedBatchMaker, MixedSource
from trainer.data.names import class_name
from trainer.data.packing import Batch, Classes
from trainer.data.photos import PhotoSet
from trainer.vocabulary import train_vocabulary

_RGB = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "yellow": (1, 1, 0)}


def test_all_classes_are_asked_for_in_one_way() -> None:
    names = [class_name(*labels) for labels in (("apple", "苹果"), ("cup, beaker", "杯子"))]
    for language in LANGUAGES:
        said = {tuple(class_names(names, language, np.random.default_rng(n))) for n in range(200)}
        assert len(said) > 10  # ways to ask
        for apple, cup in said:
            if language == "en":
                alike = apple.replace("an apple", "a cup").replace("apple", "cup")
                assert cup.replace("beaker", "cup") == alike
            else:
                assert cup == apple.replace("苹果", "杯子")


def test_a_batch_names_all_classes_and_knows_those_of_its_photos(
    photo_sets: Path, tmp_path: Path
) -> None:
    (tmp_path / FILE_NAME).write_bytes(train_vocabulary(["a photo of red apple"] * 30, 280))
    recipe = stage_two(
        photo_sets, "sources={'photos': 0.5, 'mosaics': 0.5}", "objectives={'classes': 1.0}",
        "archive_weights={'fruit': 0.5, 'people': 0.5}", "batch_size=16",
    )  # fmt: skip
    photos = PhotoSet(photo_sets, "train", side_px=40)
    assert list(photos.classes) == [("fruit", name) for name in sorted(COLOURS)]
    sources, tokenizer = make_sources(recipe, photos), Tokenizer(tmp_path, 280)

    def made(part: int, n_parts: int) -> tuple[Batch, Classes]:
        mixed = MixedSource(sources, recipe.sources, recipe.seed)
        batch = MixedBatchMaker(mixed, tokenizer, recipe, part, n_parts, photos.classes).make(3)
        assert batch.classes is not None
        return batch, batch.classes

    whole, classes = made(0, 1)
    parts = [made(0, 2), made(1, 2)]
    named = whole.short.ids_UL[whole.short.name_row_M]
    assert len(torch.unique(named, dim=0)) == len(COLOURS)
    said = [part.short.ids_UL[part.short.name_row_M] for part, _ in parts]
    assert torch.equal(named, torch.cat(said))
    # Photos of fruit have a class: no mosaics of them, no people.
    assert 0 < len(classes.image_A) < len(whole.shapes) / 2
    assert len(classes.image_A) == sum(len(own.image_A) for _, own in parts)
    for at, number in zip(classes.image_A.tolist(), classes.class_A.tolist(), strict=True):
        n_patches = whole.shapes[at][0] * whole.shapes[at][1]
        mean = whole.patches[at, :n_patches].reshape(-1, 3).mean(dim=0)
        colour = sorted(COLOURS)[number].split()[0]
        assert tuple((mean > 0).int().tolist()) == _RGB[colour]
    assert classes.set_C.tolist() == [0] * len(COLOURS)
