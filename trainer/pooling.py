"""RoI pooling of a whole batch at once, in torch.

Equal to ``fgclip2.regions.pool_regions`` picture by picture. Shapes: B batch, K regions, S slots
(regions of the picture with most), P patches, D width, T sample points, C cells.
"""

from __future__ import annotations

import torch
from torch import Tensor


def pool_batch_regions(
    dense_BPD: Tensor, shapes: list[tuple[int, int]], boxes_K4: Tensor, image_K: Tensor
) -> Tensor:
    """Mean features of boxes.

    Args:
        dense_BPD: dense maps, each picture's rows * columns real patches first.
        shapes: (rows, columns) of each picture.
        boxes_K4: x0, y0, x1, y1 in 0..1 of the picture.
        image_K: which picture a box belongs to, in ascending order.

    Returns:
        (K, D) float32, not normalised.
    """
    n_patches = dense_BPD.shape[1]
    if not len(boxes_K4):
        return dense_BPD.new_zeros((0, dense_BPD.shape[2]), dtype=torch.float32)
    grid_K2 = torch.tensor(shapes, device=dense_BPD.device)[image_K]
    rows_K, columns_K = grid_K2.unbind(1)
    scaled_K4 = boxes_K4.float() * torch.stack([columns_K, rows_K] * 2, dim=1)
    down = sample_weights(scaled_K4[:, 1], scaled_K4[:, 3], rows_K)
    across = sample_weights(scaled_K4[:, 0], scaled_K4[:, 2], columns_K)
    place_P = torch.arange(n_patches, device=dense_BPD.device)
    row_KP = place_P // columns_K[:, None]
    column_KP = place_P % columns_K[:, None]
    weights_KP = down.gather(1, row_KP.clamp(max=down.shape[1] - 1)) * across.gather(1, column_KP)
    weights_KP = weights_KP * (row_KP < rows_K[:, None])
    slot_K = _slots(image_K)
    weights_BSP = weights_KP.new_zeros(len(shapes), int(slot_K.max()) + 1, n_patches)
    weights_BSP[image_K, slot_K] = weights_KP
    with torch.autocast(dense_BPD.device.type, enabled=False):
        pooled: Tensor = torch.bmm(weights_BSP, dense_BPD.float())[image_K, slot_K]
    return pooled


def sample_weights(starts_K: Tensor, stops_K: Tensor, n_cells_K: Tensor) -> Tensor:
    """(K, C) float32: what each cell gives to each interval; see ``fgclip2.regions``."""
    length_K = stops_K - starts_K
    n_samples_K = length_K.ceil().clamp(min=0)
    step = torch.arange(max(1, int(n_samples_K.max())), device=starts_K.device)
    divisor_K1 = n_samples_K.clamp(min=1)[:, None]
    points_KT = starts_K[:, None] - 0.5 + (step + 0.5) * (length_K[:, None] / divisor_K1)
    limit_K1 = n_cells_K[:, None].to(points_KT.dtype)
    counts_KT = (step < n_samples_K[:, None]) & (points_KT >= -1) & (points_KT <= limit_K1)
    points_KT = torch.minimum(points_KT.clamp(min=0), limit_K1 - 1)
    low_KT = points_KT.floor().long()
    high_KT = torch.minimum(low_KT + 1, n_cells_K[:, None] - 1)
    share_KT = counts_KT / divisor_K1
    part_KT = points_KT - low_KT
    weights_KC = points_KT.new_zeros(len(starts_K), int(n_cells_K.max()))
    weights_KC.scatter_add_(1, low_KT, (1 - part_KT) * share_KT)
    weights_KC.scatter_add_(1, high_KT, part_KT * share_KT)
    return weights_KC


def _slots(image_K: Tensor) -> Tensor:
    """0, 1, 2, ... within each picture's run of boxes."""
    place_K = torch.arange(len(image_K), device=image_K.device)
    starts_K = torch.ones_like(image_K, dtype=torch.bool)
    starts_K[1:] = image_K[1:] != image_K[:-1]
    return place_K - torch.where(starts_K, place_K, 0).cummax(0).values
