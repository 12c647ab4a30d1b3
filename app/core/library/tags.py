"""Tags: words that people give photos. Every function that writes runs in a transaction."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from app.core.changes import TagPhotos
from app.core.errors import TagError
from app.core.library.photos import ids_json
from app.core.library.store import Store


def tags_of(store: Store, photo_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the tags of those photos that have some, by photo id, each list by name."""
    rows = store.rows(
        "SELECT m.photo_id, t.name FROM photo_tags m JOIN tags t ON t.id = m.tag_id"
        " WHERE m.photo_id IN (SELECT value FROM json_each(?)) ORDER BY t.name COLLATE NOCASE",
        (ids_json(photo_ids),),
    )
    found: dict[int, tuple[str, ...]] = {}
    for photo_id, name in rows:
        found[photo_id] = (*found.get(photo_id, ()), name)
    return found


def names(store: Store) -> list[str]:
    """Return all tags by name."""
    return [name for (name,) in store.rows("SELECT name FROM tags ORDER BY name COLLATE NOCASE")]


def set_tag(store: Store, change: TagPhotos) -> TagPhotos:
    """Give photos a tag or take it; return the inverse, for those photos that changed."""
    name = _checked_name(change.name)
    store.run("INSERT OR IGNORE INTO tags (name) VALUES (?)", (name,))
    tag_id = store.number("SELECT id FROM tags WHERE name = ?", (name,))
    ids = ids_json(change.photo_ids)
    has = "NOT IN" if change.tagged else "IN"
    rows = store.rows(
        "SELECT id FROM photos WHERE id IN (SELECT value FROM json_each(?))"
        f" AND id {has} (SELECT photo_id FROM photo_tags WHERE tag_id = ?)",
        (ids, tag_id),
    )
    changed = tuple(photo_id for (photo_id,) in rows)
    if change.tagged:
        store.run_many(
            "INSERT INTO photo_tags (photo_id, tag_id) VALUES (?, ?)",
            [(photo_id, tag_id) for photo_id in changed],
        )
    else:
        store.run(
            "DELETE FROM photo_tags WHERE tag_id = ?"
            " AND photo_id IN (SELECT value FROM json_each(?))",
            (tag_id, ids_json(changed)),
        )
    store.run("DELETE FROM tags WHERE id NOT IN (SELECT tag_id FROM photo_tags)")
    return TagPhotos(name, changed, not change.tagged)


def _checked_name(name: str) -> str:
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if not tidy:
        raise TagError("A tag needs a name.")
    return tidy
