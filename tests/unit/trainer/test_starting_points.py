"""Where a run starts: SigLIP 2, FG-CLIP 2, stage one; gaps and leftovers are errors."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from fgclip2.tokenizer import Tokenizer
from fgclip2.torch_model import stretch_positions
from tests.unit.trainer.small_runs import jpeg, stage_two
from trainer.data.choice import make_sources
from trainer.errors import CheckpointError, DataError, RecipeError
from trainer.export import export
from trainer.loop import train
from trainer.recipes import Recipe, resolve
from trainer.stage_model import StageModel
from trainer.starting_points import ensure_tokenizer, load_start

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
SIZES = [
    "hidden_size=64", "vision_layers=2", "text_layers=2", "heads=4", "vocab_size=600",
    "vision_intermediate_size=128", "text_intermediate_size=128", "region_scale=50.0",
]  # fmt: skip


def _recipe(*settings: str) -> Recipe:
    return resolve("tiny-regions", [*SIZES, *settings])


def _started(recipe: Recipe) -> StageModel:
    model = StageModel(recipe.model_config(), recipe.stage)
    assert load_start(model, recipe)
    return model


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A copy of the reference weights, to be changed."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(REFERENCE / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def siglip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small SigLIP 2 NaFlex with random weights, written by transformers."""
    from transformers import Siglip2Config, Siglip2Model

    tower = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    tower["num_attention_heads"] = 4
    config = Siglip2Config(
        text_config=tower | {"vocab_size": 600, "projection_size": 64},
        vision_config=tower | {"num_patches": 256, "patch_size": 16},
    )
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("siglip2")
    Siglip2Model(config).save_pretrained(folder)
    return folder


@pytest.mark.timeout(400)  # transformers is slow to import on a busy machine
def test_siglip_2_starts_with_its_own_features(siglip: Path) -> None:
    from transformers import Siglip2Model

    model = _started(_recipe(f"weights={siglip}"))
    original = Siglip2Model.from_pretrained(siglip, attn_implementation="eager").eval()
    ids = torch.randint(3, 600, (2, 64), generator=torch.Generator().manual_seed(1))
    patches = torch.randn(2, 12, 768, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        text = original.text_model(input_ids=ids).pooler_output
        image = original.vision_model(
            pixel_values=patches,
            pixel_attention_mask=torch.ones(2, 12, dtype=torch.int64),
            spatial_shapes=torch.tensor([[3, 4], [3, 4]]),
        ).pooler_output
        torch.testing.assert_close(model.encode_text(ids, "short"), text, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(model.encode_text(ids, "box"), text, rtol=1e-4, atol=1e-5)
        tokens = model.encode_image_tokens(patches, None, [(3, 4), (3, 4)])
        torch.testing.assert_close(model.pool(tokens, None), image, rtol=1e-4, atol=1e-4)
    embeddings = model.text_model.embeddings
    long = stretch_positions(embeddings.position_embedding.weight, 20, 196)
    assert torch.equal(embeddings.position_embedding_res.weight, long)
    assert torch.equal(embeddings.position_embedding_ori.weight, long)
    assert model.logit_scale_hardneg.item() == pytest.approx(math.log(50))


def test_fgclip_2_weights_are_taken_whole() -> None:
    model = _started(_recipe(f"weights={REFERENCE}"))
    stored = load_file(REFERENCE / "model.safetensors")
    state = model.state_dict()
    assert set(state) - set(stored) == {"logit_scale_finegraind", "logit_scale_hardneg"}
    assert all(torch.equal(state[name], value) for name, value in stored.items())


def test_a_training_checkpoints_own_scales_are_kept(weights: Path) -> None:
    tensors = load_file(weights / "model.safetensors")
    tensors["logit_scale_finegraind"] = torch.tensor(1.25)
    save_file(tensors, weights / "model.safetensors")
    model = _started(_recipe(f"weights={weights}"))
    assert model.logit_scale_finegraind.item() == 1.25
    assert model.logit_scale_hardneg.item() == pytest.approx(math.log(50))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("drop", "lacks"),
        ("add", "unknown tensors extra"),
        ("shape", "logit_bias"),
        ("scale", "logit_scale_hardneg has the shape"),
        ("config", "model_type is 'clip'"),
        ("gone", "model.safetensors"),
    ],
)
def test_what_does_not_fit_is_named(weights: Path, change: str, named: str) -> None:
    tensors = load_file(weights / "model.safetensors")
    if change == "drop":
        del tensors["boxtext_head.bias"]
    elif change == "add":
        tensors["extra"] = torch.zeros(1)
    elif change == "shape":
        tensors["logit_bias"] = torch.zeros(2)
    elif change == "scale":
        tensors["logit_scale_hardneg"] = torch.zeros(2)
    elif change == "config":
        (weights / "config.json").write_text(json.dumps({"model_type": "clip"}))
    save_file(tensors, weights / "model.safetensors")
    if change == "gone":
        (weights / "model.safetensors").unlink()
    with pytest.raises(RecipeError, match=named):
        _started(_recipe(f"weights={weights}"))


