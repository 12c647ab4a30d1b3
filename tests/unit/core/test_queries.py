from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.asking import Filters, Period, Phrase
from app.core.queries import parse_query

TODAY = date(2026, 11, 25)


def wanted(text: str) -> list[str]:
    return [phrase.text for phrase in parse_query(text, TODAY).wanted]


def excluded(text: str) -> list[str]:
    phrases = parse_query(text, TODAY).phrases
    return [phrase.text for phrase in phrases if phrase.need == "excluded"]


@pytest.mark.parametrize(
    ("typed", "text", "phrases"),
    [
        ("a red cup", "a red cup", ["a red cup"]),
        ("  a  red\ncup ", "a red cup", ["a red cup"]),
        ("a dog, a ball", "a dog, a ball", ["a dog", "a ball"]),
        ("一只狗，草地、红球；蓝天", "一只狗，草地、红球；蓝天",
         ["一只狗", "草地", "红球", "蓝天"]),
        ("a dog, a dog", "a dog, a dog", ["a dog"]),
        ("1,000 candles", "1,000 candles", ["1,000 candles"]),
        ("cafe\u0301", "café", ["café"]),
        ("", "", []),
        (" ,， ", "", []),
        ("dog\ud800\ue000", "dog", ["dog"]),
        ("a girl with a red hat", "a girl with a red hat", ["a girl", "a red hat"]),
        ("a man who is riding a bicycle", "a man who is riding a bicycle",
         ["a man", "riding a bicycle"]),
        ("a man not far away", "a man not far away", ["a man not far away"]),
        ("black and white cat", "black and white cat", ["black and white cat"]),
        ("photos of dogs", "photos of dogs", ["dogs"]),
        ("猫 沙发", "猫 沙发", ["猫", "沙发"]),
        ("戴着帽子的女孩和一只狗", "戴着帽子的女孩和一只狗", ["戴着帽子", "女孩", "一只狗"]),
        ("红色的杯子", "红色的杯子", ["红色的杯子"]),
        ("暖和的房间", "暖和的房间", ["暖和的房间"]),
        ('"black and red" flag', "black and red flag", ["black and red flag"]),
        ("“红色，蓝色”的旗", "红色，蓝色的旗", ["红色，蓝色的旗"]),
    ],
)  # fmt: skip
def test_clauses_become_phrases(typed: str, text: str, phrases: list[str]) -> None:
    assert parse_query(typed, TODAY).text == text
    assert wanted(typed) == phrases


@pytest.mark.parametrize(
    ("typed", "text", "without"),
    [
        ("beach -people", "beach", ["people"]),
        ('beach -"red umbrella"', "beach", ["red umbrella"]),
        ("a beach without people or cars", "a beach", ["people", "cars"]),
        ("a beach without people and a dog", "a beach, a dog", ["people"]),
        ("dogs but no cats", "dogs", ["cats"]),
        ("sunset. no people. boats", "sunset, boats", ["people"]),
        ("没有人的海滩", "海滩", ["人"]),
        ("海滩，没有人、车", "海滩", ["人", "车"]),
        ("海滩，不要船", "海滩", ["船"]),
        ("不要蓝色的杯子", "", ["蓝色的杯子"]),
        ("除了狗以外的动物", "动物", ["狗"]),
        ("well-known cat", "well-known cat", []),
        ("有没有猫", "有没有猫", []),
        ("red cup without blue", "red cup", ["blue"]),
        ("红色的杯子，不要蓝色", "红色的杯子", ["蓝色"]),
        ("a cup that is not red", "a cup", ["red cup"]),
        ("cups which aren’t red or blue", "cups", ["red cups", "blue cups"]),
        ("a house but not a big one", "a house", ["big house"]),
        ("a red cup, without a blue one", "a red cup", ["blue cup"]),
        ("杯子，不要红色的", "杯子", ["红色的杯子"]),
        ("a dog that is not on the left", "a dog", ["a dog on the left"]),
        ("一只狗，不在左边", "一只狗", ["左边的一只狗"]),
        ("a dog, there are no cats", "a dog", ["cats"]),
        ("a man not far away", "a man not far away", []),
    ],
)
def test_exclusions_in_both_languages(typed: str, text: str, without: list[str]) -> None:
    assert excluded(typed) == without
    assert parse_query(typed, TODAY).text == text


