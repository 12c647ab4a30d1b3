"""Albums: named lists of photos in an order of their own. Every function runs in a transaction."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from app.core.changes import (
    AddToAlbum,
    AlbumChange,
    CreateAlbum,
    DeleteAlbum,
    RemoveFromAlbum,
    RenameAlbum,
)
from app.core.errors import AlbumError
from app.core.library.photos import ids_json
from app.core.library.rows import Album, Int64Array
from app.core.library.store import Store


def all_albums(store: Store) -> list[Album]:
    """Return all albums by name, with the number of photos that can be seen."""
    rows = store.rows(
        "SELECT a.id, a.name, (SELECT COUNT(*) FROM album_photos m"
        " JOIN photos p ON p.id = m.photo_id AND p.gone = 0 WHERE m.album_id = a.id)"
        " FROM albums a ORDER BY a.name COLLATE NOCASE, a.id"
    )
    return [Album(*row) for row in rows]


def photo_ids(store: Store, album_id: int) -> Int64Array:
    """Return the photos of an album that can be seen, (n,) int64, in its order."""
    rows = store.stream(
        "SELECT m.photo_id FROM album_photos m JOIN photos p ON p.id = m.photo_id"
        " WHERE m.album_id = ? AND p.gone = 0 ORDER BY m.position, m.photo_id",
        (album_id,),
    )
    return np.fromiter((row[0] for row in rows), np.int64)


def apply(store: Store, change: AlbumChange) -> AlbumChange:
    """Carry out a change and return its inverse.

    Raises:
        AlbumError: the album is not there, or would have no name.
    """
    match change:
        case CreateAlbum():
            return _create(store, change)
        case RenameAlbum():
            return _rename(store, change)
        case DeleteAlbum():
            return _delete(store, change)
        case AddToAlbum():
            return _add(store, change)
        case RemoveFromAlbum():
            return _remove(store, change)


def _create(store: Store, change: CreateAlbum) -> DeleteAlbum:
    """Make an album, or one that was deleted again; return the inverse."""
    store.run(
        "INSERT INTO albums (id, name, created_at) VALUES (?, ?, ?)",
        (
            change.album_id,
            _checked_name(change.name),
            datetime.now(UTC).isoformat(timespec="seconds"),
        ),
    )
    album_id = store.number("SELECT last_insert_rowid()")
    _add(store, AddToAlbum(album_id, change.photo_ids))
    return DeleteAlbum(album_id)


def _rename(store: Store, change: RenameAlbum) -> RenameAlbum:
    """Give an album another name; return the inverse."""
    before = _name(store, change.album_id)
    store.run(
        "UPDATE albums SET name = ? WHERE id = ?", (_checked_name(change.name), change.album_id)
    )
    return RenameAlbum(change.album_id, before)


def _delete(store: Store, change: DeleteAlbum) -> CreateAlbum:
    """Delete an album; return the inverse, which holds its photos in order."""
    name = _name(store, change.album_id)
    rows = store.rows(
        "SELECT photo_id FROM album_photos WHERE album_id = ? ORDER BY position, photo_id",
        (change.album_id,),
    )
    store.run("DELETE FROM albums WHERE id = ?", (change.album_id,))
    return CreateAlbum(name, tuple(photo_id for (photo_id,) in rows), change.album_id)


def _add(store: Store, change: AddToAlbum) -> RemoveFromAlbum:
    """Put photos into an album; return the inverse, which names only those that were not in it."""
    _name(store, change.album_id)
    rows = store.rows(
        "SELECT id FROM photos WHERE id IN (SELECT value FROM json_each(?))",
        (ids_json(change.photo_ids),),
    )
    known = {photo_id for (photo_id,) in rows}
    members = store.rows("SELECT photo_id FROM album_photos WHERE album_id = ?", (change.album_id,))
    inside = {photo_id for (photo_id,) in members}
    end = store.number(
        "SELECT COALESCE(MAX(position), 0) + 1 FROM album_photos WHERE album_id = ?",
        (change.album_id,),
    )
    positions = change.positions or range(end, end + len(change.photo_ids))
    fresh = {
        photo_id: position
        for photo_id, position in zip(change.photo_ids, positions, strict=True)
        if photo_id in known and photo_id not in inside
    }
    store.run_many(
        "INSERT INTO album_photos (album_id, photo_id, position) VALUES (?, ?, ?)",
        [(change.album_id, photo_id, position) for photo_id, position in fresh.items()],
    )
    return RemoveFromAlbum(change.album_id, tuple(fresh))


def _remove(store: Store, change: RemoveFromAlbum) -> AddToAlbum:
    """Take photos out of an album; return the inverse, which knows their places."""
    _name(store, change.album_id)
    among = "album_id = ? AND photo_id IN (SELECT value FROM json_each(?))"
    params = (change.album_id, ids_json(change.photo_ids))
    rows = store.rows(
        f"SELECT photo_id, position FROM album_photos WHERE {among} ORDER BY position", params
    )
    store.run(f"DELETE FROM album_photos WHERE {among}", params)
    return AddToAlbum(change.album_id, tuple(row[0] for row in rows), tuple(row[1] for row in rows))


def _name(store: Store, album_id: int) -> str:
    name = store.value("SELECT name FROM albums WHERE id = ?", (album_id,))
    if name is None:
        raise AlbumError(f"There is no album with the number {album_id}.", album_id=str(album_id))
    return str(name)


def _checked_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy:
        raise AlbumError("An album needs a name.")
    return tidy
