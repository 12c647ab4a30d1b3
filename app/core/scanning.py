"""Finding the photo files below a folder.

Only names and ``stat`` facts are read here; the one file that is opened is ``.finelensignore``.
Paths are bytes, relative to the root.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.core.errors import RootError
from app.core.ignore_rules import NO_RULES, IgnoreRules, read_ignore_rules
from app.core.paths import display_path

IMAGE_EXTENSIONS = frozenset(
    b".jpg .jpeg .jpe .jfif .mpo .png .apng .webp .gif .bmp .dib .tif .tiff .ico"
    b" .ppm .pgm .pbm .pnm .heic .heics .heif .hif .avif .jp2 .j2k .j2c .jpf .jpx"
    # raw files of cameras, by their embedded preview
    b" .dng .cr2 .cr3 .crw .nef .nrw .arw .srf .sr2 .raf .orf .rw2 .pef .srw .3fr .fff .iiq .kdc"
    b" .dcr .mrw .x3f .erf .mef .mos .rwl"
    # pictures that no decoder reads: named as unsupported rather than passed over
    b" .sgi .fli .flc .pcx .tga .psd".split()
)
_SKIPPED_NAMES = frozenset({b"@eadir", b"$recycle.bin", b"__macosx"})

# What tells that the bytes of a file are in the cloud: reading them would fetch them.
_CLOUD_ATTRIBUTES = 0x1000 | 0x40000 | 0x400000  # Windows: offline, recall on open, on access
_CLOUD_FLAG = 0x40000000  # macOS: dataless
_MOST_TOO_DEEP = 1000

OnError = Callable[[bytes, OSError], None]
OnMount = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class FileFact:
    """A candidate file: relative path and what tells whether it changed, folded to 64 bits.

    ``in_cloud``: only a placeholder is here; reading the file would fetch it from the network.
    """

    path: bytes
    size_bytes: int
    mtime_ns: int
    inode: int
    in_cloud: bool = False

    @classmethod
    def from_stat(cls, path: bytes, facts: os.stat_result) -> FileFact:
        """Return the facts of a file as the library stores and compares them."""
        mtime_ns, inode = fold_int64(facts.st_mtime_ns), fold_int64(facts.st_ino)
        return cls(path, facts.st_size, mtime_ns, inode, _is_in_cloud(facts))


def fold_int64(value: int) -> int:
    """Return a number wrapped into signed 64 bits, the range of a SQLite integer."""
    return (value + 2**63) % 2**64 - 2**63


def _is_in_cloud(facts: os.stat_result) -> bool:
    attributes = getattr(facts, "st_file_attributes", 0)
    return bool(attributes & _CLOUD_ATTRIBUTES or getattr(facts, "st_flags", 0) & _CLOUD_FLAG)


def is_candidate(name: bytes) -> bool:
    """Tell whether a file name looks like a photo; case does not matter."""
    return not is_skipped(name) and os.path.splitext(name)[1].lower() in IMAGE_EXTENSIONS


def is_skipped(name: bytes) -> bool:
    """Tell whether a name is left out: hidden, or a folder of thumbnails or deleted files."""
    return name.startswith(b".") or name.lower() in _SKIPPED_NAMES


def _ignored_mount(path: bytes) -> None:
    """Take no note of a folder on another disk."""


def scan(
    root: bytes, *, on_error: OnError, on_mount: OnMount = _ignored_mount
) -> Iterator[FileFact]:
    """Yield the candidate files below a folder, each folder's own files in order of their names.

    Symbolic links are followed; every folder is entered once, real ones before links, so loops end
    and a link never hides the true path. A link to a folder that holds the root is not followed.
    What a ``.finelensignore`` names is left out, see ``ignore_rules``.

    Args:
        root: absolute path of the folder.
        on_error: called with the relative path of a folder or file that cannot be read, and why.
            Nothing is known about what lies below such a folder: it must not count as deleted.
            ENOENT and ELOOP are links that lead nowhere and files that left meanwhile.
        on_mount: called with the relative path of every folder that is entered and lies on another
            disk than the folder it is in; b"" is the root itself.

    Raises:
        RootError: the folder itself is gone or cannot be read; raised at the first step.
    """
    try:
        entries = _listed(root)
        root_facts = os.stat(root)
        if root_facts.st_dev != os.stat(os.path.dirname(root)).st_dev:
            on_mount(b"")
    except OSError as error:
        shown = display_path(root)
        raise RootError(
            f"The folder {shown} cannot be read: {error.strerror}.", path=shown
        ) from error
    walk = _Walk(root, (root_facts.st_dev, root_facts.st_ino), on_error, on_mount)
    yield from walk.files(entries)


class _Walk:
    """One walk below a root: folders that wait, folders that were entered, rules on the way."""

    def __init__(
        self, root: bytes, identity: tuple[int, int], on_error: OnError, on_mount: OnMount
    ) -> None:
        self._root = root
        self._on_error = on_error
        self._on_mount = on_mount
        self._entered = {identity}
        self._above = _identities_above(root)
        self._device = identity[0]  # of the folder at hand
        # Relative path, rules of the folder it is in, and that folder's device.
        self._folders: list[tuple[bytes, IgnoreRules, int]] = []
        self._links: list[tuple[bytes, IgnoreRules, int]] = []

    def files(self, entries: list[os.DirEntry[bytes]]) -> Iterator[FileFact]:
        """Yield the files of a listed root and of everything below it."""
        relative, rules = b"", NO_RULES
        while True:
            rules = read_ignore_rules(self._root, relative, entries, rules, self._on_error)
            below: list[tuple[bytes, IgnoreRules, int]] = []
            for entry in entries:
                path = os.path.join(relative, entry.name)
                try:
                    if is_skipped(entry.name):
                        continue
                    is_link = entry.is_symlink()
                    is_folder = entry.is_dir()
                    if rules.match(path, is_folder=is_folder):
                        continue
                    if is_folder:
                        (self._links if is_link else below).append((path, rules, self._device))
                    elif is_candidate(entry.name):
                        fact = self._fact(path, entry, is_link)
                        if fact is not None:
                            yield fact
                    elif is_link and not os.path.exists(os.path.join(self._root, path)):
                        # Perhaps a folder on a disk that is away: what was below it is not deleted.
                        self._on_error(path, OSError(errno.ENOENT, "the link leads nowhere"))
                except OSError as error:
                    self._on_error(path, error)
            self._folders.extend(reversed(below))
            entries = []
            while not entries:
                if not self._folders and not self._links:
                    return
                waiting = self._folders.pop() if self._folders else self._links.pop(0)
                relative, rules, device_above = waiting
                entries = self._enter(relative, device_above)

    def _fact(self, path: bytes, entry: os.DirEntry[bytes], is_link: bool) -> FileFact | None:
        facts = entry.stat()
        if not stat.S_ISREG(facts.st_mode):
            if is_link:
                raise OSError(errno.EINVAL, "the link leads to something that is not a file")
            return None
        if os.name == "nt":  # a directory entry has no inode there
            facts = os.stat(os.path.join(self._root, path))
        return FileFact.from_stat(path, facts)

    def _enter(self, relative: bytes, device_above: int) -> list[os.DirEntry[bytes]]:
        """Return a folder's entries; none when it was entered before or cannot be read."""
        absolute = os.path.join(self._root, relative)
        try:
            facts = os.stat(absolute)
            identity = (facts.st_dev, facts.st_ino)
            if identity in self._entered or identity in self._above:
                return []
            self._entered.add(identity)
            self._device = facts.st_dev
            if facts.st_dev != device_above:
                self._on_mount(relative)
            return _listed(absolute)
        except OSError as error:
            self._on_error(relative, error)
            if error.errno == errno.ENAMETOOLONG:
                for path in _too_deep_files(self._root, relative):
                    self._on_error(path, error)
            return []


def _listed(folder: bytes) -> list[os.DirEntry[bytes]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _too_deep_files(root: bytes, relative: bytes) -> list[bytes]:
    """Return candidates below a folder whose path is too long to be opened; for naming them."""
    found: list[bytes] = []
    if not hasattr(os, "fwalk"):
        return found
    try:
        folder = os.open(root, os.O_RDONLY)
        for part in relative.split(os.sep.encode()):
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
    except OSError:
        return found
    try:
        for path, folders, files, _ in os.fwalk(b".", dir_fd=folder):
            folders[:] = [name for name in folders if not is_skipped(name)]
            below = os.path.normpath(os.path.join(relative, path))
            found += [os.path.join(below, name) for name in files if is_candidate(name)]
            if len(found) >= _MOST_TOO_DEEP:
                break
    except (OSError, RecursionError):
        pass
    finally:
        os.close(folder)
    return found[:_MOST_TOO_DEEP]


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
