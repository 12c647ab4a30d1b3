"""A whole small run: batches, loss going down, resume, export, evaluation."""

from __future__ import annotations

import json
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from fgclip2 import Encoder
from tests.signals import deliver
from trainer.__main__ import main
from trainer.checkpoints import newest_checkpoint, save_checkpoint
from trainer.data.batches import MakesBatches, prefetch
from trainer.data.packing import match_keys
from trainer.data.photos import PhotoSet
from trainer.distributed import Group
from trainer.errors import CheckpointError, DataError, RecipeError
from trainer.export import export
from trainer.loop import learning_rate, open_data, start_state, train
from trainer.losses import Losses
from trainer.recipes import Recipe, resolve
from trainer.starting_points import ensure_tokenizer
from trainer.starts import sine_positions, whitening
from trainer.steps import backward_step
from trainer.vocabulary import train_vocabulary

SMALL = [
    "hidden_size=32", "heads=2", "vision_layers=1", "text_layers=1", "vocab_size=400",
    "vision_intermediate_size=64", "text_intermediate_size=64", "batch_size=12", "steps=24",
    "warmup_steps=4", "checkpoint_every=8", "patches=((0.0, 9), (0.5, 12))", "cache_side_px=40",
    "archive_weights={'fruit': 0.8, 'people': 0.2}", "average_decay=0.5", "long_share=0.25",
    "learning_rate=3e-3", "export_patches=16", "sources={'photos': 1.0}", "optimizer=adamw",
]  # fmt: skip
ALONE = Group(0, 1)


def _recipe(photos: Path, *more: str) -> Recipe:
    return resolve("tiny", [*SMALL, f"photos={photos}", *more])


