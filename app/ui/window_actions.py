"""The window's actions: menus, shortcuts, and their words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.ui.language import LANGUAGE_NAMES, LANGUAGES

THEMES = ("system", "light", "dark")


class WindowActions(QObject):
    """Every command of the window as a ``QAction``, in menus and by keys.

    Keys of one letter work wherever no text is being typed.
    """

    language_requested = Signal(str)
    theme_requested = Signal(str)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.add_folder = self._action("Ctrl+Shift+A")
        self.try_demo = self._action()
        self.update_folders = self._action("F5")
        self.problems = self._action()
        self.settings = self._action("Ctrl+,")
        self.models = self._action()
        self.quit = self._action(QKeySequence.StandardKey.Quit)
        self.find = self._action("Ctrl+F", "/")
        self.paste_picture = self._action("Ctrl+V")
        self.choose_picture = self._action()
        self.find_similar = self._action("S")
        self.search_region = self._action("R")
        self.favourite = self._action("F")
        self.show_sidebar = self._action("Ctrl+B", checkable=True)
        self.show_inspector = self._action("I", checkable=True)
        self.larger = self._action("Ctrl++", "Ctrl+=")
        self.smaller = self._action("Ctrl+-")
        self.square = self._action(checkable=True)
        self.full_screen = self._action("F11", checkable=True)
        self.next_panel = self._action("F6")
        self.about = self._action()
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.languages = self._choices(("system", *LANGUAGES))
        self.themes = self._choices(THEMES)
        self._build_menus()
        self.languages.triggered.connect(self._on_languages_triggered)
        self.themes.triggered.connect(self._on_themes_triggered)
        window.installEventFilter(self)
        self._retranslate()

    def _action(self, *keys: str | QKeySequence.StandardKey, checkable: bool = False) -> QAction:
        action = QAction(self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setCheckable(checkable)
        # Only for windows without a visible menu bar; harmless otherwise.
        self._window.addAction(action)
        return action

    def _choices(self, names: tuple[str, ...]) -> QActionGroup:
        group = QActionGroup(self._window)
        for name in names:
            action = group.addAction("")
            action.setData(name)
            action.setCheckable(True)
        return group

    def _build_menus(self) -> None:
        bar = self._window.menuBar()
        self._file, self._edit = bar.addMenu(""), bar.addMenu("")
        self._view, self._help = bar.addMenu(""), bar.addMenu("")
        self._file.addActions([self.add_folder, self.try_demo, self.update_folders])
        self._file.addSeparator()
        self._file.addAction(self.problems)
        self._file.addSeparator()
        self._file.addActions([self.settings, self.models])
        self._file.addSeparator()
        self._file.addAction(self.quit)
        self._edit.addAction(self.find)
        self._edit.addSeparator()
        self._edit.addActions([self.find_similar, self.search_region])
        self._edit.addActions([self.paste_picture, self.choose_picture])
        self._edit.addSeparator()
        self._edit.addAction(self.favourite)
        self._view.addActions([self.show_sidebar, self.show_inspector, self.next_panel])
        self._view.addSeparator()
        self._view.addActions([self.larger, self.smaller, self.square])
        self._view.addSeparator()
        self._theme_menu = self._view.addMenu("")
        self._language_menu = self._view.addMenu("")
        self._theme_menu.addActions(self.themes.actions())
        self._language_menu.addActions(self.languages.actions())
        self._view.addSeparator()
        self._view.addAction(self.full_screen)
        self._help.addAction(self.about)
        self.settings_menu = QMenu(self._window)
        self.settings_menu.addMenu(self._theme_menu)
        self.settings_menu.addMenu(self._language_menu)
        self.settings_menu.addSeparator()
        self.settings_menu.addActions([self.square, self.problems])
        self.settings_menu.addSeparator()
        self.settings_menu.addActions([self.settings, self.models, self.about])

    def show_choices(self, *, language: str, theme: str, square: bool) -> None:
        """Tick what holds."""
        for group, chosen in ((self.languages, language), (self.themes, theme)):
            for action in group.actions():
                action.setChecked(action.data() == chosen)
        self.square.setChecked(square)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the language of the window."""
        if watched is self._window and event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        return False

    def _retranslate(self) -> None:
        self._file.setTitle(self.tr("&File"))
        self._edit.setTitle(self.tr("&Search"))
        self._view.setTitle(self.tr("&View"))
        self._help.setTitle(self.tr("&Help"))
        self._theme_menu.setTitle(self.tr("&Theme"))
        self._language_menu.setTitle(self.tr("&Language"))
        self.settings_menu.setTitle(self.tr("Settings"))
        texts = {
            self.add_folder: self.tr("&Add a folder…"),
            self.try_demo: self.tr("Try the &demo album"),
            self.update_folders: self.tr("Look for &new photos"),
            self.problems: self.tr("&Problems…"),
            self.settings: self.tr("S&ettings…"),
            self.models: self.tr("Search &models…"),
            self.quit: self.tr("&Quit"),
            self.find: self.tr("&Find"),
            self.paste_picture: self.tr("&Paste a picture"),
            self.choose_picture: self.tr("Search by a picture &file…"),
            self.find_similar: self.tr("Find &similar photos"),
            self.search_region: self.tr("Search a &region…"),
            self.favourite: self.tr("F&avourite"),
            self.show_sidebar: self.tr("&Sidebar"),
            self.show_inspector: self.tr("&Information"),
            self.larger: self.tr("&Larger thumbnails"),
            self.smaller: self.tr("S&maller thumbnails"),
            self.square: self.tr("S&quare thumbnails"),
            self.full_screen: self.tr("&Full screen"),
            self.next_panel: self.tr("&Next panel"),
            self.about: self.tr("&About Finelens"),
        }
        for action, text in texts.items():
            action.setText(text)
        names = {"system": self.tr("Like the system")}
        theme_names = {**names, "light": self.tr("Light"), "dark": self.tr("Dark")}
        for action in self.themes.actions():
            action.setText(theme_names[action.data()])
        for action in self.languages.actions():
            action.setText({**names, **LANGUAGE_NAMES}[action.data()])

    def _on_languages_triggered(self, action: QAction) -> None:
        self.language_requested.emit(action.data())

    def _on_themes_triggered(self, action: QAction) -> None:
        self.theme_requested.emit(action.data())