@pytest.mark.parametrize(
    ("dropped", "named"),
    [
        ("text_model.embeddings.position_embedding.weight", "lacks text_model.*position_embedding"),
        ("", r"holds no \*\.safetensors"),
    ],
)
def test_what_a_siglip_2_folder_lacks_is_named(weights: Path, dropped: str, named: str) -> None:
    (weights / "config.json").write_text('{"model_type": "siglip2"}')
    tensors = load_file(weights / "model.safetensors")
    if dropped:
        del tensors[dropped]
        save_file(tensors, weights / "model.safetensors")
    else:
        (weights / "model.safetensors").unlink()
    with pytest.raises(RecipeError, match=named):
        _started(_recipe(f"weights={weights}"))


def test_sizes_that_differ_are_named() -> None:
    with pytest.raises(RecipeError, match="set the sizes of the recipe"):
        _started(_recipe(f"weights={REFERENCE}", "vocab_size=500"))


def test_a_deeper_model_begins_with_what_the_weights_know() -> None:
    model = _started(_recipe(f"weights={REFERENCE}", "vision_layers=6", "deepen=True"))
    plain = _started(_recipe(f"weights={REFERENCE}"))
    patches = torch.randn(2, 12, 768, generator=torch.Generator().manual_seed(2))
    mask = torch.ones(2, 12, dtype=torch.bool)
    tokens = model.encode_image_tokens(patches, mask, [(3, 4), (3, 4)])
    assert torch.equal(tokens, plain.encode_image_tokens(patches, mask, [(3, 4), (3, 4)]))
    tokens.square().sum().backward()
    last = [layer.mlp.fc2.weight.grad for layer in model.vision_model.encoder.layers]
    assert len(last) == 6
    assert all(gradient is not None and gradient.any() for gradient in last)


def test_layers_that_are_no_multiple_are_named() -> None:
    with pytest.raises(RecipeError, match="vision_layers is 3; set it to a multiple of the 2"):
        _started(_recipe(f"weights={REFERENCE}", "vision_layers=3", "deepen=True"))


@pytest.mark.parametrize("name", ["first.mlp.fc1.bias", "0", "-1.mlp.fc1.bias"])
def test_layers_without_a_number_are_named(weights: Path, name: str) -> None:
    tensors = load_file(weights / "model.safetensors")
    tensors[f"vision_model.encoder.layers.{name}"] = torch.zeros(1)
    save_file(tensors, weights / "model.safetensors")
    (weights / "config.json").write_text('{"model_type": "siglip2"}')
    with pytest.raises(RecipeError, match=rf"{weights}.* unknown tensors .*layers\.{name}: name"):
        _started(_recipe(f"weights={weights}", "vision_layers=6", "deepen=True"))


def test_a_starting_point_without_vision_layers_says_so(weights: Path) -> None:
    (weights / "config.json").write_text('{"model_type": "siglip2"}')
    tensors = load_file(weights / "model.safetensors")
    kept = {name: t for name, t in tensors.items() if ".encoder.layers." not in name}
    save_file(kept, weights / "model.safetensors")
    with pytest.raises(RecipeError, match=r"no vision layers: .*set deepen=False"):
        _started(_recipe(f"weights={weights}", "vision_layers=6", "deepen=True"))


