"""The command line to the letter: results, JSON keys, exit codes, what goes to which stream."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
from PIL import Image

from app import cli, demonstration
from app.core.library import Library
from tests.fakes import COLOURS, InlinePool, load_fake_encoder, make_album, make_image, save_photo

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests" / "data" / "reference"
INDEX_KEYS = ["found", "indexed", "unchanged", "moved", "removed", "problems", "seconds"]


class Result:
    """What one command gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        assert self.out.count("\n") == 1
        return json.loads(self.out)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """A function that runs a command in this process, with the fake encoder."""

    def run(*argv: str | Path, library: Path | None = tmp_path / "library") -> Result:
        where = [] if library is None else ["--library", str(library)]
        capsys.readouterr()
        try:
            code = cli.main(
                [str(part) for part in argv] + where, loader=load_fake_encoder, pool=InlinePool()
            )
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """30 photos of six colours in a folder with a Chinese name."""
    make_album(tmp_path / "我的照片", 30)
    return tmp_path / "我的照片"


# ---------------------------------------------------------------- index


def test_index_json(run: Any, album: Path) -> None:
    (album / "bad.jpg").write_bytes(b"nothing")
    first = run("index", album, "--json").json
    assert list(first) == INDEX_KEYS
    assert first["seconds"] > 0
    problem = {
        "path": str(album / "bad.jpg"),
        "reason": "unsupported",
        "detail": first["problems"][0]["detail"],
    }
    numbers = {"found": 31, "indexed": 30, "unchanged": 0, "moved": 0, "removed": 0}
    assert first == numbers | {"problems": [problem], "seconds": first["seconds"]}
    (album / "red_0000.png").rename(album / "renamed.png")
    (album / "blue_0002.png").unlink()
    second = run("index", album, "--json").json
    numbers = {"found": 30, "indexed": 0, "unchanged": 28, "moved": 1, "removed": 1}
    assert second == numbers | {"problems": [problem], "seconds": second["seconds"]}


def test_index_for_people(run: Any, album: Path) -> None:
    (album / "bad\x1b[31m\u202e.jpg").write_bytes(b"nothing")
    result = run("index", album)
    assert result.code == 0
    assert result.out.startswith("31 files found: 30 indexed, 0 unchanged")
    assert "bad\\x1b[31m\\u202e.jpg: unsupported" in result.out
    assert result.err == ""  # progress is for terminals only


def test_problems_of_other_folders_are_not_in_the_result(
    run: Any, album: Path, tmp_path: Path
) -> None:
    (album / "bad.jpg").write_bytes(b"nothing")
    save_photo(tmp_path / "second" / "a.png")
    run("index", album)
    assert run("index", tmp_path / "second", "--json").json["problems"] == []
    assert len(run("problems", "--json").json["problems"]) == 1


