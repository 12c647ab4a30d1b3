"""Days of every year: "May 1", "in May", "christmas", 5月1日, 五月, 国庆节.

What names no year means that of any year; with one in the sentence ("christmas 2023") both count.
"last christmas" and "since May" are days of one year.

Words that also name what a photo shows stay in the question. A month alone is a date behind "in"
and the like, a festival at the beginning of a clause or behind "at", "on" and the like, and neither
before a noun: "a May pole", "christmas tree", 圣诞节的礼物.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from app.core.asking import YearDays
from app.core.language.date_vocabulary import (
    EN_NTH,
    MONTH,
    NO_THING_BEHIND,
    ORDINAL,
    YEAR,
    ZH_DAY,
    ZH_END,
    ZH_MONTH,
    ZH_MONTH_PART,
    ZH_NTH,
)
from app.core.language.date_words import MOST_CHARS_BEFORE, Around, words_around
from app.core.language.dates import COUNTED, JOINED, LISTS, beside, parse_date
from app.core.language.festivals import FESTIVAL, festival_days, year_days
from app.core.language.near_misses import lowered
from app.core.language.periods import Days, Periods, about, around, next_to
from app.core.language.places import HAN
from app.core.language.request_words import PHOTO
from app.core.moving_festivals import is_moving


@dataclass(frozen=True, slots=True)
class FoundYearly:
    """Days named without a year, ``text[start:stop]`` with their little words.

    Either ``yearly`` says which days of every year, or ``periods`` which of one year.
    """

    yearly: tuple[YearDays, ...]
    periods: Periods
    start: int
    stop: int


def parse_yearly(text: str, today: date) -> FoundYearly | None:
    """Return the days that a value names without a year: "May", "christmas", "since May 1"."""
    for said in (text.strip(), f"in {text.strip()}"):
        for found in find_yearly(said, today):
            if (found.start, found.stop) == (0, len(said)):
                return found
    return None


def find_yearly(text: str, today: date) -> Iterator[FoundYearly]:
    """Yield the days named in a sentence without a year, from left to right, without overlaps.

    Dates of a year are not looked for here; parts of them are found too.
    """
    low = lowered(text)
    last_stop = 0
    matches = [*_DAYS.finditer(low), *_FESTIVALS_JOINED.finditer(low)]
    for match in sorted(matches, key=lambda each: each.start()):
        if match.start() < last_stop or not _is_date(low, match):
            continue
        found = _found(low, match, last_stop, today)
        if found is not None:
            yield found
            last_stop = found.stop


# ---------------------------------------------------------------- what is read


def _is_date(low: str, match: re.Match[str]) -> bool:
    """Tell whether a sentence says by these words when, and not what is in the picture."""
    if match["which"]:
        return True
    before = max(0, match.start() - MOST_CHARS_BEFORE)
    if match["days"] == "十一":
        return low[: match.start()].endswith("年")
    if match.re is _FESTIVALS_JOINED:
        is_left_out = _YEAR_BEHIND.match(low, match.end()) and _LEFT_OUT.search(
            low, before, match.start()
        )
        is_when = is_left_out or _BEFORE_FESTIVAL.search(low, before, match.start())
        return is_when is not None
    if not match["days"].isascii() or re.search(r"\d", match["days"]):
        return True
    is_all = match.span() == (0, len(low)) and match[0] != "march"
    return (
        is_all
        or _CLEAR_MONTHS.search(match["days"]) is not None
        or _BEFORE_MONTH.search(low, before, match.start()) is not None
        or _PHOTOS_BEHIND.match(low, match.end()) is not None
    )


def _found(low: str, match: re.Match[str], first: int, today: date) -> FoundYearly | None:
    """Return the days that are named, with the words around them; None for the 31st of April."""
    named, which = match["days"], match["which"] or ""
    words = words_around(low, first, match.start(), match.end())
    if _BETWEEN.search(low, words.start, match.start()):
        named = f"between {named}"
    periods: Periods | None = ()
    yearly: tuple[YearDays, ...] = ()
    if words.side is not None and (year := _year_beside(low, match, words)):  # "since Easter 2021"
        start, stop = min(words.start, year.start()), max(words.stop, year.end())
        periods = beside(_in_year(named, int(year["year"]), today), words.side)
        return FoundYearly((), periods, start, stop) if periods else None
    if words.side is not None:
        periods = beside(_latest(named, today), words.side)
    elif which.startswith(("last", "this")):
        periods = _in_year(named, today.year - int(which.startswith("last")), today)
    else:
        yearly = _every_year(named, words, today)
    if words.side is None:
        periods = tuple(_moved(days, words) for days in periods or ())
    if not periods and not yearly:
        return None
    return FoundYearly(yearly, periods or (), words.start, words.stop)


def _year_beside(low: str, match: re.Match[str], words: Around) -> re.Match[str] | None:
    """Return the year that stands right behind a day, or before it."""
    behind = _YEAR_BEHIND.match(low, match.end()) if words.stop == match.end() else None
    return behind or _YEAR_BEFORE.search(low, max(0, words.start - _YEAR_CHARS), words.start)


def _every_year(named: str, words: Around, today: date) -> tuple[YearDays, ...]:
    """Return the days of every year that are named; festivals that move are in no range."""
    names = [match[0] for match in FESTIVAL.finditer(named)]
    if any(is_moving(year_days(name)[0]) for name in names):
        is_other = words.n_next or _is_range(named, len(names))
        return () if is_other else tuple(dict.fromkeys(map(year_days, names)))
    in_year = _in_year(named, _LEAP_YEAR, today)
    return tuple(_without_year(_moved(days, words)) for days in in_year)


def _moved(days: Days, words: Around) -> Days:
    """Return the days that are meant where words say "around" or "the day after"."""
    meant = next_to(days, words.n_next) if words.n_next else days
    return about(meant) if words.is_about else meant


@lru_cache(maxsize=64)
def _in_year(named: str, year: int, today: date) -> Periods:
    """Return the days of a year that are named without it; none for what is no day."""
    names = [match[0] for match in FESTIVAL.finditer(named)]
    festivals = tuple(filter(None, (festival_days(name, year) for name in names)))
    if names:
        is_range = len(festivals) == 2 and _is_range(named, 2)
        return (_from_to(*festivals),) if is_range else festivals
    both = (f"{named} {year}", f"{year}年{named}")
    return next(filter(None, (parse_date(whole, today) for whole in both)), ())


def _is_range(named: str, n_festivals: int) -> bool:
    is_list = LISTS.search(FESTIVAL.sub("", named)) and not named.startswith("between ")
    return n_festivals == 2 and not is_list


def _from_to(one: Days, other: Days) -> Days:
    """Return the days from one festival to the next of another: "christmas to new year's day"."""
    if one.first is None or other.last is None:
        return one
    is_later = other.last >= one.first
    return Days(one.first, other.last.replace(year=other.last.year + int(not is_later)))


def _latest(named: str, today: date) -> Periods:
    """Return the latest of the days that are named, not in the future."""
    for year in (today.year, today.year - 1):
        periods = _in_year(named, year, today)
        begin = around(periods).first if periods else None
        if begin is not None and begin <= today:
            return periods
    return ()


def _without_year(days: Days) -> YearDays:
    assert days.first is not None
    assert days.last is not None
    is_end_of_february = (days.last + timedelta(days=1)).strftime("%m-%d") == "03-01"
    return days.first.isoformat()[5:], "02-29" if is_end_of_february else days.last.isoformat()[5:]


# ---------------------------------------------------------------- patterns

_MAX_JOINED = 11  # all months of a year, listed
_LEAP_YEAR = 2000  # it has a 29th of February
_FESTIVALS_JOINED = re.compile(
    r"(?<![a-z-])(?P<which>(?:every|each|last|this)\s+|每年的?)?"
    rf"(?P<days>{FESTIVAL.pattern}(?:{JOINED}{FESTIVAL.pattern}){{0,{_MAX_JOINED}}})"
)
# Where a clause begins, and words that say when: not "celebrating christmas", 红色的圣诞节.
_BEFORE_FESTIVAL = re.compile(
    rf"(?:^|[,，、;；.。!?！？(（]\s*|[{HAN}]\s|(?<![a-z])(?:at|on|during|over|around|between|in|from|since"
    rf"|after|my|our)\s+(?:the\s+)?"
    r"|(?<![a-z])(?:day|night|week)\s+(?:before|after)\s+"
    rf"|(?:^|[,;(]\s*|(?<![a-z])(?:taken|shot|{PHOTO})\s+)(?:before|until|till)\s+"
    rf"|(?<!\d){YEAR}\s*|(?<![a-z])(?:last|this)\s+year['’]s\s+|(?:week|day)\s+of\s+|(?<![a-z]){PHOTO}\s+|年的?|[在于从日号])$"
)
_EN_SPAN = rf"{ORDINAL}(?:\s?(?:-|–|to)\s?(?:the\s+)?{ORDINAL})?"
_EN_DAYS = (
    rf"(?:(?:the\s+)?{_EN_SPAN}\s+(?:of\s+)?{MONTH}(?!\s+(?:be|have|not)\b)"
    rf"|{MONTH}\s+{_EN_SPAN}(?!\d|[.:,/-]\d|{COUNTED})"
    rf"|{EN_NTH}\s+(?:week|day)\s+(?:of|in)\s+{MONTH}{NO_THING_BEHIND}"
    rf"|(?:(?:early|mid|late)[\s-]+|(?:beginning|start|middle|end)\s+of\s+)?{MONTH}{NO_THING_BEHIND})"
)
_ZH_MONTHS = (
    rf"(?:{ZH_MONTH}\s?{ZH_DAY}|{ZH_MONTH}的?{ZH_NTH}(?:[周天](?!末)|星期|礼拜)"
    rf"|{ZH_MONTH}(?!\d)(?:{re.sub('[?]P<t>', '?:', ZH_MONTH_PART)}"
    rf"|(?<=\d月)(?!(?!前后)[前内后来亮光饼球色牙季\d])|(?<=份)|{ZH_END}))"
)
_ZH_DAYS = (
    rf"(?:(?<=每年)|(?<=每年的)|(?<![\da-z.:/第几数上下本这那每近内个年十零一二三四五六七八九]))"
    rf"(?:{ZH_MONTH}\s?\d\d?(?={JOINED}\d\d?\s?[日号])|\d\d?(?={JOINED}\d\d?\s?月)|{_ZH_MONTHS})"
    rf"(?:{JOINED}(?:{_ZH_MONTHS}|{ZH_DAY})){{0,{_MAX_JOINED}}}(?:[之期]?间)?"
)
_DAYS = re.compile(
    r"(?<![a-z\d/.:-])(?P<which>(?:every|each)\s+|每年的?)?"
    rf"(?P<days>{_EN_DAYS}(?:(?:{JOINED}|,\s*(?:(?:and|or)\s+)?){_EN_DAYS}){{0,{_MAX_JOINED}}}|{_ZH_DAYS})"
)
# Other months alone mean something else too, or are names; a part of a month is no name.
_CLEAR_MONTHS = re.compile(
    "january|february|july|september|october|november|december|early|mid|late|week|day| of "
)
_BEFORE_MONTH = re.compile(
    r"(?<![a-z])(?:in|during|throughout|around|circa|from|since|after|before|until|till|between|(?:week|month)\s+of)\s+(?:the\s+)?$"
)
_YEAR_CHARS = 6  # 2021年的
_YEAR_BEHIND = re.compile(rf"\s+(?P<year>{YEAR})(?!\w|[.:/-]\d)")
_YEAR_BEFORE = re.compile(rf"(?<!\d)(?P<year>{YEAR})\s?(?:年的?)?$")
_LEFT_OUT = re.compile(r"(?<![\w'’-])(?:not|no|except(?:\s+for)?|excluding|without)\s+(?:the\s+)?$")
_PHOTOS_BEHIND = re.compile(rf"\s+{PHOTO}\b")
_BETWEEN = re.compile(r"(?<![a-z])between\s+(?:the\s+)?$")
