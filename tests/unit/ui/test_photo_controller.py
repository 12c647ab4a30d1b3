"""The open photo: its pixels when the engine is lost, its phrase, the photos beside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from pytestqt.qtbot import QtBot

from app.core.asking import ImageQuery
from app.core.library.rows import Photo
from app.core.messages import (
    Hit,
    ImageHit,
    JobCancelled,
    JobFailed,
    Locate,
    LocatedPhrase,
    OpenPhoto,
    PhotoLocated,
    PhotoOpened,
)
from app.ui.outside_pictures import OutsidePictures
from app.ui.photo_controller import PhotoController, phrases_of
from app.ui.photo_grid_model import PhotoGridModel
from app.ui.photo_page import PhotoPage
from app.ui.photo_view import PhotoView
from tests.fakes import READY
from tests.unit.ui.samples import Listener, RecordingLink, photo

N_PHOTOS = 3


class ReadyReader(QObject):
    """A reader that answers at once."""

    photo_loaded = Signal(object)

    def load_photo(self, photo_id: int) -> None:
        self.photo_loaded.emit(photo(photo_id))


class World:
    """A controller, its page on the screen, and the commands it sent."""

    def __init__(self, qtbot: QtBot) -> None:
        self.link = RecordingLink()
        self.page = PhotoPage(PhotoView(), PhotoGridModel(lambda _ids: []))
        qtbot.addWidget(self.page)
        self.page.resize(800, 600)
        self.page.show()
        qtbot.waitExposed(self.page)
        self.outside = OutsidePictures("Pasted picture")
        self.hits: dict[int, Hit] = {}
        reader = ReadyReader()
        self.photos = PhotoController(
            self.link,
            reader,
            self.page,
            lambda photo_id: self.hits.get(photo_id),
            self.outside,  # type: ignore[arg-type]
        )

    def open(self, photo_id: int = 1, phrase: str = "") -> None:
        self.photos.open(photo_id, np.arange(1, N_PHOTOS + 1), phrase)

    def asked(self, kind: type) -> list[OpenPhoto]:
        return [command for command in self.link.sent if isinstance(command, kind)]

    def lose_pixels(self) -> None:
        """The engine died twice while it opened the photo; a new one is there."""
        job_id = self.asked(OpenPhoto)[-1].job_id
        self.link.job_failed.emit(JobFailed(job_id, "EngineLostError", ""))
        self.link.engine_ready.emit(READY)


@pytest.fixture
def world(qtbot: QtBot) -> Iterator[World]:
    world = World(qtbot)
    yield world
    world.page.view.shut_down()


def test_pixels_that_went_with_an_engine_are_asked_for_again_once(
    qtbot: QtBot, world: World
) -> None:
    world.open()
    assert [command.photo_id for command in world.asked(OpenPhoto)] == [1]
    world.link.engine_ready.emit(READY)
    assert len(world.asked(OpenPhoto)) == 1, "the link asks again by itself"
    world.lose_pixels()
    assert [command.photo_id for command in world.asked(OpenPhoto)] == [1, 1]
    assert world.page.place_label.text() == ""
    world.lose_pixels()
    assert len(world.asked(OpenPhoto)) == 2, "a photo that ends engines must not end them all"
    assert world.page.place_label.text() == "The search engine stopped during this."
    again = world.asked(OpenPhoto)[-1]
    pixels = bytes(3 * 8 * 6)
    world.link.photo_opened.emit(PhotoOpened(again.job_id, 1, 8, 6, 4000, 3000, pixels))
    qtbot.waitUntil(lambda: world.page.view.picture.pixels is not None, timeout=10_000)
    assert world.page.place_label.text() == ""


def test_a_file_that_is_away_is_told_once_and_within_the_bar(qtbot: QtBot, world: World) -> None:
    failed = Listener()
    world.photos.photo_failed.connect(failed.on_one)
    world.open(1, "a boat")
    folder = {"folder": "/media/" + "disk" * 40}
    for kind in (OpenPhoto, Locate):
        job_id = world.asked(kind)[-1].job_id
        world.link.job_failed.emit(JobFailed(job_id, "PhotoOfflineError", "", folder))
    assert failed.heard == []
    label = world.page.place_label
    assert "is offline" in label.text()
    assert folder["folder"] in label.toolTip()
    world.page.resize(480, 600)
    qtbot.waitUntil(lambda: world.page.next_button.geometry().right() < world.page.width() == 480)
    assert label.geometry().right() < world.page.phrase_edit.geometry().left()
    world.photos.locate("a boat")
    world.link.job_failed.emit(JobFailed(world.asked(Locate)[-1].job_id, "ModelError", ""))
    assert [each.kind for each in failed.heard] == ["ModelError"]


def test_a_photo_left_meanwhile_is_not_asked_for(world: World) -> None:
    world.open()
    job_id = world.asked(OpenPhoto)[-1].job_id
    world.link.job_failed.emit(JobFailed(job_id, "EngineLostError", ""))
    world.photos.close()
    world.page.clear()
    world.link.engine_ready.emit(READY)
    assert len(world.asked(OpenPhoto)) == 1


def test_the_heart_of_the_page_says_and_asks(qtbot: QtBot, world: World) -> None:
    button = world.page.favourite_button
    world.open(2)
    world.page.show_favourite(True)
    assert button.isChecked()
    assert button.icon_name == "heart_filled"
    with qtbot.waitSignal(world.page.favourite_requested) as got:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert got.args == [2]
    world.page.show_favourite(False)
    assert not button.isChecked()
    assert button.icon_name == "heart"


def test_a_long_name_gives_way_to_the_phrase_and_the_buttons(qtbot: QtBot, world: World) -> None:
    world.page.show_photo(photo(1, display="beach/" + "long_name_" * 30 + ".jpg"), None)
    world.page.set_locating(True)
    for width in (1200, 480):
        world.page.resize(width, 600)
        qtbot.waitUntil(lambda: world.page.next_button.geometry().right() < world.page.width())
        parts = (
            world.page.name_label,
            world.page.favourite_button,
            world.page.place_label,
            world.page.phrase_edit,
            world.page.previous_button,
            world.page.next_button,
        )
        places = [part.geometry() for part in parts]
        assert all(a.right() < b.left() for a, b in pairwise(places))
        assert places[0].width() >= 64
        assert places[3].width() >= 128
    assert world.page.name_label.toolTip() == world.page.name_label.text()


def test_what_is_looked_for_is_said_whole_in_a_narrow_page(qtbot: QtBot, world: World) -> None:
    world.open(1, "a boat")
    world.page.show()
    world.page.resize(345, 600)
    qtbot.waitUntil(lambda: world.page.width() == 345)
    note = world.page.toggles.note
    assert note.isVisible()
    assert note.text() == "Looking…"
    qtbot.waitUntil(lambda: note.width() >= note.sizeHint().width())
    top = world.page.view.y()
    job_id = world.asked(Locate)[-1].job_id
    places = (LocatedPhrase("a boat", 0.6, (0.1, 0.1, 0.5, 0.5), bytes(16)),)
    world.link.photo_located.emit(PhotoLocated(job_id, 1, 2, 2, places))
    assert not note.isVisible()
    assert len(world.page.toggles.toggles) == 1
    qtbot.waitUntil(lambda: world.page.toggles.toggles[0].width() > 0)
    assert world.page.view.y() == top, "the photo stays where it is"


def test_a_step_takes_the_phrase_along_and_ends_at_the_ends(world: World) -> None:
    world.open(2, "a boat")
    world.photos.step(1)
    assert isinstance(world.photos.photo, Photo)
    assert world.photos.photo.id == N_PHOTOS
    world.photos.step(1)
    assert world.photos.photo.id == N_PHOTOS
    assert [(c.photo_id, c.texts[0]) for c in world.asked(Locate)] == [(2, "a boat"), (3, "a boat")]  # type: ignore[attr-defined]


def test_what_a_search_finds_later_is_framed_in_the_open_photo(world: World) -> None:
    world.open(2)
    assert world.page.view.places == ()
    world.hits[2] = Hit(2, 0.9, "good", images=(ImageHit(0.9, (0.1, 0.1, 0.4, 0.4)),))
    world.photos.set_order(np.array([2, 1]))
    assert [place.box for place in world.page.view.places] == [(0.1, 0.1, 0.4, 0.4)]
    world.photos.step(1)
    assert world.page.view.places == ()


def test_phrases_are_looked_for_together_without_what_is_excluded(world: World) -> None:
    assert phrases_of("red hat, blue door, without cars") == ("red hat", "blue door")
    world.open(1, "red hat, blue door")
    (command,) = world.asked(Locate)
    assert command.texts == ("red hat", "blue door")  # type: ignore[attr-defined]
    room_px = world.page.toggles.minimumHeight()
    assert world.page.toggles.isVisibleTo(world.page), "the photo stays where it is"
    heat = np.zeros(4, np.float32).tobytes()
    places = (
        LocatedPhrase("red hat", 0.8, (0.1, 0.1, 0.4, 0.4), heat),
        LocatedPhrase("blue door", 0.2, (0.5, 0.5, 0.9, 0.9), heat),
    )
    world.link.photo_located.emit(PhotoLocated(command.job_id, 1, 2, 2, places))
    toggles = world.page.toggles.toggles
    assert world.page.toggles.sizeHint().height() == room_px
    assert [place.chip for place in world.page.view.places] == [0, 1]
    assert "red hat" in toggles[0].text()
    toggles[0].click()
    assert [place.chip for place in world.page.view.places] == [1], "its box is gone with it"
    toggles[1].click()
    assert world.page.view.picture.heat is None
    toggles[0].click()
    assert world.page.view.picture.heat is not None
    world.photos.locate("")
    assert not world.page.toggles.isVisibleTo(world.page)
    world.photos.locate("red hat")
    world.link.job_cancelled.emit(JobCancelled(world.asked(Locate)[-1].job_id))
    assert not world.page.toggles.isVisibleTo(world.page)


def test_pictures_from_outside_are_opened_by_their_pixels_or_their_path(
    qtbot: QtBot, world: World
) -> None:
    pasted = ImageQuery(pixels=bytes(3 * 8 * 6), width_px=8, height_px=6)
    world.open(world.outside.add(pasted))
    qtbot.waitUntil(lambda: world.page.view.picture.pixels is not None, timeout=10_000)
    assert world.asked(OpenPhoto) == []
    assert world.page.name_label.text() == "Pasted picture"
    file = ImageQuery(path=b"/tmp/a boat.jpg", box=(0, 0, 0.5, 0.5))
    number = world.outside.add(file)
    assert number == world.outside.add(ImageQuery(path=b"/tmp/a boat.jpg")), "one picture"
    world.open(number, "boat")
    (command,) = world.asked(OpenPhoto)
    assert command.path == b"/tmp/a boat.jpg"
    assert command.max_side_px >= min(world.page.view.width(), world.page.view.height())
    (locate,) = world.asked(Locate)
    whole = ImageQuery(path=b"/tmp/a boat.jpg")
    assert locate == Locate(locate.job_id, number, ("boat",), whole), "phrases are found there too"
    heat = np.linspace(0, 1, 4, dtype=np.float32).tobytes()
    place = LocatedPhrase("boat", 0.7, (0.5, 0, 1, 1), heat)
    world.link.photo_located.emit(PhotoLocated(locate.job_id, number, 2, 2, (place,)))
    assert world.page.view.picture.heat is not None
