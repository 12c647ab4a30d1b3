"""Memory that runs out, of a device or of the machine, as one sentence instead of a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from trainer.errors import RecipeError
from trainer.recipes import Recipe

# What torch's allocator for CPUs and cuBLAS say; they raise a RuntimeError like any other.
_SAID = ("can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED")


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


def sources_too_large(recipe: Recipe) -> str:
    """Advice where the index of the data does not fit."""
    return (
        f"sources is {recipe.sources} and the memory does not hold what lies where in them: name"
        " smaller ones"
    )


def model_too_large(recipe: Recipe) -> str:
    """Advice where the weights do not fit."""
    return (
        f"hidden_size is {recipe.hidden_size}, vocab_size {recipe.vocab_size} and the memory does"
        " not hold a model of these sizes: choose smaller ones"
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
