"""The window's actions: menus, shortcuts, and their words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.ui.language import LANGUAGE_NAMES, LANGUAGES

THEMES = ("system", "light", "dark")


class WindowActions(QObject):
    """Every command of the window as a ``QAction``, in menus and by keys.

    Keys of one letter or digit work wherever no text is being typed.
    """

    language_requested = Signal(str)
    theme_requested = Signal(str)
    rating_requested = Signal(int)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._make_library_actions()
        self._make_search_actions()
        self._make_photo_actions()
        self._make_view_actions()
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

    def _make_library_actions(self) -> None:
        self.add_folder = self._action("Ctrl+Shift+A")
        self.new_album = self._action("Ctrl+N")
        self.try_demo = self._action()
        self.update_folders = self._action("F5")
        self.problems = self._action()
        self.export = self._action("Ctrl+Shift+E")
        self.settings = self._action("Ctrl+,")
        self.models = self._action()
        self.quit = self._action(QKeySequence.StandardKey.Quit)
        self.undo = self._action("Ctrl+Z")
        self.redo = self._action("Ctrl+Shift+Z", "Ctrl+Y")

    def _make_search_actions(self) -> None:
        self.find = self._action("Ctrl+F", "/")
        self.filters = self._action("Ctrl+Shift+F")
        self.back = self._action("Alt+Left")
        self.forward = self._action("Alt+Right")
        self.history = self._action("Ctrl+H")
        self.find_similar = self._action("S")
        self.search_region = self._action("R")
        self.paste_picture = self._action("Ctrl+V")
        self.choose_picture = self._action()
        self.save_search = self._action("Ctrl+S")
        self.save_concept = self._action("Ctrl+Shift+S")
        self.freeze = self._action("Ctrl+L", checkable=True)

    def _make_photo_actions(self) -> None:
        self.favourite = self._action("F")
        self.pick = self._action("P")
        self.reject = self._action("X")
        self.ratings = [self._action(str(rating)) for rating in range(6)]
        for rating, action in enumerate(self.ratings):
            action.triggered.connect(
                lambda _checked, rating=rating: self.rating_requested.emit(rating)
            )
        self.reveal = self._action("Ctrl+R")
        self.open_with = self._action("Ctrl+O")
        self.copy_path = self._action("Ctrl+Shift+C")
        self.copy_picture = self._action("Ctrl+C")
        self.add_to_album = self._action("B")
        self.take_out = self._action()
        self.trash = self._action("Del")

    def _make_view_actions(self) -> None:
        self.show_sidebar = self._action("Ctrl+B", checkable=True)
        self.show_inspector = self._action("I", checkable=True)
        self.larger = self._action("Ctrl++", "Ctrl+=")
        self.smaller = self._action("Ctrl+-")
        self.square = self._action(checkable=True)
        self.zoom_to_match = self._action("M", checkable=True)
        self.full_screen = self._action("F11", checkable=True)
        self.next_panel = self._action("F6")
        self.shortcuts = self._action("?", "F1")
        self.about = self._action()

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
        self._file, self._edit, self._search = (bar.addMenu("") for _ in range(3))
        self._photo, self._view, self._help = (bar.addMenu("") for _ in range(3))
        _fill(
            self._file,
            [self.add_folder, self.try_demo, self.update_folders],
            [self.new_album, self.export],
            [self.problems],
            [self.settings, self.models],
            [self.quit],
        )
        _fill(self._edit, [self.undo, self.redo], [self.copy_picture, self.copy_path])
        _fill(
            self._search,
            [self.find, self.filters, self.back, self.forward, self.history],
            [self.find_similar, self.search_region, self.paste_picture, self.choose_picture],
            [self.save_search, self.save_concept, self.freeze],
        )
        _fill(self._photo, [self.reveal, self.open_with], [self.favourite, self.pick, self.reject])
        self._rate_menu = self._photo.addMenu("")
        self._rate_menu.addActions(self.ratings)
        self._photo.addAction(self.add_to_album)
        self._photo.addSeparator()
        self._photo.addActions([self.take_out, self.trash])
        _fill(
            self._view,
            [self.show_sidebar, self.show_inspector, self.next_panel],
            [self.larger, self.smaller, self.square, self.zoom_to_match],
        )
        self._view.addSeparator()
        self._theme_menu = self._view.addMenu("")
        self._language_menu = self._view.addMenu("")
        self._theme_menu.addActions(self.themes.actions())
        self._language_menu.addActions(self.languages.actions())
        self._view.addSeparator()
        self._view.addAction(self.full_screen)
        self._help.addActions([self.shortcuts, self.about])
        self.settings_menu = QMenu(self._window)
        self.settings_menu.addMenu(self._theme_menu)
        self.settings_menu.addMenu(self._language_menu)
        _fill(
            self.settings_menu,
            [],
            [self.square, self.problems],
            [self.settings, self.models],
            [self.shortcuts, self.about],
        )

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

    # ------------------------------------------------------------ words

    def _retranslate(self) -> None:
        self._file.setTitle(self.tr("&File"))
        self._edit.setTitle(self.tr("&Edit"))
        self._search.setTitle(self.tr("&Search"))
        self._photo.setTitle(self.tr("&Photo"))
        self._view.setTitle(self.tr("&View"))
        self._help.setTitle(self.tr("&Help"))
        self._rate_menu.setTitle(self.tr("&Rate"))
        self._theme_menu.setTitle(self.tr("&Theme"))
        self._language_menu.setTitle(self.tr("&Language"))
        self.settings_menu.setTitle(self.tr("Settings"))
        texts = {**self._library_texts(), **self._search_texts()}
        texts |= {**self._photo_texts(), **self._view_texts()}
        for action, text in texts.items():
            action.setText(text)
        names = {"system": self.tr("Like the system")}
        theme_names = {**names, "light": self.tr("Light"), "dark": self.tr("Dark")}
        for action in self.themes.actions():
            action.setText(theme_names[action.data()])
        for action in self.languages.actions():
            action.setText({**names, **LANGUAGE_NAMES}[action.data()])

    def _library_texts(self) -> dict[QAction, str]:
        return {
            self.add_folder: self.tr("&Add a folder…"),
            self.new_album: self.tr("New a&lbum…"),
            self.try_demo: self.tr("Try the &demo album"),
            self.update_folders: self.tr("Look for &new photos"),
            self.problems: self.tr("&Problems…"),
            self.export: self.tr("&Export results…"),
            self.settings: self.tr("&Settings…"),
            self.models: self.tr("Search &models…"),
            self.quit: self.tr("&Quit"),
            self.undo: self.tr("&Undo"),
            self.redo: self.tr("&Redo"),
        }

    def _search_texts(self) -> dict[QAction, str]:
        return {
            self.find: self.tr("&Find"),
            self.filters: self.tr("Fi&lters…"),
            self.back: self.tr("&Back"),
            self.forward: self.tr("For&ward"),
            self.history: self.tr("Past searc&hes"),
            self.find_similar: self.tr("Find &similar photos"),
            self.search_region: self.tr("Search a &region…"),
            self.paste_picture: self.tr("&Paste a picture"),
            self.choose_picture: self.tr("Search by a picture f&ile…"),
            self.save_search: self.tr("&Keep this search…"),
            self.save_concept: self.tr("Save as &concept…"),
            self.freeze: self.tr("Freeze the &order"),
        }

    def _photo_texts(self) -> dict[QAction, str]:
        texts = {
            self.favourite: self.tr("F&avourite"),
            self.pick: self.tr("&Pick"),
            self.reject: self.tr("Re&ject"),
            self.reveal: self.tr("&Show in file manager"),
            self.open_with: self.tr("&Open with another program"),
            self.copy_path: self.tr("Copy pa&th"),
            self.copy_picture: self.tr("&Copy picture"),
            self.add_to_album: self.tr("Add to al&bum…"),
            self.take_out: self.tr("Remove from &library"),
            self.trash: self.tr("&Move to trash…"),
        }
        for rating, action in enumerate(self.ratings):
            texts[action] = "★" * rating or self.tr("&No stars")
        return texts

    def _view_texts(self) -> dict[QAction, str]:
        return {
            self.show_sidebar: self.tr("&Sidebar"),
            self.show_inspector: self.tr("&Information"),
            self.larger: self.tr("Lar&ger thumbnails"),
            self.smaller: self.tr("S&maller thumbnails"),
            self.square: self.tr("S&quare thumbnails"),
            self.zoom_to_match: self.tr("&Zoom to match"),
            self.full_screen: self.tr("&Full screen"),
            self.next_panel: self.tr("&Next panel"),
            self.shortcuts: self.tr("&Keyboard shortcuts"),
            self.about: self.tr("&About Finelens"),
        }

    def _on_languages_triggered(self, action: QAction) -> None:
        self.language_requested.emit(action.data())

    def _on_themes_triggered(self, action: QAction) -> None:
        self.theme_requested.emit(action.data())


def _fill(menu: QMenu, *groups: list[QAction]) -> None:
    """Put actions into a menu, a line between groups."""
    for number, group in enumerate(groups):
        if number:
            menu.addSeparator()
        menu.addActions(group)
