"""The narrow column at the far left: the window's places and its settings menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from app.ui.icon_button import IconButton
from app.ui.sidebar_model import SidebarGroup

WIDTH_PX = 48
BUTTON_PX = 36


class Rail(QFrame):
    """Icon buttons; the gear opens the settings menu it was given."""

    all_photos_requested = Signal()
    group_requested = Signal(str)  # SidebarGroup
    sidebar_requested = Signal()
    info_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("chrome", True)
        self.setFixedWidth(WIDTH_PX)
        self.photos_button = IconButton("photos", self, icon_px=20)
        self.folders_button = IconButton("folder", self, icon_px=20)
        self.albums_button = IconButton("album", self, icon_px=20)
        self.searches_button = IconButton("saved_search", self, icon_px=20)
        self.concepts_button = IconButton("concept", self, icon_px=20)
        self.sidebar_button = IconButton("sidebar", self, icon_px=20)
        self.info_button = IconButton("info", self, icon_px=20)
        self.gear_button = IconButton("gear", self, icon_px=20)
        self.gear_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._lay_out()
        self.sidebar_button.setCheckable(True)
        self.info_button.setCheckable(True)
        self.photos_button.clicked.connect(self.all_photos_requested)
        self.sidebar_button.clicked.connect(self.sidebar_requested)
        self.info_button.clicked.connect(self.info_requested)
        for group, button in self._groups().items():
            button.clicked.connect(lambda _checked, group=group: self.group_requested.emit(group))
        self._retranslate()

    def _groups(self) -> dict[SidebarGroup, IconButton]:
        return {
            "folders": self.folders_button,
            "albums": self.albums_button,
            "searches": self.searches_button,
            "concepts": self.concepts_button,
        }

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 8, 6, 8)
        layout.setSpacing(4)
        layout.addWidget(self.photos_button)
        for button in self._groups().values():
            layout.addWidget(button)
        layout.addStretch(1)
        for button in (self.sidebar_button, self.info_button, self.gear_button):
            layout.addWidget(button)
        for button in self.findChildren(IconButton):
            button.setFixedSize(BUTTON_PX, BUTTON_PX)

    def set_settings_menu(self, menu: QMenu) -> None:
        """Give the gear its menu; the menu stays its owner's."""
        self.gear_button.setMenu(menu)

    def show_panels(self, *, sidebar: bool, inspector: bool) -> None:
        """Show which panels are open."""
        self.sidebar_button.setChecked(sidebar)
        self.info_button.setChecked(inspector)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Places"))
        self.photos_button.set_label(self.tr("All photos"))
        self.folders_button.set_label(self.tr("Folders"))
        self.albums_button.set_label(self.tr("Albums"))
        self.searches_button.set_label(self.tr("Kept searches"))
        self.concepts_button.set_label(self.tr("Concepts"))
        self.sidebar_button.set_label(self.tr("Sidebar"), "Tab")
        self.info_button.set_label(self.tr("Information"), "I")
        self.gear_button.set_label(self.tr("Settings"))
