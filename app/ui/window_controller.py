"""Questions and the open photo: what the panels of the middle do to each other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu

from app.core.asking import ImageQuery
from app.core.paths import display_path
from app.ui.albums_controller import AlbumsController
from app.ui.kept_controller import KeptController
from app.ui.main_window import MainWindow
from app.ui.outside_pictures import OutsidePictures
from app.ui.photo_commands import PhotoCommands
from app.ui.photo_controller import PhotoController
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import PhotoGridModel
from app.ui.photo_menu import PhotoMenu
from app.ui.picture_names import PictureNames
from app.ui.pictures import PicturePreparer, local_paths
from app.ui.question import Question, Results
from app.ui.region_search import RegionSearch
from app.ui.scope import ALL_PHOTOS, Scope
from app.ui.search_controller import SearchController
from app.ui.usual_places import Location, usual_dir

PICTURE_FILTER = "*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.tif *.tiff *.bmp *.gif"


class WindowController(QObject):
    """Opens and closes photos, and turns wishes of the panels into questions.

    ``said`` holds a sentence for the user.
    """

    said = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        grid: PhotoGrid,
        grid_model: PhotoGridModel,
        search: SearchController,
        photos: PhotoController,
        regions: RegionSearch,
        kept: KeptController,
        pictures: PicturePreparer,
        outside: OutsidePictures,
        names: PictureNames,
        albums: AlbumsController,
        commands: PhotoCommands,
        menu: PhotoMenu,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._panels = window.panels
        self._grid = grid
        self._grid_model = grid_model
        self._search = search
        self._photos = photos
        self._regions = regions
        self._kept = kept
        self._pictures = pictures
        self._outside = outside
        self._names = names
        self._albums = albums
        self._commands = commands
        self._menu = menu
        search.question_changed.connect(self._on_search_question_changed)
        search.results_changed.connect(self._on_search_results_changed)
        pictures.picture_prepared.connect(self._on_pictures_picture_prepared)
        photos.photo_shown.connect(regions.begin)
        regions.concept_requested.connect(self._on_regions_concept_requested)
        grid.photo_activated.connect(self.open_photo)
        grid.similar_requested.connect(self.find_similar)
        grid.box_requested.connect(self.search_region)
        grid.judgement_requested.connect(self._on_grid_judgement_requested)
        grid.menu_requested.connect(self._on_grid_menu_requested)
        page = self._panels.photo_page
        page.similar_requested.connect(self.find_similar)
        page.close_requested.connect(self.close_photo)
        page.result_chosen.connect(self.open_result)
        page.view.box_bar.results_requested.connect(self.close_photo)
        page.view.menu_requested.connect(self._on_view_menu_requested)
        menu.open_requested.connect(self.open_photo)
        menu.similar_requested.connect(self.find_similar)
        menu.region_requested.connect(self.start_box_in)
        menu.exclude_requested.connect(self.exclude)

    # ------------------------------------------------------------ questions

    @Slot(object, object)
    def search_region(self, photo_id: int, box: object) -> None:
        """Look for photos that hold what lies in a box of a thumbnail."""
        label = self.tr("Region of {0}").format(self._names.name(photo_id))
        self._ask_image(ImageQuery(photo_id=photo_id, box=box), label)  # type: ignore[arg-type]

    @Slot(object)
    def find_similar(self, photo_id: int) -> None:
        """Look for photos like one."""
        label = self.tr("Like {0}").format(self._names.name(photo_id))
        self._ask_image(self._names.image(photo_id), label)

    @Slot()
    def find_similar_to_current(self) -> None:
        """Look for photos like the open or the selected one."""
        photo_id = self.current_photo_id()
        if photo_id is None:
            self._say_choose_first()
        else:
            self.find_similar(photo_id)

    @Slot(object)
    def exclude(self, photo_id: int) -> None:
        """Keep photos like one out of the results."""
        self.close_photo()
        image = replace(self._names.image(photo_id), need="excluded")
        self._search.add_image(image, self.tr("Like {0}").format(self._names.name(photo_id)))

    @Slot()
    def paste_picture(self) -> None:
        """Look for photos like the picture or the file on the clipboard; index a folder there."""
        mime = QGuiApplication.clipboard().mimeData()
        if mime is None:
            return
        if mime.hasImage():
            self.search_picture(QImage(mime.imageData()))
        else:
            self._window.take_files(local_paths(mime))

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
            usual_dir(Location.PicturesLocation),
            self.tr("Pictures ({0})").format(PICTURE_FILTER),
        )
        if path:
            self.search_file(os.fsencode(path))

    @Slot()
    def start_box(self) -> None:
        """Draw a box: in the open photo, or in the selected one once it is open."""
        photo_id = self.current_photo_id()
        if self._window.is_photo_shown:
            self._panels.photo_page.toggle_box_mode()
        elif photo_id is None:
            self._say_choose_first()
        else:
            self.start_box_in(photo_id)

    @Slot(object)
    def start_box_in(self, photo_id: int) -> None:
        """Open a photo and let the next drag draw a box."""
        self.open_photo(photo_id)
        self._panels.photo_page.view.start_box()

    @Slot(int)
    def open_picture(self, number: int) -> None:
        """Open a picture of the question, to draw a box in it."""
        image = self._search.question.pictures[number].image
        photo_id = image.photo_id
        if photo_id is None:
            photo_id = self._outside.add(image)
        self.start_box_in(photo_id)

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
        self.close_photo()
        self._search.ask(Question(scope=ALL_PHOTOS))

    @Slot(object)
    def choose_scope(self, scope: Scope) -> None:
        """Show a line of the sidebar: a list, or the question that is kept there."""
        if scope == self._search.question.scope:
            return
        self.close_photo()
        kept = self._kept.question(scope)
        if kept is not None:
            self._search.ask(kept)
        elif self._search.question.scope.is_question or scope.album_id is not None:
            self._search.ask(Question(scope=scope))
        else:
            self._search.set_scope(scope)

    @Slot(object)
    def rename_scope(self, scope: Scope) -> None:
        """Ask for another name of an album, a kept search or a concept."""
        if scope.album_id is not None:
            self._albums.ask_to_rename(scope.album_id)
        else:
            self._kept.ask_to_rename(scope)

    @Slot(object)
    def delete_scope(self, scope: Scope) -> None:
        """Delete an album, a kept search or a concept."""
        if scope == self._search.question.scope:
            self.show_all_photos()
        if scope.album_id is not None:
            self._albums.delete(scope.album_id)
        else:
            self._kept.delete(scope)

    @Slot()
    def create_album(self) -> None:
        """Make an album of the selected photos."""
        self._albums.ask_to_create(tuple(self.targets()))

    @Slot()
    def choose_album(self) -> None:
        """Offer the albums for the selected photos, the first one ready for Enter."""
        photo_ids = self.targets()
        if not photo_ids:
            return
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._albums.fill_menu(menu, photo_ids, self._search.question.scope.album_id)
        shown = self._panels.photo_page.view if self._window.is_photo_shown else self._grid
        menu.popup(shown.mapToGlobal(shown.rect().center()))
        menu.setActiveAction(menu.actions()[0])

    @Slot()
    def copy_picture(self) -> None:
        """Copy what is in the box of the open photo, else the whole picture."""
        if self._window.is_photo_shown and self._panels.photo_page.view.box is not None:
            self._regions.copy_crop()
        else:
            self._commands.copy_picture(self.targets())

    def _ask_image(self, image: ImageQuery, label: str) -> None:
        self.close_photo()
        self._search.ask_image(image, label)

    @Slot(object)
    def _on_pictures_picture_prepared(self, query: ImageQuery) -> None:
        self._ask_image(query, self.tr("Like the pasted picture"))

    @Slot(object)
    def _on_search_question_changed(self, _question: Question) -> None:
        if self._window.is_photo_shown and not self._regions.is_asking:
            self.close_photo()

    @Slot(object)
    def _on_search_results_changed(self, results: Results) -> None:
        self._photos.set_order(results.ids)

    # ------------------------------------------------------------ concepts

    @Slot()
    def save_concept(self) -> None:
        """Name what the box, the open photo or the selected photos have in common."""
        view = self._panels.photo_page.view
        if self._window.is_photo_shown and view.box is not None:
            view.box_bar.concept_requested.emit()
            return
        self._kept.ask_to_name_concept(tuple(self._names.image(each) for each in self.targets()))

    @Slot(object)
    def _on_regions_concept_requested(self, image: ImageQuery) -> None:
        self._kept.ask_to_name_concept((image,))

    @Slot(object, bool)
    def _on_grid_judgement_requested(self, photo_id: int, accepted: bool) -> None:
        concept_id, results = self._search.question.scope.concept_id, self._search.results
        if concept_id is not None:
            hit = None if results is None else results.hits.get(photo_id)
            box = None if hit is None else hit.region
            self._kept.judge(concept_id, photo_id, accepted=accepted, box=box)

    # ------------------------------------------------------------ the open photo

    @Slot(object)
    def open_photo(self, photo_id: int) -> None:
        """Show one photo; what was asked is looked for in it."""
        question = self._search.question
        if not question.is_empty:
            self._search.remember()
        self._window.show_photo()
        self._photos.open(photo_id, self._grid_model.ids, question.wanted_text)

    @Slot(object)
    def open_result(self, photo_id: int) -> None:
        """Go from the results under an open photo to one of them."""
        self._regions.end()
        self.open_photo(photo_id)

    @Slot()
    def close_photo(self) -> None:
        """Go back to the grid, to the photo that was looked at."""
        if not self._window.is_photo_shown:
            return
        photo = self._photos.photo
        self._regions.end()
        self._photos.close()
        self._panels.photo_page.clear()
        self._window.show_results()
        if photo is not None:
            self._grid.set_current_photo(photo.id)

    # ------------------------------------------------------------ menus

    @Slot(object, QPoint)
    def _on_grid_menu_requested(self, photo_ids: list[int], position: QPoint) -> None:
        if photo_ids:
            self._open_menu(photo_ids, position)

    @Slot(QPoint)
    def _on_view_menu_requested(self, position: QPoint) -> None:
        ids = self.targets()
        if ids:
            self._open_menu(ids, position)

    def _open_menu(self, photo_ids: Sequence[int], position: QPoint) -> None:
        question = self._search.question
        self._menu.build(
            photo_ids, album_id=question.scope.album_id, can_exclude=not question.is_empty
        ).popup(position)

    # ------------------------------------------------------------ which photos

    def targets(self) -> list[int]:
        """The photos that a command means: the open one, else the selected ones."""
        if self._window.is_photo_shown:
            photo = self._photos.photo
            return [] if photo is None or photo.id < 0 else [photo.id]
        return self._grid.selected_photo_ids()

    def _say_choose_first(self) -> None:
        self.said.emit(self.tr("Choose a photo first."))

    def current_photo_id(self) -> int | None:
        """The open photo, else the current one of the grid."""
        if self._window.is_photo_shown and self._photos.photo is not None:
            return self._photos.photo.id
        return self._grid.current_photo_id()
