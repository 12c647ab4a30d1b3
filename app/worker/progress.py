"""How far an index job is, told honestly and not too often."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from app.core.messages import Event, IndexProgress

Phase = Literal["scanning", "indexing", "refining", "paused"]

MIN_INTERVAL_S = 0.05
_WINDOW_S = 10.0
_SURE_AFTER_S = 1.0


class Progress:
    """Counts of one job, sent at most 20 times a second.

    The rate is that of the last ten seconds of work; what was skipped as unchanged and time spent
    paused do not count.
    """

    def __init__(
        self,
        job_id: int,
        send: Callable[[Event], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._job_id = job_id
        self._send = send
        self._clock = clock
        self._sent_at_s = -1.0
        self._marks: deque[tuple[float, float]] = deque()
        self._worked_s = 0.0
        self._resumed_at_s: float | None = None
        self.phase: Phase = "scanning"
        self.root_id: int | None = None
        self.found = 0
        self.skipped = 0
        self.worked = 0
        self.listed = 0
        self.n_problems = 0
        self.waiting_for = ""
        self.waiting_kind = ""

    @property
    def total(self) -> int:
        """All files of the job, as far as it is known."""
        return self.found

    @property
    def done(self) -> int:
        """Files that need no more work, and half of those that wait for their vector only."""
        return min(self.skipped + self.worked + self.listed // 2, self.found)

    def start_work(self) -> None:
        """Let the clock of the rate run."""
        if self._resumed_at_s is None:
            self._resumed_at_s = self._clock()
            self._mark()

    def stop_work(self) -> None:
        """Stop the clock of the rate: paused or finished."""
        if self._resumed_at_s is not None:
            self._worked_s += self._clock() - self._resumed_at_s
            self._resumed_at_s = None

    def start_refining(self, n_photos: int) -> None:
        """Begin to count anew: the photos of the fine pass."""
        self.phase = "refining"
        self.found = n_photos
        self.skipped = self.worked = self.listed = 0
        self._marks.clear()
        self._mark()
        self.report(force=True)

    def add_listed(self, n_files: int) -> None:
        """Note files that are half finished: in the library, without a vector."""
        self.listed += n_files
        self._mark()

    def add_work(self, n_files: int, *, listed: bool = False) -> None:
        """Note files that are finished now; ``listed``: they were half finished before."""
        self.worked += n_files
        self.listed -= n_files if listed else 0
        self._mark()

    def skip(self, listed: bool) -> None:
        """Note a file that needs no work after all."""
        self.skipped += 1
        self.listed -= listed

    def rate(self) -> float:
        """Files a second over the last ten seconds of work; 0 while unknown."""
        now_s = self._work_clock()
        if not self._marks:
            return 0.0
        while len(self._marks) > 2 and self._marks[1][0] < now_s - _WINDOW_S:
            self._marks.popleft()
        start_s, start_n = self._marks[0]
        elapsed_s = now_s - start_s
        return (self.worked + self.listed / 2 - start_n) / elapsed_s if elapsed_s > 0 else 0.0

    def seconds_left(self) -> float | None:
        """Time to the end at the present rate; None before there is ground to say."""
        rate = self.rate()
        if rate <= 0 or self._work_clock() < _SURE_AFTER_S or self.phase == "scanning":
            return None
        return (self.total - self.done) / rate

    def report(self, *, force: bool = False) -> None:
        """Send the state unless one was sent less than a twentieth of a second ago."""
        now_s = self._clock()
        if not force and now_s - self._sent_at_s < MIN_INTERVAL_S:
            return
        self._sent_at_s = now_s
        self._send(
            IndexProgress(
                self._job_id,
                self.phase,
                self.root_id,
                self.found,
                self.done,
                self.total,
                self.n_problems,
                self.rate(),
                self.seconds_left(),
                self.waiting_for,
                self.waiting_kind,
            )
        )

    def _work_clock(self) -> float:
        running_s = 0.0
        if self._resumed_at_s is not None:
            running_s = self._clock() - self._resumed_at_s
        return self._worked_s + running_s

    def _mark(self) -> None:
        self._marks.append((self._work_clock(), self.worked + self.listed / 2))