@pytest.fixture(scope="module")
def run(photo_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the small recipe."""
    out = tmp_path_factory.mktemp("run")
    train(_recipe(photo_sets, "precision=f32"), out, resume=False)
    return out


def _maker(photo_sets: Path, run: Path) -> MakesBatches:
    return open_data(_recipe(photo_sets), run, ALONE).maker


def test_a_batch_depends_on_its_step_alone(photo_sets: Path, run: Path) -> None:
    first, again = _maker(photo_sets, run).make(7), _maker(photo_sets, run).make(7)
    other = _maker(photo_sets, run).make(8)
    assert torch.equal(first.levels_BPV, again.levels_BPV)
    assert torch.equal(first.short.ids_UL, again.short.ids_UL)
    assert not torch.equal(first.levels_BPV[:, 0], other.levels_BPV[:, 0])


def test_batches_stay_within_the_budget(photo_sets: Path, run: Path) -> None:
    batch = _maker(photo_sets, run).make(0)
    assert len(batch.shapes) == len(batch.levels_BPV) == 12
    assert all(rows * columns <= 9 for rows, columns in batch.shapes)
    assert batch.long is not None
    assert len(batch.long.row_T) == 3
    assert bool(batch.short.keys.rows()(slice(0, 12)).diagonal().all())
    assert batch.short.ids_UL.shape[1] == 64
    assert batch.long.ids_UL.shape[1] == 196


def test_prefetched_batches_come_in_order_and_the_thread_ends(photo_sets: Path, run: Path) -> None:
    maker = _maker(photo_sets, run)
    for step, batch in enumerate(prefetch(maker, 0, 3)):
        assert torch.equal(batch.levels_BPV, maker.make(step).levels_BPV)
    for _batch in prefetch(maker, 0, 50):
        break


def test_photos_of_a_class_match_captions_that_name_it(photo_sets: Path) -> None:
    photos = PhotoSet(photo_sets, "train", ["fruit"], 40).photos
    rng = np.random.default_rng(0)
    chosen = [photos[0], photos[4], photos[1]]
    captions = [photo.caption("en", False, rng) for photo in chosen]
    expected = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool)
    matches = match_keys(captions, [photo.concepts for photo in chosen]).rows()
    assert torch.equal(matches(slice(0, 3)), expected)
    assert torch.equal(matches(slice(1, 2)), expected[1:2])


def test_mirrored_only_where_no_side_is_named(photo_sets: Path) -> None:
    assert not PhotoSet(photo_sets, "train", ["people"], 40).photos[0].may_flip
    assert PhotoSet(photo_sets, "train", ["fruit"], 40).photos[0].may_flip


def test_missing_photos_are_an_error_that_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=str(tmp_path)):
        PhotoSet(tmp_path, "train")


def test_vocabulary_has_gemmas_special_tokens_and_loses_nothing() -> None:
    import sentencepiece

    texts = ["a red cup on the table", "桌子上有一只红色的杯子", "two dogs 12"] * 20
    pieces = sentencepiece.SentencePieceProcessor(model_proto=train_vocabulary(texts, 330))
    ids = (pieces.pad_id(), pieces.eos_id(), pieces.bos_id(), pieces.unk_id())
    assert ids == (0, 1, 2, 3)
    for text in ("a red 杯子", "emoji 🦊 and ｆｕｌｌ", "  two  spaces ", "龘"):
        assert pieces.decode(pieces.encode(text)) == text


def test_the_loss_goes_down(run: Path) -> None:
    records = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [record["step"] for record in records] == [20, 24]
    assert records[-1]["short"] < 8  # 12 photos, untrained: above 12


def test_a_resumed_run_equals_an_unbroken_one(photo_sets: Path, run: Path, tmp_path: Path) -> None:
    recipe = _recipe(photo_sets, "precision=f32")
    train(recipe, tmp_path, resume=False, stop_after=11)
    last = train(recipe, tmp_path, resume=True)
    for name in ("model", "average", "optimizer"):
        whole = load_file(run / "checkpoints" / "step-000024" / f"{name}.safetensors")
        resumed = load_file(last / f"{name}.safetensors")
        assert whole.keys() == resumed.keys()
        for key, value in whole.items():
            torch.testing.assert_close(resumed[key], value, rtol=1e-4, atol=1e-5, msg=key)


def test_a_run_is_not_overwritten_and_not_mixed(photo_sets: Path, run: Path) -> None:
    with pytest.raises(CheckpointError, match="--resume"):
        train(_recipe(photo_sets, "precision=f32"), run, resume=False)
    with pytest.raises(CheckpointError, match="learning_rate"):
        train(_recipe(photo_sets, "precision=f32", "learning_rate=0.5"), run, resume=True)


def test_a_finished_run_is_left_as_it_is(photo_sets: Path, tmp_path: Path) -> None:
    """Nothing is written again that a kill could leave in pieces."""
    recipe = _recipe(photo_sets, "precision=f32", "steps=2", "matrix_rate=1.0")
    folder = train(recipe, tmp_path, resume=False)
    before = (folder / "model.safetensors").stat()
    # A checkpoint from before these fields came had their defaults, whatever its recipe has now.
    fields = json.loads((folder / "recipe.json").read_text())
    del fields["matrix_rate"], fields["optimizer"]
    (folder / "recipe.json").write_text(json.dumps(fields))
    assert train(recipe, tmp_path, resume=True) == folder
    after = (folder / "model.safetensors").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    other = _recipe(photo_sets, "precision=f32", "steps=2", "matrix_rate=2.0")
    with pytest.raises(CheckpointError, match=r"recipe: matrix_rate was 1.0 and is 2.0\. Set back"):
        train(other, tmp_path, resume=True)


def test_a_full_disk_leaves_the_last_good_state(
    photo_sets: Path, run: Path, tmp_path: Path
) -> None:
    recipe = _recipe(photo_sets, "precision=f32")
    state = start_state(recipe, torch.device("cpu"), open_data(recipe, run, ALONE), ALONE)
    good = save_checkpoint(tmp_path, state, recipe, ALONE)
    export(run, tmp_path / "model")
    model = (tmp_path / "model" / "model.safetensors").read_bytes()
    state.step = 1
    with _no_room():
        with pytest.raises(CheckpointError, match=r"step-000001 cannot be written.*make room"):
            save_checkpoint(tmp_path, state, recipe, ALONE)
        with pytest.raises(CheckpointError, match=r"model cannot be written.*make room"):
            export(run, tmp_path / "model")
    assert [*(tmp_path / "checkpoints").iterdir()] == [good]
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == model
    assert not [*(tmp_path / "model").glob("*.part")]


@contextmanager
def _no_room() -> Iterator[None]:
    """No file may grow over a kilobyte."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_run_that_diverges_ends_before_it_reaches_a_checkpoint(
    photo_sets: Path, tmp_path: Path
) -> None:
    settings = ("precision=f32", "learning_rate=1e6", "warmup_steps=1", "checkpoint_every=1")
    with pytest.raises(RecipeError, match=r"learning_rate is 1000000.0 .* step \d+ .*set it lower"):
        train(_recipe(photo_sets, *settings), tmp_path, resume=False)
    gradients = load_file(newest_checkpoint(tmp_path) / "optimizer.safetensors")
    assert all(bool(value.isfinite().all()) for value in gradients.values())


