"""What people made: ratings and hearts now; tables for albums, tags and saved searches are there.

Every write here is on disk before it returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.core.errors import PhotoMissingError
from app.core.library import generation
from app.core.library.photos import ids_json
from app.core.library.rows import Rating
from app.core.library.store import Store


def set_rating(store: Store, photo_id: int, rating: int, favourite: bool) -> None:
    """Store what a person thinks of a photo; no stars and no heart forget it."""
    if not 0 <= rating <= 5:
        raise ValueError(f"a rating is 0 to 5, not {rating}")
    with store.transaction(durable=True):
        if store.row("SELECT 1 FROM photos WHERE id = ?", (photo_id,)) is None:
            raise PhotoMissingError(
                f"Photo {photo_id} is not in the library any more.", photo_id=str(photo_id)
            )
        if rating == 0 and not favourite:
            store.run("DELETE FROM ratings WHERE photo_id = ?", (photo_id,))
        else:
            store.run(
                "INSERT INTO ratings (photo_id, rating, favourite, changed_at)"
                " VALUES (?, ?, ?, ?) ON CONFLICT (photo_id) DO UPDATE SET"
                " rating = excluded.rating, favourite = excluded.favourite,"
                " changed_at = excluded.changed_at",
                (photo_id, rating, favourite, datetime.now(UTC).isoformat(timespec="seconds")),
            )
        generation.raise_library(store)


def set_favourite(store: Store, photo_ids: Sequence[int], favourite: bool) -> None:
    """Give photos a heart or take it, all at once; stars stay, unknown photos are skipped."""
    ids = ids_json(photo_ids)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction(durable=True):
        if favourite:
            store.run(
                "INSERT INTO ratings (photo_id, rating, favourite, changed_at)"
                " SELECT id, 0, 1, ? FROM photos WHERE id IN (SELECT value FROM json_each(?))"
                " ON CONFLICT (photo_id) DO UPDATE SET"
                " favourite = 1, changed_at = excluded.changed_at",
                (now, ids),
            )
        else:
            among = "photo_id IN (SELECT value FROM json_each(?))"
            store.run(f"DELETE FROM ratings WHERE rating = 0 AND {among}", (ids,))
            store.run(
                f"UPDATE ratings SET favourite = 0, changed_at = ? WHERE favourite = 1 AND {among}",
                (now, ids),
            )
        generation.raise_library(store)


_COPIED = (
    ("ratings", "rating, favourite, changed_at"),
    ("album_photos", "album_id, position"),
    ("photo_tags", "tag_id"),
)


def share(store: Store, photo_ids: Sequence[int]) -> None:
    """Give photos what people said about others with the same content, inside a transaction.

    What was said about the photos themselves stays.
    """
    ids = ids_json(photo_ids)
    for table, columns in _COPIED:
        said = ", ".join(f"u.{column}" for column in columns.split(", "))
        store.run(
            f"INSERT OR IGNORE INTO {table} (photo_id, {columns}) SELECT p.id, {said}"
            " FROM photos p JOIN photos t ON t.content_hash = p.content_hash"
            " AND t.size_bytes = p.size_bytes AND t.id != p.id"
            f" JOIN {table} u ON u.photo_id = t.id"
            " WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY t.id",
            (ids,),
        )


def ratings(store: Store, photo_ids: Sequence[int]) -> dict[int, Rating]:
    """Return the ratings of those photos that have one, by photo id."""
    rows = store.rows(
        "SELECT photo_id, rating, favourite FROM ratings"
        " WHERE photo_id IN (SELECT value FROM json_each(?))",
        (ids_json(photo_ids),),
    )
    return {row[0]: Rating(row[0], row[1], bool(row[2])) for row in rows}
