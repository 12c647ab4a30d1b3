"""Says what the engine is doing when it is not simply there, and lets people act on it."""

from __future__ import annotations

import functools
import logging

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from app.core.messages import EngineReady, IndexProgress, JobFailed
from app.engine.link import EngineLink, EngineLost
from app.ui.banner import Banner, StartingBar
from app.ui.error_text import engine_lost_text, error_text
from app.ui.library_reader import ReadFailure

logger = logging.getLogger(__name__)


class EngineNotice(QObject):
    """Owns what the banner and the starting line show."""

    add_folder_requested = Signal()
    retry_requested = Signal()

    def __init__(
        self,
        link: EngineLink,
        banner: Banner,
        starting_bar: StartingBar,
        log_path: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._banner = banner
        self._starting_bar = starting_bar
        self._log_path = log_path
        self._is_about_engine = False
        self._is_about_question = False
        self._is_about_search = False
        self._waiting_kind = ""
        link.index_progressed.connect(self._on_link_index_progressed)
        link.engine_starting.connect(self._on_link_engine_starting)
        link.engine_ready.connect(self._on_link_engine_ready)
        link.engine_lost.connect(self._on_link_engine_lost)
        banner.action_requested.connect(self._on_banner_action_requested)

    @Slot()
    def _on_link_engine_starting(self) -> None:
        self._starting_bar.show()

    @Slot(object)
    def _on_link_engine_ready(self, _event: EngineReady) -> None:
        self._starting_bar.hide()
        if self._is_about_engine:
            self._banner.clear()
            self._is_about_engine = False

    @Slot(object)
    def _on_link_engine_lost(self, event: EngineLost) -> None:
        self._starting_bar.hide()
        self._is_about_engine = True
        self._is_about_question = self._is_about_search = False
        self._banner.show_message(
            functools.partial(engine_lost_text, restarting=event.restarting, failure=event.failure)
        )

    @Slot(object)
    def _on_link_index_progressed(self, event: IndexProgress) -> None:
        """Say what indexing waits out, such as a full disk, for as long as it does."""
        if event.waiting_kind == self._waiting_kind or self._is_about_engine:
            return
        self._waiting_kind = event.waiting_kind
        if event.waiting_kind:
            waiting = JobFailed(event.job_id, event.waiting_kind, event.waiting_for)
            self._banner.show_message(functools.partial(error_text, waiting))
        else:
            self._banner.clear()

    @Slot(object)
    def show_failure(self, failure: JobFailed) -> None:
        """Say that a job failed."""
        logger.warning("job %d failed: %s", failure.job_id, failure.kind)
        self._show(failure)

    @Slot(object)
    def show_question_failure(self, failure: JobFailed) -> None:
        """Say that a question cannot be answered, until another one is asked."""
        self.show_failure(failure)
        self._is_about_question = not self._is_about_engine

    @Slot(object)
    def show_search_failure(self, failure: JobFailed) -> None:
        """Say that a search failed, until one is answered."""
        self.show_question_failure(failure)
        self._is_about_search = self._is_about_question

    @Slot()
    def forget_search(self) -> None:
        """A search was answered, the same one anew perhaps."""
        if self._is_about_search:
            self.forget_question()

    @Slot()
    def forget_question(self) -> None:
        """Something else is asked: what was said of the question before is out of date."""
        if self._is_about_question:
            self._is_about_question = self._is_about_search = False
            self._banner.clear()

    @Slot(object)
    def show_read_failure(self, failure: ReadFailure) -> None:
        """Say that the library could not be read."""
        self._show(JobFailed(0, failure.kind, failure.message))

    def _show(self, failure: JobFailed) -> None:
        if self._is_about_engine:
            return
        self._is_about_question = self._is_about_search = False
        self._banner.show_message(functools.partial(error_text, failure))

    @Slot(str)
    def _on_banner_action_requested(self, action: str) -> None:
        self._banner.clear()
        self._is_about_engine = False
        if action == "restart_engine":
            self._link.restart()
        elif action == "add_folder":
            self.add_folder_requested.emit()
        elif action == "retry":
            self.retry_requested.emit()
        elif action == "show_log":
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._log_path))
