"""One optimiser step's losses and gradients, in one pass or piece by piece.

Piece by piece (gradient caching, arXiv 2101.06983): vectors are made without a graph, the losses
of the whole batch give the gradient of every vector, and each piece runs again to carry its part
on to the weights. The costliest piece runs last and keeps its graph, so it need not run again.
So memory is bounded by a piece and the contrastive batch stays whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from fgclip2.torch_engine import has_bfloat16
from trainer.data.packing import Batch
from trainer.device_photos import PhotoBatch, photo_losses
from trainer.distributed import Group
from trainer.losses import Losses, make_pairs, weighted_losses
from trainer.recipes import Recipe
from trainer.stage_model import PicturePiece, Piece, joined, pieces_of

Made = list[tuple[Tensor, ...]]


def backward_step(
    model: nn.Module,
    batch: Batch,
    recipe: Recipe,
    device: torch.device,
    group: Group,
    threshold: float = 0.0,
) -> Losses:
    """Compute the losses of a step and add their gradients to the parameters.

    Args:
        model: a ``StageModel``, wrapped by ``group``.
        batch: this process's part.
        recipe: of the run.
        device: of the model.
        group: all processes of the run.
        threshold: of the rank loss.

    Returns:
        The losses of the whole batch, equal in all processes.
    """
    # Under fsdp all processes must run the same modules equally often.
    split_sizes = recipe.sharding != "fsdp" or group.size == 1
    pieces = pieces_of(batch, recipe, split_sizes, device)
    if not recipe.micro_batch:
        made, scales = _run(model, pieces, recipe, device)
        losses = _losses(pieces, made, scales, batch, recipe, group, threshold)
        torch.autograd.backward((losses.total + _nothing(scales)) * group.size)
    else:
        losses = _backward_in_pieces(model, pieces, batch, recipe, device, group, threshold)
    return Losses(losses.parts, group.mean(losses.threshold))


def backward_photos(
    model: nn.Module, batch: PhotoBatch, recipe: Recipe, device: torch.device
) -> Losses:
    """``backward_step`` for photos that lie on the device."""
    made, scales = _run(model, [batch.piece], recipe, device)
    losses = photo_losses(made[0][0], scales, batch, recipe)
    torch.autograd.backward(losses.total + _nothing(scales))
    return losses


def uses_bf16(recipe: Recipe, device: torch.device) -> bool:
    """Whether the recipe's precision means bfloat16 on this device: ``auto`` does where a CPU or a
    CUDA device multiplies it itself.
    """
    if recipe.precision != "auto":
        return recipe.precision == "bf16"
    return device.type in ("cpu", "cuda") and has_bfloat16(device)


def _backward_in_pieces(
    model: nn.Module,
    pieces: list[Piece],
    batch: Batch,
    recipe: Recipe,
    device: torch.device,
    group: Group,
    threshold: float,
) -> Losses:
    kept = max(range(len(pieces)), key=lambda place: _cost(pieces[place]))
    others = [place for place in range(len(pieces)) if place != kept]
    with group.average_gradients_later(model):
        with torch.no_grad():
            runs = {place: _run(model, [pieces[place]], recipe, device)[0][0] for place in others}
        (outputs,), scales_made = _run(model, [pieces[kept]], recipe, device)
        runs[kept] = outputs
        made = [tuple(_leaf(part) for part in runs[place]) for place in range(len(pieces))]
        scales = {name: _leaf(scale) for name, scale in scales_made.items()}
        losses = _losses(pieces, made, scales, batch, recipe, group, threshold)
        torch.autograd.backward(losses.total * group.size)
        # The scales are the same in every piece: one carries them on.
        _carry_on([*outputs, *scales_made.values()], [*made[kept], *scales.values()])
        del runs, outputs, scales_made
        for place in others:
            (again,), _ = _run(model, [pieces[place]], recipe, device)
            _carry_on(again, made[place])
    group.average_gradients(model)
    return losses


def _cost(piece: Piece) -> tuple[bool, int]:
    """What pieces are ordered by: the vision tower is the deeper one in small models."""
    if isinstance(piece, PicturePiece):
        return True, piece.patches_BPV.numel()
    return False, piece.ids_UL.numel()


def _leaf(made: Tensor) -> Tensor:
    return made.detach().requires_grad_()


def _carry_on(outputs: Sequence[Tensor], leaves: Sequence[Tensor]) -> None:
    """Add to the weights what the leaves that stood for these outputs have gathered."""
    pairs = [
        (output, torch.zeros_like(leaf) if leaf.grad is None else leaf.grad)
        for output, leaf in zip(outputs, leaves, strict=True)
        if output.requires_grad  # texts have none where their tower is frozen
    ]
    if pairs:
        torch.autograd.backward(*zip(*pairs, strict=True))


def _run(
    model: nn.Module, pieces: list[Piece], recipe: Recipe, device: torch.device
) -> tuple[Made, dict[str, Tensor]]:
    with torch.autocast(device.type, torch.bfloat16, enabled=uses_bf16(recipe, device)):
        made: tuple[Made, dict[str, Tensor]] = model(pieces)
    return made


def _losses(
    pieces: list[Piece],
    made: Made,
    scales: dict[str, Tensor],
    batch: Batch,
    recipe: Recipe,
    group: Group,
    threshold: float,
) -> Losses:
    pairs = make_pairs(batch, joined(pieces, made, scales), recipe, group.gather)
    shared = {name: group.own_share(scale) for name, scale in scales.items()}
    return weighted_losses(pairs, shared, recipe, threshold)


def _nothing(scales: dict[str, Tensor]) -> Tensor:
    """A zero, so that scales which no objective counts have a gradient of 0 here as in pieces."""
    return torch.stack([scale.sum() * 0 for scale in scales.values()]).sum()