@pytest.mark.parametrize(
    ("typed", "unlike"),
    [
        ("red cup, not blue", ("blue cup",)),
        ("红色的杯子，不是蓝色", ("蓝色的杯子",)),
        ("红色的车，而不是蓝色的", ("蓝色的车",)),
        ("two dogs, not three", ("three dogs",)),
        ("wooden chair, not metal", ("metal chair",)),
    ],
)
def test_another_attribute_is_a_contrast(typed: str, unlike: tuple[str, ...]) -> None:
    (phrase,) = parse_query(typed, TODAY).phrases
    assert (phrase.need, phrase.unlike) == ("optional", unlike)


@pytest.mark.parametrize(
    ("typed", "phrases"),
    [
        ("“红色雨伞，街道”和一只狗", "红色雨伞，街道 | 一只狗"),
        ('"wet street, night" "a taxi"', "wet street, night | a taxi"),
        ("red, green and blue balloons", "red, green and blue balloons"),
        ("红色、绿色的气球", "红色、绿色的气球"),
        ("背景中的雪山", "背景中的雪山"),
        ("一张有狗的照片", "有狗"),
        ("a photo of a dog", "a dog"),
        ("海滩但是没有人", "海滩 | -人"),
        ("没有人也没有狗", "-人 | -狗"),
        ("photos without any people", "-people"),
        ("一张没有戴帽子的男人的照片", "-戴帽子 | 男人"),
        ("neither cars nor people", "-cars | -people"),
        ("a beach without", "a beach"),
        ("a beach, −people", "a beach | -people"),
        ("海滩 ‑人", "海滩 | -人"),
        ("−5 degrees", "−5 degrees"),
        ("照片", "照片"),
    ],
)
def test_what_is_a_phrase_of_its_own(typed: str, phrases: str) -> None:
    shown = ["-" * (each.need == "excluded") + each.text for each in parse_query(typed).phrases]
    assert " | ".join(shown) == phrases


def test_a_plus_requires() -> None:
    phrases = parse_query("beach +dog", TODAY).phrases
    assert phrases == (Phrase("beach"), Phrase("dog", "required"))


