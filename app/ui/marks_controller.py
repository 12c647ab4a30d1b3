"""Stars, hearts and flags: what the library says, and what people wished a moment ago."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from app.core.changes import Marks, SetMarks
from app.core.messages import ChangeDone, JobFailed, LibraryChanged
from app.engine.link import EngineLink
from app.ui.library_reader import LibraryReader
from app.ui.undo_desk import UndoDesk

N_SHOWN_AT_ONCE = 2000
"""A wish about more photos is shown once the engine has kept it: the window must not wait."""


class MarksController(QObject):
    """Shows a wish at once and sends it to the engine; a wish that fails is taken back."""

    marks_changed = Signal()

    def __init__(
        self,
        link: EngineLink,
        reader: LibraryReader,
        desk: UndoDesk,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._reader = reader
        self._desk = desk
        self._saved: Mapping[int, Marks] = {}
        self._wishes: dict[int, SetMarks] = {}
        self._kept: list[int] = []
        self._shown: Mapping[int, Marks] = {}
        reader.marks_loaded.connect(self._on_reader_marks_loaded)
        link.library_changed.connect(self._on_link_library_changed)
        link.change_done.connect(self._on_link_change_done)
        link.job_failed.connect(self._on_link_job_failed)

    @property
    def marks(self) -> Mapping[int, Marks]:
        """The marks of all photos that have some, wishes included."""
        return self._shown

    def of(self, photo_id: int) -> Marks:
        """What a photo is marked with."""
        return self._shown.get(photo_id) or Marks(photo_id)

    def load(self) -> None:
        """Read the marks; answered by ``marks_changed`` if they are others."""
        self._reader.load_marks()

    # ------------------------------------------------------------ wishes

    def toggle_favourite(self, photo_ids: Iterable[int]) -> None:
        """Make all of them favourites; if all are already, none of them."""
        wanted = tuple(photo_ids)
        favourite = not all(self.of(photo_id).favourite for photo_id in wanted)
        n_photos = len(wanted)
        text = (
            self.tr("%Ln photo(s) marked as favourite", "", n_photos)
            if favourite
            else self.tr("%Ln photo(s) no longer favourite", "", n_photos)
        )
        self._wish(SetMarks(wanted, favourite=favourite), text)

    def rate(self, photo_ids: Iterable[int], rating: int) -> None:
        """Give photos 0 to 5 stars."""
        wanted = tuple(photo_ids)
        stars = "★" * rating
        text = (
            self.tr("%Ln photo(s) rated {stars}", "", len(wanted)).format(stars=stars)
            if rating
            else self.tr("Rating of %Ln photo(s) removed", "", len(wanted))
        )
        self._wish(SetMarks(wanted, rating=rating), text)

    def toggle_flag(self, photo_ids: Iterable[int], flag: int) -> None:
        """Pick (1) or reject (-1) photos; if all are so already, take the flag away."""
        wanted = tuple(photo_ids)
        n_photos = len(wanted)
        if all(self.of(photo_id).flag == flag for photo_id in wanted):
            flag = 0
            text = self.tr("Flag of %Ln photo(s) removed", "", n_photos)
        elif flag > 0:
            text = self.tr("%Ln photo(s) picked", "", n_photos)
        else:
            text = self.tr("%Ln photo(s) rejected", "", n_photos)
        self._wish(SetMarks(wanted, flag=flag), text)

    def _wish(self, change: SetMarks, text: str) -> None:
        if change.photo_ids:
            job_id = self._desk.change(change, text, tell=len(change.photo_ids) > 1)
            self._wishes[job_id] = change
            self._show()

    def _show(self) -> None:
        shown = self._saved
        for wish in self._wishes.values():
            if len(wish.photo_ids) <= N_SHOWN_AT_ONCE:
                shown = _wished(shown, wish)
        if shown != self._shown:
            self._shown = shown
            self.marks_changed.emit()

    # ------------------------------------------------------------ facts

    @Slot(object)
    def _on_reader_marks_loaded(self, marks: Mapping[int, Marks]) -> None:
        self._saved = marks
        for job_id in self._kept:
            self._wishes.pop(job_id, None)
        self._kept.clear()
        self._show()

    @Slot(object)
    def _on_link_library_changed(self, event: LibraryChanged) -> None:
        if event.marks:
            self.load()

    @Slot(object)
    def _on_link_change_done(self, event: ChangeDone) -> None:
        """The wish is on disk; it is shown until the library was read again."""
        if event.job_id in self._wishes:
            self._kept.append(event.job_id)
            self.load()

    @Slot(object)
    def _on_link_job_failed(self, event: JobFailed) -> None:
        if self._wishes.pop(event.job_id, None) is not None:
            self._show()


def _wished(marks: Mapping[int, Marks], wish: SetMarks) -> Mapping[int, Marks]:
    """Marks as they will be once a wish is kept."""
    after = dict(marks)
    values = {"rating": wish.rating, "favourite": wish.favourite, "flag": wish.flag}
    given = {name: value for name, value in values.items() if value is not None}
    for photo_id in wish.photo_ids:
        wished = replace(after.get(photo_id) or Marks(photo_id), **given)
        if wished == Marks(photo_id):
            after.pop(photo_id, None)
        else:
            after[photo_id] = wished
    return after
