"""Whether a folder lies on this machine: SQLite's locks and its log need a local file system."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NETWORK_KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ncpfs", "coda", "ceph", "glusterfs"}
    | {"lustre", "beegfs", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.davfs2", "fuse.glusterfs"}
    | {"fuse.curlftpfs", "fuse.s3fs", "fuse.ceph"}
)
_MOUNTS = "/proc/self/mountinfo"
_REMOTE_DRIVE = 4


def network_kind(directory: Path) -> str | None:
    """Return the kind of network file system that holds a folder, None for a local one."""
    path = os.path.realpath(directory)
    if sys.platform == "win32":
        return _windows_kind(path)
    try:
        with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            kind = kind_of_mount(file.read(), path)
    except OSError:
        return None
    return kind if kind in _NETWORK_KINDS else None


def kind_of_mount(mounts: str, path: str) -> str:
    """Return the file system of the innermost mount that holds a path; later mounts cover."""
    best, kind = "", ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = _unescaped(fields[4])
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, after.split(" ")[0]
    return kind


def _unescaped(text: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text


if sys.platform == "win32":

    def _windows_kind(path: str) -> str | None:
        import ctypes

        drive = os.path.splitdrive(path)[0] + "\\"
        remote = ctypes.windll.kernel32.GetDriveTypeW(drive) == _REMOTE_DRIVE
        return "network drive" if remote or path.startswith("\\\\") else None

else:

    def _windows_kind(path: str) -> str | None:
        return None
