"""Progress: honest rates, no more than twenty messages a second."""

from __future__ import annotations

import pytest

from app.core.messages import Event, IndexProgress
from app.worker.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def progress(clock: Clock, told: list[Event]) -> Progress:
    return Progress(7, told.append, clock)


def _work(progress: Progress, clock: Clock, seconds: float, rate: float) -> None:
    for _ in range(int(seconds * 10)):
        clock.now_s += 0.1
        progress.add_work(int(rate / 10))


def test_at_most_twenty_a_second(progress: Progress, clock: Clock, told: list[Event]) -> None:
    for _ in range(1000):
        clock.now_s += 0.001
        progress.report()
    assert 15 <= len(told) <= 21
    progress.report(force=True)
    assert len(told) <= 22


def test_rate_is_that_of_the_last_seconds(progress: Progress, clock: Clock) -> None:
    progress.found, progress.phase = 10_000, "indexing"
    progress.start_work()
    _work(progress, clock, 60, 100)
    assert progress.rate() == pytest.approx(100, rel=0.02)
    _work(progress, clock, 20, 20)
    assert progress.rate() == pytest.approx(20, rel=0.05)
    assert progress.seconds_left() == pytest.approx((10_000 - 6400) / 20, rel=0.05)


def test_pauses_and_skipped_files_do_not_count(progress: Progress, clock: Clock) -> None:
    progress.found, progress.phase, progress.skipped = 5000, "indexing", 4000
    progress.start_work()
    _work(progress, clock, 4, 50)
    progress.stop_work()
    clock.now_s += 3600
    progress.start_work()
    _work(progress, clock, 4, 50)
    assert progress.rate() == pytest.approx(50, rel=0.05)
    assert progress.seconds_left() == pytest.approx(600 / 50, rel=0.05)


def test_time_left_is_unknown_at_first_and_while_scanning(progress: Progress, clock: Clock) -> None:
    progress.found = 100
    assert progress.seconds_left() is None
    progress.start_work()
    _work(progress, clock, 0.5, 20)
    assert progress.seconds_left() is None
    _work(progress, clock, 2, 20)
    assert progress.seconds_left() is None  # still scanning
    progress.phase = "indexing"
    assert progress.seconds_left() == pytest.approx(2.5, rel=0.1)


def test_a_standstill_lowers_the_rate(progress: Progress, clock: Clock) -> None:
    progress.found, progress.phase = 1000, "indexing"
    progress.start_work()
    _work(progress, clock, 5, 50)
    clock.now_s += 20
    assert progress.rate() < 12


def test_report_holds_the_counts(progress: Progress, told: list[Event]) -> None:
    progress.found, progress.skipped, progress.worked, progress.n_problems = 9, 3, 2, 1
    progress.report(force=True)
    event = told[0]
    assert isinstance(event, IndexProgress)
    assert (event.job_id, event.found, event.done, event.total, event.n_problems) == (7, 9, 5, 9, 1)
