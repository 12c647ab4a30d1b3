"""Which boxes of a photo are worth a vector: those that differ from what surrounds them.

The dense map is brought to a few numbers a patch in which its usual differences count less (half
whitening). Windows of many sizes and shapes are then scored by the squared distance between their
mean and that of the ring around them, times the square root of their share of the photo, and the
best that do not overlap much are kept. The study behind the constants: docs/regions.md.

Shapes: R rows, C columns, E embedding, N windows, K boxes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

N_REGIONS = 32

_SIDES = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32)
_MAX_ASPECT = 3.5
_STEPS_PER_SIDE = 4
_RING = 0.5  # how much wider and higher than the window its surroundings are
_MAX_SHARE = 0.5
_MAX_OVERLAP = 0.5
_N_RANDOM, _N_NUMBERS = 48, 16
_SEED = 20240501

Floats = npt.NDArray[np.float32]
Cells = npt.NDArray[np.int64]


def choose_boxes(dense_RCE: Floats, n_boxes: int = N_REGIONS, *, whole: bool = True) -> Floats:
    """Return the boxes of a photo that stand out, the most striking first.

    Args:
        dense_RCE: the photo's dense map.
        n_boxes: how many at most; a small map has fewer.
        whole: whether the whole photo comes first, as one of them.

    Returns:
        (K, 4) float32 x0, y0, x1, y1 in 0..1.
    """
    rows, columns, _ = dense_RCE.shape
    everything = np.array([[0, 0, columns, rows]], dtype=np.int64)
    windows_N4 = _windows(rows, columns)
    n_wanted = n_boxes - int(whole)
    if len(windows_N4) and n_wanted > 0:
        scores_N = _contrast(_few_numbers(dense_RCE), windows_N4)
        kept = windows_N4[_apart(windows_N4, scores_N, n_wanted)]
        boxes = np.concatenate([everything, kept]) if whole else kept
    else:
        boxes = everything[:n_boxes]
    size = np.array([columns, rows, columns, rows], dtype=np.float32)
    chosen: Floats = (boxes / size).astype(np.float32)
    return chosen


def overlaps(box: Cells | Floats, boxes_N4: Cells | Floats) -> Floats:
    """Return the intersection over union of boxes, (4,) and (N, 4) or any that broadcast."""
    x0, y0, x1, y1 = np.moveaxis(boxes_N4, -1, 0)
    left, top, right, bottom = np.moveaxis(box, -1, 0)
    width = np.minimum(right, x1) - np.maximum(left, x0)
    height = np.minimum(bottom, y1) - np.maximum(top, y0)
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    areas = (x1 - x0) * (y1 - y0)
    area = (right - left) * (bottom - top)
    share: Floats = (shared / np.maximum(areas + area - shared, 1e-12)).astype(np.float32)
    return share


def _few_numbers(dense_RCE: Floats) -> Floats:
    """Return the map with few numbers a patch, half whitened.

    A random projection comes first: it keeps distances well enough, and the directions of 48
    numbers are found a hundred times faster than those of 768.
    """
    rows, columns, width = dense_RCE.shape
    rng = np.random.default_rng(_SEED)
    random = rng.standard_normal((width, _N_RANDOM)).astype(np.float32) / np.sqrt(_N_RANDOM)
    flat = (dense_RCE - dense_RCE.mean(axis=(0, 1))).reshape(-1, width) @ random
    variances, directions = np.linalg.eigh(flat.T @ flat / len(flat))
    top = slice(None, -_N_NUMBERS - 1, -1)
    damped = np.maximum(variances[top], 1e-12) ** -0.25
    few: Floats = (flat @ (directions[:, top] * damped)).astype(np.float32)
    return few.reshape(rows, columns, -1)


def _windows(rows: int, columns: int) -> Cells:
    """Return all windows that are compared, (N, 4) x0, y0, x1, y1 in patches."""
    found = [np.empty((0, 4), np.int64)]
    for height in (side for side in _SIDES if side <= rows):
        for width in (side for side in _SIDES if side <= columns):
            is_long = max(width, height) > _MAX_ASPECT * min(width, height)
            if is_long or width * height > _MAX_SHARE * rows * columns:
                continue
            tops, lefts = np.meshgrid(_starts(rows, height), _starts(columns, width), indexing="ij")
            corners = np.stack([lefts.ravel(), tops.ravel()], axis=1)
            found.append(np.concatenate([corners, corners + np.array([width, height])], axis=1))
    return np.concatenate(found)


def _starts(n_cells: int, side: int) -> Cells:
    steps = np.arange(0, n_cells - side, max(1, side // _STEPS_PER_SIDE), dtype=np.int64)
    return np.append(steps, n_cells - side)


def _contrast(map_RCF: Floats, windows_N4: Cells) -> Floats:
    """Return how much each window differs from its surroundings, larger ones counting more."""
    rows, columns, width = map_RCF.shape
    integral = np.zeros((rows + 1, columns + 1, width), np.float32)
    integral[1:, 1:] = map_RCF.cumsum(axis=0).cumsum(axis=1)
    sides = windows_N4[:, 2:] - windows_N4[:, :2]
    margin = np.maximum(1, np.rint(sides * _RING / 2)).astype(np.int64)
    outer_N4 = np.concatenate(
        [
            np.maximum(windows_N4[:, :2] - margin, 0),
            np.minimum(windows_N4[:, 2:] + margin, (columns, rows)),
        ],
        axis=1,
    )
    inside, n_inside = _sums(integral, windows_N4)
    both, n_both = _sums(integral, outer_N4)
    n_around = np.maximum(n_both - n_inside, 1)
    apart = inside / n_inside[:, None] - (both - inside) / n_around[:, None]
    share = n_inside / (rows * columns)
    contrast: Floats = np.square(apart).sum(axis=1) * np.sqrt(share)
    return contrast


def _sums(integral: Floats, boxes_N4: Cells) -> tuple[Floats, Floats]:
    left, top, right, bottom = boxes_N4.T
    sums = (
        integral[bottom, right]
        - integral[top, right]
        - integral[bottom, left]
        + integral[top, left]
    )
    n_cells: Floats = ((right - left) * (bottom - top)).astype(np.float32)
    return sums, n_cells


def _apart(windows_N4: Cells, scores_N: Floats, n_wanted: int) -> Cells:
    """Return the places of the best windows that overlap little, best first."""
    order = np.argsort(-scores_N, kind="stable")
    kept: list[int] = []
    while len(order) and len(kept) < n_wanted:
        best = int(order[0])
        kept.append(best)
        order = order[overlaps(windows_N4[best], windows_N4[order]) <= _MAX_OVERLAP]
    return np.array(kept, dtype=np.int64)
