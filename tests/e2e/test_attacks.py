"""Attacks on the library, each in a short form here and in a long one by ``make attack``."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.changes import SetMarks
from app.core.errors import LibraryError
from app.core.library import Library
from app.core.library.folder import LIBRARY_NAME
from app.core.library.vector_index import VectorIndex
from app.core.messages import OWN_JOB_ID, IndexFinished, IndexProgress, Shutdown, StartIndex
from app.core.scanning import scan
from tests.attack_commands import check
from tests.conftest import SHARED
from tests.engine_bench import EngineBench
from tests.engine_process import EngineProcess
from tests.fakes import make_album, save_photo

ROOT = Path(__file__).resolve().parents[2]
OURS = [sys.executable, "-m", "tests.attack_commands"]
WITHOUT_OVERRIDE = [
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--inh-caps=-dac_override,-dac_read_search",
]
# What this application leaves out by rule where the aid leaves the choice to the application.
HIDDEN_BY_RULE = {"name:leading_dot", "name:only_ext", "name:dots"}

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


def sizes(short: int, long: int) -> pytest.MarkDecorator:
    """A test's ``n``: the short form, and the long one that ``make attack`` runs."""
    return pytest.mark.parametrize(
        "n", [pytest.param(short, id="short"), pytest.param(long, marks=pytest.mark.attack)]
    )


def _may_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None


@pytest.fixture
def tool() -> Callable[[str], str]:
    def path(name: str) -> str:
        if not (SHARED / "tools" / name).is_file():
            pytest.skip(f"the shared material is not at hand: ../shared/tools/{name}")
        return str(SHARED / "tools" / name)

    return path


def run(
    command: list[str], cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=7000,
        check=False,
    )


def index(library: Path, *folders: Path, prefix: list[str] | None = None, **env: str) -> Any:
    done = run(
        [*(prefix or []), *OURS, "index", *map(str, folders), "--library", str(library), "--json"],
        **env,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# ---------------------------------------------------------------- hostile folders


@linux
@pytest.mark.attack
@pytest.mark.parametrize("prefix", [[], WITHOUT_OVERRIDE], ids=["as it is", "no override"])
def test_hostile_folders(tool: Callable[[str], str], tmp_path: Path, prefix: list[str]) -> None:
    nasty = tmp_path / "nasty"
    make = [*prefix, sys.executable, tool("make_nasty.py"), str(nasty)]
    assert run([*make, "--many", "300"]).returncode == 0
    try:
        found = index(tmp_path / "library", nasty, prefix=prefix, ATTACK_DECODERS="1")
        again = index(tmp_path / "library", nasty, prefix=prefix, ATTACK_DECODERS="1")
        entries = json.loads((tmp_path / "nasty.nasty.json").read_text())["entries"]
        assert _misjudged(entries, tmp_path / "library", found) == []
        assert (again["indexed"], again["removed"]) == (0, 0)
        assert len(again["problems"]) == len(found["problems"])
    finally:
        run([*make, "--clean"])


def _misjudged(entries: list[dict[str, Any]], library: Path, found: Any) -> list[str]:
    problems = {os.fsencode(problem["path"]): problem["reason"] for problem in found["problems"]}
    with Library.open(library, write=False) as opened:
        ids = opened.vector_ids(opened.models()[0].id)
        searchable = {photo.absolute_path for photo in opened.photos(ids)}
    wrong = []
    for entry in entries:
        path = bytes.fromhex(entry["hex"])
        is_right = {
            "index": path in searchable or entry["kind"] in HIDDEN_BY_RULE,
            "report": path in problems or os.path.basename(path).startswith(b"._"),
            "skip": path not in searchable,
        }.get(entry["expect"], True)
        if entry["kind"] == "unreadable dir" and entry["expect"] == "index":
            is_right = path not in problems
        if not is_right:
            wrong.append(f"{entry['expect']}: {entry['kind']}: {entry['show'][-60:]}")
    return wrong


# ---------------------------------------------------------------- killed, cut off, many at once


@linux
@sizes(6, 1000)
def test_kill_9_while_indexing(tool: Callable[[str], str], tmp_path: Path, n: int) -> None:
    make_album(tmp_path / "album", 300 if n < 100 else 600)
    library = tmp_path / "library"
    ours = " ".join([sys.executable, "-m", "tests.attack_commands"])
    done = run(
        [
            *(sys.executable, tool("kill9.py"), "--n", str(n), "--min", "0.2", "--max", "1.6"),
            *("--cmd", f"{ours} index {tmp_path}/album --library {library}"),
            *("--check", f"{ours} check {library}"),
            *("--reset", f"rm -rf {library} {tmp_path}/ack", "--reset-every", "20"),
        ],
        KILL9_ACK=str(tmp_path / "ack"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[0])["sound"] == n


@linux
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@sizes(10, 1000)
def test_power_loss_while_rating(tool: Callable[[str], str], tmp_path: Path, n: int) -> None:
    make_album(tmp_path / "album", 40)
    library = tmp_path / "library"
    index(library, tmp_path / "album")
    environment = {"KILL9_ACK": str(tmp_path / "ack.txt")}
    ours = [sys.executable, "-m", "tests.attack_commands"]
    trace = str(tmp_path / "trace")
    recorded = run(
        [
            *(sys.executable, tool("powerloss.py"), "record", str(library), trace, "--"),
            *(*ours, "rate", str(library)),
        ],
        **environment,
    )
    assert recorded.returncode == 0, recorded.stderr
    checking = " ".join([*ours, "check", str(library)])
    done = run(
        [
            *(sys.executable, tool("powerloss.py"), "replay", str(library), trace),
            *("--check", checking, "--n", str(n)),
        ],
    )
    assert done.returncode == 0, done.stdout + done.stderr


@linux
@sizes(6, 50)
def test_many_starts_at_once(tmp_path: Path, n: int) -> None:
    make_album(tmp_path / "album", 60)
    command = [*OURS, "index", str(tmp_path / "album"), "--library", str(tmp_path / "library")]
    started = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(n)
    ]
    ended = [(process.communicate(timeout=600)[1], process.returncode) for process in started]
    codes = [code for _, code in ended]
    assert 0 in codes
    for said, code in ended:
        assert code == 0 or "in use by another Finelens" in said, said
    check(tmp_path / "library")


@sizes(5, 50)
def test_many_windows_at_once(tmp_path: Path, n: int) -> None:
    """One of them stays; all others find it and leave."""
    command = [*OURS, "window", str(tmp_path / "library"), str(n - 1)]
    started = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(n)
    ]
    ended = [(*process.communicate(timeout=600), process.returncode) for process in started]
    assert [said for _, said, code in ended if code != 0] == []
    assert sorted(words.strip() for words, _, _ in ended) == ["asked"] * (n - 1) + ["first"]


