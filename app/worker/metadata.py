"""What a photo says about itself: orientation, the moment it was taken, the camera."""

from __future__ import annotations

import contextlib
import re
import struct
import unicodedata
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

_BROKEN_EXIF = (
    OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError,
    OverflowError, struct.error, EOFError, RecursionError, ZeroDivisionError,
)  # fmt: skip
_MAX_CAMERA_CHARS = 80
_EXIF_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """Facts from EXIF; whatever is absent or damaged is None, a damaged orientation is 1."""

    orientation: int = 1
    taken_at: str | None = None
    camera: str | None = None


def read_metadata(image: Image.Image) -> Metadata:
    """The metadata of an opened image; never raises for damaged metadata."""
    with warnings.catch_warnings(action="ignore"):
        try:
            exif = image.getexif()
        except _BROKEN_EXIF:
            return Metadata()
        return Metadata(_orientation(exif), _taken_at(exif), _camera(exif))


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The image turned and mirrored as its orientation (1 to 8) asks."""
    method = _UPRIGHT.get(orientation)
    return image if method is None else image.transpose(method)


def swaps_sides(orientation: int) -> bool:
    """Whether turning upright exchanges width and height."""
    return orientation in (5, 6, 7, 8)


def _orientation(exif: Image.Exif) -> int:
    value = _tag(exif, ExifTags.Base.Orientation)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _taken_at(exif: Image.Exif) -> str | None:
    """The moment of exposure as ISO text in the camera's own time."""
    try:
        details: dict[int, Any] = exif.get_ifd(ExifTags.IFD.Exif)
    except _BROKEN_EXIF:
        details = {}
    for value in (
        details.get(ExifTags.Base.DateTimeOriginal),
        details.get(ExifTags.Base.DateTimeDigitized),
        _tag(exif, ExifTags.Base.DateTime),
    ):
        moment = _moment(_text(value))
        if moment is not None:
            return moment
    return None


def _moment(text: str) -> str | None:
    match = _EXIF_TIME.match(text)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part) for part in match.groups())
        return datetime(year, month, day, hour, minute, second).isoformat()
    except ValueError:
        return None


def _camera(exif: Image.Exif) -> str | None:
    maker, model = _text(_tag(exif, ExifTags.Base.Make)), _text(_tag(exif, ExifTags.Base.Model))
    if maker and not model.lower().startswith(maker.split()[0].lower()):
        model = f"{maker} {model}"
    return model.strip()[:_MAX_CAMERA_CHARS] or None


def _tag(exif: Image.Exif, tag: int) -> Any:
    try:
        return exif.get(tag)
    except _BROKEN_EXIF:
        return None


def _text(value: Any) -> str:
    """A tag as clean text: no control characters, NFC, outer blanks gone."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    with contextlib.suppress(UnicodeError):  # Pillow reads Latin-1 where many cameras write UTF-8
        value = value.encode("latin-1").decode("utf-8")
    clean = "".join(c for c in value.split("\0")[0] if unicodedata.category(c)[0] != "C")
    return unicodedata.normalize("NFC", clean).strip()
