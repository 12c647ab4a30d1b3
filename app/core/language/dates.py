"""Days, months, seasons and years as people write them, in English and Chinese.

``find_dates`` finds them in a sentence; ``parse_date`` reads a value that must be one.
"last summer" and "去年夏天" are that of the year before this one, "this summer" is this year's. A
half of a range may leave out what the other half says: "May to August 2023", "2024年5-8月".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from app.core.language.date_forms import FORMS, Reader
from app.core.language.date_vocabulary import (
    DAY,
    MONTH,
    ORDINAL,
    SEASON,
    YEAR,
    ZH_DAY,
    ZH_MONTH,
    ZH_YEAR,
    zh_season,
)
from app.core.language.date_words import MOST_CHARS_BEFORE, Side, words_around
from app.core.language.near_misses import lowered
from app.core.language.periods import Days, Periods, about, around, next_to
from app.core.language.places import HAN
from app.core.language.request_words import PHOTO


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
    low = lowered(text)
    place = last_stop = 0
    while (match := _DATE.search(low, place)) is not None:
        if not _CAN_BEGIN.match(low, match.start()) or _is_title(low, match, today):
            place = match.start() + 1
            continue
        periods, stop = _with_others(low, match, today)
        place = match.end() if periods else stop
        if not periods or _CANNOT_FOLLOW.match(low, stop):
            continue
        found = _with_words(low, periods, (last_stop, match.start(), stop))
        if found is not None:
            yield found
            place = last_stop = found.stop


def _is_title(low: str, match: re.Match[str], today: date) -> bool:
    """Tell whether a year among other words has not begun: "Blade Runner 2049"."""
    return match[0] != low and match[0].isdecimal() and int(match[0]) in range(today.year + 1, 2100)


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
    for pattern, read in _readers():
        match = pattern.fullmatch(text)
        if match is not None:
            try:
                return read(match, today)
            except (ValueError, OverflowError):  # the 31st of April, a day before the first year
                continue
    return None


@cache
def _readers() -> tuple[tuple[re.Pattern[str], Reader], ...]:
    """Return how each form is found and read; most questions name no date and never need them."""
    return tuple((re.compile(form.pattern), form.read) for form in FORMS)


def _halves(a: str, b: str, today: date) -> Periods | None:
    """Return the first and the last date of a range; one may leave out the other's year."""
    a = _with_unit(a, b)
    first, last = _one(a, today), _one(b, today)
    if first is None and last is not None:
        first = _completed(a, last, -1, today)
    elif last is None and first is not None:
        last = _completed(b, first, 1, today)
    return None if first is None or last is None else (first, last)


def _with_unit(text: str, other: str) -> str:
    """Return a half with the unit of the other: 2024年5 of 2024年5-8月."""
    return text + other[-1] if other[-1] in "月日号" and text[-1].isdigit() else text


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


def _with_others(low: str, first: re.Match[str], today: date) -> tuple[Periods, int]:
    """Return the days of a date, with others that are joined to it, and where they end.

    Those that are listed stand side by side, "2019 and 2021", unless no day lies between them;
    else all days between two of them count too.
    """
    joint = _JOINT.match(low, first.end())
    second = None if joint is None else _next_date(low, joint.end())
    if joint is not None and second is not None and _is_range(low, first, joint, second):
        halves = _halves(first[0], second[0], today)
        if halves is not None:
            return (around(halves),), second.end()
    return _with_listed(low, first, today)


def _next_date(low: str, place: int) -> re.Match[str] | None:
    return _DATE.match(low, place) or _HALF.match(low, place)


def _is_range(low: str, first: re.Match[str], joint: re.Match[str], second: re.Match[str]) -> bool:
    before = max(0, first.start() - MOST_CHARS_BEFORE)
    return (
        LISTS.search(joint[0]) is None
        or _BETWEEN.search(low, before, first.start()) is not None
        or _BETWEEN_ZH.match(low, second.end()) is not None
    )


