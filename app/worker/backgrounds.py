"""What the library's photos and regions answer to questions that they are not about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.core.library import Library
from app.core.library.region_index import RegionIndex
from app.core.library.rows import PackedRegions
from app.core.library.vector_index import VectorIndex
from app.core.ranking import BACKGROUND_PHOTOS, PROBES, Background
from app.worker.encoding import Vectors

_SEED = 20240501
_STALE_GROWTH = 1.2
_REGION_PHOTOS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Backgrounds:
    """Backgrounds of words and pictures, against photos and regions, and their samples."""

    photos: Vectors
    regions: PackedRegions
    region_vectors: Vectors
    text_photo: Background
    text_region: Background
    picture_photo: Background
    n_vectors: int
    n_regions: int


class BackgroundKeeper:
    """Measures backgrounds when they are first asked for, and again when the library has changed.

    Args:
        library: read only here.
        index: of the photo vectors.
        regions: of the region vectors.
        model_id: of both.
        encode: gives the vectors of texts in a mode.
    """

    def __init__(
        self,
        library: Library,
        index: VectorIndex,
        regions: RegionIndex,
        model_id: int,
        encode: Callable[[list[str], str], Vectors],
    ) -> None:
        self._library = library
        self._index = index
        self._regions = regions
        self._model_id = model_id
        self._encode = encode
        self._known: Backgrounds | None = None
        self._probes: tuple[Vectors, Vectors] | None = None

    def get(self) -> Backgrounds:
        """Return the backgrounds; measured again when the library grew or shrank by a fifth."""
        known = self._known
        sizes = len(self._index), len(self._regions)
        if known is None or any(
            max(then, now) > min(then, now) * _STALE_GROWTH
            for then, now in zip((known.n_vectors, known.n_regions), sizes, strict=True)
        ):
            known = self._known = self._measured(*sizes)
        return known

    def _measured(self, n_vectors: int, n_regions: int) -> Backgrounds:
        if self._probes is None:
            self._probes = self._encode(list(PROBES), "auto"), self._encode(list(PROBES), "box")
        for_photos, for_regions = self._probes
        photos = np.asarray(self._index.sample(BACKGROUND_PHOTOS, _SEED), np.float32)
        packed = self._region_sample()
        vectors = packed.vectors()
        best = best_of_photos(vectors @ for_regions.T, packed)
        return Backgrounds(
            photos,
            packed,
            vectors,
            Background.measure(photos, for_photos),
            Background.of_regions(best),
            Background.of_pictures(photos),
            n_vectors,
            n_regions,
        )

    def _region_sample(self) -> PackedRegions:
        ids = np.intersect1d(self._library.regions.photo_ids(self._model_id), self._index.ids())
        if len(ids) > _REGION_PHOTOS:
            rng = np.random.default_rng(_SEED)
            ids = np.sort(rng.choice(ids, size=_REGION_PHOTOS, replace=False))
        return self._library.regions.load(self._model_id, ids)


def best_of_photos(values: Vectors, packed: PackedRegions) -> Vectors:
    """Return the highest value of each photo's regions: (M, m) gives (n, m)."""
    if not len(packed):
        return values[:0]
    best: Vectors = np.maximum.reduceat(values, packed.starts, axis=0)
    return best
