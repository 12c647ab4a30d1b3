"""Drives the real window, offscreen, with a real engine process behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.core.messages import JobFailed, SearchFinished
from app.core.settings import Settings
from app.engine.link import EngineLink
from app.main import build_window
from app.ui.main_window import MainWindow
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import PhotoGridModel
from tests.fakes import run_with_fake_encoder
from tests.pointer import PLAIN, drag

TIMEOUT_MS = 60_000


class WindowDriver:
    """A window as a person uses it; waits are on signals and conditions."""

    def __init__(
        self,
        qtbot: QtBot,
        folder: Path,
        *,
        model_dir: Path = Path("no-model"),
        target: Callable[..., object] | None = run_with_fake_encoder,
        settings: Settings | None = None,
    ) -> None:
        self.qtbot = qtbot
        self.library_dir = folder / "library"
        settings = settings or Settings(language="en", theme="dark", decoder_processes=2)
        self.window: MainWindow = build_window(
            settings, self.library_dir, model_dir, folder / "config", engine_target=target
        )
        self.panels = self.window.panels
        link = self.window.findChild(EngineLink)
        grid = self.window.findChild(PhotoGrid)
        assert link is not None
        assert grid is not None
        self.link: EngineLink = link
        self.grid: PhotoGrid = grid
        self.failures: list[JobFailed] = []
        link.job_failed.connect(self.failures.append)
        self.window.resize(1200, 800)

    # ------------------------------------------------------------ life

    def show(self, *, ready: bool = True) -> None:
        """Show the window and wait for its engine."""
        with self.qtbot.waitSignal(self.link.engine_ready, timeout=TIMEOUT_MS, raising=ready):
            self.window.show()

    def close(self) -> None:
        """Close the window as its title bar does."""
        self.window.close()
        self.window.deleteLater()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be so."""
        self.qtbot.waitUntil(condition, timeout=TIMEOUT_MS)

    @property
    def model(self) -> PhotoGridModel:
        model = self.grid.photos()
        assert model is not None
        return model

    # ------------------------------------------------------------ what people do

    def add_folder(self, folder: Path, *, wait: bool = True) -> None:
        """Drop a folder on the window and say yes where it asks."""
        if not wait:
            self._drop(folder)
            return
        with self.qtbot.waitSignal(self.link.index_finished, timeout=TIMEOUT_MS):
            self._drop(folder)

    def _drop(self, folder: Path) -> None:
        self.window.folders_dropped.emit((bytes(folder),))
        if self._boxes():
            self.answer_box("Add")

    def answer_box(self, label: str) -> None:
        """Press a button of the open message box."""
        self.until(lambda: bool(self._boxes()))
        box = self._boxes()[0]
        (button,) = (each for each in box.buttons() if each.text().replace("&", "") == label)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def _boxes(self) -> list[QMessageBox]:
        return [box for box in self.window.findChildren(QMessageBox) if box.isVisible()]

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press keys where the keyboard is."""
        if QApplication.activeModalWidget() is None:
            # Offscreen, the keyboard does not come back from a dialog by itself.
            self.window.activateWindow()
        for key in keys:
            self.qtbot.keyClick(QApplication.focusWidget() or self.grid, key, modifiers)

    def select(self, *rows: int) -> list[int]:
        """Select photos of the grid by clicks; returns their numbers."""
        for at, row in enumerate(rows):
            place = self.grid.visualRect(self.model.index(row))
            modifiers = Qt.KeyboardModifier.ControlModifier if at else PLAIN
            self.qtbot.mouseClick(
                self.grid.viewport(), Qt.MouseButton.LeftButton, modifiers, place.center()
            )
        self.grid.setFocus()
        return self.grid.selected_photo_ids()

    def undo(self) -> None:
        """Choose Undo and wait until it is done.

        From the menu: offscreen, a window stays inactive after a dialog, and no key reaches it.
        """
        with self.qtbot.waitSignal(self.link.change_done, timeout=TIMEOUT_MS):
            self.window.actions_.undo.trigger()

    def search(self, text: str) -> SearchFinished:
        """Type into the search bar and press Enter."""
        edit = self.panels.search_bar.edit
        edit.setFocus()
        edit.selectAll()
        with self.qtbot.waitSignal(self.link.search_finished, timeout=TIMEOUT_MS) as got:
            edit.insert(text)
            self.qtbot.keyClick(edit, Qt.Key.Key_Return)
        return got.args[0]  # type: ignore[no-any-return]

    def open_first(self) -> None:
        """Open the first photo of the grid by keyboard and wait for its pixels."""
        self.grid.setFocus()
        self.qtbot.keyClick(self.grid, Qt.Key.Key_Home)
        with self.qtbot.waitSignal(self.link.photo_opened, timeout=TIMEOUT_MS):
            self.qtbot.keyClick(self.grid, Qt.Key.Key_Return)
        view = self.panels.photo_page.view
        self.until(lambda: view.picture.pixels is not None)

    def drag_box(self, start: tuple[float, float], end: tuple[float, float]) -> Any:
        """Press R and drag over the open photo (0..1 of it); returns the answer."""
        view = self.panels.photo_page.view
        self.qtbot.keyClick(view, Qt.Key.Key_R)
        x0, y0 = view.transform.to_view(start)
        x1, y1 = view.transform.to_view(end)
        first, last = QPoint(round(x0), round(y0)), QPoint(round(x1), round(y1))
        with self.qtbot.waitSignal(self.link.search_finished, timeout=TIMEOUT_MS) as got:
            drag(view, first, last)
        return got.args[0]

    def names(self) -> list[str]:
        """The names of the photos in the grid, in order."""
        return [self.model.index(row).data() for row in range(self.model.rowCount())]


def engine_processes() -> list[psutil.Process]:
    """Children of this process that could be engines or decoders."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "resource_tracker" not in " ".join(process.cmdline()):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found
