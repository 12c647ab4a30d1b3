"""A second start of the application brings the window of the first one to the front."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.core.single_start import WindowClaim

logger = logging.getLogger(__name__)


class Summons(QObject):
    """Shows the window whenever a later start asks for it."""

    _summoned = Signal()

    def __init__(self, first: WindowClaim, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._summoned.connect(self._on_summoned, Qt.ConnectionType.QueuedConnection)
        first.listen(self._summoned.emit)

    @Slot()
    def _on_summoned(self) -> None:
        logger.info("shown because of another start")
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
