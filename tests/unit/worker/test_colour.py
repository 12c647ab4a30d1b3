"""Every mode becomes plain sRGB that looks right."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from app.worker.colour import to_plain_mode, to_srgb

SIZE = (8, 8)


def _rgb(image: Image.Image, profile: bytes | None = None) -> tuple[int, ...]:
    plain = to_srgb(to_plain_mode(image), profile)
    assert plain.mode == "RGB"
    assert plain.size == image.size
    return tuple(plain.getpixel((3, 3)))


def _grey(values: object, dtype: str) -> Image.Image:
    return Image.fromarray(np.full((8, 8), values, dtype))


def _ramp(low: int, high: int, dtype: str) -> Image.Image:
    return Image.fromarray(np.linspace(low, high, 256).reshape(16, 16).astype(dtype))


def _close(given: tuple[int, ...], expected: tuple[int, ...], tolerance: int = 3) -> bool:
    return max(abs(a - b) for a, b in zip(given, expected, strict=True)) <= tolerance


def test_16_bit_grey_is_scaled_and_not_white() -> None:
    ramp = to_srgb(to_plain_mode(_ramp(0, 65535, "uint16")), None)
    values = np.asarray(ramp)[..., 0].ravel()
    assert values[0] == 0
    assert values[-1] == 255
    assert 120 <= values[128] <= 136


@pytest.mark.parametrize("depth", [8, 10, 12, 14, 16])
def test_unscaled_depths_in_16_bits_look_alike(depth: int) -> None:
    ramp = to_srgb(to_plain_mode(_ramp(0, 2**depth - 1, "uint16")), None)
    values = np.asarray(ramp)[..., 0].ravel().astype(int)
    assert np.abs(values - np.linspace(0, 255, 256)).max() <= 2


def test_32_bit_integers_and_floats() -> None:
    whole = to_srgb(to_plain_mode(_ramp(0, 65535, "int32")), None)
    assert np.asarray(whole)[8, 0, 0] in range(120, 137)
    assert _rgb(_grey(0.5, "float32")) == (127, 127, 127)
    stretched = np.asarray(to_srgb(to_plain_mode(_ramp(-500, 1500, "float32")), None))[..., 0]
    assert stretched.min() == 0
    assert stretched.max() == 255


def test_floats_that_are_no_numbers_are_black() -> None:
    broken = np.full((8, 8), np.nan, np.float32)
    broken[0, 0] = 1.0
    assert _rgb(Image.fromarray(broken)) == (0, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "PA"])
def test_white_stays_white_in_every_mode(mode: str) -> None:
    white = Image.new("RGB", SIZE, "white")
    image = white.convert("RGBA").convert("P") if mode == "P" else white
    image = white.convert("LA").convert("PA") if mode == "PA" else image.convert(mode)
    assert _close(_rgb(image), (255, 255, 255))


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "YCbCr", "HSV", "P", "RGBA"])
def test_a_colour_survives_its_mode(mode: str) -> None:
    assert _close(_rgb(Image.new("RGB", SIZE, (204, 51, 51)).convert(mode)), (204, 51, 51), 6)


def test_lab_becomes_rgb() -> None:
    red = Image.new("RGB", SIZE, (200, 40, 60))
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = ImageCms.applyTransform(red, to_lab)
    assert lab is not None
    assert _close(_rgb(lab), (200, 40, 60), 8)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_are_white(mode: str) -> None:
    clear = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    if mode == "P":
        clear = Image.new("P", SIZE, 0)
        clear.putpalette([0, 0, 0, 9, 9, 9])
        clear.info["transparency"] = 0
    assert _rgb(clear if mode == "P" else clear.convert(mode)) == (255, 255, 255)


def test_half_transparent_red_is_pink() -> None:
    assert _close(_rgb(Image.new("RGBA", SIZE, (255, 0, 0, 128))), (255, 127, 127))


def test_transparent_colour_of_rgb_is_white() -> None:
    image = Image.new("RGB", SIZE, (1, 2, 3))
    image.info["transparency"] = (1, 2, 3)
    assert _rgb(image) == (255, 255, 255)


def test_embedded_profile_is_applied() -> None:
    grey_profile = _linear_grey()
    plain = _rgb(Image.new("L", SIZE, 64), grey_profile)
    assert plain[0] > 100  # 25 % linear light is 54 % in sRGB
    assert plain[0] == plain[1] == plain[2]


def _linear_grey() -> bytes:
    """A minimal ICC profile: grey, gamma 1."""
    curve = b"curv\x00\x00\x00\x00\x00\x00\x00\x01\x01\x00\x00\x00"
    white = b"XYZ \x00\x00\x00\x00\x00\x00\xf6\xd6\x00\x01\x00\x00\x00\x00\xd3\x2d"
    text = b"desc\x00\x00\x00\x00\x00\x00\x00\x05line\x00" + bytes(75)
    tags = [(b"desc", text), (b"wtpt", white), (b"kTRC", curve)]
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data += bytes(-len(data) % 4)
        table += name + (start + len(body)).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        body += data
    head = bytearray(128)
    head[0:4] = (start + len(body)).to_bytes(4, "big")
    head[8:12] = b"\x02\x10\x00\x00"
    head[12:24] = b"mntrGRAYXYZ "
    head[36:40] = b"acsp"
    head[68:80] = b"\x00\x00\xf6\xd6\x00\x01\x00\x00\x00\x00\xd3\x2d"
    return bytes(head) + len(tags).to_bytes(4, "big") + table + body


@pytest.mark.parametrize("profile", [b"", b"nonsense", b"\x00" * 128, b"acsp" * 100])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    assert _rgb(Image.new("RGB", SIZE, (10, 200, 30)), profile) == (10, 200, 30)


def test_a_profile_of_another_space_is_ignored() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert _rgb(Image.new("L", SIZE, 77), srgb) == (77, 77, 77)


def test_srgb_profile_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert _rgb(Image.new("RGB", SIZE, (10, 200, 30)), srgb) == (10, 200, 30)


def test_cmyk_of_a_jpeg_file_keeps_its_colour() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), (220, 30, 30)).convert("CMYK").save(buffer, "JPEG", quality=95)
    with Image.open(buffer) as image:
        assert _close(_rgb(image), (220, 30, 30), 6)
