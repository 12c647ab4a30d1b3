"""The forms in which people write one date, in English and Chinese, each with its reader.

A form is a pattern for lower-case text and a function that returns the days. The groups of forms
that name a year: ``y`` year, ``m`` month, ``d`` and ``e`` first and last day, ``s`` season, ``p``
part of the year, ``t`` third of the month. Of decades ``y`` and ``e`` are the first and the last,
and ``p`` a part of them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple, get_args

from app.core.language.periods import (
    Days,
    Unit,
    ago,
    days_of,
    days_of_week,
    latest_season,
    months_of,
    season_ago,
    season_of,
    third_of_month,
    until_today,
    years_of,
)
from app.core.language.places import HAN
from app.core.language.request_words import PHOTO


class Form(NamedTuple):
    """How one kind of date is written, and how it is read; the reader may raise ValueError."""

    pattern: str
    read: Callable[[re.Match[str], date], Days]


# ---------------------------------------------------------------- words

_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASONS |= {"春": 3, "夏": 6, "秋": 9, "冬": 12}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTHS["sept"] = 9
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_WEEKDAYS |= {word: number for number, word in enumerate("一二三四五六日")} | {"天": 6}
_YEARS_BACK = {"this": 0, "last": 1, "今年": 0, "去年": 1, "前年": 2, "大前年": 3}
_DAYS_BACK = {"today": 0, "yesterday": 1, "last night": 1, "day before yesterday": 2}
_DAYS_BACK |= dict.fromkeys(("this morning", "this afternoon", "this evening", "tonight"), 0)
_DAYS_BACK |= dict.fromkeys(("今天", "今日", "今早", "今晨", "今晚", "今夜"), 0)
_DAYS_BACK |= dict.fromkeys(("昨天", "昨日", "昨早", "昨晚", "昨夜"), 1) | {"前天": 2, "大前天": 3}
# First and last month; early, mid and late are a third each.
_YEAR_PARTS = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}
_YEAR_PARTS |= {"beginning": (1, 4), "start": (1, 4), "middle": (5, 8), "end": (9, 12)}
_YEAR_PARTS |= {"first half": (1, 6), "second half": (7, 12), "上半年": (1, 6), "下半年": (7, 12)}
_YEAR_PARTS |= {"初": (1, 4), "底": (9, 12), "末": (9, 12)}
_MONTH_PARTS = {"early": 0, "mid": 1, "late": 2}
_MONTH_PARTS |= {"beginning": 0, "start": 0, "middle": 1, "end": 2}
_MONTH_PARTS |= {"初": 0, "上旬": 0, "中旬": 1, "下旬": 2, "底": 2, "末": 2}
_DECADE_PARTS = {"early": (0, 3), "mid": (3, 6), "late": (6, 9)}
_DECADE_PARTS |= {"初": (0, 3), "早": (0, 3), "前": (0, 3), "中": (3, 6)}
_DECADE_PARTS |= {"末": (6, 9), "后": (6, 9), "晚": (6, 9), "底": (6, 9)}
_DECADES = {
    "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90,
}  # fmt: skip
_FIRST_SHORT_YEAR = 30  # 30 is 1930, 29 is 2029
_UNITS: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}
_UNITS |= {"天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week"}
_UNITS |= {"月": "month", "年": "year"}
_EN_NUMBERS = {"a": 1, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_COUNTING = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
    "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_EN_NUMBERS |= {word: number for number, word in enumerate(_COUNTING, 1)}
_ZH_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}

_PLAIN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")

# ---------------------------------------------------------------- patterns of words

YEAR = r"(?:18[3-9]\d|19\d\d|20\d\d)"  # as long as there are photographs
_MM = r"(?:1[0-2]|0?[1-9])(?!\d)"
_LARGE_DAY = r"(?:3[01]|2\d|1[3-9])"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"
SEASON = "(?:spring|summer|autumn|fall|winter)"
MONTH = r"(?:{})\b\.?".format("|".join(sorted(filter(str.isascii, _MONTHS), key=len, reverse=True)))
ORDINAL = rf"{DAY}(?:st|nd|rd|th)?"
_EN_YEAR = rf"(?:{YEAR}|(?:last|this)\s+year)"
_EN_DAYS = rf"(?P<d>{ORDINAL})(?:\s?(?:-|–|to)\s?(?:the\s)?(?P<e>{ORDINAL}))?"
_EN_PART = r"(?:early|mid|late|(?:beginning|start|middle|end)(?=\s+of))"
_EN_COUNT = rf"(?:\d{{1,3}}|{'|'.join(_EN_NUMBERS)}|half\s+a(?=\s+year))"
# "in her 80s" is an age; "80s cars" and "1960s style" say what things look like.
_NO_AGE = "".join(
    rf"(?<!\b{word}[\s-])"
    for word in ("his", "her", "their", "my", "your", "our", "early", "mid", "late")
)
_EN_DECADE = rf"{_NO_AGE}(?:(?P<p>early|mid|late)[\s-]+(?:the\s+)?)?"
_EN_STYLE = r"(?![\s-]+(?:styled?|look|fashion|vibes?|music|retro|themed?|aesthetic|inspired)\b)"
NO_THING_BEHIND = (
    rf"(?![\s-]+(?!(?:{PHOTO}|and|or|to|until|till|onwards?|in|at|on|of|from|with|without|but|not|no"
    r"|my|our|the|by|near|last|this|every|yesterday|today|taken|shot|when|where|while|since|after"
    r"|before|is|was|i|we)\b)[a-z])"
)
_WEEKDAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"

_ZH_NUMBER = "(?:[二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
# What may follow a word of one character that begins many others: 2023年夏, not 2023年夏令营.
ZH_END = rf"(?=$|[^{HAN}]|[的在拍里到和与或、]|以[前后来]|之[前后间])"
_ZH_YEAR_WORD = "大?(?<![以之年目])前年|(?<![过失])去年|今年"
_ZH_YEAR_2 = r"\d\d年"  # 23年5月
_HAN_YEAR = "(?:一[八九]|二[〇零○])[〇零○一二三四五六七八九]{2}"  # 二〇二三年
ZH_YEAR = rf"(?:(?:{YEAR}|{_HAN_YEAR})\s?年(?:度(?!假)|(?!代|多|的?历史))|{_ZH_YEAR_WORD})"
ZH_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月份?"
ZH_MONTH_PART = rf"(?P<t>[上中下]旬|[初底末]{ZH_END})"
ZH_DAY = rf"(?:{DAY}|{_ZH_NUMBER})\s?[日号]"
_ZH_CENTURY = "(?:(?:20|二十|上个?)世纪的?)?"
_ZH_DECADE = (
    rf"年代(?:(?P<p>[初底末]{ZH_END}|[早前中晚后末初]期)"
    r"|(?!的?(?:风格|复古|怀旧|款|味|范儿?|风(?![景光筝车]))))"
)
_ZH_COUNT = rf"(?:\d{{1,3}}|{_ZH_NUMBER}|半(?=年))"
_ZH_COUNTED = "个月|个?(?:星期|礼拜)|[天日周年]"
_ZH_WHICH = "(?P<which>(?<![马晚早天身街路地山海湖江水桌床墙树楼车船])上+|这|本)一?个?"


def zh_season(group: str = "?:") -> str:
    """Return the pattern of a season: 夏天, 夏日, 初夏, 夏; the character alone in a group."""
    return rf"[初早仲盛深晚暮隆]?({group}[春夏秋冬])(?:[天季]|日(?!本)|{ZH_END})"


# ---------------------------------------------------------------- readers


def _number(text: str | None) -> int | None:
    """Return a number of digits or of Chinese characters up to 99, or that of a month's name."""
    if text is None:
        return None
    digits = re.match(r"\d+", text)
    if digits is not None:
        return int(digits[0])
    word = re.sub(r"[.\s月份日号]", "", text)
    if word in _MONTHS:
        return _MONTHS[word]
    if word in _EN_NUMBERS:
        return _EN_NUMBERS[word]
    tens, ten, ones = word.rpartition("十")
    return 10 * _ZH_DIGITS.get(tens, 1) * bool(ten) + _ZH_DIGITS.get(ones, 0)


