"""Scores that mean something: cosines judged against the library's own background.

A cosine says little by itself: what is high depends on the model, on the photos and on the query.
So the model is asked about ``PROBES``, things that few libraries have, and what it answers is taken
as the background: how high the cosines of a query usually are (``mean``), how much they differ
between photos that do not fit (``deviation``), how much the usual height differs from query to
query (``spread``), and how much higher than a normal distribution's the highest one of a query lies
(``tail``).

    C[i, j]    cosine of photo i and probe j, n photos, m probes
    level[j]   median of C[:, j]
    mean       median of level
    spread     lower deviation of level
    shift[j]   n / (n + 30) * clip(level[j] - mean, -2 * spread, 2 * spread)
    z[i, j]    (C[i, j] - mean - shift_share * shift[j]) / deviation
    deviation  lower deviation of C[i, j] - shift_share * shift[j]
    highest    the quantile over j of max_i z[i, j] that TAIL_SHARE of the probes pass
    chance(s)  what the highest of n normal numbers passes with probability s
    tail       n / (n + 30) * clip(highest - chance(TAIL_SHARE), 0, 1)

The lower deviation of numbers is (median - 16th percentile): that of a normal distribution, blind
to the few high numbers that are real matches. The tail is limited, since a probe may find what it
asks for. For a query with cosines c

    z          (c - mean - shift_share * shift) / deviation, with the shift of its own cosines, as
               above (``Background.for_query``)
    own_z      (1 - shift_share) * shift / deviation, where the query's photos themselves lie
    good_z     the lowest z, LEAST_GOOD_Z or more, at which matches outnumber chance: at least
               1 / FALSE_SHARE times as many photos reach it as of n that lie around own_z + tail
    score      1 / (1 + exp(-SLOPE * (z - good_z)))

For the best region of a photo good_z has REGION_FALSE_SHARE in place of FALSE_SHARE, and
shift_share is 0. So a score rises with the cosine and reaches GOOD_SCORE at good_z. Where no photo
stands out, good_z is chance(FALSE_SHARE) + tail, which few such queries reach with any of the n
photos and which grows slowly with the library (chance is 3.1 for 60 photos, 4.9 for 100,000), so
that a query for something absent says so; where many stand out it comes down.

Pictures are searched by pictures with ``Background.of_pictures``: cosines of pictures lie elsewhere
than those of words and are not normal. The line lies ``_SIMILAR_PART`` of the way from the usual
pair of the library's photos to the most alike ``SIMILAR_SHARE`` of pairs, and an identical picture
is ``IDENTICAL_Z`` above it. For regions searched by a box (``Background.of_a_box``) it lies
``_BOX_PART`` of the way from the box's own usual cosine to 1: skies and walls are all alike. Where
there are few photos, both lines lie near a standard one. Neither lies above ``_SAME``: in a library
of one scene all photos are like each other, and not weak matches.

A query that is high for every photo (a hub) is judged by how far photos stand out for it. The shift
is limited to what is usual between queries: "a dog" in an album of dogs stands far above it and
stays good. It counts by half because something that is nowhere is lower for all photos than
something that is: taken whole, the shift would hide that. For regions it does not count at all
(docs/quality.md). With few photos the query's own level says little and the shift fades; with one
photo everything rests on the probes; with none there is nothing to judge, and the background is a
standard one.
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
FALSE_SHARE = 0.05
REGION_FALSE_SHARE = 0.02  # the best of many regions is high by chance more often than one photo
TAIL_SHARE = 0.02
SLOPE = 1.0
SIMILAR_SHARE = 0.02
IDENTICAL_Z = 4.0
BACKGROUND_PHOTOS = 2000

_SHIFT_LIMIT = 2.0
_SHIFT_SHARE = 0.5
_TAIL_LIMIT = 1.0
_PHOTOS_FOR_HALF_TRUST = 30
_LEAST_DEVIATION = 0.004
_SIMILAR_PART = 0.7
_BOX_PART = 0.6
_SAME = 0.9  # two shots of one scene, and a thing in both, were measured at 0.93 to 0.99
_COUNT_FOR_HALF_TRUST = 5
_STANDARD_SIMILAR = 0.85
_STANDARD_DEVIATION = 0.03

Floats = npt.NDArray[np.floating]

PROBES: tuple[str, ...] = (
    "a submarine under the ice",
    "a rocket on a launch pad",
    "an astronaut on the moon",
    "a volcano erupting at night",
    "a polar bear on an ice floe",
    "an octopus in a jar",
    "a jellyfish",
    "a scorpion on sand",
    "a crocodile with an open mouth",
    "a walrus on a rock",
    "a kangaroo jumping",
    "a peacock spreading its tail",
    "a flamingo in a lagoon",
    "a beehive full of bees",
    "a spider web with dew",
    "a dinosaur skeleton in a museum",
    "a knight in armour",
    "a suit of samurai armour",
    "an Egyptian mummy",
    "a pyramid in the desert",
    "a windmill with sails",
    "a lighthouse in a storm",
    "an oil rig at sea",
    "a cable car over a valley",
    "a hot air balloon",
    "a parachute in the sky",
    "a hang glider",
    "a circus acrobat",
    "a bullfight",
    "a chess board",
    "a roulette wheel",
    "a typewriter",
    "a gramophone",
    "an anvil and a hammer",
    "a microscope in a laboratory",
    "a dentist at work",
    "一艘潜水艇",
    "发射台上的火箭",
    "月球上的宇航员",
    "火山爆发",
    "浮冰上的北极熊",
    "一只章鱼",
    "水母",
    "沙漠里的骆驼队",
    "张着嘴的鳄鱼",
    "袋鼠",
    "孔雀开屏",
    "火烈鸟",
    "一窝蜜蜂",
    "恐龙骨架",
    "穿盔甲的骑士",
    "金字塔",
    "风车",
    "灯塔",
    "海上钻井平台",
    "热气球",
    "降落伞",
    "马戏团的杂技",
    "国际象棋",
    "打字机",
    "留声机",
    "显微镜",
    "舞狮",
    "算盘",
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
    tail: float = 0.0
    shift_share: float = _SHIFT_SHARE
    false_share: float = FALSE_SHARE

    @classmethod
    def measure(cls, photo_vectors: Floats, probe_vectors: Floats) -> Background:
        """Return the background of a library.

        Args:
            photo_vectors: (n, E) unit rows, a sample of ``BACKGROUND_PHOTOS`` of the library.
            probe_vectors: (m, E) unit rows, the vectors of ``PROBES``; m at least 1.
        """
        return cls.of_cosines(photo_vectors.astype(np.float32) @ probe_vectors.astype(np.float32).T)

    @classmethod
    def of_regions(cls, cosines: Floats) -> Background:
        """Return the background of best regions; their own level does not count.

        Args:
            cosines: (n, m) of the best region of each photo and the probes.
        """
        return cls.of_cosines(cosines, shift_share=0.0, false_share=REGION_FALSE_SHARE)

    @classmethod
    def of_cosines(
        cls, cosines: Floats, shift_share: float = _SHIFT_SHARE, false_share: float = FALSE_SHARE
    ) -> Background:
        """Return the background that cosines of photos and probes, (n, m), show.

        Args:
            cosines: of n photos and m probes.
            shift_share: how much a query's own level counts.
            false_share: the share of the photos above the line that may be there by chance.
        """
        n_photos = len(cosines)
        if cosines.size == 0:
            return cls(0.0, _STANDARD_DEVIATION, shift_share=shift_share, false_share=false_share)
        levels = np.median(cosines, axis=0)
        found = cls(
            mean=float(np.median(levels)),
            deviation=1.0,
            spread=lower_deviation(levels),
            n_photos=n_photos,
            shift_share=shift_share,
            false_share=false_share,
        )
        shifts = [shift_share * found._shift(float(level), n_photos) for level in levels]
        shifted = cosines - np.array(shifts)[None, :]
        found = replace(found, deviation=max(lower_deviation(shifted), _LEAST_DEVIATION))
        highest = float(np.quantile(found.z(shifted).max(axis=0), 1 - TAIL_SHARE))
        surplus = float(np.clip(highest - _by_chance(n_photos, TAIL_SHARE), 0.0, _TAIL_LIMIT))
        found = replace(found, tail=_trust(n_photos) * surplus)
        return replace(found, good_z=found.line(np.empty(0), n_photos))

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
        return cls._above(line, len(photo_vectors))

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
        return cls._above(line, len(cosines))

    @classmethod
    def _above(cls, line: float, n_photos: int) -> Background:
        """Return the background of pictures that match from a cosine on, ``_SAME`` at most."""
        line = min(line, _SAME)
        deviation = (1 - line) / IDENTICAL_Z
        return cls(mean=line, deviation=deviation, n_photos=n_photos, good_z=0.0)

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
        own_z = (1 - self.shift_share) * shift / self.deviation
        judged = replace(self, mean=self.mean + self.shift_share * shift, own_z=own_z)
        n_searched = len(known) if n_photos is None else max(n_photos, len(known))
        return replace(judged, good_z=judged.line(judged.z(known), n_searched))

    def z(self, cosines: Floats) -> npt.NDArray[np.float32]:
        """Return by how many deviations cosines (n,) lie above the level; a match is at good_z."""
        above = (np.asarray(cosines, dtype=np.float64) - self.mean) / self.deviation
        return above.astype(np.float32)

    def line(self, z: Floats, n_photos: int) -> float:
        """Return good_z of a query whose photos, or a random sample of them, have these z.

        Args:
            z: of the photos searched, or of a random sample of them.
            n_photos: how many are searched.
        """
        return good_line(z, n_photos, self.own_z, self.tail, self.false_share)

    def _shift(self, level: float, n_photos: int) -> float:
        limit = _SHIFT_LIMIT * self.spread
        return _trust(n_photos) * float(np.clip(level - self.mean, -limit, limit))


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
    z: Floats,
    n_photos: int,
    own_z: float = 0.0,
    tail: float = 0.0,
    false_share: float = FALSE_SHARE,
) -> float:
    """Return good_z, the lowest z at which the photos that reach it outnumber chance enough.

    Args:
        z: of the photos searched, or of a random sample of them.
        n_photos: how many are searched.
        own_z: where the z of photos that do not fit lie.
        tail: how much higher than normal numbers the highest of them lies.
        false_share: the share of the photos above the line that may be there by chance.
    """
    highest = _by_chance(n_photos, false_share) + tail
    candidates = np.sort(z[(z >= LEAST_GOOD_Z) & (z < highest)])
    share_above = (np.arange(len(candidates), 0, -1) + (z >= highest).sum()) / max(len(z), 1)
    for value, share in zip(candidates.tolist(), share_above.tolist(), strict=True):
        if share * false_share >= _normal_tail(value - own_z - tail):
            return float(value)
    return max(highest, LEAST_GOOD_Z)


def _by_chance(n_photos: int, false_share: float) -> float:
    """Return what the highest of so many normal numbers passes with that chance."""
    return NormalDist().inv_cdf(max(0.5, 1.0 - false_share / n_photos))


def _trust(n_photos: int) -> float:
    """Return how much is believed of what so many photos show, 0..1."""
    return n_photos / (n_photos + _PHOTOS_FOR_HALF_TRUST)


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
