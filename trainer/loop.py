"""The training loop of stage 1. It reads top-down; everything it needs comes from the recipe."""

from __future__ import annotations

import json
import logging
import math
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from fgclip2.tokenizer import Tokenizer
from fgclip2.torch_model import Fgclip2Model, TextMode
from trainer import objectives
from trainer.checkpoints import (
    TrainingState,
    list_checkpoints,
    load_checkpoint,
    save_checkpoint,
    start_from_average,
)
from trainer.data.batches import Batch, BatchMaker, Texts, prefetch
from trainer.data.photos import PhotoSet
from trainer.data.scene_photos import ARCHIVE, add_scenes
from trainer.errors import CheckpointError
from trainer.recipes import Recipe
from trainer.starts import centre_outputs, prepare_small_start
from trainer.vocabulary import copy_vocabulary, ensure_vocabulary

logger = logging.getLogger(__name__)
_LOG_EVERY = 20


def train(recipe: Recipe, out: Path, resume: bool, stop_after: int | None = None) -> Path:
    """Run a recipe, or go on with it.

    Args:
        recipe: validated.
        out: folder of the run; ``log.jsonl`` and ``checkpoints`` appear in it.
        resume: go on from the newest checkpoint in ``out``, if there is one.
        stop_after: end (with a checkpoint) after that many steps of the whole run.

    Returns:
        The folder of the last checkpoint.

    Raises:
        CheckpointError: ``out`` holds a run and ``resume`` is not set, or it cannot be resumed.
        DataError: the photos are missing or damaged.
    """
    found = list_checkpoints(out)
    if found and not resume:
        raise CheckpointError(f"{out} holds a run already: add --resume, or choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    archives = [name for name in recipe.archive_weights if name != ARCHIVE]
    photos = PhotoSet(Path(recipe.photos), "train", archives, recipe.cache_side_px)
    add_scenes(photos, recipe.scenes, recipe.seed)
    if recipe.start_from:
        copy_vocabulary(Path(recipe.start_from), out)
    else:
        ensure_vocabulary(out, photos, recipe.vocab_size, recipe.seed)
    maker = BatchMaker(photos, Tokenizer(out, recipe.vocab_size), recipe)

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    state = start_state(recipe, device, photos, maker)
    if found:
        load_checkpoint(found[-1], state, recipe)
        logger.info("resumed at step %d of %d", state.step, recipe.steps)

    last = min(recipe.steps, stop_after or recipe.steps)
    started, begun = time.monotonic(), state.step
    for batch in prefetch(maker, state.step, last):
        for group in state.optimizer.param_groups:
            group["lr"] = learning_rate(recipe, state.step) * group["rate"]
        losses = step_losses(state.model, batch, recipe, device)
        loss = torch.stack(list(losses.values())).sum()
        state.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(state.model.parameters(), recipe.gradient_norm)
        state.optimizer.step()
        _update_average(state, recipe)
        state.step += 1
        if state.step % _LOG_EVERY == 0 or state.step == last:
            rate = (state.step - begun) * recipe.batch_size / (time.monotonic() - started)
            _log(out, state, losses, rate, recipe)
        if state.step % recipe.checkpoint_every == 0 and state.step < last:
            save_checkpoint(out, state, recipe)
    for name, reason in photos.unreadable.items():
        logger.warning("unreadable photo %s: %s", name, reason)
    return save_checkpoint(out, state, recipe)


def start_state(
    recipe: Recipe, device: torch.device, photos: PhotoSet, maker: BatchMaker
) -> TrainingState:
    """A freshly initialised model with its optimiser and weight average."""
    model = Fgclip2Model(recipe.model_config())
    generator = torch.Generator().manual_seed(recipe.seed)
    model.initialise(generator)
    with torch.no_grad():
        model.logit_scale.fill_(math.log(recipe.initial_scale))
        model.logit_bias.fill_(recipe.initial_bias)
    if recipe.start_from:
        start_from_average(Path(recipe.start_from), model)
    elif recipe.small_start:
        prepare_small_start(model, photos, recipe.patches_at(0), generator)
        centre_outputs(model, maker)
    model.to(device)
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        rate = recipe.bias_rate if name == "logit_bias" else 1.0
        decay = recipe.weight_decay if _is_decayed(name) else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    optimizer = torch.optim.AdamW(
        [{"params": p, "rate": rate, "weight_decay": decay} for (rate, decay), p in groups.items()],
        lr=recipe.learning_rate,
        betas=(recipe.beta1, recipe.beta2),
    )
    average = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    return TrainingState(model, average, optimizer)


def step_losses(
    model: Fgclip2Model, batch: Batch, recipe: Recipe, device: torch.device
) -> dict[str, Tensor]:
    """Stage 1: the sigmoid loss of photos with their short captions, and with their long ones."""
    mask = None if batch.mask_BP is None else batch.mask_BP.to(device)
    with torch.autocast(device.type, torch.bfloat16, enabled=_uses_bf16(recipe, device)):
        tokens = model.encode_image_tokens(batch.patches_BPV.to(device), mask, batch.shapes)
        image_BE = functional.normalize(model.pool(tokens, mask).float(), dim=-1)
        losses = {"short": _caption_loss(model, image_BE, batch.short, "short", device)}
        if batch.long is not None:
            first = image_BE[: len(batch.long.row_B)]
            losses["long"] = _caption_loss(model, first, batch.long, "long", device)
    return losses


def learning_rate(recipe: Recipe, step: int) -> float:
    """Linear warm-up, then a cosine to 1 % of the peak."""
    if step < recipe.warmup_steps:
        return recipe.learning_rate * (step + 1) / recipe.warmup_steps
    share = (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps)
    return recipe.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))


def _caption_loss(
    model: Fgclip2Model, image_BE: Tensor, texts: Texts, mode: TextMode, device: torch.device
) -> Tensor:
    text_UE = functional.normalize(model.encode_text(texts.ids_UL.to(device), mode).float(), dim=-1)
    with torch.autocast(device.type, enabled=False):
        return objectives.sigmoid(
            image_BE,
            text_UE[texts.row_B.to(device)],
            model.logit_scale,
            model.logit_bias,
            texts.matches_BB.to(device),
        )


def _uses_bf16(recipe: Recipe, device: torch.device) -> bool:
    if recipe.precision != "auto":
        return recipe.precision == "bf16"
    return device.type == "cuda" or torch.cpu._is_amx_tile_supported()


def _is_decayed(name: str) -> bool:
    return not ("bias" in name or "norm" in name or name == "logit_scale")


@torch.no_grad()
def _update_average(state: TrainingState, recipe: Recipe) -> None:
    decay = min(recipe.average_decay, (1 + state.step) / (10 + state.step))
    for name, value in state.model.state_dict().items():
        state.average[name].lerp_(value, 1 - decay)


def _log(
    out: Path, state: TrainingState, losses: dict[str, Tensor], rate: float, recipe: Recipe
) -> None:
    record = {
        "step": state.step,
        **{name: round(loss.item(), 4) for name, loss in losses.items()},
        "scale": round(state.model.logit_scale.exp().item(), 3),
        "bias": round(state.model.logit_bias.item(), 3),
        "patches": recipe.patches_at(state.step - 1),
        "samples_per_s": round(rate, 1),
    }
    with (out / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    logger.info("%s", record)
