"""Weights cut anywhere, lying headers, wrong indexes: refused by name, at once, without memory."""

from __future__ import annotations

import contextlib
import json
import math
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.numpy import load_file, save_file

from fgclip2 import ConfigError, Encoder, WeightsError
from fgclip2.checkpoint import Checkpoint
from fgclip2.random_weights import model_config, write_random_checkpoint

TINY = model_config("tiny")
CONTENT = "text_model.head.weight"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("whole")
    write_random_checkpoint(directory, TINY)
    return directory


@pytest.fixture
def sharded(tmp_path: Path) -> Path:
    write_random_checkpoint(tmp_path, TINY, shard_bytes=200_000)
    return tmp_path


def index_of(directory: Path) -> tuple[Path, dict[str, dict[str, object]]]:
    path = directory / "model.safetensors.index.json"
    return path, json.loads(path.read_text())


any_place = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@any_place
@given(share=st.floats(0, 1, exclude_max=True))
def test_cut_at_any_byte(whole: Path, tmp_path: Path, share: float) -> None:
    content = (whole / "model.safetensors").read_bytes()
    (tmp_path / "config.json").write_bytes((whole / "config.json").read_bytes())
    path = tmp_path / "model.safetensors"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WeightsError) as caught:
        Checkpoint.open(tmp_path)
    assert str(path) in str(caught.value)
    assert "cut off" in str(caught.value)


