"""Words around a date that belong to it: "taken since ...", "...以前拍的".

They leave the sentence with the date; some say that the days before or after it are meant, or those
around it too.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, get_args

from app.core.language.date_vocabulary import ZH_TIME
from app.core.language.places import HAN

Side = Literal["before", "until", "since", "after"]
MOST_CHARS_BEFORE = 40  # of the words before a date


class Around(NamedTuple):
    """Where a date begins and ends with its words, and on which side of it the days are.

    ``is_about``: it is not sure, "around 2015". ``n_next``: so many days after it are meant, or
    before it: "the day after christmas" is 1, "the week before" -7.
    """

    side: Side | None
    is_about: bool
    n_next: int
    start: int
    stop: int


def words_around(low: str, first: int, start: int, stop: int) -> Around:
    """Return what belongs to the date ``low[start:stop]``.

    Args:
        low: the text, in lower case.
        first: the first place that may belong to it.
        start: where the date itself begins.
        stop: where it ends.
    """
    before = _BEFORE.search(low, max(first, start - MOST_CHARS_BEFORE), start)
    assert before is not None, "it matches no words too"
    behind = _BEHIND.match(low, stop)
    side = _side(before) if behind is None else _side(behind)
    little = _LITTLE_WORDS.match(low, stop if behind is None else behind.end())
    assert little is not None, "it matches no words too"
    is_about = before["about"] is not None or little["about"] is not None
    return Around(side, is_about, _n_next(before, behind), before.start(), little.end())


def _n_next(before: re.Match[str], behind: re.Match[str] | None) -> int:
    words = before["next"] or (behind and behind["next"])
    if not words:
        return 0
    n_days = next(n for unit, n in _NEXT_DAYS.items() if unit in words)
    return -n_days if "before" in words or "前" in words else n_days


def _side(words: re.Match[str]) -> Side | None:
    return next((side for side in get_args(Side) if words.groupdict().get(side)), None)


_NEXT_DAYS = {"week": 7, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "day": 1, "night": 1, "天": 1}
_NEXT_DAYS |= {"晚": 1, "夜": 1}
_WORD_END = r"(?=[的拍\s,，、]|$)"
# "a book about 1984" is not about that time.
_NO_TITLE = r"^|(?<=[,;(])|(?<=[,;(]\s)|" + "|".join(
    rf"(?<=\b{word}\s)"
    for word in (
        "taken", "shot", "from", "in", "is", "was", "maybe", "probably", "photo", "photos",
        "picture", "pictures", "before", "after", "since", "until", "till",
    )
)  # fmt: skip
_ABOUT = (
    rf"(?:(?<![a-z])(?:around|circa|approximately|roughly|ca?\.|(?:the\s+)?week(?:end)?\s+of|(?:{_NO_TITLE})about)\s+|~\s?"
    r"|大概|大约|差不多|(?<![预相条节纽契])约)"
)
# Words around a date; the name of a group is what they mean.
_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:taken|shot|photographed)\s+|(?:拍摄?|摄)(?=[在于]))?"
    r"(?:(?<![a-z])(?:(?:(?:back|sometime)\s+)?in|from|during|on|at|of|within|throughout|between"
    r"|sometime|over(?=\s+the))\s+"
    r"|(?<!来)自(?!从)|从|在|(?<=[拍摄])于)?"
    rf"(?:(?P<about>{_ABOUT})是?在?|(?:应该|可能)是?在?)?"
    r"(?:(?<![a-z])(?:the\s+)?(?P<next>(?:day|night|week)\s+(?:before|after))\s+"
    r"|(?P<before>(?<![a-z])(?:before|prior\s+to|(?:older|(?<!no\s)(?<!not\s)earlier)\s+than"
    r"|(?<!no\s)(?<!not\s)more\s+than)\s+|<\s?(?!=)|(?<!不)早于)"
    r"|(?P<since>(?<![a-z])(?:since|as\s+of|(?:no|not)\s+earlier\s+than|(?:less|(?:no|not)\s+more)\s+than)"
    r"\s+|自从|>=\s?|=>\s?|≥\s?|不早于)"
    r"|(?P<after>(?<![a-z])(?:after|(?:newer|(?<!no\s)(?<!not\s)later)\s+than)\s+|>\s?(?!=)|(?<!不)晚于)"
    r"|(?P<until>(?<![a-z])(?:until|till|up\s+to|(?:no|not)\s+later\s+than)\s+|(?<![\w.])\.\."
    rf"|<=\s?|≤\s?|不晚于|截[至止]到?|(?<![\w{HAN}])[到至]))?"
    rf"(?:{_ABOUT})?(?:(?<![a-z])the\s+)?"
    r"(?:(?<!new\s)(?<![a-z])(?:years?(?:\s+of)?|months?\s+of"
    r"|(?:day|night|morning|afternoon|evening)\s+of)\s+|(?<![a-z])(?:earlier|later)\s+)?$"
)
_BEHIND = re.compile(
    rf"(?P<next>的?(?:[前后]一?(?:天|晚|夜|周|个?星期|个?礼拜|个月)|第二天)(?:(?![{HAN}])|(?=[的拍在去])))"
    r"|(?P<since>\.\.(?!\.)|\+(?!\S)|\s+onwards?\b|\s+on(?=\s*(?:,|$))"
    r"|\s+(?:and|or)\s+(?:later|newer|after)(?=\s*(?:,|$))|\s+(?:and|or)\s+later\b|及其?[以之]后"
    r"|\s*(?:to|until|till|through|[-–—~～])\s*(?:now|present)\b|[至到](?:今|现在)|以来|开始|[以之]后"
    rf"|[后起]{_WORD_END})"
    rf"|(?P<before>[以之]前|前{_WORD_END})"
    r"|(?P<until>\s+(?:and|or)\s+(?:older|before)(?=\s*(?:,|$))|\s+(?:and|or)\s+earlier\b|及其?[以之]前|为止)"
)
_LITTLE_WORDS = re.compile(
    r"(?P<about>\s?(?:左右|前后)|\s+or\s+(?:so|thereabouts)\b)?"
    rf"(?:['’]s\b|(?:(?<=[日号]){ZH_TIME})?(?:的时候|时(?![代装尚间光钟空])|[期之]?间|[那当]天|里(?![约斯昂程]))?(?:\s?(?:拍摄?)?的|拍摄?(?![卖手打照]))?)"
)
