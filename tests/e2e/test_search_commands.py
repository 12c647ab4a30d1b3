"""``search``, ``export`` and ``concept`` with all their options, by the letter of the design."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import pytest

from app import cli, cli_search
from app.core.asking import Phrase
from app.core.library import Library
from app.worker.searcher import Searcher
from tests.fakes import COLOURS, InlinePool, load_fake_encoder, make_image

SIDE = 160
HIT_KEYS = ["path", "score", "match", "region", "phrases"]
Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs a command with ``--json``: exit code, result, standard error."""

    def run(*argv: str | Path) -> tuple[int, Any, str]:
        capsys.readouterr()
        arguments = [*map(str, argv), "--library", str(tmp_path / "library"), "--json"]
        try:
            code = cli.main(arguments, loader=load_fake_encoder, pool=InlinePool())
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return run


@pytest.fixture
def album(tmp_path: Path, run: Run) -> Path:
    """White pictures with a red thing, with a red and a blue one, and with none; indexed."""
    folder = tmp_path / "album"
    folder.mkdir()
    for number in range(8):
        for name, colours in (("red", ["red"]), ("both", ["red", "blue"]), ("plain", [])):
            picture = make_image("white", (SIDE, SIDE))
            for at, colour in enumerate(colours):
                picture.paste(COLOURS[colour], (10 + 80 * at, 60, 60 + 80 * at, 110))
            path = folder / f"{name}-{number}.png"
            picture.save(path)
            os.utime(path, (1_600_000_000 + 86_400 * number,) * 2)
    code, result, _ = run("index", folder)
    assert (code, result["indexed"]) == (0, 24)
    return folder


def kinds(result: Any, n: int) -> set[str]:
    return {Path(hit["path"]).stem.split("-")[0] for hit in result["results"][:n]}


def test_every_hit_has_regions_in_the_unit_square(run: Run, album: Path) -> None:
    code, result, _ = run("search", "red thing, blue thing", "--limit", "8")
    assert code == 0
    assert list(result) == ["query", "model", "took_ms", "results"]
    assert kinds(result, 8) == {"both"}
    for hit in result["results"]:
        assert list(hit) == HIT_KEYS
        assert [phrase["text"] for phrase in hit["phrases"]] == ["red thing", "blue thing"]
        for box in (hit["region"], *(phrase["region"] for phrase in hit["phrases"])):
            x0, y0, x1, y1 = box
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1


def test_without_leaves_out(run: Run, album: Path) -> None:
    code, result, _ = run("search", "red thing", "--without", "blue thing", "--limit", "30")
    assert code == 0
    assert result["query"] == "red thing"
    assert kinds(result, 8) == {"red"}
    assert "both" not in kinds(result, 30)


@pytest.mark.parametrize(
    "without", ["blue thing, green thing", "green thing and blue thing", "绿色的东西、blue thing"]
)
def test_without_takes_a_list(run: Run, album: Path, without: str) -> None:
    code, result, _ = run("search", "red thing", "--without", without, "--limit", "30")
    assert code == 0
    assert kinds(result, 8) == {"red"}


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("cat, bird", ["cat", "bird"]),
        ("猫，狗", ["猫", "狗"]),
        ("red, green or blue balloons", ["red, green or blue balloons"]),
        ('"cat, bird"', ["cat, bird"]),
        ("a man with a hat", ["man with a hat"]),
        ("people, a man with a hat", ["people", "man with a hat"]),
        ("people, 2023", ["people", "2023"]),
        ("anyone", ["person"]),
    ],
)
def test_what_without_names(text: str, phrases: list[str]) -> None:
    argv = ["search", "x", "--without", text]
    query = cli_search._query(cli._parser().parse_args(argv))
    assert query.phrases == (Phrase("x"), *(Phrase(each, "excluded") for each in phrases))


def test_without_means_the_same_after_an_odd_quote(run: Run, album: Path) -> None:
    code, result, _ = run("search", '5" blue thing', "--without", "red thing", "--limit", "30")
    assert (code, result["query"]) == (0, '5" blue thing')
    phrases = {phrase["text"] for hit in result["results"] for phrase in hit["phrases"]}
    assert phrases == {'5" blue thing'}
    assert "both" not in kinds(result, 30)


