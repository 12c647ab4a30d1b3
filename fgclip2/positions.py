"""The position table of the vision tower, resized to the patch grid of a picture.

The published model calls ``torch.nn.functional.interpolate(mode="bilinear", align_corners=False,
antialias=True)``. That filter is separable: a triangle of one input step (upscaling) or one output
step (downscaling), normalised where it meets the border. So a resize is two small matrix products.
For grids of one column torch's kernel for CPUs repeats the first row instead; this does not.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache

import numpy as np
import numpy.typing as npt

MAX_CACHE_BYTES = 32 << 20


@lru_cache(maxsize=512)
def resize_matrix(n_in: int, n_out: int) -> npt.NDArray[np.float32]:
    """Weights of an antialiased bilinear resize.

    Returns:
        (n_out, n_in) float32, rows sum to 1; read-only, shared between callers.
    """
    step = n_in / n_out
    support = max(step, 1.0)
    centres = (np.arange(n_out) + 0.5) * step
    low = np.maximum(0, np.floor(centres - support + 0.5)).astype(np.int64)
    high = np.minimum(n_in, np.floor(centres + support + 0.5)).astype(np.int64)
    inputs = np.arange(n_in)
    distance = np.abs(inputs[None, :] + 0.5 - centres[:, None]) / support
    weights = np.clip(1.0 - distance, 0.0, None)
    weights[(inputs < low[:, None]) | (inputs >= high[:, None])] = 0.0
    matrix: npt.NDArray[np.float32] = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    matrix.setflags(write=False)
    return matrix


def resize_table(
    table_ND: npt.NDArray[np.float32], rows: int, columns: int
) -> npt.NDArray[np.float32]:
    """Position embeddings of a grid.

    Args:
        table_ND: (N, D) float32, N a square number, row by row.
        rows: of the grid, at least 1.
        columns: of the grid, at least 1.

    Returns:
        (rows * columns, D) float32, row by row.
    """
    side = round(len(table_ND) ** 0.5)
    width = table_ND.shape[1]
    tall = np.tensordot(resize_matrix(side, rows), table_ND.reshape(side, side, width), 1)
    wide = np.matmul(resize_matrix(side, columns), tall)
    return np.ascontiguousarray(wide.reshape(rows * columns, width), dtype=np.float32)


class PositionCache:
    """Position embeddings by grid; those used last are kept, up to ``MAX_CACHE_BYTES``.

    Args:
        table_ND: as for ``resize_table``.
    """

    def __init__(self, table_ND: npt.NDArray[np.float32]) -> None:
        self._table_ND = table_ND
        self._grids: OrderedDict[tuple[int, int], npt.NDArray[np.float32]] = OrderedDict()
        self.n_bytes = 0

    def of(self, rows: int, columns: int) -> npt.NDArray[np.float32]:
        """As ``resize_table``; not to be written to."""
        grid = (rows, columns)
        if grid not in self._grids:
            self._grids[grid] = resize_table(self._table_ND, rows, columns)
            self.n_bytes += self._grids[grid].nbytes
        self._grids.move_to_end(grid)
        found = self._grids[grid]
        while self.n_bytes > MAX_CACHE_BYTES:
            self.n_bytes -= self._grids.popitem(last=False)[1].nbytes
        return found
