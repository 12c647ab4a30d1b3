"""Thumbnails from the library to the screen, decoded and cut to shape off the GUI thread.

The bytes are JPEG files that Finelens made itself; files of the user never come here.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, QRectF, QRunnable, Qt, QThreadPool, Signal, SignalInstance, Slot
from PySide6.QtGui import QBrush, QImage, QPainter

from app.core.asking import Box
from app.ui.photo_grid_cell import focus_part

logger = logging.getLogger(__name__)

BUDGET_BYTES = 64 * 1024 * 1024
N_THREADS = 1
"""Qt decodes with the interpreter locked: a second thread would only take turns with the window."""
IDLE_S = 3.0


class ThumbnailSource(Protocol):
    """What a thread reads from; a read-only ``Library`` is one."""

    def thumbnail(self, photo_id: int) -> bytes | None:
        """The JPEG file of a photo's thumbnail; None while there is none."""

    def close(self) -> None:
        """Give back the connection; called in the thread that opened it."""


@dataclass(frozen=True, slots=True)
class ThumbnailShape:
    """How thumbnails are cut: device pixels, square crop or fitted, rounded corners."""

    side_px: int
    square: bool
    radius_px: float


@dataclass(frozen=True, slots=True)
class _Request:
    photo_id: int
    shape: ThumbnailShape | None
    """None: the thumbnail as it is, uncut."""
    focus: Box | None = None
    """The region that is to fill the thumbnail."""


@dataclass(frozen=True, slots=True)
class _Reply:
    request: _Request
    image: QImage
    """Null where there is no thumbnail."""


class ThumbnailLoader(QObject):
    """Loads what is visible first, forgets what scrolled away, keeps what was used last.

    Lives in the GUI thread. Each thread of its pool opens its own library, and closes it when
    there has been nothing to do for a while.
    """

    thumbnail_loaded = Signal(object, QImage)
    """Photo id and its thumbnail in the current shape."""
    whole_loaded = Signal(object, QImage)
    """Photo id and its uncut thumbnail, or a null image; the answer to ``load_whole``."""
    _prepared = Signal(object)

    def __init__(
        self,
        open_source: Callable[[], ThumbnailSource],
        parent: QObject | None = None,
        *,
        budget_bytes: int = BUDGET_BYTES,
        n_threads: int = N_THREADS,
    ) -> None:
        super().__init__(parent)
        self._open_source = open_source
        self._budget_bytes = budget_bytes
        self._n_bytes = 0
        self._cache: OrderedDict[int, tuple[QImage, _Request]] = OrderedDict()
        self._missing: set[int] = set()
        self._shape: ThumbnailShape | None = None
        self._focus: Mapping[int, Box] = {}
        self._queue = _Queue(n_threads)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(n_threads)
        self._prepared.connect(self._on_worker_prepared, Qt.ConnectionType.QueuedConnection)

    @property
    def n_bytes(self) -> int:
        """Bytes of the images kept."""
        return self._n_bytes

    def set_shape(self, shape: ThumbnailShape) -> None:
        """Cut thumbnails this way from now on; older ones serve until their new cut is there."""
        self._shape = shape

    def image(self, photo_id: int) -> QImage | None:
        """The thumbnail if it is at hand, perhaps in an older shape; asks for nothing."""
        entry = self._cache.get(photo_id)
        if entry is None:
            return None
        self._cache.move_to_end(photo_id)
        return entry[0]

    def want(
        self,
        visible: Sequence[int],
        ahead: Sequence[int] = (),
        focus: Mapping[int, Box] | None = None,
    ) -> None:
        """Load these, visible ones first; whatever else was waiting is cancelled.

        Args:
            visible: photo ids.
            ahead: photo ids that may be seen next.
            focus: regions that are to fill the thumbnails of their photos.
        """
        if self._shape is None:
            return
        self._focus = focus or {}
        requests = [
            _Request(photo_id, self._shape, self._focus.get(photo_id))
            for photo_id in dict.fromkeys((*visible, *ahead))
        ]
        wanted = [request for request in requests if self._is_needed(request)]
        self._start_workers(self._queue.replace(wanted))

    def load_whole(self, photo_id: int) -> None:
        """Load one uncut thumbnail before all others."""
        self._start_workers(self._queue.put_first(_Request(photo_id, None)))

    def forget(self, photo_ids: Iterable[int]) -> None:
        """Drop the thumbnails of photos that changed."""
        for photo_id in photo_ids:
            self._missing.discard(photo_id)
            self._drop(photo_id)

    def forget_missing(self) -> None:
        """Ask again for thumbnails that were not there; call it when the library changed."""
        self._missing.clear()

    def close(self) -> None:
        """Cancel everything and wait for the threads; harmless when called again."""
        self._queue.close()
        self._pool.waitForDone()

    def _is_needed(self, request: _Request) -> bool:
        entry = self._cache.get(request.photo_id)
        return request.photo_id not in self._missing and (entry is None or entry[1] != request)

    def _start_workers(self, n_workers: int) -> None:
        for _ in range(n_workers):
            self._pool.start(_Worker(self._queue, self._open_source, self._prepared))

    @Slot(object)
    def _on_worker_prepared(self, reply: _Reply) -> None:
        self._queue.finish(reply.request)
        photo_id, shape = reply.request.photo_id, reply.request.shape
        wanted = _Request(photo_id, self._shape, self._focus.get(photo_id))
        if shape is None:
            self.whole_loaded.emit(photo_id, reply.image)
        elif reply.image.isNull():
            self._missing.add(photo_id)
        elif reply.request == wanted or photo_id not in self._cache:
            self._keep(reply.request, reply.image)
            self.thumbnail_loaded.emit(photo_id, reply.image)

    def _keep(self, request: _Request, image: QImage) -> None:
        self._drop(request.photo_id)
        self._cache[request.photo_id] = (image, request)
        self._n_bytes += image.sizeInBytes()
        while self._n_bytes > self._budget_bytes and len(self._cache) > 1:
            self._drop(next(iter(self._cache)))

    def _drop(self, photo_id: int) -> None:
        entry = self._cache.pop(photo_id, None)
        if entry is not None:
            self._n_bytes -= entry[0].sizeInBytes()


