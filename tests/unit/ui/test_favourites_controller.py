"""Favourites: a wish is shown at once, and taken back if the engine cannot keep it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal

from app.core.messages import FavouriteSet, JobFailed, SetFavourite
from app.ui.favourites_controller import FavouritesController
from app.ui.library_reader import Overview
from tests.unit.ui.samples import Listener, RecordingLink


class StillReader(QObject):
    """A reader whose answers a test gives."""

    overview_loaded = Signal(object)


class World:
    def __init__(self) -> None:
        self.link = RecordingLink()
        self.reader = StillReader()
        self.favourites = FavouritesController(self.link, self.reader)  # type: ignore[arg-type]
        self.changed, self.failed = Listener(), Listener()
        self.favourites.favourites_changed.connect(self.changed.on_one)
        self.favourites.favourite_failed.connect(self.failed.on_one)

    def load(self, *photo_ids: int) -> None:
        self.reader.overview_loaded.emit(Overview(exists=True, favourites=frozenset(photo_ids)))


@pytest.fixture
def world(qapp: object) -> World:
    return World()


def test_what_the_library_says_is_shown_once(world: World) -> None:
    world.load(1, 2)
    world.load(1, 2)
    assert world.changed.heard == [{1, 2}]
    assert world.favourites.is_favourite(2)
    assert not world.favourites.is_favourite(3)


def test_a_mixed_selection_becomes_favourites_first(world: World) -> None:
    world.load(1)
    world.favourites.toggle([1, 2])
    world.favourites.toggle([1, 2])
    world.favourites.toggle([])
    assert [(c.photo_ids, c.favourite) for c in world.link.sent] == [
        ((1, 2), True),
        ((1, 2), False),
    ]
    assert all(isinstance(command, SetFavourite) for command in world.link.sent)
    assert world.changed.heard == [{1}, {1, 2}, set()]


def test_a_library_read_before_the_wish_does_not_undo_it(world: World) -> None:
    world.load(1)
    world.favourites.toggle_one(5)
    world.load(1)
    assert world.favourites.favourites == {1, 5}
    world.load(1, 5)
    world.load(1)
    assert world.favourites.favourites == {1}, "once the library agreed, it has the last word"


def test_a_wish_that_fails_is_taken_back_and_said(world: World) -> None:
    world.favourites.toggle_one(5)
    world.favourites.toggle_one(6)
    done, failed = (command.job_id for command in world.link.sent)
    world.link.favourite_set.emit(FavouriteSet(done))
    world.link.job_failed.emit(JobFailed(failed + 7, "LibraryError", ""))
    world.link.job_failed.emit(JobFailed(done, "LibraryError", ""))
    assert world.failed.heard == []
    world.link.job_failed.emit(JobFailed(failed, "LibraryError", "full"))
    assert [event.kind for event in world.failed.heard] == ["LibraryError"]
    assert world.favourites.favourites == {5}
