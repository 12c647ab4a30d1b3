"""Questions and answers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.core.asking import Filters, ImageQuery, Query
from app.core.messages import (
    JobFailed,
    LibraryChanged,
    Search,
    SearchFinished,
)
from app.ui.library_reader import PhotoList
from app.ui.scope import ALL_PHOTOS, FAVOURITES, Scope
from app.ui.search_controller import Results, SearchController
from tests.unit.ui.samples import Listener, RecordingLink, hit


class StillReader(QObject):
    """A reader that notes what was asked."""

    photo_list_loaded = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Scope] = []

    def load_photo_list(self, scope: Scope) -> None:
        self.asked.append(scope)


class World:
    """A controller with its surroundings, and what it announced."""

    def __init__(self) -> None:
        self.link = RecordingLink()
        self.reader = StillReader()
        self.search = SearchController(self.link, self.reader)  # type: ignore[arg-type]
        self.results, self.questions, self.failures = Listener(), Listener(), Listener()
        self.search.results_changed.connect(self.results.on_one)
        self.search.question_changed.connect(self.questions.on_one)
        self.search.search_failed.connect(self.failures.on_one)

    @property
    def last(self) -> Search:
        command = self.link.sent[-1]
        assert isinstance(command, Search)
        return command

    def answer(self, *hits: object, job_id: int | None = None) -> Results:
        job = self.last.job_id if job_id is None else job_id
        self.link.search_finished.emit(SearchFinished(job, "", "m", 12.0, hits))  # type: ignore[arg-type]
        return self.results.heard[-1]


@pytest.fixture
def world(qapp: object) -> Iterator[World]:
    world = World()
    yield world
    world.search.close()


def test_without_a_question_the_scope_is_shown(world: World) -> None:
    world.search.refresh()
    assert world.reader.asked == [ALL_PHOTOS]
    ids = np.array([3, 2, 1])
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, ids))
    assert world.results.heard[0].verdict == "browsing"
    assert world.results.heard[0].ids.tolist() == [3, 2, 1]
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, ids[:0]))
    assert world.results.heard[1].verdict == "nothing"


def test_a_list_of_another_scope_comes_too_late(world: World) -> None:
    world.search.set_scope(Scope(root_id=2))
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, np.array([1])))
    assert world.results.heard == []


def test_words_are_asked_of_the_engine_in_the_scope(world: World) -> None:
    world.search.set_scope(Scope(root_id=2))
    world.search.ask_text("  red cafe\u0301 ")
    assert world.last.query == Query("red caf\u00e9", filters=Filters(root_ids=(2,)))


@pytest.mark.parametrize(
    ("matches", "verdict", "weak_from"),
    [
        (("good", "good"), "good", None),
        (("good", "weak"), "good", 1),
        (("weak", "weak"), "weak", 0),
        ((), "nothing", None),
    ],
)
def test_answers_say_how_well_they_fit(
    world: World, matches: tuple[str, ...], verdict: str, weak_from: int | None
) -> None:
    world.search.ask_text("x")
    results = world.answer(*(hit(i + 1, match) for i, match in enumerate(matches)))
    assert (results.verdict, results.weak_from) == (verdict, weak_from)
    assert results.ids.tolist() == [i + 1 for i in range(len(matches))]
    assert results.took_ms == 12.0


def test_the_latest_question_wins(world: World) -> None:
    world.search.ask_text("a")
    first = world.last.job_id
    world.search.ask_text("ab")
    world.link.search_finished.emit(SearchFinished(first, "a", "m", 1.0, (hit(1),)))
    assert world.results.heard == []
    assert world.answer(hit(2)).ids.tolist() == [2]


def test_a_region_replaces_the_words_and_words_join_it(world: World) -> None:
    world.search.ask_text("kitchen")
    region = ImageQuery(photo_id=7, box=(0.1, 0.1, 0.5, 0.5))
    world.search.ask_image(region, "Region of a.jpg")
    assert world.last.query == Query("", (region,))
    world.search.ask_text("red")
    assert world.last.query == Query("red", (region,))
    world.search.remove_image()
    assert world.last.query == Query("red")
    assert [question.image_label for question in world.questions.heard] == [
        "", "Region of a.jpg", "Region of a.jpg", "",
    ]  # fmt: skip


def test_clearing_goes_back_to_the_scope_and_drops_the_answer(world: World) -> None:
    world.search.ask_text("a")
    job_id = world.last.job_id
    world.search.clear()
    assert world.reader.asked == [ALL_PHOTOS]
    world.link.search_finished.emit(SearchFinished(job_id, "a", "m", 1.0, (hit(1),)))
    assert world.results.heard == []
    assert world.search.question.is_empty


def test_a_question_leaves_the_favourites_but_a_choice_of_them_stays(world: World) -> None:
    world.search.set_scope(FAVOURITES)
    assert world.reader.asked == [FAVOURITES]
    world.search.ask_text("a")
    assert world.search.question.scope == ALL_PHOTOS


def test_failures_are_those_of_the_running_question(world: World) -> None:
    world.search.ask_text("a")
    world.link.job_failed.emit(JobFailed(world.last.job_id + 1, "QueryError", ""))
    assert world.failures.heard == []
    world.link.job_failed.emit(JobFailed(world.last.job_id, "QueryError", ""))
    assert len(world.failures.heard) == 1


def test_while_indexing_the_list_follows_at_its_pace(world: World) -> None:
    for generation in range(5):
        world.link.library_changed.emit(LibraryChanged(generation, photos=True))
    assert world.reader.asked == []
    assert world.search._timer.isActive()
    world.search._timer.timeout.emit()
    assert world.reader.asked == [ALL_PHOTOS]
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, np.array([1])))
    assert world.results.heard[-1].is_refresh


def test_results_stay_still_while_indexing_and_are_asked_again_at_its_end(world: World) -> None:
    world.search.ask_text("a")
    world.link.library_changed.emit(LibraryChanged(1, photos=True))
    assert not world.search._timer.isActive()
    world.link.index_finished.emit(object())
    assert world.last.job_id == 2
    assert world.answer(hit(1)).is_refresh


@pytest.mark.parametrize(("scope", "is_asked"), [(FAVOURITES, True), (ALL_PHOTOS, False)])
def test_only_the_list_of_favourites_follows_them(
    qtbot: QtBot, world: World, scope: Scope, is_asked: bool
) -> None:
    world.search.set_scope(scope)
    world.reader.asked.clear()
    world.link.library_changed.emit(LibraryChanged(2, favourites=True))
    assert world.search._timer.isActive() == is_asked
    if is_asked:
        qtbot.waitUntil(lambda: world.reader.asked == [scope], timeout=5000)
