"""What will be in a scene and where, before anything is painted."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trainer.data.scenes_art import Art, Part, extent, fitted, moved
from trainer.data.scenes_backdrops import Backdrop, Variant, Zone, backdrops
from trainer.data.scenes_words import COLOURS, STYLES, Kind, kinds

Box = tuple[float, float, float, float]
SIZE_FACTORS = {"small": (0.55, 0.7), "medium": (0.9, 1.1), "large": (1.25, 1.55)}
MAX_OVERLAP = 0.02  # share of the smaller box that another may cover
N_TRIES = 24


@dataclass(frozen=True)
class Wish:
    """What somebody wants in a scene; None is left to chance. ``at`` is (x, y) in 0..1."""

    kind: str
    colour: str | None = None
    number: int | None = None
    size: str | None = None
    finish: str | None = None
    at: tuple[float, float] | None = None
    mirror: bool | None = None


@dataclass(frozen=True)
class Placed:
    """A group of ``number`` equal things and the box (picture units) it will be fitted into."""

    kind: Kind
    colour: str
    finish: str
    number: int
    box: Box
    parts: tuple[Part, ...]
    stands: bool
    shade: float


@dataclass(frozen=True)
class Plan:
    """A scene to be painted; the picture is 100 units high and ``width`` wide."""

    backdrop: Backdrop
    variant: Variant
    style: str
    width: float
    placed: tuple[Placed, ...]
    painter_seed: int


def make_plan(
    rng: random.Random,
    width: float,
    *,
    backdrop: str | None = None,
    variant: int | None = None,
    style: str | None = None,
    wishes: Sequence[Wish] = (),
    natural: float = 0.8,
) -> Plan:
    """Choose a place, a style and things that do not cover each other.

    Args:
        rng: decides everything that is not asked for.
        width: of the picture, in units of a hundredth of its height.
        backdrop: name of a place.
        variant: which of its variants.
        style: one of ``STYLES``.
        wishes: things wanted; without any, one to six are chosen.
        natural: how often a thing has a colour that it has in life.
    """
    place = backdrops()[backdrop or rng.choice(list(backdrops()))]
    chosen = place.variants[rng.randrange(len(place.variants)) if variant is None else variant]
    style = style or rng.choice(list(STYLES))
    if not wishes:
        wishes = _wishes(rng, place)
    placed: list[Placed] = []
    for wish in wishes:
        one = _place(rng, place, width, wish, placed, natural)
        if one is not None:
            placed.append(one)
    if not placed:  # a group too wide for a narrow picture: one of them fits
        one = _place(rng, place, width, replace(wishes[0], number=1), [], natural)
        placed = [one] if one else []
    placed.sort(key=lambda each: each.box[3])
    return Plan(place, chosen, style, width, tuple(placed), rng.getrandbits(32))


def _wishes(rng: random.Random, place: Backdrop) -> list[Wish]:
    """One to six things that live in the place; now and then two of a kind."""
    usable = [name for name, kind in kinds().items() if _zone(place, kind)]
    count = rng.choices((1, 2, 3, 4, 5, 6), (20, 30, 24, 14, 8, 4))[0]
    names = rng.sample(usable, min(count, len(usable)))
    if len(names) > 1 and rng.random() < 0.15:
        names[-1] = names[0]
    return [Wish(name) for name in names]


def _zone(place: Backdrop, kind: Kind) -> Zone | None:
    if "any" in place.zones:
        return place.zones["any"]
    return next((place.zones[name] for name in kind.habitats if name in place.zones), None)


def _place(
    rng: random.Random,
    place: Backdrop,
    width: float,
    wish: Wish,
    placed: Sequence[Placed],
    natural: float,
) -> Placed | None:
    """Find room for a thing; None where there is none."""
    kind = kinds()[wish.kind]
    zone = _zone(place, kind)
    if zone is None:
        raise ValueError(f"{wish.kind} has no place in {place.name}")
    taken = {each.colour for each in placed if each.kind.name == kind.name}
    colour = wish.colour or _colour(rng, kind, place, taken, natural)
    number = wish.number or _number(rng, kind)
    size = wish.size or rng.choices(("small", "medium", "large"), (30, 45, 25))[0]
    parts = _group(kind, number, rng, wish.mirror)
    draft = Placed(
        kind,
        colour,
        wish.finish or rng.choice(kind.finishes),
        number,
        (0, 0, 0, 0),
        tuple(parts),
        not zone.floats,
        rng.uniform(-1, 1),
    )
    for attempt in range(N_TRIES):
        box = _somewhere(rng, zone, width, draft, size, wish.at, shrink=0.97**attempt)
        if box is not None and all(_overlap(box, each.box) <= MAX_OVERLAP for each in placed):
            return replace(draft, box=box)
    return None


def _colour(
    rng: random.Random, kind: Kind, place: Backdrop, taken: set[str], natural: float
) -> str:
    usual = rng.random() < natural
    names = [name for name in (kind.colours if usual else COLOURS) if name not in taken]
    seen = [name for name in names if name not in place.avoid]
    return rng.choice(seen or names or list(kind.colours))


def _number(rng: random.Random, kind: Kind) -> int:
    if kind.max_number == 1 or rng.random() < 0.66:
        return 1
    return rng.randint(2, kind.max_number)


def _group(kind: Kind, number: int, rng: random.Random, mirror: bool | None) -> list[Part]:
    """Draw ``number`` equal things side by side, with a little space and unevenness."""
    art = Art()
    kind.draw(art)
    x0, y0, x1, y1 = extent(art.parts)
    flip = rng.random() < 0.5 if mirror is None else mirror
    width, height = x1 - x0, y1 - y0
    box = (0.0, 0.0, width, height)
    single = fitted(art.parts, box, mirror=flip)
    parts: list[Part] = []
    for k in range(number):
        gap = width * 0.14 + (6 if width < 60 else 0)
        down = rng.uniform(-0.06, 0.06) * height if number > 1 else 0.0
        parts += moved(single, (1.0, 1.0), (k * (width + gap), down))
    return parts


def _somewhere(
    rng: random.Random,
    zone: Zone,
    width: float,
    draft: Placed,
    size: str,
    at: tuple[float, float] | None,
    shrink: float,
) -> Box | None:
    """A box for the group inside its zone and inside the picture; None where it does not fit."""
    x0, y0, x1, y1 = extent(draft.parts)
    aspect = (x1 - x0) / (y1 - y0)
    low, high = rng.choice(zone.bands)
    y = rng.uniform(low, high) if at is None else at[1] * 100
    depth = 1.0 if zone.floats or high - low < 2 else 0.82 + 0.36 * (y - low) / (high - low)
    tall = zone.room * draft.kind.share * rng.uniform(*SIZE_FACTORS[size]) * depth * shrink
    tall = min(tall, 88.0, width * 0.86 / aspect)
    tall = max(tall, 9.0)
    wide = tall * aspect
    if wide > width * 0.94:
        return None
    margin = wide / 2 + 2
    x = rng.uniform(margin, width - margin) if at is None else at[0] * width
    top = y - tall / 2 if zone.floats else y - tall
    top = min(max(top, 2.0), 98.0 - tall)
    x = min(max(x, margin), width - margin)
    return x - wide / 2, top, x + wide / 2, top + tall


def _overlap(a: Box, b: Box) -> float:
    """How much of the smaller box lies in the other, with a little space round both."""
    wide = min(a[2], b[2]) - max(a[0], b[0]) + 1.5
    tall = min(a[3], b[3]) - max(a[1], b[1]) + 1.5
    if wide <= 0 or tall <= 0:
        return 0.0
    return wide * tall / min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
