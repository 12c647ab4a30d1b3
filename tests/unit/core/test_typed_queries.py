"""Questions as people type them: what their words exclude, and filters in other words."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.asking import Filters
from app.core.queries import parse_query
from tests.chips import chips

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("without a man with a hat", "-man with a hat"),
        ("no man with a beard", "-man with a beard"),
        ("a street without a man with a hat", "a street | -man with a hat"),
        ("beach without people with umbrellas", "beach | -people with umbrellas"),
        ("without dogs with collars and cats", "-dogs with collars | -cats"),
        ("without people who wear hats", "-people who wear hats"),
        ("a street without a man who is smiling", "a street | -man who is smiling"),
        ("a man without a hat who is smiling", "a man | -hat | smiling"),
        ("a man without a dog with a hat", "a man | -dog | a hat"),
        ("a cup without a handle with a red lid", "a cup | -handle | a red lid"),
        ("a beach without people but with dogs", "a beach | -people | dogs"),
        ("a beach without people and with dogs", "a beach | -people | dogs"),
        ("a man without a hat and with a beard", "a man | -hat | a beard"),
        ("all but the dogs", "-dogs"),
        ("an all but empty street", "an all | empty street"),
        ("没有戴红帽子的人的海滩", "-戴红帽子的人 | 海滩"),
        ("没有穿红衣服的女人的照片", "-穿红衣服 | 女人"),
        ("没有戴帽子的人", "-戴帽子 | 人"),
        ("不在北京拍的照片", "-北京"),
        ("不是夏天拍的", "-夏天"),
        ("妈妈没在的照片", "-妈妈"),
        ("除了猫以外的动物", "-猫 | 动物"),
        ("when did I see a bear", "a bear"),
        ("至少两只狗", "至少两只狗"),
        ("just married", "just married"),
    ],
)
def test_what_is_excluded_and_what_is_not(typed: str, expected: str) -> None:
    assert chips(typed) == expected
    assert parse_query(typed, TODAY).filters == Filters()


@pytest.mark.parametrize(
    ("typed", "stars"),
    [
        ("评分大于3", 4), ("评分高于3星", 4), ("评分至少4星", 4), ("超过三星的", 4),
        ("不低于4星", 4), ("评分为5", 5), ("评分是5星的", 5), ("评分在4以上的", 4),
        ("星级大于等于4", 4), ("打了五星的", 5),
        ("评分四星以上的照片", 4), ("more than 3 stars", 4), ("over three stars", 4),
        ("rated above 3", 4), ("at least 4 stars", 4), ("minimum 4 stars", 4), ("rating=>4", 4),
        ("ratings>=4", 4), ("rating:four", 4), ("评分：四星", 4),
    ],
)  # fmt: skip
def test_stars_in_other_words(typed: str, stars: int) -> None:
    query = parse_query(typed, TODAY)
    assert (query.text, query.filters, query.misread) == ("", Filters(min_rating=stars), ())


@pytest.mark.parametrize(
    "typed",
    ["less than 3 stars", "two stars or less", "三星以下", "低于三星", "不超过3星", "rating≤3"],
)
def test_fewer_stars_are_named_as_misread(typed: str) -> None:
    query = parse_query(f"dogs, {typed}", TODAY)
    assert (query.text, query.filters) == ("dogs", Filters())
    named = [(error.params["filter"], error.params["reason"]) for error in query.misread]
    assert named == [(typed, "rating")]


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ("横向的照片", Filters(orientations=("landscape",))),
        ("竖向照片", Filters(orientations=("portrait",))),
        ("纵向的照片", Filters(orientations=("portrait",))),
        ("方形的照片", Filters(orientations=("square",))),
        ("png or jpg files", Filters(formats=("png", "jpeg"))),
        ("png、jpg格式的图片", Filters(formats=("png", "jpeg"))),
        ("jpg files named holiday", Filters(formats=("jpeg",), names=("holiday",))),
        ('photos named "summer trip"', Filters(names=("summer trip",))),
        ("files called IMG_12", Filters(names=("IMG_12",))),
        ("文件名包含假期", Filters(names=("假期",))),
        ("名为假期的照片", Filters(names=("假期",))),
        ("is:fav", Filters(favourite=True)),
    ],
)
def test_other_filters_in_other_words(typed: str, filters: Filters) -> None:
    query = parse_query(typed, TODAY)
    assert (query.text, query.filters, query.misread) == ("", filters, ())


@pytest.mark.parametrize(
    "typed", ["a dog named Rex", "名叫小黑的狗", "横向的裂缝", "方形的桌子", "a file cabinet"]
)
def test_things_that_look_like_such_filters_stay(typed: str) -> None:
    assert parse_query(typed, TODAY).filters == Filters()


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("since 2020 until 2022", "2020-01-01", "2022-12-31"),
        ("as of 2020", "2020-01-01", None),
        ("2020 or newer", "2020-01-01", None),
        ("2020+", "2020-01-01", None),
        (">=2020", "2020-01-01", None),
        (">2020", "2021-01-01", None),
        ("<2020", None, "2019-12-31"),
        ("<= 2020", None, "2020-12-31"),
        ("2020年及以后", "2020-01-01", None),
        ("不早于2020年", "2020-01-01", None),
        ("晚于2020年", "2021-01-01", None),
        ("早于2020年", None, "2019-12-31"),
        ("到2022年为止", None, "2022-12-31"),
        ("截至2022年", None, "2022-12-31"),
        ("after christmas 2020", "2020-12-27", None),
        ("since Easter 2021", "2021-04-02", None),
        ("2020年春节以后", "2020-01-24", None),
        ("2020年国庆之前", None, "2020-09-30"),
        ("just 2023", "2023-01-01", "2023-12-31"),
        ("只看2023年的", "2023-01-01", "2023-12-31"),
        ("仅限2023年", "2023-01-01", "2023-12-31"),
    ],
)
def test_sides_of_dates(typed: str, first: str | None, last: str | None) -> None:
    query = parse_query(typed, TODAY)
    assert (query.text, query.filters) == ("", Filters(taken=((first, last),)))
    assert query.misread == ()
