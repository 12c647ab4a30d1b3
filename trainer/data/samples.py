"""Samples with regions, and the sources that give them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image

from trainer.data.captions import Caption, Language

Box = tuple[float, float, float, float]


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
    ``unusable`` are messages about regions that had to be left out.
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


def usable_box(values: object) -> Box | None:
    """A box from a file: four finite numbers in order, cut to 0..1; None where it has no area.

    A fifth number (a detector's score) is ignored.
    """
    if not isinstance(values, (list, tuple)) or len(values) < 4:
        return None
    try:
        numbers = [float(value) for value in values[:4]]
    except (TypeError, ValueError, OverflowError):
        return None
    if not all(math.isfinite(number) for number in numbers):
        return None
    x0, y0, x1, y1 = (min(1.0, max(0.0, number)) for number in numbers)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
