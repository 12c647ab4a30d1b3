"""Reading what strace wrote: files, programs, sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from packager.errors import CheckError
from packager.trace import linked_fonts, outside, parse

LINES = r"""
100 execve("/app/finelens", ["/app/finelens"], 0x7ffd) = 0
100 openat(AT_FDCWD</people/u>, "/app/_internal/a.so", O_RDONLY|O_CLOEXEC) = 3</app/_internal/a.so>
100 openat(AT_FDCWD</people/u>, "/etc/missing", O_RDONLY) = -1 ENOENT (No such file or directory)
101 openat(AT_FDCWD</people/u>, "out.txt", O_WRONLY|O_CREAT, 0666) = 4</people/u/out.txt>
101 openat(5</people/u/pictures>, "\351\233\252.jpg", O_RDONLY <unfinished ...>
101 <... openat resumed>) = 6</people/u/pictures/\351\233\252.jpg>
100 open("/secret/project/file.py", O_RDONLY) = 7</secret/project/file.py>
102 connect(8<socket:[1]>, {sa_family=AF_UNIX, sun_path="/tmp/.X11-unix/X90"}, 110) = 0
102 connect(9<TCP:[2]>, {sa_family=AF_INET, sin_port=htons(443)}, 16) = -1 ENETUNREACH (unreachable)
103 execve("/usr/bin/nothing", ["nothing"], 0x7ffd) = -1 ENOENT (No such file or directory)
""".splitlines()


def test_files_that_were_opened_are_found_where_they_lie() -> None:
    found = parse(LINES)
    assert found.read == {
        "/app/_internal/a.so", "/people/u/pictures/雪.jpg", "/secret/project/file.py",
    }  # fmt: skip
    assert found.executed == {"/app/finelens"}


def test_words_to_the_network_count_even_where_they_fail() -> None:
    assert len(parse(LINES).network) == 1
    assert "AF_INET" in parse(LINES).network[0]


def test_what_lies_elsewhere_is_named() -> None:
    assert outside(parse(LINES).read, ["/app", "/people/u"]) == ["/secret/project/file.py"]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", False),
        ("/usr/lib/python3/dist-packages/numpy/core.so", True),
        ("/usr/lib/python3.11/os.py", True),
        ("/app2/file", True),
        ("/app/../etc/shadow", True),
        ("/proc/self/maps", False),
        ("/usr/share/fonts/a.ttf", False),
    ],
)
def test_places_of_the_system(path: str, wrong: bool) -> None:
    assert bool(outside([path], ["/app"])) is wrong


def test_an_empty_trace_is_no_proof() -> None:
    with pytest.raises(CheckError):
        parse(["100 exit_group(0) = ?"])


def test_links_below_font_folders_count_as_fonts(tmp_path: Path) -> None:
    fonts, elsewhere = tmp_path / "fonts", tmp_path / "maps" / "Han"
    (fonts / "cmap").mkdir(parents=True)
    elsewhere.mkdir(parents=True)
    (fonts / "cmap" / "Han").symlink_to(elsewhere)
    places = linked_fonts([fonts, tmp_path / "missing"])
    assert places == [str(elsewhere)]
    assert outside([str(elsewhere / "table")], places) == []
    assert outside([str(tmp_path / "maps" / "other")], places) != []