def test_several_folders_and_relative_ones(
    run: Any, album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_photo(tmp_path / "second" / "a.png")
    monkeypatch.chdir(tmp_path)
    assert run("index", "second", album.name, "--json").json["found"] == 31
    assert run("index", album, "--json").json["unchanged"] == 30


def test_an_unplugged_folder_loses_nothing(run: Any, album: Path, tmp_path: Path) -> None:
    run("index", album)
    album.rename(tmp_path / "away")
    result = run("index", album, "--json").json
    assert (result["found"], result["removed"], result["problems"]) == (0, 0, [])
    assert run("status", "--json").json["photos"] == 30
    assert len(run("search", "red", "--json").json["results"]) == 20


def test_paths_that_are_not_text_survive_json(run: Any, tmp_path: Path) -> None:
    name = b"caf\xe9 \xff\n.png"
    folder = tmp_path / "names"
    folder.mkdir()
    save_photo(tmp_path / "plain.png").rename(folder / os.fsdecode(name))
    (folder / os.fsdecode(b"bad\xe9.png")).write_bytes(b"x")
    indexed = run("index", folder, "--json")
    assert indexed.out.isascii()
    bad = indexed.json["problems"][0]["path"]
    assert os.fsencode(bad) == bytes(folder) + b"/bad\xe9.png"
    found = run("search", "red", "--json")
    assert found.out.isascii()
    assert os.fsencode(found.json["results"][0]["path"]) == bytes(folder) + b"/" + name
    shown = run("search", "red")
    assert shown.code == 0
    assert "caf\\xe9 \\xff\\n.png" in shown.out


# ---------------------------------------------------------------- search


def test_search_json(run: Any, album: Path) -> None:
    run("index", album)
    found = run("search", "a red car, 蓝色", "--limit", "12", "--json").json
    assert list(found) == ["query", "model", "took_ms", "results"]
    assert (found["query"], found["model"]) == ("a red car, 蓝色", "fake-tiny")
    assert found["took_ms"] >= 0
    assert len(found["results"]) == 12
    scores = [result["score"] for result in found["results"]]
    assert scores == sorted(scores, reverse=True)
    for result in found["results"]:
        assert list(result) == ["path", "score", "match", "region", "phrases"]
        assert Path(result["path"]).is_file()
        assert 0 <= result["score"] <= 1
        assert result["match"] == ("good" if result["score"] >= 0.5 else "weak")
        assert all(0 <= side <= 1 for side in result["region"])
        assert [phrase["text"] for phrase in result["phrases"]] == ["a red car", "蓝色"]
        assert all(list(phrase) == ["text", "score", "region"] for phrase in result["phrases"])
    best = {Path(result["path"]).name.split("_")[0] for result in found["results"][:10]}
    assert best == {"red", "blue"}


def test_search_for_people(run: Any, album: Path) -> None:
    run("index", album)
    result = run("search", "green", "--limit", "7")
    lines = result.out.splitlines()
    assert [line.split()[-1].split("/")[-1][:5] for line in lines[:5]] == ["green"] * 5
    assert lines[5] == "── weak matches ──"
    assert len(lines) == 8


def test_what_is_not_there_is_said(run: Any, tmp_path: Path) -> None:
    for at in range(30):
        save_photo(tmp_path / "reds" / f"{at}.png", "red", seed=at)
    run("index", tmp_path / "reds")
    assert run("search", "something blue").out.startswith("Nothing here fits. The closest are")
    results = run("search", "something blue", "--json").json["results"]
    assert {result["match"] for result in results} == {"weak"}


def test_search_by_picture_and_box(run: Any, album: Path, tmp_path: Path) -> None:
    run("index", album)
    picture = make_image("red", (200, 100))
    picture.paste(COLOURS["yellow"], (120, 20, 180, 80))
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned: boxes are of the upright picture
    picture.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "query.png", exif=exif)
    for box, colour in (("0,0,100,100", "red"), ("125,25,175.5,75", "yellow")):
        found = run("search", "", "--image", tmp_path / "query.png", "--box", box, "--json").json
        best = found["results"][:5]
        assert {Path(result["path"]).name.split("_")[0] for result in best} == {colour}
        assert best[0]["phrases"] == []
    both = run("search", "blue", "--image", tmp_path / "query.png", "--limit", "10", "--json").json
    names = {Path(result["path"]).name.split("_")[0] for result in both["results"]}
    assert names == {"red", "blue"}


@pytest.mark.parametrize(
    "box", ["1,2,3", "a,b,c,d", "5,5,5,9", "9,9,1,1", "-1,0,5,5", "0,0,nan,5", "0,0,inf,5", ""]
)
def test_boxes_that_are_none_are_wrong_arguments(run: Any, album: Path, box: str) -> None:
    run("index", album)
    result = run("search", "", "--image", album / "red_0000.png", f"--box={box}", "--json")
    assert (result.code, result.out) == (2, "")
    assert "box" in result.err


def test_a_box_outside_the_picture_names_its_size(run: Any, album: Path) -> None:
    run("index", album)
    result = run("search", "", "--image", album / "red_0000.png", "--box", "0,0,65,48")
    assert (result.code, result.out) == (2, "")
    assert "64 x 48" in result.err


@pytest.mark.parametrize(
    "argv",
    [
        ["search", ""],
        ["search", " , "],
        ["search", "x", "--box", "0,0,5,5"],
        ["search", "x", "--limit", "0"],
        ["search", "x", "--limit", "many"],
        ["search"],
        ["index"],
        ["unknown"],
        [],
        ["status", "extra"],
        ["search", "x", "--unknown"],
    ],
)
def test_wrong_arguments(run: Any, argv: list[str]) -> None:
    result = run(*argv, library=None)
    assert (result.code, result.out) == (2, "")
    assert "usage" in result.err


