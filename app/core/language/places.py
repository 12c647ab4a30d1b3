"""Words for places and sizes: "on the left", "in the background", "tiny", "左边", "很大的".

``split_place`` takes them out of a phrase; ``fit`` says how well a box agrees with them, from where
and how large it is in the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from app.core.language.traditional import simplified

Place = Literal[
    "left", "right", "top", "bottom", "centre", "background", "foreground", "tiny", "small",
    "large", "huge",
]  # fmt: skip
Floats = npt.NDArray[np.floating]

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"  # within [...] of a pattern
# With a pattern's IGNORECASE each of them would be looked at, which takes long to compile.
A_HAN, NO_HAN = rf"(?-i:[{HAN}])", rf"(?-i:[^{HAN}])"
_SIDE = (
    r"(?:[\s-]*(?:hand\s+)?(?:side|half|part|corner|edge|third))?"
    r"(?:\s+of\s+the\s+(?:photo|picture|image|frame))?"
)
# Behind "on the left" these make it a thing's side, or the name of a thing.
_NO_PLACE = (
    "of|side|half|part|corner|edge|third|hand|arm|leg|foot|paw|eye|ear|cheek|wrist|shoulder|knee|wing"
    "|lane|bank|page|shelf|drawer|floor|row|step|deck|bunk"
)
_EN_SIDES: dict[Place, str] = {
    "left": "left",
    "right": "right",
    "top": "top|upper",
    "bottom": "bottom|lower",
    "centre": "cent(?:re|er)|middle",
    "background": "background|distance",
    "foreground": "foreground",
}
# What may follow words that also begin others: 中间的狗, 中间有一只狗, but not 中央公园.
_COUNT = r"[一两二三四五六七八九几\d]"
_THEN = rf"(?=$|{NO_HAN}|{_COUNT}|[的有是为那这站坐放挂停躺趴摆飞])"
# 上面有一只鸟 is a place in the picture, 上面有草莓的蛋糕 and 上面放着书 are none.
_NOT_ON_A_THING = rf"(?!有(?!{_COUNT}|[很许只])[^的]*的|[站坐放挂停躺趴摆]着?(?!{_COUNT}|[很许只]))"
_ZH_SIDE = r"(?:手?边|侧|面|方(?!向)|半(?:边|部分?)?(?!球)|[上下][角方])"
_ZH_SIDES: dict[Place, str] = {
    "left": f"最?左{_ZH_SIDE}",
    "right": f"最?右{_ZH_SIDE}",
    "top": f"(?:[左右]上[角方]|最?上[方部面边]|顶[部端]){_NOT_ON_A_THING}{_THEN}",
    "bottom": f"(?:[左右]下[角方]|最?下[方部面边]|底[部端下]){_NOT_ON_A_THING}{_THEN}",
    "centre": f"(?:正?(?:中间|中央|中心)|正中){_THEN}",
    "background": f"(?:背景[里中]|远[处方]|(?:背景上?|后面|后方){_THEN})",
    "foreground": f"(?:前景[里中]|近处|前景{_THEN})",
}
_EN_SIZES: dict[Place, str] = {
    "tiny": "tiny|minuscule",
    "small": "small|little",
    "huge": r"huge|giant(?!\s+panda)|enormous|gigantic",
    "large": r"large|big(?!\s+ben)",
}
_ZH_SIZES: dict[Place, str] = {
    "tiny": "(?:极小|微小|(?<!不)很小|小小|非常小|细小)的?",
    "small": "(?:(?<![不胆弱渺狭矮幼缩])小的|较小的?)",
    "large": "(?:(?<![不伟胆强盛重广远长放扩夸自纪龄])(?<!不太)大的|(?<!不)很大的?|较大的?)",
    "huge": "(?:巨大|[特超庞硕极]大|(?:非常|特别|超级)大)的?",
}
# Before a size: it is that of a thing beside the one that is named, "a man with a tiny dog".
_OF_OTHER = re.compile(
    r"\b(?:in|on|at|of|with|under|near|by|from|behind|beside|over|between|through|against|[a-z]{2,}ing)\s"
    r"|[抱穿戴拿举背牵骑推拉看吃][着了]|[坐站躺趴]在",
    re.IGNORECASE,
)
_PICTURE_ZH = rf"(?:[这那一]?张)?(?:照片|图片|相片|画面|(?<!{A_HAN})图)[里中上]?的?"
# A place behind a noun is one beside that thing: 沙发左边的猫.
_AT = rf"(?:(?:[站放摆停]|(?<!{A_HAN})[坐躺趴蹲跪挂])?(?:在|位于))"
_BEHIND_NO_NOUN = rf"(?:{_AT}|(?<!{A_HAN})|(?<=[左右上下][边侧面]))"


@dataclass(frozen=True, slots=True)
class PlacedPhrase:
    """A phrase without its place words, and the places they named.

    ``text`` keeps size words: they also say what a thing looks like.
    """

    text: str
    places: tuple[Place, ...]


def split_place(phrase: str) -> PlacedPhrase:
    """Return what a phrase is about and where it must be.

    A phrase that is only a place ("on the left") keeps its words as text.
    """
    places: list[Place] = []
    text = read = simplified(phrase)
    for place, pattern in _PLACES:
        if pattern.search(text):
            places.append(place)
    for _, pattern in _PLACES:
        text = pattern.sub(" ", text)
    sizes = ((place, pattern.search(text)) for place, pattern in _SIZES)
    places += [p for p, size in sizes if size and not _OF_OTHER.search(text, 0, size.start())][:1]
    tidy = re.sub(r"\s+", " ", text).strip(" ,，的在")
    return PlacedPhrase(tidy or read, tuple(places))


def is_place(phrase: str) -> bool:
    """Tell whether a phrase is only a place: "on the left", "背景中"."""
    placed, read = split_place(phrase), simplified(phrase)
    has_size = any(pattern.search(read) for _, pattern in _SIZES)
    return (bool(placed.places) or has_size) and placed.text == read


def is_side(phrase: str) -> bool:
    """Tell whether a phrase is only a place, and not a size alone."""
    read = simplified(phrase)
    return is_place(phrase) and any(pattern.search(read) for _, pattern in _PLACES)


def with_place(phrase: str, place: str) -> str:
    """Return what a phrase names at a place: "a cup" with "on the left", 杯子 with 左边."""
    if re.search(f"[{HAN}]", place):
        return f"{place.removesuffix('的')}的{phrase}"
    return f"{phrase} {place}"


def fit(places: tuple[Place, ...], boxes: Floats) -> npt.NDArray[np.float32]:
    """Return how well boxes agree with places, (K,) float32, 1 fully and 0 not at all.

    Args:
        places: all of them count; none is agreed with by every box.
        boxes: (K, 4) x0, y0, x1, y1 in 0..1.
    """
    x = (boxes[:, 0] + boxes[:, 2]) / 2
    y = (boxes[:, 1] + boxes[:, 3]) / 2
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    agreed = np.ones(len(boxes), np.float64)
    for place in places:
        agreed = np.minimum(agreed, _agreement(place, x, y, area))
    return agreed.astype(np.float32)


def _agreement(place: Place, x: Floats, y: Floats, area: Floats) -> Floats:
    match place:
        case "left":
            return _ramp(x, 0.55, 0.4)
        case "right":
            return _ramp(x, 0.45, 0.6)
        case "top":
            return _ramp(y, 0.55, 0.4)
        case "bottom":
            return _ramp(y, 0.45, 0.6)
        case "centre":
            return _ramp(np.maximum(np.abs(x - 0.5), np.abs(y - 0.5)), 0.3, 0.15)
        case "background":  # smaller, or higher up
            return np.maximum(_ramp(area, 0.25, 0.08), _ramp(y, 0.55, 0.35))
        case "foreground":
            return np.maximum(_ramp(area, 0.05, 0.2), _ramp(y, 0.5, 0.7))
        case "tiny":
            return _ramp(area, 0.04, 0.015)
        case "small":
            return _ramp(area, 0.12, 0.05)
        case "large":
            return _ramp(area, 0.06, 0.15)
        case "huge":
            return _ramp(area, 0.15, 0.35)


def _ramp(values: Floats, at_zero: float, at_one: float) -> Floats:
    """Return 0 up to ``at_zero``, 1 from ``at_one`` on, in either direction, straight between."""
    ramp: Floats = np.clip((values - at_zero) / (at_one - at_zero), 0.0, 1.0)
    return ramp


def _english_place(words: str) -> str:
    where = rf"(?:{words}){_SIDE}"
    return (
        rf"\b(?:that\s+is\s+|is\s+)?(?:on|in|at|to|near|towards)\s+the\s+(?:far\s+|very\s+|extreme\s+)?"
        rf"(?:(?:top|bottom|upper|lower|left|right)[\s-]+)?{where}\b(?![\s-]+(?:{_NO_PLACE})\b)"
        rf"|\b(?:(?:top|bottom|upper|lower)[\s-]+)?(?:{words})[\s-]hand\s+side\b"
    )


def _chinese_place(words: str) -> str:
    return rf"(?:{_PICTURE_ZH}|{_BEHIND_NO_NOUN}(?:{_PICTURE_ZH})?)(?:{words})[的有是为]?"


def _both(
    places: dict[Place, str], chinese: dict[Place, str]
) -> Iterator[tuple[Place, re.Pattern[str]]]:
    for place, english in places.items():
        yield place, re.compile(f"{english}|{chinese[place]}", re.IGNORECASE)


_PLACES = tuple(
    _both(
        {place: _english_place(words) for place, words in _EN_SIDES.items()},
        {place: _chinese_place(words) for place, words in _ZH_SIDES.items()},
    )
)
_SIZES = tuple(_both({place: rf"\b(?:{words})\b" for place, words in _EN_SIZES.items()}, _ZH_SIZES))
