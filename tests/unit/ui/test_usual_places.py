"""Dialogs begin where people keep such things."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths

from app.ui.usual_places import Location, usual_dir


def test_the_folder_of_the_system_is_taken_if_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders = {Location.PicturesLocation: str(tmp_path / "Pictures")}
    monkeypatch.setattr(
        QStandardPaths, "writableLocation", lambda location: folders.get(location, "")
    )
    assert usual_dir(Location.PicturesLocation) == str(Path.home())
    (tmp_path / "Pictures").mkdir()
    assert usual_dir(Location.PicturesLocation) == str(tmp_path / "Pictures")
    assert usual_dir(Location.DocumentsLocation) == str(Path.home())
