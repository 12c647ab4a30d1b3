"""Going on with a run: what may change, what may not, and what a power cut leaves."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.unit.trainer.small_runs import stage_two
from trainer.checkpoints import list_checkpoints
from trainer.data.choice import make_sources
from trainer.data.file_sources import FineHardSource, JsonLinesSource, TarSource
from trainer.data.photo_sources import PhotoSource
from trainer.data.photos import PhotoSet
from trainer.data.samples import Source
from trainer.data.scene_source import SceneSource
from trainer.errors import CheckpointError, RecipeError
from trainer.export import export
from trainer.files import completed
from trainer.loop import train
from trainer.recipes import Recipe, resolve
from trainer.resuming import FREE_FIELDS, check_same_run, check_same_samples, record_samples


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """What a checkpoint says of its recipe, ``tiny-regions`` from other weights."""
    recipe = resolve("tiny-regions", ["weights=before"])
    (tmp_path / "recipe.json").write_text(recipe.to_json())
    return tmp_path


@pytest.fixture(scope="module")
def stopped(photo_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two steps that ended after the first; to be copied."""
    out = tmp_path_factory.mktemp("stopped")
    train(stage_two(photo_sets, "steps=2"), out, resume=False, stop_after=1)
    return out


def _other(value: Any) -> Any:
    """A value of the same kind that is another one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, dict):
        return {name: weight * 2 for name, weight in value.items()}
    return ((0.0, 1),) if isinstance(value, tuple) else value + 1


@pytest.mark.parametrize("name", [each.name for each in dataclasses.fields(Recipe)])
def test_every_field_but_the_free_ones_must_be_what_it_was(checkpoint: Path, name: str) -> None:
    recipe = resolve("tiny-regions", ["weights=before"])
    old = getattr(recipe, name)
    changed = dataclasses.replace(recipe, **{name: _other(old)})
    said = f"{name} was {old!r} and is {_other(old)!r}"
    assert check_same_run(checkpoint, recipe) == []
    if name in FREE_FIELDS:
        assert check_same_run(checkpoint, changed) == [said]
        return
    with pytest.raises(CheckpointError) as caught:
        check_same_run(checkpoint, changed)
    assert said in str(caught.value)
    assert "choose another --out" in str(caught.value)


def test_files_may_lie_elsewhere_but_not_in_another_order(tmp_path: Path) -> None:
    def recipe(sources: dict[str, float]) -> Recipe:
        return dataclasses.replace(resolve("paper", []), sources=sources)

    (tmp_path / "recipe.json").write_text(recipe({"tar:a": 0.7, "jsonl:b": 0.3}).to_json())
    (change,) = check_same_run(tmp_path, recipe({"tar:c/a": 0.7, "jsonl:c/b": 0.3}))
    assert change.startswith("sources was {'tar:a': 0.7")
    for other in (
        {"jsonl:b": 0.3, "tar:a": 0.7},
        {"tar:a": 0.3, "jsonl:b": 0.7},
        {"tar:a": 0.7, "tar:b": 0.3},
    ):
        with pytest.raises(CheckpointError, match="sources was"):
            check_same_run(tmp_path, recipe(other))


def test_samples_may_lie_elsewhere_but_must_be_the_same(
    photo_sets: Path, finehard: Path, tmp_path: Path
) -> None:
    """Of every kind of source; what differs is named with both numbers."""
    with tarfile.open(finehard / "x.tar", "w") as archive:
        archive.add(finehard / "images" / "a.jpg", "a.jpg")
    line = json.dumps({"file": "images/a.jpg", "caption": "a boat"})
    (finehard / "x.jsonl").write_text(line + "\n")

    def sources(folder: Path) -> dict[str, Source]:
        return {
            "photos": PhotoSource(PhotoSet(photo_sets, "train"), {"fruit": 1.0}),
            "scenes": SceneSource(3),
            "finehard": FineHardSource(folder / "json", folder / "images"),
            "tar": TarSource(folder / "x.tar"),
            "lines": JsonLinesSource(folder / "x.jsonl"),
        }

    record_samples(tmp_path, sources(finehard))
    moved = shutil.copytree(finehard, tmp_path / "moved")
    check_same_samples(tmp_path, sources(moved))
    (moved / "x.jsonl").write_text(line.replace("boat", "ship") + "\n")
    with pytest.raises(CheckpointError, match="lines had 1 samples and has 1 others"):
        check_same_samples(tmp_path, sources(moved))
    with tarfile.open(moved / "x.tar", "a") as archive:
        archive.add(finehard / "images" / "a.jpg", "b.jpg")
    with pytest.raises(CheckpointError, match=r"tar had 1 samples and has 2\. Name the same"):
        check_same_samples(tmp_path, sources(moved))
    fewer = {"photos": PhotoSource(PhotoSet(photo_sets, "train", ["fruit"]), {"fruit": 1.0})}
    with pytest.raises(CheckpointError, match="photos had 52 samples and has 40"):
        check_same_samples(tmp_path, fewer)
    (tmp_path / "samples.json").write_text("[3]")
    with pytest.raises(CheckpointError, match=r"samples\.json cannot be read.*delete it"):
        check_same_samples(tmp_path, fewer)


def test_a_run_does_not_go_on_with_other_samples(
    stopped: Path, tmp_path: Path, photo_sets: Path
) -> None:
    out = shutil.copytree(stopped, tmp_path / "run")
    recipe = stage_two(photo_sets, "steps=2")
    sources = make_sources(recipe, PhotoSet(photo_sets, "train"))  # with the people
    with pytest.raises(CheckpointError, match="photos had 40 samples and has 52"):
        train(recipe, out, resume=True, sources=sources)
    (out / "samples.json").unlink()  # a run from before they were written down
    train(recipe, out, resume=True, sources=sources)


def test_an_objective_of_weight_0_is_none(checkpoint: Path) -> None:
    recipe = resolve("tiny-regions", ["weights=before"])
    fewer = {name: weight for name, weight in recipe.objectives.items() if weight}
    assert fewer != recipe.objectives
    check_same_run(checkpoint, dataclasses.replace(recipe, objectives=fewer))


def test_a_run_with_less_memory_and_moved_files_goes_on(
    photo_sets: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recipe = stage_two(photo_sets, "optimizer=adamw", "gradient_norm=1000.0")
    whole = train(recipe, tmp_path / "whole", resume=False)
    train(recipe, tmp_path / "parts", resume=False, stop_after=2)
    moved = tmp_path / "moved"
    moved.symlink_to(photo_sets)
    changes: dict[str, Any] = {"photos": str(moved), "micro_batch": 3, "data_threads": 2}
    changes["checkpoint_every"] = 2
    with caplog.at_level(logging.INFO, logger="trainer.loop"):
        last = train(dataclasses.replace(recipe, **changes), tmp_path / "parts", resume=True)
    (line,) = [line for line in caplog.messages if line.startswith("resumed at step 2 of 6 (")]
    assert all(f"{name} was " in line for name in changes)
    kept = sorted(each.name for each in last.parent.iterdir())
    assert kept == ["step-000004", "step-000006"]  # the new checkpoint_every counts
    expected, found = (load_file(each / "model.safetensors") for each in (whole, last))
    for name, value in expected.items():
        # Biases of keys change no attention: their gradient is noise, which Adam makes large.
        if not name.endswith(("k_proj.bias", "in_proj_bias")):
            torch.testing.assert_close(found[name], value, rtol=1e-2, atol=2e-4, msg=name)


def test_memory_that_ran_out_says_which_field_may_change(
    photo_sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise torch.OutOfMemoryError("tried to allocate 12 GiB")

    monkeypatch.setattr("trainer.loop.backward_step", full)
    with pytest.raises(RecipeError, match=r"^micro_batch is 0 .*step 1: set it lower.*--resume,"):
        train(stage_two(photo_sets), tmp_path, resume=False)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[1, 2]", r"state\.json holds \[1, 2\]"),
        ("{}", r"state\.json is missing or names no step"),
        ('{"step": "3"}', r"step in state\.json is '3'"),
        ('{"step": -3}', r"step in state\.json is -3"),
        ('{"step": true}', r"step in state\.json is True"),
        ('{"step": 3, "threshold": [0]}', r"threshold in state\.json is \[0\]"),
        ('{"step": 3, "threshold": NaN}', r"threshold in state\.json is nan"),
        ('{"step": 3, "region_heads_trained": "no"}', r"region_heads_trained in .* is 'no'"),
    ],
)
def test_a_state_that_no_run_wrote_is_named(
    stopped: Path, tmp_path: Path, photo_sets: Path, content: str, named: str
) -> None:
    out = shutil.copytree(stopped, tmp_path / "run")
    (out / "checkpoints" / "step-000001" / "state.json").write_text(content)
    with pytest.raises(CheckpointError, match=f"step-000001 cannot be resumed: {named}.*delete it"):
        train(stage_two(photo_sets, "steps=2"), out, resume=True)


def test_a_state_that_is_no_object_neither_exports_nor_begins_a_run(
    stopped: Path, tmp_path: Path, photo_sets: Path
) -> None:
    out = shutil.copytree(stopped, tmp_path / "run")
    (out / "checkpoints" / "step-000001" / "state.json").write_text("[]")
    with pytest.raises(CheckpointError, match=r"state\.json holds \[\].*name a run"):
        export(out, tmp_path / "model")
    with pytest.raises(CheckpointError, match=r"state\.json holds \[\].*another start_from"):
        train(stage_two(photo_sets, f"start_from={out}"), tmp_path / "next", resume=False)


@pytest.mark.parametrize("file", ["average", "optimizer"])
def test_tensors_of_another_shape_are_named(
    stopped: Path, tmp_path: Path, photo_sets: Path, file: str
) -> None:
    out = shutil.copytree(stopped, tmp_path / "run")
    path = out / "checkpoints" / "step-000001" / f"{file}.safetensors"
    tensors = load_file(path)
    name = next(each for each in tensors if each.startswith("longtext_head.weight"))
    save_file(tensors | {name: torch.zeros(2, 3)}, path)
    said = (
        rf"cannot be resumed: {file}\.safetensors: longtext_head\.weight.* shape \(2, 3\), not \(32"
    )
    with pytest.raises(CheckpointError, match=said):
        train(stage_two(photo_sets, "steps=2"), out, resume=True)


def test_copies_of_checkpoints_are_none(tmp_path: Path) -> None:
    for name in ("step-000002", "step-1000000", "step-000002-good", "step-x"):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
    names = [path.name for path in list_checkpoints(tmp_path)]
    assert names == ["step-000002", "step-1000000"]


def test_a_run_that_goes_on_needs_its_starting_point_no_more(
    photo_sets: Path, tmp_path: Path
) -> None:
    first = stage_two(photo_sets, "stage=1", "objectives={'short': 1.0}", "steps=1")
    train(first, tmp_path / "one", resume=False)
    recipe = stage_two(photo_sets, f"start_from={tmp_path / 'one'}", "steps=2")
    train(recipe, tmp_path / "two", resume=False, stop_after=1)
    (tmp_path / "one").rename(tmp_path / "archived")
    assert train(recipe, tmp_path / "two", resume=True).name == "step-000002"


def test_all_of_a_checkpoint_and_a_model_is_on_disk_before_it_has_its_name(
    photo_sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    really = os.fsync

    def record(file: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{file}")))
        really(file)

    monkeypatch.setattr(os, "fsync", record)
    final = train(stage_two(photo_sets, "steps=1"), tmp_path / "run", resume=False)
    partial = final.with_name(".part")
    written = {partial / each.name for each in final.iterdir()}
    assert len(written) == 6
    assert written <= set(synced)
    assert synced[-2:] == [partial, final.parent]
    synced.clear()
    export(final, tmp_path / "model")
    assert synced == [tmp_path / "model" / ".part", tmp_path / "model"] * 4


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_cannot_be_completed_leaves_the_old_and_nothing_else(
    tmp_path: Path, kind: str
) -> None:
    (tmp_path / "name").write_text("old")
    with pytest.raises(OSError, match="no room"):
        _write_half(tmp_path / "name", kind)
    assert [each.name for each in tmp_path.iterdir()] == ["name"]
    assert (tmp_path / "name").read_text() == "old"


def _write_half(path: Path, kind: str) -> None:
    with completed(path) as partial:
        if kind == "folder":
            partial.mkdir()
        (partial / "in" if kind == "folder" else partial).write_text("half")
        raise OSError("no room")
