"""Strict reading of weights: every kind of wrong file is named with its cause."""

from __future__ import annotations

import json
import math
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from fgclip2 import ConfigError, Encoder, WeightsError
from fgclip2.checkpoint import Checkpoint
from fgclip2.config import ModelConfig
from fgclip2.layout import tensor_shapes

Tensors = dict[str, np.ndarray]
NAME = "text_model.encoder.layers.1.mlp.fc1.weight"


def rewrite(directory: Path, change: Callable[[Tensors], object]) -> None:
    path = directory / "model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


def change_header(
    directory: Path, change: Callable[[dict[str, dict[str, object]]], object]
) -> None:
    path = directory / "model.safetensors"
    content = path.read_bytes()
    (n_header,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + n_header])
    change(header)
    encoded = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + content[8 + n_header :])


def refusal(directory: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        Encoder.load(directory)
    return str(caught.value)


def test_all_tensors_are_read_as_stored(checkpoint_dir: Path) -> None:
    checkpoint = Checkpoint.open(checkpoint_dir)
    stored = load_file(checkpoint_dir / "model.safetensors")
    assert set(checkpoint) == set(stored) == set(tensor_shapes(checkpoint.config))
    for name, tensor in stored.items():
        assert checkpoint[name].dtype == np.float32
        np.testing.assert_array_equal(checkpoint[name], tensor)


@pytest.mark.parametrize(("n_layers", "n_tensors"), [(12, 425), (24, 809), (27, 905)])
def test_layout_has_as_many_tensors_as_published(
    checkpoint_dir: Path, n_layers: int, n_tensors: int
) -> None:
    path = checkpoint_dir / "config.json"
    values = json.loads(path.read_text())
    for section in ("text_config", "vision_config"):
        values[section]["num_hidden_layers"] = n_layers
    path.write_text(json.dumps(values))
    message = refusal(checkpoint_dir)
    assert "model.safetensors lacks" in message
    assert "more" in message
    assert len(tensor_shapes(ModelConfig.from_directory(checkpoint_dir))) == n_tensors


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_widened(checkpoint_dir: Path, dtype: str) -> None:
    full = load_file(checkpoint_dir / "model.safetensors")
    if dtype == "float16":
        rewrite(checkpoint_dir, lambda t: t.update({k: v.astype(np.float16) for k, v in t.items()}))
    else:
        import torch
        from safetensors.torch import save_file as save_torch

        halves = {name: torch.from_numpy(tensor).bfloat16() for name, tensor in full.items()}
        save_torch(halves, checkpoint_dir / "model.safetensors")
    checkpoint = Checkpoint.open(checkpoint_dir)
    for name in (NAME, "logit_scale"):
        np.testing.assert_allclose(checkpoint[name], full[name], rtol=2**-7, atol=1e-7)
    rows = checkpoint.rows("text_model.embeddings.token_embedding.weight", np.array([[3, 5]]))
    assert rows.shape == (1, 2, 64)
    assert rows.dtype == np.float32
    ids = np.ones((1, 64), np.int64)
    assert np.isfinite(Encoder.load(checkpoint_dir).encode_token_ids(ids, "short")).all()


def test_training_scalars_are_tolerated(checkpoint_dir: Path) -> None:
    before = Encoder.load(checkpoint_dir).fingerprint
    scalars = {
        name: np.zeros((), np.float32) for name in ("logit_scale_finegraind", "logit_scale_hardneg")
    }
    rewrite(checkpoint_dir, lambda tensors: tensors.update(scalars))
    assert Encoder.load(checkpoint_dir).fingerprint == before


def test_training_scalars_are_scalars(checkpoint_dir: Path) -> None:
    wide = {"logit_scale_hardneg": np.zeros((2, 3), np.float32)}
    rewrite(checkpoint_dir, lambda tensors: tensors.update(wide))
    assert "logit_scale_hardneg has the shape (2, 3)" in refusal(checkpoint_dir)


def test_missing_tensor(checkpoint_dir: Path) -> None:
    rewrite(checkpoint_dir, lambda tensors: tensors.pop(NAME))
    assert refusal(checkpoint_dir).endswith(f"model.safetensors lacks {NAME}")


def test_extra_tensor(checkpoint_dir: Path) -> None:
    rewrite(checkpoint_dir, lambda t: t.update({"text_model.extra": np.zeros(3, np.float32)}))
    assert "unknown tensors text_model.extra" in refusal(checkpoint_dir)


@pytest.mark.parametrize("shape", [(64, 128), (128, 63), (128 * 64,)])
def test_misshapen_tensor(checkpoint_dir: Path, shape: tuple[int, ...]) -> None:
    rewrite(checkpoint_dir, lambda tensors: tensors.update({NAME: np.zeros(shape, np.float32)}))
    message = refusal(checkpoint_dir)
    assert NAME in message
    assert str(shape) in message
    assert "(128, 64)" in message


@pytest.mark.parametrize("dtype", [np.float64, np.int8, np.int32])
def test_unknown_number_type(checkpoint_dir: Path, dtype: type) -> None:
    rewrite(checkpoint_dir, lambda tensors: tensors.update({NAME: tensors[NAME].astype(dtype)}))
    message = refusal(checkpoint_dir)
    assert NAME in message
    assert "stored as" in message


@pytest.mark.parametrize("dtype", [[], {}, None, 4, "Q" * 1_000_000])
def test_a_number_type_that_is_none(checkpoint_dir: Path, dtype: object) -> None:
    change_header(checkpoint_dir, lambda header: header[NAME].update(dtype=dtype))
    message = refusal(checkpoint_dir)
    assert f"{NAME} is stored as" in message
    assert len(message) < 1000


@pytest.mark.parametrize("notes", [["a"], "a", {"a": 1}, {"dtype": "F32", "shape": [1]}])
def test_metadata_are_strings(checkpoint_dir: Path, notes: object) -> None:
    change_header(checkpoint_dir, lambda header: header.update(__metadata__=notes))
    assert "__metadata__" in refusal(checkpoint_dir)


@pytest.mark.parametrize("n_bytes", [0, 1, 7, 8, 9, 500, 8000, 20000, 1_000_000, -1])
def test_cut_off_file(checkpoint_dir: Path, n_bytes: int) -> None:
    path = checkpoint_dir / "model.safetensors"
    path.write_bytes(path.read_bytes()[:n_bytes])
    assert str(path) in refusal(checkpoint_dir)


def test_truncated_tensor_is_named(checkpoint_dir: Path) -> None:
    path = checkpoint_dir / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    message = refusal(checkpoint_dir)
    assert "cut off inside" in message
    assert any(name in message for name in load_names(checkpoint_dir))


def load_names(directory: Path) -> list[str]:
    content = (directory / "model.safetensors").read_bytes()
    (n_header,) = struct.unpack("<Q", content[:8])
    return [name for name in json.loads(content[8 : 8 + n_header]) if name != "__metadata__"]


def test_appended_bytes(checkpoint_dir: Path) -> None:
    path = checkpoint_dir / "model.safetensors"
    path.write_bytes(path.read_bytes() + b"more")
    assert "bytes of data" in refusal(checkpoint_dir)


@pytest.mark.parametrize(
    "offsets", [[0, 10], [-4, 0], [10**12, 10**12 + 4], ["0", "4"], [0], [1e3, 2e3], [True, 5]]
)
def test_wrong_offsets(checkpoint_dir: Path, offsets: list[object]) -> None:
    change_header(checkpoint_dir, lambda header: header[NAME].update(data_offsets=offsets))
    assert "model.safetensors" in refusal(checkpoint_dir)


@pytest.mark.parametrize("values", [{"shape": [10**4000]}, {"data_offsets": [0, 10**4000]}])
def test_a_number_of_thousands_of_digits(
    checkpoint_dir: Path, values: dict[str, list[int]]
) -> None:
    change_header(checkpoint_dir, lambda header: header[NAME].update(values))
    message = refusal(checkpoint_dir)
    assert "wrong number" in message
    assert len(message) < len(str(checkpoint_dir)) + 200


def test_overlapping_tensors(checkpoint_dir: Path) -> None:
    def overlap(header: dict[str, dict[str, object]]) -> None:
        twin = NAME.replace("layers.1", "layers.0")
        header[NAME]["data_offsets"] = header[twin]["data_offsets"]

    change_header(checkpoint_dir, overlap)
    assert "overlap or leave a gap" in refusal(checkpoint_dir)


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<Q", 2**62) + b"{}",
        struct.pack("<Q", 2**20) + b"{}",
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 4) + b"\xff\xfe\x00\x00",
        struct.pack("<Q", 40_000) + b"[" * 40_000,
        b"\x00" * 64,
    ],
    ids=["absurd", "beyond-the-end", "list", "binary", "deep", "zeros"],
)
def test_damaged_header(checkpoint_dir: Path, content: bytes) -> None:
    (checkpoint_dir / "model.safetensors").write_bytes(content)
    assert "model.safetensors" in refusal(checkpoint_dir)


