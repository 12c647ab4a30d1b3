"""Days, months, seasons and years as people write them, in English and Chinese.

``find_dates`` finds them in a sentence; ``parse_date`` reads a value that must be one.
"last summer" and "去年夏天" are that of the year before this one, "this summer" is this year's. A
half of a range may leave out what the other half says: "May to August 2023", "2024年5-8月".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

from app.core.language.date_forms import (
    DAY,
    FORMS,
    MONTH,
    ORDINAL,
    SEASON,
    YEAR,
    ZH_DAY,
    ZH_MONTH,
    ZH_YEAR,
    zh_season,
)
from app.core.language.periods import Days, Periods, around
from app.core.language.places import HAN

Side = Literal["before", "until", "since", "after"]


@dataclass(frozen=True, slots=True)
class FoundDays:
    """Days named in a sentence, and where: ``text[start:stop]`` with its little words."""

    periods: Periods
    start: int
    stop: int


def parse_date(text: str, today: date) -> Periods | None:
    """Return the days that a value names: "2023-05", "last summer", "2019..2021"."""
    value = text.strip()
    for found in find_dates(value, today):
        return found.periods if (found.start, found.stop) == (0, len(value)) else None
    return None


def find_dates(text: str, today: date) -> Iterator[FoundDays]:
    """Yield the days named in a sentence, from left to right, without overlaps."""
    low = text.lower()
    place = last_stop = 0
    while (match := _DATE.search(low, place)) is not None:
        if not _CAN_BEGIN.match(low, match.start()):
            place = match.start() + 1
            continue
        place = match.end()
        periods, stop = _with_second(low, match, today)
        if not periods or _CANNOT_FOLLOW.match(low, stop):
            continue
        found = _with_words(low, periods, (last_stop, match.start(), stop))
        if found is not None:
            yield found
            place = last_stop = found.stop


def beside(periods: Periods, side: Side) -> Periods | None:
    """Return all days before or after some days, without them, or until or since them."""
    days = around(periods)
    if days.first is None or days.last is None:
        return None
    match side:
        case "before":
            return (Days(None, days.first - timedelta(days=1)),)
        case "until":
            return (Days(None, days.last),)
        case "since":
            return (Days(days.first, None),)
    return (Days(days.last + timedelta(days=1), None),)


# ---------------------------------------------------------------- one date, and two halves


def _one(text: str, today: date) -> Days | None:
    """Return the days of a date that is no range and open on no side."""
    for pattern, read in _READERS:
        match = pattern.fullmatch(text)
        if match is not None:
            try:
                return read(match, today)
            except (ValueError, OverflowError):  # the 31st of April, a day before the first year
                continue
    return None


def _halves(a: str, b: str, today: date, *, in_order: bool) -> Periods | None:
    """Return two dates, of which one may leave out the year of the other.

    Args:
        a: the one.
        b: the other.
        today: what "last year" is counted from.
        in_order: the first is no later than the second.
    """
    if b[-1] in "月日号" and a[-1].isdigit():  # 2024年5-8月
        a += b[-1]
    first, last = _one(a, today), _one(b, today)
    if first is None and last is not None:
        first = _completed(a, last, -1 if in_order else 0, today)
    elif last is None and first is not None:
        last = _completed(b, first, 1 if in_order else 0, today)
    return None if first is None or last is None else (first, last)


def _completed(text: str, other: Days, step: Literal[-1, 0, 1], today: date) -> Days | None:
    """Return a half of a range that leaves out the year, or year and month, of the other half.

    Args:
        text: the half, as in "May", "8月", "7日".
        other: the other half; a whole year says nothing.
        step: -1 for the first half, which is no later than the other; 1 for the second; 0 if both
            are simply of one year.
        today: what "last year" is counted from.
    """
    near, end = other.first, other.last
    if near is None or end is None or end - near > _LONGEST_SEASON:
        return None
    wholes = [f"{text} {calendar.month_name[near.month]} {near.year}".lower()]
    wholes.append(f"{near.year}年{near.month}月{text}")
    for year in (near.year, near.year + step):
        wholes += [f"{text} {year}", f"{year}年{text}", f"{year}-{text}"]
    for whole in wholes:
        days = _one(whole, today)
        if days is not None and days.first is not None and (days.first - near).days * step >= 0:
            return days
    return None


def _with_second(low: str, first: re.Match[str], today: date) -> tuple[Periods, int]:
    """Return the days of a date, with a second one that follows, and where they end.

    Two that are listed stand side by side, "2019 and 2021", unless no day lies between them;
    else all days between them count too.
    """
    joint = _JOINT.match(low, first.end())
    second = None
    if joint is not None:
        second = _DATE.match(low, joint.end()) or _HALF.match(low, joint.end())
    if joint is not None and second is not None:
        before = max(0, first.start() - _MOST_CHARS_BEFORE)
        is_range = (
            _LISTS.search(joint[0]) is None
            or _BETWEEN.search(low, before, first.start()) is not None
            or _BETWEEN_ZH.match(low, second.end()) is not None
        )
        halves = _halves(first[0], second[0], today, in_order=is_range)
        if halves is not None and is_range:
            return (around(halves),), second.end()
        if halves is not None:
            return _with_listed(low, halves, second.end(), today)
    days = _one(first[0], today)
    return () if days is None else (days,), first.end()


def _with_listed(low: str, known: Periods, stop: int, today: date) -> tuple[Periods, int]:
    """Return listed dates with those that go on the list, and where it ends: 1月、3月和5月."""
    listed = list(known)
    while (joint := _JOINT.match(low, stop)) is not None and _LISTS.search(joint[0]):
        more = _DATE.match(low, joint.end()) or _HALF.match(low, joint.end())
        if more is None:
            break
        days = _one(more[0], today) or _completed(more[0], listed[-1], 0, today)
        if days is None:
            break
        listed.append(days)
        stop = more.end()
    apart: list[Days] = []
    for days in sorted(listed, key=lambda each: each.first or date.min):
        if apart and _touch(apart[-1], days):
            apart[-1] = around((apart[-1], days))
        else:
            apart.append(days)
    return tuple(apart), stop


def _touch(one: Days, other: Days) -> bool:
    """Tell whether no day lies between two periods."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return True
    return max(one.first, other.first) <= min(one.last, other.last) + timedelta(days=1)


