"""Search over a large library: time, recall against comparing all regions, memory a region.

    python -m benchmarks.search                                 100,000 photos x 16 regions
    python -m benchmarks.search --photos 1000000 --regions 8    half an hour, 14 GB of memory
    python -m benchmarks.search --photos 5000                   a short look

Vectors are synthetic: clusters whose directions have a falling spectrum, as those of real pictures
have, so that a projection keeps most of them. Questions are regions of the library with noise
added. A search is what the engine does after encoding: the photo index, candidates from the region
index, their stored regions read from the database and ranked. The other side of recall compares
every stored region. Both sides run in this process, one after the other. On a machine that has
other work, ``p95_cpu_ms`` (processor time of all threads) says more than ``p95_ms``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from app.core.library import Library
from app.core.library.region_index import RegionIndex
from app.core.library.rows import NewPhoto, PackedRegions, Regions
from app.core.library.vector_index import VectorIndex

_PHOTOS_PER_BATCH = 1000
_N_CLUSTERS = 2000
_SPECTRUM = -0.6
_WITHIN = 0.7  # how much regions of one cluster differ, against how much clusters do
_QUERY_NOISE = 0.35
_CANDIDATE_PHOTOS = 300
_TOP = 10


def main() -> None:
    options = _options()
    rng = np.random.default_rng(options.seed)
    with (
        tempfile.TemporaryDirectory(dir=options.folder) as folder,
        Library.open(Path(folder) / "library", write=True) as library,
    ):
        model_id = library.use_model("synthetic", "synthetic", options.dim)
        _fill(library, model_id, options, rng)
        print(json.dumps(_measure(library, model_id, options, rng)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--regions", type=int, default=16)
    parser.add_argument("--dim", type=int, default=768)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where the library may be made")
    return parser.parse_args()


class _Source:
    """Draws unit vectors of clusters with a falling spectrum."""

    def __init__(self, dim: int, rng: np.random.Generator) -> None:
        self._rng = rng
        self._scale = (np.arange(1, dim + 1) ** _SPECTRUM).astype(np.float32)
        self._centres = self._noise(_N_CLUSTERS)

    def draw(self, n: int) -> np.ndarray:
        centres = self._centres[self._rng.integers(0, _N_CLUSTERS, n)]
        return _unit(centres + _WITHIN * self._noise(n))

    def near(self, vectors: np.ndarray) -> np.ndarray:
        noise = _unit(self._noise(len(vectors)))
        return _unit(vectors + _QUERY_NOISE * noise)

    def _noise(self, n: int) -> np.ndarray:
        dim = len(self._scale)
        return self._rng.standard_normal((n, dim), dtype=np.float32) * self._scale


def _fill(
    library: Library, model_id: int, options: argparse.Namespace, rng: np.random.Generator
) -> None:
    source = _Source(options.dim, rng)
    with tempfile.TemporaryDirectory() as root:
        root_id = library.add_root(root.encode()).id
    boxes = np.tile(np.array([0.2, 0.2, 0.6, 0.6], np.float32), (options.regions, 1))
    for first in range(0, options.photos, _PHOTOS_PER_BATCH):
        n = min(_PHOTOS_PER_BATCH, options.photos - first)
        vectors = source.draw(n)
        rows = [_photo(root_id, first + at, vectors[at]) for at in range(n)]
        ids = library.save_batch(model_id, rows, [])
        regions = source.draw(n * options.regions).reshape(n, options.regions, -1)
        found = {photo_id: Regions(boxes, regions[at]) for at, photo_id in enumerate(ids)}
        library.regions.save(model_id, found)


def _photo(root_id: int, number: int, vector: np.ndarray) -> NewPhoto:
    return NewPhoto(
        root_id, b"%08d.jpg" % number, 1, number, number, b"%032d" % number, 4000, 3000,
        None, None, "JPEG", 0, vector=vector, patches=256,
    )  # fmt: skip


def _measure(
    library: Library, model_id: int, options: argparse.Namespace, rng: np.random.Generator
) -> dict[str, object]:
    photos = VectorIndex.open(library, model_id)
    photos.build()
    before = _resident_bytes()
    started_s = time.monotonic()
    regions = RegionIndex(library, model_id)
    regions.build()
    build_s = time.monotonic() - started_s
    memory = (_resident_bytes() - before) / max(len(regions), 1)
    ids = library.regions.photo_ids(model_id)
    asked = library.regions.load(model_id, rng.choice(ids, options.queries, replace=False))
    queries = _Source(options.dim, rng).near(asked.vectors()[asked.starts])
    times_ms, cpu_ms, found = [], [], []
    for query in queries:
        started_s, cpu_s = time.perf_counter(), time.process_time()
        photos.search(query, _CANDIDATE_PHOTOS)
        candidates = regions.candidates(query[None], _CANDIDATE_PHOTOS)
        best = _best(library.regions.load(model_id, candidates), query)
        times_ms.append((time.perf_counter() - started_s) * 1000)
        cpu_ms.append((time.process_time() - cpu_s) * 1000)
        found.append({photo_id for photo_id, _ in best})
    exact = _exhaustive(library, model_id, queries)
    recall = np.mean([len(one & other) / _TOP for one, other in zip(found, exact, strict=True)])
    return {
        "photos": options.photos,
        "regions_per_photo": options.regions,
        "dim": options.dim,
        "build_s": round(build_s, 1),
        "bytes_per_region": round(memory),
        "p50_ms": round(float(np.percentile(times_ms, 50)), 1),
        "p95_ms": round(float(np.percentile(times_ms, 95)), 1),
        "p95_cpu_ms": round(float(np.percentile(cpu_ms, 95)), 1),
        "recall_at_10": round(float(recall), 4),
    }


def _best(packed: PackedRegions, query: np.ndarray) -> list[tuple[int, float]]:
    """The photos with the nearest regions and their cosines, at most ``_TOP``."""
    cosines = np.maximum.reduceat(packed.vectors() @ query, packed.starts)
    order = np.argsort(-cosines)[:_TOP]
    return [(int(packed.photo_ids[at]), float(cosines[at])) for at in order]


def _exhaustive(library: Library, model_id: int, queries: np.ndarray) -> list[set[int]]:
    """The best photos of each query among all regions, block by block."""
    best: list[list[tuple[int, float]]] = [[] for _ in queries]
    for packed in library.regions.stream(model_id):
        cosines = np.maximum.reduceat(packed.vectors() @ queries.T, packed.starts)
        for at in range(len(queries)):
            order = np.argsort(-cosines[:, at])[:_TOP]
            best[at] += [(int(packed.photo_ids[row]), float(cosines[row, at])) for row in order]
            best[at] = sorted(best[at], key=lambda pair: -pair[1])[:_TOP]
    return [{photo_id for photo_id, _ in pairs} for pairs in best]


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _resident_bytes() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main()
