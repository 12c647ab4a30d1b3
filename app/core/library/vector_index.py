"""Finding the photos nearest to a vector.

SQLite holds the vectors; this keeps them in memory, (n, E) float16, and answers exactly: up to
``EXACT_LIMIT`` photos, and whenever a filter is given, by comparing with every one. Above that an
hnswlib graph proposes candidates, which are ranked by the stored vectors. Rows that are not in the
graph yet are always compared, so an answer is complete while the graph is still being built.

Memory: 2 E bytes a photo, and above the limit 4 E + about 160 bytes more for the graph.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from app.core.library.folder import INDEX_NAME
from app.core.library.graph_cache import GraphCache, GraphFacts, GraphIdentity, new_graph
from app.core.library.graph_queue import GraphQueue
from app.core.library.library import Library
from app.core.library.rows import Float16Array, Float32Array, Int64Array
from app.core.library.vector_table import VectorTable

EXACT_LIMIT = 20_000
N_NEIGHBOURS = 16
_BUILD_EFFORT = 100
_LEAST_SEARCH_EFFORT = 200
_GRAPH_ROWS_PER_NEW_ROW = 1  # the graph keeps its distance, the idle engine closes it
_GRAPH_ROWS_PER_STEP = 2000
_UNFINISHED_WORTH_SAVING = 0.5
_FEW_DEAD = 1000
_ROOM = 1.25
_NO_IDS: Int64Array = np.empty(0, np.int64)

_logger = logging.getLogger(__name__)
Floats = npt.NDArray[np.floating]


class VectorSource(Protocol):
    """Where the vectors of an index are kept for good, and where its graph may be."""

    @property
    def folder(self) -> Path:
        """The folder for the graph on disk."""

    @property
    def stem(self) -> str:
        """How the names of the graph's files begin."""

    def identity(self) -> GraphIdentity:
        """What a graph must be made for."""

    def generation(self) -> int:
        """A number that grows with every change of the vectors."""

    def load(self, since: int = -1) -> tuple[Int64Array, Float16Array]:
        """Ids (n,) int64, ascending, and vectors (n, E) float16 changed after a generation."""


class PhotoVectors:
    """The photo vectors of one model in a library, as a ``VectorSource``."""

    def __init__(self, library: Library, model_id: int) -> None:
        self._library = library
        self._model_id = model_id
        self.folder = library.directory / INDEX_NAME
        self.stem = f"photos-{model_id}"

    def identity(self) -> GraphIdentity:
        """This model's vectors in this library."""
        fingerprint, dim, _ = self._library.model_facts(self._model_id)
        return GraphIdentity(self._library.uuid, fingerprint, dim, N_NEIGHBOURS)

    def generation(self) -> int:
        """The model's generation."""
        return self._library.model_facts(self._model_id)[2]

    def load(self, since: int = -1) -> tuple[Int64Array, Float16Array]:
        """The vectors changed after a generation of the model."""
        return self._library.load_vectors(self._model_id, since)


