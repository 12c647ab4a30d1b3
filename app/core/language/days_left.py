"""Whether any day at all passes several filters, and which days a filter leaves out.

Days are numbers here (``date.toordinal``). Days of the year and of the week come again and again,
so periods that are open on a side are followed for some years alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import get_args

from app.core.asking import Filters, Orientation, Period, YearDays
from app.core.moving_festivals import festival_in, is_moving

_Span = tuple[int, int]  # first and last day
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()
_LEAP_YEAR = 2000  # it has a 29th of February
# Longer than it takes for a day of the year to have been each day of the week.
_FOLLOWED_DAYS = 60 * 366
_ALWAYS = (date(1960, 1, 1).toordinal(), date(2020, 12, 31).toordinal())  # without any period


def leave_a_day(*given: Filters) -> bool:
    """Tell whether a day passes the periods, the days of a year and those of a week of them all."""
    spans: list[_Span] = [(_FIRST, _LAST)]
    for filters in given:
        if filters.taken:
            spans = _common(spans, [_span(period) for period in filters.taken])
    spans = [_followed(span) for span in spans]
    for filters in given:
        if filters.yearly:
            spans = [part for span in spans for part in _parts(span, filters.yearly)]
    weekdays = [set(filters.weekdays) for filters in given if filters.weekdays]
    of_week = set(range(7)).intersection(*weekdays)
    return any(_has_weekday(span, of_week) for span in spans)


def opposite(filters: Filters) -> Filters | None:
    """Return what lets through the photos that a filter on days or shapes does not.

    None where no filter says it: for others, and for festivals that move without a year.
    """
    if filters.orientations and filters == Filters(orientations=filters.orientations):
        others = tuple(each for each in get_args(Orientation) if each not in filters.orientations)
        return Filters(orientations=others) if others else None
    days = Filters(taken=filters.taken, yearly=filters.yearly)
    if filters.weekdays and filters == Filters(weekdays=filters.weekdays):
        of_week = tuple(day for day in range(7) if day not in filters.weekdays)
        return Filters(weekdays=of_week) if of_week else None
    if filters != days or days.is_empty:
        return None
    if not days.taken:
        return _other_days_of_years(days.yearly)
    spans = [_span(period) for period in days.taken]
    if days.yearly:
        if any(first == _FIRST or last == _LAST for first, last in spans):
            return None
        spans = [part for span in spans for part in _parts(span, days.yearly)]
    taken = tuple(_period(gap) for gap in _gaps(spans, _FIRST, _LAST))
    return Filters(taken=taken) if taken else None


def _other_days_of_years(yearly: Sequence[YearDays]) -> Filters | None:
    """Return the days of every year that are not among some; None where some move."""
    if any(is_moving(first) for first, _ in yearly):
        return None
    begin, end = date(_LEAP_YEAR, 1, 1).toordinal(), date(_LEAP_YEAR, 12, 31).toordinal()
    gaps = _gaps([each for days in yearly for each in _of(days, _LEAP_YEAR)], begin, end)
    if len(gaps) > 1 and (gaps[0][0], gaps[-1][1]) == (begin, end):  # over the turn of the year
        gaps = [*gaps[1:-1], (gaps[-1][0], gaps[0][1])]
    others = [(_iso(first)[5:], _iso(last)[5:]) for first, last in gaps]
    return Filters(yearly=tuple(others)) if others else None


def _gaps(spans: Iterable[_Span], begin: int, end: int) -> list[_Span]:
    """Return the days from one to another that are in none of some spans."""
    gaps = []
    for first, last in sorted(spans):
        if first > begin:
            gaps.append((begin, first - 1))
        begin = max(begin, last + 1)
    return gaps if begin > end else [*gaps, (begin, end)]


def _period(span: _Span) -> Period:
    first, last = span
    return None if first == _FIRST else _iso(first), None if last == _LAST else _iso(last)


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _span(period: Period) -> _Span:
    first, last = period
    return (
        _FIRST if first is None else date.fromisoformat(first).toordinal(),
        _LAST if last is None else date.fromisoformat(last).toordinal(),
    )


def _common(one: Sequence[_Span], other: Iterable[_Span]) -> list[_Span]:
    """Return the days that are in any span of one and in any of the other."""
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for b in other for a in one)
    return [(first, last) for first, last in pairs if first <= last]


def _followed(span: _Span) -> _Span:
    """Return a span as far as it is followed: not without end."""
    first, last = span
    if span == (_FIRST, _LAST):
        return _ALWAYS
    if first == _FIRST:
        return max(_FIRST, last - _FOLLOWED_DAYS), last
    return first, min(last, first + _FOLLOWED_DAYS) if last == _LAST else last


def _parts(span: _Span, yearly: Iterable[YearDays]) -> list[_Span]:
    """Return what of a span is on days of any year."""
    years = range(*(date.fromordinal(day).year for day in span))
    named = [each for days in yearly for year in (*years, years.stop) for each in _of(days, year)]
    return _common([span], named)


def _of(days: YearDays, year: int) -> Iterator[_Span]:
    """Yield the days of one year that are meant by days of any year."""
    first, last = days
    if is_moving(first):
        festival = festival_in(first, year)
        if festival is not None:
            yield _span(festival)
        return
    begin, end = _ordinal(year, first, 1), _ordinal(year, last, 0)
    if first <= last:
        yield begin, end
    else:  # from December into January
        yield date(year, 1, 1).toordinal(), end
        yield begin, date(year, 12, 31).toordinal()


def _ordinal(year: int, day: str, step: int) -> int:
    """Return a day MM-DD of a year; for a 29th of February that it lacks the day beside it."""
    try:
        return date.fromisoformat(f"{year:04}-{day}").toordinal()
    except ValueError:
        return date(year, 2, 28).toordinal() + step


def _has_weekday(span: _Span, weekdays: set[int]) -> bool:
    first, last = span
    return any((day - 1) % 7 in weekdays for day in range(first, min(last, first + 6) + 1))
