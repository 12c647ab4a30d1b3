"""Which places of a found photo are worth a frame."""

from __future__ import annotations

from app.core.asking import Box
from app.core.messages import Hit, ImageHit, PhraseHit
from app.core.ranking import GOOD_SCORE

WHOLE_PHOTO = 0.92
"""A matched place that covers this much of the photo is not worth a frame."""


def fitting_parts(hit: Hit) -> list[int]:
    """Return the numbers of the parts that a photo shows, phrases first; all if it shows none."""
    parts = _parts(hit)
    good = [number for number, part in enumerate(parts) if part.score >= GOOD_SCORE]
    return good or list(range(len(parts)))


def framed_places(hit: Hit) -> list[tuple[int, Box]]:
    """Return the places to frame: the number of the part, phrases first, and the box."""
    parts = _parts(hit)
    boxes = [(number, parts[number].region) for number in fitting_parts(hit)]
    if not any(part.region for part in parts):
        boxes = [(0, hit.region)]
    return [(number, box) for number, box in boxes if box is not None and is_part(box)]


def is_part(box: Box) -> bool:
    """Tell whether a box is a part of its photo, and not nearly all of it."""
    return (box[2] - box[0]) * (box[3] - box[1]) < WHOLE_PHOTO


def _parts(hit: Hit) -> tuple[PhraseHit | ImageHit, ...]:
    return (*hit.phrases, *hit.images)
