"""Photos, answers of the engine and real events for tests of the photo view."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.asking import Box
from app.core.library.rows import Photo
from app.core.messages import LocatedPhrase, PhotoLocated, PhotoOpened
from app.ui.photo_view import PhotoView
from tests.pointer import PLAIN

BIG_ID = 2**40


def photo(photo_id: int = BIG_ID, size: tuple[int, int] = (4000, 3000)) -> Photo:
    return Photo(
        id=photo_id, root_id=1, root_path=b"/photos", path=b"a.jpg", display="夏/海 a.jpg",
        size_bytes=1, mtime_ns=1, inode=1, content_hash=b"", width_px=size[0], height_px=size[1],
        taken_at=None, camera=None, format="jpeg", average_rgb=0x205080,
    )  # fmt: skip


def opened(
    photo_id: int = BIG_ID, size: tuple[int, int] = (800, 600), color: str = "#c02010"
) -> PhotoOpened:
    rgb = bytes(QColor(color).getRgb()[:3])
    return PhotoOpened(1, photo_id, *size, 4000, 3000, rgb * (size[0] * size[1]))


def located(photo_id: int = BIG_ID, region: Box | None = (0.25, 0.25, 0.75, 0.5)) -> PhotoLocated:
    heat = np.zeros((6, 8), np.float32)
    heat[2, 4] = 1
    return PhotoLocated(1, photo_id, 6, 8, (LocatedPhrase("a boat", 0.83, region, heat.tobytes()),))


class Thumbnails(QObject):
    whole_loaded = Signal(object, QImage)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def load_whole(self, photo_id: int) -> None:
        self.asked.append(photo_id)


class Heard(QObject):
    """What a view said, signal by signal."""

    def __init__(self, view: PhotoView) -> None:
        super().__init__()
        self.pixels: list[tuple[int, int]] = []
        self.regions: list[tuple[int, Box]] = []
        self.steps: list[int] = []
        self.similar: list[int] = []
        self.n_closed = 0
        view.pixels_requested.connect(lambda *args: self.pixels.append(args))
        view.region_search_requested.connect(lambda *args: self.regions.append(args))
        view.step_requested.connect(self.steps.append)
        view.similar_requested.connect(self.similar.append)
        view.closed.connect(self._on_view_closed)

    def _on_view_closed(self) -> None:
        self.n_closed += 1


def make_view(qtbot: QtBot, thumbnails: Thumbnails) -> PhotoView:
    """A view on the screen, with the keyboard."""
    view = PhotoView(thumbnails)  # type: ignore[arg-type]
    qtbot.addWidget(view)
    view.resize(1000, 780)
    view.show()
    qtbot.waitExposed(view)
    view.setFocus()
    return view


def wheel(
    view: PhotoView, at: QPoint, delta: QPoint, modifiers: Qt.KeyboardModifier = PLAIN
) -> None:
    point = QPointF(at)
    event = QWheelEvent(
        point, view.mapToGlobal(point), QPoint(), delta, Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def in_view(view: PhotoView, x: float, y: float) -> QPoint:
    return QPointF(*view.transform.to_view((x, y))).toPoint()


def color_at(view: PhotoView, x: float, y: float) -> QColor:
    """The colour on the screen at a point of the photo."""
    image = view.grab().toImage()
    at = view.transform.to_view((x, y))
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(at[0] * ratio), round(at[1] * ratio))
