"""Damage that SQLite does not see, and recoveries that are cut short or find no room."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core.asking import ImageQuery, Query
from app.core.changes import SetMarks
from app.core.errors import LibraryDamagedError, LibraryFullError
from app.core.library import Library, backups
from app.core.library.folder import LIBRARY_NAME
from app.core.library.rows import NewPhoto

MakePhoto = Callable[..., NewPhoto]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STARS = 4


@pytest.fixture
def rated(library: Library, directory: Path, model_id: int, make_photo: MakePhoto) -> int:
    """A rated photo among five of a library that is closed."""
    ids = library.save_batch(model_id, [make_photo(n) for n in range(5)], [])
    library.user_data.change(SetMarks((ids[2],), STARS))
    library.close()
    return ids[2]


def _change(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(sql)
    connection.close()


def _stars(directory: Path, photo_id: int) -> int:
    with Library.open(directory, write=True) as library:
        return library.user_data.marks()[photo_id].rating


@pytest.mark.parametrize(
    ("sql", "is_readable"),
    [
        ("UPDATE photos SET display = CAST(x'ff41' AS TEXT)", True),
        ("UPDATE roots SET display = x'41'", False),
        ("UPDATE roots SET path = CAST(path AS TEXT)", False),
        ("UPDATE roots SET path = x'2f610062'", False),
        ("UPDATE photos SET path = CAST(path AS TEXT)", False),
        ("UPDATE photos SET size_bytes = 'x' WHERE id = 1", True),
        ("UPDATE vectors SET vector = x'0000'", True),
        ("UPDATE models SET generation = 'x'", True),
        ("INSERT INTO regions VALUES (1, 1, 1, 1, x'00', x'00', x'00', 0)", True),
        ("ALTER TABLE ratings DROP COLUMN flag", True),
        ("ALTER TABLE vectors RENAME COLUMN vector TO other", True),
    ],
)
def test_values_that_cannot_be_used_are_damage_and_the_stars_survive(
    directory: Path, rated: int, sql: str, is_readable: bool
) -> None:
    file = directory / LIBRARY_NAME
    assert backups.make_daily(directory, file, NOW) is not None
    _change(file, sql)
    with pytest.raises(LibraryDamagedError):
        Library.open(directory, write=True)
    source = Library.recover(directory).source
    assert source == ("the damaged file" if is_readable else "library-2026-03-01.sqlite")
    assert _stars(directory, rated) == STARS


def test_backups_of_a_clock_that_ran_ahead_do_not_push_out_todays(
    directory: Path, rated: int
) -> None:
    file = directory / LIBRARY_NAME
    for year in range(2090, 2090 + backups.MAX_BACKUPS):
        backups.make_daily(directory, file, NOW.replace(year=year))
    made = backups.make_daily(directory, file, NOW)
    assert made is not None
    assert made.exists()
    kept = backups.dated(directory, NOW)
    assert kept[0] == made
    assert len(kept) == backups.MAX_BACKUPS


def test_a_backup_of_an_older_version_can_be_used(directory: Path, rated: int) -> None:
    file = directory / LIBRARY_NAME
    made = backups.make_daily(directory, file, NOW)
    assert made is not None
    _change(made, "DROP TABLE mounts; PRAGMA user_version = 4")
    with Library.open(directory, write=True) as library:
        library.user_data.change(SetMarks((rated,), 1))
        assert made.name in [backup.name for backup in library.backups()]
        library.restore(made.name)
    assert _stars(directory, rated) == STARS
    file.write_bytes(bytes(100_000))
    for other in backups.dated(directory, NOW):
        if other != made:
            other.unlink()
    assert Library.recover(directory).source == made.name
    assert _stars(directory, rated) == STARS


def test_a_damaged_library_of_an_older_version_keeps_its_stars(directory: Path, rated: int) -> None:
    file = directory / LIBRARY_NAME
    _change(
        file,
        "DROP TABLE mounts; ALTER TABLE ratings DROP COLUMN flag;"
        " UPDATE photos SET camera = CAST(x'ff' AS TEXT); PRAGMA user_version = 3",
    )
    assert Library.recover(directory).source == "the damaged file"
    assert _stars(directory, rated) == STARS


def test_a_kept_search_never_names_another_photo_after_a_recovery(
    directory: Path, rated: int, make_photo: MakePhoto
) -> None:
    with Library.open(directory, write=True) as library:
        last = int(library.photo_ids().max())
        library.searches.save("like this", Query(images=(ImageQuery(photo_id=last),)))
    assert last > rated, "nothing is said about it, so it is not among what is saved"
    assert Library.recover(directory).source == "the damaged file"
    with Library.open(directory, write=True) as library:
        model_id = library.use_model("fingerprint-1", "tiny", 16)
        library.save_batch(model_id, [make_photo(n) for n in range(5)], [])
        (kept,) = library.searches.saved()
        assert kept.query.images[0].photo_id == last
        assert last not in library.photo_ids()
        assert rated in library.photo_ids()


def test_a_full_disk_is_no_reason_to_begin_with_less(
    directory: Path, rated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = directory / LIBRARY_NAME
    backups.make_daily(directory, file, NOW)
    file.write_bytes(bytes(100_000))

    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(LibraryFullError, match="disk is full"):
            Library.recover(directory)
    assert file.stat().st_size == 100_000, "it waits where it was"
    assert Library.recover(directory).source == "library-2026-03-01.sqlite"
    assert _stars(directory, rated) == STARS


def test_a_recovery_that_was_cut_short_is_finished(
    directory: Path, rated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = directory / LIBRARY_NAME
    _change(file, "UPDATE models SET generation = 'x'")

    def killed(temporary: Path, path: Path) -> None:
        if path == file:
            raise KeyboardInterrupt
        os.replace(temporary, path)

    with monkeypatch.context() as patch:
        patch.setattr(backups, "commit_file", killed)
        with pytest.raises(KeyboardInterrupt):
            Library.recover(directory)
    assert not file.exists()
    Path(f"{file}-wal").write_bytes(b"of the damaged file")
    assert _stars(directory, rated) == STARS


@pytest.mark.parametrize("is_there", [True, False])
def test_a_file_that_is_empty_or_gone_is_replaced_by_its_backup(
    directory: Path, rated: int, is_there: bool
) -> None:
    file = directory / LIBRARY_NAME
    backups.make_daily(directory, file, NOW)
    file.unlink()
    if is_there:
        file.touch()
    with pytest.raises(LibraryDamagedError, match="gone or empty"):
        Library.open(directory, write=True)
    assert Library.recover(directory).source == "library-2026-03-01.sqlite"
    assert _stars(directory, rated) == STARS


def test_a_library_in_a_folder_whose_name_is_no_text_is_copied_before_an_upgrade(
    tmp_path: Path, directory: Path, rated: int
) -> None:
    odd = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9"))
    directory.rename(odd)
    _change(odd / LIBRARY_NAME, "DROP TABLE mounts; PRAGMA user_version = 4")
    assert _stars(odd, rated) == STARS
    assert (odd / backups.BACKUPS_NAME / "before-4.sqlite").exists()
