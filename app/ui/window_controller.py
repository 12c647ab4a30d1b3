"""Search, results and the open photo: what the panels of the middle do to each other."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu

from app.core.asking import Box, ImageQuery
from app.core.library.rows import Photo
from app.core.paths import display_path
from app.ui.favourites_controller import FavouritesController
from app.ui.folders_controller import FoldersController
from app.ui.index_controller import IndexController
from app.ui.main_window import MainWindow
from app.ui.photo_controller import PhotoController
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import PhotoGridModel, photo_name
from app.ui.pictures import PicturePreparer
from app.ui.results_page import ResultsState
from app.ui.reveal import reveal
from app.ui.scope import ALL_PHOTOS, FAVOURITES
from app.ui.search_controller import Question, Results, SearchController

PICTURE_FILTER = "*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.tif *.tiff *.bmp *.gif"


class WindowController(QObject):
    """Shows results and photos, and turns wishes of the panels into questions."""

    def __init__(
        self,
        window: MainWindow,
        grid: PhotoGrid,
        grid_model: PhotoGridModel,
        search: SearchController,
        photos: PhotoController,
        folders: FoldersController,
        index: IndexController,
        pictures: PicturePreparer,
        favourites: FavouritesController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._panels = window.panels
        self._grid = grid
        self._grid_model = grid_model
        self._search = search
        self._photos = photos
        self._folders = folders
        self._index = index
        self._pictures = pictures
        self._favourites = favourites
        search.question_changed.connect(self._on_search_question_changed)
        search.search_started.connect(self._on_search_started)
        search.results_changed.connect(self._on_search_results_changed)
        search.search_failed.connect(self._on_search_failed)
        index.index_started.connect(self._update_state)
        index.index_ended.connect(self._update_state)
        photos.photo_shown.connect(self._on_photos_photo_shown)
        pictures.picture_prepared.connect(self._on_pictures_picture_prepared)
        favourites.favourites_changed.connect(self._on_favourites_changed)
        grid.photo_activated.connect(self.open_photo)
        grid.similar_requested.connect(self.find_similar)
        grid.favourite_requested.connect(favourites.toggle_one)
        grid.box_requested.connect(self.search_region)
        grid.current_photo_changed.connect(self._on_grid_current_photo_changed)
        grid.menu_requested.connect(self._on_grid_menu_requested)
        page = self._panels.photo_page
        page.region_search_requested.connect(self.search_region)
        page.similar_requested.connect(self.find_similar)
        page.favourite_requested.connect(favourites.toggle_one)
        page.close_requested.connect(self.close_photo)

    # ------------------------------------------------------------ questions

    @Slot(object, object)
    def search_region(self, photo_id: int, box: Box) -> None:
        """Look for photos that hold what lies in a box."""
        label = self.tr("Region of {0}").format(self._name_of(photo_id))
        self._ask_image(ImageQuery(photo_id=photo_id, box=box), label)

    @Slot(object)
    def find_similar(self, photo_id: int) -> None:
        """Look for photos like one."""
        label = self.tr("Like {0}").format(self._name_of(photo_id))
        self._ask_image(ImageQuery(photo_id=photo_id), label)

    @Slot()
    def find_similar_to_current(self) -> None:
        """Look for photos like the open or the selected one."""
        photo_id = self._current_photo_id()
        if photo_id is not None:
            self.find_similar(photo_id)

    @Slot()
    def paste_picture(self) -> None:
        """Look for photos like the picture on the clipboard, if there is one."""
        mime = QGuiApplication.clipboard().mimeData()
        if mime is not None and mime.hasImage():
            self.search_picture(QImage(mime.imageData()))

    @Slot(object)
    def search_picture(self, image: QImage) -> None:
        """Look for photos like a picture."""
        self._pictures.prepare(image)

    @Slot(object)
    def search_file(self, path: bytes) -> None:
        """Look for photos like a picture file; the engine's decoder reads it."""
        name = display_path(os.path.basename(path))
        self._ask_image(ImageQuery(path=path), self.tr("Like {0}").format(name))

    @Slot()
    def choose_picture(self) -> None:
        """Let people choose a picture file to search by."""
        path, _filter = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Search by a picture"),
            "",
            self.tr("Pictures ({0})").format(PICTURE_FILTER),
        )
        if path:
            self.search_file(os.fsencode(path))

    @Slot()
    def start_box(self) -> None:
        """Draw a box: in the open photo, or in the selected one once it is open."""
        if self._window.is_photo_shown:
            self._panels.photo_page.toggle_box_mode()
            return
        photo_id = self._current_photo_id()
        if photo_id is not None:
            self.open_photo(photo_id)
            self._panels.photo_page.view.start_box()

    @Slot()
    def focus_search(self) -> None:
        """Put the cursor where one types: in the open photo its phrase, else the search bar."""
        if self._window.is_photo_shown:
            self._panels.photo_page.focus_phrase()
        elif not self._window.is_first_start_shown:
            self._panels.search_bar.focus_field()

    @Slot()
    def show_all_photos(self) -> None:
        """Show the whole library without a question."""
        self._show_scope(ALL_PHOTOS)

    @Slot()
    def show_favourites(self) -> None:
        """Show the favourites."""
        self._show_scope(FAVOURITES)

    def _show_scope(self, scope: object) -> None:
        self.close_photo()
        if not self._search.question.is_empty:
            self._search.clear()
        self._panels.sidebar.select_scope(scope)

    def _ask_image(self, image: ImageQuery, label: str) -> None:
        self.close_photo()
        self._search.ask_image(image, label)

    @Slot(object)
    def _on_pictures_picture_prepared(self, query: ImageQuery) -> None:
        self._ask_image(query, self.tr("Like the pasted picture"))

    # ------------------------------------------------------------ results

    @Slot(object)
    def _on_search_question_changed(self, question: Question) -> None:
        edit = self._panels.search_bar.edit
        if edit.query() != question.text:
            edit.show_query(question.text)
        self._panels.chips.show_image(question.image_label)
        self._panels.sidebar.select_scope(question.scope)
        if self._window.is_photo_shown:
            self.close_photo()

    @Slot()
    def _on_search_started(self) -> None:
        self._panels.status_bar.show_searching()

    @Slot(object)
    def _on_search_failed(self, _failure: object) -> None:
        """The grid keeps what it shows; the banner says why there is nothing new."""
        self._panels.status_bar.show_browsing(self._grid_model.rowCount())

    @Slot(object)
    def _on_search_results_changed(self, results: Results) -> None:
        is_browsing = results.question.is_empty
        self._grid_model.set_photos(
            results.ids,
            results.hits or None,
            results.weak_from,
            keep_place=results.is_refresh,
        )
        self._photos.set_order(results.ids)
        if is_browsing:
            self._panels.status_bar.show_browsing(len(results.ids))
        else:
            self._panels.status_bar.show_results(results.n_good, results.took_ms)
        self._update_state()

    @Slot()
    def _update_state(self) -> None:
        results = self._search.results
        if results is not None:
            self._panels.results.set_state(self._state_of(results))

    def _state_of(self, results: Results) -> ResultsState:
        if results.verdict == "weak":
            return "weak"
        if results.verdict != "nothing":
            return "photos"
        scope = results.question.scope
        if not results.question.is_empty:
            return "nothing_fits"
        if scope.favourites:
            return "no_favourites"
        if self._index.is_running:
            return "indexing"
        root = next((r for r in self._folders.overview.roots if r.id == scope.root_id), None)
        return "offline" if root is not None and root.state == "offline" else "empty"

    # ------------------------------------------------------------ photos

    @Slot(object)
    def open_photo(self, photo_id: int) -> None:
        """Show one photo; what was asked is looked for in it."""
        self._window.show_photo()
        self._photos.open(photo_id, self._grid_model.ids, self._search.question.text)

    @Slot()
    def close_photo(self) -> None:
        """Go back to the grid, to the photo that was looked at."""
        if not self._window.is_photo_shown:
            return
        photo = self._photos.photo
        self._photos.close()
        self._panels.photo_page.clear()
        self._window.show_results()
        if photo is not None:
            self._grid.set_current_photo(photo.id)
            self._on_grid_current_photo_changed(self._grid.current_photo_id())

    @Slot()
    def toggle_favourite(self) -> None:
        """Make the open or the selected photos favourites, or no longer."""
        if self._window.is_photo_shown:
            photo = self._photos.photo
            self._favourites.toggle(() if photo is None else (photo.id,))
        else:
            self._favourites.toggle(self._grid.selected_photo_ids())

    @Slot(object)
    def _on_favourites_changed(self, favourites: frozenset[int]) -> None:
        self._grid_model.set_favourites(favourites)
        photo = self._photos.photo
        if photo is not None:
            self._panels.photo_page.show_favourite(photo.id in favourites)

    @Slot(object)
    def _on_photos_photo_shown(self, photo: Photo) -> None:
        self._panels.photo_page.show_favourite(self._favourites.is_favourite(photo.id))
        self._panels.inspector.show_photo(photo, self._grid_model.hit(photo.id))

    @Slot(object)
    def _on_grid_current_photo_changed(self, photo_id: int | None) -> None:
        if self._window.is_photo_shown and self._photos.photo is not None:
            return  # The open photo stays, whatever the list behind it does.
        photo = None if photo_id is None else self._photo_row(photo_id)
        hit = None if photo_id is None else self._grid_model.hit(photo_id)
        self._panels.inspector.show_photo(photo, hit)

    @Slot(object, QPoint)
    def _on_grid_menu_requested(self, photo_ids: list[int], position: QPoint) -> None:
        if photo_ids:
            self.photo_menu(photo_ids).popup(position)

    def photo_menu(self, photo_ids: list[int]) -> QMenu:
        """Return what can be done with photos; the menu deletes itself after use."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        first = photo_ids[0]
        if len(photo_ids) == 1:
            menu.addAction(self.tr("Open"), lambda: self.open_photo(first))
            menu.addAction(self.tr("Find similar"), lambda: self.find_similar(first))
            menu.addAction(self.tr("Search a region…"), self.start_box)
            menu.addSeparator()
            menu.addAction(self.tr("Show in file manager"), lambda: self._reveal(first))
        n_photos = len(photo_ids)
        copy = self.tr("Copy path") if n_photos == 1 else self.tr("Copy %Ln path(s)", "", n_photos)
        menu.addAction(copy, lambda: self._copy_paths(photo_ids))
        menu.addSeparator()
        favourite = menu.addAction(self.tr("Favourite"))
        favourite.setCheckable(True)
        favourite.setChecked(self._favourites.favourites.issuperset(photo_ids))
        favourite.triggered.connect(lambda: self._favourites.toggle(photo_ids))
        return menu

    def _reveal(self, photo_id: int) -> None:
        photo = self._photo_row(photo_id)
        if photo is not None:
            reveal(photo.absolute_path)

    def _copy_paths(self, photo_ids: list[int]) -> None:
        photos = (self._photo_row(photo_id) for photo_id in photo_ids)
        paths = [photo.absolute_path.decode("utf-8", "replace") for photo in photos if photo]
        QGuiApplication.clipboard().setText("\n".join(paths))

    def _current_photo_id(self) -> int | None:
        if self._window.is_photo_shown and self._photos.photo is not None:
            return self._photos.photo.id
        return self._grid.current_photo_id()

    def _photo_row(self, photo_id: int) -> Photo | None:
        row = self._grid_model.row_of(photo_id)
        return None if row is None else self._grid_model.photo(row)

    def _name_of(self, photo_id: int) -> str:
        open_photo = self._photos.photo
        photo = self._photo_row(photo_id)
        if photo is None and open_photo is not None and open_photo.id == photo_id:
            photo = open_photo
        return "" if photo is None else photo_name(photo)
