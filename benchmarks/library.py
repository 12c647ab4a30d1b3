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
import contextlib
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.core.library import Library, generation
from app.core.library.folder import LIBRARY_NAME
from app.core.library.rows import NewPhoto
from app.core.library.vector_index import VectorIndex
from app.core.scanning import FileFact
from app.worker.disk_changes import compare

BATCH = 32
SMALL_LIBRARY = 1000
N_MEASURED = 60  # batches
PER_FILL = 20_000
PER_FOLDER = 1000
FILL_CACHE_KIB = 400_000  # so that filling, which is not measured, does not wait for the disk
PHOTO_COLUMNS = (
    "root_id, path, display, size_bytes, mtime_ns, inode, content_hash, sort_s,"
    " width_px, height_px, format, average_rgb"
)
FILL = f"""
    WITH RECURSIVE numbers(n) AS (
        SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :stop
    )
    INSERT INTO photos ({PHOTO_COLUMNS})
    SELECT :root_id, CAST(printf('%04d/%07d.jpg', n / {PER_FOLDER}, n) AS BLOB),
        printf('%04d/%07d.jpg', n / {PER_FOLDER}, n), 1000000 + n, (100000000 + n) * 10000000000,
        n, randomblob(32), 1000000000 + n * 10, 4000, 3000, 'JPEG', 0
    FROM numbers
"""
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
        library = self._library
        while self._n < n_photos:
            stop = min(self._n + PER_FILL, n_photos)
            with _bulk(library):
                facts = {"first": self._n, "stop": stop, "root_id": self._root.id}
                library._store.connection.execute(FILL, facts)
                rows = self._vectors(stop - self._n)
                _insert_vectors(library, self._model, self._root.id, rows)
            self._n = stop
        self._index = VectorIndex.open(library, self._model)

    def _vectors(self, n_photos: int) -> np.ndarray:
        """Return (n, E) float32 rows of unit length, hardly ever the same twice."""
        turned = np.roll(self._rows, int(self._chance.integers(self._dim)), axis=1)
        rows: np.ndarray = turned[(self._n + np.arange(n_photos)) % len(turned)]
        return rows

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
        rows = self._vectors(n_photos)
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


@contextlib.contextmanager
def _bulk(library: Library) -> Iterator[None]:
    """One transaction that need not survive a power cut, with much room in memory."""
    store = library._store
    cache_kib = store.number("PRAGMA cache_size")
    store.run(f"PRAGMA cache_size = -{FILL_CACHE_KIB}")
    store.run("PRAGMA synchronous = OFF")
    with store.transaction():
        yield
        generation.raise_library(store)
    store.run("PRAGMA synchronous = NORMAL")
    store.run(f"PRAGMA cache_size = {cache_kib}")


def _insert_vectors(library: Library, model_id: int, root_id: int, rows: np.ndarray) -> None:
    """Give the photos that were inserted last a vector each."""
    last_id = library._store.number("SELECT MAX(id) FROM photos")
    seen = generation.raise_model(library._store, model_id)
    library._store.run_many(
        "INSERT INTO vectors (model_id, photo_id, root_id, generation, patches, vector)"
        " VALUES (?, ?, ?, ?, 256, ?)",
        (
            (model_id, photo_id, root_id, seen, row.tobytes())
            for photo_id, row in enumerate(rows.astype(np.float16), last_id - len(rows) + 1)
        ),
    )


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
        for start in range(0, n_files, PER_FILL):
            _store_files(library, root.id, model, changes.changed[start : start + PER_FILL])
        del changes
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


def _store_files(library: Library, root_id: int, model_id: int, files: list[FileFact]) -> None:
    """Store files as if they had been indexed; each has its path as content and a thumbnail."""
    with _bulk(library):
        library._store.run_many(
            f"INSERT INTO photos ({PHOTO_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 1, 1, 'x', 0)",
            (
                (root_id, file.path, "", file.size_bytes, file.mtime_ns, file.inode, file.path)
                for file in files
            ),
        )
        _insert_vectors(library, model_id, root_id, np.zeros((len(files), 16)))
    library._thumbnails.save([(file.path, b"x") for file in files])


if __name__ == "__main__":
    sys.exit(main())
