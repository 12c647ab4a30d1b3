"""Runs in which the vision tower learns alone, from texts that stay what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.unit.trainer.small_runs import stage_two
from trainer import stage_model
from trainer.distributed import Group
from trainer.errors import RecipeError
from trainer.loop import open_data, start_state, train
from trainer.recipes import Recipe, resolve
from trainer.steps import backward_step

TEXT_PARTS = ("text_model", "longtext_head", "boxtext_head")
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def start(photo_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of stage 2 to begin from."""
    run = tmp_path_factory.mktemp("start")
    train(stage_two(photo_sets, "steps=2"), run, resume=False)
    return run


def _frozen(photos: Path, start: Path, *more: str) -> Recipe:
    return stage_two(photos, f"start_from={start}", "frozen_text=True", *more)


def _gradients(recipe: Recipe, run: Path, steps: int = 1) -> dict[str, Tensor]:
    """Those of the last of some steps, between which no weight changes."""
    group = Group(0, 1)
    data = open_data(recipe, run, group)
    state = start_state(recipe, CPU, data, group)
    for step in range(steps):
        state.optimizer.zero_grad()
        backward_step(state.model, data.maker.make(step), recipe, CPU, group, 0.5)
    return {n: p.grad for n, p in state.model.named_parameters() if p.grad is not None}


def test_only_the_vision_tower_learns(photo_sets: Path, start: Path, tmp_path: Path) -> None:
    recipe = _frozen(photo_sets, start, "steps=4", "weight_decay=0.5")
    group = Group(0, 1)
    before = start_state(recipe, CPU, open_data(recipe, tmp_path, group), group).average
    last = train(recipe, tmp_path, resume=False)
    for name in ("model", "average"):
        after = load_file(last / f"{name}.safetensors")
        same = {tensor for tensor in before if torch.equal(before[tensor], after[tensor])}
        assert {t for t in before if t.startswith(TEXT_PARTS)} <= same
        assert not [t for t in same if t.startswith("vision_model.encoder") and "k_proj.b" not in t]


@pytest.mark.parametrize("more", [(), ("micro_batch=3",)])
def test_the_vision_tower_gets_the_gradients_that_it_gets_beside_texts_that_learn(
    photo_sets: Path, start: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    frozen = _gradients(_frozen(photo_sets, start, *more), tmp_path / "frozen", steps=3)
    both = _gradients(stage_two(photo_sets, f"start_from={start}"), tmp_path / "both", steps=3)
    assert not [name for name in frozen if name.startswith(TEXT_PARTS)]
    assert {name for name in both if not name.startswith(TEXT_PARTS)} == set(frozen)
    for name, gradient in frozen.items():
        torch.testing.assert_close(gradient, both[name], rtol=1e-4, atol=1e-6, msg=name)


def test_no_text_is_encoded_twice_but_after_the_kept_ones_are_too_many(
    photo_sets: Path, start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = _frozen(photo_sets, start)
    group = Group(0, 1)
    data = open_data(recipe, tmp_path, group)
    model = start_state(recipe, CPU, data, group).model
    encoded: list[int] = []
    inner = model.encode_text
    monkeypatch.setattr(
        model, "encode_text", lambda ids, mode: encoded.append(len(ids)) or inner(ids, mode)
    )
    ids = torch.arange(256).reshape(4, 64)
    wanted = (ids[:3], ids[:3], ids[[2, 0]])
    first, again, fewer = (
        model([stage_model.TextPiece(each, "short")])[0][0][0] for each in wanted
    )
    assert encoded == [3]
    assert torch.equal(first, again)
    assert torch.equal(fewer, first[[2, 0]])
    model([stage_model.TextPiece(ids[:2], "box")])
    assert encoded == [3, 2]
    monkeypatch.setattr(stage_model, "_MOST_KNOWN", 5)
    more = model([stage_model.TextPiece(ids[2:], "short")])[0][0][0]
    assert encoded == [3, 2, 2]
    torch.testing.assert_close(more[0], first[2])


def test_a_run_goes_on_as_if_it_had_not_stopped(
    photo_sets: Path, start: Path, tmp_path: Path
) -> None:
    recipe = _frozen(photo_sets, start, "optimizer=muon")
    whole = train(recipe, tmp_path / "whole", resume=False)
    train(recipe, tmp_path / "parts", resume=False, stop_after=3)
    parts = train(recipe, tmp_path / "parts", resume=True)
    one, other = (load_file(at / "model.safetensors") for at in (whole, parts))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-5, atol=1e-7, msg=name)


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ([], "False, or name a start_from or weights"),
        (["weights=somewhere", "sharding=fsdp"], "False with fsdp"),
    ],
)
def test_where_texts_cannot_be_frozen(settings: list[str], advice: str) -> None:
    with pytest.raises(RecipeError, match=f"^frozen_text is True; set it to {advice}"):
        resolve("tiny", ["frozen_text=True", "optimizer=adamw", *settings])
