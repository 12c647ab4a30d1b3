"""Dialogs fit the screen they open on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QScreen
from pytestqt.qtbot import QtBot

from app.ui.problems_dialog import ProblemsDialog
from app.ui.shortcuts_dialog import ShortcutsDialog


@pytest.mark.parametrize("kind", [ShortcutsDialog, ProblemsDialog])
def test_a_dialog_is_never_larger_than_its_screen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: type[ShortcutsDialog | ProblemsDialog]
) -> None:
    usual = kind()
    qtbot.addWidget(usual)
    screen = QSize(700, 420)  # small, or enlarged to twice the size
    monkeypatch.setattr(QScreen, "availableSize", lambda _screen: screen)
    small = kind()
    qtbot.addWidget(small)
    assert small.width() <= min(screen.width(), usual.width())
    assert small.height() < screen.height() - 40, "there is room for its title"
    assert small.minimumSizeHint().height() <= small.height()
