"""A stage-2 step built as the published code is built, for ``benchmarks/training.py`` alone.

One picture at a time through positions, heads and pooling; every picture has as many box slots as
the fullest one could have, and the empty texts of empty slots are encoded as well; each caption
and each wrong text is encoded as often as it occurs; the last layer of the text tower computes all
positions; all logits of a batch are one matrix. The layers themselves and the objectives are ours,
so that both sides give the same losses.
Shapes as in ``trainer.stage_model``; S box slots of a picture.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from trainer import objectives
from trainer.data.packing import Batch, Regions
from trainer.pooling import pool_batch_regions
from trainer.recipes import Recipe
from trainer.stage_model import StageModel


def reference_losses(model: StageModel, batch: Batch, recipe: Recipe) -> dict[str, Tensor]:
    """The weighted losses of a batch in which every picture has a long caption."""
    assert batch.long is not None
    assert batch.regions is not None
    tokens_BPD = _image_tokens(model, batch)
    image_BE = _unit(_pooled(model, tokens_BPD, batch))
    short_BE = _unit(_texts(model, batch.short.ids_UL[batch.short.row_T], "short"))
    long_BE = _unit(_texts(model, batch.long.ids_UL[batch.long.row_T], "long"))
    order_B = batch.long.image_T.argsort()
    scale, bias = model.logit_scale, model.logit_bias
    parts = {
        "short": objectives.sigmoid(image_BE, short_BE, scale, bias),
        "long": objectives.sigmoid(image_BE, long_BE[order_B], scale, bias),
    }
    region_KE, text_KE = _regions(model, tokens_BPD, batch, batch.regions, recipe)
    hard_K, hard_KNE = _hard_texts(model, batch.regions)
    parts["region"] = objectives.region_text(region_KE, text_KE, model.logit_scale_finegraind)
    parts["text"] = objectives.text_contrast(text_KE)
    hard = objectives.hard_negative(
        region_KE[hard_K], hard_KNE, model.logit_scale_hardneg, 0.0, None
    )
    parts |= {"contrast": hard.contrast, "pair": hard.pair, "rank": hard.rank}
    weights = recipe.objectives
    return {name: weights[name] * loss for name, loss in parts.items() if weights.get(name)}


def _image_tokens(model: StageModel, batch: Batch) -> Tensor:
    vision = model.vision_model
    embeddings = vision.embeddings
    side, n_patches = embeddings.grid_side, batch.levels_BPV.shape[1]
    table = embeddings.position_embedding.weight.reshape(1, side, side, -1).permute(0, 3, 1, 2)
    positions = []
    for rows, columns in batch.shapes:
        grid = functional.interpolate(
            table.float(), size=(rows, columns), mode="bilinear", antialias=True
        )
        flat = grid.flatten(2)[0].T
        positions.append(torch.cat([flat, flat[:1].expand(n_patches - len(flat), -1)]))
    tokens_BPD = embeddings.patch_embedding(batch.patches)
    tokens_BPD = tokens_BPD + torch.stack(positions).to(tokens_BPD.dtype)
    for layer in vision.encoder.layers:
        tokens_BPD = layer(tokens_BPD, _mask(batch)[:, None, None, :])
    out: Tensor = vision.post_layernorm(tokens_BPD)
    return out


def _pooled(model: StageModel, tokens_BPD: Tensor, batch: Batch) -> Tensor:
    mask_B11P = _mask(batch)[:, None, None, :]
    rows = [
        model.vision_model.head(tokens_BPD[at : at + 1], mask_B11P[at : at + 1])
        for at in range(len(tokens_BPD))
    ]
    return torch.cat(rows)


def _texts(model: StageModel, ids_BL: Tensor, mode: str) -> Tensor:
    text = model.text_model
    hidden = text.embeddings(ids_BL, mode)
    for layer in text.encoder.layers:
        hidden = layer(hidden, None)
    pooled_BD = text.final_layer_norm(hidden)[:, -1]
    if mode == "short":
        return torch.cat([text.head(pooled_BD[at : at + 1]) for at in range(len(pooled_BD))])
    head = model.longtext_head if mode == "long" else model.boxtext_head
    out: Tensor = head(pooled_BD)
    return out


def _regions(
    model: StageModel, tokens_BPD: Tensor, batch: Batch, regions: Regions, recipe: Recipe
) -> tuple[Tensor, Tensor]:
    """Regions and their texts: all slots are computed, the empty ones dropped afterwards."""
    n_images, n_slots = len(tokens_BPD), recipe.regions_per_image
    boxes_BS4 = torch.zeros(n_images, n_slots, 4)
    ids_BSL = torch.zeros(n_images, n_slots, regions.ids_UL.shape[1], dtype=torch.int64)
    filled_BS = torch.zeros(n_images, n_slots, dtype=torch.bool)
    for at in range(n_images):
        own = (regions.image_K == at).nonzero()[:, 0]
        boxes_BS4[at, : len(own)] = regions.boxes_K4[own]
        ids_BSL[at, : len(own)] = regions.ids_UL[regions.row_K[own]]
        filled_BS[at, : len(own)] = True
    dense_BPD = model.dense(tokens_BPD, _mask(batch))
    pooled = [
        pool_batch_regions(
            dense_BPD[at : at + 1],
            batch.shapes[at : at + 1],
            boxes_BS4[at],
            torch.zeros(n_slots, dtype=torch.int64),
        )
        for at in range(n_images)
    ]
    text_SE = _texts(model, ids_BSL.flatten(0, 1), "box")
    chosen = filled_BS.flatten()
    return _unit(torch.cat(pooled)[chosen]), _unit(text_SE[chosen])


def _hard_texts(model: StageModel, regions: Regions) -> tuple[Tensor, Tensor]:
    """Which regions have as many negatives as any, and their texts with the right one first."""
    hard_K = (regions.negative_KN >= 0).all(dim=1)
    rows_KN = torch.cat([regions.hard_row_K[hard_K][:, None], regions.negative_KN[hard_K]], dim=1)
    text_TE = _unit(_texts(model, regions.ids_UL[rows_KN.flatten()], "box"))
    return hard_K, text_TE.reshape(*rows_KN.shape, -1)


def _mask(batch: Batch) -> Tensor:
    if batch.mask_BP is not None:
        return batch.mask_BP
    return torch.ones(batch.levels_BPV.shape[:2], dtype=torch.bool)


def _unit(vectors: Tensor) -> Tensor:
    return functional.normalize(vectors.float(), dim=-1)
