"""The window's end of the engine process: methods send commands, signals bring events.

All methods are called in the window's thread and return at once, except ``stop``. Events arrive
in a reader thread and cross into the window's thread by queued signals.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance, Slot

from app.core.asking import Box, ImageQuery, Query
from app.core.changes import Change
from app.core.messages import (
    OWN_JOB_ID,
    BoxesSuggested,
    CancelJob,
    ChangeDone,
    ChangeLibrary,
    ConceptSaved,
    EngineReady,
    ExportFinished,
    ExportForm,
    ExportResults,
    Hit,
    IndexFinished,
    IndexProgress,
    JobCancelled,
    JobDone,
    JobFailed,
    JudgeConcept,
    LibraryChanged,
    LibraryRecovered,
    Locate,
    OpenPhoto,
    PauseJob,
    PhotoLocated,
    PhotoOpened,
    RememberSearch,
    RemoveSavedSearch,
    RestoreBackup,
    ResumeJob,
    SaveConcept,
    SaveSearch,
    Search,
    SearchesSaved,
    SearchFinished,
    SearchRefined,
    StartIndex,
    SuggestBoxes,
)
from app.core.settings import Settings
from app.core.switching import ModelSwitched, SetCores, SwitchProgress, UseModel
from app.engine.jobs import JobCommand, JobTable
from app.engine.process import EngineProcess, call_by_name

if TYPE_CHECKING:
    # For checkers only: the one place outside the engine that names it.
    from app.worker import main as _engine_entry  # noqa: F401

logger = logging.getLogger(__name__)

# The engine's entry by name: importing it here would load the engine into the window's process.
ENGINE_ENTRY = ("app.worker.main", "run")

RESTART_DELAYS_MS = (0, 500, 1000, 2000, 4000)
STOP_TIMEOUT_S = 3.0
# A life this long, or one that finished a job, counts as sound: the restarts start again at zero.
SOUND_LIFE_S = 30.0
# Kinds of failure that a new process would only meet again.
LASTING_FAILURES = frozenset(
    {
        "ModelError",
        "LibraryError",
        "LibraryLockedError",
        "LibraryNewerError",
        "LibraryDamagedError",
        "SettingsError",
    }
)

LinkState = Literal["stopped", "starting", "ready", "lost"]


@dataclass(frozen=True, slots=True)
class EngineLost:
    """The engine process ended unasked.

    ``exit_code`` is negative for a signal, None if it never ran. ``failure`` is what the engine
    said about itself before, if anything.
    """

    exit_code: int | None
    restarting: bool
    failure: JobFailed | None = None


class EngineLink(QObject):
    """Starts, feeds, watches and restarts the engine process."""

    engine_starting = Signal()
    engine_ready = Signal(object)  # EngineReady
    engine_lost = Signal(object)  # EngineLost
    index_progressed = Signal(object)  # IndexProgress
    index_finished = Signal(object)  # IndexFinished
    library_changed = Signal(object)  # LibraryChanged
    change_done = Signal(object)  # ChangeDone
    library_recovered = Signal(object)  # LibraryRecovered
    job_done = Signal(object)  # JobDone
    search_finished = Signal(object)  # SearchFinished
    search_refined = Signal(object)  # SearchRefined
    photo_located = Signal(object)  # PhotoLocated
    boxes_suggested = Signal(object)  # BoxesSuggested
    concept_saved = Signal(object)  # ConceptSaved
    searches_saved = Signal(object)  # SearchesSaved
    export_finished = Signal(object)  # ExportFinished
    photo_opened = Signal(object)  # PhotoOpened
    switch_progressed = Signal(object)  # SwitchProgress
    model_switched = Signal(object)  # ModelSwitched
    job_cancelled = Signal(object)  # JobCancelled
    job_failed = Signal(object)  # JobFailed

    # The first number says which life of the engine speaks; words of an earlier one are dropped.
    _event_received = Signal(int, object)
    _process_exited = Signal(int, object)

    def __init__(
        self,
        settings: Settings,
        library_dir: Path,
        model_dir: Path,
        parent: QObject | None = None,
        *,
        target: Callable[..., object] | None = None,
        restart_delays_ms: tuple[int, ...] = RESTART_DELAYS_MS,
    ) -> None:
        """Prepare a link; no process runs before ``start``.

        Args:
            settings: Passed to the engine as a plain dictionary.
            library_dir: Where the engine keeps the library.
            model_dir: Checkpoint directory of the encoder.
            parent: Owner.
            target: Picklable replacement of the engine's entry, for tests.
            restart_delays_ms: Wait before each restart in a row; after the last one the link
                stays lost.
        """
        super().__init__(parent)
        self._settings = settings
        self._library_dir = library_dir
        self._model_dir = model_dir
        self._target = target
        self._restart_delays_ms = restart_delays_ms
        self._jobs = JobTable()
        self._process: EngineProcess | None = None
        self._life = 0
        self._state: LinkState = "stopped"
        self._n_restarts = 0
        self._started_at_s = 0.0
        self._failure: JobFailed | None = None
        self._latest_search_id = 0
        self._latest_locate_id = 0
        self._restart_timer = QTimer(self)
        self._restart_timer.setSingleShot(True)
        self._restart_timer.timeout.connect(self._on_restart_timer_timeout)
        queued = Qt.ConnectionType.QueuedConnection
        self._event_received.connect(self._on_process_event_received, queued)
        self._process_exited.connect(self._on_process_exited, queued)
        self._handlers = self._make_handlers()

    def _make_handlers(self) -> dict[type, Callable[[Any], None]]:
        return {
            EngineReady: self._handle_ready,
            IndexProgress: self.index_progressed.emit,
            IndexFinished: self._handle_index_finished,
            LibraryChanged: self.library_changed.emit,
            LibraryRecovered: self.library_recovered.emit,
            ChangeDone: functools.partial(self._handle_answer, self.change_done),
            JobDone: functools.partial(self._handle_answer, self.job_done),
            SearchFinished: self._handle_search_finished,
            SearchRefined: self._handle_search_refined,
            PhotoLocated: self._handle_photo_located,
            BoxesSuggested: functools.partial(self._handle_answer, self.boxes_suggested),
            ConceptSaved: functools.partial(self._handle_answer, self.concept_saved),
            SearchesSaved: functools.partial(self._handle_answer, self.searches_saved),
            ExportFinished: functools.partial(self._handle_answer, self.export_finished),
            PhotoOpened: functools.partial(self._handle_answer, self.photo_opened),
            SwitchProgress: self.switch_progressed.emit,
            ModelSwitched: self._handle_model_switched,
            JobCancelled: self._handle_job_cancelled,
            JobFailed: self._handle_job_failed,
        }

    # ------------------------------------------------------------ life

    @property
    def state(self) -> LinkState:
        """What the engine is doing, as far as the window knows."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The engine's process number, None while none runs."""
        return self._process.pid if self._process is not None else None

    @Slot()
    def start(self) -> None:
        """Start the engine; harmless while one runs. Commands may be sent at once."""
        if self._process is not None:
            return
        self._restart_timer.stop()
        self._failure = None
        self._state = "starting"
        self._started_at_s = time.monotonic()
        target = self._target or call_by_name
        args: tuple[object, ...] = (
            dataclasses.asdict(self._settings),
            str(self._library_dir),
            str(self._model_dir),
        )
        if self._target is None:
            args = (*ENGINE_ENTRY, *args)
        self._life += 1
        self._process = EngineProcess(
            target,
            args,
            functools.partial(self._event_received.emit, self._life),
            functools.partial(self._process_exited.emit, self._life),
        )
        again, given_up = self._jobs.take_over()
        for command in again:
            self._process.send(command)
        self._process.start()
        self.engine_starting.emit()
        for job_id in given_up:
            self._give_up(job_id)

    def restart(self) -> None:
        """Try again after the link gave up, with the count of restarts at zero."""
        self._n_restarts = 0
        self.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """End the engine and wait for it: asked first, terminated, then killed.

        Blocks for ``timeout_s`` at most; unfinished jobs are forgotten.
        """
        self._state = "stopped"
        self._restart_timer.stop()
        process, self._process = self._process, None
        self._jobs = JobTable()
        if process is not None:
            process.stop(timeout_s)

    # ------------------------------------------------------------ commands

    def start_index(self, roots: tuple[bytes, ...] = (), *, retry_problems: bool = False) -> int:
        """Scan and index folders (``()``: all known ones); returns the job's number."""
        return self._send_job(StartIndex(self._jobs.new_id(), roots, retry_problems))

    def pause(self, job_id: int) -> None:
        """Let an index job rest after its running batch."""
        self._jobs.set_paused(job_id, True)
        self._send(PauseJob(job_id))

    def resume(self, job_id: int) -> None:
        """Let a resting index job go on."""
        self._jobs.set_paused(job_id, False)
        self._send(ResumeJob(job_id))

    def cancel(self, job_id: int) -> None:
        """Stop a job; harmless for one that already ended."""
        if job_id in self._jobs or job_id == OWN_JOB_ID:
            self._jobs.set_cancelled(job_id)
            self._send(CancelJob(job_id))

    def search(self, query: Query, limit: int = 200) -> int:
        """Ask for photos. The latest question wins: answers to older ones never arrive."""
        self._jobs.finish(self._latest_search_id)
        self._latest_search_id = self._jobs.new_id()
        return self._send_job(Search(self._latest_search_id, query, limit))

    def drop_search(self) -> None:
        """Forget the running question: its answer never arrives."""
        self.cancel(self._latest_search_id)
        self._jobs.finish(self._latest_search_id)
        self._latest_search_id = 0

    def locate(self, photo_id: int, texts: tuple[str, ...], image: ImageQuery | None = None) -> int:
        """Ask where phrases fit in a photo or in a picture from outside; the latest wins."""
        self._jobs.finish(self._latest_locate_id)
        self._latest_locate_id = self._jobs.new_id()
        return self._send_job(Locate(self._latest_locate_id, photo_id, texts, image))

    def suggest_boxes(self, image: ImageQuery) -> int:
        """Ask for boxes that one could draw in a picture."""
        return self._send_job(SuggestBoxes(self._jobs.new_id(), image))

    def open_photo(self, photo_id: int, max_side_px: int, path: bytes | None = None) -> int:
        """Ask for the pixels of a photo, or of a file outside of the library."""
        return self._send_job(OpenPhoto(self._jobs.new_id(), photo_id, max_side_px, path))

    def change_library(self, change: Change) -> int:
        """Change what people made; answered by ``change_done`` or ``job_failed``."""
        return self._send_job(ChangeLibrary(self._jobs.new_id(), change))

    def save_concept(
        self, name: str, examples: tuple[ImageQuery, ...], concept_id: int | None = None
    ) -> int:
        """Give a name to what examples have in common, or examples to a known concept."""
        return self._send_job(SaveConcept(self._jobs.new_id(), name, examples, concept_id))

    def judge_concept(
        self, concept_id: int, photo_id: int, accepted: bool, box: Box | None = None
    ) -> int:
        """Say that a photo, or a box of it, shows a concept or does not."""
        job_id = self._jobs.new_id()
        return self._send_job(JudgeConcept(job_id, concept_id, photo_id, accepted, box))

    def save_search(self, name: str, query: Query, saved_id: int | None = None) -> int:
        """Keep a question under a name."""
        return self._send_job(SaveSearch(self._jobs.new_id(), name, query, saved_id))

    def remove_saved_search(self, saved_id: int) -> int:
        """Forget a saved search."""
        return self._send_job(RemoveSavedSearch(self._jobs.new_id(), saved_id))

    def remember_search(self, query: Query) -> int:
        """Put a question at the end of the history."""
        return self._send_job(RememberSearch(self._jobs.new_id(), query))

    def export_results(
        self, path: bytes, form: ExportForm, query: Query, hits: tuple[Hit, ...]
    ) -> int:
        """Write results to a file."""
        return self._send_job(ExportResults(self._jobs.new_id(), path, form, query, hits))

    def restore_backup(self, name: str) -> int:
        """Make what people said about photos that of a backup; ``job_done`` answers."""
        return self._send_job(RestoreBackup(self._jobs.new_id(), name))

    def use_model(self, model_dir: Path) -> int:
        """Change to another model; the old one is searched with until the new one is ready.

        An engine that the link gave up, perhaps for want of the old one, starts with the new one.
        """
        job_id = self._send_job(UseModel(self._jobs.new_id(), str(model_dir)))
        if self._state == "lost" and not self._restart_timer.isActive():
            self._model_dir = model_dir
            self.restart()
        return job_id

    def set_cores(self, cores: int | None) -> None:
        """Let the engine use this many cores from now on, also after a restart."""
        self._settings = dataclasses.replace(self._settings, cores=cores)
        self._send(SetCores(cores))

    def index_job_ids(self) -> tuple[int, ...]:
        """Return the index jobs that are not finished."""
        return self._jobs.index_job_ids()

    def _send_job(self, command: JobCommand) -> int:
        self._jobs.add(command, sent=self._process is not None)
        self._send(command)
        return command.job_id

    def _send(self, command: Any) -> None:
        if self._process is not None:
            self._process.send(command)

    # ------------------------------------------------------------ events

    @Slot(int, object)
    def _on_process_event_received(self, life: int, event: object) -> None:
        if self._state == "stopped" or life != self._life:
            return
        handler = self._handlers.get(type(event))
        if handler is None:
            logger.error("unknown event %s", type(event).__name__)
            return
        handler(event)

    def _handle_ready(self, event: EngineReady) -> None:
        self._state = "ready"
        self.engine_ready.emit(event)

    def _handle_index_finished(self, event: IndexFinished) -> None:
        self._n_restarts = 0
        self._jobs.finish(event.job_id)
        self.index_finished.emit(event)

    def _handle_search_finished(self, event: SearchFinished) -> None:
        if not event.refining:  # else the question is open until it is refined
            self._jobs.finish(event.job_id)
        if event.job_id == self._latest_search_id:
            self.search_finished.emit(event)

    def _handle_search_refined(self, event: SearchRefined) -> None:
        self._jobs.finish(event.job_id)
        if event.job_id == self._latest_search_id:
            self.search_refined.emit(event)

    def _handle_photo_located(self, event: PhotoLocated) -> None:
        self._jobs.finish(event.job_id)
        if event.job_id == self._latest_locate_id:
            self.photo_located.emit(event)

    def _handle_answer(self, signal: SignalInstance, event: Any) -> None:
        """Close the job of an event that nothing newer can make stale, and announce it."""
        self._jobs.finish(event.job_id)
        signal.emit(event)

    def _handle_model_switched(self, event: ModelSwitched) -> None:
        command = self._jobs.command(event.job_id)
        if isinstance(command, UseModel):
            self._model_dir = Path(command.model_dir)
            self._handle_answer(self.model_switched, event)

    def _handle_job_cancelled(self, event: JobCancelled) -> None:
        if self._jobs.finish(event.job_id):
            self.job_cancelled.emit(event)

    def _handle_job_failed(self, event: JobFailed) -> None:
        if event.traceback_text:
            logger.error("job %d failed: %s\n%s", event.job_id, event.kind, event.traceback_text)
        if event.job_id == 0:
            self._failure = event
            return
        if self._jobs.finish(event.job_id):
            self.job_failed.emit(event)

    def _give_up(self, job_id: int) -> None:
        self.job_failed.emit(
            JobFailed(job_id, "EngineLostError", "the engine ended twice during this job")
        )

    # ------------------------------------------------------------ restarts

    @Slot(int, object)
    def _on_process_exited(self, life: int, exit_code: int | None) -> None:
        if self._state == "stopped" or life != self._life:
            return
        self._process = None
        self._state = "lost"
        if time.monotonic() - self._started_at_s > SOUND_LIFE_S:
            self._n_restarts = 0
        lasting = self._failure is not None and self._failure.kind in LASTING_FAILURES
        restarting = not lasting and self._n_restarts < len(self._restart_delays_ms)
        logger.warning("the engine ended with exit code %s", exit_code)
        if restarting:
            self._restart_timer.start(self._restart_delays_ms[self._n_restarts])
            self._n_restarts += 1
        self.engine_lost.emit(EngineLost(exit_code, restarting, self._failure))

    @Slot()
    def _on_restart_timer_timeout(self) -> None:
        if self._state == "lost":
            self.start()
