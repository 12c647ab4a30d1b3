"""What every test gets: offscreen Qt, its own home folder, a check that nothing is left behind."""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("FINELENS_SHARED", ROOT.parent / "shared"))

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Tests run on a process a core, and their models are small: more threads would wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("finelens", deadline=None)  # a busy machine is no failure
settings.load_profile("finelens")


# ---------------------------------------------------------------- a world of its own


@pytest.fixture(scope="session")
def test_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder for the whole run, so that font and shader caches are made once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_environment(
    monkeypatch: pytest.MonkeyPatch, test_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Point every folder that Finelens may write to into temporary ones."""
    for name in [name for name in os.environ if name.startswith("FINELENS_")]:
        monkeypatch.delenv(name)
    own = tmp_path_factory.mktemp("world")
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(test_home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(own / name.lower()))
    monkeypatch.setenv("FINELENS_LIBRARY", str(own / "library"))
    monkeypatch.setenv("FINELENS_CONFIG", str(own / "config"))


# ---------------------------------------------------------------- shared material


def _shared(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"the shared material is not at hand: ../shared/{name}")
    return folder


@pytest.fixture(scope="session")
def shared_photos() -> Path:
    """../shared/photos: zips of real photos with captions; skips where it is absent."""
    return _shared("photos")


@pytest.fixture(scope="session")
def shared_corpus() -> Path:
    """../shared/corpus: photo files of many cameras and formats; skips where it is absent."""
    return _shared("corpus")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """../shared/reference: a tiny FG-CLIP 2 with expected vectors; skips where it is absent."""
    return _shared("reference")


# ---------------------------------------------------------------- nothing is left behind

LEFTOVER_WAIT_S = 20.0  # a busy machine ends processes slowly; only a failing test waits so long
_PAUSE = threading.Event()  # never set: its wait is the pause between two looks


@dataclass
class _Leftovers:
    """What a test could leave running, as it stood before the test."""

    threads: set[int]
    children: set[int]
    windows: set[int]

    @classmethod
    def now(cls) -> _Leftovers:
        return cls(
            {id(thread) for thread in _threads()},
            {process.pid for process in _children()},
            set(_windows()),
        )

    def new(self) -> list[str]:
        """Describe what is here now and was not then."""
        found = [f"thread {t.name}" for t in _threads() if id(t) not in self.threads]
        found += [
            f"process {p.pid}: {_command_line(p)}"
            for p in _children()
            if p.pid not in self.children
        ]
        found += [f"window {what}" for at, what in _windows().items() if at not in self.windows]
        return found


@pytest.fixture(autouse=True)
def _nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a thread, a child process, a running timer or a window."""
    timers = _record_timers(monkeypatch)
    before = _Leftovers.now()
    yield
    deadline = time.monotonic() + LEFTOVER_WAIT_S
    while found := [*before.new(), *_running(timers)]:
        if time.monotonic() > deadline:
            _stop_children(before)
            pytest.fail("left behind by this test:\n  " + "\n  ".join(found))
        _deliver_deletions()
        _wait_briefly(before)


def _threads() -> list[threading.Thread]:
    """Python's threads; those that Qt or a library started (dummy threads) are not ours to end."""
    return [
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and thread.name != "tmonitor"
    ]


def _children() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            zombie = process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            continue
        if not zombie and "resource_tracker" not in _command_line(process):
            found.append(process)
    return found


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:200]
    except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
        return "(gone)"


def _windows() -> dict[int, str]:
    """Top-level widgets by the address of the C++ object; Python wrappers come and go."""
    import shiboken6
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return {}
    widgets = QApplication.topLevelWidgets()
    return {shiboken6.getCppPointer(widget)[0]: repr(widget) for widget in widgets}


def _deliver_deletions() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _record_timers(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Remember every QTimer that Python starts, without keeping it alive."""
    from PySide6.QtCore import QTimer

    started: list[Callable[[], object]] = []
    start = QTimer.start

    def recording_start(timer: QTimer, *args: object) -> None:
        started.append(weakref.ref(timer))
        start(timer, *args)

    monkeypatch.setattr(QTimer, "start", recording_start)
    return started


def _running(timers: list[Callable[[], object]]) -> list[str]:
    import shiboken6

    alive = [timer for reference in timers if (timer := reference()) is not None]
    return [
        f"running timer {timer!r}"
        for timer in alive
        if shiboken6.isValid(timer) and timer.isActive()
    ]


def _wait_briefly(before: _Leftovers) -> None:
    """Give what is ending the moment it needs."""
    new = [thread for thread in _threads() if id(thread) not in before.threads]
    if new:
        new[0].join(timeout=0.1)
    else:
        psutil.wait_procs([p for p in _children() if p.pid not in before.children], timeout=0.05)
    if any(window not in before.windows for window in _windows()):
        gc.collect()  # a cycle of Python objects may hold a window that nobody uses any more
    _PAUSE.wait(0.02)


def _stop_children(before: _Leftovers) -> None:
    for process in _children():
        if process.pid not in before.children:
            process.kill()
