"""What the window says about its engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.messages import EngineReady, JobFailed
from app.engine.link import EngineLost
from app.ui.banner import Banner, StartingBar
from app.ui.engine_notice import EngineNotice
from app.ui.library_reader import ReadFailure
from tests.unit.ui.samples import Listener, RecordingLink, progress

READY = EngineReady("m", "f", 4, "openvino", "f32", 1)


class World:
    def __init__(self, qtbot: QtBot) -> None:
        self.link = RecordingLink()
        self.banner, self.bar = Banner(), StartingBar()
        qtbot.addWidget(self.banner)
        qtbot.addWidget(self.bar)
        self.notice = EngineNotice(self.link, self.banner, self.bar, "/log")


@pytest.fixture
def world(qtbot: QtBot) -> Iterator[World]:
    world = World(qtbot)
    yield world
    world.link.stop()


def test_starting_shows_the_thin_bar_until_ready(world: World) -> None:
    world.link.engine_starting.emit()
    assert not world.bar.isHidden()
    world.link.engine_ready.emit(READY)
    assert world.bar.isHidden()


def test_a_lost_engine_is_announced_until_it_is_back(world: World) -> None:
    world.link.engine_lost.emit(EngineLost(-9, restarting=True))
    assert "restarted" in world.banner.label.text()
    assert world.banner.button.isHidden()
    world.link.engine_starting.emit()
    assert not world.banner.isHidden()
    world.link.engine_ready.emit(READY)
    assert world.banner.isHidden()


def test_a_failed_job_does_not_cover_the_news_of_a_lost_engine(world: World) -> None:
    world.link.engine_lost.emit(EngineLost(-9, restarting=True))
    world.notice.show_failure(JobFailed(3, "QueryError", ""))
    assert "restarted" in world.banner.label.text()


def test_what_was_wrong_with_a_question_goes_when_another_is_asked(world: World) -> None:
    world.notice.show_question_failure(JobFailed(3, "BoxError", "", {"box": "0, 0, 2, 2"}))
    assert "0, 0, 2, 2" in world.banner.label.text()
    world.notice.forget_question()
    assert world.banner.isHidden()
    world.notice.show_question_failure(JobFailed(4, "EmptyQueryError", ""))
    world.notice.show_failure(JobFailed(5, "RootError", "", {"path": "/a"}))
    world.notice.forget_question()
    assert "/a" in world.banner.label.text(), "that is about a folder"


def test_a_search_that_failed_is_forgotten_once_it_is_answered(world: World) -> None:
    world.notice.show_search_failure(JobFailed(3, "AllRejectedError", ""))
    assert "Undo" in world.banner.label.text()
    world.notice.forget_search()
    assert world.banner.isHidden()
    world.notice.show_search_failure(JobFailed(4, "AllRejectedError", ""))
    world.notice.show_question_failure(JobFailed(5, "PhotoMissingError", ""))
    world.notice.forget_search()
    assert not world.banner.isHidden(), "that is about the open photo"


def test_a_failed_job_stays_announced_when_an_engine_becomes_ready(world: World) -> None:
    world.notice.show_failure(JobFailed(3, "RootError", "", {"path": "/a"}))
    world.link.engine_ready.emit(READY)
    assert "/a" in world.banner.label.text()


def test_after_the_last_restart_people_may_ask_for_another(
    world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    restarts = []
    monkeypatch.setattr(world.link, "restart", lambda: restarts.append(1))
    world.link.engine_lost.emit(EngineLost(-9, restarting=False))
    qtbot.mouseClick(world.banner.button, Qt.MouseButton.LeftButton)
    assert restarts == [1]
    assert world.banner.isHidden()


def test_actions_become_wishes(world: World, qtbot: QtBot) -> None:
    added, retried = Listener(), Listener()
    world.notice.add_folder_requested.connect(added.on_none)
    world.notice.retry_requested.connect(retried.on_none)
    for kind in ("RootError", "EngineLostError", "PhotoMissingError"):
        world.notice.show_failure(JobFailed(3, kind, ""))
        qtbot.mouseClick(world.banner.button, Qt.MouseButton.LeftButton)
        assert world.banner.isHidden()
    assert (added.heard, retried.heard) == ([None], [None])


def test_a_library_that_cannot_be_read_is_announced(world: World) -> None:
    world.notice.show_read_failure(ReadFailure("LibraryDamagedError", "bad header"))
    assert "damaged" in world.banner.label.text()


def test_a_full_disk_is_said_for_as_long_as_indexing_waits(world: World) -> None:
    world.link.index_progressed.emit(progress(phase="paused", waiting_kind="LibraryFullError"))
    assert world.banner.label.text().startswith("The disk is full.")
    world.link.index_progressed.emit(progress(phase="paused", waiting_kind="LibraryFullError"))
    world.link.index_progressed.emit(progress())
    assert world.banner.isHidden()
