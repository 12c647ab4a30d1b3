"""What runs in a decoder process: one untrusted picture file in, plain pixels and facts out.

A decoder process knows neither Qt nor a model. It may be killed at any moment, may run out of its
memory share, may crash in native code: only the file at hand is lost, see ``decoder_pool``.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from PIL import Image, ImageFile, PngImagePlugin, UnidentifiedImageError

from app.core.asking import Box
from app.worker.budgets import fine_budget
from app.worker.colour import to_plain_mode, to_srgb
from app.worker.decode_messages import (
    DecodedPhoto,
    DecodedPixels,
    DecodeReply,
    DecodeRequest,
    KnownContent,
    PhotoRequest,
    PixelsRequest,
    Refused,
    pack,
)
from app.worker.decoding_memory import PictureFacts, bytes_to_decode, shrink_factor
from app.worker.formats import SNIFF_BYTES, jpeg2000_levels, sniff, webp_size
from app.worker.metadata import Metadata, read_metadata, swaps_sides, upright
from app.worker.photo_file import PhotoFile, RefusedError, open_photo_file
from app.worker.raw_preview import RAW, NoPreviewError, NoRawpyError, is_raw, open_preview

READY = b"ready"

_THUMBNAIL_QUALITY = 80
_MAX_DETAIL_CHARS = 200
_TRIES_OF_A_CHANGING_FILE = 3
_JPEG2000_HEADER_BYTES = 1 << 16
# Unpacked, of one text or colour profile in a PNG file: profiles of printers have some megabytes.
_MOST_TEXT_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Hard limits a decoder process gives itself; the pool enforces tighter ones from outside."""

    hard_memory_bytes: int
    hard_seconds: int


@dataclass(frozen=True, slots=True)
class _Picture:
    """A decoded picture on its way: RGB, upright, perhaps smaller than the original."""

    image: Image.Image
    full_width_px: int
    full_height_px: int
    metadata: Metadata
    format: str


def serve(connection: Connection, limits: ProcessLimits) -> None:
    """Answer requests until the pipe closes; the target of a decoder process."""
    _prepare_process()
    connection.send_bytes(READY)
    while True:
        try:
            request, memory_bytes = connection.recv()
        except (EOFError, OSError):
            return
        _limit_memory(memory_bytes, limits.hard_memory_bytes)
        _set_alarm(limits.hard_seconds)
        reply = answer(request, memory_bytes)
        _set_alarm(0)
        try:
            connection.send_bytes(pack(reply))
        except OSError:
            return


def answer(request: DecodeRequest, memory_bytes: int) -> DecodeReply:
    """The reply to one request; every failure of the file becomes ``Refused``.

    Args:
        request: what to decode.
        memory_bytes: the share of this process, its own size included.
    """
    try:
        with _our_limits():
            for _ in range(_TRIES_OF_A_CHANGING_FILE):
                with open_photo_file(request.path, SNIFF_BYTES) as file:
                    reply = _decoded(request, file, memory_bytes)
                    if not file.has_changed():
                        break
            return reply
    except RefusedError as error:
        return error.reply
    except MemoryError:
        return Refused("too_large", "it needs more memory than a decoder may use", memory_bytes + 1)
    except Exception as error:  # noqa: BLE001 - any file may raise anything: this is the top hook
        return _refusal(error, memory_bytes)


def _decoded(request: DecodeRequest, file: PhotoFile, memory_bytes: int) -> DecodeReply:
    if isinstance(request, PhotoRequest):
        return _decode_photo(request, file, memory_bytes)
    return _decode_pixels(request, file, memory_bytes)


@contextlib.contextmanager
def _our_limits() -> Iterator[None]:
    """Pillow without its pixel count, since bytes are limited, and without its warnings."""
    pixels, truncated = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    text_bytes = PngImagePlugin.MAX_TEXT_CHUNK
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, False
    PngImagePlugin.MAX_TEXT_CHUNK = _MOST_TEXT_BYTES
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = pixels, truncated
        PngImagePlugin.MAX_TEXT_CHUNK = text_bytes


