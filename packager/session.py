"""One life of the packaged program on a screen: started, used, watched, ended."""

from __future__ import annotations

import os
import re
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Self

from packager.desktop import Desktop, until
from packager.errors import CheckError

LOG = Path(".config/Finelens/finelens.log")
_STAMP = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \w+ ([\w.]+): (.*)$")
# Variables that would lead the program to places outside its home, or tell it about this project.
_KEPT_VARIABLES = ("PATH",)
END_S = 10.0


class Session:
    """The program, started as a double click would: with a home folder and nothing else.

    Args:
        program: the executable inside the package.
        desktop: where it shows.
        home: HOME; empty for a first start.
        arguments: of the program.
        language: such as ``zh_CN``.
        wrapper: a command that runs the program: no network, traced.
    """

    def __init__(
        self,
        program: Path,
        desktop: Desktop,
        home: Path,
        *,
        arguments: tuple[str, ...] = (),
        language: str = "en_US",
        wrapper: tuple[str, ...] = (),
    ) -> None:
        self._program = program
        self._desktop = desktop
        self._home = home
        self._command = [*wrapper, str(program), *arguments]
        self._language = language
        self._process: subprocess.Popen[bytes] | None = None
        self.started_s = 0.0

    def __enter__(self) -> Self:
        """Start it; the clock runs from here."""
        self._home.mkdir(parents=True, exist_ok=True)
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        environment |= {
            "HOME": str(self._home),
            "DISPLAY": self._desktop.display,
            "LANG": f"{self._language}.UTF-8",
            "FINELENS_LOG": "DEBUG",
        }
        self.started_s = time.time()
        self._process = subprocess.Popen(
            self._command,
            env=environment,
            cwd=self._home,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self._home / "stderr.txt").open("ab"),
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of it may outlive the check, even where the check fails."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, 9)
            self._process.wait()

    def said(self, pattern: str, n: int = 1) -> float | None:
        """When the program's log had its n-th line that fits a pattern: seconds since the start.

        Lines of earlier lives in the same log do not count.
        """
        all_said = self._all_said(pattern)
        return all_said[n - 1] if len(all_said) >= n else None

    def _all_said(self, pattern: str) -> list[float]:
        found = []
        for line in self._log_lines():
            match = _STAMP.match(line)
            if match is None:
                continue
            at_s = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S,%f").timestamp()
            if at_s >= self.started_s and re.search(pattern, match[3]):
                found.append(at_s - self.started_s)
        return found

    def wait_for(self, pattern: str, timeout_s: float, n: int = 1) -> float:
        """Wait until the log has its n-th line that fits; returns seconds since the start.

        Raises:
            CheckError: the program ended, or it took too long.
        """

        def is_said() -> bool:
            if self._process is not None and self._process.poll() is not None:
                raise CheckError(f"the program ended by itself: {self._last_words()}")
            return self.said(pattern, n) is not None

        until(is_said, timeout_s, f"the program did not report: {pattern}; it said last:"
              f" {self._last_words()};")  # fmt: skip
        at_s = self.said(pattern, n)
        assert at_s is not None
        return at_s

    def wait_for_after(self, first: str, then: str, timeout_s: float) -> None:
        """Wait until the log has a line that fits ``then`` after one that fits ``first``.

        Raises:
            CheckError: the program ended, or it took too long.
        """
        at_s = self.wait_for(first, timeout_s)

        def is_said() -> bool:
            return any(second >= at_s for second in self._all_said(then))

        until(is_said, timeout_s, f"the program did not report: {then} after {first};")

    def quit(self) -> None:
        """Press Ctrl+Q and see that everything is gone.

        Raises:
            CheckError: it does not end, ends with an error, or leaves a process.
        """
        assert self._process is not None
        self._desktop.key("ctrl+q")
        try:
            code = self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            raise CheckError(f"the program still runs {END_S:g} s after Ctrl+Q") from None
        if code != 0:
            raise CheckError(f"the program ended with {code}: {self._last_words()}")
        until(lambda: not processes_of(self._program), END_S, "processes were left behind")

    def _log_lines(self) -> list[str]:
        try:
            return (self._home / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []

    def _last_words(self) -> str:
        errors = (self._home / "stderr.txt").read_text(encoding="utf-8", errors="replace")
        return " | ".join([*self._log_lines()[-3:], *errors.splitlines()[-3:]])


def processes_of(program: Path) -> list[int]:
    """Return the numbers of all processes that run a program of this folder."""
    folder = program.resolve().parent
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            running = Path(os.readlink(entry / "exe"))
        except OSError:
            continue
        if running.is_relative_to(folder):
            found.append(int(entry.name))
    return found
