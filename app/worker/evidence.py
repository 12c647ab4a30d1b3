"""How well photos fit each part of a question, in deviations above the line of a match.

A part is a phrase or a picture. Photos are compared by their own vectors and, where they are there,
by their best region. What comes out is an *excess*: deviations above the line of a match, so that
parts can be put together.

    phrase    the higher excess of photo and best region, each above its own line: some phrases are
              about the whole photo, some about a thing in it
    picture   the mean of both, in which the region counts ``REGION_SHARE``; a whole picture counts
              by the photo alone. In the photo that it was taken from the box is a region too, and
              no other photo fits better. A box is unlike whole photos: they count ``_LEAST_Z`` at
              least beside their regions

Which box is shown is another question than how well the best region fits: the best one is often a
part of the thing. So regions vote: the box is shown that overlaps most with all that fit,

    argmax_k  sum_j  IoU(k, j) * exp((c_j - max c) / (VOTE_SPREAD * standard deviation of c))

over a photo's regions with cosines c (the study: docs/regions.md).

Places and sizes take ``PLACE_WEIGHT`` deviations from a region that does not agree with them at
all; a photo loses what its best region loses. A phrase with near misses counts by 2 c - m: its own
cosine, and its margin over the best miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.core.asking import Box
from app.core.language.places import Place, fit
from app.core.library.rows import Float32Array, Int64Array, PackedRegions
from app.core.ranking import IDENTICAL_Z, Background, lower_deviation
from app.core.region_choice import overlaps
from app.worker.backgrounds import Backgrounds, best_of_photos
from app.worker.encoding import Vectors
from app.worker.encoding_questions import AskedPhrase, AskedPicture

REGION_SHARE = 0.7
PLACE_WEIGHT = 4.0
VOTE_SPREAD = 0.5
_LEAST_SCALE = 0.5
_MOST = 2.0
_ABOVE_MOST_SHARE = 1e-3
_LEAST_Z = -3.0
_AHEAD = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Photos to judge: (n,) ids, their (n, E) vectors, and the regions of those that have some.

    ``rows`` says which candidate each photo of ``regions`` is.
    """

    ids: Int64Array
    vectors: Float32Array
    regions: PackedRegions
    region_vectors: Float32Array
    rows: Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Excess of each candidate, (n,), that of its regions alone, and how each region fits, (M,).

    ``by_region`` is NaN where a photo has no regions, ``regions`` None where they were not asked.
    ``own_box`` is the place in the candidate ``own_row``, known without them.
    """

    excess: Float32Array
    by_region: Float32Array
    regions: Vectors | None = None
    own_row: int | None = None
    own_box: Box | None = None


def text_excess(
    vector: Vectors, candidates: Candidates, grounds: Backgrounds, n_photos: int
) -> Float32Array:
    """Return the excess of candidates, (n,), for a text by the photo vectors alone."""
    background = grounds.text_photo.for_query(grounds.photos @ vector, n_photos)
    excess: Float32Array = background.z(candidates.vectors @ vector) - background.good_z
    return excess


def phrase_evidence(
    asked: AskedPhrase, candidates: Candidates, grounds: Backgrounds, n_photos: int
) -> Evidence:
    """Return how well candidates fit a phrase.

    Args:
        asked: the phrase.
        candidates: to judge.
        grounds: of the library.
        n_photos: how many are searched, of which the candidates are the best.
    """

    def photo_values(vectors: Vectors) -> Vectors:
        return _with_margin(vectors @ asked.photo, vectors @ asked.photo_misses.T)

    plain = grounds.photos @ asked.photo
    sample = photo_values(grounds.photos)
    ground = _ground(grounds.text_photo, plain, sample)
    by_photo = ground.z(photo_values(candidates.vectors)) - ground.line(ground.z(sample), n_photos)
    if not len(candidates.regions) or not len(grounds.regions):
        return _photo_evidence(by_photo)

    def region_values(vectors: Vectors) -> Vectors:
        return _with_margin(vectors @ asked.region, vectors @ asked.region_misses.T)

    plain_best = best_of_photos(grounds.region_vectors @ asked.region, grounds.regions)
    weight = PLACE_WEIGHT * grounds.text_region.deviation
    sample_values = region_values(grounds.region_vectors)
    sample_best = best_of_photos(
        _placed(sample_values, grounds.regions, asked.places, weight), grounds.regions
    )
    plain_values = region_values(candidates.region_vectors)
    values = _placed(plain_values, candidates.regions, asked.places, weight)
    ground = _ground(grounds.text_region, plain_best, sample_best)
    best = best_of_photos(values, candidates.regions)
    evidence, rows = _photo_evidence(by_photo, values), candidates.rows
    evidence.by_region[rows] = ground.z(best) - ground.line(ground.z(sample_best), n_photos)
    by_photo = by_photo[rows]
    if asked.places:
        lost = best_of_photos(plain_values, candidates.regions) - best
        by_photo = by_photo - (lost / ground.deviation).astype(np.float32)
    evidence.excess[rows] = np.maximum(evidence.by_region[rows], by_photo)
    return evidence


def picture_evidence(asked: AskedPicture, candidates: Candidates, grounds: Backgrounds) -> Evidence:
    """Return how well candidates fit a picture, or a box of one."""
    found = _seen_evidence(asked, candidates, grounds)
    own = np.flatnonzero(candidates.ids == asked.own_id)
    if asked.own_id is None or not len(own):
        return found
    row = int(own[0])
    identical = IDENTICAL_Z
    if asked.region is not None:
        by_photo = max(
            float(grounds.picture_photo.z(candidates.vectors[row] @ asked.photo)), _LEAST_Z
        )
        identical = REGION_SHARE * IDENTICAL_Z + (1 - REGION_SHARE) * by_photo
    found.excess[row] = max(identical, float(found.excess.max()) + _AHEAD)
    return replace(found, own_row=row, own_box=asked.box)


def _seen_evidence(asked: AskedPicture, candidates: Candidates, grounds: Backgrounds) -> Evidence:
    by_photo = grounds.picture_photo.z(candidates.vectors @ asked.photo)
    if asked.region is None or not len(candidates.regions) or not len(grounds.regions):
        return _photo_evidence(by_photo)
    values = candidates.region_vectors @ asked.region
    evidence = _photo_evidence(by_photo, values)
    sample = best_of_photos(grounds.region_vectors @ asked.region, grounds.regions)
    z = Background.of_a_box(sample).z(best_of_photos(values, candidates.regions))
    rows = candidates.rows
    by_photo = np.maximum(by_photo[rows], _LEAST_Z)
    evidence.excess[rows] = REGION_SHARE * z + (1 - REGION_SHARE) * by_photo
    evidence.by_region[rows] = z
    return evidence


def fitting_boxes(found: Evidence, candidates: Candidates, rows: Int64Array) -> Float32Array:
    """Return the box of each of some candidates that regions vote for, (k, 4); NaN without any.

    Args:
        found: for the phrase or picture.
        candidates: that were judged.
        rows: (k,) which of them.
    """
    boxes = _voted_boxes(found, candidates, rows)
    if found.own_box is not None:
        boxes[rows == found.own_row] = found.own_box
    return boxes


def _voted_boxes(found: Evidence, candidates: Candidates, rows: Int64Array) -> Float32Array:
    boxes = np.full((len(rows), 4), np.nan, np.float32)
    if found.regions is None:
        return boxes
    at = np.minimum(np.searchsorted(candidates.rows, rows), len(candidates.rows) - 1)
    has_regions = candidates.rows[at] == rows
    if not has_regions.any():
        return boxes
    packed, photos = candidates.regions, at[has_regions]
    counts = packed.counts()[photos, None]
    places = np.arange(counts.max())
    is_one = places < counts
    regions = packed.starts[photos, None] + np.minimum(places, counts - 1)
    values, all_boxes = found.regions[regions], packed.boxes[regions]
    spread = values.std(axis=1, where=is_one, keepdims=True)
    below = values - values.max(axis=1, keepdims=True)
    weights = np.where(is_one, np.exp(below / np.maximum(VOTE_SPREAD * spread, 1e-6)), 0)
    votes = np.einsum("kij,kj->ki", overlaps(all_boxes[:, :, None], all_boxes[:, None]), weights)
    boxes[has_regions] = all_boxes[np.arange(len(photos)), votes.argmax(axis=1)]
    return boxes


def together(parts: Sequence[Float32Array], required: Sequence[Float32Array]) -> Float32Array:
    """Return the excess of candidates, (n,), for a whole question.

    Args:
        parts: excess for each part that is looked for; a part counts ``_MOST`` at most, so that one
            that fits very well does not hide one that is missing. What is above it decides between
            photos that fit all parts so well.
        required: those that a match must fit; a photo that lacks one is a weak match at best.
    """
    counted = [np.minimum(part, _MOST) for part in parts]
    above = [part - most for part, most in zip(parts, counted, strict=True)]
    excess = np.mean(counted, axis=0) + _ABOVE_MOST_SHARE * np.mean(above, axis=0)
    if len(parts) == 1:
        excess = parts[0]
    lacking = np.zeros(len(excess), dtype=np.bool_)
    for part in required:
        lacking |= part < 0
    held_down = np.where(lacking & (excess >= 0), -1.0 / (1.0 + np.abs(excess)), excess)
    return held_down.astype(np.float32)


def _photo_evidence(excess: Float32Array, regions: Vectors | None = None) -> Evidence:
    """Return evidence by photos, to which that of regions may be added."""
    return Evidence(excess.copy(), np.full(len(excess), np.nan, np.float32), regions)


def _with_margin(cosines: Vectors, misses: Vectors) -> Vectors:
    """Return 2 c - m for cosines (n,) and those of near misses (n, k); c without any."""
    if not misses.shape[1]:
        return cosines
    values: Vectors = 2 * cosines - misses.max(axis=1)
    return values


def _ground(base: Background, plain: Vectors, values: Vectors) -> Background:
    """Return the background of a query whose values on the sample are not its plain cosines.

    Level and deviation move as the values moved from the cosines.
    """
    known = base.for_query(plain)
    if values is plain or not len(values) or np.array_equal(values, plain):
        return known
    scale = max(lower_deviation(values) / max(lower_deviation(plain), 1e-6), _LEAST_SCALE)
    moved = float(np.median(values) - np.median(plain))
    return replace(
        known,
        mean=known.mean + moved,
        deviation=known.deviation * scale,
        own_z=known.own_z / scale,
    )


def _placed(
    values: Vectors, packed: PackedRegions, places: tuple[Place, ...], weight: float
) -> Vectors:
    """Return values of regions, (M,), less what they lose by being elsewhere than asked."""
    if not places:
        return values
    lowered: Vectors = values - np.float32(weight) * (1 - fit(places, packed.boxes))
    return lowered
