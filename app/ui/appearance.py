"""Language, theme and thumbnails: applied at once, kept in the settings."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Slot
from PySide6.QtWidgets import QApplication

from app.core.settings import Settings
from app.ui.language import LanguageSwitcher
from app.ui.main_window import MainWindow
from app.ui.photo_grid import PhotoGrid
from app.ui.settings_store import SettingsStore
from app.ui.theme import apply_theme

ZOOM_PER_STEP = 1.25


class Appearance(QObject):
    """Shows the settings in the window and writes down what people change."""

    def __init__(
        self,
        app: QApplication,
        store: SettingsStore,
        languages: LanguageSwitcher,
        window: MainWindow,
        grid: PhotoGrid,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._store = store
        self._languages = languages
        self._window = window
        self._grid = grid
        self._show(store.settings)
        store.settings_changed.connect(self._on_store_settings_changed)
        grid.side_changed.connect(self._on_grid_side_changed)
        window.panels.status_bar.side_changed.connect(grid.set_side_px)
        actions = window.actions_
        actions.language_requested.connect(self._on_actions_language_requested)
        actions.theme_requested.connect(self._on_actions_theme_requested)
        actions.square.triggered.connect(self._on_square_triggered)
        actions.larger.triggered.connect(self._on_larger_triggered)
        actions.smaller.triggered.connect(self._on_smaller_triggered)

    def _show(self, settings: Settings) -> None:
        self._grid.set_side_px(settings.grid_side_px)
        self._grid.set_square(settings.grid_square)
        self._window.panels.status_bar.set_side_px(settings.grid_side_px)
        self._window.actions_.show_choices(
            language=settings.language, theme=settings.theme, square=settings.grid_square
        )

    @Slot(object)
    def _on_store_settings_changed(self, settings: Settings) -> None:
        self._languages.set_choice(settings.language)
        apply_theme(self._app, settings.theme)
        self._show(settings)

    @Slot(int)
    def _on_grid_side_changed(self, side_px: int) -> None:
        self._store.change(grid_side_px=side_px)

    @Slot(str)
    def _on_actions_language_requested(self, language: str) -> None:
        self._store.change(language=language)

    @Slot(str)
    def _on_actions_theme_requested(self, theme: str) -> None:
        self._store.change(theme=theme)

    @Slot(bool)
    def _on_square_triggered(self, square: bool) -> None:
        self._store.change(grid_square=square)

    @Slot()
    def _on_larger_triggered(self) -> None:
        self._make_larger(1)

    @Slot()
    def _on_smaller_triggered(self) -> None:
        self._make_larger(-1)

    def _make_larger(self, n_steps: int) -> None:
        """Larger thumbnails, or a larger photo where one is open."""
        if self._window.is_photo_shown:
            view = self._window.panels.photo_page.view
            view.zoom(ZOOM_PER_STEP**n_steps, QPointF(view.rect().center()))
        else:
            self._grid.step_side(n_steps)
