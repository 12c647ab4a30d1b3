"""The tags of one photo, with a line that adds another."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget

from app.core.asking import Need
from app.ui.chip import Chip, ChipState
from app.ui.flow_layout import FlowLayout


class TagEditor(QWidget):
    """Chips that can be taken off, and a line that offers the tags there are."""

    tag_added = Signal(str)
    tag_removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[Chip] = []
        self.chip_box = QWidget(self)
        self._flow = FlowLayout(self.chip_box, spacing_px=6)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self.edit = QLineEdit(self)
        self._known = QStringListModel(self)
        completer = QCompleter(self._known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.edit.setCompleter(completer)
        self.edit.returnPressed.connect(self._on_edit_return_pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.chip_box)
        column.addWidget(self.edit)
        self._retranslate()

    @property
    def tags(self) -> list[str]:
        """The tags that are shown."""
        return [chip.text for chip in self._chips]

    def show_tags(self, tags: tuple[str, ...], all_tags: tuple[str, ...]) -> None:
        """Show the tags of a photo, and offer those that there are."""
        self._known.setStringList(list(all_tags))
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for tag in tags:
            chip = Chip(self.chip_box)
            chip.show_state(ChipState(tag, icon_name="tag"))
            chip.need_chosen.connect(lambda need, tag=tag: self._on_chip_need_chosen(need, tag))
            self._flow.addWidget(chip)
            chip.show()
            self._chips.append(chip)
        self.chip_box.setVisible(bool(tags))

    def _on_chip_need_chosen(self, _need: Need | None, tag: str) -> None:
        self.tag_removed.emit(tag)

    @Slot()
    def _on_edit_return_pressed(self) -> None:
        name = " ".join(self.edit.text().split())
        self.edit.clear()
        if name:
            self.tag_added.emit(name)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.edit.setPlaceholderText(self.tr("Add a tag"))
        self.edit.setAccessibleName(self.tr("Add a tag"))
