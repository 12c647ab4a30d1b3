"""What may change between a run and its continuation.

A run that goes on ends as if it had never stopped. So whatever decides what is computed must be
what it was. What only says how, or where files are found, may change: how much is held at once,
how processes share the work, how often a checkpoint is made. Files that lie elsewhere must hold the
same samples.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from trainer.data.samples import Source
from trainer.errors import CheckpointError
from trainer.files import completed
from trainer.recipes import Recipe

_SAMPLES = "samples.json"
# With another ``micro_batch`` or ``sharding`` the same sums are made in another order.
FREE_FIELDS = frozenset(
    {
        "name", "photos", "checkpoint_every", "data_threads", "data_processes", "micro_batch",
        "checkpoint_layers", "compile_layers", "sharding",
    }
)  # fmt: skip


def check_same_run(checkpoint: Path, recipe: Recipe) -> list[str]:
    """Refuse a recipe that would compute something else from a checkpoint on.

    Args:
        checkpoint: of the run that goes on.
        recipe: that it shall go on with.

    Returns:
        What is different and may be, with both values, for the log.

    Raises:
        CheckpointError: a field is different that may not be, or the checkpoint does not say.
    """
    before, now = _recorded(checkpoint, recipe), json.loads(recipe.to_json())
    changes = {
        name: f"{name} was {_shown(before[name])} and is {_shown(now[name])}"
        for name in now
        if json.dumps(before[name]) != json.dumps(now[name])
    }
    refused = [
        change
        for name, change in changes.items()
        if name not in FREE_FIELDS and _decisive(name, before[name]) != _decisive(name, now[name])
    ]
    if refused:
        raise CheckpointError(
            f"{checkpoint} was made with another recipe: {'; '.join(refused)}. Set back what was"
            " there (--set FIELD=VALUE), or choose another --out"
        )
    return list(changes.values())


def record_samples(out: Path, sources: Mapping[str, Source]) -> None:
    """Write down what a run that begins is trained on, for ``check_same_samples``."""
    with completed(out / _SAMPLES) as partial:
        partial.write_text(json.dumps(_inventory(sources)), encoding="utf-8")


def check_same_samples(out: Path, sources: Mapping[str, Source]) -> None:
    """Refuse to go on with other samples than the run was begun with, as far as an index tells.

    Raises:
        CheckpointError: they are others, or what the run wrote down cannot be read.
    """
    path = out / _SAMPLES
    if not path.exists():  # a run from before they were written down
        return
    try:
        before = [(n_samples, digest) for n_samples, digest in json.loads(path.read_bytes())]
    except (OSError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"{path} cannot be read: {error}; delete it to go on without comparing the samples"
        ) from None
    for name, known, found in zip(sources, before, _inventory(sources), strict=False):
        if known != found:
            others = " others" if known[0] == found[0] else ""
            raise CheckpointError(
                f"{out} was begun with other files: {name} had {known[0]} samples and has"
                f" {found[0]}{others}. Name the same files, or choose another --out"
            )


def _inventory(sources: Mapping[str, Source]) -> list[tuple[int, str]]:
    return [(len(source), source.digest) for source in sources.values()]


def _recorded(checkpoint: Path, recipe: Recipe) -> dict[str, Any]:
    """The checkpoint's recipe. A field that it does not have yet had its default then."""
    try:
        content = json.loads((checkpoint / "recipe.json").read_text(encoding="utf-8"))
        before = dict(content)
    except (OSError, TypeError, ValueError) as error:
        raise CheckpointError(f"{checkpoint} cannot be resumed: {error}; delete it") from None
    always_there = {
        each.name: getattr(recipe, each.name)
        for each in fields(recipe)
        if each.default is MISSING and each.default_factory is MISSING
    }
    defaults: dict[str, Any] = json.loads(Recipe(**always_there).to_json())
    return defaults | before


def _decisive(name: str, value: Any) -> Any:
    """The part of a field's value that decides what is computed."""
    if not isinstance(value, dict):
        return value
    if name == "objectives":  # in any order, and one of weight 0 is none
        return {each: weight for each, weight in value.items() if weight}
    if name == "sources":  # files may lie elsewhere, but samples are numbered source by source
        return [(each.partition(":")[0], weight) for each, weight in value.items()]
    return value


def _shown(value: Any) -> str:
    """As it is written after ``--set``; JSON knows no tuples."""
    return repr(_as_tuple(value))


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(each) for each in value) if isinstance(value, list) else value
