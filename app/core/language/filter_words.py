"""Filters in a question: "camera:nikon", "rating>=4", "2023", "去年夏天", "四星以上".

``parse_filter`` reads one filter, as the command line and the controls give it; ``find_filters``
finds all of them in a sentence. Keys and values are not case-sensitive; a value with spaces is
quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import get_args

from app.core.asking import Filters
from app.core.errors import FilterError
from app.core.language.cameras import MAKERS
from app.core.language.combining import combined
from app.core.language.date_vocabulary import YEAR
from app.core.language.date_words import Side
from app.core.language.dates import beside, find_dates, parse_date
from app.core.language.days_left import opposite
from app.core.language.near_misses import lowered
from app.core.language.periods import Periods
from app.core.language.plain_filters import (
    FEWER_STARS,
    FORMAT_WORDS,
    N_STARS,
    ORIENTATIONS,
    FoundFilter,
    find_alone,
    find_plain,
    format_named,
    number_named,
)
from app.core.language.request_words import PHOTO, PHOTO_ZH
from app.core.language.traditional import simplified
from app.core.language.weekdays import Dated, FoundWeekdays, find_weekdays, parse_weekdays
from app.core.language.yearly import FoundYearly, find_yearly, parse_yearly

_KEYS = {
    "folder": ("folder", "in", "path", "文件夹", "资料夹", "目录"),
    "date": ("date", "taken", "when", "日期", "时间"),
    "before": ("before", "早于"),
    "until": ("until", "不晚于"),
    "since": ("since", "不早于"),
    "after": ("after", "晚于"),
    "camera": ("camera", "相机"),
    "rating": ("rating", "ratings", "stars", "评分", "星级"),
    "is": ("is", "favourite", "favorite", "收藏"),
    "type": ("type", "format", "ext", "filetype", "类型", "格式"),
    "orientation": ("orientation", "方向"),
    "name": ("name", "file", "filename", "文件名", "名称"),
}
_KEY_OF = {word: key for key, words in _KEYS.items() for word in words}
_TYPES_KNOWN = (
    "jpeg", "png", "heic", "raw", "tiff", "webp", "gif", "avif", "bmp", "jp2", "ico", "ppm",
)  # fmt: skip
# What to write instead, by the reason word of a filter that is not understood.
_HINTS = {
    "unknown": f"use one of {', '.join(_KEYS)} and a value, as in camera:nikon, rating>=4,"
    " date:2023-05 or type:png",
    "value": "a value is missing, as in camera:nikon or folder:trips",
    "date": 'write days as 2023, 2023-05, 2023-05-31, 2019..2021, "last summer" or 去年夏天',
    "rating": "write 0 to 5 stars, as in rating:4 or rating>=4",
    "is": "write is:favourite",
    "type": f"the types are {', '.join(_TYPES_KNOWN)}",
    "orientation": "write landscape, portrait or square",
    "negated": "filters say which photos stay, as in before:2023, since:2024 or type:jpeg",
    "order": "photos come in the order in which they fit, and newest first where filters alone are"
    " given; write days, as in before:2015 or last month",
}
_REASONS = dict.fromkeys(get_args(Side), "date")  # of the other keys it is the key itself
_SIGNS: dict[str, Side] = {
    "<": "before", "<=": "until", "=<": "until", "≤": "until",
    ">=": "since", "=>": "since", "≥": "since", ">": "after",
}  # fmt: skip
_YES = (
    "yes",
    "true",
    "1",
    "favourite",
    "favorite",
    "是",
    "收藏",
    "heart",
    "favourites",
    "favorites",
    "fav",
    "favs",
)
_KEY_WORDS = "|".join(sorted(map(re.escape, _KEY_OF), key=len, reverse=True))
# A colon may stand before a comparison ("rating: >=4").
_SIGN = r"(?:[:：]?(?:>=|=>|<=|=<|[=><≥≤])|[:：])"
_ONE_FILTER = re.compile(
    rf"(?P<key>{_KEY_WORDS})\s*(?P<sign>{_SIGN})\s*(?P<value>.*)", re.IGNORECASE | re.DOTALL
)
# In a sentence a value ends at a space, or at a comma with no further value of its kind behind it;
# quotes were hidden before, so they have none.
_LISTED = (
    rf"(?:[,，、]\s?|\s+or\s+)(?=(?:{FORMAT_WORDS}|{'|'.join(ORIENTATIONS)}|{MAKERS})(?![^\W_]))"
)
# A space after these is forgiven where a value follows that they can have: "rating: 4".
_SPACED = re.compile(
    r"(?:(?<![^\W_])(?P<all>(?:rating|stars|type|format|orientation|date|before|until|since|after"
    r"|评分|星级|类型|格式|方向|日期)(?:\s*(?:>=|=>|<=|=<|[=><≥≤])\s*|[:：]\s+)[^\s,，;；、]+)"
    rf"|(?:^|(?<=[,，;；]\s))(?:camera|相机)[:：]\s+(?:{MAKERS})(?!\w))",
    re.IGNORECASE,
)
_LISTED_KEYS = ("camera", "type", "orientation")
_NEXT = re.compile(r"[,，、]|\s+or\s", re.IGNORECASE)
_DATE_KEYS = ("date", "before", "until", "since", "after")
_MORE_WORDS = re.compile(r"\s+[^\s,，;；、]+")
_MAX_MORE_WORDS = 4  # of a date: "since:the 5th of May 2020"
_KEYED = re.compile(
    rf"(?<![^\W_])(?P<all>(?:{_KEY_WORDS}){_SIGN}(?:[^\s,，;；、]|(?<=\w){_LISTED})+)",
    re.IGNORECASE,
)
_UNCLEAR_DAY = re.compile(rf"(?<![\w/.-])\d\d?([/.])\d\d?\1{YEAR}(?![\w/]|[.-]\d)")
# What asks for an order; "the oldest tree" is a thing.
_ORDER = re.compile(
    rf"(?<![\w-])(?:the\s+|my\s+)?(?:(?:oldest|earliest)\s+(?={PHOTO}\b)"
    r"|(?:oldest|newest|latest|earliest)\s+first(?!\w)"
    r"|(?:sort|order)(?:ed)?\s+by\s+(?:date|time|size|name|year)(?!\w))"
    rf"|^\s*(?:the\s+)?(?:oldest|earliest)\s*$|最[早老](?:拍摄?)?的?(?={PHOTO_ZH}|$)|最早拍摄?的|最早的(?=.{{1,12}}的{PHOTO_ZH})"
    r"|按(?:照?拍摄?)?(?:时间|日期|大小|名称|文件名)(?:顺序|先后)?排[序列]?|从新到旧|从旧到新",
    re.IGNORECASE,
)
_PLUS = re.compile(r"(?<!\S)\+$")  # filters must hold anyhow
_OR = re.compile(r"\s*[,，]?\s*(?:or|或者?|还是)\s*", re.IGNORECASE)
_MOST_CHARS_BEFORE = 60  # of a negation
# The same behind it: 2020年以外的, 去年的不要.
_ALL_BUT = re.compile(
    r"[以之]外的?|除外的?|[都全]?不要(?=$|[\s,，、;；。])|\s+(?:excluded|excepted)\b", re.IGNORECASE
)
_OF_YEAR = re.compile("[ 的]?")  # between a day and its year
# What turns the filter after it round: "not in 2023", "-type:png", 不是2023年.
_NEGATED = re.compile(
    r"(?:(?<!\S)[-－–−‐‑﹣]"
    r"|(?<![\w'’-])(?:but\s+|(?:(?:that|which)\s+)?(?:i|we)\s+)?(?:\w+n['’]t|not|no|nothing|none|without|exclud(?:e|ing)|except(?:\s+for)?"
    r"|apart|aside|(?:other|rather)\s+than|(?:(?:any|every)thing|all)\s+but)\s+"
    r"(?:(?:want|include|show|have|in|from|of|taken?|shot|any|the|those|ones?|that|which|are|is|were|was"
    rf"|{PHOTO})\s+)*"
    r"|(?:但是?)?(?:不想?[是在要含看]?|没有?|排除|除了?|非)在?)$",
    re.IGNORECASE,
)


def parse_filter(text: str, today: date) -> Filters:
    """Return what one filter says: ``key:value``, ``key=value``, ``rating>=4``, or days alone.

    Raises:
        FilterError: an unknown key, or a value that the key cannot have.
    """
    typed = text.strip()
    match = _ONE_FILTER.fullmatch(simplified(typed))
    reason = "unknown"
    if match is not None:
        key = _KEY_OF[match["key"].lower()]
        value = typed[match.start("value") :].strip().strip("\"'“”「」『』")
        reason = _REASONS.get(key, key) if value else "value"
        found = _read(key, match["sign"].lstrip(":：") or ":", value, today)
    else:
        days = parse_date(text, today)
        found = _bare_word(text, today) if days is None else _with_days(days)
    if found is None and match is None:
        found = _said(typed, today)
    if found is None:
        raise _not_understood(text, reason)
    return found


def find_filters(text: str, spoken: Callable[[int, int], str], today: date) -> list[FoundFilter]:
    """Return the filters in a sentence, from left to right, without overlaps.

    Args:
        text: with quoted parts hidden.
        spoken: gives ``text[start:stop]`` as it was typed.
        today: what "last summer" is counted from.
    """
    found: list[FoundFilter] = []
    candidates = (*_keyed(text, spoken, today), *find_plain(text, spoken), *_dates(text, today))
    for candidate in (*candidates, *_unclear_days(text), *_unheard(text)):
        if all(candidate.stop <= each.start or candidate.start >= each.stop for each in found):
            found.append(candidate)
    found.sort(key=lambda each: each.start)
    found = [_with_sign(each, text, spoken) for each in _with_years(found, text)]
    found += find_alone(blanked(text, found))
    found = _with_either(sorted(found, key=lambda each: each.start), text)
    for place in combined([each.filters for each in found])[1]:
        each = found[place]
        error = contradiction(spoken(each.start, each.stop))
        found[place] = FoundFilter(Filters(), each.start, each.stop, error)
    return found


def blanked(text: str, found: Iterable[FoundFilter]) -> str:
    """Return a text of the same length with spaces in place of filters."""
    for each in found:
        text = text[: each.start] + " " * (each.stop - each.start) + text[each.stop :]
    return text


def _with_years(found: list[FoundFilter], text: str) -> list[FoundFilter]:
    """Return filters in which a turned round day and its year are one: "except christmas 2020"."""
    together: list[FoundFilter] = []
    for each in found:
        last = together[-1] if together else each
        both = Filters(
            taken=last.filters.taken + each.filters.taken,
            yearly=last.filters.yearly + each.filters.yearly,
        )
        is_pair = bool(last.filters.taken) != bool(each.filters.taken) and both.yearly
        is_beside = last is not each and _OF_YEAR.fullmatch(text, last.stop, each.start)
        if is_pair and is_beside and _is_negated(replace(last, stop=each.stop), text):
            together[-1] = FoundFilter(both, last.start, each.stop)
        else:
            together.append(each)
    return together


def _is_negated(found: FoundFilter, text: str) -> bool:
    return _ALL_BUT.match(text, found.stop) is not None or _negation(found, text) is not None


def _negation(found: FoundFilter, text: str) -> re.Match[str] | None:
    """Return the words before a filter that turn it round."""
    return _NEGATED.search(text, max(0, found.start - _MOST_CHARS_BEFORE), found.start)


def _with_either(found: list[FoundFilter], text: str) -> list[FoundFilter]:
    """Return filters in which dates with an "or" between them are one: "before 2020 or in 2023"."""
    together: list[FoundFilter] = []
    for each in found:
        last = together[-1] if together else each
        is_either = each.filters.taken and last.filters.taken and last is not each
        if is_either and _OR.fullmatch(text, last.stop, each.start):
            periods = dict.fromkeys(last.filters.taken + each.filters.taken)
            together[-1] = FoundFilter(Filters(taken=tuple(periods)), last.start, each.stop)
        else:
            together.append(each)
    return together


def _with_sign(found: FoundFilter, text: str, spoken: Callable[[int, int], str]) -> FoundFilter:
    """Return a filter with the plus before it, if any, or turned round by the words around it.

    What no filter can say the other way is misread: "not taken with a Nikon".
    """
    negation, behind = _negation(found, text), _ALL_BUT.match(text, found.stop)
    if negation is None and behind is None:
        plus = _PLUS.search(text, max(0, found.start - 2), found.start)
        return found if plus is None else replace(found, start=plus.start())
    start = found.start if negation is None else negation.start()
    stop = found.stop if behind is None else behind.end()
    others = None if found.error is not None else opposite(found.filters)
    if others is not None:
        return FoundFilter(others, start, stop)
    error = _not_understood(spoken(start, stop).strip(), "negated")
    return FoundFilter(Filters(), start, stop, error)


def contradiction(text: str) -> FilterError:
    """Return why a filter does not count that leaves no day of the other dates."""
    sentence = f"The filter {text!r} leaves no day of the other dates; leave one of them out."
    return FilterError(sentence, filter=text, reason="contradicting")


# ---------------------------------------------------------------- one filter


def _not_understood(text: str, reason: str) -> FilterError:
    sentence = f"The filter {text!r} is not understood; {_HINTS[reason]}."
    return FilterError(sentence, filter=text, reason=reason)


def _read(key: str, sign: str, value: str, today: date) -> Filters | None:
    if not value:
        return None
    match key:
        case "folder":
            return Filters(folders=(value,))
        case "camera":
            return Filters(cameras=tuple(filter(None, map(str.strip, _parts(value)))))
        case "name":
            return Filters(names=(value,))
        case "type":
            formats = tuple(format_named(part) for part in _parts(value))
            return Filters(formats=formats) if set(formats) <= set(_TYPES_KNOWN) else None
        case "orientation":
            shapes = [ORIENTATIONS.get(lowered(part.strip())) for part in _parts(value)]
            known = tuple(shape for shape in shapes if shape is not None)
            return Filters(orientations=known) if len(known) == len(shapes) else None
        case "rating":
            return _rating(sign, value)
        case "is":
            return Filters(favourite=True) if value.lower() in _YES else None
        case "before" | "until" | "since" | "after":
            return _date(key, value, today)
    return _date(_SIGNS.get(sign), value, today)


def _parts(value: str) -> list[str]:
    """Return the values that a list names: "png,jpeg"."""
    return re.split(r"[,|，、]|\s+or\s+", value)


def _rating(sign: str, value: str) -> Filters | None:
    match = re.fullmatch(
        rf"(?P<n>0|{N_STARS}|[一二两三四五])(?:\+|\s*stars?|颗?星)?(?:及?以上)?|(?P<signs>★{{1,5}})",
        simplified(value),
        re.IGNORECASE,
    )
    if match is None or _SIGNS.get(sign) in ("before", "until"):
        return None
    stars = len(match["signs"]) if match["signs"] else number_named(match["n"])
    return Filters(min_rating=stars + 1 if sign == ">" else stars)


def _date(side: Side | None, value: str, today: date) -> Filters | None:
    periods = parse_date(value, today)
    if periods is None:
        others = _days_of_years_or_weeks(value if side is None else f"{side} {value}", today)
        if others is not None:
            return others
    if periods is None:  # a list, "2022,2024", and no "July 4, 1965"
        listed = [parse_date(part, today) for part in _parts(value)]
        periods = tuple(days for each in listed if each is not None for days in each)
        if None in listed:
            return None
    if side is not None:
        periods = beside(periods, side)
    return None if periods is None else _with_days(periods)


def _with_days(periods: Periods) -> Filters:
    sides = [(days.first, days.last) for days in periods]
    return Filters(taken=tuple((_iso(first), _iso(last)) for first, last in sides))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _with_yearly(found: FoundYearly) -> Filters:
    return replace(_with_days(found.periods), yearly=found.yearly)


def _with_weekdays(found: FoundWeekdays) -> Filters:
    return replace(_with_days(found.periods), weekdays=found.weekdays)


def _days_of_years_or_weeks(value: str, today: date) -> Filters | None:
    """Return days that a value names without a year: "May 1", "weekends"."""
    yearly = parse_yearly(value, today)
    if yearly is not None:
        return _with_yearly(yearly)
    weekdays = parse_weekdays(value, today)
    return None if weekdays is None else _with_weekdays(weekdays)


def _said(text: str, today: date) -> Filters | None:
    """Return a filter that is said as in a sentence: "5 stars", "2020 or 2021", "png files".

    Raises:
        FilterError: it is turned round, "not 2020".
    """
    found = find_filters(simplified(text), lambda start, stop: text[start:stop], today)
    if len(found) != 1 or (found[0].start, found[0].stop) != (0, len(text)):
        return None
    if found[0].error is not None:
        raise found[0].error
    return found[0].filters


def _bare_word(text: str, today: date) -> Filters | None:
    word = lowered(text.strip())
    if word in ("favourite", "favourites", "favorite", "favorites", "收藏"):
        return Filters(favourite=True)
    if word in ORIENTATIONS:
        return Filters(orientations=(ORIENTATIONS[word],))
    if re.fullmatch(r"★{1,5}", word):
        return Filters(min_rating=len(word))
    return _days_of_years_or_weeks(word, today)


# ---------------------------------------------------------------- filters in a sentence


def _keyed(text: str, spoken: Callable[[int, int], str], today: date) -> Iterator[FoundFilter]:
    for match in _KEYED.finditer(text):
        yield _longest(text, match, spoken, today)
    for match in _SPACED.finditer(text):
        found = _longest(text, match, spoken, today)
        if found.error is None:
            yield found


def _longest(
    text: str, match: re.Match[str], spoken: Callable[[int, int], str], today: date
) -> FoundFilter:
    """Return what a key and its value say; a date may go on behind a space: "since:May 2020"."""
    found = _ONE_FILTER.match(text, match.start())
    key = "" if found is None else _KEY_OF[found["key"].lower()]
    listed = None if key in _LISTED_KEYS else _NEXT.search(text, match.start(), match.end())
    stops = [match.end() if listed is None else listed.start()]
    while key in _DATE_KEYS:
        more = _MORE_WORDS.match(text, stops[-1])
        if more is None or len(stops) > _MAX_MORE_WORDS:
            break
        stops.append(more.end())
    misread: FilterError | None = None
    for stop in reversed(stops):
        try:
            filters = parse_filter(spoken(match.start(), stop), today)
        except FilterError as error:
            misread = error
        else:
            return FoundFilter(filters, match.start(), stop)
    return FoundFilter(Filters(), match.start(), stops[0], misread)


def _unclear_days(text: str) -> Iterator[FoundFilter]:
    """Yield days that can be read in two ways or in none, as misread: 5/6/2023, 31.2.2023."""
    for match in _UNCLEAR_DAY.finditer(text):
        error = _not_understood(match[0], "date")
        yield FoundFilter(Filters(), match.start(), match.end(), error)


def _unheard(text: str) -> Iterator[FoundFilter]:
    """Yield words for what no filter does, as misread: "oldest photos", 按时间排序, 三星以下."""
    for reason, pattern in (("order", _ORDER), ("rating", FEWER_STARS)):
        for match in pattern.finditer(text):
            error = _not_understood(match[0].strip(), reason)
            yield FoundFilter(Filters(), match.start(), match.end(), error)


def _dates(text: str, today: date) -> Iterator[FoundFilter]:
    found = [
        FoundFilter(_with_days(each.periods), each.start, each.stop)
        for each in find_dates(text, today)
    ]
    for yearly in find_yearly(text, today):
        found = [
            each for each in found if not yearly.start <= each.start < each.stop <= yearly.stop
        ]
        found.append(FoundFilter(_with_yearly(yearly), yearly.start, yearly.stop))
    yield from found
    dated = [Dated(each.start, each.stop, _is_one_day(each.filters)) for each in found]
    for days in find_weekdays(text, today, dated):
        yield FoundFilter(_with_weekdays(days), days.start, days.stop)


def _is_one_day(filters: Filters) -> bool:
    periods = (*filters.taken, *filters.yearly)
    return len(periods) == 1 and periods[0][0] == periods[0][1]
