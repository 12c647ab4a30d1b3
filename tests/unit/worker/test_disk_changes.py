"""What counts as gone when disks below a folder come and go."""

from __future__ import annotations

import pytest

from app.worker.disk_changes import _Mounts


@pytest.mark.parametrize(
    ("met", "known", "away"),
    [
        ([], [], True),
        ([b"disk"], [], False),
        ([], [b"disk/a.jpg"], False),  # copied into a folder of that name
        ([], [b"disk2/a.jpg", b"a.jpg"], True),
    ],
)
def test_a_disk_is_away_until_it_or_its_files_are_met(
    met: list[bytes], known: list[bytes], away: bool
) -> None:
    mounts = _Mounts({b"disk": False})
    for path in met:
        mounts.meet(path)
    for path in known:
        mounts.note_known(path)
    assert mounts.is_away(b"disk") == away
    assert mounts.result(nothing_seen=False) == ({b"disk": away} if met or away else {})


def test_the_root_itself_can_be_the_disk() -> None:
    assert _Mounts({b"": False}).is_away(b"")
    mounts = _Mounts({b"": False})
    mounts.note_known(b"a.jpg")
    assert not mounts.is_away(b"")


def test_what_was_known_stays_when_nothing_could_be_seen() -> None:
    assert _Mounts({b"disk": True}).result(nothing_seen=True) == {b"disk": True}
