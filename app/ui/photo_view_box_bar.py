"""The tools of a drawn box: what the box means for the search, and what to do with its part."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QWidget

from app.core.asking import Box
from app.ui.flow_layout import FlowLayout
from app.ui.photo_view_toolbar import pane_style
from app.ui.theme import CONTROL_HEIGHT_PX, DARK, UNIT_PX, palette_for

MEANINGS = ("similar", "also", "without")


class PhotoBoxBar(QFrame):
    """Similar, also contains, without this; another box, save as concept, copy, all results."""

    meaning_chosen = Signal(str)
    another_requested = Signal()
    concept_requested = Signal()
    copy_requested = Signal()
    results_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPalette(palette_for(DARK))
        self.setStyleSheet(pane_style("PhotoBoxBar") + "QToolButton { padding: 0 8px; }")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.meaning_buttons = {meaning: self._button() for meaning in MEANINGS}
        group = QButtonGroup(self)
        for meaning, button in self.meaning_buttons.items():
            button.setCheckable(True)
            group.addButton(button)
            button.clicked.connect(
                lambda _checked, meaning=meaning: self.meaning_chosen.emit(meaning)
            )
        self.meaning_buttons["similar"].setChecked(True)
        self.another_button = self._button()
        self.concept_button = self._button()
        self.copy_button = self._button()
        self.results_button = self._button()
        row = FlowLayout(self, spacing_px=2)
        row.setContentsMargins(4, 4, 4, 4)
        for button in (
            *self.meaning_buttons.values(),
            self.another_button,
            self.concept_button,
            self.copy_button,
            self.results_button,
        ):
            row.addWidget(button)
        self.another_button.clicked.connect(self.another_requested)
        self.concept_button.clicked.connect(self.concept_requested)
        self.copy_button.clicked.connect(self.copy_requested)
        self.results_button.clicked.connect(self.results_requested)
        self._retranslate()
        self.hide()

    def _button(self) -> QToolButton:
        button = QToolButton(self)
        button.setFixedHeight(CONTROL_HEIGHT_PX)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @property
    def chosen_button(self) -> QToolButton:
        """What the box means now."""
        return next(b for b in self.meaning_buttons.values() if b.isChecked())

    def show_meaning(self, meaning: str, *, can_combine: bool) -> None:
        """Show what the box means; the others need something that it is added to."""
        self.meaning_buttons[meaning].setChecked(True)
        for name in ("also", "without"):
            self.meaning_buttons[name].setEnabled(can_combine)

    def place_at(self, box: Box, toolbar: QWidget) -> None:
        """Lie below a box of the view, or above it, or inside, never over the other tools.

        A narrow view gets its tools in several lines.
        """
        view, margin = self.parentWidget(), UNIT_PX
        width = min(self.sizeHint().width(), view.width() - 2 * margin)
        self.resize(width, self.layout().heightForWidth(width))
        left = round((box[0] + box[2]) / 2 - self.width() / 2)
        left = max(margin, min(left, view.width() - self.width() - margin))
        lowest = toolbar.y() - self.height() - margin
        top = round(box[3]) + margin
        if top > lowest:
            above = round(box[1]) - self.height() - margin
            top = above if above >= margin else max(margin, lowest)
        self.move(left, top)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Box tools"))
        texts = {
            self.meaning_buttons["similar"]: (
                self.tr("Similar"),
                self.tr("Find photos that hold something like this"),
            ),
            self.meaning_buttons["also"]: (
                self.tr("Also contains"),
                self.tr("What was asked before, and this too"),
            ),
            self.meaning_buttons["without"]: (
                self.tr("Without this"),
                self.tr("What was asked before, but not this"),
            ),
            self.another_button: (
                self.tr("Another box"),
                self.tr("Keep this box and draw another (Shift+drag)"),
            ),
            self.concept_button: (
                self.tr("Concept…"),
                self.tr("Give this a name to search by"),
            ),
            self.copy_button: (self.tr("Copy"), self.tr("Copy what is in the box")),
            self.results_button: (self.tr("Show results"), self.tr("Show all results (Enter)")),
        }
        for button, (text, tip) in texts.items():
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
        self.adjustSize()
