"""Periods of the calendar, those of a year and those counted from today.

Seasons are those of the northern half: summer is June to August, the winter of a year begins in its
December.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "year"]
PartOfMonth = Literal["day", "week", "weekend"]


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day, both included; None is open on that side."""

    first: date | None
    last: date | None


Periods = tuple[Days, ...]  # any of them
_FEW_DAYS, _MONTH_DAYS, _SEASON_DAYS, _YEAR_DAYS = 10, 31, 92, 366


def around(periods: Periods) -> Days:
    """Return the days from the first to the last of some periods, one of them at least."""
    firsts = [days.first for days in periods if days.first is not None]
    lasts = [days.last for days in periods if days.last is not None]
    return Days(
        min(firsts) if len(firsts) == len(periods) else None,
        max(lasts) if len(lasts) == len(periods) else None,
    )


def about(days: Days) -> Days:
    """Return days with a margin on both sides, the wider the more they are: a year for a year."""
    if days.first is None or days.last is None:
        return days
    n_days = (days.last - days.first).days + 1
    if n_days > _SEASON_DAYS:
        n_years = 1 if n_days <= _YEAR_DAYS else 2
        return Days(_years_on(days.first, -n_years), _years_on(days.last, n_years))
    margin = timedelta(days=3 if n_days <= _FEW_DAYS else 15 if n_days <= _MONTH_DAYS else 30)
    return Days(days.first - margin, days.last + margin)


def next_to(days: Days, n: int) -> Days:
    """Return so many days right after some days, or before them for a number below 0."""
    if days.first is None or days.last is None:
        return days
    if n < 0:
        return Days(days.first + timedelta(days=n), days.first - timedelta(days=1))
    return Days(days.last + timedelta(days=1), days.last + timedelta(days=n))


def years_of(first: int, last: int) -> Days:
    """Return the years from one to another."""
    return Days(date(first, 1, 1), date(last, 12, 31))


def days_of(year: int, month: int | None = None, day: int | None = None) -> Days:
    """Return a year, a month or a single day.

    Raises:
        ValueError: there is no such day.
    """
    if month is None:
        return months_of(year, 1, 12)
    if day is None:
        return months_of(year, month, month)
    return Days(date(year, month, day), date(year, month, day))


def months_of(year: int, first: int, last: int) -> Days:
    """Return the months from one to another; 13 and more are those of the year after."""
    last_year, last_month = year + (last - 1) // 12, (last - 1) % 12 + 1
    return Days(date(year, first, 1), _last_of_month(last_year, last_month))


def season_of(year: int, first_month: int) -> Days:
    """Return the season that begins with a month."""
    return months_of(year, first_month, first_month + 2)


def part_of_month(year: int, month: int, which: int, unit: PartOfMonth | int) -> Days:
    """Return a day, seven days, a weekend or a day of the week of a month.

    Args:
        year: that of the month.
        month: its number.
        which: 1 is the first, 0 the last.
        unit: what is counted; a number is a day of the week, Monday is 0.

    Raises:
        ValueError: there is no such day.
    """
    last = _last_of_month(year, month)
    if unit == "day":
        day = date(year, month, which) if which else last
        return Days(day, day)
    first = date(year, month, 7 * which - 6) if which else last - timedelta(days=6)
    if unit == "week":
        return Days(first, first + timedelta(days=6))
    weekday, n_more = (5, 1) if unit == "weekend" else (int(unit), 0)
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    return Days(day, day + timedelta(days=n_more))


def third_of_month(year: int, month: int, third: int) -> Days:
    """Return the first, second or last ten days or so of a month, by 0, 1 or 2."""
    last = _last_of_month(year, month) if third == 2 else date(year, month, 10 * third + 10)
    return Days(date(year, month, 10 * third + 1), last)


def ago(n: int, unit: Unit, today: date) -> Days:
    """Return the day, week, month or year so many before the one of today."""
    if unit == "year":
        return days_of(today.year - n)
    if unit == "month":
        months = today.year * 12 + today.month - 1 - n
        return days_of(months // 12, months % 12 + 1)
    if unit == "week":
        return days_of_week(n, 0, 6, today)
    return Days(today - timedelta(days=n), today - timedelta(days=n))


def until_today(n: int, unit: Unit, today: date) -> Days:
    """Return the days from so long ago until today."""
    if unit in ("day", "week"):
        return Days(today - timedelta(days=n * (7 if unit == "week" else 1)), today)
    months = today.year * 12 + today.month - 1 - n * (12 if unit == "year" else 1)
    last = _last_of_month(months // 12, months % 12 + 1)
    return Days(last.replace(day=min(today.day, last.day)), today)


def season_ago(n: int, first_month: int, today: date) -> Days:
    """Return the season so many years before that of this year.

    In January and February this year's winter is the one that goes on.
    """
    is_going_on = first_month == 12 and today.month <= 2
    return season_of(today.year - n - int(is_going_on), first_month)


def latest_season(first_month: int, today: date) -> Days:
    """Return the season that went by last, or goes on."""
    this = season_ago(0, first_month, today)
    has_begun = this.first is not None and this.first <= today
    return this if has_begun else season_ago(1, first_month, today)


def days_of_week(weeks_ago: int, first: int, last: int, today: date) -> Days:
    """Return days of the week so many before this one, by their numbers; Monday is 0."""
    monday = today - timedelta(days=today.weekday() + 7 * weeks_ago)
    return Days(monday + timedelta(days=first), monday + timedelta(days=last))


def _years_on(day: date, n: int) -> date:
    """Return the same day so many years later."""
    last = _last_of_month(day.year + n, day.month)
    return last.replace(day=min(day.day, last.day))


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
