"""When background work steps back: while somebody types, and while the battery is in use."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.power import on_battery
from app.core.settings import Settings
from app.engine.link import EngineLink
from app.ui.index_controller import IndexController
from app.ui.model_choice import ModelChoice
from app.ui.search_bar import SearchBar
from app.ui.settings_store import SettingsStore

TYPING_REST_MS = 1500
BATTERY_INTERVAL_MS = 20_000


class WorkManners(QObject):
    """Holds index jobs and model changes back, and keeps the engine to its cores.

    Settings take effect at once.
    """

    def __init__(
        self,
        store: SettingsStore,
        link: EngineLink,
        index: IndexController,
        models: ModelChoice,
        search_bar: SearchBar,
        parent: QObject | None = None,
        *,
        is_on_battery: Callable[[], bool] = on_battery,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._workers = (index, models)
        self._is_on_battery = is_on_battery
        self._settings = store.settings
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_REST_MS)
        self._typing.timeout.connect(self._on_typing_timeout)
        self._battery = QTimer(self)
        self._battery.setInterval(BATTERY_INTERVAL_MS)
        self._battery.timeout.connect(self.look_at_battery)
        store.settings_changed.connect(self._on_store_settings_changed)
        search_bar.edit.textEdited.connect(self._on_edit_text_edited)
        index.index_started.connect(self._on_index_started)
        self._watch_battery()

    @Slot()
    def look_at_battery(self) -> None:
        """Ask the system now."""
        self._hold("battery", self._settings.pause_on_battery and self._is_on_battery())

    def close(self) -> None:
        """Ask nothing more."""
        self._typing.stop()
        self._battery.stop()

    def _watch_battery(self) -> None:
        if self._settings.pause_on_battery:
            self._battery.start()
        else:
            self._battery.stop()
        self.look_at_battery()

    def _hold(self, reason: str, wanted: bool) -> None:
        for worker in self._workers:
            if wanted:
                worker.hold(reason)
            else:
                worker.release(reason)

    @Slot(str)
    def _on_edit_text_edited(self, _text: str) -> None:
        if self._settings.pause_while_typing:
            self._hold("typing", True)
            self._typing.start()

    @Slot()
    def _on_typing_timeout(self) -> None:
        self._hold("typing", False)

    @Slot()
    def _on_index_started(self) -> None:
        self.look_at_battery()

    @Slot(object)
    def _on_store_settings_changed(self, settings: Settings) -> None:
        before, self._settings = self._settings, settings
        if settings.cores != before.cores:
            self._link.set_cores(settings.cores)
        if settings.pause_on_battery != before.pause_on_battery:
            self._watch_battery()
        if not settings.pause_while_typing:
            self._typing.stop()
            self._hold("typing", False)
