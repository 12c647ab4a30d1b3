"""Photos whose file left, moved or came back.

A photo whose file is gone is *parked*: it shows nowhere, but its row, vectors and everything people
said about it stay, so that the same content found elsewhere, now or later, is the same photo again.
Parked photos that nobody rated, tagged, put in an album or took as an example of a concept are
dropped when the library is next opened for writing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from app.core.errors import PhotoMissingError
from app.core.library import generation, user_data, visibility
from app.core.library.photos import ids_json
from app.core.library.roots import mounts, one_root
from app.core.library.store import Store
from app.core.paths import display_path

HAS_USER_DATA = """
    (EXISTS (SELECT 1 FROM ratings u WHERE u.photo_id = photos.id)
    OR EXISTS (SELECT 1 FROM album_photos u WHERE u.photo_id = photos.id)
    OR EXISTS (SELECT 1 FROM photo_tags u WHERE u.photo_id = photos.id)
    OR EXISTS (SELECT 1 FROM concept_examples u WHERE u.photo_id = photos.id))
"""
_IS_A_PROBLEM = """
    EXISTS (SELECT 1 FROM problems q WHERE q.root_id = photos.root_id AND q.path = photos.path)
"""


def remove(store: Store, photo_ids: Sequence[int]) -> int:
    """Park photos whose files are gone and drop those that hold nothing made by people.

    Copies that are still there take over what people said about them.
    """
    with store.transaction():
        user_data.share(store, _copies_of(store, photo_ids))
        n_photos = len(visibility.hide(store, photo_ids, visibility.FILE_GONE))
        store.run(
            "DELETE FROM photos WHERE gone = 1 AND id IN (SELECT value FROM json_each(?))"
            f" AND NOT {HAS_USER_DATA}",
            (ids_json(photo_ids),),
        )
    return n_photos


def _copies_of(store: Store, photo_ids: Sequence[int]) -> list[int]:
    """Return photos in sight that have the content of some that people said something about."""
    ids = ids_json(photo_ids)
    rows = store.rows(
        "SELECT DISTINCT c.id FROM photos JOIN photos c ON c.content_hash = photos.content_hash"
        " AND c.size_bytes = photos.size_bytes AND c.id != photos.id AND c.gone = 0"
        f" WHERE photos.id IN (SELECT value FROM json_each(?)) AND {HAS_USER_DATA}"
        " AND c.id NOT IN (SELECT value FROM json_each(?))",
        (ids, ids),
    )
    return [photo_id for (photo_id,) in rows]


def drop_parked(store: Store) -> list[bytes]:
    """Drop parked photos that hold nothing made by people; return the hashes they had."""
    condition = f"gone = 1 AND NOT {HAS_USER_DATA} AND NOT {_IS_A_PROBLEM}"
    hashes = [item for (item,) in store.rows(f"SELECT content_hash FROM photos WHERE {condition}")]
    if hashes:
        with store.transaction():
            store.run(f"DELETE FROM photos WHERE {condition}")
    return hashes


def find_moved(store: Store, root_id: int, content_hash: bytes, size_bytes: int) -> int | None:
    """Return the photo with this content whose file is gone, or None.

    A file that is out of reach, because its root is offline, missing or empty or its disk is
    away, is not gone. Of several, the one in the given root comes first, then the oldest.
    """
    candidates = store.rows(
        "SELECT p.id, p.gone, p.root_id, p.path, r.path, r.state"
        " FROM photos p JOIN roots r ON r.id = p.root_id"
        " WHERE p.content_hash = ? AND p.size_bytes = ? AND p.gone != 2"
        " ORDER BY p.root_id != ?, p.gone, p.id",
        (content_hash, size_bytes, root_id),
    )
    for photo_id, gone, its_root_id, path, root_path, state in candidates:
        if gone:
            return int(photo_id)
        if state == "online" and _is_gone(root_path, path):
            away = [mount for mount, is_away in mounts(store, its_root_id).items() if is_away]
            if not any(path.startswith(mount + os.sep.encode()) for mount in away):
                return int(photo_id)
    return None


def _is_gone(root_path: bytes, path: bytes) -> bool:
    if os.path.lexists(os.path.join(root_path, path)):
        return False
    try:
        with os.scandir(root_path) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def move(
    store: Store,
    photo_id: int,
    root_id: int,
    path: bytes,
    size_bytes: int,
    mtime_ns: int,
    inode: int,
) -> None:
    """Give a photo its new place. A photo that was listed there is parked, its file moved on."""
    with store.transaction():
        one_root(store, root_id)
        occupant = store.value(
            "SELECT id FROM photos WHERE root_id = ? AND path = ? AND id != ?",
            (root_id, path, photo_id),
        )
        if occupant is not None:
            visibility.hide(store, [occupant], visibility.FILE_GONE)
            # A path that no file can have: file systems forbid the byte 0.
            aside = b"\0%d" % occupant
            store.run("UPDATE photos SET path = ? WHERE id = ?", (aside, occupant))
        moved = store.run(
            "UPDATE photos SET root_id = ?, path = ?, display = ?, size_bytes = ?, mtime_ns = ?,"
            " inode = ?, gone = 0 WHERE id = ?",
            (root_id, path, display_path(path), size_bytes, mtime_ns, inode, photo_id),
        )
        if not moved:
            raise PhotoMissingError(
                f"Photo {photo_id} is not in the library any more.", photo_id=str(photo_id)
            )
        store.run("DELETE FROM problems WHERE root_id = ? AND path = ?", (root_id, path))
        generation.raise_models_of(store, [photo_id])
        store.run("UPDATE vectors SET root_id = ? WHERE photo_id = ?", (root_id, photo_id))
        generation.raise_library(store)


def pass_on(store: Store, replaced: Mapping[int, int]) -> None:
    """Give photos what people said about those whose place they took, old id to new id."""
    with store.transaction():
        user_data.pass_on(store, replaced)
        generation.raise_library(store)


def touch(store: Store, photo_id: int, mtime_ns: int, inode: int) -> None:
    """Note that a file has the same content under a new time or inode."""
    with store.transaction():
        store.run(
            "UPDATE photos SET mtime_ns = ?, inode = ? WHERE id = ?", (mtime_ns, inode, photo_id)
        )
        generation.raise_library(store)
