"""Raw files of cameras, by the preview that the camera put into them; needs ``rawpy``, optional."""

from __future__ import annotations

import io
import os

from PIL import Image

from app.worker.formats import sniff

RAW = "RAW"
_EXTENSIONS = frozenset(
    b".dng .cr2 .cr3 .crw .nef .nrw .arw .srf .sr2 .raf .orf .rw2 .pef .srw .3fr .fff .iiq .kdc"
    b" .dcr .mrw .x3f .erf .mef .mos .rwl".split()
)
_PREFIXES = (
    b"FUJIFILMCCD-RAW",
    b"IIRO",
    b"IIRS",
    b"MMOR",
    b"IIU\x00",
    b"II\x1a\x00\x00\x00HEAPCCDR",
    b"FOVb",
    b"\x00MRM",
)
# LibRaw's flip is how the picture lies; Exif's orientation says the same with other numbers.
_ORIENTATION_OF_FLIP = {0: 1, 3: 3, 5: 8, 6: 6}


class NoRawpyError(Exception):
    """Raw files cannot be read here: ``rawpy`` is not installed."""


class NoPreviewError(Exception):
    """The file holds no preview that can be used."""


def is_raw(path: bytes, head: bytes) -> bool:
    """Tell a raw file: by its own first bytes, or a TIFF structure under the name of a raw file."""
    if head.startswith(_PREFIXES) or head[8:12] == b"CR\x02\x00" or head[4:12] == b"ftypcrx ":
        return True
    return sniff(head) == "TIFF" and os.path.splitext(path)[1].lower() in _EXTENSIONS


def open_preview(data: bytes) -> Image.Image:
    """Return the largest embedded preview, not decoded yet where it is a JPEG file.

    ``info["orientation"]`` is set where the preview itself does not say how it lies.

    Raises:
        NoRawpyError: ``rawpy`` is not installed.
        NoPreviewError: there is none, or the file is damaged.
    """
    try:
        import rawpy
    except ImportError:
        raise NoRawpyError("raw files need the optional package rawpy") from None
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            preview = raw.extract_thumb()
            orientation = _ORIENTATION_OF_FLIP.get(raw.sizes.flip, 1)
    except rawpy.LibRawError as error:
        raise NoPreviewError(f"its preview cannot be read: {error}") from None
    if preview.format == rawpy.ThumbFormat.JPEG:
        image: Image.Image = Image.open(io.BytesIO(preview.data), formats=["JPEG"])
        if not image.getexif().get(0x0112):
            image.info["orientation"] = orientation
        return image
    if preview.format == rawpy.ThumbFormat.BITMAP:
        image = Image.fromarray(preview.data)
        image.info["orientation"] = orientation
        return image
    raise NoPreviewError("its preview is of a kind that is not known")
