"""Short and long captions of a photo in both languages, varied by a random generator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trainer.data.names import ClassName, with_article

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_SHORT_EN = (
    "{a}", "{a}", "{n}", "a photo of {a}", "a photo of {a}", "a picture of {a}",
    "a photo of the {n}", "a close-up of {a}", "{a} in the picture", "a small photo of {a}",
    "this is {a}", "the {n}", "there is {a} here", "a nice photo of {a}", "an image of {a}",
    "a photo that shows {a}",
)  # fmt: skip
_SHORT_ZH = (
    "{n}", "{n}", "一{m}{n}", "一{m}{n}", "一张{n}的照片", "{n}的照片", "一{m}{n}的照片",
    "这是{n}", "这是一{m}{n}", "照片里有{n}", "图中有一{m}{n}", "一张{n}的图片", "{n}的特写",
    "一张拍摄{n}的照片", "有{n}的照片", "画面中是{n}",
)  # fmt: skip
_LONG_EN = (
    "The photo shows {a}. {w}The {n} is what the picture is about, and nothing else"
    " matters as much.",
    "This is a photograph of {a}. {w}If you look for {n} pictures, this is one of them.",
    "In this picture you can see {a}. {w}Somebody took this photo because of the {n}.",
    "What can be seen here is {a}. {w}The photographer wanted to show the {n}.",
)
_LONG_ZH = (
    "这张照片拍的是{n}。{w}画面的主体就是这{m}{n}，其他的都不重要。",
    "照片中可以看到一{m}{n}。{w}如果你在找{n}的照片，这就是其中一张。",
    "这是一张{n}的照片。{w}有人为了{n}拍下了这个画面。",
    "在这张图片里，主要的内容是{n}。{w}拍摄者想展示的就是{n}。",
)
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Caption:
    """A text and, where it only names a class, the concept it names (an English class name)."""

    text: str
    concept: str | None = None


def language_of(text: str) -> Language:
    """Chinese where a text has a Chinese character, else English."""
    return "zh" if _CHINESE.search(text) else "en"


def class_names(
    names: Sequence[ClassName], language: Language, rng: np.random.Generator
) -> list[str]:
    """How all these classes may be asked for, alike: one short template, any name of each."""
    templates = _SHORT_EN if language == "en" else _SHORT_ZH
    template = templates[int(rng.integers(len(templates)))]
    return [
        template.format(n=chosen, a=with_article(chosen), m=name.measure_word)
        for name in names
        for chosen in (_any_name(name, language, rng),)
    ]


def class_caption(
    name: ClassName, language: Language, long: bool, rng: np.random.Generator
) -> Caption:
    """A caption made from a class name; one in four short ones uses the wider name."""
    if not long and name.wider and rng.random() < 0.25:
        chosen, concept = name.wider[0 if language == "en" else 1], name.wider[0]
    else:
        chosen, concept = _any_name(name, language, rng), name.names_en[0]
    templates = {
        ("en", False): _SHORT_EN,
        ("en", True): _LONG_EN,
        ("zh", False): _SHORT_ZH,
        ("zh", True): _LONG_ZH,
    }[language, long]
    template = templates[int(rng.integers(len(templates)))]
    text = template.format(
        n=chosen, a=with_article(chosen), m=name.measure_word, w=_wider_sentence(name, language)
    )
    return Caption(text, concept)


def sentence_caption(
    sentences: tuple[str, ...], language: Language, long: bool, rng: np.random.Generator
) -> Caption:
    """One of the human captions; the long form joins three to five of them."""
    order = rng.permutation(len(sentences))
    if not long:
        return Caption(sentences[int(order[0])])
    count = min(len(sentences), int(rng.integers(3, 6)))
    joint = " " if language == "en" else ""
    return Caption(joint.join(_closed(sentences[int(i)], language) for i in order[:count]))


def _any_name(name: ClassName, language: Language, rng: np.random.Generator) -> str:
    """Mostly the usual one."""
    names = name.names_en if language == "en" else name.names_zh
    first = len(names) == 1 or rng.random() < 0.6
    return names[0] if first else names[int(rng.integers(1, len(names)))]


def _wider_sentence(name: ClassName, language: Language) -> str:
    if name.wider is None:
        return ""
    if language == "en":
        return f"It has to do with {with_article(name.wider[0])}. "
    return f"它和{name.wider[1]}有关。"


def _closed(sentence: str, language: Language) -> str:
    sentence = sentence.strip()
    stop = "." if language == "en" else "。"
    return sentence if sentence.endswith((".", "。", "!", "！", "?", "？")) else sentence + stop
