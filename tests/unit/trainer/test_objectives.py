"""Objectives against the authors' implementation (values and gradients)."""

from __future__ import annotations

from collections.abc import Callable
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


@pytest.mark.parametrize("chunk_rows", [1, 5, 64])
def test_chunked_sigmoid_equals_the_plain_one(chunk_rows: int) -> None:
    image, text = _unit(13, 8), _unit(13, 8)
    scale, bias = torch.tensor([2.0]), torch.tensor([-3.0])
    matches = torch.rand(13, 13, generator=_generator()) > 0.9
    plain = _value_and_gradients(
        lambda *given: objectives.sigmoid(*given, matches), image, text, scale, bias
    )
    chunked = _value_and_gradients(
        lambda *given: objectives.sigmoid_in_chunks(
            *given, lambda rows: matches[rows], chunk_rows=chunk_rows
        ),
        image,
        text,
        scale,
        bias,
    )
    torch.testing.assert_close(chunked, plain)


def test_region_text_equals_the_reference(reference: dict[str, torch.Tensor]) -> None:
    names = ("image", "text", "logit_scale")
    loss, *gradients = _value_and_gradients(
        objectives.region_text, *(reference[f"region.{name}"] for name in names)
    )
    _assert_close(loss, reference["region.loss"])
    for name, gradient in zip(names, gradients, strict=True):
        _assert_close(gradient, reference[f"region.grad_{name}"])


def test_text_contrast_equals_the_reference(reference: dict[str, torch.Tensor]) -> None:
    loss, gradient = _value_and_gradients(objectives.text_contrast, reference["tic.text"])
    _assert_close(loss, reference["tic.loss"])
    _assert_close(gradient, reference["tic.grad_text"])


@pytest.mark.parametrize("threshold", [0.0, 6.0])
def test_hard_negative_equals_the_reference(
    reference: dict[str, torch.Tensor], threshold: float
) -> None:
    prefix = f"hard.threshold_{threshold}."
    names = ("image", "text", "logit_scale")
    parts: list[objectives.HardNegative] = []

    def total(image: torch.Tensor, text: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        found = objectives.hard_negative(image, text.reshape(6, 11, -1), scale, threshold)
        parts.append(found)
        return 0.6 * found.contrast + 3 * found.pair + 0.4 * found.rank

    loss, *gradients = _value_and_gradients(total, *(reference[prefix + name] for name in names))
    _assert_close(loss, reference[prefix + "total"])
    _assert_close(parts[0].pair, reference[prefix + "pair"])
    _assert_close(parts[0].rank, reference[prefix + "cmr"])
    _assert_close(parts[0].next_threshold, reference[prefix + "next_threshold"])
    for name, gradient in zip(names, gradients, strict=True):
        _assert_close(gradient, reference[prefix + "grad_" + name])


@pytest.mark.parametrize("n_regions", [0, 1, 3])
@pytest.mark.parametrize("n_negatives", [0, 1, 4])
def test_any_number_of_regions_and_negatives(n_regions: int, n_negatives: int) -> None:
    region, scale = _unit(n_regions, 8), torch.tensor(3.0)
    text = _unit(n_regions * (1 + n_negatives), 8).reshape(n_regions, 1 + n_negatives, 8)

    def total(region: torch.Tensor, text: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        found = objectives.hard_negative(region, text, scale, 2.0)
        if not n_regions * n_negatives:
            assert (found.pair, found.rank, found.next_threshold) == (0.0, 0.0, 2.0)
        together = objectives.region_text(region, text[:, 0], scale)
        together = together + objectives.text_contrast(text[:, 0])
        return together + found.contrast + found.pair + found.rank

    for value in _value_and_gradients(total, region, text, scale):
        assert bool(value.isfinite().all())


def test_padded_negatives_change_nothing() -> None:
    region, scale, text = _unit(2, 8), torch.tensor(3.0), _unit(10, 8).reshape(2, 5, 8)
    valid = torch.tensor([[True] * 3 + [False] * 2] * 2)
    padded = objectives.hard_negative(region, text, scale, 1.0, valid)
    plain = objectives.hard_negative(region, text[:, :3], scale, 1.0)
    for name in ("contrast", "pair", "rank", "next_threshold"):
        torch.testing.assert_close(getattr(padded, name), getattr(plain, name))


@pytest.mark.parametrize("wanted", [["contrast"], ["pair"], ["rank"], ["pair", "rank"], []])
def test_only_the_wanted_hard_negative_losses_are_computed(
    wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    region, scale, text = _unit(3, 8), torch.tensor(3.0), _unit(12, 8).reshape(3, 4, 8)
    every = objectives.hard_negative(region, text, scale, 1.0)
    if "contrast" not in wanted:  # its logits of all regions and all texts are by far the largest
        monkeypatch.delattr(objectives, "_hard_contrast")
    found = objectives.hard_negative(region, text, scale, 1.0, wanted=wanted)
    for name in ("contrast", "pair", "rank"):
        expected = getattr(every, name) if name in wanted else torch.tensor(0.0)
        assert torch.equal(getattr(found, name), expected)
    assert every.next_threshold != 1
    assert found.next_threshold == (every.next_threshold if "rank" in wanted else 1)


def test_regions_of_one_text_are_no_negatives_of_each_other() -> None:
    region, scale, text = _unit(3, 8), torch.tensor(3.0), _unit(3, 8)[[0, 0, 2]]
    ids = torch.tensor([7, 7, 9])
    known = objectives.region_text(region, text, scale, ids)
    alone = [
        objectives.region_text(region[[row, 2]], text[[row, 2]], scale, ids[[row, 2]])
        for row in (0, 1)
    ]
    assert known < objectives.region_text(region, text, scale)
    assert bool(known.isfinite())
    assert all(bool(value.isfinite()) for value in alone)


def _value_and_gradients(
    function: Callable[..., torch.Tensor], *inputs: torch.Tensor
) -> list[torch.Tensor]:
    leaves = [value.clone().requires_grad_() for value in inputs]
    loss = function(*leaves)
    loss.backward()
    return [loss.detach(), *(leaf.grad for leaf in leaves if leaf.grad is not None)]


def _assert_close(found: torch.Tensor, expected: torch.Tensor) -> None:
    """Within 1e-4 of the largest number in it."""
    atol = 1e-4 * float(expected.abs().max())
    torch.testing.assert_close(found.detach(), expected, rtol=1e-4, atol=atol)


def _unit(n_rows: int, width: int) -> torch.Tensor:
    values = torch.randn(n_rows, width, generator=torch.Generator().manual_seed(n_rows))
    return torch.nn.functional.normalize(values, dim=-1)


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def test_scales_may_be_plain_numbers() -> None:
    rows, others = (
        torch.nn.functional.normalize(torch.randn(3, 2, 8, generator=torch.manual_seed(1)), dim=-1)
    ).unbind(1)
    scale, bias = torch.tensor(1.5), torch.tensor(-2.0)
    pairs = (
        (objectives.sigmoid(rows, others, 1.5, -2), objectives.sigmoid(rows, others, scale, bias)),
        (objectives.region_text(rows, others, 1.5), objectives.region_text(rows, others, scale)),
        (
            objectives.hard_negative(rows, others[:, None], 1.5, 0).contrast,
            objectives.hard_negative(rows, others[:, None], scale, 0).contrast,
        ),
    )
    for found, expected in pairs:
        assert torch.equal(found, expected)
