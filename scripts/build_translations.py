"""Rebuild the translation catalogs: source strings into .ts files, .ts files into .qm files.

``python scripts/build_translations.py`` writes ``resources/i18n``; with ``--check`` it builds into
a temporary folder, compares, and names what is stale, missing or unfinished (exit code 1).
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGS = ROOT / "resources" / "i18n"
# Sources are English: the English catalog holds the plural forms and nothing else.
LANGUAGES = {"en": ["-pluralonly"], "zh_CN": []}


def sources() -> list[str]:
    """Return the files that may hold strings for people, relative to the project."""
    files = [ROOT / "app" / "main.py", *sorted((ROOT / "app" / "ui").glob("*.py"))]
    return [str(path.relative_to(ROOT)) for path in files]


def tool(name: str) -> str:
    """Return one of Qt's translation tools: the binary that PySide6 brings, else from the path."""
    import PySide6

    suffix = ".exe" if sys.platform == "win32" else ""
    bundled = Path(PySide6.__file__).parent / f"{name}{suffix}"
    found = str(bundled) if bundled.exists() else shutil.which(f"pyside6-{name}")
    if found is None:
        raise SystemExit(f"{name} was not found; PySide6-Essentials brings it")
    return found


def build(folder: Path) -> None:
    """Bring the catalogs in a folder up to date with the sources."""
    for language, options in LANGUAGES.items():
        catalog = folder / f"finelens_{language}.ts"
        run(
            tool("lupdate"),
            *options,
            "-silent",
            "-no-obsolete",
            "-locations",
            "none",
            "-source-language",
            "en",
            "-target-language",
            language,
            *sources(),
            "-ts",
            str(catalog),
        )
        run(tool("lrelease"), "-silent", str(catalog), "-qm", str(catalog.with_suffix(".qm")))


def run(*command: str) -> None:
    """Run a tool in the project's folder; its words are shown only if it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")


def unfinished(catalog: Path) -> list[str]:
    """Return the source texts of a catalog that have no finished translation."""
    texts = []
    for message in ET.parse(catalog).getroot().iter("message"):
        translation = message.find("translation")
        forms = [] if translation is None else list(translation.iter("numerusform"))
        is_empty = translation is None or not (
            all(form.text for form in forms) if forms else translation.text
        )
        if is_empty or (translation is not None and translation.get("type") == "unfinished"):
            texts.append(message.findtext("source") or "")
    return texts


def check() -> list[str]:
    """Return what is wrong with the catalogs in the project."""
    faults = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for catalog in CATALOGS.glob("*.ts"):
            shutil.copy(catalog, folder)
        build(folder)
        for fresh in sorted(folder.iterdir()):
            committed = CATALOGS / fresh.name
            if not committed.exists() or not filecmp.cmp(fresh, committed, shallow=False):
                faults.append(f"{fresh.name} is stale: run scripts/build_translations.py")
    for language in LANGUAGES:
        catalog = CATALOGS / f"finelens_{language}.ts"
        if catalog.exists():
            missing = unfinished(catalog)
            faults += [f"{catalog.name}: no translation of {text!r}" for text in missing]
    return faults


def main() -> int:
    """Build, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    if not parser.parse_args().check:
        CATALOGS.mkdir(parents=True, exist_ok=True)
        build(CATALOGS)
    faults = check()
    print("\n".join(faults) or "The catalogs are up to date.")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
