"""Languages: which one is taken, and that nothing is left untranslated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from app.ui.language import LANGUAGE_NAMES, LANGUAGES, LanguageSwitcher, resolve_language
from app.ui.status_bar import StatusBar

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("choice", "system", "language"),
    [
        ("system", ["zh-Hans-CN", "zh-CN", "zh", "en"], "zh_CN"),
        ("system", ["en-GB", "zh-CN"], "en"),
        ("system", ["de-DE", "de", "zh-CN"], "zh_CN"),
        ("system", ["de-DE"], "en"),
        ("system", ["zh_TW"], "zh_CN"),
        ("system", [], "en"),
        ("en", ["zh-CN"], "en"),
        ("zh_CN", ["en-GB"], "zh_CN"),
        ("tlh", ["zh-CN"], "zh_CN"),
    ],
)
def test_the_choice_or_else_the_system_decides(
    choice: str, system: list[str], language: str
) -> None:
    assert resolve_language(choice, system) == language


def test_languages_have_names() -> None:
    assert set(LANGUAGE_NAMES) == set(LANGUAGES)


def test_the_language_changes_while_widgets_live(languages: LanguageSwitcher, qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_browsing(12431)
    languages.set_choice("zh_CN")
    qtbot.waitUntil(lambda: bar.found_label.text() == "12,431 张照片")
    assert QLocale().name() == "zh_CN"
    languages.set_choice("en")
    qtbot.waitUntil(lambda: bar.found_label.text() == "12,431 photos")
    assert QLocale().language() == QLocale.Language.English


def test_the_committed_catalogs_are_complete_and_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/build_translations.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
