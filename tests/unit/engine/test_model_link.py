"""The process that fetches models: what it says arrives, and it ends when it is told to."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.core.model_messages import AddModel, DownloadModel, ModelDone, ModelProgress
from app.core.models import ModelStore
from app.engine.model_link import ModelLink
from tests.small_hub import SmallHub
from tests.small_models import write_small_model


def test_a_folder_is_taken_in_by_a_process_of_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    given = write_small_model(tmp_path / "given")
    link = ModelLink()
    told: list[ModelProgress] = []
    link.progressed.connect(told.append)
    with qtbot.waitSignal(link.finished, timeout=60_000) as done:
        link.start(AddModel(str(tmp_path / "models"), str(given), "mine"))
        assert link.is_busy
    place = tmp_path / "models" / "mine"
    assert done.args == [ModelDone("mine", str(place))]
    assert not link.is_busy
    assert {progress.phase for progress in told} == {"checking", "copying"}


def test_a_refusal_arrives_with_its_kind(qtbot: QtBot, tmp_path: Path) -> None:
    link = ModelLink()
    with qtbot.waitSignal(link.failed, timeout=60_000) as failed:
        link.start(AddModel(str(tmp_path / "models"), str(tmp_path), "mine"))
    assert failed.args[0].kind == "ModelError"
    assert "lacks" in failed.args[0].message


def test_a_cancelled_download_ends_at_once_and_goes_on_later(qtbot: QtBot, tmp_path: Path) -> None:
    models = tmp_path / "models"
    with SmallHub(write_small_model(tmp_path / "published")) as hub:
        hub.behaviour.pause_s = 0.1
        job = DownloadModel(str(models), "base", hub.endpoint)
        link = ModelLink()

        def some_came(progress: ModelProgress) -> bool:
            return 100_000 < progress.done_bytes < progress.total_bytes

        with qtbot.waitSignal(link.progressed, timeout=60_000, check_params_cb=some_came):
            link.start(job)
        link.cancel()
        assert not link.is_busy
        assert not [p for p in multiprocessing.active_children() if "engine" in p.name]
        assert [model.kind for model in ModelStore(models).installed()] == ["bundled"]
        hub.behaviour.pause_s = 0.0
        hub.behaviour.ranges.clear()
        with qtbot.waitSignal(link.finished, timeout=60_000):
            link.start(job)
        starts = [start for name, start in hub.behaviour.ranges if name == "model.safetensors"]
        assert all(start > 0 for start in starts)
    assert ModelStore(models).get("base").kind == "downloaded"


def test_a_process_that_dies_is_a_failure(qtbot: QtBot, tmp_path: Path) -> None:
    link = ModelLink(entry=("os", "_exit"))
    with qtbot.waitSignal(link.failed, timeout=60_000) as failed:
        link.start(AddModel(str(tmp_path), str(tmp_path), "mine"))
    assert failed.args[0].kind == "EngineLostError"
    assert not link.is_busy
