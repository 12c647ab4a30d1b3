"""The menus: keys that reach the window from everywhere, and letters that mean one thing."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from app.ui.language import LANGUAGES, LanguageSwitcher
from app.ui.window_actions import WindowActions

# A line of text takes these for itself on one system or another: the window never hears of them.
# Ctrl+C, V and Z mean the same there.
KEYS_OF_TEXT = {f"Ctrl+{letter}" for letter in "ADEKUWX"}


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


def menus_of(menu: QMenu) -> list[QMenu]:
    """A menu and those in it."""
    inner = [action.menu() for action in menu.actions() if action.menu() is not None]
    return [menu, *(each for below in inner for each in menus_of(below))]


def test_no_key_of_the_window_is_one_that_a_line_of_text_takes(window: QMainWindow) -> None:
    actions = WindowActions(window)
    keys = {
        key.toString(QKeySequence.SequenceFormat.PortableText)
        for action in window.actions()
        for key in action.shortcuts()
    }
    assert len(keys) > 30
    assert keys & KEYS_OF_TEXT == set()
    assert actions.export.shortcut() == QKeySequence("Ctrl+Shift+E")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_means_one_thing_in_a_menu(
    language: str, window: QMainWindow, languages: LanguageSwitcher
) -> None:
    languages.set_choice(language)
    kept = WindowActions(window)
    bar = [action.menu() for action in window.menuBar().actions()]
    assert len(bar) == 6
    letters = [letter_of(action) for action in window.menuBar().actions()]
    for menu in (each for top in (*bar, kept.settings_menu) for each in menus_of(top)):
        of_menu = Counter(filter(None, map(letter_of, menu.actions())))
        assert [each for each, n in of_menu.items() if n > 1] == [], menu.title()
    assert len(set(letters)) == 6


def letter_of(action: QAction) -> str:
    """The letter that chooses an action by keyboard, or nothing."""
    return action.text().partition("&")[2][:1].upper()
