"""Which picture formats are read, told from the first bytes of a file.

The list is closed: a file whose content is none of these is never handed to a decoder, whatever
its name says. PostScript, PDF, SVG and other formats that run programs are left out on purpose.
"""

from __future__ import annotations

SNIFF_BYTES = 64

_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"\x00\x00\x01\x00", "ICO"),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)


def sniff(head: bytes) -> str | None:
    """Pillow's name of the format that a file beginning with ``head`` has; None if not on the list.

    Args:
        head: the first ``SNIFF_BYTES`` bytes, or the whole of a shorter file.
    """
    for prefix, name in _PREFIXES:
        if head.startswith(prefix):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:1] == b"P" and head[1:2] in b"123456f" and head[2:3].isspace():
        return "PPM"
    if head[4:8] == b"ftyp":
        return _sniff_brands(head)
    return None


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height that the first bytes of a WebP file state; None if they do not.

    Pillow makes room for whole pictures when it opens such a file, before it can be asked.
    """
    kind, body = head[12:16], head[20:30]
    if len(body) < 10:
        return None
    if kind == b"VP8X":
        return (
            int.from_bytes(body[4:7], "little") + 1,
            int.from_bytes(body[7:10], "little") + 1,
        )
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return (
            int.from_bytes(body[6:8], "little") & 0x3FFF,
            int.from_bytes(body[8:10], "little") & 0x3FFF,
        )
    return None


def jpeg2000_levels(data: bytes) -> int:
    """How often a JPEG 2000 picture can be halved by decoding less of it; 0 if it does not say.

    Args:
        data: the first bytes of the file, with the main header of the codestream.
    """
    start = data.find(b"\xff\x4f\xff\x51")
    style = data.find(b"\xff\x52", start)
    if start < 0 or style < 0 or style + 9 >= len(data):
        return 0
    return min(data[style + 9], 32)


def _sniff_brands(head: bytes) -> str | None:
    """AVIF or HEIF by the brands of an ISO media file; films have others."""
    end = min(max(int.from_bytes(head[:4], "big"), 16), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, end - 3, 4)}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _HEIF_BRANDS:
        return "HEIF"
    return None
