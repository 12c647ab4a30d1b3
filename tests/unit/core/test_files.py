from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.core.files import commit_file, replace_file, sync_folder


def test_replacing_leaves_the_new_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_file_for_others_follows_the_rule_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "file"
    before = os.umask(0o027)
    try:
        replace_file(path, b"one", mode=0o666)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("name", ["a" * 255, "长" * 85])
def test_the_longest_names_can_be_replaced(tmp_path: Path, name: str) -> None:
    replace_file(tmp_path / name, b"one")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("step", ["os.fsync", "os.replace"])
def test_a_failed_replacement_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    replace_file(path, b"one")

    def fail(*_arguments: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(step, fail)
        with pytest.raises(OSError, match="Input/output"):
            replace_file(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_content_is_synced_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr("os.fsync", lambda file: (steps.append("fsync"), fsync(file))[1])
    monkeypatch.setattr("os.replace", lambda a, b: (steps.append("replace"), replace(a, b))[1])
    replace_file(tmp_path / "one", b"1")
    (tmp_path / "two.new").write_bytes(b"2")
    commit_file(tmp_path / "two.new", tmp_path / "two")
    expected = ["fsync", "replace"] if os.name == "nt" else ["fsync", "replace", "fsync"]
    assert steps == expected * 2
    assert (tmp_path / "two").read_bytes() == b"2"


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        replace_file(tmp_path / "nowhere" / "file", b"")
    if os.name != "nt":
        with pytest.raises(OSError, match="nowhere"):
            sync_folder(tmp_path / "nowhere")
