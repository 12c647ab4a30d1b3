"""The weighted losses of a step, from vectors of all processes.

Shapes: B pictures, A of them with a class, C classes, T texts, K regions, H regions with negatives,
N negatives, E embedding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from trainer import objectives
from trainer.data.packing import Batch, Classes, MatchKeys, Regions, Texts
from trainer.recipe_checks import HARD_OBJECTIVES
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
    """Regions and their texts, row by row."""

    region_KE: Tensor
    text_KE: Tensor
    text_K: Tensor


@dataclass(frozen=True, slots=True)
class HardPairs:
    """Regions that have wrong texts, with the right one and those."""

    region_HE: Tensor
    text_HNE: Tensor
    valid_HN: Tensor
    text_H: Tensor


@dataclass(frozen=True, slots=True)
class ClassPairs:
    """Pictures that have a class, and the names of all classes; see ``Classes``."""

    image_AE: Tensor
    text_CE: Tensor
    class_A: Tensor
    share_A: Tensor
    set_C: Tensor


@dataclass(frozen=True, slots=True)
class Pairs:
    """What the losses compare; only what an objective counts. ``captions`` by objective."""

    captions: dict[str, CaptionPairs]
    classes: ClassPairs | None = None
    regions: RegionPairs | None = None
    hard: HardPairs | None = None


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

    ``gather`` is called equally often in the same order everywhere, whatever the batch holds: the
    recipe's objectives decide.
    """
    captions = {
        name: _captions(embeddings, name, texts, gather)
        for name, texts in (("short", batch.short), ("long", batch.long))
        if texts is not None and recipe.counts(name)
    }
    classes, regions, hard = None, None, None
    if batch.classes is not None:
        classes = _classes(batch.classes, batch.short, embeddings, gather)
    if batch.regions is not None and recipe.counts("region", "text"):
        regions = _regions(batch.regions, embeddings, gather)
    if batch.regions is not None and recipe.counts(*HARD_OBJECTIVES):
        hard = _hard(batch.regions, embeddings, gather)
    return Pairs(captions, classes, regions, hard)


def weighted_losses(
    pairs: Pairs, scales: dict[str, Tensor], recipe: Recipe, threshold: float
) -> Losses:
    """The losses of the objectives that count.

    Args:
        pairs: of all processes.
        scales: logarithms of the scales, and the bias, by the names of the parameters.
        recipe: ``objectives`` holds the weights.
        threshold: of the rank loss, from the step before; without that loss it stays.
    """
    found: dict[str, Tensor] = {}
    for name, captions in pairs.captions.items():
        found[name] = objectives.sigmoid_in_chunks(
            captions.image_TE,
            captions.text_TE,
            scales["logit_scale"],
            scales["logit_bias"],
            captions.keys.rows() if recipe.mask_equal_texts else None,
        )
    if pairs.classes is not None:
        classes = pairs.classes
        found["classes"] = objectives.classification(
            classes.image_AE,
            classes.text_CE,
            classes.class_A,
            classes.set_C,
            recipe.class_scale,
            classes.share_A,
        )
    if pairs.regions is not None:
        regions = pairs.regions
        if recipe.counts("region"):
            ids_K = regions.text_K if recipe.mask_equal_texts else None
            found["region"] = objectives.region_text(
                regions.region_KE, regions.text_KE, scales["logit_scale_finegraind"], ids_K
            )
        if recipe.counts("text"):
            found["text"] = objectives.text_contrast(regions.text_KE)
    if pairs.hard is not None:
        wanted = [name for name in HARD_OBJECTIVES if recipe.counts(name)]
        hard = objectives.hard_negative(
            pairs.hard.region_HE,
            pairs.hard.text_HNE,
            scales["logit_scale_hardneg"],
            threshold,
            pairs.hard.valid_HN,
            pairs.hard.text_H if recipe.mask_equal_texts else None,
            wanted,
        )
        found |= {name: getattr(hard, name) for name in wanted}
        threshold = min(recipe.greatest_threshold, max(0.0, hard.next_threshold.item()))
    return Losses({name: recipe.objectives[name] * loss for name, loss in found.items()}, threshold)


def _captions(embeddings: Embeddings, name: str, texts: Texts, gather: Gather) -> CaptionPairs:
    image_BE, text_UE = embeddings.image_BE, embeddings.texts[name]
    assert image_BE is not None
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


def _classes(classes: Classes, short: Texts, embeddings: Embeddings, gather: Gather) -> ClassPairs:
    image_BE, text_UE = embeddings.image_BE, embeddings.texts["short"]
    assert image_BE is not None
    device = image_BE.device
    return ClassPairs(
        gather(image_BE[classes.image_A.to(device)]),
        gather(text_UE[short.name_row_M.to(device)]),
        gather(classes.class_A.to(device)),
        gather(classes.share_A.to(device)),
        classes.set_C.to(device),
    )


def _regions(regions: Regions, embeddings: Embeddings, gather: Gather) -> RegionPairs:
    region_KE, text_UE = embeddings.region_KE, embeddings.texts["box"]
    assert region_KE is not None
    device = region_KE.device
    return RegionPairs(
        gather(region_KE),
        gather(text_UE[regions.row_K.to(device)]),
        gather(regions.text_K.to(device)),
    )


def _hard(regions: Regions, embeddings: Embeddings, gather: Gather) -> HardPairs:
    region_KE, text_UE = embeddings.region_KE, embeddings.texts["box"]
    assert region_KE is not None
    device = region_KE.device
    # As many columns everywhere as the process with most has.
    n_own = regions.negative_KN.shape[1]
    missing = int(gather(torch.tensor([n_own], device=device)).max()) - n_own
    negative_KN = torch.nn.functional.pad(regions.negative_KN, (0, missing), value=-1).to(device)
    hard = (negative_KN >= 0).any(dim=1)
    right_HE = text_UE[regions.hard_row_K.to(device)[hard]]
    wrong_HNE = text_UE[negative_KN[hard].clamp(min=0)]
    positive = torch.ones(int(hard.sum()), 1, dtype=torch.bool, device=device)
    return HardPairs(
        gather(region_KE[hard]),
        gather(torch.cat([right_HE[:, None], wrong_HNE], dim=1)),
        gather(torch.cat([positive, negative_KN[hard] >= 0], dim=1)),
        gather(regions.hard_text_K.to(device)[hard]),
    )
