"""Index jobs from the window's side."""

from __future__ import annotations

import pytest

from app.core.messages import (
    OWN_JOB_ID,
    CancelJob,
    IndexFinished,
    JobFailed,
    PauseJob,
    ResumeJob,
    StartIndex,
)
from app.engine.link import EngineLost
from app.ui.index_controller import IndexController
from tests.unit.ui.samples import Listener, RecordingLink, progress


class World:
    def __init__(self) -> None:
        self.link = RecordingLink()
        self.index = IndexController(self.link)
        self.started, self.progressed = Listener(), Listener()
        self.ended, self.failed = Listener(), Listener()
        self.index.index_started.connect(self.started.on_none)
        self.index.index_progressed.connect(self.progressed.on_one)
        self.index.index_ended.connect(self.ended.on_one)
        self.index.index_failed.connect(self.failed.on_one)

    def finish(self, job_id: int) -> None:
        self.link.index_finished.emit(IndexFinished(job_id, 1, 1, 0, 0, 0, (), 0.1))


@pytest.fixture
def world(qapp: object) -> World:
    return World()


def test_a_folder_is_sent_as_bytes(world: World) -> None:
    job_id = world.index.add_folder("/photos/照片")
    assert world.link.sent == [StartIndex(job_id, ("/photos/照片".encode(),))]
    assert world.started.heard == [None]
    assert world.index.is_running


def test_wishes_reach_every_running_job(world: World) -> None:
    first, second = world.index.start((b"/a",)), world.index.start((b"/b",))
    world.link.sent.clear()
    world.index.pause()
    world.index.resume()
    world.index.cancel()
    assert {type(command) for command in world.link.sent} == {PauseJob, ResumeJob, CancelJob}
    assert {command.job_id for command in world.link.sent} == {first, second}


def test_the_end_is_that_of_the_last_job(world: World) -> None:
    first, second = world.index.start((b"/a",)), world.index.start((b"/b",))
    world.link.index_progressed.emit(progress(job_id=first))
    assert world.index.progress == progress(job_id=first)
    world.finish(first)
    assert world.ended.heard == []
    world.finish(second)
    assert [event.job_id for event in world.ended.heard] == [second]
    assert not world.index.is_running
    assert world.index.progress is None


def test_progress_of_a_job_that_ended_is_dropped(world: World) -> None:
    job_id = world.index.start()
    world.finish(job_id)
    world.link.index_progressed.emit(progress(job_id=job_id))
    assert world.progressed.heard == []


def test_a_failed_job_ends_and_says_why(world: World) -> None:
    job_id = world.index.start((b"/a/b",))
    world.link.job_failed.emit(JobFailed(job_id + 7, "QueryError", ""))
    assert world.failed.heard == []
    world.link.job_failed.emit(JobFailed(job_id, "RootError", "", {"path": "/a/b"}))
    assert [event.kind for event in world.failed.heard] == ["RootError"]
    assert not world.index.is_running


def test_a_run_of_the_engines_own_is_shown_once_it_has_work(world: World) -> None:
    for done, total in ((0, 0), (10, 10)):
        event = progress(job_id=OWN_JOB_ID, phase="indexing", done=done, total=total)
        world.link.index_progressed.emit(event)
        world.finish(OWN_JOB_ID)
    assert (world.progressed.heard, world.ended.heard) == ([], [])
    busy = progress(job_id=OWN_JOB_ID, phase="indexing", done=3, total=10)
    world.link.index_progressed.emit(busy)
    world.link.index_progressed.emit(busy)
    assert (world.started.heard, world.progressed.heard) == ([None], [busy, busy])
    world.index.cancel()
    assert world.link.sent == [CancelJob(OWN_JOB_ID)]
    world.finish(OWN_JOB_ID)
    assert [event.job_id for event in world.ended.heard] == [OWN_JOB_ID]


def test_a_run_of_the_engines_own_ends_with_the_engine(world: World) -> None:
    busy = progress(job_id=OWN_JOB_ID, phase="indexing", done=3, total=10)
    world.link.index_progressed.emit(busy)
    world.link.engine_lost.emit(EngineLost(-9, restarting=True))
    assert not world.index.is_running


def test_a_run_of_the_engines_own_rests_while_jobs_are_held_back(world: World) -> None:
    world.index.hold("battery")
    busy = progress(job_id=OWN_JOB_ID, phase="refining", done=3, total=10)
    world.link.index_progressed.emit(busy)
    assert world.link.sent == [PauseJob(OWN_JOB_ID)]
    world.index.release("battery")
    assert world.link.sent == [PauseJob(OWN_JOB_ID), ResumeJob(OWN_JOB_ID)]
