"""One scene in every mode and orientation gives one vector: it is decoded to the same picture."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from app.core.paths import bundled_model_dir
from app.worker.decode_messages import DecodedPhoto, PhotoRequest
from app.worker.decoder import answer
from app.worker.metadata import upright
from fgclip2 import Encoder
from tests.fakes import INLINE_MEMORY_BYTES

PATCHES = 256
# Which orientation undoes which: the turns by 90 degrees undo each other.
UNDONE_BY = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(bundled_model_dir(), precision="f32")


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    """A drawn scene of soft and hard edges, with no part that looks alike turned or mirrored."""
    y, x = np.mgrid[0:240, 0:320].astype(np.float32)
    pixels = np.stack([x * 0.7, 200 - y * 0.6, 90 + 80 * np.sin(x / 40)], axis=-1)
    pixels[(x - 230) ** 2 + (y - 60) ** 2 < 900] = (250, 220, 60)
    pixels[(abs(x - 90) < 60) & (y > 130)] = (150, 60, 40)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _vector(encoder: Encoder, path: Path) -> np.ndarray:
    reply = answer(PhotoRequest(os.fsencode(path), PATCHES, 320), INLINE_MEMORY_BYTES)
    assert isinstance(reply, DecodedPhoto), reply
    grid = Image.frombytes("RGB", (reply.grid_width_px, reply.grid_height_px), reply.grid)
    return encoder.encode_images([grid], patches=PATCHES)[0]


def _png_16(samples: np.ndarray, kind: int) -> bytes:
    """A PNG file of 16-bit samples (height, width, channels), which Pillow does not write."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    head = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _deep(image: Image.Image) -> np.ndarray:
    samples = np.asarray(image).astype(np.uint16) * 257
    return samples.reshape(*samples.shape[:2], -1)


def _with_alpha(samples: np.ndarray) -> np.ndarray:
    return np.concatenate([samples, np.full_like(samples[..., :1], 65535)], axis=-1)


def _coloured(folder: Path, scene: Image.Image) -> list[Path]:
    opaque = scene.copy()
    opaque.putalpha(255)
    lab = ImageCms.profileToProfile(
        scene, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    adobe = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert lab is not None
    saved: dict[str, tuple[Image.Image, dict[str, object]]] = {
        "rgb.jpg": (scene, {"quality": 95}),
        "progressive.jpg": (scene, {"quality": 95, "progressive": True}),
        "profile.jpg": (scene, {"quality": 95, "icc_profile": adobe}),
        "cmyk.jpg": (scene.convert("CMYK"), {"quality": 95}),
        "rgba.png": (opaque, {}),
        "palette.png": (scene.quantize(256), {}),
        "palette.gif": (scene.quantize(256), {}),
        "rgb.webp": (scene, {"quality": 95}),
        "rgba.webp": (opaque, {"lossless": True}),
        "rgb.avif": (scene, {"quality": 95}),
        "rgb.jp2": (scene, {}),
        "rgb.bmp": (scene, {}),
        "rle.bmp": (scene.quantize(256), {}),
        "rgb.ppm": (scene, {}),
        "lzw.tif": (scene, {"compression": "tiff_lzw"}),
        "jpeg.tif": (scene, {"compression": "jpeg", "quality": 95}),
        "cmyk.tif": (scene.convert("CMYK"), {}),
        "ycbcr.tif": (scene.convert("YCbCr"), {}),
        "lab.tif": (lab, {}),
        "rgba.tif": (opaque, {}),
    }
    for name, (image, options) in saved.items():
        image.save(folder / name, **options)
    (folder / "rgb16.png").write_bytes(_png_16(_deep(scene), 2))
    (folder / "rgba16.png").write_bytes(_png_16(_with_alpha(_deep(scene)), 6))
    return [*(folder / name for name in saved), folder / "rgb16.png", folder / "rgba16.png"]


def _grey(folder: Path, scene: Image.Image) -> list[Path]:
    grey = scene.convert("L")
    opaque = grey.copy()
    opaque.putalpha(255)
    values = np.asarray(grey)
    saved = {
        "l.jpg": grey,
        "la.png": opaque,
        "la.tif": opaque,
        "la.jp2": opaque,
        "i16.png": Image.fromarray(values.astype(np.uint16) * 257),
        "twelve_bits.tif": Image.fromarray(values.astype(np.uint16) * 16),
        "i16b.tif": Image.frombytes("I;16B", grey.size, (values.astype(">u2") * 257).tobytes()),
        "i.tif": Image.fromarray(values.astype(np.int32) * 257),
        "unit_floats.tif": Image.fromarray(values.astype(np.float32) / 255),
        "floats.tif": Image.fromarray(values.astype(np.float32)),
        "dithered.png": grey.convert("1"),
        "fax.tif": grey.convert("1"),
    }
    for name, image in saved.items():
        image.save(folder / name, **({"compression": "group4"} if name == "fax.tif" else {}))
    (folder / "la16.png").write_bytes(_png_16(_with_alpha(_deep(grey)), 4))
    return [*(folder / name for name in saved), folder / "la16.png"]


@pytest.mark.parametrize("write", [_coloured, _grey], ids=["coloured", "grey"])
def test_one_scene_in_all_modes(
    tmp_path: Path, encoder: Encoder, scene: Image.Image, write: object
) -> None:
    plain = scene if write is _coloured else scene.convert("L")
    plain.save(tmp_path / "plain.png")
    wanted = _vector(encoder, tmp_path / "plain.png")
    paths = _coloured(tmp_path, scene) if write is _coloured else _grey(tmp_path, scene)
    cosines = {path.name: float(_vector(encoder, path) @ wanted) for path in paths}
    assert {name: cosine for name, cosine in cosines.items() if cosine < 0.95} == {}


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "avif"])
def test_one_scene_in_all_orientations(
    tmp_path: Path, encoder: Encoder, scene: Image.Image, ending: str
) -> None:
    vectors = []
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        lying = upright(scene, UNDONE_BY[orientation])
        path = tmp_path / f"{orientation}.{ending}"
        options = {"quality": 98} if ending in ("jpg", "webp", "avif") else {}
        lying.save(path, exif=exif if ending == "tif" else exif.tobytes(), **options)
        vectors.append(_vector(encoder, path))
    assert float((np.stack(vectors) @ vectors[0]).min()) >= 0.99
