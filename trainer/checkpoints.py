"""Training checkpoints: safetensors and JSON in one folder, complete or not there at all."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from fgclip2.torch_model import Fgclip2Model
from trainer.errors import CheckpointError
from trainer.recipes import Recipe

_KEEP = 2


@dataclass
class TrainingState:
    """What a run needs to go on: weights, their moving average, optimiser, finished steps."""

    model: Fgclip2Model
    average: dict[str, Tensor]
    optimizer: torch.optim.Optimizer
    step: int = 0


def save_checkpoint(out: Path, state: TrainingState, recipe: Recipe) -> Path:
    """Write ``out/checkpoints/step-NNNNNN`` and drop all but the newest two."""
    folder = out / "checkpoints"
    final = folder / f"step-{state.step:06d}"
    partial = folder / f".part-{state.step:06d}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    save_file(_owned(state.model.state_dict()), partial / "model.safetensors")
    save_file(_owned(state.average), partial / "average.safetensors")
    save_file(_owned(_flatten(state)), partial / "optimizer.safetensors")
    (partial / "config.json").write_text(
        json.dumps(recipe.model_config().to_values(), indent=2), encoding="utf-8"
    )
    (partial / "recipe.json").write_text(recipe.to_json(), encoding="utf-8")
    (partial / "state.json").write_text(json.dumps({"step": state.step}), encoding="utf-8")
    shutil.rmtree(final, ignore_errors=True)
    partial.rename(final)
    for old in list_checkpoints(out)[:-_KEEP]:
        shutil.rmtree(old)
    return final


def list_checkpoints(out: Path) -> list[Path]:
    """Complete checkpoints of a run, oldest first."""
    return sorted((out / "checkpoints").glob("step-*"))


def load_checkpoint(directory: Path, state: TrainingState, recipe: Recipe) -> None:
    """Bring ``state`` to what the checkpoint holds.

    Raises:
        CheckpointError: a file is missing or damaged, or it belongs to another recipe.
    """
    saved = (directory / "recipe.json").read_text(encoding="utf-8")
    if saved != recipe.to_json():
        before, now = json.loads(saved), json.loads(recipe.to_json())
        changed = sorted(key for key in now if now[key] != before.get(key))
        raise CheckpointError(
            f"{directory} was made with another recipe (different: {', '.join(changed)}):"
            " resume with the same one, or choose another --out"
        )
    try:
        state.model.load_state_dict(load_file(directory / "model.safetensors"))
        state.average.update(load_file(directory / "average.safetensors"))
        _unflatten(state, load_file(directory / "optimizer.safetensors"))
        state.step = json.loads((directory / "state.json").read_text(encoding="utf-8"))["step"]
    except (OSError, SafetensorError, RuntimeError, KeyError, ValueError) as error:
        raise CheckpointError(f"{directory} cannot be resumed: {error}; delete it") from None


def start_from_average(directory: Path, model: Fgclip2Model) -> None:
    """Load the averaged weights of a training checkpoint, for a new run.

    Raises:
        CheckpointError: they are missing, damaged or of another size.
    """
    try:
        model.load_state_dict(load_file(directory / "average.safetensors"))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise CheckpointError(f"{directory} cannot begin a run: {str(error)[:200]}") from None


def _owned(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def _flatten(state: TrainingState) -> dict[str, Tensor]:
    flat: dict[str, Tensor] = {}
    for name, parameter in state.model.named_parameters():
        for key, value in state.optimizer.state.get(parameter, {}).items():
            flat[f"{name}|{key}"] = torch.as_tensor(value)
    return flat


def _unflatten(state: TrainingState, flat: dict[str, Tensor]) -> None:
    parameters = dict(state.model.named_parameters())
    for name, value in flat.items():
        parameter_name, key = name.rsplit("|", 1)
        parameter = parameters[parameter_name]
        placed = value if key == "step" else value.to(parameter.device)
        state.optimizer.state[parameter][key] = placed