def test_stage_two_starts_from_stage_one(photo_sets: Path, tmp_path: Path) -> None:
    first = stage_two(photo_sets, "stage=1", "objectives={'short': 1.0, 'long': 1.0}", "steps=2")
    train(first, tmp_path / "one", resume=False)
    recipe = stage_two(photo_sets, f"start_from={tmp_path / 'one'}", f"weights={REFERENCE}")
    model = _started(recipe)  # stage one comes before published weights
    weights = load_file(tmp_path / "one" / "checkpoints" / "step-000002" / "average.safetensors")
    state = model.state_dict()
    assert torch.equal(state["longtext_head.weight"], weights["longtext_head.weight"])
    assert torch.equal(state["boxtext_head.weight"], weights["text_model.head.weight"])
    assert torch.equal(state["dense_feature_head.probe"], weights["vision_model.head.probe"])
    with pytest.raises(CheckpointError, match="cannot begin a run"):
        _started(stage_two(photo_sets, f"start_from={tmp_path}"))
    (tmp_path / "two").mkdir()
    ensure_tokenizer(tmp_path / "two", None, recipe)
    made = (tmp_path / "one" / "tokenizer.model").read_bytes()
    assert (tmp_path / "two" / "tokenizer.model").read_bytes() == made
    # Left by a run that ended before its first checkpoint: its ids mean other words.
    (tmp_path / "two" / "tokenizer.model").write_bytes(b"of another run")
    ensure_tokenizer(tmp_path / "two", None, recipe)
    assert (tmp_path / "two" / "tokenizer.model").read_bytes() == made
    (tmp_path / "two" / "checkpoints" / "step-000002").mkdir(parents=True)
    (tmp_path / "one" / "tokenizer.model").unlink()
    ensure_tokenizer(tmp_path / "two", None, recipe)  # a run that goes on needs it no more


def test_stage_one_keeps_region_heads_that_are_trained(
    photo_sets: Path, small_model: Path, tmp_path: Path
) -> None:
    settings = ("stage=1", "objectives={'short': 1.0, 'long': 1.0}", "steps=1", "vocab_size=400")
    recipe = stage_two(photo_sets, *settings, f"weights={small_model}")
    folder = train(recipe, tmp_path / "one", resume=False)
    average = load_file(folder / "average.safetensors")
    names = ("boxtext_head.weight", "dense_feature_head.mlp.fc1.weight")
    export(folder, tmp_path / "kept")
    kept = load_file(tmp_path / "kept" / "model.safetensors")
    model = _started(stage_two(photo_sets, "vocab_size=400", f"start_from={folder}"))
    for name in names:
        assert torch.equal(kept[name], average[name].half())
        assert torch.equal(model.state_dict()[name], average[name])
    # An older checkpoint does not say what its heads are: of stage 1, so they were not trained.
    (folder / "state.json").write_text(json.dumps({"step": 1}))
    export(folder, tmp_path / "copied")
    copied = load_file(tmp_path / "copied" / "model.safetensors")
    assert torch.equal(copied[names[0]], copied["text_model.head.weight"])
    assert torch.equal(copied[names[1]], copied["vision_model.head.mlp.fc1.weight"])
    again = _started(stage_two(photo_sets, *settings, f"weights={tmp_path / 'copied'}"))
    assert not again.region_heads_trained


def test_a_start_without_tokenizer_says_so(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"holds no tokenizer\.model"):
        ensure_tokenizer(tmp_path, None, _recipe(f"weights={REFERENCE}"))
    with pytest.raises(
        RecipeError, match=r"start_from nor weights is set, and no vocabulary of 600"
    ):
        ensure_tokenizer(tmp_path, None, _recipe())


def test_a_run_from_nothing_makes_a_vocabulary_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    region = {"box": [0, 0, 1, 1], "text": "a harbour", "negatives": ["a lighthouse"]}
    lines = [
        {"file": "a.jpg", "caption": "boats", "long_caption": "船在港口里。", "regions": [region]},
        {"file": "gone.jpg", "caption": "boats"},
    ]
    path = tmp_path / "samples.jsonl"
    path.write_text("\n".join(map(json.dumps, lines * 20)))
    name = f"jsonl:{path}"
    recipe = _recipe("vocab_size=290", f"sources={{{name!r}: 1.0}}")
    ensure_tokenizer(tmp_path, None, recipe, make_sources(recipe, None).values())
    tokenizer = Tokenizer(tmp_path, recipe.vocab_size)
    texts = ["boats", "a harbour", "a lighthouse", "船在港口里。"]
    known = (tokenizer.encode(texts, 64) > 0).sum(axis=1)
    assert (known < [len(text.encode()) for text in texts]).all()
    (tmp_path / "a.jpg").unlink()
    with pytest.raises(DataError, match=r"no sample can be read; the last one: .*gone\.jpg"):
        ensure_tokenizer(tmp_path / "b", None, recipe, make_sources(recipe, None).values())
