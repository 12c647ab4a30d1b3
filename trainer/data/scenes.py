"""Procedurally drawn scenes with boxes, bilingual captions and hard negatives.

Used by the trainer, by tests and for the demo album. A seed always gives the same scene.

    scene = make_scene(7, size_px=(640, 480))
    scene.image, scene.short.en, scene.objects[0].phrase.zh
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from trainer.data.scenes_art import fitted, moved
from trainer.data.scenes_painter import Painter
from trainer.data.scenes_palette import FIXED, darker, lighter, thing_palette
from trainer.data.scenes_plan import Placed, Plan, Wish, make_plan
from trainer.data.scenes_styles import STYLE_PAINTERS
from trainer.data.scenes_text import (
    Traits,
    changed_trait,
    long_caption,
    negatives,
    noun_phrase,
    phrase,
    place_of,
    short_caption,
)
from trainer.data.scenes_words import COLOUR_RGB, Word

__all__ = ["Scene", "SceneObject", "Wish", "Word", "iter_scenes", "make_scene"]

Box = tuple[float, float, float, float]
SMALL_AREA, LARGE_AREA = 0.035, 0.12  # of the picture, for one thing
SIZES_PX = ((320, 240), (240, 320), (256, 256), (384, 256), (256, 384), (400, 225))


@dataclass(frozen=True)
class SceneObject:
    """One thing, or ``number`` equal things side by side.

    ``box`` is x0, y0, x1, y1 in 0..1 of the picture. ``name`` says what it is without its place,
    ``phrase`` is the text that goes with the region, and each of the ten ``negatives`` differs from
    it in a detail and is false of the region; ``changes`` names that detail for each: ``kind``,
    ``colour``, ``finish``, ``size``, ``number`` or ``place``.
    """

    kind: str
    colour: str
    finish: str
    size: str
    number: int
    place: str
    box: Box
    name: Word
    phrase: Word
    negatives: tuple[Word, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """A picture and everything that is true of it; objects from back to front."""

    seed: int
    image: Image.Image
    background: str
    style: str
    objects: tuple[SceneObject, ...]
    short: Word
    long: Word


def make_scene(
    seed: int,
    size_px: tuple[int, int] = (320, 240),
    *,
    background: str | None = None,
    variant: int | None = None,
    style: str | None = None,
    wishes: Sequence[Wish] = (),
    natural: float = 0.8,
) -> Scene:
    """Draw one scene.

    Args:
        seed: decides everything that is not asked for.
        size_px: width and height of the picture.
        background: a name from scenes_backdrops.json.
        variant: which of the background's variants.
        style: one of ``scenes_words.STYLES``.
        wishes: the things wanted; without any, one to six are chosen.
        natural: how often a thing has a colour that it has in life.
    """
    rng = random.Random(seed)
    plan = make_plan(
        rng,
        100 * size_px[0] / size_px[1],
        backdrop=background,
        variant=variant,
        style=style,
        wishes=wishes,
        natural=natural,
    )
    painter = STYLE_PAINTERS[plan.style](size_px, plan.painter_seed)
    boxes = paint(plan, painter)
    width, height = size_px
    unit = [(b[0] / width, b[1] / height, b[2] / width, b[3] / height) for b in boxes]
    objects = [_described(p, box, rng) for p, box in zip(plan.placed, unit, strict=True)]
    traits = [_traits(each) for each in objects]
    order = sorted(range(len(objects)), key=lambda k: -_area(unit[k]))
    largest_first = [traits[k] for k in order]
    place = plan.variant.words
    return Scene(
        seed,
        painter.picture(),
        plan.backdrop.name,
        plan.style,
        tuple(objects),
        short_caption(largest_first, place, rng),
        long_caption(largest_first, [unit[k] for k in order], place, plan.style, rng),
    )


def iter_scenes(seed: int, n: int) -> Iterator[Scene]:
    """Draw ``n`` scenes of several shapes; scene ``k`` does not depend on the others."""
    for k in range(n):
        own = seed * 1_000_003 + k
        yield make_scene(own, random.Random(~own).choice(SIZES_PX))


def paint(plan: Plan, painter: Painter, n_things: int | None = None) -> list[Box]:
    """Paint a plan, or its first things only, and return their boxes in pixels."""
    scale = painter.size_px[1] / 100
    behind = plan.backdrop.parts(plan.variant, plan.width, random.Random(plan.painter_seed))
    painter.backdrop(moved(behind.parts, (scale, scale), (0, 0)), FIXED)
    things = plan.placed[:n_things]
    boxes = [_scaled(each.box, scale) for each in things]
    for each, box in zip(things, boxes, strict=True):
        if each.stands:
            painter.shadow(box)
    return [
        painter.thing(fitted(each.parts, box, mirror=False), _palette(each), each.finish)
        for each, box in zip(things, boxes, strict=True)
    ]


def _palette(placed: Placed) -> dict[str, tuple[int, int, int]]:
    """The thing's paints, its own colour a little lighter or darker than the book says."""
    rgb = COLOUR_RGB[placed.colour]
    share = abs(placed.shade) * 0.12
    return thing_palette(lighter(rgb, share) if placed.shade > 0 else darker(rgb, share))


def _described(placed: Placed, box: Box, rng: random.Random) -> SceneObject:
    area = _area(box) / placed.number
    size = "small" if area <= SMALL_AREA else "large" if area >= LARGE_AREA else "medium"
    true = Traits(
        placed.kind.name, placed.colour, placed.finish, size, placed.number, place_of(box)
    )
    said = true if rng.random() < 0.7 else Traits(*_without_place(true))
    wrong = negatives(true, said, rng)
    return SceneObject(
        kind=true.kind,
        colour=true.colour,
        finish=true.finish,
        size=true.size,
        number=true.number,
        place=true.place,
        box=box,
        name=Word(*noun_phrase(true)),
        phrase=phrase(said),
        negatives=tuple(phrase(each) for each in wrong),
        changes=tuple(changed_trait(said, each) for each in wrong),
    )


def _without_place(traits: Traits) -> tuple[str, str, str, str, int, str]:
    return traits.kind, traits.colour, traits.finish, traits.size, traits.number, ""


def _traits(each: SceneObject) -> Traits:
    return Traits(each.kind, each.colour, each.finish, each.size, each.number, each.place)


def _scaled(box: Box, scale: float) -> Box:
    return box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
