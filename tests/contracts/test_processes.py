"""What each process loads, tried in a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# openvino_telemetry tells a server about every import of openvino: nothing may leave this machine.
HEAVY = {"torch", "transformers", "huggingface_hub", "openvino_telemetry"}
MODEL = {*HEAVY, "openvino", "fgclip2", "sentencepiece"}

FORBIDDEN = {
    "app.main": MODEL | {"app.worker", "PIL"},
    "app.engine.link": MODEL | {"PySide6.QtWidgets", "PySide6.QtGui", "PIL"},
    "app.worker.main": HEAVY | {"PySide6", "app.ui", "app.engine"},
    "app.worker.decoder": MODEL | {"PySide6", "hnswlib", "sqlite_utils", "app.ui", "app.engine"},
    "app.cli": HEAVY | {"PySide6", "app.ui", "app.engine"},
    "fgclip2": {*HEAVY, "PySide6", "app", "trainer"},
    "fgclip2.openvino_engine": {*HEAVY, "PySide6", "app", "trainer"},
}


def _loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("module", sorted(FORBIDDEN))
def test_module_loads_nothing_it_must_not(module: str) -> None:
    loaded = _loaded_by(f"import {module}")
    assert module in loaded
    assert not loaded & FORBIDDEN[module]


def test_entry_point_loads_no_third_party_module() -> None:
    before = _loaded_by("pass")
    loaded = _loaded_by("import app.__main__") - before
    tops = {name.split(".")[0] for name in loaded}
    assert tops <= {"app", *sys.stdlib_module_names}


@pytest.mark.parametrize("package", ["app", "fgclip2", "trainer"])
def test_importing_has_no_effects(package: str) -> None:
    """Every module loads without a thread, a log handler, a file or a line of output."""
    code = f"""
import importlib, logging, os, pkgutil, threading, warnings
import {package}
def fail(name):
    raise ImportError(name)
before = set(os.listdir("."))
for info in pkgutil.walk_packages({package}.__path__, "{package}.", onerror=fail):
    if not info.name.endswith("__main__"):
        importlib.import_module(info.name)
assert threading.active_count() == 1, threading.enumerate()
assert not logging.getLogger().handlers, logging.getLogger().handlers
assert set(os.listdir(".")) - before <= {{"__pycache__"}}
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_ctrl_c_while_the_command_line_is_loaded_is_one_sentence() -> None:
    code = """
import sys
from app.__main__ import main

class Interrupted:
    def find_spec(self, name, *_):
        if name == "app.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
sys.exit(main(["status"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Stopped before the end.\n"


@pytest.mark.parametrize(("said", "kept"), [(None, "1"), ("3", "3")])
def test_small_products_stay_on_one_thread(tmp_path: Path, said: str | None, kept: str) -> None:
    """In the process itself and in those that it starts, unless somebody says otherwise."""
    code = f"""
import os, sys
from app.__main__ import main
main(["status", "--library", {str(tmp_path / "library")!r}])
assert "numpy" in sys.modules
print(os.environ["OPENBLAS_NUM_THREADS"])
"""
    environment = {
        name: text for name, text in os.environ.items() if name != "OPENBLAS_NUM_THREADS"
    }
    if said is not None:
        environment["OPENBLAS_NUM_THREADS"] = said
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == [kept], done.stderr


def test_the_window_runs_with_garbage_collection(tmp_path: Path) -> None:
    """It is off only while the window is built."""
    code = f"""
import gc
from app.__main__ import main
from PySide6.QtWidgets import QApplication

QApplication.exec = lambda *_: print("collects", gc.isenabled()) or 0
print("result", main(["--library", {str(tmp_path / "library")!r}]))
"""
    places = {name: str(tmp_path / name) for name in ("FINELENS_CONFIG", "HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["collects True", "result 0"], done.stderr
