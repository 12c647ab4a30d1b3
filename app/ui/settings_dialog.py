"""The settings in one dialog. Everything takes effect at once; there is nothing to confirm."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.dialog_size import resize_within_screen
from app.ui.model_choice import ModelChoice
from app.ui.models_page import ModelsPage
from app.ui.privacy_page import KeptPlaces, PrivacyPage
from app.ui.settings_pages import LibraryPage, LookPage, WorkPage
from app.ui.settings_store import SettingsStore

PageName = Literal["look", "models", "work", "library", "privacy"]
PAGE_NAMES: tuple[PageName, ...] = ("look", "models", "work", "library", "privacy")
SIZE_PX = (760, 460)
LIST_WIDTH_PX = 168


class SettingsDialog(QDialog):
    """Pages beside a list of their names. Not modal: people see at once what they change."""

    def __init__(
        self,
        store: SettingsStore,
        choice: ModelChoice,
        places: KeptPlaces,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        resize_within_screen(self, *SIZE_PX)
        self.look = LookPage(store)
        self.models = ModelsPage(choice)
        self.work = WorkPage(store)
        self.library = LibraryPage(places.library)
        self.privacy = PrivacyPage(places)
        self.names = QListWidget(self)
        self.names.setFixedWidth(LIST_WIDTH_PX)
        self.names.addItems([""] * len(PAGE_NAMES))
        self.pages = QStackedWidget(self)
        for page in (self.look, self.models, self.work, self.library, self.privacy):
            self.pages.addWidget(page)
        self.close_button = QPushButton(self)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.names)
        row.addWidget(self.pages, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(row, 1)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        self.names.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.close_button.clicked.connect(self.reject)
        self._retranslate()
        self.show_page("look")

    def show_page(self, name: PageName) -> None:
        """Turn to a page."""
        self.names.setCurrentRow(PAGE_NAMES.index(name))
        self.names.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Settings"))
        self.names.setAccessibleName(self.tr("Pages"))
        texts = (
            self.tr("Language and look"),
            self.tr("Search model"),
            self.tr("Background work"),
            self.tr("Library"),
            self.tr("Privacy"),
        )
        for number, text in enumerate(texts):
            self.names.item(number).setText(text)
        self.close_button.setText(self.tr("Close"))
