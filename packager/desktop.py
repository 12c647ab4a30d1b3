"""A screen without a monitor, and the hands of somebody who uses the program on it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from PIL import ImageGrab

from packager.errors import CheckError

SCREEN = "1440x900x24"
_UNICODE_KEYSYM = 0x1000000
_LAST_KEY = 254
_POLL_S = 0.02
_START_S = 20.0


class Desktop:
    """An Xvfb server; keys and the mouse come through xdotool, as from a person.

    Args:
        letters: beyond ASCII, that its keyboard is to have. Given before programs start: one that
            is busy may not take up a keyboard that changes while somebody types.
    """

    def __init__(self, letters: str = "") -> None:
        self._letters = "".join(dict.fromkeys(letters))
        self._number = _free_display()
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def display(self) -> str:
        """Value of DISPLAY."""
        return f":{self._number}"

    def __enter__(self) -> Self:
        """Start the server.

        Raises:
            CheckError: it does not come up.
        """
        self._server = subprocess.Popen(
            ["Xvfb", self.display, "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: _socket(self._number).exists(), _START_S, "the screen Xvfb did not come up")
        self._add_letters()
        return self

    def _add_letters(self) -> None:
        """Put the letters on keys that no keyboard has."""
        if not self._letters:
            return
        xlib = ctypes.CDLL("libX11.so.6")
        xlib.XOpenDisplay.restype = ctypes.c_void_p
        connection = ctypes.c_void_p(xlib.XOpenDisplay(self.display.encode()))
        if not connection:
            raise CheckError("the screen Xvfb takes no connection")
        symbols = [_UNICODE_KEYSYM + ord(letter) for letter in self._letters]
        first = _LAST_KEY - len(symbols)
        array = (ctypes.c_ulong * len(symbols))(*symbols)
        xlib.XChangeKeyboardMapping(connection, first, 1, array, len(symbols))
        xlib.XSync(connection, 0)
        xlib.XCloseDisplay(connection)

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(10)

    def window(self, title: str, timeout_s: float = _START_S) -> str:
        """Wait for a visible window with this title; returns its number, focused."""
        found: list[str] = []

        def is_there() -> bool:
            done = self._xdotool("search", "--onlyvisible", "--name", f"^{title}$", must=False)
            found[:] = done.split()
            return bool(found)

        until(is_there, timeout_s, f"no window {title} appeared")
        self._xdotool("windowfocus", "--sync", found[-1])
        return found[-1]

    def key(self, *keys: str) -> None:
        """Press keys or chords one after another."""
        for key in keys:
            self._xdotool("key", "--clearmodifiers", key)
            time.sleep(0.15)

    def type(self, text: str) -> None:
        """Type a text of ASCII and of the letters that this keyboard was given."""
        if text.isascii():
            self._xdotool("type", "--delay", "40", text)
        else:
            self.key(*(f"U{ord(letter):04X}" for letter in text))

    def drag(self, start: tuple[int, int], end: tuple[int, int], n_steps: int = 12) -> None:
        """Press at a place of the screen, move, let go."""
        self._xdotool("mousemove", "--sync", *map(str, start))
        self._xdotool("mousedown", "1")
        for step in range(1, n_steps + 1):
            x = start[0] + (end[0] - start[0]) * step // n_steps
            y = start[1] + (end[1] - start[1]) * step // n_steps
            self._xdotool("mousemove", str(x), str(y))
            time.sleep(0.02)
        self._xdotool("mouseup", "1")

    def save_screen(self, path: Path) -> None:
        """Write what the screen shows as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        ImageGrab.grab(xdisplay=self.display).save(path)

    def n_colours(self) -> int:
        """How many colours the screen shows: thousands with photos, some hundreds without."""
        screen = ImageGrab.grab(xdisplay=self.display)
        return len(screen.getcolors(screen.width * screen.height))

    def _xdotool(self, *arguments: str, must: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env={**os.environ, "DISPLAY": self.display, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        if must and done.returncode != 0:
            raise CheckError(f"xdotool {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout


def until(condition: Callable[[], bool], timeout_s: float, complaint: str) -> None:
    """Wait until a condition holds.

    Raises:
        CheckError: it did not hold in time.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise CheckError(f"{complaint} within {timeout_s:g} s")
        time.sleep(_POLL_S)


def missing_tools(*names: str) -> list[str]:
    """Return those of the named programs that are not installed."""
    return [name for name in names if shutil.which(name) is None]


def _free_display() -> int:
    return next(number for number in range(90, 200) if not _socket(number).exists())


def _socket(number: int) -> Path:
    return Path("/tmp/.X11-unix") / f"X{number}"
