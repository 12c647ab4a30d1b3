"""What is asked: words, pictures, boxes, concepts and filters, as plain data.

A ``Query`` is what the window and the command line send to the engine, what a saved search keeps
and what the history remembers. ``app/core/queries.py`` splits its text into phrases and filters.
Boxes are ``(x0, y0, x1, y1)`` in 0..1 of the upright picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Box = tuple[float, float, float, float]
Need = Literal["required", "optional", "excluded"]
Period = tuple[str | None, str | None]  # first and last day, YYYY-MM-DD; None: open on that side
# First and last day of every year, MM-DD; 12-31 to 01-01 are two days. A festival that moves is its
# name twice (``app/core/moving_festivals.py``).
YearDays = tuple[str, str]
Orientation = Literal["landscape", "portrait", "square"]


def box_text(box: Box) -> str:
    """Return a box as it is typed: "10,20,300,200", without digits that say nothing."""
    return ",".join(f"{number:.15g}" for number in box)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One part of a question, a chip.

    Attributes:
        text: as typed, with its place and size words ("a red cup on the left").
        need: a photo that lacks a required phrase is a weak match at best; one that shows an
            excluded phrase anywhere is no hit.
        unlike: near misses that it must beat, spelled out ("blue cup" for "red cup, not blue").
    """

    text: str
    need: Need = "optional"
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageQuery:
    """A picture to search by: a photo of the library, a file, pasted pixels, or a named concept.

    Exactly one of ``photo_id``, ``path``, ``pixels`` and ``concept_id`` is given. ``pixels`` is
    RGB, 8 bits, row by row, ``height_px * width_px * 3`` bytes. ``box`` is the part that counts; a
    concept has none. ``need`` as in ``Phrase``.
    """

    photo_id: int | None = None
    path: bytes | None = None
    pixels: bytes | None = None
    width_px: int = 0
    height_px: int = 0
    box: Box | None = None
    concept_id: int | None = None
    need: Need = "required"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which photos count, whatever they show. A field that is empty does not narrow.

    Words are compared without regard to upper and lower case. ``app/core/language/combining.py``
    makes one of several.

    Attributes:
        root_ids: in one of these folders of the library.
        folders: words of the folder's path, all of them; and below one of the absolute paths.
        taken: the day it was taken, else that when the file changed, is in one of these periods.
        yearly: that day is one of these of any year, whatever ``taken`` says besides.
        weekdays: and it is one of these days of the week; Monday is 0.
        cameras: one of these; each is words that are all in the camera's name.
        min_rating: this many stars or more.
        favourite: has the heart.
        formats: one of these file types: ``jpeg``, ``png``, ``heic`` ...
        orientations: one of these, of the upright photo.
        names: words in the name of the file or of a folder above it, all of them.
    """

    root_ids: tuple[int, ...] = ()
    folders: tuple[str, ...] = ()
    taken: tuple[Period, ...] = ()
    yearly: tuple[YearDays, ...] = ()
    weekdays: tuple[int, ...] = ()
    cameras: tuple[str, ...] = ()
    min_rating: int = 0
    favourite: bool = False
    formats: tuple[str, ...] = ()
    orientations: tuple[Orientation, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Every photo counts."""
        return self == Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """All that is asked.

    Attributes:
        text: as typed, filters and exclusions in it included.
        images: pictures, boxes and concepts that count together.
        phrases: in place of those that the text splits into, when the user changed the chips; None
            takes the text's own. Filters in the text count either way.
        filters: set by controls; they count together with those in the text.
    """

    text: str = ""
    images: tuple[ImageQuery, ...] = ()
    phrases: tuple[Phrase, ...] | None = None
    filters: Filters = Filters()

    @property
    def words(self) -> str:
        """The words for people: as typed, or as the chips say them since they were changed."""
        if self.phrases is None:
            return self.text
        phrases = self.phrases
        return ", ".join(f"−{p.text}" if p.need == "excluded" else p.text for p in phrases)

    @property
    def is_empty(self) -> bool:
        """Nothing is asked: no words, no picture; filters alone do not ask."""
        return not self.text.strip() and not self.images and not self.phrases
