"""Words of dates in English and Chinese: what they count as, and the patterns that find them.

Patterns are for lower-case text. Those with groups name them as ``date_forms.py`` says.
"""

from __future__ import annotations

import calendar
from typing import get_args

from app.core.language.periods import Unit
from app.core.language.places import HAN
from app.core.language.request_words import PHOTO, PHOTO_ZH

# ---------------------------------------------------------------- words

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
SEASONS |= {"春": 3, "夏": 6, "秋": 9, "冬": 12}
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
MONTHS["sept"] = 9
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
WEEKDAYS |= {word: number for number, word in enumerate("一二三四五六日")} | {"天": 6}
YEARS_BACK = {"this": 0, "last": 1, "今年": 0, "去年": 1, "前年": 2, "大前年": 3}
DAYS_BACK = {"today": 0, "yesterday": 1, "last night": 1, "day before yesterday": 2}
DAYS_BACK |= dict.fromkeys(("this morning", "this afternoon", "this evening", "tonight"), 0)
DAYS_BACK |= dict.fromkeys(("今天", "今日", "今早", "今晨", "今晚", "今夜"), 0)
DAYS_BACK |= dict.fromkeys(("昨天", "昨日", "昨早", "昨晚", "昨夜"), 1) | {"前天": 2, "大前天": 3}
# First and last month; early, mid and late are a third each.
YEAR_PARTS = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}
YEAR_PARTS |= {"beginning": (1, 4), "start": (1, 4), "middle": (5, 8), "end": (9, 12)}
YEAR_PARTS |= {"first half": (1, 6), "second half": (7, 12), "上半年": (1, 6), "下半年": (7, 12)}
YEAR_PARTS |= {
    name.format(word): (3 * number + 1, 3 * number + 3)
    for name, words in (
        ("q{}", "1234"), ("{} quarter", ("first", "second", "third", "fourth")),
        ("{}季度", "1234"), ("{}季度", "一二三四"),
    )
    for number, word in enumerate(words)
}  # fmt: skip
YEAR_PARTS |= {"初": (1, 4), "底": (9, 12), "末": (9, 12)}
MONTH_PARTS = {"early": 0, "mid": 1, "late": 2}
MONTH_PARTS |= {"beginning": 0, "start": 0, "middle": 1, "end": 2}
MONTH_PARTS |= {"初": 0, "上旬": 0, "中旬": 1, "下旬": 2, "底": 2, "末": 2}
NTHS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 0, "最后一": 0}
NTHS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "第一": 1, "第二": 2, "第三": 3, "第四": 4}
DECADE_PARTS = {"early": (0, 3), "mid": (3, 6), "late": (6, 9)}
DECADE_PARTS |= {"初": (0, 3), "早": (0, 3), "前": (0, 3), "中": (3, 6)}
DECADE_PARTS |= {"末": (6, 9), "后": (6, 9), "晚": (6, 9), "底": (6, 9)}
DECADES = {
    "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90,
}  # fmt: skip
FIRST_SHORT_YEAR = 30  # 30 is 1930, 29 is 2029
UNITS: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}
UNITS |= {"天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week"}
UNITS |= {"月": "month", "年": "year"}
HOURS = ("hour", "小时", "钟头")
EN_NUMBERS = {"a": 1, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_COUNTING = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
    "seventeen", "eighteen", "nineteen",
)  # fmt: skip
EN_NUMBERS |= {word: number for number, word in enumerate(_COUNTING, 1)}
# "A few" and the like: how many at least and at most.
FEW = {"couple": (2, 3), "few": (2, 7), "several": (2, 7), "some": (2, 7)}
ZH_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}

PLAIN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")

# ---------------------------------------------------------------- patterns of words

