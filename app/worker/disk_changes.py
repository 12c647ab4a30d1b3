"""What changed below a folder since the library last looked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.core.errors import RootError
from app.core.library import Library
from app.core.library.rows import KnownFile, Root
from app.core.scanning import FileFact, scan
from app.worker.decoder_version import decoder_version


@dataclass(slots=True)
class DiskChanges:
    """One folder compared with the library.

    ``changed`` are files to decode; ``known`` keeps what the library knows of those among them
    that it knows; ``gone`` are photos without a file; ``unreadable`` are folders and files that the
    system does not let us look into; ``mounts`` are folders on disks of their own, and whether the
    disk is away. ``offline`` means that nothing can be said.
    """

    root: Root
    changed: list[FileFact] = field(default_factory=list)
    known: dict[bytes, KnownFile] = field(default_factory=dict)
    gone: dict[int, KnownFile] = field(default_factory=dict)
    gone_problems: list[bytes] = field(default_factory=list)
    unreadable: list[tuple[bytes, OSError]] = field(default_factory=list)
    mounts: dict[bytes, bool] = field(default_factory=dict)
    found: int = 0
    unchanged: int = 0
    known_problems: int = 0
    offline: bool = False

    def has_vector(self, path: bytes) -> bool:
        """Tell whether a changed file's photo has a vector."""
        return path in self.known and self.known[path].has_vector


_FILES_PER_STEP = 500


def compare(
    library: Library, root: Root, model_id: int, *, retry_problems: bool = False
) -> Iterator[DiskChanges]:
    """Walk a folder; yields the growing result often, the last one is complete.

    A folder that is missing, unreadable or without any photo file although the library has some
    is offline: nothing in it counts as gone. Neither does anything below a folder that used to be
    on a disk of its own, is not now, and holds none of the files that are known there.
    """
    changes = DiskChanges(root)
    known: dict[bytes, KnownFile] = {}
    for block in library.known_files(root.id, model_id):
        known |= block
        yield changes
    mounts = _Mounts(library.mounts(root.id))
    try:
        for fact in scan(
            root.path,
            on_error=lambda *found: changes.unreadable.append(found),
            on_mount=mounts.meet,
        ):
            file = known.pop(fact.path, None)
            if file is not None:
                mounts.note_known(fact.path)
            if fact.in_cloud and file is None:
                continue
            changes.found += 1
            _compare_file(changes, fact, file, retry_problems)
            if changes.found % _FILES_PER_STEP == 0:
                yield changes
    except RootError:
        changes.offline = True
    photos_gone = any(not file.problem for file in known.values())
    if (changes.found == 0 and photos_gone) or mounts.is_away(b""):
        changes.offline = True
    changes.mounts = mounts.result(nothing_seen=changes.offline)
    if not changes.offline:
        _note_gone(changes, known)
    yield changes


class _Mounts:
    """Which of the folders that were on disks of their own still are; the others are away.

    An unplugged disk leaves its folder behind, empty or with what somebody put there since.
    """

    def __init__(self, before: dict[bytes, bool]) -> None:
        self._before = before
        self._met: set[bytes] = set()
        self._unmet = {path: path + os.sep.encode() if path else b"" for path in before}

    def meet(self, path: bytes) -> None:
        """Take note of a folder on a disk of its own."""
        self._met.add(path)
        self._unmet.pop(path, None)

    def note_known(self, path: bytes) -> None:
        """Take note of a file that the library knows: the folders above it hold what they held."""
        for folder in [item for item, prefix in self._unmet.items() if path.startswith(prefix)]:
            del self._unmet[folder]

    def is_away(self, path: bytes) -> bool:
        """Tell whether a folder was on a disk of its own that is not there any more."""
        return path in self._unmet

    def result(self, *, nothing_seen: bool) -> dict[bytes, bool]:
        """Return the folders to remember, and whether their disks are away."""
        if nothing_seen:
            return self._before
        return dict.fromkeys(self._met, False) | dict.fromkeys(self._unmet, True)


def is_reachable(root: bytes) -> bool:
    """Whether a folder is there and not empty, as an unmounted disk's folder would be."""
    try:
        with os.scandir(root) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def _compare_file(
    changes: DiskChanges, fact: FileFact, file: KnownFile | None, retry_problems: bool
) -> None:
    if file is None:
        changes.changed.append(fact)
        return
    if file.taken_out:
        changes.unchanged += 1
        return
    same = (file.size_bytes, file.mtime_ns, file.inode) == (
        fact.size_bytes,
        fact.mtime_ns,
        fact.inode,
    )
    tried = file.problem and file.decoder_version == decoder_version() and not retry_problems
    if same and tried:
        changes.known_problems += 1
    elif fact.in_cloud or (same and not file.problem and file.has_vector and file.has_thumbnail):
        changes.unchanged += 1  # what is in the cloud is never fetched, also if it is known
    else:
        changes.changed.append(fact)
        changes.known[fact.path] = file


def _note_gone(changes: DiskChanges, left: dict[bytes, KnownFile]) -> None:
    """Everything not met is gone, except below folders that cannot be read or are away."""
    kept = {path for path, _ in changes.unreadable}
    kept |= {path for path, away in changes.mounts.items() if away}
    hidden = tuple(path + os.sep.encode() for path in kept)
    for path, file in left.items():
        if path in kept or path.startswith(hidden) or file.taken_out:
            continue
        if file.photo_id is not None:
            changes.gone[file.photo_id] = file
        else:
            changes.gone_problems.append(path)
