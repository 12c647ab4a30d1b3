"""Turns a pasted picture into a query, off the window's thread."""

from __future__ import annotations

import os

from PySide6.QtCore import QMimeData, QObject, QRunnable, Qt, QThreadPool, Signal, SignalInstance
from PySide6.QtGui import QImage, QPainter

from app.core.asking import ImageQuery

# More than any patch budget uses; less to carry.
MAX_SIDE_PX = 1024


def image_query(image: QImage) -> ImageQuery:
    """Return a picture as RGB rows without padding, scaled down to what a query needs.

    What is transparent becomes white, as in files.
    """
    if max(image.width(), image.height()) > MAX_SIDE_PX:
        image = image.scaled(
            MAX_SIDE_PX,
            MAX_SIDE_PX,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    if image.hasAlphaChannel():
        image = _on_white(image)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    width_px, height_px = image.width(), image.height()
    stride, row_bytes = image.bytesPerLine(), width_px * 3
    data = bytes(image.constBits())
    if stride != row_bytes:
        rows = (data[y * stride : y * stride + row_bytes] for y in range(height_px))
        data = b"".join(rows)
    return ImageQuery(pixels=data, width_px=width_px, height_px=height_px)


def _on_white(image: QImage) -> QImage:
    white = QImage(image.size(), QImage.Format.Format_RGB32)
    white.fill(Qt.GlobalColor.white)
    painter = QPainter(white)
    painter.drawImage(white.rect(), image)
    painter.end()
    return white


def local_paths(mime: QMimeData) -> list[bytes]:
    """Return the files and folders of this computer that are dropped or pasted."""
    return [os.fsencode(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


class PicturePreparer(QObject):
    """Prepares one picture after the other; answers by signal."""

    picture_prepared = Signal(object)  # ImageQuery

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def prepare(self, image: QImage) -> None:
        """Answered by ``picture_prepared``; an empty picture is not answered."""
        if not image.isNull():
            self._pool.start(_Task(image, self.picture_prepared))

    def close(self) -> None:
        """Wait for what runs."""
        self._pool.clear()
        self._pool.waitForDone()


class _Task(QRunnable):
    def __init__(self, image: QImage, prepared: SignalInstance) -> None:
        super().__init__()
        self._image = image
        self._prepared = prepared

    def run(self) -> None:
        self._prepared.emit(image_query(self._image))
