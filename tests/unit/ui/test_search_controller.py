"""Questions and answers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.core.asking import Filters, ImageQuery, Phrase, Query
from app.core.messages import (
    JobFailed,
    LibraryChanged,
    RememberSearch,
    Search,
    SearchFinished,
    SearchRefined,
)
from app.ui.library_reader import PhotoList
from app.ui.photo_controller import phrases_of
from app.ui.question import Picture, Question, Results, chip_colors, question_of
from app.ui.scope import ALL_PHOTOS, FAVOURITES, Scope
from app.ui.search_controller import SearchController
from tests.unit.ui.samples import Listener, RecordingLink, hit


class StillReader(QObject):
    """A reader that notes what was asked."""

    photo_list_loaded = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Scope] = []
        self.filters: list[tuple[Filters, ...]] = []

    def load_photo_list(self, scope: Scope, *filters: Filters) -> None:
        self.asked.append(scope)
        self.filters.append(filters)


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
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, (), ids))
    assert world.results.heard[0].verdict == "browsing"
    assert world.results.heard[0].ids.tolist() == [3, 2, 1]
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, (), ids[:0]))
    assert world.results.heard[1].verdict == "nothing"


def test_a_list_of_another_scope_comes_too_late(world: World) -> None:
    world.search.set_scope(Scope(root_id=2))
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, (), np.array([1])))
    assert world.results.heard == []


def test_words_are_asked_of_the_engine_in_the_scope(world: World) -> None:
    world.search.set_scope(Scope(root_id=2))
    world.search.ask_text("  red cafe\u0301 ")
    assert world.last.query == Query("red caf\u00e9", filters=Filters(root_ids=(2,)))


def test_a_concept_that_was_judged_is_asked_again(world: World) -> None:
    world.search.ask_image(ImageQuery(concept_id=6), "cat")
    first = world.last
    world.link.library_changed.emit(LibraryChanged(2, searches=True))
    assert world.last is first
    world.link.library_changed.emit(LibraryChanged(3, concepts=True))
    assert world.last.query == first.query
    assert world.last.job_id > first.job_id
    assert world.answer(hit(1)).is_refresh
    world.search.ask_text("cat")
    world.search.set_picture_need(0, None)
    by_words = world.last
    world.link.library_changed.emit(LibraryChanged(4, concepts=True))
    assert world.last is by_words


def test_of_two_folders_the_one_chosen_last_counts(world: World) -> None:
    world.search.ask_text("red")
    world.search.set_scope(Scope(root_id=2))
    world.search.set_filters(Filters(root_ids=(3,), min_rating=4))
    assert world.search.question.scope == ALL_PHOTOS
    assert world.last.query.filters == Filters(root_ids=(3,), min_rating=4)
    world.search.set_scope(Scope(root_id=2))
    assert world.search.question.filters == Filters(min_rating=4)
    assert world.last.query.filters == Filters(root_ids=(2,), min_rating=4)


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
    world.search.set_picture_need(0, None)
    assert world.last.query == Query("red")
    labels = [[each.label for each in question.pictures] for question in world.questions.heard]
    assert labels == [[], ["Region of a.jpg"], ["Region of a.jpg"], []]


def test_boxes_and_words_combine_and_a_box_can_be_kept_out(world: World) -> None:
    one = ImageQuery(photo_id=7, box=(0.1, 0.1, 0.5, 0.5))
    other = ImageQuery(photo_id=7, box=(0.6, 0.6, 0.9, 0.9), need="excluded")
    world.search.ask_text("kitchen")
    world.search.add_image(one, "one")
    world.search.add_image(other, "other")
    world.search.add_image(one, "the same")
    assert world.last.query == Query("kitchen", (other, one))
    world.search.set_picture_need(0, "optional")
    assert world.last.query.images[0].need == "optional"


def test_chips_say_what_each_phrase_counts(world: World) -> None:
    world.search.ask_text("red umbrella, wet street, without cars")
    assert world.last.query.phrases is None, "the engine splits the words itself"
    needs = [chip.phrase.need for chip in world.search.question.chips]
    assert needs == ["optional", "optional", "excluded"]
    world.search.set_need(1, "required")
    world.search.set_need(0, None)
    assert world.last.query.phrases == (
        Phrase("wet street", "required"),
        Phrase("cars", "excluded"),
    )
    assert world.search.question.wanted_text == "wet street"
    assert list(chip_colors(world.search.question.chips)) == [None, 0, None]
    world.search.set_need(0, "optional")
    assert [phrase.text for phrase in world.last.query.phrases or ()] == [
        "red umbrella", "wet street", "cars",
    ]  # fmt: skip
    world.search.ask_text("a dog")
    assert world.last.query == Query("a dog"), "new words have new chips"


def test_what_was_said_of_a_chip_outlives_a_change_of_the_words(world: World) -> None:
    world.search.ask_text("red umbrella, wet street, cars")
    world.search.set_need(1, None)
    world.search.set_need(2, "excluded")
    for typed in ("red umbrella, wet street, cars,", "red umbrella, wet street, cars, a dog"):
        world.search.ask_text(typed)
    expected = (Phrase("red umbrella"), Phrase("cars", "excluded"), Phrase("a dog"))
    assert world.last.query.phrases == expected
    kept = question_of(world.last.query, ()).with_text("red umbrella, wet street, cars")
    assert [chip.removed for chip in kept.chips] == [False, True, False], "also of a kept search"
    world.search.ask_text("red umbrella, +cars")
    assert world.last.query == Query("red umbrella, +cars"), "the words say it themselves now"


def test_what_was_quoted_stays_whole_in_an_open_photo(world: World) -> None:
    world.search.ask_text('"salt and pepper", "2023", a dog, a cat')
    world.search.set_need(3, None)
    wanted = world.search.question.wanted_text
    assert phrases_of(wanted) == ("salt and pepper", "2023", "a dog")
    assert wanted == '"salt and pepper", "2023", a dog'


def test_words_that_only_filter_narrow_the_list(world: World) -> None:
    world.search.ask_text("2023")
    assert world.reader.asked == [ALL_PHOTOS]
    (narrowing,) = world.reader.filters[-1]
    assert narrowing.taken == (("2023-01-01", "2023-12-31"),)
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, (), np.array([1])))
    assert world.results.heard == [], "a list that is not narrowed comes too late"
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, (narrowing,), np.array([1])))
    assert world.results.heard[-1].ids.tolist() == [1]
    world.search.ask_text("a dog")
    world.search.set_filters(Filters(min_rating=4))
    assert world.last.query.filters == Filters(min_rating=4)


def test_words_that_filter_are_taken_out_and_come_back_with_back(world: World) -> None:
    world.search.ask_text("red umbrella in 2023, cars")
    world.search.set_need(1, "excluded")
    world.search.drop_text_filter(Filters())
    assert world.search.question.text == "red umbrella, cars"
    expected = (Phrase("red umbrella"), Phrase("cars", "excluded"))
    assert world.last.query.phrases == expected, "what was said of a chip holds on"
    world.search.go_back()
    assert world.last.query.text == "red umbrella in 2023, cars"
    world.search.ask_text("a dog date:2023-13")
    world.search.drop_misread(0)
    assert world.last.query == Query("a dog")


def test_refined_results_replace_the_first_ones(world: World) -> None:
    world.search.ask_text("x")
    job_id = world.last.job_id
    world.link.search_finished.emit(
        SearchFinished(job_id, "x", "m", 12.0, (hit(1), hit(2), hit(3)), refining=True)
    )
    assert world.results.heard[-1].refining
    refined = (hit(2), hit(1), hit(4, "weak"), hit(3, "weak"))
    world.link.search_refined.emit(SearchRefined(job_id, 80.0, refined, 5))
    last = world.results.heard[-1]
    assert last.ids.tolist() == [2, 1, 4, 3]
    assert (last.refining, last.weak_from, last.n_excluded, last.is_refresh) == (False, 2, 5, True)


def test_a_frozen_order_keeps_the_first_one(world: World) -> None:
    world.search.set_frozen(True)
    world.search.ask_text("x")
    job_id = world.last.job_id
    first = SearchFinished(job_id, "x", "m", 12.0, (hit(1), hit(2), hit(3)), refining=True)
    world.link.search_finished.emit(first)
    refined = (hit(2, score=0.99), hit(4), hit(1), hit(3, "weak"))
    world.link.search_refined.emit(SearchRefined(job_id, 80.0, refined))
    last = world.results.heard[-1]
    assert last.ids.tolist() == [1, 2, 4, 3], "what is new comes last in its group"
    assert last.hits[2].score == 0.99


def test_a_frozen_order_outlives_asking_again_and_goes_when_let_go(world: World) -> None:
    world.search.ask_text("x")
    world.answer(hit(1), hit(2), hit(3))
    world.search.set_frozen(True)
    world.link.index_finished.emit(object())
    assert world.answer(hit(4), hit(3), hit(1)).ids.tolist() == [1, 3, 4]
    world.search.set_frozen(False)
    assert world.answer(hit(4), hit(3), hit(1)).ids.tolist() == [4, 3, 1]


def test_asking_again_does_not_go_back_to_a_first_order(world: World) -> None:
    world.search.ask_text("x")
    world.answer(hit(2), hit(1))
    world.search.refresh()
    job_id = world.last.job_id
    first = SearchFinished(job_id, "x", "m", 12.0, (hit(1), hit(2)), refining=True)
    world.link.search_finished.emit(first)
    assert len(world.results.heard) == 1
    world.link.search_refined.emit(SearchRefined(job_id, 80.0, (hit(2), hit(3))))
    assert world.results.heard[-1].ids.tolist() == [2, 3]


def test_a_question_asked_again_before_its_answer_begins_at_the_top(world: World) -> None:
    world.search.ask_text("x")
    world.answer(hit(1))
    world.search.ask_text("xy")
    world.link.index_finished.emit(object())
    assert not world.answer(hit(1)).is_refresh


def test_refined_results_of_an_older_question_are_dropped(world: World) -> None:
    world.search.ask_text("x")
    old = world.last.job_id
    world.answer(hit(1))
    world.search.ask_text("xy")
    world.link.search_refined.emit(SearchRefined(old, 80.0, (hit(9),)))
    assert world.results.heard[-1].ids.tolist() == [1]


def test_back_and_forward_go_through_what_was_meant(world: World) -> None:
    for text in ("r", "re", "red"):
        world.search.ask_text(text)
    world.search.confirm_text("red")
    assert isinstance(world.link.sent[-1], RememberSearch)
    world.search.ask_text("blue")
    world.search.go_back()
    assert world.search.question.text == "red", "words on their way are one question"
    world.search.go_back()
    assert world.search.question.text == ""
    assert not world.search.history.can_go_back
    world.search.go_back()
    world.search.go_forward()
    world.search.go_forward()
    assert world.search.question.text == "blue"
    world.search.go_back()
    world.search.ask_text("green")
    assert not world.search.history.can_go_forward


def test_a_kept_search_that_is_changed_is_not_the_kept_one(world: World) -> None:
    world.search.ask(Question(scope=Scope(saved_id=3)).with_text("boat"))
    assert world.search.question.scope == Scope(saved_id=3)
    world.search.ask_text("boats")
    assert world.search.question.scope == ALL_PHOTOS
    concept = Picture(ImageQuery(concept_id=5), "my cat")
    world.search.ask(Question(pictures=(concept,), scope=Scope(concept_id=5)))
    world.search.ask_text("on a sofa")
    assert world.search.question.scope == Scope(concept_id=5), "it is looked for still"
    world.search.set_picture_need(0, None)
    assert world.search.question.scope == ALL_PHOTOS


def test_clearing_goes_back_to_the_scope_and_drops_the_answer(world: World) -> None:
    world.search.ask_text("a")
    job_id = world.last.job_id
    world.search.clear()
    assert world.reader.asked == [ALL_PHOTOS]
    world.link.search_finished.emit(SearchFinished(job_id, "a", "m", 1.0, (hit(1),)))
    assert world.results.heard == []
    assert world.search.question.is_empty


def test_a_question_stays_in_the_favourites_and_leaves_an_album(world: World) -> None:
    world.search.set_scope(FAVOURITES)
    assert world.reader.asked == [FAVOURITES]
    world.search.ask_text("a")
    assert world.last.query.filters == Filters(favourite=True)
    world.search.clear()
    world.search.set_scope(Scope(album_id=2))
    assert world.reader.asked[-1] == Scope(album_id=2)
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
    world.reader.photo_list_loaded.emit(PhotoList(ALL_PHOTOS, (), np.array([1])))
    assert world.results.heard[-1].is_refresh


def test_results_stay_still_while_indexing_and_are_asked_again_at_its_end(world: World) -> None:
    world.search.ask_text("a")
    world.link.library_changed.emit(LibraryChanged(1, photos=True))
    assert not world.search._timer.isActive()
    world.link.index_finished.emit(object())
    assert world.last.job_id == 2
    assert world.answer(hit(1)).is_refresh


@pytest.mark.parametrize(
    ("change", "is_asked"),
    [
        (LibraryChanged(1, photos=True, roots=True, albums=True, marks=True), True),
        (LibraryChanged(1, photos=True, roots=True, problems=True), False),
        (LibraryChanged(1, marks=True), False),
    ],
)
def test_results_follow_what_people_take_out(
    world: World, change: LibraryChanged, is_asked: bool
) -> None:
    world.search.ask_text("a")
    world.link.library_changed.emit(change)
    assert world.last.job_id == 1 + is_asked


def test_a_kept_search_by_stars_follows_them(world: World) -> None:
    world.search.ask(Question(scope=Scope(saved_id=3)).with_text("boat rating>=4"))
    world.link.library_changed.emit(LibraryChanged(1, marks=True))
    assert world.last.job_id == 2
    world.search.ask(Question(filters=Filters(favourite=True)))
    world.link.library_changed.emit(LibraryChanged(2, marks=True))
    assert world.search._timer.isActive(), "and so does a list"


@pytest.mark.parametrize(("scope", "is_asked"), [(FAVOURITES, True), (ALL_PHOTOS, False)])
def test_only_the_list_of_favourites_follows_them(
    qtbot: QtBot, world: World, scope: Scope, is_asked: bool
) -> None:
    world.search.set_scope(scope)
    world.reader.asked.clear()
    world.link.library_changed.emit(LibraryChanged(2, marks=True))
    assert world.search._timer.isActive() == is_asked
    if is_asked:
        qtbot.waitUntil(lambda: world.reader.asked == [scope])
