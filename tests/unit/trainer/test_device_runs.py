"""Runs that learn from photos that lie on the device."""

from __future__ import annotations

import dataclasses
import json
import signal
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch.utils.data._utils import signal_handling

from tests.unit.trainer.small_runs import ON_DEVICE
from trainer import device_photos, loop
from trainer.device_photos import DevicePhotos, PhotoBatch
from trainer.distributed import Group
from trainer.errors import RecipeError
from trainer.loop import train
from trainer.recipes import Recipe, resolve
from trainer.stage_model import StageModel
from trainer.starting_points import load_start

TEXT_PARTS = ("text_model", "longtext_head", "boxtext_head")


def test_a_run_leaves_the_texts_and_goes_on_as_if_it_had_not_stopped(
    device_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_photos, "_AT_ONCE", 10)
    whole = train(device_recipe, tmp_path / "whole", resume=False)
    helped = dataclasses.replace(device_recipe, data_processes=2)
    train(helped, tmp_path / "parts", resume=False, stop_after=3)
    parts = train(helped, tmp_path / "parts", resume=True)
    one, other = (load_file(at / "model.safetensors") for at in (whole, parts))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-5, atol=1e-7, msg=name)
    model = StageModel(device_recipe.model_config(), 1)
    assert load_start(model, device_recipe)
    before = model.state_dict()
    for weights in (one, load_file(whole / "average.safetensors")):
        same = {name for name in before if torch.equal(before[name], weights[name])}
        assert {name for name in before if name.startswith(TEXT_PARTS)} <= same
        learns = [name for name in before if name.startswith("vision_model.encoder")]
        assert not same & {name for name in learns if "k_proj.b" not in name}
    named = [line for run in ("whole", "parts") for line in _lines(tmp_path / run / "log.jsonl")]
    assert {"short", "classes"} <= set(named[0])
    assert all(record["short"] > 0 and record["classes"] > 0 for record in named)


def _lines(path: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_processes_that_decode_leave_the_main_thread_alone(
    device_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torch's handler would raise in it whenever one of them is killed, also long after."""
    monkeypatch.setattr(signal_handling, "_SIGCHLD_handler_set", False)
    before = signal.getsignal(signal.SIGCHLD)
    train(dataclasses.replace(device_recipe, data_processes=2, steps=1), tmp_path, resume=False)
    assert signal.getsignal(signal.SIGCHLD) is before


def test_a_run_that_is_done_and_the_time_that_loading_takes(
    device_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    class Slow(DevicePhotos):
        """Takes an hour to load, and a second a batch."""

        def __init__(self, *args: object) -> None:
            now[0] += 3600.0
            super().__init__(*args)  # type: ignore[arg-type]

        def make(self, step: int) -> PhotoBatch:
            now[0] += 1.0
            return super().make(step)

    monkeypatch.setattr(loop.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(loop, "DevicePhotos", Slow)
    short = dataclasses.replace(device_recipe, steps=2, patches=((0.0, 9),))
    train(short, tmp_path, resume=False)
    assert _lines(tmp_path / "log.jsonl")[-1]["samples_per_s"] == device_recipe.batch_size
    train(short, tmp_path, resume=True)
    assert now == [3602.0]


def test_photos_that_the_memory_does_not_hold(
    device_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(device_photos, "_pixels", too_many)
    with pytest.raises(RecipeError, match=r"^cache_side_px is 40 and .* or photos_on_device=False"):
        train(device_recipe, tmp_path, resume=False)


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ("frozen_text=False", "set frozen_text: captions are vectors"),
        ("sources={'photos': 0.5, 'scenes': 0.5}", "set sources to {'photos': 1.0}"),
        ("sources={'scenes': 1.0}", "set sources to {'photos': 1.0}"),
        ("patches=((0.0, 0),)", "set budgets above 0 in patches"),
        ("micro_batch=4", "set micro_batch to 0"),
        ("english_prompt=a photo of", "set english_prompt to nothing"),
        ("objectives={'long': 1.0, 'classes': 1.0}", "give short a weight"),
    ],
)
def test_where_photos_cannot_lie_on_the_device(setting: str, advice: str) -> None:
    settings = [*ON_DEVICE, "photos=somewhere", "weights=somewhere"]
    resolve("tiny", settings)
    with pytest.raises(RecipeError) as caught:
        resolve("tiny", [*settings, setting])
    assert str(caught.value).startswith("photos_on_device is True; set it to False, or ")
    assert advice in str(caught.value)


def test_regions_are_not_made_on_the_device() -> None:
    settings = ["sources={'photos': 1.0}", "frozen_text=True", "weights=x", "photos_on_device=True"]
    with pytest.raises(
        RecipeError, match=r"^photos_on_device is True.* only short, long and class"
    ):
        resolve("tiny-regions", settings)


def test_one_process_alone_holds_photos(device_recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"^photos_on_device is True with 2 processes; start one"):
        loop._open(device_recipe, tmp_path, [], False, None, Group(0, 2))
