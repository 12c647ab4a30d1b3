"""From a training checkpoint to a model directory in the published layout."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from fgclip2.checkpoint import Checkpoint
from fgclip2.config import ModelConfig
from fgclip2.layout import TRAINING_ONLY
from fgclip2.tokenizer import FILE_NAME
from fgclip2.torch_model import Fgclip2Model
from trainer.checkpoints import newest_checkpoint, region_heads_trained
from trainer.errors import CheckpointError
from trainer.files import completed


def export(checkpoint: Path, out: Path) -> None:
    """Write config, averaged half-precision weights, tokenizer and preprocessor settings.

    Where they were not trained, the box head is the short head and the dense head the pooling head.

    Args:
        checkpoint: one ``step-NNNNNN`` folder, or the folder of a run (its newest is taken).
        out: the model directory; files of the same names are replaced.

    Raises:
        CheckpointError: there is no readable checkpoint, or the directory cannot be written.
    """
    source = newest_checkpoint(checkpoint)
    if out.resolve() == source.resolve():
        raise CheckpointError(
            f"{out} is the checkpoint itself, which a model would overwrite: choose another --out"
        )
    try:
        recipe = json.loads((source / "recipe.json").read_text(encoding="utf-8"))
        preprocessor = _preprocessor(recipe)
        weights = load_file(source / "average.safetensors")
        heads_trained = region_heads_trained(source, weights)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise CheckpointError(
            f"{source} is no readable checkpoint: {error}; name a run or one of its checkpoints"
        ) from None
    config = ModelConfig.from_directory(source)
    tokenizer = source.resolve().parent.parent / FILE_NAME  # of the run
    if not tokenizer.exists():
        raise CheckpointError(f"{tokenizer} is missing: copy it there from where the run was begun")
    model = Fgclip2Model(config)
    released = {name: t for name, t in weights.items() if name not in TRAINING_ONLY}
    try:
        model.load_state_dict(released)
    except RuntimeError:
        raise CheckpointError(
            f"{source}: average.safetensors and config.json do not fit each other; name another"
            " checkpoint"
        ) from None
    if not heads_trained:
        with torch.no_grad():
            model.boxtext_head.load_state_dict(model.text_model.head.state_dict())
            model.dense_feature_head.load_state_dict(model.vision_model.head.state_dict())
    half = {name: value.half().contiguous() for name, value in model.state_dict().items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        with completed(out / "model.safetensors") as partial:  # an engine may be reading the old
            save_file(half, partial, metadata={"format": "pt"})
        _write_json(out / "config.json", config.to_values())
        _write_json(out / "preprocessor_config.json", preprocessor)
        with completed(out / FILE_NAME) as partial:
            shutil.copyfile(tokenizer, partial)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{out} cannot be written: {error}; make room there, or choose another --out"
        ) from None
    Checkpoint.open(out).close()


def _preprocessor(recipe: dict[str, Any]) -> dict[str, object]:
    trained = max(budget for _, budget in recipe["patches"])
    # The published rule by size (0) goes as far as its readers assume anyway.
    fine = {"fine_num_patches": max(trained, recipe["export_patches"])} if trained else {}
    return {
        "image_processor_type": "Siglip2ImageProcessor",
        "do_resize": True,
        "do_rescale": True,
        "do_normalize": True,
        "rescale_factor": 1 / 255,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "patch_size": 16,
        "max_num_patches": recipe["export_patches"],
        **fine,
        "resample": 2,
    }


def _write_json(path: Path, values: dict[str, object]) -> None:
    with completed(path) as partial:
        partial.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
