from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.errors import (
    LibraryDamagedError,
    LibraryError,
    LibraryLockedError,
    LibraryMissingError,
    LibraryNewerError,
)
from app.core.library import Library
from app.core.library.folder import LIBRARY_NAME, make_private
from app.core.library.lock import LOCK_NAME
from app.core.library.schema import APPLICATION_ID, SCHEMA_VERSION
from app.core.library.thumbnails import THUMBNAILS_NAME

ROOT = Path(__file__).resolve().parents[4]

OPEN_IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from app.core.errors import LibraryError
from app.core.library import Library
try:
    with Library.open(Path(sys.argv[1]), write=sys.argv[2] == "write") as library:
        print("opened", library.n_photos())
except LibraryError as error:
    print(type(error).__name__)
"""


def opened_elsewhere(directory: Path, mode: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", OPEN_IN_ANOTHER_PROCESS, str(directory), mode],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def test_a_reader_needs_a_library(directory: Path) -> None:
    with pytest.raises(LibraryMissingError, match="no library"):
        Library.open(directory, write=False)
    assert not directory.exists()


def test_a_folder_that_cannot_be_entered_is_not_called_empty(directory: Path) -> None:
    directory.symlink_to(directory)
    with pytest.raises(LibraryError, match="cannot be opened") as caught:
        Library.open(directory, write=False)
    assert not isinstance(caught.value, LibraryMissingError)


def test_a_new_library_says_what_it_is(library: Library, directory: Path) -> None:
    connection = sqlite3.connect(directory / LIBRARY_NAME)
    pragmas = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version", "journal_mode")
    }
    connection.close()
    assert pragmas == {
        "application_id": APPLICATION_ID,
        "user_version": SCHEMA_VERSION,
        "journal_mode": "wal",
    }
    assert library.status() == {
        "library": str(directory),
        "schema_version": SCHEMA_VERSION,
        "generation": 0,
        "photos": 0,
        "problems": 0,
        "roots": [],
        "models": [],
        "bytes": library.status()["bytes"],
    }
    library.check()


@pytest.mark.skipif(os.name == "nt", reason="modes of files are those of POSIX")
def test_folder_and_files_are_for_their_owner_only(library: Library, directory: Path) -> None:
    library.add_root(os.fsencode(directory.parent / "x").replace(b"x", b""))
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert {LIBRARY_NAME, THUMBNAILS_NAME, f"{LIBRARY_NAME}-wal"} <= set(modes)
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="modes of files are those of POSIX")
def test_modes_are_tightened_but_a_folder_of_other_things_is_left(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    (shared / "notes.txt").touch()
    Library.open(shared, write=True).close()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    empty = tmp_path / "empty"
    empty.mkdir()
    empty.chmod(0o755)
    Library.open(empty, write=True).close()
    (empty / LIBRARY_NAME).chmod(0o644)
    Library.open(empty, write=True).close()
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700
    assert stat.S_IMODE((empty / LIBRARY_NAME).stat().st_mode) == 0o600


def test_one_writer_and_any_readers_between_processes(library: Library, directory: Path) -> None:
    assert opened_elsewhere(directory, "write") == "LibraryLockedError"
    assert opened_elsewhere(directory, "read") == "opened 0"
    with pytest.raises(LibraryLockedError, match="in use"):
        Library.open(directory, write=True)
    library.close()
    assert opened_elsewhere(directory, "write") == "opened 0"


def test_a_folder_that_cannot_be_written_is_named(directory: Path) -> None:
    (directory / LOCK_NAME).mkdir(parents=True)  # refused to everybody, an administrator too
    with pytest.raises(LibraryError, match="Allow writing") as caught:
        Library.open(directory, write=True)
    assert caught.value.params == {"file": str(directory / LOCK_NAME), "reason": "read_only"}


def test_a_path_that_is_too_long_for_a_database_is_named(directory: Path) -> None:
    deep = directory.joinpath(*["夏" * 60] * 3)
    with pytest.raises(LibraryError, match=r"too long .* bytes of 504; choose a folder"):
        Library.open(deep, write=True)


def test_a_library_on_a_disk_that_cannot_be_written_is_read(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Library.open(directory, write=True).close()
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with Library.open(directory, write=False) as library:
        assert library.n_photos() == 0
        assert sorted(path.name for path in directory.glob(f"{LIBRARY_NAME}*")) == [LIBRARY_NAME]


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such mode there")
def test_opening_a_folder_does_not_allow_writing_in_it(directory: Path) -> None:
    Library.open(directory, write=True).close()
    directory.chmod(0o555)
    try:
        make_private(directory)
        assert stat.S_IMODE(directory.stat().st_mode) == 0o500
    finally:
        directory.chmod(0o700)


def test_a_failed_open_gives_the_lock_back(directory: Path) -> None:
    directory.mkdir()
    (directory / LIBRARY_NAME).write_bytes(b"not a database at all" * 100)
    for _ in range(2):
        with pytest.raises(LibraryDamagedError, match=r"library\.sqlite"):
            Library.open(directory, write=True)


def test_closing_twice_is_harmless(directory: Path) -> None:
    library = Library.open(directory, write=True)
    library.close()
    library.close()
    reader = Library.open(directory, write=False)
    reader.close()
    reader.close()


def test_a_reader_does_not_need_the_writer_to_have_left_its_files(directory: Path) -> None:
    Library.open(directory, write=True).close()
    assert not (directory / f"{LIBRARY_NAME}-wal").exists()
    with Library.open(directory, write=False) as reader:
        assert reader.n_photos() == 0


def test_a_reader_cannot_write(library: Library, directory: Path) -> None:
    with Library.open(directory, write=False) as reader, pytest.raises(LibraryError):
        reader.use_model("fingerprint", "name", 4)


@pytest.mark.parametrize("write", [True, False])
def test_a_library_of_a_newer_version_is_left_alone(directory: Path, write: bool) -> None:
    Library.open(directory, write=True).close()
    connection = sqlite3.connect(directory / LIBRARY_NAME)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = (directory / LIBRARY_NAME).read_bytes()
    with pytest.raises(LibraryNewerError, match="newer Finelens"):
        Library.open(directory, write=write)
    assert (directory / LIBRARY_NAME).read_bytes() == before


@pytest.mark.parametrize("write", [True, False])
def test_another_programs_database_is_refused(directory: Path, write: bool) -> None:
    directory.mkdir()
    connection = sqlite3.connect(directory / LIBRARY_NAME)
    connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    connection.close()
    with pytest.raises(LibraryDamagedError, match="not a Finelens library"):
        Library.open(directory, write=write)


@pytest.mark.parametrize("write", [True, False])
def test_a_missing_table_is_damage(directory: Path, write: bool) -> None:
    Library.open(directory, write=True).close()
    connection = sqlite3.connect(directory / LIBRARY_NAME)
    connection.execute("DROP TABLE problems")
    connection.close()
    with pytest.raises(LibraryDamagedError, match="problems"):
        Library.open(directory, write=write)


def test_an_empty_file_is_a_library_not_made_yet(directory: Path) -> None:
    directory.mkdir()
    (directory / LIBRARY_NAME).touch()
    with pytest.raises(LibraryMissingError, match="not ready"):
        Library.open(directory, write=False)
    with Library.open(directory, write=True) as library:
        assert library.n_photos() == 0


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="cannot be used"):
        Library.open(tmp_path / "file" / "library", write=True)


def test_two_libraries_differ_and_one_stays_itself(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path / "a", write=True) as a,
        Library.open(tmp_path / "b", write=True) as b,
    ):
        first = a.uuid
        assert first != b.uuid
    with Library.open(tmp_path / "a", write=False) as again:
        assert again.uuid == first


def test_rows_bring_no_database_and_a_library_no_slow_imports(directory: Path) -> None:
    code = (
        "import sys\n"
        "import app.core.library.rows\n"
        "assert 'sqlite3' not in sys.modules\n"
        "from pathlib import Path\n"
        "from app.core.library import Library\n"
        "Library.open(Path(sys.argv[1]), write=True).close()\n"
        "print({'sqlite_utils', 'hnswlib', 'platformdirs'} & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(directory)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "set()"
