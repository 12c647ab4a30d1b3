"""Models and the photo vectors they made: float16, one per photo and model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from app.core.errors import LibraryDamagedError, LibraryError
from app.core.library import generation
from app.core.library.rows import Float16Array, Int64Array, Model
from app.core.library.store import Store

_STORED = np.dtype("<f2")
_LARGEST_FLOAT16 = 65504.0


def use_model(store: Store, fingerprint: str, name: str, dim: int) -> int:
    """Return the id of a model, adding it if it is new."""
    with store.transaction():
        known = store.row("SELECT id, dim, name FROM models WHERE fingerprint = ?", (fingerprint,))
        if known is None:
            store.run(
                "INSERT INTO models (fingerprint, name, dim, added_at) VALUES (?, ?, ?, ?)",
                (fingerprint, name, dim, datetime.now(UTC).isoformat(timespec="seconds")),
            )
            return store.number("SELECT last_insert_rowid()")
        model_id, known_dim, known_name = known
        if known_dim != dim:
            raise LibraryError(
                f"The model {name} has {dim} dimensions, the library knows it with {known_dim}.",
                model=name,
            )
        if known_name != name:
            store.run("UPDATE models SET name = ? WHERE id = ?", (name, model_id))
        return int(model_id)


def models(store: Store) -> list[Model]:
    """Return all models that the library has or had vectors of, oldest first."""
    return [
        Model(*row)
        for row in store.rows(
            "SELECT m.id, m.fingerprint, m.name, m.dim, (SELECT COUNT(*) FROM vectors v"
            " WHERE v.model_id = m.id AND v.root_id IS NOT NULL) FROM models m ORDER BY m.id"
        )
    ]


def model(store: Store, model_id: int) -> tuple[str, int, int]:
    """Return a model's fingerprint, dimension and generation; LibraryError if it is not known."""
    row = store.row("SELECT fingerprint, dim, generation FROM models WHERE id = ?", (model_id,))
    if row is None:
        raise LibraryError(f"The library has no model with the number {model_id}.")
    fingerprint, dim, seen = row
    if not (isinstance(fingerprint, str) and isinstance(dim, int) and isinstance(seen, int)):
        raise LibraryDamagedError(
            f"What the library knows of model {model_id} is damaged."
            " Move the library aside and index again."
        )
    return fingerprint, dim, seen


def save(
    store: Store,
    model_id: int,
    photo_ids: Sequence[int],
    vectors: npt.NDArray[np.floating],
    patches: Sequence[int] | int,
) -> None:
    """Store vectors (n, E) of photos, inside a transaction; photos that left are passed over."""
    _, dim, _ = model(store, model_id)
    stored = _checked(vectors, len(photo_ids), dim)
    budgets = [patches] * len(photo_ids) if isinstance(patches, int) else list(patches)
    raised = generation.raise_model(store, model_id)
    store.run_many(
        "INSERT INTO vectors (model_id, photo_id, root_id, generation, patches, vector)"
        " SELECT ?, id, CASE WHEN gone = 0 THEN root_id END, ?, ?, ? FROM photos WHERE id = ?"
        " ON CONFLICT (model_id, photo_id) DO UPDATE SET root_id = excluded.root_id,"
        " generation = excluded.generation, patches = excluded.patches, vector = excluded.vector",
        (
            (model_id, raised, int(budget), row.tobytes(), int(photo_id))
            for photo_id, budget, row in zip(photo_ids, budgets, stored, strict=True)
        ),
    )


def load(store: Store, model_id: int, since: int = -1) -> tuple[Int64Array, Float16Array]:
    """Return ids (n,) int64, ascending, and vectors (n, E) float16 changed after a generation."""
    _, dim, _ = model(store, model_id)
    rows = store.stream(
        "SELECT photo_id, vector FROM vectors"
        " WHERE model_id = ? AND root_id IS NOT NULL AND generation > ? ORDER BY photo_id",
        (model_id, since),
    )
    return _stacked(rows, dim)


def load_some(
    store: Store, model_id: int, photo_ids: Sequence[int]
) -> tuple[Int64Array, Float16Array]:
    """Return ids (n,) int64, ascending, and vectors (n, E) float16 of photos that have one."""
    _, dim, _ = model(store, model_id)
    rows = store.stream(
        "SELECT photo_id, vector FROM vectors WHERE model_id = ? AND root_id IS NOT NULL"
        " AND photo_id IN (SELECT value FROM json_each(?)) ORDER BY photo_id",
        (model_id, str([int(item) for item in photo_ids])),
    )
    return _stacked(rows, dim)


_SHARED = (
    ("vectors", "root_id, generation, patches, vector", "p.root_id, 0, d.patches, d.vector"),
    (
        "regions",
        "n_regions, boxes, scales, codes, generation",
        "d.n_regions, d.boxes, d.scales, d.codes, 0",
    ),
)


def share(store: Store, photo_ids: Sequence[int]) -> None:
    """Give photos the vectors and regions that another photo with the same content has."""
    listed = str([int(item) for item in photo_ids])
    copied = 0
    with store.transaction():
        for table, columns, values in _SHARED:
            copied += store.run(
                f"INSERT OR IGNORE INTO {table} (model_id, photo_id, {columns})"
                f" SELECT d.model_id, p.id, {values} FROM photos p"
                " JOIN photos t ON t.content_hash = p.content_hash"
                " AND t.size_bytes = p.size_bytes AND t.id != p.id"
                f" JOIN {table} d ON d.photo_id = t.id"
                " WHERE p.gone = 0 AND p.id IN (SELECT value FROM json_each(?))",
                (listed,),
            )
        if copied:
            generation.raise_models_of(store, photo_ids)
            generation.raise_library(store)


def ids(store: Store, model_id: int) -> Int64Array:
    """Return the ids of all photos with a vector of a model, (n,) int64, ascending."""
    rows = store.stream(
        "SELECT photo_id FROM vectors WHERE model_id = ? AND root_id IS NOT NULL ORDER BY photo_id",
        (model_id,),
    )
    return np.fromiter((row[0] for row in rows), np.int64)


def _checked(vectors: npt.NDArray[np.floating], n: int, dim: int) -> npt.NDArray[np.float16]:
    """Return vectors as they are stored; a wrong shape or a number that is none is our mistake."""
    array = np.asarray(vectors, dtype=np.float32)
    if array.shape != (n, dim):
        raise ValueError(f"vectors have shape {array.shape}, not {(n, dim)}")
    if n and not float(np.abs(array).max()) <= _LARGEST_FLOAT16:
        raise ValueError("vectors hold numbers that are not finite")
    return np.ascontiguousarray(array.astype(_STORED))


def _stacked(rows: Iterable[tuple[int, object]], dim: int) -> tuple[Int64Array, Float16Array]:
    found: list[int] = []
    data = bytearray()
    for photo_id, vector in rows:
        if not isinstance(vector, bytes) or len(vector) != dim * _STORED.itemsize:
            raise LibraryDamagedError(
                f"The vector of photo {photo_id} is damaged: it has not"
                f" {dim * _STORED.itemsize} bytes. Move the library aside and index again."
            )
        found.append(photo_id)
        data += vector
    stacked = np.frombuffer(data, dtype=_STORED).reshape(len(found), dim)
    return np.array(found, dtype=np.int64), stacked.astype(np.float16, copy=False)
