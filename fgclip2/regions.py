"""Features of boxes, and the box for a feature, from a dense map.

A dense map is what ``Encoder.encode_dense`` returns: (rows, columns, E), one vector a patch.
Shapes: K boxes, R rows, C columns, P patches, E embedding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fgclip2.errors import ImageError

Floats = npt.NDArray[np.float32]

# The weights of so many boxes are held at once: 16 MB for a map of 64 x 64.
_BOXES_AT_ONCE = 1024
# Boxes that reach further are cut there: float32 cannot place points so far outside.
_FAR_CELLS = 2.0**20

# Of a map's cosines so many lie at or below those of the background, however large the thing is.
_BACKGROUND_PERCENT = 5
_WINDOW_SIDES = (*range(1, 25), 28, 32, 40, 48, 64, 96, 128)


@dataclass(frozen=True, slots=True)
class Region:
    """The place in a picture that fits a vector best.

    Attributes:
        box: (x0, y0, x1, y1) in 0..1 of the picture.
        score: cosine of the vector and the mean of the box, -1..1.
        heat: (rows, columns) float32, cosine of the vector and each patch.
    """

    box: tuple[float, float, float, float]
    score: float
    heat: Floats


def check_boxes(boxes: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Boxes as (K, 4) float64; an empty list is no boxes.

    Raises:
        ImageError: not (K, 4), a number that is not finite, or a box without area.
    """
    try:
        values = np.asarray(boxes)
        if values.dtype.kind in "bc":
            raise TypeError(f"{values.dtype} values")
        array = values.astype(np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise ImageError(
            f"boxes must be (K, 4) numbers x0, y0, x1, y1 in pixels: {error}"
        ) from None
    if array.size == 0 and array.shape in ((0,), (0, 4)):
        return array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ImageError(
            f"boxes have the shape {array.shape}, expected (K, 4): x0, y0, x1, y1 in pixels"
        )
    for index, box in enumerate(array):
        if not np.isfinite(box).all():
            raise ImageError(f"box {index} is {box.tolist()}: not finite")
        if box[0] >= box[2] or box[1] >= box[3]:
            raise ImageError(f"box {index} is {box.tolist()}: x0 < x1 and y0 < y1 are needed")
    return array


def pool_regions(dense_RCE: Floats, boxes: npt.ArrayLike, size_px: tuple[int, int]) -> Floats:
    """Mean features of boxes, as ``torchvision.ops.roi_align(dense, boxes, output_size=1,
    spatial_scale=1, sampling_ratio=-1, aligned=True)`` computes them.

    Args:
        dense_RCE: the dense map, not normalised for parity with the published method.
        boxes: (K, 4) x0, y0, x1, y1 in pixels of the picture; they are not clipped, and what
            lies more than one patch outside counts as zeros.
        size_px: (width, height) of the picture.

    Returns:
        (K, E) float32, not normalised.

    Raises:
        ImageError: as ``check_boxes``.
    """
    rows, columns, width = dense_RCE.shape
    boxes_K4 = check_boxes(boxes)
    cells_K4 = boxes_K4 / np.tile(size_px, 2) * (columns, rows, columns, rows)
    scaled_K4 = np.clip(cells_K4, -_FAR_CELLS, _FAR_CELLS).astype(np.float32)
    regions_KE = np.empty((len(scaled_K4), width), np.float32)
    for start in range(0, len(scaled_K4), _BOXES_AT_ONCE):
        part = slice(start, start + _BOXES_AT_ONCE)
        across_KC = sample_weights(scaled_K4[part, 0], scaled_K4[part, 2], columns)
        down_KR = sample_weights(scaled_K4[part, 1], scaled_K4[part, 3], rows)
        weights_KP = np.einsum("kr,kc->krc", down_KR, across_KC).reshape(len(across_KC), -1)
        np.matmul(weights_KP, dense_RCE.reshape(-1, width), out=regions_KE[part])
    return regions_KE


def sample_weights(starts: Floats, stops: Floats, n_cells: int) -> Floats:
    """What each of ``n_cells`` cells gives to each interval (start, stop), in cells.

    An interval is sampled at ceil(length) points in equal steps; a point takes from its two
    neighbouring cell centres; points beyond -1 or ``n_cells`` take nothing.

    Returns:
        (K, n_cells) float32.
    """
    half = np.float32(0.5)
    starts_K1, stops_K1 = (starts - half)[:, None], (stops - half)[:, None]
    n_samples_K1 = np.ceil(stops_K1 - starts_K1)
    steps_K1 = (stops_K1 - starts_K1) / np.maximum(n_samples_K1, 1)
    # A step is over half a cell, so that few points of even an endless interval are near cells.
    first_K1 = np.maximum(0, np.floor((-1 - starts_K1) / np.maximum(steps_K1, half)) - 1)
    n_points = min(2 * n_cells + 6, int(n_samples_K1.max(initial=0)))
    index_KN = first_K1 + np.arange(n_points, dtype=np.float32)
    points_KN = starts_K1 + (index_KN + half) * steps_K1
    counts = (index_KN < n_samples_K1) & (points_KN >= -1) & (points_KN <= n_cells)
    points_KN = np.clip(points_KN, 0, n_cells - 1)
    low_KN = np.floor(points_KN).astype(np.int64)
    part_KN = points_KN - low_KN
    share_KN = np.where(counts, 1 / np.maximum(n_samples_K1, 1), 0)
    weights = np.zeros((len(starts), n_cells), np.float32)
    rows_K1 = np.arange(len(starts))[:, None]
    np.add.at(weights, (rows_K1, low_KN), (1 - part_KN) * share_KN)
    np.add.at(weights, (rows_K1, np.minimum(low_KN + 1, n_cells - 1)), part_KN * share_KN)
    return weights


def similar_region(vector: Floats, dense: Floats) -> Region:
    """The box whose patches stand out most for a vector.

    Windows of many shapes at all places are compared by how far their patches' cosines lie above
    half-way between the map's background and its peak (sums by an integral image), so the box
    encloses the hot area instead of its hottest patch. The background is a low percentile: the
    median would be the thing itself where that covers half of the picture.

    Args:
        vector: (E,), of a text or of a region.
        dense: (rows, columns, E) dense map; rows need not be of unit norm.

    Returns:
        A Region.
    """
    unit_E = vector / max(float(np.linalg.norm(vector)), 1e-12)
    norms_RC = np.maximum(np.linalg.norm(dense, axis=-1), 1e-12)
    heat_RC = ((dense @ unit_E) / norms_RC).astype(np.float32)
    peak, background = float(heat_RC.max()), float(np.percentile(heat_RC, _BACKGROUND_PERCENT))
    top, left, bottom, right = _best_window(heat_RC - (peak + background) / 2)
    mean_E = dense[top:bottom, left:right].mean(axis=(0, 1))
    score = float(mean_E @ unit_E) / max(float(np.linalg.norm(mean_E)), 1e-12)
    rows, columns = heat_RC.shape
    box = (left / columns, top / rows, right / columns, bottom / rows)
    return Region(box, score, heat_RC)


def _best_window(excess_RC: Floats) -> tuple[int, int, int, int]:
    """(top, left, bottom, right) of the window with the largest sum."""
    rows, columns = excess_RC.shape
    integral = np.zeros((rows + 1, columns + 1))
    integral[1:, 1:] = excess_RC.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    best, window = -np.inf, (0, 0, rows, columns)
    for height in _window_sides(rows):
        bands = integral[height:] - integral[:-height]
        for width in _window_sides(columns):
            sums = bands[:, width:] - bands[:, :-width]
            place = int(sums.argmax())
            if sums.flat[place] > best:
                best = float(sums.flat[place])
                top, left = divmod(place, sums.shape[1])
                window = (top, left, top + height, left + width)
    return window


def _window_sides(n_cells: int) -> list[int]:
    """Sides to try: from 2 (1 in a very small map) up to the whole map."""
    smallest = 2 if n_cells >= 8 else 1
    return [side for side in _WINDOW_SIDES if smallest <= side < n_cells] + [n_cells]
