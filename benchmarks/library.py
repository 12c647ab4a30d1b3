"""How the library holds up as it grows: synthetic photos and vectors, and a tree of many files.

``python benchmarks/library.py --photos 1000000 --files 1000000`` prints a JSON object for each
part. Of the photos: milliseconds of processor time that the engine spends a photo on everything but
decoding and encoding, with 1,000 photos and with all of them, and what that makes of an encoder's
rate, with the same on the clock of the wall, which says little on a busy machine; bytes a photo;
seconds until a window has the list of photos and until the engine can search. Of the files: seconds
to scan an unchanged tree and compare it with the library. ``--graph`` brings all vectors into the
search graph before the second measurement (half an hour for a million). Needs about 6 GB of disk
for a million of each; everything is written below a temporary folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.core.library import Library, generation
from app.core.library.folder import LIBRARY_NAME
from app.core.library.rows import NewPhoto
from app.core.library.vector_index import VectorIndex
from app.worker.disk_changes import compare

BATCH = 32
SMALL_LIBRARY = 1000
N_MEASURED = 60  # batches
PER_FILL = 5000
FILL_CACHE_KIB = 400_000  # so that filling, which is not measured, does not wait for the disk
BULK_PHOTO = (
    "INSERT INTO photos (id, root_id, path, display, size_bytes, mtime_ns, inode, content_hash,"
    " width_px, height_px, format, average_rgb, sort_s)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 4000, 3000, 'JPEG', 0, ?)"
)
BULK_VECTOR = (
    "INSERT INTO vectors (model_id, photo_id, root_id, generation, patches, vector)"
    " VALUES (?, ?, ?, ?, 256, ?)"
)
PER_FOLDER = 1000
# Core-milliseconds of the base model in 8 bits for a photo of 256 patches: docs/benchmarks.md.
ENCODER_MS = 150.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--dim", type=int, default=768)
    parser.add_argument("--graph", action="store_true", help="build the search graph too")
    parser.add_argument("--dir", type=Path, help="where to write; a temporary folder is made there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir) as name:
        folder = Path(name)
        photos = _Photos(folder, options.dim).measure(options.photos, options.graph)
        _say({"photos": options.photos, "dim": options.dim} | photos)
        _say(_start(folder, options.photos))
        _say({"files": options.files} | _rescan(folder, options.files))
    return 0


def _say(result: dict[str, float]) -> None:
    print(json.dumps(result), flush=True)


class _Photos:
    """A library that is filled with made-up photos."""

    def __init__(self, folder: Path, dim: int) -> None:
        (folder / "photos").mkdir()
        self._folder = folder
        self._dim = dim
        self._chance = np.random.default_rng(0)
        self._rows = self._chance.standard_normal((PER_FILL, dim), dtype=np.float32)
        self._rows /= np.linalg.norm(self._rows, axis=1, keepdims=True)
        self._n = 0

    def measure(self, n_photos: int, graph: bool) -> dict[str, float]:
        with Library.open(self._folder / "library", write=True) as library:
            self._library = library
            self._root = library.add_root(os.fsencode(self._folder / "photos"))
            self._model = library.use_model("benchmark", "benchmark", self._dim)
            self._fill(SMALL_LIBRARY)
            small_ms, small_wall_ms = self._ms_per_photo()
            started_s = time.perf_counter()
            self._fill(n_photos - BATCH * N_MEASURED)
            fill_s = time.perf_counter() - started_s
            started_s = time.perf_counter()
            if graph:
                self._index.build()
            graph_s = time.perf_counter() - started_s
            large_ms, large_wall_ms = self._ms_per_photo()
            if graph:
                self._index.save()
        size_bytes = (self._folder / "library" / LIBRARY_NAME).stat().st_size
        return {
            "fill_s": round(fill_s, 1),
            "graph_s": round(graph_s, 1),
            "beside_encoding_ms_at_1000": round(small_ms, 3),
            "beside_encoding_ms_at_all": round(large_ms, 3),
            "wall_ms_at_1000": round(small_wall_ms, 3),
            "wall_ms_at_all": round(large_wall_ms, 3),
            "rate_of_that_at_1000": round((ENCODER_MS + small_ms) / (ENCODER_MS + large_ms), 3),
            "bytes_per_photo": round(size_bytes / self._n),
        }

    def _fill(self, n_photos: int) -> None:
        """Store photos in bulk until there are so many, and open the index with them."""
        while self._n < n_photos:
            photos, _ = self._made(min(PER_FILL, n_photos - self._n), with_vectors=True)
            _store_in_bulk(self._library, self._model, photos)
        self._index = VectorIndex.open(self._library, self._model)

    def _ms_per_photo(self) -> tuple[float, float]:
        """Do for some batches all that an index job does for photos beside decoding, encoding.

        Returns:
            Milliseconds a photo: of the processor, and on the wall.
        """
        taken_s = []
        for _ in range(N_MEASURED):
            n_before = self._n
            listed, _ = self._made(BATCH, with_vectors=False)
            self._n = n_before
            encoded, rows = self._made(BATCH, with_vectors=True)
            started_s = np.array([time.process_time(), time.perf_counter()])
            ids = self._library.save_batch(self._model, listed, [])
            self._library.share_vectors(self._model, ids)
            self._library.save_batch(self._model, encoded, [])
            self._index.add(ids, rows)
            taken_s.append(np.array([time.process_time(), time.perf_counter()]) - started_s)
        processor_s, wall_s = np.median(taken_s, axis=0)
        return 1000 * processor_s / BATCH, 1000 * wall_s / BATCH

    def _made(self, n_photos: int, *, with_vectors: bool) -> tuple[list[NewPhoto], np.ndarray]:
        turned = np.roll(self._rows, int(self._chance.integers(self._dim)), axis=1)
        rows = turned[(self._n + np.arange(n_photos)) % len(turned)]
        photos = [
            self._photo(self._n + at, row if with_vectors else None) for at, row in enumerate(rows)
        ]
        self._n += n_photos
        return photos, rows

    def _photo(self, number: int, row: np.ndarray | None) -> NewPhoto:
        path = b"%04d/%07d.jpg" % (number // PER_FOLDER, number)
        content = hashlib.blake2b(path, digest_size=32).digest()
        facts = (1_000_000 + number, 10**18 + number * 10**10, number)
        return NewPhoto(
            *(self._root.id, path, *facts, content, 4000, 3000, None, None, "JPEG", 0),
            vector=row,
            patches=256,
        )


def _store_in_bulk(library: Library, model_id: int, photos: list[NewPhoto]) -> None:
    """Store photos as ``Library.save_batch`` would, in a fraction of the time."""
    store = library._store
    cache_kib = store.number("PRAGMA cache_size")
    store.run(f"PRAGMA cache_size = -{FILL_CACHE_KIB}")
    with store.transaction():
        seen = generation.raise_model(store, model_id)
        first = store.number("SELECT COALESCE(MAX(id), 0) + 1 FROM photos")
        store.run_many(
            BULK_PHOTO,
            (
                (
                    *(at, one.root_id, one.path, one.path.decode(), one.size_bytes, one.mtime_ns),
                    *(one.inode, one.content_hash, one.mtime_ns // 10**9),
                )
                for at, one in enumerate(photos, first)
            ),
        )
        store.run_many(
            BULK_VECTOR,
            (
                (model_id, at, one.root_id, seen, one.vector.astype(np.float16).tobytes())
                for at, one in enumerate(photos, first)
            ),
        )
        generation.raise_library(store)
    library.save_thumbnails([(one.content_hash, one.thumbnail) for one in photos if one.thumbnail])
    store.run(f"PRAGMA cache_size = {cache_kib}")


def _start(folder: Path, n_photos: int) -> dict[str, float]:
    """Open the library as the window does, then as the engine does; its first open of the day."""
    started_s = time.perf_counter()
    with Library.open(folder / "library", write=False) as library:
        library.roots()
        assert len(library.photo_ids()) >= n_photos
    window_s = time.perf_counter() - started_s
    before_bytes = psutil.Process().memory_info().rss
    started_s = time.perf_counter()
    with Library.open(folder / "library", write=True) as library:
        opened_s = time.perf_counter() - started_s
        index = VectorIndex.open(library, library.models()[0].id)
        engine_s = time.perf_counter() - started_s
        index_bytes = psutil.Process().memory_info().rss - before_bytes
        query = index.sample(1, 0)[0]
        started_s = time.perf_counter()
        index.search(query, 200)
        search_ms = (time.perf_counter() - started_s) * 1000
    return {
        "start_window_s": round(window_s, 2),
        "start_writer_s": round(opened_s, 2),
        "start_engine_s": round(engine_s, 2),
        "index_memory_mb": index_bytes >> 20,
        "search_ms": round(search_ms, 1),
    }


def _rescan(folder: Path, n_files: int) -> dict[str, float]:
    """Scan a tree of hard links that the library knows completely."""
    tree = folder / "tree"
    tree.mkdir()
    for number in range(n_files):
        if number % 50_000 == 0:
            source = folder / f"source-{number}.jpg"
            source.write_bytes(b"x")
        if number % PER_FOLDER == 0:
            (tree / f"{number // PER_FOLDER:04d}").mkdir()
        os.link(source, tree / f"{number // PER_FOLDER:04d}" / f"{number:07d}.jpg")
    with Library.open(folder / "scanned", write=True) as library:
        root = library.add_root(os.fsencode(tree))
        model = library.use_model("benchmark", "benchmark", 16)
        *_, changes = compare(library, root, model)
        vector = np.zeros(16, np.float32)
        for start in range(0, n_files, PER_FILL):
            photos = [
                NewPhoto(
                    *(root.id, fact.path, fact.size_bytes, fact.mtime_ns, fact.inode),
                    *(fact.path, 1, 1, None, None, "JPEG", 0, b"x", vector, 256),
                )
                for fact in changes.changed[start : start + PER_FILL]
            ]
            _store_in_bulk(library, model, photos)
        del changes, photos
        before_bytes = psutil.Process().memory_info().rss
        most_bytes, longest_s, last_s = 0, 0.0, time.perf_counter()
        started_s, cpu_s = last_s, time.process_time()
        for at, changes in enumerate(compare(library, root, model)):  # noqa: B007 - the last counts
            now_s = time.perf_counter()
            longest_s, last_s = max(longest_s, now_s - last_s), now_s
            if at % 200 == 0:
                most_bytes = max(most_bytes, psutil.Process().memory_info().rss)
        rescan_s, cpu_s = time.perf_counter() - started_s, time.process_time() - cpu_s
        assert changes.unchanged == n_files, (changes.unchanged, len(changes.changed))
    return {
        "rescan_s": round(rescan_s, 2),
        "rescan_processor_s": round(cpu_s, 2),
        "rescan_longest_step_ms": round(1000 * longest_s),
        "rescan_memory_mb": max(most_bytes - before_bytes, 0) >> 20,
    }


if __name__ == "__main__":
    sys.exit(main())
