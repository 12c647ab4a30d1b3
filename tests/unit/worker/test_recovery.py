"""A damaged library, found at start or while it is in use, is set aside and begun anew."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.core.changes import SetMarks
from app.core.errors import LibraryDamagedError
from app.core.library import Library, folder
from app.core.library.backups import BACKUPS_NAME
from app.core.library.folder import LIBRARY_NAME, SUSPECT_NAME
from app.core.messages import IndexFinished, JobFailed, LibraryRecovered, StartIndex
from app.worker import engine
from tests.engine_bench import EngineBench
from tests.fakes import make_album


@pytest.fixture
def rated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with a rated photo and a backup, as if large: checked while it is in use."""
    make_album(tmp_path / "album", 40)
    directory = tmp_path / "library"
    with EngineBench(directory) as bench:
        bench.index(tmp_path / "album")
        bench.engine.library.user_data.change(
            SetMarks((int(bench.engine.library.photo_ids()[0]),), rating=5, favourite=True)
        )
        bench.restart()
    monkeypatch.setattr(folder, "_ALWAYS_CHECKED_BYTES", 0)
    return directory


def _damage(directory: Path, table: str) -> None:
    """Overwrite the root page of a table."""
    with closing(sqlite3.connect(directory / LIBRARY_NAME)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
        (page_size_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    with open(directory / LIBRARY_NAME, "r+b") as file:
        file.seek((page - 1) * page_size_bytes)
        file.write(os.urandom(page_size_bytes))


def _let_it_check(bench: EngineBench) -> None:
    check = bench.engine._check
    assert check is not None
    check._thread.join()
    bench.step()


def test_a_sound_library_stays_in_use(rated: Path) -> None:
    with EngineBench(rated) as bench:
        _let_it_check(bench)
        assert not bench.engine.stopping
        assert not (rated / SUSPECT_NAME).exists()


def test_damage_found_in_use_ends_the_engine_and_the_next_recovers(rated: Path) -> None:
    _damage(rated, "photos_by_content")  # nothing that is read at start
    with EngineBench(rated) as bench:
        _let_it_check(bench)
        assert bench.engine.stopping
        assert (rated / SUSPECT_NAME).exists()
    _expect_recovery(rated)


def test_damage_met_while_vectors_are_read_is_recovered_at_once(rated: Path) -> None:
    """What people said is on sound pages: it is read from there and not from a backup."""
    _damage(rated, "vectors")
    assert _expect_recovery(rated).source == "the damaged file"


def test_damage_of_what_people_said_is_made_good_from_a_backup(rated: Path) -> None:
    _damage(rated, "ratings")
    (rated / SUSPECT_NAME).touch()
    assert _expect_recovery(rated).source.startswith("library-")


def _expect_recovery(rated: Path) -> LibraryRecovered:
    with EngineBench(rated) as bench:
        (told,) = bench.of_kind(LibraryRecovered)
        assert os.path.exists(told.kept_aside)
        assert told.source in ("the damaged file", told.backups[0])
        assert told.backups[0].startswith("library-")
        bench.index(rated.parent / "album")
        library = bench.engine.library
        assert [item.rating for item in library.user_data.marks(library.photo_ids()).values()] == [
            5
        ]
        assert not (rated / SUSPECT_NAME).exists()
        return told


def test_damage_met_by_an_index_run_ends_the_engine(
    rated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(self: Library, *args: object) -> None:
        raise LibraryDamagedError("a page is damaged")

    with EngineBench(rated) as bench:
        monkeypatch.setattr(Library, "known_files", damaged)
        bench.send(StartIndex(bench.new_id(), ()))
        for _ in range(20):
            bench.step()
        assert bench.engine.stopping
        assert bench.of_kind(IndexFinished) == bench.of_kind(JobFailed) == []
    assert (rated / SUSPECT_NAME).exists()


def test_an_engine_that_runs_for_days_makes_a_backup_each_day(
    rated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EngineBench(rated) as bench:
        for backup in (rated / BACKUPS_NAME).iterdir():
            backup.unlink()
        while bench.engine.idle():
            pass
        assert list((rated / BACKUPS_NAME).iterdir()) == [], "today's was made at the start"
        monkeypatch.setattr(engine, "_today", lambda: date(2000, 1, 1))
        while bench.engine.idle():
            pass
        assert len(list((rated / BACKUPS_NAME).iterdir())) == 1
