"""What a step computes with, and what is said when the memory does not hold it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.unit.trainer.small_runs import stage_two
from trainer.errors import RecipeError
from trainer.loop import train
from trainer.recipes import resolve
from trainer.steps import uses_bf16


@pytest.mark.parametrize(
    ("device", "is_native", "expected"),
    [("cuda", True, True), ("cuda", False, False), ("cpu", True, True), ("cpu", False, False)],
)
def test_auto_is_bf16_only_where_the_device_multiplies_it_itself(
    device: str, is_native: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_gpu(including_emulation: bool = True) -> bool:
        return is_native or including_emulation  # as on GPUs from before Ampere

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", of_gpu)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: is_native)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert uses_bf16(resolve("tiny", []), torch.device(device)) is expected
    assert uses_bf16(resolve("tiny", ["precision=bf16"]), torch.device(device))
    assert not uses_bf16(resolve("tiny", ["precision=f32"]), torch.device(device))


def test_auto_is_float32_on_other_accelerators() -> None:
    assert not uses_bf16(resolve("tiny", []), torch.device("mps"))


@pytest.mark.parametrize(
    "allocate",
    [
        lambda: torch.zeros(1 << 60),  # torch has no error of its own for this
        lambda: np.zeros(1 << 57),
    ],
)
def test_memory_of_the_machine_that_ran_out_says_which_field_may_change(
    photo_sets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    allocate: Callable[[], object],
) -> None:
    monkeypatch.setattr("trainer.loop.backward_step", lambda *given: allocate())
    with pytest.raises(RecipeError, match=r"^micro_batch is 0 .*step 1: set it lower.*--resume"):
        train(stage_two(photo_sets), tmp_path, resume=False)


def test_batches_that_the_memory_does_not_hold_say_so_too(
    photo_sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.data.mixed_batches.pack", lambda *given: np.zeros(1 << 57))
    with pytest.raises(RecipeError, match=r"step 1: set it lower.* a batch_size below 8$"):
        train(stage_two(photo_sets), tmp_path, resume=False)


def test_a_model_that_the_memory_does_not_hold_names_its_sizes(
    photo_sets: Path, tmp_path: Path
) -> None:
    recipe = stage_two(photo_sets, "hidden_size=16777216", "vision_intermediate_size=16777216")
    with pytest.raises(RecipeError, match=r"hidden_size is 16777216, .*choose smaller ones"):
        train(recipe, tmp_path, resume=False)


def test_other_errors_stay_what_they_are(
    photo_sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("trainer.loop.backward_step", broken)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        train(stage_two(photo_sets), tmp_path, resume=False)
