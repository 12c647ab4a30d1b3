"""Which optimiser takes which parameters."""

from __future__ import annotations

import pytest
import torch

from tests.unit.trainer.small_runs import SIZES
from trainer.errors import RecipeError
from trainer.optimizers import Optimizer, make_optimizer
from trainer.recipes import Recipe, resolve
from trainer.stage_model import StageModel


def _stepped(*settings: str) -> tuple[StageModel, Optimizer, Recipe]:
    recipe = resolve("tiny", [*SIZES, *settings])
    model = StageModel(recipe.model_config(), 1)
    model.initialise(torch.Generator().manual_seed(1))
    optimizer = make_optimizer(model, recipe)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.set_learning_rate(0.01)
    optimizer.step()
    return model, optimizer, recipe


def test_muon_takes_the_matrices_of_layers_and_nothing_else() -> None:
    model, optimizer, _ = _stepped("optimizer=muon")
    for name, parameter in model.named_parameters():
        by_muon = "momentum_buffer" in optimizer.state_of(parameter)
        assert by_muon == (".layers." in name and parameter.ndim == 2), name


def test_adamw_takes_everything_when_asked() -> None:
    model, optimizer, _ = _stepped("optimizer=adamw")
    assert all("exp_avg" in optimizer.state_of(parameter) for parameter in model.parameters())


def test_the_bias_moves_faster_by_its_rate() -> None:
    model, _, recipe = _stepped("bias_rate=7.0", "optimizer=adamw")
    assert model.logit_bias.item() == pytest.approx(-0.01 * recipe.bias_rate, rel=1e-4)
    assert model.logit_scale.item() == pytest.approx(-0.01, rel=1e-4)


def test_muon_needs_whole_matrices() -> None:
    with pytest.raises(RecipeError, match="optimizer is 'muon'; set it to adamw with fsdp"):
        resolve("tiny", ["optimizer=muon", "sharding=fsdp"])
    with pytest.raises(RecipeError, match="optimizer is 'sgd'"):
        resolve("tiny", ["optimizer=sgd"])
