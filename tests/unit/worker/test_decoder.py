"""One file in, pixels and facts out; whatever the file holds."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from app.worker import photo_file
from app.worker.decode_messages import (
    DecodedPhoto,
    DecodedPixels,
    KnownContent,
    PhotoRequest,
    PixelsRequest,
    Refused,
)
from app.worker.decoder import answer
from tests.fakes import COLOURS, jpeg_bytes, make_image, save_photo

MEMORY_BYTES = 512 << 20
PATCHES = 64


def _photo(path: Path, **options: Any) -> Any:
    return answer(PhotoRequest(os.fsencode(path), PATCHES, 320, **options), MEMORY_BYTES)


def _pixels(path: Path, max_side_px: int = 1000, box: Any = None) -> Any:
    return answer(PixelsRequest(os.fsencode(path), max_side_px, box), MEMORY_BYTES)


def _image(reply: DecodedPixels) -> Image.Image:
    return Image.frombytes("RGB", (reply.width_px, reply.height_px), reply.pixels)


def _scene() -> Image.Image:
    """Four quarters of four colours: any turn or mirroring shows."""
    scene = Image.new("RGB", (96, 64))
    for at, name in enumerate(("red", "green", "blue", "yellow")):
        scene.paste(COLOURS[name], (48 * (at % 2), 32 * (at // 2), 48 + 48 * (at % 2), 64))
    return scene


def _assert_is_scene(image: Image.Image, tolerance: int = 40) -> None:
    width, height = image.size
    for at, name in enumerate(("red", "green", "blue", "yellow")):
        place = (width * (1 + 2 * (at % 2)) // 4, height * (1 + 2 * (at // 2)) // 4)
        found = np.array(image.getpixel(place), int)
        assert np.abs(found - COLOURS[name]).max() <= tolerance, (name, found)


# ---------------------------------------------------------------- what comes out


def test_a_photo_gives_all_facts(tmp_path: Path) -> None:
    path = save_photo(tmp_path / "a.jpg", "blue", (640, 480))
    reply = _photo(path)
    assert isinstance(reply, DecodedPhoto)
    status = path.stat()
    assert (reply.size_bytes, reply.mtime_ns, reply.inode) == (
        status.st_size,
        status.st_mtime_ns,
        status.st_ino,
    )
    assert reply.content_hash == hashlib.blake2b(path.read_bytes(), digest_size=32).digest()
    assert (reply.format, reply.width_px, reply.height_px) == ("JPEG", 640, 480)
    assert reply.average_rgb.to_bytes(3, "big")[2] > 180
    thumbnail = Image.open(io.BytesIO(reply.thumbnail))
    assert (thumbnail.format, thumbnail.size) == ("JPEG", (320, 240))


def test_grid_pixels_are_those_of_the_encoder(tmp_path: Path) -> None:
    from fgclip2.images import fit_to_grid

    scene = _scene()
    scene.save(tmp_path / "a.png")
    reply = _photo(tmp_path / "a.png")
    fitted = fit_to_grid(scene, PATCHES)
    assert (reply.grid_width_px, reply.grid_height_px) == fitted.size
    assert reply.grid == fitted.tobytes()
    again = Image.frombytes("RGB", fitted.size, reply.grid)
    assert fit_to_grid(again, PATCHES).tobytes() == reply.grid


def test_large_photos_give_nearly_the_same_grid_as_full_decoding(tmp_path: Path) -> None:
    from fgclip2.images import fit_to_grid

    noise = np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)
    large = Image.fromarray(noise).resize((1600, 1200), Image.Resampling.BICUBIC)
    for name in ("a.png", "a.jpg"):
        large.save(tmp_path / name, quality=95)
        reply = _photo(tmp_path / name)
        full = np.asarray(fit_to_grid(large, PATCHES), int)
        quick = np.frombuffer(reply.grid, np.uint8).reshape(full.shape).astype(int)
        assert np.abs(full - quick).mean() < 3


def test_small_photos_keep_their_size_as_thumbnails(tmp_path: Path) -> None:
    reply = _photo(save_photo(tmp_path / "a.png", size=(7, 5)))
    assert Image.open(io.BytesIO(reply.thumbnail)).size == (7, 5)


def test_grid_and_thumbnail_stay_apart_when_the_photo_fits_the_grid(tmp_path: Path) -> None:
    reply = _photo(save_photo(tmp_path / "a.png", size=(128, 128)))
    assert (reply.grid_width_px, reply.grid_height_px) == (128, 128)
    assert len(reply.grid) == 128 * 128 * 3


def test_known_content_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"not even a picture")
    known = hashlib.blake2b(path.read_bytes(), digest_size=32).digest()
    reply = _photo(path, known_hashes=(b"other", known))
    assert isinstance(reply, KnownContent)
    assert (reply.content_hash, reply.size_bytes) == (known, 18)


# ---------------------------------------------------------------- formats and orientation


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.bmp", "a.tif", "a.jp2", "a.avif", "a.ppm"]
)
def test_formats(tmp_path: Path, name: str) -> None:
    _scene().save(tmp_path / name)
    reply = _pixels(tmp_path / name)
    assert isinstance(reply, DecodedPixels), reply
    assert (reply.width_px, reply.height_px) == (96, 64)
    _assert_is_scene(_image(reply))


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations(tmp_path: Path, name: str, orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = _scene().transpose(undo[orientation]) if orientation > 1 else _scene()
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / name, exif=exif)
    reply = _pixels(tmp_path / name)
    assert (reply.width_px, reply.height_px) == (96, 64)
    assert (reply.full_width_px, reply.full_height_px) == (96, 64)
    _assert_is_scene(_image(reply))
    photo = _photo(tmp_path / name)
    assert (photo.width_px, photo.height_px) == (96, 64)
    _assert_is_scene(Image.open(io.BytesIO(photo.thumbnail)))
    grid = Image.frombytes("RGB", (photo.grid_width_px, photo.grid_height_px), photo.grid)
    _assert_is_scene(grid)


def test_tiff_keeps_its_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = 6, "Maker", "2020:02:03 04:05:06"
    make_image().save(tmp_path / "a.tif", exif=exif)
    reply = _photo(tmp_path / "a.tif")
    assert (reply.camera, reply.taken_at) == ("Maker", "2020-02-03T04:05:06")
    assert (reply.width_px, reply.height_px) == (48, 64)


def test_names_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / b"\xff\xfe\n.weird".decode("utf-8", "surrogateescape")
    path.write_bytes(jpeg_bytes())
    assert _photo(path).format == "JPEG"


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [make_image("red"), make_image("green"), make_image("blue")]
    for name in ("a.gif", "a.webp", "a.png"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
        red, _, blue = _photo(tmp_path / name).average_rgb.to_bytes(3, "big")
        assert red > 150 > blue, name


@pytest.mark.parametrize("mode", ["L", "I;16", "RGBA", "LA", "CMYK", "P", "1"])
def test_modes_survive_reduction(tmp_path: Path, mode: str) -> None:
    """Large pictures are averaged before their colours are converted, in every mode."""
    ramp = np.linspace(0, 255, 1200).astype(np.uint8)[None].repeat(900, axis=0)
    grey = Image.fromarray(ramp)
    if mode == "I;16":
        image = Image.fromarray(ramp.astype(np.uint16) * 257)
    else:
        image = grey.convert("RGB").convert(mode) if mode in ("CMYK", "P") else grey.convert(mode)
    image.save(tmp_path / "a.tif")
    values = np.asarray(_image(_pixels(tmp_path / "a.tif", 100)), int)[30, :, 1]
    assert np.abs(values - np.linspace(0, 255, 100)).mean() < (30 if mode == "1" else 6)


# ---------------------------------------------------------------- pixels and boxes


def test_pixels_have_at_most_the_side_asked_for(tmp_path: Path) -> None:
    reply = _pixels(save_photo(tmp_path / "a.jpg", size=(1200, 800)), 300)
    assert (reply.width_px, reply.height_px) == (300, 200)
    assert (reply.full_width_px, reply.full_height_px) == (1200, 800)


@pytest.mark.parametrize(
    ("box", "colour"),
    [
        ((0.0, 0.0, 0.5, 0.5), "red"),
        ((0.5, 0.0, 1.0, 0.5), "green"),
        ((0.0, 0.5, 0.5, 1.0), "blue"),
        ((0.9, 0.9, 1.0, 1.0), "yellow"),
        ((0.7, 0.7, 0.7001, 0.7001), "yellow"),
    ],
)
def test_boxes_are_cut_from_the_upright_photo(tmp_path: Path, box: Any, colour: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    _scene().transpose(Image.Transpose.ROTATE_90).save(tmp_path / "a.png", exif=exif)
    reply = _pixels(tmp_path / "a.png", 1000, box)
    cut = np.asarray(_image(reply), int)
    assert np.abs(cut - COLOURS[colour]).max() <= 2
    assert (reply.full_width_px, reply.full_height_px) == (96, 64)


def test_a_small_box_of_a_large_jpeg_keeps_its_detail(tmp_path: Path) -> None:
    large = Image.new("RGB", (4000, 3000), "white")
    large.paste("black", (2000, 1500, 2200, 1700))
    large.save(tmp_path / "a.jpg", quality=95)
    reply = _pixels(tmp_path / "a.jpg", 200, (0.5, 0.5, 0.55, 1700 / 3000))
    assert (reply.width_px, reply.height_px) == (200, 200)
    assert np.asarray(_image(reply)).mean() < 10


# ---------------------------------------------------------------- what is refused


def _refused(path: Path, memory_bytes: int = MEMORY_BYTES) -> tuple[str, str]:
    reply = answer(PhotoRequest(os.fsencode(path), PATCHES, 320), memory_bytes)
    assert isinstance(reply, Refused), reply
    assert reply.detail
    return reply.reason, reply.detail


def test_empty_missing_and_folder(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    assert _refused(tmp_path / "empty.jpg")[0] == "empty"
    assert _refused(tmp_path / "none.jpg")[0] == "missing"
    assert _refused(tmp_path / "empty.jpg" / "below.jpg")[0] == "missing"
    assert _refused(tmp_path)[0] == "unsupported"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert _refused(tmp_path / "pipe.jpg")[0] == "unsupported"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_device_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "zero.jpg").symlink_to("/dev/zero")
    assert _refused(tmp_path / "zero.jpg")[0] == "unsupported"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "Permission denied"), "permission"),
        (FileNotFoundError(2, "No such file"), "missing"),
        (OSError(5, "Input/output error"), "unreadable"),
        (OSError(36, "File name too long"), "unreadable"),
    ],
)
def test_files_that_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    def refuse(*_: object) -> int:
        raise error

    path = save_photo(tmp_path / "a.jpg")
    monkeypatch.setattr(os, "open", refuse)
    assert _refused(path)[0] == reason


@pytest.mark.parametrize(
    "data",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage",
        b"%PDF-1.4\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        b"just text",
        b"\0" * 5000,
    ],
)
def test_other_contents_are_unsupported_whatever_their_name(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    assert _refused(tmp_path / "a.jpg")[0] == "unsupported"


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.bmp", "a.tif", "a.avif"])
def test_shortened_files_are_problems(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 6 // 10])
    assert _refused(tmp_path / name)[0] in ("truncated", "unreadable")


def _png_header(width: int, height: int, bits: int = 8, kind: int = 2) -> bytes:
    """A PNG file that claims a size and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        sum_ = zlib.crc32(name + data)
        return len(data).to_bytes(4, "big") + name + data + sum_.to_bytes(4, "big")

    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(60000, 60000), (2**31 - 1, 1), (1, 2**31 - 1), (30000, 8000)])
