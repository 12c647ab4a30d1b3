"""``.finelensignore``: what people keep out of the library, folder by folder.

One pattern a line, as in ``.gitignore``: ``*``, ``?`` and ``[...]``, a trailing ``/`` for folders
only, ``!`` to take something in again, ``#`` for remarks. A pattern with a ``/`` inside counts
from the folder of the file, one without counts at any depth below it. A file without any pattern
leaves out the whole folder. Patterns are compared as bytes; the first 64 KB of whole lines count.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

IGNORE_NAME = b".finelensignore"
_MOST_BYTES = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some editors begin every text with it


@dataclass(frozen=True, slots=True)
class _Kind:
    takes_in: bool
    folders_only: bool
    anchored: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """Patterns of one kind that follow each other, as one expression: there may be thousands."""

    base: bytes
    pattern: re.Pattern[bytes]
    kind: _Kind

    def fits(self, path: bytes, is_folder: bool) -> bool:
        if self.kind.folders_only and not is_folder:
            return False
        if self.kind.anchored:
            return self.pattern.match(path[len(self.base) :]) is not None
        return self.pattern.match(os.path.basename(path)) is not None


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The rules that hold in one folder: its own after those of the folders above."""

    rules: tuple[_Rule, ...] = ()

    def match(self, path: bytes, *, is_folder: bool) -> bool:
        """Tell whether something in the folder is left out; the last rule that fits decides."""
        for rule in reversed(self.rules):
            if rule.fits(path, is_folder):
                return not rule.kind.takes_in
        return False


NO_RULES = IgnoreRules()


def read_ignore_rules(
    root: bytes,
    relative: bytes,
    entries: Sequence[os.DirEntry[bytes]],
    above: IgnoreRules,
    on_error: Callable[[bytes, OSError], None],
) -> IgnoreRules:
    """Return the rules for a listed folder: those from above, and those of its own file."""
    if not any(entry.name == IGNORE_NAME for entry in entries):
        return above
    path = os.path.join(relative, IGNORE_NAME)
    try:
        text = _read(os.path.join(root, path))
    except OSError as error:
        on_error(path, error)
        return above
    return IgnoreRules(above.rules + parse_ignore_rules(text, relative))


def parse_ignore_rules(text: bytes, folder: bytes) -> tuple[_Rule, ...]:
    """Return the rules of a file's text; without any pattern everything in the folder is out."""
    text = text.removeprefix(_BYTE_ORDER_MARK)
    lines = [line.strip() for line in text.replace(b"\r", b"\n").split(b"\n")]
    patterns = [line for line in lines if line and not line.startswith(b"#")] or [b"*"]
    base = folder + b"/" if folder else b""
    kinds = groupby((_kind_of(pattern) for pattern in patterns), key=lambda item: item[0])
    return tuple(_Rule(base, _compiled(item[1] for item in same), kind) for kind, same in kinds)


def _kind_of(pattern: bytes) -> tuple[_Kind, bytes]:
    """Return the kind of a pattern, and what is left of it to be compared."""
    takes_in = pattern.startswith(b"!")
    pattern = pattern.removeprefix(b"!")
    folders_only = pattern.endswith(b"/")
    pattern = pattern.rstrip(b"/")
    kind = _Kind(takes_in, folders_only, anchored=b"/" in pattern)
    return kind, pattern.lstrip(b"/").replace(b"/", os.sep.encode())


def _compiled(patterns: Iterable[bytes]) -> re.Pattern[bytes]:
    translated = [fnmatch.translate(pattern.decode("latin-1")) for pattern in patterns]
    return re.compile("|".join(translated).encode("latin-1"))


def _read(path: bytes) -> bytes:
    """Return the file's first lines; opening does not block on pipes and devices."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "it is not a file")
        text = os.read(file, _MOST_BYTES + 1)
        # Half of "*.tmp" would leave out everything.
        return text if len(text) <= _MOST_BYTES else text[: text.rfind(b"\n", 0, _MOST_BYTES) + 1]
    finally:
        os.close(file)
