"""The forms in which people write one date, in English and Chinese, each with its reader.

A form is a pattern for lower-case text and a function that returns the days. The groups of forms
that name a year: ``y`` year, ``m`` month, ``d`` and ``e`` first and last day, ``s`` season, ``p``
part of the year, ``t`` third of the month. Of decades ``y`` and ``e`` are the first and the last,
and ``p`` a part of them. ``w`` says which ``u`` of a month, a week or a day; ``n`` and ``e`` are
numbers of units.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from app.core.language.date_readers import (
    read_ago,
    read_before_last,
    read_day_word,
    read_decade,
    read_few_ago,
    read_few_until_today,
    read_half_month,
    read_of_year,
    read_part_of_month,
    read_past,
    read_recent,
    read_relative,
    read_same_number,
    read_seasons_ago,
    read_short_year,
    read_this_day,
    read_until_today,
    read_weekends_ago,
    read_years,
    read_zh_month,
    read_zh_season_near,
    read_zh_week,
)
from app.core.language.date_vocabulary import (
    DAY,
    DECADES,
    EN_COUNT,
    EN_COUNTED,
    EN_DAYS,
    EN_DECADE,
    EN_EITHER,
    EN_FEW,
    EN_NTH,
    EN_PART,
    EN_RECENT,
    EN_STYLE,
    EN_TIME,
    EN_YEAR,
    LARGE_DAY,
    MM,
    MONTH,
    NO_THING_BEHIND,
    ORDINAL,
    SEASON,
    WEEKDAY,
    YEAR,
    ZH_CENTURY,
    ZH_COUNT,
    ZH_COUNTED,
    ZH_DAY,
    ZH_DECADE,
    ZH_EITHER,
    ZH_END,
    ZH_MONTH,
    ZH_MONTH_PART,
    ZH_NTH,
    ZH_RECENT_END,
    ZH_TIME,
    ZH_WHICH,
    ZH_YEAR,
    ZH_YEAR_2,
    zh_season,
)
from app.core.language.periods import Days
from app.core.language.places import HAN
from app.core.language.request_words import PHOTO, PHOTO_ZH

Reader = Callable[[re.Match[str], date], Days]


class Form(NamedTuple):
    """How one kind of date is written, and how it is read; the reader may raise ValueError."""

    pattern: str
    read: Reader


# The longer forms come later, and are tried first where a date stands in a sentence.
FORMS = (
    Form(rf"(?P<y>{YEAR})(?:[-/.](?P<m>{MM})(?:[-/.](?P<d>{DAY})(?!\d))?)?", read_of_year),
    Form(rf"(?P<y>{YEAR})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])", read_of_year),
    Form(rf"(?P<m>0?[1-9]|1[0-2])(?:[-/]|(?<=\d\d)\.)(?P<y>{YEAR})", read_of_year),
    Form(rf"(?P<y>{YEAR})[-–/](?P<e>1[3-9]|[2-9]\d)(?!\d)", read_years),
    Form(rf"(?:{'|'.join(f'0?{n}/0?{n}' for n in range(1, 13))})/(?P<y>{YEAR})", read_same_number),
    # Days that could be read in two ways, as 5/6/2023, are no dates.
    Form(rf"(?P<d>{DAY})\.(?P<m>{MM})\.(?P<y>{YEAR})", read_of_year),
    Form(rf"(?P<d>{LARGE_DAY})/(?P<m>{MM})/(?P<y>{YEAR})", read_of_year),
    Form(rf"(?P<m>{MM})/(?P<d>{LARGE_DAY})/(?P<y>{YEAR})", read_of_year),
    Form(rf"(?P<y>{ZH_YEAR})", read_of_year),
    Form(
        rf"{EN_DECADE}(?P<y>{YEAR}(?<=0)(?=s)|(?:1[89]\d|200)0(?=['’]s))['’]?s{EN_STYLE}",
        read_decade,
    ),
    Form(rf"{EN_DECADE}['’‘]?(?P<y>[3-9]0)['’]?s{EN_STYLE}{NO_THING_BEHIND}", read_decade),
    Form(
        rf"{EN_DECADE}(?:nineteen[\s-])?(?P<y>{'|'.join(DECADES)}){EN_STYLE}",
        read_decade,
    ),
    Form(
        rf"{ZH_CENTURY}(?P<y>{YEAR}(?<=0)|[3-9]0|[三四五六七八九]十){ZH_DECADE}",
        read_decade,
    ),
    Form(rf"(?:20|二十|上个?)世纪的?(?P<y>[12]0|[一二]十){ZH_DECADE}", read_decade),
    Form(rf"{ZH_CENTURY}(?P<y>[三四五六七八])(?P<e>[四五六七八九]十){ZH_DECADE}", read_decade),
    Form(rf"(?P<y>{YEAR}|{ZH_YEAR}|{ZH_YEAR_2})\s?的?{zh_season('?P<s>')}", read_of_year),
    Form(
        rf"(?P<y>{ZH_YEAR})\s?的?(?:年?第?(?P<p>[初底末]{ZH_END}|[上下]半年|[一二三四1-4]季度))",
        read_of_year,
    ),
    Form(
        rf"(?P<y>{YEAR}(?=\s)|{ZH_YEAR}|{ZH_YEAR_2})\s?的?(?P<m>{ZH_MONTH})"
        rf"(?:\s?(?P<d>{ZH_DAY})|{ZH_MONTH_PART})?",
        read_of_year,
    ),
    Form(
        rf"(?:(?P<t>{EN_PART})(?:\s+of)?[\s-]+)?(?P<m>{MONTH})"
        rf"(?:,?\s+(?:of\s+)?|[-/])(?P<y>{EN_YEAR})",
        read_of_year,
    ),
    Form(
        rf"{EN_DAYS}\s+(?:of\s+)?(?P<m>{MONTH}),?\s+(?:of\s+)?(?P<y>{EN_YEAR})",
        read_of_year,
    ),
    Form(
        rf"(?P<m>{MONTH})\s+{EN_DAYS},?\s+(?:of\s+)?(?P<y>{EN_YEAR})",
        read_of_year,
    ),
    Form(rf"(?P<s>{SEASON})\s+(?P<n>{EN_COUNT})\s+years?\s+ago", read_seasons_ago),
    Form(rf"(?P<s>{SEASON})(?:(?<=[mt]er)s)?,?\s+(?:(?:of|in)\s+)?(?P<y>{EN_YEAR})", read_of_year),
    Form(rf"(?P<s>winter)\s+(?:of\s+)?(?P<y>{YEAR})[-–/](?:19|20)?\d\d", read_of_year),
    Form(
        rf"(?P<p>{EN_PART}|(?:first|second)\shalf(?=\s+of)|q[1-4]"
        r"|(?:first|second|third|fourth)\squarter(?=\s+of))"
        rf"(?:\s+of)?[\s-]+(?P<y>{EN_YEAR})",
        read_of_year,
    ),
    Form(
        rf"(?!this\s+may\b)(?P<which>last|this)\s+"
        rf"(?:(?P<what>year|month|week|weekend|{SEASON}|{MONTH}|{WEEKDAY})(?:(?<=day){EN_TIME})?)"
        rf"(?!\s+(?:of|in)\s+{MONTH})",
        read_relative,
    ),
    Form(rf"(?P<what>year|month|week|weekend|{SEASON})\s+before\s+last", read_before_last),
    Form(rf"(?:this\s+)?past\s+(?P<what>{EN_COUNTED}|{SEASON})", read_past),
    Form(
        r"(?P<day>today|tonight|this\s+(?:morning|afternoon|evening)|last\s+night"
        rf"|(?:day\s+before\s+)?yesterday){EN_TIME}",
        read_day_word,
    ),
    Form(rf"(?P<n>{EN_COUNT})\s+(?P<s>{SEASON})s?\s+ago", read_seasons_ago),
    Form(rf"(?P<n>{EN_COUNT})\s+weekends?\s+ago", read_weekends_ago),
    Form(
        rf"(?P<w>{EN_NTH})\s+(?P<u>week|weekend|day|{WEEKDAY})\s+(?:of|in)\s+(?P<m>{MONTH}),?\s+"
        rf"(?:of\s+)?(?P<y>{EN_YEAR})",
        read_part_of_month,
    ),
    Form(
        rf"(?P<y>{ZH_YEAR}|{ZH_YEAR_2})\s?的?(?P<m>{ZH_MONTH})\s?的?(?P<w>{ZH_NTH})"
        r"(?P<u>周末|周|星期|礼拜|天)",
        read_part_of_month,
    ),
    Form(rf"(?P<y>{YEAR})\s?(?P<p>q[1-4])", read_of_year),
    Form(rf"(?<!\d)0\d年(?!代)|(?<![{HAN}\d])[5-9]\d年(?=$|拍|的?老?{PHOTO_ZH})", read_short_year),
    Form(
        r"(?:最近|过去|(?<!附)近)半个?月(?:[以之]?内)?|半个?月[以之]?内"
        r"|(?<![\d个])半个?月[以之]?前(?![往后面台夕])",
        read_half_month,
    ),
    Form(rf"(?P<n>{EN_COUNT})\s+(?P<unit>{EN_COUNTED})s?\s+ago", read_ago),
    Form(
        rf"(?:last|past)\s+(?P<n>{EN_COUNT})\s+(?P<unit>{EN_COUNTED})s?",
        read_until_today,
    ),
    Form(rf"(?:(?:a\s+)?{EN_FEW}|{EN_EITHER})\s+(?P<unit>{EN_COUNTED})s?\s+ago", read_few_ago),
    Form(r"the\s+other\s+(?P<unit>day)", read_few_ago),
    Form(
        rf"(?:(?:last|past)\s+(?:{EN_FEW}|{EN_EITHER})|recent)\s+(?P<unit>{EN_COUNTED})s",
        read_few_until_today,
    ),
    Form(
        rf"(?P<long>(?!))?(?:(?:(?:most\s+)?recent|latest|newest)(?=\s*$|\s+{EN_RECENT})"
        rf"|(?:recently|lately)(?:\s+(?:taken|shot|made))?"
        rf"(?=\s*(?:$|[,，.;:)!?、。])|\s+(?:{PHOTO}|of|in|at|on|with|by|from)\b))",
        read_recent,
    ),
    Form(
        rf"(?P<y>{EN_YEAR})(?:['’]s)?,?\s+(?:in\s+)?(?:(?P<s>{SEASON})"
        rf"|(?P<m>{MONTH})(?:\s+(?P<d>{ORDINAL}))?)",
        read_of_year,
    ),
    Form(
        r"(?P<day>今[天晨早晚夜]|今日(?!头条)|昨[天日早晚夜]|大?(?<![之以年月日周期门窗房屋店车])前天)"
        rf"{ZH_TIME}",
        read_day_word,
    ),
    Form(
        rf"{ZH_WHICH}(?:周(?![围边岁年刊])|星期|礼拜)"
        r"(?P<day>末|[一二三四五六](?![只个条张辆位名群家人次])|日(?!本)|天(?![气空])|)"
        rf"{ZH_TIME}",
        read_zh_week,
    ),
    Form(rf"{ZH_WHICH}月(?![亮光饼球色牙季]){ZH_MONTH_PART}?", read_zh_month),
    Form(rf"(?P<which>今|这个?|上个)(?:{zh_season('?P<s>')})", read_zh_season_near),
    Form(
        rf"(?<![几数百千万月一二两三四五六七八九])(?P<n>{ZH_COUNT})\s?(?P<unit>{ZH_COUNTED})[以之]?前(?![往后面台夕])",
        read_ago,
    ),
    Form(
        rf"(?:(?:最近|过去|(?<!附)近)(?:的|这)?|这(?!一))(?P<n>{ZH_COUNT})\s?"
        rf"(?P<unit>{ZH_COUNTED}|月)(?!大)(?:[以之]?内|[以]?来)?",
        read_until_today,
    ),
    Form(
        rf"(?<![\d月第几数百千万一二两三四五六七八九十])(?P<n>{ZH_COUNT})\s?(?P<unit>{ZH_COUNTED})"
        r"(?:[以之]?内|以?来(?=$|[的拍]))",
        read_until_today,
    ),
    Form(
        rf"(?:(?<![十百千万])(?:好?几|数)|(?<![几数百千万月一二两三四五六七八九]){ZH_EITHER})\s?"
        rf"(?P<unit>{ZH_COUNTED})[以之]?前(?![往后面台夕])",
        read_few_ago,
    ),
    Form(
        rf"(?:(?<![{HAN}])|(?<=[我们他她你在从是自的]))前(?:[几些]|两(?=天)|{ZH_EITHER})"
        rf"(?P<unit>{ZH_COUNTED})",
        read_few_ago,
    ),
    Form(
        rf"(?:(?:最近|过去|(?<!附)近)(?:的|这)?|这)(?:[几些]|两(?=天)|{ZH_EITHER})\s?"
        rf"(?P<unit>{ZH_COUNTED}|月)(?:[以之]?[内来])?",
        read_few_until_today,
    ),
    Form(rf"近(?P<unit>[年日])来?(?={ZH_RECENT_END})", read_few_until_today),
    Form(
        r"(?:近期|(?<!离.)(?<!离..)(?<!离...)(?<!离....)(?<!距.)(?<!距..)(?<!距...)最近"
        rf"|(?P<long>前(?:段时间|[一些]?阵子?)))(?={ZH_RECENT_END})"
        rf"|最新(?:$|的(?:$|(?=(?:.{{1,12}}的)?{PHOTO_ZH}))|(?=拍摄?(?:$|的)|{PHOTO_ZH}))",
        read_recent,
    ),
    Form(
        rf"(?P<n>{EN_COUNT})\s+years?\s+ago\s+today|(?:this\s+(?:day|time)|today)\s+(?P<y>last)\s+year",
        read_this_day,
    ),
    Form(
        rf"(?:(?P<y>{ZH_YEAR})|(?P<n>{ZH_COUNT})年前)的?(?:今[天日](?!头条)|这个?时候|此时|同期)",
        read_this_day,
    ),
)
