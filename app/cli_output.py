r"""How the command line writes: results as JSON or for people, progress on a terminal.

Paths in JSON are those of the file system: bytes that are not UTF-8 appear as lone surrogates
(``\udcff``), as ``os.fsdecode`` makes them, so that ``os.fsencode`` leads back to the file.
Paths for people are shown safely instead: nothing in a name reaches the terminal as a command.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from app.core.library.restoring import Backup
from app.core.messages import Event, Hit, IndexFinished, IndexProgress, JobFailed
from app.core.paths import display_path, display_text

_SCORE_BAR_CHARS = 10
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class Watcher:
    """Collects what the engine says about an index job; shows progress on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shows = stream.isatty()
        self._drawn = False
        self._told = ""
        self.finished: IndexFinished | None = None
        self.failed: JobFailed | None = None

    def receive(self, event: Event) -> None:
        match event:
            case IndexProgress():
                self._draw(event)
            case IndexFinished():
                self.finished = event
            case JobFailed():
                self.failed = event

    def _draw(self, progress: IndexProgress) -> None:
        if progress.waiting_for and progress.waiting_for != self._told:
            self.clear_line()
            print(f"{progress.waiting_for} Indexing goes on by itself then.", file=self._stream)
        self._told = progress.waiting_for
        if not self._shows:
            return
        if progress.phase == "scanning":
            text = f"looking for photos: {progress.found:,}"
        else:
            text = f"indexing {progress.done:,}/{progress.total:,}"
            if progress.photos_per_s > 0:
                text += f" · {progress.photos_per_s:.0f}/s"
            if progress.seconds_left is not None:
                text += f" · {_duration(progress.seconds_left)} left"
        self._stream.write(f"\r\x1b[2K{text}")
        self._stream.flush()
        self._drawn = True

    def clear_line(self) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()
            self._drawn = False


def problem_dict(path: bytes, reason: str, detail: str) -> dict[str, str]:
    return {"path": os.fsdecode(path), "reason": reason, "detail": detail}


def index_result(finished: IndexFinished, problems: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "found": finished.found,
        "indexed": finished.indexed,
        "unchanged": finished.unchanged,
        "moved": finished.moved,
        "removed": finished.removed,
        "problems": problems,
        "seconds": round(finished.seconds, 3),
    }


def print_index(finished: IndexFinished, problems: list[dict[str, str]]) -> None:
    print(
        f"{_counted(finished.found, 'file')} found: {finished.indexed:,} indexed,"
        f" {finished.unchanged:,} unchanged, {finished.moved:,} moved,"
        f" {finished.removed:,} removed, {_counted(len(problems), 'problem')},"
        f" in {_duration(finished.seconds)}"
    )
    for problem in problems:
        print(problem_line(problem))


def print_hits(hits: tuple[Hit, ...], paths: dict[int, bytes]) -> None:
    if not hits or hits[0].match == "weak":
        print("Nothing here fits." + (" The closest are below." if hits else ""))
    elif any(hit.match == "weak" for hit in hits):
        n_good = sum(hit.match == "good" for hit in hits)
        _print_rows(hits[:n_good], paths)
        print("── weak matches ──")
        hits = hits[n_good:]
    _print_rows(hits, paths)


def _print_rows(hits: Sequence[Hit], paths: dict[int, bytes]) -> None:
    for hit in hits:
        bar = "█" * round(hit.score * _SCORE_BAR_CHARS)
        print(f"{hit.score:5.2f} {bar:<{_SCORE_BAR_CHARS}}  {display_path(paths[hit.photo_id])}")


def problem_line(problem: dict[str, str]) -> str:
    path = display_path(os.fsencode(problem["path"]))
    return f"{path}: {problem['reason']}: {problem['detail']}"


def print_status(status: dict[str, Any]) -> None:
    """Print what the library holds, for people."""
    print(f"library   {status['library']}")
    print(f"photos    {status['photos']:,}")
    print(f"problems  {status['problems']:,}")
    for root in status["roots"]:
        print(
            f"folder    {root['path']} ({root['state']}):"
            f" {root['indexed']:,} of {root['photos']:,} indexed"
        )
    for model in status["models"]:
        print(f"model     {display_text(model['name'])}: {model['vectors']:,} vectors")


def print_backups(backups: Sequence[Backup]) -> None:
    """Print the backups to choose from, for people."""
    for backup in backups:
        print(
            f"{display_text(backup.name)}  {backup.made_at}"
            f"  {_counted(backup.n_ratings, 'rating')},"
            f" {_counted(backup.n_albums, 'album')}, {_counted(backup.n_tags, 'tag')}"
        )
    if not backups:
        print("There is no good backup yet; one is made a day.")


def make_output_safe() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def output_refusal(error: Exception) -> str:
    """Return why standard output takes no more; empty for other errors: those of files name one."""
    if not isinstance(error, OSError) or error.filename is not None or error.errno not in _FULL:
        return ""
    return str(error.strerror)


def drop_output() -> None:
    """Let what is still to be written to standard output go nowhere, also at the very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=True))


def fail(sentence: str) -> int:
    """Print why a job could not run; returns its exit code."""
    print(display_text(sentence), file=sys.stderr)
    return 1


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
