"""Stage 1 on a part of each picture's patches."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.unit.trainer.small_runs import SIZES, fruit_batch
from trainer.data.packing import Batch
from trainer.errors import RecipeError
from trainer.recipes import resolve
from trainer.stage_model import PicturePiece, StageModel, pieces_of

CPU = torch.device("cpu")
SETTINGS = [*SIZES, "batch_size=8", "scene_count=9", "patches=((0.0, 30),)"]
SETTINGS += ["sources={'photos': 0.5, 'scenes': 0.5}", "steps=9"]


def _batch(photo_sets: Path, run: Path, share: float, part: int = 0, n_parts: int = 1) -> Batch:
    return fruit_batch(photo_sets, run, [*SETTINGS, f"seen_patches={share}"], part, n_parts)


def test_a_share_of_every_picture_is_seen_whatever_the_processes(
    photo_sets: Path, tmp_path: Path
) -> None:
    whole = _batch(photo_sets, tmp_path, 0.3)
    assert whole.seen_BQ is not None
    assert len(set(whole.shapes)) > 1
    for (rows, columns), places in zip(whole.shapes, whole.seen_BQ.tolist(), strict=True):
        real = [place for place in places if place >= 0]
        assert len(real) == round(0.3 * rows * columns)
        assert real == sorted(set(real))
        assert real[-1] < rows * columns
    seen = [
        (batch.levels_BPV[at].sum().item(), [place for place in places if place >= 0])
        for batches in (
            [whole],
            [_batch(photo_sets, tmp_path, 0.3, part, 2) for part in (0, 1)],
        )
        for batch in batches
        if batch.seen_BQ is not None
        for at, places in enumerate(batch.seen_BQ.tolist())
    ]
    assert sorted(seen[:8]) == sorted(seen[8:])
    assert len({tuple(places) for _, places in seen[:8]}) > 4
    assert _batch(photo_sets, tmp_path, 1.0).seen_BQ is None


@pytest.mark.parametrize("micro_batch", [0, 3])
def test_what_is_not_seen_counts_for_nothing(
    photo_sets: Path, tmp_path: Path, micro_batch: int
) -> None:
    """The vectors are those of pictures whose other patches are padding."""
    batch = _batch(photo_sets, tmp_path, 0.4)
    assert batch.seen_BQ is not None
    recipe = resolve("tiny", [*SETTINGS, f"photos={photo_sets}", f"micro_batch={micro_batch}"])
    model = StageModel(recipe.model_config(), 1)
    model.initialise(torch.Generator().manual_seed(1))
    pieces = [p for p in pieces_of(batch, recipe, True, CPU) if isinstance(p, PicturePiece)]
    assert len(pieces) == (3 if micro_batch else 1)
    with torch.no_grad():
        made, _ = model(pieces)
        seen_BP = torch.zeros(batch.levels_BPV.shape[:2], dtype=torch.bool)
        for row, places in zip(seen_BP, batch.seen_BQ, strict=True):
            row[places[places >= 0]] = True
        tokens = model.encode_image_tokens(batch.patches, seen_BP, batch.shapes)
        expected = torch.nn.functional.normalize(model.pool(tokens, seen_BP), dim=-1)
    torch.testing.assert_close(torch.cat([vectors for (vectors,) in made]), expected)


def test_regions_need_all_patches() -> None:
    with pytest.raises(RecipeError, match=r"seen_patches is 0\.5; set it to 1\.0"):
        resolve("tiny-regions", ["seen_patches=0.5"])
