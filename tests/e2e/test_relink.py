"""A moved folder and a backup to restore, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import cli
from app.core.changes import SetMarks
from app.core.library import Library
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


def test_ratings_come_back_from_a_backup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--library", str(tmp_path / "library")]

    def run(*argv: str | Path) -> tuple[int, str, str]:
        words = [*map(str, argv), *where]
        return (
            cli.main(words, loader=load_fake_encoder, pool=InlinePool()),
            *capsys.readouterr(),
        )

    make_album(tmp_path / "album", 6)
    run("index", tmp_path / "album")
    assert "no good backup" in run("backups")[1]
    with Library.open(tmp_path / "library", write=True) as library:
        photo_id = int(library.photo_ids()[0])
        library.user_data.change(SetMarks((photo_id,), rating=4, favourite=True))
    (backup,) = json.loads(run("backups", "--json")[1])["backups"]
    with Library.open(tmp_path / "library", write=True) as library:
        library.user_data.change(SetMarks((photo_id,), rating=1, favourite=False))
    assert (backup["n_ratings"], backup["name"] in run("backups")[1]) == (0, True)
    assert run("restore", backup["name"])[0] == 0
    with Library.open(tmp_path / "library", write=False) as library:
        assert library.user_data.marks([photo_id]) == {}
    assert json.loads(run("restore", "before-restore.sqlite", "--json")[1])["restored"]
    with Library.open(tmp_path / "library", write=False) as library:
        assert library.user_data.marks([photo_id])[photo_id].rating == 1
    code, _, said = run("restore", "library-1999-01-01.sqlite")
    assert (code, "no good backup" in said) == (1, True)
