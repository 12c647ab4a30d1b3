"""Composition root of the window: every object is built here, every panel is connected here."""

from __future__ import annotations

import argparse
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.core.errors import SettingsError
from app.core.models import ModelStore, choose_model
from app.core.paths import (
    choose_library,
    default_cache_dir,
    default_config_dir,
    default_models_dir,
    demo_album_dir,
    resources_dir,
)
from app.core.settings import SETTINGS_NAME, Settings, load_settings
from app.engine.link import EngineLink
from app.engine.model_link import ModelLink
from app.ui.about import AboutDialog
from app.ui.appearance import Appearance
from app.ui.banner import Banner, StartingBar
from app.ui.diagnostics import LOG_NAME, install_hooks, set_up_logging
from app.ui.engine_notice import EngineNotice
from app.ui.favourites_controller import FavouritesController
from app.ui.first_start import FirstStart
from app.ui.folders_controller import FoldersController
from app.ui.index_controller import IndexController
from app.ui.inspector import Inspector
from app.ui.language import LanguageSwitcher
from app.ui.library_access import LibraryAccess
from app.ui.library_reader import LibraryReader
from app.ui.main_window import MainWindow, Panels
from app.ui.model_choice import ModelChoice
from app.ui.photo_controller import PhotoController
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import PhotoGridModel
from app.ui.photo_page import PhotoPage
from app.ui.photo_view import PhotoView
from app.ui.pictures import PicturePreparer
from app.ui.privacy_page import KeptPlaces
from app.ui.query_chips import QueryChips
from app.ui.rail import Rail
from app.ui.results_page import ResultsPage
from app.ui.search_bar import SearchBar
from app.ui.search_controller import SearchController
from app.ui.settings_controller import Reopening, SettingsController
from app.ui.settings_store import SettingsStore
from app.ui.sidebar import Sidebar
from app.ui.status_bar import StatusBar
from app.ui.theme import apply_theme
from app.ui.thumbnail_loader import ThumbnailLoader
from app.ui.window_controller import WindowController
from app.ui.window_life import WindowLife
from app.ui.work_manners import WorkManners

logger = logging.getLogger(__name__)

GEOMETRY_NAME = "window.ini"


@dataclass(frozen=True, slots=True)
class Controllers:
    """What stands behind the panels; the window owns all of it."""

    index: IndexController
    search: SearchController
    photos: PhotoController
    folders: FoldersController
    favourites: FavouritesController
    middle: WindowController
    notice: EngineNotice
    settings: SettingsController


class Ending(QObject):
    """Ends threads and the engine when the window closes; nothing is left behind."""

    def __init__(
        self,
        window: MainWindow,
        link: EngineLink,
        access: LibraryAccess,
        search: SearchController,
        models: ModelChoice,
        manners: WorkManners,
        pools: Sequence[LibraryReader | ThumbnailLoader | SettingsStore | PicturePreparer],
    ) -> None:
        super().__init__(window)
        self._link = link
        self._access = access
        self._search = search
        self._models = models
        self._manners = manners
        self._pools = pools
        self._view = window.panels.photo_page.view
        window.closed.connect(self._on_window_closed)

    @Slot()
    def _on_window_closed(self) -> None:
        self._search.close()
        self._manners.close()
        self._models.close()
        self._view.shut_down()
        self._link.stop()
        for pool in self._pools:
            pool.close()
        self._access.close()


