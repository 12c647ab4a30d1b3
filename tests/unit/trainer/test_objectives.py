"""Objectives against the authors' implementation (values and gradients)."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from trainer import objectives

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference" / "losses.safetensors"


@pytest.fixture(scope="module")
def reference() -> dict[str, torch.Tensor]:
    """Inputs, values and gradients of the published objectives."""
    return load_file(REFERENCE)


def test_sigmoid_equals_the_reference_in_value_and_gradient(
    reference: dict[str, torch.Tensor],
) -> None:
    names = ("image", "text", "logit_scale", "logit_bias")
    inputs = [reference[f"sigmoid.{name}"].clone().requires_grad_() for name in names]
    loss = objectives.sigmoid(*inputs)
    loss.backward()
    torch.testing.assert_close(loss.detach(), reference["sigmoid.loss"], rtol=1e-4, atol=0)
    for name, value in zip(names, inputs, strict=True):
        expected = reference[f"sigmoid.grad_{name}"]
        torch.testing.assert_close(value.grad, expected, rtol=1e-4, atol=1e-6)


def test_sigmoid_counts_a_known_match_as_a_match() -> None:
    unit = torch.nn.functional.normalize(torch.randn(3, 8, generator=_generator()), dim=-1)
    same = unit[[0, 0, 2]]
    scale, bias = torch.tensor(2.0), torch.tensor(-3.0)
    known = torch.eye(3, dtype=torch.bool)
    known[0, 1] = known[1, 0] = True
    plain = objectives.sigmoid(same, same, scale, bias)
    masked = objectives.sigmoid(same, same, scale, bias, known)
    logit = scale.exp() + bias
    expected = plain - 2 * (-torch.nn.functional.logsigmoid(-logit)) / 3
    expected = expected + 2 * (-torch.nn.functional.logsigmoid(logit)) / 3
    torch.testing.assert_close(masked, expected)


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)
