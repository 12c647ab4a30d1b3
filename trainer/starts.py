"""A random start that learns faster from few photos than the plain initialisation.

For models trained from nothing on small data: attention that begins as trained attention looks
(mimetic initialisation, arXiv 2305.09828), sine and cosine positions (arXiv 2205.01580), a patch
embedding that sees whitened patches, so that texture counts as much as brightness, and outputs
without a common direction, so that from the first step on only differences count.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fgclip2.images import budget_for, fit_to_grid, patchify
from fgclip2.torch_model import EncoderLayer, Fgclip2Model
from trainer.data.batches import MakesBatches
from trainer.data.photos import PhotoSet
from trainer.errors import DataError, SampleError

_VALUE_NOISE = _VALUE_IDENTITY = 0.4
_QUERY_NOISE = _QUERY_IDENTITY = 0.7
_SAMPLED_PHOTOS = 600
_SAMPLED_BATCHES = 8
_FULL_STRENGTH_DIRECTIONS = 48


@torch.no_grad()
def centre_outputs(model: Fgclip2Model, maker: MakesBatches) -> None:
    """Whiten the text vectors and centre the photo vectors of the first batches.

    The text head becomes the whitening of the pooled states; photo vectors lose their mean through
    the last bias of the pooling head.
    """
    texts, photos = [], []
    text = model.text_model
    for step in range(_SAMPLED_BATCHES):
        batch = maker.make(step)
        text.head.weight.copy_(torch.eye(len(text.head.weight)))
        text.head.bias.zero_()
        texts.append(model.encode_text(batch.short.ids_UL, "short"))
        tokens = model.encode_image_tokens(batch.patches, batch.mask_BP, batch.shapes)
        photos.append(model.pool(tokens, batch.mask_BP))
    weight, bias = whitening(torch.cat(texts).numpy(), len(text.head.weight))
    text.head.weight.copy_(torch.from_numpy(weight))
    text.head.bias.copy_(torch.from_numpy(bias))
    model.vision_model.head.mlp.fc2.bias.sub_(torch.cat(photos).mean(dim=0))
    model.copy_heads()


@torch.no_grad()
def prepare_small_start(
    model: Fgclip2Model, patches_NV: npt.NDArray[np.float32], generator: torch.Generator
) -> None:
    """Replace parts of an initialised vision tower as the module's first lines say.

    Args:
        model: initialised.
        patches_NV: what the tower will see, for the whitening.
        generator: of random numbers.
    """
    vision = model.vision_model
    for layer in vision.encoder.layers:
        assert isinstance(layer, EncoderLayer)
        _start_attention(layer, generator)
    table = vision.embeddings.position_embedding.weight
    table.copy_(sine_positions(vision.embeddings.grid_side, table.shape[1]))
    weight, bias = whitening(patches_NV, table.shape[1])
    vision.embeddings.patch_embedding.weight.copy_(torch.from_numpy(weight))
    vision.embeddings.patch_embedding.bias.copy_(torch.from_numpy(bias))


def sine_positions(side: int, width: int) -> Tensor:
    """(side * side, width) float32: sines and cosines of row and column, row by row."""
    quarter = width // 4
    frequency = 1.0 / 10000 ** (torch.arange(quarter) / max(1, quarter - 1))
    angles = torch.arange(side)[:, None] * frequency
    waves = torch.cat([angles.sin(), angles.cos()], dim=1)
    rows = waves[:, None].expand(side, side, -1)
    table = torch.cat([rows, rows.transpose(0, 1)], dim=2).flatten(0, 1)
    return torch.nn.functional.pad(table, (0, width - table.shape[1]))


def sample_patches(photos: PhotoSet, patches: int) -> npt.NDArray[np.float32]:
    """(n, values) patches of photos spread over the set; ``patches`` 0: budgets by their size.

    Raises:
        DataError: no photo can be decoded.
    """
    step = max(1, len(photos) // _SAMPLED_PHOTOS)
    chosen = range(0, len(photos), step)
    found = []
    for index in chosen:
        try:
            picture = photos.picture(index)
        except SampleError:  # the run names it when its turn comes
            continue
        budget = budget_for(*picture.size, patches or "dynamic")
        found.append(patchify(fit_to_grid(picture, budget)))
    if not found:
        raise DataError(f"{photos.directory}: not one picture can be decoded")
    return np.concatenate(found)


def batch_patches(maker: MakesBatches) -> npt.NDArray[np.float32]:
    """(n, values) patches of the first batches, where there are no photo sets."""
    real = []
    for step in range(_SAMPLED_BATCHES):
        batch = maker.make(step)
        masked = batch.mask_BP is not None
        real.append(batch.patches[batch.mask_BP] if masked else batch.patches.flatten(0, 1))
    return torch.cat(real).numpy()


def whitening(
    patches_NV: npt.NDArray[np.float32], width: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Weight (width, V) and bias of a linear layer whose outputs have about equal variance.

    The ``width`` strongest directions are kept; weak ones are damped, so that noise stays small.
    """
    mean = patches_NV.mean(axis=0, dtype=np.float64)
    centred = patches_NV - mean
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    order = np.argsort(values)[::-1][:width]
    floor = values[np.argsort(values)[::-1][min(_FULL_STRENGTH_DIRECTIONS, len(values) - 1)]]
    scale = 1 / np.sqrt(np.maximum(values[order], 0) + floor + 1e-6)
    weight = (vectors[:, order] * scale).T
    return weight.astype(np.float32), (-weight @ mean).astype(np.float32)


def _start_attention(layer: EncoderLayer, generator: torch.Generator) -> None:
    attention = layer.self_attn
    width = attention.q_proj.in_features
    n_kept = width // attention.n_heads
    left, strength, right = _noisy_identity(width, _VALUE_NOISE, -_VALUE_IDENTITY, generator)
    attention.v_proj.weight.copy_((left * strength.sqrt()).T)
    attention.out_proj.weight.copy_(right * strength.sqrt())
    for head in range(attention.n_heads):
        left, strength, right = _noisy_identity(width, _QUERY_NOISE, _QUERY_IDENTITY, generator)
        rows = slice(head * n_kept, (head + 1) * n_kept)
        kept = strength[:n_kept].sqrt()
        attention.q_proj.weight[rows] = (left[:, :n_kept] * kept).T
        attention.k_proj.weight[rows] = (right[:, :n_kept] * kept).T


def _noisy_identity(
    width: int, noise: float, identity: float, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Singular vectors and values of ``noise * Z + identity * I``, Z normal of variance 1/width."""
    matrix = noise * torch.randn(width, width, generator=generator) / width**0.5
    left, strength, right = torch.linalg.svd(matrix + identity * torch.eye(width))
    return left, strength, right.T