def test_bombs_are_refused_by_what_they_would_need(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(image: Image.Image) -> None:
        raise AssertionError("pixels must not be decoded to refuse them")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)
    (tmp_path / "bomb.png").write_bytes(_png_header(*size))
    reason, detail = _refused(tmp_path / "bomb.png")
    assert reason == "too_large"
    assert f"{size[0]} x {size[1]}" in detail


def test_long_texts_and_large_profiles_are_no_reason_to_refuse_a_photo(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("workflow", "a" * 5_000_000, zip=True)
    save_photo(tmp_path / "a.png", pnginfo=info, icc_profile=bytes(3_000_000))
    assert isinstance(_photo(tmp_path / "a.png"), DecodedPhoto)


def test_the_limit_is_bytes_and_not_pixels(tmp_path: Path) -> None:
    """The same picture passes in 1 bit a pixel where it is refused in 24."""
    size = (12000, 8000)
    Image.new("L", size, 200).save(tmp_path / "grey.png", compress_level=1)
    assert answer(PhotoRequest(os.fsencode(tmp_path / "grey.png"), PATCHES, 320), 300 << 20).format
    (tmp_path / "rgb.png").write_bytes(_png_header(*size))
    assert _refused(tmp_path / "rgb.png", 300 << 20)[0] == "too_large"


def test_details_hold_no_control_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise ValueError("evil \x1b[31m\n\u202e text" + "x" * 1000)

    monkeypatch.setattr(Image, "open", explode)
    reason, detail = _refused(save_photo(tmp_path / "a.jpg"))
    assert reason == "unreadable"
    assert detail.isprintable()
    assert len(detail) <= 200


def test_memory_errors_ask_for_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image, "open", explode)
    path = save_photo(tmp_path / "a.jpg")
    reply = answer(PhotoRequest(os.fsencode(path), PATCHES, 320), MEMORY_BYTES)
    assert isinstance(reply, Refused)
    assert reply.reason == "too_large"
    assert reply.needs_bytes > MEMORY_BYTES


