"""Readers of the forms of dates: they return the days that a match names.

The groups of a match are those that ``date_forms.py`` lists. A reader may raise ValueError.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from app.core.language.date_vocabulary import (
    DAYS_BACK,
    DECADE_PARTS,
    DECADES,
    EN_NUMBERS,
    FEW,
    FIRST_SHORT_YEAR,
    HOURS,
    MONTH_PARTS,
    MONTHS,
    NTHS,
    PLAIN_DIGITS,
    SEASONS,
    UNITS,
    WEEKDAYS,
    YEAR_PARTS,
    YEARS_BACK,
    ZH_DIGITS,
)
from app.core.language.periods import (
    Days,
    PartOfMonth,
    ago,
    days_of,
    days_of_week,
    latest_season,
    months_of,
    part_of_month,
    season_ago,
    season_of,
    third_of_month,
    until_today,
    years_of,
)

_PARTS: dict[str, PartOfMonth] = {"day": "day", "week": "week", "weekend": "weekend"}
_PARTS |= {"天": "day", "周": "week", "星期": "week", "礼拜": "week", "周末": "weekend"}


def _number(text: str | None) -> int | None:
    """Return a number of digits or of Chinese characters up to 99, or that of a month's name."""
    if text is None:
        return None
    digits = re.match(r"\d+", text)
    if digits is not None:
        return int(digits[0])
    word = re.sub(r"[.\s月份日号]", "", text)
    if word in MONTHS:
        return MONTHS[word]
    if word in EN_NUMBERS:
        return EN_NUMBERS[word]
    tens, ten, ones = word.rpartition("十")
    return 10 * ZH_DIGITS.get(tens, 1) * bool(ten) + ZH_DIGITS.get(ones, 0)


def _year(word: str, today: date) -> int:
    if word in YEARS_BACK:
        return today.year - YEARS_BACK[word]
    year = _number(word.translate(PLAIN_DIGITS)) or 0
    return year if year > 99 else year + (1900 if year >= FIRST_SHORT_YEAR else 2000)


def read_of_year(match: re.Match[str], today: date) -> Days:
    """Return a year, or the season, part, month or days of it that are named."""
    named = match.groupdict()
    year = _year(named["y"].split()[0], today)
    if named.get("s"):
        return season_of(year, SEASONS[named["s"]])
    if named.get("p"):
        return months_of(year, *YEAR_PARTS[named["p"]])
    month, day = _number(named.get("m")), _number(named.get("d"))
    if month is not None and named.get("t"):
        return third_of_month(year, month, MONTH_PARTS[named["t"]])
    last_day = _number(named.get("e")) or day
    return Days(days_of(year, month, day).first, days_of(year, month, last_day).last)


def read_years(match: re.Match[str], today: date) -> Days:
    """Return the years from one to another of the same century: 2019–21."""
    first = int(match["y"])
    last = first - first % 100 + int(match["e"])
    if last <= first:
        raise ValueError(match[0])
    return years_of(first, last)


def read_short_year(match: re.Match[str], today: date) -> Days:
    """Return a year of two digits: 08年, 98年."""
    return days_of(_year(match[0][:2], today))


def read_this_day(match: re.Match[str], today: date) -> Days:
    """Return the day of today in another year, or a month around it: "this time last year"."""
    n = match["n"]
    year = _year(match["y"], today) if n is None else today.year - (_number(n) or 0)
    day = date(year, today.month, today.day)
    margin = timedelta(days=15 if re.search("time|时|同期", match[0]) else 0)
    return Days(day - margin, day + margin)


def read_same_number(match: re.Match[str], today: date) -> Days:
    """Return a day whose month has the same number: 5/5/2019 is the same in any order."""
    number = int(match[0].split("/")[0])
    return days_of(int(match["y"]), number, number)


def read_part_of_month(match: re.Match[str], today: date) -> Days:
    """Return a week, a weekend or a day of a month: "the first week of May 2020"."""
    year, month = _year(match["y"].split()[0], today), _number(match["m"])
    assert month is not None
    which = NTHS[match["w"].removesuffix("个")]
    return part_of_month(year, month, which, _PARTS.get(match["u"]) or WEEKDAYS[match["u"]])


def read_decade(match: re.Match[str], today: date) -> Days:
    """Return ten years, the first, middle or last of them, or twenty: 七八十年代."""
    named = match.groupdict()
    part = named.get("p")
    first, last = DECADE_PARTS[part.removesuffix("期")] if part else (0, 9)
    words = [word for word in (named["y"], named.get("e")) if word]
    numbers = [DECADES.get(word) or _number(word) or 0 for word in words]
    years = [n if n > 99 else 1900 + (n if n > 9 else 10 * n) for n in numbers]
    return years_of(years[0] + first, years[-1] + last)


def read_day_word(match: re.Match[str], today: date) -> Days:
    """Return a day counted from today: "yesterday", 前天."""
    return ago(DAYS_BACK[" ".join(match["day"].split())], "day", today)