@pytest.mark.parametrize(
    ("typed", "filters", "text"),
    [
        ("cats 2023", Filters(taken=(("2023-01-01", "2023-12-31"),)), "cats"),
        ("dogs last summer", Filters(taken=(("2025-06-01", "2025-08-31"),)), "dogs"),
        ("去年夏天的海滩", Filters(taken=(("2025-06-01", "2025-08-31"),)), "海滩"),
        ("在2023年5月拍的猫", Filters(taken=(("2023-05-01", "2023-05-31"),)), "猫"),
        ("snow before 2020", Filters(taken=((None, "2019-12-31"),)), "snow"),
        ("snow 2019-2021", Filters(taken=(("2019-01-01", "2021-12-31"),)), "snow"),
        ("camera:nikon snow rating>=4", Filters(cameras=("nikon",), min_rating=4), "snow"),
        ('folder:"My Pics" cat', Filters(folders=("My Pics",)), "cat"),
        ("cat type:jpg type:png", Filters(formats=("jpeg", "png")), "cat"),
        ("type:jpg,png cat", Filters(formats=("jpeg", "png")), "cat"),
        ("type:jpg, cat", Filters(formats=("jpeg",)), "cat"),
        (
            "orientation:portrait orientation:square cat",
            Filters(orientations=("portrait", "square")),
            "cat",
        ),
        ("横图 竖图 猫", Filters(orientations=("landscape", "portrait")), "猫"),
        ("camera:nikon camera:canon cat", Filters(cameras=("nikon", "canon")), "cat"),
        ("rating>=3 rating>=4 cat", Filters(min_rating=4), "cat"),
        ("folder:trips folder:2023 cat", Filters(folders=("trips", "2023")), "cat"),
        ("四星以上的猫", Filters(min_rating=4), "猫"),
        ("竖图 猫", Filters(orientations=("portrait",)), "猫"),
        (
            "the summer of 2022, a lake",
            Filters(taken=(("2022-06-01", "2022-08-31"),)),
            "a lake",
        ),
        ("两年前的照片", Filters(taken=(("2024-01-01", "2024-12-31"),)), ""),
        ("2020年前的雪", Filters(taken=((None, "2019-12-31"),)), "雪"),
        ("五星照片", Filters(min_rating=5), ""),
        ("五星 猫", Filters(min_rating=5), "猫"),
        ("三星 手机", Filters(), "三星 手机"),
        ("cats rated 4 or more", Filters(min_rating=4), "cats"),
        ("5 star photos of cats", Filters(min_rating=5), "photos of cats"),
        (
            "vertical photos of a waterfall",
            Filters(orientations=("portrait",)),
            "photos of a waterfall",
        ),
        ("png photos of a cat", Filters(formats=("png",)), "photos of a cat"),
        (
            "before 2020 or after 2023, snow",
            Filters(taken=((None, "2019-12-31"), ("2024-01-01", None))),
            "snow",
        ),
        (
            "2020年以前或2023年以后的雪",
            Filters(taken=((None, "2019-12-31"), ("2023-01-01", None))),
            "雪",
        ),
        (
            "+2023 +type:png beach",
            Filters(taken=(("2023-01-01", "2023-12-31"),), formats=("png",)),
            "beach",
        ),
        ("五星红旗", Filters(), "五星红旗"),
        ("my favourite photos of dogs", Filters(favourite=True), "photos of dogs"),
        ("my favourite mug", Filters(), "my favourite mug"),
        ("收藏的照片", Filters(favourite=True), ""),
        ("is:favourite name:IMG_2 dog", Filters(favourite=True, names=("IMG_2",)), "dog"),
        ("1920x1080 screen", Filters(), "1920x1080 screen"),
        ("at time: noon", Filters(), "at time: noon"),
        ('"2023" sign', Filters(), "2023 sign"),
    ],
)
def test_filters_leave_the_text(typed: str, filters: Filters, text: str) -> None:
    query = parse_query(typed, TODAY)
    assert (query.filters, query.text) == (filters, text)


@pytest.mark.parametrize(
    "misread", ["date:2023-13", "rating:9", "类型：文本", "5/6/2023", "31.2.2023"]
)
def test_a_filter_that_is_none_is_named_and_not_searched_for(misread: str) -> None:
    query = parse_query(f"a dog {misread} type:png", TODAY)
    assert (query.text, query.filters) == ("a dog", Filters(formats=("png",)))
    assert [error.params["filter"] for error in query.misread] == [misread]
    assert [part.kind for part in query.parts] == ["phrase", "misread", "filter"]


@pytest.mark.parametrize(
    ("typed", "contradicting", "taken"),
    [
        ("snow before 2020, since 2024", "since 2024", (None, "2019-12-31")),
        ("snow before 2020 in 2023", "before 2020", ("2023-01-01", "2023-12-31")),
        ("2024年以后的雪，2020年以前", "2020年以前", ("2024-01-01", None)),
    ],
)
def test_a_date_that_leaves_no_day_of_the_others_is_named(
    typed: str, contradicting: str, taken: Period
) -> None:
    query = parse_query(typed, TODAY)
    (error,) = query.misread
    assert error.params == {"filter": contradicting, "reason": "contradicting"}
    assert repr(contradicting) in str(error)
    assert query.filters == Filters(taken=(taken,))
    assert query.text in ("snow", "雪")


def test_attributes_before_and_share_the_thing_after_it() -> None:
    query = parse_query("a red, a green and a blue umbrella", TODAY)
    assert [phrase.text for phrase in query.phrases] == [
        "red umbrella", "green umbrella", "a blue umbrella",
    ]  # fmt: skip


