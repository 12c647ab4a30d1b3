from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core.changes import SetMarks
from app.core.errors import PhotoMissingError, RootError
from app.core.library import Library
from app.core.library.rows import KnownFile, NewPhoto, NewProblem
from tests.unit.core.library.known import known_files, n_thumbnails, remove_root

MakePhoto = Callable[..., NewPhoto]
MakeProblem = Callable[..., NewProblem]


def test_a_photo_comes_back_as_it_went_in(
    library: Library, root_id: int, model_id: int, folder: Path, make_photo: MakePhoto
) -> None:
    new = make_photo(
        "深/\u202ea\n".encode() + b"\xff.jpg",
        taken_at="2021-02-03T04:05:06",
        camera="Kamera \x00\u202eX",
        mtime_ns=-5,
    )
    (photo_id,) = library.save_batch(model_id, [new], [])
    photo = library.photo(photo_id)
    for name in ("path", "size_bytes", "mtime_ns", "inode", "content_hash", "width_px"):
        assert getattr(photo, name) == getattr(new, name)
    for name in ("root_id", "height_px", "taken_at", "format", "average_rgb"):
        assert getattr(photo, name) == getattr(new, name)
    assert photo.display == "深/\\u202ea\\n\\xff.jpg"
    assert photo.camera == "Kamera \\0\\u202eX"
    assert photo.absolute_path == os.path.join(os.fsencode(folder), new.path)
    assert library.thumbnail(photo_id) == new.thumbnail
    ids, vectors = library.load_vectors(model_id)
    assert ids.tolist() == [photo_id]
    assert np.array_equal(vectors[0], new.vector.astype(np.float16))


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.binary(min_size=1, max_size=255), inode=st.integers(0, 2**64 - 1))
def test_any_path_and_inode_come_back(
    library: Library,
    root_id: int,
    model_id: int,
    make_photo: MakePhoto,
    path: bytes,
    inode: int,
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(path, inode=inode)], [])
    assert library.photo(photo_id).path == path
    assert (known_files(library, root_id, model_id)[path].inode - inode) % 2**64 == 0


def test_saying_a_batch_twice_changes_nothing(
    library: Library,
    root_id: int,
    model_id: int,
    make_photo: MakePhoto,
    make_problem: MakeProblem,
) -> None:
    photos = [make_photo(n) for n in range(5)]
    problems = [make_problem(b"bad.jpg")]
    first = library.save_batch(model_id, photos, problems)
    before = (library.photos(first), known_files(library, root_id, model_id))
    again = library.save_batch(model_id, photos, problems)
    assert again == first
    assert (library.photos(first), known_files(library, root_id, model_id)) == before
    assert library.n_photos() == 5
    assert len(library.problems()) == 1
    assert len(library.load_vectors(model_id)[0]) == 5


