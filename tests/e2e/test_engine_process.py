"""The engine in its own process with real decoders: served, killed, closed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.core.asking import Query
from app.core.library import Library
from app.core.messages import (
    OWN_JOB_ID,
    CancelJob,
    EngineReady,
    IndexFinished,
    IndexProgress,
    JobFailed,
    OpenPhoto,
    PhotoOpened,
    Search,
    SearchFinished,
    Shutdown,
    StartIndex,
)
from tests.engine_process import EngineProcess
from tests.fakes import make_album, save_photo


@pytest.fixture
def album(tmp_path: Path) -> Path:
    make_album(tmp_path / "相册", 300, size=(48, 36))
    return tmp_path / "相册"


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[Any]:
    """A function that starts engine processes on one library; all are ended afterwards."""
    started: list[EngineProcess] = []

    def start(**options: Any) -> EngineProcess:
        started.append(EngineProcess(tmp_path / "library", **options))
        return started[-1]

    yield start
    for engine in started:
        if not engine.connection.closed:
            engine.end()


def test_index_search_open(engines: Any, album: Path) -> None:
    engine = engines()
    engine.send(Search(1, Query("red")), StartIndex(2, (bytes(album),)))  # asked before it is ready
    assert isinstance(engine.until(EngineReady), EngineReady)
    assert isinstance(engine.events[0], EngineReady)
    assert engine.until(SearchFinished, job_id=1).hits == ()
    done = engine.until(IndexFinished, job_id=2)
    assert (done.found, done.indexed, done.problems) == (300, 300, ())
    engine.send(Search(3, Query("红色"), limit=50))
    hits = engine.until(SearchFinished, job_id=3).hits
    assert len(hits) == 50
    assert all(hit.match == "good" for hit in hits)
    engine.send(OpenPhoto(4, hits[0].photo_id, 48))
    assert len(engine.until(PhotoOpened, job_id=4).pixels) == 48 * 36 * 3
    decoders = engine.decoders()
    assert 1 <= len(decoders) <= 2
    engine.send(Shutdown())
    assert engine.end() == 0
    psutil.wait_procs(decoders, timeout=5)
    assert not any(decoder.is_running() for decoder in decoders)


def test_killed_while_indexing_nothing_is_lost(engines: Any, album: Path, tmp_path: Path) -> None:
    """Everything that was reported as done is in the library; the next run does the rest."""
    for least_done in (60, 200):  # while files are listed, and while they are encoded
        engine = engines()
        engine.send(StartIndex(1, (bytes(album),)))
        while (progress := engine.until(IndexProgress)).done < least_done:
            pass
        decoders = engine.decoders()
        os.kill(engine.process.pid, signal.SIGKILL)
        engine.end()
        psutil.wait_procs(decoders, timeout=5)
        assert not any(decoder.is_running() for decoder in decoders)
        with Library.open(tmp_path / "library", write=False) as library:
            (model,) = library.models()
            ids, _ = library.load_vectors(model.id)
            listed = [int(photo_id) for photo_id in library.photo_ids()]
            assert set(ids) <= set(listed)
            assert len(library.thumbnails(listed)) == len(listed)
            saved = len(ids)
            assert (len(listed) + saved) / 2 >= progress.done  # a listed file is half done
            assert saved < 300  # the kill came in the middle
    engine = engines()
    engine.send(StartIndex(1, (bytes(album),)), Search(2, Query("blue"), limit=50))
    done = engine.until(IndexFinished, job_id=1)
    assert (done.found, done.unchanged, done.indexed) == (300, saved, 300 - saved)
    engine.send(Search(3, Query("blue"), limit=50))
    assert len(engine.until(SearchFinished, job_id=3).hits) == 50
    engine.send(Shutdown())
    assert engine.end() == 0


def test_a_killed_decoder_is_replaced(engines: Any, album: Path) -> None:
    """The only one, so that nothing goes on without another and no photo meets two kills."""
    engine = engines(n_decoders=1)
    engine.send(StartIndex(1, (bytes(album),)))
    while engine.until(IndexProgress).done < 30:
        pass
    (decoder,) = engine.decoders()
    decoder.kill()
    done = engine.until(IndexFinished, job_id=1)
    assert (done.indexed, done.problems) == (300, ())
    (replacement,) = engine.decoders()
    assert replacement != decoder


def test_a_closed_pipe_ends_the_engine(engines: Any, album: Path) -> None:
    engine = engines()
    engine.send(StartIndex(1, (bytes(album),)))
    engine.until(IndexProgress)
    decoders = engine.decoders()
    assert engine.end() == 0
    psutil.wait_procs(decoders, timeout=5)
    assert not any(decoder.is_running() for decoder in decoders)


def test_cancel_answers_at_once(engines: Any, album: Path) -> None:
    engine = engines()
    engine.send(StartIndex(1, (bytes(album),)))
    while engine.until(IndexProgress).done < 20:
        pass
    engine.send(CancelJob(1))
    done = engine.until(IndexFinished, job_id=1)
    assert done.cancelled
    assert done.indexed < 300


def test_the_second_writer_says_why_it_cannot_start(engines: Any, album: Path) -> None:
    first = engines()
    first.until(EngineReady)
    second = engines()
    failed = second.until(JobFailed)
    assert (failed.job_id, failed.kind) == (0, "LibraryLockedError")
    assert second.end() == 0


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no signals like these on this system")
def test_ctrl_c_is_left_to_the_window(engines: Any, album: Path) -> None:
    engine = engines()
    engine.until(EngineReady)
    os.kill(engine.process.pid, signal.SIGINT)
    engine.send(Search(1, Query("red")))
    assert engine.until(SearchFinished, job_id=1)


def test_the_library_follows_the_disk(engines: Any, album: Path) -> None:
    """New, renamed and deleted files, without being asked."""
    for photo in sorted(album.iterdir())[12:]:
        photo.unlink()
    engine = engines()
    engine.send(StartIndex(1, (bytes(album),)))
    engine.until(IndexFinished, job_id=1)
    photo = save_photo(album / "later" / "new.png", "red", seed=5000)
    engine.until(IndexFinished, job_id=OWN_JOB_ID, indexed=1)
    photo.rename(album / "renamed.png")
    engine.until(IndexFinished, job_id=OWN_JOB_ID, moved=1)
    (album / "renamed.png").unlink()
    engine.until(IndexFinished, job_id=OWN_JOB_ID, removed=1)
    engine.send(Shutdown())
    assert engine.end() == 0
