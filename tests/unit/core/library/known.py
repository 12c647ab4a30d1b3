"""What the library knows of a root, blocks put together; how many thumbnails it has."""

from __future__ import annotations

from app.core.library import Library
from app.core.library.rows import KnownFile


def known_files(library: Library, root_id: int, model_id: int) -> dict[bytes, KnownFile]:
    known: dict[bytes, KnownFile] = {}
    for block in library.known_files(root_id, model_id):
        known |= block
    return known


def n_thumbnails(library: Library) -> int:
    store = library._thumbnails._store
    assert store is not None
    return store.number("SELECT COUNT(*) FROM thumbnails")
