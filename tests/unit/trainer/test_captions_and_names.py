"""Captions from class names and from sentences, in both languages."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.data.captions import Caption, class_caption, sentence_caption
from trainer.data.names import class_name, with_article


def test_scientific_names_are_dropped_and_wrong_chinese_names_corrected() -> None:
    name = class_name("dugong, Dugong dugon", "海牛")
    assert name.names_en == ("dugong",)
    assert name.names_zh == ("儒艮",)


def test_breeds_are_dogs_and_take_the_measure_word_of_animals() -> None:
    name = class_name("Chihuahua", "奇瓦瓦")
    assert name.wider == ("dog", "狗")
    assert name.measure_word == "只"
    assert name.concepts == {"Chihuahua", "dog"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("cat", "a cat"), ("apple", "an apple"), ("scissors", "scissors"), ("bus", "a bus")],
)
def test_articles(name: str, expected: str) -> None:
    assert with_article(name) == expected


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("long", [False, True])
def test_class_captions_name_what_they_claim(language: str, long: bool) -> None:
    name = class_name("tabby, tabby cat", "虎斑猫")
    rng = np.random.default_rng(0)
    known = {"tabby": ("tabby", "虎斑猫"), "cat": ("cat", "猫")}
    for _ in range(60):
        caption = class_caption(name, language, long, rng)  # type: ignore[arg-type]
        assert caption.concept in known
        assert known[caption.concept][language == "zh"] in caption.text
        assert "{" not in caption.text


def test_long_sentence_captions_join_several_sentences() -> None:
    rng = np.random.default_rng(1)
    sentences = tuple(f"sentence {i}" for i in range(5))
    caption = sentence_caption(sentences, "en", True, rng)
    assert 3 <= caption.text.count("sentence") <= 5
    assert sentence_caption(sentences, "en", False, rng) in [Caption(s) for s in sentences]
