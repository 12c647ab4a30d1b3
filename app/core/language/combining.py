"""Several filters as one, and which of them leave nothing.

Of what a photo has one (its day, camera, file type, shape, folder of the library) any value that
was given will do: "2021, 2023", "camera:nikon camera:canon". Of what it has many (the words of its
name and of the folders above it) all must be there. Of stars the highest number counts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from app.core.asking import Filters, Period

_Item = TypeVar("_Item", bound=Hashable)
_FIRST, _LAST = "0000-01-01", "9999-12-31"


def combined(given: Sequence[Filters]) -> tuple[Filters, tuple[int, ...]]:
    """Return filters as one, and the places of those that are left out: they contradict others.

    Periods that have days in common narrow each other ("2023, last summer"), others stand side by
    side. One that is open on a side bounds all of them ("2019, 2021, since 2020"); it contradicts
    them where it leaves no day.
    """
    together = Filters()
    contradicting: list[int] = []
    for place in sorted(range(len(given)), key=lambda place: _is_open(given[place])):
        filters = given[place]
        taken = _both_taken(together.taken, filters.taken)
        if taken is None:
            contradicting.append(place)
            taken = together.taken
        together = _joined(together, replace(filters, taken=taken))
    return together, tuple(sorted(contradicting))


def _joined(one: Filters, other: Filters) -> Filters:
    """Return two filters as one, with the periods of the other."""
    return Filters(
        root_ids=_each_once(one.root_ids + other.root_ids),
        folders=_each_once(one.folders + other.folders),
        taken=other.taken,
        cameras=_each_once(one.cameras + other.cameras),
        min_rating=max(one.min_rating, other.min_rating),
        favourite=one.favourite or other.favourite,
        formats=_each_once(one.formats + other.formats),
        orientations=_each_once(one.orientations + other.orientations),
        names=_each_once(one.names + other.names),
    )


def _both_taken(one: tuple[Period, ...], other: tuple[Period, ...]) -> tuple[Period, ...] | None:
    """Return the periods of both; None where the other bounds the one and leaves no day of it."""
    if not one or not other:
        return one or other
    pairs = [(a, b, common) for a in one for b in other if (common := _common(a, b)) is not None]
    narrowed = [common for _, _, common in pairs]
    if any(None in period for period in other):
        return _each_once(narrowed) or None
    shared = {period for a, b, _ in pairs for period in (a, b)}
    beside = [period for period in (*one, *other) if period not in shared]
    return tuple(sorted({*narrowed, *beside}, key=_sides))


def _common(one: Period, other: Period) -> Period | None:
    """Return the days that two periods have in common."""
    firsts = [first for first, _ in (one, other) if first is not None]
    lasts = [last for _, last in (one, other) if last is not None]
    common = max(firsts, default=None), min(lasts, default=None)
    first, last = _sides(common)
    return common if first <= last else None


def _sides(period: Period) -> tuple[str, str]:
    return period[0] or _FIRST, period[1] or _LAST


def _is_open(filters: Filters) -> bool:
    return any(None in period for period in filters.taken)


def _each_once(items: Sequence[_Item]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(items))