YEAR = r"(?:18[3-9]\d|19\d\d|20\d\d)"  # as long as there are photographs
MM = r"(?:1[0-2]|0?[1-9])(?!\d)"
LARGE_DAY = r"(?:3[01]|2\d|1[3-9])"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"
SEASON = "(?:spring|summer|autumn|fall|winter)"
MONTH = r"(?:{})\b\.?".format("|".join(sorted(filter(str.isascii, MONTHS), key=len, reverse=True)))
ORDINAL = rf"{DAY}(?:st|nd|rd|th)?"
EN_YEAR = rf"(?:{YEAR}|(?:last|this)\s+year)"
EN_DAYS = rf"(?P<d>{ORDINAL})(?:\s?(?:-|–|to)\s?(?:the\s)?(?P<e>{ORDINAL}))?"
EN_PART = r"(?:early|mid|late|(?:beginning|start|middle|end)(?=\s+of))"
EN_COUNT = rf"(?:\d{{1,3}}|{'|'.join(EN_NUMBERS)}|half\s+a(?=\s+year))"
EN_NTH = f"(?:{'|'.join(filter(str.isascii, NTHS))})"
# The time of a day that is named goes with it: "yesterday evening".
EN_TIME = r"(?:\s+(?:morning|afternoon|evening|night)\b)?"
EN_FEW = r"(?:(?P<few>few|several|couple)(?:\s+of)?)"
# "two or three"
EN_EITHER = rf"(?P<n>{EN_COUNT})(?:\s+(?:or|to)\s+|\s?[-–]\s?)(?P<e>{EN_COUNT})"
# What a recent one of is meant by its day: "recent trip".
EN_RECENT = (
    rf"(?:{PHOTO}|selfies?|screenshots?|scans?|shots?|ones|trips?|travels|holidays?|vacations?"
    r"|visits?)\b"
)
# "in her 80s" is an age; "80s cars" and "1960s style" say what things look like.
_NO_AGE = "".join(
    rf"(?<!\b{word}[\s-])"
    for word in ("his", "her", "their", "my", "your", "our", "early", "mid", "late")
)
EN_DECADE = rf"{_NO_AGE}(?:(?P<p>early|mid|late)[\s-]+(?:the\s+)?)?"
EN_STYLE = r"(?![\s-]+(?:styled?|look|fashion|vibes?|music|retro|themed?|aesthetic|inspired)\b)"
NO_THING_BEHIND = (
    rf"(?![\s-]+(?!(?:{PHOTO}|and|or|to|until|till|onwards?|in|at|on|of|from|with|without|but|not|no"
    r"|my|our|the|by|near|last|this|every|yesterday|today|taken|shot|when|where|while|since|after"
    rf"|before|is|was|i|we|{EN_COUNT}\s+(?:day|week|month|year)s?\s+ago)\b)[a-z])"
)
WEEKDAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"

_ZH_NUMBER = "(?:[二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
# What may follow a word of one character that begins many others: 2023年夏, not 2023年夏令营.
ZH_END = rf"(?=$|[^{HAN}]|[的在拍里到和与或、]|以[前后来]|之[前后间])"
_ZH_YEAR_WORD = "大?(?<![以之年目])前年|(?<![过失])去年|今年"
ZH_YEAR_2 = r"\d\d年"  # 23年5月
_HAN_YEAR = "(?:一[八九]|二[〇零○])[〇零○一二三四五六七八九]{2}"  # 二〇二三年
ZH_YEAR = rf"(?:(?:{YEAR}|{_HAN_YEAR})\s?年(?:度(?!假)|(?!代|多|的?历史))|{_ZH_YEAR_WORD})"
ZH_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月份?"
ZH_MONTH_PART = rf"(?P<t>[上中下]旬|[初底末]{ZH_END})"
ZH_DAY = rf"(?:{DAY}|{_ZH_NUMBER})\s?[日号]"
ZH_CENTURY = "(?:(?:20|二十|上个?)世纪的?)?"
ZH_DECADE = (
    rf"年代(?:(?P<p>[初底末]{ZH_END}|[早前中晚后末初]期)"
    r"|(?!的?(?:风格|复古|怀旧|款|味|范儿?|风(?![景光筝车]))))"
)
ZH_COUNT = rf"(?:\d{{1,3}}|{_ZH_NUMBER}|半(?=年))"
ZH_RECENT_END = rf"$|[^{HAN}\w]|[拍在的去和与或、照]|{PHOTO_ZH}"
ZH_NTH = "(?:第[一二三四]|最后一)个?"
ZH_TIME = "(?:早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|凌晨)?"
ZH_EITHER = "(?P<n>[一两二三四五六七八])(?P<e>[两二三四五六七八九])"  # 两三年
EN_COUNTED = "(?:hour|day|week|month|year)"
ZH_COUNTED = "个月|个?(?:星期|礼拜|钟头|小时(?!便利|营业|服务|[开店药餐热]))|[天日周年]"
ZH_WHICH = "(?P<which>(?<![马晚早天身街路地山海湖江水桌床墙树楼车船])上+|这|本)一?个?"


def zh_season(group: str = "?:") -> str:
    """Return the pattern of a season: 夏天, 夏日, 初夏, 夏; the character alone in a group."""
    return rf"[初早仲盛深晚暮隆]?({group}[春夏秋冬])(?:[天季]|日(?!本)|{ZH_END})"
