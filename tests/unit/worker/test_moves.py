"""Files that take each other's names: what was said of a photo goes where its content went."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.changes import SetMarks, TagPhotos
from app.core.library.rows import KnownFile, Photo, Root
from app.core.messages import IndexFinished
from app.core.scanning import FileFact
from app.worker.disk_changes import DiskChanges
from app.worker.moves import LeftPhotos
from tests.engine_bench import EngineBench
from tests.fakes import make_album, save_photo

N_PHOTOS = 6


@pytest.fixture
def album(tmp_path: Path) -> list[Path]:
    return make_album(tmp_path / "album", N_PHOTOS)


@pytest.fixture
def bench(tmp_path: Path, album: list[Path]) -> Iterator[EngineBench]:
    """An engine that indexed the album; photo number n has n stars, the first none."""
    with EngineBench(tmp_path / "library") as bench:
        bench.index(album[0].parent)
        ids = {photo.path: photo.id for photo in _photos(bench)}
        for stars, path in enumerate(album):
            change = SetMarks((ids[os.fsencode(path.name)],), rating=stars)
            bench.engine.library.user_data.change(change)
        yield bench


def _photos(bench: EngineBench) -> list[Photo]:
    library = bench.engine.library
    return library.photos(library.photo_ids())


def _stars(bench: EngineBench) -> dict[str, int]:
    """Stars by relative path; 0 for none."""
    marks = bench.engine.library.user_data.marks()
    return {
        photo.path.decode(): marks[photo.id].rating if photo.id in marks else 0
        for photo in _photos(bench)
    }


def _counts(done: IndexFinished) -> tuple[int, int, int, int, int]:
    return done.found, done.indexed, done.unchanged, done.moved, done.removed


def _found_by_search(bench: EngineBench) -> set[int]:
    return {hit.photo_id for hit in bench.search("red").hits}


def test_two_files_that_swapped_names(bench: EngineBench, album: list[Path]) -> None:
    first, second = album[1], album[4]
    between = first.with_suffix(".away")
    first.rename(between)
    second.rename(first)
    between.rename(second)
    assert _counts(bench.index(first.parent)) == (6, 0, 4, 2, 0)
    stars = _stars(bench)
    assert (stars[first.name], stars[second.name]) == (4, 1)
    assert bench.encoder.n_images == N_PHOTOS, "nothing is encoded again"
    assert _found_by_search(bench) == {photo.id for photo in _photos(bench)}


def test_names_that_moved_on_by_one(bench: EngineBench, album: list[Path]) -> None:
    last = album[-1].with_name("red_9999.png")
    for path, name in zip(album[::-1], [last, *album[:0:-1]], strict=True):
        path.rename(name)
    assert _counts(bench.index(last.parent)) == (6, 0, 0, 6, 0)
    expected = dict(enumerate([*album[1:], last]))
    assert _stars(bench) == {path.name: stars for stars, path in expected.items()}
    assert bench.encoder.n_images == N_PHOTOS
    bench.restart()
    assert _counts(bench.index(last.parent)) == (6, 0, 6, 0, 0)


def test_folders_that_swapped_names(bench: EngineBench, tmp_path: Path) -> None:
    root = tmp_path / "trips"
    for seed, name in enumerate(("one", "two")):
        save_photo(root / name / "same.png", seed=100 + seed)
    bench.index(root)
    (rated,) = (photo.id for photo in _photos(bench) if photo.path == b"one/same.png")
    bench.engine.library.user_data.change(TagPhotos("sea", (rated,)))
    (root / "one").rename(root / "three")
    (root / "two").rename(root / "one")
    (root / "three").rename(root / "two")
    assert _counts(bench.index(root)) == (2, 0, 0, 2, 0)
    assert {p.path for p in _photos(bench) if p.id == rated} == {b"two/same.png"}
    assert bench.engine.library.user_data.tags([rated]) == {rated: ("sea",)}


def test_a_swap_cut_short_is_finished_by_the_next_run(
    bench: EngineBench, album: list[Path]
) -> None:
    first, second = album[2], album[3]
    shutil.copyfile(second, first.with_suffix(".away"))
    first.rename(second)  # the first half of a swap: the second photo's file is gone for now
    bench.index(first.parent)
    assert _stars(bench)[second.name] == 2
    first.with_suffix(".away").rename(first)
    bench.restart()
    assert _counts(bench.index(first.parent))[3] == 1
    assert (_stars(bench)[first.name], _stars(bench)[second.name]) == (3, 2)


def test_a_photo_replaced_by_another_of_the_library_passes_its_stars_on(
    bench: EngineBench, album: list[Path]
) -> None:
    edited, original = album[0], album[5]
    edited.rename(original)
    assert _counts(bench.index(original.parent)) == (5, 0, 4, 1, 1)
    assert _stars(bench)[original.name] == 5, "it has none of its own"
    assert _found_by_search(bench) == {photo.id for photo in _photos(bench)}


def test_a_photo_replaced_by_new_content_stays_the_same_photo(
    bench: EngineBench, album: list[Path]
) -> None:
    new = save_photo(album[3].with_name("new.png"), "blue", (80, 60), seed=50)
    new.rename(album[3])
    assert _counts(bench.index(album[3].parent)) == (6, 1, 5, 0, 0)
    assert _stars(bench)[album[3].name] == 3


def test_an_original_put_aside_keeps_its_stars_and_the_edited_one_has_them(
    bench: EngineBench, album: list[Path]
) -> None:
    album[3].rename(album[3].with_name("original.png"))
    save_photo(album[3], "blue", (80, 60), seed=50)
    assert _counts(bench.index(album[3].parent)) == (7, 1, 5, 1, 0)
    stars = _stars(bench)
    assert (stars["original.png"], stars[album[3].name]) == (3, 3)


def test_a_moved_photo_with_an_unusable_file_in_its_place_is_still_found(
    bench: EngineBench, album: list[Path]
) -> None:
    os.utime(album[2], (1, 1))
    bench.index(album[2].parent)
    album[2].rename(album[2].with_name("moved.png"))
    album[2].write_bytes(b"no picture")
    done = bench.index(album[2].parent)
    assert [problem.reason for problem in done.problems] == ["unsupported"]
    assert _stars(bench)["moved.png"] == 2
    assert _found_by_search(bench) == {photo.id for photo in _photos(bench)}


def test_files_written_anew_with_the_same_content_are_unchanged(
    bench: EngineBench, album: list[Path]
) -> None:
    for path in album:
        shutil.copyfile(path, path.with_suffix(".new"))
        os.replace(path.with_suffix(".new"), path)
    shutil.copyfile(album[2], album[2].with_name("copy.png"))
    done = bench.index(album[0].parent)
    assert done.removed == 0
    stars = _stars(bench)
    assert [stars[path.name] for path in album] == list(range(N_PHOTOS))
    assert stars["copy.png"] == 2
    assert bench.encoder.n_images == N_PHOTOS


def test_of_many_files_of_one_size_only_those_of_the_same_time_are_asked_for() -> None:
    root = Root(1, b"/album", "/album", "online", 100, 100)
    changes = DiskChanges(root)
    changes.gone = {at: KnownFile(at, 500, at // 2, at, True, False) for at in range(100)}
    left = LeftPhotos()
    left.add(changes)
    assert left.like(FileFact(b"new", 500, 7, 1)) == [14, 15]
    assert left.like(FileFact(b"new", 501, 7, 1)) == []
    for photo_id in range(14, 100):
        left.settle(photo_id)
    assert left.like(FileFact(b"new", 500, 99, 1)) == list(range(14))
    assert sorted(changes.gone) == list(range(14))
