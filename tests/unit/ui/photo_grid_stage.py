"""A photo grid on the screen with a library behind it that remembers what it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.library.rows import Photo
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import PhotoGridModel
from tests.pointer import LEFT, PLAIN, drag, move_pointer

WIDTH, HEIGHT = 900, 700


def photo(photo_id: int) -> Photo:
    return Photo(
        id=photo_id, root_id=1, root_path=b"/photos", path=b"a", display=f"照片 {photo_id}.jpg",
        size_bytes=1, mtime_ns=1, inode=1, content_hash=b"", width_px=400, height_px=200,
        taken_at=None, camera=None, format="jpeg", average_rgb=0x205080,
    )  # fmt: skip


@dataclass
class Stage:
    """A grid on the screen, its model, and what the library was asked for."""

    grid: PhotoGrid
    model: PhotoGridModel
    asked: list[int] = field(default_factory=list)

    def center(self, row: int) -> QPoint:
        return self.grid.visualRect(self.model.index(row)).center()

    def click(self, row: int, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.mouseClick(self.grid.viewport(), LEFT, modifiers, self.center(row))

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        for key in keys:
            QTest.keyClick(self.grid, key, modifiers)

    def drag(self, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        drag(self.grid.viewport(), start, end, modifiers)

    def hover(self, row: int) -> None:
        move_pointer(self.grid.viewport(), self.center(row))

    def selected(self) -> list[int]:
        return self.grid.selected_photo_ids()


def make_stage(qtbot: QtBot) -> Stage:
    """A grid on the screen, with the keyboard."""
    asked: list[int] = []

    def photos_for(ids: Sequence[int]) -> list[Photo]:
        asked.extend(ids)
        return [photo(i) for i in ids]

    grid = PhotoGrid()
    qtbot.addWidget(grid)
    model = PhotoGridModel(photos_for, parent=grid)
    grid.setModel(model)
    grid.resize(WIDTH, HEIGHT)
    grid.show()
    qtbot.waitExposed(grid)
    grid.setFocus()
    return Stage(grid, model, asked)


def wheel(stage: Stage, delta: int, modifiers: Qt.KeyboardModifier) -> None:
    at = QPointF(stage.grid.viewport().rect().center())
    event = QWheelEvent(
        at, stage.grid.viewport().mapToGlobal(at), QPoint(), QPoint(0, delta),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(stage.grid.viewport(), event)
