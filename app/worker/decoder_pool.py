"""A few decoder processes, watched from outside: limits hold, and a crash costs one file.

One thread (``decoder-pool``) owns the processes and the pipes. It hands out requests, collects
replies, kills what overruns its time and starts replacements. Callers get futures whose result is
always a reply; a crash is the reply ``Refused("crashed", ...)``. The one exception is
``EngineError`` where the machine lets no decoder start: no file is to blame for that.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from app.core.errors import EngineError
from app.worker.decode_messages import DecodeReply, DecodeRequest, Refused, unpack
from app.worker.decoder import READY, ProcessLimits, serve
from app.worker.decoding_memory import BASE_BYTES
from app.worker.waker import Waker

logger = logging.getLogger(__name__)

TOTAL_MEMORY_BYTES = 1_500_000_000
TIME_LIMIT_S = 10.0
_START_LIMIT_S = 60.0
_MAX_PROCESSES = 4
_MAX_REPLY_BYTES = 1 << 30
_MAX_FAILED_STARTS = 5
_PATIENCE = 3
_LEAST_GRACE_S = 0.2
_CLOSE_WAIT_S = 2.0


class PoolLike(Protocol):
    """What the engine needs of a pool; tests decode inline."""

    n_processes: int

    def submit(self, request: DecodeRequest, *, urgent: bool = False) -> Future[DecodeReply]: ...

    def close(self) -> None: ...


def default_process_count() -> int:
    """As many decoders as cores, at most four."""
    return max(1, min(os.cpu_count() or 1, _MAX_PROCESSES))


@dataclass(slots=True)
class _Task:
    request: DecodeRequest
    future: Future[DecodeReply]
    alone: bool = False
    tried: bool = False


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    deadline_s: float
    last_deadline_s: float = 0.0
    cpu_before_s: float = 0.0
    ready: bool = False
    task: _Task | None = None
    timed_out: bool = False


@dataclass(slots=True)
class _Queues:
    urgent: deque[_Task] = field(default_factory=deque)
    normal: deque[_Task] = field(default_factory=deque)
    alone: deque[_Task] = field(default_factory=deque)


class DecoderPool:
    """Decoder processes behind futures; thread-safe; ``close`` leaves nothing running.

    Args:
        n_processes: how many; None for one a core, at most four.
        total_memory_bytes: what all processes together may use. Each has an equal share; a file
            that needs more is tried again alone with nearly everything.
        time_limit_s: for one file; up to three times that on a machine too busy to decode.
        target: what the processes run; tests pass their own.
    """

    def __init__(
        self,
        n_processes: int | None = None,
        *,
        total_memory_bytes: int = TOTAL_MEMORY_BYTES,
        time_limit_s: float = TIME_LIMIT_S,
        target: Callable[[Connection, ProcessLimits], None] = serve,
    ) -> None:
        self.n_processes = n_processes or default_process_count()
        self._share_bytes = total_memory_bytes // self.n_processes
        self._alone_bytes = total_memory_bytes - BASE_BYTES * (self.n_processes - 1)
        self._limits = ProcessLimits(self._alone_bytes, round(3 * time_limit_s) + 1)
        self._time_limit_s = time_limit_s
        self._target = target
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []
        self._queues = _Queues()
        self._failed_starts = 0
        self._closing = False
        self._lock = threading.Lock()
        self._waker = Waker()
        self._thread = threading.Thread(target=self._run, name="decoder-pool")
        self._started = False

    def submit(self, request: DecodeRequest, *, urgent: bool = False) -> Future[DecodeReply]:
        """Queue a request; processes start with the first one. Urgent ones go first.

        Raises:
            RuntimeError: the pool is closed.
        """
        task = _Task(request, Future())
        with self._lock:
            if self._closing:
                raise RuntimeError("the decoder pool is closed")
            (self._queues.urgent if urgent else self._queues.normal).append(task)
            if not self._started:
                self._started = True
                self._thread.start()
        self._waker.wake()
        return task.future

    def close(self) -> None:
        """End all processes; requests still waiting are cancelled. Harmless when repeated."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
        if self._started:
            self._waker.wake()
            self._thread.join()
        self._waker.close()

    def __enter__(self) -> DecoderPool:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def process_ids(self) -> list[int]:
        """Ids of the processes that run now."""
        return [worker.process.pid for worker in list(self._workers) if worker.process.pid]

    # ------------------------------------------------------------ the pool's own thread

    def _run(self) -> None:
        try:
            while not self._closing:
                self._fill_up()
                self._hand_out()
                ready = wait(
                    [self._waker.reader, *(worker.connection for worker in self._workers)],
                    self._wait_s(),
                )
                self._waker.drain()
                for worker in [w for w in self._workers if w.connection in ready]:
                    self._receive(worker)
                self._kill_overdue()
        finally:
            with self._lock:
                self._closing = True
            self._end_all()

    def _fill_up(self) -> None:
        while len(self._workers) < self.n_processes and self._failed_starts < _MAX_FAILED_STARTS:
            ours, theirs = self._context.Pipe()
            process = self._context.Process(
                target=self._target, args=(theirs, self._limits), name="decoder", daemon=True
            )
            try:
                process.start()
            except OSError:
                logger.exception("a decoder process cannot be started")
                self._failed_starts += 1
                ours.close()
                continue
            finally:
                theirs.close()
            self._workers.append(_Worker(process, ours, time.monotonic() + _START_LIMIT_S))
        if not self._workers:
            self._fail_waiting()
            self._failed_starts = 0  # the next request tries anew

    def _hand_out(self) -> None:
        for worker in self._workers:
            if worker.task is not None or not worker.ready:
                continue
            task = self._next_task()
            if task is None:
                return
            memory_bytes = self._alone_bytes if task.alone else self._share_bytes
            self._give(worker, task)
            try:
                worker.connection.send((task.request, memory_bytes))
            except OSError:  # it died while idle; the file at hand is not to blame
                worker.task = None
                with self._lock:
                    self._queues.urgent.appendleft(task)
                self._replace(worker)
                self._fill_up()  # nothing else may wake this thread before the next request
                return

    def _give(self, worker: _Worker, task: _Task) -> None:
        now_s = time.monotonic()
        worker.task = task
        worker.deadline_s = now_s + self._time_limit_s
        worker.last_deadline_s = now_s + self._time_limit_s * _PATIENCE
        worker.cpu_before_s = _state_of(worker.process.pid)[1]

    def _next_task(self) -> _Task | None:
        """The next request to run, marked running; None when there is none to run now."""
        n_busy = sum(worker.task is not None for worker in self._workers)
        if any(worker.task is not None and worker.task.alone for worker in self._workers):
            return None
        with self._lock:
            if self._queues.alone:
                return self._queues.alone.popleft() if n_busy == 0 else None
            for queue in (self._queues.urgent, self._queues.normal):
                while queue:
                    task = queue.popleft()
                    if task.future.running() or task.future.set_running_or_notify_cancel():
                        return task
        return None

    def _wait_s(self) -> float | None:
        deadlines = [w.deadline_s for w in self._workers if w.task is not None or not w.ready]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _receive(self, worker: _Worker) -> None:
        try:
            data = worker.connection.recv_bytes(_MAX_REPLY_BYTES)
            if not worker.ready:
                if data != READY:
                    raise ValueError("a decoder's first word is not 'ready'")
                worker.ready, self._failed_starts = True, 0
                return
            reply = unpack(data)
        except (EOFError, OSError, ValueError) as error:
            logger.debug("a decoder process is lost: %r", error)
            self._lose(worker)
            return
        task, worker.task = worker.task, None
        if task is not None:
            self._settle(task, reply)

    def _settle(self, task: _Task, reply: DecodeReply) -> None:
        if (
            isinstance(reply, Refused)
            and not task.alone
            and 0 < reply.needs_bytes <= self._alone_bytes
            and self._alone_bytes > self._share_bytes
        ):
            task.alone = True
            with self._lock:
                self._queues.alone.append(task)
            return
        task.future.set_result(reply)

    def _lose(self, worker: _Worker) -> None:
        """A process ended by itself or was killed: start another, name the file if it is to blame.

        A first crash may be owed to the file before or to a kill from outside; the second is not.
        """
        task, worker.task = worker.task, None
        if not worker.ready:
            self._failed_starts += 1
        exit_code = self._replace(worker)
        if task is None:
            return
        if worker.timed_out:
            detail = f"decoding took longer than {self._time_limit_s:g} s"
            task.future.set_result(Refused("timeout", detail))
        elif not task.tried:
            task.tried = True
            with self._lock:
                (self._queues.alone if task.alone else self._queues.urgent).appendleft(task)
        else:
            detail = f"the decoder process ended with code {exit_code}, twice"
            task.future.set_result(Refused("crashed", detail))

    def _kill_overdue(self) -> None:
        now_s = time.monotonic()
        for worker in list(self._workers):
            if worker.task is None and worker.ready:
                continue
            if now_s >= worker.deadline_s and not self._is_spared(worker, now_s):
                worker.timed_out = True
                self._lose(worker)

    def _is_spared(self, worker: _Worker, now_s: float) -> bool:
        """Give a process that the machine kept from running the time it did not get."""
        state, cpu_s = _state_of(worker.process.pid)
        missing_s = self._time_limit_s - (cpu_s - worker.cpu_before_s)
        if state not in ("R", "D") or missing_s < _LEAST_GRACE_S or now_s >= worker.last_deadline_s:
            return False
        worker.deadline_s = min(now_s + missing_s, worker.last_deadline_s)
        return True

    def _replace(self, worker: _Worker) -> int | None:
        self._workers.remove(worker)
        return _end(worker)

    def _fail_waiting(self) -> None:
        with self._lock:
            tasks = [*self._queues.urgent, *self._queues.normal, *self._queues.alone]
            self._queues = _Queues()
        for task in tasks:
            if task.future.running() or task.future.set_running_or_notify_cancel():
                task.future.set_exception(
                    EngineError(
                        "No decoder process can be started, so no photo can be read. Close other"
                        " programs to make room for it and try again."
                    )
                )

    def _end_all(self) -> None:
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            if worker.task is not None:
                worker.process.kill()
            _end(worker)
            if worker.task is not None:
                worker.task.future.set_result(Refused("crashed", "the decoder pool was closed"))
        self._workers.clear()
        with self._lock:
            waiting = [*self._queues.urgent, *self._queues.normal, *self._queues.alone]
            self._queues = _Queues()
        for task in waiting:
            if task.future.running():
                task.future.set_result(Refused("crashed", "the decoder pool was closed"))
            else:
                task.future.cancel()
                task.future.set_running_or_notify_cancel()


def _state_of(pid: int | None) -> tuple[str, float]:
    """A process' state letter ("R": would run if it could) and CPU seconds; Linux only."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        return fields[0].decode(), ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return "?", 0.0


def _end(worker: _Worker) -> int | None:
    """Make sure the process is gone and its pipe closed; returns its exit code."""
    if not worker.connection.closed:
        worker.connection.close()
        worker.process.join(0.2 if not worker.timed_out else 0)
    else:
        worker.process.join(_CLOSE_WAIT_S)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    code = worker.process.exitcode
    close: Any = worker.process.close
    close()
    return code
