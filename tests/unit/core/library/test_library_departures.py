from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.changes import SetMarks
from app.core.errors import PhotoMissingError, RootError
from app.core.library import Library
from app.core.library.rows import NewPhoto
from tests.unit.core.library.known import known_files, n_thumbnails

MakePhoto = Callable[..., NewPhoto]


@pytest.fixture
def photo(
    library: Library, root_id: int, model_id: int, folder: Path, make_photo: MakePhoto
) -> tuple[int, NewPhoto]:
    """A photo whose file is there, beside another file."""
    new = make_photo(b"a.jpg")
    (folder / "a.jpg").touch()
    (folder / "other.jpg").touch()
    return library.save_batch(model_id, [new], [])[0], new


def moved(library: Library, new: NewPhoto) -> int | None:
    return library.find_moved(new.root_id, new.content_hash, new.size_bytes)


def test_a_photo_whose_file_is_there_did_not_move(
    library: Library, photo: tuple[int, NewPhoto]
) -> None:
    assert moved(library, photo[1]) is None


def test_a_photo_whose_file_is_gone_is_found_by_content(
    library: Library, folder: Path, photo: tuple[int, NewPhoto]
) -> None:
    photo_id, new = photo
    (folder / "a.jpg").unlink()
    assert moved(library, new) == photo_id
    assert library.find_moved(new.root_id, new.content_hash, new.size_bytes + 1) is None
    assert library.find_moved(new.root_id, b"other", new.size_bytes) is None


@pytest.mark.parametrize("away", ["offline", "missing", "empty"])
def test_a_file_out_of_reach_is_not_gone(
    library: Library, folder: Path, photo: tuple[int, NewPhoto], away: str
) -> None:
    _, new = photo
    (folder / "a.jpg").unlink()
    if away == "offline":
        library.set_root_state(new.root_id, "offline")
    else:
        (folder / "other.jpg").unlink()
    if away == "missing":
        folder.rmdir()
    assert moved(library, new) is None


def test_a_move_keeps_id_vector_thumbnail_and_rating(
    library: Library, model_id: int, folder: Path, tmp_path: Path, photo: tuple[int, NewPhoto]
) -> None:
    photo_id, new = photo
    library.user_data.change(SetMarks((photo_id,), 4, True))
    (tmp_path / "second").mkdir()
    second = library.add_root(os.fsencode(tmp_path / "second"))
    (folder / "a.jpg").rename(tmp_path / "second" / "b.jpg")
    assert library.find_moved(second.id, new.content_hash, new.size_bytes) == photo_id
    library.move_photo(photo_id, second.id, "新/b.jpg".encode(), new.size_bytes, 77, 88)
    at = library.photo(photo_id)
    assert (at.root_id, at.display, at.mtime_ns, at.inode) == (second.id, "新/b.jpg", 77, 88)
    assert library.user_data.marks([photo_id])[photo_id].favourite
    assert library.thumbnail(photo_id) == new.thumbnail
    assert [root.n_indexed for root in library.roots(model_id)] == [0, 1]
    assert known_files(library, new.root_id, model_id) == {}


def test_of_several_the_one_in_the_same_root_comes_first(
    library: Library, root_id: int, model_id: int, tmp_path: Path, make_photo: MakePhoto
) -> None:
    folders = [tmp_path / "second", tmp_path / "third"]
    ids = []
    for folder in folders:
        folder.mkdir()
        (folder / "other").touch()
        root = library.add_root(os.fsencode(folder))
        ids += library.save_batch(model_id, [make_photo(1, content=b"c", root_id=root.id)], [])
    new = make_photo(1, content=b"c")
    roots = library.roots()
    assert library.find_moved(roots[1].id, new.content_hash, new.size_bytes) == ids[0]
    assert library.find_moved(roots[2].id, new.content_hash, new.size_bytes) == ids[1]
    assert library.find_moved(root_id, new.content_hash, new.size_bytes) == ids[0]


def test_files_that_swapped_names_keep_what_was_said_of_them(
    library: Library, root_id: int, model_id: int, make_photo: MakePhoto
) -> None:
    a, b = make_photo(b"a.jpg"), make_photo(b"b.jpg")
    id_a, id_b = library.save_batch(model_id, [a, b], [])
    library.user_data.change(SetMarks((id_b,), 2, False))
    library.move_photo(id_a, root_id, b"b.jpg", a.size_bytes, 1, 1)
    assert library.n_photos() == 1
    assert library.load_vectors(model_id)[0].tolist() == [id_a]
    assert moved(library, b) == id_b
    library.move_photo(id_b, root_id, b"a.jpg", b.size_bytes, 2, 2)
    assert {photo.path: photo.id for photo in library.photos([id_a, id_b])} == {
        b"b.jpg": id_a,
        b"a.jpg": id_b,
    }
    assert library.user_data.marks([id_b])[id_b].rating == 2
    assert library.load_vectors(model_id)[0].tolist() == [id_a, id_b]


