"""RoI pooling of a batch against the pooling of single pictures."""

from __future__ import annotations

import numpy as np
import torch

from fgclip2.regions import pool_regions
from trainer.pooling import pool_batch_regions


def test_a_batch_is_pooled_like_its_pictures() -> None:
    rng = np.random.default_rng(2)
    shapes = [(3, 5), (6, 2), (1, 1), (4, 4)]
    dense = rng.normal(size=(4, 16, 7)).astype(np.float32)
    corners = np.sort(rng.uniform(-0.2, 1.2, (40, 2, 2)), axis=1).reshape(40, 4)
    boxes = corners[:, [0, 1, 2, 3]].astype(np.float32)
    image = np.sort(rng.choice([0, 1, 3], 40))  # the third picture has no boxes
    found = pool_batch_regions(
        torch.from_numpy(dense), shapes, torch.from_numpy(boxes), torch.from_numpy(image)
    )
    for row, box, number in zip(found.numpy(), boxes, image, strict=True):
        rows, columns = shapes[number]
        own = dense[number, : rows * columns].reshape(rows, columns, 7)
        expected = pool_regions(own, box[None].astype(np.float64), (1, 1))
        np.testing.assert_allclose(row, expected[0], atol=2e-5)


def test_padding_gives_no_gradient_and_no_boxes_give_no_rows() -> None:
    dense = torch.randn(2, 6, 3, requires_grad=True)
    boxes, image = torch.tensor([[0.0, 0.0, 1.0, 1.0]] * 2), torch.tensor([0, 1])
    pool_batch_regions(dense, [(2, 2), (2, 3)], boxes, image).sum().backward()
    assert dense.grad is not None
    assert bool((dense.grad[0, 4:] == 0).all())
    assert bool((dense.grad[1] > 0).all())
    none = pool_batch_regions(dense, [(2, 2), (2, 3)], boxes[:0], image[:0])
    assert none.shape == (0, 3)
