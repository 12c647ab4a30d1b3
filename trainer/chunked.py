"""The sigmoid loss without a batch x batch matrix.

Gradients are computed together with the loss, a chunk of pictures at a time, so that nothing but
gradients of the inputs' own size is kept for the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


class ChunkedSigmoid(torch.autograd.Function):
    """See ``objectives.sigmoid_in_chunks``."""

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any,
        image_BE: Tensor,
        text_BE: Tensor,
        log_scale: Tensor,
        bias: Tensor,
        matches: Callable[[slice], Tensor] | None,
        chunk_rows: int,
    ) -> Tensor:
        """Loss and, for later, the gradients of all four tensors."""
        n_rows = len(image_BE)
        scale = log_scale.exp()
        loss = image_BE.new_zeros(())
        grad_image, grad_text = torch.zeros_like(image_BE), torch.zeros_like(text_BE)
        grad_scale, grad_bias = image_BE.new_zeros(()), image_BE.new_zeros(())
        for first in range(0, n_rows, chunk_rows):
            rows = slice(first, min(first + chunk_rows, n_rows))
            scaled_RB = scale * image_BE[rows] @ text_BE.T
            signs_RB = _signs(rows, n_rows, matches, scaled_RB)
            signed_RB = signs_RB * (scaled_RB + bias)
            loss -= functional.logsigmoid(signed_RB).sum()
            grad_RB = -signs_RB * torch.sigmoid(-signed_RB)  # of the logits
            grad_image[rows] = scale * grad_RB @ text_BE
            grad_text += scale * grad_RB.T @ image_BE[rows]
            grad_scale += (grad_RB * scaled_RB).sum()
            grad_bias += grad_RB.sum()
        ctx.shapes = (log_scale.shape, bias.shape)
        ctx.n_rows = max(1, n_rows)
        ctx.save_for_backward(grad_image, grad_text, grad_scale, grad_bias)
        return loss / ctx.n_rows

    @staticmethod
    def backward(  # type: ignore[override]
        ctx: Any, grad_loss: Tensor
    ) -> tuple[Tensor | None, ...]:
        """The kept gradients, times that of the loss."""
        factor = grad_loss / ctx.n_rows
        grad_image, grad_text, grad_scale, grad_bias = ctx.saved_tensors
        scale_shape, bias_shape = ctx.shapes
        return (
            grad_image * factor,
            grad_text * factor,
            (grad_scale * factor).reshape(scale_shape),
            (grad_bias * factor).reshape(bias_shape),
            None,
            None,
        )


def _signs(
    rows: slice, n_rows: int, matches: Callable[[slice], Tensor] | None, like_RB: Tensor
) -> Tensor:
    columns = torch.arange(n_rows, device=like_RB.device)
    fits_RB = columns[rows, None] == columns[None]
    if matches is not None:
        fits_RB = fits_RB | matches(rows)
    return fits_RB.to(like_RB.dtype) * 2 - 1
