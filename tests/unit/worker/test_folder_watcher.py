"""Changes on disk are noticed, those that do not matter are not, and nothing is asked too often."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.worker.folder_watcher import QUIET_S, FolderWatcher
from tests.fakes import save_photo

WAIT_S = 20.0


class Clock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Watched:
    """A watcher of folders, and what it told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._rung = threading.Event()
        self.watcher = FolderWatcher(self._rung.set, clock=self.clock, poll_s=0.02)

    def follow(self, *folders: Path, inner: tuple[bytes, ...] = ()) -> None:
        self.watcher.follow({os.fsencode(folder): inner for folder in folders})

    def wait(self) -> tuple[bytes, ...]:
        """Return what is due once a change was told and things have been quiet."""
        assert self._rung.wait(WAIT_S), "nothing was told"
        self._rung.clear()
        self.clock.now_s += 2 * QUIET_S
        return self.watcher.take_due()

    def settle(self, *folders: Path) -> None:
        """Take what is due because the folders are new."""
        due: set[bytes] = set()
        while due != {os.fsencode(folder) for folder in folders}:
            due |= set(self.wait())

    def is_quiet(self) -> bool:
        """Whether nothing is told for a while."""
        return not self._rung.wait(0.3)


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    made.watcher.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "相片"
    save_photo(folder / "inner" / "a.png")
    return folder


CHANGES: dict[str, Callable[[Path], object]] = {
    "new file": lambda folder: save_photo(folder / "b.png"),
    "deeper": lambda folder: save_photo(folder / "new" / "inner" / "b.png"),
    "changed": lambda folder: save_photo(folder / "inner" / "a.png", "blue"),
    "deleted": lambda folder: (folder / "inner" / "a.png").unlink(),
    "renamed": lambda folder: (folder / "inner").rename(folder / "other"),
    "readable": lambda folder: (folder / "inner" / "a.png").chmod(0o600),
    "ignored": lambda folder: (folder / ".finelensignore").write_text("*.png"),
    "bytes": lambda folder: save_photo(Path(os.fsdecode(bytes(folder) + b"/\xff.png"))),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changes_are_noticed(
    watched: Watched, folder: Path, change: Callable[[Path], object]
) -> None:
    watched.follow(folder)
    watched.settle(folder)
    change(folder)
    assert watched.wait() == (os.fsencode(folder),)
    assert watched.watcher.take_due() == ()


def test_what_does_not_matter_is_passed_over(watched: Watched, folder: Path) -> None:
    (folder / ".hidden").mkdir()
    watched.follow(folder)
    watched.settle(folder)
    (folder / "notes.txt").write_text("no photo")
    save_photo(folder / ".hidden" / "b.png")
    (folder / "inner" / "a.png").read_bytes()
    assert watched.is_quiet()


def test_a_folder_that_goes_and_comes_back(watched: Watched, folder: Path) -> None:
    watched.follow(folder)
    watched.settle(folder)
    away = folder.with_name("away")
    folder.rename(away)
    assert watched.wait() == (os.fsencode(folder),)
    while not watched.is_quiet():
        watched.watcher.take_due()
    away.rename(folder)
    assert watched.wait() == (os.fsencode(folder),)
    while not watched.is_quiet():
        watched.wait()
    save_photo(folder / "c.png")
    assert watched.wait() == (os.fsencode(folder),)


def test_a_disk_inside_a_folder_that_comes_back(watched: Watched, folder: Path) -> None:
    watched.follow(folder, inner=(b"disk",))
    watched.settle(folder)
    disk = folder.parent / "disk"
    disk.mkdir()
    (folder / "disk").symlink_to(disk)
    assert watched.wait() == (os.fsencode(folder),)


def test_a_folder_is_due_when_it_is_quiet_or_has_waited_long(
    watched: Watched, folder: Path
) -> None:
    watched.follow(folder)
    watched.settle(folder)
    save_photo(folder / "b.png")
    assert watched._rung.wait(WAIT_S)
    assert watched.watcher.take_due() == ()
    assert watched.watcher.seconds_to_due() == pytest.approx(QUIET_S)
    watched.clock.now_s += QUIET_S
    assert watched.watcher.take_due() == (os.fsencode(folder),)
    assert watched.watcher.seconds_to_due() is None


def test_a_scan_that_took_long_is_followed_by_a_rest(watched: Watched, folder: Path) -> None:
    watched.follow(folder)
    watched.settle(folder)
    watched.watcher.note_scanned([os.fsencode(folder)], 60.0)
    save_photo(folder / "b.png")
    assert watched.wait() == ()
    watched.clock.now_s += 240.0
    assert watched.watcher.take_due() == (os.fsencode(folder),)


def test_everything_is_looked_at_now_and_then(watched: Watched, folder: Path) -> None:
    watched.follow(folder)
    watched.settle(folder)
    watched.clock.now_s += 3600.0
    assert watched.wait() == (os.fsencode(folder),)


def test_a_folder_that_cannot_be_watched_is_read_now_and_then(
    watched: Watched, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def schedule(*args: object, **options: object) -> None:
        raise OSError("inotify watch limit reached")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", schedule)
    watched.follow(folder)
    watched.settle(folder)
    watched.clock.now_s += 600.0
    assert watched.wait() == (os.fsencode(folder),)


def test_a_folder_that_left_the_library_is_not_followed(watched: Watched, folder: Path) -> None:
    other = folder.with_name("other")
    other.mkdir()
    watched.follow(folder, other)
    watched.settle(folder, other)
    watched.follow(other)
    while not watched.is_quiet():
        watched.watcher.take_due()
    save_photo(folder / "b.png")
    assert watched.is_quiet()
