"""Where the library may lie, moving it, and erasing what Finelens keeps and nothing else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from app.core.errors import LibraryError
from app.core.library import Library, place
from app.core.library.place import (
    check_place,
    dedicated_folder,
    erase,
    library_files,
    move_library,
)


@pytest.fixture
def library_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "library"
    with Library.open(folder, write=True) as library:
        library.add_root(bytes(tmp_path))
    (folder / "backups").mkdir(exist_ok=True)
    (folder / "backups" / "library-2026-01-02.sqlite").write_bytes(b"backup")
    (folder / "index").mkdir()
    for name in ("photos-1-0f.hnsw", "photos-1.json", "regions-1-0f.hnsw", "regions-1.json"):
        (folder / "index" / name).write_bytes(b"graph")
    (folder / "window.lock").touch()
    return folder


def test_a_moved_library_is_whole_and_leaves_nothing(library_dir: Path, tmp_path: Path) -> None:
    before = {path.relative_to(library_dir): path.stat().st_size
              for path in library_files(library_dir)}  # fmt: skip
    target = tmp_path / "elsewhere" / "new"
    move_library(library_dir, target)
    after = {path.relative_to(target): path.stat().st_size for path in library_files(target)}
    assert after == before
    assert Path("backups/library-2026-01-02.sqlite") in after
    assert Path("index/regions-1.json") in after
    assert not library_dir.exists()
    with Library.open(target, write=False) as library:
        assert [root.path for root in library.roots()] == [bytes(tmp_path)]


def test_a_move_that_fails_changes_nothing(
    library_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(library_files(library_dir))
    copy = shutil.copy2

    def failing(source: Path, target: Path) -> None:
        if source.name.startswith("thumbnails"):
            raise OSError(28, "No space left on device")
        copy(source, target)

    monkeypatch.setattr(shutil, "copy2", failing)
    with pytest.raises(LibraryError, match="No space left"):
        move_library(library_dir, tmp_path / "new")
    assert list(library_files(library_dir)) == before
    assert list(library_files(tmp_path / "new")) == []


def test_network_drives_are_refused(
    library_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "network_kind", lambda folder: "nfs4")
    with pytest.raises(LibraryError, match="network drive") as caught:
        check_place(tmp_path / "new", library_dir)
    assert caught.value.params["reason"] == "network"


def test_places_that_cannot_hold_it_are_refused(library_dir: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    Library.open(other, write=True).close()
    with pytest.raises(LibraryError) as caught:
        check_place(other, library_dir)
    assert caught.value.params["reason"] == "taken"
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(LibraryError) as caught:
        check_place(file, library_dir)
    assert caught.value.params["reason"] == "read_only"
    check_place(tmp_path / "new" / "deep", library_dir)
    check_place(library_dir, library_dir)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(library_dir: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(LibraryError) as caught:
        check_place(closed / "new", library_dir)
    assert caught.value.params["reason"] == "read_only"


def test_a_folder_with_other_things_gets_a_folder_inside(tmp_path: Path) -> None:
    assert dedicated_folder(tmp_path / "new") == tmp_path / "new"
    (tmp_path / "mine.txt").touch()
    assert dedicated_folder(tmp_path) == tmp_path / "Finelens library"


def test_erasing_takes_all_of_ours_and_nothing_of_others(library_dir: Path, tmp_path: Path) -> None:
    config, models, cache = tmp_path / "config", tmp_path / "models", tmp_path / "cache"
    for folder in (config, models / "base", cache / "graphs"):
        folder.mkdir(parents=True)
    for name in ("settings.json", "window.ini", "finelens.log", "finelens.log.1"):
        (config / name).touch()
    (models / "base" / "model.json").touch()
    photo, own_backup = library_dir / "holiday.jpg", library_dir / "backups" / "mine.zip"
    photo.touch()
    own_backup.touch()
    assert erase(library_dir, config, models, cache) == []
    assert not config.exists()
    assert not models.exists()
    assert not cache.exists()
    left = {path.relative_to(library_dir).as_posix() for path in library_dir.rglob("*")}
    assert left == {"holiday.jpg", "backups", "backups/mine.zip"}


def test_erasing_tells_what_stayed(
    library_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "unlink", _refuse)
    left = erase(library_dir, tmp_path / "c", tmp_path / "m", tmp_path / "k")
    assert library_dir / "library.sqlite" in left


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError(13, "in use")
