"""What a traced program did: which files it read, whom it talked to. Reads the output of strace."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packager.errors import CheckError

# What strace is asked for.
TRACED_CALLS = "open,openat,openat2,execve,connect,sendto,sendmsg,chdir"

# Parts of the system that a program with a window reads: libraries, fonts, keyboard, time, locale.
SYSTEM_PLACES = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/X11",
    "/usr/share/icons",
    "/usr/share/locale",
    "/usr/share/mime",
    "/usr/share/zoneinfo",
    "/usr/share/glib-2.0",
    "/usr/share/dbus-1",
    "/usr/share/drirc.d",
    "/usr/share/pixmaps",
    "/usr/share/ca-certificates",
    "/usr/share/xml/fontconfig",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/locale.alias",
    "/etc/locale.conf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/machine-id",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/group",
    "/etc/ssl",
    "/etc/drirc",
    "/etc/os-release",
    "/etc/mime.types",
    "/etc/xdg",
    "/etc/selinux",
    "/etc/gnutls",
    "/var/cache/fontconfig",
    "/var/lib/dbus",
    "/proc",
    "/sys",
    "/dev",
)
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_SYSTEM_LIBRARY_SCRIPTS = re.compile(r"/(site|dist)-packages/|/python3[^/]*/")

# With -y strace names the file that was really opened: "= 3</etc/hosts>". Calls of one thread that
# others interrupt are in two lines; the second one, "resumed", has the result.
_OPENED = re.compile(r"\bopen(?:at2?)?(?:\(| resumed>).*= \d+<(/.*?)(?:\(deleted\))?>$")
_EXECUTED = re.compile(r'\bexecve\("((?:[^"\\]|\\.)*)".*= 0$')
_INTERNET = re.compile(r"\b(?:connect|sendto|sendmsg)\(.*sa_family=AF_INET6?\b")


@dataclass(frozen=True, slots=True)
class Trace:
    """Facts of a run: files opened for reading, programs started, words with the internet."""

    read: frozenset[str]
    executed: frozenset[str]
    network: tuple[str, ...]


def parse(lines: Iterable[str]) -> Trace:
    """Read the lines of ``strace -f -y``; calls that failed are passed over, but not connections.

    Raises:
        CheckError: nothing was opened: that is no trace of a program.
    """
    read, executed, network = set(), set(), []
    for line in lines:
        text = line.strip()
        opened, started = _OPENED.search(text), _EXECUTED.search(text)
        if opened is not None and "O_WRONLY" not in text:
            read.add(_plain(opened[1]))
        elif started is not None:
            executed.add(_plain(started[1]))
        elif _INTERNET.search(text):
            network.append(text)
    if not read:
        raise CheckError("the trace names no file that was opened")
    return Trace(frozenset(read), frozenset(executed), tuple(network))


def outside(paths: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Return the paths that lie neither in the allowed folders nor in the known system places.

    A Python of the system is not one of them, although it lies below ``/usr/lib``.
    """
    own = [posixpath.normpath(place) for place in allowed]
    wrong = []
    for path in paths:
        if not path.startswith("/") or _inside(path, own):
            continue
        is_foreign_python = _SYSTEM_LIBRARY_SCRIPTS.search(path) is not None
        if is_foreign_python or not _inside(path, SYSTEM_PLACES):
            wrong.append(path)
    return sorted(wrong)


def linked_fonts(folders: Iterable[Path] = FONT_FOLDERS) -> list[str]:
    """Return where links below the font folders lead: fontconfig follows them."""
    links = (entry for folder in folders for entry in folder.rglob("*") if entry.is_symlink())
    return sorted({str(link.resolve()) for link in links})


def _inside(path: str, places: Iterable[str]) -> bool:
    clean = posixpath.normpath(path)
    return clean == "/" or any(clean == place or _below(clean, place) for place in places)


def _below(path: str, place: str) -> bool:
    return PurePosixPath(place) in PurePosixPath(path).parents


def _plain(quoted: str) -> str:
    """Undo strace's escapes: octal bytes and backslashes."""
    raw = quoted.encode("latin-1", "backslashreplace").decode("unicode_escape")
    return raw.encode("latin-1", "ignore").decode("utf-8", "surrogateescape")
