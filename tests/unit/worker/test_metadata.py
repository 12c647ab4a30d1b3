"""Orientation, moment and camera; damaged metadata is no metadata."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import ExifTags, Image

from app.worker.metadata import Metadata, read_metadata, swaps_sides, upright

BASE, IFD = ExifTags.Base, ExifTags.IFD


def _jpeg(tags: dict[int, object], details: dict[int, object] | None = None) -> Image.Image:
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    if details:
        exif.get_ifd(IFD.Exif).update(details)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6)).save(buffer, "JPEG", exif=exif)
    return Image.open(io.BytesIO(buffer.getvalue()))


def test_a_plain_picture_has_none() -> None:
    assert read_metadata(Image.new("RGB", (8, 6))) == Metadata(1, None, None)


def test_moment_of_exposure_comes_before_that_of_the_file() -> None:
    image = _jpeg(
        {BASE.DateTime: "2024:01:01 00:00:00"}, {BASE.DateTimeOriginal: "2023:07:14 16:30:12"}
    )
    assert read_metadata(image).taken_at == "2023-07-14T16:30:12"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023:07:14 16:30:12", "2023-07-14T16:30:12"),
        ("2023-07-14T16:30:12", "2023-07-14T16:30:12"),
        ("1965:07:04 12:00:00", "1965-07-04T12:00:00"),
        ("2023:07:14 16:30:12\0junk", "2023-07-14T16:30:12"),
        ("0000:00:00 00:00:00", None),
        ("2023:02:31 10:00:00", None),
        ("    :  :     :  :  ", None),
        ("yesterday", None),
    ],
)
def test_moments(text: str, expected: str | None) -> None:
    assert read_metadata(_jpeg({BASE.DateTime: text})).taken_at == expected


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("NIKON CORPORATION", "NIKON D300", "NIKON D300"),
        ("FUJIFILM", "X-T5", "FUJIFILM X-T5"),
        ("", "X-T5", "X-T5"),
        ("Apple", "", "Apple"),
        ("", "", None),
        ("a\x1b[31m", "b\n\u202ec", "a[31m bc"),
        ("M" * 500, "x", "M" * 80),
        ("小米", "手机", "小米 手机"),
    ],
)
def test_cameras(make: str, model: str, expected: str | None) -> None:
    tags = {BASE.Make: make.encode(), BASE.Model: model.encode()}
    assert read_metadata(_jpeg(tags)).camera == expected


@pytest.mark.parametrize("value", [0, 9, 255, 65535, "6", b"\x06"])
def test_orientations_that_do_not_exist_are_upright(value: object) -> None:
    image = Image.new("RGB", (8, 6))
    image.getexif()[BASE.Orientation] = value
    assert read_metadata(image).orientation == 1


@pytest.mark.parametrize("value", range(1, 9))
def test_orientations_are_read(value: int) -> None:
    assert read_metadata(_jpeg({BASE.Orientation: value})).orientation == value


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"junk", b"II*\0"])
def test_damaged_exif_is_no_exif(exif: bytes) -> None:
    image = Image.new("RGB", (8, 6))
    image.info["exif"] = exif
    assert read_metadata(image) == Metadata()


# Where the pixel at the top left of the upright photo lies in the stored one, by the EXIF standard.
TOP_LEFT = {
    1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (0, 1), 7: (1, 1), 8: (1, 0),
}  # fmt: skip


@pytest.mark.parametrize("value", range(1, 9))
def test_upright_puts_the_right_corner_first(value: int) -> None:
    stored = np.zeros((6, 8, 3), np.uint8)
    right, bottom = TOP_LEFT[value]
    stored[-bottom, -right] = 255
    shown = upright(Image.fromarray(stored), value)
    assert shown.size == ((6, 8) if swaps_sides(value) else (8, 6))
    assert shown.getpixel((0, 0)) == (255, 255, 255)
