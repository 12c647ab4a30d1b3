"""The window closed and opened again: moving the library, deleting everything, ending for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.core.library import Library
from app.core.settings import Settings
from app.core.single_start import claim
from app.ui.privacy_page import KeptPlaces
from app.ui.window_life import WindowLife


class SmallWindow(QWidget):
    closed = Signal()

    def closeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.accept()
        self.closed.emit()


class Openings:
    """Builds windows and remembers with what."""

    def __init__(self) -> None:
        self.made: list[tuple[Settings, KeptPlaces]] = []

    def __call__(self, settings: Settings, places: KeptPlaces, life: WindowLife) -> SmallWindow:
        self.made.append((settings, places))
        return SmallWindow()


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptPlaces:
    monkeypatch.setenv("FINELENS_LIBRARY", str(tmp_path / "default"))
    names = ("library", "config", "models", "cache", "notices")
    places = KeptPlaces(*(tmp_path / name for name in names))
    Library.open(places.library, write=True).close()
    places.config.mkdir()
    (places.config / "settings.json").write_text(json.dumps({"theme": "dark"}))
    return places


@pytest.fixture
def openings() -> Openings:
    return Openings()


@pytest.fixture
def life(qapp: QApplication, places: KeptPlaces, openings: Openings) -> Iterator[WindowLife]:
    life = WindowLife(openings, places, qapp)  # type: ignore[arg-type]
    life.open()
    yield life
    window = life.window
    life.end()
    life.deleteLater()
    if window is not None:
        window.close()
        window.deleteLater()
    qapp.setQuitOnLastWindowClosed(True)


def test_a_moved_library_is_opened_where_it_lies_now(
    qtbot: QtBot, life: WindowLife, openings: Openings, places: KeptPlaces, tmp_path: Path
) -> None:
    life.move_library(tmp_path / "new")
    qtbot.waitUntil(lambda: len(openings.made) == 2, timeout=10_000)
    settings, now = openings.made[-1]
    assert now.library == tmp_path / "new"
    assert (now.library / "library.sqlite").exists()
    assert not places.library.exists()
    assert claim(tmp_path / "new") is None, "a second start finds this one"
    assert (settings.library_dir, settings.theme) == (str(tmp_path / "new"), "dark")


def test_a_move_that_fails_opens_the_old_library_and_says_so(
    qtbot: QtBot, life: WindowLife, openings: Openings, places: KeptPlaces, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    life.move_library(tmp_path / "file")
    qtbot.waitUntil(lambda: len(openings.made) == 2, timeout=10_000)
    assert openings.made[-1][1] == places
    assert life.window is not None
    assert "cannot be written" in life.window.findChildren(QMessageBox)[0].informativeText()


def test_after_deleting_everything_it_is_the_first_start(
    qtbot: QtBot, life: WindowLife, openings: Openings, places: KeptPlaces, tmp_path: Path
) -> None:
    life.erase_everything()
    qtbot.waitUntil(lambda: len(openings.made) == 2, timeout=10_000)
    settings, now = openings.made[-1]
    assert settings == Settings()
    assert now.library == tmp_path / "default"
    assert not places.library.exists()
    assert not places.config.exists()


def test_closing_the_window_ends_the_application(
    qtbot: QtBot, life: WindowLife, openings: Openings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    monkeypatch.setattr(life, "_app", type("App", (), {"quit": lambda self: ended.append(True)})())
    assert life.window is not None
    life.window.close()
    qtbot.waitUntil(lambda: ended == [True])
    assert len(openings.made) == 1