def _with_listed(low: str, first: re.Match[str], today: date) -> tuple[Periods, int]:
    """Return a date with those listed after it, and where they end: 1月、3月和5月.

    One that leaves out the year has that of its neighbour: "January, March and May 2020".
    """
    texts, stops = [first[0]], [first.end()]
    while (joint := _next_in_list(low, texts[-1], stops[-1], today)) is not None:
        more = _next_date(low, joint.end())
        if more is None or len(texts) == _MAX_LISTED:
            break
        texts.append(_of_other_year(texts[-1], more[0]))
        stops.append(more.end())
    if len(texts) > 1:
        texts[0] = _with_unit(texts[0], texts[1])
    texts = [_with_rest(text, texts[-1]) for text in texts]
    days = [_one(text, today) for text in texts]
    n = len(days)
    onwards = [(at, at - 1) for at in range(1, n)]
    back = [(near, at) for at, near in reversed(onwards)]
    for at, near in (*onwards, *back):
        other = days[near]
        if days[at] is None and other is not None:
            days[at] = _completed(texts[at], other, 0, today)
    n_known = next((at for at, each in enumerate(days) if each is None), n)
    if not any(days):
        return (), stops[-1]
    known = [each for each in days[:n_known] if each is not None]
    return apart(known), stops[max(0, n_known - 1)]


def _of_other_year(text: str, year: str) -> str:
    """Return what is said of the year before too: "summer 2019 and 2020"."""
    words = _WITH_YEAR.fullmatch(text)
    return year if words is None or not _PLAIN_YEAR.fullmatch(year) else words[1] + year


def _with_rest(year: str, last: str) -> str:
    """Return what is said of the last year: 2019年和2020年的夏天."""
    whole = f"{year}年" if _PLAIN_YEAR.fullmatch(year) else year
    of_last = _ZH_YEAR.match(last)
    if of_last is None or not _ZH_YEAR.fullmatch(whole):
        return year
    return whole + last[of_last.end() :]


def _next_in_list(low: str, text: str, stop: int, today: date) -> re.Match[str] | None:
    """Return what joins a listed date to the next; a comma does where it has no year yet."""
    joint = _JOINT.match(low, stop)
    if joint is not None and LISTS.search(joint[0]):
        return joint
    return _COMMA.match(low, stop) if _one(text, today) is None else None


def apart(listed: Iterable[Days]) -> Periods:
    """Return periods in order, those between which no day lies as one."""
    apart: list[Days] = []
    for days in sorted(listed, key=lambda each: each.first or date.min):
        if apart and _touch(apart[-1], days):
            apart[-1] = around((apart[-1], days))
        else:
            apart.append(days)
    return tuple(apart)


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
    words = words_around(low, *where)
    if words.n_next:
        periods = (next_to(around(periods), words.n_next),)
    if words.is_about and words.side is None:
        periods = apart(map(about, periods))
    is_range = words.side == "since" and _UNTIL.search(low, *where[1:])  # "since 2020 until 2022"
    found = periods if words.side is None or is_range else beside(periods, words.side)
    return None if found is None else FoundDays(found, words.start, words.stop)


# ---------------------------------------------------------------- patterns

