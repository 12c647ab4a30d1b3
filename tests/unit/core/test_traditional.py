"""Traditional Chinese is read as simplified Chinese is, and stays as it was typed."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.asking import Filters
from app.core.language.filter_words import parse_filter
from app.core.language.places import is_side, split_place
from app.core.language.traditional import simplified
from app.core.queries import ParsedQuery, parse_query

TODAY = date(2026, 11, 25)


def needs(parsed: ParsedQuery) -> list[tuple[str, str, tuple[str, ...]]]:
    """The phrases of a query, in simplified characters."""
    return [
        (phrase.need, simplified(phrase.text), tuple(map(simplified, phrase.unlike)))
        for phrase in parsed.phrases
    ]


@pytest.mark.parametrize(
    ("traditional", "same"),
    [
        ("紅色的車，不是藍色的", "红色的车，不是蓝色的"),
        ("請幫我找一張沒有人的沙灘的照片", "请帮我找一张没有人的沙滩的照片"),
        ("戴帽子的女孩和兩隻白色的貓", "戴帽子的女孩和两只白色的猫"),
        ("左邊的狗，右邊沒有車", "左边的狗，右边没有车"),
        ("背景裡有山，前景裏沒有樹", "背景里有山，前景里没有树"),
        ("不戴眼鏡的老師", "不戴眼镜的老师"),
        ("穿著紅色毛衣的孩子", "穿着红色毛衣的孩子"),
        ("去年夏天在海邊拍的照片", "去年夏天在海边拍的照片"),
        ("三天後，2023年以後", "三天后，2023年以后"),
        ("兩週前的照片", "两周前的照片"),
        ("端午節，農曆八月十五", "端午节，农历八月十五"),
        ("橫圖的貓，五顆星以上", "横图的猫，五颗星以上"),
        ("一輛不是黑色的車", "一辆不是黑色的车"),
        ("著名的塔，乾隆的畫", "著名的塔，乾隆的画"),
    ],
)
def test_it_says_what_simplified_chinese_says(traditional: str, same: str) -> None:
    assert simplified(traditional) == same
    typed, plain = parse_query(traditional, TODAY), parse_query(same, TODAY)
    assert needs(typed) == needs(plain)
    assert typed.filters == plain.filters
    assert [(p.kind, p.start, p.stop) for p in typed.parts] == [
        (p.kind, p.start, p.stop) for p in plain.parts
    ]


def test_phrases_and_names_stay_as_typed() -> None:
    parsed = parse_query("紅色的車，沒有貓，文件夾:旅遊", TODAY)
    assert [phrase.text for phrase in parsed.phrases] == ["紅色的車", "貓"]
    assert parsed.filters == Filters(folders=("旅遊",))
    assert parse_filter("資料夾:臺灣", TODAY) == Filters(folders=("臺灣",))
    assert parse_filter("方向:橫", TODAY) == Filters(orientations=("landscape",))


def test_places_are_found() -> None:
    assert split_place("左邊的狗").places == ("left",)
    assert is_side("背景裡")


def test_simplified_text_stays_what_it_is() -> None:
    for text in ("著名的作者穿着红衣", "乾坤", "a red cup", "さくら", "İ"):
        assert simplified(text) == text
