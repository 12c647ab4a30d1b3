"""Composition root of the window: every object is built here, every panel is connected here."""

from __future__ import annotations

import argparse
import gc
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
from app.core.models import ModelStore, model_to_start_with
from app.core.paths import (
    choose_library,
    default_cache_dir,
    default_config_dir,
    default_models_dir,
    demo_album_dir,
    resources_dir,
)
from app.core.settings import SETTINGS_NAME, Settings, load_settings
from app.core.single_start import summon
from app.engine.link import EngineLink
from app.engine.model_link import ModelLink
from app.ui.about import AboutDialog
from app.ui.albums_controller import AlbumsController
from app.ui.appearance import Appearance
from app.ui.banner import Banner, StartingBar
from app.ui.details_controller import DetailsController
from app.ui.diagnostics import LOG_NAME, install_hooks, set_up_logging
from app.ui.engine_notice import EngineNotice
from app.ui.first_start import FirstStart
from app.ui.folders_controller import FoldersController
from app.ui.history_controller import HistoryController
from app.ui.index_controller import IndexController
from app.ui.inspector import Inspector
from app.ui.kept_controller import KeptController
from app.ui.language import LanguageSwitcher
from app.ui.library_access import LibraryAccess
from app.ui.library_reader import LibraryReader
from app.ui.main_window import MainWindow, Panels
from app.ui.marks_controller import MarksController
from app.ui.model_choice import ModelChoice
from app.ui.outside_pictures import OutsidePictures
from app.ui.photo_commands import PhotoCommands
from app.ui.photo_controller import PhotoController
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import PhotoGridModel
from app.ui.photo_menu import PhotoMenu
from app.ui.photo_page import PhotoPage
from app.ui.photo_view import PhotoView
from app.ui.picture_names import PictureNames
from app.ui.pictures import PicturePreparer
from app.ui.place_memory import PlaceMemory
from app.ui.privacy_page import KeptPlaces
from app.ui.query_chips import QueryChips
from app.ui.rail import Rail
from app.ui.recovery_notice import RecoveryNotice
from app.ui.region_search import RegionSearch
from app.ui.results_controller import ResultsController
from app.ui.results_page import ResultsPage
from app.ui.search_bar import SearchBar
from app.ui.search_controller import SearchController
from app.ui.settings_controller import Reopening, SettingsController
from app.ui.settings_store import SettingsStore
from app.ui.sidebar import Sidebar
from app.ui.status_bar import StatusBar
from app.ui.theme import apply_theme
from app.ui.thumbnail_loader import ThumbnailLoader
from app.ui.trash import Trash
from app.ui.undo_desk import UndoDesk
from app.ui.window_controller import WindowController
from app.ui.window_life import WindowLife, claimed
from app.ui.words import Words
from app.ui.work_manners import WorkManners

logger = logging.getLogger(__name__)

GEOMETRY_NAME = "window.ini"
SUMMON_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Workers:
    """What works off the window's thread; ended when the window closes."""

    link: EngineLink
    access: LibraryAccess
    reader: LibraryReader
    thumbnails: ThumbnailLoader
    store: SettingsStore
    pictures: PicturePreparer
    trash: Trash
    models: ModelChoice


@dataclass(frozen=True, slots=True)
class Controllers:
    """What stands behind the panels; the window owns all of it."""

    desk: UndoDesk
    index: IndexController
    search: SearchController
    photos: PhotoController
    folders: FoldersController
    results: ResultsController
    regions: RegionSearch
    kept: KeptController
    history: HistoryController
    marks: MarksController
    albums: AlbumsController
    commands: PhotoCommands
    details: DetailsController
    middle: WindowController
    notice: EngineNotice
    words: Words
    settings: SettingsController
    manners: WorkManners


