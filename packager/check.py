"""Use the packaged program as people do, on a machine that has nothing of this project.

What holds is printed line by line with its figure; what could not be checked here is named.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from packager import folder_check, trace
from packager.desktop import Desktop, missing_tools
from packager.errors import CheckError
from packager.places import ARCHIVE_DIR, ROOT, Package
from packager.session import Session

WINDOW_LIMIT_S = 1.0
SEARCH_LIMIT_S = 3.0
_INDEX_S, _ANSWER_S, _PAINT_S = 120.0, 30.0, 30.0
QUESTIONS = (("english", "a kitchen"), ("chinese", "雪地里的狗"))
# A box in the middle of the open photo on the 1440 x 900 screen.
BOX = ((640, 380), (860, 560))
TITLE = "Finelens"
_N_STARTS = 3
_N_TYPINGS = 3
_MIN_COLOURS = 3000
_QUIET_SHARE, _QUIET_WAIT_S = 0.25, 30.0


@dataclass(slots=True)
class Report:
    """What was found out, in order."""

    failed: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def tell(self, what: str, holds: bool, detail: str = "") -> None:
        print(
            f"  {'ok  ' if holds else 'FAIL'}  {what}{': ' + detail if detail else ''}", flush=True
        )
        if not holds:
            self.failed.append(what)

    def skip(self, what: str, why: str) -> None:
        print(f"  ----  not checked: {what}: {why}", flush=True)
        self.unchecked.append(what)


def check(shots: Path) -> int:
    """Check the package; returns the exit code.

    Args:
        shots: folder for the screenshots.
    """
    started_s = time.monotonic()
    package = Package.find()
    missing = missing_tools("Xvfb", "xdotool", "ldd")
    if missing:
        raise CheckError(f"the check needs {', '.join(missing)}: install them, then try again")
    report = Report()
    print(f"Checking {package.folder.relative_to(ROOT)}")
    _check_files(package, report)
    letters = "".join(words for _, words in QUESTIONS if not words.isascii())
    with (
        tempfile.TemporaryDirectory(prefix="finelens-check-") as scratch,
        Desktop(letters) as desktop,
    ):
        run = Run(package, desktop, Path(scratch), shots, report)
        for step in (run.first_start, run.later_starts, run.open_folder_traced):
            try:
                step()
            except CheckError as error:
                desktop.save_screen(shots / f"failed-{step.__name__}.png")
                report.tell(step.__name__.replace("_", " "), False, str(error))
    print(f"Screenshots: {shots}; took {time.monotonic() - started_s:.0f} s")
    if report.failed:
        print(f"{len(report.failed)} checks failed: {'; '.join(report.failed)}")
        return 1
    print("All checks hold" + (f", {len(report.unchecked)} not made" if report.unchecked else ""))
    return 0


def _check_files(package: Package, report: Report) -> None:
    size = folder_check.folder_bytes(package.folder)
    limit = folder_check.MAX_BYTES
    report.tell("unpacked size", size <= limit, f"{size / 1e6:.1f} MB of {limit / 1e6:.0f}")
    packed = package.archive.stat().st_size
    limit = folder_check.MAX_ARCHIVE_BYTES
    report.tell("archive size", packed <= limit, f"{packed / 1e6:.1f} MB of {limit / 1e6:.0f}")
    for what, found in (
        ("no torch, transformers or HEVC encoder", folder_check.forbidden_files(package.folder)),
        ("links lead to files of the package", folder_check.dangling_links(package.folder)),
        ("the loader finds every library", folder_check.missing_libraries(package.folder)),
    ):
        report.tell(what, not found, ", ".join(found[:5]))
    if shutil.which("desktop-file-validate"):
        done = subprocess.run(
            ["desktop-file-validate", str(package.desktop_file)],
            capture_output=True,
            text=True,
            check=False,
        )
        report.tell("the desktop entry is valid", done.returncode == 0, done.stdout.strip())
    else:
        report.skip("the desktop entry", "desktop-file-validate is not installed")


class Run:
    """The same package on one screen, in several lives."""

    def __init__(
        self, package: Package, desktop: Desktop, scratch: Path, shots: Path, report: Report
    ) -> None:
        self._package = package
        self._desktop = desktop
        self._scratch = scratch
        self._shots = shots
        self._report = report
        self._no_network: tuple[str, ...] = ()
        if _works("unshare", "-rn", "true"):
            self._no_network = ("unshare", "-rn")
        else:
            report.skip("a start without any network", "unshare -n is not allowed here")

    def first_start(self) -> None:
        """An empty home, English: demo album, both languages, a box, quit."""
        home = self._scratch / "home"
        with self._session(home) as session:
            window_s = session.wait_for("first paint", _PAINT_S)
            self._desktop.window(TITLE)
            self._shoot("1-first-start")
            self._desktop.key("alt+f", "d")
            session.wait_for(r"indexing ended: 48 indexed", _INDEX_S)
            self._report.tell("first start adds the demo album", True, f"window {window_s:.2f} s")
            self._search_and_box(session, "en")
            session.quit()
        self._report.tell("quits and leaves no process", True)

    def later_starts(self) -> None:
        """The same home again: how soon the window is there, and the first answer."""
        busy = _busy_share()
        windows, answers = [], []
        for _ in range(_N_STARTS):
            with self._session(self._scratch / "home") as session:
                self._desktop.window(TITLE)
                self._desktop.key("ctrl+f")
                self._desktop.type("beach")
                self._desktop.key("Return")
                windows.append(session.wait_for("first paint", _PAINT_S))
                answers.append(session.wait_for("search answered", _ANSWER_S))
                session.quit()
        for what, seconds, limit in (
            ("window after the start", windows, WINDOW_LIMIT_S),
            ("first search answered after the start", answers, SEARCH_LIMIT_S),
        ):
            shown = ", ".join(f"{second:.2f}" for second in seconds) + " s"
            if min(seconds) > limit and busy > _QUIET_SHARE:
                self._report.skip(what, f"{shown}, but others kept {busy:.0%} of this machine busy")
            else:
                detail = f"{shown}; the best within {limit:g} s"
                self._report.tell(what, min(seconds) <= limit, detail)

    def open_folder_traced(self) -> None:
        """Another empty home, Chinese, with a folder to open; every file and socket is noted."""
        home, log = self._scratch / "home-zh", self._scratch / "trace.txt"
        pictures = home / "Pictures"
        shutil.copytree(self._package.demo_album, pictures)
        wrapper: tuple[str, ...] = ("strace", "-f", "-y", "-qq", "-s", "4096", "-o", str(log),
                                    "-e", f"trace={trace.TRACED_CALLS}")  # fmt: skip
        is_traced = _works("strace", "-qq", "-o", str(log), "true")
        if not is_traced:
            wrapper = ()
            self._report.skip("files read and network calls", "strace cannot trace here")
        session = Session(
            self._package.program,
            self._desktop,
            home,
            arguments=(str(pictures),),
            language="zh_CN",
            wrapper=(*self._no_network, *wrapper),
        )
        with session:
            session.wait_for("first paint", _PAINT_S)
            self._desktop.window(TITLE)
            session.wait_for(r"indexing ended: 48 indexed", _INDEX_S)
            self._report.tell("opens a folder given to it, in Chinese", True)
            self._search_and_box(session, "zh")
            session.quit()
        if is_traced:
            self._judge_trace(log, home)

    def _search_and_box(self, session: Session, name: str) -> None:
        for n, (label, words) in enumerate(QUESTIONS, start=2):
            self._ask(session, words)
            self._settle()
            self._shoot(f"{name}-{n}-{label}")
        n_colours = self._desktop.n_colours()
        self._report.tell(f"thumbnails are shown ({name})", n_colours > _MIN_COLOURS,
                          f"{n_colours} colours")  # fmt: skip
        self._desktop.key("F6", "Home", "Return")
        self._settle()
        self._desktop.key("r")
        self._desktop.drag(*BOX)
        session.wait_for("search answered by a picture", _ANSWER_S)
        self._settle()
        self._shoot(f"{name}-4-box")
        self._report.tell(f"searches in both languages and by a box ({name})", True)

    def _ask(self, session: Session, words: str) -> None:
        """Type words and wait for their answer; a keyboard that is busy may lose letters."""
        asked = f"search for {words!r}$"
        for _ in range(_N_TYPINGS):
            self._desktop.key("ctrl+f", "ctrl+a")
            self._desktop.type(words)
            self._desktop.key("Return")
            self._settle()
            if session.said(asked) is not None:
                break
        session.wait_for_after(asked, "search answered by words", _ANSWER_S)

    def _judge_trace(self, log: Path, home: Path) -> None:
        with log.open(encoding="utf-8", errors="replace") as lines:
            found = trace.parse(lines)
        own = (str(self._package.folder), str(home), "/tmp", "/var/tmp", "/run")
        strange = trace.outside(found.read, (*own, *trace.linked_fonts()))
        detail = ", ".join(strange[:6]) or f"{len(found.read)} files"
        self._report.tell("reads its own, the user's and the system's files alone", not strange,
                          detail)  # fmt: skip
        foreign = trace.outside(found.executed, (*own, "/usr/bin", "/bin", "/usr/sbin"))
        self._report.tell("starts nothing from elsewhere", not foreign, ", ".join(foreign[:4]))
        self._report.tell("no word to the network", not found.network, "; ".join(found.network[:3]))

    def _session(self, home: Path) -> Session:
        return Session(self._package.program, self._desktop, home, wrapper=self._no_network)

    def _shoot(self, name: str) -> None:
        self._desktop.save_screen(self._shots / f"{name}.png")

    def _settle(self) -> None:
        time.sleep(1.0)


def _busy_share() -> float:
    """How much of the processors others use, once that is little or patience is at its end."""
    deadline = time.monotonic() + _QUIET_WAIT_S
    while True:
        before = _processor_times()
        time.sleep(1.0)
        after = _processor_times()
        total = sum(after) - sum(before)
        idle = sum(after[3:5]) - sum(before[3:5])  # idle and waiting for disks
        share = 1.0 - idle / max(total, 1)
        if share <= _QUIET_SHARE or time.monotonic() > deadline:
            return share


def _processor_times() -> list[int]:
    return [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]


def _works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def default_shots() -> Path:
    """Where screenshots go unless somebody says otherwise."""
    return ARCHIVE_DIR / "screenshots"
