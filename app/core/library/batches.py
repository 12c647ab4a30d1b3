"""Writing a batch of decoded photos and of problems: one transaction, safe to repeat."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from app.core.errors import RootError
from app.core.library import generation, user_data, vectors, visibility
from app.core.library.rows import NewPhoto, NewProblem, Problem
from app.core.library.store import Store
from app.core.paths import display_path, display_text
from app.core.scanning import fold_int64

_UPSERT_PHOTO = """
    INSERT INTO photos (root_id, path, display, size_bytes, mtime_ns, inode, content_hash,
        width_px, height_px, taken_at, camera, format, average_rgb, sort_s, gone)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
    ON CONFLICT (root_id, path) DO UPDATE SET
        size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, inode = excluded.inode,
        content_hash = excluded.content_hash, width_px = excluded.width_px,
        height_px = excluded.height_px, taken_at = excluded.taken_at, camera = excluded.camera,
        format = excluded.format, average_rgb = excluded.average_rgb, sort_s = excluded.sort_s,
        gone = CASE WHEN photos.gone >= 2 THEN photos.gone ELSE 0 END
    RETURNING id
"""
_UPSERT_PROBLEM = """
    INSERT INTO problems (root_id, path, display, size_bytes, mtime_ns, inode, reason, detail,
        decoder_version, seen_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (root_id, path) DO UPDATE SET
        size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, inode = excluded.inode,
        reason = excluded.reason, detail = excluded.detail,
        decoder_version = excluded.decoder_version, seen_at = excluded.seen_at
"""


def save(
    store: Store,
    model_id: int,
    photos: Sequence[NewPhoto],
    problems: Sequence[NewProblem],
) -> tuple[list[int], list[bytes]]:
    """Store a batch; return the photos' ids, in order, and the hashes that changed photos had."""
    replaced: list[bytes] = []
    added: list[int] = []
    try:
        with store.transaction():
            photo_ids = [_save_photo(store, photo, replaced, added) for photo in photos]
            user_data.share(store, added)
            _save_vectors(store, model_id, photos, photo_ids)
            _forget_problems(store, photos)
            _save_problems(store, problems)
            if photos or problems:
                generation.raise_library(store)
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            raise RootError("The folder was removed from the library meanwhile.") from error
        raise
    return photo_ids, replaced


def _save_photo(store: Store, photo: NewPhoto, replaced: list[bytes], added: list[int]) -> int:
    """Store a photo; notes the hash that a changed one had, and the id of one that is new."""
    before = store.row(
        "SELECT id, content_hash, gone FROM photos WHERE root_id = ? AND path = ?",
        (photo.root_id, photo.path),
    )
    camera = None if photo.camera is None else display_text(photo.camera)
    taken_at = None if photo.taken_at is None else display_text(photo.taken_at)
    row = store.row(
        _UPSERT_PHOTO,
        (
            photo.root_id,
            photo.path,
            display_path(photo.path),
            photo.size_bytes,
            fold_int64(photo.mtime_ns),
            fold_int64(photo.inode),
            photo.content_hash,
            photo.width_px,
            photo.height_px,
            taken_at,
            camera,
            display_text(photo.format),
            photo.average_rgb,
            _sort_seconds(taken_at, photo.mtime_ns),
        ),
    )
    assert row is not None
    photo_id = int(row[0])
    if before is None:
        added.append(photo_id)
    else:
        _, content_hash, gone = before
        if content_hash != photo.content_hash:
            replaced.append(content_hash)
            _forget_vectors(store, photo_id)
        elif gone == 1:
            generation.raise_models_of(store, [photo_id])
            store.run(
                "UPDATE vectors SET root_id = ? WHERE photo_id = ?", (photo.root_id, photo_id)
            )
    return photo_id


def _forget_vectors(store: Store, photo_id: int) -> None:
    """Drop what was computed from content that the file no longer has."""
    generation.raise_models_of(store, [photo_id])
    store.run("DELETE FROM vectors WHERE photo_id = ?", (photo_id,))
    store.run("DELETE FROM regions WHERE photo_id = ?", (photo_id,))


def _sort_seconds(taken_at: str | None, mtime_ns: int) -> int:
    if taken_at is not None:
        try:
            taken = datetime.fromisoformat(taken_at)
            return int((taken if taken.tzinfo else taken.replace(tzinfo=UTC)).timestamp())
        except (ValueError, OverflowError):
            pass
    return fold_int64(mtime_ns) // 1_000_000_000


def _save_vectors(
    store: Store, model_id: int, photos: Sequence[NewPhoto], photo_ids: Sequence[int]
) -> None:
    encoded = {
        photo_id: photo
        for photo_id, photo in zip(photo_ids, photos, strict=True)
        if photo.vector is not None
    }
    if encoded:
        stacked = np.stack([photo.vector for photo in encoded.values() if photo.vector is not None])
        patches = [photo.patches for photo in encoded.values()]
        vectors.save(store, model_id, list(encoded), stacked, patches)


def _forget_problems(store: Store, photos: Sequence[NewPhoto]) -> None:
    store.run_many(
        "DELETE FROM problems WHERE root_id = ? AND path = ?",
        ((photo.root_id, photo.path) for photo in photos),
    )


def _save_problems(store: Store, problems: Sequence[NewProblem]) -> None:
    """Store problems; a photo listed at such a path is parked until the file is good again."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    listed: list[int] = []
    for problem in problems:
        store.run(
            _UPSERT_PROBLEM,
            (
                problem.root_id,
                problem.path,
                display_path(problem.path),
                problem.size_bytes,
                fold_int64(problem.mtime_ns),
                fold_int64(problem.inode),
                problem.reason,
                display_text(problem.detail),
                problem.decoder_version,
                now,
            ),
        )
        listed += [
            photo_id
            for (photo_id,) in store.rows(
                "SELECT id FROM photos WHERE root_id = ? AND path = ? AND gone = 0",
                (problem.root_id, problem.path),
            )
        ]
    if listed:
        visibility.hide(store, listed, visibility.FILE_GONE)


def problems(store: Store, root_id: int | None) -> list[Problem]:
    """Return the problems of one root or of all, by root and path."""
    where = "" if root_id is None else "AND q.root_id = ?"
    return [
        Problem(*row)
        for row in store.rows(
            "SELECT q.id, q.root_id, r.path, q.path, q.display, q.reason, q.detail, q.seen_at"
            " FROM problems q JOIN roots r ON r.id = q.root_id"
            f" WHERE r.removed = 0 {where}"
            " ORDER BY q.root_id, q.path",
            () if root_id is None else (root_id,),
        )
    ]


def clear_problems(store: Store, root_id: int, paths: Sequence[bytes]) -> None:
    """Forget problems of files that are gone or are to be tried again."""
    with store.transaction():
        cleared = store.run_many(
            "DELETE FROM problems WHERE root_id = ? AND path = ?",
            [(root_id, path) for path in paths],
        )
        if cleared > 0:
            generation.raise_library(store)
