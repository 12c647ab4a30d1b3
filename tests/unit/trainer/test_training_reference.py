"""The reference of the training benchmark computes what our step computes."""

from __future__ import annotations

from pathlib import Path

import torch

from benchmarks.training_reference import reference_losses
from tests.unit.trainer.small_runs import stage_two
from trainer.distributed import Group
from trainer.loop import open_data
from trainer.stage_model import StageModel
from trainer.steps import backward_step


def test_losses_and_gradients_of_both_sides_agree(photo_sets: Path, tmp_path: Path) -> None:
    alone, cpu = Group(0, 1), torch.device("cpu")
    recipe = stage_two(
        photo_sets,
        "sources={'scenes': 1.0}",
        "long_share=1.0",
        "mask_equal_texts=False",
        "negatives_per_region=10",
        "batch_size=4",
        "photos=",
    )
    # Scenes name no photo; a vocabulary comes from the fruit.
    vocabulary = stage_two(photo_sets)
    open_data(vocabulary, tmp_path, alone)
    batch = open_data(recipe, tmp_path, alone).maker.make(0)
    model = StageModel(recipe.model_config(), recipe.stage)
    model.initialise(torch.Generator().manual_seed(1))
    ours = backward_step(model, batch, recipe, cpu, alone)
    expected = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad(set_to_none=True)
    theirs = reference_losses(model, batch, recipe)
    torch.stack(list(theirs.values())).sum().backward()
    assert theirs.keys() == ours.parts.keys()
    for name, loss in theirs.items():
        torch.testing.assert_close(loss, ours.parts[name], rtol=1e-4, atol=1e-5, msg=name)
    for name, gradient in expected.items():
        found = dict(model.named_parameters())[name].grad
        torch.testing.assert_close(found, gradient, rtol=1e-3, atol=1e-4, msg=name)
