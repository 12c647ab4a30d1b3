"""Index jobs against real folders: what is found, skipped, moved, removed and never lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.core.changes import SetMarks
from app.core.messages import (
    IndexFinished,
    IndexProgress,
    JobFailed,
    StartIndex,
)
from app.worker import disk_changes
from app.worker.decode_messages import DecodeReply, DecodeRequest, Refused
from app.worker.decoder import answer
from tests.engine_bench import EngineBench
from tests.fakes import (
    INLINE_MEMORY_BYTES,
    FakeEncoder,
    HeldPool,
    InlinePool,
    make_album,
    save_photo,
)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with 12 photos, two of each colour."""
    make_album(tmp_path / "相册", 12)
    return tmp_path / "相册"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[EngineBench]:
    with EngineBench(tmp_path / "library") as bench:
        yield bench


def _numbers(done: IndexFinished) -> tuple[int, int, int, int, int, int]:
    problems = len(done.problems)
    return (done.found, done.indexed, done.unchanged, done.moved, done.removed, problems)


# ---------------------------------------------------------------- first run and repetition


def test_everything_is_indexed_once(bench: EngineBench, album: Path) -> None:
    assert _numbers(bench.index(album)) == (12, 12, 0, 0, 0, 0)
    assert _numbers(bench.index(album)) == (12, 0, 12, 0, 0, 0)
    assert bench.encoder.n_images == 12
    assert len(bench.pool.requests) == 12, "once for both passes"
    assert bench.paths() == {path.name for path in album.iterdir()}


