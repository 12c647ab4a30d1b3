"""Scenes: deterministic, with tight boxes and texts that are true."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.data.scenes import Scene, Wish, iter_scenes, make_scene, paint
from trainer.data.scenes_plan import MAX_OVERLAP, make_plan
from trainer.data.scenes_styles import STYLE_PAINTERS
from trainer.data.scenes_text import place_of
from trainer.data.scenes_words import COLOURS, FINISHES, STYLES, kinds

SEEDS = st.integers(0, 2**31)
SHAPES = st.sampled_from([(96, 72), (72, 96), (80, 80), (160, 60)])
quick = settings(max_examples=12)


def _pixels(scene: Scene) -> np.ndarray:
    return np.asarray(scene.image, dtype=np.int16)


@quick
@given(seed=SEEDS, size_px=SHAPES)
def test_a_seed_gives_one_scene(seed: int, size_px: tuple[int, int]) -> None:
    first, second = make_scene(seed, size_px), make_scene(seed, size_px)
    assert first.image.tobytes() == second.image.tobytes()
    assert first.objects == second.objects
    assert (first.short, first.long) == (second.short, second.long)
    assert first.image.size == size_px
    assert first.image.mode == "RGB"


def test_seeds_give_different_scenes() -> None:
    captions = {scene.long.en for scene in iter_scenes(3, 30)}
    assert len(captions) == 30


def test_a_scene_does_not_depend_on_those_before_it() -> None:
    assert [s.long for s in iter_scenes(5, 4)][:2] == [s.long for s in iter_scenes(5, 2)]


@quick
@given(seed=SEEDS, size_px=SHAPES)
def test_objects_lie_in_the_picture(seed: int, size_px: tuple[int, int]) -> None:
    objects = make_scene(seed, size_px).objects
    assert 1 <= len(objects) <= 6
    for each in objects:
        x0, y0, x1, y1 = each.box
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1
        assert each.place == place_of(each.box)


@quick
@given(seed=SEEDS, width=st.floats(60, 180))
def test_plans_keep_things_apart(seed: int, width: float) -> None:
    boxes = [placed.box for placed in make_plan(random.Random(seed), width).placed]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            wide = min(a[2], b[2]) - max(a[0], b[0])
            tall = min(a[3], b[3]) - max(a[1], b[1])
            smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
            assert max(0, wide) * max(0, tall) <= MAX_OVERLAP * smaller


# How far a style's paint may reach out of the box, in pixels of a picture 240 high: the shadow of
# cut paper, the soft rim of a wash.
REACH_PX = {"papercut": 9, "watercolour": 4}


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("seed", [2, 9, 31])
def test_boxes_are_tight(style: str, seed: int) -> None:
    """The pixels that the front thing changes lie in its box, and reach to all its sides."""
    size_px = (320, 240)
    plan = make_plan(random.Random(seed), 100 * 320 / 240, backdrop="plain", variant=0, style=style)
    with_it, without = (STYLE_PAINTERS[style](size_px, plan.painter_seed) for _ in range(2))
    x0, y0, x1, y1 = paint(plan, with_it)[-1]
    paint(plan, without, len(plan.placed) - 1)
    before = np.asarray(without.canvas.resize(size_px), dtype=np.int16)
    after = np.asarray(with_it.canvas.resize(size_px), dtype=np.int16)
    rows, columns = np.nonzero(np.abs(after - before).max(axis=2) > 24)
    reach, slack = REACH_PX.get(style, 3), 6
    assert columns.min() >= x0 - reach
    assert columns.max() <= x1 + reach
    assert rows.min() >= y0 - reach
    assert rows.max() <= y1 + reach
    assert columns.min() <= x0 + slack
    assert columns.max() >= x1 - slack
    assert rows.min() <= y0 + slack
    assert rows.max() >= y1 - slack


@quick
@given(seed=SEEDS)
def test_captions_name_what_is_there(seed: int) -> None:
    scene = make_scene(seed, (96, 72))
    for each in scene.objects:
        kind = kinds()[each.kind]
        noun = kind.en if each.number == 1 else kind.plural
        assert noun in scene.long.en
        assert kind.zh in scene.long.zh
        assert COLOURS[each.colour].en in each.phrase.en
        assert COLOURS[each.colour].zh in each.phrase.zh
        assert noun in each.phrase.en
        if each.finish != "plain":
            assert FINISHES[each.finish].zh in each.phrase.zh
    largest = max(scene.objects, key=lambda o: (o.box[2] - o.box[0]) * (o.box[3] - o.box[1]))
    assert kinds()[largest.kind].zh in scene.short.zh
    assert scene.short.en.endswith(".")
    assert scene.short.zh.endswith("。")
    assert len(scene.short.en) < len(scene.long.en)


@quick
@given(seed=SEEDS)
def test_negatives_are_ten_different_and_false(seed: int) -> None:
    for each in make_scene(seed, (96, 72)).objects:
        english = [text.en for text in each.negatives]
        chinese = [text.zh for text in each.negatives]
        assert len(set(english)) == len(set(chinese)) == 10
        for text in each.negatives:
            assert _is_false(text.en, each)
        assert each.phrase.en not in english


def _is_false(text: str, each) -> bool:  # type: ignore[no-untyped-def]
    """Whether a description contradicts the object in at least one detail."""
    kind = kinds()[each.kind]
    wrong_kind = kind.en not in text and kind.plural not in text
    words = text.replace("-", " ").split()
    wrong_colour = COLOURS[each.colour].en not in words
    named = {1: ("a", "an", "one"), 2: ("two",), 3: ("three",), 4: ("four",), 5: ("five",)}
    wrong_number = words[0] not in named[each.number]
    claimed = {"striped": "striped", "dotted": "polka-dot", "checked": "checked"}
    wrong_finish = any(word in text and each.finish != name for name, word in claimed.items())
    wrong_size = {"small": "large", "large": "small"}.get(each.size, "no such word") in words
    sides = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
    wrong_place = any(side in words for word in each.place.split() for side in [sides.get(word)])
    wrong_place = wrong_place or (each.place == "centre" and "corner" in words)
    return any((wrong_kind, wrong_colour, wrong_number, wrong_finish, wrong_size, wrong_place))


def test_wishes_come_true() -> None:
    wishes = [
        Wish("umbrella", colour="red", number=1, finish="striped", at=(0.25, 0.85)),
        Wish("ball", colour="blue", number=2, at=(0.75, 0.9)),
    ]
    scene = make_scene(1, (400, 300), background="beach", variant=0, style="flat", wishes=wishes)
    found = {each.kind: each for each in scene.objects}
    assert found["umbrella"].finish == "striped"
    assert found["umbrella"].box[2] < found["ball"].box[0]
    assert found["ball"].number == 2
    assert "a red striped umbrella" in scene.short.en
    assert "一把红色条纹的雨伞" in scene.short.zh
    assert "阳光明媚的海滩上" in scene.short.zh


def test_a_thing_that_cannot_be_there_is_refused() -> None:
    with pytest.raises(ValueError, match="boat has no place in kitchen"):
        make_scene(1, background="kitchen", wishes=[Wish("boat")])


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_kind_can_be_drawn_in_its_colours(name: str) -> None:
    kind = kinds()[name]
    assert set(kind.colours) <= set(COLOURS)
    assert set(kind.finishes) <= set(FINISHES)
    scene = make_scene(4, (64, 64), background="plain", style="flat", wishes=[Wish(name)])
    assert [each.kind for each in scene.objects] == [name]
    assert len(np.unique(_pixels(scene).reshape(-1, 3), axis=0)) > 4
