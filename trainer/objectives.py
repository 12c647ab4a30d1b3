"""Training objectives: pure functions of tensors, unit rows in, scalars out.

Shapes: B batch, E embedding. ``log_scale`` is the logarithm of the scale, as stored.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def sigmoid(
    image_BE: Tensor,
    text_BE: Tensor,
    log_scale: Tensor,
    bias: Tensor,
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
    logits_BB = log_scale.exp() * image_BE @ text_BE.T + bias
    fits_BB = torch.eye(len(image_BE), dtype=torch.bool, device=image_BE.device)
    if matches_BB is not None:
        fits_BB = fits_BB | matches_BB
    signs_BB = fits_BB.to(logits_BB.dtype) * 2 - 1
    return -functional.logsigmoid(signs_BB * logits_BB).sum() / len(image_BE)
