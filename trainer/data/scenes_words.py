"""What a scene can hold: kinds of things, colours, finishes, with their words in both languages."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from trainer.data import scenes_creatures as creatures
from trainer.data import scenes_household as household
from trainer.data import scenes_outdoors as outdoors
from trainer.data.captions import Language
from trainer.data.scenes_art import Art, Rgb


@dataclass(frozen=True)
class Word:
    """One idea in both languages."""

    en: str
    zh: str

    def said(self, language: Language) -> str:
        """The words of one language."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Kind:
    """A kind of thing.

    ``habitats`` name the zones of a backdrop where it may be; ``colours`` are those it has in
    life. ``en_tail`` and ``zh_head`` say what is coloured where that is not the whole thing
    ("with a {} roof"). ``share`` is its height among things of its size class.
    """

    name: str
    draw: Callable[[Art], None]
    en: str
    plural: str
    zh: str
    measure: str
    family: str
    habitats: tuple[str, ...]
    colours: tuple[str, ...]
    finishes: tuple[str, ...]
    en_tail: str
    zh_head: str
    share: float
    max_number: int


COLOURS: dict[str, Word] = {
    "red": Word("red", "红色"),
    "orange": Word("orange", "橙色"),
    "yellow": Word("yellow", "黄色"),
    "green": Word("green", "绿色"),
    "blue": Word("blue", "蓝色"),
    "purple": Word("purple", "紫色"),
    "pink": Word("pink", "粉色"),
    "brown": Word("brown", "棕色"),
    "white": Word("white", "白色"),
    "black": Word("black", "黑色"),
    "grey": Word("grey", "灰色"),
}
COLOUR_RGB: dict[str, Rgb] = {
    "red": (216, 58, 52),
    "orange": (240, 138, 44),
    "yellow": (247, 204, 62),
    "green": (76, 160, 84),
    "blue": (54, 116, 204),
    "purple": (134, 84, 182),
    "pink": (243, 146, 178),
    "brown": (142, 94, 58),
    "white": (246, 243, 236),
    "black": (50, 48, 56),
    "grey": (148, 151, 158),
}
# Colours that people mix up are no fair swap for each other.
NEAR_COLOURS = (
    {"red", "orange", "brown"},
    {"orange", "yellow"},
    {"orange", "brown"},
    {"blue", "purple"},
    {"purple", "pink"},
    {"pink", "red"},
    {"white", "grey"},
    {"black", "grey"},
    {"blue", "grey"},
)

FINISHES: dict[str, Word] = {
    "plain": Word("plain", "纯色"),
    "striped": Word("striped", "条纹"),
    "dotted": Word("polka-dot", "圆点"),
    "checked": Word("checked", "格子"),
    "wooden": Word("wooden", "木制"),
    "metal": Word("metal", "金属"),
    "knitted": Word("knitted", "针织"),
}
MATERIALS = ("wooden", "metal", "knitted")

PLACES: dict[str, Word] = {
    "left": Word("on the left", "左边"),
    "right": Word("on the right", "右边"),
    "top": Word("at the top", "上方"),
    "bottom": Word("at the bottom", "下方"),
    "centre": Word("in the middle", "中间"),
    "top left": Word("in the top left corner", "左上角"),
    "top right": Word("in the top right corner", "右上角"),
    "bottom left": Word("in the bottom left corner", "左下角"),
    "bottom right": Word("in the bottom right corner", "右下角"),
}
OPPOSITE = {
    "left": ("right",),
    "right": ("left",),
    "top": ("bottom",),
    "bottom": ("top",),
    "centre": ("top left", "top right", "bottom left", "bottom right"),
    "top left": ("bottom right", "top right", "bottom left"),
    "top right": ("bottom left", "top left", "bottom right"),
    "bottom left": ("top right", "bottom right", "top left"),
    "bottom right": ("top left", "bottom left", "top right"),
}
SIZES: dict[str, Word] = {
    "small": Word("small", "小"),
    "medium": Word("", ""),
    "large": Word("large", "大"),
}
STYLES: dict[str, Word] = {
    "flat": Word("a flat illustration", "扁平插画"),
    "cartoon": Word("an outlined cartoon", "描边卡通画"),
    "watercolour": Word("a watercolour painting", "水彩画"),
    "pixel": Word("pixel art", "像素画"),
    "pencil": Word("a coloured pencil drawing", "彩铅画"),
    "clay": Word("a soft 3D rendering", "柔和的立体画"),
    "papercut": Word("a paper-cut picture", "剪纸画"),
}
NUMBERS: dict[int, Word] = {
    1: Word("one", "一"),
    2: Word("two", "两"),
    3: Word("three", "三"),
    4: Word("four", "四"),
    5: Word("five", "五"),
}

# Names for groups of colours and finishes in scenes_kinds.csv.
_GROUPS = {
    "any": "red orange yellow green blue purple pink white black",
    "bright": "red orange yellow green blue purple pink",
    "fur": "brown white black grey orange",
    "printed": "plain plain striped dotted checked",
}


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of scenes_kinds.csv."""
    table = Path(__file__).with_name("scenes_kinds.csv").read_text(encoding="utf-8")
    return {row["name"]: _kind(row) for row in csv.DictReader(table.splitlines())}


def _kind(row: dict[str, str]) -> Kind:
    modules = (household, creatures, outdoors)
    draw = next(getattr(module, row["name"]) for module in modules if hasattr(module, row["name"]))
    return Kind(
        name=row["name"],
        draw=draw,
        en=row["en"],
        plural=row["plural"],
        zh=row["zh"],
        measure=row["measure"],
        family=row["family"],
        habitats=tuple(row["habitats"].split(";")),
        colours=_listed(row["colours"]),
        finishes=_listed(row["finishes"]),
        en_tail=row["en_tail"],
        zh_head=row["zh_head"],
        share=float(row["share"]),
        max_number=int(row["max_number"]),
    )


def _listed(words: str) -> tuple[str, ...]:
    return tuple(name for word in words.split() for name in _GROUPS.get(word, word).split())
