"""Folders, indexing and problems: what the sidebar, the status bar and the dialogs have to do."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.core.changes import RelinkFolder, TakeOutFolder
from app.core.library.rows import Problem, Root
from app.core.messages import EngineReady, IndexProgress, LibraryChanged
from app.core.paths import display_path
from app.engine.link import EngineLink
from app.ui.index_controller import IndexController
from app.ui.library_reader import Kept, LibraryReader, Overview
from app.ui.main_window import MainWindow
from app.ui.message_box import message_box
from app.ui.problems_dialog import ProblemsDialog
from app.ui.reveal import reveal
from app.ui.sidebar_model import SidebarContent, root_name
from app.ui.undo_desk import UndoDesk
from app.ui.usual_places import Location, usual_dir


class FoldersController(QObject):
    """Keeps the panels about folders true, and carries out what people want of folders."""

    overview_changed = Signal()

    def __init__(
        self,
        link: EngineLink,
        reader: LibraryReader,
        desk: UndoDesk,
        index: IndexController,
        window: MainWindow,
        demo_album: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._reader = reader
        self._desk = desk
        self._index = index
        self._kept = Kept()
        self._window = window
        self._demo_album = demo_album
        self._dialog: ProblemsDialog | None = None
        self._overview = Overview(exists=False)
        self._is_first_life = True
        self._last_dir = ""
        link.engine_ready.connect(self._on_link_engine_ready)
        link.library_changed.connect(self._on_link_library_changed)
        reader.overview_loaded.connect(self._on_reader_overview_loaded)
        reader.kept_loaded.connect(self._on_reader_kept_loaded)
        reader.problems_loaded.connect(self._on_reader_problems_loaded)
        index.index_started.connect(self._on_index_started)
        index.index_progressed.connect(self._on_index_progressed)
        index.index_ended.connect(self._on_index_ended)
        index.index_failed.connect(self._on_index_ended)

    @property
    def overview(self) -> Overview:
        """What is known of the library."""
        return self._overview

    # ------------------------------------------------------------ wishes

    @Slot()
    def choose_folder(self) -> None:
        """Let people choose a folder, then index it."""
        folder = self._ask_folder(self.tr("Add a folder of photos"))
        if folder:
            self._index.add_folder(folder)

    def _ask_folder(self, title: str) -> str:
        """Let people choose a folder, beside the one before; "" if they do not."""
        start = self._last_dir or usual_dir(Location.PicturesLocation)
        folder = QFileDialog.getExistingDirectory(self._window, title, start)
        if folder:
            self._last_dir = os.path.dirname(folder)
        return folder

    @Slot(object)
    def open_given(self, folders: tuple[bytes, ...]) -> None:
        """Index folders that the application was started with: to name them is to want them."""
        self._index.start(folders)

    @Slot(object)
    def ask_to_add(self, folders: tuple[bytes, ...]) -> None:
        """Offer to index dropped folders; on the first page that is what a drop means."""
        if self._window.is_first_start_shown:
            self._index.start(folders)
            return
        shown = "\n".join(display_path(folder) for folder in folders)
        box = message_box(
            self._window,
            self.tr("Add to library"),
            self.tr("Add %Ln folder(s) to the library?", "", len(folders)),
            shown,
        )
        box.setIcon(QMessageBox.Icon.Question)
        add = box.addButton(self.tr("Add"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(add)
        add.clicked.connect(lambda: self._index.start(folders))
        box.open()

    @Slot()
    def add_demo_album(self) -> None:
        """Index the album that ships with the application."""
        self._index.start((os.fsencode(self._demo_album),))

    @Slot()
    def update_folders(self) -> None:
        """Look for new photos in all folders."""
        self._index.start()

    @Slot(object)
    def update_folder(self, root: Root) -> None:
        """Look for new photos in one folder."""
        self._index.start((root.path,))

    @Slot(object)
    def reveal_folder(self, root: Root) -> None:
        """Show a folder in the file manager."""
        reveal(root.path)

    @Slot(object)
    def ask_to_remove(self, root: Root) -> None:
        """Ask, then forget a folder."""
        box = message_box(
            self._window,
            self.tr("Remove from library"),
            self.tr("Remove “{0}” from the library?").format(root.display),
            self.tr("The files stay where they are; only Finelens forgets them."),
        )
        box.setIcon(QMessageBox.Icon.Question)
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        remove.clicked.connect(lambda: self._remove(root))
        box.open()

    @Slot(object)
    def ask_to_relink(self, root: Root) -> None:
        """Let people say where a folder lies now."""
        folder = self._ask_folder(self.tr("Where is “{0}” now?").format(root_name(root)))
        if folder:
            self.relink(root, os.fsencode(folder))

    def relink(self, root: Root, path: bytes) -> None:
        """Look for the photos of a folder elsewhere from now on."""
        text = self.tr("“{0}” is looked for in its new place").format(root_name(root))
        self._desk.change(RelinkFolder(root.id, path), text, tell=True)
        self._index.start((path,))

    def _remove(self, root: Root) -> None:
        text = self.tr("“{0}” removed from the library; files stay").format(root_name(root))
        self._desk.change(TakeOutFolder(root.id), text, tell=True)

    @Slot()
    def show_problems(self) -> None:
        """Open the list of files that could not be used."""
        if self._dialog is None:
            self._dialog = ProblemsDialog(self._window)
            self._dialog.retry_requested.connect(self._on_dialog_retry_requested)
            self._dialog.reveal_requested.connect(self._on_dialog_reveal_requested)
        self._reader.load_problems()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    @property
    def problems_dialog(self) -> ProblemsDialog | None:
        """The dialog, None before it was opened first."""
        return self._dialog

    @Slot()
    def _on_dialog_retry_requested(self) -> None:
        assert self._dialog is not None
        ids = {problem.root_id for problem in self._dialog.model.problems}
        roots = tuple(root.path for root in self._overview.roots if root.id in ids)
        if roots:
            self._index.start(roots, retry_problems=True)

    @Slot(object)
    def _on_dialog_reveal_requested(self, path: bytes) -> None:
        reveal(path)

    # ------------------------------------------------------------ facts

    @Slot(object)
    def _on_link_engine_ready(self, _event: EngineReady) -> None:
        self._reader.load_overview()
        if self._is_first_life and self._overview.roots and not self._index.is_running:
            # What changed while Finelens was closed, and what it had not finished.
            self._index.start()
        self._is_first_life = False

    @Slot(object)
    def _on_link_library_changed(self, event: LibraryChanged) -> None:
        self._reader.load_overview()
        if event.problems and self._dialog is not None and self._dialog.isVisible():
            self._reader.load_problems()

    @Slot(object)
    def _on_reader_overview_loaded(self, overview: Overview) -> None:
        self._overview = overview
        panels = self._window.panels
        self._show_sidebar()
        panels.status_bar.set_n_problems(overview.n_problems)
        if not overview.roots and not self._index.is_running:
            self._window.show_first_start()
        elif self._window.is_first_start_shown:
            self._window.show_results()
        self.overview_changed.emit()

    @Slot(object)
    def _on_reader_kept_loaded(self, kept: Kept) -> None:
        self._kept = kept
        self._show_sidebar()

    def _show_sidebar(self) -> None:
        overview, kept = self._overview, self._kept
        content = SidebarContent(
            overview.roots,
            overview.n_photos,
            overview.n_favourites,
            overview.albums,
            kept.searches,
            kept.concepts,
        )
        self._window.panels.sidebar.set_content(content)

    @Slot(object)
    def _on_reader_problems_loaded(self, problems: tuple[Problem, ...]) -> None:
        if self._dialog is not None:
            self._dialog.set_problems(problems)

    @Slot()
    def _on_index_started(self) -> None:
        if self._index.progress is None:
            self._window.panels.status_bar.show_index_waiting()
        if self._window.is_first_start_shown:
            self._window.show_results()

    @Slot(object)
    def _on_index_progressed(self, event: IndexProgress) -> None:
        self._window.panels.status_bar.show_progress(event)
        self._window.panels.sidebar.set_progress(event)

    @Slot(object)
    def _on_index_ended(self, _event: object) -> None:
        self._window.panels.status_bar.show_progress(None)
        self._window.panels.sidebar.clear_progress()
        self._reader.load_overview()
