"""Words that people put around what they look for, negations in sentences, and pasted text."""

from __future__ import annotations

import pytest

from app.core.language.places import split_place
from app.core.queries import tidy
from tests.chips import chips


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Hi! Could you please find me the picture where we are dancing? Thanks!",
         "we are dancing"),
        ("hey can you find that photo of our old tractor", "our old tractor"),
        ("where's the picture with the two swans", "the two swans"),
        ("looking for a picture with a lighthouse", "a lighthouse"),
        ("a man looking for his keys", "a man looking for his keys"),
        ("i'm trying to find a photo of a rainbow", "a rainbow"),
        ("I can't find a picture of our cat on the sofa", "our cat on the sofa"),
        ("are there any pictures of boats?", "boats"),
        ("show photos containing both a dog and a cat", "a dog | a cat"),
        ("pictures which show a bridge at night", "a bridge at night"),
        ("The photo shows a narrow alley, with a cat", "a narrow alley | a cat"),
        ("find: red car", "red car"),
        ("the one with the pink float", "the pink float"),
        ("hello kitty", "hello kitty"),
        ("search and rescue dog", "search | rescue dog"),
        ("one dog and nothing else", "one dog"),
        ("photos of food please", "food"),
        ("I think it was in 2019, a lake", "a lake"),
        ("everything from our trip to Italy", "our trip to Italy"),
        ("our old car, maybe from the 70s", "our old car"),
    ],
)  # fmt: skip
def test_english_requests_leave_the_phrases(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("你好，我想找一张小狗在草地上奔跑的照片", "一张小狗在草地上奔跑"),
        ("能不能帮忙找一下小朋友吹蜡烛的照片呢", "小朋友吹蜡烛"),
        ("找找在海边拍的有红色雨伞的照片好吗？谢谢！", "在海边拍的有红色雨伞"),
        ("随便来几张猫的照片吧", "猫"),
        ("来一张日出", "日出"),
        ("那张我们在长城上的合影呢", "我们在长城上的合影"),
        ("我之前拍的那个彩虹", "彩虹"),
        ("请显示所有包含自行车的图片", "自行车"),
        ("除了猫都可以", "-猫"),
        ("猫和狗，都要", "猫 | 狗"),
        ("既有猫又有狗的照片", "猫 | 狗"),
        ("要么猫要么狗", "猫 | 狗"),
        ("海边的酒吧", "海边的酒吧"),
        ("一件毛呢", "一件毛呢"),
        ("好像是去年，湖边的天鹅", "湖边的天鹅"),
        ("莉莉吹蜡烛的那张", "莉莉吹蜡烛"),
    ],
)
def test_chinese_requests_leave_the_phrases(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("beach wihtout people", "beach | -people"),
        ("beach whitout people", "beach | -people"),
        ("beach with out people", "beach | -people"),
        ("a man with out of focus lights", "a man | out of focus lights"),
        ("street without anyone", "street | -person"),
        ("a street with no one around", "a street | -person"),
        ("a room with no furniture at all", "a room | -furniture"),
        ("a lake without a single boat", "a lake | -boat"),
        ("a bike lane with hardly any cars", "a bike lane | -cars"),
        ("a crowd, none of them wearing a mask", "a crowd | -wearing a mask"),
        ("a field free of people", "a field | -people"),
        ("toys free of charge", "toys free of charge"),
        ("i don't like dogs", "-dogs"),
        ("don't show me dogs", "-dogs"),
        ("please leave out dogs", "-dogs"),
        ("without: people", "-people"),
        ("no text/watermark", "-text | -watermark"),
        ("a sign that says no dogs allowed", "a sign | says no dogs allowed"),
        ("No. 10 Downing Street", "No. 10 Downing Street"),
        ("a man no longer young", "a man no longer young"),
        ("dogs not cats", "dogs | -cats"),
        ("faces not visible", "faces not visible"),
        ("not blue, red cup", "-blue cup | red cup"),
        ("red, not blue cups", "red cups | -blue cups"),
        ("not a blue but a red cup", "-blue cup | a red cup"),
        (
            "a man without a hat is giving flowers to a girl",
            "a man | -hat | giving flowers to a girl",
        ),
        ("a man without a hat sitting on a bench", "a man | -hat | sitting on a bench"),
        ("a street without people walking", "a street | -people walking"),
        ("a house without a swimming pool", "a house | -swimming pool"),
        ("a man is singing in the rain", "a man is singing in the rain"),
        ("a beach with no people at sunset", "a beach | -people | at sunset"),
        ("two women, neither of whom is wearing glasses", "two women | -wearing glasses"),
        ("children, not the ones with dogs", "children | -dogs"),
        ("a dog - no leash", "a dog | -leash"),
        ("beach w/out people", "beach | -people"),
        ("beach w/ people", "beach | people"),
        ("beach sans people", "beach | -people"),
        ("a poster in Comic Sans", "a poster in Comic Sans"),
        ("people-free beach", "-people | beach"),
        ("a car-free street at night", "-car | street at night"),
        ("a sugar-free drink", "a sugar-free drink"),
        ("dog not cat", "dog | -cat"),
        ("do not enter", "do not enter"),
        ("tree without leaves in winter", "tree | -leaves | in winter"),
    ],
)
def test_english_negations_in_sentences(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("空无一人的街道", "-人 | 街道"),
        ("看不见脸的人", "-脸 | 人"),
        ("看不到尽头的路", "看不到尽头 | 路"),
        ("背景里不能有人", "-背景里的人"),
        ("不希望看到狗", "-狗"),
        ("未戴口罩的人", "-戴口罩 | 人"),
        ("未完工的大楼", "未完工的大楼"),
        ("无云的天空", "-云 | 天空"),
        ("无边的大海", "无边的大海"),
        ("有猫无狗", "有猫 | -狗"),
        ("没有一朵云的天空", "-云 | 天空"),
        ("没什么车的路", "-车 | 路"),
        ("没有太多人的海滩", "-人 | 海滩"),
        ("没有了叶子的树", "-叶子 | 树"),
        ("几乎没有人", "-人"),
        ("没有狗只有猫", "-狗 | 猫"),
        ("一只有斑点的狗", "一只有斑点的狗"),
        ("没有狗，但有猫", "-狗 | 有猫"),
        ("一个人都没戴帽子", "一个人 | -戴帽子"),
        ("除红色外的气球", "-红色的气球 | 气球"),
        ("非红色的车", "-红色的车 | 车"),
        ("非洲的大象", "非洲的大象"),
        ("白天而非夜晚", "白天 | -夜晚"),
        ("三只而不是两只狗", "三只狗 | -两只狗"),
        ("要红色的而不是蓝色的车", "红色的车 | -蓝色的车"),
        ("不是很大的狗", "不是很大的狗"),
        ("过滤掉人", "-人"),
        ("没什么人的、夕阳下的海滩", "-人 | 夕阳下的海滩"),
        ("不要红色的、蓝色的气球", "-红色的 | -蓝色的气球"),
        ("两个人，其中一个没有看镜头", "两个人 | -看镜头"),
        ("不只有猫还有狗", "猫 | 狗"),
        ("不是猫就是狗", "不是猫就是狗"),
        ("不要白天的，要晚上的城市", "-白天 | 晚上的城市"),
        ("没人的海滩", "-人 | 海滩"),
        ("不带人的", "-人"),
        ("没有猫但有狗", "-猫 | 有狗"),
        ("小明不在的照片", "-小明"),
    ],
)
def test_chinese_negations_in_sentences(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sunset not sunrise", "sunset !sunrise"),
        ("a sunset over the sea, not sunrise", "a sunset over the sea !a sunrise over the sea"),
        ("海边的日落，不是日出", "海边的日落 !海边的日出"),
        ("a sunset and a beach", "a sunset | a beach"),
        ("sunset and sunrise", "sunset | sunrise"),
        ("sunset without a sunrise", "sunset | -sunrise"),
        ("beach, not sunrise", "beach | -sunrise"),
    ],
)
def test_what_looks_alike_is_contrasted(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("#sunset #beach", "sunset | beach"),
        ("#海边 #日落", "海边 | 日落"),
        ("a jersey with a #7", "a jersey | a #7"),
        ("• a dog • a cat", "a dog | a cat"),
        ("红色的车——在雪地里", "红色的车 | 在雪地里"),
        ("dog + cat", "dog | cat"),
        ("a\u200b red\ufeff cup\u200e", "a red cup"),
    ],
)
def test_pasted_text(typed: str, expected: str) -> None:
    assert chips(typed) == expected


