"""Albums: made, filled, renamed and deleted, each with Undo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenu, QWidget

from app.core.changes import AddToAlbum, CreateAlbum, DeleteAlbum, RemoveFromAlbum, RenameAlbum
from app.core.library.rows import Album
from app.ui.library_reader import LibraryReader, Overview
from app.ui.name_dialog import NameDialog
from app.ui.undo_desk import UndoDesk


class AlbumsController(QObject):
    """Knows the albums and carries out what people want of them."""

    def __init__(
        self,
        reader: LibraryReader,
        desk: UndoDesk,
        window: QWidget,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._window = window
        self._albums: tuple[Album, ...] = ()
        reader.overview_loaded.connect(self._on_reader_overview_loaded)

    @property
    def albums(self) -> tuple[Album, ...]:
        """All albums by name."""
        return self._albums

    def fill_menu(self, menu: QMenu, photo_ids: Sequence[int], album_id: int | None) -> None:
        """Offer the albums that photos can be put into.

        Args:
            menu: is filled.
            photo_ids: of the photos.
            album_id: of the album that they are looked at in.
        """
        ids = tuple(photo_ids)
        for album in self._albums:
            menu.addAction(album.name.replace("&", "&&"), lambda album=album: self.add(album, ids))
        if self._albums:
            menu.addSeparator()
        menu.addAction(self.tr("New album…"), lambda: self.ask_to_create(ids))
        inside = next((album for album in self._albums if album.id == album_id), None)
        if inside is not None:
            text = self.tr("Take out of “{0}”").format(inside.name)
            menu.addAction(text.replace("&", "&&"), lambda: self.take_out(inside, ids))

    def ask_to_create(self, photo_ids: tuple[int, ...] = ()) -> NameDialog:
        """Ask for a name, then make an album of photos; returns the open dialog."""
        sentence = (
            self.tr("Name of the album for %Ln photo(s):", "", len(photo_ids))
            if photo_ids
            else self.tr("Name of the album:")
        )
        dialog = NameDialog(
            self._window,
            self.tr("New album"),
            sentence,
            "",
            self.tr("Create"),
            lambda name: self._create(name, photo_ids),
        )
        dialog.open()
        return dialog

    def ask_to_rename(self, album_id: int) -> NameDialog | None:
        """Ask for another name; returns the open dialog, None if there is no such album."""
        album = self._album(album_id)
        if album is None:
            return None
        dialog = NameDialog(
            self._window,
            self.tr("Rename album"),
            self.tr("Name of the album:"),
            album.name,
            self.tr("Rename"),
            lambda name: self._rename(album, name),
        )
        dialog.open()
        return dialog

    def add(self, album: Album, photo_ids: tuple[int, ...]) -> None:
        """Put photos into an album."""
        text = self.tr("%Ln photo(s) added to “{0}”", "", len(photo_ids)).format(album.name)
        self._desk.change(AddToAlbum(album.id, photo_ids), text, tell=True)

    @Slot(object, object)
    def take_drop(self, album_id: int | None, photo_ids: tuple[int, ...]) -> None:
        """Put photos that were dropped into an album, or into a new one without a number."""
        album = None if album_id is None else self._album(album_id)
        if album is None:
            self.ask_to_create(photo_ids)
        else:
            self.add(album, photo_ids)

    def take_out(self, album: Album, photo_ids: tuple[int, ...]) -> None:
        """Take photos out of an album; they stay in the library."""
        text = self.tr("%Ln photo(s) taken out of “{0}”", "", len(photo_ids)).format(album.name)
        self._desk.change(RemoveFromAlbum(album.id, photo_ids), text, tell=True)

    def delete(self, album_id: int) -> None:
        """Delete an album; its photos stay in the library."""
        album = self._album(album_id)
        if album is not None:
            text = self.tr("Album “{0}” deleted").format(album.name)
            self._desk.change(DeleteAlbum(album.id), text, tell=True)

    def _create(self, name: str, photo_ids: tuple[int, ...]) -> None:
        text = self.tr("Album “{0}” created").format(name)
        self._desk.change(CreateAlbum(name, photo_ids), text, tell=True)

    def _rename(self, album: Album, name: str) -> None:
        if name != album.name:
            text = self.tr("Album renamed to “{0}”").format(name)
            self._desk.change(RenameAlbum(album.id, name), text, tell=True)

    def _album(self, album_id: int) -> Album | None:
        return next((album for album in self._albums if album.id == album_id), None)

    @Slot(object)
    def _on_reader_overview_loaded(self, overview: Overview) -> None:
        self._albums = overview.albums
