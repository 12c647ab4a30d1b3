"""What people do with photos and their files: reveal, open, copy, take out, throw away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from app.core.changes import PutBackPhotos, TakeOutPhotos
from app.core.library.rows import Photo
from app.core.messages import JobFailed, PhotoOpened
from app.engine.link import EngineLink
from app.ui.message_box import message_box
from app.ui.photo_grid_model import photo_name
from app.ui.photo_view_pixels import PhotoPixels, PixelPreparer
from app.ui.reveal import open_with, reveal
from app.ui.trash import Trash, TrashDone
from app.ui.undo_desk import Step, UndoDesk

N_NAMES_SHOWN = 5
COPY_SIDE_PX = 4096


class PhotoCommands(QObject):
    """Carries out commands on photos that are given by their numbers."""

    said = Signal(str)  # a short word for people
    command_failed = Signal(object)  # JobFailed

    def __init__(
        self,
        link: EngineLink,
        desk: UndoDesk,
        trash: Trash,
        window: QWidget,
        photos_of: Callable[[Sequence[int]], list[Photo]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._desk = desk
        self._trash = trash
        self._window = window
        self._photos_of = photos_of
        self._copy_job = 0
        self._pixels = PixelPreparer(self)
        self._pixels.prepared.connect(self._on_pixels_prepared)
        link.photo_opened.connect(self._on_link_photo_opened)
        link.job_failed.connect(self._on_link_job_failed)
        trash.trashed.connect(self._on_trash_trashed)
        trash.returned.connect(self._on_trash_returned)

    def close(self) -> None:
        """Wait for what runs."""
        self._pixels.close()

    # ------------------------------------------------------------ files as they are

    def reveal(self, photo_ids: Sequence[int]) -> None:
        """Show the first of some photos in the file manager."""
        for photo in self._photos_of(photo_ids[:1]):
            reveal(photo.absolute_path)

    def open_with(self, photo_ids: Sequence[int]) -> None:
        """Open the first of some photos with another program."""
        for photo in self._photos_of(photo_ids[:1]):
            open_with(photo.absolute_path)

    def copy_paths(self, photo_ids: Sequence[int]) -> None:
        """Put the paths of photos on the clipboard, one a line."""
        photos = self._photos_of(photo_ids)
        paths = [photo.absolute_path.decode("utf-8", "replace") for photo in photos]
        QGuiApplication.clipboard().setText("\n".join(paths))
        self.said.emit(self.tr("%Ln path(s) copied", "", len(paths)))

    def copy_picture(self, photo_ids: Sequence[int]) -> None:
        """Put the pixels of the first of some photos on the clipboard."""
        if photo_ids:
            self._copy_job = self._link.open_photo(photo_ids[0], COPY_SIDE_PX)

    @Slot(object)
    def _on_link_photo_opened(self, event: PhotoOpened) -> None:
        if event.job_id == self._copy_job:
            self._copy_job = 0
            self._pixels.prepare(event)

    @Slot(object)
    def _on_pixels_prepared(self, pixels: PhotoPixels) -> None:
        QGuiApplication.clipboard().setImage(pixels.levels[0])
        self.said.emit(self.tr("Picture copied"))

    @Slot(object)
    def _on_link_job_failed(self, event: JobFailed) -> None:
        if event.job_id == self._copy_job:
            self._copy_job = 0
            self.command_failed.emit(event)

    # ------------------------------------------------------------ taking out, throwing away

    def take_out(self, photo_ids: Iterable[int]) -> None:
        """Take photos out of the library; their files stay."""
        ids = tuple(photo_ids)
        if ids:
            text = self.tr("%Ln photo(s) removed from the library; files stay", "", len(ids))
            self._desk.change(TakeOutPhotos(ids), text, tell=True)

    def ask_to_trash(self, photo_ids: Sequence[int]) -> QMessageBox | None:
        """Say which files are meant and ask; returns the open box, None without photos."""
        photos = self._photos_of(photo_ids)
        if not photos:
            return None
        box = message_box(
            self._window,
            self.tr("Move to trash"),
            self.tr("Move %Ln file(s) to the system's trash?", "", len(photos)),
            self._names(photos),
        )
        box.setIcon(QMessageBox.Icon.Warning)
        move = box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        files = tuple((photo.id, photo.absolute_path) for photo in photos)
        move.clicked.connect(lambda: self._throw_away(files))
        box.open()
        return box

    def _names(self, photos: list[Photo]) -> str:
        names = [photo_name(photo) for photo in photos[:N_NAMES_SHOWN]]
        n_more = len(photos) - len(names)
        if n_more:
            names.append(self.tr("and %Ln more", "", n_more))
        return "\n".join(names)

    def _throw_away(self, files: tuple[tuple[int, bytes], ...]) -> None:
        text = self.tr("%Ln file(s) moved to trash", "", len(files))
        self._desk.carry_out(Step(text, lambda: self._trash.throw_away(files), tell=True))

    @Slot(object)
    def _on_trash_trashed(self, done: TrashDone) -> None:
        if done.n_failed:
            text = self.tr("%Ln file(s) could not be moved to trash", "", done.n_failed)
            self.said.emit(text)
        ids = tuple(file.photo_id for file in done.files)
        if ids:
            self._link.change_library(TakeOutPhotos(ids, trashed=True))
            self._desk.settle(done.job_id, lambda: self._trash.take_back(done.files))
        else:
            self._desk.forget(done.job_id)

    @Slot(object)
    def _on_trash_returned(self, done: TrashDone) -> None:
        if done.n_failed:
            text = self.tr("%Ln file(s) could not be brought back from trash", "", done.n_failed)
            self.said.emit(text)
        ids = tuple(file.photo_id for file in done.files)
        if ids:
            self._link.change_library(PutBackPhotos(ids, trashed=True))
            files = tuple((file.photo_id, file.path) for file in done.files)
            self._desk.settle(done.job_id, lambda: self._trash.throw_away(files))
        else:
            self._desk.forget(done.job_id)
