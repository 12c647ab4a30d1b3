from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import RootError
from app.core.scanning import FileFact, fold_int64, is_candidate, scan

posix = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX file system")


class Errors:
    def __init__(self) -> None:
        self.seen: list[tuple[bytes, OSError]] = []

    def __call__(self, path: bytes, error: OSError) -> None:
        self.seen.append((path, error))


@pytest.fixture
def errors() -> Errors:
    return Errors()


def paths_of(facts: Iterable[FileFact]) -> list[bytes]:
    return [fact.path for fact in facts]


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 10)


def test_photos_are_found_with_their_facts(tmp_path: Path, errors: Errors) -> None:
    put(tmp_path, "b.JPG", "a.jpeg", "相片/c.HeIc", "相片/深/d.webp", "notes.txt", "noextension")
    os.utime(tmp_path / "a.jpeg", ns=(1, 123_456_789))
    found = list(scan(os.fsencode(tmp_path), on_error=errors))
    nested = "相片/c.HeIc".encode()
    assert paths_of(found) == [b"a.jpeg", b"b.JPG", nested, "相片/深/d.webp".encode()]
    facts = os.stat(tmp_path / "a.jpeg")
    assert found[0] == FileFact(b"a.jpeg", 10, facts.st_mtime_ns, fold_int64(facts.st_ino))
    assert errors.seen == []


def test_hidden_and_thumbnail_folders_are_left_out(tmp_path: Path, errors: Errors) -> None:
    put(tmp_path, ".hidden/a.jpg", "._b.jpg", ".c.jpg", "@eaDir/d.jpg", "x/.thumbnails/e.jpg")
    put(tmp_path, "x/@EADIR/f.jpg", "$RECYCLE.BIN/h.jpg", "__MACOSX/i.jpg", "x/g.jpg")
    assert paths_of(scan(os.fsencode(tmp_path), on_error=errors)) == [b"x/g.jpg"]


@posix
def test_names_of_any_bytes_are_kept(tmp_path: Path, errors: Errors) -> None:
    names = [b"latin \xe9.jpg", b"new\nline.jpg", "双\u202egpj.jpg".encode(), b"n" * 251 + b".jpg"]
    for name in names:
        try:
            Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_bytes(b"x")
        except OSError:
            pytest.skip("this file system refuses such names")
    assert paths_of(scan(os.fsencode(tmp_path), on_error=errors)) == sorted(names)


@posix
def test_loops_end_and_real_paths_come_before_links(tmp_path: Path, errors: Errors) -> None:
    put(tmp_path, "z-real/a.jpg", "b.jpg")
    (tmp_path / "a-link").symlink_to(tmp_path / "z-real")
    (tmp_path / "z-real" / "up").symlink_to(tmp_path)
    (tmp_path / "z-real" / "self").symlink_to(tmp_path / "z-real")
    assert paths_of(scan(os.fsencode(tmp_path), on_error=errors)) == [b"b.jpg", b"z-real/a.jpg"]
    assert errors.seen == []


