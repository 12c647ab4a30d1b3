from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.queries import parse_query


@pytest.mark.parametrize(
    ("typed", "text", "phrases"),
    [
        ("a red cup", "a red cup", ("a red cup",)),
        ("  a  red\ncup ", "a red cup", ("a red cup",)),
        ("a dog, a ball", "a dog, a ball", ("a dog", "a ball")),
        (
            "一只狗，草地、红球；蓝天",
            "一只狗，草地、红球；蓝天",
            ("一只狗", "草地", "红球", "蓝天"),
        ),
        ("a dog, a dog", "a dog, a dog", ("a dog",)),
        ("1,000 candles", "1,000 candles", ("1,000 candles",)),
        ("cafe\u0301", "café", ("café",)),
        ("", "", ()),
        (" ,， ", ",，", ()),
        ("dog\ud800", "dog", ("dog",)),
    ],
)
def test_examples(typed: str, text: str, phrases: tuple[str, ...]) -> None:
    query = parse_query(typed)
    assert (query.text, query.phrases) == (text, phrases)


@given(st.text(alphabet=st.characters() | st.sampled_from(list(",，、;； \n1一a"))))
def test_any_text_gives_tidy_phrases_in_order(typed: str) -> None:
    query = parse_query(typed)
    assert parse_query(query.text) == query
    assert unicodedata.is_normalized("NFC", query.text)
    place = 0
    for phrase in query.phrases:
        assert phrase
        assert phrase == phrase.strip()
        place = query.text.index(phrase, place)
    assert len(set(query.phrases)) == len(query.phrases)
