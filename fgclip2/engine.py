"""What the ``Encoder`` asks of an engine, whichever library computes it.

Shapes: B batch, P patches, I numbers in a patch, L tokens, D width, E embedding (equal to D).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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

    @classmethod
    def joined(cls, parts: Sequence[VisionFeatures]) -> VisionFeatures:
        """Features of a group from those of its parts, at least one."""
        pooled = [part.pooled for part in parts if part.pooled is not None]
        dense = [part.dense for part in parts if part.dense is not None]
        return cls(
            np.concatenate(pooled) if pooled else None, np.concatenate(dense) if dense else None
        )


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
        self, groups: Iterable[tuple[Floats, Grid]], *, pooled: bool, dense: bool
    ) -> Iterator[VisionFeatures]:
        """Features of each group of pictures, in order; groups are taken when they are needed.

        Args:
            groups: (B, P, I) patches of pictures that share the grid (rows, columns) beside them;
                P is rows * columns.
            pooled: whether one vector a picture is wanted.
            dense: whether one vector a patch is wanted.

        Raises:
            DeviceMemoryError: a part of the group does not fit.
        """

    def encode_tokens(self, ids_BL: npt.NDArray[np.int64], mode: TextMode) -> Floats:
        """Text features (B, E), not normalised; L is 64, for the long mode 196.

        Raises:
            DeviceMemoryError: as above.
        """