def test_letters_that_grow_in_lower_case_move_no_part() -> None:
    query = parse_query("İİİ red cup 2023, christmas", TODAY)
    spoken = [query.source[part.start : part.stop] for part in query.parts]
    assert spoken == ["İİİ red cup", "2023", "christmas"]


def test_parts_say_where_they_are() -> None:
    query = parse_query("a girl  with a red hat, no cars, last summer", TODAY)
    spoken = [(part.kind, query.source[part.start : part.stop]) for part in query.parts]
    assert spoken == [
        ("phrase", "a girl"), ("phrase", "a red hat"), ("phrase", "cars"),
        ("filter", "last summer"),
    ]  # fmt: skip


# ---------------------------------------------------------------- for any text

_PIECES = st.sampled_from(
    [",", "，", "、", "；", " ", "的", "和", "and", "with", "-", "+", '"', "“", "”", "no", "没有",
     "without", "2023", "last summer", "去年", "red", "blue", "猫", "a dog", "not", "type:png",
     "rating>=", "★", ".", "\n", "1,0", "nobody", "doesn't ", " or ", "on the left",
     "（", "‘", "’", "İ", "May", "christmas", "5月", "1日", "圣诞节", "taken with a Nikon",
     "in folder x", "my photos", "不是", "一只", "左边", "所有", "照片里", "Ａ２",
     "sunset", "日出", "people-free ", "最早的", "newest", "24小时内", "左边一只", "不在的",
     "more than"]
)  # fmt: skip
_TEXTS = st.lists(_PIECES | st.text(max_size=3), max_size=12).map("".join)


@given(_TEXTS)
def test_any_text_is_understood(typed: str) -> None:
    query = parse_query(typed, TODAY)
    assert unicodedata.is_normalized("NFC", query.source)
    assert len(set(query.phrases)) == len(query.phrases)
    place = 0
    for part in query.parts:
        assert 0 <= part.start < part.stop <= len(query.source)
        assert part.start >= place
        place = part.start
    for phrase in query.phrases:
        assert phrase.text
        assert phrase.text == phrase.text.strip()
    assert bool(query.wanted) == bool(query.text)


_EN_WORDS = st.sampled_from(["dog", "red cup", "tall tree", "snowy hill", "old boat", "lamp"])
_ZH_WORDS = st.sampled_from(["狗", "红色的杯子", "大树", "雪山", "旧船", "台灯"])
_EN_JOINTS = st.sampled_from([", ", "; ", " and ", " with ", ". ", " while "])
_ZH_JOINTS = st.sampled_from(["，", "、", "；", "和", "以及", " ", "。"])


@st.composite
def _sentences(draw: st.DrawFn) -> tuple[str, list[str]]:
    words, joints = draw(st.sampled_from([(_EN_WORDS, _EN_JOINTS), (_ZH_WORDS, _ZH_JOINTS)]))
    phrases = draw(st.lists(words, min_size=1, max_size=5, unique=True))
    text = phrases[0]
    for phrase in phrases[1:]:
        text += draw(joints) + phrase
    return text, phrases


@given(_sentences())
def test_joined_phrases_come_apart_again(sentence: tuple[str, list[str]]) -> None:
    text, phrases = sentence
    assert wanted(text) == phrases


@given(_sentences(), st.sampled_from(['"', "“”", "「」"]))
def test_a_quoted_sentence_stays_whole(sentence: tuple[str, list[str]], marks: str) -> None:
    text, _ = sentence
    assert wanted(marks[0] + text + marks[-1]) == [text.strip(".。 ")]


@given(_sentences(), st.booleans())
def test_an_exclusion_does_not_change_what_is_wanted(
    sentence: tuple[str, list[str]], is_chinese: bool
) -> None:
    text, phrases = sentence
    typed = f"{text}，没有火车" if is_chinese else f"{text}, without trains"
    assert wanted(typed) == phrases
    assert excluded(typed) == ["火车" if is_chinese else "trains"]
