"""Pictures of training and evaluation data as RGB; those that cannot be read are named."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from fgclip2.images import DECODING_ERRORS
from trainer.errors import SampleError


def read_picture(path: Path, upright: bool = False) -> Image.Image:
    """A picture file as RGB; see ``decode_picture``.

    Raises:
        SampleError: names the file and the reason.
    """
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise SampleError(path, reason or error) from None
    return decode_picture(data, path, upright)


def decode_picture(data: bytes, name: Path, upright: bool = False) -> Image.Image:
    """Encoded bytes as RGB.

    Args:
        data: of a picture file.
        name: for the message of an error.
        upright: turn it as its EXIF orientation says. Boxes of published sets are about the
            pixels as they are stored.

    Raises:
        SampleError: names the picture and the reason.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            return (ImageOps.exif_transpose(image) if upright else image).convert("RGB")
    except UnidentifiedImageError:  # which would name a place in memory
        raise SampleError(name, "no picture of a known format") from None
    except DECODING_ERRORS as error:
        raise SampleError(name, error) from None
