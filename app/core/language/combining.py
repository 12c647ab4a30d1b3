"""Several filters as one, and which of them leave nothing.

Of what a photo has one (its day, camera, file type, shape, folder of the library) any value that
was given will do: "2021, 2023", "camera:nikon camera:canon". Of what it has many (the words of its
name and of the folders above it) all must be there. Of stars the highest number counts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from app.core.asking import Filters, Period
from app.core.language.days_left import leave_a_day

_Item = TypeVar("_Item", bound=Hashable)
_FIRST, _LAST = "0000-01-01", "9999-12-31"


def combined(given: Sequence[Filters]) -> tuple[Filters, tuple[int, ...]]:
    """Return filters as one, and the places of those that are left out: they contradict others.

    Periods that have days in common narrow each other ("2023, last summer"), others stand side by
    side. One that is open on a side bounds all of them ("2019, 2021, since 2020"); it contradicts
    them where it leaves no day, and so do days of every year ("2023, christmas") and of every week.
    """
    together = Filters()
    contradicting: list[int] = []
    for place in sorted(range(len(given)), key=lambda place: _order(given[place])):
        filters = given[place]
        taken = _both_taken(together.taken, filters.taken)
        days = Filters(
            taken=taken or (),
            yearly=_each_once(together.yearly + filters.yearly),
            weekdays=tuple(sorted({*together.weekdays, *filters.weekdays})),
        )
        if taken is None or not leave_a_day(days):
            contradicting.append(place)
            days = together
        elif _are_days_of_week(days):
            days = replace(days, weekdays=())
        together = _joined(together, filters, days)
    return together, tuple(sorted(contradicting))


def exclude_each_other(one: Filters, other: Filters) -> bool:
    """Tell whether no photo at all passes both, by its day, its file type or its shape."""
    listed = (one.formats, other.formats), (one.orientations, other.orientations)
    if any(mine and others and not set(mine) & set(others) for mine, others in listed):
        return True
    return not leave_a_day(one, other)


def _joined(one: Filters, other: Filters, days: Filters) -> Filters:
    """Return two filters as one, with the days of a third."""
    return Filters(
        root_ids=_each_once(one.root_ids + other.root_ids),
        folders=_each_once(one.folders + other.folders),
        taken=days.taken,
        yearly=days.yearly,
        weekdays=days.weekdays,
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


def _are_days_of_week(days: Filters) -> bool:
    """Tell whether days of the week say no more than the single days that are named do."""
    single = [first for first, last in days.taken if first is not None and first == last]
    if not single or len(single) < len(days.taken):
        return False
    return {date.fromisoformat(day).weekday() for day in single} <= set(days.weekdays)


def _common(one: Period, other: Period) -> Period | None:
    """Return the days that two periods have in common."""
    firsts = [first for first, _ in (one, other) if first is not None]
    lasts = [last for _, last in (one, other) if last is not None]
    common = max(firsts, default=None), min(lasts, default=None)
    first, last = _sides(common)
    return common if first <= last else None


def _sides(period: Period) -> tuple[str, str]:
    return period[0] or _FIRST, period[1] or _LAST


def _order(filters: Filters) -> tuple[bool, bool, bool]:
    """Return what sorts filters: those come last that narrow what others say."""
    is_open = any(None in period for period in filters.taken)
    return bool(filters.weekdays), bool(filters.yearly), is_open


def _each_once(items: Sequence[_Item]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(items))
