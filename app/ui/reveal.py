"""Hands files of the user to the system: shows them in its file manager, opens them elsewhere."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices


def reveal_command(path: str, platform: str) -> tuple[str, list[str]] | None:
    """Return the program that selects a file in its folder, None where there is no such program."""
    if platform == "darwin":
        return "open", ["-R", path]
    if platform == "win32":
        return "explorer", ["/select,", os.path.normpath(path)]
    return None


def open_with_command(path: str, platform: str) -> tuple[str, list[str]] | None:
    """Return the program that lets people choose another one, None where there is no such."""
    if platform == "win32":
        return "rundll32", ["shell32.dll,OpenAs_RunDLL", os.path.normpath(path)]
    return None


def reveal(path: bytes) -> bool:
    """Show a file or folder in the file manager; returns whether one was started."""
    text = os.fsdecode(path)
    command = reveal_command(text, sys.platform)
    if command is not None:
        return bool(QProcess.startDetached(*command)[0])
    folder = text if os.path.isdir(text) else os.path.dirname(text)
    return QDesktopServices.openUrl(QUrl.fromLocalFile(folder))


def open_with(path: bytes) -> bool:
    """Open a file with another program; returns whether one was started."""
    text = os.fsdecode(path)
    command = open_with_command(text, sys.platform)
    if command is not None:
        return bool(QProcess.startDetached(*command)[0])
    return QDesktopServices.openUrl(QUrl.fromLocalFile(text))
