"""Training checkpoints: safetensors and JSON in one folder, complete or not there at all."""

from __future__ import annotations

import json
import math
import re
import reprlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from trainer.distributed import Group, full_tensor, like
from trainer.errors import CheckpointError
from trainer.files import completed, sync
from trainer.optimizers import Optimizer
from trainer.recipes import Recipe
from trainer.stage_model import StageModel

_KEEP = 2
_STATE = "state.json"
_STATE_VALUES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "step": (lambda value: type(value) is int and value >= 0, "expected a whole number"),
    "threshold": (
        lambda value: type(value) in (int, float) and math.isfinite(value),
        "expected a finite number",
    ),
    "region_heads_trained": (lambda value: type(value) is bool, "expected true or false"),
}


@dataclass
class TrainingState:
    """What a run needs to go on: weights, their moving average, optimiser, finished steps.

    ``wrapped`` is the model as several processes share it, or the model itself. ``threshold`` is
    that of the rank loss for the next step.
    """

    model: StageModel
    wrapped: nn.Module
    average: dict[str, Tensor]
    optimizer: Optimizer
    step: int = 0
    threshold: float = 0.0


def save_checkpoint(out: Path, state: TrainingState, recipe: Recipe, group: Group) -> Path:
    """Write ``out/checkpoints/step-NNNNNN`` and drop all but the newest two.

    Every process calls this; the first one writes. One that is there already is this very one.
    The older ones stay until this one is on disk.

    Raises:
        CheckpointError: it cannot be written, on a full disk for instance.
    """
    final = out / "checkpoints" / f"step-{state.step:06d}"
    tensors = {
        "model": _owned(state.model.state_dict()),
        "average": _owned(state.average),
        "optimizer": _owned(_flatten(state)),
    }
    if group.is_first and not final.exists():
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            sync(out)
            with completed(final) as partial:
                partial.mkdir()
                _write(partial, tensors, state, recipe)
            for old in list_checkpoints(out)[:-_KEEP]:
                shutil.rmtree(old)
        except (OSError, SafetensorError) as error:
            raise CheckpointError(
                f"{final} cannot be written: {error}; make room there and go on with --resume"
            ) from None
    group.wait()
    return final


def _write(
    folder: Path, tensors: dict[str, dict[str, Tensor]], state: TrainingState, recipe: Recipe
) -> None:
    for name, each in tensors.items():
        save_file(each, folder / f"{name}.safetensors")
    texts = {
        "config": json.dumps(recipe.model_config().to_values(), indent=2),
        "recipe": recipe.to_json(),
        "state": json.dumps(
            {
                "step": state.step,
                "threshold": state.threshold,
                "region_heads_trained": state.model.region_heads_trained,
            }
        ),
    }
    for name, text in texts.items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def list_checkpoints(out: Path) -> list[Path]:
    """Complete checkpoints of a run, oldest first; no copies of them under longer names."""
    found = [
        (int(match[1]), path)
        for path in (out / "checkpoints").glob("step-*")
        if (match := re.fullmatch(r"step-(\d+)", path.name))
    ]
    return [path for _, path in sorted(found)]


def newest_checkpoint(folder: Path) -> Path:
    """The newest checkpoint of a run, or the folder itself where it is one.

    Raises:
        CheckpointError: it is neither.
    """
    found = list_checkpoints(folder)
    if not found and not (folder / "average.safetensors").exists():
        raise CheckpointError(
            f"{folder} is no run with checkpoints and no checkpoint: check the path"
        )
    return found[-1] if found else folder


def region_heads_trained(checkpoint: Path, tensors: Mapping[str, Tensor]) -> bool:
    """Whether the box and dense heads of a checkpoint were trained, by its run or before it.

    Older checkpoints and bare weights do not say so: the scales of stage 2 in them do.

    Args:
        checkpoint: its folder.
        tensors: its weights.

    Raises:
        OSError: its ``state.json`` cannot be read.
        ValueError: its ``state.json`` holds something else than a run writes there.
    """
    state = _read_state(checkpoint)
    return bool(state.get("region_heads_trained", "logit_scale_hardneg" in tensors))


def load_checkpoint(directory: Path, state: TrainingState) -> None:
    """Bring ``state`` to what the checkpoint holds.

    Raises:
        CheckpointError: a file is missing or damaged.
    """
    try:
        examples = state.model.state_dict()
        weights = load_file(directory / "model.safetensors")
        state.model.load_state_dict(_placed(weights, examples))
        average = load_file(directory / "average.safetensors")
        for name, example in examples.items():
            _check_shape(f"average.safetensors: {name}", average[name], example)
        state.average.update(_placed(average, examples))
        _unflatten(state, load_file(directory / "optimizer.safetensors"))
        progress = _read_state(directory)
        if "step" not in progress:
            raise ValueError(f"{_STATE} is missing or names no step")
        state.step, state.threshold = progress["step"], progress.get("threshold", 0.0)
        state.model.region_heads_trained = region_heads_trained(directory, weights)
    except (OSError, SafetensorError, RuntimeError, LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{directory} cannot be resumed: {error}; delete it") from None


def _read_state(checkpoint: Path) -> dict[str, Any]:
    """What a checkpoint says beside its tensors; nothing where it has no such file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds something else; names the file and the value.
    """
    path = checkpoint / _STATE
    values = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if not isinstance(values, dict):
        raise ValueError(f"{_STATE} holds {reprlib.repr(values)}, expected an object")
    for name, (fits, expected) in _STATE_VALUES.items():
        if name in values and not fits(values[name]):
            raise ValueError(f"{name} in {_STATE} is {reprlib.repr(values[name])}, {expected}")
    return values


def _owned(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: full_tensor(t.detach()).cpu().contiguous() for name, t in tensors.items()}


def _placed(tensors: dict[str, Tensor], examples: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: like(tensor, examples[name]) for name, tensor in tensors.items()}


def _flatten(state: TrainingState) -> dict[str, Tensor]:
    flat: dict[str, Tensor] = {}
    for name, parameter in state.model.named_parameters():
        for key, value in state.optimizer.state_of(parameter).items():
            flat[f"{name}|{key}"] = torch.as_tensor(value)
    return flat


def _unflatten(state: TrainingState, flat: dict[str, Tensor]) -> None:
    parameters = dict(state.model.named_parameters())
    for name, value in flat.items():
        parameter_name, key = name.rsplit("|", 1)
        parameter = parameters[parameter_name]
        if key != "step":
            _check_shape(f"optimizer.safetensors: {name}", value, parameter)
            value = like(value, parameter)
        elif parameter.is_cuda:  # fused optimisers count there
            value = value.to(parameter.device)
        state.optimizer.state_of(parameter)[key] = value


def _check_shape(name: str, found: Tensor, wanted: Tensor) -> None:
    if found.shape != wanted.shape:
        raise ValueError(f"{name} has the shape {tuple(found.shape)}, not {tuple(wanted.shape)}")
