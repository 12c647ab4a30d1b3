"""Raw files by their previews; LibRaw itself is stood in for."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.worker.decode_messages import DecodedPhoto, PhotoRequest, Refused
from app.worker.decoder import answer
from app.worker.raw_preview import is_raw
from tests.fakes import INLINE_MEMORY_BYTES, jpeg_bytes


@pytest.mark.parametrize(
    ("path", "head", "raw"),
    [
        (b"a.nef", b"MM\x00*\x00\x00\x00\x08", True),
        (b"a.tif", b"MM\x00*\x00\x00\x00\x08", False),
        (b"a.jpg", b"II*\x00\x10\x00\x00\x00CR\x02\x00", True),
        (b"a.CR3", b"\x00\x00\x00\x18ftypcrx \x00", True),
        (b"a.raf", b"FUJIFILMCCD-RAW 0201", True),
        (b"a.dng", b"\xff\xd8\xff\xe0", False),
    ],
)
def test_raw_files_are_told(path: bytes, head: bytes, raw: bool) -> None:
    assert is_raw(path, head) is raw


def _answer(path: Path) -> object:
    return answer(PhotoRequest(bytes(path), 64, 64), INLINE_MEMORY_BYTES)


@pytest.fixture
def raw_file(tmp_path: Path) -> Path:
    path = tmp_path / "a.nef"
    path.write_bytes(b"MM\x00*\x00\x00\x00\x08" + bytes(2000))
    return path


def test_without_rawpy_a_raw_file_is_named(raw_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    reply = _answer(raw_file)
    assert isinstance(reply, Refused)
    assert (reply.reason, "rawpy" in reply.detail) == ("unsupported", True)


def test_the_preview_is_turned_as_the_file_says(
    raw_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Raw:
        sizes = SimpleNamespace(flip=6)

        def __enter__(self) -> Raw:
            return self

        def __exit__(self, *exc_info: object) -> None:
            pass

        def extract_thumb(self) -> object:
            return SimpleNamespace(format="jpeg", data=jpeg_bytes("red", (64, 48)))

    formats = SimpleNamespace(JPEG="jpeg", BITMAP="bitmap")
    stand_in = SimpleNamespace(imread=lambda file: Raw(), LibRawError=OSError, ThumbFormat=formats)
    monkeypatch.setitem(sys.modules, "rawpy", stand_in)
    reply = _answer(raw_file)
    assert isinstance(reply, DecodedPhoto)
    assert (reply.format, reply.width_px, reply.height_px) == ("RAW", 48, 64)


def test_a_damaged_raw_file_is_named(raw_file: Path) -> None:
    pytest.importorskip("rawpy")
    reply = _answer(raw_file)
    assert isinstance(reply, Refused)
    assert reply.reason == "unreadable"
