"""Cameras and folders in plain words, and things that only look like them."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.asking import Filters
from app.core.errors import FilterError
from app.core.language.filter_words import parse_filter
from app.core.queries import parse_query

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "camera", "rest"),
    [
        ("taken with a Nikon", "nikon", ""),
        ("birds taken with my old Canon camera", "canon", "birds"),
        ("shot on iPhone", "iphone", ""),
        ("dogs shot on my iPhone 13 Pro last summer", "iphone 13 pro", "dogs"),
        ("taken with Nikon D750 2023", "nikon d750", ""),
        ("photos from my Fuji X-T3 of birds", "fujifilm x-t3", "photos of birds"),
        ("taken with a Sony A7 III in 2020", "sony", ""),
        ("taken on a Samsung Galaxy S21", "samsung", ""),
        ("用尼康拍的猫", "nikon", "猫"),
        ("用尼康D750拍的猫", "nikon d750", "猫"),
        ("用佳能单反拍的鸟", "canon", "鸟"),
        ("用苹果手机拍的照片", "iphone", ""),
        ("iPhone拍的猫", "iphone", "猫"),
        ("索尼相机拍摄的夜景", "sony", "夜景"),
    ],
)
def test_cameras_that_took_the_photo(typed: str, camera: str, rest: str) -> None:
    query = parse_query(typed, TODAY)
    assert query.filters.cameras == (camera,)
    assert query.text.removesuffix("照片") == rest


@pytest.mark.parametrize(
    ("typed", "folder", "rest"),
    [
        ("in folder Holidays", "Holidays", ""),
        ("beach in folder holidays", "holidays", "beach"),
        ("beach in the Holidays folder", "Holidays", "beach"),
        ("beach in the folder Holidays, sunset", "Holidays", "beach, sunset"),
        ('beach in my folder "Summer Trips"', "Summer Trips", "beach"),
        ("beach in a folder called trips", "trips", "beach"),
        ("在文件夹旅行里的猫", "旅行", "猫"),
        ("在旅行文件夹里的猫", "旅行", "猫"),
        ("“旅行 2”文件夹里的猫", "旅行 2", "猫"),
        ("文件夹trips里的猫", "trips", "猫"),
    ],
)
def test_folders_by_their_names(typed: str, folder: str, rest: str) -> None:
    query = parse_query(typed, TODAY)
    assert (query.filters, query.text) == (Filters(folders=(folder,)), rest)


@pytest.mark.parametrize(
    "typed",
    ["a Nikon on a table", "a Nikon camera", "a man using an iPhone", "an apple", "shot on Kodak",
     "taken with a Nikon lens",
     "photos from Canon Beach", "taken on Honor street", "一个苹果", "小米", "用尼康拍照的人",
     "一个人拿着佳能相机", "用手机拍的月亮",
     "papers in a folder", "papers in the folder on the desk",
     "in the red folder", "红色文件夹里的纸", "在红色文件夹里", "放在文件夹里的纸"],
)  # fmt: skip
def test_things_that_look_like_cameras_and_folders_stay(typed: str) -> None:
    query = parse_query(typed, TODAY)
    assert query.filters == Filters()


def test_a_camera_is_not_turned_into_its_opposite() -> None:
    query = parse_query("dogs, not taken with a Nikon", TODAY)
    assert (query.text, query.filters) == ("dogs", Filters())
    assert [error.params["filter"] for error in query.misread] == ["not taken with a Nikon"]


def test_favourites_in_other_words() -> None:
    query = parse_query("我最喜欢的照片", TODAY)
    assert (query.filters, query.phrases) == (Filters(favourite=True), ())


@pytest.mark.parametrize(
    ("typed", "stars", "rest"),
    [
        ("5 stars since 2020", 5, ""),
        ("five star photos", 5, ""),
        ("five stars", 5, ""),
        ("at least three stars", 3, ""),
        ("dogs rated at least 4 stars", 4, "dogs"),
        ("3 stars and up", 3, ""),
        ("rated four stars or more", 4, ""),
        ("rating 5", 5, ""),
        ("rating > 3", 4, ""),
        ("rating: 4", 4, ""),
        ("my photos with 5 stars", 5, ""),
        ("4★", 4, ""),
        ("★★★ and above", 3, ""),
        ("⭐️⭐️⭐️⭐️", 4, ""),
        ("⭐⭐⭐⭐⭐ cats", 5, "cats"),
        ("评分4以上的猫", 4, "猫"),
        ("至少三星", 3, ""),
        ("评为五星的照片", 5, ""),
    ],
)
def test_stars_as_people_say_them(typed: str, stars: int, rest: str) -> None:
    query = parse_query(typed, TODAY)
    assert (query.filters.min_rating, " | ".join(p.text for p in query.phrases)) == (stars, rest)


@pytest.mark.parametrize(
    "typed",
    ["three star hotel", "a five-star general", "a flag with five stars", "starry sky", "⭐",
     "五星级酒店", "三星手机", "五角星", "her favourite toy", "a vintage camera: close-up",
     "a folder: red", "a girl with a favourite", "landscape", "gift"],
)  # fmt: skip
def test_things_that_only_look_like_filters(typed: str) -> None:
    assert parse_query(typed, TODAY).filters == Filters()


@pytest.mark.parametrize(
    ("typed", "filters", "rest"),
    [
        ("my favorites from 2023", Filters(favourite=True, taken=(("2023-01-01", "2023-12-31"),)),
         ""),
        ("收藏夹里的猫", Filters(favourite=True), "猫"),
        ("我收藏的", Filters(favourite=True), ""),
        ("a beach in portrait format", Filters(orientations=("portrait",)), "a beach"),
        ("横着拍的照片", Filters(orientations=("landscape",)), ""),
        ("竖屏的瀑布照片", Filters(orientations=("portrait",)), "瀑布照片"),
        ("竖屏的手机", Filters(), "竖屏的手机"),
        ("jpg图片", Filters(formats=("jpeg",)), ""),
        ("type: png", Filters(formats=("png",)), ""),
        ("cats type:jpg, png", Filters(formats=("jpeg", "png")), "cats"),
        ("type:jpg or png", Filters(formats=("jpeg", "png")), ""),
        ("camera:canon,nikon", Filters(cameras=("canon", "nikon")), ""),
        ("camera: nikon, cats", Filters(cameras=("nikon",)), "cats"),
        ("since:May 2020 dogs", Filters(taken=(("2020-05-01", None),)), "dogs"),
        ("after:last summer", Filters(taken=(("2025-09-01", None),)), ""),
        ("date:2023 dogs", Filters(taken=(("2023-01-01", "2023-12-31"),)), "dogs"),
    ],
)  # fmt: skip
def test_filters_as_people_type_them(typed: str, filters: Filters, rest: str) -> None:
    query = parse_query(typed, TODAY)
    assert (query.filters, " | ".join(p.text for p in query.phrases)) == (filters, rest)


@pytest.mark.parametrize(
    ("typed", "order", "rest"),
    [
        ("oldest", "oldest", ""),
        ("my oldest photos of cats", "my oldest", "cats"),
        ("cats, newest first", "newest first", "cats"),
        ("cats sorted by date", "sorted by date", "cats"),
        ("最早的照片", "最早的", ""),
        ("最早拍的猫", "最早拍的", "猫"),
        ("最早的猫的照片", "最早的", "猫"),
        ("猫，按时间排序", "按时间排序", "猫"),
        ("the oldest tree", "", "the oldest tree"),
        ("最老的猫", "", "最老的猫"),
    ],
)
def test_words_for_an_order_are_named_as_misread(typed: str, order: str, rest: str) -> None:
    query = parse_query(typed, TODAY)
    named = [(error.params["filter"], error.params["reason"]) for error in query.misread]
    assert named == ([(order, "order")] if order else [])
    assert (" | ".join(p.text for p in query.phrases), query.filters) == (rest, Filters())


def test_one_filter_may_be_said_as_in_a_sentence() -> None:
    assert parse_filter("5 stars", TODAY) == Filters(min_rating=5)
    assert parse_filter("taken with a Nikon", TODAY) == Filters(cameras=("nikon",))
    assert len(parse_filter("2019 or 2021", TODAY).taken) == 2
    with pytest.raises(FilterError, match="which photos stay"):
        parse_filter("no png files", TODAY)
    for odd in ("", "a cat", "5 stars a cat", "2020 a cat"):
        with pytest.raises(FilterError, match="is not understood"):
            parse_filter(odd, TODAY)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("rating>=4, vertical photos", Filters(min_rating=4, orientations=("portrait",))),
        ("rating:4, png photos", Filters(min_rating=4, formats=("png",))),
        ("folder:trips, png photos", Filters(folders=("trips",), formats=("png",))),
        ("评分:4，png照片", Filters(min_rating=4, formats=("png",))),
        ("type:jpg, png", Filters(formats=("jpeg", "png"))),
    ],
)
def test_a_comma_ends_a_value_that_is_no_list(typed: str, expected: Filters) -> None:
    query = parse_query(typed, TODAY)
    assert (query.filters, query.misread) == (expected, ())
