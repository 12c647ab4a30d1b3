"""How the library holds up as it grows: synthetic photos and vectors, and a tree of many files.

``python benchmarks/library.py --photos 1000000 --files 1000000`` prints one JSON object: rows
stored a second at the start and at the end, bytes a photo, seconds to open library and index, and
seconds to scan an unchanged tree and compare it with the library. Needs about 6 GB of disk for a
million of each. Everything is written below a temporary folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.core.library import Library
from app.core.library.folder import LIBRARY_NAME
from app.core.library.rows import NewPhoto
from app.core.library.vector_index import VectorIndex
from app.worker.disk_changes import compare

BATCH = 32
PER_FOLDER = 1000
MEASURED_BATCHES = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--dim", type=int, default=768)
    parser.add_argument("--dir", type=Path, help="where to write; a temporary folder is made there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        result = {"photos": options.photos, "files": options.files, "dim": options.dim}
        result |= _rows(Path(folder), options.photos, options.dim)
        result |= _rescan(Path(folder), options.files)
    result["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(result))
    return 0


def _rows(folder: Path, n_photos: int, dim: int) -> dict[str, float]:
    """Store photos with vectors in batches of 32, then open the library and its index."""
    (folder / "photos").mkdir()
    chance = np.random.default_rng(0)
    batch_s = []
    with Library.open(folder / "library", write=True) as library:
        root = library.add_root(os.fsencode(folder / "photos"))
        model = library.use_model("benchmark", "benchmark", dim)
        for start in range(0, n_photos, BATCH):
            rows = chance.standard_normal((BATCH, dim), dtype=np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            photos = [
                _photo(root.id, start + at, row) for at, row in enumerate(rows[: n_photos - start])
            ]
            started_s = time.perf_counter()
            library.save_batch(model, photos, [])
            batch_s.append(time.perf_counter() - started_s)
    started_s = time.perf_counter()
    with Library.open(folder / "library", write=True) as library:
        library.photo_ids()
        window_s = time.perf_counter() - started_s
        index = VectorIndex.open(library, model)
        index_s = time.perf_counter() - started_s
        assert len(index) == n_photos
    n_measured = min(MEASURED_BATCHES, len(batch_s) // 2)
    return {
        "stored_per_s_first": round(BATCH / float(np.median(batch_s[:n_measured])), 1),
        "stored_per_s_last": round(BATCH / float(np.median(batch_s[-n_measured:])), 1),
        "bytes_per_photo": round((folder / "library" / LIBRARY_NAME).stat().st_size / n_photos),
        "open_s": round(window_s, 2),
        "open_with_index_s": round(index_s, 2),
    }


def _photo(root_id: int, number: int, row: np.ndarray) -> NewPhoto:
    path = b"%04d/%07d.jpg" % (number // PER_FOLDER, number)
    content = hashlib.blake2b(path, digest_size=32).digest()
    facts = (1_000_000 + number, 10**18 + number, number)
    return NewPhoto(
        root_id, path, *facts, content, 4000, 3000, None, None, "JPEG", 0, vector=row, patches=256
    )


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
        photos = [
            NewPhoto(
                *(root.id, fact.path, fact.size_bytes, fact.mtime_ns, fact.inode),
                *(fact.path, 1, 1, None, None, "JPEG", 0, b"x", vector, 256),
            )
            for fact in changes.changed
        ]
        for start in range(0, len(photos), 5000):
            library.save_batch(model, photos[start : start + 5000], [])
        started_s = time.perf_counter()
        *_, changes = compare(library, root, model)
        rescan_s = time.perf_counter() - started_s
        assert changes.unchanged == n_files, (changes.unchanged, len(changes.changed))
    return {"rescan_s": round(rescan_s, 2)}


if __name__ == "__main__":
    sys.exit(main())
