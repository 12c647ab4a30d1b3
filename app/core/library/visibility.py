"""Taking photos out of sight and back: every way in which a photo is not to be seen ends here."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.library import generation
from app.core.library.photos import ids_json
from app.core.library.store import Store

# Values of photos.gone.
SHOWN = 0
FILE_GONE = 1
TAKEN_OUT = 2
FOLDER_REMOVED = 3

_AMONG = "IN (SELECT value FROM json_each(?))"


def hide(store: Store, photo_ids: Sequence[int], gone: int) -> list[int]:
    """Take photos out of sight, inside a transaction; return those that were in sight."""
    hidden = ids_in_state(store, photo_ids, SHOWN)
    if hidden:
        ids = ids_json(hidden)
        store.run(f"UPDATE photos SET gone = ? WHERE id {_AMONG}", (gone, ids))
        generation.raise_models_of(store, hidden)
        store.run(f"UPDATE vectors SET root_id = NULL WHERE photo_id {_AMONG}", (ids,))
        generation.raise_library(store)
    return hidden


def show(store: Store, photo_ids: Sequence[int], gone: int) -> list[int]:
    """Bring photos back that were hidden in one way, inside a transaction; return which."""
    shown = ids_in_state(store, photo_ids, gone)
    if shown:
        ids = ids_json(shown)
        store.run(f"UPDATE photos SET gone = 0 WHERE id {_AMONG}", (ids,))
        store.run(
            "UPDATE vectors SET root_id ="
            " (SELECT root_id FROM photos WHERE photos.id = vectors.photo_id)"
            f" WHERE photo_id {_AMONG}",
            (ids,),
        )
        generation.raise_models_of(store, shown)
        generation.raise_library(store)
    return shown


def ids_in_state(store: Store, photo_ids: Sequence[int], gone: int) -> list[int]:
    """Return those of some photos that are in one state, in the order given."""
    rows = store.rows(
        f"SELECT id FROM photos WHERE gone = ? AND id {_AMONG}", (gone, ids_json(photo_ids))
    )
    there = {photo_id for (photo_id,) in rows}
    return [photo_id for photo_id in dict.fromkeys(photo_ids) if photo_id in there]


def ids_in_root(store: Store, root_id: int, gone: int) -> list[int]:
    """Return the ids of a root's photos that are in one state."""
    rows = store.rows("SELECT id FROM photos WHERE root_id = ? AND gone = ?", (root_id, gone))
    return [photo_id for (photo_id,) in rows]
