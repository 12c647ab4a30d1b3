"""Which photos are favourites: what the library says, and what people wished a moment ago."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot

from app.core.messages import FavouriteSet, JobFailed
from app.engine.link import EngineLink
from app.ui.library_reader import LibraryReader, Overview


class FavouritesController(QObject):
    """Shows a wish at once and sends it to the engine; a wish that fails is taken back."""

    favourites_changed = Signal(object)  # frozenset[int]
    favourite_failed = Signal(object)  # JobFailed

    def __init__(
        self, link: EngineLink, reader: LibraryReader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._saved: frozenset[int] = frozenset()
        self._wishes: dict[int, bool] = {}
        self._jobs: dict[int, tuple[int, ...]] = {}
        self._shown: frozenset[int] = frozenset()
        reader.overview_loaded.connect(self._on_reader_overview_loaded)
        link.favourite_set.connect(self._on_link_favourite_set)
        link.job_failed.connect(self._on_link_job_failed)

    @property
    def favourites(self) -> frozenset[int]:
        """The ids of the favourites, wishes included."""
        return self._shown

    def is_favourite(self, photo_id: int) -> bool:
        """Whether a photo is one, wishes included."""
        return photo_id in self._shown

    def toggle(self, photo_ids: Iterable[int]) -> None:
        """Make all of them favourites; if all are already, none of them."""
        wanted = tuple(photo_ids)
        if not wanted:
            return
        favourite = not self._shown.issuperset(wanted)
        self._wishes.update(dict.fromkeys(wanted, favourite))
        self._jobs[self._link.set_favourite(wanted, favourite)] = wanted
        self._show()

    @Slot(object)
    def toggle_one(self, photo_id: int) -> None:
        """Make a photo a favourite, or no longer."""
        self.toggle((photo_id,))

    def _show(self) -> None:
        wished = {photo_id for photo_id, favourite in self._wishes.items() if favourite}
        shown = (self._saved - self._wishes.keys()) | wished
        if shown != self._shown:
            self._shown = shown
            self.favourites_changed.emit(shown)

    @Slot(object)
    def _on_reader_overview_loaded(self, overview: Overview) -> None:
        """A wish is kept until the library agrees: it may have been read before the wish."""
        self._saved = overview.favourites
        self._wishes = {
            photo_id: favourite
            for photo_id, favourite in self._wishes.items()
            if favourite != (photo_id in self._saved)
        }
        self._show()

    @Slot(object)
    def _on_link_favourite_set(self, event: FavouriteSet) -> None:
        self._jobs.pop(event.job_id, None)

    @Slot(object)
    def _on_link_job_failed(self, event: JobFailed) -> None:
        photo_ids = self._jobs.pop(event.job_id, None)
        if photo_ids is None:
            return
        for photo_id in photo_ids:
            self._wishes.pop(photo_id, None)
        self._show()
        self.favourite_failed.emit(event)
