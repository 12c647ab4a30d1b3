"""Pages of the settings: language and look, work in the background, where the library lies."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.core.paths import display_path
from app.core.settings import Settings
from app.ui.language import LANGUAGE_NAMES, LANGUAGES
from app.ui.settings_store import SettingsStore
from app.ui.window_actions import THEMES


class SettingsPage(QWidget):
    """A page that shows the settings and follows the language."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        store.settings_changed.connect(self._on_store_settings_changed)

    def show_settings(self, settings: Settings) -> None:
        """Show what holds."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Write all words anew."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    @Slot(object)
    def _on_store_settings_changed(self, settings: Settings) -> None:
        self.show_settings(settings)


class LookPage(SettingsPage):
    """Language and theme."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.language_box = QComboBox(self)
        self.theme_box = QComboBox(self)
        for box, values in (
            (self.language_box, ("system", *LANGUAGES)),
            (self.theme_box, THEMES),
        ):
            for value in values:
                box.addItem("", value)
        self._language_label, self._theme_label = QLabel(self), QLabel(self)
        self._language_label.setBuddy(self.language_box)
        self._theme_label.setBuddy(self.theme_box)
        form = QFormLayout(self)
        form.setVerticalSpacing(16)
        form.addRow(self._language_label, self.language_box)
        form.addRow(self._theme_label, self.theme_box)
        self.retranslate()
        self.show_settings(store.settings)
        self.language_box.activated.connect(self._on_language_box_activated)
        self.theme_box.activated.connect(self._on_theme_box_activated)

    def show_settings(self, settings: Settings) -> None:
        """Tick what holds."""
        self.language_box.setCurrentIndex(self.language_box.findData(settings.language))
        self.theme_box.setCurrentIndex(self.theme_box.findData(settings.theme))

    def retranslate(self) -> None:
        """Languages are called by their own names."""
        self._language_label.setText(self.tr("Language"))
        self._theme_label.setText(self.tr("Theme"))
        system = self.tr("Like the system")
        themes = (system, self.tr("Light"), self.tr("Dark"))
        for row, name in enumerate((system, *(LANGUAGE_NAMES[each] for each in LANGUAGES))):
            self.language_box.setItemText(row, name)
        for row, name in enumerate(themes):
            self.theme_box.setItemText(row, name)

    @Slot(int)
    def _on_language_box_activated(self, row: int) -> None:
        self.store.change(language=self.language_box.itemData(row))

    @Slot(int)
    def _on_theme_box_activated(self, row: int) -> None:
        self.store.change(theme=self.theme_box.itemData(row))


class WorkPage(SettingsPage):
    """How much of the computer background work may take."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        n_cores = os.cpu_count() or 1
        self.cores_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.cores_slider.setRange(1, n_cores)
        self.cores_slider.setPageStep(1)
        self._cores_label = QLabel(self)
        self._cores_label.setBuddy(self.cores_slider)
        self.battery_check = QCheckBox(self)
        self.typing_check = QCheckBox(self)
        self._explanation = _explanation(self)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for widget in (self._cores_label, self.cores_slider):
            layout.addWidget(widget)
        layout.addSpacing(8)
        for widget in (self.battery_check, self.typing_check, self._explanation):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.show_settings(store.settings)
        self.retranslate()
        self.cores_slider.valueChanged.connect(self._on_cores_slider_value_changed)
        self.battery_check.toggled.connect(self._on_battery_check_toggled)
        self.typing_check.toggled.connect(self._on_typing_check_toggled)

    def show_settings(self, settings: Settings) -> None:
        """Show what holds."""
        self.cores_slider.setValue(settings.cores or self.cores_slider.maximum())
        self.battery_check.setChecked(settings.pause_on_battery)
        self.typing_check.setChecked(settings.pause_while_typing)
        self._show_cores()

    def retranslate(self) -> None:
        """Write all words anew."""
        self.battery_check.setText(self.tr("Rest while the computer runs on its battery"))
        self.typing_check.setText(self.tr("Rest while I am typing a search"))
        self._explanation.setText(
            self.tr("This concerns indexing. Searching always has what it needs.")
        )
        self.cores_slider.setAccessibleName(self.tr("Processor cores"))
        self._show_cores()

    def _show_cores(self) -> None:
        text = self.tr("Processor cores: {0} of {1}")
        slider = self.cores_slider
        self._cores_label.setText(text.format(slider.value(), slider.maximum()))

    @Slot(int)
    def _on_cores_slider_value_changed(self, value: int) -> None:
        self.store.change(cores=None if value == self.cores_slider.maximum() else value)
        self._show_cores()

    @Slot(bool)
    def _on_battery_check_toggled(self, checked: bool) -> None:
        self.store.change(pause_on_battery=checked)

    @Slot(bool)
    def _on_typing_check_toggled(self, checked: bool) -> None:
        self.store.change(pause_while_typing=checked)


class LibraryPage(QWidget):
    """Where the library lies, and bringing it elsewhere."""

    move_requested = Signal(object)  # Path: the folder that people chose

    def __init__(self, library_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library_dir = library_dir
        self._title = QLabel(self)
        self.place_label = QLabel(display_path(os.fsencode(library_dir)), self)
        self.place_label.setWordWrap(True)
        self.place_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.move_button = QPushButton(self)
        self.refusal_label = QLabel(self)
        self.refusal_label.setWordWrap(True)
        self.refusal_label.hide()
        self._explanation = _explanation(self)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for widget in (self._title, self.place_label):
            layout.addWidget(widget)
        layout.addWidget(self.move_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.refusal_label)
        layout.addWidget(self._explanation)
        layout.addStretch(1)
        self.move_button.clicked.connect(self._on_move_button_clicked)
        self.retranslate()

    def show_refusal(self, sentence: str) -> None:
        """Say why a folder cannot be used; an empty sentence takes it away."""
        self.refusal_label.setText(sentence)
        self.refusal_label.setVisible(bool(sentence))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Write all words anew."""
        self._title.setText(self.tr("The library lies in this folder:"))
        self.move_button.setText(self.tr("Move it elsewhere…"))
        self._explanation.setText(
            self.tr(
                "It holds thumbnails, search vectors and what you said about photos. Your photos "
                "stay where they are. A network drive would damage it and is refused."
            )
        )

    @Slot()
    def _on_move_button_clicked(self) -> None:
        self.show_refusal("")
        title = self.tr("Choose a folder for the library")
        folder = QFileDialog.getExistingDirectory(self, title, str(self._library_dir.parent))
        if folder:
            self.move_requested.emit(Path(folder))


def _explanation(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setProperty("secondary", True)
    return label
