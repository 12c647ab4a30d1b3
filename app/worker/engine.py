"""The engine: owns the model, is the only writer of the library, does one small thing at a time.

``Engine`` knows nothing of processes. Its owner hands it commands (``receive``), lets it work
(``step``) and waits on ``waker.reader`` when ``step`` has nothing to do; events leave through
``send``. Everything runs in the thread of the owner. Order of service at each step: stop, cancel,
questions, index job.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from app.core.changes import Change, TakeOutFolder
from app.core.errors import AppError, EngineError, LibraryDamagedError
from app.core.library import Library
from app.core.library.region_index import RegionIndex
from app.core.library.user_data import Applied
from app.core.library.vector_index import VectorIndex
from app.core.messages import (
    OWN_JOB_ID,
    CancelJob,
    ChangeDone,
    ChangeLibrary,
    Command,
    EngineReady,
    Event,
    ExportResults,
    IndexFinished,
    JobDone,
    JobFailed,
    LibraryChanged,
    PauseJob,
    RememberSearch,
    RemoveSavedSearch,
    RestoreBackup,
    ResumeJob,
    SaveSearch,
    Shutdown,
    StartIndex,
)
from app.core.settings import Settings
from app.core.switching import SetCores, UseModel
from app.worker.background_check import BackgroundCheck
from app.worker.budgets import patch_budget
from app.worker.cores import use_cores
from app.worker.decode_messages import (
    DecodeReply,
    DecodeRequest,
)
from app.worker.decoder_pool import DecoderPool, PoolLike
from app.worker.encoding import EncoderLike, load_encoder
from app.worker.failures import failure
from app.worker.folder_watcher import FolderWatcher
from app.worker.following import changed_roots, follow_roots
from app.worker.index_work import IndexTools
from app.worker.indexer import IndexJob
from app.worker.keeper import Keeper
from app.worker.library_changes import changed_by
from app.worker.model_switch import EncoderLoader, ModelSwitch
from app.worker.question_desk import QuestionDesk
from app.worker.recovery import open_or_recover, recover, recovered
from app.worker.searcher import Searcher
from app.worker.waker import Waker

logger = logging.getLogger(__name__)

_GRAPH_ROWS_PER_STEP = 300
_REGIONS_PER_STEP = 1000


@dataclass(slots=True)
class _Running:
    job: IndexJob
    steps: Generator[bool, None, IndexFinished]
    paused: bool = False


class Engine:
    """Serves commands until it is closed.

    Args:
        settings: precision, patches, decoders.
        library_dir: where the library is or will be.
        model_dir: the model directory.
        send: takes every event, in order.
        loader: makes the encoder; tests bring a cheap one.
        pool: decodes; tests bring an inline one. None for real processes.
        follow: index folders again by itself when they change on disk.
    """

    def __init__(
        self,
        settings: Settings,
        library_dir: Path,
        model_dir: Path,
        send: Callable[[Event], None],
        *,
        loader: EncoderLoader = load_encoder,
        pool: PoolLike | None = None,
        follow: bool = False,
    ) -> None:
        self._settings = settings
        self._library_dir = library_dir
        self._model_dir = model_dir
        self._send = send
        self._loader = loader
        self._pool: PoolLike = pool or DecoderPool(settings.decoder_processes)
        self.waker = Waker()
        self.stopping = False
        self._changes: deque[ChangeLibrary | RestoreBackup] = deque()
        self._keeper = Keeper(lambda: self.library, send)
        self._desk = QuestionDesk(lambda: self.library, self._submit, send)
        self._watcher = FolderWatcher(self.waker.wake) if follow else None
        self._check: BackgroundCheck | None = None
        self._index_queue: deque[StartIndex] = deque()
        self._paused_ids: set[int] = set()
        self._running: _Running | None = None
        self._warm = False
        self._graph_behind = True
        self._backed_up_on = _today()  # whoever opens a library does that
        self._library: Library | None = None
        self._index: VectorIndex | None = None
        self._switch = ModelSwitch(settings, loader, self._submit, send, self._switch_to)

    def start(self) -> None:
        """Open the library, load the model, say that it is ready.

        Raises:
            LibraryError: the library cannot be written, for instance because it is locked.
            ModelError: there is no usable model.
        """
        use_cores(self._settings.cores)
        started_s = time.monotonic()
        self._library, recovery = open_or_recover(self._library_dir)
        encoder = self._loader(self._model_dir, self._settings)
        try:
            self._adopt(encoder, started_s)
        except LibraryDamagedError as error:
            self._library.close()
            self._library, recovery = recover(self._library_dir, error)
            self._adopt(encoder, started_s)
        if recovery is not None:
            self._send(recovered(self._library, recovery))
        if not self._library.was_checked:
            self._check = BackgroundCheck(self._library_dir, self.waker.wake)
        follow_roots(self._watcher, self.library)

    @property
    def library(self) -> Library:
        """The open library.

        Raises:
            EngineError: the engine was not started.
        """
        if self._library is None:
            raise EngineError("the engine has no library open; start it first")
        return self._library

    @property
    def is_busy(self) -> bool:
        """Whether something is under way, also when it only waits for decoders."""
        running = self._running is not None and not self._running.paused
        waiting = self._desk or self._keeper or self._changes or self._index_queue
        return running or bool(waiting) or self._switch.is_busy

    @property
    def seconds_to_work(self) -> float | None:
        """When there will be something to do though nobody asks; None while that is not known."""
        return None if self._watcher is None else self._watcher.seconds_to_due()

    def receive(self, command: Command) -> None:
        """Note a command; stops, cancels, pauses take effect before the next step."""
        match command:
            case Shutdown():
                self.stopping = True
            case CancelJob(job_id):
                self._cancel(job_id)
            case PauseJob(job_id):
                self._pause(job_id)
            case ResumeJob(job_id):
                self._resume(job_id)
            case StartIndex():
                self._index_queue.append(command)
            case ChangeLibrary() | RestoreBackup():
                self._changes.append(command)
            case UseModel():
                self._switch.request(command)
            case SetCores(cores):
                use_cores(cores)
            case SaveSearch() | RemoveSavedSearch() | RememberSearch() | ExportResults():
                self._keeper.take(command)
            case _:
                self._desk.take(command)

    def step(self) -> bool:
        """Do the most urgent piece of work, at most about 200 ms.

        Returns:
            False when there is nothing to do until a command or a decoded picture comes.
        """
        self.waker.drain()
        if self._check is not None and self._check.found_damage:
            self._distrust()
        if self.stopping:
            return False
        return (
            self._desk.serve()
            or self._keeper.serve()
            or self._serve_change()
            or self._serve_index()
            or (self._running is None and self._switch.step(self.library, self._tools.model_id))
        )

    def idle(self) -> bool:
        """Do a little work that nobody waits for; returns False when there is none left."""
        if not self._warm:
            self._warm = True
            try:
                self._searcher.warm_up()
            except AppError:
                logger.exception("the model cannot encode words")
            return True
        if self._index is not None and self._graph_behind:
            left = self._index.build(_GRAPH_ROWS_PER_STEP)
            if not left:
                left = self._regions.build(_REGIONS_PER_STEP)
            self._graph_behind = left > 0
            if not self._graph_behind:
                self._save_index()
            return True
        if self._backed_up_on != _today():  # it may run for weeks
            self._backed_up_on = _today()
            self.library.back_up()
            return True
        return False

    def close(self) -> None:
        """Save the index, end the decoders, close the library. Harmless when repeated."""
        if self._running is not None:
            self._running.steps.close()
            self._running = None
        if self._watcher is not None:
            self._watcher.close()
        self._switch.close()
        self._pool.close()
        if self._check is not None:
            self._check.close()
        self._save_index()
        self._index = None
        if self._library is not None:
            self._library.close()
            self._library = None
        self.waker.close()

    # ------------------------------------------------------------ the model

    def _adopt(self, encoder: EncoderLike, started_s: float) -> None:
        """Search and index with this encoder from now on, and say so.

        Raises:
            LibraryDamagedError: the vectors of its model cannot be read.
        """
        model_id = self._open_indexes(encoder)
        patches = patch_budget(encoder, self._settings)
        self._searcher = Searcher(self.library, self._index, self._regions, model_id, encoder)
        self._desk.open(self._searcher, encoder.name)
        self._tools = IndexTools(
            self.library,
            self._index,
            self._regions,
            encoder,
            model_id,
            self._submit,
            self._pool.n_processes,
            patches,
            self._settings.thumbnail_side_px,
            self._send,
        )
        self._warm, self._graph_behind = False, True
        self._send(
            EngineReady(
                encoder.name,
                encoder.fingerprint,
                encoder.dim,
                encoder.engine,
                encoder.precision,
                round((time.monotonic() - started_s) * 1000),
            )
        )

    def _switch_to(self, encoder: EncoderLike) -> None:
        """Take over a model that has a vector of every photo; an index run makes its regions."""
        self._save_index()
        self._adopt(encoder, time.monotonic())
        self._index_queue.append(StartIndex(OWN_JOB_ID))

    def _open_indexes(self, encoder: EncoderLike) -> int:
        """Open the vectors of the encoder's model; returns the model's id."""
        model_id = self.library.use_model(encoder.fingerprint, encoder.name, encoder.dim)
        self._index = VectorIndex.open(self.library, model_id)
        self._regions = RegionIndex(self.library, model_id)
        return model_id

    # ------------------------------------------------------------ control

    def _cancel(self, job_id: int) -> None:
        self._paused_ids.discard(job_id)
        self._switch.cancel(job_id)
        if self._running is not None and self._running.job.job_id == job_id:
            self._running.job.cancel()
            self._running.paused = False
            return
        for waiting in [item for item in self._index_queue if item.job_id == job_id]:
            self._index_queue.remove(waiting)
            self._send(IndexFinished(job_id, 0, 0, 0, 0, 0, (), 0.0, cancelled=True))
        self._desk.cancel(job_id)

    def _pause(self, job_id: int) -> None:
        self._switch.set_paused(job_id, True)
        if self._running is not None and self._running.job.job_id == job_id:
            if not self._running.paused:
                self._running.paused = True
                self._running.job.pause()
        elif any(item.job_id == job_id for item in self._index_queue):
            self._paused_ids.add(job_id)

    def _resume(self, job_id: int) -> None:
        self._switch.set_paused(job_id, False)
        self._paused_ids.discard(job_id)
        running = self._running
        if running is not None and running.job.job_id == job_id and running.paused:
            running.paused = False
            running.job.resume()

    # ------------------------------------------------------------ what people change

    def _serve_change(self) -> bool:
        if not self._changes:
            return False
        command = self._changes.popleft()
        try:
            if isinstance(command, RestoreBackup):
                self._restore(command)
            else:
                self._change(command)
        except Exception as error:  # noqa: BLE001 - the engine outlives any single job
            self._send(failure(command.job_id, error))
        return True

    def _restore(self, command: RestoreBackup) -> None:
        self.library.restore(command.name)
        self._send(
            LibraryChanged(
                self.library.generation,
                roots=True,
                marks=True,
                albums=True,
                tags=True,
                searches=True,
                concepts=True,
            )
        )
        self._send(JobDone(command.job_id))

    def _change(self, command: ChangeLibrary) -> None:
        done = self.library.user_data.change(command.change)
        self._tell_indexes(command.change, done)
        follow_roots(self._watcher, self.library)
        self._send(changed_by(command.change, self.library.generation))
        self._send(ChangeDone(command.job_id, done.inverse))

    def _tell_indexes(self, change: Change, done: Applied) -> None:
        """Let the indexes and the running job know which photos left or came back."""
        if isinstance(change, TakeOutFolder) and self._running is not None:
            self._running.job.forget_root(change.root_id)
        if self._index is None:
            return
        if done.hidden:
            hidden = np.array(done.hidden, np.int64)
            self._index.remove(hidden)
            self._regions.remove(hidden)
        if done.shown:
            shown = np.array(done.shown, np.int64)
            self._index.add(*self.library.vectors_of(self._tools.model_id, shown))
            self._regions.add(shown)

    # ------------------------------------------------------------ index jobs

    def _serve_index(self) -> bool:
        if self._running is None:
            if not self._index_queue:
                changed = changed_roots(self._watcher, self.library)
                if changed:
                    self._index_queue.append(StartIndex(OWN_JOB_ID, changed))
            if not self._index_queue:
                return False
            command = self._index_queue.popleft()
            job = IndexJob(self._tools, command.job_id, command.roots, command.retry_problems)
            self._running = _Running(job, job.run())
            if command.job_id in self._paused_ids:
                self._paused_ids.discard(command.job_id)
                self._pause(command.job_id)
            return True
        running = self._running
        if running.paused:
            return False
        try:
            return next(running.steps)
        except StopIteration as stop:
            self._end_index(stop.value)
        except Exception as error:  # noqa: BLE001 - the engine outlives any single job
            self._end_index(failure(running.job.job_id, error))
        return True

    def _end_index(self, event: Event) -> None:
        assert self._running is not None
        job, self._running = self._running.job, None
        self._graph_behind = True
        self._save_index()
        if isinstance(event, JobFailed) and event.kind == "LibraryDamagedError":
            self._distrust()
            return  # the next life of the engine recovers the library and does the job
        if self._watcher is not None:
            self._watcher.note_scanned(job.scanned_roots, job.scan_seconds)
            follow_roots(self._watcher, self.library)
        self._send(event)

    def _distrust(self) -> None:
        """End this life of the engine: the next one checks the library and recovers it."""
        self.library.distrust()
        self.stopping = True

    def _save_index(self) -> None:
        try:
            if self._index is not None:
                self._index.save()
                self._regions.save()
        except (AppError, OSError):
            logger.exception("the vector index cannot be saved; it will be rebuilt")

    def _submit(self, request: DecodeRequest, *, urgent: bool = False) -> Future[DecodeReply]:
        future = self._pool.submit(request, urgent=urgent)
        future.add_done_callback(lambda _: self.waker.wake())
        return future


def _today() -> date:
    return datetime.now(UTC).date()
