"""Stage 2: batches with regions, its losses, gradient accumulation, resuming, export."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch._dynamo.utils import counters

from fgclip2 import Encoder
from tests.unit.trainer.dist_worker import without_regions
from tests.unit.trainer.small_runs import stage_two
from trainer.distributed import Group
from trainer.errors import DataError, RecipeError
from trainer.export import export
from trainer.loop import Data, open_data, start_state, train
from trainer.recipes import Recipe
from trainer.steps import backward_step

CPU = torch.device("cpu")
ALONE = Group(0, 1)


@pytest.fixture(scope="module")
def run(photo_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the small recipe."""
    out = tmp_path_factory.mktemp("stage2")
    train(stage_two(photo_sets), out, resume=False)
    return out


def _data(recipe: Recipe, run: Path, rank: int = 0, size: int = 1) -> Data:
    group = Group(rank, size)
    group.wait = lambda: None  # type: ignore[method-assign]
    return open_data(recipe, run, group)


def _gradients(recipe: Recipe, data: Data, step: int = 1) -> tuple[dict[str, torch.Tensor], float]:
    state = start_state(recipe, CPU, data, ALONE)
    losses = backward_step(state.wrapped, data.maker.make(step), recipe, CPU, ALONE, 1.5)
    found = {
        name: parameter.grad
        for name, parameter in state.model.named_parameters()
        if parameter.grad is not None
    }
    return found | {"loss": losses.total.detach()}, losses.threshold


def test_batches_have_regions_of_their_pictures(photo_sets: Path, run: Path) -> None:
    recipe = stage_two(photo_sets)
    batch = _data(recipe, run).maker.make(2)
    regions = batch.regions
    assert regions is not None
    assert len(batch.shapes) == 8
    assert 0 < len(regions.image_K) <= 8 * recipe.regions_per_image
    assert torch.equal(regions.image_K, regions.image_K.sort().values)
    assert bool((regions.boxes_K4[:, 2:] > regions.boxes_K4[:, :2]).all())
    assert regions.negative_KN.shape[1] <= 4
    assert int(regions.negative_KN.max()) < len(regions.ids_UL)
    assert bool((regions.negative_KN != regions.row_K[:, None]).all())
    assert batch.long is not None
    assert len(batch.long.image_T) == 4


def test_parts_of_a_batch_are_the_whole_batch(photo_sets: Path, run: Path) -> None:
    recipe = stage_two(photo_sets)
    whole = _data(recipe, run).maker.make(3)
    parts = [_data(recipe, run, rank, 2).maker.make(3) for rank in (0, 1)]
    together = sorted(key for part in parts for key in part.short.keys.text_T.tolist())
    assert sorted(whole.short.keys.text_T.tolist()) == together
    pixels = sorted(float(each.sum()) for part in parts for each in part.levels_BPV)
    assert sorted(float(each.sum()) for each in whole.levels_BPV) == pytest.approx(pixels)


def test_every_process_begins_with_the_same_prepared_weights(photo_sets: Path, run: Path) -> None:
    recipe = stage_two(photo_sets, "small_start=True")
    alone = start_state(recipe, CPU, _data(recipe, run), ALONE).model.state_dict()
    one_of_two = start_state(recipe, CPU, _data(recipe, run, 1, 2), ALONE).model.state_dict()
    assert all(torch.equal(one_of_two[name], value) for name, value in alone.items())


def test_more_threads_make_the_same_batch(photo_sets: Path, run: Path) -> None:
    one = _data(stage_two(photo_sets), run).maker.make(3)
    many = _data(stage_two(photo_sets, "data_threads=4"), run).maker.make(3)
    assert torch.equal(one.levels_BPV, many.levels_BPV)
    assert torch.equal(one.short.ids_UL, many.short.ids_UL)
    assert one.regions is not None
    assert many.regions is not None
    assert torch.equal(one.regions.boxes_K4, many.regions.boxes_K4)


@pytest.mark.parametrize("change", ["micro_batch=3", "checkpoint_layers=True"])
def test_saving_memory_changes_no_gradient(photo_sets: Path, run: Path, change: str) -> None:
    recipe = stage_two(photo_sets)
    data = _data(recipe, run)
    plain, threshold = _gradients(recipe, data)
    saving, again = _gradients(stage_two(photo_sets, change), data)
    assert saving.keys() == plain.keys()
    assert again == pytest.approx(threshold, rel=1e-3, abs=1e-5)
    for name, value in plain.items():
        # Sums in another order differ by what float32 rounds away of the largest gradients.
        rounding = 1e-5 + 2e-6 * float(value.abs().max())
        torch.testing.assert_close(saving[name], value, rtol=1e-3, atol=rounding, msg=name)


