"""Changing the model: searches go on, vectors are kept, going back is instant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import ModelError
from app.core.messages import (
    OWN_JOB_ID,
    CancelJob,
    EngineReady,
    IndexFinished,
    JobCancelled,
    JobFailed,
    PauseJob,
    ResumeJob,
)
from app.core.settings import Settings
from app.core.switching import ModelSwitched, SwitchProgress, UseModel
from app.worker.engine import Engine
from tests.engine_bench import EngineBench
from tests.fakes import FakeEncoder, HeldPool, make_album

N_PHOTOS = 12


class Encoders:
    """Encoders by the name of their folder."""

    def __init__(self) -> None:
        self.made: dict[str, FakeEncoder] = {}

    def __call__(self, model_dir: Path, settings: Settings) -> FakeEncoder:
        if model_dir.name == "broken":
            raise ModelError("There is no model in broken.")
        if model_dir.name not in self.made:
            encoder = FakeEncoder()
            encoder.name = model_dir.name
            encoder.fingerprint = f"print of {model_dir.name}"
            self.made[model_dir.name] = encoder
        return self.made[model_dir.name]


class SwitchBench(EngineBench):
    """An engine that can load several models."""

    def _open(self) -> None:
        self.pool = self._make_pool()
        self.engine = Engine(
            self._settings,
            self._library_dir,
            Path("old"),
            self.events.append,
            loader=Encoders(),
            pool=self.pool,
        )
        self.engine.start()

    def n_vectors(self) -> dict[str, int]:
        return {model.name: model.n_vectors for model in self.engine.library.models()}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SwitchBench]:
    make_album(tmp_path / "album", N_PHOTOS)
    with SwitchBench(tmp_path / "library") as bench:
        bench.index(tmp_path / "album")
        yield bench


def _use(bench: SwitchBench, name: str) -> int:
    job_id = bench.new_id()
    bench.send(UseModel(job_id, name))
    return job_id


def test_a_new_model_takes_over_when_every_photo_has_its_vector(bench: SwitchBench) -> None:
    job_id = _use(bench, "new")
    bench.step()
    assert bench.search("red").model == "old"
    done = bench.until(ModelSwitched, job_id=job_id)
    assert done == ModelSwitched(job_id, "new", N_PHOTOS)
    assert bench.of_kind(EngineReady)[-1].model == "new"
    assert bench.search("red").model == "new"
    assert len(bench.search("red").hits) == N_PHOTOS
    assert bench.n_vectors() == {"old": N_PHOTOS, "new": N_PHOTOS}
    assert bench.of_kind(SwitchProgress, job_id=job_id)[0].total == N_PHOTOS


def test_going_back_decodes_nothing(bench: SwitchBench) -> None:
    bench.until(ModelSwitched, job_id=_use(bench, "new"))
    bench.until(IndexFinished, job_id=OWN_JOB_ID)
    n_requests = len(bench.pool.requests)
    bench.events.clear()
    done = bench.until(ModelSwitched, job_id=_use(bench, "old"))
    assert done.encoded == 0
    bench.until(IndexFinished, job_id=OWN_JOB_ID)
    assert len(bench.pool.requests) == n_requests
    assert bench.search("red").model == "old"


def test_the_run_after_a_switch_makes_the_regions_of_the_new_model(bench: SwitchBench) -> None:
    bench.until(ModelSwitched, job_id=_use(bench, "new"))
    regions = bench.engine.library.regions
    old, new = (model.id for model in bench.engine.library.models())
    assert len(regions.photo_ids(new)) == 0
    bench.until(IndexFinished, job_id=OWN_JOB_ID)
    assert regions.photo_ids(new).tolist() == regions.photo_ids(old).tolist()
    assert len(regions.photo_ids(new)) == N_PHOTOS


def test_new_photos_get_vectors_of_the_model_that_is_in_use(
    bench: SwitchBench, tmp_path: Path
) -> None:
    bench.until(ModelSwitched, job_id=_use(bench, "new"))
    make_album(tmp_path / "more", 3, size=(80, 60))
    bench.index(tmp_path / "more")
    assert bench.n_vectors() == {"old": N_PHOTOS, "new": N_PHOTOS + 3}
    done = bench.until(ModelSwitched, job_id=_use(bench, "old"))
    assert done.encoded == 3


def test_a_broken_model_changes_nothing(bench: SwitchBench) -> None:
    failed = bench.until(JobFailed, job_id=_use(bench, "broken"))
    assert failed.kind == "ModelError"
    assert bench.search("red").model == "old"


def test_the_latest_wish_counts(bench: SwitchBench) -> None:
    first, second = _use(bench, "new"), _use(bench, "newer")
    bench.until(ModelSwitched, job_id=second)
    assert bench.of_kind(JobCancelled, job_id=first)
    assert bench.search("red").model == "newer"


@pytest.fixture
def held(tmp_path: Path) -> Iterator[SwitchBench]:
    make_album(tmp_path / "album", N_PHOTOS)
    with SwitchBench(tmp_path / "library") as indexing:
        indexing.index(tmp_path / "album")
    with SwitchBench(tmp_path / "library", pool=HeldPool) as bench:
        yield bench


def test_a_broken_off_switch_keeps_its_vectors_and_goes_on(held: SwitchBench) -> None:
    job_id = _use(held, "new")
    held.step(3)
    assert isinstance(held.pool, HeldPool)
    held.pool.release()
    held.step()
    n_made = held.n_vectors()["new"]
    assert 0 < n_made < N_PHOTOS
    held.send(CancelJob(job_id))
    held.until(JobCancelled, job_id=job_id)
    assert held.search("red").model == "old"
    again = held.until(SwitchProgress, job_id=_use(held, "new"))
    assert again.total == N_PHOTOS - n_made


def test_a_switch_rests_while_it_is_paused(held: SwitchBench) -> None:
    job_id = _use(held, "new")
    held.step(2)
    held.send(PauseJob(job_id))
    assert isinstance(held.pool, HeldPool)
    held.pool.release()
    held.step(20)
    assert held.n_vectors()["new"] == 0
    assert not held.engine.is_busy
    assert held.of_kind(SwitchProgress, job_id=job_id)[-1].paused
    held.send(ResumeJob(job_id))
    held.step(3)
    assert held.n_vectors()["new"] > 0
