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
    "纵向": "portrait", "横屏": "landscape", "竖屏": "portrait",
    "square": "square", "方图": "square", "方形": "square", "正方形": "square",
}  # fmt: skip
_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_NUMBERS |= {word: EN_NUMBERS[word] for word in ("one", "two", "three", "four", "five")}
_PHOTOS = rf"(?:{PHOTO}|shots?)\b"
# 三星 alone is also the name of a maker.
N_STARS = r"(?:[1-5]|one|two|three|four|five)"
_OR_MORE = r"(?:\s*\+|\s+(?:or|and)\s+(?:more|better|higher|above|up))"
_STARS = re.compile(
    rf"(?P<signs>★+|(?:⭐\ufe0f?){{2,}}){_OR_MORE}?"
    rf"|(?<!\w)(?P<before>[1-5])\s?[★⭐]\ufe0f?{_OR_MORE}?"
    rf"|(?<!\w)(?:rated\s+)?(?P<en>{N_STARS})(?:\s*\+[\s-]*stars?|[\s-]*stars?{_OR_MORE}"
    r"|\s+or\s+more\s+stars?)(?!\w)"
    rf"|(?<!\w)(?:rat(?:ed|ing)(?:\s+(?:of|with|at\s+least))?"
    r"|(?:at\s+least|min(?:imum)?(?:\s+of)?)(?=\s+\w+[\s-]stars?\b))\s+"
    rf"(?P<rated>{N_STARS})(?:[\s-]stars?)?(?!\w){_OR_MORE}?"
    rf"|(?<!\w)(?P<of>{N_STARS})[\s-]stars?\s+(?={_PHOTOS})"
    r"|(?:(?:评分|星级)(?:为|是|在|至少|不低于|大于等于)?|(?:评为|[打给评]了?)(?=.颗?星)"
    r"|(?:至少|不低于)(?=.颗?星))(?P<zh_rated>[1-5一二两三四五])(?:颗?星级?|分)?(?:及?以上)?的?"
    rf"|(?P<zh>[1-5一二两三四五])(?:颗)?星(?:级)?(?:(?:及以上|以上)(?:的)?|的?(?={PHOTO_ZH}))"
    rf"|(?<!\w)(?P<alone>[1-5一二两四五])颗?星级?(?!\w)",
    re.IGNORECASE,
)
_MORE_STARS = re.compile(
    r"(?<!\w)(?:(?:rat(?:ed|ing)(?:\s+of)?\s+)?(?:more\s+than|over|above|(?:better|higher)\s+than)\s+"
    rf"(?P<en>{N_STARS})[\s-]stars?|rat(?:ed|ing)\s+(?:over|above|(?:more|better|higher)\s+than)\s+"
    rf"(?P<rated>{N_STARS}))(?!\w)"
    r"|(?:评分|星级)(?:大于|高于|超过|多于)(?P<zh_rated>[1-5一二两三四五])(?:颗?星级?|分)?的?"
    r"|(?<!不)(?:大于|高于|超过|多于)(?P<zh>[1-5一二两三四五])颗?星级?的?",
    re.IGNORECASE,
)
# No filter says it.
FEWER_STARS = re.compile(
    r"(?<!\w)(?:rat(?:ed|ing)\s+)?(?:(?:less|fewer|lower)\s+than|under|below|at\s+most|up\s+to)\s+"
    rf"{N_STARS}[\s-]stars?(?!\w)|(?<!\w){N_STARS}[\s-]stars?\s+(?:or|and)\s+(?:less|fewer|lower|worse|below)(?!\w)"
    r"|(?:评分|星级)?(?:小于|低于|少于|不到|不超过|不高于|最多)[1-5一二两三四五]颗?星级?的?"
    r"|(?:评分)?[1-5一二两三四五]颗?星级?及?以下的?",
    re.IGNORECASE,
)
_SHAPES = re.compile(
    r"(?<!\w)(?:in\s+)?(?P<en>(?:landscape|portrait|vertical|horizontal|square)(?=\s+(?:orientation|format))"
    rf"|(?:vertical|horizontal|square)(?=\s+{_PHOTOS}))(?:\s+(?:orientation|format))?"
    rf"|(?P<zh>横图|横版|横拍|竖图|竖版|竖拍|方图|纵向(?=的?{PHOTO_ZH})|[横竖](?=[屏着向]?拍?的?{PHOTO_ZH}|[屏幅]的.{{1,8}}{PHOTO_ZH}$)"
    rf"|正?方形(?=的?{PHOTO_ZH}))[屏着幅向]?拍?的?",
    re.IGNORECASE,
)
_FAVOURITES = re.compile(
    rf"(?<!\w)(?:my\s+)?favou?rite\s+(?={PHOTO}\b)|(?:收藏|我?最?喜[欢爱]|最爱)的?(?={PHOTO_ZH})"
    r"|我?的?收藏夹[里中]的?|我收藏的",
    re.IGNORECASE,
)
_FORMATS_LISTED = rf"(?:{FORMAT_WORDS})(?:(?:\s*[,/、和或]\s*|\s+(?:or|and)\s+)(?:{FORMAT_WORDS}))*"
_TYPES = re.compile(
    rf"(?<!\w)(?:(?:{_FORMATS_LISTED})(?:\s+(?:files?|format)|(?=\s+{_PHOTOS}))"
    rf"|(?:{FORMAT_WORDS})s(?!\w))|(?:{_FORMATS_LISTED})\s*(?:格式的?|(?={PHOTO_ZH}|[动截原]图|文件))",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"[\s,，]*(?P<all>(?:(?:all|only|my|the)\s+)*(?:{PHOTO}\s+with\s+)?"
    rf"(?:(?P<of>{N_STARS})[\s-]?stars?|favou?rites?)|我?的?收藏)[\s,，.。]*",
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
_NAMES = re.compile(
    rf"(?<!\w)(?:files?|{PHOTO})\s+(?P<said>(?:named|called|titled)\s+(?P<en>{_QUOTED}|{_EN_NAME}))"
    rf"|文件名(?:字|称)?[里中]?(?:包含|含有?|带有?|[是为叫有])(?P<zh>{_QUOTED}|[^\s的,，、;；。]+)的?"
    rf"|(?:名为|名叫|名字[叫是为]|叫做)(?P<zh_photos>{_QUOTED}|[^\s的,，、;；。]+)的(?={PHOTO_ZH}|文件)",
    re.IGNORECASE,
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
    for match in _MORE_STARS.finditer(text):
        stars = number_named(next(filter(None, match.groups())))
        yield FoundFilter(Filters(min_rating=stars + 1), match.start(), match.end())
    for match in _SHAPES.finditer(text):
        shape = ORIENTATIONS[(match["en"] or match["zh"]).lower()]
        yield FoundFilter(Filters(orientations=(shape,)), match.start(), match.end())
    for match in _FAVOURITES.finditer(text):
        yield FoundFilter(Filters(favourite=True), match.start(), match.end())
    for match in _TYPES.finditer(text):
        named = re.findall(FORMAT_WORDS, match[0], re.IGNORECASE)
        kinds = tuple(dict.fromkeys(map(format_named, named)))
        yield FoundFilter(Filters(formats=kinds), match.start(), match.end())
    for camera in find_cameras(text):
        yield FoundFilter(Filters(cameras=(camera.name,)), camera.start, camera.stop)
    yield from _named_files(text, spoken)
    for match in (match for pattern in _FOLDERS for match in pattern.finditer(text)):
        name = spoken(*match.span("name")).strip("\"'“”「」『』«»‘’")
        if name and not is_attributes_only(name):
            yield FoundFilter(Filters(folders=(name,)), match.start(), match.end())


def _named_files(text: str, spoken: Callable[[int, int], str]) -> Iterator[FoundFilter]:
    """Yield names of files: "photos named IMG_12", 名为假期的照片; also without "files"."""
    for match in _NAMES.finditer(text):
        group = next(each for each in ("en", "zh", "zh_photos") if match[each])
        name = spoken(*match.span(group)).strip("\"'“”「」『』«»‘’")
        starts = [match.start()] if match["said"] is None else [match.start(), match.start("said")]
        for start in starts:
            yield FoundFilter(Filters(names=(name,)), start, match.end())


def find_alone(text: str) -> Iterator[FoundFilter]:
    """Yield what is a filter where nothing but filters is beside it: "5 stars", "my favourites".

    Args:
        text: with quoted parts hidden and other filters blanked.
    """
    match = _ALONE.fullmatch(text)
    if match is not None:
        stars = match["of"]
        filters = Filters(min_rating=number_named(stars)) if stars else Filters(favourite=True)
        yield FoundFilter(filters, *match.span("all"))


def _stars(match: re.Match[str]) -> int:
    if match["signs"]:
        return min(len(match["signs"].replace("\ufe0f", "")), 5)
    named = match.group("before", "en", "rated", "of", "zh_rated", "zh", "alone")
    return number_named(next(filter(None, named)))


def number_named(word: str) -> int:
    """Return how many stars a word or a digit says."""
    return _NUMBERS.get(word.lower()) or int(word)


def format_named(word: str) -> str:
    """Return a file type by the name that the library has for it."""
    tidy = word.strip().lower().lstrip(".")
    return _FORMATS.get(tidy, tidy)