class _Queue:
    """What waits to be loaded, in order; shared by the GUI thread and the workers."""

    def __init__(self, n_workers_max: int) -> None:
        self._changed = threading.Condition()
        self._waiting: OrderedDict[_Request, None] = OrderedDict()
        self._running: set[_Request] = set()
        self._n_workers_max = n_workers_max
        self._n_workers = 0
        self._closed = False

    def replace(self, requests: Collection[_Request]) -> int:
        """Put these in place of all that waits, uncut ones apart; how many workers to start."""
        with self._changed:
            whole = [request for request in self._waiting if request.shape is None]
            fresh = [request for request in requests if request not in self._running]
            self._waiting = OrderedDict.fromkeys((*whole, *fresh))
            return self._hire()

    def put_first(self, request: _Request) -> int:
        """Let this one be the next; how many workers to start."""
        with self._changed:
            self._waiting[request] = None
            self._waiting.move_to_end(request, last=False)
            return self._hire()

    def take(self, idle_s: float) -> _Request | None:
        """The next request; None when the worker should go home."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._waiting), idle_s)
            if self._closed or not self._waiting:
                self._n_workers -= 1
                return None
            request, _ = self._waiting.popitem(last=False)
            self._running.add(request)
            return request

    def give_up(self) -> list[_Request]:
        """A worker cannot work: it leaves, and what waited goes unanswered with it."""
        with self._changed:
            left = list(self._waiting)
            self._waiting.clear()
            self._n_workers -= 1
            return left

    def finish(self, request: _Request) -> None:
        with self._changed:
            self._running.discard(request)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _hire(self) -> int:
        if self._closed:
            return 0
        self._changed.notify_all()
        n_new = max(0, min(len(self._waiting), self._n_workers_max) - self._n_workers)
        self._n_workers += n_new
        return n_new


class _Worker(QRunnable):
    """Serves the queue from one library of its own until there is nothing to do."""

    def __init__(
        self,
        queue: _Queue,
        open_source: Callable[[], ThumbnailSource],
        prepared: SignalInstance,
    ) -> None:
        super().__init__()
        self._queue = queue
        self._open_source = open_source
        self._prepared = prepared

    def run(self) -> None:
        try:
            source = self._open_source()
        except Exception as error:  # noqa: BLE001 - a runnable must not die with Qt's stack above
            logger.warning("No thumbnails, the library cannot be opened: %s", error)
            for unanswered in self._queue.give_up():
                self._prepared.emit(_Reply(unanswered, QImage()))
            return
        try:
            while (request := self._queue.take(IDLE_S)) is not None:
                self._prepared.emit(_Reply(request, _load(source, request)))
        finally:
            source.close()


def _load(source: ThumbnailSource, request: _Request) -> QImage:
    try:
        data = source.thumbnail(request.photo_id)
    except Exception as error:  # noqa: BLE001 - one bad row must not end the worker
        logger.warning("No thumbnail for photo %s: %s", request.photo_id, error)
        return QImage()
    if data is None:
        return QImage()
    image = QImage.fromData(data, "JPEG")  # type: ignore[arg-type]  # the stub wants bytes, Qt a str
    if image.isNull() or request.shape is None:
        return image
    return cut(image, request.shape, request.focus)


def cut(image: QImage, shape: ThumbnailShape, focus: Box | None = None) -> QImage:
    """An image scaled down into a shape, with smooth round corners; never scaled up.

    Args:
        image: the uncut thumbnail.
        shape: ``square`` crops the middle; otherwise the whole image fits into the side.
        focus: a region, in 0..1; the square around it is cut out instead.
    """
    if focus is not None:
        part = focus_part(image.width(), image.height(), focus)
        width, height = image.width(), image.height()
        image = image.copy(
            round(part.left() * width),
            round(part.top() * height),
            max(1, round(part.width() * width)),
            max(1, round(part.height() * height)),
        )
    elif shape.square:
        side = min(image.width(), image.height())
        left, top = (image.width() - side) // 2, (image.height() - side) // 2
        image = image.copy(left, top, side, side)
    scale = min(1.0, shape.side_px / max(image.width(), image.height()))
    width, height = max(1, round(image.width() * scale)), max(1, round(image.height() * scale))
    scaled = image.scaled(
        width,
        height,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    # An image that is smaller than the side is drawn larger later: its corners grow with it.
    radius_px = shape.radius_px * max(width, height) / shape.side_px
    rounded = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    rounded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(rounded)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(scaled))
    painter.drawRoundedRect(QRectF(0, 0, width, height), radius_px, radius_px)
    painter.end()
    return rounded
