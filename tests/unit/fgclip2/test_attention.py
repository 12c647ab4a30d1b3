"""Attention of the torch model: the way for bfloat16 on CPUs equals the fused one."""

from __future__ import annotations

import pytest
import torch

from fgclip2.torch_model import SelfAttention


@pytest.mark.parametrize("masked", [False, True])
def test_products_equal_fused_attention(masked: bool) -> None:
    torch.manual_seed(3)
    attention = SelfAttention(64, 4)
    x_BLD = torch.randn(3, 20, 64)
    mask = None
    if masked:
        mask = torch.arange(20)[None] < torch.tensor([20, 11, 5])[:, None]
        mask = mask[:, None, None]
    results = []
    for precision in (torch.float32, torch.bfloat16):  # float32 takes the fused kernel
        x = x_BLD.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            out = attention(x, mask)
        out.float().square().sum().backward()
        assert x.grad is not None
        results.append((out.detach().float(), x.grad))
    for expected, found in zip(*results, strict=True):
        torch.testing.assert_close(found, expected, rtol=0.05, atol=0.03 * float(expected.std()))
