"""The training loop of both stages; it reads top-down. All that it needs is in the recipe."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import torch

from fgclip2.tokenizer import Tokenizer
from trainer.checkpoints import (
    TrainingState,
    list_checkpoints,
    load_checkpoint,
    save_checkpoint,
)
from trainer.data.batches import MakesBatches, prefetch
from trainer.data.choice import make_sources
from trainer.data.mixed_batches import MixedBatchMaker, MixedSource
from trainer.data.packing import Batch
from trainer.data.photos import PhotoSet
from trainer.data.samples import Source
from trainer.device_photos import DevicePhotos, PhotoBatch
from trainer.distributed import Group, full_tensor, process_group
from trainer.errors import CheckpointError, RecipeError
from trainer.losses import Losses
from trainer.memory import (
    check_room,
    enough_memory,
    model_too_large,
    photos_too_large,
    sources_too_large,
    step_too_large,
)
from trainer.optimizers import make_optimizer
from trainer.progress import follow, name_unreadable
from trainer.recipe_checks import uses_photos
from trainer.recipes import Recipe
from trainer.resuming import check_same_run, check_same_samples, record_samples
from trainer.stage_model import StageModel
from trainer.starting_points import ensure_tokenizer, load_start
from trainer.starts import batch_patches, centre_outputs, prepare_small_start, sample_patches
from trainer.steps import backward_photos, backward_step

logger = logging.getLogger(__name__)
_LOG_EVERY = 20


@dataclass(frozen=True, slots=True)
class Data:
    """What a run reads: its batches, and the photo sets if it uses them.

    ``sources`` are by name; ``maker`` makes this process's part of a batch, ``whole`` all of it.
    ``unreadable`` is filled as samples are read.
    """

    sources: dict[str, Source]
    maker: MakesBatches
    whole: MakesBatches
    photos: PhotoSet | None
    unreadable: dict[str, str]

    @property
    def found_by_all(self) -> dict[str, str]:
        """What is unreadable to every process alike, before a sample is read."""
        return self.photos.unreadable if self.photos is not None else {}


def train(
    recipe: Recipe,
    out: Path,
    resume: bool,
    stop_after: int | None = None,
    sources: dict[str, Source] | None = None,
) -> Path:
    """Run a recipe, or go on with it; under torchrun, one of several processes.

    Args:
        recipe: validated.
        out: folder of the run; ``checkpoints`` and the files of ``trainer.progress`` appear in it.
        resume: go on from the newest checkpoint in ``out``, if there is one.
        stop_after: end (with a checkpoint) after that many steps of the whole run.
        sources: taken instead of making those that the recipe names, by the same names.

    Returns:
        The folder of the last checkpoint.

    Raises:
        CheckpointError: ``out`` holds a run and ``resume`` is not set, or it cannot be resumed.
        DataError: the data is missing or damaged.
        RecipeError: a starting point or source that cannot be used, a step that does not fit into
            the memory, or a learning rate at which the run leaves the finite numbers.
        GroupError: the processes of the run cannot work together.
    """
    with process_group() as group:
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        check_room(recipe, device, group.size)
        checkpoints = list_checkpoints(out)
        data, changes = _open(recipe, out, checkpoints, resume, sources, group)
        with name_unreadable(data.unreadable, data.found_by_all, group):
            state = _start_or_go_on(recipe, device, data, group, checkpoints, changes)
            last = min(recipe.steps, stop_after or recipe.steps)
            with (
                enough_memory(lambda: step_too_large(recipe, state.step)),
                follow(out, recipe, state.step, group.is_first) as progress,
                closing(_batches(state, data, recipe, out, last)) as batches,
            ):
                started, begun = time.monotonic(), state.step
                for batch in batches:
                    losses = _step(state, batch, recipe, device, group)
                    progress.advance(state.step)
                    if state.step % _LOG_EVERY == 0 or state.step == last:
                        rate = (state.step - begun) * recipe.batch_size
                        rate /= time.monotonic() - started
                        # By all processes: may gather.
                        progress.report(_record(state, losses, rate, recipe))
                    if state.step % recipe.checkpoint_every == 0 and state.step < last:
                        save_checkpoint(out, state, recipe, group)
                        progress.draw()
        return save_checkpoint(out, state, recipe, group)


def _open(
    recipe: Recipe,
    out: Path,
    checkpoints: list[Path],
    resume: bool,
    sources: dict[str, Source] | None,
    group: Group,
) -> tuple[Data, list[str]]:
    """The data of a run that may begin or go on, and what is different from the run so far."""
    if checkpoints and not resume:
        raise CheckpointError(f"{out} holds a run already: add --resume, or choose another --out")
    if recipe.batch_size % group.size:
        raise RecipeError(
            f"batch_size is {recipe.batch_size}; set it to a multiple of the {group.size} processes"
        )
    if recipe.photos_on_device and group.size > 1:
        raise RecipeError(
            f"photos_on_device is True with {group.size} processes; start one, without torchrun, or"
            " set it to False"
        )
    changes = check_same_run(checkpoints[-1], recipe) if checkpoints else []
    with enough_memory(lambda: sources_too_large(recipe)):
        data = open_data(recipe, out, group, sources)
    if checkpoints:
        check_same_samples(out, data.sources)
    elif group.is_first:
        record_samples(out, data.sources)
    return data, changes


def _start_or_go_on(
    recipe: Recipe,
    device: torch.device,
    data: Data,
    group: Group,
    checkpoints: list[Path],
    changes: list[str],
) -> TrainingState:
    """The model where the run starts or goes on."""
    newest = checkpoints[-1] if checkpoints else None
    with enough_memory(lambda: model_too_large(recipe)):
        state = start_state(recipe, device, data, group, newest)
    if newest is not None and group.is_first:
        changed = f" ({'; '.join(changes)})" if changes else ""
        logger.info("resumed at step %d of %d%s", state.step, recipe.steps, changed)
    return state


def _batches(
    state: TrainingState, data: Data, recipe: Recipe, out: Path, last: int
) -> Generator[Batch | PhotoBatch]:
    """Those of the steps until ``last``, made ahead or on the device."""
    if not recipe.photos_on_device or state.step >= last:
        return prefetch(data.maker, state.step, last, recipe.data_processes)
    assert data.photos is not None
    tokenizer = Tokenizer(out, recipe.vocab_size)
    with enough_memory(lambda: photos_too_large(recipe)):
        maker = DevicePhotos(data.photos, data.unreadable, state.model, tokenizer, recipe)
    return (maker.make(step) for step in range(state.step, last))


def _step(
    state: TrainingState,
    batch: Batch | PhotoBatch,
    recipe: Recipe,
    device: torch.device,
    group: Group,
) -> Losses:
    """One optimiser step."""
    state.optimizer.set_learning_rate(learning_rate(recipe, state.step))
    state.optimizer.zero_grad()
    if isinstance(batch, PhotoBatch):
        losses = backward_photos(state.wrapped, batch, recipe, device)
    else:
        losses = backward_step(state.wrapped, batch, recipe, device, group, state.threshold)
    norm = torch.nn.utils.clip_grad_norm_(state.model.parameters(), recipe.gradient_norm)
    if not full_tensor(norm).isfinite():  # before it reaches the weights and every checkpoint
        raise RecipeError(
            f"learning_rate is {recipe.learning_rate} and the gradients of step {state.step + 1}"
            " are no finite numbers: set it lower, or precision=f32, and begin again"
        )
    state.optimizer.step()
    _update_average(state, recipe)
    state.threshold = losses.threshold
    state.step += 1
    return losses


def open_data(
    recipe: Recipe, out: Path, group: Group, sources: dict[str, Source] | None = None
) -> Data:
    """Open the recipe's sources unless given; the first process sees to ``out``'s tokenizer."""
    photos = None
    if uses_photos(recipe):
        archives = list(recipe.archive_weights)
        photos = PhotoSet(Path(recipe.photos), "train", archives, recipe.cache_side_px)
    made = sources or make_sources(recipe, photos)
    if group.is_first:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CheckpointError(
                f"{out} cannot hold a run: {error.strerror}; choose another --out"
            ) from None
        ensure_tokenizer(out, photos, recipe, made.values())
    group.wait()
    tokenizer = Tokenizer(out, recipe.vocab_size)
    source = MixedSource(made, recipe.sources, recipe.seed)
    if photos is not None:
        source.unreadable |= photos.unreadable
    classes = photos.classes if photos is not None else {}
    maker = MixedBatchMaker(source, tokenizer, recipe, group.rank, group.size, classes)
    whole = MixedBatchMaker(source, tokenizer, recipe, 0, 1, classes)
    return Data(made, maker, whole, photos, source.unreadable)


def start_state(
    recipe: Recipe,
    device: torch.device,
    data: Data,
    group: Group,
    checkpoint: Path | None = None,
) -> TrainingState:
    """A model at its starting point, with its optimiser and weight average.

    The order is fixed: ``checkpoint``, stage-one weights, published weights, random.
    """
    model = StageModel(recipe.model_config(), recipe.stage)
    if checkpoint is None and not load_start(model, recipe):
        _start_from_nothing(model, recipe, data)
    if recipe.frozen_text:
        model.freeze_text()
    if recipe.compile_layers:
        model.compile_layers()
    if recipe.checkpoint_layers:
        model.checkpoint_layers()
    wrapped = group.wrap(model.to(device), recipe.sharding)
    average = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    state = TrainingState(model, wrapped, average, make_optimizer(model, recipe))
    if checkpoint is not None:
        load_checkpoint(checkpoint, state)
    return state


def learning_rate(recipe: Recipe, step: int) -> float:
    """Linear warm-up, then a cosine to 1 % of the peak."""
    if step < recipe.warmup_steps:
        return recipe.learning_rate * (step + 1) / recipe.warmup_steps
    share = (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps)
    return recipe.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))


def _start_from_nothing(model: StageModel, recipe: Recipe, data: Data) -> None:
    generator = torch.Generator().manual_seed(recipe.seed)
    model.initialise(generator)
    if recipe.small_start:
        if data.photos is None:
            seen = batch_patches(data.whole)
        else:
            seen = sample_patches(data.photos, recipe.patches_at(0))
        prepare_small_start(model, seen, generator)
        centre_outputs(model, data.whole)
    with torch.no_grad():
        model.logit_scale.fill_(math.log(recipe.initial_scale))
        model.logit_bias.fill_(recipe.initial_bias)


@torch.no_grad()
def _update_average(state: TrainingState, recipe: Recipe) -> None:
    decay = min(recipe.average_decay, (1 + state.step) / (10 + state.step))
    values = state.model.state_dict()
    # In a few launches on a GPU, not one for each of hundreds of tensors.
    torch._foreach_lerp_([state.average[name] for name in values], [*values.values()], 1 - decay)


def _record(state: TrainingState, losses: Losses, rate: float, recipe: Recipe) -> dict[str, float]:
    scale, bias = full_tensor(state.model.logit_scale), full_tensor(state.model.logit_bias)
    record: dict[str, float] = {
        "step": state.step,
        **{name: round(loss.item(), 4) for name, loss in losses.parts.items()},
        "scale": round(scale.exp().item(), 3),
        "bias": round(bias.item(), 3),
        "patches": recipe.patches_at(state.step - 1),
        "samples_per_s": round(rate, 1),
    }
    if recipe.counts("rank"):
        record["threshold"] = round(losses.threshold, 3)
    return record