def _year(word: str, today: date) -> int:
    if word in _YEARS_BACK:
        return today.year - _YEARS_BACK[word]
    year = _number(word.translate(_PLAIN_DIGITS)) or 0
    return year if year > 99 else year + (1900 if year >= _FIRST_SHORT_YEAR else 2000)


def _of_year(match: re.Match[str], today: date) -> Days:
    """Return a year, or the season, part, month or days of it that are named."""
    named = match.groupdict()
    year = _year(named["y"].split()[0], today)
    if named.get("s"):
        return season_of(year, _SEASONS[named["s"]])
    if named.get("p"):
        return months_of(year, *_YEAR_PARTS[named["p"]])
    month, day = _number(named.get("m")), _number(named.get("d"))
    if month is not None and named.get("t"):
        return third_of_month(year, month, _MONTH_PARTS[named["t"]])
    last_day = _number(named.get("e")) or day
    return Days(days_of(year, month, day).first, days_of(year, month, last_day).last)


def _decade(match: re.Match[str], today: date) -> Days:
    """Return ten years, the first, middle or last of them, or twenty: 七八十年代."""
    named = match.groupdict()
    part = named.get("p")
    first, last = _DECADE_PARTS[part.removesuffix("期")] if part else (0, 9)
    words = [word for word in (named["y"], named.get("e")) if word]
    numbers = [_DECADES.get(word) or _number(word) or 0 for word in words]
    years = [n if n > 99 else 1900 + (n if n > 9 else 10 * n) for n in numbers]
    return years_of(years[0] + first, years[-1] + last)


