"""``.finelensignore``: what people keep out of the library, folder by folder.

One pattern a line, as in ``.gitignore``: ``*``, ``?`` and ``[...]``, a trailing ``/`` for folders
only, ``!`` to take something in again, ``#`` for remarks. A pattern with a ``/`` inside counts
from the folder of the file, one without counts at any depth below it. A file without any pattern
leaves out the whole folder. Patterns are compared as bytes.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass

IGNORE_NAME = b".finelensignore"
_MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Rule:
    base: bytes
    pattern: re.Pattern[bytes]
    anchored: bool
    folders_only: bool
    takes_in: bool

    def fits(self, path: bytes, is_folder: bool) -> bool:
        if self.folders_only and not is_folder:
            return False
        if self.anchored:
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
                return not rule.takes_in
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
    lines = [line.strip() for line in text.replace(b"\r", b"\n").split(b"\n")]
    patterns = [line for line in lines if line and not line.startswith(b"#")] or [b"*"]
    base = folder + b"/" if folder else b""
    return tuple(_rule(pattern, base) for pattern in patterns)


def _rule(pattern: bytes, base: bytes) -> _Rule:
    takes_in = pattern.startswith(b"!")
    pattern = pattern.removeprefix(b"!")
    folders_only = pattern.endswith(b"/")
    pattern = pattern.rstrip(b"/")
    anchored = b"/" in pattern
    pattern = pattern.lstrip(b"/").replace(b"/", os.sep.encode())
    return _Rule(base, _compiled(pattern), anchored, folders_only, takes_in)


def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    translated = fnmatch.translate(pattern.decode("latin-1"))
    return re.compile(translated.encode("latin-1"))


def _read(path: bytes) -> bytes:
    """Return the file's first bytes; opening does not block on pipes and devices."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "it is not a file")
        return os.read(file, _MOST_BYTES)
    finally:
        os.close(file)
