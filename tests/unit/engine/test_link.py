"""The link with real processes that are only a few lines long."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from app.core.asking import ImageQuery, Query
from app.core.changes import SetMarks
from app.core.messages import ChangeDone
from app.core.settings import Settings
from app.engine.link import EngineLink, EngineLost
from tests.unit.engine import small_engines

TIMEOUT_MS = 30_000


class Listener(QObject):
    """Collects what a signal brings."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    @Slot(object)
    def _on_link_anything(self, event: object) -> None:
        self.heard.append(event)


@pytest.fixture
def make_link(qapp: object, tmp_path: Path) -> Iterator[Callable[..., EngineLink]]:
    links: list[EngineLink] = []

    def make(target: Callable[..., object], **options: Any) -> EngineLink:
        options.setdefault("restart_delays_ms", (0, 0))
        links.append(EngineLink(Settings(), tmp_path, Path("model"), target=target, **options))
        return links[-1]

    yield make
    for link in links:
        link.stop()


def test_commands_sent_before_the_start_are_answered(
    make_link: Callable[..., EngineLink], qtbot: QtBot, tmp_path: Path
) -> None:
    link = make_link(small_engines.answering)
    ready = Listener()
    link.engine_ready.connect(ready._on_link_anything)
    with qtbot.waitSignal(link.search_finished, timeout=TIMEOUT_MS) as got:
        job_id = link.search(Query("红伞"))
        link.start()
    assert ready.heard == [small_engines.READY]
    answer = got.args[0]
    assert answer.job_id == job_id
    assert answer.text == f"红伞|auto|{tmp_path}|model"
    assert link.state == "ready"


