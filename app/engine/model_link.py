"""The window's end of the process that fetches, checks and prepares models; one job at a time."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Qt, Signal

from app.core.messages import JobFailed
from app.core.model_messages import ModelDone, ModelJob, ModelProgress
from app.engine.process import EngineProcess, call_by_name

logger = logging.getLogger(__name__)

# By name, as the engine's entry: the window never imports what the process does.
MODEL_JOBS_ENTRY = ("app.worker.model_jobs", "run")
CANCEL_TIMEOUT_S = 1.0


class ModelLink(QObject):
    """Starts a job, tells how far it is, ends it on demand. What it fetched stays."""

    progressed = Signal(object)  # ModelProgress
    finished = Signal(object)  # ModelDone
    failed = Signal(object)  # JobFailed
    busy_changed = Signal(bool)

    _event_received = Signal(int, object)
    _process_exited = Signal(int, object)

    def __init__(
        self, parent: QObject | None = None, *, entry: tuple[str, str] = MODEL_JOBS_ENTRY
    ) -> None:
        super().__init__(parent)
        self._entry = entry
        self._process: EngineProcess | None = None
        self._life = 0
        queued = Qt.ConnectionType.QueuedConnection
        self._event_received.connect(self._on_process_event_received, queued)
        self._process_exited.connect(self._on_process_exited, queued)

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return self._process is not None

    def start(self, job: ModelJob) -> None:
        """Do a job; a job under way is our mistake."""
        assert self._process is None, "one job at a time"
        self._life += 1
        life = self._life
        self._process = EngineProcess(
            call_by_name,
            (*self._entry, job),
            lambda event: self._event_received.emit(life, event),
            lambda code: self._process_exited.emit(life, code),
        )
        self._process.start()
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """End the job at once; harmless without one. Nothing more is heard of it."""
        process, self._process = self._process, None
        self._life += 1
        if process is not None:
            process.stop(CANCEL_TIMEOUT_S)
            self.busy_changed.emit(False)

    def _on_process_event_received(self, life: int, event: object) -> None:
        if life != self._life or self._process is None:
            return
        if isinstance(event, ModelProgress):
            self.progressed.emit(event)
            return
        self._process = None
        self.busy_changed.emit(False)
        if isinstance(event, ModelDone):
            self.finished.emit(event)
        elif isinstance(event, JobFailed):
            if event.traceback_text:
                logger.error("a model's job failed: %s\n%s", event.message, event.traceback_text)
            self.failed.emit(event)

    def _on_process_exited(self, life: int, exit_code: int | None) -> None:
        if life != self._life or self._process is None:
            return
        self._process = None
        self.busy_changed.emit(False)
        message = f"the process ended with exit code {exit_code}"
        self.failed.emit(JobFailed(0, "EngineLostError", message))
