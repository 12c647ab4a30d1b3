"""One of several processes: gradients of a step for each scenario, written by the first process.

``python dist_worker.py PHOTOS RUN OUT SCENARIOS``; the group is in the environment, as torchrun
sets it. SCENARIOS is JSON: name -> {"settings": [...], "bare_rank": rank without regions or -1}.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from tests.unit.trainer.small_runs import stage_two
from trainer.data.packing import Batch
from trainer.distributed import Group, full_tensor, process_group
from trainer.loop import open_data, start_state
from trainer.steps import backward_step


def main(photos: str, run: str, out: str, scenarios: str) -> None:
    """Run every scenario and write ``OUT/NAME.safetensors``."""
    torch.set_num_threads(1)
    with process_group() as group:
        for name, scenario in json.loads(scenarios).items():
            tensors = gradients(Path(photos), Path(run), group, **scenario)
            if group.is_first:
                save_file(tensors, Path(out) / f"{name}.safetensors")


def gradients(
    photos: Path, run: Path, group: Group, settings: list[str], bare_rank: int
) -> dict[str, torch.Tensor]:
    """Gradients of two steps on one another, and what the first process says of loss and
    threshold."""
    recipe = stage_two(photos, *settings)
    data = open_data(recipe, run, group)
    device = torch.device("cpu")
    state = start_state(recipe, device, data, group)
    losses, threshold = [], 1.5
    for step in (1, 2):
        batch = data.maker.make(step)
        if group.rank == bare_rank:
            batch = without_regions(batch)
        found = backward_step(state.wrapped, batch, recipe, device, group, threshold)
        threshold = found.threshold
        losses.append(found.total.detach())
    named = {
        name: full_tensor(parameter.grad).clone().contiguous()
        for name, parameter in state.model.named_parameters()
        if parameter.grad is not None
    }
    return named | {"loss": torch.stack(losses), "threshold": torch.tensor(threshold)}


def without_regions(batch: Batch) -> Batch:
    """The batch with no region left."""
    assert batch.regions is not None
    kept = {
        each.name: getattr(batch.regions, each.name)[:0]
        for each in dataclasses.fields(batch.regions)
        if each.name != "ids_UL"
    }
    return dataclasses.replace(batch, regions=dataclasses.replace(batch.regions, **kept))


if __name__ == "__main__":
    main(*sys.argv[1:])
