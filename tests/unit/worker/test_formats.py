"""The closed list of formats, told by content."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.worker.formats import SNIFF_BYTES, sniff
from tests.fakes import make_image


@pytest.mark.parametrize(
    "name", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "AVIF", "ICO", "PPM"]
)
def test_what_pillow_writes_is_recognised(name: str) -> None:
    buffer = io.BytesIO()
    make_image(size=(32, 32)).save(buffer, name)
    assert sniff(buffer.getvalue()[:SNIFF_BYTES]) == name


@pytest.mark.parametrize("name", ["EPS", "PDF", "TGA", "SGI", "PCX", "DDS", "ICNS"])
def test_other_formats_that_pillow_writes_are_not(name: str) -> None:
    buffer = io.BytesIO()
    make_image(size=(32, 32)).save(buffer, name)
    assert sniff(buffer.getvalue()[:SNIFF_BYTES]) is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"%!PS-Adobe-3.0 EPSF-3.0", None),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", None),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIF"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif", "AVIF"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", "HEIF"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", None),
        (b"P6 1 1 255\n\x00\x00\x00", "PPM"),
        (b"PK\x03\x04", None),
        (b"MM\x00+\x00\x08\x00\x00", "TIFF"),
    ],
)
def test_heads(head: bytes, expected: str | None) -> None:
    assert sniff(head) == expected


@given(st.binary(max_size=SNIFF_BYTES))
def test_any_bytes_give_an_answer(head: bytes) -> None:
    assert sniff(head) is None or isinstance(sniff(head), str)
