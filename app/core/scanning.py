"""Finding the photo files below a folder.

Only names and ``stat`` facts are read here; no file is opened. Paths are bytes, relative to the
root.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.core.errors import RootError
from app.core.paths import display_path

IMAGE_EXTENSIONS = frozenset(
    b".jpg .jpeg .jpe .jfif .mpo .png .apng .webp .gif .bmp .dib .tif .tiff .ico"
    b" .ppm .pgm .pbm .pnm .heic .heics .heif .hif .avif .jp2 .j2k .j2c .jpf .jpx"
    # pictures that no decoder reads: named as unsupported rather than passed over
    b" .sgi .fli .flc .pcx .tga .psd".split()
)
_SKIPPED_NAMES = frozenset({b"@eadir", b"$recycle.bin", b"__macosx"})

OnError = Callable[[bytes, OSError], None]


@dataclass(frozen=True, slots=True)
class FileFact:
    """A candidate file: relative path and what tells whether it changed, folded to 64 bits."""

    path: bytes
    size_bytes: int
    mtime_ns: int
    inode: int

    @classmethod
    def from_stat(cls, path: bytes, facts: os.stat_result) -> FileFact:
        """Return the facts of a file as the library stores and compares them."""
        return cls(path, facts.st_size, fold_int64(facts.st_mtime_ns), fold_int64(facts.st_ino))


def fold_int64(value: int) -> int:
    """Return a number wrapped into signed 64 bits, the range of a SQLite integer."""
    return (value + 2**63) % 2**64 - 2**63


def is_candidate(name: bytes) -> bool:
    """Tell whether a file name looks like a photo; case does not matter."""
    return not is_skipped(name) and os.path.splitext(name)[1].lower() in IMAGE_EXTENSIONS


def is_skipped(name: bytes) -> bool:
    """Tell whether a name is left out: hidden, or a folder of thumbnails or deleted files."""
    return name.startswith(b".") or name.lower() in _SKIPPED_NAMES


def scan(root: bytes, *, on_error: OnError) -> Iterator[FileFact]:
    """Yield the candidate files below a folder, each folder's own files in order of their names.

    Symbolic links are followed; every folder is entered once, real ones before links, so loops end
    and a link never hides the true path. A link to a folder that holds the root is not followed.

    Args:
        root: absolute path of the folder.
        on_error: called with the relative path of a folder or file that cannot be read, and why.
            Nothing is known about what lies below such a folder: it must not count as deleted.

    Raises:
        RootError: the folder itself is gone or cannot be read; raised at the first step.
    """
    try:
        entries = _listed(root)
        root_facts = os.stat(root)
    except OSError as error:
        shown = display_path(root)
        raise RootError(
            f"The folder {shown} cannot be read: {error.strerror}.", path=shown
        ) from error
    yield from _walk(root, entries, (root_facts.st_dev, root_facts.st_ino), on_error)


def _walk(
    root: bytes, entries: list[os.DirEntry[bytes]], identity: tuple[int, int], on_error: OnError
) -> Iterator[FileFact]:
    visited = {identity}
    above = _identities_above(root)
    folders: list[bytes] = []
    links: list[bytes] = []
    relative = b""
    while True:
        below: list[bytes] = []
        for entry in entries:
            path = os.path.join(relative, entry.name)
            try:
                if is_skipped(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    below.append(path)
                elif entry.is_symlink() and entry.is_dir():
                    links.append(path)
                elif is_candidate(entry.name):
                    facts = entry.stat()
                    if stat.S_ISREG(facts.st_mode):
                        yield _fact(root, path, facts)
            except OSError as error:
                on_error(path, error)
        folders.extend(reversed(below))
        entries = []
        while not entries:
            if not folders and not links:
                return
            relative = folders.pop() if folders else links.pop(0)
            entries = _entered(root, relative, visited, above, on_error)


def _fact(root: bytes, path: bytes, facts: os.stat_result) -> FileFact:
    if os.name == "nt":  # a directory entry has no inode there
        facts = os.stat(os.path.join(root, path))
    return FileFact.from_stat(path, facts)


def _entered(
    root: bytes,
    relative: bytes,
    visited: set[tuple[int, int]],
    above: set[tuple[int, int]],
    on_error: OnError,
) -> list[os.DirEntry[bytes]]:
    """Return a folder's entries; none when it was visited before or cannot be read."""
    absolute = os.path.join(root, relative)
    try:
        facts = os.stat(absolute)
        identity = (facts.st_dev, facts.st_ino)
        if identity in visited or identity in above:
            return []
        visited.add(identity)
        return _listed(absolute)
    except OSError as error:
        on_error(relative, error)
        return []


def _listed(folder: bytes) -> list[os.DirEntry[bytes]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _identities_above(root: bytes) -> set[tuple[int, int]]:
    found = set()
    folder = os.path.realpath(root)
    while (parent := os.path.dirname(folder)) != folder:
        folder = parent
        try:
            facts = os.stat(folder)
        except OSError:
            continue
        found.add((facts.st_dev, facts.st_ino))
    return found
