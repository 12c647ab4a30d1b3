"""Objectives against plain loops over numbers, on random, tied, doubled and very few inputs."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trainer import objectives

SCALE = torch.tensor(1.3, dtype=torch.float64)


def _rows(n_rows: int, seed: int, width: int = 6) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(n_rows, width, generator=generator, dtype=torch.float64)
    return torch.nn.functional.normalize(values, dim=-1)


def _log_sum(values: list[Tensor]) -> Tensor:
    return torch.stack(values).exp().sum().log()


def _sigmoid(image: Tensor, text: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    total = torch.zeros((), dtype=torch.float64)
    for i in range(len(image)):
        for j in range(len(text)):
            logit = scale.exp() * image[i].dot(text[j]) + bias
            total = total + (1 + (-logit if i == j else logit).exp()).log()
    return total / len(image)


def _region_text(region: Tensor, text: Tensor, scale: Tensor) -> Tensor:
    n = len(region)
    logit = [[scale.exp() * region[i].dot(text[j]) for j in range(n)] for i in range(n)]
    there = [_log_sum(logit[i]) - logit[i][i] for i in range(n)]
    back = [_log_sum([logit[j][i] for j in range(n)]) - logit[i][i] for i in range(n)]
    return torch.stack(there + back).sum() / (2 * n)


def _text_contrast(text: Tensor, top_k: int, duplicate: float) -> Tensor:
    rows = []
    for i in range(len(text)):
        cosines = [text[i].dot(text[j]) for j in range(len(text))]
        counted = [
            cosine if j != i and cosine.item() <= duplicate else cosine * 0
            for j, cosine in enumerate(cosines)
        ]
        counted.sort(key=lambda value: -value.item())
        rows.append(_log_sum(counted[:top_k]))
    return torch.stack(rows).mean()


def _hard(
    region: Tensor, text: Tensor, scale: Tensor, threshold: float
) -> tuple[Tensor, Tensor, Tensor, float]:
    n_regions, n_texts = text.shape[:2]
    score = [
        [[scale.exp() * region[i].dot(text[j][k]) for k in range(n_texts)]
         for j in range(n_regions)]
        for i in range(n_regions)
    ]  # fmt: skip
    contrast, pair, rank = [], [], []
    for i in range(n_regions):
        own = score[i][i]
        contrast.append(_log_sum([each for row in score[i] for each in row]) - own[0])
        contrast.append(_log_sum([score[j][i][0] for j in range(n_regions)]) - own[0])
        pair.append(_log_sum(own) - own[0])
        rank += [(threshold + wrong - own[0]).clamp(min=0) for wrong in own[1:]]
    right = sum(score[i][i][0].item() for i in range(n_regions)) / n_regions
    wrongs = [wrong.item() for i in range(n_regions) for wrong in score[i][i][1:]]
    following = right - sum(wrongs) / len(wrongs) if wrongs else threshold
    mean = torch.stack(rank).mean() if rank else torch.zeros((), dtype=torch.float64)
    return torch.stack(contrast).sum() / (2 * n_regions), torch.stack(pair).mean(), mean, following


def _classification(image: Tensor, text: Tensor, classes: list[int], sets: list[int]) -> Tensor:
    total = torch.zeros((), dtype=torch.float64)
    for row, right in zip(image, classes, strict=True):
        own = [c for c, each in enumerate(sets) if each == sets[right]]
        logits = {c: 7.0 * row.dot(text[c]) for c in own}
        for c, logit in logits.items():
            share = 0.2 / len(own) + (0.8 if c == right else 0.0)
            total = total + share * (_log_sum(list(logits.values())) - logit)
    return total / len(classes)


def _assert_same(
    ours: Callable[..., Tensor], by_hand: Callable[..., Tensor], *inputs: Tensor
) -> None:
    results = []
    for function in (ours, by_hand):
        leaves = [value.clone().requires_grad_() for value in inputs]
        loss = function(*leaves)
        assert loss.shape == ()
        if loss.requires_grad:
            loss.backward()
        gradients = [torch.zeros_like(x) if x.grad is None else x.grad for x in leaves]
        results.append([loss.detach().double(), *gradients])
    for found, expected in zip(*results, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("n_rows", [1, 2, 7])
def test_sigmoid(n_rows: int) -> None:
    bias = torch.tensor([-2.0], dtype=torch.float64)
    for text in (_rows(n_rows, 2), _rows(1, 2).expand(n_rows, -1)):
        given = (_rows(n_rows, 1), text, SCALE.reshape(1), bias)
        _assert_same(objectives.sigmoid, lambda *x: _sigmoid(*x)[0], *given)
        _assert_same(objectives.sigmoid_in_chunks, lambda *x: _sigmoid(*x)[0], *given)


@pytest.mark.parametrize("n_rows", [1, 2, 7])
def test_region_text(n_rows: int) -> None:
    _assert_same(objectives.region_text, _region_text, _rows(n_rows, 1), _rows(n_rows, 2), SCALE)
    doubled = _rows(n_rows, 2)[[0] * n_rows]  # as published, equal texts are each other's rivals
    _assert_same(objectives.region_text, _region_text, _rows(n_rows, 1), doubled, SCALE)


@pytest.mark.parametrize("n_rows", [1, 2, 5, 13])
@pytest.mark.parametrize("top_k", [1, 3, 10, 40])
def test_text_contrast(n_rows: int, top_k: int) -> None:
    def ours(text: Tensor) -> Tensor:
        return objectives.text_contrast(text, top_k, 0.4)

    _assert_same(ours, lambda text: _text_contrast(text, top_k, 0.4), _rows(n_rows, 3))


def test_text_contrast_of_doubled_texts_and_of_one() -> None:
    text = _rows(3, 4)[[0, 0, 1, 2, 2]]
    _assert_same(objectives.text_contrast, lambda x: _text_contrast(x, 10, 0.95), text)
    alike = objectives.text_contrast(_rows(1, 4).expand(4, -1))
    assert alike.item() == pytest.approx(math.log(4))  # every pair counts as cosine 0
    assert objectives.text_contrast(_rows(1, 4)).item() == pytest.approx(0)


@pytest.mark.parametrize("n_regions", [1, 2, 5])
@pytest.mark.parametrize("n_texts", [1, 2, 4])
@pytest.mark.parametrize("threshold", [0.0, 1.7])
def test_hard_negative(n_regions: int, n_texts: int, threshold: float) -> None:
    region = _rows(n_regions, 5)
    text = _rows(n_regions * n_texts, 6).reshape(n_regions, n_texts, -1)
    for part, name in enumerate(("contrast", "pair", "rank")):
        _assert_same(
            lambda *x, name=name: getattr(objectives.hard_negative(*x, threshold), name),
            lambda *x, part=part: _hard(*x, threshold)[part],
            region,
            text,
            SCALE,
        )
    found = objectives.hard_negative(region, text, SCALE, torch.tensor([threshold]))
    expected = _hard(region, text, SCALE, threshold)[3]
    assert found.next_threshold.shape == ()
    assert found.next_threshold.item() == pytest.approx(expected, rel=1e-5)
    assert not found.next_threshold.requires_grad


def test_hard_negatives_that_equal_the_right_text() -> None:
    region, text = _rows(3, 7), _rows(3, 8)[:, None].expand(-1, 4, -1)
    found = objectives.hard_negative(region, text, SCALE, 0.5)
    assert found.pair.item() == pytest.approx(math.log(4))
    assert found.rank.item() == pytest.approx(0.5)
    assert found.next_threshold.item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("classes", [[0], [4, 2, 1, 1, 0], [3, 3]])
def test_classification(classes: list[int]) -> None:
    """Sets of two, two and one class, in any order; a set of one tells nothing."""
    sets = [5, 1, 5, 2, 1]
    _assert_same(
        lambda image, text: objectives.classification(
            image, text, torch.tensor(classes), torch.tensor(sets), 7.0, smoothing=0.2
        ),
        lambda image, text: _classification(image, text, classes, sets),
        _rows(len(classes), 1),
        _rows(5, 2),
    )


def test_classification_in_one_set_is_torchs_cross_entropy() -> None:
    image, text, classes = _rows(9, 1), _rows(4, 2), torch.arange(9) % 4
    found = objectives.classification(image, text, classes, torch.zeros(4, dtype=torch.int64), 16.0)
    logits = 16.0 * image @ text.T
    expected = torch.nn.functional.cross_entropy(logits, classes, label_smoothing=0.1)
    torch.testing.assert_close(found, expected)


def test_classification_of_pictures_put_together_of_two() -> None:
    """Rows that count by their share are cross entropy with soft labels."""
    image, text = _rows(3, 1), _rows(4, 2)
    image_A, class_A = torch.tensor([0, 0, 1, 2, 2]), torch.tensor([3, 1, 0, 2, 0])
    share_A = torch.tensor([0.7, 0.3, 1.0, 0.6, 0.4])
    sets = torch.zeros(4, dtype=torch.int64)
    found = objectives.classification(image[image_A], text, class_A, sets, 16.0, share_A)
    soft = torch.zeros(3, 4, dtype=image.dtype)
    soft[image_A, class_A] = share_A.to(image.dtype)
    expected = torch.nn.functional.cross_entropy(16.0 * image @ text.T, soft, label_smoothing=0.1)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_rows_are_computed_with_in_float32(dtype: torch.dtype) -> None:
    region, text = _rows(40, 7).to(dtype), _rows(40, 8).to(dtype)
    scale, bias = torch.tensor([2.0]), torch.tensor([-3.0])  # of shape (1,), as stored

    def losses(region: Tensor, text: Tensor) -> list[Tensor]:
        hard = objectives.hard_negative(region[:8], text.reshape(8, 5, -1), scale, 1.0)
        return [
            objectives.sigmoid(region, text, scale, bias),
            objectives.sigmoid_in_chunks(region, text, scale, bias, chunk_rows=3),
            objectives.region_text(region, text, scale),
            objectives.text_contrast(text),
            objectives.classification(region, text, torch.arange(40), torch.arange(40) % 3, 9.0),
            hard.contrast, hard.pair, hard.rank, hard.next_threshold,
        ]  # fmt: skip

    leaf = text.clone().requires_grad_()
    torch.testing.assert_close(losses(region, leaf), losses(region.float(), text.float()))
    torch.stack(losses(region, leaf)[:-1]).sum().backward()
    assert leaf.grad is not None
    assert leaf.grad.dtype == dtype


def test_nothing_at_all_costs_nothing_and_has_a_graph() -> None:
    region, scale = _rows(0, 1).requires_grad_(), SCALE.clone().requires_grad_()
    hard = objectives.hard_negative(region, region.reshape(0, 3, 6), scale, 4.0)
    parts = [objectives.region_text(region, region, scale), objectives.text_contrast(region)]
    none = torch.zeros(0, dtype=torch.int64)
    parts.append(objectives.classification(region, region, none, none, scale))
    parts += [hard.contrast, hard.pair, hard.rank, objectives.sigmoid(region, region, scale, scale)]
    total = torch.stack(parts).sum()  # of one dtype: that of the vectors
    total.backward()
    assert total.item() == 0
    assert scale.grad is not None
    assert scale.grad.item() == 0
    assert hard.next_threshold.item() == 4
