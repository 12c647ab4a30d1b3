"""Languages: which one is taken, and that nothing is left untranslated."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo, QLocale
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QLabel
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


@pytest.mark.parametrize("mode", [QFileDialog.FileMode.Directory, QFileDialog.FileMode.AnyFile])
def test_the_file_dialog_of_qt_is_chinese_throughout(
    mode: QFileDialog.FileMode, tmp_path: Path, languages: LanguageSwitcher, qtbot: QtBot
) -> None:
    languages.set_choice("zh_CN")
    dialog = QFileDialog()
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setFileMode(mode)
    labels = [label.text() for label in dialog.findChildren(QLabel) if label.text()]
    assert len(labels) >= 3
    # Letters of the alphabet are keys: 文件类型(&T)：
    assert [text for text in labels if re.search("[A-Za-z]{2}", text)] == []
    kinds = [QFileIconProvider().type(QFileInfo(place)) for place in (str(tmp_path), "/")]
    assert [kind for kind in kinds if kind.isascii()] == []


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
