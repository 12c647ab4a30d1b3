"""Scores that mean something: cosines judged against the library's own background.

A cosine says little by itself: what is high depends on the model, on the photos and on the query.
So the model is asked about ``PROBES``, everyday things of which any one is in few photos, and what
it answers is taken as the background: how high the cosines of a query usually are (``mean``), how
much they differ between photos that do not fit (``deviation``), and how much the usual height
differs from query to query (``spread``).

    C[i, j]    cosine of photo i and probe j, n photos, m probes
    level[j]   median of C[:, j]
    mean       median of level
    spread     lower deviation of level
    deviation  lower deviation of C[i, j] - shift[j]
    shift[j]   n / (n + 30) * clip(level[j] - mean, -2 * spread, 2 * spread) / 2

The lower deviation of numbers is (median - 16th percentile): that of a normal distribution, blind
to the few high numbers that are real matches. For a query with cosines c

    level      mean + shift, from the query's own cosines, as above (``Background.for_query``)
    z          (c - level) / deviation
    own_z      shift / deviation, where the query's photos themselves lie: the shift counts by half
    good_z     the lowest z, LEAST_GOOD_Z or more, at which matches outnumber chance: at least
               1 / FALSE_SHARE times as many photos reach it as of n that lie around own_z; of
               photos with regions 1 / REGION_FALSE_SHARE times
    score      1 / (1 + exp(-SLOPE * (z - good_z)))

so a score rises with the cosine and reaches GOOD_SCORE at good_z. Chance is the tail of a normal
distribution. Where no photo stands out, good_z is what at most FALSE_SHARE of such queries reach by
chance with any of the n photos, which grows slowly with the library (2.9 for 60 photos, 4.7 for
100,000), so that a query for something absent says so; where many stand out it comes down.

Pictures are searched by pictures with ``Background.of_pictures``: cosines of pictures lie elsewhere
than those of words and are not normal. The line lies ``_SIMILAR_PART`` of the way from the usual
pair of the library's photos to the most alike ``SIMILAR_SHARE`` of pairs, and an identical picture
is ``_IDENTICAL_Z`` above it. For regions searched by a box (``Background.of_a_box``) it lies
``_BOX_PART`` of the way from the box's own usual cosine to 1: skies and walls are all alike. Where
there are few photos, both lines lie near a standard one.

A query that is high for every photo (a hub) is judged by how far photos stand out for it. The shift
is limited to what is usual between queries: "a dog" in an album of dogs stands far above it and
stays good. It counts by half because something that is nowhere is lower for all photos than
something that is: taken whole, the shift would hide that (docs/quality.md). With few photos the
query's own level says little and the shift fades; with one photo everything rests on the probes;
with none there is nothing to judge, and the background is a standard one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from app.core.messages import Match

GOOD_SCORE = 0.5
LEAST_GOOD_Z = 2.5
FALSE_SHARE = 0.12
REGION_FALSE_SHARE = 0.05  # the best of many regions is high by chance more often than one photo
SLOPE = 1.0
SIMILAR_SHARE = 0.02
BACKGROUND_PHOTOS = 2000

_SHIFT_LIMIT = 2.0
_SHIFT_SHARE = 0.5
_PHOTOS_FOR_HALF_SHIFT = 30
_LEAST_DEVIATION = 0.004
_IDENTICAL_Z = 4.0
_SIMILAR_PART = 0.7
_BOX_PART = 0.6
_COUNT_FOR_HALF_TRUST = 5
_STANDARD_SIMILAR = 0.85
_STANDARD_DEVIATION = 0.03

Floats = npt.NDArray[np.floating]

PROBES: tuple[str, ...] = (
    "a person standing outside",
    "a group of people at a table",
    "a child playing",
    "a close-up of a face",
    "a cup of coffee",
    "a plate of food",
    "fruit on a table",
    "a car on a street",
    "a bicycle leaning against a wall",
    "a train at a station",
    "an aeroplane in the sky",
    "a boat on the water",
    "a tall building",
    "a house with a garden",
    "an empty room",
    "a bed with pillows",
    "a wooden chair",
    "shelves full of books",
    "a computer on a desk",
    "a mobile phone",
    "a sheet of paper with text",
    "a pair of shoes",
    "a jacket",
    "a bird on a branch",
    "a horse in a field",
    "a fish under water",
    "an insect on a leaf",
    "a tree in autumn",
    "a snowy mountain",
    "waves on a beach",
    "clouds at sunset",
    "a bridge over a river",
    "a bottle and a glass",
    "a ball on grass",
    "a musical instrument",
    "a clock on a wall",
    "fireworks at night",
    "一个人在走路",
    "几个朋友的合影",
    "一个微笑的孩子",
    "一碗面条",
    "一个蛋糕",
    "桌上的水果",
    "马路上的汽车",
    "一辆自行车",
    "河上的船",
    "高楼大厦",
    "一扇窗户",
    "客厅里的沙发",
    "一张桌子和椅子",
    "一本打开的书",
    "一台电脑",
    "一双鞋",
    "一件衣服",
    "树上的鸟",
    "草地上的牛羊",
    "一朵红花",
    "一片森林",
    "蓝天白云",
    "雪山和湖",
    "海边的日落",
    "城市的夜景",
    "一把吉他",
    "墙上的画",
)


@dataclass(frozen=True, slots=True)
class Background:
    """What cosines look like where nothing fits; the formula is in the module's first lines.

    ``n_photos`` is how many photos it was measured on, ``own_z`` where the photos of a query lie.
    """

    mean: float
    deviation: float
    spread: float = 0.0
    n_photos: int = 0
    good_z: float = LEAST_GOOD_Z
    own_z: float = 0.0

    @classmethod
    def measure(cls, photo_vectors: Floats, probe_vectors: Floats) -> Background:
        """Return the background of a library.

        Args:
            photo_vectors: (n, E) unit rows, a sample of ``BACKGROUND_PHOTOS`` of the library.
            probe_vectors: (m, E) unit rows, the vectors of ``PROBES``; m at least 1.
        """
        return cls.of_cosines(photo_vectors.astype(np.float32) @ probe_vectors.astype(np.float32).T)

    @classmethod
    def of_cosines(cls, cosines: Floats) -> Background:
        """Return the background that cosines of photos and probes, (n, m), show.

        The cosines may be any values of photos for a query, for instance those of the best region.
        """
        n_photos = len(cosines)
        if cosines.size == 0:
            return cls(mean=0.0, deviation=_STANDARD_DEVIATION)
        levels = np.median(cosines, axis=0)
        found = cls(
            mean=float(np.median(levels)),
            deviation=1.0,
            spread=lower_deviation(levels),
            n_photos=n_photos,
            good_z=good_line(np.empty(0), n_photos),
        )
        shifts = np.array([found._shift(float(level), n_photos) for level in levels])
        deviation = lower_deviation(cosines - shifts[None, :])
        return replace(found, deviation=max(deviation, _LEAST_DEVIATION))

    @classmethod
    def of_pictures(cls, photo_vectors: Floats) -> Background:
        """Return the background for searching pictures by a picture; not for ``for_query``.

        Args:
            photo_vectors: (n, E) unit rows, a sample of the library.
        """
        others = photo_vectors[: max(1, len(photo_vectors) // 2)].astype(np.float32)
        photos = photo_vectors[len(others) :].astype(np.float32)
        line = _STANDARD_SIMILAR
        if len(photos):
            pairs = photos @ others.T
            usual, high = np.quantile(pairs, (0.5, 1 - SIMILAR_SHARE))
            line = _known_by(pairs.size, usual + _SIMILAR_PART * (high - usual), line)
        deviation = max((1 - line) / _IDENTICAL_Z, _LEAST_DEVIATION)
        return cls(mean=line, deviation=deviation, n_photos=len(photo_vectors), good_z=0.0)

    @classmethod
    def of_a_box(cls, cosines: Floats) -> Background:
        """Return the background for searching regions by a box; not for ``for_query``.

        Args:
            cosines: (n,) of the box and the best region of each photo of a sample.
        """
        line = _STANDARD_SIMILAR
        if len(cosines):
            usual = float(np.median(cosines))
            line = _known_by(len(cosines), usual + _BOX_PART * (1 - usual), line)
        deviation = max((1 - line) / _IDENTICAL_Z, _LEAST_DEVIATION)
        return cls(mean=line, deviation=deviation, n_photos=len(cosines), good_z=0.0)

    def for_query(self, cosines: Floats, n_photos: int | None = None) -> Background:
        """Return the background of one query, which may be high or low for all photos alike.

        Args:
            cosines: (n,) of the query and all photos searched, or a random sample of them; not only
                of the best. NaN is passed over.
            n_photos: how many are searched, where ``cosines`` are a sample.
        """
        known = cosines[np.isfinite(cosines)]
        if len(known) == 0:
            return self
        shift = self._shift(float(np.median(known)), len(known))
        mean, own_z = self.mean + shift, shift * (1 / _SHIFT_SHARE - 1) / self.deviation
        n_searched = len(known) if n_photos is None else max(n_photos, len(known))
        line = good_line((known - mean) / self.deviation, n_searched, own_z)
        return replace(self, mean=mean, good_z=line, own_z=own_z)

    def z(self, cosines: Floats) -> npt.NDArray[np.float32]:
        """Return by how many deviations cosines (n,) lie above the level; a match is at good_z."""
        above = (np.asarray(cosines, dtype=np.float64) - self.mean) / self.deviation
        return above.astype(np.float32)

    def _shift(self, level: float, n_photos: int) -> float:
        limit = _SHIFT_LIMIT * self.spread
        trust = n_photos / (n_photos + _PHOTOS_FOR_HALF_SHIFT)
        return _SHIFT_SHARE * trust * float(np.clip(level - self.mean, -limit, limit))


def score(cosines: Floats, background: Background) -> npt.NDArray[np.float32]:
    """Return (n,) scores in 0..1, rising with the cosine; ``GOOD_SCORE`` and above is a match."""
    return score_of_excess(background.z(cosines) - background.good_z)


def score_of_excess(excess: Floats) -> npt.NDArray[np.float32]:
    """Return (n,) scores for deviations above the good line; 0 is ``GOOD_SCORE``."""
    exponent = np.clip(SLOPE * np.asarray(excess, dtype=np.float64), -60.0, 60.0)
    return (1.0 / (1.0 + np.exp(-exponent))).astype(np.float32)


def match_of(value: float) -> Match:
    """Return "good" for a score that is a match, "weak" for one below the line."""
    return "good" if value >= GOOD_SCORE else "weak"


def good_line(
    z: Floats, n_photos: int, own_z: float = 0.0, false_share: float = FALSE_SHARE
) -> float:
    """Return good_z, the lowest z at which the photos that reach it outnumber chance enough.

    Args:
        z: of the photos searched, or of a random sample of them.
        n_photos: how many are searched.
        own_z: where the z of photos that do not fit lie.
        false_share: the share of the photos above it that may be there by chance.
    """
    by_chance = NormalDist().inv_cdf(max(0.5, 1.0 - false_share / n_photos))
    candidates = np.sort(z[(z >= LEAST_GOOD_Z) & (z < by_chance)])
    share_above = (np.arange(len(candidates), 0, -1) + (z >= by_chance).sum()) / max(len(z), 1)
    for value, share in zip(candidates.tolist(), share_above.tolist(), strict=True):
        if share * false_share >= _normal_tail(value - own_z):
            return float(value)
    return max(by_chance, LEAST_GOOD_Z)


def _known_by(count: int, measured: float, standard: float) -> float:
    """Return a line between the standard one and the one measured on so many, however few."""
    trust = count / (count + _COUNT_FOR_HALF_TRUST)
    return float(trust * measured + (1 - trust) * standard)


def _normal_tail(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def lower_deviation(values: Floats) -> float:
    """Return the median less the 16th percentile, blind to the few high numbers."""
    low, middle = np.percentile(values, (15.87, 50.0))
    return float(middle - low)
