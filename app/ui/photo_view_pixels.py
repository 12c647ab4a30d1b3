"""The pixels of an opened photo, made ready for fast drawing off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, SignalInstance, Slot
from PySide6.QtGui import QImage

from app.core.messages import PhotoOpened

SMALLEST_LEVEL_PX = 256


@dataclass(frozen=True, slots=True, eq=False)
class PhotoPixels:
    """One photo at several sizes, largest first, each half of the one before."""

    photo_id: int
    full_px: tuple[int, int]
    levels: tuple[QImage, ...]

    @property
    def longest_px(self) -> int:
        """The longest side of the largest size."""
        return max(self.levels[0].width(), self.levels[0].height())

    def level_for(self, width_px: float) -> QImage:
        """The smallest size that is still at least so wide; the largest if none is."""
        for image in reversed(self.levels):
            if image.width() >= width_px - 0.5:
                return image
        return self.levels[0]


class PixelPreparer(QObject):
    """Turns ``PhotoOpened`` into ``PhotoPixels`` in a thread of its own pool; the latest wins."""

    prepared = Signal(object)

    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: PhotoOpened | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._done.connect(self._on_worker_done, Qt.ConnectionType.QueuedConnection)

    def prepare(self, opened: PhotoOpened) -> None:
        """Answer with ``prepared``, unless other pixels are asked for meanwhile."""
        self._wanted = opened
        self._pool.start(_Preparation(opened, self._done))

    def forget(self) -> None:
        """Pixels on their way are not wanted any more."""
        self._wanted = None

    def close(self) -> None:
        """Wait for the thread; harmless when called again."""
        self._wanted = None
        self._pool.waitForDone()

    @Slot(object)
    def _on_worker_done(self, result: tuple[PhotoOpened, PhotoPixels]) -> None:
        opened, pixels = result
        if opened is self._wanted:
            self._wanted = None
            self.prepared.emit(pixels)


class _Preparation(QRunnable):
    def __init__(self, opened: PhotoOpened, done: SignalInstance) -> None:
        super().__init__()
        self._opened = opened
        self._done = done

    def run(self) -> None:
        self._done.emit((self._opened, prepare(self._opened)))


def prepare(opened: PhotoOpened) -> PhotoPixels:
    """Copy the pixels into Qt's fastest format, at every size that drawing may want.

    Raises:
        ValueError: the message holds fewer pixels than it says.
    """
    width, height = opened.width_px, opened.height_px
    if len(opened.pixels) < width * height * 3:
        raise ValueError(
            f"{len(opened.pixels)} bytes of pixels are too few for {width} x {height} RGB"
        )
    image = QImage(opened.pixels, width, height, 3 * width, QImage.Format.Format_RGB888)
    levels = [image.convertToFormat(QImage.Format.Format_RGB32)]
    while max(levels[-1].width(), levels[-1].height()) > SMALLEST_LEVEL_PX:
        last = levels[-1]
        half = (max(1, (last.width() + 1) // 2), max(1, (last.height() + 1) // 2))
        levels.append(
            last.scaled(
                *half,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
    full = (opened.full_width_px, opened.full_height_px)
    return PhotoPixels(opened.photo_id, full, tuple(levels))
