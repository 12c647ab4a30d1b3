"""Which model is in use: choosing, fetching, adding and removing, with the engine following."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.core.errors import ModelError
from app.core.messages import EngineReady, JobFailed
from app.core.model_messages import AddModel, DownloadModel, ModelDone, ModelJob, PrepareModel
from app.core.models import (
    DEFAULT_ENDPOINT,
    InstalledModel,
    ModelStore,
    choose_model,
    model_setting,
    settings_for_model,
)
from app.core.switching import ModelSwitched, SwitchProgress
from app.engine.link import EngineLink
from app.engine.model_link import ModelLink
from app.ui.settings_store import SettingsStore

logger = logging.getLogger(__name__)


class ModelChoice(QObject):
    """The models of this machine and the one that is used.

    Choosing a model prepares it in a process of its own, then the engine makes its vectors in the
    background; until they are there ``former_model_dir`` of the settings is searched with.
    """

    models_changed = Signal()
    switch_progressed = Signal(object)  # SwitchProgress
    switch_ended = Signal()
    progressed = Signal(object)  # ModelProgress
    failed = Signal(object)  # JobFailed

    def __init__(
        self,
        models: ModelStore,
        store: SettingsStore,
        link: EngineLink,
        jobs: ModelLink,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._models = models
        self._store = store
        self._link = link
        self._jobs = jobs
        self._holds: set[str] = set()
        self._switch_id = 0
        self._use_when_prepared = ""
        jobs.progressed.connect(self.progressed)
        jobs.finished.connect(self._on_jobs_finished)
        jobs.failed.connect(self._on_jobs_failed)
        link.engine_ready.connect(self._on_link_engine_ready)
        link.switch_progressed.connect(self._on_link_switch_progressed)
        link.model_switched.connect(self._on_link_model_switched)
        link.job_failed.connect(self._on_link_job_failed)

    @property
    def is_busy(self) -> bool:
        """Whether a model is being fetched, added or prepared."""
        return self._jobs.is_busy

    @property
    def is_switching(self) -> bool:
        """Whether photos are getting vectors of a newly chosen model."""
        return self._switch_id != 0

    @property
    def chosen_dir(self) -> Path:
        """Folder of the chosen model."""
        return choose_model(self._store.settings.model_dir)

    @property
    def endpoint(self) -> str:
        """Where models are fetched from."""
        return self._store.settings.hub_endpoint or DEFAULT_ENDPOINT

    def installed(self) -> list[InstalledModel]:
        """Return the models that can be used."""
        return self._models.installed()

    def use(self, model: InstalledModel) -> None:
        """Choose a model: prepared first, then searched with as soon as its vectors are there."""
        if model.directory == self.chosen_dir or self._jobs.is_busy:
            return
        self._use_when_prepared = str(model.directory)
        settings = self._store.settings
        self._start(PrepareModel(str(model.directory), settings.engine, settings.precision))

    def add(self, directory: Path, name: str, *, link: bool) -> None:
        """Take in a folder."""
        self._start(AddModel(str(self._models.directory), str(directory), name, link))

    def download(self, name: str) -> None:
        """Fetch a published model; the user has agreed."""
        self._start(DownloadModel(str(self._models.directory), name, self.endpoint))

    def cancel(self) -> None:
        """End what is being fetched or prepared; what came so far is kept."""
        self._use_when_prepared = ""
        self._jobs.cancel()
        self.models_changed.emit()

    def remove(self, model: InstalledModel) -> None:
        """Delete a model that is not in use.

        Raises:
            ModelError: it is in use, or the disk does not let it.
        """
        in_use = {str(self.chosen_dir), self._store.settings.former_model_dir}
        if str(model.directory) in in_use:
            raise ModelError(f"{model.name} is in use.")
        try:
            self._models.remove(model.name)
        except OSError as error:
            raise ModelError(f"{model.name} cannot be removed: {error.strerror}.") from error
        self.models_changed.emit()

    def hold(self, reason: str) -> None:
        """Let a switch rest until the reason is gone."""
        self._holds.add(reason)
        if self._switch_id:
            self._link.pause(self._switch_id)

    def release(self, reason: str) -> None:
        """Take a reason away; the switch goes on if it was the last one."""
        self._holds.discard(reason)
        if self._switch_id and not self._holds:
            self._link.resume(self._switch_id)

    def close(self) -> None:
        """End what is under way."""
        self._jobs.cancel()

    def _start(self, job: ModelJob) -> None:
        if not self._jobs.is_busy:
            self._jobs.start(job)

    def _switch(self, directory: str) -> None:
        self._switch_id = self._link.use_model(Path(directory))
        if self._holds:
            self._link.pause(self._switch_id)

    @Slot(object)
    def _on_jobs_finished(self, done: ModelDone) -> None:
        directory, self._use_when_prepared = self._use_when_prepared, ""
        if directory:
            self._store.change(**settings_for_model(self._store.settings, Path(directory)))
            self._switch(directory)
        logger.info("a model is ready: %s", done.name)
        self.models_changed.emit()

    @Slot(object)
    def _on_jobs_failed(self, failure: JobFailed) -> None:
        self._use_when_prepared = ""
        self.failed.emit(failure)
        self.models_changed.emit()

    @Slot(object)
    def _on_link_engine_ready(self, _ready: EngineReady) -> None:
        # A switch that the last run of the application did not finish goes on.
        if not self._switch_id and self._store.settings.former_model_dir is not None:
            self._switch(str(self.chosen_dir))

    @Slot(object)
    def _on_link_switch_progressed(self, progress: SwitchProgress) -> None:
        if progress.job_id == self._switch_id:
            self.switch_progressed.emit(progress)

    @Slot(object)
    def _on_link_model_switched(self, event: ModelSwitched) -> None:
        if event.job_id == self._switch_id:
            self._switch_id = 0
            self._store.change(former_model_dir=None)
            self.switch_ended.emit()
            self.models_changed.emit()

    @Slot(object)
    def _on_link_job_failed(self, failure: JobFailed) -> None:
        if failure.job_id and failure.job_id == self._switch_id:
            self._switch_id = 0
            former = self._store.settings.former_model_dir
            self._store.change(model_dir=model_setting(former), former_model_dir=None)
            self.switch_ended.emit()
            self.failed.emit(failure)
