"""Where a scene takes place: what is painted behind the things, and where things may be.

Backdrops are drawn 100 units high and ``w`` units wide; scenes_backdrops.json holds their zones,
and the words and colours of each variant (time of day, season, walls).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from trainer.data import scenes_nature as nature
from trainer.data import scenes_rooms as rooms
from trainer.data.scenes_art import Art
from trainer.data.scenes_words import Word

DRAWN_BY: dict[str, Callable[[Art, float, Mapping[str, str], random.Random], None]] = {
    "beach": nature.beach,
    "meadow": nature.meadow,
    "snow": nature.snow,
    "city": nature.night_city,
    "street": nature.street,
    "forest": nature.forest,
    "desert": nature.desert,
    "lake": nature.lake,
    "underwater": nature.underwater,
    "picnic": nature.picnic,
    "kitchen": rooms.kitchen,
    "bedroom": rooms.bedroom,
    "living room": rooms.living_room,
    "desk": rooms.desk,
    "shelf": rooms.shelf,
    "plain": rooms.plain,
}


@dataclass(frozen=True)
class Zone:
    """Where things of a habitat may be.

    ``bands`` are ranges of y for the lower edge of a thing, or for its middle where it floats.
    ``room`` is the height of a thing of medium size.
    """

    bands: tuple[tuple[float, float], ...]
    room: float
    floats: bool


@dataclass(frozen=True)
class Variant:
    """A backdrop at one time of day or season."""

    words: Word
    colours: Mapping[str, str]


@dataclass(frozen=True)
class Backdrop:
    """A place. ``avoid`` names the colours that would not stand out in it."""

    name: str
    zones: Mapping[str, Zone]
    variants: tuple[Variant, ...]
    avoid: tuple[str, ...]

    def parts(self, variant: Variant, width: float, rng: random.Random) -> Art:
        """Draw the place ``width`` units wide."""
        art = Art()
        DRAWN_BY[self.name](art, width, variant.colours, rng)
        return art


@cache
def backdrops() -> dict[str, Backdrop]:
    """All backdrops by name."""
    table = Path(__file__).with_name("scenes_backdrops.json").read_text(encoding="utf-8")
    return {name: _backdrop(name, facts) for name, facts in json.loads(table).items()}


def _backdrop(name: str, facts: dict[str, Any]) -> Backdrop:
    zones = {
        habitat: Zone(tuple((low, high) for low, high in z["bands"]), z["room"], z["floats"])
        for habitat, z in facts["zones"].items()
    }
    variants = tuple(
        Variant(
            Word(each["en"], each["zh"]),
            dict(pair.split("=") for pair in each["colours"].split()),
        )
        for each in facts["variants"]
    )
    return Backdrop(name, zones, variants, tuple(facts["avoid"]))