@pytest.mark.parametrize(
    "end",
    [
        lambda: deliver(signal.SIGINT),
        lambda: deliver(signal.SIGTERM),
        lambda: (_ for _ in ()).throw(DataError("the 3rd step fails")),
    ],
    ids=["ctrl-c", "sigterm", "error"],
)
def test_a_run_that_does_not_reach_its_end_names_what_it_could_not_read(
    photo_sets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    end: Callable[[], object],
) -> None:
    monkeypatch.setattr(signal, "raise_signal", deliver)
    made = iter(range(3))

    def step(*given: object) -> Losses:
        if next(made) == 2:
            end()
        return backward_step(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("trainer.loop.backward_step", step)
    arguments = ["--recipe", "tiny", "--out", str(tmp_path)]
    settings = [*SMALL, f"photos={photo_sets}", "archive_weights={'fruit': 0.1, 'people': 0.9}"]
    for setting in settings:
        arguments += ["--set", setting]
    # Ctrl-C as Python has it: tests of the application's worker leave it ignored.
    handlers = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: lambda *given: None}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        assert main(arguments) == 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    named = [each.getMessage() for each in caplog.records if "could not be read" in each.msg]
    assert [message.count("people-003.png: no picture") for message in named] == [1]
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(("trainer: interrupted", "trainer: the 3rd step fails"))
    assert not [thread for thread in threading.enumerate() if thread.name == "batches"]


def test_bf16_trains_too(photo_sets: Path, tmp_path: Path) -> None:
    recipe = _recipe(photo_sets, "precision=bf16", "steps=2")
    weights = load_file(train(recipe, tmp_path, resume=False) / "model.safetensors")
    assert all(bool(value.isfinite().all()) for value in weights.values())


def test_export_can_be_loaded_and_told_apart(photo_sets: Path, run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "model")
    encoder = Encoder.load(tmp_path / "model", engine="openvino")
    assert (encoder.quick_patches, encoder.fine_patches) == (16, 16)
    texts = encoder.encode_texts(["a red apple", "红苹果"])
    boxes = encoder.encode_texts(["a red apple", "红苹果"], mode="box")
    assert np.allclose(texts, boxes, atol=1e-5)


def test_a_model_does_not_overwrite_its_checkpoint(run: Path) -> None:
    folder = newest_checkpoint(run)
    before = (folder / "model.safetensors").read_bytes()
    with pytest.raises(CheckpointError, match=r"is the checkpoint itself.*another --out"):
        export(run, folder)
    assert (folder / "model.safetensors").read_bytes() == before


def test_a_checkpoint_finds_its_run_from_inside(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run / "checkpoints" / "step-000024")
    export(Path(), tmp_path / "model")
    ensure_tokenizer(tmp_path, None, resolve("tiny", ["start_from=."]))
    made = (run / "tokenizer.model").read_bytes()
    assert (tmp_path / "model" / "tokenizer.model").read_bytes() == made
    assert (tmp_path / "tokenizer.model").read_bytes() == made


def test_command_line_trains_exports_and_evaluates(
    photo_sets: Path, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = str(tmp_path / "model")
    assert main(["export", "--checkpoint", str(run), "--out", model]) == 0
    arguments = ["evaluate", "--task", "photos-classes", "--model", model, "--patches", "16"]
    assert main([*arguments, "--data", str(photo_sets), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["photos"] == 8
    assert 0 <= figures["en fruit top-1"] <= 100
    assert main(["export", "--checkpoint", str(tmp_path), "--out", model]) == 1
    assert "no run with checkpoints" in capsys.readouterr().err


def test_learning_rate_warms_up_and_decays(photo_sets: Path) -> None:
    recipe = _recipe(photo_sets)
    rates = [learning_rate(recipe, step) for step in range(recipe.steps)]
    assert rates[0] < rates[1] < rates[3] == pytest.approx(recipe.learning_rate)
    assert rates[4:] == sorted(rates[4:], reverse=True)
    assert rates[-1] < 0.05 * recipe.learning_rate


def test_whitening_gives_every_strong_direction_the_same_variance() -> None:
    rng = np.random.default_rng(2)
    values = (rng.standard_normal((4000, 8)) * [9, 5, 3, 2, 1, 1, 1, 1] + 4).astype(np.float32)
    weight, bias = whitening(values, 4)
    out = values @ weight.T + bias
    assert np.allclose(out.mean(axis=0), 0, atol=1e-3)
    assert np.allclose(np.corrcoef(out.T), np.eye(4), atol=0.05)
    assert out.std(axis=0).max() / out.std(axis=0).min() < 1.2


def test_sine_positions_tell_every_place_apart() -> None:
    table = sine_positions(16, 32)
    assert table.shape == (256, 32)
    assert torch.cdist(table, table).fill_diagonal_(9).min() > 0.01
