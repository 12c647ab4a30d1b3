"""Folders that the user added."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from app.core.errors import RootError
from app.core.library import generation, visibility
from app.core.library.rows import Root, RootState
from app.core.library.store import Store
from app.core.paths import display_path

_RELINK_SAMPLE = 300
_COUNTED = """
    SELECT r.id, r.path, r.display, r.state,
        (SELECT COUNT(*) FROM photos p WHERE p.root_id = r.id AND p.gone = 0),
        (SELECT COUNT(*) FROM vectors v WHERE v.model_id = ? AND v.root_id = r.id)
    FROM roots r
"""


def all_roots(store: Store, model_id: int | None) -> list[Root]:
    """Return all roots in the order they were added, with counts for one model."""
    listed = f"{_COUNTED} WHERE r.removed = 0 ORDER BY r.id"
    return [Root(*row) for row in store.rows(listed, (model_id,))]


def one_root(store: Store, root_id: int, model_id: int | None = None) -> Root:
    """Return one root; RootError if there is none with that id."""
    row = store.row(f"{_COUNTED} WHERE r.id = ?", (model_id, root_id))
    if row is None:
        raise RootError(f"No folder of the library has the number {root_id}.", root_id=str(root_id))
    return Root(*row)


def add(store: Store, path: bytes) -> Root:
    """Add a folder, or return the one that is there already."""
    absolute = os.path.abspath(path)
    shown = display_path(absolute)
    with store.transaction():
        for root in all_roots(store, None):
            if _same_folder(root.path, absolute):
                return root
            if _contains(root.path, absolute) or _contains(absolute, root.path):
                where = "inside" if _contains(root.path, absolute) else "around"
                raise RootError(
                    f"{shown} lies {where} {root.display}, which is in the library already."
                    " Add only one of the two.",
                    path=shown,
                    other=root.display,
                )
        if not os.path.isdir(absolute):
            raise RootError(f"{shown} is not a folder that can be read.", path=shown)
        removed_id = store.value("SELECT id FROM roots WHERE path = ? AND removed = 1", (absolute,))
        if removed_id is not None:
            put_back(store, removed_id)
            return one_root(store, removed_id)
        store.run(
            "INSERT INTO roots (path, display, added_at) VALUES (?, ?, ?)",
            (absolute, shown, datetime.now(UTC).isoformat(timespec="seconds")),
        )
        root_id = store.number("SELECT last_insert_rowid()")
        generation.raise_library(store)
        return one_root(store, root_id)


def relink(store: Store, root_id: int, path: bytes) -> Root:
    """Say that a folder lies elsewhere now, inside a transaction; photos keep their places."""
    absolute = os.path.abspath(path)
    shown = display_path(absolute)
    moved = one_root(store, root_id)
    if not os.path.isdir(absolute):
        raise RootError(f"{shown} is not a folder that can be read.", path=shown)
    for root in all_roots(store, None):
        clash = _same_folder(root.path, absolute) or (
            _contains(root.path, absolute) or _contains(absolute, root.path)
        )
        if root.id != root_id and clash:
            raise RootError(
                f"{shown} overlaps with {root.display}, which is in the library already.",
                path=shown,
                other=root.display,
            )
    if moved.n_photos and not _holds_some(store, root_id, absolute):
        raise RootError(
            f"{shown} holds none of the photos that were looked for from {moved.display}."
            " Choose the folder that took its place.",
            path=shown,
            other=moved.display,
        )
    store.run("DELETE FROM roots WHERE path = ? AND removed = 1", (absolute,))
    store.run("DELETE FROM mounts WHERE root_id = ?", (root_id,))
    store.run(
        "UPDATE roots SET path = ?, display = ?, state = 'online' WHERE id = ?",
        (absolute, shown, root_id),
    )
    generation.raise_library(store)
    return one_root(store, root_id)


def _holds_some(store: Store, root_id: int, folder: bytes) -> bool:
    """Whether photos of a root, some hundred of them looked for, are in another folder."""
    sample = store.rows(
        "SELECT path, size_bytes FROM photos WHERE root_id = ? AND gone = 0"
        " ORDER BY id * 2654435761 % 4294967296 LIMIT ?",
        (root_id, _RELINK_SAMPLE),
    )
    for path, size_bytes in sample:
        try:
            if os.stat(os.path.join(folder, path)).st_size == size_bytes:
                return True
        except OSError:
            continue
    return False


def set_state(store: Store, root_id: int, state: RootState) -> None:
    """Mark a root as there or away."""
    with store.transaction():
        if one_root(store, root_id).state != state:
            store.run("UPDATE roots SET state = ? WHERE id = ?", (state, root_id))
            generation.raise_library(store)


def mounts(store: Store, root_id: int) -> dict[bytes, bool]:
    """Return the folders below a root that lie on disks of their own, and whether those are away.

    The path ``b""`` is the root itself.
    """
    rows = store.rows("SELECT path, away FROM mounts WHERE root_id = ?", (root_id,))
    return {path: bool(away) for path, away in rows}


def set_mounts(store: Store, root_id: int, found: dict[bytes, bool]) -> None:
    """Note the folders below a root that lie on disks of their own, and which disks are away."""
    if found == mounts(store, root_id):
        return
    with store.transaction():
        store.run("DELETE FROM mounts WHERE root_id = ?", (root_id,))
        store.run_many(
            "INSERT INTO mounts (root_id, path, away) SELECT id, ?, ? FROM roots WHERE id = ?",
            [(path, away, root_id) for path, away in found.items()],
        )
        generation.raise_library(store)


def remove(store: Store, root_id: int) -> tuple[int, list[bytes]]:
    """Forget a root with all its photos; return how many and the hashes they had."""
    with store.transaction(durable=True):
        n_photos = one_root(store, root_id).n_photos
        hashes = [
            content_hash
            for (content_hash,) in store.rows(
                "SELECT DISTINCT content_hash FROM photos WHERE root_id = ?", (root_id,)
            )
        ]
        store.run(
            "UPDATE models SET generation = generation + 1 WHERE id IN"
            " (SELECT model_id FROM vectors WHERE root_id = ?)",
            (root_id,),
        )
        store.run("DELETE FROM roots WHERE id = ?", (root_id,))
        generation.raise_library(store)
    return n_photos, hashes


def take_out(store: Store, root_id: int) -> list[int]:
    """Hide a root with all its photos, inside a transaction; return those that were in sight.

    It can come back until it is purged.

    Raises:
        RootError: no such root, or it is taken out already.
    """
    _set_removed(store, root_id, removed=True)
    shown = visibility.ids_in_root(store, root_id, visibility.SHOWN)
    generation.raise_library(store)
    return visibility.hide(store, shown, visibility.FOLDER_REMOVED)


def put_back(store: Store, root_id: int) -> list[int]:
    """Show a root again that was taken out, inside a transaction; return its photos.

    Raises:
        RootError: it is not there any more, or was not taken out.
    """
    _set_removed(store, root_id, removed=False)
    hidden = visibility.ids_in_root(store, root_id, visibility.FOLDER_REMOVED)
    generation.raise_library(store)
    return visibility.show(store, hidden, visibility.FOLDER_REMOVED)


def _set_removed(store: Store, root_id: int, *, removed: bool) -> None:
    one_root(store, root_id)
    changed = store.run(
        "UPDATE roots SET removed = ? WHERE id = ? AND removed = ?", (removed, root_id, not removed)
    )
    if not changed:
        state = "not in the library any more" if removed else "in the library already"
        raise RootError(f"The folder with the number {root_id} is {state}.", root_id=str(root_id))


def purge_removed(store: Store) -> list[bytes]:
    """Forget the roots that were taken out for good; return the content hashes they had."""
    removed = store.rows("SELECT id FROM roots WHERE removed = 1")
    return [item for (root_id,) in removed for item in remove(store, root_id)[1]]


def _same_folder(one: bytes, other: bytes) -> bool:
    return _resolved(one) == _resolved(other)


def _contains(outer: bytes, inner: bytes) -> bool:
    outer, inner = _resolved(outer), _resolved(inner)
    prefix = outer if outer.endswith(os.sep.encode()) else outer + os.sep.encode()
    return inner != outer and inner.startswith(prefix)


def _resolved(path: bytes) -> bytes:
    return os.path.normcase(os.path.realpath(path))
