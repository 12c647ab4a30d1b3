"""From a picture to patches, by the NaFlex rules of the published processor.

Needs NumPy and Pillow alone, so that decoder processes can use it. Source of the rules:
``Siglip2ImageProcessor`` of transformers and ``determine_max_value`` of FG-CLIP 2.
Shapes: P patches, rows and columns count patches.
"""

from __future__ import annotations

import math
import struct
import zlib

import numpy as np
import numpy.typing as npt
from PIL import Image

from fgclip2.errors import ImageError

PATCH_SIZE = 16
DYNAMIC_BUDGETS = (128, 256, 576, 784, 1024)
MAX_BUDGET = 16384
_EPSILON = 1e-5
# What Pillow raises on damaged files, closed ones and pictures too large inside their containers.
DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


def dynamic_budget(width: int, height: int, patch_size: int = PATCH_SIZE) -> int:
    """The published patch budget for a picture of that size in pixels: 128 to 1024."""
    n_patches = (width // patch_size) * (height // patch_size)
    n_exceeded = sum(n_patches > budget for budget in DYNAMIC_BUDGETS[:-1])
    return DYNAMIC_BUDGETS[n_exceeded]


def patch_grid(
    width: int, height: int, max_patches: int, patch_size: int = PATCH_SIZE
) -> tuple[int, int]:
    """The largest grid of at most ``max_patches`` patches with about the picture's aspect.

    Args:
        width: of the picture in pixels, at least 1.
        height: of the picture in pixels, at least 1.
        max_patches: 1 to 16384.
        patch_size: side of a patch in pixels.

    Returns:
        (rows, columns), each at least 1. Small pictures are scaled up to fill the budget.

    Raises:
        ImageError: a side is below 1 or the budget outside its range.
    """
    if width < 1 or height < 1:
        raise ImageError(f"a picture of {width} x {height} pixels: each side must be at least 1")
    if not 1 <= max_patches <= MAX_BUDGET:
        raise ImageError(f"a budget of {max_patches} patches; it must be 1 to {MAX_BUDGET}")
    low, high = _EPSILON / 10, 100.0
    while high - low >= _EPSILON:
        scale = (low + high) / 2
        if _side(height, scale, patch_size) * _side(width, scale, patch_size) <= max_patches:
            low = scale
        else:
            high = scale
    return _side(height, low, patch_size), _side(width, low, patch_size)


def _side(n_pixels: int, scale: float, patch_size: int) -> int:
    return max(patch_size, math.ceil(n_pixels * scale / patch_size) * patch_size) // patch_size


def budget_for(width: int, height: int, patches: int | str) -> int:
    """The patch budget meant by ``patches``: a number, or ``"dynamic"`` for the published rule.

    Raises:
        ImageError: neither of the two.
    """
    if isinstance(patches, str) and patches == "dynamic":
        return dynamic_budget(width, height)
    if isinstance(patches, int | np.integer) and not isinstance(patches, bool):
        return int(patches)
    raise ImageError(f"patches is {patches!r}; it must be a number of patches or 'dynamic'")


def fit_to_grid(image: Image.Image, max_patches: int, patch_size: int = PATCH_SIZE) -> Image.Image:
    """The picture as RGB, resized (bilinear, antialiased) to whole patches within the budget.

    Fitting a fitted picture changes nothing, so that a decoder may do it ahead of the encoder.

    Raises:
        ImageError: as ``patch_grid``, or the picture cannot be decoded.
    """
    rows, columns = patch_grid(image.width, image.height, max_patches, patch_size)
    try:
        rgb = image if image.mode == "RGB" else _as_rgb(image)
        size = (columns * patch_size, rows * patch_size)
        return rgb if rgb.size == size else rgb.resize(size, Image.Resampling.BILINEAR)
    except OSError as error:
        raise ImageError(f"the picture cannot be decoded: {error}") from None


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "P" and isinstance(image.info.get("transparency"), bytes):
        # Straight to RGB, Pillow would warn that levels of transparency are lost; none are used.
        image = image.convert("RGBA")
    return image.convert("RGB")


def patchify(image: Image.Image, patch_size: int = PATCH_SIZE) -> npt.NDArray[np.float32]:
    """Patches of a fitted RGB picture.

    Returns:
        (P, patch_size * patch_size * 3) float32 in -1..1: patches row by row, inside a patch
        row, column, channel with the channel fastest.
    """
    return _NORMALISED[patch_levels(image, patch_size)]


def patch_levels(image: Image.Image, patch_size: int = PATCH_SIZE) -> npt.NDArray[np.uint8]:
    """``patchify`` before the levels are normalised: (P, patch_size * patch_size * 3) uint8."""
    values = np.asarray(image, dtype=np.uint8)
    rows, columns = values.shape[0] // patch_size, values.shape[1] // patch_size
    patches = values.reshape(rows, patch_size, columns, patch_size, 3).transpose(0, 2, 1, 3, 4)
    return patches.reshape(rows * columns, -1)


def _normalised_levels() -> npt.NDArray[np.float32]:
    """What each of the 256 levels becomes: ``(level / 255 - 0.5) / 0.5`` in float32 steps."""
    scaled = (np.arange(256, dtype=np.float64) * (1 / 255)).astype(np.float32)
    return (scaled - np.float32(0.5)) / np.float32(0.5)


_NORMALISED = _normalised_levels()
