"""Finding the photos that hold a region near to a vector.

SQLite holds the regions, 8 bits a number. Up to ``EXACT_LIMIT`` regions nothing more is needed: all
of them are compared. Above that the vectors are made shorter by a projection on the directions in
which this library's regions differ most, kept in memory, (n, D) float16, with an hnswlib graph as
for photo vectors (``vector_index``), and whatever these propose is ranked by the stored vectors.

Memory a region, above the limit: 2 D in the table and 4 D + about 160 bytes in the graph, 830 bytes
for D = 112. How many columns and candidates are enough: docs/regions.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from app.core.library.folder import INDEX_NAME
from app.core.library.graph_cache import GraphIdentity
from app.core.library.library import Library
from app.core.library.regions import MAX_REGIONS
from app.core.library.rows import Float16Array, Float32Array, Int64Array, PackedRegions
from app.core.library.vector_index import N_NEIGHBOURS, VectorIndex

EXACT_LIMIT = 30_000
N_COLUMNS = 112
_PLACES_PER_PHOTO = 64  # a region's number is its photo's id times this and its place
_SAMPLE = 20_000
_OUTGROWN = 8
_REGIONS_PER_PHOTO_WANTED = 2
_SEED = 20240501
_NO_IDS: Int64Array = np.empty(0, np.int64)


class ShortRegions:
    """The projected region vectors of one model in a library, as a ``VectorSource``."""

    def __init__(self, library: Library, model_id: int, projection: Float32Array) -> None:
        self._library = library
        self._model_id = model_id
        self.projection = projection
        self.folder = library.directory / INDEX_NAME
        self.stem = f"regions-{model_id}"

    def identity(self) -> GraphIdentity:
        """This model's regions in this library under this projection."""
        fingerprint, _, _ = self._library.model_facts(self._model_id)
        digest = hashlib.sha256(self.projection.tobytes()).hexdigest()[:16]
        n_columns = self.projection.shape[1]
        return GraphIdentity(self._library.uuid, f"{fingerprint} {digest}", n_columns, N_NEIGHBOURS)

    def generation(self) -> int:
        """The model's generation."""
        return self._library.model_facts(self._model_id)[2]

    def load(self, since: int = -1) -> tuple[Int64Array, Float16Array]:
        """The regions of photos that changed after a generation, as numbers and short vectors."""
        numbers, vectors = [_NO_IDS], [np.empty((0, self.projection.shape[1]), np.float16)]
        for packed in self._library.regions.stream(self._model_id, since):
            numbers.append(region_numbers(packed))
            vectors.append(self.shortened(packed))
        return np.concatenate(numbers), np.concatenate(vectors)

    def shortened(self, packed: PackedRegions) -> Float16Array:
        """Return the short vectors of regions, (M, D)."""
        short: Float16Array = (packed.vectors() @ self.projection).astype(np.float16)
        return short


