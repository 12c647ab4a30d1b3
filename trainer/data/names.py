"""What the class names of the photo sets mean: corrections, wider names, measure words."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Machine-made Chinese names that are wrong or too vague, by the first English name.
CORRECTED_ZH = {
    "Chihuahua": "吉娃娃犬",
    "Yorkshire terrier": "约克夏梗犬",
    "academic gown": "学位袍",
    "bannister": "楼梯扶手",
    "barn": "谷仓",
    "barrel": "木桶",
    "beach wagon": "旅行车",
    "beaker": "烧杯",
    "birdhouse": "鸟屋",
    "brass": "铜牌",
    "broom": "扫帚",
    "cliff dwelling": "崖居",
    "comic book": "漫画书",
    "confectionery": "糖果店",
    "desk": "书桌",
    "dining table": "餐桌",
    "dugong": "儒艮",
    "espresso": "浓缩咖啡",
    "freight car": "货运车厢",
    "gasmask": "防毒面具",
    "gondola": "贡多拉小船",
    "guacamole": "牛油果酱",
    "iPod": "音乐播放器",
    "king penguin": "王企鹅",
    "magnetic compass": "指南针",
    "maypole": "五月柱",
    "meat loaf": "肉饼",
    "monarch": "帝王蝶",
    "orangutan": "红毛猩猩",
    "plastic bottle": "塑料瓶",
    "plunger": "马桶搋子",
    "poncho": "斗篷",
    "pop bottle": "汽水瓶",
    "potpie": "馅饼",
    "potter's wheel": "拉坯轮",
    "pretzel": "椒盐卷饼",
    "projectile": "导弹",
    "punching bag": "沙袋",
    "rainy street": "下雨的街道",
    "sailing boat": "帆船",
    "sandal": "凉鞋",
    "sea slug": "海蛞蝓",
    "slug": "蛞蝓",
    "snorkel": "呼吸管",
    "space heater": "取暖器",
    "spiny lobster": "龙虾",
    "sulphur butterfly": "黄蝴蝶",
    "tarantula": "捕鸟蛛",
    "thatch": "茅草屋顶",
    "torch": "火炬",
    "turnstile": "闸机",
    "wok": "炒锅",
}

# Wider name in both languages -> the class names it covers.
WIDER = {
    ("dog", "狗"): (
        "Chihuahua",
        "German shepherd",
        "Labrador retriever",
        "Yorkshire terrier",
        "golden retriever",
        "standard poodle",
        "dalmatian dog",
    ),
    ("cat", "猫"): ("Egyptian cat", "Persian cat", "tabby", "wild cat"),
    ("butterfly", "蝴蝶"): ("monarch", "sulphur butterfly"),
    ("elephant", "大象"): ("African elephant",),
    ("bear", "熊"): ("brown bear",),
    ("monkey", "猴子"): ("baboon", "chimpanzee", "orangutan"),
    ("bird", "鸟"): (
        "albatross",
        "black stork",
        "goose",
        "king penguin",
        "flamingo",
        "ibis bird",
        "pigeon",
        "rooster",
        "emu",
        "head of a flamingo",
    ),
    ("insect", "昆虫"): (
        "bee",
        "fly",
        "grasshopper",
        "ladybug",
        "mantis",
        "walking stick",
        "dragonfly",
        "cockroach",
        "ant",
    ),
    ("spider", "蜘蛛"): ("black widow", "tarantula"),
    ("crocodile", "鳄鱼"): ("American alligator", "head of a crocodile"),
    ("car", "汽车"): (
        "convertible",
        "limousine",
        "sports car",
        "beach wagon",
        "police van",
        "car seen from the side",
    ),
    ("bus", "公交车"): ("school bus", "trolleybus"),
    ("boat", "船"): (
        "gondola",
        "lifeboat",
        "ferry boat",
        "sailing boat",
        "schooner sailing ship",
    ),
    ("bridge", "桥"): ("steel arch bridge", "suspension bridge", "viaduct"),
    ("flower", "花"): (
        "daisy",
        "dandelion",
        "rose",
        "sunflower",
        "tulip",
        "lotus flower",
        "water lily",
    ),
    ("fruit", "水果"): (
        "apple",
        "banana",
        "lemon",
        "lime",
        "mango",
        "melon",
        "nectarine",
        "orange",
        "papaya",
        "peach",
        "pear",
        "pineapple",
        "plum",
        "pomegranate",
        "satsuma",
        "strawberry",
        "grapefruit",
        "kiwi fruit",
        "passion fruit",
    ),
    ("vegetable", "蔬菜"): (
        "asparagus",
        "aubergine",
        "bell pepper",
        "cabbage",
        "carrots",
        "cauliflower",
        "cucumber",
        "garlic",
        "ginger",
        "leek",
        "onion",
        "potatoes",
        "red beet",
        "tomatoes",
        "zucchini",
    ),
    ("chair", "椅子"): ("rocking chair", "windsor chair"),
    ("bottle", "瓶子"): (
        "beer bottle",
        "pill bottle",
        "pop bottle",
        "glass bottle",
        "plastic bottle",
    ),
    ("guitar", "吉他"): ("electric guitar",),
    ("house", "房子"): ("front of a house",),
    ("room", "房间"): ("bathroom", "bedroom", "kitchen"),
    ("beach", "海滩"): ("seashore",),
    ("mountain", "山"): ("alp", "cliff"),
    ("ball", "球"): ("basketball", "rugby ball", "soccer ball", "volleyball"),
    ("face", "脸"): ("human face",),
    ("lobster", "龙虾"): ("American lobster", "spiny lobster", "crayfish"),
    ("clothes", "衣服"): (
        "blazer",
        "blouse",
        "dress",
        "hoodie",
        "jacket",
        "long-sleeved shirt",
        "pants",
        "polo shirt",
        "shirt",
        "shorts",
        "skirt",
        "t-shirt",
        "top",
        "undershirt",
    ),
}

_ANIMALS = {"dog", "cat", "butterfly", "elephant", "bear", "monkey", "bird", "insect", "spider"}
_MEASURE_WORDS = {
    **dict.fromkeys(_ANIMALS | {"crocodile", "lobster"}, "只"),
    "car": "辆",
    "bus": "辆",
    "boat": "艘",
    "bridge": "座",
    "mountain": "座",
    "flower": "朵",
    "room": "间",
    "clothes": "件",
    "chair": "把",
    "guitar": "把",
    "house": "栋",
    "face": "张",
    "beach": "片",
    "horse": "匹",
    "giraffe": "只",
    "person": "个",
}
_NO_ARTICLE = {
    "clothes", "paper", "cardboard", "garlic", "ginger", "asparagus", "sour cream", "sour milk",
    "soy milk", "oat milk", "yoghurt", "soy yoghurt", "oat yoghurt", "ice cream", "guacamole",
    "espresso", "sunrise", "cloudy sky", "sunny sky", "rainy street", "mashed potato",
    "binoculars", "headphones", "scissors",
}  # fmt: skip
_LATIN_NAME = re.compile(r"^[A-Z][a-z]+ [a-z]+$")


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class in both languages: its names (first is the usual one), the wider name if any."""

    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]
    wider: tuple[str, str] | None
    measure_word: str

    @property
    def concepts(self) -> frozenset[str]:
        """What a photo of this class certainly shows, as English names."""
        return frozenset({self.names_en[0]} | ({self.wider[0]} if self.wider else set()))


def class_name(label_en: str, label_zh: str) -> ClassName:
    """Names, wider name and measure word of a class as the photo sets label it."""
    parts = [part.strip() for part in label_en.split(",")]
    names_en = [parts[0]] + [
        part for part in parts[1:] if not _LATIN_NAME.match(part) and len(part) > 3
    ]
    corrected = CORRECTED_ZH.get(parts[0])
    names_zh = [corrected] if corrected else re.split("[,，]", label_zh)
    wider = next((name for name, members in WIDER.items() if parts[0] in members), None)
    measure = _MEASURE_WORDS.get(wider[0] if wider else parts[0].lower(), "个")
    return ClassName(tuple(dict.fromkeys(names_en)), tuple(dict.fromkeys(names_zh)), wider, measure)


def with_article(name: str) -> str:
    """``"a cat"``, ``"an apple"``, ``"scissors"``."""
    plural = name.endswith("s") and not name.endswith(("ss", "us", "is"))
    if name in _NO_ARTICLE or plural:
        return name
    return f"an {name}" if name[0].lower() in "aeiou" else f"a {name}"