def _with_words(low: str, periods: Periods, where: tuple[int, int, int]) -> FoundDays | None:
    """Return days with the words around them: "taken since ...", "...以前拍的".

    Args:
        low: the text.
        periods: as named without the words.
        where: the first place that may belong to them, where they start, and where they stop.
    """
    place, start, stop = where
    before = _BEFORE.search(low, max(place, start - _MOST_CHARS_BEFORE), start)
    assert before is not None, "it matches no words too"
    behind = _BEHIND.match(low, stop)
    side = before.lastgroup if behind is None else behind.lastgroup
    found = periods if side is None else beside(periods, cast(Side, side))
    little = _LITTLE_WORDS.match(low, stop if behind is None else behind.end())
    assert little is not None, "it matches no words too"
    return None if found is None else FoundDays(found, before.start(), little.end())


# ---------------------------------------------------------------- patterns

_READERS = tuple((re.compile(form.pattern), form.read) for form in FORMS)
_LONGEST_SEASON = timedelta(days=92)
_MOST_CHARS_BEFORE = 40
_JOINED = (
    r"\s*(?:\.\.|[-–—~～]|\b(?:to|and|or|until|till|through)\b|[到至和与、]|或者?)\s*(?:the\s+)?"
)
_JOINT = re.compile(_JOINED)
_LISTS = re.compile(r"and|or|[与和、或]")
_BETWEEN = re.compile(r"(?<![a-z])between\s+(?:the\s+)?(?:years?\s+)?(?:of\s+)?$")
_BETWEEN_ZH = re.compile(r"\s?[之期]?间")
_EN_HALF = rf"(?:{MONTH}(?:\s+{ORDINAL})?|{ORDINAL}\s+(?:of\s+)?{MONTH}|{SEASON})"
_ZH_HALF = rf"(?:{ZH_MONTH}(?:\s?{ZH_DAY})?|{ZH_DAY}|{zh_season()})"
# What a number that could be a year counts: "2000 people", 2000米.
_COUNTED = (
    r"(?:\s*(?:px|pixels?|[cmk]?m|kg|k|p|ft|feet|met(?:er|re)s?|miles?|people|persons?|steps?|pieces?"
    r"|dollars?|euros?|yen|pounds?)(?![a-z])|\s+years(?![a-z])|[\s-]year[\s-]old|-years?"
    r"|\s?[x×*]\s?\d"  # 1920 x 1080
    r"|\s?(?:米|元|块|公里|千米|公斤|平米|像素|[日美欧]元)|[多余]?[人个张只名位步字]|[届级款号])"
)
# One date; the first half of a range that leaves out the year, 2024年5 of 2024年5-8月 too.
_DATE = re.compile(
    rf"(?!{YEAR}{_COUNTED})"
    rf"(?:{ZH_YEAR}\s?的?(?:{ZH_MONTH}\s?)?\d\d?(?={_JOINED}\d\d?\s?[月日号])|"
    + "|".join(re.sub(r"\?P<\w+>", "?:", form.pattern) for form in reversed(FORMS))
    + rf"|{_EN_HALF}(?={_JOINED}))(?![a-z])(?!(?<=\d)\d)"
)
_HALF = re.compile(
    rf"(?:(?<!and\s)(?<!or\s){_EN_HALF}|{_ZH_HALF}|(?:1[0-2]|0?[1-9])[-./]{DAY})(?![a-z\d])"
)
# A minus before it is read too: what it turns round is named as misread, as "not 2023" is.
_CAN_BEGIN = re.compile(rf"(?<![\w.:/$¥€£#-])|(?<=[{HAN}])|(?<=\.\.)|(?<=(?<!\S)-)")
_CANNOT_FOLLOW = re.compile(r"[.:,/-]\d|(?<=\d)\s?年")
_WORD_END = r"(?=[的拍\s,，、]|$)"
# Words around a date; the name of a group is what they mean.
_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:taken|shot|photographed)\s+|(?:拍摄?|摄)(?=[在于]))?"
    r"(?:(?<![a-z])(?:in|from|during|on|of|within|throughout|between|over(?=\s+the))\s+"
    r"|自从|(?<!来)自|从|在|(?<=[拍摄])于)?"
    r"(?:(?<![a-z])(?P<before>before|prior\s+to|(?:older|(?<!no\s)(?<!not\s)earlier)\s+than)\s+"
    r"|(?<![a-z])(?P<since>since|(?:no|not)\s+earlier\s+than)\s+"
    r"|(?<![a-z])(?P<after>after|(?:newer|(?<!no\s)(?<!not\s)later)\s+than)\s+"
    r"|(?P<until>(?<![a-z])(?:until|till|up\s+to|(?:no|not)\s+later\s+than)\s+|(?<![\w.])\.\.))?"
    r"(?:(?<![a-z])the\s+)?(?:(?<!new\s)(?<![a-z])years?\s+|(?<![a-z])(?:earlier|later)\s+)?$"
)
_BEHIND = re.compile(
    r"(?P<since>\.\.(?!\.)|\s+onwards?\b|\s+on(?=\s*(?:,|$))|\s+(?:and|or)\s+later\b"
    r"|\s*(?:to|until|till|through|[-–—~～])\s*(?:now|present)\b|[至到](?:今|现在)|以来|开始|[以之]后"
    rf"|[后起]{_WORD_END})"
    rf"|(?P<before>[以之]前|前{_WORD_END})|(?P<until>\s+(?:and|or)\s+earlier\b)"
)
_LITTLE_WORDS = re.compile(
    r"(?:['’]s\b|(?:的时候|[期之]?间|里(?![约斯昂程]))?(?:(?:拍摄?)?的|拍摄?(?![卖手打照]))?)"
)
