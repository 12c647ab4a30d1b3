"""Words around what is looked for: "please find me all photos of ...", 请帮我找一下…的照片.

They ask and name nothing that a photo could show. ``without_request`` takes them off a phrase;
``names_no_thing`` knows phrases that are nothing else ("my photos", 我拍的照片).
"""

from __future__ import annotations

import re

from app.core.language.near_misses import MEASURES
from app.core.language.traditional import simplified

EDGES = ' ,，:：;；、。！？!?.|/…“”「」『』«»"()（）'  # what a phrase neither begins nor ends with
_SPACES = re.compile(r"\s+")
PHOTO = r"(?:photo(?:graph)?s?|pictures?|images?|pics?)"
_WHOSE = r"(?:(?:all|any|every|each|most|of|my|our|the|this|that|these|those)\s+)"
_MADE = (
    r"(?:(?:that\s+)?(?:i|we)(?:['’]ve|\s+have)?\s+)?(?:took|taken|shot|made)(?:\s+by\s+(?:me|us))?"
)
PHOTO_ZH = r"(?:照片|图片|相片|图像)"
_IN_PHOTO_ZH = r"(?:[一这那]张)?(?:照片|图片|相片|画面|图)[里中上]面?(?![间央心])"

_LEADS_EN = rf"""
    and | but | also | of | with | (?:not\s+)?only | please
  | there\s+(?:is|are) | there['’]s | where(?:\s+(?:is|are)|['’]s) | ['’]s
  | (?:is|are)\s+there(?:\s+any)? | (?:what|how)\s+about
  | (?:hey\s+)?(?:can|could|would|will)\s+you | do\s+(?:you|i|we)\s+have(?:\s+any)?
  | either | both(?=\s+(?:an?|the|my)\s)
  | (?:i['’]?m|i\s+am|we['’]re|we\s+are)\s+(?:(?:looking|searching)\s+for|trying\s+to\s+find)
  | looking\s+for(?=\s+{_WHOSE}*(?:(?:an?|some)\s+)?{PHOTO}\b) | i\s+(?:can['’]?t|cannot)\s+find
  | i(?:['’]d|\s+would)?\s+(?:want|need|like)(?:\s+to\s+(?:see|find))?
  | (?:show|find|give|get)\s+(?:me|us) | find | (?:search|look)\s+for | (?:find|search|query)\s*:
  | (?:when|where)\s+did\s+(?:i|we)\s+(?:see|photograph|shoot)
  | show(?=\s+{_WHOSE}*{PHOTO}\b)
  | (?:shows?|contains?|includes?|depicts?)(?=\s+(?:an?|the|some|both|one|two|three|\d+)\s)
  | in\s+(?:this|that|the)\s+{PHOTO} | (?:every|any|some)thing\s+(?:from|of|with|in|at|on)
  | {_WHOSE}*(?:(?:an?|some)\s+)?{PHOTO}\s+(?:{_MADE}\s+)?
        (?:of|with|show(?:s|ing)|contain(?:s|ing)|featuring|depict(?:s|ing)|at|in|on|from)
"""
_LEADS_ZH = rf"""
    请(?:问|(?=[你您帮给找搜查显列])) | 麻烦[你您]? | 帮[我忙]+
  | [你您]?(?:能不能|能否?|可以)(?=[帮给找搜])
  | (?:随便|给我)?来(?:[一几]?[张些]|点) | 求图[:：]? | [你您]有(?!没) | 我记得有? | [那这]张(?=.)
  | 给我看?看? | 我?[想要]+[找看](?![起着])看? | 我在找 | (?:我想?|想)要(?=[找看一])
  | 要(?![塞饭是]) | 不[但仅只光][有是]?
  | [查寻]找 | 查一下 | 显示(?![屏器]) | 列出 | (?:找(?!不)|搜索?)(?:出|到|一下|找)? | 一下(?!子)
  | (?:所有|全部)的?(?=.) | 有没有(?:那种)? | 哪[些张] | 我们?(?:[之以]前)?拍摄?过?的(?:那[个张])?
  | (?:包含|含有|关于|有关|拍到了?)(?=.)
  | [一几]张(?=有|.+的{PHOTO_ZH}$) | {_IN_PHOTO_ZH}的?(?:有(?!没))?(?=.)
  | 有(?=[一两二三四五几很许]) | 只[有要] | 还有 | 然后 | 而?是(?=.) | 但(?=[有要]) | 既有
"""
_LEADS = re.compile(
    rf"^(?:(?:{_LEADS_EN})(?:\s+|$)|{_LEADS_ZH}|[-+－–]+\s*)+", re.IGNORECASE | re.VERBOSE
)
_TAILS = re.compile(
    rf"(?:[以之]外|什么(?=都)|都(?:可以|[可行好要])|(?:好|行|可以|有)?吗|(?<![毛花])呢|呀|啊|哦|(?<![酒网书茶水氧餐])吧|谢谢你?"
    rf"|(?<=.)(?:拍摄?)?的(?:{PHOTO_ZH}|那[张幅])|\s+(?:and|or|but|with|without|please|pls|thanks|thank\s+you)"
    rf"|\s+in\s+(?:it|them|the\s+{PHOTO}))+$",
    re.IGNORECASE,
)
# Beside other phrases these name no thing: "photos without people", 照片里没有人.
_NO_THING = re.compile(
    rf"{_WHOSE}*(?:{PHOTO}(?:\s+(?:{_MADE}|from|in|of|with))*|everything|anything|something|nothing(?:\s+else)?|all|both|the\s+ones?|looking\s+for)|我?想?要|我想|{_MADE}|(?:it|this|that)(?:['’]s)?|who"
    r"|maybe|perhaps|probably|just|(?:i\s+(?:think|guess|believe)\s*)?(?:(?:it|this|that)\s+(?:is|was))?"
    r"|(?:也许|可能|大概|好像|应该)是?在?"
    r"|hi|hello|hey|thanks(?:\s+a\s+lot)?|thank\s+you(?:\s+very\s+much)?|[你您]好|谢谢[你您]?|其中|仅限?|只看"
    rf"|(?:(?:所有|全部|一切|我们?)的?)*(?:拍摄?过?的?)?{PHOTO_ZH}?|{_IN_PHOTO_ZH}有?"
    rf"|[一几][{MEASURES}]|[一几这那]张{PHOTO_ZH}|图",
    re.IGNORECASE,
)
# "a girl with a picture" holds one; at the beginning it is the photo that is looked for.
_NO_THING_FIRST = re.compile(rf"(?:an?|some|one|this|that)\s+{PHOTO}(?:\s+{_MADE})?", re.IGNORECASE)


def without_request(text: str) -> str:
    """Return a phrase without words that only ask or join, and without marks at its ends."""
    shorter = _SPACES.sub(" ", text).strip(EDGES)
    while (shortest := _without_ends(shorter).strip(EDGES)) != shorter:
        shorter = shortest
    return shorter


def _without_ends(text: str) -> str:
    read = simplified(text)
    lead = _LEADS.match(read)
    start = 0 if lead is None else lead.end()
    tail = _TAILS.search(read, start)
    return text[start:] if tail is None else text[start : tail.start()]


def names_no_thing(text: str, is_first: bool = False) -> bool:
    """Tell whether a phrase names nothing to look for: "my photos", 我拍的照片, 一张.

    Args:
        text: a phrase, with or without words that only ask.
        is_first: nothing stands before it.
    """
    words = simplified(without_request(text))
    is_photo = is_first and _NO_THING_FIRST.fullmatch(words) is not None
    return is_photo or _NO_THING.fullmatch(words) is not None
