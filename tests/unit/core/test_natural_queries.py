"""Sentences as people type them, and the chips that they become."""

from __future__ import annotations

import pytest

from app.core.language.places import PlacedPhrase, split_place
from app.core.language.request_words import names_no_thing, without_request
from app.core.queries import parse_query, tidy
from tests.chips import TODAY, chips


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("beach without people, dogs or boats", "beach | -people | -dogs | -boats"),
        ("no cars, people, or dogs", "-cars | -people | -dogs"),
        ("without dogs, cats and birds", "-dogs | -cats | -birds"),
        ("a city without any cars, buses, trucks or people",
         "a city | -cars | -buses | -trucks | -people"),
        ("a room without a bed, sofa, or table, with a window",
         "a room | -bed | -sofa | -table | a window"),
        ("海滩，没有人，车和狗", "海滩 | -人 | -车 | -狗"),
        ("海滩，不要人，船或者伞", "海滩 | -人 | -船 | -伞"),
        ("a balloon, not red, green or blue",
         "a balloon | -red balloon | -green balloon | -blue balloon"),
        ("without red, green or blue balloons", "-red, green or blue balloons"),
        ("cars which are neither red nor blue", "cars | -red cars | -blue cars"),
    ],
)  # fmt: skip
def test_a_list_is_excluded_to_its_end(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("no people, a dog", "-people | a dog"),
        ("without people, a dog and a cat", "-people | a dog | a cat"),
        ("no cars, no people and a dog", "-cars | -people | a dog"),
        ("beach, no people, sea and sky", "beach | -people | sea | sky"),
        ("without people, blue sky and boats", "-people | blue sky | boats"),
        ("a red cup, not blue, dogs and cats", "a red cup !a blue cup | dogs | cats"),
        ("海滩，没有人，蓝天和白云", "海滩 | -人 | 蓝天 | 白云"),
        ("海滩，没有人，狗、猫", "海滩 | -人 | 狗 | 猫"),
        ("没有人，背景里有山和湖", "-人 | 背景里有山 | 湖"),
    ],
)
def test_what_follows_an_exclusion_is_wanted(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("beach no people", "beach | -people"),
        ("dogs no cats no birds", "dogs | -cats | -birds"),
        ("a beach that doesn't have people", "a beach | -people"),
        ("photos that do not contain people", "-people"),
        ("a child who doesn’t wear shoes", "a child | -wear shoes"),
        ("I don't want to see any people", "-people"),
        ("a man not wearing a hat", "a man | -wearing a hat"),
        ("a girl who's not wearing shoes", "a girl | -wearing shoes"),
        ("the Eiffel Tower not at night", "the Eiffel Tower | -at night"),
        ("a dog w/o a leash", "a dog | -leash"),
        ("a dog not a cat", "a dog | -cat"),
        ("everything but people", "-people"),
        ("flowers other than roses", "flowers | -roses"),
        ("a bicycle instead of a car", "a bicycle | -car"),
        ("a blue car rather than a red one", "a blue car !a red car"),
        ("a car not red but blue", "a car | -red car | blue car"),
        ("a street with nobody in it", "a street | -person"),
        ("there is no one on the beach", "-person on the beach"),
        ("a house that has no windows", "a house | -windows"),
        ("a no parking sign", "a no parking sign"),
        ("not only dogs but also cats", "dogs | cats"),
        ("a man not far away", "a man not far away"),
        ("a knot in a rope", "a knot in a rope"),
        ("a cat NOT a dog", "a cat | -dog"),
        ("a cat NOT black", "a cat | -black cat"),
        ("a bus or a tram, not both", "a bus | a tram"),
        ("do not disturb sign", "do not disturb sign"),
        ("3 apples, not 4", "3 apples !four apples"),
        ("a dog, but not the ones from last year", "a dog"),
    ],
)
def test_everyday_english_negations(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("没戴帽子的女孩", "-戴帽子 | 女孩"),
        ("不穿鞋的小孩", "-穿鞋 | 小孩"),
        ("街上没车没人", "街上 | -车 | -人"),
        ("不包含人的照片", "-人"),
        ("除猫以外的动物", "-猫 | 动物"),
        ("去掉人的海滩", "-人 | 海滩"),
        ("排除戴帽子的人", "-戴帽子的人"),
        ("一只不是黑色的猫", "-黑色的猫 | 猫"),
        ("一只狗，一只不是黑色的猫", "一只狗 | -黑色的猫 | 猫"),
        ("既不是红色也不是蓝色的车", "-红色的车 | -蓝色的车 | 车"),
        ("红色的杯子，不是蓝色的杯子", "红色的杯子 | -蓝色的杯子"),
        ("不在左边的狗", "-左边的狗 | 狗"),
        ("既没有猫也没有狗", "-猫 | -狗"),
        ("不是猫而是狗", "-猫 | 狗"),
        ("显示所有没有人的照片", "-人"),
        ("沙滩上没有任何人", "沙滩上 | -人"),
        ("不要有人", "-人"),
        ("无人的沙滩", "-人 | 沙滩"),
        ("没什么人的海滩", "-人 | 海滩"),
        ("街上一个人也没有", "街上 | -人"),
        ("一辆车都没有的街道", "-车 | 街道"),
        ("没有一个人", "-人"),
        ("樱花，但不要有人的", "樱花 | -人"),
        ("除了狗什么都行", "-狗"),
        ("无人机", "无人机"),
        ("前景中有花，背景里没有人", "前景中有花 | -背景里的人"),
        ("没有people的beach", "-people | beach"),
        ("淹没的村庄", "淹没的村庄"),
        ("不锈钢锅", "不锈钢锅"),
    ],
)
def test_everyday_chinese_negations(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("骑着白色的马", "骑着白色的马"),
        ("戴着一顶蓝色的帽子的男孩", "戴着一顶蓝色的帽子 | 男孩"),
        ("撑着一把蓝色的伞，背景里有一辆黄色的出租车",
         "撑着一把蓝色的伞 | 背景里有一辆黄色的出租车"),
        ("穿着漂亮的裙子", "穿着漂亮的裙子"),
        ("背着大大的书包的学生", "背着大大的书包的学生"),
        ("停着很多车的停车场", "停着很多车 | 停车场"),
        ("穿着裙子的女孩", "穿着裙子 | 女孩"),
        ("拿着纸的人", "拿着纸 | 人"),
        ("海滩，不要穿泳衣的人", "海滩 | -穿泳衣的人"),
        ("不要漂亮的花", "-漂亮的花"),
        ("没有漂亮的花", "-漂亮的花"),
        ("不要我的猫", "-我的猫"),
        ("不要穿红色的衣服", "-穿红色的衣服"),
        ("不带伞的行人", "-伞 | 行人"),
        ("黑色或白色的猫", "黑色或白色的猫"),
        ("a red or blue umbrella", "a red or blue umbrella"),
        ("an umbrella that is yellow", "an umbrella that is yellow"),
        ("a cup that is on the left and a dog", "a cup that is on the left | a dog"),
        ("红色的和蓝色的杯子", "红色的杯子 | 蓝色的杯子"),
        ("Mt. Fuji at sunrise", "Mt. Fuji at sunrise"),
    ],
)  # fmt: skip
def test_what_belongs_together_stays_together(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    "name",
    ["颐和园的长廊", "雍和宫", "太和殿", "呼和浩特", "共和国的国旗", "祥和的村庄", "新疆和田玉"],
)
def test_names_are_not_torn_at_their_and(name: str) -> None:
    assert chips(name) == name


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("老太太和孩子", "老太太 | 孩子"),
        ("马和牛", "马 | 牛"),
        ("妈妈与女儿", "妈妈 | 女儿"),
        ("参与者", "参与者"),
        ("山和平原", "山 | 平原"),
        ("客厅和室内植物", "客厅 | 室内植物"),
        ("red car 和 blue car", "red car | blue car"),
    ],
)
def test_an_and_beside_such_words_still_joins(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "thing", "place", "other"),
    [
        ("a cup on the left, not on the right", "a cup", "left", "right"),
        ("a bird at the top, not at the bottom", "a bird", "top", "bottom"),
        ("a car on the left not on the right", "a car", "left", "right"),
    ],
)
def test_another_place_is_excluded_alone(typed: str, thing: str, place: str, other: str) -> None:
    wanted, excluded = parse_query(typed, TODAY).phrases
    assert (wanted.need, split_place(wanted.text)) == ("optional", PlacedPhrase(thing, (place,)))
    assert (excluded.need, split_place(excluded.text)) == (
        "excluded", PlacedPhrase(thing, (other,)),
    )  # fmt: skip


