"""Cameras in plain words: "taken with a Nikon D750", "shot on my iPhone", 用佳能拍的.

Only makers of a short list are read, and only where a sentence says that they took the photo:
"a Nikon on a table" and 用尼康拍照的人 stay words. A word of the model counts where
cameras write it as people know it; of others every camera of the maker counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.core.language.date_vocabulary import NO_THING_BEHIND, YEAR
from app.core.language.places import A_HAN
from app.core.language.request_words import PHOTO

# As cameras write it into photos, and how else people call it.
_MAKERS: dict[str, tuple[str, ...]] = {
    "nikon": ("尼康",), "canon": ("佳能",), "iphone": ("苹果手机", "苹果"), "ipad": (),
    "fujifilm": ("fuji", "富士"), "olympus": ("奥林巴斯",), "pentax": ("宾得",),
    "leica": ("徕卡", "莱卡"), "ricoh": ("理光",), "hasselblad": ("哈苏",), "gopro": (),
    "pixel": (), "sony": ("索尼",), "panasonic": ("松下", "lumix"), "samsung": ("三星", "galaxy"),
    "huawei": ("华为",), "honor": ("荣耀",), "oppo": (), "vivo": (), "xiaomi": ("小米",),
    "redmi": ("红米",), "oneplus": ("一加",), "dji": ("大疆",), "sigma": ("适马",),
    "casio": ("卡西欧",), "nokia": ("诺基亚",), "motorola": ("摩托罗拉",), "meizu": ("魅族",),
}  # fmt: skip
_MAKER_OF = {word: maker for maker, words in _MAKERS.items() for word in (maker, *words)}
_MODEL_WORDS = {
    "nikon": r"d\d+\w*|coolpix",
    "canon": r"eos|\d+d|r\d*|powershot|ixus",
    "iphone": r"\d+s?|se|x[rs]?|pro|max|mini|plus",
    "pixel": r"\d+a?|pro|xl",
    "fujifilm": r"x-\w+|x\d+\w*",
}


class FoundCamera(NamedTuple):
    """A camera in a sentence, as its photos name it, and where it is named."""

    name: str
    start: int
    stop: int


def find_cameras(text: str) -> Iterator[FoundCamera]:
    """Yield the cameras that a sentence says photos were taken with, from left to right."""
    for match in _TAKEN_WITH.finditer(text):
        words = next(filter(None, match.group("en", "zh", "zh_first"))).lower()
        named = _CAMERA_PARTS.fullmatch(words)
        assert named is not None
        maker = _MAKER_OF[named["maker"]]
        model = re.compile(_MODEL_WORDS.get(maker, "(?!)"))
        kept = [word for word in named["model"].split() if model.fullmatch(word)]
        start = match.start() if match["photos"] is None else match.end("photos")
        yield FoundCamera(" ".join([maker, *kept]), start, match.end())


MAKERS = "|".join(sorted(_MAKER_OF, key=len, reverse=True))
_MODEL_WORD = (
    rf"(?:(?!{YEAR}\b)[a-z-]{{0,8}}\d[a-z\d-]{{0,10}}|[a-z]-[a-z]{{1,8}}\d*|eos|coolpix|powershot"
    r"|ixus|galaxy|pro|max|mini|plus|ultra|se|x[rs]?|xl|mark|i{1,3}|iv)(?![a-z\d])"
)
_OWNER = r"(?:(?:apple|google|samsung)\s+)?"
_CAMERA_PARTS = re.compile(rf"{_OWNER}(?P<maker>{MAKERS})(?P<model>.*)")
_CAMERA = (
    rf"{_OWNER}(?:{MAKERS})(?:(?<={A_HAN})|(?![a-z]))"
    rf"(?:[\s-]?{_MODEL_WORD}(?:\s+{_MODEL_WORD}){{0,4}})?"
)
_TAKEN_WITH = re.compile(
    rf"(?<![\w'’-])(?:(?:taken|shot|photographed|captured|snapped)\s+(?:with|on|by|using)"
    rf"|(?P<photos>{PHOTO}\s+)from)\s+(?:(?:my|our|his|her|an?|the)\s+)?(?:(?:old|new)\s+)?"
    rf"(?P<en>{_CAMERA})(?:\s+(?:camera|phone|dslr))?(?![\w-]){NO_THING_BEHIND}"
    rf"|(?:使?用|拿)(?:我的?|一[台部])?(?P<zh>{_CAMERA})\s*(?:照?相机|手机|单反|微单)?"
    r"\s*(?:(?:拍摄?|照)的|拍摄?(?=$|[\s,，、；。]))"
    rf"|(?<!\w)(?P<zh_first>{_CAMERA})\s*(?:照?相机|手机|单反|微单)?\s*拍摄?的",
    re.IGNORECASE,
)
