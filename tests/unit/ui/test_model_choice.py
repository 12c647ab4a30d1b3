"""Choosing a model: prepared first, then switched to, the former one kept until it is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import ModelError
from app.core.messages import JobFailed, PauseJob, ResumeJob
from app.core.model_messages import AddModel, DownloadModel, ModelDone, PrepareModel
from app.core.models import bundled_model
from app.core.settings import Settings
from app.core.switching import ModelSwitched, SwitchProgress, UseModel
from tests.fakes import READY
from tests.unit.ui.settings_stage import Stage, add_model, make_stage


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = make_stage(tmp_path)
    qtbot.addWidget(stage.owner)
    stage.sent = []  # type: ignore[attr-defined]
    monkeypatch.setattr(stage.link, "_send", stage.sent.append)  # type: ignore[attr-defined]
    yield stage
    stage.store.close()


def _use(stage: Stage, name: str) -> int:
    model = stage.models.get(name)
    stage.choice.use(model)
    assert stage.jobs.asked[-1] == PrepareModel(str(model.directory), "auto", "auto")
    stage.jobs.finish(ModelDone(name, str(model.directory)))
    command = stage.sent[-1]  # type: ignore[attr-defined]
    assert command == UseModel(command.job_id, str(model.directory))
    return int(command.job_id)


def test_a_chosen_model_is_prepared_switched_to_and_then_alone(stage: Stage) -> None:
    model = add_model(stage, "base")
    job_id = _use(stage, "base")
    bundled = str(bundled_model().directory)
    assert stage.store.settings.model_dir == str(model.directory)
    assert stage.store.settings.former_model_dir == bundled
    assert stage.choice.is_switching
    stage.link.model_switched.emit(ModelSwitched(job_id, "base", 10))
    assert stage.store.settings.former_model_dir is None
    assert not stage.choice.is_switching
    _use(stage, "finelens-tiny")
    assert stage.store.settings.model_dir is None
    assert stage.store.settings.former_model_dir == str(model.directory)


def test_going_back_before_the_end_leaves_no_former_model(stage: Stage) -> None:
    add_model(stage, "base")
    _use(stage, "base")
    _use(stage, "finelens-tiny")
    assert stage.store.settings.model_dir is None
    assert stage.store.settings.former_model_dir is None


def test_a_failed_switch_goes_back_to_the_former_model(qtbot: QtBot, stage: Stage) -> None:
    add_model(stage, "base")
    job_id = _use(stage, "base")
    with qtbot.waitSignal(stage.choice.failed):
        stage.link.job_failed.emit(JobFailed(job_id, "ModelError", "broken"))
    assert stage.store.settings.model_dir is None
    assert stage.store.settings.former_model_dir is None


def test_a_switch_of_the_last_run_goes_on(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(model_dir=str(tmp_path / "new"), former_model_dir=str(tmp_path / "old"))
    stage = make_stage(tmp_path, settings)
    qtbot.addWidget(stage.owner)
    stage.link.engine_ready.emit(READY)
    assert stage.choice.is_switching
    stage.link.engine_ready.emit(READY)  # an engine that was restarted: the link asks it again
    assert len(stage.link._jobs) == 1


def test_a_switch_rests_for_as_long_as_there_is_a_reason(stage: Stage) -> None:
    add_model(stage, "base")
    stage.choice.hold("battery")
    stage.choice.use(stage.models.get("base"))
    stage.jobs.finish(ModelDone("base", str(stage.models.get("base").directory)))
    use, pause = stage.sent[-2:]  # type: ignore[attr-defined]
    assert pause == PauseJob(use.job_id)
    stage.choice.hold("typing")
    stage.choice.release("battery")
    assert ResumeJob(use.job_id) not in stage.sent  # type: ignore[attr-defined]
    stage.choice.release("typing")
    assert stage.sent[-1] == ResumeJob(use.job_id)  # type: ignore[attr-defined]


def test_models_in_use_are_not_removed(stage: Stage) -> None:
    model = add_model(stage, "base")
    _use(stage, "base")
    with pytest.raises(ModelError):
        stage.choice.remove(model)
    other = add_model(stage, "other")
    stage.choice.remove(other)
    assert [each.name for each in stage.choice.installed()] == ["finelens-tiny", "base"]


def test_jobs_carry_where_models_go_and_come_from(stage: Stage, tmp_path: Path) -> None:
    stage.choice.add(tmp_path / "given", "given", link=True)
    models = str(stage.models.directory)
    assert stage.jobs.asked == [AddModel(models, str(tmp_path / "given"), "given", True)]
    stage.choice.cancel()
    stage.store.change(hub_endpoint="https://mirror.example")
    stage.choice.download("base")
    assert stage.jobs.asked[-1] == DownloadModel(models, "base", "https://mirror.example")


def test_progress_of_other_jobs_is_not_told(stage: Stage) -> None:
    add_model(stage, "base")
    job_id = _use(stage, "base")
    told: list[SwitchProgress] = []
    stage.choice.switch_progressed.connect(told.append)
    stage.link.switch_progressed.emit(SwitchProgress(job_id + 1, "other", 1, 2))
    assert told == []
    stage.link.switch_progressed.emit(SwitchProgress(job_id, "base", 1, 2))
    assert len(told) == 1
