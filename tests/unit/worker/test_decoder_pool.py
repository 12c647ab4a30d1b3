"""Real decoder processes: what they load, what they survive, what they leave behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from app.core.errors import EngineError
from app.worker import decoder_pool
from app.worker.decode_messages import DecodedPhoto, DecodedPixels, PhotoRequest, PixelsRequest
from app.worker.decoder import READY, ProcessLimits
from app.worker.decoder_pool import DecoderPool, default_process_count
from tests.decoder_targets import serve_modules, serve_naughty, serve_nothing
from tests.fakes import make_album, save_photo

WAIT_S = 60
MB = 1 << 20


@contextmanager
def _pool(n_processes: int = 1, **options: Any) -> Iterator[DecoderPool]:
    with DecoderPool(n_processes, **options) as pool:
        yield pool


def _request(path: Path) -> PhotoRequest:
    return PhotoRequest(os.fsencode(path), 64, 320)


def _reasons(futures: list[Future[Any]]) -> list[str]:
    replies = [future.result(WAIT_S) for future in futures]
    return [getattr(reply, "reason", "good") for reply in replies]


def test_photos_come_back_decoded(tmp_path: Path) -> None:
    album = make_album(tmp_path, 12)
    with _pool(2) as pool:
        replies = [pool.submit(_request(path)) for path in album]
        for path, future in zip(album, replies, strict=True):
            reply = future.result(WAIT_S)
            assert isinstance(reply, DecodedPhoto)
            assert reply.size_bytes == path.stat().st_size
        pixels = pool.submit(PixelsRequest(os.fsencode(album[0]), 20), urgent=True).result(WAIT_S)
        assert isinstance(pixels, DecodedPixels)
        assert (pixels.width_px, pixels.height_px) == (20, 15)
        ids = pool.process_ids()
        assert 1 <= len(ids) <= 2
    assert not any(psutil.pid_exists(pid) for pid in ids)


def test_a_decoder_loads_neither_qt_nor_a_model(tmp_path: Path) -> None:
    save_photo(tmp_path / "a.jpg")
    with _pool(target=serve_modules) as pool:
        reply = pool.submit(_request(tmp_path / "a.jpg")).result(WAIT_S)
    loaded = set(reply.camera.split())
    assert {"PIL", "numpy"} <= loaded
    assert not loaded & {"PySide6", "torch", "transformers", "openvino", "hnswlib", "sqlite_utils"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("crash.jpg", "crashed"),
        ("exit.jpg", "crashed"),
        ("hang.jpg", "timeout"),
        ("busy.jpg", "timeout"),
        ("hog.jpg", "too_large"),
        ("garble.jpg", "crashed"),
    ],
)
def test_misbehaviour_costs_one_file(tmp_path: Path, name: str, reason: str) -> None:
    good = [save_photo(tmp_path / f"good{at}.jpg") for at in range(4)]
    bad = save_photo(tmp_path / name)
    limits: dict[str, Any] = {"total_memory_bytes": 400 * MB, "time_limit_s": 1.5}
    with _pool(1, target=serve_naughty, **limits) as pool:
        futures = [pool.submit(_request(path)) for path in (*good[:2], bad, *good[2:])]
        assert _reasons(futures) == ["good", "good", reason, "good", "good"]
        detail = futures[2].result().detail
        assert detail.isprintable()
        assert detail


def test_a_decoder_that_the_machine_keeps_waiting_gets_more_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_pool, "_state_of", lambda pid: ("R", 0.0))
    with _pool(1, target=serve_naughty, time_limit_s=0.5) as pool:
        pool.submit(_request(save_photo(tmp_path / "good.jpg"))).result(WAIT_S)
        started_s = time.monotonic()
        assert _reasons([pool.submit(_request(save_photo(tmp_path / "hang.jpg")))]) == ["timeout"]
        assert time.monotonic() - started_s >= 1.5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long a process ran")
def test_the_state_of_a_process_is_read() -> None:
    state, cpu_s = decoder_pool._state_of(os.getpid())
    assert state == "R"
    assert 0 < cpu_s < 10_000
    assert decoder_pool._state_of(2**30) == ("?", 0.0)


def test_many_crashes_in_a_row_leave_the_pool_working(tmp_path: Path) -> None:
    bad = save_photo(tmp_path / "crash.jpg")
    good = save_photo(tmp_path / "good.jpg")
    with _pool(2, target=serve_naughty) as pool:
        futures = [pool.submit(_request(path)) for path in [bad] * 3 + [good]]
        assert _reasons(futures) == ["crashed"] * 3 + ["good"]


def test_decoders_that_never_start_are_no_fault_of_the_files(tmp_path: Path) -> None:
    with _pool(2, target=serve_nothing) as pool:
        for _ in range(2):  # asked again it tries again
            futures = [pool.submit(_request(tmp_path / "a.jpg")) for _ in range(3)]
            for future in futures:
                with pytest.raises(EngineError, match="No decoder process can be started"):
                    future.result(timeout=60)


def test_a_killed_idle_decoder_is_replaced(tmp_path: Path) -> None:
    good = save_photo(tmp_path / "good.jpg")
    with _pool(1) as pool:
        assert _reasons([pool.submit(_request(good))]) == ["good"]
        (pid,) = pool.process_ids()
        psutil.Process(pid).kill()
        assert _reasons([pool.submit(_request(good)) for _ in range(3)]) == ["good"] * 3
        assert pool.process_ids() != [pid]


def test_photos_of_decoders_that_are_all_killed_are_tried_again(tmp_path: Path) -> None:
    """Each holds a photo of its own when they are killed, so that none is hit twice."""
    hold = tmp_path / "hold"
    hold.touch()
    photos = [save_photo(tmp_path / f"held{at}.jpg") for at in range(2)]
    with _pool(2, target=serve_naughty, time_limit_s=WAIT_S) as pool:
        futures = [pool.submit(_request(photo)) for photo in photos]
        while not all(future.running() for future in futures):
            _wait_a_little(set(futures))
            assert not any(future.done() for future in futures)
        killed = [psutil.Process(pid) for pid in pool.process_ids()]
        for process in killed:
            process.kill()
        while any(process.is_running() for process in killed):  # until the pool has missed them
            _wait_a_little(set(futures))
        hold.unlink()
        assert _reasons(futures) == ["good"] * 2
        assert not {process.pid for process in killed} & set(pool.process_ids())


def test_a_decoder_that_dies_as_it_is_asked_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_request: object) -> None:
        raise BrokenPipeError

    good = save_photo(tmp_path / "good.jpg")
    with _pool(1) as pool:
        assert _reasons([pool.submit(_request(good))]) == ["good"]
        monkeypatch.setattr(pool._workers[0].connection, "send", lost)
        assert _reasons([pool.submit(_request(good))]) == ["good"]


def test_a_file_that_needs_more_than_its_share_is_decoded_alone(tmp_path: Path) -> None:
    """Two decoders share 400 MB: neither half holds the picture, all of it does."""
    Image.new("L", (14000, 12000), 90).save(tmp_path / "big.png", compress_level=1)
    small = make_album(tmp_path / "small", 4)
    with _pool(2, total_memory_bytes=400 * MB) as pool:
        futures = [pool.submit(_request(path)) for path in (tmp_path / "big.png", *small)]
        assert _reasons(futures) == ["good"] * 5
        assert futures[0].result().width_px == 14000
        big = _request(tmp_path / "big.png")
    with _pool(2, total_memory_bytes=300 * MB) as pool:
        assert _reasons([pool.submit(big), pool.submit(_request(small[0]))]) == [
            "too_large",
            "good",
        ]


def test_memory_of_all_decoders_stays_within_the_total(tmp_path: Path) -> None:
    """Large pictures at the same time: resident memory is watched while they are decoded."""
    Image.new("L", (12000, 9000), 90).save(tmp_path / "big.png", compress_level=1)
    total = 440 * MB
    peak = 0
    with _pool(2, total_memory_bytes=total) as pool:
        waiting = {pool.submit(_request(tmp_path / "big.png")) for _ in range(4)}
        while waiting:
            peak = max(peak, sum(_resident(pid) for pid in pool.process_ids()))
            done = {future for future in waiting if future.done()}
            assert all(isinstance(future.result(), DecodedPhoto) for future in done)
            waiting -= done
            if waiting:
                _wait_a_little(waiting)
    assert 0 < peak <= total


def _resident(pid: int) -> int:
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def _wait_a_little(futures: set[Future[Any]]) -> None:
    from concurrent.futures import wait

    wait(futures, timeout=0.02, return_when="FIRST_COMPLETED")


def test_urgent_requests_overtake(tmp_path: Path) -> None:
    album = make_album(tmp_path, 40)
    finished: list[str] = []
    with _pool(1) as pool:
        pool.submit(_request(album[0])).result(WAIT_S)
        queued = [pool.submit(_request(path)) for path in album]
        for future in queued:
            future.add_done_callback(lambda _: finished.append("normal"))
        urgent = pool.submit(_request(album[0]), urgent=True)
        urgent.add_done_callback(lambda _: finished.append("urgent"))
        _reasons([*queued, urgent])
    assert finished.index("urgent") < 39


def test_cancelled_requests_are_not_run(tmp_path: Path) -> None:
    hang = save_photo(tmp_path / "hang.jpg")
    with _pool(1, target=serve_naughty, time_limit_s=1.0) as pool:
        first = pool.submit(_request(hang))
        second = pool.submit(_request(hang))
        assert second.cancel()
        third = pool.submit(_request(save_photo(tmp_path / "good.jpg")))
        assert _reasons([first, third]) == ["timeout", "good"]
        with pytest.raises(CancelledError):
            second.result()


def test_closing_ends_what_runs_and_cancels_what_waits(tmp_path: Path) -> None:
    hang = save_photo(tmp_path / "hang.jpg")
    pool = DecoderPool(1, target=serve_naughty)
    pool.submit(_request(save_photo(tmp_path / "good.jpg"))).result(WAIT_S)
    running, waiting = pool.submit(_request(hang)), pool.submit(_request(hang))
    while not running.running():
        assert not running.done()
    ids = pool.process_ids()
    pool.close()
    pool.close()
    assert running.result(0).reason == "crashed"
    assert waiting.cancelled()
    assert not any(psutil.pid_exists(pid) for pid in ids)
    with pytest.raises(RuntimeError):
        pool.submit(_request(hang))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no alarm signal")
def test_a_decoder_whose_engine_died_does_not_hang_for_ever(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve_naughty, args=(theirs, ProcessLimits(400 * MB, 1)))
    process.start()
    assert ours.recv_bytes() == READY
    ours.send((_request(save_photo(tmp_path / "hang.jpg")), 400 * MB))
    process.join(WAIT_S)
    assert process.exitcode == -signal.SIGALRM
    process.close()
    ours.close()
    theirs.close()


def test_an_unused_pool_starts_nothing() -> None:
    with _pool(2) as pool:
        assert pool.process_ids() == []


def test_default_number_of_processes() -> None:
    assert 1 <= default_process_count() <= 4
    with _pool(0) as pool:
        assert pool.n_processes == default_process_count()
