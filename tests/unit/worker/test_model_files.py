"""Taking in a model's folder: the strict check, copies, links, disks without room."""

from __future__ import annotations

import errno
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from app.core.errors import DiskSpaceError, ModelError
from app.core.model_messages import AddModel, ModelProgress, PrepareModel
from app.core.models import ModelStore
from app.worker import model_files
from app.worker.model_files import check_model, file_sha256
from app.worker.model_jobs import do
from tests.small_models import write_small_model

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    return write_small_model(tmp_path / "given")


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def _add(store: ModelStore, folder: Path, *, link: bool = False) -> list[ModelProgress]:
    told: list[ModelProgress] = []
    do(AddModel(str(store.directory), str(folder), "mine", link), told.append)
    return told


def test_a_copy_holds_the_model_and_nothing_else(store: ModelStore, model_dir: Path) -> None:
    (model_dir / "modeling_fgclip2.py").write_text("print('never run')")
    (model_dir / "pytorch_model.bin").write_bytes(b"\x80\x04pickle")
    told = _add(store, model_dir)
    model = store.get("mine")
    assert {path.name for path in model.directory.iterdir()} == {
        "config.json", "preprocessor_config.json", "tokenizer.model", "model.safetensors",
        "model.json",
    }  # fmt: skip
    for file in model.files:
        assert file_sha256(model_dir / file.name) == file.sha256
    copying = [progress for progress in told if progress.phase == "copying"]
    assert copying[-1].done_bytes == copying[-1].total_bytes == model.size_bytes
    do(PrepareModel(str(model.directory)), told.append)
    assert told[-1].phase == "preparing"


def test_a_link_copies_nothing(store: ModelStore, model_dir: Path) -> None:
    _add(store, model_dir, link=True)
    model = store.get("mine")
    assert model.directory == model_dir
    assert [path.name for path in (store.directory / "mine").iterdir()] == ["model.json"]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "tokenizer.model").unlink(), "lacks tokenizer.model"),
        (lambda folder: (folder / "config.json").unlink(), "lacks config.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json"),
        (lambda folder: (folder / "tokenizer.model").write_bytes(b"no"), "tokenizer.model"),
        (lambda folder: _cut(folder / "model.safetensors"), "cut off"),
        (lambda folder: (folder / "model.safetensors").unlink(), "model.safetensors"),
    ],
)
@pytest.mark.parametrize("link", [False, True])
def test_what_is_not_whole_is_refused(
    store: ModelStore, model_dir: Path, damage, said: str, link: bool
) -> None:
    damage(model_dir)
    with pytest.raises(ModelError, match=said):
        _add(store, model_dir, link=link)
    assert not store.directory.exists() or not any(store.directory.iterdir())


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def test_a_full_disk_is_noticed_before_and_while_copying(
    store: ModelStore, model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 1000))
    with pytest.raises(DiskSpaceError, match="are needed"):
        _add(store, model_dir)
    monkeypatch.undo()

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(model_files, "_copy", no_room)
    with pytest.raises(DiskSpaceError):
        _add(store, model_dir)
    assert not any(store.directory.iterdir())


def test_the_bundled_model_passes_the_check() -> None:
    from app.core.paths import bundled_model_dir

    check_model(bundled_model_dir())
