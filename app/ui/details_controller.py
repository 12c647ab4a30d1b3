"""Marks and tags of photos: shown in the grid, the open photo and the information panel."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.core.changes import TagPhotos
from app.core.library.rows import Photo
from app.core.messages import LibraryChanged
from app.engine.link import EngineLink
from app.ui.library_reader import LibraryReader, PhotoTags
from app.ui.main_window import MainWindow
from app.ui.marks_controller import MarksController
from app.ui.photo_controller import PhotoController
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import PhotoGridModel
from app.ui.question import Results
from app.ui.search_controller import SearchController
from app.ui.undo_desk import UndoDesk


class DetailsController(QObject):
    """Describes the photo that is looked at, and carries out what people say of it there."""

    def __init__(
        self,
        link: EngineLink,
        reader: LibraryReader,
        desk: UndoDesk,
        window: MainWindow,
        grid: PhotoGrid,
        grid_model: PhotoGridModel,
        search: SearchController,
        photos: PhotoController,
        marks: MarksController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._reader = reader
        self._desk = desk
        self._window = window
        self._page = window.panels.photo_page
        self._inspector = window.panels.inspector
        self._grid = grid
        self._grid_model = grid_model
        self._search = search
        self._photos = photos
        self._marks = marks
        marks.marks_changed.connect(self._on_marks_marks_changed)
        photos.photo_shown.connect(self._on_photos_photo_shown)
        photos.photo_left.connect(self._on_photos_photo_left)
        search.results_changed.connect(self._on_search_results_changed)
        grid.current_photo_changed.connect(self._on_grid_current_photo_changed)
        grid.favourite_requested.connect(self._on_favourite_requested)
        grid.rating_requested.connect(self._on_rating_requested)
        self._page.favourite_requested.connect(self._on_favourite_requested)
        reader.tags_loaded.connect(self._on_reader_tags_loaded)
        link.library_changed.connect(self._on_link_library_changed)
        self._inspector.rating_requested.connect(self._on_rating_requested)
        self._inspector.favourite_requested.connect(self._on_favourite_requested)
        self._inspector.flag_requested.connect(self._on_flag_requested)
        self._inspector.tag_requested.connect(self._on_tag_requested)

    def _show(self, photo: Photo | None) -> None:
        hit = None if photo is None else self._grid_model.hit(photo.id)
        self._inspector.show_photo(photo, hit, self._search.question)
        if photo is not None:
            self._inspector.show_marks(self._marks.of(photo.id))
            if photo.id >= 0 and self._inspector.isVisible():
                self._reader.load_tags(photo.id)

    def refresh(self) -> None:
        """Describe the photo again: the panel was opened."""
        self._show(self._inspector.photo)

    @Slot(object)
    def _on_photos_photo_shown(self, photo: Photo) -> None:
        self._page.show_favourite(self._marks.of(photo.id).favourite)
        self._show(photo)

    @Slot()
    def _on_photos_photo_left(self) -> None:
        self._on_grid_current_photo_changed(self._grid.current_photo_id())

    @Slot(object)
    def _on_search_results_changed(self, _results: Results) -> None:
        """The open photo may match better, or elsewhere, than it was said at first."""
        if self._photos.photo is not None:
            self._show(self._photos.photo)

    @Slot(object)
    def _on_grid_current_photo_changed(self, photo_id: int | None) -> None:
        if self._photos.photo is not None:
            return  # The open photo stays, whatever the list behind it does.
        row = None if photo_id is None else self._grid_model.row_of(photo_id)
        self._show(None if row is None else self._grid_model.photo(row))

    @Slot()
    def _on_marks_marks_changed(self) -> None:
        self._grid_model.set_marks(self._marks.marks)
        if self._photos.photo is not None:
            self._page.show_favourite(self._marks.of(self._photos.photo.id).favourite)
        if self._inspector.photo is not None:
            self._inspector.show_marks(self._marks.of(self._inspector.photo.id))

    # ------------------------------------------------------------ wishes

    @Slot(object)
    def _on_favourite_requested(self, photo_id: int) -> None:
        self._marks.toggle_favourite((photo_id,))

    @Slot(object, int)
    def _on_rating_requested(self, photo_id: int, rating: int) -> None:
        """The star that is the last one lit takes the rating away."""
        same = self._marks.of(photo_id).rating == rating
        self._marks.rate((photo_id,), 0 if same else rating)

    @Slot(object, int)
    def _on_flag_requested(self, photo_id: int, flag: int) -> None:
        self._marks.toggle_flag((photo_id,), flag)

    # ------------------------------------------------------------ tags

    @Slot(object, str, bool)
    def _on_tag_requested(self, photo_id: int, tag: str, tagged: bool) -> None:
        text = self.tr("Tag “{0}” added") if tagged else self.tr("Tag “{0}” removed")
        self._desk.change(TagPhotos(tag, (photo_id,), tagged), text.format(tag), tell=not tagged)

    @Slot(object)
    def _on_reader_tags_loaded(self, tags: PhotoTags) -> None:
        photo = self._inspector.photo
        if photo is not None and photo.id == tags.photo_id:
            self._inspector.show_tags(tags.tags, tags.all_tags)

    @Slot(object)
    def _on_link_library_changed(self, event: LibraryChanged) -> None:
        if event.tags and self._inspector.photo is not None:
            self._reader.load_tags(self._inspector.photo.id)
