"""Checkpoints of any size in the published layout, with random weights.

For tests, benchmarks and training from nothing. Tensors are written one after the other, so that
the largest model needs no more memory than its largest tensor. A seed gives the same numbers in
every number type and however the files are split.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fgclip2.config import ModelConfig, TextConfig, VisionConfig
from fgclip2.engine import Floats
from fgclip2.errors import ConfigError
from fgclip2.layout import Shape, tensor_shapes

DTYPES = {"f32": "F32", "f16": "F16", "bf16": "BF16"}
_ITEM_BYTES = {"f32": 4, "f16": 2, "bf16": 2}
# (width, inner width, layers, heads) of both towers
_TOWERS = {
    "tiny": (64, 128, 2, 4),
    "base": (768, 3072, 12, 12),
    "large": (1024, 4096, 24, 16),
    "so400m": (1152, 4304, 27, 16),
}
SIZES = tuple(_TOWERS)
_VOCABULARY, _TINY_VOCABULARY = 256_000, 600
# Drawing each of a model's numbers would take most of the time.
_N_NUMBERS = 4_194_301


def model_config(size: str) -> ModelConfig:
    """The configuration of a published size, or of ``tiny`` (2 layers of 64, 600 tokens).

    Raises:
        ConfigError: no such size.
    """
    if size not in _TOWERS:
        raise ConfigError(f"size is {size!r}; {', '.join(SIZES)} are known")
    width, inner, n_layers, n_heads = _TOWERS[size]
    return ModelConfig(
        vision=VisionConfig(
            hidden_size=width,
            intermediate_size=inner,
            num_hidden_layers=n_layers,
            num_attention_heads=n_heads,
        ),
        text=TextConfig(
            vocab_size=_TINY_VOCABULARY if size == "tiny" else _VOCABULARY,
            hidden_size=width,
            intermediate_size=inner,
            num_hidden_layers=n_layers,
            num_attention_heads=n_heads,
            projection_size=width,
        ),
    )


def write_random_checkpoint(
    directory: Path,
    config: ModelConfig,
    *,
    dtype: str = "f32",
    shard_bytes: int | None = None,
    seed: int = 0,
) -> None:
    """Write ``config.json``, ``preprocessor_config.json`` and weights into a directory.

    Args:
        directory: is made; files of these names in it are replaced.
        config: sizes of the model.
        dtype: ``f32``, ``f16`` or ``bf16``, of the stored numbers.
        shard_bytes: begin a further file when one would grow beyond this (a larger tensor gets
            its own), with ``model.safetensors.index.json``; None for a single file.
        seed: of the numbers.

    Raises:
        ConfigError: an unknown number type.
    """
    if dtype not in DTYPES:
        raise ConfigError(f"dtype is {dtype!r}; {', '.join(DTYPES)} are known")
    directory.mkdir(parents=True, exist_ok=True)
    _write_json(directory / "config.json", config.to_values())
    _write_json(
        directory / "preprocessor_config.json",
        {"image_processor_type": "Siglip2ImageProcessor", "max_num_patches": 256, "patch_size": 16},
    )
    shapes = tensor_shapes(config)
    shards = _split(shapes, _ITEM_BYTES[dtype], shard_bytes)
    names = [f"model-{place:05}-of-{len(shards):05}.safetensors" for place in range(len(shards))]
    if shard_bytes is None:
        names = ["model.safetensors"]
    numbers = _random_numbers(seed)
    for name, shard in zip(names, shards, strict=True):
        _write_file(directory / name, shard, dtype, numbers)
    if shard_bytes is not None:
        weight_map = {
            tensor: name for name, shard in zip(names, shards, strict=True) for tensor in shard
        }
        _write_json(directory / "model.safetensors.index.json", {"weight_map": weight_map})


def _split(shapes: dict[str, Shape], item_bytes: int, limit: int | None) -> list[dict[str, Shape]]:
    shards: list[dict[str, Shape]] = [{}]
    size = 0
    for name, shape in shapes.items():
        n_bytes = math.prod(shape) * item_bytes
        if limit is not None and size and size + n_bytes > limit:
            shards.append({})
            size = 0
        shards[-1][name] = shape
        size += n_bytes
    return shards


def _write_file(path: Path, shapes: dict[str, Shape], dtype: str, numbers: Floats) -> None:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    position = 0
    for name, shape in shapes.items():
        stop = position + math.prod(shape) * _ITEM_BYTES[dtype]
        header[name] = {
            "dtype": DTYPES[dtype],
            "shape": list(shape),
            "data_offsets": [position, stop],
        }
        position = stop
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb") as file:
        file.write(len(encoded).to_bytes(8, "little") + encoded)
        for name, shape in shapes.items():
            for piece in _pieces(name, shape, numbers):
                file.write(np.ascontiguousarray(_stored(piece, dtype)).data)


def _pieces(name: str, shape: Shape, numbers: Floats) -> Iterator[Floats]:
    """A tensor's numbers in pieces of some rows, each from another place among the numbers."""
    mean, deviation = _distribution(name, shape)
    row_size = math.prod(shape[1:])
    n_rows = max(1, _N_NUMBERS // row_size)
    for start in range(0, shape[0], n_rows):
        piece_shape = (min(n_rows, shape[0] - start), *shape[1:])
        digest = hashlib.sha256(f"{name} {start}".encode()).digest()
        first = int.from_bytes(digest[:8], "little") % _N_NUMBERS
        piece = np.resize(numbers[first : first + _N_NUMBERS], piece_shape)
        yield mean + deviation * piece


def _random_numbers(seed: int) -> Floats:
    """Normal numbers, twice the same; a prime number of them, so that no two rows are equal."""
    once = np.random.default_rng(seed).standard_normal(_N_NUMBERS, dtype=np.float32)
    return np.concatenate([once, once])


def _distribution(name: str, shape: Shape) -> tuple[np.float32, np.float32]:
    """(mean, deviation): activations keep about unit size, and every tensor has an effect."""
    mean, deviation = 0.0, 0.02
    if name == "logit_scale":
        mean, deviation = math.log(10), 0.0
    elif name == "logit_bias":
        mean, deviation = -10.0, 0.0
    elif "norm" in name and name.endswith("weight"):
        mean, deviation = 1.0, 0.1
    elif "token_embedding" in name or "position_embedding" in name:
        deviation = 0.5
    elif name.endswith(("weight", "probe")):
        deviation = shape[-1] ** -0.5
    return np.float32(mean), np.float32(deviation)


def _stored(values: Floats, dtype: str) -> npt.NDArray[np.generic]:
    if dtype == "f32":
        return values.astype("<f4", copy=False)
    if dtype == "f16":
        return values.astype("<f2")
    bits = values.view(np.uint32)
    rounded: npt.NDArray[np.uint32] = bits + 0x7FFF + ((bits >> 16) & 1)
    return (rounded >> 16).astype("<u2")


def _write_json(path: Path, values: object) -> None:
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