@pytest.mark.parametrize(
    ("encode", "message"),
    [
        (lambda text: text.encode("utf-16-le"), "not JSON"),
        (lambda text: text.encode("utf-8-sig"), "not JSON"),
        (lambda text: f'{{"{NAME}": {{}}, {text[1:]}'.encode(), "is there twice"),
    ],
    ids=["utf-16", "byte-order-mark", "repeated"],
)
def test_a_header_that_other_readers_refuse(
    checkpoint_dir: Path, encode: Callable[[str], bytes], message: str
) -> None:
    path = checkpoint_dir / "model.safetensors"
    content = path.read_bytes()
    (n_header,) = struct.unpack("<Q", content[:8])
    header = encode(content[8 : 8 + n_header].decode())
    path.write_bytes(struct.pack("<Q", len(header)) + header + content[8 + n_header :])
    assert message in refusal(checkpoint_dir)


class Explosive:
    """Unpickling it would leave a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.safetensors"])
def test_a_pickle_is_named_and_never_opened(checkpoint_dir: Path, name: str) -> None:
    trace = checkpoint_dir / "was_run"
    (checkpoint_dir / "model.safetensors").unlink()
    (checkpoint_dir / name).write_bytes(pickle.dumps(Explosive(trace)))
    message = refusal(checkpoint_dir)
    assert "is a pickle" in message
    assert name in message
    assert not trace.exists()


def test_no_weights_and_no_folder(checkpoint_dir: Path) -> None:
    (checkpoint_dir / "model.safetensors").unlink()
    assert "holds no model.safetensors" in refusal(checkpoint_dir)
    assert "is not a folder" in refusal(checkpoint_dir / "nowhere")
    assert "is not a folder" in refusal(checkpoint_dir / ("long" * 100))


def test_sharded_weights(checkpoint_dir: Path) -> None:
    whole = Encoder.load(checkpoint_dir).fingerprint
    tensors = load_file(checkpoint_dir / "model.safetensors")
    (checkpoint_dir / "model.safetensors").unlink()
    names = sorted(tensors)
    parts = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for file, part in parts.items():
        save_file({name: tensors[name] for name in part}, checkpoint_dir / file)
    weight_map = {name: file for file, part in parts.items() for name in part}
    index = checkpoint_dir / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": weight_map}))
    assert Encoder.load(checkpoint_dir).fingerprint == whole
    (checkpoint_dir / "b.safetensors").unlink()
    assert "b.safetensors" in refusal(checkpoint_dir)
    index.write_text(json.dumps({"weight_map": {"logit_scale": "../outside.safetensors"}}))
    assert "not a file beside it" in refusal(checkpoint_dir)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: v.pop("vision_config"), "vision_config is missing"),
        (lambda v: v.update(model_type="clip"), "'clip', expected 'fgclip2'"),
        (lambda v: v["text_config"].update(hidden_size="wide"), "hidden_size is 'wide'"),
        (lambda v: v["text_config"].update(num_hidden_layers=0), "num_hidden_layers is 0"),
        (lambda v: v["text_config"].update(num_hidden_layers=1025), "num_hidden_layers is 1025"),
        (lambda v: v["vision_config"].update(num_hidden_layers=2**24), "expected .* 1 to 1024"),
        (lambda v: v["vision_config"].update(layer_norm_eps=-1), "layer_norm_eps is -1"),
        (lambda v: v["text_config"].update(layer_norm_eps=math.nan), "layer_norm_eps is nan"),
        (lambda v: v["text_config"].update(layer_norm_eps=math.inf), "layer_norm_eps is inf"),
        (lambda v: v["vision_config"].update(layer_norm_eps=10**400), "layer_norm_eps is 100000"),
        (lambda v: v["text_config"].update(hidden_size=None), "hidden_size is None"),
        (lambda v: v["vision_config"].update(num_attention_heads=5), "not a multiple"),
        (
            lambda v: v["vision_config"].update(num_attention_heads=1, hidden_size=1),
            "hidden_size is 1, 2 at least",
        ),
        (lambda v: v["vision_config"].update(num_patches=255), "255 is not a square"),
        (lambda v: v["text_config"].update(hidden_act="relu"), "'relu'"),
    ],
)
def test_wrong_configuration(
    checkpoint_dir: Path, change: Callable[[dict[str, dict[str, object]]], object], message: str
) -> None:
    path = checkpoint_dir / "config.json"
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))
    with pytest.raises(ConfigError, match=message):
        Encoder.load(checkpoint_dir)


def test_a_refused_value_is_shown_in_short(reference_dir: Path) -> None:
    values = ModelConfig.from_directory(reference_dir).to_values()
    values["vision_config"]["hidden_act"] = "x" * 1_000_000
    with pytest.raises(ConfigError) as caught:
        ModelConfig.from_values(values)
    assert len(str(caught.value)) < 200


def test_values_that_say_nothing_count_as_left_out(reference_dir: Path) -> None:
    wanted = ModelConfig.from_directory(reference_dir)
    values = wanted.to_values()
    nothing = {"projection_size": None, "pad_token_id": None, "eos_token_id": [1, 107]}
    values["text_config"] |= nothing
    assert ModelConfig.from_values(values) == wanted


def test_a_vocabulary_that_is_left_out_is_the_published_default(reference_dir: Path) -> None:
    values = ModelConfig.from_directory(reference_dir).to_values()
    del values["text_config"]["vocab_size"]
    assert ModelConfig.from_values(values).text.vocab_size == 32000


def test_missing_or_damaged_configuration(checkpoint_dir: Path) -> None:
    path = checkpoint_dir / "config.json"
    path.write_text("{")
    with pytest.raises(ConfigError, match=r"config\.json cannot be read"):
        Encoder.load(checkpoint_dir)
    path.unlink()
    with pytest.raises(ConfigError, match=r"config\.json is missing"):
        Encoder.load(checkpoint_dir)
