"""Errors of the trainer, one tree.

TrainerError
├── RecipeError      a field of a recipe that cannot be used; names field, value and fix
├── DataError        training data that is missing or damaged
│   └── SampleError  one sample that cannot be read: it is counted, named and replaced
├── CheckpointError  a training checkpoint that is missing or does not fit the recipe
└── GroupError       several processes that cannot work together, or no longer
"""

from __future__ import annotations


class TrainerError(Exception):
    """Base of all errors raised by ``trainer``."""


class RecipeError(TrainerError):
    """A field of a recipe cannot be used."""


class DataError(TrainerError):
    """Training data is missing or damaged."""


class SampleError(DataError):
    """One sample cannot be read.

    Args:
        name: says which one: a file, or a place in a file.
        reason: why.
    """

    def __init__(self, name: object, reason: object) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self._reason = str(name), str(reason)

    def __reduce__(self) -> tuple[type[SampleError], tuple[str, str]]:
        """For errors that travel between processes."""
        return SampleError, (self.name, self._reason)


class CheckpointError(TrainerError):
    """A training checkpoint is missing or does not fit the recipe."""


class GroupError(TrainerError):
    """Several processes cannot work together, or no longer."""


def printable(text: str) -> str:
    """A text with what would break its line written out."""
    return text if text.isprintable() else repr(text)[1:-1]
