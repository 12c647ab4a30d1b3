"""What the library knows of a root, blocks put together; its thumbnails counted, a root removed."""

from __future__ import annotations

from app.core.library import Library, roots
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


def remove_root(library: Library, root_id: int) -> int:
    """Forget a folder for good, as the library does when it opens; returns its number of photos."""
    n_photos, hashes = roots.remove(library._store, root_id)
    library._forget_thumbnails(hashes)
    return n_photos
