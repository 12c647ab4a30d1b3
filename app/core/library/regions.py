"""Region vectors of photos: 8 bits a number and a box, kept per photo and model.

A vector is stored as int8 codes and one float32 scale (largest magnitude / 127), a box as four
uint16 in 1/65535 of width and height. A projection, (E, D) float32, makes them shorter for the
region index; it is derived from them and kept so that an index on disk stays valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from app.core.errors import LibraryDamagedError
from app.core.library import generation
from app.core.library.photos import ids_json
from app.core.library.rows import Float32Array, Int64Array, PackedRegions, Regions
from app.core.library.store import Row, Store
from app.core.library.vectors import model

MAX_REGIONS = 32

_LARGEST_CODE = 127
_BOX_UNITS = 65535
_PHOTOS_PER_BLOCK = 2000
# Regions of photos that can be found: a gone photo keeps its regions, but has no root.
_FOUND = (
    "SELECT r.photo_id, r.n_regions, r.boxes, r.scales, r.codes FROM regions r"
    " JOIN vectors v ON v.model_id = r.model_id AND v.photo_id = r.photo_id"
    " WHERE r.model_id = ? AND v.root_id IS NOT NULL"
)


class RegionVectors:
    """The regions of one library, for all models; ``Library.regions``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, model_id: int, found: Mapping[int, Regions]) -> None:
        """Store the regions of photos, by photo id, in place of those they had.

        Photos that left the library meanwhile are passed over.
        """
        _, dim, _ = model(self._store, model_id)
        with self._store.transaction():
            raised = generation.raise_model(self._store, model_id)
            self._store.run_many(
                "INSERT INTO regions"
                " (model_id, photo_id, n_regions, boxes, scales, codes, generation)"
                " SELECT ?, id, ?, ?, ?, ?, ? FROM photos WHERE id = ?"
                " ON CONFLICT (model_id, photo_id) DO UPDATE SET"
                " n_regions = excluded.n_regions, boxes = excluded.boxes, scales = excluded.scales,"
                " codes = excluded.codes, generation = excluded.generation",
                (
                    (model_id, len(regions), *_encoded(regions, dim), raised, int(photo_id))
                    for photo_id, regions in found.items()
                ),
            )
            generation.raise_library(self._store)

    def load(self, model_id: int, photo_ids: Sequence[int] | Int64Array) -> PackedRegions:
        """Return the regions of those photos that have some and can be found."""
        rows = self._store.rows(
            f"{_FOUND} AND r.photo_id IN (SELECT value FROM json_each(?)) ORDER BY r.photo_id",
            (model_id, ids_json([int(item) for item in photo_ids])),
        )
        return self._packed(model_id, rows)

    def stream(self, model_id: int, since: int = -1) -> Iterator[PackedRegions]:
        """Yield the regions of all photos that can be found, some thousand photos at a time.

        With ``since`` only those changed after that generation of the model.
        """
        rows = self._store.stream(
            f"{_FOUND} AND r.generation > ? ORDER BY r.photo_id", (model_id, since)
        )
        while block := list(islice(rows, _PHOTOS_PER_BLOCK)):
            yield self._packed(model_id, block)

    def photo_ids(self, model_id: int) -> Int64Array:
        """Return the ids of photos whose regions were chosen, (n,) int64, ascending."""
        rows = self._store.stream(
            "SELECT photo_id FROM regions WHERE model_id = ? ORDER BY photo_id", (model_id,)
        )
        return np.fromiter((row[0] for row in rows), np.int64)

    def count(self, model_id: int) -> int:
        """Return how many regions can be found."""
        return self._store.number(
            "SELECT COALESCE(SUM(r.n_regions), 0) FROM regions r"
            " JOIN vectors v ON v.model_id = r.model_id AND v.photo_id = r.photo_id"
            " WHERE r.model_id = ? AND v.root_id IS NOT NULL",
            (model_id,),
        )

    def projection(self, model_id: int) -> tuple[Float32Array, int] | None:
        """Return a model's projection, (E, D) float32, and from how many regions it was made."""
        row = self._store.row(
            "SELECT n_regions, n_columns, matrix FROM region_projections WHERE model_id = ?",
            (model_id,),
        )
        if row is None:
            return None
        n_regions, n_columns, data = row
        _, dim, _ = model(self._store, model_id)
        if not isinstance(data, bytes) or len(data) != dim * n_columns * 4:
            raise _damaged("projection of region vectors")
        return np.frombuffer(data, "<f4").reshape(dim, n_columns).astype(np.float32), n_regions

    def save_projection(self, model_id: int, matrix: Float32Array, n_regions: int) -> None:
        """Store a projection, (E, D), in place of the one that was there."""
        data = np.ascontiguousarray(matrix, "<f4").tobytes()
        with self._store.transaction():
            self._store.run(
                "INSERT OR REPLACE INTO region_projections"
                " (model_id, n_regions, n_columns, matrix) VALUES (?, ?, ?, ?)",
                (model_id, n_regions, matrix.shape[1], data),
            )

    def _packed(self, model_id: int, rows: Iterable[Row]) -> PackedRegions:
        _, dim, _ = model(self._store, model_id)
        ids, counts = [], []
        boxes, scales, codes = bytearray(), bytearray(), bytearray()
        for photo_id, n_regions, some_boxes, some_scales, some_codes in rows:
            sizes = len(some_boxes), len(some_scales), len(some_codes)
            if sizes != (n_regions * 8, n_regions * 4, n_regions * dim):
                raise _damaged(f"regions of photo {photo_id}")
            if n_regions:
                ids.append(photo_id)
                counts.append(n_regions)
                boxes += some_boxes
                scales += some_scales
                codes += some_codes
        places = np.frombuffer(boxes, "<u2").astype(np.float32) / np.float32(_BOX_UNITS)
        ends = np.cumsum(np.array(counts, dtype=np.int64), dtype=np.int64)
        return PackedRegions(
            np.array(ids, dtype=np.int64),
            ends - np.array(counts, dtype=np.int64),
            places.reshape(-1, 4),
            np.frombuffer(codes, np.int8).reshape(-1, dim),
            np.frombuffer(scales, "<f4").astype(np.float32),
        )


def _encoded(regions: Regions, dim: int) -> tuple[bytes, bytes, bytes]:
    """Return boxes, scales and codes as they are stored."""
    n_regions = len(regions)
    if regions.boxes.shape != (n_regions, 4) or regions.vectors.shape != (n_regions, dim):
        raise ValueError(f"regions have shapes {regions.boxes.shape} and {regions.vectors.shape}")
    if n_regions > MAX_REGIONS:
        raise ValueError(f"{n_regions} regions are more than the {MAX_REGIONS} a photo may have")
    boxes = np.rint(np.clip(regions.boxes, 0.0, 1.0) * _BOX_UNITS).astype("<u2")
    largest = np.abs(regions.vectors).max(axis=1, initial=1e-12)
    scales = (largest / _LARGEST_CODE).astype("<f4")
    codes = np.rint(regions.vectors / scales[:, None]).astype(np.int8)
    return boxes.tobytes(), scales.tobytes(), codes.tobytes()


def _damaged(what: str) -> LibraryDamagedError:
    return LibraryDamagedError(
        f"The {what} in the library has the wrong size. Move the library aside and index again."
    )
