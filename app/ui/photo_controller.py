"""The open photo: its row, its pixels, the place of a phrase, the photos before and after it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from app.core.library.rows import Photo
from app.core.messages import (
    EngineReady,
    Hit,
    JobCancelled,
    JobFailed,
    PhotoLocated,
    PhotoOpened,
)
from app.engine.link import EngineLink
from app.ui.library_reader import LibraryReader
from app.ui.outside_pictures import OutsidePictures
from app.ui.photo_page import PhotoPage

_OF_THE_FILE = ("PhotoMissingError", "PhotoOfflineError", "PhotoUnreadableError")
MAX_PHRASES = 7  # as many as there are colours


class PhotoController(QObject):
    """Fills the photo page from the library and the engine."""

    photo_shown = Signal(object)  # Photo
    photo_left = Signal()
    photo_failed = Signal(object)  # JobFailed

    def __init__(
        self,
        link: EngineLink,
        reader: LibraryReader,
        page: PhotoPage,
        hit_of: Callable[[int], Hit | None],
        outside: OutsidePictures,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._reader = reader
        self._page = page
        self._hit_of = hit_of
        self._outside = outside
        self._photo_id: int | None = None
        self._photo: Photo | None = None
        self._order: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._pixels_job = 0
        self._locate_job = 0
        self._phrase = ""
        self._are_pixels_lost = False
        self._asked_again_id: int | None = None
        reader.photo_loaded.connect(self._on_reader_photo_loaded)
        link.photo_opened.connect(self._on_link_photo_opened)
        link.photo_located.connect(self._on_link_photo_located)
        link.job_failed.connect(self._on_link_job_failed)
        link.job_cancelled.connect(self._on_link_job_cancelled)
        link.engine_ready.connect(self._on_link_engine_ready)
        page.pixels_requested.connect(self._on_page_pixels_requested)
        page.phrase_changed.connect(self.locate)
        page.step_requested.connect(self.step)

    @property
    def photo(self) -> Photo | None:
        """The photo that is shown, None while none is open."""
        return self._photo

    def open(self, photo_id: int, order: npt.NDArray[np.int64], phrase: str = "") -> None:
        """Show a photo.

        Args:
            photo_id: Which.
            order: The list it belongs to, for stepping.
            phrase: Words to look for in it at once.
        """
        self._order = order
        self._photo_id = photo_id
        self._phrase = phrase
        self._page.show_phrase(phrase)
        if photo_id < 0:
            self._on_reader_photo_loaded(self._outside.row(photo_id))
        else:
            self._reader.load_photo(photo_id)

    def set_order(self, order: npt.NDArray[np.int64]) -> None:
        """The list around the photo changed, and what the search says of it."""
        self._order = order
        if self._photo is not None:
            self._page.show_match(self._hit_of(self._photo.id))

    @Slot()
    def close(self) -> None:
        """Forget the photo; answers about it are not shown any more."""
        self._photo_id = self._photo = None
        self._are_pixels_lost = False
        self._asked_again_id = None
        self._phrase = ""
        self.photo_left.emit()

    @Slot(int)
    def step(self, n_photos: int) -> None:
        """Show the photo so many places further; at an end nothing happens."""
        if self._photo_id is None:
            return
        rows = np.flatnonzero(self._order == self._photo_id)
        if len(rows) == 0:
            return
        row = int(rows[0]) + n_photos
        if 0 <= row < len(self._order):
            self._photo_id = int(self._order[row])
            self._reader.load_photo(self._photo_id)

    @Slot(str)
    def locate(self, text: str) -> None:
        """Show where a phrase fits in the open photo; nothing for an empty one."""
        self._phrase = text
        if self._photo is None:
            return
        if not text:
            self._locate_job = 0
            self._page.show_place(None)
            return
        texts = phrases_of(text)
        if not texts:
            self._locate_job = 0
            self._page.show_place(None)
            return
        photo_id = self._photo.id
        outside = self._outside.image(photo_id) if photo_id < 0 else None
        self._page.set_locating(True)
        self._locate_job = self._link.locate(photo_id, texts, outside)

    @Slot(object)
    def _on_reader_photo_loaded(self, photo: Photo) -> None:
        if photo.id != self._photo_id:
            return
        self._photo = photo
        self._are_pixels_lost = False
        self._page.show_photo(photo, self._hit_of(photo.id))
        self.photo_shown.emit(photo)
        if self._phrase:
            self.locate(self._phrase)

    @Slot(object, int)
    def _on_page_pixels_requested(self, photo_id: int, max_side_px: int) -> None:
        if photo_id >= 0:
            self._pixels_job = self._link.open_photo(photo_id, max_side_px)
            return
        image = self._outside.image(photo_id)
        if image.pixels is None:
            self._pixels_job = self._link.open_photo(photo_id, max_side_px, image.path)
            return
        size = (image.width_px, image.height_px)
        self._page.show_pixels(PhotoOpened(0, photo_id, *size, *size, image.pixels))

    @Slot(object)
    def _on_link_photo_opened(self, event: PhotoOpened) -> None:
        if event.photo_id == self._photo_id:
            self._page.show_pixels(event)

    @Slot(object)
    def _on_link_photo_located(self, event: PhotoLocated) -> None:
        if event.job_id == self._locate_job and event.photo_id == self._photo_id:
            self._page.show_place(event)

    @Slot(object)
    def _on_link_job_cancelled(self, event: JobCancelled) -> None:
        if event.job_id == self._locate_job:
            self._page.set_locating(False)

    @Slot(object)
    def _on_link_job_failed(self, event: JobFailed) -> None:
        if event.job_id == self._locate_job:
            self._locate_job = 0
            self._page.show_place(None)
            if event.kind in _OF_THE_FILE:
                self._page.show_unreadable(event)  # as it is said of its pixels: once is enough
            else:
                self.photo_failed.emit(event)
        elif event.job_id == self._pixels_job:
            self._pixels_job = 0
            # Once for a photo: one that ends engines must not end them all.
            if event.kind == "EngineLostError" and self._asked_again_id != self._photo_id:
                self._are_pixels_lost = True
            else:
                self._page.show_unreadable(event)

    @Slot(object)
    def _on_link_engine_ready(self, _event: EngineReady) -> None:
        """A photo whose pixels went with an engine must not stay a thumbnail."""
        if self._are_pixels_lost:
            self._are_pixels_lost = False
            self._asked_again_id = self._photo_id
            self._page.view.request_again()


def phrases_of(text: str) -> tuple[str, ...]:
    """The phrases to look for in one photo: what the words describe, each by itself."""
    # The rules of two languages take a while to compile: not before the first paint.
    from app.core.queries import parse_query

    phrases = tuple(phrase.text for phrase in parse_query(text).wanted)
    return phrases[:MAX_PHRASES]
