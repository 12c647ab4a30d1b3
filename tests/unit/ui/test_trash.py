"""Moving files to the system's trash, as far as that is the same everywhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from app.ui.trash import TrashedFile, move_to_trash, put_back


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system keeps the trash itself")
def test_the_trash_is_there_for_someone_without_a_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / ".local" / "share"))
    photo = tmp_path / "红 photo.jpg"
    photo.write_bytes(b"pixels")
    path = os.fsencode(photo)
    trash_path = move_to_trash(path)
    assert trash_path is not None
    assert not photo.exists()
    assert Path(os.fsdecode(trash_path)).read_bytes() == b"pixels"
    assert put_back(TrashedFile(1, path, trash_path))
    assert photo.read_bytes() == b"pixels"
