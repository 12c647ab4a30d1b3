"""Reading photos: rows, ids in order, counts, and what is known of the files of a root."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np

from app.core.errors import PhotoMissingError
from app.core.library.rows import Int64Array, KnownFile, Photo
from app.core.library.store import Store

_KNOWN_PER_BLOCK = 2_000

_SELECT = """
    SELECT p.id, p.root_id, r.path, p.path, p.display, p.size_bytes, p.mtime_ns, p.inode,
        p.content_hash, p.width_px, p.height_px, p.taken_at, p.camera, p.format, p.average_rgb
    FROM photos p JOIN roots r ON r.id = p.root_id
    WHERE p.gone = 0
"""


def one(store: Store, photo_id: int) -> Photo:
    """Return one photo; PhotoMissingError if the library has none with that id."""
    row = store.row(f"{_SELECT} AND p.id = ?", (photo_id,))
    if row is None:
        raise PhotoMissingError(
            f"Photo {photo_id} is not in the library any more.", photo_id=str(photo_id)
        )
    return Photo(*row)


def many(store: Store, photo_ids: Sequence[int]) -> list[Photo]:
    """Return photos in the order asked; those that left the library are left out."""
    rows = store.rows(
        f"{_SELECT} AND p.id IN (SELECT value FROM json_each(?))", (ids_json(photo_ids),)
    )
    found = {row[0]: Photo(*row) for row in rows}
    return [found[int(photo_id)] for photo_id in photo_ids if int(photo_id) in found]


def ids_json(ids: Sequence[int]) -> str:
    """Return ids as a JSON array, the way to bind any number of them to one parameter."""
    return json.dumps([int(item) for item in ids])


def newest_first(store: Store, root_id: int | None, *, favourites: bool) -> Int64Array:
    """Return photo ids, (n,) int64, newest first: when taken, else when the file last changed."""
    sql = "SELECT p.id FROM photos p"
    params: list[int] = []
    if favourites:
        sql += " JOIN ratings f ON f.photo_id = p.id AND f.favourite = 1"
    sql += " WHERE p.gone = 0"
    if root_id is not None:
        sql += " AND p.root_id = ?"
        params.append(root_id)
    sql += " ORDER BY p.sort_s DESC, p.id DESC"
    return np.fromiter((row[0] for row in store.stream(sql, params)), np.int64)


def id_at(store: Store, path: bytes) -> int | None:
    """Return the photo that a file, by its absolute path, is; None if it is none.

    The path may lead to the photo's folder through links.
    """
    roots = store.rows("SELECT id, path FROM roots")
    for resolved in (os.path.abspath, os.path.realpath):
        wanted = resolved(path)
        for root_id, root_path in roots:
            folder = os.path.join(resolved(root_path), b"")
            if not wanted.startswith(folder):
                continue
            found = store.value(
                "SELECT id FROM photos WHERE gone = 0 AND root_id = ? AND path = ?",
                (root_id, wanted[len(folder) :]),
            )
            if found is not None:
                return int(found)
    return None


def count(store: Store, root_id: int | None) -> int:
    """Return how many photos there are, in one root or in all."""
    if root_id is None:
        return store.number("SELECT COUNT(*) FROM photos WHERE gone = 0")
    return store.number("SELECT COUNT(*) FROM photos WHERE gone = 0 AND root_id = ?", (root_id,))


def known_photos(
    store: Store,
    root_id: int,
    model_id: int,
    having_thumbnail: Callable[[Sequence[bytes]], Collection[bytes]],
) -> Iterator[dict[bytes, KnownFile]]:
    """Yield what is known of the photos of a root, by relative path, a block of them at a time.

    Between blocks the library may change; every block is true when it is yielded.
    """
    last = b""
    while rows := store.rows(
        "SELECT p.path, p.id, p.size_bytes, p.mtime_ns, p.inode, v.id IS NOT NULL, p.gone = 2,"
        " p.content_hash FROM photos p LEFT JOIN vectors v ON v.model_id = ? AND v.photo_id = p.id"
        " WHERE p.root_id = ? AND p.gone IN (0, 2) AND p.path > ? ORDER BY p.path LIMIT ?",
        (model_id, root_id, last, _KNOWN_PER_BLOCK),
    ):
        last = rows[-1][0]
        shown = having_thumbnail([row[-1] for row in rows])
        yield {
            path: KnownFile(
                photo_id,
                size,
                mtime_ns,
                inode,
                bool(vector),
                False,
                None,
                content in shown,
                bool(taken_out),
            )
            for path, photo_id, size, mtime_ns, inode, vector, taken_out, content in rows
        }


def known_problems(store: Store, root_id: int) -> dict[bytes, KnownFile]:
    """Return what is known of the files of a root that could not be used, by relative path."""
    known = {}
    problems = store.stream(
        "SELECT path, size_bytes, mtime_ns, inode, decoder_version FROM problems WHERE root_id = ?",
        (root_id,),
    )
    for path, size_bytes, mtime_ns, inode, decoder_version in problems:
        known[path] = KnownFile(None, size_bytes, mtime_ns, inode, False, True, decoder_version)
    return known


def hashes_of(store: Store, photo_ids: Collection[int]) -> dict[int, bytes]:
    """Return the content hash of each photo that is in the library."""
    return dict(
        store.rows(
            "SELECT id, content_hash FROM photos"
            " WHERE gone = 0 AND id IN (SELECT value FROM json_each(?))",
            (ids_json(list(photo_ids)),),
        )
    )


def unused_hashes(store: Store, hashes: Sequence[bytes]) -> list[bytes]:
    """Return those content hashes that no photo has any more."""
    used = "SELECT 1 FROM photos WHERE content_hash = ?"
    return [item for item in dict.fromkeys(hashes) if store.row(used, (item,)) is None]
