"""Counters that grow with every committed change.

The library's generation tells views that something changed; a model's generation tells an index
which vectors it has not seen. Both are raised inside the transaction that makes the change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from app.core.library.store import Store


def current(store: Store) -> int:
    """Return the library's generation."""
    return store.number("SELECT generation FROM library")


def raise_library(store: Store) -> None:
    """Note a change of photos, roots, problems or vectors."""
    store.run("UPDATE library SET generation = generation + 1")


def raise_model(store: Store, model_id: int) -> int:
    """Note a change of a model's vectors and return its new generation."""
    store.run("UPDATE models SET generation = generation + 1 WHERE id = ?", (model_id,))
    return store.number("SELECT generation FROM models WHERE id = ?", (model_id,))


def raise_models_of(store: Store, photo_ids: Iterable[int]) -> None:
    """Note a change of these photos' vectors and regions, for their models, and stamp them."""
    ids = json.dumps(list(photo_ids))
    of_these = "photo_id IN (SELECT value FROM json_each(?))"
    store.run(
        "UPDATE models SET generation = generation + 1"
        f" WHERE id IN (SELECT DISTINCT model_id FROM vectors WHERE {of_these})",
        (ids,),
    )
    for table in ("vectors", "regions"):
        store.run(
            f"UPDATE {table} SET generation ="
            f" (SELECT generation FROM models WHERE models.id = {table}.model_id)"
            f" WHERE {of_these}",
            (ids,),
        )
