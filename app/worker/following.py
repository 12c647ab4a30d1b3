"""Which folders of a library are followed on disk, and which of them changed."""

from __future__ import annotations

from app.core.library import Library
from app.worker.folder_watcher import FolderWatcher


def follow_roots(watcher: FolderWatcher | None, library: Library) -> None:
    """Tell the watcher, if there is one, which folders the library has now."""
    if watcher is not None:
        roots = library.roots()
        watcher.follow({root.path: list(library.mounts(root.id)) for root in roots})


def changed_roots(watcher: FolderWatcher | None, library: Library) -> tuple[bytes, ...]:
    """Return the folders that changed on disk and are still in the library."""
    due = () if watcher is None else watcher.take_due()
    known = {root.path for root in library.roots()} if due else set()
    return tuple(path for path in due if path in known)