# ---------------------------------------------------------------- jobs that cannot run


def _assert_plain_failure(result: Result, *words: str) -> None:
    assert (result.code, result.out) == (1, "")
    assert result.err.count("\n") == 1
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err


@pytest.mark.parametrize("argv", [["search", "x"], ["problems"], ["status"], ["status", "--json"]])
def test_no_library(run: Any, tmp_path: Path, argv: list[str]) -> None:
    _assert_plain_failure(run(*argv, library=tmp_path / "none"), "no library")
    assert not (tmp_path / "none").exists()


def test_a_library_without_photos(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("index", tmp_path / "empty", "--json").json["found"] == 0
    _assert_plain_failure(run("search", "x"), "no photos yet")
    assert run("problems").out == "No problems.\n"


def test_a_folder_that_does_not_exist(run: Any, tmp_path: Path) -> None:
    _assert_plain_failure(run("index", tmp_path / "nowhere"), "nowhere")


def test_a_locked_library(run: Any, album: Path, tmp_path: Path) -> None:
    run("index", album)
    with Library.open(tmp_path / "library", write=True):
        _assert_plain_failure(run("index", album), "in use")
        assert len(run("search", "red", "--json").json["results"]) == 20
        assert run("status", "--json").json["photos"] == 30


def test_a_missing_model(album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(
        ["index", str(album), "--library", str(tmp_path / "l"), "--model", str(tmp_path / "m")]
    )
    _assert_plain_failure(Result(code, *capsys.readouterr()), "no model")


def test_photos_of_another_model(run: Any, album: Path, tmp_path: Path) -> None:
    from tests.fakes import FakeEncoder

    run("index", album)
    code = cli.main(
        ["search", "red", "--library", str(tmp_path / "library")],
        loader=lambda model_dir, settings: FakeEncoder("another"),
    )
    assert code == 1


def test_a_query_picture_that_cannot_be_read(run: Any, album: Path, tmp_path: Path) -> None:
    run("index", album)
    (tmp_path / "bad\x1b.jpg").write_bytes(b"x")
    _assert_plain_failure(run("search", "", "--image", tmp_path / "bad\x1b.jpg"), "bad\\x1b.jpg")
    _assert_plain_failure(run("search", "", "--image", tmp_path / "none.jpg"), "none.jpg")


def test_unforeseen_errors_are_one_sentence(
    run: Any, monkeypatch: pytest.MonkeyPatch, album: Path
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr(Library, "open", explode)
    _assert_plain_failure(run("status"), "RuntimeError: oh")


# ---------------------------------------------------------------- problems and status


def test_problems_and_status(run: Any, album: Path) -> None:
    (album / "bad.jpg").write_bytes(b"nothing")
    run("index", album)
    (problem,) = run("problems", "--json").json["problems"]
    assert list(problem) == ["path", "reason", "detail"]
    assert str(album / "bad.jpg") in run("problems").out
    status = run("status", "--json").json
    assert (status["photos"], status["problems"]) == (30, 1)
    assert [[*root.values()] for root in status["roots"]] == [[str(album), "online", 30, 30, []]]
    shown = run("status").out
    assert f"{album} (online): 30 of 30 indexed" in shown
    assert "fake-tiny: 30 vectors" in shown


def test_progress_is_drawn_on_a_terminal_and_wiped(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    cli.main(
        ["index", str(album), "--library", str(tmp_path / "l"), "--json"],
        loader=load_fake_encoder,
        pool=InlinePool(),
    )
    assert "indexing 30/30" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[2K")
    assert json.loads(capsys.readouterr().out)["indexed"] == 30


def test_ctrl_c_keeps_what_is_done(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from app.worker.engine import Engine

    step = Engine.step
    n_steps = 0

    def interrupted(engine: Engine) -> bool:
        nonlocal n_steps
        n_steps += 1
        if n_steps == 6:
            raise KeyboardInterrupt
        return step(engine)

    monkeypatch.setattr(Engine, "step", interrupted)
    argv = ["index", str(album), "--library", str(tmp_path / "l"), "--json"]
    assert cli.main(argv, loader=load_fake_encoder, pool=InlinePool()) == 1
    out, err = capsys.readouterr()
    done = json.loads(out)["indexed"]
    assert 0 < done < 30
    assert "kept" in err
    with Library.open(tmp_path / "l", write=False) as library:
        assert library.n_photos() == 30  # listed, and searchable as far as it got
        assert len(library.vector_ids(library.models()[0].id)) == done


# ---------------------------------------------------------------- real processes, a real encoder


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference checkpoint with a small tokenizer: random weights, but the real thing."""
    directory = tmp_path_factory.mktemp("model") / "reference"
    directory.mkdir()
    for name in ("config.json", "model.safetensors", "preprocessor_config.json"):
        shutil.copy(REFERENCE / name, directory / name)
    content = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a red car by the sea", "海边的红色汽车"] * 9),
        model_writer=content,
        model_type="bpe",
        vocab_size=400,
        hard_vocab_limit=False,
        byte_fallback=True,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        minloglevel=2,
    )
    (directory / "tokenizer.model").write_bytes(content.getvalue())
    return directory


def _spawn(*argv: str | Path, **environment: str) -> Result:
    """``python -m app ARGV`` without any sign of a display."""
    signs = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in signs}
    done = subprocess.run(
        [sys.executable, "-m", "app", *map(str, argv)],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def test_real_process_indexes_and_searches(model_dir: Path, album: Path, tmp_path: Path) -> None:
    (album / "bad.jpg").write_bytes(b"nothing")
    where = ("--library", tmp_path / "library", "--model", model_dir, "--json")
    indexed = _spawn("index", album, *where)
    assert indexed.json["indexed"] == 30
    assert [problem["reason"] for problem in indexed.json["problems"]] == ["unsupported"]
    assert indexed.err == ""
    by_words = _spawn("search", "海边的红色汽车", "--limit", "5", *where)
    assert len(by_words.json["results"]) == 5
    assert by_words.json["model"] == "reference"
    assert by_words.err == ""
    query = album / "green_0001.png"
    by_picture = _spawn("search", "", "--image", query, "--box", "1,1,60,40", *where)
    assert by_picture.json["results"][0]["path"].split("/")[-1].startswith("green")


def test_the_same_photo_is_its_own_best_match(model_dir: Path, album: Path, tmp_path: Path) -> None:
    """Ranking by a real encoder end to end: decoding for the library and for a query agree."""
    library = ["--library", str(tmp_path / "library"), "--model", str(model_dir)]
    make_image((90, 10, 140), (300, 200), seed=4).save(album / "purple.png")
    assert cli.main(["index", str(album), *library], pool=InlinePool()) == 0
    for name in ("purple.png", "green_0001.png"):
        done = _search_by_picture(album / name, library)
        assert done["results"][0]["path"].endswith(name)


def _search_by_picture(path: Path, library: list[str]) -> Any:
    stream = io.StringIO()
    stdout, sys.stdout = sys.stdout, stream
    try:
        code = cli.main(["search", "", "--image", str(path), "--json", *library], pool=InlinePool())
    finally:
        sys.stdout = stdout
    assert code == 0
    return json.loads(stream.getvalue())


def test_help_needs_no_display() -> None:
    shown = _spawn("--help")
    assert shown.code == 0
    assert "index" in shown.out
    assert _spawn("index", "--help").code == 0
    assert _spawn("no-such-command").code == 2


def test_a_closed_pipe_is_no_drama(model_dir: Path, album: Path, tmp_path: Path) -> None:
    where = f"--library {tmp_path / 'library'} --model {model_dir}"
    _spawn("index", album, *where.split())
    done = subprocess.run(
        f"{sys.executable} -m app search x --limit 30 {where} | true",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


# ---------------------------------------------------------------- without a display


def test_demonstration(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(demonstration, "demo_album_dir", lambda: album)
    argv = ["--library", str(tmp_path / "demo")]
    assert demonstration.demonstrate(argv, loader=load_fake_encoder, pool=InlinePool()) == 0
    out = capsys.readouterr().out
    assert "30 indexed" in out
    assert out.count("Searching for") == 2
    assert any("\u4e00" <= character <= "\u9fff" for character in out.split("Searching for")[2])
    assert "DISPLAY" in out.splitlines()[-1]


def test_demonstration_without_an_album(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(demonstration, "demo_album_dir", lambda: tmp_path / "none")
    assert demonstration.demonstrate([]) == 1
    assert "missing" in capsys.readouterr().err
