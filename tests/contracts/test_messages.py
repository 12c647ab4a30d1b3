"""Messages between the processes are frozen plain data, nothing else."""

from __future__ import annotations

import dataclasses
import pickle
import types
import typing
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from app.core import asking, changes, messages

KINDS: list[type] = [
    *get_args(messages.Command),
    *get_args(messages.Event),
    asking.ImageQuery,
    asking.Phrase,
    asking.Filters,
    asking.Query,
    messages.ProblemFact,
    messages.Hit,
    messages.PhraseHit,
    changes.Marks,
    changes.KeptExample,
    changes.KeptPastSearch,
    *get_args(changes.Change),
    messages.ImageHit,
    messages.LocatedPhrase,
]
PLAIN = (bool, int, float, str, bytes, type(None))


def _is_plain(hint: Any) -> bool:
    if get_origin(hint) is typing.Literal:
        return all(isinstance(value, PLAIN) for value in get_args(hint))
    if get_origin(hint) in (tuple, dict, typing.Union, types.UnionType):
        return all(part is Ellipsis or _is_plain(part) for part in get_args(hint))
    return hint in PLAIN or hint in KINDS


def _example(hint: Any) -> Any:
    """Make any value that the hint allows."""
    if get_origin(hint) is typing.Literal:
        return get_args(hint)[0]
    if get_origin(hint) in (typing.Union, types.UnionType):
        return _example(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return tuple(_example(part) for part in get_args(hint) if part is not Ellipsis)
    if get_origin(hint) is dict:
        return {_example(part) for part in ()} or {"name": "value"}
    if dataclasses.is_dataclass(hint):
        return _filled(hint)
    return {bool: True, int: 2**40, float: 0.5, str: "细寻", bytes: b"\xff/\x00"}[hint]


def _filled(kind: Any) -> Any:
    hints = get_type_hints(kind)
    return kind(**{each.name: _example(hints[each.name]) for each in dataclasses.fields(kind)})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_message_is_frozen_plain_data(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    hints = get_type_hints(kind)
    for each in dataclasses.fields(kind):  # type: ignore[arg-type]
        assert _is_plain(hints[each.name]), f"{kind.__name__}.{each.name}: {hints[each.name]}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_message_survives_the_pipe(kind: type) -> None:
    message = _filled(kind)
    assert pickle.loads(pickle.dumps(message)) == message


def test_every_job_message_carries_its_job() -> None:
    without = {
        kind.__name__
        for kind in (*get_args(messages.Command), *get_args(messages.Event))
        if "job_id" not in get_type_hints(kind)
    }
    assert without == {
        "Shutdown",
        "SetCores",
        "EngineReady",
        "LibraryChanged",
        "LibraryRecovered",
    }
