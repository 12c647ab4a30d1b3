"""What the package is made of, found out from the files that are really in it."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from PyInstaller import __version__ as pyinstaller_version
from PyInstaller.archive.readers import CArchiveReader

from app.core.version import VERSION
from packager.errors import PackageError
from packager.licences import OF_PACKAGES, is_allowed
from packager.native import library_of

OWN_NAME = "Finelens"
_OWN_MODULES = {"app", "fgclip2"}
_OWN_FOLDERS = {"resources"}
# Folders that wheels put beside a package, named after it.
_BESIDE = re.compile(r"^(.+?)(\.libs|-[\d.]+(\.post\d+)?\.dist-info)$")
_QT = {"PySide6", "shiboken6"}
_UNNAMED = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the package, with its terms and the bytes it takes."""

    name: str
    version: str
    licence: str
    n_bytes: int
    text: str = ""
    is_python: bool = False


def find_components(frozen: Path) -> list[Component]:
    """Return all parts of PyInstaller's folder, by name.

    Raises:
        PackageError: a file or module that belongs to nothing known, or a licence that is not
            expected; names all of them.
    """
    sizes, unknown = _sizes(frozen)
    modules = archived_modules(frozen)
    packages = {_distribution(module) for module in modules if not _is_standard(module)}
    packages |= {name for name in sizes if not name.startswith("native:")} - {OWN_NAME}
    unknown += sorted(name for name in packages if name.startswith("?"))
    packages = {name for name in packages if not name.startswith("?")} - {OWN_NAME}
    found = [Component(OWN_NAME, VERSION, "Apache-2.0", sizes.get(OWN_NAME, 0))]
    terms = "GPL-2.0-or-later WITH Bootloader-exception"
    bootloader = (frozen / "finelens").stat().st_size
    found.append(Component("PyInstaller bootloader", pyinstaller_version, terms, bootloader))
    found += _python_components(packages, sizes)
    for name, n_bytes in sizes.items():
        library = library_of(name.removeprefix("native:")) if name.startswith("native:") else None
        if library is not None:
            version = sys.version.split()[0] if library.name == "Python" else ""
            found.append(Component(library.name, version, library.licence, n_bytes))
    found = _merged(found)
    wrong = [f"{each.name}: {each.licence}" for each in found if not is_allowed(each.licence)]
    if unknown or wrong:
        raise PackageError(
            "the package holds what nobody has agreed to:\n"
            + "\n".join([*(f"  unknown: {name}" for name in unknown), *wrong])
            + "\nName it in packager/native.py or packager/licences.py once its terms are read."
        )
    return sorted(found, key=lambda component: component.name.lower())


def archived_modules(frozen: Path) -> set[str]:
    """Return the top-level names of the Python modules inside the executable."""
    archive = CArchiveReader(str(frozen / "finelens"))
    modules = archive.open_embedded_archive("PYZ.pyz").toc
    return {name.split(".")[0] for name in modules}


def _sizes(frozen: Path) -> tuple[dict[str, int], list[str]]:
    """Bytes by part, and the files that belong to none."""
    sizes: dict[str, int] = defaultdict(int)
    unknown = []
    inside = frozen / "_internal"
    for path in sorted(inside.rglob("*")):
        if path.is_dir() or path.is_symlink():
            continue
        owner = _owner(path.relative_to(inside))
        if owner is None:
            unknown.append(path.relative_to(inside).as_posix())
        else:
            sizes[owner] += path.stat().st_size
    return dict(sizes), unknown


def _owner(path: Path) -> str | None:
    """The Python package of a file, ``native:NAME`` for a library, None if nobody knows."""
    top = path.parts[0]
    if top in _OWN_FOLDERS:
        return OWN_NAME
    is_library = library_of(path.name) is not None
    if is_library and (len(path.parts) == 1 or top.endswith(".libs") or "lib" in path.parts):
        return f"native:{path.name}"
    if top.startswith("python3"):
        return f"native:{top}"
    beside = _BESIDE.match(top)
    if beside is not None:
        name = beside[1]
        return None if top.endswith(".libs") else _normal(name)
    module = top.split(".")[0]
    owner = _distribution(module)
    return None if owner.startswith("?") else owner


def _distribution(module: str) -> str:
    """The installed package that has a module; ``?NAME`` if none has."""
    if module in _OWN_MODULES or module == "__main__":
        return OWN_NAME
    owners = _owners().get(module, [])
    if module in _QT:
        owners = [name for name in owners if "addons" not in name.lower()]
    return _normal(owners[0]) if owners else f"?{module}"


def _owners() -> dict[str, list[str]]:
    if not _OWNERS:
        _OWNERS.update(importlib.metadata.packages_distributions())
    return _OWNERS


_OWNERS: dict[str, list[str]] = {}


def _is_standard(module: str) -> bool:
    is_tool = module.startswith(("_sysconfigdata", "pyi", "_pyi"))
    return module in sys.stdlib_module_names or is_tool or module == "__main__"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _python_components(packages: set[str], sizes: dict[str, int]) -> list[Component]:
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=all", "--with-system"]
    command += ["--with-license-file", "--with-notice-file", "--no-license-path"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    facts = {_normal(row["Name"]): row for row in json.loads(done.stdout)}
    found = []
    for name in sorted(packages):
        row = facts[name]
        texts = [row.get("LicenseText", ""), row.get("NoticeText", "")]
        text = "\n\n".join(part for part in texts if part and part != _UNNAMED)
        licence = _licence(name, row)
        version = row["Version"]
        found.append(Component(row["Name"], version, licence, sizes.get(name, 0), text, True))
    return found


def _licence(name: str, row: dict[str, str]) -> str:
    if name in OF_PACKAGES:
        return OF_PACKAGES[name]
    for column in ("License-Expression", "License-Metadata"):
        if row[column] != _UNNAMED:
            return row[column]
    return _UNNAMED


def _merged(components: list[Component]) -> list[Component]:
    """One entry a name; several files of a library count together."""
    by_name: dict[str, Component] = {}
    for each in components:
        known = by_name.get(each.name)
        total = each.n_bytes + (known.n_bytes if known is not None else 0)
        by_name[each.name] = Component(
            each.name, each.version, each.licence, total, each.text, each.is_python
        )
    return list(by_name.values())
