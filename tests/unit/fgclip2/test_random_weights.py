"""Random checkpoints of any size: what they hold, and that the Encoder runs them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fgclip2 import ConfigError, Encoder
from fgclip2.checkpoint import Checkpoint
from fgclip2.layout import tensor_shapes
from fgclip2.random_weights import model_config, write_random_checkpoint

TINY = model_config("tiny")
PARAMETERS = {"base": 383_803_394, "large": 896_622_594, "so400m": 1_154_017_410}


@pytest.mark.parametrize("size", sorted(PARAMETERS))
def test_sizes_are_the_published_ones(size: str) -> None:
    shapes = tensor_shapes(model_config(size))
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == PARAMETERS[size]


@pytest.mark.parametrize("dtype", ["f32", "f16", "bf16"])
@pytest.mark.parametrize("shard_bytes", [None, 100_000])
def test_every_form_holds_the_same_model(
    tmp_path: Path, dtype: str, shard_bytes: int | None
) -> None:
    write_random_checkpoint(tmp_path / "whole", TINY)
    write_random_checkpoint(tmp_path / "other", TINY, dtype=dtype, shard_bytes=shard_bytes)
    whole, other = Checkpoint.open(tmp_path / "whole"), Checkpoint.open(tmp_path / "other")
    for name in whole:
        np.testing.assert_allclose(other[name], whole[name], rtol=2**-8, atol=1e-5)
    assert (len(list((tmp_path / "other").glob("*.safetensors"))) > 1) == bool(shard_bytes)


def test_a_model_of_uneven_sizes_runs(tmp_path: Path) -> None:
    values = TINY.to_values()
    values["vision_config"] |= {"hidden_size": 48, "num_attention_heads": 3, "num_patches": 49}
    values["text_config"] |= {"hidden_size": 48, "projection_size": 48, "intermediate_size": 72}
    config = type(TINY).from_values(values)
    write_random_checkpoint(tmp_path, config)
    for engine in ("openvino", "torch"):
        encoder = Encoder.load(tmp_path, engine=engine)
        vectors = encoder.encode_token_ids(np.arange(128).reshape(2, 64), "short")
        assert vectors.shape == (2, 48)
        assert abs(1 - vectors[0] @ vectors[1]) > 0.01


def test_the_seed_decides(tmp_path: Path) -> None:
    prints = []
    for place, seed in enumerate((0, 0, 1)):
        write_random_checkpoint(tmp_path / str(place), TINY, seed=seed)
        prints.append(Checkpoint.open(tmp_path / str(place)).fingerprint())
    assert prints[0] == prints[1] != prints[2]
    assert json.loads((tmp_path / "0" / "config.json").read_text())["model_type"] == "fgclip2"


def test_no_two_rows_are_equal(tmp_path: Path) -> None:
    write_random_checkpoint(tmp_path, TINY)
    table = Checkpoint.open(tmp_path)["text_model.embeddings.token_embedding.weight"]
    assert len(np.unique(table, axis=0)) == len(table)


def test_unknown_sizes_and_types(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="size is 'huge'"):
        model_config("huge")
    with pytest.raises(ConfigError, match="dtype is 'int4'"):
        write_random_checkpoint(tmp_path, TINY, dtype="int4")