def test_a_word_to_leave_out_may_be_all_that_is_asked(run: Run, album: Path) -> None:
    code, result, _ = run("search", "-blue", "--limit", "30")
    assert (code, result["query"]) == (0, "-blue")
    assert "both" not in kinds(result, 30)
    assert kinds(result, 30) >= {"red", "plain"}


def test_a_filter_in_the_words_that_is_none_is_told(run: Run, album: Path) -> None:
    code, result, err = run("search", "red thing date:2023-13", "--limit", "3")
    assert (code, len(result["results"])) == (0, 3)
    assert "'date:2023-13'" in err
    assert "not narrowed" in err


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["name:both"], {"both"}),
        (["name=both", "date>=2020-09-17"], {"both"}),
        (["type:jpg"], set()),
        (["before:1990"], set()),
        (["orientation:square"], {"red", "both", "plain"}),
        (["orientation:square", "orientation:portrait"], {"red", "both", "plain"}),
        (["date:2020", "date:1965"], {"red", "both", "plain"}),
    ],
)
def test_filters_narrow(run: Run, album: Path, filters: list[str], expected: set[str]) -> None:
    argv = [part for each in filters for part in ("--filter", each)]
    code, result, _ = run("search", "red thing", "--limit", "99", *argv)
    assert code == 0
    assert kinds(result, 99) == expected
    _, everything, _ = run("search", "red thing", "--limit", "99")
    paths = {hit["path"] for hit in result["results"]}
    assert result["results"] == [hit for hit in everything["results"] if hit["path"] in paths]


@pytest.mark.parametrize(
    ("query", "given", "named"),
    [
        ("red thing 2020", ["date:1965"], "'2020'"),
        ("red thing, christmas", ["2020-09"], "'christmas'"),
        ("red thing, png photos", ["type:jpeg"], "'png'"),
    ],
)
def test_words_that_leave_no_photo_of_the_filters_are_named(
    run: Run, album: Path, query: str, given: list[str], named: str
) -> None:
    argv = [part for each in given for part in ("--filter", each)]
    code, result, err = run("search", query, *argv)
    assert (code, result["results"]) == (0, [])
    assert named in err
    assert "--filter" in err


@pytest.mark.parametrize("typed", ["folder:my trips", "folder:My trips red thing", "folder:MY"])
def test_a_folder_with_a_space_in_its_name_is_told(
    run: Run, album: Path, tmp_path: Path, typed: str
) -> None:
    (tmp_path / "My trips").mkdir()
    make_image("red").save(tmp_path / "My trips" / "a.png")
    run("index", tmp_path / "My trips")
    code, _, err = run("search", typed)
    has_space = " " in typed
    assert (code, 'write folder:"' in err) == (0, has_space)
    name = " ".join(typed.removeprefix("folder:").split()[:2])
    _, quoted, silent = run("search", f'folder:"{name}"')
    assert ([Path(hit["path"]).name for hit in quoted["results"]], silent) == (["a.png"], "")
    assert not has_space or f'folder:"{name}"' in err


def test_filters_alone_list_photos(run: Run, album: Path) -> None:
    code, result, _ = run("search", "", "--filter", "name:plain", "--limit", "3")
    assert code == 0
    names = [Path(hit["path"]).name for hit in result["results"]]
    assert names == ["plain-7.png", "plain-6.png", "plain-5.png"]


def test_with_a_picture_the_words_may_be_left_out(run: Run, album: Path, tmp_path: Path) -> None:
    picture = ["--image", album / "both-0.png", "--box", "10,60,60,110"]
    code, result, _ = run("search", *picture, "--limit", "8")
    assert (code, result["query"]) == (0, "")
    assert kinds(result, 8) <= {"red", "both"}
    for words in (["blue thing", *picture], [*picture, "blue thing"]):
        assert kinds(run("search", *words)[1], 8) == {"both"}
    code, written, _ = run("export", *picture, "--out", tmp_path / "x.csv", "--limit", "3")
    assert (code, written["photos"]) == (0, 3)


