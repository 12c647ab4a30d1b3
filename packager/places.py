"""Where the package is built and what its parts are called."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

from app.core.version import VERSION
from packager.errors import PackageError

ROOT = Path(__file__).resolve().parents[1]
WORK_DIR = ROOT / "build"
ARCHIVE_DIR = ROOT / "dist"
FROZEN_DIR = ARCHIVE_DIR / "finelens"
APP_DIR = ARCHIVE_DIR / "Finelens.AppDir"


@dataclass(frozen=True, slots=True)
class Package:
    """The finished package: an AppDir and its archive."""

    folder: Path
    archive: Path

    @classmethod
    def find(cls) -> Package:
        """Return the package that ``make package`` left.

        Raises:
            PackageError: there is none.
        """
        package = cls(APP_DIR, archive_path())
        for path in (package.program, package.archive):
            if not path.exists():
                shown = path.relative_to(ROOT)
                raise PackageError(f"{shown} is not there: run `make package` first")
        return package

    @property
    def program(self) -> Path:
        """The executable."""
        return self.folder / "usr" / "lib" / "finelens" / "finelens"

    @property
    def desktop_file(self) -> Path:
        """The desktop entry."""
        return self.folder / "usr" / "share" / "applications" / "finelens.desktop"

    @property
    def demo_album(self) -> Path:
        """The demo album's pictures inside the package."""
        return self.program.parent / "_internal" / "resources" / "demo" / "album"


def archive_path() -> Path:
    """The archive with version, system and processor in its name."""
    name = f"finelens-{VERSION}-{platform.system().lower()}-{platform.machine()}.tar.xz"
    return ARCHIVE_DIR / name
