"""Attention as plain products against torch's own, forward and gradient."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from fgclip2.torch_model import attend_in_products


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("n_queries", [1, 7])
def test_products_equal_the_fused_kernel(masked: bool, n_queries: int) -> None:
    generator = torch.Generator().manual_seed(3)
    shapes = [(2, 3, n_queries, 8), (2, 3, 7, 8), (2, 3, 7, 8)]
    inputs = [torch.randn(shape, generator=generator) for shape in shapes]
    mask = None
    if masked:
        mask = torch.ones(2, 1, 1, 7, dtype=torch.bool)
        mask[0, :, :, 4:] = False
    results = []
    for attend in (attend_in_products, functional.scaled_dot_product_attention):
        leaves = [each.clone().requires_grad_() for each in inputs]
        heads = attend(*leaves, mask)
        (heads * torch.arange(8)).sum().backward()
        results.append([heads.detach(), *(leaf.grad for leaf in leaves)])
    torch.testing.assert_close(*results, rtol=1e-4, atol=1e-5)