def test_a_file_that_changes_while_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_photo(tmp_path / "a.png", "red")
    read = photo_file._read
    n_reads: list[int] = []

    def read_and_change(file: Any, n_bytes: int = 1 << 20) -> bytes:
        data = read(file, n_bytes)
        n_reads.append(len(data))
        if len(n_reads) == 1:
            make_image("blue", (300, 200), seed=3).save(path)
        return data

    monkeypatch.setattr(photo_file, "_read", read_and_change)
    reply = _photo(path)
    assert len(n_reads) == 2
    assert (reply.width_px, reply.height_px) == (300, 200)
    assert reply.size_bytes == path.stat().st_size


def test_a_large_file_that_changes_while_decoded_is_decoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_file, "MOST_IN_MEMORY_BYTES", 10)
    path = save_photo(tmp_path / "a.png", "red")
    digest = photo_file.PhotoFile.content_hash
    hashes: list[bytes] = []

    def hash_and_change(file: photo_file.PhotoFile) -> bytes:
        hashes.append(digest(file))
        if len(hashes) == 1:
            make_image("blue", (300, 200), seed=3).save(path)
        return hashes[-1]

    monkeypatch.setattr(photo_file.PhotoFile, "content_hash", hash_and_change)
    reply = _photo(path)
    assert len(hashes) == 2
    assert (reply.width_px, reply.content_hash) == (300, hashes[1])


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.bmp", "a.tif", "a.avif"])
def test_large_files_are_decoded_from_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = save_photo(tmp_path / name, "green", (90, 70), seed=1)
    from_memory = _photo(path)
    monkeypatch.setattr(photo_file, "MOST_IN_MEMORY_BYTES", 10)
    assert _photo(path) == from_memory