# ---------------------------------------------------------------- words that only ask


@pytest.mark.parametrize(
    "typed",
    [
        "my photos from 2023",
        "photos taken between 2022 and 2023",
        "photos taken last summer",
        "pictures I took last summer",
        "photos taken by me in 2020",
        "every photo from 2023",
        "last year's photos",
        "所有2023年的照片",
        "我去年拍的照片",
        "给我看2023年拍的所有照片",
    ],
)
def test_filters_are_all_that_is_asked(typed: str) -> None:
    query = parse_query(typed, TODAY)
    assert (query.phrases, query.text) == ((), "")
    assert query.filters.taken


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("everything except cats", "-cats"),
        ("a photo without a penguin", "-penguin"),
        ("照片里没有人", "-人"),
        ("我想要去年的照片，不要有人", "-人"),
        ("do you have any pictures of horses?", "horses"),
        ("either a cat or a dog", "a cat | a dog"),
        ("1/2 cup of flour", "1/2 cup of flour"),
        ("cat/dog", "cat | dog"),
        ("nothing except dogs", "-dogs"),
        ("I'm looking for a red umbrella", "a red umbrella"),
        ("please find me a red car", "a red car"),
        ("find me something with a boat", "a boat"),
        ("jpegs of receipts", "receipts"),
        ("在海边拍的照片", "在海边"),
        ("can you show me all my pictures of Paris", "Paris"),
        ("photos I took of the moon", "the moon"),
        ("请找出所有有狗的照片", "有狗"),
        ("我想找一只猫", "一只猫"),
        ("帮我找一下红色的汽车", "红色的汽车"),
        ("请帮我找一张日落的照片", "日落"),
        ("你能帮我找一下猫吗", "猫"),
        ("有没有猫的照片", "猫"),
        ("请搜索：红色汽车", "红色汽车"),
        ("照片里有两个人", "两个人"),
    ],
)
def test_requests_leave_the_chips(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a wall with a picture", "a wall | a picture"),
        ("看电视的猫", "看电视 | 猫"),
        *(
            (name, name)
            for name in ("a picture book", "photo album", "just married car", "请柬", "显示屏",
                         "找不到的东西", "地图上的城市", "照片墙")
        ),
    ],
)  # fmt: skip
def test_things_that_look_like_requests_stay(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("words", "is_first", "nothing"),
    [
        ("my photos", False, True),
        ("a photo", True, True),
        ("a photo", False, False),
        ("一只", False, True),
        ("我们的照片", False, True),
        ("a photographer", True, False),
    ],
)
def test_what_names_no_thing(words: str, is_first: bool, nothing: bool) -> None:
    assert names_no_thing(words, is_first) is nothing