class _RegionGraph(VectorIndex):
    """A ``VectorIndex`` of region numbers that may be asked for the regions of some photos.

    What it finds is ranked anew by longer vectors, so it proposes no more than it is asked for.
    """

    candidates_per_hit = 1

    def _allowed_rows(self, ids: Int64Array) -> Int64Array:
        rows = self._table.alive_rows()
        return rows[np.isin(self._table.ids_at(rows) // _PLACES_PER_PHOTO, ids)]

    def numbers_of(self, photo_ids: Int64Array) -> Int64Array:
        """Return the numbers of all regions of photos that are in the index."""
        places = np.arange(_PLACES_PER_PHOTO, dtype=np.int64)
        numbers = (photo_ids[:, None] * _PLACES_PER_PHOTO + places).reshape(-1)
        return numbers[self._table.rows_of(numbers) >= 0]


class RegionIndex:
    """The regions of one model. One thread at a time.

    Whoever writes regions to the library tells the index too (``add``, ``remove``).
    """

    def __init__(self, library: Library, model_id: int, *, exact_limit: int = EXACT_LIMIT) -> None:
        """Open the index; a damaged or missing graph on disk is built anew by ``build``.

        Raises:
            LibraryError: no such model, or the library cannot be read.
        """
        self._library = library
        self._model_id = model_id
        self._exact_limit = exact_limit
        self._n_regions = library.regions.count(model_id)
        self._source: ShortRegions | None = None
        self._graph: _RegionGraph | None = None
        if self._n_regions > exact_limit:
            self._open_graph()

    def __len__(self) -> int:
        """Return how many regions can be found."""
        return self._n_regions if self._graph is None else len(self._graph)

    def add(self, photo_ids: Sequence[int] | Int64Array) -> None:
        """Take in the regions that photos have in the library now, in place of older ones."""
        packed = self._library.regions.load(self._model_id, photo_ids)
        if self._graph is None or self._source is None:
            self._n_regions = self._library.regions.count(self._model_id)
            if self._n_regions > self._exact_limit:
                self._open_graph()
            return
        self.remove(photo_ids)
        self._graph.add(region_numbers(packed), self._source.shortened(packed))

    def remove(self, photo_ids: Sequence[int] | Int64Array) -> None:
        """Forget the regions of photos; those that are not there do not matter."""
        if self._graph is None:
            self._n_regions = self._library.regions.count(self._model_id)
        else:
            ids = np.asarray(photo_ids, dtype=np.int64)
            self._graph.remove(self._graph.numbers_of(ids))

    def build(self, max_rows: int | None = None) -> int:
        """Bring regions into the graph, ``max_rows`` of them or all; return how many are left.

        For the library's writer, which keeps the projection for the next time.
        """
        if self._graph is None or self._source is None:
            return 0
        stored = self._library.regions.projection(self._model_id)
        if stored is None or not np.array_equal(stored[0], self._source.projection):
            matrix = self._source.projection
            self._library.regions.save_projection(self._model_id, matrix, len(self))
        return self._graph.build(max_rows)

    def save(self) -> None:
        """Write the graph to disk, atomically; a small library needs none and has none."""
        if self._graph is not None:
            self._graph.save()

    def candidates(
        self,
        vectors: Float32Array,
        n_photos: int,
        allowed_ids: Int64Array | None = None,
    ) -> Int64Array:
        """Return the ids of photos that may hold the regions nearest to any of the vectors.

        They are to be ranked by their stored regions. Up to the limit, and with few allowed ones,
        all photos are candidates, so that nothing is lost.

        Args:
            vectors: (m, E) of unit length.
            n_photos: how many are wanted for each vector.
            allowed_ids: only these.
        """
        if self._graph is None or self._source is None:
            ids = self._library.regions.photo_ids(self._model_id)
            return ids if allowed_ids is None else np.intersect1d(ids, allowed_ids)
        if allowed_ids is not None and len(allowed_ids) * MAX_REGIONS <= self._exact_limit:
            return np.asarray(allowed_ids, dtype=np.int64)
        found = [_NO_IDS]
        for vector in vectors @ self._source.projection:
            wanted = n_photos * _REGIONS_PER_PHOTO_WANTED
            numbers, _ = self._graph.search(vector, wanted, allowed_ids)
            photo_ids = numbers // _PLACES_PER_PHOTO
            firsts = np.sort(np.unique(photo_ids, return_index=True)[1])
            found.append(photo_ids[firsts][:n_photos])
        return np.unique(np.concatenate(found))

    def _open_graph(self) -> None:
        stored = self._library.regions.projection(self._model_id)
        if stored is None or (stored[1] < _SAMPLE and stored[1] * _OUTGROWN < self._n_regions):
            matrix = self._new_projection()
        else:
            matrix = stored[0]
        self._source = ShortRegions(self._library, self._model_id, matrix)
        self._graph = _RegionGraph(self._source, exact_limit=self._exact_limit)

    def _new_projection(self) -> Float32Array:
        """Return the (E, D) directions in which a sample of this library's regions is largest."""
        ids = self._library.regions.photo_ids(self._model_id)
        n_photos = max(1, _SAMPLE * len(ids) // max(self._n_regions, 1))
        if len(ids) > n_photos:
            ids = np.sort(np.random.default_rng(_SEED).choice(ids, n_photos, replace=False))
        vectors = self._library.regions.load(self._model_id, ids).vectors()
        _, directions = np.linalg.eigh(vectors.T @ vectors)
        n_columns = min(N_COLUMNS, vectors.shape[1])
        largest: Float32Array = np.ascontiguousarray(
            directions[:, ::-1][:, :n_columns], dtype=np.float32
        )
        return largest


def region_numbers(packed: PackedRegions) -> Int64Array:
    """Return the number of each region in an index, (M,) int64, ascending."""
    counts = packed.counts()
    places = np.arange(len(packed), dtype=np.int64) - np.repeat(packed.starts, counts)
    return np.repeat(packed.photo_ids, counts) * _PLACES_PER_PHOTO + places
