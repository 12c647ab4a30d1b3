"""What a GPU computes beside the CPU: encoders, the gradients of a step, a whole run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fgclip2 import Encoder
from tests.small_models import LINES, write_small_model
from tests.unit.trainer.small_runs import stage_two
from trainer.distributed import Group
from trainer.loop import open_data, start_state, train
from trainer.losses import Losses
from trainer.recipes import Recipe
from trainer.steps import backward_step

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA GPU here"),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # of CUDA's libraries, about the machine
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # fork beside CUDA's threads
]
ALONE = Group(0, 1)
GPU, CPU = torch.device("cuda"), torch.device("cpu")


@pytest.mark.parametrize(("precision", "least"), [("f32", 0.9999), ("bf16", 0.999)])
def test_vectors_are_those_of_the_cpu(tmp_path: Path, precision: str, least: float) -> None:
    model = write_small_model(tmp_path / "model")
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (3, 9, 12, 3), dtype=np.uint8)
    shown = [Image.fromarray(each).resize((160, 120)) for each in small]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(torch.cuda, "is_available", lambda: False)
        exact = Encoder.load(model, "torch", "f32")
    own = Encoder.load(model, "torch", precision)
    for expected, found in (
        (exact.encode_images(shown, 64), own.encode_images(shown, 64)),
        (exact.encode_texts(LINES), own.encode_texts(LINES)),
    ):
        assert (expected * found).sum(axis=1).min() >= least


def _gradients(recipe: Recipe, out: Path, device: torch.device) -> tuple[Losses, torch.Tensor]:
    data = open_data(recipe, out, ALONE)
    state = start_state(recipe, device, data, ALONE)
    losses = backward_step(state.wrapped, data.maker.make(0), recipe, device, ALONE)
    parts = [each.grad.flatten() for each in state.model.parameters() if each.grad is not None]
    return losses, torch.cat(parts).cpu()


@pytest.mark.parametrize("settings", [[], ["micro_batch=3"]])
def test_a_step_has_the_losses_and_gradients_of_the_cpu(
    photo_sets: Path, tmp_path: Path, settings: list[str]
) -> None:
    recipe = stage_two(photo_sets, *settings)
    expected, wanted = _gradients(recipe, tmp_path, CPU)
    found, got = _gradients(recipe, tmp_path, GPU)
    for name, loss in expected.parts.items():
        assert found.parts[name].item() == pytest.approx(loss.item(), rel=1e-3, abs=1e-5), name
    assert torch.nn.functional.cosine_similarity(wanted, got, dim=0) > 0.999
    assert found.threshold == pytest.approx(expected.threshold, abs=1e-2)


@pytest.mark.parametrize(
    "settings",
    [
        ["precision=bf16", "micro_batch=4"],
        ["precision=bf16", "checkpoint_layers=True", "data_processes=2"],
    ],
)
def test_a_run_goes_to_its_end_and_on(
    photo_sets: Path, tmp_path: Path, settings: list[str]
) -> None:
    recipe = stage_two(photo_sets, *settings)
    train(recipe, tmp_path, resume=False, stop_after=4)
    last = train(recipe, tmp_path, resume=True)
    assert last.name == "step-000006"
