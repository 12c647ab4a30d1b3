"""Two starts of the application: the second brings the first window to the front and leaves."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.ui.diagnostics import LOG_NAME

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 90.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals")


def _start(*folders: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app", *map(str, folders)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


@pytest.fixture
def first() -> Iterator[subprocess.Popen[bytes]]:
    process = _start()
    yield process
    engines = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    process.wait(WAIT_S)
    assert psutil.wait_procs(engines, WAIT_S)[1] == []


def test_the_second_start_shows_the_first_window(
    first: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    socket = Path(os.environ["FINELENS_LIBRARY"]) / "window.sock"
    deadline_s = time.monotonic() + WAIT_S
    while not socket.exists():
        assert first.poll() is None, "the first start ended"
        assert time.monotonic() < deadline_s, "the first start listens to nobody"
        psutil.wait_procs([psutil.Process(first.pid)], 0.1)
    assert _start(tmp_path).wait(WAIT_S) == 0
    assert first.poll() is None
    log = Path(os.environ["FINELENS_CONFIG"]) / LOG_NAME
    while "shown because of another start, with 1 folders" not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline_s + WAIT_S, log.read_text(encoding="utf-8")
        psutil.wait_procs([psutil.Process(first.pid)], 0.1)
