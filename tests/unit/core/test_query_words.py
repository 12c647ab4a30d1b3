"""Words for places, attributes and days, in both languages."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.asking import Filters
from app.core.errors import FilterError
from app.core.language.dates import parse_date
from app.core.language.filter_words import parse_filter
from app.core.language.near_misses import attributes, generated_misses, misses_named
from app.core.language.periods import Days
from app.core.language.places import fit, split_place
from app.core.region_choice import choose_boxes, overlaps

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("phrase", "text", "places"),
    [
        ("a red cup on the left", "a red cup", ("left",)),
        ("a dog in the top left corner", "a dog", ("left", "top")),
        ("a tiny bird in the background", "a tiny bird", ("background", "tiny")),
        ("左边的红色杯子", "红色杯子", ("left",)),
        ("背景里的山", "山", ("background",)),
        ("照片右上角的月亮", "月亮", ("right", "top")),
        ("一只很小的鸟", "一只很小的鸟", ("tiny",)),
        ("中间有一只狗", "一只狗", ("centre",)),
        ("on the left", "on the left", ("left",)),
        ("a cat to the right of the sofa", "a cat to the right of the sofa", ()),
        ("a man's right hand", "a man's right hand", ()),
        ("a car on the right side", "a car", ("right",)),
        ("the dog on the left-hand side", "the dog", ("left",)),
        ("照片上面的云", "云", ("top",)),
        ("上边的鸟", "鸟", ("top",)),
        ("下面的狗", "狗", ("bottom",)),
        ("画面下边的花", "花", ("bottom",)),
        ("底下的石头", "石头", ("bottom",)),
        ("左上方的鸟", "鸟", ("left", "top")),
        ("最左边的人", "人", ("left",)),
        ("这张照片中左边的人", "人", ("left",)),
        ("左边红色的杯子", "红色的杯子", ("left",)),
        ("站在左边的男人", "男人", ("left",)),
        ("一只猫在右边", "一只猫", ("right",)),
        ("正中央的喷泉", "喷泉", ("centre",)),
        ("左边中间的花", "花", ("left", "centre")),
        ("上面有一只鸟", "一只鸟", ("top",)),
        ("背景是雪山", "雪山", ("background",)),
        ("远处雪山", "雪山", ("background",)),
        ("巨大的气球", "巨大的气球", ("huge",)),
        ("超大的气球", "超大的气球", ("huge",)),
        ("特大的气球", "特大的气球", ("huge",)),
        ("非常大的气球", "非常大的气球", ("huge",)),
        ("很大的气球", "很大的气球", ("large",)),
        ("小的猫", "小的猫", ("small",)),
    ],
)
def test_places_leave_the_phrase(phrase: str, text: str, places: tuple[str, ...]) -> None:
    placed = split_place(phrase)
    assert (placed.text, placed.places) == (text, places)


@pytest.mark.parametrize(
    "phrase",
    ["购物中心", "中央公园", "市中心的街道", "左手", "右转标志", "左岸咖啡馆", "座右铭",
     "左右对称的建筑", "左半球", "下面条", "后面包车", "中间人", "背景音乐", "蓝色背景的证件照",
     "房子后面的树", "桌子中间的花瓶", "沙发左边的猫", "一只猫在沙发左边", "地图左边的标志",
     "桌子上面的书", "床底下的鞋", "上面有草莓的蛋糕", "上面写着字的牌子",
     "伟大的建筑", "胆小的猫", "强大的引擎", "不大的房子",
     "a car on the right side of the road", "a ring on the right hand", "a cat on the top shelf",
     "a dog in the middle of the road", "a giant panda"],
)  # fmt: skip
def test_what_is_beside_a_thing_or_within_a_name_is_no_place(phrase: str) -> None:
    placed = split_place(phrase)
    assert (placed.text, placed.places) == (phrase, ())


def test_boxes_agree_with_places() -> None:
    boxes = np.array([[0.0, 0.0, 0.2, 0.2], [0.8, 0.7, 1.0, 1.0], [0.1, 0.1, 0.9, 0.9]])
    assert fit(("left", "top"), boxes).tolist() == [1.0, 0.0, pytest.approx(1 / 3)]
    assert fit(("right", "bottom"), boxes)[1] == 1.0
    assert fit(("huge",), boxes).tolist() == [0.0, 0.0, 1.0]
    assert fit((), boxes).tolist() == [1.0, 1.0, 1.0]


def test_near_misses_keep_the_language() -> None:
    assert misses_named("a red cup", "blue") == ("a blue cup",)
    assert misses_named("红色的杯子", "蓝色") == ("蓝色的杯子",)
    assert misses_named("a red cup", "wooden") == ()
    misses = generated_misses("a red cup", ("a blue cup",))
    assert misses[0] == "a blue cup"
    assert len(misses) == 6
    assert "a red cup" not in misses
    assert generated_misses("a red cup", ()) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("red", "红色"),
        ("two dogs", "两只狗"),
        ("wooden", "木头"),
        ("left", "左边"),
        ("big", "大的"),
    ],
)
def test_attributes_mean_the_same_in_both_languages(one: str, other: str) -> None:
    (english,), (chinese,) = attributes(one), attributes(other)
    assert (english.family, english.kind) == (chinese.family, chinese.kind)


# ---------------------------------------------------------------- days and single filters


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2023年5月6日", "2023-05-06", "2023-05-06"),
        ("6 May 2023", "2023-05-06", "2023-05-06"),
        ("winter of 2021", "2021-12-01", "2022-02-28"),
        ("last summer", "2025-06-01", "2025-08-31"),
        ("去年夏天", "2025-06-01", "2025-08-31"),
        ("前年五月", "2024-05-01", "2024-05-31"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("上个月", "2026-10-01", "2026-10-31"),
        ("2019..2021", "2019-01-01", "2021-12-31"),
        ("2019年到2021年", "2019-01-01", "2021-12-31"),
        ("从2019年到2021年", "2019-01-01", "2021-12-31"),
        ("two years ago", "2024-01-01", "2024-12-31"),
        ("3 months ago", "2026-08-01", "2026-08-31"),
        ("两年前", "2024-01-01", "2024-12-31"),
        ("10天前", "2026-11-15", "2026-11-15"),
        ("last 7 days", "2026-11-18", "2026-11-25"),
        ("past two months", "2026-09-25", "2026-11-25"),
        ("最近三年", "2023-11-25", "2026-11-25"),
    ],
)
def test_days(text: str, first: str, last: str) -> None:
    assert parse_date(text, TODAY) == (Days(date.fromisoformat(first), date.fromisoformat(last)),)


@given(st.dates(date(1830, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d"]))
def test_every_day_is_read_back(day: date, form: str) -> None:
    assert parse_date(day.strftime(form), TODAY) == (Days(day, day),)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("camera=Nikon D750", Filters(cameras=("Nikon D750",))),
        ("rating>3", Filters(min_rating=4)),
        ("rating:★★", Filters(min_rating=2)),
        ("rating：>=4", Filters(min_rating=4)),
        ("评分：≥4", Filters(min_rating=4)),
        ("date<2020", Filters(taken=((None, "2019-12-31"),))),
        ("after:2020", Filters(taken=(("2021-01-01", None),))),
        ("since:2023", Filters(taken=(("2023-01-01", None),))),
        ("until:2023", Filters(taken=((None, "2023-12-31"),))),
        ("before:2023", Filters(taken=((None, "2022-12-31"),))),
        ("since:last summer", Filters(taken=(("2025-06-01", None),))),
        ("不早于:2023", Filters(taken=(("2023-01-01", None),))),
        ("不晚于：2023", Filters(taken=((None, "2023-12-31"),))),
        ("date>=2020", Filters(taken=(("2020-01-01", None),))),
        ("date<=2020", Filters(taken=((None, "2020-12-31"),))),
        ("date:2023..", Filters(taken=(("2023-01-01", None),))),
        ("date:..2023", Filters(taken=((None, "2023-12-31"),))),
        ("..2023-05", Filters(taken=((None, "2023-05-31"),))),
        ("类型：heif", Filters(formats=("heic",))),
        ("收藏", Filters(favourite=True)),
        ("2023", Filters(taken=(("2023-01-01", "2023-12-31"),))),
        (
            "date:2022,2024",
            Filters(taken=(("2022-01-01", "2022-12-31"), ("2024-01-01", "2024-12-31"))),
        ),
        ("date:July 4, 1965", Filters(taken=(("1965-07-04", "1965-07-04"),))),
        ("date:1960s", Filters(taken=(("1960-01-01", "1969-12-31"),))),
        ("before:1965", Filters(taken=((None, "1964-12-31"),))),
        ("orientation:portrait,square", Filters(orientations=("portrait", "square"))),
    ],
)
def test_single_filters(text: str, filters: Filters) -> None:
    assert parse_filter(text, TODAY) == filters


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("", "unknown", "camera:nikon"),
        ("nonsense", "unknown", "folder, date"),
        ("iso:100", "unknown", "camera:nikon"),
        ("camera:", "value", "a value is missing"),
        ("rating:9", "rating", "0 to 5 stars"),
        ("date:soon", "date", "2023-05-31"),
        ("before:2023-13-01", "date", "2023-05-31"),
        ("since:soon", "date", "2023-05-31"),
        ("until:2023..", "date", "2023-05-31"),
        ("date:..", "date", "2023-05-31"),
        ("date:2023-02-30", "date", "2023-05-31"),
        ("orientation:square,up", "orientation", "landscape, portrait or square"),
        ("orientation:up", "orientation", "landscape, portrait or square"),
        ("is:no", "is", "is:favourite"),
        ("type:exe", "type", "jpeg, png"),
    ],
)
def test_filters_that_are_none_are_refused(text: str, reason: str, hint: str) -> None:
    with pytest.raises(FilterError, match="not understood") as refused:
        parse_filter(text, TODAY)
    assert refused.value.params == {"filter": text, "reason": reason}
    assert repr(text) in str(refused.value)
    assert hint in str(refused.value)


# ---------------------------------------------------------------- boxes that stand out


def test_a_thing_on_a_plain_ground_gets_a_box() -> None:
    dense = np.tile(np.eye(16, dtype=np.float32)[0], (14, 18, 1))
    dense[4:8, 10:15] = np.eye(16, dtype=np.float32)[3]
    dense += np.random.default_rng(0).normal(0, 0.02, dense.shape).astype(np.float32)
    boxes = choose_boxes(dense, 8)
    assert boxes[0].tolist() == [0.0, 0.0, 1.0, 1.0]
    thing = np.array([10 / 18, 4 / 14, 15 / 18, 8 / 14])
    assert overlaps(thing, boxes[1:2])[0] >= 0.7, "the first after the whole photo"
    assert len(choose_boxes(dense, 8, whole=False)) == 8


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 32))
def test_any_map_gives_boxes_inside_the_photo(rows: int, columns: int, n_boxes: int) -> None:
    dense = np.random.default_rng(rows).normal(size=(rows, columns, 8)).astype(np.float32)
    boxes = choose_boxes(dense, n_boxes)
    assert 1 <= len(boxes) <= n_boxes
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] <= 1).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert len(np.unique(boxes, axis=0)) == len(boxes)
