"""Index jobs under control: pause, cancel, progress, failures, folders removed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.changes import TakeOutFolder
from app.core.messages import (
    CancelJob,
    ChangeLibrary,
    IndexFinished,
    IndexProgress,
    JobFailed,
    LibraryChanged,
    PauseJob,
    ResumeJob,
    StartIndex,
)
from tests.engine_bench import EngineBench
from tests.fakes import (
    FakeEncoder,
    HeldPool,
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


# ---------------------------------------------------------------- pause, cancel, progress


def test_pause_stops_the_work_and_resume_goes_on(bench: EngineBench, album: Path) -> None:
    job_id = bench.new_id()
    bench.send(StartIndex(job_id, (bytes(album),)), PauseJob(job_id))
    bench.step(50)
    assert bench.of_kind(IndexProgress)[-1].phase == "paused"
    assert bench.encoder.n_images == 0
    assert not bench.engine.is_busy
    bench.send(ResumeJob(job_id))
    assert bench.engine.is_busy
    assert bench.until(IndexFinished, job_id=job_id).indexed == 12


def test_pause_in_the_middle(bench: EngineBench, album: Path) -> None:
    job_id = bench.new_id()
    bench.send(StartIndex(job_id, (bytes(album),)))
    while not bench.encoder.n_images:
        bench.step()
    done_before = bench.encoder.n_images
    bench.send(PauseJob(job_id))
    bench.step(50)
    assert bench.encoder.n_images == done_before < 12
    assert bench.search("red").hits
    bench.send(ResumeJob(job_id))
    assert bench.until(IndexFinished, job_id=job_id).indexed == 12


def test_cancel_keeps_what_is_done(bench: EngineBench, album: Path) -> None:
    job_id = bench.new_id()
    bench.send(StartIndex(job_id, (bytes(album),)))
    while not bench.encoder.n_images:
        bench.step()
    bench.send(CancelJob(job_id))
    done = bench.until(IndexFinished, job_id=job_id)
    assert done.cancelled
    assert 0 < done.indexed < 12
    (root,) = bench.engine.library.roots(bench.engine.library.models()[0].id)
    assert (root.n_photos, root.n_indexed) == (12, done.indexed)
    bench.send(CancelJob(job_id), CancelJob(12345))
    again = bench.index(album)
    assert (again.indexed, again.unchanged) == (12 - done.indexed, done.indexed)


def test_cancel_removes_nothing(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    (album / "red_0000.png").unlink()
    save_photo(album / "new.png", seed=70)
    job_id = bench.new_id()
    bench.send(StartIndex(job_id, (bytes(album),)))
    bench.step()
    bench.send(CancelJob(job_id))
    assert bench.until(IndexFinished, job_id=job_id).removed == 0
    assert bench.engine.library.n_photos() == 12


def test_cancelling_a_paused_or_waiting_job_ends_it(bench: EngineBench, album: Path) -> None:
    first, second = bench.new_id(), bench.new_id()
    bench.send(StartIndex(first, (bytes(album),)), StartIndex(second, (bytes(album),)))
    bench.step(2)
    bench.send(PauseJob(first), CancelJob(second), CancelJob(first))
    assert bench.until(IndexFinished, job_id=second).cancelled
    assert bench.until(IndexFinished, job_id=first).cancelled


def test_progress_is_complete_and_monotonic(bench: EngineBench, album: Path) -> None:
    (album / "bad.jpg").write_bytes(b"x")
    bench.index(album)
    everything = bench.of_kind(IndexProgress)
    told = [event for event in everything if event.phase != "refining"]
    refining = [event for event in everything if event.phase == "refining"]
    assert told[0].phase == "scanning"
    assert everything == [*told, *refining]
    assert (refining[0].done, refining[-1].done, refining[-1].total) == (0, 12, 12)
    assert (told[-1].done, told[-1].total, told[-1].n_problems) == (13, 13, 1)
    done = [event.done for event in told]
    assert done == sorted(done)
    assert all(event.done <= event.total for event in told)


def test_changes_are_told_with_growing_generations(bench: EngineBench, album: Path) -> None:
    bench.index(album)
    changes = bench.of_kind(LibraryChanged)
    assert any(change.roots for change in changes)
    assert any(change.photos for change in changes)
    generations = [change.generation for change in changes]
    assert generations == sorted(generations)
    assert generations[-1] == bench.engine.library.generation


def test_decoding_runs_ahead_by_a_bounded_number(tmp_path: Path) -> None:
    make_album(tmp_path / "many", 300, size=(16, 16))
    with EngineBench(tmp_path / "library", pool=HeldPool) as bench:
        bench.send(StartIndex(1, (bytes(tmp_path / "many"),)))
        bench.step(30)
        assert isinstance(bench.pool, HeldPool)
        assert 0 < len(bench.pool.waiting) < 100
        bench.send(CancelJob(1))
        bench.until(IndexFinished, job_id=1)
        assert all(future.cancelled() for _, future in bench.pool.waiting)


def test_a_folder_can_be_removed_while_it_is_indexed(
    bench: EngineBench, album: Path, tmp_path: Path
) -> None:
    make_album(tmp_path / "second", 9)
    job_id = bench.new_id()
    bench.send(StartIndex(job_id, (bytes(album), bytes(tmp_path / "second"))))
    while not bench.encoder.n_images:
        bench.step()
    first, _ = bench.engine.library.roots()
    bench.send(ChangeLibrary(bench.new_id(), TakeOutFolder(first.id)))
    done = bench.until(IndexFinished, job_id=job_id)
    assert not done.cancelled
    assert [root.n_photos for root in bench.engine.library.roots()] == [9]
    assert len(bench.search("red").hits) == 9
    last = bench.of_kind(IndexProgress)[-1]
    assert last.done == last.total


def test_an_encoder_that_lacks_memory_gets_smaller_batches(album: Path, tmp_path: Path) -> None:
    from fgclip2 import DeviceMemoryError

    def refuse(n_images: int) -> None:
        if n_images > 1:
            raise DeviceMemoryError("too many")

    with EngineBench(tmp_path / "library", encoder=FakeEncoder(on_encode=refuse)) as bench:
        assert bench.index(album).indexed == 12


def test_an_encoder_that_fails_fails_the_job_and_not_the_engine(
    album: Path, tmp_path: Path
) -> None:
    from fgclip2 import FgclipError

    faults = [FgclipError("broken"), RuntimeError("very broken")]

    def fail(n_images: int) -> None:
        if faults:
            raise faults.pop(0)

    with EngineBench(tmp_path / "library", encoder=FakeEncoder(on_encode=fail)) as bench:
        for job_id, kind in ((1, "ModelError"), (2, "EngineError")):
            bench.send(StartIndex(job_id, (bytes(album),)))
            failed = bench.until(JobFailed, job_id=job_id)
            assert failed.kind == kind
        assert "very broken" in failed.traceback_text
        bench.new_id(), bench.new_id()
        assert bench.index(album).indexed == 12


def test_photo_folders_are_only_read(bench: EngineBench, album: Path) -> None:
    def snapshot() -> dict[str, tuple[int, int, bytes]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes())
            for path in album.rglob("*")
            if path.is_file()
        }

    (album / "bad.jpg").write_bytes(b"x")
    before = snapshot()
    bench.index(album)
    bench.search("red")
    assert snapshot() == before
