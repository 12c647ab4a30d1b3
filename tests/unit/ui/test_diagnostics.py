"""The log and the last resort for errors."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.ui import diagnostics


@contextlib.contextmanager
def own_logging() -> Iterator[None]:
    """A root logger without pytest's handlers; those it gets are closed."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)


def test_the_log_is_a_file(tmp_path: Path) -> None:
    with own_logging():
        diagnostics.set_up_logging(tmp_path / "new")
        logging.getLogger("app.test").debug("too quiet")
        logging.getLogger("app.test").info("quiet")
        logging.getLogger("app.test").warning("loud")
    text = (tmp_path / "new" / diagnostics.LOG_NAME).read_text(encoding="utf-8")
    assert "too quiet" not in text
    assert "quiet" in text
    assert "loud" in text


def test_without_a_folder_for_the_log_the_window_still_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    with own_logging():
        diagnostics.set_up_logging(tmp_path / "file" / "sub")
        logging.getLogger("app.test").info("still here")
    assert "no log file" in capsys.readouterr().err


def test_unhandled_errors_are_logged_and_said_once(
    qtbot: QtBot, qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    notice = diagnostics.CrashNotice(qapp)
    for number in range(3):
        try:
            raise ValueError(f"inner words {number}")
        except ValueError as error:
            notice.catch(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(_boxes()))
    boxes = _boxes()
    assert len(boxes) == 1
    assert "inner words" not in boxes[0].text() + boxes[0].informativeText()
    assert caplog.text.count("unhandled error") == 3
    boxes[0].close()
    notice.deleteLater()


def _boxes() -> list[QMessageBox]:
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, QMessageBox) and widget.isVisible()
    ]


def test_hooks_cover_threads_and_qts_messages(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    caught: list[type[BaseException]] = []
    monkeypatch.setattr(
        diagnostics.CrashNotice, "catch", lambda _self, kind, _error, _trace: caught.append(kind)
    )
    before = qInstallMessageHandler(None)
    try:
        diagnostics.install_hooks(qapp)
    finally:
        qInstallMessageHandler(before)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    sys.excepthook(KeyError, KeyError("x"), None)
    assert caught == [ZeroDivisionError, KeyError]
    diagnostics._log_qt_message(QtMsgType.QtInfoMsg, None, "a word from Qt")  # type: ignore[arg-type]
    for notice in qapp.findChildren(diagnostics.CrashNotice):
        notice.deleteLater()
