"""Marks: a wish is shown at once, and taken back if the engine cannot keep it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal

from app.core.changes import Marks, RestoreMarks, SetMarks
from app.core.messages import ChangeDone, ChangeLibrary, JobFailed, LibraryChanged
from app.ui.marks_controller import N_SHOWN_AT_ONCE, MarksController
from app.ui.undo_desk import UndoDesk
from tests.unit.ui.samples import Listener, RecordingLink


class StillReader(QObject):
    """A reader whose answers a test gives."""

    marks_loaded = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.n_asked = 0

    def load_marks(self) -> None:
        self.n_asked += 1


class World:
    def __init__(self) -> None:
        self.link, self.reader = RecordingLink(), StillReader()
        self.desk = UndoDesk(self.link)
        self.marks = MarksController(self.link, self.reader, self.desk)  # type: ignore[arg-type]
        self.told = Listener()
        self.desk.step_done.connect(self.told.on_one)

    def load(self, *marks: Marks) -> None:
        self.reader.marks_loaded.emit({each.photo_id: each for each in marks})

    @property
    def changes(self) -> list[object]:
        return [c.change for c in self.link.sent if isinstance(c, ChangeLibrary)]

    def settle(self) -> None:
        job_id = self.link.sent[-1].job_id
        self.link.change_done.emit(ChangeDone(job_id, RestoreMarks(())))


@pytest.fixture
def world(qapp: object) -> World:
    return World()


def test_a_mixed_selection_becomes_favourites_first(world: World) -> None:
    world.load(Marks(1, favourite=True))
    world.marks.toggle_favourite([1, 2])
    assert world.marks.of(2).favourite
    world.marks.toggle_favourite([1, 2])
    world.marks.toggle_favourite([])
    assert world.changes == [
        SetMarks((1, 2), favourite=True),
        SetMarks((1, 2), favourite=False),
    ]
    assert world.marks.marks == {}


def test_flags_come_and_go_and_stars_stay(world: World) -> None:
    world.load(Marks(1, 4))
    world.marks.toggle_flag([1], -1)
    assert world.marks.of(1) == Marks(1, 4, False, -1)
    world.marks.toggle_flag([1], 1)
    world.marks.toggle_flag([1], 1)
    assert world.marks.of(1) == Marks(1, 4)
    world.marks.rate([1], 0)
    assert world.marks.marks == {}


def test_a_wish_is_shown_until_the_library_was_read_after_it(world: World) -> None:
    world.marks.rate([5], 3)
    world.load()
    assert world.marks.of(5).rating == 3, "what was read before the wish does not undo it"
    world.settle()
    assert world.reader.n_asked == 1
    world.load(Marks(5, 2))
    assert world.marks.of(5).rating == 2, "then the library has the last word"
    world.link.library_changed.emit(LibraryChanged(3, marks=True))
    assert world.reader.n_asked == 2


def test_a_wish_that_fails_is_taken_back(world: World) -> None:
    world.load(Marks(5, 1))
    world.marks.rate([5], 3)
    world.link.job_failed.emit(JobFailed(world.link.sent[-1].job_id, "LibraryError", ""))
    assert world.marks.of(5).rating == 1


def test_many_are_told_with_their_number(world: World) -> None:
    world.marks.rate([1, 2, 3], 5)
    world.settle()
    world.marks.rate([1], 2)
    world.settle()
    assert [(step.text, step.tell) for step in world.told.heard] == [
        ("3 photos rated ★★★★★", True),
        ("1 photo rated ★★", False),
    ]


def test_a_wish_about_very_many_waits_for_the_engine(world: World) -> None:
    photo_ids = range(N_SHOWN_AT_ONCE + 1)
    world.marks.rate(photo_ids, 3)
    assert world.marks.marks == {}
    assert world.changes == [SetMarks(tuple(photo_ids), rating=3)]
    world.settle()
    world.load(*(Marks(photo_id, 3) for photo_id in photo_ids))
    assert world.marks.of(7).rating == 3
