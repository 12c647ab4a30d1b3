"""Attributes of things, and near misses: the same thing with another attribute.

"red cup" nearly is "blue cup", "两只狗" nearly is "三只狗". A family holds attributes that exclude
each other; each attribute is its forms in English and in Chinese. A near miss keeps the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.language.traditional import simplified

# One attribute a line: English forms | Chinese forms; the first form of each is the one put in.
_FAMILIES: dict[str, tuple[str, ...]] = {
    "colour": (
        "red|红色 红", "orange|橙色 橙", "yellow|黄色 黄", "green|绿色 绿", "blue|蓝色 蓝",
        "purple violet|紫色 紫", "pink|粉色 粉红色 粉", "brown|棕色 棕 褐色", "black|黑色 黑",
        "white|白色 白", "grey gray|灰色 灰",
    ),
    "number": (
        "one single 1|一 1", "two 2|两 二 2", "three 3|三 3", "four 4|四 4", "five 5|五 5",
        "six 6|六 6", "seven 7|七 7", "eight 8|八 8",
    ),
    "material": (
        "wooden wood|木头 木制 木质 木", "metal|金属", "plastic|塑料", "glass|玻璃",
        "stone|石头 石", "paper|纸", "leather|皮革", "brick|砖头 砖",
    ),
    "size": ("tiny|微小 极小", "small little|小", "big large|大", "huge|巨大"),
    "side": ("left|左", "right|右", "top|上", "bottom|下"),
    "sun": (
        "sunset sunsets sundown dusk|日落 落日 夕阳 晚霞 黄昏",
        "sunrise sunrises dawn|日出 朝阳 朝霞 黎明",
    ),
}  # fmt: skip
# Things that look alike: they have near misses, and say nothing of another thing.
_THINGS = ("sun",)
MEASURES = "个只条辆朵本把张位名棵座艘架头匹块片杯瓶"  # within [...] of a pattern
# Single Han characters count only where what follows shows that they are attributes.
_ZH_FOLLOWED_BY = {
    "colour": "",
    "number": f"(?=[{MEASURES}])",
    "material": "",
    "size": r"(?=的)",
    "side": r"(?=[边侧面方])",
    "sun": "",
}
_ZH_NOT_AFTER = {"colour": r"(?<![雪])", "number": r"(?<![第十])"}
_MAX_MISSES = 6


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute in a text: ``text[start:stop]`` is one of its forms.

    ``kind`` numbers the attribute in its family; "red" and "红色" have the same.
    """

    family: str
    kind: int
    start: int
    stop: int
    is_chinese: bool


def lowered(text: str) -> str:
    """Return a text as rules read it: in lower case and simplified, each character at its place."""
    # "İ" alone would become two.
    return "".join(low if len(low := each.lower()) == 1 else each for each in simplified(text))


def attributes(text: str) -> list[Attribute]:
    """Return the attributes that a text names, from left to right."""
    return [each for each in _named(text) if each.family not in _THINGS]


def _named(text: str) -> list[Attribute]:
    """Return the attributes of a text and the things that look like others."""
    low = lowered(text)
    found: list[Attribute] = []
    for candidate in sorted(_candidates(low), key=lambda each: (each.start, -each.stop)):
        if not found or candidate.start >= found[-1].stop:
            found.append(candidate)
    return found


def is_attributes_only(text: str) -> bool:
    """Tell whether a text is nothing but attributes and little words: "blue", "蓝色的"."""
    return _is_only(text, attributes(text))


def is_contrast(text: str) -> bool:
    """Tell whether a text is only what a near miss changes: "blue", "sunrise"."""
    return _is_only(text, _named(text))


def _is_only(text: str, found: list[Attribute]) -> bool:
    rest = list(lowered(text))
    for each in found:
        rest[each.start : each.stop] = " " * (each.stop - each.start)
    left = re.sub(
        r"\b(?:a|an|the|or|and|ones?)\b|[的和或边侧面色个只条辆朵本把张位名,、\s]",
        "",
        "".join(rest),
    )
    return bool(found) and not left


def misses_named(phrase: str, named: str) -> tuple[str, ...]:
    """Return a phrase with the attributes of ``named`` in place of its own of the same family.

    "red cup" with "blue" gives "blue cup"; nothing where the families have nothing in common.
    """
    own = _named(phrase)
    return tuple(
        dict.fromkeys(
            _put(phrase, mine, other.kind)
            for other in _named(named)
            for mine in own
            if mine.family == other.family and mine.kind != other.kind
        )
    )


def with_attributes(phrase: str, words: str) -> str:
    """Return what a phrase names with attributes: "a cup" or "a blue cup" with "red", "red cup"."""
    misses = misses_named(phrase, words)
    if misses:
        return _without_article(misses[0])
    thing, found = _without_article(phrase), attributes(_ONES.sub("", words))
    named = [words[each.start : each.stop] for each in found]
    return f"{''.join(named)}的{thing}" if found[-1].is_chinese else " ".join([*named, thing])


def generated_misses(phrase: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """Return the near misses that were named and others of the same family, 6 at most."""
    misses = list(named)
    for mine in attributes(phrase):
        others = [_put(phrase, mine, kind) for kind in range(len(_FAMILIES[mine.family]))]
        if any(other in named for other in others):
            misses += [other for other in others if other.lower() != phrase.lower()]
    return tuple(dict.fromkeys(misses))[:_MAX_MISSES]


def _without_article(phrase: str) -> str:
    article = _ARTICLE.match(lowered(phrase))
    return phrase if article is None else phrase[article.end() :]


def _put(phrase: str, mine: Attribute, kind: int) -> str:
    english, chinese = _FAMILIES[mine.family][kind].split("|")
    forms = (chinese if mine.is_chinese else english).split()
    old = phrase[mine.start : mine.stop]
    form = forms[0]
    if mine.is_chinese and not old.endswith("色"):
        form = form.removesuffix("色")
    return phrase[: mine.start] + form + phrase[mine.stop :]


def _candidates(low: str) -> Iterator[Attribute]:
    for family, kind, is_chinese, pattern in _PATTERNS:
        for match in pattern.finditer(low):
            yield Attribute(family, kind, match.start(), match.end(), is_chinese)


def _patterns() -> Iterator[tuple[str, int, bool, re.Pattern[str]]]:
    for family, attributes_of in _FAMILIES.items():
        for kind, line in enumerate(attributes_of):
            english, chinese = line.split("|")
            yield family, kind, False, re.compile(rf"\b(?:{'|'.join(english.split())})\b")
            forms = "|".join(sorted(chinese.split(), key=len, reverse=True))
            after, before = _ZH_FOLLOWED_BY[family], _ZH_NOT_AFTER.get(family, "")
            yield family, kind, True, re.compile(f"{before}(?:{forms}){after}")


_ARTICLE = re.compile(r"^(?:(?:an?|the|some|any)\s+|[一几][个只条辆朵本把张位名])")
_ONES = re.compile(r"\s+ones?$", re.IGNORECASE)  # "the red one" counts nothing
_PATTERNS = tuple(_patterns())
