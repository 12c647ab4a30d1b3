"""Samples with regions, and the sources that give them."""

from __future__ import annotations

import math
import reprlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image

from trainer.data.captions import Caption, Language

Box = tuple[float, float, float, float]
Label = tuple[str, str]  # a set of classes, and the English name of one of them
_OUTSIDE = 0.5  # how far a box may reach out of the photo, as a share of it


@dataclass(frozen=True, slots=True)
class Region:
    """A box (x0, y0, x1, y1 in 0..1), what it shows, and texts that are wrong about it.

    ``hard_text`` is the right text that the wrong ones are changes of; None where it is ``text``.
    """

    box: Box
    text: str
    negatives: tuple[str, ...] = ()
    hard_text: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture with captions of one language and its regions.

    ``concepts`` are English names of what it certainly shows. ``may_crop`` and ``may_flip`` say
    whether a cut or mirrored picture still fits the texts. ``language`` is that of the texts.
    ``unusable`` are messages about regions that had to be left out. ``label`` is what it shows as a
    whole, where that is one of a set of classes. ``pasted`` is the label of another picture, a part
    of which covers the share ``pasted_share`` of this one.
    """

    image: Image.Image
    short: Caption
    long: Caption | None
    regions: tuple[Region, ...] = ()
    concepts: frozenset[str] = frozenset()
    may_crop: bool = False
    may_flip: bool = False
    language: Language = "en"
    unusable: tuple[str, ...] = ()
    label: Label | None = None
    pasted: Label | None = None
    pasted_share: float = 0.0


class Source(Protocol):
    """Samples by number. ``digest`` is the same where the same samples lie elsewhere."""

    @property
    def digest(self) -> str:
        """Differs where the samples are others, as far as their index tells."""
        ...

    def __len__(self) -> int:
        """How many samples there are."""
        ...

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """One sample, decided by the three arguments alone.

        Args:
            index: 0 to ``len - 1``.
            language: wanted; a source that has only one gives that.
            rng: decides which captions, regions and templates.

        Raises:
            SampleError: this one cannot be read; the message names it and says why.
        """
        ...


def checked_box(values: object, name: str) -> Box:
    """A box from a file: four finite numbers in order, cut to 0..1.

    A fifth number (a detector's score) is ignored. Boxes may reach out of the photo, but not by
    more than half of it: such numbers are pixels or per cent, and cut they would be other boxes.

    Raises:
        ValueError: it is none; says what ``name`` holds and what it should.
    """
    said = f"{name} is {reprlib.repr(values)}"
    numbers = _four_numbers(values)
    if numbers and not all(-_OUTSIDE <= number <= 1 + _OUTSIDE for number in numbers):
        raise ValueError(
            f"{said}, far outside of 0..1: divide x0 and x1 by the photo's width, y0 and y1 by"
            " its height"
        )
    x0, y0, x1, y1 = (min(1.0, max(0.0, number)) for number in numbers or (0.0,) * 4)
    if x0 >= x1 or y0 >= y1:
        raise ValueError(f"{said}, expected x0, y0, x1, y1 in 0..1 with an area")
    return x0, y0, x1, y1


def _four_numbers(values: object) -> list[float]:
    """The first four values; none where they are no finite numbers."""
    if not isinstance(values, list | tuple) or len(values) < 4:
        return []
    try:
        numbers = [float(value) for value in values[:4]]
    except (TypeError, ValueError, OverflowError):
        return []
    return numbers if all(math.isfinite(number) for number in numbers) else []
