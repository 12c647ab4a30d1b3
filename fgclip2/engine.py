"""What the ``Encoder`` asks of an engine, whichever library computes it.

Shapes: B batch, P patches, I numbers in a patch, L tokens, D width, E embedding (equal to D).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
TextMode = Literal["short", "long", "box"]
Grid = tuple[int, int]

TEXT_MODES: tuple[TextMode, ...] = ("short", "long", "box")
TEXT_HEADS: dict[TextMode, str] = {
    "short": "text_model.head",
    "long": "longtext_head",
    "box": "boxtext_head",
}


@dataclass(frozen=True, slots=True)
class VisionFeatures:
    """What the published methods return for pictures of one grid, not normalised.

    ``pooled`` is (B, E), ``dense`` (B, P, E); None where not asked for.
    """

    pooled: Floats | None
    dense: Floats | None


def batches(n_items: int, n_positions: int, max_positions: int) -> list[slice]:
    """Slices of ``n_items`` that hold about ``max_positions`` positions each, one item at least."""
    size = max(1, max_positions // n_positions)
    return [slice(start, start + size) for start in range(0, n_items, size)]


class Engine(Protocol):
    """Runs both towers. An engine serves one thread at a time."""

    @property
    def name(self) -> str:
        """``openvino`` or ``torch``."""

    @property
    def precision(self) -> str:
        """``f32``, ``bf16`` or ``int8``: of the arithmetic; results are float32 always."""

    def encode_patches(
        self, patches_BPI: Floats, grid: Grid, *, pooled: bool, dense: bool
    ) -> VisionFeatures:
        """Features of pictures that share one grid (rows, columns); P is rows * columns.

        Raises:
            DeviceMemoryError: the batch does not fit; nothing was computed.
        """

    def encode_tokens(self, ids_BL: npt.NDArray[np.int64], mode: TextMode) -> Floats:
        """Text features (B, E), not normalised; L is 64, for the long mode 196.

        Raises:
            DeviceMemoryError: as above.
        """
