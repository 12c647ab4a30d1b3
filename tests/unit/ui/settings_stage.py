"""What the tests of the settings share: a store, a choice of models, places, all made up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.core.model_messages import ModelJob
from app.core.models import InstalledModel, ModelFile, ModelStore
from app.core.settings import Settings
from app.engine.link import EngineLink
from app.engine.model_link import ModelLink
from app.ui.model_choice import ModelChoice
from app.ui.privacy_page import KeptPlaces
from app.ui.settings_store import SettingsStore


class WaitingJobs(ModelLink):
    """Takes jobs and does nothing; tests say what became of them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.asked: list[ModelJob] = []
        self.busy = False

    @property
    def is_busy(self) -> bool:
        return self.busy

    def start(self, job: ModelJob) -> None:
        self.asked.append(job)
        self.busy = True
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        self.busy = False

    def finish(self, done: object) -> None:
        self.busy = False
        self.finished.emit(done)


@dataclass
class Stage:
    """Everything behind the settings; ``owner`` keeps it alive."""

    owner: QWidget
    store: SettingsStore
    models: ModelStore
    link: EngineLink
    jobs: WaitingJobs
    choice: ModelChoice
    places: KeptPlaces


def make_stage(tmp_path: Path, settings: Settings | None = None) -> Stage:
    owner = QWidget()
    store = SettingsStore(
        settings or Settings(), tmp_path / "settings.json", owner, save=lambda *_: None
    )
    models = ModelStore(tmp_path / "models")
    link = EngineLink(store.settings, tmp_path / "library", tmp_path / "model", owner)
    jobs = WaitingJobs(owner)
    choice = ModelChoice(models, store, link, jobs, owner)
    names = ("library", "config", "models", "cache", "notices")
    return Stage(
        owner, store, models, link, jobs, choice, KeptPlaces(*(tmp_path / n for n in names))
    )


def add_model(stage: Stage, name: str) -> InstalledModel:
    """Put a made-up model into the models' folder."""
    folder = stage.models.partial_dir(name)
    folder.mkdir(parents=True)
    files = (ModelFile("model.safetensors", 1_535_000_000, "ab" * 32),)
    model = InstalledModel(name, "downloaded", folder, "a hub", "r1", files)
    return stage.models.take_in(model, folder)
