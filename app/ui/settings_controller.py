"""Opens the settings, and carries out the two wishes that need the window closed for a moment."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.core.errors import LibraryError
from app.core.library.place import check_place, dedicated_folder
from app.ui.error_text import library_refusal_text
from app.ui.model_choice import ModelChoice
from app.ui.privacy_page import KeptPlaces
from app.ui.settings_dialog import PageName, SettingsDialog
from app.ui.settings_store import SettingsStore


class Reopening(Protocol):
    """Closes the window, does something while nothing is open, opens it again."""

    def move_library(self, directory: Path) -> None: ...
    def erase_everything(self) -> None: ...


class SettingsController(QObject):
    """Owns the settings dialog, made when it is first wanted."""

    def __init__(
        self,
        store: SettingsStore,
        choice: ModelChoice,
        places: KeptPlaces,
        reopening: Reopening | None,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._store = store
        self._choice = choice
        self._places = places
        self._reopening = reopening
        self._window = window
        self._dialog: SettingsDialog | None = None

    @Slot()
    def open_settings(self) -> None:
        """Show the first page."""
        self.open_page("look")

    @Slot()
    def open_models(self) -> None:
        """Show the page of the models."""
        self.open_page("models")

    def open_page(self, name: PageName) -> SettingsDialog:
        """Show a page; returns the dialog."""
        if self._dialog is None:
            self._dialog = SettingsDialog(self._store, self._choice, self._places, self._window)
            self._dialog.library.move_requested.connect(self._on_library_move_requested)
            self._dialog.privacy.erase_requested.connect(self._on_privacy_erase_requested)
        self._dialog.show_page(name)
        self._dialog.show()
        self._dialog.raise_()
        return self._dialog

    @Slot(object)
    def _on_library_move_requested(self, chosen: Path) -> None:
        assert self._dialog is not None
        directory = dedicated_folder(chosen)
        try:
            check_place(directory, self._places.library)
        except LibraryError as error:
            self._dialog.library.show_refusal(library_refusal_text(error))
            return
        if self._reopening is not None and directory != self._places.library:
            self._reopening.move_library(directory)

    @Slot()
    def _on_privacy_erase_requested(self) -> None:
        if self._reopening is not None:
            self._reopening.erase_everything()
