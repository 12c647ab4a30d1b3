"""Notices, SBOM, licences, version resource, desktop files: what people and systems read."""

from __future__ import annotations

import configparser
import json
import plistlib
import re
import tarfile
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app.core.version import VERSION
from packager import folder_check
from packager.appdir import ICON_SIDES_PX, file_list, write_archive
from packager.components import OWN_NAME, Component, _owner, find_components
from packager.errors import PackageError
from packager.licences import is_allowed
from packager.native import library_of
from packager.notices import notices_text, sbom_text, write_papers
from packager.sizes import size_table, write_table
from packager.windows_version import version_text

ROOT = Path(__file__).resolve().parents[3]
COMPONENTS = [
    Component(OWN_NAME, VERSION, "Apache-2.0", 5_000_000),
    Component("numpy", "2.0", "BSD-3-Clause AND MIT", 13_000_000, "Copyright NumPy", True),
    Component("libheif", "", "LGPL-3.0-or-later", 2_000_000),
]


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("AGPL-3.0-only", False),
        ("UNKNOWN", False),
        ("", False),
        ("MIT AND", False),
    ],
)
def test_licences_that_nobody_agreed_to_are_refused(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) is allowed


def test_files_belong_to_a_known_part_or_to_none() -> None:
    assert _owner(Path("resources/models/finelens-tiny/config.json")) == OWN_NAME
    assert _owner(Path("libssl.so.3")) == "native:libssl.so.3"
    assert _owner(Path("pi_heif.libs/libheif-7a3e919c.so.1.23.0")).startswith("native:libheif")
    assert _owner(Path("numpy/_core/_multiarray_umath.so")) == "numpy"
    assert _owner(Path("libsurprise.so.1")) is None
    assert _owner(Path("numpy.libs/libx265.so")) is None
    assert library_of("libx265.so.199") is None


def test_a_file_of_unknown_origin_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("packager.components.archived_modules", lambda _: {"app", "numpy"})
    (tmp_path / "finelens").write_bytes(b"")
    inside = tmp_path / "_internal"
    (inside / "numpy").mkdir(parents=True)
    (inside / "numpy" / "core.so").write_bytes(b"12345")
    names = [component.name for component in find_components(tmp_path)]
    assert names == ["Finelens", "numpy", "PyInstaller bootloader"]
    (inside / "libsurprise.so.1").write_bytes(b"")
    with pytest.raises(PackageError, match=r"unknown: libsurprise\.so\.1"):
        find_components(tmp_path)


def test_notices_name_every_part_with_its_terms(tmp_path: Path) -> None:
    text = notices_text(COMPONENTS)
    assert "numpy 2.0\nLicence: BSD-3-Clause AND MIT" in text
    assert "Copyright NumPy" in text
    assert "Replacing LGPL libraries" in text
    write_papers(COMPONENTS, tmp_path)
    assert {"third-party.txt", "sbom.cdx.json", "LGPL-3.0.txt", "GPL-3.0.txt"} <= {
        path.name for path in tmp_path.iterdir()
    }


def test_the_sbom_is_cyclonedx_and_always_the_same() -> None:
    bom = json.loads(sbom_text(COMPONENTS))
    assert bom["bomFormat"] == "CycloneDX"
    assert bom["metadata"]["component"]["version"] == VERSION
    assert "timestamp" not in bom["metadata"]
    listed = {each["name"]: each for each in bom["components"]}
    assert listed["numpy"]["purl"] == "pkg:pypi/numpy@2.0"
    assert listed["libheif"]["licenses"] == [{"expression": "LGPL-3.0-or-later"}]
    assert sbom_text(COMPONENTS) == sbom_text(COMPONENTS)


def test_two_archives_of_the_same_folder_are_equal(tmp_path: Path) -> None:
    folder = tmp_path / "Finelens.AppDir"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "程序").write_text("x")
    (folder / "a").write_text("y")
    (folder / "a").chmod(0o700)
    (folder / "link").symlink_to("a")
    assert file_list(folder) == ["a", "b/程序", "link"]
    first, second = tmp_path / "1.tar.xz", tmp_path / "2.tar.xz"
    write_archive(folder, first)
    (folder / "a").touch()
    write_archive(folder, second)
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as tar:
        modes = {info.name: oct(info.mode) for info in tar if info.isfile()}
    assert modes["Finelens.AppDir/a"] == "0o755"


def test_the_size_table_adds_up_and_finds_its_place(tmp_path: Path) -> None:
    table = size_table(COMPONENTS, 21_000_000, 9_000_000)
    numbers = [float(n) for n in re.findall(r"\| (?:\*\*)?([\d.]+)(?:\*\*)? \|", table)]
    assert sum(numbers[:-2]) == pytest.approx(numbers[-2])
    document = tmp_path / "packaging.md"
    document.write_text("before\n<!-- sizes -->\nold\n<!-- end of sizes -->\nafter\n")
    write_table(table, document)
    assert document.read_text().startswith("before\n<!-- sizes -->\n| part")
    assert "old" not in document.read_text()


def test_forbidden_files_and_loose_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "libx265.so.199").write_bytes(b"")
    (tmp_path / "harmless.so").write_bytes(b"")
    (tmp_path / "loose").symlink_to("nothing")
    (tmp_path / "out").symlink_to("/etc")
    assert folder_check.forbidden_files(tmp_path) == ["libx265.so.199", "torch"]
    assert folder_check.dangling_links(tmp_path) == ["loose", "out"]


def test_the_version_is_said_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["version"]
    assert "version" not in project["project"]
    attribute = project["tool"]["setuptools"]["dynamic"]["version"]["attr"]
    assert attribute == "app.core.version.VERSION"
    numbers = tuple(int(part) for part in VERSION.split("."))
    assert f"filevers={(*numbers, 0)}" in version_text(VERSION)


def test_the_desktop_entry_opens_folders_in_both_languages() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / "packager/linux/finelens.desktop", encoding="utf-8")
    entry = parser["Desktop Entry"]
    assert entry["Exec"] == "finelens %F"
    assert "inode/directory" in entry["MimeType"]
    assert entry["Name[zh_CN]"] == "细寻"
    icons = ROOT / "resources" / "icons"
    assert all((icons / f"finelens-{side}.png").exists() for side in ICON_SIDES_PX)


def test_files_of_the_other_systems_are_well_formed() -> None:
    entitlements = plistlib.loads((ROOT / "packager/macos/entitlements.plist").read_bytes())
    assert entitlements["com.apple.security.cs.disable-library-validation"] is True
    manifest = ET.parse(ROOT / "packager/windows/finelens.manifest").getroot()
    assert any(
        each.tag.endswith("longPathAware") and each.text == "true" for each in manifest.iter()
    )
    ET.parse(ROOT / "packager/linux/finelens.metainfo.xml")
    script = (ROOT / "packager/windows/finelens.iss").read_text(encoding="utf-8")
    assert "PrivilegesRequired=lowest" in script
    compile((ROOT / "build.spec").read_text(encoding="utf-8"), "build.spec", "exec")