class Ending(QObject):
    """Ends threads and the engine when the window closes; nothing is left behind."""

    def __init__(self, window: MainWindow, workers: Workers, controllers: Controllers) -> None:
        super().__init__(window)
        self._workers = workers
        self._controllers = controllers
        self._window = window
        window.closed.connect(self._on_window_closed)

    @Slot()
    def _on_window_closed(self) -> None:
        workers = self._workers
        self._window.toast.hide()
        self._controllers.search.close()
        self._controllers.commands.close()
        self._controllers.manners.close()
        workers.models.close()
        self._window.panels.photo_page.view.shut_down()
        workers.link.stop()
        for pool in (
            workers.reader,
            workers.thumbnails,
            workers.store,
            workers.pictures,
            workers.trash,
        ):
            pool.close()
        workers.access.close()


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
    window = MainWindow(_build_panels(grid, grid_model, thumbnails), geometry)
    geometry.setParent(window)
    thumbnails.setParent(window)
    link = EngineLink(settings, library_dir, model_dir, window, target=engine_target)
    store = SettingsStore(settings, config_dir / SETTINGS_NAME, window)
    workers = _build_workers(window, link, access, thumbnails, store)
    places = kept_places(library_dir, config_dir)
    settings_controller = SettingsController(store, workers.models, places, reopening, window)
    controllers = _build_controllers(
        window, grid, grid_model, workers, settings_controller, config_dir / LOG_NAME
    )
    Appearance(app, store, languages, window, grid, window)
    PlaceMemory(geometry, controllers.search, controllers.folders, window)
    Ending(window, workers, controllers)
    _connect_panels(window, controllers)
    _connect_menus(window, controllers, AboutDialog(link, window))
    _connect_photo_actions(window, controllers)
    _connect_facts(workers, controllers)
    window.first_painted.connect(link.start)
    workers.reader.load_overview()
    controllers.marks.load()
    controllers.kept.load()
    controllers.search.refresh()
    return window


def _build_workers(
    window: MainWindow,
    link: EngineLink,
    access: LibraryAccess,
    thumbnails: ThumbnailLoader,
    store: SettingsStore,
) -> Workers:
    models = ModelStore(default_models_dir())
    return Workers(
        link,
        access,
        LibraryReader(access.open, window),
        thumbnails,
        store,
        PicturePreparer(window),
        Trash(window),
        ModelChoice(models, store, link, ModelLink(window), window),
    )


def _build_controllers(
    window: MainWindow,
    grid: PhotoGrid,
    model: PhotoGridModel,
    workers: Workers,
    settings: SettingsController,
    log_path: Path,
) -> Controllers:
    panels, link, reader = window.panels, workers.link, workers.reader
    desk = UndoDesk(link, window)
    outside = OutsidePictures(window.tr("Pasted picture"))
    index = IndexController(link, window)
    search = SearchController(link, reader, window)
    photos = PhotoController(link, reader, panels.photo_page, model.hit, outside, window)
    folders = FoldersController(link, reader, desk, index, window, demo_album_dir(), window)
    results = ResultsController(window, grid, model, search, folders, index, window)
    marks = MarksController(link, reader, desk, window)
    albums = AlbumsController(reader, desk, window, window)
    commands = PhotoCommands(link, desk, workers.trash, window, workers.access.photos, window)
    names = PictureNames(workers.access.photos, outside, window)
    kept = KeptController(link, reader, desk, window, names.label, window)
    history = HistoryController(
        link, reader, desk, search, panels.search_bar, kept.label, panels.sidebar.model.root_name,
        window,
    )  # fmt: skip
    regions = RegionSearch(link, search, panels.photo_page, names.image, names.name, window)
    details = DetailsController(
        link, reader, desk, window, grid, model, search, photos, marks, window
    )
    menu = PhotoMenu(window, commands, marks, albums, window)
    middle = WindowController(
        window,
        grid,
        model,
        search,
        photos,
        regions,
        kept,
        workers.pictures,
        outside,
        names,
        albums,
        commands,
        menu,
        window,
    )
    RecoveryNotice(link, panels.banner, window)
    notice = EngineNotice(link, panels.banner, panels.starting_bar, str(log_path), window)
    manners = WorkManners(workers.store, link, index, workers.models, panels.search_bar, window)
    return Controllers(
        desk, index, search, photos, folders, results, regions, kept, history, marks, albums,
        commands, details, middle, notice, Words(window, desk, window), settings, manners,
    )  # fmt: skip


def _build_panels(grid: PhotoGrid, model: PhotoGridModel, thumbnails: ThumbnailLoader) -> Panels:
    return Panels(
        rail=Rail(),
        sidebar=Sidebar(demo_album=os.fsencode(demo_album_dir())),
        search_bar=SearchBar(),
        chips=QueryChips(),
        starting_bar=StartingBar(),
        banner=Banner(),
        first_start=FirstStart(),
        results=ResultsPage(grid),
        photo_page=PhotoPage(PhotoView(thumbnails), model),
        inspector=Inspector(),
        status_bar=StatusBar(),
    )