@posix
def test_links_lead_out_but_never_above_the_root(tmp_path: Path, errors: Errors) -> None:
    put(tmp_path, "root/a.jpg", "elsewhere/b.jpg", "file.jpg")
    (tmp_path / "root" / "out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "above").symlink_to(tmp_path)
    (tmp_path / "root" / "slash").symlink_to("/")
    (tmp_path / "root" / "file.jpg").symlink_to(tmp_path / "file.jpg")
    found = paths_of(scan(os.fsencode(tmp_path / "root"), on_error=errors))
    assert found == [b"a.jpg", b"file.jpg", b"out/b.jpg"]


@posix
def test_only_regular_files_and_none_is_opened(
    tmp_path: Path, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "nowhere")

    def forbidden(*_arguments: object, **_more: object) -> int:
        raise AssertionError("scanning opens nothing")

    with monkeypatch.context() as patched:
        patched.setattr("os.open", forbidden)
        patched.setattr("builtins.open", forbidden)
        found = paths_of(scan(os.fsencode(tmp_path), on_error=errors))
    assert found == [b"a.jpg"]
    assert [path for path, _ in errors.seen] == [b"dangling.jpg"]


def test_one_bad_folder_is_told_and_passed(
    tmp_path: Path, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "bad/a.jpg", "good/b.jpg")
    scandir = os.scandir
    refused = os.path.join(os.fsencode(tmp_path), b"bad")

    def picky(path: bytes) -> object:
        if path == refused:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("os.scandir", picky)
    assert paths_of(scan(os.fsencode(tmp_path), on_error=errors)) == [b"good/b.jpg"]
    assert [path for path, _ in errors.seen] == [b"bad"]
    assert isinstance(errors.seen[0][1], PermissionError)


@pytest.mark.parametrize("name", ["missing", "file.jpg"])
def test_a_root_that_is_no_folder_is_an_error(tmp_path: Path, errors: Errors, name: str) -> None:
    put(tmp_path, "file.jpg")
    with pytest.raises(RootError, match=name):
        list(scan(os.fsencode(tmp_path / name), on_error=errors))


def test_deep_trees_do_not_exhaust_the_stack(tmp_path: Path, errors: Errors) -> None:
    depth = min(1200, sys.getrecursionlimit() + 200)
    deepest = os.fsencode(tmp_path)
    os.mkdir(os.path.join(deepest, b"d"))
    made = 1
    while made < depth and len(deepest) < 3500:
        deepest = os.path.join(deepest, b"d")
        os.mkdir(os.path.join(deepest, b"d"))
        made += 1
    Path(os.fsdecode(os.path.join(deepest, b"x.png"))).write_bytes(b"x")
    found = paths_of(scan(os.fsencode(tmp_path), on_error=errors))
    assert found == [os.path.join(*[b"d"] * (made - 1), b"x.png")]
    _remove_deep(tmp_path, "d")


@pytest.mark.parametrize(
    ("name", "candidate"),
    [(b"a.JPEG", True), (b"a.avif", True), (b".jpg", False), (b"jpg", False), (b"a.pdf", False)],
)
def test_candidates(name: bytes, candidate: bool) -> None:
    assert is_candidate(name) is candidate


@given(st.integers(-(2**63), 2**64 - 1))
def test_folding_fits_and_keeps_numbers_apart(value: int) -> None:
    folded = fold_int64(value)
    assert -(2**63) <= folded < 2**63
    assert (folded - value) % 2**64 == 0
    assert fold_int64(folded) == folded


# ---------------------------------------------------------------- .finelensignore, clouds, depths


def _names(root: Path) -> set[str]:
    return {
        os.fsdecode(fact.path)
        for fact in scan(os.fsencode(root), on_error=lambda path, error: pytest.fail(str(error)))
    }


def _tree(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"", {"top.jpg"}),
        (b"# a remark only\n", {"top.jpg"}),
        (b"*.png\n", {"top.jpg", "in/a.jpg", "in/sub/c.jpg", "in/raw/d.jpg"}),
        (b"raw/\r\n", {"top.jpg", "in/a.jpg", "in/b.png", "in/sub/c.jpg", "in/sub/e.png"}),
        (b"/sub\n", {"top.jpg", "in/a.jpg", "in/b.png", "in/raw/d.jpg"}),
        (b"sub/*.png\n", {"top.jpg", "in/a.jpg", "in/b.png", "in/sub/c.jpg", "in/raw/d.jpg"}),
        (b"*.jpg\n!a.jpg\n", {"top.jpg", "in/a.jpg", "in/b.png", "in/sub/e.png"}),
        (b"\xef\xbb\xbf*.png\r\n", {"top.jpg", "in/a.jpg", "in/sub/c.jpg", "in/raw/d.jpg"}),
        (b"\xff[*\n", {"top.jpg", "in/a.jpg", "in/b.png", "in/sub/c.jpg", "in/sub/e.png"}
         | {"in/raw/d.jpg"}),
    ],
)  # fmt: skip
def test_ignore_file(tmp_path: Path, text: bytes, left: set[str]) -> None:
    _tree(tmp_path, "top.jpg", "in/a.jpg", "in/b.png", "in/sub/c.jpg", "in/sub/e.png")
    _tree(tmp_path, "in/raw/d.jpg")
    (tmp_path / "in" / ".finelensignore").write_bytes(text)
    assert _names(tmp_path) == left


