"""Replies of decoders survive the pipe; anything else is refused, not believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.worker.decode_messages import (
    DecodedPhoto,
    DecodedPixels,
    DecodeReply,
    KnownContent,
    Refused,
    pack,
    unpack,
)

NUMBERS = st.integers(-(2**70), 2**70)
SIDES = st.integers(1, 6)
PHOTOS = st.builds(
    lambda width, height, fine_width, fine_height, **rest: DecodedPhoto(
        grid_width_px=width,
        grid_height_px=height,
        grid=bytes(width * height * 3),
        fine_width_px=fine_width,
        fine_height_px=fine_height,
        fine=bytes(fine_width * fine_height * 3),
        **rest,
    ),
    width=SIDES,
    height=SIDES,
    fine_width=SIDES | st.just(0),
    fine_height=SIDES | st.just(0),
    size_bytes=NUMBERS,
    mtime_ns=NUMBERS,
    inode=NUMBERS,
    content_hash=st.binary(max_size=32),
    format=st.text(),
    width_px=NUMBERS,
    height_px=NUMBERS,
    taken_at=st.none() | st.text(),
    camera=st.none() | st.text(),
    average_rgb=NUMBERS,
    thumbnail=st.binary(),
)
PIXELS = st.builds(
    lambda width, height: DecodedPixels(width, height, 100, 200, b"\x07" * (width * height * 3)),
    SIDES,
    SIDES,
)
KNOWN = st.builds(KnownContent, NUMBERS, NUMBERS, NUMBERS, st.binary())
REFUSED = st.builds(Refused, st.text(), st.text(), NUMBERS)


@given(PHOTOS | PIXELS | KNOWN | REFUSED)
def test_round_trip(reply: DecodeReply) -> None:
    assert unpack(pack(reply)) == reply


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(data)


@given(PHOTOS, st.integers(0, 400))
def test_shortened_replies_are_refused(reply: DecodedPhoto, n_cut: int) -> None:
    data = pack(reply)
    with pytest.raises(ValueError):
        unpack(data[: max(0, len(data) - 1 - n_cut)])


def _reply(header: object, blocks: bytes = b"") -> bytes:
    head = json.dumps(header).encode()
    return len(head).to_bytes(4, "big") + head + blocks


@pytest.mark.parametrize(
    "data",
    [
        _reply({"kind": "os.system", "detail": "x"}),
        _reply({"kind": "Refused", "reason": "x"}),
        _reply({"kind": "Refused", "reason": 5, "detail": "x", "needs_bytes": 0}),
        _reply({"kind": "Refused", "reason": "x", "detail": "x", "needs_bytes": True}),
        _reply({"kind": "Refused", "reason": "x", "detail": "x", "needs_bytes": 0, "more": 1}),
        _reply({"kind": "Refused", "reason": "x", "detail": {"bytes": 1}, "needs_bytes": 0}, b"x"),
        _reply(["Refused"]),
        _reply("Refused"),
        pack(Refused("a", "b")) + b"tail",
        pack(DecodedPixels(4, 4, 4, 4, b"too few")),
        pack(DecodedPixels(0, 0, 4, 4, b"")),
        pack(DecodedPixels(-1, -1, 4, 4, b"abc")),
    ],
)
def test_wrong_replies_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(data)
