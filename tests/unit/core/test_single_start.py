"""The first start holds the lock and hears the others; whoever held it before leaves no trace."""

from __future__ import annotations

import contextlib
import os
import queue
import stat
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from app.core.single_start import WindowClaim, _address, claim, summon

WAIT_S = 20.0


def _first(directory: Path) -> WindowClaim:
    first = claim(directory)
    assert first is not None
    return first


def test_the_second_start_summons_the_first(tmp_path: Path) -> None:
    summoned: queue.Queue[tuple[bytes, ...]] = queue.Queue()
    first = _first(tmp_path / "library")
    first.listen(summoned.put)
    try:
        assert claim(tmp_path / "library") is None
        for folders in ((), (b"/photos/\xff\n",), (b"/a", b"/b" * 2000)):
            assert summon(tmp_path / "library", WAIT_S, folders)
            assert summoned.get(timeout=WAIT_S) == folders
    finally:
        first.close()
        first.close()
    assert not summon(tmp_path / "library", 0.0)


def test_after_the_first_another_is_first(tmp_path: Path) -> None:
    for _ in range(2):
        first = _first(tmp_path / "library")
        first.listen(lambda _folders: None)
        assert summon(tmp_path / "library", WAIT_S)
        first.close()


def test_other_libraries_have_windows_of_their_own(tmp_path: Path) -> None:
    one, other = _first(tmp_path / "one"), _first(tmp_path / "other")
    one.close()
    other.close()


@pytest.mark.skipif(os.name == "nt", reason="pipes have no modes")
@pytest.mark.parametrize("name", ["library", "deep/" * 30 + "library"])
def test_the_socket_is_this_users_alone(tmp_path: Path, name: str) -> None:
    first = _first(tmp_path / name)
    Path(_address(tmp_path / name)).write_bytes(b"of a start that was killed")
    first.listen(lambda _folders: None)
    try:
        socket = Path(_address(tmp_path / name))
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert summon(tmp_path / name, WAIT_S)
    finally:
        first.close()


@pytest.mark.skipif(os.name == "nt", reason="needs a socket")
def test_nonsense_is_not_a_summons(tmp_path: Path) -> None:
    summoned: list[tuple[bytes, ...]] = []
    first = _first(tmp_path / "library")
    first.listen(summoned.append)
    try:
        for nonsense in (b"", b"shout", b"x" * 1000, b"x" * (1 << 21)):
            with (
                Client(_address(tmp_path / "library")) as connection,
                contextlib.suppress(BrokenPipeError),  # the first one hangs up on too long a word
            ):
                connection.send_bytes(nonsense)
        assert summon(tmp_path / "library", WAIT_S)
    finally:
        first.close()
    assert summoned == [()]
