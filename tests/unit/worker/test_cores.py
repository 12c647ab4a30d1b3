"""Keeping a process to some cores, tried in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

CODE = """
import os, threading
from app.worker.cores import use_cores
go, ask = threading.Event(), threading.Event()
seen = []
def work():
    go.wait()
    seen.append(len(os.sched_getaffinity(0)))
thread = threading.Thread(target=work)
thread.start()
one = use_cores(1)
go.set()
thread.join()
print(one, seen[0], use_cores(None), use_cores(10_000))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="tells threads apart as Linux does")
def test_all_threads_keep_to_the_cores() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    n_all = os.cpu_count()
    assert done.stdout.split() == ["1", "1", str(n_all), str(n_all)]
