"""Several processes equal one at the same global batch: loss, gradients, threshold, whole runs."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.unit.trainer.dist_worker import gradients
from tests.unit.trainer.small_runs import stage_two
from trainer.distributed import Group, process_group
from trainer.errors import GroupError
from trainer.loop import train
from trainer.recipes import Recipe

pytestmark = pytest.mark.timeout(2 * 300)
ROOT = Path(__file__).resolve().parents[3]
WORKER = Path(__file__).with_name("dist_worker.py")
DDP: dict[str, Any] = {"settings": [], "bare_rank": -1}
PIECES: dict[str, Any] = {"settings": ["micro_batch=3"], "bare_rank": -1}
SHARDED = ["sharding=fsdp", "optimizer=adamw"]  # Muon needs whole matrices
FSDP: dict[str, Any] = {"settings": SHARDED, "bare_rank": -1}
BARE: dict[str, Any] = {"settings": [], "bare_rank": 0}
BARE_FSDP: dict[str, Any] = {"settings": SHARDED, "bare_rank": 1}
# Layers that run again in the backward pass, beside each of the other ways to save memory.
AGAIN: dict[str, Any] = {"settings": ["checkpoint_layers=True"], "bare_rank": -1}
AGAIN_PIECES: dict[str, Any] = {
    "settings": [*PIECES["settings"], *AGAIN["settings"]],
    "bare_rank": -1,
}
AGAIN_FSDP: dict[str, Any] = {"settings": [*SHARDED, *AGAIN["settings"]], "bare_rank": -1}
FEW: dict[str, Any] = {"settings": ["objectives={'short': 1.0, 'region': 0.2}"], "bare_rank": -1}
CLASSES: dict[str, Any] = {
    "settings": ["objectives={'classes': 1.0, 'pair': 1.0}", "micro_batch=3"],
    "bare_rank": -1,
}
# Compiled layers, alone and with all that changes how they run; ``alone`` is not compiled.
COMPILED = ["compile_layers=True"]
COMPILED_DDP: dict[str, Any] = {"settings": COMPILED, "bare_rank": -1}
COMPILED_AGAIN: dict[str, Any] = {
    "settings": [*AGAIN_PIECES["settings"], *COMPILED],
    "bare_rank": -1,
}
COMPILED_FSDP: dict[str, Any] = {"settings": [*SHARDED, *COMPILED], "bare_rank": -1}
DEADLINE_S = 300  # importing torch in several processes is slow on a busy machine


@contextmanager
def _group(size: int, arguments: list[str]) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes of one group, killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = os.environ | {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    common |= {"WORLD_SIZE": str(size), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=common | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(size)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def _run_group(size: int, arguments: list[str]) -> None:
    with _group(size, arguments) as processes:
        messages = [process.communicate(timeout=DEADLINE_S)[1] for process in processes]
        assert [process.returncode for process in processes] == [0] * size, messages


def _compare(size: int, photos: Path, out: Path, scenarios: dict[str, dict[str, Any]]) -> None:
    alone = {}
    for name, scenario in scenarios.items():
        if scenario["bare_rank"] < 0:
            plain = [each for each in scenario["settings"] if each not in COMPILED]
            alone[name] = gradients(photos, out, Group(0, 1), plain, scenario["bare_rank"])
    _run_group(size, [str(WORKER), str(photos), str(out), str(out), json.dumps(scenarios)])
    for name in scenarios:
        found = load_file(out / f"{name}.safetensors")
        assert all(bool(value.isfinite().all()) for value in found.values())
        expected = alone.get(name, {})
        # A parameter without a gradient is left alone by the optimiser, one of zeros decays.
        assert not expected or found.keys() == expected.keys()
        for key, value in expected.items():
            atol = 1e-3 * float(value.abs().max()) + 1e-6
            torch.testing.assert_close(
                found[key], value, rtol=1e-3, atol=atol, msg=f"{name}: {key}"
            )


def test_two_processes_equal_one(photo_sets: Path, tmp_path: Path) -> None:
    scenarios = {"ddp": DDP, "pieces": PIECES, "fsdp": FSDP, "bare": BARE, "few": FEW}
    scenarios["classes"] = CLASSES
    _compare(2, photo_sets, tmp_path, scenarios)


@pytest.mark.dist
@pytest.mark.parametrize(
    "scenario",
    [DDP, PIECES, FSDP, BARE, BARE_FSDP, FEW, CLASSES, AGAIN, AGAIN_PIECES, AGAIN_FSDP],
)
def test_four_processes_equal_one(
    photo_sets: Path, tmp_path: Path, scenario: dict[str, Any]
) -> None:
    _compare(4, photo_sets, tmp_path, {"only": scenario})


@pytest.mark.dist
@pytest.mark.parametrize("scenario", [COMPILED_DDP, COMPILED_AGAIN, COMPILED_FSDP])
def test_compiled_layers_give_the_same(
    photo_sets: Path, tmp_path: Path, scenario: dict[str, Any]
) -> None:
    _compare(2, photo_sets, tmp_path, {"only": scenario})


@pytest.mark.dist
@pytest.mark.parametrize("settings", [["sharding=ddp"], SHARDED], ids=["ddp", "fsdp"])
def test_a_broken_off_run_of_two_equals_an_unbroken_one_of_one(
    photo_sets: Path, tmp_path: Path, settings: list[str]
) -> None:
    recipe = stage_two(photo_sets, *settings, "gradient_norm=1000.0")
    whole = train(recipe, tmp_path / "whole", resume=False)
    arguments = _command(recipe, tmp_path / "parts")
    _run_group(2, [*arguments, "--stop-after", "2"])
    _run_group(2, [*arguments, "--resume"])
    _assert_same_end(whole, tmp_path / "parts" / "checkpoints" / whole.name)


@pytest.mark.dist
def test_a_run_goes_on_sharded_in_another_way(photo_sets: Path, tmp_path: Path) -> None:
    recipe = stage_two(photo_sets, "optimizer=adamw", "gradient_norm=1000.0")
    whole = train(recipe, tmp_path / "whole", resume=False)
    _run_group(2, [*_command(recipe, tmp_path / "parts"), "--stop-after", "2"])
    sharded = dataclasses.replace(recipe, sharding="fsdp")
    _run_group(2, [*_command(sharded, tmp_path / "parts"), "--resume"])
    _assert_same_end(whole, tmp_path / "parts" / "checkpoints" / whole.name)


@pytest.mark.dist
def test_a_killed_run_of_two_equals_an_unbroken_one_of_one(
    photo_sets: Path, tmp_path: Path
) -> None:
    recipe = stage_two(photo_sets, "gradient_norm=1000.0", "checkpoint_every=2")
    whole = train(recipe, tmp_path / "whole", resume=False)
    arguments = _command(recipe, tmp_path / "parts")
    first = tmp_path / "parts" / "checkpoints" / "step-000002"
    with _group(2, arguments) as processes:
        deadline = time.monotonic() + DEADLINE_S
        while not first.exists() and time.monotonic() < deadline:
            assert all(process.poll() is None for process in processes)
            time.sleep(0.005)
    _run_group(2, [*arguments, "--resume"])
    _assert_same_end(whole, tmp_path / "parts" / "checkpoints" / whole.name)


@pytest.mark.dist
def test_when_one_process_ends_the_others_say_so_in_a_sentence(
    photo_sets: Path, tmp_path: Path
) -> None:
    """The first process alone looks for the tokenizer, which is not there."""
    recipe = stage_two(photo_sets, f"weights={tmp_path}")
    with _group(2, _command(recipe, tmp_path / "run")) as processes:
        messages = [process.communicate(timeout=DEADLINE_S)[1] for process in processes]
        assert [process.returncode for process in processes] == [1, 1], messages
    first, second = (message.splitlines()[-1] for message in messages)
    assert first == f"trainer: {tmp_path} holds no tokenizer.model: copy it there from its release"
    # It may be gone before they have all met.
    assert second.startswith(
        ("trainer: another process has ended, see", "trainer: WORLD_SIZE is 2")
    )
    assert not any("Traceback" in message for message in messages)


@pytest.mark.dist
def test_what_every_process_finds_is_said_by_the_first_alone(
    photo_sets: Path, tmp_path: Path
) -> None:
    recipe = stage_two(photo_sets, "batch_size=7")
    with _group(2, _command(recipe, tmp_path / "run")) as processes:
        messages = [process.communicate(timeout=DEADLINE_S)[1] for process in processes]
        assert [process.returncode for process in processes] == [1, 1], messages
    first, second = (message.splitlines() for message in messages)
    assert first == ["trainer: batch_size is 7; set it to a multiple of the 2 processes"]
    assert second == ["trainer: process 1 ended as the first one did"]


@pytest.mark.dist
def test_what_each_process_cannot_read_is_named_once_by_the_first(
    photo_sets: Path, tmp_path: Path
) -> None:
    weights = "archive_weights={'fruit': 0.1, 'people': 0.9}"
    recipe = stage_two(photo_sets, weights, "sources={'photos': 1.0}", "steps=12")
    with _group(2, _command(recipe, tmp_path / "run")) as processes:
        messages = [process.communicate(timeout=DEADLINE_S)[1] for process in processes]
        assert [process.returncode for process in processes] == [0, 0], messages
    assert "1 samples or regions could not be read:" in messages[0]
    assert messages[0].count("people-003.png: no picture of a known format") == 1
    assert "people-003.png" not in messages[1]


@pytest.mark.parametrize(
    ("environment", "said"),
    [({"WORLD_SIZE": "2"}, "WORLD_SIZE is 2 .*RANK"), ({"WORLD_SIZE": "x"}, "WORLD_SIZE is x ")],
)
def test_processes_that_do_not_find_each_other_say_how_to_start_them(
    environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(GroupError, match=f"{said}.*start them with torchrun"), process_group():
        pass


def test_more_processes_than_gpus_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(GroupError, match=r"process 1 .* none of its 1 GPUs"), process_group():
        pass


def _command(recipe: Recipe, out: Path) -> list[str]:
    """The command line of a run of this very recipe."""
    arguments = ["-m", "trainer", "--recipe", "tiny-regions", "--out", str(out)]
    for name, value in json.loads(recipe.to_json()).items():
        if name != "name":
            text = value if isinstance(value, str) else repr(getattr(recipe, name))
            arguments += ["--set", f"{name}={text}"]
    return arguments


def _assert_same_end(whole: Path, last: Path) -> None:
    expected, found = (load_file(each / "model.safetensors") for each in (whole, last))
    for key, value in expected.items():
        # Biases of keys change no attention: their gradient is noise, which Adam makes large.
        if key.endswith(("k_proj.bias", "in_proj_bias")):
            continue
        torch.testing.assert_close(found[key], value, rtol=1e-2, atol=2e-4, msg=key)
    before, after = (json.loads((each / "state.json").read_text()) for each in (whole, last))
    assert after["step"] == before["step"]
    assert after["threshold"] == pytest.approx(before["threshold"], rel=1e-3, abs=1e-4)
