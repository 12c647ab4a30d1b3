"""Backups, damaged files, moved folders, file systems that cannot hold a library."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.changes import ForgetConcept, Marks, SetMarks
from app.core.errors import LibraryDamagedError, LibraryError, RootError
from app.core.library import Library, backups, file_system
from app.core.library import folder as library_folder
from app.core.library.concepts import NewExample
from app.core.library.folder import LIBRARY_NAME
from app.core.library.rows import NewPhoto
from tests.unit.core.library.known import remove_root

MakePhoto = Callable[..., NewPhoto]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def rated(library: Library, model_id: int, make_photo: MakePhoto) -> int:
    """A rated photo among fifty."""
    ids = library.save_batch(model_id, [make_photo(n) for n in range(50)], [])
    library.user_data.change(SetMarks((ids[7],), 4, True))
    return ids[7]


def _backups(directory: Path) -> list[str]:
    return sorted(path.name for path in (directory / backups.BACKUPS_NAME).iterdir())


def _damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[40_000:] = bytes(len(data) - 40_000)
    path.write_bytes(data)


def test_one_backup_a_day_and_seven_of_them(library: Library, directory: Path, rated: int) -> None:
    file = directory / LIBRARY_NAME
    for day in range(10):
        made = backups.make_daily(directory, file, NOW + timedelta(days=day))
        assert made is not None
        assert backups.make_daily(directory, file, NOW + timedelta(days=day, hours=3)) is None
        assert made.stat().st_mode & 0o077 == 0
    assert _backups(directory)[:3] == [
        "library-2026-03-04.sqlite",
        "library-2026-03-05.sqlite",
        "library-2026-03-06.sqlite",
    ]
    assert len(_backups(directory)) == 7


def test_a_backup_is_made_when_a_library_is_opened(
    library: Library, directory: Path, rated: int
) -> None:
    library.close()
    Library.open(directory, write=True).close()
    assert any(name.startswith("library-") for name in _backups(directory))


@pytest.mark.parametrize("readable", [True, False])
def test_ratings_survive_a_damaged_file(
    library: Library,
    directory: Path,
    rated: int,
    model_id: int,
    make_photo: MakePhoto,
    readable: bool,
) -> None:
    file = directory / LIBRARY_NAME
    backups.make_daily(directory, file, NOW + timedelta(days=9999))
    library.close()
    if not readable:
        _damage(file)
        with pytest.raises(LibraryDamagedError):
            Library.open(directory, write=True)
    recovery = Library.recover(directory)
    assert recovery.kept_aside.exists()
    source = "the damaged file" if readable else "library-2053-07-16.sqlite"
    assert recovery.source == source
    with Library.open(directory, write=True) as again:
        assert again.n_photos() == 0
        assert len(again.roots()) == 1
        model = again.use_model("fingerprint-1", "tiny", 16)
        again.save_batch(model, [make_photo(n) for n in range(50)], [])
        (photo,) = [photo for photo in again.photos(again.photo_ids()) if photo.id == rated]
        assert photo.path == b"photo-7.jpg"
        assert again.user_data.marks([rated])[rated].rating == 4


def test_without_a_good_backup_the_library_begins_empty(
    library: Library, directory: Path, rated: int
) -> None:
    library.close()
    _damage(directory / LIBRARY_NAME)
    (directory / backups.BACKUPS_NAME).mkdir()
    for path in [directory / backups.BACKUPS_NAME / "library-2026-01-01.sqlite"]:
        path.write_bytes(b"not a backup")
    assert Library.recover(directory).source is None
    with Library.open(directory, write=True) as again:
        assert again.roots() == []


def test_an_upgrade_is_backed_up_first(directory: Path) -> None:
    directory.mkdir()
    old = sqlite3.connect(directory / LIBRARY_NAME)
    old.executescript((Path(__file__).parent / "schema_v1.sql").read_text(encoding="utf-8"))
    old.close()
    Library.open(directory, write=True).close()
    kept = sqlite3.connect(directory / backups.BACKUPS_NAME / "before-1.sqlite")
    assert kept.execute("PRAGMA user_version").fetchone() == (1,)
    kept.close()


# ---------------------------------------------------------------- a choice of backups


def test_what_people_said_comes_back_from_a_backup(
    library: Library, directory: Path, rated: int, model_id: int
) -> None:
    backups.make_daily(directory, directory / LIBRARY_NAME, NOW)
    other = int(library.photo_ids()[0])
    library.user_data.change(SetMarks((rated,), rating=1, favourite=False))
    library.user_data.change(SetMarks((other,), rating=5, favourite=True))
    (backup,) = library.backups()
    assert (backup.name, backup.n_ratings) == ("library-2026-03-01.sqlite", 1)
    library.restore(backup.name)
    assert library.user_data.marks(library.photo_ids()) == {rated: Marks(rated, 4, True)}
    assert library.n_photos() == len(library.vector_ids(model_id)) == 50
    assert library.backups()[0].name == "before-restore.sqlite"
    library.restore("before-restore.sqlite")
    marks = library.user_data.marks(library.photo_ids())
    assert {key: item.rating for key, item in marks.items()} == {rated: 1, other: 5}


def test_a_restored_rating_finds_its_photo_by_content(
    library: Library,
    directory: Path,
    rated: int,
    root_id: int,
    model_id: int,
    make_photo: MakePhoto,
) -> None:
    backups.make_daily(directory, directory / LIBRARY_NAME, NOW)
    remove_root(library, root_id)
    root = library.add_root(os.path.dirname(library.directory.__fspath__().encode()))
    moved = make_photo(b"elsewhere.jpg", b"photo-7.jpg", root_id=root.id)
    (photo_id,) = library.save_batch(model_id, [moved], [])
    library.restore("library-2026-03-01.sqlite")
    assert library.user_data.marks([photo_id])[photo_id].rating == 4


def test_concepts_come_back_with_examples_that_are_of_no_photo(
    library: Library, directory: Path, rated: int
) -> None:
    examples = [NewExample(b"of a file"), NewExample(b"of a photo", rated)]
    concept_id = library.concepts.save("cat", examples)
    backups.make_daily(directory, directory / LIBRARY_NAME, NOW)
    library.user_data.change(ForgetConcept(concept_id))
    library.restore("library-2026-03-01.sqlite")
    found = library.concepts.examples(concept_id)
    assert [(each.picture, each.photo_id) for each in found] == [
        (b"of a file", None), (b"of a photo", rated)
    ]  # fmt: skip


def test_a_backup_that_is_not_good_is_neither_offered_nor_taken(
    library: Library, directory: Path, rated: int
) -> None:
    (directory / backups.BACKUPS_NAME).mkdir(exist_ok=True)
    (directory / backups.BACKUPS_NAME / "library-2026-01-01.sqlite").write_bytes(b"not a backup")
    assert library.backups() == []
    for name in ("library-2026-01-01.sqlite", "../library.sqlite", "nothing"):
        with pytest.raises(LibraryError, match="no good backup"):
            library.restore(name)
    assert library.user_data.marks([rated])[rated].rating == 4


# ---------------------------------------------------------------- moved folders


def test_a_moved_folder_is_relinked_in_one_step(
    library: Library, folder: Path, root_id: int, rated: int, tmp_path: Path
) -> None:
    photo = library.photo(rated)
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    with pytest.raises(RootError, match="none of the photos"):
        library.relink_root(root_id, os.fsencode(elsewhere))
    (elsewhere / os.fsdecode(photo.path)).write_bytes(b"x" * photo.size_bytes)
    root = library.relink_root(root_id, os.fsencode(elsewhere))
    assert (root.path, root.state, root.n_photos) == (os.fsencode(elsewhere), "online", 50)
    assert os.path.exists(library.photo(rated).absolute_path)
    with pytest.raises(RootError, match="not a folder"):
        library.relink_root(root_id, os.fsencode(tmp_path / "nowhere"))


def test_relinking_does_not_overlap(library: Library, root_id: int, tmp_path: Path) -> None:
    (tmp_path / "other" / "inner").mkdir(parents=True)
    library.add_root(os.fsencode(tmp_path / "other"))
    for path in (tmp_path / "other", tmp_path / "other" / "inner"):
        with pytest.raises(RootError, match="overlaps"):
            library.relink_root(root_id, os.fsencode(path))


# ---------------------------------------------------------------- file systems


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/mnt/nas/photos", "nfs4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nasty", "ext4"),
        ("/mnt/a b/c", "cifs"),
        ("/mnt/nas/local/x", "ext4"),
    ],
)
def test_innermost_mount_counts(path: str, kind: str) -> None:
    mounts = (
        "22 1 8:1 / / rw - ext4 /dev/vda rw\n"
        "30 22 0:40 / /mnt/nas rw shared:1 - nfs4 host:/x rw\n"
        "31 22 0:41 / /mnt/a\\040b rw - cifs //host/x rw\n"
        "32 30 8:2 / /mnt/nas/local rw - ext4 /dev/vdb rw\n"
    )
    assert file_system.kind_of_mount(mounts, path) == kind


def test_a_network_file_system_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_folder, "network_kind", lambda directory: "nfs4")
    with pytest.raises(LibraryError, match=r"network file system \(nfs4\)"):
        Library.open(directory, write=True)
    assert not directory.exists()
