"""Encodes decoded photos in batches that take about as long as the engine may be deaf."""

from __future__ import annotations

import time

from PIL import Image

from app.core.errors import ModelError
from app.worker.decode_messages import DecodedPhoto
from app.worker.encoding import EncoderLike, Vectors

_TARGET_S = 0.12
_FIRST_BATCH = 4
_MAX_BATCH = 32


class BatchEncoder:
    """An encoder that learns how many photos fit into one step: ``batch_size``."""

    def __init__(self, encoder: EncoderLike, patches: int) -> None:
        self._encoder = encoder
        self._patches = patches
        self.batch_size = _FIRST_BATCH

    def encode(self, replies: list[DecodedPhoto]) -> list[Vectors]:
        """One unit vector (E,) a photo; the time it takes decides the size of the next batch.

        Raises:
            ModelError: the model cannot encode them.
        """
        if not replies:
            return []
        from fgclip2 import FgclipError

        images = [
            Image.frombytes("RGB", (reply.grid_width_px, reply.grid_height_px), reply.grid)
            for reply in replies
        ]
        started_s = time.monotonic()
        try:
            vectors = self._encode(images)
        except FgclipError as error:
            raise ModelError(f"The model cannot encode photos: {error}") from error
        taken_s = max(time.monotonic() - started_s, 1e-4)
        fitting = int(len(images) * _TARGET_S / taken_s)
        self.batch_size = min(max(fitting, 1), 2 * self.batch_size, _MAX_BATCH)
        return vectors

    def _encode(self, images: list[Image.Image]) -> list[Vectors]:
        """Encode all at once, or in halves where memory does not suffice."""
        from fgclip2 import DeviceMemoryError

        try:
            return list(self._encoder.encode_images(images, patches=self._patches))
        except DeviceMemoryError:
            if len(images) == 1:
                raise
            middle = len(images) // 2
            return self._encode(images[:middle]) + self._encode(images[middle:])