def test_new_content_keeps_the_id_and_drops_old_vectors(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    other = library.use_model("other", "other", 4)
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    library.save_vectors(other, [photo_id], np.eye(4, dtype=np.float32)[:1], 128)
    (same,) = library.save_batch(model_id, [make_photo(1, content=b"edited", vector=None)], [])
    assert same == photo_id
    assert library.photo(photo_id).size_bytes == len(b"edited")
    assert len(library.load_vectors(model_id)[0]) == 0
    assert len(library.load_vectors(other)[0]) == 0
    assert library.thumbnail(photo_id) == b"jpeg of edited"
    assert n_thumbnails(library) == 1


def test_same_content_without_vector_keeps_the_one_it_has(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    library.save_batch(model_id, [make_photo(1)], [])
    library.save_batch(model_id, [make_photo(1, vector=None, mtime_ns=9)], [])
    assert len(library.load_vectors(model_id)[0]) == 1


def test_two_photos_of_one_content_share_the_thumbnail_until_both_left(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    one, two = library.save_batch(
        model_id, [make_photo(1, content=b"c"), make_photo(2, content=b"c")], []
    )
    library.remove_photos([one])
    assert library.thumbnail(two) == b"jpeg of c"
    library.remove_photos([two])
    assert n_thumbnails(library) == 0


def test_a_good_file_clears_its_problem_and_a_problem_hides_its_photo(
    library: Library,
    root_id: int,
    model_id: int,
    make_photo: MakePhoto,
    make_problem: MakeProblem,
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(b"a.jpg")], [])
    library.user_data.change(SetMarks((photo_id,), 5, True))
    library.save_batch(model_id, [], [make_problem(b"a.jpg")])
    assert library.n_photos() == 0
    assert len(library.load_vectors(model_id)[0]) == 0
    assert known_files(library, root_id, model_id) == {
        b"a.jpg": KnownFile(None, 3, 5, 9, False, True, "1")
    }
    with pytest.raises(PhotoMissingError):
        library.photo(photo_id)

    (again,) = library.save_batch(model_id, [make_photo(b"a.jpg", vector=None)], [])
    assert again == photo_id
    assert library.problems() == []
    assert library.user_data.marks([photo_id])[photo_id].rating == 5
    assert library.load_vectors(model_id)[0].tolist() == [photo_id]  # the same content


def test_a_hidden_photo_survives_a_restart(
    directory: Path,
    library: Library,
    model_id: int,
    make_photo: MakePhoto,
    make_problem: MakeProblem,
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(b"a.jpg")], [])
    library.save_batch(model_id, [], [make_problem(b"a.jpg")])
    library.close()
    with Library.open(directory, write=True) as later:
        assert later.save_batch(model_id, [make_photo(b"a.jpg")], []) == [photo_id]


def test_problems_tell_their_facts_and_can_be_cleared(
    library: Library, root_id: int, model_id: int, folder: Path, make_problem: MakeProblem
) -> None:
    library.save_batch(
        model_id, [], [make_problem(b"b\n.jpg", detail="bad \x1b[31m"), make_problem(b"a.jpg")]
    )
    first, second = library.problems(root_id)
    assert (first.path, second.path) == (b"a.jpg", b"b\n.jpg")
    assert (second.display, second.detail) == ("b\\n.jpg", "bad \\x1b[31m")
    assert second.absolute_path == os.path.join(os.fsencode(folder), b"b\n.jpg")
    assert first.reason == "truncated"
    assert library.problems(root_id + 1) == []
    before = library.generation
    library.clear_problems(root_id, [b"a.jpg", b"never seen"])
    assert [problem.path for problem in library.problems()] == [b"b\n.jpg"]
    assert library.generation == before + 1
    library.clear_problems(root_id, [b"never seen"])
    assert library.generation == before + 1


def test_known_files_tell_what_to_do(
    library: Library,
    root_id: int,
    model_id: int,
    make_photo: MakePhoto,
    make_problem: MakeProblem,
) -> None:
    photos = [make_photo(1), make_photo(2, vector=None), make_photo(3, thumbnail=None)]
    ids = library.save_batch(model_id, photos, [make_problem(b"bad")])
    other = library.use_model("other", "other", 8)
    known = known_files(library, root_id, model_id)
    assert set(known) == {photo.path for photo in photos} | {b"bad"}
    assert [known[photo.path].photo_id for photo in photos] == ids
    assert [known[photo.path].has_vector for photo in photos] == [True, False, True]
    assert [known[photo.path].has_thumbnail for photo in photos] == [True, True, False]
    assert known[b"bad"].problem
    assert known[b"bad"].decoder_version == "1"
    assert not any(fact.has_vector for fact in known_files(library, root_id, other).values())


def test_photos_come_in_the_order_asked_without_those_that_left(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    ids = library.save_batch(model_id, [make_photo(n) for n in range(2000)], [])
    library.remove_photos(ids[:2])
    asked = np.array([ids[7], ids[0], ids[3], 10**9, ids[7]])
    assert [photo.id for photo in library.photos(asked)] == [ids[7], ids[3], ids[7]]
    assert len(library.photos(ids)) == 1998
    with pytest.raises(PhotoMissingError, match="not in the library"):
        library.photo(ids[0])


def test_newest_first_by_date_taken_else_by_change(
    library: Library, root_id: int, model_id: int, make_photo: MakePhoto
) -> None:
    second_ns = 1_000_000_000
    photos = [
        make_photo(1, taken_at="2020-01-01T00:00:00", mtime_ns=2_000_000_000 * second_ns),
        make_photo(2, mtime_ns=1_700_000_000 * second_ns),
        make_photo(3, taken_at="2024-06-01T12:00:00+02:00"),
        make_photo(4, taken_at="not a date", mtime_ns=1_000_000_000 * second_ns),
        make_photo(5, mtime_ns=1_700_000_000 * second_ns),
    ]
    one, two, three, four, five = library.save_batch(model_id, photos, [])
    assert library.photo_ids().tolist() == [three, five, two, one, four]
    assert library.photo_ids().dtype == np.int64
    assert library.photo_ids(root_id).tolist() == [three, five, two, one, four]
    assert library.photo_ids(root_id + 1).tolist() == []
    library.user_data.change(SetMarks((two,), 0, True))
    library.user_data.change(SetMarks((three,), 5, False))
    assert library.photo_ids(favourites=True).tolist() == [two]
    assert library.photo_ids(root_id, favourites=True).tolist() == [two]


def test_a_batch_for_a_root_that_left_stores_nothing(
    library: Library, root_id: int, model_id: int, make_photo: MakePhoto
) -> None:
    remove_root(library, root_id)
    before = library.generation
    with pytest.raises(RootError, match="removed"):
        library.save_batch(model_id, [make_photo(1)], [])
    assert library.n_photos() == 0
    assert library.generation == before


def test_a_batch_with_one_bad_vector_stores_nothing(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    wrong = make_photo(2, vector=np.full(16, np.nan, np.float32))
    with pytest.raises(ValueError, match="finite"):
        library.save_batch(model_id, [make_photo(1), wrong], [])
    assert library.n_photos() == 0


def test_every_committed_change_raises_the_generation(
    library: Library, root_id: int, model_id: int, make_photo: MakePhoto, make_problem: MakeProblem
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    steps: list[Callable[[], object]] = [
        lambda: library.save_batch(model_id, [make_photo(2)], []),
        lambda: library.save_batch(model_id, [], [make_problem(b"bad")]),
        lambda: library.touch_photo(photo_id, 1, 2),
        lambda: library.user_data.change(SetMarks((photo_id,), 3, False)),
        lambda: library.save_vectors(model_id, [photo_id], np.ones((1, 16), np.float32), 1024),
        lambda: library.set_root_state(root_id, "offline"),
        lambda: library.move_photo(photo_id, root_id, b"new.jpg", 1, 2, 3),
        lambda: library.remove_photos([photo_id]),
        lambda: remove_root(library, root_id),
    ]
    for step in steps:
        before = library.generation
        step()
        assert library.generation > before
    before = library.generation
    library.save_batch(model_id, [], [])
    library.remove_photos([photo_id])
    assert library.generation == before
