"""The menu of photos: the same entries in the same order wherever it opens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.albums_controller import AlbumsController
from app.ui.marks_controller import MarksController
from app.ui.photo_commands import PhotoCommands


class PhotoMenu(QObject):
    """Builds menus; entries that need a single photo rest where there are several."""

    open_requested = Signal(object)  # photo id
    similar_requested = Signal(object)  # photo id
    region_requested = Signal(object)  # photo id
    exclude_requested = Signal(object)  # photo id

    def __init__(
        self,
        window: QWidget,
        commands: PhotoCommands,
        marks: MarksController,
        albums: AlbumsController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._commands = commands
        self._marks = marks
        self._albums = albums

    def build(
        self, photo_ids: Sequence[int], *, album_id: int | None = None, can_exclude: bool
    ) -> QMenu:
        """Return what can be done with photos; the menu deletes itself after use.

        Args:
            photo_ids: at least one.
            album_id: of the album that they are looked at in.
            can_exclude: whether something is looked for that they could be kept out of.
        """
        ids, first, single = list(photo_ids), photo_ids[0], len(photo_ids) == 1
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, signal in (
            (self.tr("Open"), self.open_requested),
            (self.tr("Find similar"), self.similar_requested),
            (self.tr("Search a region…"), self.region_requested),
        ):
            entry = menu.addAction(text, lambda signal=signal: signal.emit(first))
            entry.setEnabled(single)
        menu.addSeparator()
        reveal = menu.addAction(self.tr("Show in file manager"), lambda: self._commands.reveal(ids))
        reveal.setEnabled(single)
        copy = self.tr("Copy path") if single else self.tr("Copy %Ln path(s)", "", len(ids))
        menu.addAction(copy, lambda: self._commands.copy_paths(ids))
        picture = menu.addAction(self.tr("Copy picture"), lambda: self._commands.copy_picture(ids))
        picture.setEnabled(single)
        menu.addSeparator()
        album_menu = menu.addMenu(self.tr("Add to album"))
        self._albums.fill_menu(album_menu, ids, album_id)
        self._fill_rate_menu(menu.addMenu(self.tr("Rate")), ids)
        exclude = menu.addAction(self.tr("Not this"), lambda: self.exclude_requested.emit(first))
        exclude.setEnabled(single and can_exclude)
        menu.addSeparator()
        self._add_removals(menu, ids)
        return menu

    def _add_removals(self, menu: QMenu, ids: list[int]) -> None:
        n_photos = len(ids)
        single = n_photos == 1
        remove = (
            self.tr("Remove from library")
            if single
            else self.tr("Remove %Ln photo(s) from library", "", n_photos)
        )
        menu.addAction(remove, lambda: self._commands.take_out(ids))
        trash = (
            self.tr("Move to trash…")
            if single
            else self.tr("Move %Ln file(s) to trash…", "", n_photos)
        )
        menu.addAction(trash, lambda: self._commands.ask_to_trash(ids))

    def _fill_rate_menu(self, menu: QMenu, ids: list[int]) -> None:
        marks = [self._marks.of(photo_id) for photo_id in ids]
        for rating in range(6):
            text = "★" * rating or self.tr("No stars")
            entry = menu.addAction(text, lambda rating=rating: self._marks.rate(ids, rating))
            entry.setCheckable(True)
            entry.setChecked(all(each.rating == rating for each in marks))
        menu.addSeparator()
        favourite = menu.addAction(self.tr("Favourite"), lambda: self._marks.toggle_favourite(ids))
        pick = menu.addAction(self.tr("Pick"), lambda: self._marks.toggle_flag(ids, 1))
        reject = menu.addAction(self.tr("Reject"), lambda: self._marks.toggle_flag(ids, -1))
        for entry, holds in (
            (favourite, all(each.favourite for each in marks)),
            (pick, all(each.flag > 0 for each in marks)),
            (reject, all(each.flag < 0 for each in marks)),
        ):
            entry.setCheckable(True)
            entry.setChecked(holds)
