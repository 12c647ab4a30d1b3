"""Region vectors of photos: 8 bits a number and a box, kept per photo and model.

A vector is stored as int8 codes and one float32 scale (largest magnitude / 127), a box as four
uint16 in 1/65535 of width and height.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.core.errors import LibraryDamagedError
from app.core.library import generation
from app.core.library.photos import ids_json
from app.core.library.rows import Regions
from app.core.library.store import Store
from app.core.library.vectors import model

_LARGEST_CODE = 127
_BOX_UNITS = 65535


def save(store: Store, model_id: int, photo_id: int, regions: Regions) -> None:
    """Store the regions of one photo in place of those it had, inside a transaction."""
    _, dim, _ = model(store, model_id)
    n_regions = len(regions.boxes)
    if regions.boxes.shape != (n_regions, 4) or regions.vectors.shape != (n_regions, dim):
        raise ValueError(f"regions have shapes {regions.boxes.shape} and {regions.vectors.shape}")
    boxes = np.rint(np.clip(regions.boxes, 0.0, 1.0) * _BOX_UNITS).astype("<u2")
    largest = np.abs(regions.vectors).max(axis=1, initial=1e-12)
    scales = (largest / _LARGEST_CODE).astype("<f4")
    codes = np.rint(regions.vectors / scales[:, None]).astype(np.int8)
    store.run(
        "INSERT INTO regions (model_id, photo_id, n_regions, boxes, scales, codes)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (model_id, photo_id) DO UPDATE SET"
        " n_regions = excluded.n_regions, boxes = excluded.boxes, scales = excluded.scales,"
        " codes = excluded.codes",
        (model_id, photo_id, n_regions, boxes.tobytes(), scales.tobytes(), codes.tobytes()),
    )
    generation.raise_library(store)


def load(store: Store, model_id: int, photo_ids: Sequence[int]) -> dict[int, Regions]:
    """Return the regions of those photos that have some, by photo id."""
    _, dim, _ = model(store, model_id)
    rows = store.rows(
        "SELECT photo_id, n_regions, boxes, scales, codes FROM regions"
        " WHERE model_id = ? AND photo_id IN (SELECT value FROM json_each(?))",
        (model_id, ids_json(photo_ids)),
    )
    return {row[0]: _decoded(row[0], row[1], dim, *row[2:]) for row in rows}


def _decoded(
    photo_id: int, n_regions: int, dim: int, boxes: bytes, scales: bytes, codes: bytes
) -> Regions:
    if (len(boxes), len(scales), len(codes)) != (n_regions * 8, n_regions * 4, n_regions * dim):
        raise LibraryDamagedError(
            f"The regions of photo {photo_id} have the wrong size."
            " Move the library aside and index again."
        )
    places = np.frombuffer(boxes, "<u2").astype(np.float32)
    numbers = np.frombuffer(codes, np.int8).reshape(n_regions, dim).astype(np.float32)
    return Regions(
        boxes=(places / np.float32(_BOX_UNITS)).reshape(n_regions, 4),
        vectors=numbers * np.frombuffer(scales, "<f4").astype(np.float32)[:, None],
    )