# ---------------------------------------------------------------- the two kinds of request


def _decode_photo(
    request: PhotoRequest, file: PhotoFile, memory_bytes: int
) -> DecodedPhoto | KnownContent:
    from fgclip2.images import fit_to_grid

    facts, content_hash = file.facts, file.content_hash()
    if content_hash in request.known_hashes:
        return KnownContent(facts.size_bytes, facts.mtime_ns, facts.inode, content_hash)

    picture, has_fine = _open_for_passes(request, file, memory_bytes)
    image, fine_size, fine = picture.image, (0, 0), b""
    full = (picture.full_width_px, picture.full_height_px)
    if has_fine:
        fine_grid = fit_to_grid(image, fine_budget(request.fine_patches, *full))
        fine_size, fine = fine_grid.size, fine_grid.tobytes()
        image = _reduced(image, _needed(request, *full))
    grid = fit_to_grid(image, request.patches)
    return DecodedPhoto(
        facts.size_bytes,
        facts.mtime_ns,
        facts.inode,
        content_hash,
        picture.format,
        *full,
        picture.metadata.taken_at,
        picture.metadata.camera,
        _average_rgb(grid),
        _thumbnail(image, request.thumbnail_side_px),
        *grid.size,
        grid.tobytes(),
        *fine_size,
        fine,
    )


def _open_for_passes(
    request: PhotoRequest, file: PhotoFile, memory_bytes: int
) -> tuple[_Picture, bool]:
    """Decode large enough for what is asked; returns whether that is so for the fine pass too."""
    needed = partial(_needed, request)
    if not request.fine_patches:
        return _open_picture(request.path, file, needed, memory_bytes), False

    def needed_with_fine(width: int, height: int) -> tuple[int, int]:
        fine = _grid_size(width, height, fine_budget(request.fine_patches, width, height))
        quick = needed(width, height)
        return max(fine[0], quick[0]), max(fine[1], quick[1])

    try:
        return _open_picture(request.path, file, needed_with_fine, memory_bytes), True
    except RefusedError as error:
        if error.reply.reason != "too_large":
            raise
        return _open_picture(request.path, file, needed, memory_bytes), False


def _needed(request: PhotoRequest, width: int, height: int) -> tuple[int, int]:
    """Return the size that the grid and the thumbnail of a photo need."""
    columns_px, rows_px = _grid_size(width, height, request.patches)
    scale = min(1.0, request.thumbnail_side_px / max(width, height))
    return max(columns_px, round(width * scale)), max(rows_px, round(height * scale))


def _grid_size(width: int, height: int, patches: int) -> tuple[int, int]:
    from fgclip2.images import PATCH_SIZE, patch_grid

    rows, columns = patch_grid(width, height, patches)
    return columns * PATCH_SIZE, rows * PATCH_SIZE


def _thumbnail(image: Image.Image, side_px: int) -> bytes:
    """Return a JPEG file of the image made smaller; nothing where no pixel is wanted."""
    if side_px == 0:
        return b""
    small = image.copy()
    small.thumbnail((side_px, side_px), Image.Resampling.HAMMING)
    return _jpeg(small)


def _decode_pixels(request: PixelsRequest, file: PhotoFile, memory_bytes: int) -> DecodedPixels:
    x0, y0, x1, y1 = request.box or (0.0, 0.0, 1.0, 1.0)
    share = max(x1 - x0, y1 - y0, 1e-3)

    def needed(width: int, height: int) -> tuple[int, int]:
        scale = min(1.0, request.max_side_px / (share * max(width, height)))
        return round(width * scale), round(height * scale)

    picture = _open_picture(request.path, file, needed, memory_bytes)
    image = picture.image
    if request.box is not None:
        image = image.crop(_crop_box(request.box, image.width, image.height))
    image.thumbnail((request.max_side_px, request.max_side_px), Image.Resampling.HAMMING)
    return DecodedPixels(
        image.width, image.height, picture.full_width_px, picture.full_height_px, image.tobytes()
    )