def test_a_long_ignore_file_counts_up_to_its_last_whole_line(tmp_path: Path) -> None:
    _tree(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    lines = b"b.jpg\n".ljust(2**16 - 1, b"#") + b"\n"
    patterns = b"".join(b"no%d\n" % number for number in range(2000))
    long = (patterns + lines)[: 2**16 - 2] + b"\n" + b"*.tmp\n!c.jpg\n"
    (tmp_path / ".finelensignore").write_bytes(long)
    assert long[: 2**16].endswith(b"\n*")
    assert _names(tmp_path) == {"a.jpg", "c.jpg"}


def test_ignore_file_that_is_a_pipe_is_no_obstacle(tmp_path: Path) -> None:
    _tree(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / ".finelensignore")
    errors: list[bytes] = []
    found = list(scan(os.fsencode(tmp_path), on_error=lambda path, error: errors.append(path)))
    assert [fact.path for fact in found] == [b"a.jpg"]
    assert errors == [b".finelensignore"]


def test_files_too_deep_to_open_are_named(tmp_path: Path) -> None:
    _tree(tmp_path, "a.jpg")
    folder = os.open(tmp_path, os.O_RDONLY)
    part, relative = b"d" * 200, b""
    while len(relative) < 4300:
        os.mkdir(part, dir_fd=folder)
        inner = os.open(part, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder, relative = inner, os.path.join(relative, part)
    os.close(os.open(b"deep.jpg", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
    os.close(folder)
    errors: list[bytes] = []
    found = list(scan(os.fsencode(tmp_path), on_error=lambda path, error: errors.append(path)))
    assert [fact.path for fact in found] == [b"a.jpg"]
    assert os.path.join(relative, b"deep.jpg") in errors
    _remove_deep(tmp_path, "d" * 200)


def _remove_deep(root: Path, part: str) -> None:
    """Take the chain of folders apart from the top, so that ordinary tools can delete it."""
    number = 0
    while (root / part).is_dir():
        top = root / f"top{number}"
        os.rename(root / part, top)
        if (top / part).is_dir():
            os.rename(top / part, root / part)
        number += 1


def test_a_link_to_a_device_is_named_and_a_broken_one_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "zero.jpg").symlink_to("/dev/zero")
    (tmp_path / "nowhere.jpg").symlink_to("away.jpg")
    (tmp_path / "self.jpg").symlink_to("self.jpg")
    (tmp_path / "disk").symlink_to("/no/such/disk")
    errors: dict[bytes, int | None] = {}
    scanned = scan(
        os.fsencode(tmp_path), on_error=lambda path, error: errors.update({path: error.errno})
    )
    assert list(scanned) == []
    assert errors == {
        b"zero.jpg": errno.EINVAL,
        b"nowhere.jpg": errno.ENOENT,
        b"self.jpg": errno.ELOOP,
        b"disk": errno.ENOENT,
    }


def test_what_is_in_the_cloud_is_marked(tmp_path: Path) -> None:
    facts = os.stat(_tree(tmp_path, "a.jpg") / "a.jpg")
    assert not FileFact.from_stat(b"a.jpg", facts).in_cloud

    class Offline:
        st_size, st_mtime_ns, st_ino, st_file_attributes = 5, 1, 2, 0x400000

    class Dataless:
        st_size, st_mtime_ns, st_ino, st_flags = 5, 1, 2, 0x40000000

    for placeholder in (Offline(), Dataless()):
        assert FileFact.from_stat(b"a.jpg", placeholder).in_cloud  # type: ignore[arg-type]
