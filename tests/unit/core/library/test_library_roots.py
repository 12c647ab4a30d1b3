from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.changes import SetMarks
from app.core.errors import RootError
from app.core.library import Library
from app.core.library.rows import NewPhoto
from tests.unit.core.library.known import n_thumbnails, remove_root

MakePhoto = Callable[..., NewPhoto]


def test_a_root_is_added_once(library: Library, folder: Path) -> None:
    root = library.add_root(os.fsencode(folder))
    assert (root.path, root.display) == (os.fsencode(folder), str(folder))
    assert (root.state, root.n_photos, root.n_indexed) == ("online", 0, 0)
    before = library.generation
    assert library.add_root(os.fsencode(folder) + b"/") == root
    assert library.add_root(os.path.join(os.fsencode(folder), b"..", folder.name.encode())) == root
    assert library.roots() == [root]
    assert library.generation == before


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights there")
def test_a_link_to_a_root_is_that_root(library: Library, folder: Path, tmp_path: Path) -> None:
    root = library.add_root(os.fsencode(folder))
    (tmp_path / "link").symlink_to(folder)
    assert library.add_root(os.fsencode(tmp_path / "link")) == root


def test_roots_do_not_overlap(library: Library, folder: Path, tmp_path: Path) -> None:
    (folder / "inner").mkdir()
    beside = folder.with_name(folder.name + "2")
    beside.mkdir()
    library.add_root(os.fsencode(folder))
    with pytest.raises(RootError, match="inside"):
        library.add_root(os.fsencode(folder / "inner"))
    with pytest.raises(RootError, match="around"):
        library.add_root(os.fsencode(tmp_path))
    library.add_root(os.fsencode(beside))
    assert len(library.roots()) == 2


@pytest.mark.parametrize("name", ["missing", "file.jpg"])
def test_only_folders_can_be_added(library: Library, folder: Path, name: str) -> None:
    (folder / "file.jpg").touch()
    with pytest.raises(RootError, match="not a folder"):
        library.add_root(os.fsencode(folder / name))
    assert library.roots() == []


def test_a_known_root_is_returned_while_its_disk_is_away(library: Library, folder: Path) -> None:
    root = library.add_root(os.fsencode(folder))
    folder.rmdir()
    assert library.add_root(os.fsencode(folder)) == root


def test_an_offline_root_keeps_everything(
    library: Library, root_id: int, model_id: int, folder: Path, make_photo: MakePhoto
) -> None:
    ids = library.save_batch(model_id, [make_photo(n) for n in range(3)], [])
    library.set_root_state(root_id, "offline")
    folder.rmdir()
    (root,) = library.roots(model_id)
    assert (root.state, root.n_photos, root.n_indexed) == ("offline", 3, 3)
    assert sorted(library.photo_ids().tolist()) == ids
    assert library.thumbnail(ids[0]) is not None
    before = library.generation
    library.set_root_state(root_id, "offline")
    assert library.generation == before
    library.set_root_state(root_id, "online")
    assert library.roots()[0].state == "online"


def test_counts_are_per_model(
    library: Library, root_id: int, model_id: int, make_photo: MakePhoto
) -> None:
    other = library.use_model("other", "other", 4)
    library.save_batch(model_id, [make_photo(1), make_photo(2, vector=None)], [])
    assert [root.n_indexed for root in library.roots(model_id)] == [1]
    assert [root.n_indexed for root in library.roots(other)] == [0]
    assert [(root.n_photos, root.n_indexed) for root in library.roots()] == [(2, 0)]


def test_a_removed_root_takes_its_photos_and_leaves_the_others(
    library: Library, root_id: int, model_id: int, tmp_path: Path, make_photo: MakePhoto
) -> None:
    (tmp_path / "second").mkdir()
    second = library.add_root(os.fsencode(tmp_path / "second"))
    gone, _ = library.save_batch(model_id, [make_photo(1), make_photo(2)], [])
    (kept,) = library.save_batch(model_id, [make_photo(3, root_id=second.id)], [])
    library.user_data.change(SetMarks((gone,), 4, False))
    seen = library.model_facts(model_id)[2]
    assert remove_root(library, root_id) == 2
    assert library.photo_ids().tolist() == [kept]
    assert library.load_vectors(model_id)[0].tolist() == [kept]
    assert library.user_data.marks([gone]) == {}
    assert library.model_facts(model_id)[2] > seen
    assert n_thumbnails(library) == 1
    with pytest.raises(RootError, match="No folder"):
        remove_root(library, root_id)
    with pytest.raises(RootError, match="No folder"):
        library.set_root_state(root_id, "offline")


def test_ids_are_never_used_again(
    library: Library, root_id: int, model_id: int, folder: Path, make_photo: MakePhoto
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    remove_root(library, root_id)
    again = library.add_root(os.fsencode(folder))
    assert again.id > root_id
    (later,) = library.save_batch(model_id, [make_photo(1, root_id=again.id)], [])
    assert later > photo_id