def test_what_is_kept_of_a_photo(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    library = bench.engine.library
    for photo in library.photos(library.photo_ids()):
        assert os.path.exists(photo.absolute_path)
        assert (photo.width_px, photo.height_px, photo.format) == (64, 48, "PNG")
        thumbnail = library.thumbnail(photo.id)
        assert thumbnail is not None
        assert thumbnail[:2] == b"\xff\xd8"
    (model,) = library.models()
    _, vectors = library.load_vectors(model.id)
    assert np.allclose(np.linalg.norm(vectors.astype(np.float32), axis=1), 1, atol=2e-3)


def test_no_roots_means_all_known_ones(bench: EngineBench, album: Path, tmp_path: Path) -> None:
    make_album(tmp_path / "second", 3)
    bench.index(album, tmp_path / "second")
    save_photo(tmp_path / "second" / "new.png", seed=99)
    assert _numbers(bench.index()) == (16, 1, 15, 0, 0, 0)
    assert _numbers(bench.index(album)) == (12, 0, 12, 0, 0, 0)


def test_a_second_start_goes_on_where_the_first_ended(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    bench.restart()
    assert _numbers(bench.index(album)) == (12, 0, 12, 0, 0, 0)
    assert len(bench.search("red").hits) == 12


def test_another_model_encodes_all_again_and_keeps_ids(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    before = sorted(bench.engine.library.photo_ids())
    bench.encoder = FakeEncoder("another-model")
    bench.restart()
    assert bench.search("red").hits == ()
    assert _numbers(bench.index(album)) == (12, 12, 0, 0, 0, 0)
    assert sorted(bench.engine.library.photo_ids()) == before
    assert len(bench.search("red").hits) == 12


def test_a_folder_that_is_none_fails_the_job(bench: EngineBench, tmp_path: Path) -> None:
    job_id = bench.new_id()
    bench.send(StartIndex(job_id, (bytes(tmp_path / "nowhere"),)))
    failed = bench.until(JobFailed, job_id=job_id)
    assert failed.kind == "RootError"
    assert failed.traceback_text == ""


# ---------------------------------------------------------------- changes on disk


def test_changed_content_is_encoded_again_under_the_same_id(
    bench: EngineBench, album: Path
) -> None:
    bench.index(album)
    path = album / "red_0000.png"
    before = {p.path: p.id for p in bench.engine.library.photos(bench.engine.library.photo_ids())}
    save_photo(path, "blue", (80, 60), seed=1)
    assert _numbers(bench.index(album)) == (12, 1, 11, 0, 0, 0)
    library = bench.engine.library
    after = {photo.path: photo for photo in library.photos(library.photo_ids())}
    assert after[b"red_0000.png"].id == before[b"red_0000.png"]
    assert after[b"red_0000.png"].width_px == 80
    best = {hit.photo_id for hit in bench.search("blue", limit=3).hits}
    assert before[b"red_0000.png"] in best


def test_a_touched_file_is_hashed_and_not_encoded(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    os.utime(album / "red_0000.png", ns=(5, 5))
    assert _numbers(bench.index(album)) == (12, 0, 12, 0, 0, 0)
    assert bench.encoder.n_images == 12
    bench.pool.requests.clear()
    assert _numbers(bench.index(album)) == (12, 0, 12, 0, 0, 0)
    assert bench.pool.requests == []


def test_moved_and_renamed_files_keep_their_photo(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    library = bench.engine.library
    ids = {photo.path: photo.id for photo in library.photos(library.photo_ids())}
    library.user_data.change(SetMarks((ids[b"red_0000.png"],), 5, True))
    (album / "sub").mkdir()
    (album / "red_0000.png").rename(album / "sub" / "renamed.png")
    (album / "blue_0002.png").rename(album / "other.png")
    assert _numbers(bench.index(album)) == (12, 0, 10, 2, 0, 0)
    assert bench.encoder.n_images == 12
    moved = {photo.path: photo.id for photo in library.photos(library.photo_ids())}
    assert moved[os.path.join(b"sub", b"renamed.png")] == ids[b"red_0000.png"]
    assert moved[b"other.png"] == ids[b"blue_0002.png"]
    assert library.user_data.marks([ids[b"red_0000.png"]])[ids[b"red_0000.png"]].rating == 5
    assert ids[b"red_0000.png"] in {hit.photo_id for hit in bench.search("red", limit=2).hits}


def test_a_renamed_folder_is_not_encoded_again(bench: EngineBench, tmp_path: Path) -> None:
    make_album(tmp_path / "root" / "before", 20)
    bench.index(tmp_path / "root")
    (tmp_path / "root" / "before").rename(tmp_path / "root" / "after")
    assert _numbers(bench.index(tmp_path / "root")) == (20, 0, 0, 20, 0, 0)
    assert bench.encoder.n_images == 20


def test_files_move_between_folders_of_the_library(bench: EngineBench, tmp_path: Path) -> None:
    make_album(tmp_path / "one", 6)
    make_album(tmp_path / "two", 1)
    bench.index(tmp_path / "one", tmp_path / "two")
    (tmp_path / "one" / "red_0000.png").unlink()
    (tmp_path / "one" / "blue_0002.png").rename(tmp_path / "two" / "blue.png")
    assert _numbers(bench.index()) == (6, 0, 5, 1, 1, 0)


def test_moved_into_another_folder_alone_rescanned(bench: EngineBench, tmp_path: Path) -> None:
    """The old place is not looked at in this run: the library itself sees that the file left."""
    make_album(tmp_path / "one", 6)
    (tmp_path / "two").mkdir()
    bench.index(tmp_path / "one", tmp_path / "two")
    library = bench.engine.library
    ids = {photo.path: photo.id for photo in library.photos(library.photo_ids())}
    (tmp_path / "one" / "blue_0002.png").rename(tmp_path / "two" / "blue.png")
    bench.index(tmp_path / "two")
    moved = {photo.path: photo.id for photo in library.photos(library.photo_ids())}
    assert moved == {k: v for k, v in ids.items() if k != b"blue_0002.png"} | {
        b"blue.png": ids[b"blue_0002.png"]
    }


def test_two_copies_of_a_moved_file_are_two_photos(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    shutil.copy(album / "red_0000.png", album / "copy1.png")
    shutil.copy(album / "red_0000.png", album / "copy2.png")
    (album / "red_0000.png").unlink()
    done = bench.index(album)
    assert (done.found, done.indexed, done.moved, done.removed) == (13, 1, 1, 0)
    assert {"copy1.png", "copy2.png"} <= bench.paths()
    assert len(bench.search("red").hits) == 13


def test_deleted_files_leave_the_library(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    for path in sorted(album.iterdir())[:5]:
        path.unlink()
    assert _numbers(bench.index(album)) == (7, 0, 7, 0, 5, 0)
    assert len(bench.search("red").hits) == 7
    assert bench.paths() == {path.name for path in album.iterdir()}


# ---------------------------------------------------------------- folders that go away


@pytest.mark.parametrize("how", ["missing", "empty", "file"])
def test_a_folder_that_went_away_is_offline_and_keeps_all(
    bench: EngineBench, album: Path, tmp_path: Path, how: str
) -> None:
    bench.index(album)
    away = tmp_path / "away"
    album.rename(away)
    if how == "empty":
        album.mkdir()
    if how == "file":
        album.write_bytes(b"x")
    done = bench.index()
    assert (done.indexed, done.removed, done.problems) == (0, 0, ())
    (root,) = bench.engine.library.roots()
    assert (root.state, root.n_photos) == ("offline", 12)
    assert len(bench.search("red").hits) == 12
    if how != "missing":
        album.rmdir() if how == "empty" else album.unlink()
    away.rename(album)
    assert _numbers(bench.index()) == (12, 0, 12, 0, 0, 0)
    assert bench.engine.library.roots()[0].state == "online"


def test_an_unreadable_subfolder_loses_nothing_and_is_named(
    bench: EngineBench, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_album(album / "closed", 3)
    bench.index(album)
    scandir = os.scandir

    def guarded(path: bytes) -> object:
        if os.fspath(path).endswith(b"closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", guarded)
        done = bench.index(album)
    assert (done.removed, done.unchanged) == (0, 12)
    assert [(problem.reason, problem.path.endswith("closed")) for problem in done.problems] == [
        ("permission", True)
    ]
    assert _numbers(bench.index(album)) == (15, 0, 15, 0, 0, 0)


def test_a_disk_that_leaves_during_the_run_loses_nothing(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EngineBench(tmp_path / "library", pool=HeldPool) as bench:
        job_id = bench.new_id()
        bench.send(StartIndex(job_id, (bytes(album),)))
        bench.step(4)
        album.rename(tmp_path / "away")
        assert isinstance(bench.pool, HeldPool)
        while not bench.of_kind(IndexFinished):
            bench.pool.release()
            bench.step()
        done = bench.until(IndexFinished, job_id=job_id)
        assert (done.indexed, done.removed, done.problems) == (0, 0, ())
        assert bench.engine.library.roots()[0].state == "offline"
        (tmp_path / "away").rename(album)
        bench.send(StartIndex(bench.new_id(), ()))
        while len(bench.of_kind(IndexFinished)) < 2:
            bench.pool.release()
            bench.step()
        assert bench.of_kind(IndexFinished)[-1].indexed == 12


# ---------------------------------------------------------------- problems


def test_bad_files_are_named_and_not_tried_again(
    bench: EngineBench, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (album / "text.jpg").write_bytes(b"not a picture")
    (album / "empty.png").touch()
    done = bench.index(album)
    assert _numbers(done) == (14, 12, 0, 0, 0, 2)
    assert {(os.path.basename(p.path), p.reason) for p in done.problems} == {
        ("text.jpg", "unsupported"),
        ("empty.png", "empty"),
    }
    bench.pool.requests.clear()
    assert _numbers(bench.index(album)) == (14, 0, 12, 0, 0, 2)
    assert bench.pool.requests == []
    monkeypatch.setattr(disk_changes, "decoder_version", lambda: "a newer decoder")
    bench.index(album)
    assert len(bench.pool.requests) == 2


def test_a_mended_file_is_no_problem_any_more(bench: EngineBench, album: Path) -> None:
    (album / "a.png").write_bytes(b"broken")
    assert len(bench.index(album).problems) == 1
    save_photo(album / "a.png", seed=50)
    assert _numbers(bench.index(album)) == (13, 1, 12, 0, 0, 0)
    (album / "a.png").write_bytes(b"broken again")
    assert _numbers(bench.index(album)) == (13, 0, 12, 0, 0, 1)
    assert "a.png" not in bench.paths()
    assert len(bench.search("red").hits) == 12
    (album / "a.png").unlink()
    assert _numbers(bench.index(album)) == (12, 0, 12, 0, 0, 0)


def test_a_problem_is_tried_again_only_when_asked(album: Path, tmp_path: Path) -> None:
    refusing = True

    def decode(request: DecodeRequest) -> DecodeReply:
        if refusing and request.path.endswith(b"red_0000.png"):
            return Refused("timeout", "longer than 10 s")
        return answer(request, INLINE_MEMORY_BYTES)

    with EngineBench(tmp_path / "library", pool=lambda: InlinePool(decode)) as bench:
        assert _numbers(bench.index(album)) == (12, 11, 0, 0, 0, 1)
        refusing = False
        assert _numbers(bench.index(album)) == (12, 0, 11, 0, 0, 1)
        assert _numbers(bench.index(album, retry_problems=True)) == (12, 1, 11, 0, 0, 0)


def test_a_crashed_decoder_is_a_named_problem(album: Path, tmp_path: Path) -> None:
    def decode(request: DecodeRequest) -> DecodeReply:
        if request.path.endswith(b"red_0000.png"):
            return Refused("crashed", "the decoder process ended with code -11")
        return answer(request, INLINE_MEMORY_BYTES)

    with EngineBench(tmp_path / "library", pool=lambda: InlinePool(decode)) as bench:
        done = bench.index(album)
        assert _numbers(done) == (12, 11, 0, 0, 0, 1)
        assert done.problems[0].reason == "crashed"


def test_a_file_that_vanishes_after_the_scan_is_no_problem(album: Path, tmp_path: Path) -> None:
    def decode(request: DecodeRequest) -> DecodeReply:
        if request.path.endswith(b"red_0000.png"):
            os.unlink(request.path)
        return answer(request, INLINE_MEMORY_BYTES)

    with EngineBench(tmp_path / "library", pool=lambda: InlinePool(decode)) as bench:
        assert _numbers(bench.index(album)) == (11, 11, 0, 0, 0, 0)


def test_names_that_are_not_text(bench: EngineBench, tmp_path: Path) -> None:
    folder = tmp_path / "names"
    folder.mkdir()
    names = [b"caf\xe9.png", b"line\nbreak.png", "照片 📷.png".encode(), b"\xff\xfe.png"]
    for at, name in enumerate(names):
        save_photo(tmp_path / "plain.png", seed=at).rename(folder / os.fsdecode(name))
    (folder / os.fsdecode(b"bad\xe9\x1b[31m.png")).write_bytes(b"x")
    done = bench.index(folder)
    assert _numbers(done) == (5, 4, 0, 0, 0, 1)
    assert done.problems[0].path.isprintable()
    library = bench.engine.library
    assert {photo.path for photo in library.photos(library.photo_ids())} == set(names)


# ---------------------------------------------------------------- two passes, copies, full disks


def test_files_and_thumbnails_come_first_newest_first(bench: EngineBench, album: Path) -> None:
    for at, path in enumerate(sorted(album.iterdir())):
        os.utime(path, ns=(0, at * 10**9))
    bench.send(StartIndex(bench.new_id(), (bytes(album),)))
    while not bench.engine._library.n_photos():  # type: ignore[union-attr]
        bench.step()
    library = bench.engine.library
    listed = library.photos(library.photo_ids())
    assert len(listed) == 12
    assert len(library.thumbnails([photo.id for photo in listed])) == 12
    assert bench.encoder.n_images == 0
    asked = [os.path.basename(request.path) for request in bench.pool.requests]
    assert asked == sorted(asked, reverse=True)
    assert bench.until(IndexFinished).indexed == 12
    assert len(bench.pool.requests) == 12, "once for both passes"


def test_pixels_that_did_not_fit_are_decoded_once_more(
    bench: EngineBench, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.worker.waiting.MAX_KEPT_BYTES", 100_000)
    monkeypatch.setattr("app.worker.spool.MAX_BYTES", 100_000)
    assert _numbers(bench.index(album)) == (12, 12, 0, 0, 0, 0)
    assert 24 < len(bench.pool.requests) <= 36
    assert len(bench.search("red").hits) == 12


@pytest.mark.parametrize("readable", [True, False])
def test_pixels_that_did_not_fit_into_memory_wait_on_disk(
    bench: EngineBench, album: Path, monkeypatch: pytest.MonkeyPatch, readable: bool
) -> None:
    monkeypatch.setattr("app.worker.waiting.MAX_KEPT_BYTES", 100_000)
    if not readable:
        monkeypatch.setattr("app.worker.spool.Spool.get", lambda *_: None)
    before = set(bench.engine.library.directory.iterdir())
    assert _numbers(bench.index(album)) == (12, 12, 0, 0, 0, 0)
    # Once for thumbnail, vector and regions; else once for each of the regions, some for vectors.
    assert (len(bench.pool.requests) == 12) == readable
    assert readable or len(bench.pool.requests) > 24
    assert [hit.match for hit in bench.search("red").hits].count("good") == 2
    assert set(bench.engine.library.directory.iterdir()) == before


def test_copies_are_encoded_once(bench: EngineBench, album: Path, tmp_path: Path) -> None:
    shutil.copy(album / "red_0000.png", album / "twin.png")
    assert bench.index(album).indexed == 13
    assert bench.encoder.n_images == 12
    shutil.copytree(album, tmp_path / "backup")
    assert bench.index(tmp_path / "backup").indexed == 13
    assert bench.encoder.n_images == 12
    assert len(bench.search("red").hits) == 26


def test_a_full_disk_pauses_and_goes_on_when_there_is_room(
    bench: EngineBench, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.worker.indexer._FULL_RETRY_S", 0.0)
    bench.index(album)
    store = bench.engine.library._store
    n_pages = store.number("PRAGMA page_count")
    make_album(album / "more", 200)
    store.run(f"PRAGMA max_page_count = {n_pages}")
    bench.send(StartIndex(bench.new_id(), ()))
    while not [e for e in bench.of_kind(IndexProgress) if e.waiting_for]:
        bench.step()
    told = bench.of_kind(IndexProgress)[-1]
    assert (told.phase, "disk is full" in told.waiting_for) == ("paused", True)
    bench.step(20)
    store.run(f"PRAGMA max_page_count = {n_pages + 10_000}")
    assert bench.until(IndexFinished, job_id=2).indexed == 200
    assert len(bench.search("red", limit=500).hits) == 212
    bench.engine.library.check()
