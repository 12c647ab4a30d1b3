"""Undo and redo: steps settle in any order, failures leave nothing behind."""

from __future__ import annotations

import pytest

from app.core.changes import DeleteAlbum, RenameAlbum, SetMarks
from app.core.messages import ChangeDone, ChangeLibrary, JobFailed
from app.ui.undo_desk import Step, StepDone, UndoDesk
from tests.unit.ui.samples import Listener, RecordingLink

TO_A, TO_B = RenameAlbum(1, "A"), RenameAlbum(1, "B")


class World:
    def __init__(self) -> None:
        self.link = RecordingLink()
        self.desk = UndoDesk(self.link)
        self.done, self.failed = Listener(), Listener()
        self.desk.step_done.connect(self.done.on_one)
        self.desk.step_failed.connect(self.failed.on_one)

    @property
    def last(self) -> ChangeLibrary:
        command = self.link.sent[-1]
        assert isinstance(command, ChangeLibrary)
        return command

    def settle(self, inverse: object) -> None:
        self.link.change_done.emit(ChangeDone(self.last.job_id, inverse))  # type: ignore[arg-type]


@pytest.fixture
def world(qapp: object) -> World:
    return World()


def test_a_change_is_undone_and_done_again_by_its_inverses(world: World) -> None:
    world.desk.change(TO_B, "renamed", tell=True)
    assert not world.desk.can_undo, "it is not on disk yet"
    world.settle(TO_A)
    world.desk.undo()
    assert world.last.change == TO_A
    world.settle(TO_B)
    assert (world.desk.can_undo, world.desk.can_redo) == (False, True)
    world.desk.redo()
    assert world.last.change == TO_B
    world.settle(TO_A)
    assert [(step.text, step.way) for step in world.done.heard] == [
        ("renamed", "do"), ("renamed", "undo"), ("renamed", "redo"),
    ]  # fmt: skip
    assert world.done.heard[0] == StepDone("renamed", "do", True)


def test_something_new_forgets_what_was_undone(world: World) -> None:
    world.desk.change(TO_B, "renamed")
    world.settle(TO_A)
    world.desk.undo()
    world.settle(TO_B)
    world.desk.change(DeleteAlbum(1), "deleted")
    world.settle(TO_A)
    assert not world.desk.can_redo
    world.desk.redo()
    assert world.last.change == DeleteAlbum(1), "nothing was sent"


def test_a_failure_is_told_and_leaves_nothing_to_undo(world: World) -> None:
    job_id = world.desk.change(SetMarks((1,), rating=3), "rated")
    world.link.job_failed.emit(JobFailed(job_id + 1, "QueryError", ""))
    assert world.failed.heard == []
    world.link.job_failed.emit(JobFailed(job_id, "LibraryFullError", "full"))
    assert [failure.kind for failure in world.failed.heard] == ["LibraryFullError"]
    assert not world.desk.can_undo
    world.desk.undo()
    world.link.change_done.emit(ChangeDone(job_id, TO_A))
    assert world.done.heard == []


def test_steps_that_are_no_library_changes_settle_by_hand(world: World) -> None:
    sent: list[str] = []

    def run(name: str, job_id: int) -> int:
        sent.append(name)
        return job_id

    world.desk.carry_out(Step("thrown away", lambda: run("throw", -1), tell=True))
    world.desk.settle(-1, lambda: run("bring back", -2))
    world.desk.undo()
    world.desk.settle(-2, lambda: run("throw again", -3))
    world.desk.redo()
    world.desk.forget(-3)
    assert sent == ["throw", "bring back", "throw again"]
    assert not world.desk.can_undo, "a job that changed nothing is not taken back"
