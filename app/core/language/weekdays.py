"""Days of the week: "on Mondays", "on Monday", "weekends", 每周六, 周末, "Saturday 6 May".

"On Monday" is the latest one; "on Mondays", "every Monday" and "Monday to Friday" are those of any
week. Chinese has no plural: 周一 is any Monday; 上周一 and 这周一 are of one week and read as other
dates are. Beside another date a day of the week only narrows it: "on Monday, 6 May 2024".

Words that also name what a photo shows stay in the question: "Sunday dinner", 周末派对.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from app.core.language.date_vocabulary import (
    EN_NTH,
    EN_TIME,
    NO_THING_BEHIND,
    NTHS,
    WEEKDAY,
    WEEKDAYS,
    ZH_TIME,
)
from app.core.language.date_words import Around, words_around
from app.core.language.dates import JOINED, LISTS, apart, beside
from app.core.language.near_misses import lowered
from app.core.language.periods import Days, Periods, about
from app.core.language.places import HAN
from app.core.language.request_words import PHOTO, PHOTO_ZH


class Dated(NamedTuple):
    """Where another date is in the text, with its little words, and whether it is one day."""

    start: int
    stop: int
    is_day: bool


@dataclass(frozen=True, slots=True)
class FoundWeekdays:
    """Days of the week, ``text[start:stop]`` with their little words.

    Either ``weekdays`` says which of any week, or ``periods`` which of one; Monday is 0.
    """

    weekdays: tuple[int, ...]
    periods: Periods
    start: int
    stop: int


def parse_weekdays(text: str, today: date) -> FoundWeekdays | None:
    """Return the days of the week that a value names: "Monday", "weekends", "since Monday"."""
    for said in (text.strip(), f"on {text.strip()}"):
        for found in find_weekdays(said, today, ()):
            if (found.start, found.stop) == (0, len(said)):
                return found
    return None


def find_weekdays(text: str, today: date, dates: Sequence[Dated]) -> Iterator[FoundWeekdays]:
    """Yield the days of the week named in a sentence, from left to right, without overlaps.

    Args:
        text: the sentence.
        today: what "on Monday" is counted from.
        dates: the other dates in it; nothing is looked for within them.
    """
    low = lowered(text)
    last_stop = 0
    for match in _DAYS.finditer(low):
        if any(each.start < match.end() and match.start() < each.stop for each in dates):
            continue
        first = max([last_stop, *(each.stop for each in dates if each.stop <= match.start())])
        words = words_around(low, first, match.start(), match.end())
        said = low[words.start : match.start()]
        if not (_is_beside(low, match, dates) or _is_date(low, match, said)):
            continue
        last_stop = words.stop
        numbers = _numbers(match["days"], "between" in said or "间" in low[match.end() : last_stop])
        if words.side is None and (dates or _is_of_any_week(match, said)):
            yield FoundWeekdays(numbers, (), words.start, last_stop)
        elif periods := _of_one_week(numbers, words, today):
            yield FoundWeekdays((), periods, words.start, last_stop)


# ---------------------------------------------------------------- what is read


def _is_beside(low: str, match: re.Match[str], dates: Sequence[Dated]) -> bool:
    """Tell whether a day of the week belongs to the date beside it: "Sat, 6 May"."""
    is_short = _SHORT.fullmatch(match["days"]) is not None
    near = [each for each in dates if each.is_day or not is_short]
    if any(_BESIDE.fullmatch(low, match.end(), each.start) for each in near):
        return True
    is_behind = any(_BESIDE.fullmatch(low, each.stop, match.start()) for each in near)
    return is_behind and _NO_THING.match(low, match.end()) is not None


def _is_date(low: str, match: re.Match[str], said: str) -> bool:
    """Tell whether a sentence says by these words when, and not what is in the picture."""
    days = match["days"]
    if (match["which"] or "").strip() in NTHS:  # that of a month, which is beside it then
        return False
    if match.span() == (0, len(low)) and not _SHORT.fullmatch(days):
        return True
    if not days.isascii():
        return bool(match["time"]) or _ZH_BEHIND.match(low, match.end()) is not None
    if _SHORT.fullmatch(days) or _NO_THING.match(low, match.end()) is None:
        return False
    has_preposition = said.strip() not in ("", "the")
    if match["which"] is not None:
        return has_preposition or match["which"][:1] == "e"
    is_first = _CLAUSE_BEFORE.search(low, 0, match.start()) is not None
    is_first = days == "weekends" or (days.endswith("s") and is_first)
    return has_preposition or is_first or _PHOTOS_BEHIND.match(low, match.end()) is not None


def _is_of_any_week(match: re.Match[str], said: str) -> bool:
    days = match["days"]
    if match["which"] is not None or not days.isascii() or days.endswith("s"):
        return True
    if days.startswith("week"):
        return days == "weekday" or "the" not in said.split()
    return len(_NAME.findall(days)) > 1 and LISTS.search(_NAME.sub("", days)) is None


def _numbers(days: str, is_between: bool) -> tuple[int, ...]:
    """Return the days of the week that are listed, or all from one to another."""
    numbers: list[int] = []
    last_stop = 0
    for match in _NAME.finditer(days):
        joint = days[last_stop : match.start()].strip()
        named = _named(match[0])
        if numbers and (is_between or (joint.rstrip("s") and LISTS.search(joint) is None)):
            n_later = (named[-1] - numbers[-1]) % 7
            named = tuple((numbers[-1] + n) % 7 for n in range(n_later + 1))
        numbers += named
        last_stop = match.end()
    return tuple(sorted(set(numbers)))


def _named(name: str) -> tuple[int, ...]:
    if (several := _SEVERAL.get(" ".join(name.split()))) is not None:
        return several
    if name.isascii():
        return (next(number for day, number in WEEKDAYS.items() if day.startswith(name[:3])),)
    return (WEEKDAYS[name[-1]],)


def _of_one_week(numbers: tuple[int, ...], words: Around, today: date) -> Periods | None:
    """Return the latest of some days of the week, or those before or after them."""
    latest = [today - timedelta(days=(today.weekday() - number) % 7) for number in numbers]
    if numbers == _SEVERAL["weekend"]:
        latest = [latest[0], latest[0] + timedelta(days=1)]
    days = [Days(day, day) for day in latest]
    if words.side is not None:
        return beside(tuple(days), words.side)
    return apart(map(about, days) if words.is_about else days)


# ---------------------------------------------------------------- patterns

_SEVERAL: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("weekend", "周末", "週末", "双休日"), (5, 6)),
    **dict.fromkeys(("weekday", "workday", "working day", "工作日"), (0, 1, 2, 3, 4)),
}
_SHORT_NAMES = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b"
_SHORT = re.compile(rf"{_SHORT_NAMES}\.?")
_EN = rf"(?:{WEEKDAY}|weekend|weekday|workday|working\s+day)"
_ZH_WEEK = "(?:[周週]|星期|礼拜)"
_ZH_DAY = r"(?:[一二三四五六](?![只个条张辆位名群家人次])|日(?!本)|天(?![气空]))"
_ZH_MORE = rf"(?:(?:{JOINED})?{_ZH_WEEK}?{_ZH_DAY})"
_NAME = re.compile(rf"{_EN}|{_SHORT_NAMES}|[周週]末|双休日|工作日|{_ZH_WEEK}?[一二三四五六日天]")
_DAYS = re.compile(
    rf"(?<![a-z-])(?<!black\s)(?<!cyber\s)(?<!ash\s)(?<!palm\s)(?P<which>(?:every|each|any|an?|{EN_NTH})\s+|每逢?个?)?"
    rf"(?P<days>{_EN}s?(?:{JOINED}{_EN}s?){{0,6}}(?![a-z'’-])|(?<=\b){_SHORT_NAMES}\.?"
    r"|(?:(?<=每)|(?<=每个)|(?<=每逢)|(?<!疯狂)(?<!黑色)(?<![上下这本那第几数一二两三四五六七八九十百\d半整圆隔个]))"
    rf"(?:[周週]末|双休日|工作日|{_ZH_WEEK}{_ZH_DAY}{_ZH_MORE}{{0,6}}))(?P<time>{EN_TIME}{ZH_TIME})"
)
_BESIDE = re.compile(r"[\s,，(（]*(?:the\s+)?")
_NO_THING = re.compile(NO_THING_BEHIND)
_CLAUSE_BEFORE = re.compile(r"(?:^|[,，、;；.。!！?？(（])\s*(?:the\s+)?$")
_PHOTOS_BEHIND = re.compile(rf"\s+{PHOTO}\b")
_ZH_BEHIND = re.compile(
    rf"$|[^{HAN}\w]|[在拍的去到和与或、照我早晚夜]"
    rf"|那天|当天|期间|时|[以之][前后来间外]|[前左][后右]|{PHOTO_ZH}"
)