def test_several_pictures_and_boxes(run: Run, album: Path) -> None:
    scene = album / "both-0.png"
    code, red, _ = run("search", "", "--image", scene, "--box", "10,60,60,110", "--limit", "8")
    assert code == 0
    assert kinds(red, 8) <= {"red", "both"}
    code, both, _ = run(
        "search", "", "--image", scene, "--box", "10,60,60,110", "--box", "90,60,140,110",
        "--limit", "8",
    )  # fmt: skip
    assert code == 0
    assert kinds(both, 8) == {"both"}
    red_scene = album / "red-1.png"
    code, again, _ = run(
        "search", "blue thing", "--image", red_scene, "--box", "10,60,60,110", "--limit", "8"
    )
    assert code == 0
    assert kinds(again, 8) == {"both"}


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["search", "red", "--filter", "flavour:sweet"], ["'flavour:sweet'", "camera:nikon"]),
        (["search", "red", "--filter", "rating:many"], ["'rating:many'", "0 to 5 stars"]),
        (["search", "red", "--filter", "date:2023-02-30"], ["'date:2023-02-30'", "2023-05-31"]),
        (["search", "red", "--filter", "before:1965", "--filter", "since:2020"],
         ["'since:2020'", "no day"]),
        (["search", "red", "--without", " "], ["--without ' '", "some words"]),
        (["search", "red", "--without", '"'], ["--without '\"'", "some words"]),
        (["search", "red", "--without", "blue " * 600], ["2,999", "2,000", "shorten"]),
        (["search", ""], ["Type some words"]),
        (["search", "没有"], ["'没有'", "Type some words"]),
        (["search", "red " * 600], ["2,399", "2,000", "shorten"]),
        (["search", "", "--box", "1,2,3,4"], ["1,2,3,4", "--image"]),
        (["search", "", "--image", "both-0.png", "--box", "1,2,999,4"],
         ["1,2,999,4", "160 x 160", "x up to 160"]),
        (["search", "", "--image", "both-0.png", "--box", "0,0,160.0000001,160"],
         ["box 0,0,160.0000001,160 reaches"]),
        (["search", "", "--image", "both-0.png", "--box", "0.1,0.1,0.5,0.5"],
         ["'0.1,0.1,0.5,0.5'", "smaller than a pixel", "10,20,300,200"]),
        (["search", "red", "--limit", "0" * 9], ["'000000000'", "whole number above 0"]),
        (["search"], ["Type some words"]),
        (["export", "--out", "results.csv"], ["Type some words"]),
        (["export", "red"], ["--out"]),
        (["export", "red", "--out", "results.doc"], ["'results.doc'", ".csv", "--form"]),
        (["concept"], ["ACTION"]),
        (["concept", "add", "thing"], ["'thing'", "--image"]),
        (["concept", "add", "many", *["--image", "both-0.png"] * 6], ["one to 5", "6"]),
        (["concept", "search", "unheard of"], ["'unheard of'"]),
    ],
)  # fmt: skip
def test_wrong_arguments_name_the_value_and_the_next_step(
    run: Run, album: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], said: list[str]
) -> None:
    monkeypatch.chdir(album)
    code, result, err = run(*argv)
    assert (code, result) == (2, None)
    told = err.strip().splitlines()[-1]
    assert all(words in told for words in said), told


