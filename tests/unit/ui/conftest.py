"""What the tests of the window's parts share: the English catalog, whatever the machine speaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.core.paths import resources_dir
from app.ui.language import LanguageSwitcher


@pytest.fixture(autouse=True)
def languages(qapp: QApplication) -> Iterator[LanguageSwitcher]:
    """The application's switcher, at English before and after each test."""
    switcher = qapp.findChild(LanguageSwitcher) or LanguageSwitcher(qapp, resources_dir() / "i18n")
    switcher.set_choice("en")
    QLocale.setDefault(QLocale("en"))
    yield switcher
    switcher.set_choice("en")
