"""Pictures that are put together of two, for the objective ``classes``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.unit.trainer.small_runs import SIZES, fruit_batch
from trainer.data.mixed_batches import paste_part
from trainer.data.packing import Batch, Classes
from trainer.errors import RecipeError
from trainer.recipes import resolve

SETTINGS = [*SIZES, "batch_size=16", "scene_count=9", "patches=((0.0, 30),)"]
SETTINGS += ["sources={'photos': 0.75, 'scenes': 0.25}", "steps=9"]


def _batch(photo_sets: Path, run: Path, share: float, part: int = 0, n_parts: int = 1) -> Batch:
    return fruit_batch(photo_sets, run, [*SETTINGS, f"mixed_share={share}"], part, n_parts)


def _rows(batch: Batch) -> list[tuple[int, int, float]]:
    """Level sum of the picture, class and share of each row."""
    classes = batch.classes
    assert isinstance(classes, Classes)
    sums = batch.levels_BPV.sum(dim=(1, 2))[classes.image_A].tolist()
    return list(zip(sums, classes.class_A.tolist(), classes.share_A.tolist(), strict=True))


def test_shares_of_a_picture_are_one_whatever_the_processes(
    photo_sets: Path, tmp_path: Path
) -> None:
    whole = _batch(photo_sets, tmp_path, 0.6)
    assert whole.classes is not None
    pictures, counts = torch.unique(whole.classes.image_A, return_counts=True)
    assert set(counts.tolist()) == {1, 2}  # some are put together of two
    assert len(pictures) < 16  # scenes have no class and are not
    for picture in pictures.tolist():
        own = whole.classes.share_A[whole.classes.image_A == picture]
        assert own.sum().item() == pytest.approx(1)
        assert own[0] >= 0.5
    parts = [_batch(photo_sets, tmp_path, 0.6, part, 2) for part in (0, 1)]
    assert sorted(_rows(whole)) == sorted(row for part in parts for row in _rows(part))


def test_without_a_share_every_picture_is_as_before(photo_sets: Path, tmp_path: Path) -> None:
    before, mixed = (_batch(photo_sets, tmp_path, share) for share in (0.0, 1.0))
    assert before.classes is not None
    assert before.classes.share_A.tolist() == [1.0] * len(before.classes.image_A)
    assert not torch.equal(before.levels_BPV, mixed.levels_BPV)


def test_a_mixed_picture_fits_the_names_of_both(photo_sets: Path, tmp_path: Path) -> None:
    keys = [_batch(photo_sets, tmp_path, share).short.keys for share in (0.0, 1.0)]
    before, mixed = (
        {*map(tuple, torch.stack([k.shown_row_S, k.shown_concept_S], 1).tolist())} for k in keys
    )
    assert before < mixed


@pytest.mark.parametrize("size_px", [(64, 48), (16, 160), (1, 1)])
def test_a_part_lies_where_it_lay(size_px: tuple[int, int]) -> None:
    black, white = Image.new("RGB", size_px), Image.new("RGB", (32, 32), "white")
    for seed in range(40):
        mixed, share = paste_part(black, white, np.random.default_rng(seed))
        levels = np.asarray(mixed)[..., 0]
        assert levels.mean() / 255 == pytest.approx(share)
        rows, columns = np.nonzero(levels)
        assert len(rows) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)  # one rectangle
        assert share <= 0.5 or size_px == (1, 1)
    assert not np.asarray(black).any()


@pytest.mark.parametrize(
    ("recipe", "settings", "advice"),
    [
        ("tiny-regions", [], "a part of another picture may hide a region"),
        ("tiny", ["objectives={'short': 1.0}"], "give the objective classes a weight"),
        ("tiny", ["mixed_share=1.5"], "0 to 1"),
    ],
)
def test_where_pictures_cannot_be_mixed(recipe: str, settings: list[str], advice: str) -> None:
    with pytest.raises(RecipeError, match=advice):
        resolve(recipe, ["mixed_share=0.5", *settings])
