"""scripts/set_up.py: what it says and does on machines that lack something."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from scripts import set_up

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up .venv that has everything."""
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    monkeypatch.setattr(set_up, "VENV", folder)
    return folder


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A Debian-like machine with all libraries, where apt-get may not be run."""
    monkeypatch.setattr(set_up.platform, "system", lambda: "Linux")
    monkeypatch.setattr(set_up, "_loads", lambda library: True)
    monkeypatch.setattr(set_up, "_has_cjk_font", lambda: True)
    monkeypatch.setattr(set_up, "_root_prefix", lambda: None)
    monkeypatch.setattr(set_up.shutil, "which", lambda name: f"/usr/bin/{name}")
    return monkeypatch


def _without(library: str):  # type: ignore[no-untyped-def]
    return lambda name: name != library


def test_second_start_installs_nothing(venv: Path, linux: pytest.MonkeyPatch) -> None:
    set_up._write_stamps({"app": set_up._fingerprint("app")})
    linux.setattr(set_up, "_install", lambda *args: pytest.fail("installed again"))
    assert set_up.main(["app"]) == 0


def test_tests_need_more_than_the_application(venv: Path, linux: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    linux.setattr(set_up, "_install", lambda name, wanted: installed.append(name))
    linux.setattr(set_up, "_missing_build_packages", list)
    assert [set_up.main([name]) for name in ("app", "test", "app", "test")] == [0, 0, 0, 0]
    assert installed == ["app", "test"]


def test_changed_requirements_are_installed(venv: Path, linux: pytest.MonkeyPatch) -> None:
    set_up._write_stamps({"app": "of an older constraints.txt"})
    installed: list[str] = []
    linux.setattr(set_up, "_install", lambda name, wanted: installed.append(name))
    linux.setattr(set_up, "_missing_build_packages", list)
    assert set_up.main(["app"]) == 0
    assert installed == ["app"]


def test_missing_library_names_the_one_command(
    venv: Path, linux: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up._write_stamps({"app": set_up._fingerprint("app")})
    linux.setenv("DISPLAY", ":0")
    linux.setattr(set_up, "_loads", _without("libxcb-cursor.so.0"))
    assert set_up.main(["app"]) == 1
    said = capsys.readouterr().err
    assert "sudo apt-get install -y --no-install-recommends libxcb-cursor0\n" in said


def test_without_a_display_the_window_can_wait(
    venv: Path, linux: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up._write_stamps({"app": set_up._fingerprint("app")})
    linux.delenv("DISPLAY", raising=False)
    linux.delenv("WAYLAND_DISPLAY", raising=False)
    linux.setattr(set_up, "_loads", _without("libEGL.so.1"))
    assert set_up.main(["app"]) == 0
    assert "apt-get install -y --no-install-recommends libegl1" in capsys.readouterr().out


def test_root_installs_what_is_missing(venv: Path, linux: pytest.MonkeyPatch) -> None:
    set_up._write_stamps({"test": set_up._fingerprint("test")})
    ran: list[list[str]] = []
    linux.setattr(set_up, "_root_prefix", list)
    linux.setattr(set_up, "_quiet", lambda command: not ran.append(command))
    linux.setattr(set_up, "_loads", _without("libGL.so.1"))
    assert set_up.main(["test"]) == 0
    expected = (
        "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libgl1"
    )
    assert ran == [expected.split()]


def test_other_distributions_hear_the_library_names(
    venv: Path, linux: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up._write_stamps({"test": set_up._fingerprint("test")})
    linux.setattr(set_up.shutil, "which", lambda name: None)
    linux.setattr(set_up, "_loads", _without("libxkbcommon.so.0"))
    assert set_up.main(["test"]) == 1
    assert "package manager, then try again: libxkbcommon.so.0" in capsys.readouterr().err


def test_old_python_is_named(linux: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    linux.setattr(set_up.sys, "version_info", (3, 9, 2))
    linux.setattr(set_up.shutil, "which", lambda name: None)
    assert set_up.main(["app"]) == 1
    assert "needs Python 3.11 or newer; this is 3.9.2" in capsys.readouterr().err


def test_the_application_needs_neither_torch_nor_transformers() -> None:
    names = {re.split(r"[<>=]", line)[0] for line in set_up._requirements("app")}
    assert not names & {"torch", "transformers"}
    assert names < {re.split(r"[<>=]", line)[0] for line in set_up._requirements("test")}


def test_every_requirement_is_pinned() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower() for line in text.splitlines() if "==" in line}
    for line in set_up._requirements("test"):
        assert re.split(r"[<>=]", line)[0].lower() in pinned
    assert "torch==2.13.0" in text
    assert "PySide6-Essentials==6.11.3" in text
    assert sys.version_info >= set_up.MIN_PYTHON
