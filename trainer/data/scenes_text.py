"""Captions, region phrases and hard negatives in English and Chinese."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from trainer.data.names import with_article
from trainer.data.scenes_words import (
    COLOURS,
    FINISHES,
    NEAR_COLOURS,
    NUMBERS,
    OPPOSITE,
    PLACES,
    SIZES,
    STYLES,
    Kind,
    Word,
    kinds,
)

N_NEGATIVES = 10
Box = tuple[float, float, float, float]

# One may be called the other, or looks like it: no fair swap.
ALIKE = (
    {"tree", "pinetree"},
    {"bird", "duck", "penguin"},
    {"balloon", "hotairballoon", "kite"},
    {"cactus", "pottedplant", "flower"},
    {"house", "castle", "lighthouse"},
    {"cup", "teapot"},
    {"chair", "sofa"},
    {"ball", "balloon", "apple"},
    {"star", "moon"},
    {"car", "bus"},
)
# Patterns that a kind shows whatever its finish is.
ALWAYS_SHOWS = {
    "ball": {"striped"},
    "butterfly": {"dotted"},
    "hotairballoon": {"striped", "checked"},
    "icecream": {"checked"},
    "lighthouse": {"striped"},
    "mushroom": {"dotted"},
    "strawberry": {"dotted"},
    "turtle": {"checked", "dotted"},
    "umbrella": {"striped"},
    "watermelon": {"dotted", "striped"},
    "robot": {"checked", "dotted"},
    "gift": {"striped", "checked"},
    "cake": {"striped"},
    "bus": {"striped", "checked"},
    "kite": {"checked", "striped"},
    "airplane": {"dotted"},
}
PATTERNS = ("striped", "dotted", "checked")


@dataclass(frozen=True)
class Traits:
    """What can be said about one region; ``place`` is empty where it goes unsaid."""

    kind: str
    colour: str
    finish: str
    size: str
    number: int
    place: str

    @property
    def words(self) -> Kind:
        """The words of the kind."""
        return kinds()[self.kind]


def place_of(box: Box) -> str:
    """Name the place of a box given in 0..1 of the picture."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    down = "top" if y < 0.34 else "bottom" if y > 0.66 else ""
    across = "left" if x < 0.36 else "right" if x > 0.64 else ""
    return f"{down} {across}".strip() or "centre"


# ---------------------------------------------------------------- phrases


def phrase(traits: Traits) -> Word:
    """Say everything about a region, in both languages."""
    en, zh = noun_phrase(traits)
    if traits.place:
        place = PLACES[traits.place]
        return Word(f"{en} {place.en}", f"{place.zh}的{zh}")
    return Word(en, zh)


def noun_phrase(traits: Traits) -> tuple[str, str]:
    """Say what it is without its place."""
    return _english(traits), _chinese(traits)


def kind_name(kind: Kind, number: int = 1) -> Word:
    """Say only what it is: "a cup", "cups"."""
    return Word(with_article(kind.en) if number == 1 else kind.plural, kind.zh)


def bare_name(kind: Kind) -> Word:
    """Say what it is in the dictionary's form: "cup"."""
    return Word(kind.en, kind.zh)


def _english(traits: Traits) -> str:
    kind = traits.words
    look = COLOURS[traits.colour].en
    if traits.finish != "plain":
        look = f"{look} {FINISHES[traits.finish].en}"
    noun = kind.en if traits.number == 1 else kind.plural
    size = SIZES[traits.size].en
    if kind.en_tail:
        each = "each " if traits.number > 1 else ""
        said = f"{size} {noun} {each}{kind.en_tail.format(look)}".strip()
    else:
        said = f"{size} {look} {noun}".strip()
    if traits.number == 1:
        return f"{'an' if said[0] in 'aeiou' else 'a'} {said}"
    return f"{NUMBERS[traits.number].en} {said}"


def _chinese(traits: Traits) -> str:
    kind = traits.words
    look = COLOURS[traits.colour].zh
    if traits.finish != "plain":
        look += FINISHES[traits.finish].zh
    head = kind.zh_head.format(look) if kind.zh_head else f"{look}的"
    return f"{NUMBERS[traits.number].zh}{kind.measure}{head}{SIZES[traits.size].zh}{kind.zh}"


def every_phrase() -> Iterator[str]:
    """Each kind in each colour, in both languages; finishes, sizes, numbers and places in turn."""
    finishes, sizes, numbers, places = map(itertools.cycle, (FINISHES, SIZES, NUMBERS, PLACES))
    for kind, colour in itertools.product(kinds(), COLOURS):
        traits = Traits(kind, colour, next(finishes), next(sizes), next(numbers), next(places))
        said = phrase(traits)
        yield said.en
        yield said.zh


# ---------------------------------------------------------------- captions


def short_caption(regions: Sequence[Traits], place: Word, rng: random.Random) -> Word:
    """One sentence: what there is, and where the scene is. At most three groups are named."""
    named = [replace(traits, size="medium", place="") for traits in regions[:3]]
    phrases = [noun_phrase(traits) for traits in named]
    en, zh = _listed([each[0] for each in phrases], " and "), _listed_zh([p[1] for p in phrases])
    form = rng.randrange(3)
    if form == 0:
        return Word(f"{_upper(en)} {place.en}.", f"{place.zh}有{zh}。")
    if form == 1:
        verb = "is" if regions[0].number == 1 else "are"
        return Word(f"There {verb} {en} {place.en}.", f"{zh}，在{place.zh}。")
    return Word(f"{_upper(place.en)}: {en}.", f"{place.zh}的{zh}。")


