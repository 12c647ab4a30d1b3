"""The grid with what must be said about it: a notice above, or a sentence where photos would be."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

ResultsState = Literal[
    "photos",
    "weak",
    "nothing_fits",
    "filtered_out",
    "all_excluded",
    "no_favourites",
    "empty_album",
    "indexing",
    "offline",
    "empty",
    "loading",
    "searching",
    "unanswered",
]


class ResultsPage(QWidget):
    """Shows the grid, a notice over it, or an empty state; never a blank."""

    def __init__(self, grid: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = grid
        self._state: ResultsState = "loading"
        self.notice = QFrame(self)
        self.notice_label = QLabel(self.notice)
        notice_layout = QHBoxLayout(self.notice)
        notice_layout.setContentsMargins(16, 8, 16, 8)
        notice_layout.addWidget(self.notice_label)
        self.empty_page = QWidget(self)
        self.empty_title = QLabel(self.empty_page)
        self.empty_title.setProperty("title", True)
        self.empty_sentence = QLabel(self.empty_page)
        self.empty_sentence.setProperty("secondary", True)
        empty_layout = QVBoxLayout(self.empty_page)
        empty_layout.addStretch(2)
        for label in (self.empty_title, self.empty_sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
            empty_layout.addWidget(label)
        empty_layout.addStretch(3)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(grid)
        self.stack.addWidget(self.empty_page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self.stack, 1)
        self.set_state("loading")

    @property
    def state(self) -> ResultsState:
        """What is shown."""
        return self._state

    def set_state(self, state: ResultsState) -> None:
        """Show the grid, with or without a notice, or why there is nothing to show."""
        self._state = state
        has_photos = state in ("photos", "weak", "loading")
        self.stack.setCurrentWidget(self.grid if has_photos else self.empty_page)
        self.notice.setVisible(state == "weak")
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.notice_label.setText(self.tr("Nothing here fits. The closest are below."))
        title, sentence = self._empty_texts()
        self.empty_title.setText(title)
        self.empty_sentence.setText(sentence)
        self.empty_page.setAccessibleName(" ".join((title, sentence)).strip())

    def _empty_texts(self) -> tuple[str, str]:
        texts: dict[str, tuple[str, str]] = {
            "nothing_fits": (
                self.tr("Nothing here fits."),
                self.tr("Try other words, or look in all photos."),
            ),
            "filtered_out": (
                self.tr("No photo passes the filters"),
                self.tr("Take a filter out, or let it include more."),
            ),
            "all_excluded": (
                self.tr("Nothing is left"),
                self.tr("All photos that could fit show what must not be there."),
            ),
            "searching": (self.tr("Searching…"), ""),
            "unanswered": (
                self.tr("This search was not answered"),
                self.tr("Press Enter in the search line to ask again."),
            ),
            "no_favourites": (
                self.tr("No favourites yet"),
                self.tr("Photos that you mark as favourites appear here."),
            ),
            "empty_album": (
                self.tr("This album is empty"),
                self.tr("Drag photos onto it in the sidebar, or select some and press B."),
            ),
            "indexing": (
                self.tr("Photos are on their way"),
                self.tr("They appear here as soon as they can be searched."),
            ),
            "offline": (
                self.tr("This folder is offline"),
                self.tr("Connect its disk, or say in its menu where it lies now. Nothing is lost."),
            ),
            "empty": (
                self.tr("No photos here"),
                self.tr("This folder holds no pictures that can be read."),
            ),
        }
        return texts.get(self._state, ("", ""))
