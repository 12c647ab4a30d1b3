"""A second start of the application brings the window of the first one to the front."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.core.single_start import WindowClaim
from app.ui.main_window import MainWindow

logger = logging.getLogger(__name__)


class Summons(QObject):
    """Shows the window whenever a later start asks for it, and opens what that one was given."""

    _summoned = Signal(object)  # tuple[bytes, ...]

    def __init__(self, first: WindowClaim, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._summoned.connect(self._on_summoned, Qt.ConnectionType.QueuedConnection)
        first.listen(self._summoned.emit)

    @Slot(object)
    def _on_summoned(self, folders: tuple[bytes, ...]) -> None:
        logger.info("shown because of another start, with %d folders", len(folders))
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        if folders:
            self._window.folders_given.emit(folders)