def _day_word(match: re.Match[str], today: date) -> Days:
    return ago(_DAYS_BACK[" ".join(match["day"].split())], "day", today)


def _relative(match: re.Match[str], today: date) -> Days:
    """Return what "last" or "this" goes before."""
    n, what = _YEARS_BACK[match["which"]], match["what"].rstrip(".")
    if what in _UNITS:
        return ago(n, _UNITS[what], today)
    if what in _SEASONS:
        return season_ago(n, _SEASONS[what], today)
    if what == "weekend":
        return days_of_week(n, 5, 6, today)
    if what in _MONTHS:
        return days_of(today.year - n, _MONTHS[what])
    weekday = _WEEKDAYS[what]
    if n == 0:
        return days_of_week(0, weekday, weekday, today)
    return ago((today.weekday() - weekday - 1) % 7 + 1, "day", today)


def _before_last(match: re.Match[str], today: date) -> Days:
    what = match["what"]
    if what == "weekend":
        return days_of_week(2, 5, 6, today)
    return season_ago(2, _SEASONS[what], today) if what in _SEASONS else ago(2, _UNITS[what], today)


def _past(match: re.Match[str], today: date) -> Days:
    what = match["what"]
    if what in _SEASONS:
        return latest_season(_SEASONS[what], today)
    return until_today(1, _UNITS[what], today)


def _zh_week(match: re.Match[str], today: date) -> Days:
    weeks_ago, day = match["which"].count("上"), match["day"]
    if not day:
        return ago(weeks_ago, "week", today)
    if day == "末":
        return days_of_week(weeks_ago, 5, 6, today)
    return days_of_week(weeks_ago, _WEEKDAYS[day], _WEEKDAYS[day], today)