def test_five_thousand_events_arrive_in_order(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    """PySide6 6.12.0 on Python 3.11 aborts after some hundreds of emissions."""
    link = make_link(small_engines.chatty)
    listener = Listener()
    link.index_progressed.connect(listener._on_link_anything)
    with qtbot.waitSignal(link.index_finished, timeout=TIMEOUT_MS):
        link.start()
        link.start_index()
    done = [event.done for event in listener.heard]
    assert done == list(range(small_engines.N_EMISSIONS))


def test_a_killed_engine_is_lost_restarted_and_finishes_the_job(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.dying_once)
    lost, progressed = Listener(), Listener()
    link.engine_lost.connect(lost._on_link_anything)
    link.index_progressed.connect(progressed._on_link_anything)
    link.start()
    with qtbot.waitSignal(link.index_finished, timeout=TIMEOUT_MS) as got:
        job_id = link.start_index((b"/photos",))
        link.pause(job_id)
    assert lost.heard == [EngineLost(-9, restarting=True)]
    phases = [(event.job_id, event.done, event.phase) for event in progressed.heard]
    assert phases == [(job_id, 4, "indexing"), (job_id, 5, "paused")], "a resting job stays so"
    assert got.args[0].job_id == job_id
    assert link.index_job_ids() == ()


def test_a_job_cancelled_while_the_engine_is_away_ends_as_cancelled(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.dying_once, restart_delays_ms=(50,))
    link.start()
    job_id = link.start_index()
    with qtbot.waitSignal(link.engine_lost, timeout=TIMEOUT_MS):
        pass
    with qtbot.waitSignal(link.index_finished, timeout=TIMEOUT_MS) as got:
        link.cancel(job_id)
    assert got.args[0].cancelled


def test_restarts_end_after_the_last_delay_and_begin_again_on_demand(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.dying)
    lost = Listener()
    link.engine_lost.connect(lost._on_link_anything)
    for n_lives in (3, 6):
        link.restart()
        qtbot.waitUntil(lambda n=n_lives: len(lost.heard) == n, timeout=TIMEOUT_MS)
    assert [event.restarting for event in lost.heard] == [True, True, False] * 2
    assert {event.exit_code for event in lost.heard} == {7}
    assert link.state == "lost"
    assert link.pid is None


def test_a_question_that_kills_the_engine_twice_is_given_up(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.dying_at_a_question)
    with qtbot.waitSignal(link.job_failed, timeout=TIMEOUT_MS) as got:
        link.start()
        job_id = link.search(Query("deadly"))
    assert (got.args[0].job_id, got.args[0].kind) == (job_id, "EngineLostError")


def test_a_question_is_open_until_it_is_refined(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.losing_the_detail)
    firsts = Listener()
    link.search_finished.connect(firsts._on_link_anything)
    with qtbot.waitSignal(link.job_failed, timeout=TIMEOUT_MS) as got:
        job_id = link.search(Query("a"))
        link.start()
    assert [first.job_id for first in firsts.heard] == [job_id, job_id], "asked again after a death"
    assert (got.args[0].job_id, got.args[0].kind) == (job_id, "ModelError")


def test_without_a_model_the_link_says_why_and_does_not_restart(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.without_model)
    with qtbot.waitSignal(link.engine_lost, timeout=TIMEOUT_MS) as got:
        link.start()
    lost = got.args[0]
    assert not lost.restarting
    assert lost.failure.kind == "ModelError"
    assert lost.failure.params == {"path": "nowhere"}


def test_another_model_starts_the_engine_that_lacked_one(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.with_one_model)
    with qtbot.waitSignal(link.engine_lost, timeout=TIMEOUT_MS):
        link.start()
    with qtbot.waitSignals([link.engine_ready, link.model_switched], timeout=TIMEOUT_MS):
        link.use_model(Path("other"))
    assert link.state == "ready"


def test_only_the_latest_search_and_place_are_announced(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.two_answers)
    searches, places = Listener(), Listener()
    link.search_finished.connect(searches._on_link_anything)
    link.photo_located.connect(places._on_link_anything)
    link.start()
    with qtbot.waitSignal(link.photo_opened, timeout=TIMEOUT_MS):
        link.search(Query("a"))
        link.locate(1, ("b",))
        link.search(Query("ab"))
        link.locate(1, ("bc",))
    assert [event.text for event in searches.heard] == ["ab"]
    assert [event.places[0].text for event in places.heard] == ["bc"]


def test_what_cannot_be_understood_ends_a_life_not_the_window(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.babbling, restart_delays_ms=())
    with qtbot.waitSignals([link.engine_ready, link.engine_lost], timeout=TIMEOUT_MS):
        link.start()
    assert link.state == "lost"


def test_stop_kills_an_engine_that_does_not_listen(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.deaf)
    with qtbot.waitSignal(link.engine_ready, timeout=TIMEOUT_MS):
        link.start()
    pid = link.pid
    assert pid is not None
    assert psutil.pid_exists(pid)
    link.stop(timeout_s=1.0)
    assert not psutil.pid_exists(pid)
    assert link.state == "stopped"


def test_a_large_picture_does_not_block_the_sender(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    """The engine reads nothing; far more than a pipe holds goes out all the same."""
    link = make_link(small_engines.deaf)
    with qtbot.waitSignal(link.engine_ready, timeout=TIMEOUT_MS):
        link.start()
    pixels = bytes(20_000_000)
    job_id = link.search(Query(images=(ImageQuery(pixels=pixels, width_px=2500, height_px=2500),)))
    assert job_id == 1
    link.stop(timeout_s=1.0)


def test_stopping_and_starting_again_hears_only_the_new_life(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.answering)
    with qtbot.waitSignal(link.engine_ready, timeout=TIMEOUT_MS):
        link.start()
    first = link.pid
    link.stop()
    lost = Listener()
    link.engine_lost.connect(lost._on_link_anything)
    with qtbot.waitSignal(link.engine_ready, timeout=TIMEOUT_MS):
        link.start()
    assert link.pid not in (None, first)
    assert lost.heard == []


def test_a_change_waits_for_the_engine_and_is_answered_once(
    make_link: Callable[..., EngineLink], qtbot: QtBot
) -> None:
    link = make_link(small_engines.answering)
    change = SetMarks((3, 4), favourite=True)
    job_id = link.change_library(change)
    assert len(link._jobs) == 1
    with qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS) as got:
        link.start()
    assert got.args[0] == ChangeDone(job_id, change)
    assert len(link._jobs) == 0


def test_the_engine_code_is_not_imported_by_the_link() -> None:
    import subprocess
    import sys

    code = (
        "import sys, app.engine.link;"
        "bad = [m for m in sys.modules if m.startswith(('app.worker', 'torch', 'openvino',"
        " 'fgclip2', 'PySide6.QtWidgets', 'PySide6.QtGui'))];"
        "print(bad); sys.exit(bool(bad))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=os.getcwd(),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