@pytest.mark.parametrize("form", ["csv", "json", "png", "pdf"])
def test_export_writes_a_file(run: Run, album: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"found.{form}"
    code, result, _ = run("export", "red thing", "--out", out, "--limit", "5")
    assert (code, result) == (0, {"path": str(out), "photos": 5})
    assert out.stat().st_size > 100
    if form == "json":
        written = json.loads(out.read_text(encoding="utf-8"))
        assert [list(hit) for hit in written["results"]] == [HIT_KEYS] * 5
    assert os.listdir(tmp_path / "library").count(out.name) == 0


def test_more_than_there_can_be_is_all(run: Run, album: Path) -> None:
    code, result, _ = run("search", "red thing", "--limit", "9" * 5000)
    assert (code, len(result["results"])) == (0, 24)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("place", ["link/red-0.png", "picture.png"])
def test_an_export_spares_photos_that_links_lead_to(
    run: Run, album: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "link").symlink_to(album)
    (tmp_path / "picture.png").symlink_to(album / "red-0.png")
    before = (album / "red-0.png").read_bytes()
    code, result, err = run("export", "red thing", "--out", tmp_path / place)
    assert (code, result) == (1, None)
    assert f"{place} is a photo of the library" in err
    assert (album / "red-0.png").read_bytes() == before


def test_an_export_spares_the_library(run: Run, album: Path, tmp_path: Path) -> None:
    file = tmp_path / "library" / "library.sqlite"
    code, _, err = run("export", "red thing", "--form", "csv", "--out", file)
    assert (code, "is a part of the library" in err) == (1, True)
    assert run("status")[1]["photos"] == 24


@pytest.mark.skipif(os.name == "nt", reason="has no such files")
def test_an_export_replaces_files_that_may_be_replaced(
    run: Run, album: Path, tmp_path: Path
) -> None:
    kept, pipe, table = (tmp_path / name for name in ("kept.csv", "pipe.csv", "table.csv"))
    kept.write_text("mine")
    kept.chmod(0o444)
    os.mkfifo(pipe)
    table.write_text("older")
    (tmp_path / "link.csv").symlink_to(table)
    for path, why in ((kept, "protected"), (pipe, "no file"), (album, "is a folder")):
        code, _, err = run("export", "red thing", "--form", "csv", "--out", path)
        assert (code, f"{path} is" in err, why in err) == (1, True, True), err
    assert kept.read_text() == "mine"
    assert pipe.is_fifo()
    assert run("export", "red thing", "--out", tmp_path / "link.csv")[0] == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert table.read_bytes().startswith(b"\xef\xbb\xbfpath,")


@pytest.mark.parametrize(
    "argv",
    [["concept", "add", "x", "--image", "red-0.png"], ["relink", "a", "b"], ["restore", "x"]],
)
def test_a_mistyped_library_is_not_made(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(album)
    capsys.readouterr()
    nowhere = tmp_path / "libary"
    arguments = [*argv, "--library", str(nowhere)]
    assert cli.main(arguments, loader=load_fake_encoder, pool=InlinePool()) == 1
    assert capsys.readouterr().err == f"There is no library in {nowhere}.\n"
    assert not nowhere.exists()


def test_ctrl_c_ends_a_search_with_a_sentence(
    run: Run, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Searcher, "encode", interrupted)
    assert run("search", "red") == (1, None, "Stopped before the end.\n")


def test_a_concept_is_given_more_examples_whatever_the_capitals(run: Run, album: Path) -> None:
    for name, n_accepted in (("Crimson", 1), (" crimson ", 2), ("ＣＲＩＭＳＯＮ", 3)):
        code, result, _ = run("concept", "add", name, "--image", album / "red-0.png")
        expected = {"name": "Crimson", "accepted": n_accepted, "rejected": 0}
        assert (code, result) == (0, {"concepts": [expected]})


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [("models", "list"), ("--help",), ("search", "--help")])
def test_output_that_cannot_be_written_is_told(unbuffered: str, arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        done = _run_alone(unbuffered, full, *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("The output cannot be written: No space left")
    assert "elsewhere" in done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_that_nobody_reads_ends_quietly(unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = _run_alone(unbuffered, pipe, "models", "list")
    assert (done.returncode, done.stderr) == (1, "")


def _run_alone(unbuffered: str, out: TextIO, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        timeout=100,
        check=False,
    )


def test_concepts_are_added_listed_and_searched(run: Run, album: Path, tmp_path: Path) -> None:
    code, result, _ = run(
        "concept", "add", "crimson", "--image", album / "red-0.png", "--box", "10,60,60,110"
    )
    assert (code, result) == (
        0, {"concepts": [{"name": "crimson", "accepted": 1, "rejected": 0}]}
    )  # fmt: skip
    run("concept", "add", "crimson", "--image", album / "red-1.png", "--box", "10,60,60,110")
    _, result, _ = run("concept", "list")
    assert result == {"concepts": [{"name": "crimson", "accepted": 2, "rejected": 0}]}
    code, found, _ = run("concept", "search", "crimson", "--limit", "16")
    assert code == 0
    assert list(found) == ["query", "model", "took_ms", "results"]
    assert kinds(found, 16) == {"red", "both"}
    with Library.open(tmp_path / "library", write=False) as library:
        example = library.concepts.examples(library.concepts.named("crimson").id)[0]
    assert example.picture.startswith(b"\xff\xd8")
