"""An AppDir round the frozen program, and its archive; the same input gives the same bytes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path

from packager.errors import PackageError
from packager.places import APP_DIR, ROOT

LINUX = ROOT / "packager" / "linux"
ICON_SIDES_PX = (16, 24, 32, 48, 64, 128, 256, 512)
# Libraries that packages bring as they were built and tested; only what is compiled with full
# symbols gets smaller, and Qt stays as its makers published it (LGPL).
_AS_PUBLISHED = (".libs/", "PySide6/", "shiboken6/", "openvino/")
_ARCHIVE_TIME_S = 1_600_000_000


def build_app_dir(frozen: Path) -> Path:
    """Make the AppDir anew from PyInstaller's folder, which moves into it; returns it."""
    shutil.rmtree(APP_DIR, ignore_errors=True)
    lib, share = APP_DIR / "usr" / "lib", APP_DIR / "usr" / "share"
    lib.mkdir(parents=True)
    shutil.move(frozen, lib / "finelens")
    _copy(LINUX / "AppRun", APP_DIR / "AppRun", mode=0o755)
    _copy(LINUX / "finelens.desktop", share / "applications" / "finelens.desktop")
    _copy(LINUX / "finelens.metainfo.xml", share / "metainfo" / "finelens.metainfo.xml")
    icons = ROOT / "resources" / "icons"
    for side in ICON_SIDES_PX:
        place = share / "icons" / "hicolor" / f"{side}x{side}" / "apps" / "finelens.png"
        _copy(icons / f"finelens-{side}.png", place)
    _copy(icons / "finelens.svg", share / "icons/hicolor/scalable/apps/finelens.svg")
    _copy(icons / "finelens-256.png", APP_DIR / "finelens.png")
    _copy(LINUX / "finelens.desktop", APP_DIR / "finelens.desktop")
    (APP_DIR / ".DirIcon").symlink_to("finelens.png")
    (APP_DIR / "usr" / "bin").mkdir()
    (APP_DIR / "usr" / "bin" / "finelens").symlink_to("../lib/finelens/finelens")
    return APP_DIR


def strip_symbols(folder: Path) -> int:
    """Take debugging symbols out of what was compiled with them; returns the bytes saved."""
    saved = 0
    for path in sorted(folder.rglob("*.so*")):
        name = f"{path.relative_to(folder).as_posix()}"
        if path.is_symlink() or any(part in name for part in _AS_PUBLISHED):
            continue
        before = path.stat().st_size
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
        saved += before - path.stat().st_size
    return saved


def file_list(folder: Path) -> list[str]:
    """Return all files and links of a folder, sorted by their bytes."""
    names = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    ]
    return sorted(names, key=os.fsencode)


def write_archive(folder: Path, archive: Path) -> None:
    """Pack a folder as .tar.xz, in order and without users, times or umask of this machine."""
    # Blocks for two threads, whatever the machine: the number would change the bytes.
    command = ["xz", "--compress", "--stdout", "-2", "--threads=2"]
    with (
        archive.open("wb") as packed,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=packed) as xz,
        tarfile.open(fileobj=xz.stdin, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name in file_list(folder):
            tar.add(folder / name, f"{folder.name}/{name}", recursive=False, filter=_anonymous)
    if xz.returncode != 0:
        raise PackageError(f"xz could not write {archive.name}: exit code {xz.returncode}")


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = _ARCHIVE_TIME_S
    info.mode = 0o755 if info.mode & stat.S_IXUSR else 0o644
    return info


def _copy(source: Path, target: Path, *, mode: int = 0o644) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)