_MAX_LISTED = 12
_LONGEST_SEASON = timedelta(days=92)
JOINED = (
    r"\s*(?:\.\.|[-–—~～]|\b(?:to|and|or|until|till|through)\b|[到至和与、]|或者?)\s*(?:the\s+)?"
)
_JOINT = re.compile(JOINED)
_UNTIL = re.compile(r"\b(?:until|till|to|through)\b|[到至]")
LISTS = re.compile(r"and|or|[与和、或]")
_PLAIN_YEAR = re.compile(YEAR)
_ZH_YEAR = re.compile(ZH_YEAR)
_WITH_YEAR = re.compile(rf"([^-/.]*[a-z].*\s){YEAR}")
_BETWEEN = re.compile(r"(?<![a-z])between\s+(?:the\s+)?(?:years?\s+)?(?:of\s+)?$")
_BETWEEN_ZH = re.compile(r"\s?[之期]?间")
_EN_HALF = rf"(?:{MONTH}(?:\s+{ORDINAL})?|{ORDINAL}\s+(?:of\s+)?{MONTH}|{SEASON})"
_ZH_HALF = rf"(?:{ZH_MONTH}(?:\s?{ZH_DAY})?|{ZH_DAY}|{zh_season()})"
_COMMA_JOINED = rf"\s*,\s*(?:(?:and|or)\s+)?(?={_EN_HALF})"
_COMMA = re.compile(_COMMA_JOINED)
# What a number that could be a year counts: "2000 people", 2000米.
COUNTED = (
    r"(?:\s*(?:px|pixels?|[cmk]?m|kg|k|p|ft|feet|met(?:er|re)s?|miles?|people|persons?|steps?|pieces?"
    r"|dollars?|euros?|yen|pounds?)(?![a-z])|\s+years(?![a-z])|[\s-]year[\s-]old|-years?"
    r"|\s?[x×*]\s?\d"  # 1920 x 1080
    r"|\s?(?:米|元|块|公里|千米|公斤|平米|像素|[日美欧]元)|[多余]?[人个张只名位步字]|[届级款号])"
)
# What bears a year as its name or in print, and words behind which a number is no year.
_BEARING = (
    r"\s+(?:(?:olympics?|olympic\s+games|world\s+cup|expo)\s+)?(?:book|novel|movie|film\s+poster|poster|calendar|planner|coin|stamp|banknote|magazine"
    r"|newspaper|edition|wine|logo|banner)s?(?![a-z])|年?[日挂台年]历"
)
# Cars are named by the year in which they were made: "1967 mustang".
_CARS = (
    r"(?:ford|mustang|corvette|camaro|chevrolet|chevy|cadillac|buick|dodge|pontiac|chrysler"
    r"|jeep|toyota|honda|nissan|datsun|mazda|subaru|mitsubishi|lexus|hyundai|kia|bmw|audi"
    r"|mercedes|porsche|volkswagen|vw|volvo|saab|fiat|ferrari|lamborghini|maserati|alfa\s+romeo"
    r"|bentley|rolls[\s-]royce|aston\s+martin|land\s+rover|tesla|harley)s?(?![a-z])"
)
_NO_YEAR = (
    rf"{YEAR}{COUNTED}|{YEAR}\s+{_CARS}|(?<!in\s)(?<!from\s){YEAR}(?:{_BEARING})"
    rf"|(?:(?<=\ba\s)|(?<=\ban\s)){YEAR}(?:['’]?s)?\s+(?!{PHOTO}\b)[a-z]"  # "a 1967 mustang"
    r"|(?:(?<=\bnumber\s)|(?<=\broom\s)|(?<=\bflight\s)|(?<=\bclass\sof\s)|(?<=\best\.\s)|(?<=\bcopyright\s)|(?<=\bsays\s)|(?<=\bsaying\s)|(?<=\breading\s)"
    rf"|(?<=\bspelling\s)|(?<=[写印刻标]着)|(?<=数字)|(?<=号码)){YEAR}(?![年\d])"
)
# One date; the first half of a range that leaves out the year, 2024年5 of 2024年5-8月 too.
_DATE = re.compile(
    rf"(?!{_NO_YEAR})"
    rf"(?:{ZH_YEAR}\s?的?(?:{ZH_MONTH}\s?)?\d\d?(?={JOINED}\d\d?\s?[月日号])|"
    + "|".join(re.sub(r"\?P<\w+>", "?:", form.pattern) for form in reversed(FORMS))
    + rf"|{_EN_HALF}(?={JOINED}|{_COMMA_JOINED}))(?![a-z])(?!(?<=\d)\d)"
)
_HALF = re.compile(
    rf"(?:(?<!and\s)(?<!or\s){_EN_HALF}|{_ZH_HALF}|(?:1[0-2]|0?[1-9])[-./]{DAY})(?![a-z\d])"
)
# A minus before it is read too: what it turns round is named as misread, as "not 2023" is.
_CAN_BEGIN = re.compile(rf"(?<![\w.:/$¥€£#-])|(?<=[{HAN}])|(?<=\.\.)|(?<=(?<!\S)-)")
_CANNOT_FOLLOW = re.compile(rf"[.:/_-]\d|,(?!{YEAR}(?!\d))\d|(?<=\d)\s?年|(?<=\d)\.[a-z]")
