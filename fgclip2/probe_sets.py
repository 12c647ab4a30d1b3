"""Drawn pictures and random texts that show what a precision does to vectors.

Nothing has to be shipped or downloaded. Shapes: B batch, P patches, I numbers in a patch,
L tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from fgclip2.config import ModelConfig
from fgclip2.engine import Floats, Grid, TextMode
from fgclip2.images import patchify

# What 8 bits change averages out over many patches, so small pictures are the harder test.
_SMALL_GRID: Grid = (6, 10)
_LARGE_GRID: Grid = (16, 16)


@dataclass(frozen=True, slots=True)
class ProbeSet:
    """Pictures as (patches (B, P, I), grid), and texts as (token ids (B, L), mode)."""

    pictures: list[tuple[Floats, Grid]]
    texts: list[tuple[npt.NDArray[np.int64], TextMode]]


def make_probe_set(config: ModelConfig, seed: int) -> ProbeSet:
    """Small pictures of four kinds, and texts of three lengths."""
    rng = np.random.default_rng(seed)
    side = config.vision.patch_size
    pictures = np.stack([patchify(picture, side) for picture in _draw(rng, _SMALL_GRID, side)])
    short, long = config.text.max_position_embeddings, config.text.longtext_len
    return ProbeSet(
        [(pictures, _SMALL_GRID)],
        [
            (_draw_tokens(rng, config, short, (4, short)), "short"),
            (_draw_tokens(rng, config, long, (long // 2,)), "long"),
        ],
    )


def make_calibration_set(config: ModelConfig, seed: int) -> ProbeSet:
    """As a probe set, and a large picture that has the four kinds as its quarters."""
    rng = np.random.default_rng(seed)
    side = config.vision.patch_size
    rows, columns = _LARGE_GRID
    large = Image.new("RGB", (columns * side, rows * side))
    for place, quarter in enumerate(_draw(rng, (rows // 2, columns // 2), side)):
        large.paste(quarter, (place % 2 * quarter.width, place // 2 * quarter.height))
    small = make_probe_set(config, seed)
    return ProbeSet([*small.pictures, (patchify(large, side)[None], _LARGE_GRID)], small.texts)


def _draw(rng: np.random.Generator, grid: Grid, side: int) -> list[Image.Image]:
    """Noise, soft colours, hard-edged boxes, and dark with few lights."""
    height, width = grid[0] * side, grid[1] * side
    size = (width, height)
    noise = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    soft = Image.fromarray(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)).resize(size)
    boxes = Image.fromarray(rng.integers(0, 256, (9, 11, 3), dtype=np.uint8)).resize(
        size, Image.Resampling.NEAREST
    )
    lights = np.where(noise[..., :1] > 252, noise, noise // 24).astype(np.uint8)
    return [Image.fromarray(noise), soft, boxes, Image.fromarray(lights)]


def _draw_tokens(
    rng: np.random.Generator, config: ModelConfig, length: int, counts: tuple[int, ...]
) -> npt.NDArray[np.int64]:
    """Random tokens (B, length), ended and padded after so many of them, if there is room.

    Marks are where Gemma has them; the ids in the configuration may be leftovers of CLIP.
    """
    n_ids = config.text.vocab_size
    pad, end = 0, min(1, n_ids - 1)
    ids_BL = rng.integers(min(3, n_ids - 1), n_ids, (len(counts), length))
    for row_L, count in zip(ids_BL, counts, strict=True):
        n_tokens = min(max(count, 1), length)
        row_L[n_tokens - 1] = end
        row_L[n_tokens:] = pad
    return ids_BL