def _connect_panels(window: MainWindow, controllers: Controllers) -> None:
    panels = window.panels
    index, search, folders = controllers.index, controllers.search, controllers.folders
    middle, results = controllers.middle, controllers.results
    bar, chips, sidebar = panels.search_bar, panels.chips, panels.sidebar
    bar.search_requested.connect(search.ask_text)
    bar.search_confirmed.connect(search.confirm_text)
    bar.clear_requested.connect(search.clear)
    bar.back_requested.connect(search.go_back)
    bar.forward_requested.connect(search.go_forward)
    bar.history_requested.connect(controllers.history.open)
    bar.filters_changed.connect(search.set_filters)
    bar.paste_requested.connect(middle.paste_picture)
    panels.photo_page.phrase_edit.picture_pasted.connect(middle.paste_picture)
    bar.picture_file_requested.connect(middle.choose_picture)
    bar.box_requested.connect(middle.start_box)
    chips.need_chosen.connect(search.set_need)
    chips.picture_need_chosen.connect(search.set_picture_need)
    chips.picture_opened.connect(middle.open_picture)
    chips.filters_changed.connect(search.set_filters)
    chips.text_filter_dropped.connect(search.drop_text_filter)
    chips.misread_dropped.connect(search.drop_misread)
    sidebar.scope_changed.connect(middle.choose_scope)
    sidebar.add_folder_requested.connect(folders.choose_folder)
    sidebar.index_requested.connect(folders.update_folder)
    sidebar.reveal_requested.connect(folders.reveal_folder)
    sidebar.remove_requested.connect(folders.ask_to_remove)
    sidebar.relink_requested.connect(folders.ask_to_relink)
    sidebar.new_album_requested.connect(controllers.albums.ask_to_create)
    sidebar.photos_dropped.connect(controllers.albums.take_drop)
    sidebar.rename_requested.connect(middle.rename_scope)
    sidebar.delete_requested.connect(middle.delete_scope)
    panels.rail.all_photos_requested.connect(middle.show_all_photos)
    panels.first_start.add_folder_requested.connect(folders.choose_folder)
    panels.first_start.demo_requested.connect(folders.add_demo_album)
    panels.first_start.settings_requested.connect(controllers.settings.open_settings)
    panels.status_bar.pause_requested.connect(index.pause)
    panels.status_bar.resume_requested.connect(index.resume)
    panels.status_bar.cancel_requested.connect(index.cancel)
    panels.status_bar.problems_requested.connect(folders.show_problems)
    panels.status_bar.freeze_requested.connect(results.set_frozen)
    panels.status_bar.zoom_to_match_requested.connect(results.set_zoom_to_match)
    window.folders_dropped.connect(folders.ask_to_add)
    window.folders_given.connect(folders.open_given)
    window.picture_dropped.connect(middle.search_file)
    window.clear_requested.connect(search.clear)
    window.back_requested.connect(search.go_back)
    window.forward_requested.connect(search.go_forward)
    window.toast.undo_requested.connect(controllers.desk.undo)


def _connect_menus(window: MainWindow, controllers: Controllers, about: AboutDialog) -> None:
    actions, search = window.actions_, controllers.search
    folders, middle, kept = controllers.folders, controllers.middle, controllers.kept
    actions.add_folder.triggered.connect(folders.choose_folder)
    actions.new_album.triggered.connect(middle.create_album)
    actions.try_demo.triggered.connect(folders.add_demo_album)
    actions.update_folders.triggered.connect(folders.update_folders)
    actions.problems.triggered.connect(folders.show_problems)
    actions.settings.triggered.connect(controllers.settings.open_settings)
    actions.models.triggered.connect(controllers.settings.open_models)
    actions.export.triggered.connect(lambda: kept.ask_to_export(search.results))
    actions.undo.triggered.connect(controllers.desk.undo)
    actions.redo.triggered.connect(controllers.desk.redo)
    actions.find.triggered.connect(middle.focus_search)
    actions.filters.triggered.connect(window.panels.search_bar.open_filters)
    actions.back.triggered.connect(search.go_back)
    actions.forward.triggered.connect(search.go_forward)
    # An open photo hides the search line, under which the list opens.
    actions.history.triggered.connect(middle.close_photo)
    actions.history.triggered.connect(controllers.history.open)
    actions.find_similar.triggered.connect(middle.find_similar_to_current)
    actions.search_region.triggered.connect(middle.start_box)
    actions.paste_picture.triggered.connect(middle.paste_picture)
    actions.choose_picture.triggered.connect(middle.choose_picture)
    actions.save_search.triggered.connect(lambda: kept.ask_to_save(search.question))
    actions.save_concept.triggered.connect(middle.save_concept)
    actions.freeze.triggered.connect(controllers.results.set_frozen)
    actions.zoom_to_match.triggered.connect(controllers.results.set_zoom_to_match)
    actions.shortcuts.triggered.connect(controllers.words.show_shortcuts)
    actions.about.triggered.connect(about.show)