def _crop_box(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The box in whole pixels, at least one a side, inside the image."""
    left = min(max(int(box[0] * width), 0), width - 1)
    top = min(max(int(box[1] * height), 0), height - 1)
    right = min(max(round(box[2] * width), left + 1), width)
    bottom = min(max(round(box[3] * height), top + 1), height)
    return left, top, right, bottom


# ---------------------------------------------------------------- pixels


def _open_picture(path: bytes, file: PhotoFile, needed: Any, memory_bytes: int) -> _Picture:
    """Decode to upright sRGB at least twice the needed size, or full size when that is less.

    Args:
        path: tells raw files of cameras from other TIFF files by their names.
        file: open.
        needed: function of the upright (width, height) to the needed (width, height).
        memory_bytes: the share of this process.
    """
    name = _format_of(path, file)
    stated = webp_size(file.head) if name == "WEBP" else None
    if stated is not None:
        _check_memory(_facts(name, "RGBA", stated, needed, file), memory_bytes)
    image = _opened(name, file)
    full = image.size
    # Before anything else: reading the metadata of a PNG file decodes its pixels.
    facts = _facts(name, image.mode, full, needed, file)
    compressed = name == "TIFF" and image.info.get("compression", "raw") != "raw"
    facts = replace(facts, held_samples=_held_samples(image), compressed=compressed)
    if name == "JPEG2000":
        facts = replace(facts, n_halvings=_halve_jpeg2000(image, facts, file))
    _check_memory(facts, memory_bytes)
    metadata = read_metadata(image) if name != "TIFF" else Metadata()
    if "orientation" in image.info and name == RAW:  # the preview itself does not say
        metadata = replace(metadata, orientation=image.info["orientation"])
    _draft(image, needed(*_turned(full, metadata)), metadata)
    profile = image.info.get("icc_profile")
    image.load()
    if name == "TIFF":  # Pillow turns TIFF upright while loading and then drops the tag
        full, metadata = image.size, read_metadata(image)
    if name == "HEIF":  # libheif may correct the size while decoding
        full = image.size
    width, height = _turned(full, metadata)
    plain = _reduced(to_plain_mode(image), _turned(needed(width, height), metadata))
    rgb = upright(to_srgb(plain, profile), metadata.orientation)
    return _Picture(rgb, width, height, metadata, name)


def _format_of(path: bytes, file: PhotoFile) -> str:
    """Return the format's name, by what is in the file.

    Raises:
        RefusedError: it is not of a format on the list.
    """
    if is_raw(path, file.head):
        return RAW
    name = sniff(file.head)
    if name is None:
        raise RefusedError(
            "unsupported", "the content is not of a picture format that Finelens reads"
        )
    return name


def _opened(name: str, file: PhotoFile) -> Image.Image:
    """Return the picture, opened but not decoded yet."""
    file.stream.seek(0)
    if name == RAW:
        try:
            return open_preview(file.stream.read())
        except NoRawpyError as error:
            raise RefusedError("unsupported", str(error)) from None
        except NoPreviewError as error:
            raise RefusedError("unreadable", str(error)) from None
    if name == "HEIF":
        _register_heif()
    return Image.open(file.stream, formats=[name])


def _facts(
    name: str, mode: str, size: tuple[int, int], needed: Any, file: PhotoFile
) -> PictureFacts:
    n_bytes = file.facts.size_bytes
    return PictureFacts(name, mode, size, needed(*size), n_bytes, file.in_memory)


def _held_samples(image: Image.Image) -> float:
    """How many numbers a pixel the JPEG decoder holds: of a progressive picture all of them."""
    layers = getattr(image, "layer", None)  # (id, horizontal and vertical sampling, table) each
    if not image.info.get("progressive") or not layers:
        return 0.0
    most = max(layer[1] for layer in layers) * max(layer[2] for layer in layers)
    return float(sum(layer[1] * layer[2] for layer in layers)) / max(most, 1)


def _turned(size: tuple[int, int], metadata: Metadata) -> tuple[int, int]:
    return (size[1], size[0]) if swaps_sides(metadata.orientation) else size


def _draft(image: Image.Image, needed: tuple[int, int], metadata: Metadata) -> None:
    """Let libjpeg decode at 1/2, 1/4 or 1/8 size where that leaves twice the needed size."""
    if image.format in ("JPEG", "MPO"):
        width, height = _turned(needed, metadata)
        image.draft(None, (width * 2, height * 2))


def _halve_jpeg2000(image: Any, facts: PictureFacts, file: PhotoFile) -> int:
    """Let OpenJPEG leave out the finest levels where that leaves twice the needed size."""
    at = file.stream.tell()
    file.stream.seek(0)
    levels = jpeg2000_levels(file.stream.read(_JPEG2000_HEADER_BYTES))
    file.stream.seek(at)
    wanted = shrink_factor(facts.size, facts.needed).bit_length() - 1
    image.reduce = min(wanted, levels)
    return min(wanted, levels)


def _reduced(image: Image.Image, needed: tuple[int, int]) -> Image.Image:
    """Average whole blocks of pixels while twice the needed size is left: quick and smooth."""
    width, height = needed
    factor = min(image.width // max(2 * width, 1), image.height // max(2 * height, 1))
    return image.reduce(factor) if factor >= 2 else image


def _check_memory(facts: PictureFacts, memory_bytes: int) -> None:
    """Refuse a picture by what it would take once decoded, before decoding starts.

    Raises:
        RefusedError: "too_large", with the bytes it would need.
    """
    needs = bytes_to_decode(facts)
    if needs > memory_bytes:
        width, height = facts.size
        raise RefusedError(
            "too_large", f"{width} x {height} pixels need {needs >> 20} MB to decode", needs
        )


def _average_rgb(image: Image.Image) -> int:
    pixel = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    return int.from_bytes(pixel, "big")


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_THUMBNAIL_QUALITY)
    return buffer.getvalue()


# ---------------------------------------------------------------- failures


def _refusal(error: Exception, memory_bytes: int) -> Refused:
    message = str(error)
    if "out of memory" in message.lower():
        return Refused("too_large", _detail(message), memory_bytes + 1)
    if isinstance(error, EOFError) or "truncated" in message.lower():
        return Refused("truncated", "the file ends too early")
    if isinstance(error, UnidentifiedImageError):
        return Refused("unreadable", "the picture is damaged: it cannot be identified")
    return Refused("unreadable", _detail(f"the picture is damaged: {message}"))


def _detail(message: str) -> str:
    clean = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in message)
    return clean[:_MAX_DETAIL_CHARS]


# ---------------------------------------------------------------- the process


def _prepare_process() -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy would reserve memory for each core
    from PIL import AvifImagePlugin

    import fgclip2.images  # noqa: F401 - loaded now, so that it is not in the first file's time

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    quiet = os.open(os.devnull, os.O_RDWR)  # native decoders write warnings about damaged files
    for descriptor in (1, 2):
        os.dup2(quiet, descriptor)


def _register_heif() -> None:
    import pi_heif

    pi_heif.register_heif_opener(
        thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
    )


def _limit_memory(memory_bytes: int, hard_bytes: int) -> None:
    """Let allocations over the share fail; on Linux this counts private memory only."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or hard > hard_bytes:
            hard = hard_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (min(memory_bytes, hard), hard))


def _set_alarm(seconds: int) -> None:
    """End the process after that time even if nobody is left to kill it; 0 calls it off."""
    if sys.platform != "win32":
        import signal

        signal.alarm(seconds)