@any_place
@given(place=st.integers(8, 12_000), value=st.integers(0, 255))
def test_one_wrong_header_byte_is_an_error_or_harmless(
    whole: Path, tmp_path: Path, place: int, value: int
) -> None:
    content = bytearray((whole / "model.safetensors").read_bytes())
    content[place] = value
    (tmp_path / "config.json").write_bytes((whole / "config.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(content)
    with contextlib.suppress(WeightsError):
        assert len(Checkpoint.open(tmp_path)) >= 41 + 32 * 2


@pytest.mark.parametrize("n_header", [0, 1, 2**21 + 1, 2**40, 2**63, 2**64 - 1])
def test_an_absurd_header_takes_no_memory(whole: Path, tmp_path: Path, n_header: int) -> None:
    (tmp_path / "config.json").write_bytes((whole / "config.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(n_header.to_bytes(8, "little") + b"{}" * 20)
    tracemalloc.start()
    try:
        with pytest.raises(WeightsError, match=f"header of {n_header} bytes"):
            Checkpoint.open(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_tensor_that_claims_to_be_huge(whole: Path, tmp_path: Path) -> None:
    header = {CONTENT: {"dtype": "F32", "shape": [2**40, 2**20], "data_offsets": [0, 2**62]}}
    encoded = json.dumps(header).encode()
    (tmp_path / "config.json").write_bytes((whole / "config.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(len(encoded).to_bytes(8, "little") + encoded)
    with pytest.raises(WeightsError, match=f"cut off inside {CONTENT}"):
        Checkpoint.open(tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_pipe_is_not_waited_for(whole: Path, tmp_path: Path, name: str) -> None:
    for file in ("model.safetensors", "config.json"):
        (tmp_path / file).write_bytes((whole / file).read_bytes())
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    with pytest.raises((WeightsError, ConfigError), match=f"{name} cannot be read.*regular file"):
        Checkpoint.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        (CONTENT, [9] * 500_000, f"{CONTENT} has 500000 dimensions"),
        ("x" * 1_000_000, [1], "name has 1000000 characters"),
    ],
)
def test_a_header_that_is_long_to_work_through(
    whole: Path, tmp_path: Path, name: str, shape: list[int], message: str
) -> None:
    encoded = json.dumps({name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 4]}}).encode()
    (tmp_path / "config.json").write_bytes((whole / "config.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(len(encoded).to_bytes(8, "little") + encoded)
    with pytest.raises(WeightsError, match=message) as caught:
        Checkpoint.open(tmp_path)
    assert len(str(caught.value)) < 1000


def test_a_huge_configuration_is_not_read(whole: Path, tmp_path: Path) -> None:
    with (tmp_path / "config.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ConfigError, match=f"{1 << 40} bytes"):
        Checkpoint.open(tmp_path)


def test_a_file_extended_with_nothing_is_not_mapped(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((whole / "config.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes((whole / "model.safetensors").read_bytes())
    os.truncate(tmp_path / "model.safetensors", 1 << 40)
    with pytest.raises(WeightsError, match="bytes of data, the header names"):
        Checkpoint.open(tmp_path)


@pytest.mark.parametrize("n_header", [0x280, 0x380, 0x480, 0x580])
def test_a_header_as_long_as_a_pickle_begins(whole: Path, tmp_path: Path, n_header: int) -> None:
    content = (whole / "model.safetensors").read_bytes()
    stop = 8 + int.from_bytes(content[:8], "little")
    header = content[8:stop].ljust(n_header + (1 << 16))
    (tmp_path / "config.json").write_bytes((whole / "config.json").read_bytes())
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + content[stop:])
    assert path.read_bytes()[:1] == b"\x80"
    assert len(Checkpoint.open(tmp_path)) == 41 + 32 * 2


def with_number(whole: Path, tmp_path: Path, name: str, number: float) -> Path:
    """A checkpoint whose tensor of that name begins with that number."""
    for file in ("model.safetensors", "config.json"):
        (tmp_path / file).write_bytes((whole / file).read_bytes())
    content = bytearray((whole / "model.safetensors").read_bytes())
    data = 8 + int.from_bytes(content[:8], "little")
    start = data + json.loads(content[8:data])[name]["data_offsets"][0]
    content[start : start + 4] = np.float32(number).tobytes()
    (tmp_path / "model.safetensors").write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("name", ["logit_scale", "logit_bias"])
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_scale_that_is_not_finite(whole: Path, tmp_path: Path, name: str, number: float) -> None:
    with pytest.raises(WeightsError, match=f"{name} is {number}"):
        Checkpoint.open(with_number(whole, tmp_path, name, number))


@pytest.mark.parametrize("precision", ["f32", "int8"])
@pytest.mark.parametrize(
    ("name", "number", "message"),
    [
        ("vision_model.encoder.layers.0.mlp.fc1.weight", math.nan, "fc1.weight holds numbers"),
        ("text_model.encoder.layers.1.self_attn.q_proj.bias", math.inf, "bias holds numbers"),
        ("text_model.encoder.layers.0.layer_norm1.weight", 3e38, "too large for finite vectors"),
        ("vision_model.head.probe", math.inf, "probe holds numbers"),
        ("vision_model.embeddings.position_embedding.weight", math.inf, "weight holds numbers"),
        ("text_model.head.bias", 3e38, "too large for finite vectors"),
    ],
)
def test_weights_without_finite_vectors_are_named(
    whole: Path, tmp_path: Path, name: str, number: float, message: str, precision: str
) -> None:
    directory = with_number(whole, tmp_path, name, number)

    def encode() -> None:
        encoder = Encoder.load(directory, "openvino", precision)
        encoder.encode_images([Image.new("RGB", (32, 32), "teal")], 16)
        encoder.encode_token_ids(np.ones((1, 64), np.int64), "short")

    with pytest.raises(WeightsError, match=message):
        encode()


def test_an_index_must_agree_with_its_files(sharded: Path) -> None:
    assert len(Checkpoint.open(sharded)) == 41 + 32 * 2
    path, index = index_of(sharded)
    moved = next(name for name, file in index["weight_map"].items() if file.startswith("model-0"))
    others = sorted(set(index["weight_map"].values()) - {index["weight_map"][moved]})
    index["weight_map"][moved] = others[0]
    path.write_text(json.dumps(index))
    with pytest.raises(WeightsError, match=f"{moved} is not in {others[0]}"):
        Checkpoint.open(sharded)


def test_an_index_that_leaves_a_tensor_out(sharded: Path) -> None:
    path, index = index_of(sharded)
    del index["weight_map"][CONTENT]
    path.write_text(json.dumps(index))
    with pytest.raises(WeightsError, match=f"weight_map does not name {CONTENT}"):
        Checkpoint.open(sharded)


def test_a_shard_cut_off_or_swapped_for_a_pickle(sharded: Path) -> None:
    shard = sorted(sharded.glob("*.safetensors"))[1]
    content = shard.read_bytes()
    shard.write_bytes(content[:-5])
    with pytest.raises(WeightsError, match=f"{shard.name} is cut off inside"):
        Checkpoint.open(sharded)
    shard.write_bytes(b"\x80\x04" + content)
    with pytest.raises(WeightsError, match=f"{shard.name} is a pickle"):
        Checkpoint.open(sharded)


def test_the_file_with_an_unknown_tensor_is_named(sharded: Path) -> None:
    last = sorted(sharded.glob("*.safetensors"))[-1]
    save_file({**load_file(last), "surprise": np.zeros(1, np.float32)}, last)
    path, index = index_of(sharded)
    index["weight_map"]["surprise"] = last.name
    path.write_text(json.dumps(index))
    with pytest.raises(WeightsError, match=f"{last.name} holds the unknown tensors surprise"):
        Checkpoint.open(sharded)


def test_a_tensor_that_no_shard_holds(sharded: Path) -> None:
    last = sorted(sharded.glob("*.safetensors"))[-1]
    tensors = load_file(last)
    name = sorted(tensors)[0]
    del tensors[name]
    save_file(tensors, last)
    path, index = index_of(sharded)
    del index["weight_map"][name]
    path.write_text(json.dumps(index))
    with pytest.raises(WeightsError, match=rf"index\.json lacks {name}"):
        Checkpoint.open(sharded)


def test_the_name_of_a_shard_is_shown_in_short(sharded: Path) -> None:
    path, _ = index_of(sharded)
    path.write_text(json.dumps({"weight_map": {"a": "b" * 1_000_000 + ".safetensors"}}))
    with pytest.raises(WeightsError, match=r"index\.json: weight_map names") as caught:
        Checkpoint.open(sharded)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "weight_map", [{}, [], None, {"a": 3}, {"a": ["b"]}, {"a": "/etc/passwd"}, {"a": ".."}]
)
def test_an_index_that_is_none(sharded: Path, weight_map: object) -> None:
    path, _ = index_of(sharded)
    path.write_text(json.dumps({"weight_map": weight_map}))
    with pytest.raises(WeightsError, match=r"index\.json"):
        Checkpoint.open(sharded)
