"""What ``status --json`` prints about a library."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from app.core.library import generation, photos, roots, schema, vectors
from app.core.library.folder import LIBRARY_NAME
from app.core.library.rows import Root
from app.core.library.store import Store
from app.core.library.thumbnails import THUMBNAILS_NAME
from app.core.paths import display_path


def status(store: Store, directory: Path) -> dict[str, Any]:
    """Return counts, roots, models and sizes: plain data, paths for display."""
    known_models = vectors.models(store)
    newest = known_models[-1].id if known_models else None
    return {
        "library": display_path(os.fsencode(directory)),
        "schema_version": schema.SCHEMA_VERSION,
        "generation": generation.current(store),
        "photos": photos.count(store, None),
        "problems": store.number("SELECT COUNT(*) FROM problems"),
        "roots": [_root(store, root) for root in roots.all_roots(store, newest)],
        "models": [
            {
                "name": model.name,
                "fingerprint": model.fingerprint,
                "dim": model.dim,
                "vectors": model.n_vectors,
            }
            for model in known_models
        ],
        "bytes": {name: _size_bytes(directory / name) for name in (LIBRARY_NAME, THUMBNAILS_NAME)},
    }


def _root(store: Store, root: Root) -> dict[str, Any]:
    """One root; ``away``: folders in it whose disks are not there."""
    away = [path for path, is_away in roots.mounts(store, root.id).items() if is_away]
    return {
        "path": root.display,
        "state": root.state,
        "photos": root.n_photos,
        "indexed": root.n_indexed,
        "away": [display_path(path) for path in away],
    }


def _size_bytes(path: Path) -> int:
    return sum(part.stat().st_size for part in (path, Path(f"{path}-wal")) if part.exists())
