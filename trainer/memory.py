"""Memory that runs out, of a device or of the machine, as one sentence instead of a traceback."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from fgclip2.images import DYNAMIC_BUDGETS
from fgclip2.torch_model import Fgclip2Model
from trainer.errors import RecipeError
from trainer.recipes import Recipe

# What torch's allocator for CPUs and cuBLAS say; they raise a RuntimeError like any other.
_SAID = ("can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED")

_SIZES = (
    "hidden_size", "vision_layers", "text_layers", "vision_intermediate_size",
    "text_intermediate_size", "vocab_size",
)  # fmt: skip
_PATCH_BYTES = 3 * 16 * 16 * 4


@contextmanager
def enough_memory(advice: Callable[[], str]) -> Iterator[None]:
    """What is done within it may need more memory than there is.

    Args:
        advice: gives the sentence for that case: the field, its value and the fix.

    Raises:
        RecipeError: the memory ran out.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not _ran_out(error):
            raise
        raise RecipeError(advice()) from None


def check_room(recipe: Recipe, device: torch.device, n_processes: int) -> None:
    """Refuse at once what this machine cannot hold whatever else is in its memory.

    Linux promises more memory than there is, and ends processes when they use it.

    Raises:
        RecipeError: the weights, or the photos of a step, are larger than the whole memory.
    """
    there = _memory_bytes()
    # Weights, their average, gradients and one moment at least; a GPU holds all but the first.
    copies = 4 if device.type == "cpu" and recipe.sharding == "ddp" else 1
    if copies * _weights_bytes(recipe) > there:
        raise RecipeError(model_too_large(recipe))
    patches = max(budget or DYNAMIC_BUDGETS[0] for _, budget in recipe.patches)
    if recipe.batch_size // n_processes * patches * _PATCH_BYTES > there:
        raise RecipeError(
            f"batch_size is {recipe.batch_size} and the memory does not hold the photos of a step:"
            " set it lower, or start more processes"
        )


def _memory_bytes() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on every system
        return math.inf


def _weights_bytes(recipe: Recipe) -> int:
    with torch.device("meta"):
        model = Fgclip2Model(recipe.model_config())
    return 4 * sum(parameter.numel() for parameter in model.parameters())


def sources_too_large(recipe: Recipe) -> str:
    """Advice where the index of the data does not fit."""
    return (
        f"sources is {recipe.sources} and the memory does not hold what lies where in them: name"
        " smaller ones"
    )


def photos_too_large(recipe: Recipe) -> str:
    """Advice where the photos and captions of ``photos_on_device`` do not fit."""
    return (
        f"cache_side_px is {recipe.cache_side_px} and the memory does not hold all photos of that"
        " side: set it lower, or photos_on_device=False"
    )


def model_too_large(recipe: Recipe) -> str:
    """Advice where the weights do not fit."""
    sizes = ", ".join(f"{name} {getattr(recipe, name)}" for name in _SIZES[1:])
    return (
        f"{_SIZES[0]} is {recipe.hidden_size}, {sizes} and the memory does not hold a model of"
        " these sizes: choose smaller ones"
    )


def step_too_large(recipe: Recipe, step: int) -> str:
    """Advice where a step, counted from 0, does not fit."""
    return (
        f"micro_batch is {recipe.micro_batch} (0: all at once) and the memory does not hold step"
        f" {step + 1}: set it lower, or checkpoint_layers=True, and go on with --resume, or begin"
        f" again with a batch_size below {recipe.batch_size}"
    )


def _ran_out(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(said in str(error) for said in _SAID)
