"""Coarse limits, several times what a slow machine needs: they catch a lost index, no percents.

They count the process's own time, so that a busy machine does not matter.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from app.core.library import Library
from app.core.library.rows import NewPhoto
from tests.unit.core.library.known import known_files

N_PHOTOS = 100_000


def test_a_batch_of_a_thousand_is_quick(
    library: Library, model_id: int, make_photo: Callable[..., NewPhoto]
) -> None:
    photos = [make_photo(n, thumbnail=b"t" * 10_000) for n in range(1000)]
    started = time.process_time()
    library.save_batch(model_id, photos, [])
    library.save_batch(model_id, photos, [])
    assert time.process_time() - started < 4.0


def test_a_hundred_thousand_photos_are_read_quickly(
    library: Library, root_id: int, model_id: int
) -> None:
    fill(library, root_id, model_id)
    limits: list[tuple[Callable[[], object], float]] = [
        (lambda: known_files(library, root_id, model_id), 4.0),
        (library.photo_ids, 1.0),
        (lambda: library.roots(model_id), 0.3),
        (lambda: library.load_vectors(model_id), 2.0),
        (lambda: library.photos(np.arange(5000, 5200)), 0.3),
    ]
    for call, limit_s in limits:
        started = time.process_time()
        call()
        assert time.process_time() - started < limit_s
    assert len(known_files(library, root_id, model_id)) == N_PHOTOS


def fill(library: Library, root_id: int, model_id: int) -> None:
    """Write rows as they would be, by plain SQL: only reading is measured."""
    store = library._store
    with store.transaction():
        store.run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO photos SELECT i, ?, CAST('folder/' || i AS BLOB), 'folder/' || i, 1, i,"
            " i, randomblob(32), 640, 480, NULL, NULL, 'jpeg', 0, i, 0 FROM n",
            (N_PHOTOS, root_id),
        )
        store.run(
            "INSERT INTO vectors SELECT id, ?, id, root_id, 1, 256, zeroblob(32) FROM photos",
            (model_id,),
        )
