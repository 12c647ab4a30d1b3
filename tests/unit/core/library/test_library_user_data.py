from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.asking import Query
from app.core.changes import (
    AddToAlbum,
    Change,
    CreateAlbum,
    DeleteAlbum,
    ForgetPastSearches,
    Marks,
    PutBackFolder,
    RelinkFolder,
    RemoveFromAlbum,
    RenameAlbum,
    SetMarks,
    TagPhotos,
    TakeOutFolder,
    TakeOutPhotos,
)
from app.core.errors import AlbumError, AppError, RootError
from app.core.library import Library
from app.core.library.rows import NewPhoto
from app.core.library.store import Store

MakePhoto = Callable[..., NewPhoto]
NORMAL, FULL = 1, 2


def test_ratings_are_kept_changed_and_forgotten(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    one, two = library.save_batch(model_id, [make_photo(1), make_photo(2)], [])
    library.user_data.change(SetMarks((one,), 3, False))
    library.user_data.change(SetMarks((two,), 0, True))
    assert library.user_data.marks([one, two]) == {
        one: Marks(one, 3, False),
        two: Marks(two, 0, True),
    }
    library.user_data.change(SetMarks((one,), 5, True))
    assert library.user_data.marks([one]) == {one: Marks(one, 5, True)}
    library.user_data.change(SetMarks((one,), 0, False))
    assert library.user_data.marks([one]) == {}
    with pytest.raises(ValueError, match="0 to 5"):
        library.user_data.change(SetMarks((one,), 6, False))
    library.user_data.change(SetMarks((999,), 1, False))
    assert library.user_data.marks() == {two: Marks(two, 0, True)}, "unknown photos are skipped"


def test_favourites_are_set_for_many_and_leave_the_stars(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    one, two, three = library.save_batch(model_id, [make_photo(i) for i in (1, 2, 3)], [])
    library.user_data.change(SetMarks((one,), 4, False))
    before = library.generation
    library.user_data.change(SetMarks((one, two, 999), favourite=True))
    assert library.generation > before
    assert library.user_data.marks([one, two, three, 999]) == {
        one: Marks(one, 4, True),
        two: Marks(two, 0, True),
    }
    assert sorted(library.photo_ids(favourites=True).tolist()) == sorted([one, two])
    library.user_data.change(SetMarks((one, two, three), favourite=False))
    assert library.user_data.marks([one, two, three]) == {one: Marks(one, 4, False)}


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
    library.user_data.change(SetMarks((photo_id,), 4, False))
    library.save_batch(model_id, [make_photo(3)], [])
    assert at_commit == [NORMAL, FULL, NORMAL]


def test_a_failed_change_leaves_the_last_state(
    library: Library, model_id: int, make_photo: MakePhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    library.user_data.change(SetMarks((photo_id,), 4, False))

    def fail(_store: Store) -> None:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patched:
        patched.setattr("app.core.library.generation.raise_library", fail)
        with pytest.raises(RuntimeError, match="middle"):
            library.user_data.change(SetMarks((photo_id,), 1, True))
    assert library.user_data.marks([photo_id]) == {photo_id: Marks(photo_id, 4, False)}
    assert library._store.value("PRAGMA synchronous") == NORMAL
    library.user_data.change(SetMarks((photo_id,), 2, False))
    assert library.user_data.marks([photo_id])[photo_id].rating == 2


def test_ratings_survive_reopening(
    library: Library, directory: Path, model_id: int, make_photo: MakePhoto
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    library.user_data.change(SetMarks((photo_id,), 4, True))
    library.close()
    with Library.open(directory, write=False) as reader:
        assert reader.user_data.marks([photo_id]) == {photo_id: Marks(photo_id, 4, True)}


# ---------------------------------------------------------------- every change has its inverse


def state_of(library: Library) -> dict[str, object]:
    """All that people can see of what they made."""
    user_data = library.user_data
    ids = library.photo_ids().tolist()
    return {
        "photos": ids,
        "marks": user_data.marks(),
        "albums": [
            (album, user_data.album_photo_ids(album.id).tolist()) for album in user_data.albums()
        ],
        "tags": user_data.tags(ids),
        "folders": library.roots(),
        "history": library.searches.history(),
    }


changes = st.one_of(
    st.builds(
        SetMarks,
        photo_ids=st.lists(st.integers(1, 7), max_size=4).map(tuple),
        rating=st.none() | st.integers(0, 5),
        favourite=st.none() | st.booleans(),
        flag=st.none() | st.sampled_from([-1, 0, 1]),
    ),
    st.builds(
        CreateAlbum,
        name=st.sampled_from(["Lake", "湖", " two  words "]),
        photo_ids=st.lists(st.integers(1, 7), max_size=4).map(tuple),
    ),
    st.builds(RenameAlbum, album_id=st.integers(1, 3), name=st.sampled_from(["Sea", "海"])),
    st.builds(DeleteAlbum, album_id=st.integers(1, 3)),
    st.builds(
        AddToAlbum,
        album_id=st.integers(1, 3),
        photo_ids=st.lists(st.integers(1, 7), max_size=4).map(tuple),
    ),
    st.builds(
        RemoveFromAlbum,
        album_id=st.integers(1, 3),
        photo_ids=st.lists(st.integers(1, 7), max_size=4).map(tuple),
    ),
    st.builds(
        TagPhotos,
        name=st.sampled_from(["family", "家"]),
        photo_ids=st.lists(st.integers(1, 7), max_size=4).map(tuple),
        tagged=st.booleans(),
    ),
    st.builds(
        TakeOutPhotos,
        photo_ids=st.lists(st.integers(1, 7), max_size=4).map(tuple),
        trashed=st.booleans(),
    ),
    st.just(TakeOutFolder(1)),
    st.builds(ForgetPastSearches, past_ids=st.lists(st.integers(1, 4), max_size=3).map(tuple)),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=st.lists(changes, min_size=1, max_size=8))
def test_what_is_undone_is_as_it_was(
    wanted: list[Change],
    tmp_path_factory: pytest.TempPathFactory,
    make_vectors: Callable[..., np.ndarray],
) -> None:
    directory = tmp_path_factory.mktemp("undo")
    with Library.open(directory / "library", write=True) as library:
        root_id = library.add_root(bytes(directory)).id
        model_id = library.use_model("f", "tiny", 16)
        library.save_batch(model_id, [new_photo(root_id, at, make_vectors) for at in range(6)], [])
        for text in ("red", "猫", "a boat"):
            library.searches.remember(Query(text))
        inverses, states = [], [state_of(library)]
        for change in wanted:
            try:
                inverses.append(library.user_data.change(change).inverse)
            except AppError:
                continue
            states.append(state_of(library))
        for inverse in reversed(inverses):
            assert state_of(library) == states.pop()
            redo = library.user_data.change(inverse).inverse
            undo_again = library.user_data.change(redo).inverse
            library.user_data.change(undo_again)
        assert state_of(library) == states.pop()
        library.check()


def new_photo(root_id: int, at: int, make_vectors: Callable[..., np.ndarray]) -> NewPhoto:
    """A photo with a path and a content of its own."""
    return NewPhoto(
        root_id,
        b"%d.jpg" % at,
        5,
        at,
        at,
        bytes([at]) * 32,
        64,
        48,
        None,
        None,
        "jpeg",
        0,
        thumbnail=None,
        vector=make_vectors(1, seed=at)[0],
        patches=16,
    )


def test_albums_keep_their_order_and_say_what_is_wrong(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    one, two, three = library.save_batch(model_id, [make_photo(i) for i in (1, 2, 3)], [])
    user_data = library.user_data
    user_data.change(CreateAlbum("  A  lake ", (three, one)))
    (album,) = user_data.albums()
    assert (album.name, album.n_photos) == ("A lake", 2)
    added = user_data.change(AddToAlbum(album.id, (one, two, 999)))
    assert added.inverse == RemoveFromAlbum(album.id, (two,)), "only what was not in it"
    assert user_data.album_photo_ids(album.id).tolist() == [three, one, two]
    library.remove_photos([one])
    assert user_data.album_photo_ids(album.id).tolist() == [three, two]
    for wrong in (
        CreateAlbum("  "),
        RenameAlbum(album.id, ""),
        RenameAlbum(99, "x"),
        DeleteAlbum(99),
    ):
        with pytest.raises(AlbumError):
            user_data.change(wrong)


def test_a_removed_folder_comes_back_by_being_added_and_goes_for_good_when_reopened(
    library: Library,
    directory: Path,
    folder: Path,
    model_id: int,
    root_id: int,
    make_photo: MakePhoto,
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    library.user_data.change(SetMarks((photo_id,), rating=4))
    library.user_data.change(TakeOutFolder(root_id))
    assert library.add_root(bytes(folder)).id == root_id
    assert library.photo_ids().tolist() == [photo_id]
    assert library.user_data.marks()[photo_id].rating == 4
    library.user_data.change(TakeOutFolder(root_id))
    library.close()
    with Library.open(directory, write=True) as again:
        assert again.roots() == []
        assert again.user_data.marks() == {}
        with pytest.raises(RootError):
            again.user_data.change(PutBackFolder(root_id))


def test_a_folder_is_looked_for_elsewhere_and_back(
    library: Library, tmp_path: Path, folder: Path, root_id: int, model_id: int,
    make_photo: MakePhoto,
) -> None:  # fmt: skip
    elsewhere = tmp_path / "elsewhere"
    for place in (folder, elsewhere):
        place.mkdir(exist_ok=True)
        (place / "photo-1.jpg").write_bytes(b"photo-1.jpg")
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    done = library.user_data.change(RelinkFolder(root_id, bytes(elsewhere)))
    assert library.photo(photo_id).absolute_path == bytes(elsewhere / "photo-1.jpg")
    library.user_data.change(done.inverse)
    assert library.photo(photo_id).absolute_path == bytes(folder / "photo-1.jpg")
    with pytest.raises(RootError, match="none of the photos"):
        library.user_data.change(RelinkFolder(root_id, bytes(tmp_path / "library")))
