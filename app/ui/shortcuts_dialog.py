"""The list of keys and gestures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.dialog_size import resize_within_screen

SIZE_PX = (600, 640)


class ShortcutsDialog(QDialog):
    """What is done how, in groups; keys are written as the system writes them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(True)
        resize_within_screen(self, *SIZE_PX)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        # Before there are buttons: they ask when they are made.
        self.setStyleSheet("QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._area, 1)
        column.addWidget(self.buttons)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self._area.setAccessibleName(self.tr("Keyboard shortcuts"))
        page = QWidget(self._area)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        row = 0
        for title, entries in self._groups():
            heading = QLabel(title, page)
            heading.setProperty("secondary", True)
            grid.setRowMinimumHeight(row, 28)
            grid.addWidget(heading, row, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
            row += 1
            for keys, text in entries:
                keys_label, text_label = QLabel(keys, page), QLabel(text, page)
                text_label.setWordWrap(True)
                grid.addWidget(keys_label, row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(text_label, row, 1)
                row += 1
        grid.setRowStretch(row, 1)
        self._area.setWidget(page)

    def _groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (self.tr("Search"), self._search_keys()),
            (self.tr("Photos"), self._photo_keys()),
            (self.tr("In an open photo"), self._open_photo_keys()),
            (self.tr("Window"), self._window_keys()),
        ]

    def _search_keys(self) -> list[tuple[str, str]]:
        return [
            (_keys("Ctrl+F", "/"), self.tr("Search box; in an open photo: find in it")),
            (_keys("Return"), self.tr("Search at once")),
            (_keys("S"), self.tr("Find similar photos")),
            (_keys("R"), self.tr("Draw a box to search for what is in it")),
            (self.tr("{0}+drag").format(_keys("Alt")), self.tr("Draw a box on a thumbnail")),
            (_keys("Ctrl+V"), self.tr("Search by the picture on the clipboard")),
            (_keys("Ctrl+Shift+F"), self.tr("Filters")),
            (_keys("Alt+Left", "Alt+Right"), self.tr("Back and forward through searches")),
            (_keys("Ctrl+H", "Down"), self.tr("Past searches (Down: in the search line)")),
            (_keys("Ctrl+S"), self.tr("Keep this search")),
            (_keys("Ctrl+Shift+S"), self.tr("Save as concept")),
            (_keys("Ctrl+Shift+E"), self.tr("Export the results")),
            (_keys("Y", "N"), self.tr("Where a concept is shown: this is it, this is not")),
            (_keys("Ctrl+L"), self.tr("Freeze the order of results")),
            (_keys("M"), self.tr("Zoom to the matching place")),
        ]

    def _photo_keys(self) -> list[tuple[str, str]]:
        return [
            (_keys("Return", "Space"), self.tr("Open")),
            ("0 – 5", self.tr("Rate")),
            (_keys("F", "P", "X"), self.tr("Favourite, pick, reject")),
            (_keys("Ctrl+A", "Ctrl+I", "Ctrl+D"), self.tr("Select all, the others, none")),
            (_keys("Ctrl+R", "Ctrl+O"), self.tr("Show in file manager, open with")),
            (_keys("Ctrl+Shift+C", "Ctrl+C"), self.tr("Copy path, copy picture")),
            (_keys("B"), self.tr("Add to an album; also by dragging to the sidebar")),
            (_keys("Del"), self.tr("Move to trash; asks before")),
            (_keys("Ctrl+Z", "Ctrl+Shift+Z"), self.tr("Undo, redo")),
        ]

    def _open_photo_keys(self) -> list[tuple[str, str]]:
        return [
            (_keys("Left", "Right"), self.tr("Photo before and after, also Alt and wheel")),
            (_keys("Z"), self.tr("Whole photo or 100 %, also by a click; the wheel zooms")),
            (
                _keys("Return", "Up", "Down"),
                self.tr("After R: a box round the most striking thing"),
            ),
            (self.tr("arrows"), self.tr("Nudge the box; with Shift change its size")),
            (_keys("Esc"), self.tr("Clear the box, then back to the photos")),
        ]

    def _window_keys(self) -> list[tuple[str, str]]:
        return [
            (_keys("Tab", "Shift+Tab"), self.tr("Hide or show the sidebar, the information")),
            (_keys("I"), self.tr("Information about the photo")),
            (_keys("F6"), self.tr("Next panel")),
            (_keys("F2", "Del"), self.tr("In the sidebar: rename, delete or remove")),
            (_keys("Ctrl++", "Ctrl+-"), self.tr("Larger and smaller thumbnails")),
            (_keys("F11"), self.tr("Full screen")),
            (_keys("?", "F1"), self.tr("This list")),
        ]


def _keys(*sequences: str) -> str:
    """Return keys as the system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return "  ".join(QKeySequence(keys).toString(native) or keys for keys in sequences)
