"""The panel at the right: what is known of the photo, and why it matches."""

from __future__ import annotations

import os

from PySide6.QtCore import QDateTime, QEvent, QLocale, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.core.library.rows import Photo
from app.core.messages import Hit
from app.core.paths import display_path

WIDTH_PX = 264


class Inspector(QFrame):
    """Name, size, date, camera and folder of one photo; the score if it was found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("chrome", True)
        self.setMinimumWidth(200)
        self._photo: Photo | None = None
        self._hit: Hit | None = None
        self.name_label = self._label()
        self.match_label = self._label()
        self.facts_label = self._label()
        self.path_label = self._label()
        self.path_label.setProperty("secondary", True)
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for label in (self.name_label, self.match_label, self.facts_label, self.path_label):
            column.addWidget(label)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        area.setProperty("chrome", True)
        content.setProperty("chrome", True)
        self._area = area
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self._retranslate()

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        return label

    def show_photo(self, photo: Photo | None, hit: Hit | None) -> None:
        """Describe a photo; None asks to choose one."""
        self._photo, self._hit = photo, hit
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._area.setAccessibleName(self.tr("Photo information"))
        photo = self._photo
        if photo is None:
            self.name_label.setText(self.tr("Choose a photo to see its details."))
            for label in (self.match_label, self.facts_label, self.path_label):
                label.clear()
                label.hide()
            return
        folder, name = os.path.split(photo.absolute_path)
        self.name_label.setText(_breakable(display_path(name)))
        self.match_label.setText(self._match_text())
        self.match_label.setVisible(self._hit is not None)
        self.facts_label.setText("\n".join(self._facts(photo)))
        self.facts_label.show()
        self.path_label.setText(_breakable(display_path(folder)))
        self.path_label.show()

    def _match_text(self) -> str:
        if self._hit is None:
            return ""
        percent = QLocale().toString(round(self._hit.score * 100))
        if self._hit.match == "good":
            return self.tr("Fits the question: {0} %").format(percent)
        return self.tr("Fits weakly: {0} %").format(percent)

    def _facts(self, photo: Photo) -> list[str]:
        locale = QLocale()
        facts = [
            self.tr("{0} × {1} pixels").format(
                locale.toString(photo.width_px), locale.toString(photo.height_px)
            ),
            f"{photo.format.upper()}, {locale.formattedDataSize(photo.size_bytes)}",
        ]
        if photo.taken_at:
            moment = QDateTime.fromString(photo.taken_at[:19], Qt.DateFormat.ISODate)
            if moment.isValid():
                facts.append(locale.toString(moment, QLocale.FormatType.ShortFormat))
        if photo.camera:
            facts.append(photo.camera)
        return facts


def _breakable(text: str) -> str:
    """Let a long name or path wrap at its separators."""
    for mark in "/\\_-.":
        text = text.replace(mark, mark + "\u200b")
    return text
