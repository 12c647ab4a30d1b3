"""``python -m trainer``: exit codes, and one sentence for everything that goes wrong."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.signals import deliver
from tests.unit.trainer.small_runs import SIZES
from trainer.__main__ import main

SMALL = [part for setting in SIZES for part in ("--set", setting)]


def _sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on stderr, which must be one line, with nothing on stdout."""
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("trainer: ")
    assert said.err.count("\n") == 1
    return said.err


def _exit_code(arguments: list[str]) -> object:
    try:
        return main(arguments)
    except SystemExit as ended:
        return ended.code


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--recipe", "huge", "--out", "x"], "no recipe 'huge'"),
        (["--recipe", "tiny", "--out", "x", "--set", "steps=many"], "write one like 4000"),
        (["--recipe", "tiny", "--out", "x", "--set", "seed=-1"], "seed is -1"),
        (["--recipe", "tiny", "--out", "x", "--set", "heads=0"], "heads is 0"),
        (["--recipe", "tiny", "--out", "x", "--set", "sources={[]: 1}"], "write one like"),
        (["--recipe", "tiny", "--out", "x", "--set", "sources={1: 1.0}"], "sources is {1: 1.0}"),
        (["--recipe", "tiny", "--out", "x", "--set", "name=mine"], "--set name=mine"),
        (
            ["--recipe", "tiny", "--out", "x", "--set", "objectives={'short': 0.0}"],
            "one at least above 0",
        ),
        (["evaluate", "--task", "coco", "--model", "x"], "--data is missing"),
    ],
)
def test_wrong_arguments_end_with_2_and_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], named: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert named in _sentence(capsys)


def test_an_interrupted_run_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trainer.loop.train", interrupted)
    assert main(["--recipe", "tiny", "--out", "x"]) == 1
    assert "interrupted; a run goes on" in _sentence(capsys)


@pytest.mark.parametrize("second", [False, True])
def test_sigterm_ends_the_process_once_the_run_has_ended(
    second: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever sent it sees a process that a signal has ended; a second one ends it at once."""
    seen: list[str] = []

    def terminated(*given: object) -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            if second:
                signal.raise_signal(signal.SIGTERM)
            seen.append("run has ended")

    monkeypatch.setattr(signal, "raise_signal", deliver)
    monkeypatch.setattr("trainer.loop.train", terminated)
    before = signal.signal(signal.SIGTERM, lambda *given: seen.append("signal"))
    try:
        assert main(["--recipe", "tiny", "--out", "x"]) == 1
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen == [*(["signal"] if second else []), "run has ended", "signal"]
    assert "interrupted; a run goes on" in _sentence(capsys)


FIRST, SECOND = ({"WORLD_SIZE": "2", "RANK": rank} for rank in "01")


@pytest.mark.parametrize(
    ("environment", "speaks"), [(FIRST, True), (SECOND, False), ({"RANK": "1"}, True)]
)
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--recipe", "tiny", "--out", "x", "--set", "steps=0"], 2),
        (["--recipe", "tiny"], 2),
        (["evaluate", "--task", "coco", "--model", "x"], 2),
        (["--recipe", "tiny", "--out", "x"], 1),
    ],
)
def test_the_first_process_alone_says_what_all_find(
    arguments: list[str],
    status: int,
    environment: dict[str, str],
    speaks: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Wrong arguments and Ctrl-C, which every process of torchrun's gets; and exit as before."""

    def interrupted(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trainer.loop.train", interrupted)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert _exit_code(arguments) == status
    assert bool(capsys.readouterr().err) is speaks


@pytest.mark.parametrize(("rank", "said"), [("0", "run/step\n"), ("1", "")])
def test_the_first_process_alone_says_where_the_run_ended(
    rank: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setattr("trainer.loop.train", lambda *given: Path("run/step"))
    assert main(["--recipe", "tiny", "--out", "x"]) == 0
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--recipe", "tiny"],
        ["--recipe", "tiny", "--out", "x", "--stop-after", "0"],
        ["--recipe", "tiny", "--out", "x", "--stop-after", "many"],
        ["evaluate", "--task", "nothing", "--model", "x", "--data", "x"],
        ["evaluate", "--task", "coco", "--model", "x", "--data", "x", "--patches", "-5"],
        ["export", "--out", "x"],
    ],
)
def test_arguments_that_argparse_refuses_end_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "error: " in said
    assert "_count" not in said


def test_a_job_that_cannot_run_ends_with_1_and_one_sentence(
    small_model: Path, photo_sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    photos = ["--set", f"photos={photo_sets}", "--set", "vocab_size=700"]
    tiny = ["--recipe", "tiny-regions", *SMALL, *photos]
    evaluate = ["evaluate", "--task", "coco-boxes", "--data"]
    jobs = [
        ([*tiny, "--out", str(file)], f"{file} cannot hold a run"),
        ([*tiny, "--out", str(file / "run")], "choose another --out"),
        (
            [*tiny, "--out", str(tmp_path / "a"), "--set", "weights=gone"],
            "weights is 'gone', which",
        ),
        ([*tiny, "--out", str(tmp_path / "d"), "--set", f"start_from={file}"], "start_from is "),
        ([*tiny, "--out", str(tmp_path / "e"), "--set", "sources={'photos:': 1.0}"], "'photos:'"),
        ([*tiny, "--out", str(tmp_path / "b"), "--set", f"photos={file}"], "name a folder"),
        ([*tiny, "--out", str(tmp_path / "c"), "--set", "sources={'tape:x': 1.0}"], "tape:x"),
        ([*evaluate, str(tmp_path / "gone"), "--model", str(small_model)], "evaluation.md"),
        ([*evaluate, str(tmp_path / "of\ntwo"), "--model", str(small_model)], "of\\ntwo"),
        (["evaluate", "--task", "scenes", "--model", str(tmp_path)], "config.json"),
        (["export", "--checkpoint", str(tmp_path), "--out", str(tmp_path / "m")], "check the path"),
    ]
    for arguments, named in jobs:
        assert main(arguments) == 1, arguments
        assert named in _sentence(capsys)


def test_weights_of_another_kind_are_refused(
    small_model: Path, photo_sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sizes that do not fit, no configuration, and a configuration that is no object."""
    arguments = ["--recipe", "tiny-regions", *SMALL, "--set", f"photos={photo_sets}"]
    (tmp_path / "odd").mkdir()
    for name in ("tokenizer.model", "config.json"):
        (tmp_path / "odd" / name).write_bytes((small_model / name).read_bytes())
    (tmp_path / "odd" / "config.json").write_text(json.dumps(["fgclip2"]))
    for place, (folder, more) in enumerate(
        ((small_model, ["--set", "hidden_size=64"]), (tmp_path / "odd", []))
    ):
        own = ["--out", str(tmp_path / str(place)), "--set", f"weights={folder}", *more]
        assert main([*arguments, *own]) == 1
        assert str(folder) in _sentence(capsys)