def test_moving_clears_a_problem_at_the_new_place(
    library: Library,
    photo: tuple[int, NewPhoto],
    model_id: int,
    make_problem: Callable[..., object],
) -> None:
    photo_id, new = photo
    library.save_batch(model_id, [], [make_problem(b"b.jpg")])  # type: ignore[list-item]
    library.move_photo(photo_id, new.root_id, b"b.jpg", new.size_bytes, 1, 1)
    assert library.problems() == []


def test_moving_what_is_not_there_is_an_error(library: Library, root_id: int) -> None:
    with pytest.raises(PhotoMissingError):
        library.move_photo(99, root_id, b"a", 1, 1, 1)
    with pytest.raises(RootError):
        library.move_photo(99, root_id + 1, b"a", 1, 1, 1)


def test_a_touched_photo_is_up_to_date(
    library: Library, root_id: int, model_id: int, photo: tuple[int, NewPhoto]
) -> None:
    library.touch_photo(photo[0], 123, 2**64 - 1)
    known = known_files(library, root_id, model_id)[b"a.jpg"]
    assert (known.mtime_ns, known.inode) == (123, -1)


def test_a_removed_photo_leaves_nothing_unless_people_said_something(
    library: Library, directory: Path, model_id: int, make_photo: MakePhoto
) -> None:
    plain, rated, tagged, filed = library.save_batch(
        model_id, [make_photo(n) for n in range(4)], []
    )
    library.user_data.change(SetMarks((rated,), 5, False))
    library._store.run("INSERT INTO tags VALUES (1, 'summer')")
    library._store.run("INSERT INTO photo_tags VALUES (?, 1)", (tagged,))
    library._store.run("INSERT INTO albums VALUES (1, 'best', '2026')")
    library._store.run("INSERT INTO album_photos VALUES (1, ?, 0)", (filed,))
    assert library.remove_photos([plain, rated, tagged, filed, 999]) == 4
    assert library.n_photos() == 0
    assert len(library.vector_ids(model_id)) == 0
    library.close()
    with Library.open(directory, write=True) as later:
        kept = later._store.rows("SELECT id FROM photos ORDER BY id")
        assert [row[0] for row in kept] == [rated, tagged, filed]
        again = make_photo(1)
        assert moved(later, again) == rated
        assert later.save_batch(model_id, [again], []) == [rated]
        assert later.user_data.marks([rated])[rated].rating == 5
        assert later.photo_ids().tolist() == [rated]


def test_a_parked_photo_is_dropped_with_its_thumbnail_at_the_next_start(
    library: Library, directory: Path, root_id: int, model_id: int, make_photo: MakePhoto
) -> None:
    a, _ = library.save_batch(model_id, [make_photo(b"a.jpg"), make_photo(b"b.jpg")], [])
    library.move_photo(a, root_id, b"b.jpg", 1, 1, 1)
    library.close()
    with Library.open(directory, write=True) as later:
        assert later._store.rows("SELECT id FROM photos") == [(a,)]
        assert n_thumbnails(later) == 1


def test_a_copy_keeps_what_was_said_of_the_original(
    library: Library, photo: tuple[int, NewPhoto], model_id: int, make_photo: MakePhoto
) -> None:
    photo_id, new = photo
    library.user_data.change(SetMarks((photo_id,), rating=5, favourite=True))
    (copy_id,) = library.save_batch(model_id, [make_photo(b"copy.jpg", new.path)], [])
    assert library.user_data.marks([copy_id])[copy_id].rating == 5
    library.user_data.change(SetMarks((copy_id,), rating=0, favourite=False))
    library.save_batch(model_id, [make_photo(b"copy.jpg", new.path)], [])
    assert (
        library.user_data.marks([copy_id]) == {}
    )  # taken back, and listed again: it stays taken back


def test_a_copy_takes_over_from_an_original_that_is_deleted(
    library: Library, photo: tuple[int, NewPhoto], model_id: int, make_photo: MakePhoto
) -> None:
    photo_id, new = photo
    (copy_id,) = library.save_batch(model_id, [make_photo(b"copy.jpg", new.path)], [])
    library.user_data.change(SetMarks((photo_id,), rating=5, favourite=True))
    library.remove_photos([photo_id])
    assert library.user_data.marks([copy_id])[copy_id].favourite


def test_a_photo_on_a_disk_that_is_away_did_not_move(
    library: Library,
    folder: Path,
    photo: tuple[int, NewPhoto],
    model_id: int,
    make_photo: MakePhoto,
) -> None:
    _, new = photo
    on_disk = make_photo(b"disk/b.jpg", b"content of b")
    (photo_id,) = library.save_batch(model_id, [on_disk], [])
    assert moved(library, on_disk) == photo_id
    library.set_mounts(new.root_id, {b"disk": True})
    assert moved(library, on_disk) is None
    library.set_mounts(new.root_id, {b"disk": False})
    assert moved(library, on_disk) == photo_id