# ---------------------------------------------------------------- damaged files


@sizes(12, 200)
def test_damaged_databases_are_recovered(tmp_path: Path, n: int) -> None:
    album = tmp_path / "album"
    make_album(album, 60)
    with EngineBench(tmp_path / "sound") as bench:
        bench.index(album)
        rated = int(bench.engine.library.photo_ids()[0])
        path = bench.engine.library.photo(rated).path
        bench.engine.library.user_data.change(SetMarks((rated,), 5, True))
        bench.restart()  # makes the day's backup
    for round_number in range(n):
        chance = random.Random(round_number)
        library = tmp_path / f"library-{round_number}"
        shutil.copytree(tmp_path / "sound", library)
        _damage(library / LIBRARY_NAME, chance)
        with EngineBench(library) as bench:
            bench.index(album)
            opened = bench.engine.library
            opened.check()
            assert bench.paths() == {file.name for file in album.iterdir()}
            photos = {photo.path: photo.id for photo in opened.photos(opened.photo_ids())}
            assert opened.user_data.marks([photos[path]])[photos[path]].rating == 5
            assert len(bench.search("red", limit=100).hits) == 60
        shutil.rmtree(library)


def _damage(path: Path, chance: random.Random) -> None:
    """Structural damage of four kinds; what a check cannot see (a flipped pixel) is not among."""
    data = bytearray(path.read_bytes())
    kind = chance.choice(["cut", "blank", "noise", "header"])
    start = chance.randrange(len(data) // 2)
    if kind == "cut":
        del data[max(start, 1) :]
    elif kind == "blank":
        data[start : start + 32_768] = bytes(len(data[start : start + 32_768]))
    elif kind == "noise":
        data[start : start + 32_768] = chance.randbytes(len(data[start : start + 32_768]))
    else:
        data[:16] = chance.randbytes(16)
    path.write_bytes(data)


@sizes(12, 200)
def test_damaged_index_files_are_rebuilt(tmp_path: Path, n: int) -> None:
    rows = np.random.default_rng(0).standard_normal((400, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    with Library.open(tmp_path / "library", write=True) as library:
        (tmp_path / "album").mkdir()
        root = library.add_root(os.fsencode(tmp_path / "album"))
        model_id = library.use_model("fingerprint", "tiny", 16)
        library._store.run_many(
            "INSERT INTO photos (root_id, path, display, size_bytes, mtime_ns, inode, content_hash,"
            " width_px, height_px, format, average_rgb, sort_s) VALUES (?,?,?,1,1,1,?,1,1,'x',0,0)",
            [(root.id, b"%d" % at, str(at), b"%d" % at) for at in range(len(rows))],
        )
        ids = library.photo_ids()[::-1]
        library.save_vectors(model_id, ids, rows, 256)
        made = VectorIndex.open(library, model_id, exact_limit=10)
        made.build()
        made.save()
        wanted = [made.search(row, 5)[0].tolist() for row in rows[:20]]
        folder = tmp_path / "library" / "index"
        sound = {path.name: path.read_bytes() for path in folder.iterdir()}
        for round_number in range(n):
            _damage_one(folder, sound, random.Random(round_number))
            index = VectorIndex.open(library, model_id, exact_limit=10)
            index.build()
            assert [index.search(row, 5)[0].tolist() for row in rows[:20]] == wanted


def _damage_one(folder: Path, sound: dict[str, bytes], chance: random.Random) -> None:
    for path in folder.iterdir():
        path.unlink()
    for name, content in sound.items():
        (folder / name).write_bytes(content)
    path = folder / chance.choice(sorted(sound))
    data = bytearray(path.read_bytes())
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    else:
        for _ in range(chance.choice([1, 1, 20])):
            at = chance.randrange(min(len(data), chance.choice([96, len(data)])))
            data[at] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


# ---------------------------------------------------------------- files that change meanwhile


@linux
@sizes(2, 600)
def test_files_changing_under_it(tool: Callable[[str], str], tmp_path: Path, n: int) -> None:
    """While files are made, cut, renamed and deleted the engine follows; then library = disk."""
    nasty = tmp_path / "nasty"
    make = [sys.executable, tool("make_nasty.py"), str(nasty), "--many", "20"]
    engine = EngineProcess(tmp_path / "library")
    churn = subprocess.Popen([*make, "--churn", str(n)], stdout=subprocess.DEVNULL)
    try:
        while not (nasty / "churn").exists():
            assert churn.poll() is None, "nothing changes files"
            engine.connection.poll(0.05)
        engine.send(StartIndex(1, (bytes(nasty),)))
        while churn.poll() is None:
            engine.take_events(0.1)
        engine.send(StartIndex(2, ()))
        engine.until(IndexFinished, 3600.0, job_id=2)
        own = [each for each in engine.events if getattr(each, "job_id", 0) == OWN_JOB_ID]
        assert n < 10 or own, "the engine did not follow"
        engine.send(Shutdown())
        assert engine.end() == 0
        assert _differences(nasty, tmp_path / "library") == []
    finally:
        churn.kill()
        churn.wait()
        engine.end()
        run([*make[:3], "--clean"])


def _differences(folder: Path, library: Path) -> list[str]:
    """What the library says of files that is not so, and files that it says nothing of."""
    on_disk = {fact.path: fact for fact in scan(bytes(folder), on_error=lambda *found: None)}
    with Library.open(library, write=False) as opened:
        opened.check()
        photos = {photo.path: photo for photo in opened.photos(opened.photo_ids())}
        problems = {problem.path for problem in opened.problems()}
        searchable = {int(photo_id) for photo_id in opened.vector_ids(opened.models()[0].id)}
    wrong = [f"not there: {path!r}" for path in photos if path not in on_disk]
    for path, fact in on_disk.items():
        photo = photos.get(path)
        if photo is None:
            wrong += [] if path in problems else [f"not said: {path!r}"]
        elif (photo.size_bytes, photo.mtime_ns) != (fact.size_bytes, fact.mtime_ns):
            wrong.append(f"another file: {path!r}")
        elif photo.id not in searchable or path in problems:
            wrong.append(f"not searchable, or a problem too: {path!r}")
    return wrong


@linux
@pytest.mark.skipif(not _may_mount(), reason="mounting a disk needs root")
def test_a_disk_unplugged_inside_a_folder_loses_nothing(tmp_path: Path) -> None:
    album, disk, kept = tmp_path / "album", tmp_path / "album" / "disk", tmp_path / "kept"
    make_album(album, 4)
    make_album(kept, 6, size=(48, 48))
    disk.mkdir()
    plug = ["mount", "-t", "tmpfs", "-o", "size=4m", "disk", str(disk)]
    with EngineBench(tmp_path / "library") as bench:
        assert run(plug).returncode == 0
        try:
            shutil.copytree(kept, disk, dirs_exist_ok=True)
            assert bench.index(album).indexed == 10
            assert run(["umount", str(disk)]).returncode == 0
            unplugged = bench.index(album)
            assert (unplugged.removed, unplugged.unchanged) == (0, 4)
            save_photo(disk / "meanwhile.png", seed=77)
            assert (bench.index(album).removed, len(bench.paths())) == (0, 11)
            assert len(bench.search("red", limit=50).hits) == 11
            (root,) = bench.engine.library.status()["roots"]
            assert (root["state"], root["away"]) == ("online", ["disk"])
            assert run(plug).returncode == 0
            shutil.copytree(kept, disk, dirs_exist_ok=True)
            (disk / "red_0000.png").unlink()
            back = bench.index(album)
            assert back.removed == 2  # the one deleted on the disk, and the one that it covers
            assert bench.encoder.n_images == 11
        finally:
            run(["umount", str(disk)])


# ---------------------------------------------------------------- full disks, what a run touches


@linux
@sizes(5, 50)
def test_full_disk_at_many_points(tmp_path: Path, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit on the database's pages: any page may be the one too many."""
    monkeypatch.setattr("app.worker.indexer._FULL_RETRY_S", 0.0)
    make_album(tmp_path / "album", 120)
    for point in range(n):
        library = tmp_path / f"library-{point}"
        with EngineBench(library) as bench:
            store = bench.engine.library._store
            n_pages = store.number("PRAGMA page_count")
            store.run(f"PRAGMA max_page_count = {n_pages + 1 + point % 25}")
            _until_full_or_done(bench, tmp_path / "album")
            store.run(f"PRAGMA max_page_count = {n_pages + 10_000}")
            if bench.of_kind(IndexFinished) == []:
                bench.until(IndexFinished)
            assert bench.of_kind(IndexFinished)[-1].indexed == 120
            bench.engine.library.check()
        shutil.rmtree(library)


@linux
@pytest.mark.skipif(not _may_mount(), reason="mounting a small disk needs root")
@sizes(3, 50)
def test_a_disk_that_is_really_full(
    tmp_path: Path, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library on a disk of its own that a large file fills at different points."""
    monkeypatch.setattr("app.worker.indexer._FULL_RETRY_S", 0.0)
    make_album(tmp_path / "album", 120)
    disk = tmp_path / "disk"
    disk.mkdir()
    n_full = 0
    for point in range(n):
        mount = [
            "mount",
            "-t",
            "tmpfs",
            "-o",
            f"size={(700 + 20 * point) * 1024}",
            "full",
            str(disk),
        ]
        assert run(mount).returncode == 0
        try:
            with EngineBench(disk / "library") as bench:
                n_full += _until_full_or_done(bench, tmp_path / "album")
                assert run(["mount", "-o", "remount,size=64m", str(disk)]).returncode == 0
                if bench.of_kind(IndexFinished) == []:
                    bench.until(IndexFinished)
                assert bench.of_kind(IndexFinished)[-1].indexed == 120
                bench.engine.library.check()
        finally:
            run(["umount", str(disk)])
    assert n_full > n // 2, "the disk was hardly ever full"


def _until_full_or_done(bench: EngineBench, album: Path) -> bool:
    """Index until the disk is full; returns False when the end came first."""
    bench.engine.library.add_root(os.fsencode(album))
    bench.send(StartIndex(bench.new_id(), ()))
    for _ in range(400):
        bench.step()
        told = bench.of_kind(IndexProgress)
        if bench.of_kind(IndexFinished) or (told and told[-1].waiting_for):
            break
    return bench.of_kind(IndexFinished) == []


@linux
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_a_run_only_reads_photos_and_opens_no_connection(tmp_path: Path) -> None:
    album = tmp_path / "album"
    make_album(album, 12)
    (album / "bad.jpg").write_bytes(b"nothing")
    log = tmp_path / "calls"
    calls = "openat,open,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,utimensat,chmod"
    prefix = ["strace", "-f", "-qq", "-e", f"trace={calls},fchmodat,connect,execve", "-o", str(log)]
    index(tmp_path / "library", album, prefix=prefix, ATTACK_DECODERS="1")
    lines = log.read_text(errors="replace").splitlines()
    below = [line for line in lines if f"{album}/" in line or f'"{album}"' in line]
    changing = r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|\b(unlink|rename|mkdir|utimens|chmod|creat)"
    assert [line for line in below if re.search(changing, line)] == []
    assert [line for line in lines if re.search(r"AF_INET6?\b", line)] == []
    started = [line for line in lines if "execve(" in line and "= 0" in line]
    assert [line for line in started if "python" not in line] == []


def test_a_second_writer_is_told(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path / "library", write=True),
        pytest.raises(LibraryError, match="in use"),
    ):
        Library.open(tmp_path / "library", write=True)