def read_relative(match: re.Match[str], today: date) -> Days:
    """Return what "last" or "this" goes before."""
    n, what = YEARS_BACK[match["which"]], match["what"].rstrip(".")
    if what in UNITS:
        return ago(n, UNITS[what], today)
    if what in SEASONS:
        return season_ago(n, SEASONS[what], today)
    if what == "weekend":
        return days_of_week(n, 5, 6, today)
    if what in MONTHS:
        return days_of(today.year - n, MONTHS[what])
    weekday = WEEKDAYS[what]
    if n == 0:
        return days_of_week(0, weekday, weekday, today)
    return ago((today.weekday() - weekday - 1) % 7 + 1, "day", today)


def read_before_last(match: re.Match[str], today: date) -> Days:
    """Return what goes before the last one."""
    what = match["what"]
    if what == "weekend":
        return days_of_week(2, 5, 6, today)
    return season_ago(2, SEASONS[what], today) if what in SEASONS else ago(2, UNITS[what], today)


def read_past(match: re.Match[str], today: date) -> Days:
    """Return the time until today, or the season that went by last."""
    what = match["what"]
    if what in SEASONS:
        return latest_season(SEASONS[what], today)
    return _until_today(1, what, today)


def read_zh_week(match: re.Match[str], today: date) -> Days:
    """Return a week, a day or the weekend of it: 上周六."""
    weeks_ago, day = match["which"].count("上"), match["day"]
    if not day:
        return ago(weeks_ago, "week", today)
    if day == "末":
        return days_of_week(weeks_ago, 5, 6, today)
    return days_of_week(weeks_ago, WEEKDAYS[day], WEEKDAYS[day], today)


def read_zh_month(match: re.Match[str], today: date) -> Days:
    """Return a month counted from this one, or a third of it: 上个月底."""
    month = ago(match["which"].count("上"), "month", today)
    if match["t"] is None or month.first is None:
        return month
    return third_of_month(month.first.year, month.first.month, MONTH_PARTS[match["t"]])


def read_zh_season_near(match: re.Match[str], today: date) -> Days:
    """Return a season counted from this year's: 上个夏天."""
    return season_ago(match["which"].count("上"), SEASONS[match["s"]], today)


def _ago(least: int, most: int, unit: str, today: date) -> Days:
    """Return the days between so many units before; hours are those of the days they fall on."""
    if unit in HOURS:
        least, most, unit = least // 24, -(-most // 24), "day"
    return Days(ago(most, UNITS[unit], today).first, ago(least, UNITS[unit], today).last)


def _until_today(n: int, unit: str, today: date) -> Days:
    return (
        until_today(-(-n // 24), "day", today)
        if unit in HOURS
        else until_today(n, UNITS[unit], today)
    )


def _counted(match: re.Match[str]) -> tuple[int, str]:
    if match["n"].startswith(("half", "半")):
        return 6, "month"
    return _number(match["n"]) or 0, _unit(match)


def _unit(match: re.Match[str]) -> str:
    return match["unit"].removeprefix("个")


def read_ago(match: re.Match[str], today: date) -> Days:
    """Return the day, week, month or year so many before."""
    n, unit = _counted(match)
    return _ago(n, n, unit, today)


def read_seasons_ago(match: re.Match[str], today: date) -> Days:
    """Return a season so many years before."""
    return season_ago(_number(match["n"]) or 0, SEASONS[match["s"]], today)


def read_until_today(match: re.Match[str], today: date) -> Days:
    """Return the time from so many units before until today."""
    return _until_today(*_counted(match), today)


def _numbers(match: re.Match[str]) -> tuple[int, int]:
    """Return the least and the most of "a few", "two or three", 两三."""
    named = match.groupdict()
    if not named.get("n"):
        return FEW[named.get("few") or "few"]
    least, most = _number(named["n"]) or 0, _number(named["e"]) or 0
    if least >= most:
        raise ValueError(match[0])
    return least, most


def read_few_ago(match: re.Match[str], today: date) -> Days:
    """Return the days between so many and so many units before today."""
    least, most = _numbers(match)
    return _ago(least, most, _unit(match), today)


def read_few_until_today(match: re.Match[str], today: date) -> Days:
    """Return the time from a few units before until today."""
    return _until_today(_numbers(match)[1], _unit(match), today)


def read_weekends_ago(match: re.Match[str], today: date) -> Days:
    """Return a weekend so many weeks before."""
    return days_of_week(_number(match["n"]) or 0, 5, 6, today)


def read_half_month(match: re.Match[str], today: date) -> Days:
    """Return days around two weeks ago, or the two weeks until today."""
    if "前" not in match[0]:
        return until_today(15, "day", today)
    return Days(ago(20, "day", today).first, ago(10, "day", today).last)


def read_recent(match: re.Match[str], today: date) -> Days:
    """Return a month, or a season for 前段时间."""
    return until_today(3 if match["long"] else 1, "month", today)
