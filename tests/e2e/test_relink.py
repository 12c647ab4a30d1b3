"""A folder of the library that lies elsewhere now, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import cli
from tests.fakes import InlinePool, load_fake_encoder, make_album


def test_relink_moves_a_folder_in_one_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*argv: str | Path) -> tuple[int, str, str]:
        where = ["--library", str(tmp_path / "library"), "--json"]
        words = [*map(str, argv), *where]
        return (
            cli.main(words, loader=load_fake_encoder, pool=InlinePool()),
            *capsys.readouterr(),
        )

    old, new = tmp_path / "album", tmp_path / "elsewhere"
    make_album(old, 30)
    assert run("index", old)[0] == 0
    old.rename(new)
    assert json.loads(run("relink", old, new)[1]) == {"path": str(new), "photos": 30}
    again = json.loads(run("index", new)[1])
    assert [again[key] for key in ("indexed", "unchanged", "moved", "removed")] == [0, 30, 0, 0]
    code, _, said = run("relink", old, tmp_path)
    assert code == 1
    assert "has no folder" in said
