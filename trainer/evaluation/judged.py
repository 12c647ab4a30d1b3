"""The encoder that is judged: in float32, and never silent about vectors that are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fgclip2 import Encoder
from fgclip2.encoder import Patches
from trainer.errors import DataError
from trainer.evaluation.files import Floats


class JudgedEncoder(Encoder):
    """An ``Encoder`` that refuses to go on with a model that has diverged.

    All encode methods raise ``DataError`` where a vector is not finite: it compares with nothing,
    and so would count as right.
    """

    @classmethod
    def open(cls, model: Path) -> Encoder:
        """The model at the precision of the published protocols (MODEL.md 4).

        Raises:
            FgclipError: the model cannot be used.
        """
        return cls.load(model, precision="f32")

    def encode_images(
        self,
        images: Sequence[Image.Image],
        patches: Patches = "dynamic",
        *,
        normalize: bool = True,
    ) -> Floats:
        """See ``Encoder``."""
        vectors = super().encode_images(images, patches, normalize=normalize)
        self._need_finite("photos", vectors)
        return vectors

    def encode_dense(
        self, image: Image.Image, patches: Patches = "dynamic", *, normalize: bool = True
    ) -> Floats:
        """See ``Encoder``."""
        dense = super().encode_dense(image, patches, normalize=normalize)
        self._need_finite("photos", dense)
        return dense

    def encode_images_and_dense(
        self,
        images: Sequence[Image.Image],
        patches: Patches = "dynamic",
        *,
        normalize: bool = True,
    ) -> tuple[Floats, list[Floats]]:
        """See ``Encoder``."""
        vectors, maps = super().encode_images_and_dense(images, patches, normalize=normalize)
        self._need_finite("photos", vectors, *maps)
        return vectors, maps

    def encode_token_ids(
        self, ids: npt.NDArray[np.int64], mode: str, *, normalize: bool = True
    ) -> Floats:
        """See ``Encoder``."""
        vectors = super().encode_token_ids(ids, mode, normalize=normalize)
        self._need_finite("texts", vectors)
        return vectors

    def _need_finite(self, side: str, *arrays: Floats) -> None:
        if not all(np.isfinite(each).all() for each in arrays):
            raise DataError(
                f"the model {self.name} has diverged: its vectors of {side} are not finite numbers;"
                " evaluate an earlier checkpoint"
            )