class VectorIndex:
    """The vectors of one source, searchable. One thread at a time.

    Whoever writes vectors to the library tells the index too (``add``, ``remove``).
    """

    candidates_per_hit = 3

    def __init__(self, source: VectorSource, *, exact_limit: int = EXACT_LIMIT) -> None:
        """Load all vectors, and the graph if the one on disk is sound and fits.

        A graph that is behind is brought up to date. A damaged, foreign or missing one is no error:
        ``build`` makes it anew, and until then every vector is compared.

        Raises:
            LibraryError: the vectors cannot be read.
        """
        self._source = source
        self._exact_limit = exact_limit
        self._identity = source.identity()
        self._table = VectorTable(*source.load())
        self._cache = GraphCache(source.folder, source.stem)
        self._graph: Any = None
        self._queue = GraphQueue()  # in the table, not in the graph yet
        self._dead: set[int] = set()  # in the graph, not in the table as it is there
        self._dirty = False

        if len(self) > exact_limit:
            self._load_graph()

    @classmethod
    def open(
        cls, library: Library, model_id: int, *, exact_limit: int = EXACT_LIMIT
    ) -> VectorIndex:
        """Return the index of a model's photo vectors.

        Raises:
            LibraryError: no such model, or the library cannot be read.
        """
        return cls(PhotoVectors(library, model_id), exact_limit=exact_limit)

    def __len__(self) -> int:
        """Return how many photos can be found."""
        return len(self._table)

    # ------------------------------------------------------------ changing

    def add(self, photo_ids: Sequence[int] | Int64Array, vectors: Floats) -> None:
        """Add the vectors (n, E) of photos, or replace the ones they had."""
        ids = np.asarray(photo_ids, dtype=np.int64)
        self._take_out_of_graph(ids)
        self._table.put(ids, vectors)
        if len(self) <= self._exact_limit:
            return
        if self._graph is not None:
            # First in line: a vector that changed must be in the graph again before it is saved.
            self._queue.put_first(ids)
        self.build(_GRAPH_ROWS_PER_NEW_ROW * len(ids))

    def remove(self, photo_ids: Sequence[int] | Int64Array) -> None:
        """Forget photos; those that are not there do not matter."""
        ids = np.asarray(photo_ids, dtype=np.int64)
        self._take_out_of_graph(ids)
        self._table.remove(ids)

    def build(self, max_rows: int | None = None) -> int:
        """Bring rows into the graph, ``max_rows`` of them or all; return how many are left.

        Nothing to do up to ``EXACT_LIMIT`` photos. About 2,000 rows a second; call it with a few
        hundred whenever there is nothing better to do.
        """
        if len(self) <= self._exact_limit:
            self._drop_graph()
            return 0
        if self._graph is None or len(self._dead) > max(_FEW_DEAD, len(self) // 4):
            self._begin_graph()
        n_rows = len(self._queue) if max_rows is None else max_rows
        while n_rows > 0 and len(self._queue):
            step = min(n_rows, _GRAPH_ROWS_PER_STEP)
            self._insert(self._queue.take(step))
            n_rows -= step
        return len(self._queue)

    def save(self) -> None:
        """Write the graph to disk, atomically; a small library needs none and has none."""
        if self._graph is None:
            if len(self) <= self._exact_limit:
                self._cache.clear()
            return
        if not self._dirty or len(self._queue) > _UNFINISHED_WORTH_SAVING * len(self):
            return
        n_rows = int(self._graph.get_current_count())
        facts = GraphFacts(self._identity, n_rows, self._source.generation())
        self._cache.save(self._graph, facts)
        self._dirty = False

    # ------------------------------------------------------------ asking

    def search(
        self,
        vector: Floats,
        k: int,
        allowed_ids: Sequence[int] | Int64Array | None = None,
    ) -> tuple[Int64Array, Float32Array]:
        """Return the ids (m,) and cosines (m,) float32 of the best photos, best first, m <= k.

        Args:
            vector: (E,) of unit length.
            k: how many at most.
            allowed_ids: only these; the answer is exact then.
        """
        query = np.asarray(vector, dtype=np.float32).reshape(-1)
        if k <= 0 or len(self) == 0:
            return _NO_IDS, np.empty(0, np.float32)
        if allowed_ids is None:
            rows = self._proposed_rows(query, k)
        else:
            rows = self._allowed_rows(np.unique(np.asarray(allowed_ids, dtype=np.int64)))
        if rows is None:
            rows = self._table.alive_rows()
            cosines = self._table.cosines(query)[rows]
        else:
            cosines = self._table.cosines(query, rows)
        ids = self._table.ids_at(rows)
        best = _best_first(cosines, ids, k)
        return ids[best], cosines[best]

    def cosines(self, vector: Floats, photo_ids: Sequence[int] | Int64Array) -> Float32Array:
        """Return the cosine (n,) float32 of each photo, in order, NaN where it has no vector."""
        rows = self._table.rows_of(np.asarray(photo_ids, dtype=np.int64))
        found = np.full(len(rows), np.nan, dtype=np.float32)
        known = rows >= 0
        query = np.asarray(vector, dtype=np.float32).reshape(-1)
        found[known] = self._table.cosines(query, rows[known])
        return found

    def vectors_of(self, ids: Int64Array) -> Float32Array:
        """Return the vectors of ids that are all there, (n, E) float32, in order."""
        return self._table.vectors_at(self._table.rows_of(ids)).astype(np.float32)

    def ids(self) -> Int64Array:
        """Return the ids of all that can be found, (n,) int64."""
        return self._table.ids_at(self._table.alive_rows())

    def sample(self, n: int, seed: int) -> Float32Array:
        """Return (m, E) float32 of m <= n photos drawn at random; same seed, same photos."""
        rows = self._table.alive_rows()
        if len(rows) > n:
            rows = np.sort(np.random.default_rng(seed).choice(rows, size=n, replace=False))
        return self._table.vectors_at(rows).astype(np.float32)

    def _allowed_rows(self, ids: Int64Array) -> Int64Array:
        """Return the rows that a search with ``allowed_ids`` compares."""
        return self._known_rows(ids)

    def _known_rows(self, ids: Int64Array) -> Int64Array:
        rows = self._table.rows_of(ids)
        return rows[rows >= 0]

    def _proposed_rows(self, query: Float32Array, k: int) -> Int64Array | None:
        """Return what the graph proposes and all it does not hold; None when it cannot answer."""
        wanted = k * self.candidates_per_hit
        if self._graph is None or wanted * 4 > len(self) - len(self._queue):
            return None
        try:
            self._graph.set_ef(max(2 * wanted, _LEAST_SEARCH_EFFORT))
            labels, _ = self._graph.knn_query(query, k=wanted)
        except RuntimeError as error:  # the graph is thinner than was asked for
            _logger.info("the graph could not answer, all vectors are compared: %s", error)
            return None
        return self._known_rows(np.union1d(labels[0].astype(np.int64), self._queue.ids()))

    # ------------------------------------------------------------ the graph

    def _load_graph(self) -> None:
        loaded = self._cache.load(self._identity, self._source.generation())
        if loaded is None:
            return
        self._graph, facts = loaded
        labels = np.array(sorted(self._graph.get_ids_list()), dtype=np.int64)
        ids = self._table.ids_at(self._table.alive_rows())
        changed, _ = self._source.load(facts.generation)
        dead = np.union1d(np.setdiff1d(labels, ids), np.intersect1d(labels, changed))
        self._mark_dead(dead)
        self._dead.update(dead.tolist())
        self._queue = GraphQueue(np.union1d(np.setdiff1d(ids, labels), changed))

    def _begin_graph(self) -> None:
        self._graph = new_graph(self._table.dim)
        self._graph.init_index(
            max_elements=int(len(self) * _ROOM), M=N_NEIGHBOURS, ef_construction=_BUILD_EFFORT
        )
        self._queue = GraphQueue(self._table.ids_at(self._table.alive_rows()))
        self._dead = set()
        self._dirty = True

    def _drop_graph(self) -> None:
        self._graph = None
        self._queue = GraphQueue()
        self._dead = set()

    def _insert(self, ids: Int64Array) -> None:
        """Bring ids into the graph; those that have left are passed over."""
        rows = self._known_rows(ids)
        if not len(rows):
            return
        ids = self._table.ids_at(rows)
        needed = int(self._graph.get_current_count()) + len(ids)
        if needed > self._graph.get_max_elements():
            self._graph.resize_index(int(needed * _ROOM))
        vectors = self._table.vectors_at(rows).astype(np.float32)
        self._graph.add_items(vectors, ids)  # brings a dead one back to life
        self._dead.difference_update(ids.tolist())
        self._dirty = True

    def _take_out_of_graph(self, ids: Int64Array) -> None:
        if self._graph is not None:
            self._mark_dead(ids)
            self._queue.drop(ids)

    def _mark_dead(self, ids: Int64Array) -> None:
        for photo_id in ids:
            try:
                self._graph.mark_deleted(int(photo_id))
            except RuntimeError:  # not in the graph, or dead already
                continue
            self._dead.add(int(photo_id))
            self._dirty = True


def _best_first(cosines: Float32Array, ids: Int64Array, k: int) -> npt.NDArray[np.intp]:
    """Return positions of the k best, best first; of equal ones the older photo first."""
    if len(cosines) > k:
        line = np.partition(cosines, len(cosines) - k)[len(cosines) - k]
        kept = np.flatnonzero(cosines >= line)
    else:
        kept = np.arange(len(cosines))
    return kept[np.lexsort((ids[kept], -cosines[kept]))][:k]