def test_joined_emoji_stay_joined() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert tidy(f"{family}\u200b ") == family


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("老人坐在河边的木椅上钓鱼", "老人坐在河边的木椅上钓鱼"),
        ("坐在河边的老人", "坐在河边 | 老人"),
        ("脚边趴着一只黄白相间的小狗", "脚边趴着一只黄白相间的小狗"),
        ("餐桌上摆着一盘切好的西瓜", "餐桌上摆着一盘切好的西瓜"),
        ("牵着一只狗的女孩", "牵着一只狗 | 女孩"),
        ("两杯冒着热气的咖啡", "两杯冒着热气的咖啡"),
        ("两杯冒着热气 | 咖啡", "两杯冒着热气 | 咖啡"),
        ("一本打开的书", "一本打开的书"),
        ("飞机窗外的机翼", "飞机窗外的机翼"),
        ("停车场的红色汽车", "停车场的红色汽车"),
        ("坐飞机的小孩", "坐飞机 | 小孩"),
        ("左边一只黑猫右边一只白猫", "左边一只黑猫 | 右边一只白猫"),
        ("沙发右边有一只猫", "沙发右边有一只猫"),
        ("cat和dog", "cat | dog"),
        ("macro f/2.8", "macro f/2.8"),
    ],
)
def test_captions_are_cut_where_clauses_end(typed: str, expected: str) -> None:
    assert chips(typed) == expected


@pytest.mark.parametrize(
    ("phrase", "places"),
    [
        ("a small dog on a big rock", ("small",)),
        ("two dogs chasing a small ball", ()),
        ("a woman under a large red umbrella", ()),
        ("a big red building", ("large",)),
        ("抱着很大的熊", ()),
        ("很大的熊", ("large",)),
        ("不太大的狗", ()),
        ("in the top right hand corner", ("right", "top")),
        ("a dog on the extreme left", ("left",)),
        ("背景为大海", ("background",)),
        ("远方的山", ("background",)),
        ("中间那个人", ("centre",)),
    ],
)
def test_places_and_the_size_of_what_is_named(phrase: str, places: tuple[str, ...]) -> None:
    assert split_place(phrase).places == places