def _connect_photo_actions(window: MainWindow, controllers: Controllers) -> None:
    actions, inspector = window.actions_, window.panels.inspector
    marks, commands = controllers.marks, controllers.commands
    targets = controllers.middle.targets
    actions.favourite.triggered.connect(lambda: marks.toggle_favourite(targets()))
    actions.pick.triggered.connect(lambda: marks.toggle_flag(targets(), 1))
    actions.reject.triggered.connect(lambda: marks.toggle_flag(targets(), -1))
    actions.rating_requested.connect(lambda rating: marks.rate(targets(), rating))
    actions.reveal.triggered.connect(lambda: commands.reveal(targets()))
    actions.open_with.triggered.connect(lambda: commands.open_with(targets()))
    actions.copy_path.triggered.connect(lambda: commands.copy_paths(targets()))
    actions.copy_picture.triggered.connect(controllers.middle.copy_picture)
    actions.add_to_album.triggered.connect(controllers.middle.choose_album)
    actions.take_out.triggered.connect(lambda: commands.take_out(targets()))
    actions.trash.triggered.connect(lambda: commands.ask_to_trash(targets()))
    inspector.similar_requested.connect(controllers.middle.find_similar)
    inspector.reveal_requested.connect(lambda photo_id: commands.reveal([photo_id]))
    inspector.open_with_requested.connect(lambda photo_id: commands.open_with([photo_id]))
    window.inspector_shown.connect(controllers.details.refresh)


def _connect_facts(workers: Workers, controllers: Controllers) -> None:
    notice, words = controllers.notice, controllers.words
    workers.reader.read_failed.connect(notice.show_read_failure)
    for failed in (
        controllers.index.index_failed,
        controllers.desk.step_failed,
        controllers.commands.command_failed,
        controllers.kept.export_failed,
    ):
        failed.connect(notice.show_failure)
    speakers = (controllers.commands, controllers.kept, controllers.regions, controllers.middle)
    for speaker in speakers:
        speaker.said.connect(words.say)
    controllers.photos.photo_failed.connect(notice.show_question_failure)
    controllers.search.search_failed.connect(notice.show_search_failure)
    controllers.search.question_changed.connect(notice.forget_question)
    controllers.search.results_changed.connect(notice.forget_search)
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
    model_dir = model_to_start_with(settings)
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
    named = [argument for argument in others if os.path.isdir(argument)]
    folders = tuple(os.fsencode(os.path.abspath(each)) for each in named)
    qt_arguments = [argument for argument in others if argument not in named]
    config_dir = default_config_dir()
    set_up_logging(config_dir)
    library_dir = options.library or choose_library(_stored_library_dir(config_dir))
    first = claimed(library_dir)
    if first is None and summon(library_dir, SUMMON_WAIT_S, folders):
        logger.info("a window of this library is open already and was asked to show itself")
        return 0
    QApplication.setApplicationName("Finelens")
    QApplication.setDesktopFileName("finelens")
    app = QApplication(["finelens", *qt_arguments])
    install_hooks(app)
    app.setWindowIcon(_icon())
    life = WindowLife(_build, kept_places(library_dir, config_dir), app, first)
    window = life.open()
    gc.freeze()
    gc.enable()
    window.first_painted.connect(
        lambda: logger.info("first paint after %d ms", (time.perf_counter() - started_s) * 1000)
    )
    if folders:
        window.folders_given.emit(folders)
    try:
        return app.exec()
    finally:
        life.end()
