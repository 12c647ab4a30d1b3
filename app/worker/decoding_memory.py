"""What decoding a picture takes, estimated from above before it is decoded."""

from __future__ import annotations

from dataclasses import dataclass

# What a process with Pillow and NumPy loaded occupies before it sees a picture.
BASE_BYTES = 96 << 20

# Native working memory a pixel beside Pillow's own image.
_NATIVE_BYTES_PER_PIXEL = {"WEBP": 12, "AVIF": 12, "HEIF": 10, "JPEG2000": 20, "TIFF": 1, "ICO": 4}
_READ_WHOLE = frozenset({"WEBP", "AVIF", "HEIF", "JPEG2000", "RAW"})
_LARGEST_DRAFT = 8

# Bytes a pixel of Pillow's image, and of what making it plain 8-bit takes beside it.
_BYTES_PER_PIXEL = {
    "1": (1, 1),
    "L": (1, 0),
    "P": (1, 4),
    "RGB": (4, 0),
    "RGBA": (4, 0),
    "CMYK": (4, 0),
    "LAB": (4, 0),
    "LA": (4, 0),
    "I": (4, 13),
    "F": (4, 13),
}
_BYTES_PER_PIXEL_16 = (2, 5)
_BYTES_PER_PIXEL_OTHER = (4, 4)


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture says of itself before it is decoded.

    ``needed`` is the size that is wanted. ``held_samples`` is how many numbers a pixel a JPEG
    decoder has to hold until the end, 0 where it goes line by line. ``n_halvings`` is how often a
    JPEG 2000 decoder is told to halve the picture. ``compressed`` tells TIFF files
    that libtiff reads, and maps into memory as a whole, from those that Pillow reads.
    """

    format: str
    mode: str
    size: tuple[int, int]
    needed: tuple[int, int]
    n_file_bytes: int
    file_in_memory: bool
    held_samples: float = 0.0
    n_halvings: int = 0
    compressed: bool = False


def bytes_to_decode(facts: PictureFacts) -> int:
    """Return how much memory a decoder process takes in all while it decodes a picture."""
    width, height = facts.size
    n_pixels = width * height >> 2 * facts.n_halvings
    native = _NATIVE_BYTES_PER_PIXEL.get(facts.format, 0) * n_pixels
    factor = max(shrink_factor(facts.size, facts.needed) >> facts.n_halvings, 1)
    if facts.format == "JPEG":
        native = round(2 * facts.held_samples * n_pixels)
        draft = min(1 << (factor.bit_length() - 1), _LARGEST_DRAFT)
        n_pixels //= draft**2
        factor = max(factor // draft, 1)
    copies = facts.file_in_memory + (facts.format in _READ_WHOLE or facts.compressed)
    pixels = n_pixels * _bytes_per_pixel(facts.mode, factor)
    return BASE_BYTES + copies * facts.n_file_bytes + native + round(pixels)


def shrink_factor(size: tuple[int, int], needed: tuple[int, int]) -> int:
    """Return how many times a picture can be made smaller while twice the needed side is left."""
    (width, height), side = size, max(needed)
    return max(min(width // max(2 * side, 1), height // max(2 * side, 1)), 1)


def _bytes_per_pixel(mode: str, factor: int) -> float:
    if mode.startswith("I;16"):
        stored, plain = _BYTES_PER_PIXEL_16
    else:
        stored, plain = _BYTES_PER_PIXEL.get(mode, _BYTES_PER_PIXEL_OTHER)
    after = 8 if mode in ("L", "RGB") else 16  # made smaller, put on white, converted, turned
    if factor == 1:
        after -= 4
    return stored + plain + after / factor**2
