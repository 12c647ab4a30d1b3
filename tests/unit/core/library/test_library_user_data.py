from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import PhotoMissingError
from app.core.library import Library
from app.core.library.rows import NewPhoto, Rating
from app.core.library.store import Store

MakePhoto = Callable[..., NewPhoto]
NORMAL, FULL = 1, 2


def test_ratings_are_kept_changed_and_forgotten(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    one, two = library.save_batch(model_id, [make_photo(1), make_photo(2)], [])
    library.set_rating(one, 3, False)
    library.set_rating(two, 0, True)
    assert library.ratings([one, two]) == {one: Rating(one, 3, False), two: Rating(two, 0, True)}
    library.set_rating(one, 5, True)
    assert library.ratings([one]) == {one: Rating(one, 5, True)}
    library.set_rating(one, 0, False)
    assert library.ratings([one]) == {}
    with pytest.raises(ValueError, match="0 to 5"):
        library.set_rating(one, 6, False)
    with pytest.raises(PhotoMissingError):
        library.set_rating(999, 1, False)


def test_favourites_are_set_for_many_and_leave_the_stars(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    one, two, three = library.save_batch(model_id, [make_photo(i) for i in (1, 2, 3)], [])
    library.set_rating(one, 4, False)
    before = library.generation
    library.set_favourite([one, two, 999], True)
    assert library.generation > before
    assert library.ratings([one, two, three, 999]) == {
        one: Rating(one, 4, True),
        two: Rating(two, 0, True),
    }
    assert sorted(library.photo_ids(favourites=True).tolist()) == sorted([one, two])
    library.set_favourite([one, two, three], False)
    assert library.ratings([one, two, three]) == {one: Rating(one, 4, False)}


def test_what_people_made_is_on_disk_before_the_call_returns(
    library: Library,
    model_id: int,
    make_photo: MakePhoto,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    at_commit: list[int] = []
    run = Store.run

    def watched(store: Store, sql: str, params: object = ()) -> int:
        if sql == "COMMIT" and store.path.name == "library.sqlite":
            at_commit.append(store.value("PRAGMA synchronous"))
        return run(store, sql, params)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "run", watched)
    library.save_batch(model_id, [make_photo(2)], [])
    library.set_rating(photo_id, 4, False)
    library.save_batch(model_id, [make_photo(3)], [])
    assert at_commit == [NORMAL, FULL, NORMAL]


def test_a_failed_change_leaves_the_last_state(
    library: Library, model_id: int, make_photo: MakePhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    library.set_rating(photo_id, 4, False)

    def fail(_store: Store) -> None:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patched:
        patched.setattr("app.core.library.generation.raise_library", fail)
        with pytest.raises(RuntimeError, match="middle"):
            library.set_rating(photo_id, 1, True)
    assert library.ratings([photo_id]) == {photo_id: Rating(photo_id, 4, False)}
    assert library._store.value("PRAGMA synchronous") == NORMAL
    library.set_rating(photo_id, 2, False)
    assert library.ratings([photo_id])[photo_id].rating == 2


def test_ratings_survive_reopening(
    library: Library, directory: Path, model_id: int, make_photo: MakePhoto
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    library.set_rating(photo_id, 4, True)
    library.close()
    with Library.open(directory, write=False) as reader:
        assert reader.ratings([photo_id]) == {photo_id: Rating(photo_id, 4, True)}
