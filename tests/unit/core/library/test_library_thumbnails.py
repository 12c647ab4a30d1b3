from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.library import Library
from app.core.library.rows import NewPhoto
from app.core.library.thumbnails import THUMBNAILS_NAME
from tests.unit.core.library.known import known_files

MakePhoto = Callable[..., NewPhoto]


def test_thumbnails_live_in_their_own_file_by_content(
    library: Library, directory: Path, model_id: int, make_photo: MakePhoto
) -> None:
    photos = [make_photo(n) for n in range(1200)]
    ids = library.save_batch(model_id, photos, [])
    found = library.thumbnails(ids)
    assert found == {i: photo.thumbnail for i, photo in zip(ids, photos, strict=True)}
    assert library.thumbnails([999_999]) == {}
    assert library.thumbnail(999_999) is None
    with Library.open(directory, write=False) as reader:
        assert reader.thumbnail(ids[5]) == photos[5].thumbnail


def test_a_newer_thumbnail_replaces_the_older_one(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    library.save_batch(model_id, [make_photo(1, thumbnail=b"larger")], [])
    assert library.thumbnail(photo_id) == b"larger"
    library._thumbnails.save([(make_photo(1).content_hash, b"largest")])
    assert library.thumbnail(photo_id) == b"largest"


def test_a_damaged_file_is_set_aside_and_made_again(
    library: Library,
    directory: Path,
    root_id: int,
    model_id: int,
    make_photo: MakePhoto,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    library.close()
    (directory / THUMBNAILS_NAME).write_bytes(b"no database" * 1000)
    with caplog.at_level(logging.WARNING), Library.open(directory, write=False) as reader:
        assert reader.thumbnail(photo_id) is None
        assert reader.photo(photo_id).id == photo_id
    assert "thumbnails cannot be read" in caplog.text
    with Library.open(directory, write=True) as later:
        assert later.thumbnail(photo_id) is None
        assert not known_files(later, root_id, model_id)[b"photo-1.jpg"].has_thumbnail
        later.save_batch(model_id, [make_photo(1)], [])
        assert later.thumbnail(photo_id) == b"jpeg of photo-1.jpg"
    assert (directory / f"{THUMBNAILS_NAME}.damaged").read_bytes().startswith(b"no database")


def test_damage_while_open_does_not_stop_the_indexing(
    library: Library, directory: Path, model_id: int, make_photo: MakePhoto
) -> None:
    library.save_batch(model_id, [make_photo(n) for n in range(500)], [])
    library._thumbnails._store.run("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    path = directory / THUMBNAILS_NAME
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)
    library._thumbnails._store.run("PRAGMA cache_size = 0")  # type: ignore[union-attr]
    ids = library.save_batch(model_id, [make_photo(n) for n in range(500, 700)], [])
    assert library.n_photos() == 700
    assert library.thumbnail(ids[0]) == b"jpeg of photo-500.jpg"


def test_a_reader_follows_to_the_new_file(
    library: Library, directory: Path, model_id: int, make_photo: MakePhoto
) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    with Library.open(directory, write=False) as reader:
        library.close()
        (directory / THUMBNAILS_NAME).unlink()
        assert reader.thumbnail(photo_id) is None
        with Library.open(directory, write=True) as later:
            later.save_batch(model_id, [make_photo(1)], [])
            assert reader.thumbnail(photo_id) == b"jpeg of photo-1.jpg"