@pytest.mark.dist  # dynamo changes how the process runs frames: not beside the window's tests
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # torch hides it, but by no filter
def test_compiled_layers_are_compiled_beside_all_that_saves_memory(
    photo_sets: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces with and without masks, of one photo and of more, with and without gradients: all are
    compiled (by dynamo; no C++ here), and not so often that it gives up."""
    saving = ["micro_batch=3", "patches=((0.0, 0),)", "checkpoint_layers=True"]
    data = _data(stage_two(photo_sets, *saving), run)
    plain, _ = _gradients(stage_two(photo_sets, *saving), data)
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="aot_eager"))
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)  # else dynamo's bars leave a thread
    monkeypatch.setattr("trainer.stage_model._ensure_compiler", lambda: None)
    torch._dynamo.reset()
    counters.clear()
    compiled, _ = _gradients(stage_two(photo_sets, *saving, "compile_layers=True"), data)
    assert counters["stats"]["unique_graphs"] > 1
    assert not counters["unimplemented"]
    assert not counters["graph_break"]
    for name, value in plain.items():
        rounding = 1e-5 + 2e-6 * float(value.abs().max())
        torch.testing.assert_close(compiled[name], value, rtol=1e-3, atol=rounding, msg=name)


def test_a_machine_that_cannot_compile_is_told(
    photo_sets: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler --fast")
    recipe = stage_two(photo_sets, "compile_layers=True")
    with pytest.raises(RecipeError, match="compile_layers is True, but no-such-compiler is not"):
        start_state(recipe, CPU, _data(recipe, run), ALONE)


def test_every_head_learns_but_the_dead_parameters(photo_sets: Path, run: Path) -> None:
    recipe = stage_two(photo_sets)
    gradients, _ = _gradients(recipe, _data(recipe, run))
    state = start_state(recipe, CPU, _data(recipe, run), ALONE)
    still = {name for name, _ in state.model.named_parameters()} - set(gradients)
    assert still == {"dense_feature_head.probe"}
    for head in ("longtext_head", "boxtext_head", "dense_feature_head.mlp.fc1"):
        assert float(gradients[f"{head}.weight"].abs().max()) > 0


@pytest.mark.parametrize(
    ("weights", "silent"),
    [
        ({"short": 1.0, "long": 0.0}, ("longtext_head.", "boxtext_head.", "dense_feature_head.")),
        ({"long": 1.0, "pair": 0.0}, ("text_model.head.", "boxtext_head.", "dense_feature_head.")),
        ({"region": 0.2}, ("text_model.head.", "longtext_head.", "vision_model.head.")),
        ({"short": 1.0, "contrast": 0.0, "rank": 0.4}, ("longtext_head.",)),
    ],
)
def test_what_has_no_weight_is_not_computed(
    photo_sets: Path, run: Path, weights: dict[str, float], silent: tuple[str, ...]
) -> None:
    """What stays without a gradient was not run at all, and does not decay in the optimiser."""
    recipe = stage_two(photo_sets, f"objectives={weights}", "data_threads=2")
    data = _data(recipe, run)
    found, threshold = _gradients(recipe, data)
    assert not [name for name in found if name.startswith(silent)]
    assert threshold == 1.5 or recipe.counts("rank")
    pieces, again = _gradients(
        stage_two(photo_sets, f"objectives={weights}", "micro_batch=3"), data
    )
    assert again == pytest.approx(threshold, rel=1e-3)
    assert pieces.keys() == found.keys()
    regions = data.maker.make(1).regions
    if regions is not None:
        assert bool((regions.negative_KN >= 0).any()) == recipe.counts("rank")


def test_only_objectives_that_count_are_logged(photo_sets: Path, tmp_path: Path) -> None:
    weights = "objectives={'short': 1.0, 'long': 0.0, 'contrast': 0.0, 'pair': 0.5}"
    train(stage_two(photo_sets, weights, "steps=1"), tmp_path, resume=False)
    record = json.loads((tmp_path / "log.jsonl").read_text())
    measured = {"step", "scale", "bias", "patches", "samples_per_s"}
    assert set(record) == {"short", "pair", *measured}


def test_a_batch_without_regions_still_trains(photo_sets: Path, run: Path) -> None:
    recipe = stage_two(photo_sets, "sources={'photos': 1.0}")
    data = _data(recipe, run)
    empty = without_regions(data.maker.make(0))
    state = start_state(recipe, CPU, data, ALONE)
    losses = backward_step(state.wrapped, empty, recipe, CPU, ALONE, 2.5)
    assert losses.threshold == 2.5
    assert losses.parts["region"].item() == 0
    assert all(bool(loss.isfinite()) for loss in losses.parts.values())


@pytest.mark.parametrize("setting", ["precision=f32", "precision=bf16", "micro_batch=3"])
def test_photos_without_a_long_caption_train(photo_sets: Path, run: Path, setting: str) -> None:
    recipe = stage_two(photo_sets, "long_share=0.0", setting)
    gradients, _ = _gradients(recipe, _data(recipe, run))
    assert not gradients["longtext_head.weight"].any()
    assert all(bool(value.isfinite().all()) for value in gradients.values())


def test_a_resumed_run_equals_an_unbroken_one(photo_sets: Path, run: Path, tmp_path: Path) -> None:
    recipe = stage_two(photo_sets)
    train(recipe, tmp_path, resume=False, stop_after=2)
    last = train(recipe, tmp_path, resume=True)
    whole = run / "checkpoints" / "step-000006"
    states = [json.loads((each / "state.json").read_text()) for each in (whole, last)]
    assert states[0]["threshold"] == pytest.approx(states[1]["threshold"])
    for name in ("model", "average", "optimizer"):
        expected = load_file(whole / f"{name}.safetensors")
        found = load_file(last / f"{name}.safetensors")
        assert expected.keys() == found.keys()
        for key, value in expected.items():
            torch.testing.assert_close(found[key], value, rtol=1e-4, atol=1e-5, msg=key)


def test_the_threshold_is_logged_saved_and_clamped(photo_sets: Path, run: Path) -> None:
    record = json.loads((run / "log.jsonl").read_text().splitlines()[-1])
    assert {"short", "long", "region", "text", "contrast", "pair", "rank"} <= set(record)
    state = json.loads((run / "checkpoints" / "step-000006" / "state.json").read_text())
    assert 0 <= state["threshold"] <= 10


def test_export_keeps_the_trained_box_head(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "model")
    encoder = Encoder.load(tmp_path / "model", engine="openvino", precision="f32")
    texts = [encoder.encode_texts(["a red apple"], mode=mode) for mode in ("short", "box")]
    assert not np.allclose(*texts, atol=1e-4)


def test_a_source_that_cannot_be_read_at_all_ends_the_run(
    photo_sets: Path, run: Path, tmp_path: Path
) -> None:
    lines = "".join(json.dumps({"file": f"{n}.jpg", "caption": "x"}) + "\n" for n in range(3))
    (tmp_path / "gone.jsonl").write_text(lines)
    recipe = stage_two(photo_sets, f"sources={{'jsonl:{tmp_path}/gone.jsonl': 1.0}}")
    data = _data(recipe, run)
    with pytest.raises(DataError, match=r"in a row cannot be read.*\.jpg"):
        data.maker.make(0)
    assert len(data.unreadable) == 3


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("stage=3", "stage is 3"),
        ("objectives={'shorter': 1.0}", "objectives is"),
        ("sources={'photos': 0.0}", "sources is"),
        ("sources={}", "sources is"),
        ("sharding=zero", "sharding is 'zero'"),
        ("micro_batch=-1", "micro_batch is -1"),
        ("region_scale=0.0", "region_scale is 0"),
    ],
)
def test_wrong_settings_of_stage_two_are_named(photo_sets: Path, setting: str, named: str) -> None:
    with pytest.raises(RecipeError, match=named):
        stage_two(photo_sets, setting)


def test_unknown_sources_are_named(photo_sets: Path, run: Path) -> None:
    with pytest.raises(RecipeError, match="tape:x"):
        _data(stage_two(photo_sets, "sources={'tape:x': 1.0}"), run)


def test_sharded_weights_and_pieces_do_not_go_together(photo_sets: Path) -> None:
    with pytest.raises(RecipeError, match="micro_batch is 2; set it to 0 with fsdp"):
        stage_two(photo_sets, "sharding=fsdp", "micro_batch=2")
