"""What reaches a terminal: text from files and folders, never as a command."""

from __future__ import annotations

import pytest

from app import cli_output


def test_sentences_about_failures_hold_no_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli_output.fail("There is no model in /\x1b[31mred\u202e.") == 1
    assert capsys.readouterr().err == "There is no model in /\\x1b[31mred\\u202e.\n"


def test_names_of_models_hold_no_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    model = {"name": "\x1b]0;owned\x07", "vectors": 2}
    cli_output.print_status(
        {"library": "here", "photos": 2, "problems": 0, "roots": [], "models": [model]}
    )
    assert "\\x1b]0;owned\\x07: 2 vectors" in capsys.readouterr().out
