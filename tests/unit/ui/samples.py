"""Rows, a small real library and a link without a process, for tests of the window's parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.core.library import Library
from app.core.library.rows import NewPhoto, NewProblem, Photo, Problem, Root
from app.core.messages import Hit, IndexProgress
from app.core.settings import Settings
from app.engine.link import EngineLink
from app.ui.sidebar import Sidebar
from tests.fakes import jpeg_bytes

DIM = 4


class Listener(QObject):
    """Collects what a signal brings."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    @Slot(object)
    def on_one(self, value: object) -> None:
        self.heard.append(value)

    @Slot()
    def on_none(self) -> None:
        self.heard.append(None)


class RecordingLink(EngineLink):
    """A link that notes its commands; a test emits the events itself."""

    def __init__(self, directory: Path = Path("nowhere")) -> None:
        super().__init__(Settings(), directory, directory)
        self.sent: list[Any] = []

    def _send(self, command: Any) -> None:
        self.sent.append(command)


def drop_on(sidebar: Sidebar, line: str, data: QMimeData) -> None:
    """Drag something over a line of the sidebar and let it fall, as the system does."""
    model, view = sidebar.model, sidebar.view
    (row,) = [at for at in range(model.rowCount()) if model.index(at).data() == line]
    at = view.visualRect(model.index(row)).center()
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    enter, move = QDragEnterEvent(at, *rest), QDragMoveEvent(at, *rest)
    for event in (enter, move):
        QApplication.sendEvent(view.viewport(), event)
    if enter.isAccepted() and move.isAccepted():
        QApplication.sendEvent(view.viewport(), QDropEvent(QPointF(at), *rest))
    else:
        QApplication.sendEvent(view.viewport(), QDragLeaveEvent())


def root(root_id: int = 1, **changes: Any) -> Root:
    values: dict[str, Any] = {
        "id": root_id,
        "path": b"/photos/Holiday",
        "display": "/photos/Holiday",
        "state": "online",
        "n_photos": 10,
        "n_indexed": 10,
    }
    return Root(**{**values, **changes})


def photo(photo_id: int = 1, **changes: Any) -> Photo:
    values: dict[str, Any] = {
        "id": photo_id,
        "root_id": 1,
        "root_path": b"/photos/Holiday",
        "path": b"beach/red.jpg",
        "display": "beach/red.jpg",
        "size_bytes": 1_234_567,
        "mtime_ns": 1,
        "inode": photo_id,
        "content_hash": bytes([photo_id]) * 16,
        "width_px": 4000,
        "height_px": 3000,
        "taken_at": "2023-05-06T07:08:09",
        "camera": "Canon EOS R6",
        "format": "jpeg",
        "average_rgb": 0x804020,
    }
    return Photo(**{**values, **changes})


def problem(problem_id: int = 1, **changes: Any) -> Problem:
    values: dict[str, Any] = {
        "id": problem_id,
        "root_id": 1,
        "root_path": b"/photos/Holiday",
        "path": b"beach/broken.jpg",
        "display": "beach/broken.jpg",
        "reason": "truncated",
        "detail": "image file is truncated (12 bytes not processed)",
        "seen_at": "2026-01-02T03:04:05+00:00",
    }
    return Problem(**{**values, **changes})


def hit(photo_id: int, match: str = "good", score: float = 0.9) -> Hit:
    return Hit(photo_id, score, match)  # type: ignore[arg-type]


def progress(done: int = 812, total: int = 1243, **changes: Any) -> IndexProgress:
    values: dict[str, Any] = {
        "job_id": 1,
        "phase": "indexing",
        "root_id": 1,
        "found": total,
        "done": done,
        "total": total,
        "n_problems": 0,
        "photos_per_s": 14.2,
        "seconds_left": 300.0,
    }
    return IndexProgress(**{**values, **changes})


def make_library(directory: Path, n_photos: int = 5, n_problems: int = 1) -> list[int]:
    """Write a library of one folder; returns the photos' ids, oldest first."""
    folder = directory.parent / "Holiday"
    folder.mkdir(exist_ok=True)
    with Library.open(directory, write=True) as library:
        new_root = library.add_root(bytes(folder))
        model_id = library.use_model("f" * 64, "small", DIM)
        photos = [_new_photo(new_root.id, at) for at in range(n_photos)]
        problems = [
            NewProblem(new_root.id, b"bad%d.jpg" % at, 1, 1, 1000 + at, "truncated", "cut", "1")
            for at in range(n_problems)
        ]
        return library.save_batch(model_id, photos, problems)


def _new_photo(root_id: int, at: int) -> NewPhoto:
    return NewPhoto(
        root_id,
        b"p%03d.jpg" % at,
        1000,
        at + 1,
        at + 1,
        bytes([at]) * 16,
        64,
        48,
        f"2024-01-{at + 1:02d}T00:00:00",
        None,
        "jpeg",
        0x336699,
        thumbnail=jpeg_bytes(),
        vector=np.eye(DIM, dtype=np.float32)[at % DIM],
        patches=16,
    )
