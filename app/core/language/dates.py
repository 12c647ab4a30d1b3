"""Days, months, seasons and years as people write them, in English and Chinese.

``find_dates`` finds them in a sentence; ``parse_date`` reads a value that must be one. Seasons are
those of the northern half: summer is June to August, the winter of a year begins in its December.
"last summer" and "去年夏天" are that of the year before this one, "this summer" is this year's.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1970, 2099
_YEAR = r"(?:19[7-9]\d|20\d\d)"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_ZH_SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTHS["sept"] = 9
_ZH_YEARS = {"今年": 0, "去年": -1, "前年": -2}
_ZH_DAYS = {"今天": 0, "昨天": -1, "前天": -2}
_ZH_NUMBERS = {text: at for at, text in enumerate("一二三四五六七八九十", 1)}
_ZH_NUMBERS |= {"十一": 11, "十二": 12, "两": 2}
_EN_NUMBERS = ("a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ZH_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}

_MONTH = r"(?:{})\b\.?".format("|".join(sorted(_MONTHS, key=len, reverse=True)))
_SEASON = "|".join(_SEASONS)
_ZH_SEASON = r"[春夏秋冬](?:天|季)?"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_ZH_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day, both included; None is open on that side."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class FoundDays:
    """Days named in a sentence, and where: ``text[start:stop]`` with its little words."""

    days: Days
    start: int
    stop: int


def parse_date(text: str, today: date) -> Days | None:
    """Return the days that a value names, for instance "2023-05", "last summer", "2019..2021"."""
    value = text.strip().lower()
    for name, pattern, read in _VALUES:
        match = pattern.fullmatch(value)
        if match is not None:
            found = _read_safely(read, match, today)
            if found is not None or name == "range":
                return found
    return None


def find_dates(text: str, today: date) -> Iterator[FoundDays]:
    """Yield the days named in a sentence, from left to right, without overlaps."""
    low = text.lower()
    place = 0
    while place < len(low):
        match = _IN_SENTENCE.search(low, place)
        if match is None:
            return
        days = parse_date(match["date"], today)
        if days is not None:
            yield FoundDays(days, match.start(), match.end())
        place = max(match.end(), place + 1)


def _read_safely(
    read: Callable[[re.Match[str], date], Days | None], match: re.Match[str], today: date
) -> Days | None:
    try:
        return read(match, today)
    except (ValueError, OverflowError):  # the 31st of April, a day before the first year
        return None


# ---------------------------------------------------------------- readers of one form each


def _days_of(year: int, month: int | None = None, day: int | None = None) -> Days:
    if month is None:
        return Days(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    return Days(date(year, month, day), date(year, month, day))


def _season_of(year: int, first_month: int) -> Days:
    last_year, last_month = (year + 1, 2) if first_month == 12 else (year, first_month + 2)
    last = date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])
    return Days(date(year, first_month, 1), last)


def _number(text: str | None) -> int | None:
    """Return a number of digits or of Chinese words up to twelve."""
    if text is None:
        return None
    tidy = text.rstrip("月份日号")
    return int(tidy) if tidy.isdigit() else _ZH_NUMBERS[tidy]


def _numeric(match: re.Match[str], _today: date) -> Days:
    year, month, day = match["y"], match["m"], match["d"]
    return _days_of(int(year), _number(month), _number(day))


def _named_month(match: re.Match[str], _today: date) -> Days:
    day = match.groupdict().get("d")
    return _days_of(int(match["y"]), _MONTHS[match["m"].rstrip(".")], _number(day))


def _season_and_year(match: re.Match[str], _today: date) -> Days:
    return _season_of(int(match["y"]), _SEASONS[match["s"]])


def _zh_season_and_year(match: re.Match[str], _today: date) -> Days:
    return _season_of(int(match["y"]), _ZH_SEASONS[match["s"][0]])


def _relative(match: re.Match[str], today: date) -> Days:
    which, unit = match["which"], match["unit"]
    is_last = which in ("last", "past")
    if unit == "year":
        return _days_of(today.year - is_last)
    if unit == "month":
        return _month_before(today) if is_last else _days_of(today.year, today.month)
    if unit == "week":
        return _week(today, weeks_back=int(is_last))
    return _season_of(today.year - is_last, _SEASONS[unit])


def _month_before(today: date) -> Days:
    last = today.replace(day=1) - timedelta(days=1)
    return _days_of(last.year, last.month)


def _week(today: date, weeks_back: int) -> Days:
    monday = today - timedelta(days=today.weekday() + 7 * weeks_back)
    return Days(monday, monday + timedelta(days=6))


def _day_word(match: re.Match[str], today: date) -> Days:
    back = {"today": 0, "yesterday": 1}[match["day"]]
    day = today - timedelta(days=back)
    return Days(day, day)


def _zh_year_word(match: re.Match[str], today: date) -> Days:
    year = today.year + _ZH_YEARS[match["y"]]
    if match["s"]:
        return _season_of(year, _ZH_SEASONS[match["s"][0]])
    return _days_of(year, _number(match["m"]))


def _zh_near(match: re.Match[str], today: date) -> Days:
    word = match["near"]
    if word in _ZH_DAYS:
        day = today + timedelta(days=_ZH_DAYS[word])
        return Days(day, day)
    if "月" in word:
        return _month_before(today) if word[0] == "上" else _days_of(today.year, today.month)
    return _week(today, weeks_back=int(word[0] == "上"))


def _count(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _ZH_NUMBERS[text] if text in _ZH_NUMBERS else max(1, _EN_NUMBERS.index(text))


def _months_before(today: date, n_months: int) -> date:
    """Return the first day of a month so many months before this one."""
    months = today.year * 12 + today.month - 1 - n_months
    return date(months // 12, months % 12 + 1, 1)


def _ago(match: re.Match[str], today: date) -> Days:
    """Return the day, week, month or year that was so long ago."""
    n, unit = _count(match["n"]), _ZH_UNITS.get(match["unit"], match["unit"])
    if unit == "year":
        return _days_of(today.year - n)
    if unit == "month":
        month = _months_before(today, n)
        return _days_of(month.year, month.month)
    if unit == "week":
        return _week(today, weeks_back=n)
    return Days(today - timedelta(days=n), today - timedelta(days=n))


def _until_today(match: re.Match[str], today: date) -> Days:
    """Return the days from so long ago until today."""
    n, unit = _count(match["n"]), _ZH_UNITS.get(match["unit"], match["unit"])
    if unit in ("month", "year"):
        month = _months_before(today, n * (12 if unit == "year" else 1))
        last = calendar.monthrange(month.year, month.month)[1]
        return Days(month.replace(day=min(today.day, last)), today)
    return Days(today - timedelta(days=n * (7 if unit == "week" else 1)), today)


def _span(match: re.Match[str], today: date) -> Days | None:
    first, last = parse_date(match["a"], today), parse_date(match["b"], today)
    if first is None or last is None or first.first is None or last.last is None:
        return None
    low, high = min(first.first, last.first or first.first), max(first.last or last.last, last.last)
    return Days(low, high)


def _open_span(match: re.Match[str], today: date) -> Days | None:
    side = match["before"] or match["after"]
    days = parse_date(match["a"], today)
    if days is None or days.first is None or days.last is None:
        return None
    if side in ("before", "until", "以前", "之前", "前"):
        if side == "until":
            return Days(None, days.last)
        return Days(None, days.first - timedelta(days=1))
    if side == "after":
        return Days(days.last + timedelta(days=1), None)
    return Days(days.first, None)  # since, 以来, 以后, 之后: from its first day on


_EN_COUNT = rf"(?:\d{{1,3}}|{'|'.join(_EN_NUMBERS)})"
_ZH_COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(_ZH_NUMBERS, key=len, reverse=True))})"
_ONE_DAY_FORMS: tuple[tuple[str, str, Callable[[re.Match[str], date], Days | None]], ...] = (
    ("iso", rf"(?P<y>{_YEAR})(?:[-/.](?P<m>1[0-2]|0?[1-9])(?:[-/.](?P<d>{_DAY}))?)?",
     _numeric),
    ("zh numeric", rf"(?P<y>{_YEAR})年(?:(?P<m>{_ZH_MONTH})(?:(?P<d>{_DAY})[日号])?)?",
     _numeric),
    ("zh season", rf"(?P<y>{_YEAR})年(?P<s>{_ZH_SEASON})", _zh_season_and_year),
    ("month year", rf"(?P<m>{_MONTH}),?\s+(?P<y>{_YEAR})", _named_month),
    ("day month year", rf"(?P<d>{_DAY})\s+(?P<m>{_MONTH}),?\s+(?P<y>{_YEAR})",
     _named_month),
    ("month day year", rf"(?P<m>{_MONTH})\s+(?P<d>{_DAY}),?\s+(?P<y>{_YEAR})",
     _named_month),
    ("season year", rf"(?P<s>{_SEASON})(?:\s+of)?\s+(?P<y>{_YEAR})", _season_and_year),
    ("relative", rf"(?P<which>last|past|this)\s+(?P<unit>year|month|week|{_SEASON})", _relative),
    ("day word", r"(?P<day>today|yesterday)", _day_word),
    ("zh year word", rf"(?P<y>今年|去年|前年)(?:(?P<s>{_ZH_SEASON})|(?P<m>{_ZH_MONTH}))?",
     _zh_year_word),
    ("ago", rf"(?P<n>{_EN_COUNT})\s+(?P<unit>day|week|month|year)s?\s+ago", _ago),
    ("until today",
     rf"(?:last|past)\s+(?P<n>{_EN_COUNT})\s+(?P<unit>day|week|month|year)s?", _until_today),
    ("zh ago", rf"(?P<n>{_ZH_COUNT})个?(?P<unit>天|周|星期|月|年)前", _ago),
    ("zh until today", rf"(?:最近|过去|近)(?P<n>{_ZH_COUNT})个?(?P<unit>天|日|周|星期|月|年)",
     _until_today),
    ("zh near", r"(?P<near>今天|昨天|前天|上个?月|这个月|本月|(?:上|这)个?(?:周|星期)|本周)",
     _zh_near),
)  # fmt: skip


def _bare(pattern: str) -> str:
    """Return a pattern without the names of its groups."""
    return re.sub(r"\?P<\w+>", "?:", pattern)


# The longer forms first, so that "2023年5月" is not read as "2023".
_ONE = "|".join(_bare(pattern) for _, pattern, _ in reversed(_ONE_DAY_FORMS))
_RANGE = (
    rf"(?:between\s+|from\s+|从|自)?(?P<a>{_ONE})\s*(?:\.\.|-|–|—|~|～|to|and|until|到|至)\s*"
    rf"(?P<b>{_ONE})(?:之间|年)?"
)
_OPEN = (
    rf"(?:(?P<before>before|until|after|since)\s+)(?P<a>{_ONE})",
    rf"(?P<a>{_ONE})(?P<after>以前|之前|前(?=[的拍\s]|$)|以后|之后|以来)",
)

_VALUES = tuple(
    (name, re.compile(pattern), read)
    for name, pattern, read in (
        *_ONE_DAY_FORMS,
        ("range", _RANGE, _span),
        ("open", _OPEN[0].replace("(?P<before>", "(?P<after>)(?P<before>", 1), _open_span),
        ("open zh", _OPEN[1].replace("(?P<after>", "(?P<before>)(?P<after>", 1), _open_span),
    )
)
_WHOLE = "|".join([_bare(_RANGE), *map(_bare, _OPEN), _ONE])
# With the little words around it: "taken in May 2023", "2023年拍的".
_IN_SENTENCE = re.compile(
    r"(?:(?<![a-z])(?:(?:taken|shot|photographed)\s+)?(?:in|from|during|on|of)\s+(?:the\s+)?"
    rf"|(?<![a-z])the\s+(?=(?:{_SEASON}|last|past)\b)|在)?"
    rf"(?:(?<![\w.:/-])|(?<=[\u4e00-\u9fff]))(?P<date>{_WHOLE})(?!\d|[.:,/-]\d|\s*(?:px|mm|k\b|p\b))(?![a-z])"
    r"(?:(?:拍摄?)?的|里|间|拍摄?)?"
)
