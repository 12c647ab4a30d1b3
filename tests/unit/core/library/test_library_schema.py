from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.core.changes import Marks
from app.core.errors import LibraryMissingError
from app.core.library import Library, schema
from app.core.library.folder import LIBRARY_NAME

SCHEMAS = {
    version: (Path(__file__).parent / f"schema_v{version}.sql").read_text(encoding="utf-8")
    for version in range(1, schema.SCHEMA_VERSION)
}


@pytest.fixture(params=sorted(SCHEMAS))
def old_library(directory: Path, request: pytest.FixtureRequest) -> Path:
    directory.mkdir()
    with closing(sqlite3.connect(directory / LIBRARY_NAME)) as connection:
        connection.executescript(SCHEMAS[request.param])
    return directory


def shape_of(directory: Path) -> dict[str, object]:
    """Columns, foreign keys and indexes of every table, whatever the text that made them."""
    with closing(sqlite3.connect(directory / LIBRARY_NAME)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        shape: dict[str, object] = {
            table: (
                connection.execute(f"PRAGMA table_xinfo({table})").fetchall(),
                sorted(row[2:] for row in connection.execute(f"PRAGMA foreign_key_list({table})")),
            )
            for (table,) in tables.fetchall()
        }
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
        for name, sql in indexes.fetchall():
            columns = connection.execute(f"PRAGMA index_xinfo({name})").fetchall()
            condition = None if sql is None else sql.partition("WHERE")[2].strip()
            shape[name] = (columns, condition)
        return shape


def test_an_older_library_becomes_what_a_new_one_is(old_library: Path, tmp_path: Path) -> None:
    Library.open(old_library, write=True).close()
    Library.open(tmp_path / "new", write=True).close()
    upgraded, new = shape_of(old_library), shape_of(tmp_path / "new")
    assert upgraded == new


def test_an_upgrade_keeps_everything(old_library: Path) -> None:
    with Library.open(old_library, write=True) as library:
        assert library.uuid == "11111111-2222-3333-4444-555555555555"
        assert library.generation == 41
        assert library.photo_ids().tolist() == [9, 8]
        photo = library.photo(8)
        assert (photo.absolute_path, photo.camera) == (b"/photos/a/\xff.jpg", "Camera")
        assert library.user_data.marks([8]) == {8: Marks(8, 4, True)}
        assert [problem.path for problem in library.problems()] == [b"bad.jpg"]
        (root,) = library.roots(1)
        assert (root.state, root.n_photos, root.n_indexed) == ("offline", 2, 1)
        ids, vectors = library.load_vectors(1)
        assert ids.tolist() == [8]
        assert np.array_equal(vectors, [[1, 0, 0, 0]])
        library.check()


def test_a_reader_waits_for_the_upgrade(old_library: Path) -> None:
    with pytest.raises(LibraryMissingError, match="not ready"):
        Library.open(old_library, write=False)
    Library.open(old_library, write=True).close()
    with Library.open(old_library, write=False) as reader:
        assert reader.n_photos() == 2


def test_a_failing_step_leaves_the_old_library(
    old_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shape_of(old_library)
    last = schema.SCHEMA_VERSION - 1
    step = schema.UPGRADES[last]

    def fails_after(connection: sqlite3.Connection) -> None:
        step(connection)
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setitem(schema.UPGRADES, last, fails_after)
        with pytest.raises(RuntimeError, match="power"):
            Library.open(old_library, write=True)
    assert shape_of(old_library) == before
    with Library.open(old_library, write=True) as library:
        assert library.n_photos() == 2


def test_there_is_a_step_from_every_older_version() -> None:
    assert sorted(schema.UPGRADES) == list(range(1, schema.SCHEMA_VERSION))


def test_the_list_of_tables_is_complete(library: Library, directory: Path) -> None:
    with closing(sqlite3.connect(directory / LIBRARY_NAME)) as connection:
        made = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
    assert {name for (name,) in made} == schema.TABLES
