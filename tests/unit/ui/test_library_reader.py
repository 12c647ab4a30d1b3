"""Reading the library off the window's thread, from a real one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import LibraryDamagedError
from app.core.library import Library
from app.ui.library_access import LibraryAccess
from app.ui.library_reader import LibraryReader, Overview, ReadFailure
from app.ui.scope import ALL_PHOTOS, FAVOURITES, Scope
from tests.unit.ui.samples import Listener, make_library


@pytest.fixture
def make_reader(qapp: object) -> Iterator[Callable[..., LibraryReader]]:
    readers: list[LibraryReader] = []

    def make(open_library: Callable[[], Library]) -> LibraryReader:
        readers.append(LibraryReader(open_library))
        return readers[-1]

    yield make
    for reader in readers:
        reader.close()


def test_an_overview_counts_everything(
    make_reader: Callable[..., LibraryReader], qtbot: QtBot, tmp_path: Path
) -> None:
    make_library(tmp_path / "library", n_photos=5, n_problems=2)
    reader = make_reader(LibraryAccess(tmp_path / "library").open)
    with qtbot.waitSignal(reader.overview_loaded) as got:
        reader.load_overview()
    overview = got.args[0]
    assert overview.exists
    assert (overview.n_photos, overview.n_problems, overview.n_favourites) == (5, 2, 0)
    assert [root.n_photos for root in overview.roots] == [5]


def test_lists_are_newest_first_and_per_scope(
    make_reader: Callable[..., LibraryReader], qtbot: QtBot, tmp_path: Path
) -> None:
    ids = make_library(tmp_path / "library", n_photos=5)
    reader = make_reader(LibraryAccess(tmp_path / "library").open)
    for scope, expected in (
        (ALL_PHOTOS, ids[::-1]),
        (FAVOURITES, []),
        (Scope(root_id=1), ids[::-1]),
        (Scope(root_id=99), []),
    ):
        with qtbot.waitSignal(reader.photo_list_loaded) as got:
            reader.load_photo_list(scope)
        assert got.args[0].scope == scope
        assert got.args[0].ids.tolist() == expected


def test_a_photo_and_the_problems(
    make_reader: Callable[..., LibraryReader], qtbot: QtBot, tmp_path: Path
) -> None:
    ids = make_library(tmp_path / "library", n_problems=1)
    reader = make_reader(LibraryAccess(tmp_path / "library").open)
    with qtbot.waitSignals([reader.photo_loaded, reader.problems_loaded]):
        photos, problems = Listener(), Listener()
        reader.photo_loaded.connect(photos.on_one)
        reader.problems_loaded.connect(problems.on_one)
        reader.load_photo(ids[0])
        reader.load_problems()
    assert photos.heard[0].id == ids[0]
    assert [item.reason for item in problems.heard[0]] == ["truncated"]


def test_a_library_that_is_not_there_yet_is_empty_and_no_error(
    make_reader: Callable[..., LibraryReader], qtbot: QtBot, tmp_path: Path
) -> None:
    reader = make_reader(LibraryAccess(tmp_path / "nothing").open)
    failures = Listener()
    reader.read_failed.connect(failures.on_one)
    with qtbot.waitSignal(reader.overview_loaded) as overview:
        reader.load_overview()
    with qtbot.waitSignal(reader.photo_list_loaded) as photos:
        reader.load_photo_list(ALL_PHOTOS)
    with qtbot.waitSignal(reader.problems_loaded) as problems:
        reader.load_problems()
    assert overview.args[0] == Overview(exists=False)
    assert len(photos.args[0].ids) == 0
    assert problems.args[0] == ()
    assert failures.heard == []
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("error", [LibraryDamagedError("bad header"), ZeroDivisionError("oops")])
def test_failures_are_announced_with_their_kind(
    make_reader: Callable[..., LibraryReader], qtbot: QtBot, error: Exception
) -> None:
    def open_library() -> Library:
        raise error

    reader = make_reader(open_library)
    with qtbot.waitSignal(reader.read_failed) as got:
        reader.load_overview()
    assert got.args[0] == ReadFailure(type(error).__name__, str(error))


def test_questions_asked_meanwhile_are_answered_once_more_only(
    make_reader: Callable[..., LibraryReader], qtbot: QtBot, tmp_path: Path
) -> None:
    make_library(tmp_path / "library")
    access = LibraryAccess(tmp_path / "library")
    may_go = threading.Event()
    n_opened = []

    def open_library() -> Library:
        n_opened.append(1)
        may_go.wait(5)
        return access.open()

    reader = make_reader(open_library)
    heard = Listener()
    reader.overview_loaded.connect(heard.on_one)
    for _ in range(10):
        reader.load_overview()
    may_go.set()
    qtbot.waitUntil(lambda: len(heard.heard) == 2)
    reader.close()
    assert len(n_opened) == 2


def test_a_closed_reader_answers_nothing(
    make_reader: Callable[..., LibraryReader], qtbot: QtBot, tmp_path: Path
) -> None:
    make_library(tmp_path / "library")
    reader = make_reader(LibraryAccess(tmp_path / "library").open)
    with qtbot.assertNotEmitted(reader.overview_loaded):
        reader.load_overview()
        reader.close()
        reader.load_overview()


def test_access_reads_rows_and_waits_for_a_library(tmp_path: Path) -> None:
    access = LibraryAccess(tmp_path / "library")
    assert access.photos([1]) == []
    ids = make_library(tmp_path / "library")
    assert [photo.id for photo in access.photos(ids)] == ids
    access.close()
    access.close()
