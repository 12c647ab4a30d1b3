"""Background work steps back while somebody types and on battery, and keeps to its cores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.messages import PauseJob, ResumeJob, StartIndex
from app.core.switching import SetCores
from app.ui.index_controller import IndexController
from app.ui.search_bar import SearchBar
from app.ui.work_manners import WorkManners
from tests.unit.ui.settings_stage import Stage, make_stage


class Bench:
    """The manners with everything they act on; ``sent`` is what reached the engine."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stage = stage
        self.sent: list[object] = []
        self.on_battery = False
        monkeypatch.setattr(stage.link, "_send", self.sent.append)
        self.index = IndexController(stage.link, stage.owner)
        self.bar = SearchBar(stage.owner)
        self.manners = WorkManners(
            stage.store,
            stage.link,
            self.index,
            stage.choice,
            self.bar,
            stage.owner,
            is_on_battery=lambda: self.on_battery,
        )

    def is_resting(self) -> bool:
        last = [each for each in self.sent if isinstance(each, (PauseJob, ResumeJob, StartIndex))]
        return isinstance(last[-1], PauseJob)


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    stage = make_stage(tmp_path)
    qtbot.addWidget(stage.owner)
    bench = Bench(stage, monkeypatch)
    bench.index.start((b"/photos",))
    yield bench
    bench.manners.close()
    stage.store.close()


def test_indexing_rests_while_somebody_types(qtbot: QtBot, bench: Bench) -> None:
    bench.manners._typing.setInterval(50)
    bench.bar.edit.textEdited.emit("a")
    assert bench.is_resting()
    qtbot.waitUntil(lambda: not bench.is_resting())


def test_typing_changes_nothing_where_that_is_not_wanted(bench: Bench) -> None:
    bench.stage.store.change(pause_while_typing=False)
    bench.bar.edit.textEdited.emit("a")
    assert not bench.is_resting()


def test_turning_it_off_while_typing_goes_on_at_once(bench: Bench) -> None:
    bench.bar.edit.textEdited.emit("a")
    assert bench.is_resting()
    bench.stage.store.change(pause_while_typing=False)
    assert not bench.is_resting()


def test_indexing_rests_on_battery(bench: Bench) -> None:
    bench.on_battery = True
    bench.manners.look_at_battery()
    assert bench.is_resting()
    bench.index.start((b"/more",))
    assert bench.is_resting()
    bench.stage.store.change(pause_on_battery=False)
    assert not bench.is_resting()
    bench.stage.store.change(pause_on_battery=True)
    assert bench.is_resting()
    bench.on_battery = False
    bench.manners.look_at_battery()
    assert not bench.is_resting()


def test_people_may_go_on_although_there_is_a_reason_to_rest(bench: Bench) -> None:
    bench.on_battery = True
    bench.manners.look_at_battery()
    bench.index.resume()
    assert not bench.is_resting()


def test_a_rest_that_people_asked_for_outlasts_typing(qtbot: QtBot, bench: Bench) -> None:
    bench.index.pause()
    bench.manners._typing.setInterval(20)
    bench.bar.edit.textEdited.emit("a")
    with qtbot.waitSignal(bench.manners._typing.timeout):
        pass
    assert bench.is_resting()


def test_cores_take_effect_at_once_and_last(bench: Bench) -> None:
    bench.stage.store.change(cores=1)
    assert bench.sent[-1] == SetCores(1)
    assert bench.stage.link._settings.cores == 1
    bench.stage.store.change(theme="dark")
    assert bench.sent[-1] == SetCores(1)
    assert sum(isinstance(each, SetCores) for each in bench.sent) == 1
