"""The committed catalogs are what the sources say, and Chinese is complete."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "build_translations.py"


def test_catalogs_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_chinese_is_complete() -> None:
    catalogs = sorted((ROOT / "resources" / "i18n").glob("*zh_CN.ts"))
    assert catalogs, "no catalog for zh_CN"
    for catalog in catalogs:
        messages = ET.parse(catalog).getroot().findall(".//message")
        assert messages
        for message in messages:
            translation = message.find("translation")
            source = message.findtext("source")
            assert translation is not None, source
            assert translation.get("type") != "unfinished", source
            forms = translation.findall("numerusform")
            assert all(form.text for form in forms) if forms else translation.text, source
