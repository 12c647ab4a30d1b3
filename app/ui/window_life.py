"""The window from its first opening to the end, also closed and opened again in between.

Moving the library and deleting everything need all readers and the engine gone; a window that is
built anew afterwards has no remembrance of before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtWidgets import QApplication, QProgressDialog

from app.core.errors import LibraryError, SettingsError
from app.core.library.place import erase, move_library
from app.core.paths import choose_library
from app.core.settings import SETTINGS_NAME, Settings, load_settings, save_settings
from app.core.single_start import WindowClaim, claim
from app.ui.main_window import MainWindow
from app.ui.message_box import message_box
from app.ui.privacy_page import KeptPlaces
from app.ui.summons import Summons

logger = logging.getLogger(__name__)


class WindowLife(QObject):
    """Opens the window, and ends the application when it was closed for good.

    Args:
        build: makes a window from settings, for these places.
        places: where Finelens keeps something.
        app: also the owner.
        first: what makes this the first start of the library, given back by ``end``.
    """

    _done = Signal(object)  # what came of the work between two windows: an error or None

    def __init__(
        self,
        build: Callable[[Settings, KeptPlaces, WindowLife], MainWindow],
        places: KeptPlaces,
        app: QApplication,
        first: WindowClaim | None = None,
    ) -> None:
        super().__init__(app)
        self._build = build
        self._places = places
        self._app = app
        self._first = first
        self._window: MainWindow | None = None
        self._between: Callable[[], None] | None = None
        self._next_places = places
        self._waiting: QProgressDialog | None = None
        app.setQuitOnLastWindowClosed(False)
        self._done.connect(self._on_done, Qt.ConnectionType.QueuedConnection)

    @property
    def window(self) -> MainWindow | None:
        """The window, None between two of them."""
        return self._window

    def open(self) -> MainWindow:
        """Build the window from the settings as they are stored, and show it."""
        try:
            settings = load_settings(self._places.config / SETTINGS_NAME)
        except SettingsError as error:
            logger.warning("default settings are used: %s", error)
            settings = Settings()
        self._window = self._build(settings, self._places, self)
        self._window.closed.connect(self._on_window_closed, Qt.ConnectionType.QueuedConnection)
        if self._first is not None:
            Summons(self._first, self._window)
        self._window.show()
        return self._window

    def end(self) -> None:
        """Let another start be the first one of the library. Harmless when repeated."""
        if self._first is not None:
            self._first.close()
            self._first = None

    def move_library(self, directory: Path) -> None:
        """Close, bring the library to another folder, open again."""
        places = self._places

        def work() -> None:
            path = places.config / SETTINGS_NAME
            move_library(places.library, directory)
            save_settings(path, replace(load_settings(path), library_dir=str(directory)))

        self._reopen(work, replace(places, library=directory))

    def erase_everything(self) -> None:
        """Close, delete all that Finelens keeps, open as at the very first start."""
        places = self._places

        def work() -> None:
            logging.shutdown()  # the log is among what goes
            left = erase(places.library, places.config, places.models, places.cache)
            if left:
                names = ", ".join(path.name for path in left[:3])
                raise LibraryError(f"Some files could not be deleted: {names}.", reason="left")

        self._reopen(work, replace(places, library=choose_library(None)))

    def _reopen(self, between: Callable[[], None], places: KeptPlaces) -> None:
        self._between, self._next_places = between, places
        if self._window is not None:
            self._window.close()

    @Slot()
    def _on_window_closed(self) -> None:
        self.end()
        window, self._window = self._window, None
        if window is not None:
            window.deleteLater()
        between, self._between = self._between, None
        if between is None:
            self._app.quit()
            return
        self._waiting = QProgressDialog(self.tr("One moment…"), "", 0, 0)
        self._waiting.setCancelButton(None)
        self._waiting.setWindowTitle("Finelens")
        self._waiting.show()
        QThreadPool.globalInstance().start(_Work(between, self._done))

    @Slot(object)
    def _on_done(self, error: Exception | None) -> None:
        if self._waiting is not None:
            self._waiting.close()
            self._waiting.deleteLater()
            self._waiting = None
        if error is None:
            self._places = self._next_places
        self._first = claimed(self._places.library)
        window = self.open()
        if error is not None:
            logger.error("between two windows: %s", error)
            message_box(window, "Finelens", self.tr("That did not work."), str(error)).open()


def claimed(directory: Path) -> WindowClaim | None:
    """Return what makes this start the first one of a library; None if it is not, or cannot be.

    The engine says in the window what is wrong with a folder that is of no use.
    """
    try:
        return claim(directory)
    except LibraryError as error:
        logger.warning("%s", error)
        return None


class _Work(QRunnable):
    def __init__(self, work: Callable[[], None], done: Signal) -> None:
        super().__init__()
        self._work = work
        self._done = done

    def run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - told to people in the next window
            self._done.emit(error)
        else:
            self._done.emit(None)
