"""Cameras and folders in plain words, and things that only look like them."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.asking import Filters
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
