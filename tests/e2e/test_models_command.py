"""``python -m app models``: list, add, download, use, remove, as somebody types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.core.settings import Settings
from tests.fakes import FakeEncoder, InlinePool, make_album
from tests.small_hub import SmallHub
from tests.small_models import write_small_model

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one action; returns exit code, JSON (if asked for) and what stderr says."""
    monkeypatch.setenv("FINELENS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FINELENS_CONFIG", str(tmp_path / "config"))

    def run(*argv: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = cli.main(["models", *argv])
        out, err = capsys.readouterr()
        return code, json.loads(out) if "--json" in argv and code == 0 else out, err

    return run


def _states(run: Run) -> dict[str, tuple[str, bool]]:
    code, listed, _ = run("list", "--json")
    assert code == 0
    return {row["name"]: (row["state"], row["in_use"]) for row in listed["models"]}


def test_a_model_from_added_to_removed(run: Run, tmp_path: Path) -> None:
    given = write_small_model(tmp_path / "given")
    assert _states(run) == {
        "finelens-tiny": ("bundled", True),
        "base": ("published", False),
        "large": ("published", False),
        "so400m": ("published", False),
    }
    code, added, _ = run("add", str(given), "--name", "mine", "--json")
    assert code == 0
    assert added["model"]["files"][0]["sha256"]
    assert _states(run)["mine"] == ("copied", False)
    assert run("use", "mine")[0] == 0
    assert _states(run)["mine"] == ("copied", True)
    settings = json.loads((tmp_path / "config" / "settings.json").read_text())
    assert settings["model_dir"] == str(tmp_path / "models" / "mine")
    assert "finelens-tiny" in settings["former_model_dir"]
    code, _, err = run("remove", "mine")
    assert (code, "is in use" in err) == (1, True)
    assert run("use", "finelens-tiny")[0] == 0
    assert run("remove", "mine")[0] == 0
    assert "mine" not in _states(run)


def test_nothing_is_asked_of_the_network_without_consent(run: Run, tmp_path: Path) -> None:
    with SmallHub(write_small_model(tmp_path / "published")) as hub:
        code, _, err = run("download", "base", "--endpoint", hub.endpoint)
        assert code == 1
        assert "consent" in err
        assert "1.54 GB" in err
        assert hub.behaviour.agents == []
        code, _, err = run("download", "base", "--endpoint", hub.endpoint, "--yes")
        assert code == 0
        assert "sha256" in err
    assert _states(run)["base"] == ("downloaded", False)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("use", "nothing"), "no model nothing"),
        (("remove", "finelens-tiny"), "cannot be removed"),
        (("add", "resources"), "lacks config.json"),
        (("download", "base", "--endpoint", "http://127.0.0.1:9", "--yes"), "does not deliver"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run: Run, argv: tuple[str, ...], said: str) -> None:
    code, out, err = run(*argv)
    assert code == 1
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_wrong_arguments_are_told_apart(run: Run) -> None:
    for argv in ([], ["download", "huge"], ["use"]):
        with pytest.raises(SystemExit) as stop:
            run(*argv)
        assert stop.value.code == 2


def test_until_a_new_model_is_ready_searches_use_the_former_one(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(model_dir: Path, _settings: Settings) -> FakeEncoder:
        encoder = FakeEncoder()
        encoder.name, encoder.fingerprint = model_dir.name, f"print of {model_dir.name}"
        return encoder

    def ask(*argv: str) -> Any:
        library = ["--library", str(tmp_path / "library"), "--json"]
        assert cli.main([*argv, *library], loader=load, pool=InlinePool()) == 0
        return json.loads(capsys.readouterr().out)

    make_album(tmp_path / "album", 6)
    ask("index", str(tmp_path / "album"))
    assert run("add", str(write_small_model(tmp_path / "given")), "--name", "mine")[0] == 0
    assert run("use", "mine")[0] == 0
    capsys.readouterr()
    assert ask("search", "red")["model"] == "finelens-tiny"
    ask("index", str(tmp_path / "album"))
    assert ask("search", "red")["model"] == "mine"
