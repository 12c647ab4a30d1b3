"""The settings of the running window; changes are written off its thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from app.core.errors import SettingsError
from app.core.settings import Settings, save_settings

logger = logging.getLogger(__name__)

SaveSettings = Callable[[Path, Settings], None]


class SettingsStore(QObject):
    """Holds the settings; a change is announced at once and saved soon, in order."""

    settings_changed = Signal(object)  # Settings

    def __init__(
        self,
        settings: Settings,
        path: Path,
        parent: QObject | None = None,
        *,
        save: SaveSettings = save_settings,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._path = path
        self._save = save
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    @property
    def settings(self) -> Settings:
        """What holds now."""
        return self._settings

    def change(self, **changes: Any) -> None:
        """Change fields; nothing happens if they have these values already."""
        settings = replace(self._settings, **changes)
        if settings == self._settings:
            return
        self._settings = settings
        self._pool.start(_SaveTask(self._path, settings, self._save))
        self.settings_changed.emit(settings)

    def close(self) -> None:
        """Wait until all changes are written."""
        self._pool.waitForDone()


class _SaveTask(QRunnable):
    def __init__(self, path: Path, settings: Settings, save: SaveSettings) -> None:
        super().__init__()
        self._path = path
        self._settings = settings
        self._save = save

    def run(self) -> None:
        try:
            self._save(self._path, self._settings)
        except (SettingsError, OSError) as error:
            logger.warning("the settings could not be saved: %s", error)