def long_caption(
    regions: Sequence[Traits],
    boxes: Sequence[Box],
    place: Word,
    style: str,
    rng: random.Random,
) -> Word:
    """Several sentences: style, scene, every group with its place, some relations."""
    look = STYLES[style]
    if rng.random() < 0.5:
        en, zh = (
            [f"This is {look.en} of a scene {place.en}."],
            [f"这是一幅{look.zh}，场景在{place.zh}。"],
        )
    else:
        en = [f"{_upper(look.en)} shows a scene {place.en}."]
        zh = [f"一幅{look.zh}，画的场景在{place.zh}。"]
    told = []
    for traits in regions:
        said = noun_phrase(traits)
        where = PLACES[traits.place]
        verb = "is" if traits.number == 1 else "are"
        en.append(f"{_upper(where.en)} there {verb} {said[0]}.")
        told.append(f"{where.zh}有{said[1]}")
    zh.append("，".join(told) + "。")
    for relation in _relations(regions, boxes)[: 1 + rng.randrange(2)]:
        en.append(relation.en)
        zh.append(relation.zh)
    return Word(" ".join(en), "".join(zh))


def _relations(regions: Sequence[Traits], boxes: Sequence[Box]) -> list[Word]:
    """Sentences on pairs that lie clearly beside or above each other."""
    found = []
    for i, first in enumerate(regions):
        for j, second in enumerate(regions):
            if i == j or first.kind == second.kind:
                continue
            a, b = _the(first), _the(second)
            verb = "is" if first.number == 1 else "are"
            if boxes[i][2] < boxes[j][0] and i < j:
                found.append(
                    Word(f"{a.en} {verb} to the left of {_lower(b.en)}.", f"{a.zh}在{b.zh}的左边。")
                )
            elif boxes[i][3] < boxes[j][1]:
                found.append(
                    Word(f"{a.en} {verb} higher than {_lower(b.en)}.", f"{a.zh}在{b.zh}的上方。")
                )
    return found


def _the(traits: Traits) -> Word:
    kind = traits.words
    return Word(f"The {kind.en if traits.number == 1 else kind.plural}", kind.zh)


def _listed(items: Sequence[str], last: str) -> str:
    if len(items) == 1:
        return items[0]
    return ", ".join(items[:-1]) + last + items[-1]


def _listed_zh(items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return "、".join(items[:-1]) + "和" + items[-1]


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


# ---------------------------------------------------------------- hard negatives


def negatives(true: Traits, said: Traits, rng: random.Random) -> list[Traits]:
    """Choose ten descriptions that differ in a detail and are false of the region.

    Args:
        true: all that holds, ``place`` included.
        said: what the region's phrase says; the negatives have its form.
        rng: decides among those that are false.
    """
    swaps = [
        _other_colours(true, said, rng)[:3],
        _other_kinds(true, said, rng)[:2],
        _other_numbers(said, rng)[:2],
        _other_finishes(true, said, rng)[:2],
        _other_sizes(true, said),
        _other_places(true, said, rng)[:2],
    ]
    chosen = [swap for kind_of_swap in swaps for swap in kind_of_swap][:N_NEGATIVES]
    rest = [*_other_colours(true, said, rng)[3:], *_other_kinds(true, said, rng)]
    rest += [replace(swap, number=1 + swap.number % 4) for swap in _other_colours(true, said, rng)]
    for extra in rest:
        if len(chosen) == N_NEGATIVES:
            break
        if extra not in chosen:
            chosen.append(extra)
    rng.shuffle(chosen)
    return chosen


def changed_trait(said: Traits, wrong: Traits) -> str:
    """The name of the first trait in which a negative differs from what the phrase says."""
    names = (each.name for each in fields(Traits))
    return next(name for name in names if getattr(said, name) != getattr(wrong, name))


def _other_colours(true: Traits, said: Traits, rng: random.Random) -> list[Traits]:
    near = {name for pair in NEAR_COLOURS if true.colour in pair for name in pair}
    far = [name for name in COLOURS if name != true.colour and name not in near]
    rng.shuffle(far)
    return [replace(said, colour=name) for name in far]


def alike(kind: str) -> set[str]:
    """The kind, and those that may be called by its name or look like it."""
    return {name for group in ALIKE if kind in group for name in group} | {kind}


def unlike(kind: str) -> list[str]:
    """All other kinds, in their order."""
    left_out = alike(kind)
    return [name for name in kinds() if name not in left_out]


def _other_kinds(true: Traits, said: Traits, rng: random.Random) -> list[Traits]:
    others = unlike(true.kind)
    rng.shuffle(others)
    others.sort(key=lambda name: kinds()[name].family != true.words.family)
    return [replace(said, kind=name) for name in others]


def _other_numbers(said: Traits, rng: random.Random) -> list[Traits]:
    others = [number for number in (1, 2, 3, 4, 5) if number != said.number]
    rng.shuffle(others)
    return [replace(said, number=number) for number in others]


def _other_finishes(true: Traits, said: Traits, rng: random.Random) -> list[Traits]:
    shown = ALWAYS_SHOWS.get(true.kind, set()) | {true.finish}
    others = [name for name in PATTERNS if name not in shown]
    rng.shuffle(others)
    return [replace(said, finish=name) for name in others]


def _other_sizes(true: Traits, said: Traits) -> list[Traits]:
    opposite = {"small": "large", "large": "small"}.get(true.size)
    return [replace(said, size=opposite)] if opposite else []


def _other_places(true: Traits, said: Traits, rng: random.Random) -> list[Traits]:
    others = list(OPPOSITE[true.place])
    rng.shuffle(others)
    return [replace(said, place=name) for name in others]
