"""What the window says of a library that was begun anew, and the choice that it offers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from app.core.messages import LibraryRecovered, RestoreBackup
from app.ui.banner import Banner
from app.ui.recovery_notice import RecoveryNotice
from tests.unit.ui.samples import RecordingLink

BACKUPS = ("library-2026-03-02.sqlite", "library-2026-03-01.sqlite")


class World:
    def __init__(self, qtbot: QtBot) -> None:
        self.link = RecordingLink()
        self.window, self.banner = QWidget(), Banner()
        qtbot.addWidget(self.window)
        qtbot.addWidget(self.banner)
        RecoveryNotice(self.link, self.banner, self.window)


@pytest.fixture
def world(qtbot: QtBot) -> Iterator[World]:
    world = World(qtbot)
    yield world
    world.link.stop()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "no good backup"),
        ("library-2026-03-02.sqlite", "the backup library-2026-03-02.sqlite"),
        ("the damaged file", "read from the damaged file"),
    ],
)
def test_it_says_where_ratings_come_from(world: World, source: str, said: str) -> None:
    world.link.library_recovered.emit(LibraryRecovered("/l/library.damaged", source, BACKUPS))
    assert said in world.banner.label.text()
    assert "/l/library.damaged" in world.banner.label.text()


def test_another_backup_can_be_chosen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[list[str]] = []

    def choose(*arguments: object) -> tuple[str, bool]:
        offered.append(arguments[3])  # type: ignore[arg-type]
        return BACKUPS[1], True

    monkeypatch.setattr(QInputDialog, "getItem", choose)
    world.link.library_recovered.emit(LibraryRecovered("/l", BACKUPS[0], BACKUPS))
    world.banner.button.click()
    assert offered == [list(BACKUPS)]
    (command,) = world.link.sent
    assert isinstance(command, RestoreBackup)
    assert command.name == BACKUPS[1]


def test_without_a_backup_there_is_nothing_to_choose(world: World) -> None:
    world.link.library_recovered.emit(LibraryRecovered("/l", "", ()))
    world.banner.button.click()
    assert world.link.sent == []