def test_marks_at_the_ends_go_with_the_request() -> None:
    assert without_request("（还有，“一只狗”）") == "一只狗"


# ---------------------------------------------------------------- how it is typed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ｒｅｄ ｃｕｐ，ｎｏｔ ｂｌｕｅ", "red cup !blue cup"),
        ("海滩 ＋狗", "海滩 | +狗"),
        ("＂黑猫，白狗＂ 草地", "黑猫，白狗 | 草地"),
        ("‘黑猫和白狗’，草地", "黑猫和白狗 | 草地"),
        ("the boys’ dogs and cats’ toys", "the boys’ dogs | cats’ toys"),
        ("a red cup（不是蓝色）", "a red cup !a blue cup"),
        ("a tall building (not a church), at night", "a tall building | -church | at night"),
    ],
)
def test_full_width_forms_and_marks(typed: str, expected: str) -> None:
    assert chips(typed) == expected


def test_full_width_digits_are_a_filter() -> None:
    assert parse_query("２０２３年的猫", TODAY).filters.taken == (("2023-01-01", "2023-12-31"),)
    assert tidy("Ａ１＝ｚ，？") == "A1=z，？"


def test_what_is_described_has_no_lone_brackets() -> None:
    assert parse_query("a cat (black) on a mat", TODAY).text == "a cat, black, on a mat"