def build_window(
    settings: Settings,
    library_dir: Path,
    model_dir: Path,
    config_dir: Path | None = None,
    *,
    engine_target: Callable[..., object] | None = None,
    reopening: Reopening | None = None,
) -> MainWindow:
    """Build the window with everything behind it; the engine starts after its first paint.

    Args:
        settings: What the user chose.
        library_dir: Where the library is or will be.
        model_dir: Checkpoint directory of the encoder.
        config_dir: Where settings and geometry are kept; the default folder if None.
        engine_target: What runs in the engine process instead of the engine, for tests.
        reopening: Closes this window for what cannot be done while it is open.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    config_dir = default_config_dir() if config_dir is None else config_dir
    languages = app.findChild(LanguageSwitcher) or LanguageSwitcher(app, resources_dir() / "i18n")
    languages.set_choice(settings.language)
    apply_theme(app, settings.theme)
    geometry = QSettings(str(config_dir / GEOMETRY_NAME), QSettings.Format.IniFormat)
    access = LibraryAccess(library_dir)
    thumbnails = ThumbnailLoader(access.open)
    grid = PhotoGrid()
    grid_model = PhotoGridModel(access.photos, thumbnails, grid)
    grid.setModel(grid_model)
    window = MainWindow(_build_panels(grid, thumbnails), geometry)
    geometry.setParent(window)
    thumbnails.setParent(window)
    reader = LibraryReader(access.open, window)
    store = SettingsStore(settings, config_dir / SETTINGS_NAME, window)
    pictures = PicturePreparer(window)
    link = EngineLink(settings, library_dir, model_dir, window, target=engine_target)
    models = ModelChoice(ModelStore(default_models_dir()), store, link, ModelLink(window), window)
    settings_controller = SettingsController(
        store, models, kept_places(library_dir, config_dir), reopening, window
    )
    controllers = _build_controllers(
        window, grid, link, reader, pictures, config_dir / LOG_NAME, settings_controller
    )
    Appearance(app, store, languages, window, grid, window)
    manners = WorkManners(store, link, controllers.index, models, window.panels.search_bar, window)
    pools = (reader, thumbnails, store, pictures)
    Ending(window, link, access, controllers.search, models, manners, pools)
    _connect_panels(window, controllers)
    _connect_menus(window, controllers, AboutDialog(link, window))
    _connect_facts(link, reader, controllers)
    window.first_painted.connect(link.start)
    reader.load_overview()
    controllers.search.refresh()
    return window


def _build_controllers(
    window: MainWindow,
    grid: PhotoGrid,
    link: EngineLink,
    reader: LibraryReader,
    pictures: PicturePreparer,
    log_path: Path,
    settings: SettingsController,
) -> Controllers:
    panels, model = window.panels, grid.photos()
    assert model is not None
    index = IndexController(link, window)
    search = SearchController(link, reader, window)
    photos = PhotoController(link, reader, panels.photo_page, model.hit, window)
    folders = FoldersController(link, reader, index, window, demo_album_dir(), window)
    favourites = FavouritesController(link, reader, window)
    middle = WindowController(
        window, grid, model, search, photos, folders, index, pictures, favourites, window
    )
    notice = EngineNotice(link, panels.banner, panels.starting_bar, str(log_path), window)
    return Controllers(index, search, photos, folders, favourites, middle, notice, settings)


def _build_panels(grid: PhotoGrid, thumbnails: ThumbnailLoader) -> Panels:
    return Panels(
        rail=Rail(),
        sidebar=Sidebar(demo_album=os.fsencode(demo_album_dir())),
        search_bar=SearchBar(),
        chips=QueryChips(),
        starting_bar=StartingBar(),
        banner=Banner(),
        first_start=FirstStart(),
        results=ResultsPage(grid),
        photo_page=PhotoPage(PhotoView(thumbnails)),
        inspector=Inspector(),
        status_bar=StatusBar(),
    )


def _connect_panels(window: MainWindow, controllers: Controllers) -> None:
    panels = window.panels
    index, search, folders = controllers.index, controllers.search, controllers.folders
    middle = controllers.middle
    panels.search_bar.search_requested.connect(search.ask_text)
    panels.search_bar.clear_requested.connect(search.clear)
    panels.search_bar.picture_pasted.connect(middle.search_picture)
    panels.search_bar.paste_requested.connect(middle.paste_picture)
    panels.search_bar.picture_file_requested.connect(middle.choose_picture)
    panels.search_bar.box_requested.connect(middle.start_box)
    panels.chips.image_removed.connect(search.remove_image)
    panels.sidebar.scope_changed.connect(search.set_scope)
    panels.sidebar.add_folder_requested.connect(folders.choose_folder)
    panels.sidebar.index_requested.connect(folders.update_folder)
    panels.sidebar.reveal_requested.connect(folders.reveal_folder)
    panels.sidebar.remove_requested.connect(folders.ask_to_remove)
    panels.rail.all_photos_requested.connect(middle.show_all_photos)
    panels.rail.favourites_requested.connect(middle.show_favourites)
    panels.first_start.add_folder_requested.connect(folders.choose_folder)
    panels.first_start.demo_requested.connect(folders.add_demo_album)
    panels.first_start.settings_requested.connect(controllers.settings.open_settings)
    panels.status_bar.pause_requested.connect(index.pause)
    panels.status_bar.resume_requested.connect(index.resume)
    panels.status_bar.cancel_requested.connect(index.cancel)
    panels.status_bar.problems_requested.connect(folders.show_problems)
    window.folders_dropped.connect(folders.add_folders)
    window.picture_dropped.connect(middle.search_file)
    window.clear_requested.connect(search.clear)


def _connect_menus(window: MainWindow, controllers: Controllers, about: AboutDialog) -> None:
    actions = window.actions_
    folders, middle = controllers.folders, controllers.middle
    actions.add_folder.triggered.connect(folders.choose_folder)
    actions.try_demo.triggered.connect(folders.add_demo_album)
    actions.update_folders.triggered.connect(folders.update_folders)
    actions.problems.triggered.connect(folders.show_problems)
    actions.find.triggered.connect(middle.focus_search)
    actions.find_similar.triggered.connect(middle.find_similar_to_current)
    actions.search_region.triggered.connect(middle.start_box)
    actions.favourite.triggered.connect(middle.toggle_favourite)
    actions.paste_picture.triggered.connect(middle.paste_picture)
    actions.choose_picture.triggered.connect(middle.choose_picture)
    actions.settings.triggered.connect(controllers.settings.open_settings)
    actions.models.triggered.connect(controllers.settings.open_models)
    actions.about.triggered.connect(about.show)


def _connect_facts(link: EngineLink, reader: LibraryReader, controllers: Controllers) -> None:
    notice = controllers.notice
    reader.read_failed.connect(notice.show_read_failure)
    controllers.search.search_failed.connect(notice.show_failure)
    controllers.index.index_failed.connect(notice.show_failure)
    controllers.photos.photo_failed.connect(notice.show_failure)
    controllers.favourites.favourite_failed.connect(notice.show_failure)
    notice.add_folder_requested.connect(controllers.folders.choose_folder)
    notice.retry_requested.connect(controllers.search.refresh)


def kept_places(library_dir: Path, config_dir: Path) -> KeptPlaces:
    """Return where Finelens keeps something on this machine."""
    return KeptPlaces(
        library_dir,
        config_dir,
        default_models_dir(),
        default_cache_dir(),
        resources_dir() / "notices",
    )


def _icon() -> QIcon:
    icon = QIcon()
    for path in sorted((resources_dir() / "icons").glob("finelens-*.png")):
        icon.addFile(str(path))
    return icon


def _stored_library_dir(config_dir: Path) -> str | None:
    try:
        return load_settings(config_dir / SETTINGS_NAME).library_dir
    except SettingsError:
        return None  # told when the window reads them


def _build(settings: Settings, places: KeptPlaces, life: WindowLife) -> MainWindow:
    """A window whose engine begins with the model that was searched with before."""
    model_dir = choose_model(settings.former_model_dir or settings.model_dir)
    return build_window(settings, places.library, model_dir, places.config, reopening=life)


def main(argv: Sequence[str]) -> int:
    """Show the window until it is closed; returns the exit code.

    Args:
        argv: Arguments without the program's name.
    """
    started_s = time.perf_counter()
    parser = argparse.ArgumentParser(prog="python -m app", add_help=False)
    parser.add_argument("--library", type=Path)
    options, others = parser.parse_known_args(list(argv))
    folders = [argument for argument in others if os.path.isdir(argument)]
    qt_arguments = [argument for argument in others if argument not in folders]
    config_dir = default_config_dir()
    set_up_logging(config_dir)
    QApplication.setApplicationName("Finelens")
    QApplication.setDesktopFileName("finelens")
    app = QApplication(["finelens", *qt_arguments])
    install_hooks(app)
    app.setWindowIcon(_icon())
    library_dir = options.library or choose_library(_stored_library_dir(config_dir))
    life = WindowLife(_build, kept_places(library_dir, config_dir), app)
    window = life.open()
    window.first_painted.connect(
        lambda: logger.info("first paint after %d ms", (time.perf_counter() - started_s) * 1000)
    )
    if folders:
        window.folders_dropped.emit(tuple(os.fsencode(os.path.abspath(each)) for each in folders))
    return app.exec()
