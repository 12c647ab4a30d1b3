"""Folders and index jobs: what people want of them, and how far they are."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.core.messages import OWN_JOB_ID, IndexFinished, IndexProgress, JobFailed
from app.engine.link import EngineLink, EngineLost

logger = logging.getLogger(__name__)


class IndexController(QObject):
    """Starts, rests, resumes and stops index jobs; several folders are several jobs."""

    index_started = Signal()
    index_progressed = Signal(object)  # IndexProgress
    index_ended = Signal(object)  # IndexFinished, the last of the running jobs
    index_failed = Signal(object)  # JobFailed

    def __init__(self, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._progress: IndexProgress | None = None
        link.index_progressed.connect(self._on_link_index_progressed)
        link.index_finished.connect(self._on_link_index_finished)
        link.job_failed.connect(self._on_link_job_failed)
        link.engine_lost.connect(self._on_link_engine_lost)
        self._own_jobs: set[int] = set()
        self._holds: set[str] = set()

    @property
    def is_running(self) -> bool:
        """Whether an index job is not finished."""
        return bool(self._own_jobs)

    @property
    def progress(self) -> IndexProgress | None:
        """The latest word of the running job."""
        return self._progress

    def add_folder(self, folder: str | Path) -> int:
        """Put a folder into the library and index it; returns the job's number."""
        return self.start((os.fsencode(folder),))

    def start(self, roots: tuple[bytes, ...] = (), *, retry_problems: bool = False) -> int:
        """Look for new photos in these folders; ``()`` is all that the library knows."""
        job_id = self._link.start_index(roots, retry_problems=retry_problems)
        self._own_jobs.add(job_id)
        if self._holds - {"people"}:
            self._link.pause(job_id)
        self.index_started.emit()
        return job_id

    @Slot()
    def pause(self) -> None:
        """Let the running jobs rest, as people wish."""
        self.hold("people")

    @Slot()
    def resume(self) -> None:
        """Let resting jobs go on, whyever they rest."""
        self._holds.clear()
        self._resume()

    def hold(self, reason: str) -> None:
        """Let jobs rest, those that start later, too, until the reason is gone."""
        self._holds.add(reason)
        for job_id in self._own_jobs:
            self._link.pause(job_id)

    def release(self, reason: str) -> None:
        """Take a reason away; jobs go on if it was the last one."""
        if reason in self._holds:
            self._holds.discard(reason)
            if not self._holds:
                self._resume()

    def _resume(self) -> None:
        for job_id in self._own_jobs:
            self._link.resume(job_id)

    @Slot()
    def cancel(self) -> None:
        """Stop all index jobs; what they finished stays."""
        for job_id in self._own_jobs:
            self._link.cancel(job_id)

    def _adopt_own_job(self) -> None:
        """Show a run that the engine began by itself, once it has something to do."""
        if OWN_JOB_ID not in self._own_jobs:
            self._own_jobs.add(OWN_JOB_ID)
            if self._holds - {"people"}:
                self._link.pause(OWN_JOB_ID)
            self.index_started.emit()

    @Slot(object)
    def _on_link_index_progressed(self, event: IndexProgress) -> None:
        at_work = event.phase in ("indexing", "refining") and event.done < event.total
        if event.job_id == OWN_JOB_ID and at_work:
            self._adopt_own_job()
        if event.job_id in self._own_jobs:
            self._progress = event
            self.index_progressed.emit(event)

    @Slot(object)
    def _on_link_index_finished(self, event: IndexFinished) -> None:
        if event.job_id not in self._own_jobs:
            return
        self._own_jobs.discard(event.job_id)
        logger.info("indexing ended: %d indexed, %d found", event.indexed, event.found)
        if not self._own_jobs:
            self._progress = None
            self._holds.discard("people")
            self.index_ended.emit(event)

    @Slot(object)
    def _on_link_engine_lost(self, _event: EngineLost) -> None:
        """The next engine begins its own runs anew; those that people asked for go on."""
        self._own_jobs.discard(OWN_JOB_ID)

    @Slot(object)
    def _on_link_job_failed(self, event: JobFailed) -> None:
        if event.job_id in self._own_jobs:
            self._own_jobs.discard(event.job_id)
            self._progress = None
            self.index_failed.emit(event)
