"""Festivals by their names in English and Chinese, and the days they are on."""

from __future__ import annotations

import re
from datetime import date

from app.core.asking import YearDays
from app.core.language.date_vocabulary import NO_THING_BEHIND
from app.core.language.periods import Days
from app.core.language.places import HAN
from app.core.language.request_words import PHOTO_ZH
from app.core.moving_festivals import festival_in, is_moving


def year_days(name: str) -> YearDays:
    """Return the days of every year that a name means, as filters keep them."""
    return next(days for days, pattern in _FESTIVAL_DAYS if pattern.fullmatch(name))


def festival_days(name: str, year: int) -> Days | None:
    """Return the days that a name means in a year; None where they are not known."""
    first, last = year_days(name)
    if is_moving(first):
        found = festival_in(first, year)
        return None if found is None else Days(*map(date.fromisoformat, found))
    last_year = year + int(last < first)
    return Days(date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{last_year}-{last}"))


# First and last day, or one that moves | names; names that begin with others' come first.
_FESTIVALS = (
    r"01-01 01-01|new\s+year['’]?s\s+day|元旦节?",
    r"12-31 12-31|new\s+year['’]?s\s+eve|跨年[夜晚]",
    r"12-31 01-01|new\s+year['’]?s?|跨年",
    r"02-14 02-14|(?:saint\s+|st\.?\s+)?valentine['’]?s?(?:\s+day)?|情人节",
    r"03-08 03-08|women['’]?s\s+day|三八妇女节|妇女节",
    r"03-17 03-17|(?:saint|st\.?)\s+patrick['’]?s?\s+day|圣帕特里克节",
    r"04-01 04-01|april\s+fools?['’]?(?:\s+day)?|愚人节",
    r"05-01 05-05|may\s+day|五一(?:国际)?(?:劳动节|假期|长假|小长假|黄金周)?|劳动节(?:假期)?",
    r"05-04 05-04|youth\s+day|(?:五四)?青年节",
    r"06-01 06-01|children['’]?s\s+day|六一(?:国际)?(?:儿童节)?|儿童节",
    r"07-04 07-04|independence\s+day|美国独立日",
    r"09-10 09-10|teachers['’]?\s+day|教师节",
    r"10-01 10-07|(?:chinese\s+)?national\s+day"
    r"|国庆(?:节|长假|假期|黄金周)?|十一(?:长假|假期|黄金周)|十一",
    r"10-31 10-31|hallowe['’]?en(?:\s+night)?|万圣节前?夜?",
    r"11-11 11-11|singles['’]?\s+day|双十一|光棍节",
    r"12-24 12-24|(?:christmas|xmas)\s+eve|平安夜|圣诞夜|圣诞前夜",
    r"12-25 12-25|(?:christmas|xmas)\s+day|圣诞日",
    r"12-26 12-26|boxing\s+day|节礼日",
    r"12-24 01-01|(?:christmas|xmas)\s+(?:holidays?|break|vacation)|圣诞假期",
    r"12-24 12-26|christmas(?:\s*time)?|xmas|圣诞节?",
    r"07-01 08-31|暑假",
    r"01-10 02-28|寒假",
    r"04-04 04-06|(?:qing\s?ming|tomb[\s-]sweeping)(?:\s+(?:day|festival))?|清明节?(?:假期)?",
    r"easter sunday|easter\s+(?:sun)?day|复活节(?:当天|星期[日天]|周日)",
    r"easter monday|easter\s+monday|复活节星期一",
    r"easter|easter(?:\s+(?:weekend|holidays?|break|vacation))?|复活节(?:假期)?",
    r"good friday|good\s+friday|耶稣受难[日节]",
    r"mother's day|mother['’]?s['’]?\s+day|母亲节",
    r"father's day|father['’]?s['’]?\s+day|父亲节",
    r"thanksgiving|thanksgiving(?:\s+day)?|感恩节",
    r"spring festival's eve|(?:(?:chinese|lunar)\s+new\s+year|spring\s+festival)['’]?s?\s+eve"
    r"|除夕夜?|大年三十|年三十",
    r"spring festival's day|(?:(?:chinese|lunar)\s+new\s+year)['’]?s?\s+day|(?:大年|正月|年)初一",
    r"spring festival|(?:chinese|lunar)\s+new\s+year|spring\s+festival"
    r"|春节(?:假期|长假|黄金周)?|农历新年|过年",
    r"lantern festival|lantern\s+festival|元宵节|(?:农历|阴历)?正月十五",
    r"dragon boat festival|dragon[\s-]boat\s+festival|端午节?(?:假期)?"
    r"|(?:农历|阴历)?五月初五",
    r"double seventh festival|(?:double\s+seven(?:th)?|qi\s?xi)\s+festival|七夕(?:情人节|节)?"
    r"|(?:农历|阴历)七月初七",
    r"ghost festival|(?:hungry\s+)?ghost\s+festival|中元节|(?:农历|阴历)七月十五",
    r"double ninth festival|(?:double\s+ninth|chong\s?yang)(?:\s+(?:festival|day))?|重阳节?"
    r"|(?:农历|阴历)九月初九",
    r"12-21 12-22|winter\s+solstice|冬至节?",
    r"mid-autumn festival|mid[\s-]?autumn(?:\s+(?:festival|day))?|moon\s+festival"
    r"|中秋[节夜]?(?:假期)?|(?:农历|阴历)八月十五",
)


def _days_and_names(line: str) -> tuple[YearDays, re.Pattern[str]]:
    days, names = line.split("|", 1)
    is_fixed = days[:1].isdigit()
    return ((days[:5], days[6:]) if is_fixed else (days, days)), re.compile(names)


_FESTIVAL_DAYS = tuple(map(_days_and_names, _FESTIVALS))
_FESTIVAL_NAMES = "|".join(pattern.pattern for _, pattern in _FESTIVAL_DAYS)
_FESTIVAL_END = (
    rf"(?:(?<=[a-z'’.])(?!['’\w-]){NO_THING_BEHIND}"
    rf"|(?<=[{HAN}])(?=$|[^{HAN}\w]|[在拍和与或跟同到至、]|(?:的|那天|当天|期间)?{PHOTO_ZH}"
    r"|的时候|时(?![代装尚间光钟空])|期间|[那当]天|[以之][前后来外]|[前左][后右]|[去回]|的?[前后]一?(?:天|晚|夜|周|个?星期|个?礼拜|个月)|第二天|[前后](?=$|[的拍，,\s])))"
)
# One of them.
FESTIVAL = re.compile(f"(?:{_FESTIVAL_NAMES}){_FESTIVAL_END}")
