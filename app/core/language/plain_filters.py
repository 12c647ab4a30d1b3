"""Filters said in plain words: "5 star photos", 横图, "png photos", "taken with a Nikon".

Words for days are in ``dates.py`` and ``yearly.py`` beside it, cameras in ``cameras.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.core.asking import Filters, Orientation
from app.core.errors import FilterError
from app.core.language.cameras import find_cameras
from app.core.language.clauses import HIDDEN
from app.core.language.date_vocabulary import EN_NUMBERS
from app.core.language.near_misses import is_attributes_only
from app.core.language.places import HAN
from app.core.language.request_words import PHOTO, PHOTO_ZH

_FORMATS = {"jpg": "jpeg", "tif": "tiff", "heif": "heic", "jpeg2000": "jp2"}
FORMAT_WORDS = "jpe?g|png|gif|tiff?|webp|heic|heif|avif|bmp|raw"
ORIENTATIONS: dict[str, Orientation] = {
    "landscape": "landscape", "horizontal": "landscape", "wide": "landscape", "横": "landscape",
    "横图": "landscape", "横版": "landscape", "横向": "landscape", "横拍": "landscape",
    "portrait": "portrait", "vertical": "portrait", "tall": "portrait", "竖": "portrait",
    "竖图": "portrait", "竖版": "portrait", "竖向": "portrait", "竖拍": "portrait",
    "square": "square", "方图": "square", "方形": "square", "正方形": "square",
}  # fmt: skip
_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_NUMBERS |= {word: EN_NUMBERS[word] for word in ("one", "two", "three", "four", "five")}
_PHOTOS = rf"(?:{PHOTO}|shots?)\b"
# 三星 alone is also the name of a maker.
_N_STARS = r"(?:[1-5]|one|two|three|four|five)"
_OR_MORE = r"(?:\s*\+|\s+(?:or|and)\s+(?:more|better|higher|above|up))"
_STARS = re.compile(
    rf"(?P<signs>★+|(?:⭐\ufe0f?){{2,}}){_OR_MORE}?"
    rf"|(?<!\w)(?P<before>[1-5])\s?[★⭐]\ufe0f?{_OR_MORE}?"
    rf"|(?<!\w)(?:rated\s+)?(?P<en>{_N_STARS})(?:\s*\+[\s-]*stars?|[\s-]*stars?{_OR_MORE}"
    r"|\s+or\s+more\s+stars?)(?!\w)"
    rf"|(?<!\w)(?:rat(?:ed|ing)(?:\s+(?:of|with|at\s+least))?|at\s+least(?=\s+\w+[\s-]stars?\b))\s+"
    rf"(?P<rated>{_N_STARS})(?:[\s-]stars?)?(?!\w){_OR_MORE}?"
    rf"|(?<!\w)(?P<of>{_N_STARS})[\s-]stars?\s+(?={_PHOTOS})"
    r"|(?:评为|评分|至少)(?P<zh_rated>[1-5一二两三四五])(?:颗?星级?|分)?(?:及?以上)?的?"
    rf"|(?P<zh>[1-5一二两三四五])(?:颗)?星(?:级)?(?:(?:及以上|以上)(?:的)?|的?(?={PHOTO_ZH}))"
    rf"|(?<!\w)(?P<alone>[1-5一二两四五])颗?星级?(?!\w)",
    re.IGNORECASE,
)
_SHAPES = re.compile(
    r"(?<!\w)(?:in\s+)?(?P<en>(?:landscape|portrait|vertical|horizontal|square)(?=\s+(?:orientation|format))"
    rf"|(?:vertical|horizontal|square)(?=\s+{_PHOTOS}))(?:\s+(?:orientation|format))?"
    rf"|(?P<zh>横图|横版|横拍|竖图|竖版|竖拍|方图|[横竖](?=[屏着]?拍?的?{PHOTO_ZH}|[屏幅]的.{{1,8}}{PHOTO_ZH}$)"
    rf"|正方形(?=的?{PHOTO_ZH}))[屏着幅]?拍?的?",
    re.IGNORECASE,
)
_FAVOURITES = re.compile(
    rf"(?<!\w)(?:my\s+)?favou?rite\s+(?={PHOTO}\b)|(?:收藏|我?最?喜[欢爱]|最爱)的?(?={PHOTO_ZH})"
    r"|我?的?收藏夹[里中]的?|我收藏的",
    re.IGNORECASE,
)
_TYPES = re.compile(
    rf"(?<!\w)(?:(?P<en>{FORMAT_WORDS})(?:\s+(?:files?|format)|(?=\s+{_PHOTOS}))"
    rf"|(?P<many>{FORMAT_WORDS})s(?!\w))|(?P<zh>{FORMAT_WORDS})\s*(?:格式的?|(?={PHOTO_ZH}|[动截原]图|文件))",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"[\s,，]*(?P<all>(?:(?:all|only|my|the)\s+)*(?:{PHOTO}\s+with\s+)?"
    rf"(?:(?P<of>{_N_STARS})[\s-]?stars?|favou?rites?)|我?的?收藏)[\s,，.。]*",
    re.IGNORECASE,
)
# A name in quotes is hidden. "the folder on a desk" and 红色文件夹里的纸 are things: behind "the" a
# name has a capital, one in Han stands behind 在 at the beginning of a clause.
_QUOTED = f"{HIDDEN}+"
_EN_NAME = r"(?!(?:on|in|at|with|of|and|or|that|which|near|by|for|to|from)\b)[^\s,，;；]+"
_FOLDERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\w)(?i:in|inside|from|under)\s+(?i:folder|directory)\s+(?P<name>{_QUOTED}|{_EN_NAME})",
        rf"(?<!\w)(?i:in|inside|from|under)\s+(?i:(?:my|the|a)\s+)?(?i:folder|directory)\s+"
        rf"(?:(?i:named|called)\s+(?P<name>{_QUOTED}|{_EN_NAME}))",
        rf"(?<!\w)(?i:in|inside|from|under)\s+(?i:my|the)\s+(?i:folder|directory)\s+"
        rf"(?P<name>{_QUOTED}|[A-Z\d][^\s,，;；]*)",
        rf"(?<!\w)(?i:in|inside|from|under)\s+(?i:my|the)\s+(?P<name>{_QUOTED}|[A-Z\d][^\s,，;；]*)\s+"
        r"(?i:folder|directory)(?!\w)",
        rf"(?<![{HAN}])在?(?:文件夹|目录)\s*(?P<name>{_QUOTED}|(?<=在文件夹)[^\s里中下内的,，;；]+"
        r"|[A-Za-z\d][^\s里中下内的,，;；]*)\s*[里中下内]面?的?",
        rf"(?<![{HAN}])在?(?P<name>{_QUOTED}|(?<=在)[^\s的,，;；]{{1,12}}?|[A-Za-z\d][^\s,，;；]*?)\s*"
        r"文件夹[里中下内]面?的?",
    )
)


@dataclass(frozen=True, slots=True)
class FoundFilter:
    """A filter in a sentence, ``text[start:stop]``; ``error`` says why it is not understood."""

    filters: Filters
    start: int
    stop: int
    error: FilterError | None = None


def find_plain(text: str, spoken: Callable[[int, int], str]) -> Iterator[FoundFilter]:
    """Yield the filters that plain words say, each kind from left to right.

    Args:
        text: with quoted parts hidden.
        spoken: gives ``text[start:stop]`` as it was typed.
    """
    for match in _STARS.finditer(text):
        yield FoundFilter(Filters(min_rating=_stars(match)), match.start(), match.end())
    for match in _SHAPES.finditer(text):
        shape = ORIENTATIONS[(match["en"] or match["zh"]).lower()]
        yield FoundFilter(Filters(orientations=(shape,)), match.start(), match.end())
    for match in _FAVOURITES.finditer(text):
        yield FoundFilter(Filters(favourite=True), match.start(), match.end())
    for match in _TYPES.finditer(text):
        kind = format_named(match["en"] or match["many"] or match["zh"])
        yield FoundFilter(Filters(formats=(kind,)), match.start(), match.end())
    for camera in find_cameras(text):
        yield FoundFilter(Filters(cameras=(camera.name,)), camera.start, camera.stop)
    for match in (match for pattern in _FOLDERS for match in pattern.finditer(text)):
        name = spoken(*match.span("name")).strip("\"'“”「」『』«»‘’")
        if name and not is_attributes_only(name):
            yield FoundFilter(Filters(folders=(name,)), match.start(), match.end())


def find_alone(text: str) -> Iterator[FoundFilter]:
    """Yield what is a filter where nothing but filters is beside it: "5 stars", "my favourites".

    Args:
        text: with quoted parts hidden and other filters blanked.
    """
    match = _ALONE.fullmatch(text)
    if match is not None:
        stars = match["of"]
        filters = Filters(min_rating=_number(stars)) if stars else Filters(favourite=True)
        yield FoundFilter(filters, *match.span("all"))


def _stars(match: re.Match[str]) -> int:
    if match["signs"]:
        return min(len(match["signs"].replace("\ufe0f", "")), 5)
    named = match.group("before", "en", "rated", "of", "zh_rated", "zh", "alone")
    return _number(next(filter(None, named)))


def _number(word: str) -> int:
    return _NUMBERS.get(word.lower()) or int(word)


def format_named(word: str) -> str:
    """Return a file type by the name that the library has for it."""
    tidy = word.strip().lower().lstrip(".")
    return _FORMATS.get(tidy, tidy)
