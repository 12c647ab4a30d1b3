"""What can be checked of the package by looking at its files."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from packager.contents import ENCODERS

MAX_BYTES = 350 * 1000 * 1000
MAX_ARCHIVE_BYTES = 140 * 1000 * 1000
_FORBIDDEN = re.compile(
    r"(^|/)(lib)?(torch|c10|transformers|triton|cudart|cublas)[\w.-]*(/|\.so|$)", re.IGNORECASE
)
_ELF = b"\x7fELF"


def folder_bytes(folder: Path) -> int:
    """Bytes of all files; links count nothing."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink())


def forbidden_files(folder: Path) -> list[str]:
    """Return files that must not be shipped: torch, transformers, HEVC encoders."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    return sorted(name for name in names if _FORBIDDEN.search(name) or ENCODERS.search(name))


def dangling_links(folder: Path) -> list[str]:
    """Return links that lead nowhere or out of the folder."""
    found = []
    for path in folder.rglob("*"):
        if path.is_symlink():
            target = path.resolve()
            if not target.exists() or not target.is_relative_to(folder.resolve()):
                found.append(path.relative_to(folder).as_posix())
    return sorted(found)


def missing_libraries(folder: Path) -> list[str]:
    """Return "file: library" for every library that the loader would not find here."""
    libraries = next(folder.rglob("_internal"))
    environment = {**os.environ, "LD_LIBRARY_PATH": str(libraries)}
    missing = []
    for path in sorted(_elf_files(folder)):
        done = subprocess.run(
            ["ldd", str(path)], env=environment, capture_output=True, text=True, check=False
        )
        for line in done.stdout.splitlines():
            if "not found" in line:
                library = line.strip().split(" ")[0]
                missing.append(f"{path.relative_to(folder)}: {library}")
    return missing


def _elf_files(folder: Path) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _ELF:
                    found.append(path)
    return found
