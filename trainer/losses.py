"""The weighted losses of a step, from vectors of all processes.

Shapes: B pictures, T texts, K regions, H regions with negatives, N negatives, E embedding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from trainer import objectives
from trainer.data.packing import Batch, MatchKeys, Texts
from trainer.recipes import Recipe
from trainer.stage_model import Embeddings

Gather = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class CaptionPairs:
    """Pictures and the texts that describe them, row by row."""

    image_TE: Tensor
    text_TE: Tensor
    keys: MatchKeys


@dataclass(frozen=True, slots=True)
class RegionPairs:
    """Regions, their texts, and the wrong texts of those regions that have some."""

    region_KE: Tensor
    text_KE: Tensor
    text_K: Tensor
    hard_region_HE: Tensor
    hard_text_HNE: Tensor
    valid_HN: Tensor
    hard_text_H: Tensor


@dataclass(frozen=True, slots=True)
class Pairs:
    """Everything that the losses compare."""

    short: CaptionPairs
    long: CaptionPairs | None
    regions: RegionPairs | None


@dataclass(frozen=True, slots=True)
class Losses:
    """Weighted losses by name, and the rank threshold for the next step."""

    parts: dict[str, Tensor]
    threshold: float

    @property
    def total(self) -> Tensor:
        """Their sum."""
        return torch.stack(list(self.parts.values())).sum()


def make_pairs(batch: Batch, embeddings: Embeddings, recipe: Recipe, gather: Gather) -> Pairs:
    """Line up the vectors of a batch, and join those of all processes.

    ``gather`` is called equally often in the same order everywhere, whatever the batch holds.
    """
    image_BE = embeddings.image_BE
    short = _captions(image_BE, embeddings.texts["short"], batch.short, gather)
    long = None
    if batch.long is not None:
        long = _captions(image_BE, embeddings.texts["long"], batch.long, gather)
    regions = None
    if batch.regions is not None:
        regions = _regions(batch, embeddings, recipe, gather)
    return Pairs(short, long, regions)


def weighted_losses(
    pairs: Pairs, scales: dict[str, Tensor], recipe: Recipe, threshold: float
) -> Losses:
    """The losses of the recipe's stage.

    Args:
        pairs: of all processes.
        scales: logarithms of the scales, and the bias, by the names of the parameters.
        recipe: ``objectives`` holds the weights.
        threshold: of the rank loss, from the step before.
    """
    weights = recipe.objectives
    parts: dict[str, Tensor] = {}
    for name, captions in (("short", pairs.short), ("long", pairs.long)):
        if captions is not None and weights.get(name):
            parts[name] = weights[name] * objectives.sigmoid_in_chunks(
                captions.image_TE,
                captions.text_TE,
                scales["logit_scale"],
                scales["logit_bias"],
                captions.keys.rows() if recipe.mask_equal_texts else None,
            )
    if pairs.regions is None:
        return Losses(parts, threshold)
    regions = pairs.regions
    ids_K = regions.text_K if recipe.mask_equal_texts else None
    ids_H = regions.hard_text_H if recipe.mask_equal_texts else None
    hard = objectives.hard_negative(
        regions.hard_region_HE,
        regions.hard_text_HNE,
        scales["logit_scale_hardneg"],
        threshold,
        regions.valid_HN,
        ids_H,
    )
    found = {
        "region": objectives.region_text(
            regions.region_KE, regions.text_KE, scales["logit_scale_finegraind"], ids_K
        ),
        "text": objectives.text_contrast(regions.text_KE),
        "contrast": hard.contrast,
        "pair": hard.pair,
        "rank": hard.rank,
    }
    parts |= {name: weights[name] * loss for name, loss in found.items() if weights.get(name)}
    following = min(recipe.greatest_threshold, max(0.0, hard.next_threshold.item()))
    return Losses(parts, following)


def _captions(image_BE: Tensor, text_UE: Tensor, texts: Texts, gather: Gather) -> CaptionPairs:
    device = image_BE.device
    image_TE = gather(image_BE[texts.image_T.to(device)])
    text_TE = gather(text_UE[texts.row_T.to(device)])
    keys = texts.keys
    # Pictures are numbered within a process; its number of texts tells the next one's offset.
    own = torch.tensor([len(texts.row_T)], device=device)
    per_process = gather(own)
    shown_counts = gather(torch.tensor([len(keys.shown_row_S)], device=device))
    offsets = torch.repeat_interleave(per_process.cumsum(0) - per_process, shown_counts)
    return CaptionPairs(
        image_TE,
        text_TE,
        MatchKeys(
            gather(keys.text_T.to(device)),
            gather(keys.concept_T.to(device)),
            gather(keys.shown_row_S.to(device)) + offsets,
            gather(keys.shown_concept_S.to(device)),
        ),
    )


def _regions(batch: Batch, embeddings: Embeddings, recipe: Recipe, gather: Gather) -> RegionPairs:
    regions, region_KE = batch.regions, embeddings.region_KE
    assert regions is not None
    assert region_KE is not None
    device = region_KE.device
    text_UE = embeddings.texts["box"]
    text_KE = text_UE[regions.row_K.to(device)] + text_UE.sum() * 0
    # As many columns everywhere, whatever this process found.
    missing = recipe.negatives_per_region - regions.negative_KN.shape[1]
    negative_KN = torch.nn.functional.pad(regions.negative_KN, (0, missing), value=-1).to(device)
    hard = (negative_KN >= 0).any(dim=1)
    right_HE = text_UE[regions.hard_row_K.to(device)[hard]]
    wrong_HNE = text_UE[negative_KN[hard].clamp(min=0)]
    positive = torch.ones(int(hard.sum()), 1, dtype=torch.bool, device=device)
    return RegionPairs(
        gather(region_KE),
        gather(text_KE),
        gather(regions.text_K.to(device)),
        gather(region_KE[hard]),
        gather(torch.cat([right_HE[:, None], wrong_HNE], dim=1)),
        gather(torch.cat([positive, negative_KN[hard] >= 0], dim=1)),
        gather(regions.hard_text_K.to(device)[hard]),
    )
