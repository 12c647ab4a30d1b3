"""Boxes in an open photo with real mouse and key events: what they mean, several together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.asking import ImageQuery, Query
from app.core.messages import BoxesSuggested, JobFailed, Search, SearchFinished, SuggestBoxes
from app.ui.photo_grid_model import PhotoGridModel
from app.ui.photo_page import PhotoPage
from app.ui.photo_view import PhotoView
from app.ui.region_search import RegionSearch
from app.ui.search_controller import SearchController
from tests.pointer import LEFT, drag, move_pointer
from tests.unit.ui.photo_view_stage import in_view, opened, photo
from tests.unit.ui.samples import Listener, RecordingLink, hit

SHIFT = Qt.KeyboardModifier.ShiftModifier


class StillReader(QObject):
    """A reader that is not asked for anything here."""

    photo_list_loaded = Signal(object)

    def load_photo_list(self, *_scope: object) -> None:
        """Nothing: lists are not looked at."""


class World:
    """A photo page on the screen, and the questions that its boxes ask."""

    def __init__(self, qtbot: QtBot) -> None:
        self.link = RecordingLink()
        self.search = SearchController(self.link, StillReader())  # type: ignore[arg-type]
        self.model = PhotoGridModel(lambda _ids: [])
        self.page = PhotoPage(PhotoView(), self.model)
        qtbot.addWidget(self.page)
        self.page.resize(1100, 900)
        self.page.show()
        qtbot.waitExposed(self.page)
        self.view = self.page.view
        self.regions = RegionSearch(
            self.link,
            self.search,
            self.page,
            lambda photo_id: ImageQuery(photo_id=photo_id),
            lambda photo_id: f"photo {photo_id}",
        )
        self.photo = photo(7)
        self.page.show_photo(self.photo, None)
        self.view.setFocus()

    @property
    def asked(self) -> list[Query]:
        return [command.query for command in self.link.sent if isinstance(command, Search)]

    def draw(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        drag(self.view, in_view(self.view, *start), in_view(self.view, *end), modifiers)

    def press_tool(self, name: str) -> None:
        button = self.view.box_bar.meaning_buttons[name]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def world(qtbot: QtBot) -> Iterator[World]:
    world = World(qtbot)
    yield world
    world.search.close()
    world.view.shut_down()


def near(box: tuple[float, ...] | None, wanted: tuple[float, ...]) -> bool:
    return box is not None and np.allclose(box, wanted, atol=0.01)


def test_a_drawn_box_asks_at_once_and_esc_takes_it_back(world: World) -> None:
    world.search.ask_text("kitchen")
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.2, 0.2), (0.6, 0.5))
    (image,) = world.asked[-1].images
    assert world.asked[-1].text == ""
    assert near(image.box, (0.2, 0.2, 0.6, 0.5))
    assert world.page.strip.isVisible()
    assert world.view.box_bar.isVisible()
    QTest.keyClick(world.view, Qt.Key.Key_Escape)
    assert world.search.question.text == "kitchen", "the question before it is asked again"
    assert not world.page.strip.isVisible()
    assert not world.view.box_bar.isVisible()


def test_a_box_is_added_to_the_words_or_kept_out_of_them(world: World) -> None:
    world.search.ask_text("kitchen")
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.2, 0.2), (0.6, 0.5))
    world.press_tool("also")
    assert (world.asked[-1].text, world.asked[-1].images[0].need) == ("kitchen", "required")
    world.press_tool("without")
    assert (world.asked[-1].text, world.asked[-1].images[0].need) == ("kitchen", "excluded")
    assert len(world.asked[-1].images) == 1
    world.press_tool("similar")
    assert world.asked[-1].text == ""


def test_without_a_question_there_is_nothing_to_add_to(world: World) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.2, 0.2), (0.6, 0.5))
    buttons = world.view.box_bar.meaning_buttons
    enabled = {name: button.isEnabled() for name, button in buttons.items()}
    assert enabled == {"similar": True, "also": False, "without": False}


def test_shift_and_drag_draws_a_second_box(world: World) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.1, 0.1), (0.3, 0.3))
    world.draw((0.6, 0.6), (0.9, 0.9), SHIFT)
    boxes = [image.box for image in world.asked[-1].images]
    assert near(boxes[0], (0.1, 0.1, 0.3, 0.3))
    assert near(boxes[1], (0.6, 0.6, 0.9, 0.9))
    assert len(world.view.picture.fixed_boxes) == 1
    world.regions.end()
    assert world.view.picture.fixed_boxes == ()


def test_esc_takes_all_boxes_back(world: World) -> None:
    world.search.ask_text("kitchen")
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.1, 0.1), (0.3, 0.3))
    world.draw((0.6, 0.6), (0.9, 0.9), SHIFT)
    QTest.mouseClick(world.view, Qt.MouseButton.LeftButton, pos=in_view(world.view, 0.5, 0.4))
    (image,) = world.asked[-1].images
    assert near(image.box, (0.1, 0.1, 0.3, 0.3)), "a click takes the last one back"
    QTest.keyClick(world.view, Qt.Key.Key_Escape)
    assert world.asked[-1] == Query("kitchen")
    assert world.view.picture.fixed_boxes == ()
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.2, 0.2), (0.4, 0.4))
    assert len(world.asked[-1].images) == 1, "the boxes of before are forgotten"


def test_the_boxes_of_one_photo_do_not_follow_to_the_next(world: World) -> None:
    world.regions.begin(world.photo)
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.1, 0.1), (0.3, 0.3))
    world.view.fix_box()
    first, suggested = world.asked[-1].images[0], world.link.sent[0]
    assert isinstance(suggested, SuggestBoxes)
    world.page.show_photo(photo(8), None)
    world.regions.begin(photo(8))
    world.link.boxes_suggested.emit(BoxesSuggested(suggested.job_id, ((0.1, 0.1, 0.9, 0.9),)))
    assert world.view.picture.suggestions == (), "they were for the other photo"
    again = world.link.sent[-1]
    assert again == SuggestBoxes(again.job_id, ImageQuery(photo_id=8))
    world.draw((0.6, 0.6), (0.9, 0.9))
    assert [image.photo_id for image in world.asked[-1].images] == [8]
    world.press_tool("also")
    assert [image.photo_id for image in world.asked[-1].images] == [7, 8]
    assert world.asked[-1].images[0] == first


def test_a_box_that_rests_while_it_is_dragged_asks_and_esc_asks_as_before(
    qtbot: QtBot, world: World
) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.2, 0.2), (0.6, 0.5))
    before = world.asked[-1]
    QTest.mousePress(world.view, LEFT, pos=in_view(world.view, 0.6, 0.5))
    move_pointer(world.view, in_view(world.view, 0.8, 0.8), LEFT)
    qtbot.waitUntil(lambda: near(world.asked[-1].images[0].box, (0.2, 0.2, 0.8, 0.8)))
    assert not world.view.box_bar.isVisible()
    QTest.keyClick(world.view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: world.asked[-1] == before)
    QTest.mouseRelease(world.view, LEFT, pos=in_view(world.view, 0.8, 0.8))
    assert world.view.box == before.images[0].box


def test_the_first_box_asks_while_it_is_drawn_and_the_photo_stays_where_it_is(
    qtbot: QtBot, world: World
) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: world.page.strip.isVisible())
    assert world.page.strip.text().startswith("Draw a box")
    where = world.view.transform
    QTest.mousePress(world.view, LEFT, pos=in_view(world.view, 0.2, 0.2))
    move_pointer(world.view, in_view(world.view, 0.4, 0.4), LEFT)
    move_pointer(world.view, in_view(world.view, 0.6, 0.5), LEFT)
    qtbot.waitUntil(lambda: bool(world.asked))
    assert near(world.asked[-1].images[0].box, (0.2, 0.2, 0.6, 0.5))
    assert world.view.transform == where
    assert not world.view.box_bar.isVisible()
    QTest.keyClick(world.view, Qt.Key.Key_Escape)
    assert world.search.question.is_empty
    QTest.mouseRelease(world.view, LEFT, pos=in_view(world.view, 0.6, 0.5))


def test_results_of_another_question_are_not_shown_for_a_box(world: World) -> None:
    world.search.ask_text("kitchen")
    job_id = next(c.job_id for c in world.link.sent if isinstance(c, Search))
    world.model.set_photos([11], {11: hit(11)}, None)
    world.link.search_finished.emit(SearchFinished(job_id, "", "m", 5.0, (hit(11),)))
    QTest.keyClick(world.view, Qt.Key.Key_R)
    assert world.page.strip.n_shown == 0
    world.draw((0.2, 0.2), (0.6, 0.5))
    assert (world.page.strip.text(), world.page.strip.n_shown) == ("Searching…", 0)
    job_id = next(c.job_id for c in reversed(world.link.sent) if isinstance(c, Search))
    world.link.search_finished.emit(SearchFinished(job_id, "", "m", 5.0, (hit(11),)))
    assert world.page.strip.n_shown == 1
    world.page.show_photo(photo(8), None)
    assert (world.page.strip.isVisible(), world.page.strip.n_shown) == (True, 0)
    QTest.keyClick(world.view, Qt.Key.Key_R)
    assert not world.page.strip.isVisible()


def test_a_box_that_was_asked_already_shows_its_results_again(world: World) -> None:
    striking = (0.2, 0.2, 0.4, 0.4)
    world.model.set_photos([11], {11: hit(11)}, None)
    for _again in range(2):
        world.regions.begin(world.photo)
        world.view.set_suggestions((striking,))
        world.view.set_box_mode(True)
        QTest.keyClick(world.view, Qt.Key.Key_Return)
        job_id = next(c.job_id for c in reversed(world.link.sent) if isinstance(c, Search))
        world.link.search_finished.emit(SearchFinished(job_id, "", "m", 5.0, (hit(11),)))
        assert world.page.strip.n_shown == 1
        world.regions.end()
        world.page.clear()
        world.page.show_photo(world.photo, None)
    assert len(world.asked) == 1


def test_a_search_that_fails_ends_the_searching(world: World) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.2, 0.2), (0.6, 0.5))
    job_id = next(c.job_id for c in reversed(world.link.sent) if isinstance(c, Search))
    world.link.job_failed.emit(JobFailed(job_id, "ModelError", ""))
    assert world.page.strip.text() != "Searching…"


def test_arrows_nudge_the_box_and_ask_again(qtbot: QtBot, world: World) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.2, 0.2), (0.6, 0.5))
    n_asked = len(world.asked)
    before = world.view.box
    for _ in range(5):
        QTest.keyClick(world.view, Qt.Key.Key_Right)
    assert len(world.asked) == n_asked, "not for every press"
    qtbot.waitUntil(lambda: len(world.asked) == n_asked + 1)
    box = world.asked[-1].images[0].box
    assert before is not None
    assert box is not None
    assert box[0] > before[0]
    assert box[2] - box[0] == pytest.approx(before[2] - before[0])


def test_suggested_boxes_appear_on_hover_and_are_taken_by_a_click(world: World) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    (command,) = (c for c in world.link.sent if isinstance(c, SuggestBoxes))
    assert command.image == ImageQuery(photo_id=7)
    large, small = (0.1, 0.1, 0.9, 0.9), (0.4, 0.4, 0.6, 0.6)
    world.link.boxes_suggested.emit(BoxesSuggested(command.job_id + 9, (large,)))
    assert world.view.picture.suggestions == ()
    world.link.boxes_suggested.emit(BoxesSuggested(command.job_id, (large, small)))
    at = in_view(world.view, 0.5, 0.5)
    move_pointer(world.view, at)
    assert world.view.picture.hovered_suggestion == small, "the smaller one lies on top"
    QTest.mouseClick(world.view, Qt.MouseButton.LeftButton, pos=at)
    assert world.view.box == small
    assert world.asked[-1].images[0].box == small


def test_a_box_needs_no_pointer(world: World) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    QTest.keyClick(world.view, Qt.Key.Key_Return)
    assert world.asked[-1].images[0].box == (0.25, 0.25, 0.75, 0.75)
    QTest.keyClick(world.view, Qt.Key.Key_Escape)
    striking = (0.1, 0.2, 0.3, 0.4)
    world.view.set_suggestions((striking, (0.5, 0.5, 0.9, 0.9)))
    QTest.keyClick(world.view, Qt.Key.Key_R)
    QTest.keyClick(world.view, Qt.Key.Key_Return)
    assert world.asked[-1].images[0].box == striking


@pytest.mark.parametrize("key", [Qt.Key.Key_Up, Qt.Key.Key_Down])
def test_an_arrow_that_leads_to_no_photo_begins_a_box(world: World, key: Qt.Key) -> None:
    QTest.keyClick(world.view, key)
    assert world.view.box is None, "no box is wanted yet"
    QTest.keyClick(world.view, Qt.Key.Key_R)
    assert "Enter" in world.page.strip.text()
    QTest.keyClick(world.view, key)
    assert world.view.box == world.asked[-1].images[0].box == (0.25, 0.25, 0.75, 0.75)
    QTest.keyClick(world.view, key)
    assert world.view.box != (0.25, 0.25, 0.75, 0.75), "the next one moves it"


def test_the_strip_shows_the_results_and_leads_to_them(qtbot: QtBot, world: World) -> None:
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.2, 0.2), (0.6, 0.5))
    assert world.page.strip.text() == "Searching…"
    job_id = next(c.job_id for c in reversed(world.link.sent) if isinstance(c, Search))
    hits = (hit(11), hit(12), hit(13, "weak"))
    world.model.set_photos([11, 12, 13], {each.photo_id: each for each in hits}, 2)
    world.link.search_finished.emit(SearchFinished(job_id, "", "m", 5.0, hits))
    assert world.page.strip.text() == "2 photos with something like this"
    assert world.page.strip.n_shown == 2, "weak matches are not among them"
    world.model.set_photos([7, 11], {7: hit(7), 11: hit(11, "weak")}, 1)
    assert world.page.strip.text().startswith("Only this photo")
    world.model.set_photos([11, 7], {11: hit(11), 7: hit(7, "weak")}, 1)
    assert world.page.strip.text() == "1 photo with something like this"
    world.model.set_photos([11, 12, 13], {each.photo_id: each for each in hits}, 2)
    with qtbot.waitSignal(world.page.result_chosen) as got:
        QTest.mouseClick(world.page.strip, Qt.MouseButton.LeftButton, pos=QPoint(120, 60))
    assert got.args == [12]
    results = Listener()
    world.view.box_bar.results_requested.connect(results.on_none)
    QTest.keyClick(world.view, Qt.Key.Key_Return)
    assert results.heard == [None]


def test_the_strip_is_used_by_keyboard(qtbot: QtBot, world: World) -> None:
    strip = world.page.strip
    world.model.set_photos([11, 12, 13], {n: hit(n) for n in (11, 12, 13)}, None)
    QTest.keyClick(world.view, Qt.Key.Key_R)
    assert strip.focusPolicy() == Qt.FocusPolicy.NoFocus, "nothing to choose before a box"
    world.draw((0.2, 0.2), (0.6, 0.5))
    job_id = next(c.job_id for c in reversed(world.link.sent) if isinstance(c, Search))
    world.link.search_finished.emit(SearchFinished(job_id, "", "m", 5.0, ()))
    assert strip.focusPolicy() == Qt.FocusPolicy.TabFocus
    world.page.activateWindow()
    qtbot.waitUntil(world.page.isActiveWindow)
    strip.setFocus(Qt.FocusReason.TabFocusReason)
    chosen = Listener()
    world.page.result_chosen.connect(chosen.on_one)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Right):
        QTest.keyClick(strip, key)
    assert chosen.heard == [11, 11]
    world.model.set_photos([12, 11, 13], {n: hit(n) for n in (11, 12, 13)}, None)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_End, Qt.Key.Key_Enter, Qt.Key.Key_Home):
        QTest.keyClick(strip, key)
    assert chosen.heard[2:] == [12, 13], "a better order takes the keyboard along"
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.heard[-1] == 12
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert world.view.hasFocus()
    assert world.view.box is not None, "it leaves the results, not the box"
    strip.setFocus()
    world.model.set_photos([], {}, None)
    assert world.view.hasFocus(), "nothing is left to choose from"


def test_what_is_in_the_box_is_copied_and_named(qtbot: QtBot, world: World) -> None:
    world.view.set_pixels(opened(7))
    qtbot.waitUntil(lambda: world.view.picture.pixels is not None, timeout=10_000)
    QTest.keyClick(world.view, Qt.Key.Key_R)
    world.draw((0.25, 0.25), (0.75, 0.75))
    said, named = Listener(), Listener()
    world.regions.said.connect(said.on_one)
    world.regions.concept_requested.connect(named.on_one)
    QTest.mouseClick(world.view.box_bar.copy_button, Qt.MouseButton.LeftButton)
    image = QGuiApplication.clipboard().image()
    assert abs(image.width() - 400) < 8
    assert abs(image.height() - 300) < 8
    assert said.heard == ["What is in the box was copied"]
    QTest.mouseClick(world.view.box_bar.concept_button, Qt.MouseButton.LeftButton)
    assert near(named.heard[0].box, (0.25, 0.25, 0.75, 0.75))
    QGuiApplication.clipboard().clear()