def _zh_month(match: re.Match[str], today: date) -> Days:
    month = ago(match["which"].count("上"), "month", today)
    if match["t"] is None or month.first is None:
        return month
    return third_of_month(month.first.year, month.first.month, _MONTH_PARTS[match["t"]])


def _zh_season_near(match: re.Match[str], today: date) -> Days:
    return season_ago(match["which"].count("上"), _SEASONS[match["s"]], today)


def _counted(match: re.Match[str]) -> tuple[int, Unit]:
    unit = _UNITS[match["unit"].removeprefix("个")]
    if match["n"].startswith(("half", "半")):
        return 6, "month"
    return _number(match["n"]) or 0, unit


def _ago(match: re.Match[str], today: date) -> Days:
    return ago(*_counted(match), today)


def _seasons_ago(match: re.Match[str], today: date) -> Days:
    return season_ago(_number(match["n"]) or 0, _SEASONS[match["s"]], today)


def _until_today(match: re.Match[str], today: date) -> Days:
    return until_today(*_counted(match), today)


# ---------------------------------------------------------------- forms

# The longer forms come later, and are tried first where a date stands in a sentence.
FORMS = (
    Form(rf"(?P<y>{YEAR})(?:[-/.](?P<m>{_MM})(?:[-/.](?P<d>{DAY})(?!\d))?)?", _of_year),
    Form(rf"(?P<y>{YEAR})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])", _of_year),
    Form(rf"(?P<m>0[1-9]|1[0-2])/(?P<y>{YEAR})", _of_year),
    # Days that could be read in two ways, as 5/6/2023, are no dates.
    Form(rf"(?P<d>{DAY})\.(?P<m>{_MM})\.(?P<y>{YEAR})", _of_year),
    Form(rf"(?P<d>{_LARGE_DAY})/(?P<m>{_MM})/(?P<y>{YEAR})", _of_year),
    Form(rf"(?P<m>{_MM})/(?P<d>{_LARGE_DAY})/(?P<y>{YEAR})", _of_year),
    Form(rf"(?P<y>{ZH_YEAR})", _of_year),
    Form(
        rf"{_EN_DECADE}(?P<y>{YEAR}(?<=0)(?=s)|(?:1[89]\d|200)0(?=['’]s))['’]?s{_EN_STYLE}", _decade
    ),
    Form(rf"{_EN_DECADE}['’‘]?(?P<y>[3-9]0)['’]?s{_EN_STYLE}{NO_THING_BEHIND}", _decade),
    Form(
        rf"{_EN_DECADE}(?:nineteen[\s-])?(?P<y>{'|'.join(_DECADES)}){_EN_STYLE}",
        _decade,
    ),
    Form(
        rf"{_ZH_CENTURY}(?P<y>{YEAR}(?<=0)|[3-9]0|[三四五六七八九]十){_ZH_DECADE}",
        _decade,
    ),
    Form(rf"(?:20|二十|上个?)世纪的?(?P<y>[12]0|[一二]十){_ZH_DECADE}", _decade),
    Form(rf"{_ZH_CENTURY}(?P<y>[三四五六七八])(?P<e>[四五六七八九]十){_ZH_DECADE}", _decade),
    Form(rf"(?P<y>{YEAR}|{ZH_YEAR}|{_ZH_YEAR_2})\s?的?{zh_season('?P<s>')}", _of_year),
    Form(rf"(?P<y>{ZH_YEAR})\s?的?(?:年?(?P<p>[初底末]{ZH_END}|[上下]半年))", _of_year),
    Form(
        rf"(?P<y>{YEAR}(?=\s)|{ZH_YEAR}|{_ZH_YEAR_2})\s?的?(?P<m>{ZH_MONTH})"
        rf"(?:\s?(?P<d>{ZH_DAY})|{ZH_MONTH_PART})?",
        _of_year,
    ),
    Form(
        rf"(?:(?P<t>{_EN_PART})(?:\s+of)?[\s-]+)?(?P<m>{MONTH}),?\s+(?:of\s+)?(?P<y>{_EN_YEAR})",
        _of_year,
    ),
    Form(
        rf"{_EN_DAYS}\s+(?:of\s+)?(?P<m>{MONTH}),?\s+(?:of\s+)?(?P<y>{_EN_YEAR})",
        _of_year,
    ),
    Form(
        rf"(?P<m>{MONTH})\s+{_EN_DAYS},?\s+(?:of\s+)?(?P<y>{_EN_YEAR})",
        _of_year,
    ),
    Form(rf"(?P<s>{SEASON}),?\s+(?:(?:of|in)\s+)?(?P<y>{_EN_YEAR})", _of_year),
    Form(rf"(?P<s>winter)\s+(?:of\s+)?(?P<y>{YEAR})[-–/](?:19|20)?\d\d", _of_year),
    Form(
        rf"(?P<p>{_EN_PART}|(?:first|second)\shalf(?=\s+of))(?:\s+of)?[\s-]+(?P<y>{_EN_YEAR})",
        _of_year,
    ),
    Form(
        rf"(?!this\s+may\b)(?P<which>last|this)\s+"
        rf"(?P<what>year|month|week|weekend|{SEASON}|{_WEEKDAY}|{MONTH})",
        _relative,
    ),
    Form(rf"(?P<what>year|month|week|weekend|{SEASON})\s+before\s+last", _before_last),
    Form(rf"(?:this\s+)?past\s+(?P<what>day|week|month|year|{SEASON})", _past),
    Form(
        r"(?P<day>today|tonight|this\s+(?:morning|afternoon|evening)|yesterday|last\s+night"
        r"|day\s+before\s+yesterday)",
        _day_word,
    ),
    Form(rf"(?P<n>{_EN_COUNT})\s+(?P<s>{SEASON})s?\s+ago", _seasons_ago),
    Form(rf"(?P<n>{_EN_COUNT})\s+(?P<unit>day|week|month|year)s?\s+ago", _ago),
    Form(
        rf"(?:last|past)\s+(?P<n>{_EN_COUNT})\s+(?P<unit>day|week|month|year)s?",
        _until_today,
    ),
    Form(
        rf"(?P<y>{_EN_YEAR})(?:['’]s)?,?\s+(?:in\s+)?(?:(?P<s>{SEASON})"
        rf"|(?P<m>{MONTH})(?:\s+(?P<d>{ORDINAL}))?)",
        _of_year,
    ),
    Form(
        r"(?P<day>今[天晨早晚夜]|今日(?!头条)|昨[天日早晚夜]|大?(?<![之以年月日周期门窗房屋店车])前天)",
        _day_word,
    ),
    Form(
        rf"{_ZH_WHICH}(?:周(?![围边岁年刊])|星期|礼拜)"
        r"(?P<day>末|[一二三四五六](?![只个条张辆位名群家人次])|日(?!本)|天(?![气空])|)",
        _zh_week,
    ),
    Form(rf"{_ZH_WHICH}月(?![亮光饼球色牙季]){ZH_MONTH_PART}?", _zh_month),
    Form(rf"(?P<which>今|这个?|上个)(?:{zh_season('?P<s>')})", _zh_season_near),
    Form(
        rf"(?<![几数百千万月一二两三四五六七八九])(?P<n>{_ZH_COUNT})\s?(?P<unit>{_ZH_COUNTED})[以之]?前(?![往后面台夕])",
        _ago,
    ),
    Form(
        rf"(?:最近|过去|(?<!附)近)(?:的|这)?(?P<n>{_ZH_COUNT})\s?"
        rf"(?P<unit>{_ZH_COUNTED}|月)(?:[以之]?内)?",
        _until_today,
    ),
    Form(rf"(?P<n>{_ZH_COUNT})\s?(?P<unit>{_ZH_COUNTED})[以之]?内", _until_today),
)
