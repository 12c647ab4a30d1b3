"""The page about privacy: what is kept where, and deleting all of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.paths import display_path
from app.ui.message_box import message_box


@dataclass(frozen=True, slots=True)
class KeptPlaces:
    """The folders in which Finelens keeps something; ``notices`` belongs to the package."""

    library: Path
    config: Path
    models: Path
    cache: Path
    notices: Path


class PrivacyPage(QWidget):
    """Says what is stored and that nothing leaves this machine."""

    erase_requested = Signal()

    def __init__(self, places: KeptPlaces, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places = places
        self.promise = QLabel(self)
        self.promise.setWordWrap(True)
        self._kinds: list[QLabel] = []
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        for row, folder in enumerate((places.library, places.models, places.config, places.cache)):
            kind, place = QLabel(self), QLabel(display_path(os.fsencode(folder)), self)
            place.setWordWrap(True)
            place.setProperty("secondary", True)
            place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(kind, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(place, row, 1)
            self._kinds.append(kind)
        self.erase_button = QPushButton(self)
        self.notices_button = QPushButton(self)
        self.notices_button.setVisible(places.notices.is_dir())
        buttons = QHBoxLayout()
        buttons.addWidget(self.erase_button)
        buttons.addStretch(1)
        buttons.addWidget(self.notices_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addWidget(self.promise)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.erase_button.clicked.connect(self._on_erase_button_clicked)
        self.notices_button.clicked.connect(self._on_notices_button_clicked)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Write all words anew."""
        self.promise.setText(
            self.tr(
                "Nothing leaves this computer: no photo, no search, no statistics. Finelens goes "
                "to the network only when you ask it to download a model."
            )
        )
        kinds = (
            self.tr("Library: thumbnails, vectors, ratings"),
            self.tr("Models you added"),
            self.tr("Settings and the log"),
            self.tr("Prepared models (a cache)"),
        )
        for label, text in zip(self._kinds, kinds, strict=True):
            label.setText(text)
        self.erase_button.setText(self.tr("Delete everything…"))
        self.notices_button.setText(self.tr("Licences of others…"))

    @Slot()
    def _on_erase_button_clicked(self) -> None:
        box = message_box(
            self,
            self.tr("Delete everything"),
            self.tr("Delete all that Finelens keeps on this computer?"),
            self.tr(
                "The library with your ratings and albums, added models, settings and the log go. "
                "Your photos are not touched. This cannot be undone."
            ),
        )
        box.setIcon(QMessageBox.Icon.Warning)
        button = box.addButton(self.tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        button.clicked.connect(self.erase_requested)
        box.open()

    @Slot()
    def _on_notices_button_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._places.notices)))
