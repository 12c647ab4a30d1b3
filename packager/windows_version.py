"""The version resource of the Windows programs, made from the one version."""

from __future__ import annotations

from pathlib import Path

_TEMPLATE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,
                    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable('040904B0', [
      StringStruct('CompanyName', 'Finelens'),
      StringStruct('FileDescription', 'Finelens'),
      StringStruct('FileVersion', '{version}'),
      StringStruct('InternalName', 'finelens'),
      StringStruct('LegalCopyright', 'Apache License 2.0'),
      StringStruct('OriginalFilename', 'finelens.exe'),
      StringStruct('ProductName', 'Finelens'),
      StringStruct('ProductVersion', '{version}')])]),
    VarFileInfo([VarStruct('Translation', [1033, 1200])])
  ]
)
"""


def version_resource(version: str, folder: Path) -> str:
    """Write the resource's description into a folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "windows-version.txt"
    path.write_text(version_text(version), encoding="utf-8")
    return str(path)


def version_text(version: str) -> str:
    """Describe the resource as PyInstaller reads it; ``0.1.0`` becomes the numbers (0, 1, 0, 0)."""
    parts = [int(part) for part in version.split(".")]
    numbers = tuple((parts + [0] * 4)[:4])
    return _TEMPLATE.format(numbers=numbers, version=version)
