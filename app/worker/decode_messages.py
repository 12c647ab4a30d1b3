"""What the engine asks of a decoder process and what it gets back.

Requests are trusted and travel pickled. Replies come from a process that has just digested a file
from who knows where, so they travel as a JSON header with byte blocks behind it and are checked
when unpacked; nothing in them is ever executed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from app.core.asking import Box


@dataclass(frozen=True, slots=True)
class PhotoRequest:
    """Decode a photo for the library.

    ``patches`` is the budget for the grid pixels. When the content hash is one of
    ``known_hashes`` nothing is decoded and the reply is ``KnownContent``. ``thumbnail_side_px`` 0
    asks for no thumbnail; ``fine_patches``, the largest budget of the fine pass, for its pixels
    too, unless it is 0.
    """

    path: bytes
    patches: int
    thumbnail_side_px: int
    known_hashes: tuple[bytes, ...] = ()
    fine_patches: int = 0


@dataclass(frozen=True, slots=True)
class PixelsRequest:
    """Decode a photo, or the part of it in ``box`` (0..1, upright), for the screen or a query."""

    path: bytes
    max_side_px: int
    box: Box | None = None


DecodeRequest = PhotoRequest | PixelsRequest


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it was when its bytes were read."""

    size_bytes: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """Everything the library keeps of a photo except its vector.

    ``grid`` is RGB, 8 bits, row by row, already fitted to whole patches; sizes are of the upright
    photo; ``average_rgb`` is 0xRRGGBB; ``thumbnail`` is a JPEG file. ``fine`` is a grid for the
    fine pass, empty when none was asked for or when there was no memory for it.
    """

    size_bytes: int
    mtime_ns: int
    inode: int
    content_hash: bytes
    format: str
    width_px: int
    height_px: int
    taken_at: str | None
    camera: str | None
    average_rgb: int
    thumbnail: bytes
    grid_width_px: int
    grid_height_px: int
    grid: bytes
    fine_width_px: int = 0
    fine_height_px: int = 0
    fine: bytes = b""


@dataclass(frozen=True, slots=True)
class KnownContent:
    """The file holds exactly a content that the request named."""

    size_bytes: int
    mtime_ns: int
    inode: int
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class DecodedPixels:
    """RGB, 8 bits, row by row; ``full_*`` is the size of the whole upright photo."""

    width_px: int
    height_px: int
    full_width_px: int
    full_height_px: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """The file cannot be used: a stable reason word and a sentence for people.

    ``needs_bytes`` is set when more memory than the decoder's share could help.
    """

    reason: str
    detail: str
    needs_bytes: int = 0


DecodeReply = DecodedPhoto | KnownContent | DecodedPixels | Refused

_REPLIES = {kind.__name__: kind for kind in (DecodedPhoto, KnownContent, DecodedPixels, Refused)}
_HEADER_LENGTH_BYTES = 4


def pack(reply: DecodeReply) -> bytes:
    """The reply as bytes for the pipe."""
    header: dict[str, Any] = {"kind": type(reply).__name__}
    blocks: list[bytes] = []
    for item in fields(reply):
        value = getattr(reply, item.name)
        if isinstance(value, bytes):
            blocks.append(value)
            value = {"bytes": len(value)}
        header[item.name] = value
    head = json.dumps(header).encode()
    return b"".join([len(head).to_bytes(_HEADER_LENGTH_BYTES, "big"), head, *blocks])


def unpack(data: bytes) -> DecodeReply:
    """The reply that ``pack`` made.

    Raises:
        ValueError: the bytes are not a whole, well-formed reply.
    """
    start = _HEADER_LENGTH_BYTES + int.from_bytes(data[:_HEADER_LENGTH_BYTES], "big")
    try:
        header = json.loads(data[_HEADER_LENGTH_BYTES:start])
        kind = _REPLIES[header.pop("kind")]
        values: dict[str, Any] = {}
        for item in fields(kind):
            value = header.pop(item.name)
            if isinstance(value, dict):
                end = start + int(value["bytes"])
                value, start = data[start:end], end
            _check_type(item.name, str(item.type), value)
            values[item.name] = value
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not a decoder's reply: {error!r}") from None
    if start != len(data) or header:
        raise ValueError(f"a decoder's reply of {len(data)} bytes, {start} expected")
    reply: DecodeReply = kind(**values)
    _check_sizes(reply)
    return reply


def _check_type(name: str, annotation: str, value: object) -> None:
    allowed = tuple(part.strip() for part in annotation.split("|"))
    given = "None" if value is None else type(value).__name__
    if given not in allowed:
        raise ValueError(f"a decoder's reply with {name} of type {given}; expected {annotation}")


def _check_sizes(reply: DecodeReply) -> None:
    if isinstance(reply, DecodedPhoto):
        width, height, pixels = reply.grid_width_px, reply.grid_height_px, reply.grid
        if len(reply.fine) != reply.fine_width_px * reply.fine_height_px * 3:
            raise ValueError(f"a decoder's reply with {len(reply.fine)} bytes of fine pixels")
    elif isinstance(reply, DecodedPixels):
        width, height, pixels = reply.width_px, reply.height_px, reply.pixels
    else:
        return
    if width < 1 or height < 1 or len(pixels) != width * height * 3:
        raise ValueError(f"a decoder's reply of {width} x {height} with {len(pixels)} bytes")
