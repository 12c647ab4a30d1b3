"""The row under the search bar: the parts of a question as chips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.core.asking import Need
from app.ui.chip import Chip, ChipState
from app.ui.filter_texts import filter_texts, misread_text
from app.ui.flow_layout import FlowLayout
from app.ui.question import Question, chip_colors, picture_colors
from app.ui.token_meter import TokenMeter


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a chip shows, and what is to happen with it."""

    state: ChipState
    choose: Callable[[Need | None], None]
    open: Callable[[], None] | None = None


class QueryChips(QWidget):
    """Chips for pictures, phrases and filters; takes no room while there is none."""

    need_chosen = Signal(int, object)  # number of the phrase, Need or None
    picture_need_chosen = Signal(int, object)  # number of the picture, Need or None
    picture_opened = Signal(int)
    filters_changed = Signal(object)  # Filters
    text_filter_dropped = Signal(object)  # Filters that the words are still to say
    misread_dropped = Signal(int)  # number of the words that are no filter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = Question()
        self._root_name: Callable[[int], str] = str
        self._before: QWidget | None = None
        self.chips: list[Chip] = []
        self.meter = TokenMeter(self)
        flow_box = QWidget(self)
        self._flow = FlowLayout(flow_box, spacing_px=6)
        self._flow.setContentsMargins(0, 0, 0, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 8)
        layout.setSpacing(12)
        layout.addWidget(flow_box, 1)
        layout.addWidget(self.meter)
        self.hide()

    def follow_by_tab(self, before: QWidget) -> None:
        """Let Tab lead to the chips from a control of the same window."""
        self._before = before

    def show_question(self, question: Question, root_name: Callable[[int], str]) -> None:
        """Show the parts of a question.

        Args:
            question: what is asked.
            root_name: the name of a folder of the library by its number.
        """
        self._question, self._root_name = question, root_name
        shown = [*self._pictures(), *self._phrases(), *self._filters()]
        self._set_chips(shown)
        self.setVisible(bool(shown))

    def _set_chips(self, shown: list[_Shown]) -> None:
        """Put these chips in place of the old ones; the keyboard stays where it was."""
        focus = self._focused()
        while self.chips:
            chip = self.chips.pop()
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for each in shown:
            chip = Chip(self, can_open=each.open is not None)
            chip.show_state(each.state)
            chip.need_chosen.connect(each.choose)
            if each.open is not None:
                chip.opened.connect(each.open)
            self._flow.addWidget(chip)
            chip.show()
            self.chips.append(chip)
        # A widget that takes no focus ends Qt's order of Tab.
        parts = [
            part
            for chip in self.chips
            for part in (chip, chip.button)
            if part.focusPolicy() != Qt.FocusPolicy.NoFocus
        ]
        in_order = parts if self._before is None else [self._before, *parts]
        for first, second in pairwise(in_order):
            self.setTabOrder(first, second)
        if focus is not None and self.chips:
            chip = self.chips[min(focus, len(self.chips) - 1)]
            can_focus = chip.focusPolicy() != Qt.FocusPolicy.NoFocus
            (chip if can_focus else chip.button).setFocus()

    def _focused(self) -> int | None:
        """Which chip has the keyboard, itself or its button."""
        for at, chip in enumerate(self.chips):
            if chip.hasFocus() or chip.button.hasFocus():
                return at
        return None

    def _pictures(self) -> list[_Shown]:
        shown = []
        colors = picture_colors(self._question)
        for number, (picture, color) in enumerate(
            zip(self._question.pictures, colors, strict=True)
        ):
            image = picture.image
            icon_name = "picture" if image.box is None else "box"
            if image.concept_id is not None:
                icon_name = "concept"
            state = ChipState(picture.label, image.need, color, icon_name=icon_name)
            shown.append(
                _Shown(
                    state,
                    lambda need, number=number: self.picture_need_chosen.emit(number, need),
                    None
                    if image.concept_id is not None
                    else lambda number=number: self.picture_opened.emit(number),
                )
            )
        return shown

    def _phrases(self) -> list[_Shown]:
        shown = []
        colors = chip_colors(self._question.chips)
        for number, (chip, color) in enumerate(zip(self._question.chips, colors, strict=True)):
            state = ChipState(chip.phrase.text, chip.phrase.need, color, chip.removed)
            shown.append(
                _Shown(state, lambda need, number=number: self.need_chosen.emit(number, need))
            )
        return shown

    def _filters(self) -> list[_Shown]:
        shown = [
            _Shown(
                ChipState(text.text, icon_name="filter"),
                lambda _need, text=text: self.filters_changed.emit(text.without),
            )
            for text in filter_texts(self._question.filters, self._root_name)
        ]
        # What the words say is taken out of the words.
        shown += [
            _Shown(
                ChipState(text.text, icon_name="filter"),
                lambda _need, text=text: self.text_filter_dropped.emit(text.without),
            )
            for text in filter_texts(self._question.text_filters, self._root_name)
        ]
        shown += [
            _Shown(
                ChipState(
                    error.params["filter"], icon_name="warning", hint=misread_text(error.params)
                ),
                lambda _need, number=number: self.misread_dropped.emit(number),
            )
            for number, error in enumerate(self._question.misread)
        ]
        return shown

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language: filters are words."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_question(self._question, self._root_name)