def test_a_file_too_large_to_be_read_in_time_is_named(tmp_path: Path) -> None:
    path = save_photo(tmp_path / "a.jpg")
    os.truncate(path, (2 << 30) + 1)
    assert _refused(path) == ("too_large", f"a file of {(2 << 30) + 1} bytes")


def test_an_uncompressed_panorama_fits_where_its_file_is_not_held(tmp_path: Path) -> None:
    """56 megapixels in a file of 168 MB: the file and its pixels together would not fit."""
    Image.new("RGB", (14_000, 4_000), (10, 200, 30)).save(tmp_path / "wide.bmp")
    reply: Any = answer(PhotoRequest(os.fsencode(tmp_path / "wide.bmp"), PATCHES, 320), 360 << 20)
    assert isinstance(reply, DecodedPhoto), reply
    assert reply.average_rgb == 0x0AC81E


@pytest.mark.parametrize("n_levels", [1, 2, 6])
def test_large_jpeg_2000_pictures_are_decoded_no_finer_than_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_levels: int
) -> None:
    scene = make_image("red", (1600, 1200))
    scene.paste(COLOURS["blue"], (0, 0, 800, 600))
    scene.save(tmp_path / "a.jp2", num_resolutions=n_levels)
    reply = _photo(tmp_path / "a.jp2")
    monkeypatch.setattr("app.worker.decoder.jpeg2000_levels", lambda data: 0)
    whole = _photo(tmp_path / "a.jp2")
    assert (reply.width_px, reply.height_px) == (whole.width_px, whole.height_px) == (1600, 1200)
    ours, theirs = (np.frombuffer(each.grid, np.uint8).astype(int) for each in (reply, whole))
    assert abs(ours - theirs).mean() < 2


def test_webp_bombs_are_refused_before_pillow_makes_room_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was opened"))
    side = (16_384 - 1).to_bytes(3, "little")
    chunk = b"VP8X" + (10).to_bytes(4, "little") + bytes(4) + side + side
    (tmp_path / "a.webp").write_bytes(b"RIFF" + len(chunk).to_bytes(4, "little") + b"WEBP" + chunk)
    reason, detail = _refused(tmp_path / "a.webp")
    assert reason == "too_large"
    assert "16384 x 16384" in detail


# ---------------------------------------------------------------- attack by chance

_SOUND = {name: io.BytesIO() for name in ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "AVIF")}
for _name, _buffer in _SOUND.items():
    make_image("green", (40, 30), seed=5).save(_buffer, _name)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(_SOUND)),
    flips=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.none() | st.integers(0, 3000),
)
def test_damaged_files_give_an_answer(
    tmp_path: Path, name: str, flips: list[tuple[int, int]], cut: int | None
) -> None:
    data = bytearray(_SOUND[name].getvalue())
    for place, value in flips:
        data[place % len(data)] = value
    path = tmp_path / "damaged"
    path.write_bytes(data[:cut] or b"x")
    reply = _photo(path)
    assert isinstance(reply, DecodedPhoto | Refused)
