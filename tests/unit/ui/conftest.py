"""What the tests of the window's parts share: the English catalog, an open photo view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.core.paths import resources_dir
from app.ui.language import LanguageSwitcher
from app.ui.photo_view import PhotoView
from tests.unit.ui.photo_view_stage import Heard, Thumbnails, make_view


@pytest.fixture(autouse=True)
def languages(qapp: QApplication) -> Iterator[LanguageSwitcher]:
    """The application's switcher, at English before and after each test."""
    switcher = qapp.findChild(LanguageSwitcher) or LanguageSwitcher(qapp, resources_dir() / "i18n")
    switcher.set_choice("en")
    QLocale.setDefault(QLocale("en"))
    yield switcher
    switcher.set_choice("en")


@pytest.fixture
def thumbnails(qapp) -> Thumbnails:
    return Thumbnails()


@pytest.fixture
def view(qtbot, thumbnails: Thumbnails) -> Iterator[PhotoView]:
    view = make_view(qtbot, thumbnails)
    yield view
    view.shut_down()


@pytest.fixture
def heard(view: PhotoView) -> Heard:
    return Heard(view)
