"""Training objectives: pure functions of tensors, unit rows in, scalars out.

Every function takes any number of rows, also none: then the loss is 0 and still has a graph, so
that ranks without regions take part in a backward pass like the others.
Shapes: B batch, A pictures with a class, C classes, K regions, N one positive text and its
negatives, E embedding.
``log_scale`` is the logarithm of the scale, as stored. Rows in half precision are computed with in
float32, since sums over a batch need its digits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from trainer.chunked import ChunkedSigmoid

MatchRows = Callable[[slice], Tensor]


def sigmoid(
    image_BE: Tensor,
    text_BE: Tensor,
    log_scale: Tensor | float,
    bias: Tensor | float,
    matches_BB: Tensor | None = None,
) -> Tensor:
    """Pairwise sigmoid loss (SigLIP, arXiv 2303.15343, equation 1): sum over pairs, divided by B.

    Args:
        image_BE: (B, E), unit rows.
        text_BE: (B, E), unit rows; row i describes picture i.
        log_scale: scalar or (1,).
        bias: scalar or (1,).
        matches_BB: (B, B) bool, pairs known to fit besides the diagonal (photos of one class
            with a caption that only names the class). None: the diagonal alone, as published.
    """
    image_BE, text_BE, log_scale, bias = _exact(image_BE, text_BE, log_scale, bias)
    logits_BB = log_scale.exp() * image_BE @ text_BE.T + bias
    fits_BB = torch.eye(len(image_BE), dtype=torch.bool, device=image_BE.device)
    if matches_BB is not None:
        fits_BB = fits_BB | matches_BB
    signs_BB = fits_BB.to(logits_BB.dtype) * 2 - 1
    return -functional.logsigmoid(signs_BB * logits_BB).sum() / max(1, len(image_BE))


def sigmoid_in_chunks(
    image_BE: Tensor,
    text_BE: Tensor,
    log_scale: Tensor | float,
    bias: Tensor | float,
    matches: MatchRows | None = None,
    chunk_rows: int = 1024,
) -> Tensor:
    """``sigmoid`` without a (B, B) matrix: gradients are made chunk by chunk going forward.

    Args:
        image_BE: as for ``sigmoid``.
        text_BE: as for ``sigmoid``.
        log_scale: as for ``sigmoid``.
        bias: as for ``sigmoid``.
        matches: gives the rows of ``matches_BB`` for a slice of pictures.
        chunk_rows: pictures at a time.
    """
    inputs = _exact(image_BE, text_BE, log_scale, bias)
    out: Tensor = ChunkedSigmoid.apply(*inputs, matches, chunk_rows)
    return out


def region_text(
    region_KE: Tensor, text_KE: Tensor, log_scale: Tensor | float, text_ids_K: Tensor | None = None
) -> Tensor:
    """Symmetric softmax loss of regions and their texts.

    Args:
        region_KE: (K, E), unit rows.
        text_KE: (K, E), unit rows.
        log_scale: scalar.
        text_ids_K: (K,) integers, equal for equal texts. Regions of one text are then no
            negatives of each other. None: only the diagonal fits, as published.
    """
    region_KE, text_KE, log_scale = _exact(region_KE, text_KE, log_scale)
    if not len(region_KE):
        return _nothing(region_KE, text_KE, log_scale)
    logits_KK = log_scale.exp() * region_KE @ text_KE.T
    if text_ids_K is not None:
        logits_KK = logits_KK.masked_fill(_others_alike(text_ids_K), -torch.inf)
    target_K = torch.arange(len(region_KE), device=region_KE.device)
    there = functional.cross_entropy(logits_KK, target_K)
    return (there + functional.cross_entropy(logits_KK.T, target_K)) / 2


def text_contrast(text_KE: Tensor, top_k: int = 10, duplicate_cosine: float = 0.95) -> Tensor:
    """Textual intra-modal contrast: push each region text from the ``top_k`` most similar ones.

    As published, the diagonal and pairs above ``duplicate_cosine`` count as cosine 0, not as
    absent. With fewer than ``top_k`` texts, all of them count.
    """
    (text_KE,) = _exact(text_KE)
    if not len(text_KE):
        return _nothing(text_KE)
    cosine_KK = text_KE @ text_KE.T
    left_out = torch.eye(len(text_KE), dtype=torch.bool, device=text_KE.device)
    cosine_KK = cosine_KK.masked_fill(left_out | (cosine_KK > duplicate_cosine), 0.0)
    nearest = cosine_KK.topk(min(top_k, len(text_KE)), dim=1).values
    return torch.logsumexp(nearest, dim=1).mean()


def classification(
    image_AE: Tensor,
    text_CE: Tensor,
    class_A: Tensor,
    set_C: Tensor,
    scale: Tensor | float,
    share_A: Tensor | None = None,
    smoothing: float = 0.1,
) -> Tensor:
    """Softmax loss of pictures over the names of all classes of their set, not of a batch alone.

    What zero-shot classification asks for (arXiv 2103.00020, section 3.1.2), with smoothed labels
    (arXiv 1512.00567, section 7).

    Args:
        image_AE: (A, E), unit rows.
        text_CE: (C, E), unit rows, the names of the classes of all sets.
        class_A: (A,) integers, the class of each picture.
        set_C: (C,) integers, the set of each class. Only names of its own set are wrong for a
            picture: another set may name the same thing otherwise.
        scale: of the cosines; not its logarithm.
        share_A: (A,), how much each row counts; above 0. None: all alike.
        smoothing: share of the label that all classes of the set have in common.
    """
    image_AE, text_CE, scale = _exact(image_AE, text_CE, scale)
    if not len(image_AE):
        return _nothing(image_AE, text_CE, scale)
    other_AC = set_C[class_A][:, None] != set_C[None]
    log_share_AC = (scale * image_AE @ text_CE.T).masked_fill(other_AC, -torch.inf).log_softmax(1)
    right_A = log_share_AC.gather(1, class_A[:, None])[:, 0]
    mean_A = log_share_AC.masked_fill(other_AC, 0.0).sum(dim=1) / (~other_AC).sum(dim=1)
    likely_A = (1 - smoothing) * right_A + smoothing * mean_A
    share_A = torch.ones_like(likely_A) if share_A is None else share_A.to(likely_A.dtype)
    return -(share_A * likely_A).sum() / share_A.sum()


@dataclass(frozen=True, slots=True)
class HardNegative:
    """Losses of ``hard_negative``; ``next_threshold`` has no gradient and is not clamped."""

    contrast: Tensor
    pair: Tensor
    rank: Tensor
    next_threshold: Tensor


def hard_negative(
    region_KE: Tensor,
    text_KNE: Tensor,
    log_scale: Tensor | float,
    threshold: Tensor | float,
    valid_KN: Tensor | None = None,
    text_ids_K: Tensor | None = None,
    wanted: Collection[str] = ("contrast", "pair", "rank"),
) -> HardNegative:
    """Losses of regions with texts that are wrong in a detail.

    ``contrast``: each region against all positives and all negatives, each positive against all
    regions (softmax, mean of both). ``pair``: softmax over a region's own texts. ``rank``: how far
    each negative's logit comes within ``threshold`` of the positive's.

    Args:
        region_KE: (K, E), unit rows.
        text_KNE: (K, N, E), unit rows, the positive first; N may be 1.
        log_scale: scalar.
        threshold: the ``next_threshold`` of the step before, 0 at first.
        valid_KN: (K, N) bool, False where a region has fewer negatives. None: all count.
        text_ids_K: as for ``region_text``, of the positives.
        wanted: the losses to compute; the others are 0, and without ``rank`` the threshold stays.
    """
    region_KE, text_KNE, log_scale = _exact(region_KE, text_KNE, log_scale)
    n_regions, n_texts = text_KNE.shape[:2]
    kept = torch.as_tensor(threshold, dtype=torch.float32, device=region_KE.device).detach()
    kept = kept.reshape(())
    contrast = pair = rank = _nothing(region_KE, text_KNE, log_scale)
    if not n_regions:
        return HardNegative(contrast, pair, rank, kept)
    if valid_KN is None:
        valid_KN = torch.ones(n_regions, n_texts, dtype=torch.bool, device=region_KE.device)
    scale = log_scale.exp()
    wrong_KN = valid_KN[:, 1:]
    if "contrast" in wanted:
        contrast = _hard_contrast(region_KE, text_KNE, scale, wrong_KN, text_ids_K)
    has_any_K = wrong_KN.any(dim=1)
    if not bool(has_any_K.any()):
        return HardNegative(contrast, pair, rank, kept)
    own_KN = scale * torch.einsum("ke,kne->kn", region_KE, text_KNE)
    if "pair" in wanted:
        log_share = own_KN.masked_fill(~valid_KN, -torch.inf).log_softmax(dim=1)[:, 0]
        pair = -log_share[has_any_K].mean()
    if "rank" in wanted:
        rank = (kept + own_KN[:, 1:] - own_KN[:, :1]).relu()[wrong_KN].mean()
        gap = own_KN[has_any_K, 0].mean() - own_KN[:, 1:][wrong_KN].mean()
        kept = gap.detach()
    return HardNegative(contrast, pair, rank, kept)


def _hard_contrast(
    region_KE: Tensor,
    text_KNE: Tensor,
    scale: Tensor,
    wrong_KN: Tensor,
    text_ids_K: Tensor | None,
) -> Tensor:
    positive_KK = scale * region_KE @ text_KNE[:, 0].T
    if text_ids_K is not None:
        positive_KK = positive_KK.masked_fill(_others_alike(text_ids_K), -torch.inf)
    negative = scale * region_KE @ text_KNE[:, 1:].flatten(0, 1).T
    negative = negative.masked_fill(~wrong_KN.flatten()[None], -torch.inf)
    target_K = torch.arange(len(region_KE), device=region_KE.device)
    to_texts = functional.cross_entropy(torch.cat([positive_KK, negative], dim=1), target_K)
    return (to_texts + functional.cross_entropy(positive_KK.T, target_K)) / 2


def _others_alike(text_ids_K: Tensor) -> Tensor:
    """(K, K) bool: another region with the same text."""
    same_KK = text_ids_K[:, None] == text_ids_K[None]
    return same_KK & ~torch.eye(len(text_ids_K), dtype=torch.bool, device=text_ids_K.device)


def _exact(first: Tensor, *others: Tensor | float) -> list[Tensor]:
    """The inputs in the precision of the first one, but at least float32; numbers as tensors."""
    dtype = torch.promote_types(first.dtype, torch.float32)
    numbers = [torch.as_tensor(each, device=first.device) for each in others]
    return [each.to(dtype) for each in (first, *numbers)]


def _nothing(*inputs: Tensor) -> Tensor:
    """A zero that depends on the inputs."""
    return torch.stack([each.sum() * 0 for each in inputs]).sum()
