"""Words that filter, taken out of a text: what is left is read as before.

"red umbrella in 2023, wet street" is "red umbrella, wet street" without 2023. A comma stays where
the words around would be read as one: "christmas 2023 tree" is "christmas, tree".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date

from app.core.asking import Filters
from app.core.queries import ParsedQuery, Part, parse_query, tidy

_JOINED_BY = (" ", ", ")  # a comma where the words around would be read as one
_MARKS = ",，、;；"
_HOLLOW = re.compile(r"[(（]\s*[)）]|(?<!\S)[.!?]+(?!\S)")
_BEFORE_MARK = re.compile(rf"\s+(?=[{_MARKS}。])")
_DOUBLED = re.compile(rf"([{_MARKS}])(?:\s*[{_MARKS}])+")
_AT_EDGES = re.compile(rf"^[\s{_MARKS}。]+|[\s{_MARKS}]+$")
_SPACES = re.compile(r"\s+")


def without_filter(text: str, left: Filters, today: date | None = None) -> str:
    """Return a text without the words of one of its filters.

    Where several filters say it together ("summer 2023, after July 10"), all of their words go;
    where one says more than it ("vertical and square"), so does the rest of it.

    Args:
        text: as typed.
        left: what is left of its filters.
        today: what "last summer" is counted from; today without it.
    """
    parsed = parse_query(text, today)
    gone = [f.name for f in fields(Filters) if _differs(parsed.filters, left, f.name)]
    parts = [
        part
        for part in parsed.parts
        if part.filters is not None and any(getattr(part.filters, name) for name in gone)
    ]
    if not parts:
        return parsed.source
    choices = [[part] for part in parts] + [parts]
    read = [
        (said, parse_query(said, today))
        for choice in choices
        for said in (_cut(text, choice, joint) for joint in _JOINED_BY)
    ]
    as_before = [said for said, new in read if new.filters == left and _is_kept(parsed, new)]
    narrowing_less = [said for said, new in read if new.filters == left]
    return [*as_before, *narrowing_less, _cut(text, parts, " ")][0]


def without_misread(text: str, number: int, today: date | None = None) -> str:
    """Return a text without words that look like a filter and are none.

    Args:
        text: as typed.
        number: which of ``ParsedQuery.misread``.
        today: as for ``without_filter``.
    """
    parsed = parse_query(text, today)
    part = [part for part in parsed.parts if part.kind == "misread"][number]
    said = [_cut(text, [part], joint) for joint in _JOINED_BY]
    kept = [each for each in said if _is_kept(parsed, parse_query(each, today))]
    return [*kept, *said][0]


def _differs(before: Filters, left: Filters, name: str) -> bool:
    return bool(getattr(before, name) != getattr(left, name))


def _is_kept(before: ParsedQuery, after: ParsedQuery) -> bool:
    """Tell whether the same phrases are looked for."""
    return before.phrases == after.phrases


def _cut(text: str, parts: Sequence[Part], joint: str) -> str:
    """Return a text without some of its parts, also without the marks that only parted them."""
    whole = tidy(text)  # more than was read, where that is too long
    kept = _HOLLOW.sub("", joint.join(_around(whole, parts)))
    kept = _DOUBLED.sub(r"\1", _BEFORE_MARK.sub("", kept))
    return _AT_EDGES.sub("", _SPACES.sub(" ", kept))


def _around(whole: str, parts: Sequence[Part]) -> Iterator[str]:
    start = 0
    for part in parts:
        yield whole[start : part.start]
        start = part.stop
    yield whole[start:]
