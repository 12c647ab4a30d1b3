"""The page of the search models: which are here, which is used, and how to get others."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, Qt, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import ModelError
from app.core.messages import JobFailed
from app.core.model_messages import ModelProgress
from app.core.models import InstalledModel, PublishedModel, published_models
from app.core.paths import display_text
from app.core.switching import SwitchProgress
from app.ui.error_text import error_text
from app.ui.message_box import message_box
from app.ui.model_choice import ModelChoice
from app.ui.usual_places import Location, usual_dir

_PROGRESS_STEPS = 1000


class ModelsPage(QWidget):
    """A list with actions, and how far the one under way is."""

    def __init__(self, choice: ModelChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self._message = ""
        self.list = QListWidget(self)
        self.list.setSpacing(2)
        self.use_button, self.remove_button = QPushButton(self), QPushButton(self)
        self.add_button, self.download_button = QPushButton(self), QPushButton(self)
        self.download_menu = QMenu(self)
        self.download_button.setMenu(self.download_menu)
        self.cancel_button = QPushButton(self)
        self.status = QLabel(self)
        self.status.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _PROGRESS_STEPS)
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        actions = QHBoxLayout()
        for button in (self.use_button, self.remove_button):
            actions.addWidget(button)
        actions.addStretch(1)
        for button in (self.add_button, self.download_button):
            actions.addWidget(button)
        under_way = QHBoxLayout()
        under_way.addWidget(self.bar, 1)
        under_way.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(self.list, 1)
        layout.addLayout(actions)
        layout.addWidget(self.status)
        layout.addLayout(under_way)

    def _connect(self) -> None:
        choice = self._choice
        self.list.currentRowChanged.connect(self._on_list_current_row_changed)
        self.list.itemActivated.connect(self._on_use_button_clicked)
        self.use_button.clicked.connect(self._on_use_button_clicked)
        self.remove_button.clicked.connect(self._on_remove_button_clicked)
        self.add_button.clicked.connect(self._on_add_button_clicked)
        self.cancel_button.clicked.connect(choice.cancel)
        choice.models_changed.connect(self.refresh)
        choice.progressed.connect(self._on_choice_progressed)
        choice.switch_progressed.connect(self._on_choice_switch_progressed)
        choice.switch_ended.connect(self._on_choice_switch_ended)
        choice.failed.connect(self._on_choice_failed)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Write all words anew."""
        self.use_button.setText(self.tr("Use"))
        self.remove_button.setText(self.tr("Remove"))
        self.add_button.setText(self.tr("Add from a folder…"))
        self.download_button.setText(self.tr("Download"))
        self.cancel_button.setText(self.tr("Cancel"))
        self.list.setAccessibleName(self.tr("Search models"))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """List what is here now."""
        current = self.list.currentRow()
        self.list.clear()
        names = set()
        for model in self._choice.installed():
            names.add(model.name)
            item = QListWidgetItem(self._described(model), self.list)
            item.setData(Qt.ItemDataRole.UserRole, model)
        self.list.setCurrentRow(max(0, min(current, self.list.count() - 1)))
        self.download_menu.clear()
        for offer in published_models():
            if offer.name not in names:
                text = f"FG-CLIP 2 {offer.name} ({_size(offer.weights_bytes)})"
                action = self.download_menu.addAction(text)
                action.triggered.connect(lambda _=False, offer=offer: self.ask_to_download(offer))
        self._show_state()

    def ask_to_download(self, offer: PublishedModel) -> None:
        """Say what would come from where; nothing is sent before people agree."""
        text = self.tr("Download {0} from {1}?")
        details = self.tr("About {0}, revision {1}, licence {2}. Every file's hash is checked.")
        box = message_box(
            self,
            self.tr("Download a model"),
            text.format(offer.repository, self._choice.endpoint),
            details.format(_size(offer.weights_bytes), offer.revision[:12], offer.licence),
        )
        agree = box.addButton(self.tr("Download"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(self.tr("Not now"), QMessageBox.ButtonRole.RejectRole))
        agree.clicked.connect(lambda: self._choice.download(offer.name))
        box.open()

    def _described(self, model: InstalledModel) -> str:
        kinds = {
            "bundled": self.tr("comes with Finelens"),
            "copied": self.tr("added"),
            "linked": self.tr("linked"),
            "downloaded": self.tr("downloaded"),
        }
        parts = [model.name, _size(model.size_bytes), kinds[model.kind]]
        if model.directory == self._choice.chosen_dir:
            parts.append(self.tr("in use"))
        return " · ".join(parts)

    def _selected(self) -> InstalledModel | None:
        item = self.list.currentItem()
        return None if item is None else item.data(Qt.ItemDataRole.UserRole)

    def _show_state(self) -> None:
        busy, model = self._choice.is_busy, self._selected()
        in_use = model is not None and model.directory == self._choice.chosen_dir
        self.use_button.setEnabled(not busy and model is not None and not in_use)
        removable = model is not None and model.kind != "bundled" and not in_use
        self.remove_button.setEnabled(not busy and removable)
        self.add_button.setEnabled(not busy)
        self.download_button.setEnabled(not busy and not self.download_menu.isEmpty())
        self.cancel_button.setVisible(busy)
        self.bar.setVisible(busy or self._choice.is_switching)
        if not busy and not self._choice.is_switching:
            self.status.setText(self._message)
        self.status.setVisible(bool(self.status.text()))

    def _say(self, text: str, done: int, total: int) -> None:
        self.status.setText(text)
        self.bar.setRange(0, _PROGRESS_STEPS if total else 0)
        if total:
            self.bar.setValue(_PROGRESS_STEPS * done // total)
        self._show_state()

    @Slot(int)
    def _on_list_current_row_changed(self, _row: int) -> None:
        self._show_state()

    @Slot()
    def _on_use_button_clicked(self) -> None:
        model = self._selected()
        if model is not None:
            self._message = ""
            self._choice.use(model)
            self._show_state()

    @Slot()
    def _on_remove_button_clicked(self) -> None:
        model = self._selected()
        if model is None:
            return
        try:
            self._choice.remove(model)
        except ModelError as error:
            self._message = display_text(str(error))
            self._show_state()

    @Slot()
    def _on_add_button_clicked(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, self.tr("Choose a folder with a model"), usual_dir(Location.DownloadLocation)
        )
        if folder:
            self.ask_to_add(Path(folder))

    def ask_to_add(self, folder: Path) -> None:
        """Ask whether to copy a folder or to leave it where it is."""
        box = message_box(
            self,
            self.tr("Add a model"),
            self.tr("Copy the model {0} into Finelens' own folder?").format(folder.name),
            self.tr("A link takes no room, and ends when the folder is moved."),
        )
        copy = box.addButton(self.tr("Copy"), QMessageBox.ButtonRole.AcceptRole)
        link = box.addButton(self.tr("Link"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(self.tr("Not now"), QMessageBox.ButtonRole.RejectRole)
        copy.clicked.connect(lambda: self._choice.add(folder, folder.name, link=False))
        link.clicked.connect(lambda: self._choice.add(folder, folder.name, link=True))
        box.open()

    @Slot(object)
    def _on_choice_progressed(self, progress: ModelProgress) -> None:
        phases = {
            "checking": self.tr("Checking {0}"),
            "copying": self.tr("Copying {0}"),
            "downloading": self.tr("Downloading {0}"),
            "preparing": self.tr("Preparing {0} for this computer, once"),
        }
        text = phases[progress.phase].format(progress.name)
        if progress.total_bytes:
            amounts = self.tr("{0} of {1}")
            done, total = _size(progress.done_bytes), _size(progress.total_bytes)
            text += " · " + amounts.format(done, total)
        self._message = ""
        self._say(text, progress.done_bytes, progress.total_bytes)

    @Slot(object)
    def _on_choice_switch_progressed(self, progress: SwitchProgress) -> None:
        text = self.tr(
            "Photos are getting ready for {0}: {1} of {2}. Searches use the model before."
        )
        locale = QLocale()
        done, total = locale.toString(progress.done), locale.toString(progress.total)
        self._say(text.format(progress.model, done, total), progress.done, progress.total)

    @Slot()
    def _on_choice_switch_ended(self) -> None:
        self._message = ""
        self._show_state()

    @Slot(object)
    def _on_choice_failed(self, failure: JobFailed) -> None:
        self._message = self._failure_text(failure)
        self._show_state()

    def _failure_text(self, failure: JobFailed) -> str:
        """Return what is wrong with another model; searching goes on with the one in use."""
        params = failure.params if failure.kind == "ModelError" else {}
        if params.get("reason") == "taken":
            text = self.tr("There is already a model {0}. Remove it first, or rename the folder.")
            return text.format(params["name"])
        if params.get("reason") == "name":
            text = self.tr(
                "A model cannot be called “{0}”. Rename the folder: use letters, digits, - and _."
            )
            return text.format(params["name"])
        if "directory" in params:
            text = self.tr(
                "The model in {0} is incomplete or damaged. Searches use the model before."
            )
            return text.format(display_text(params["directory"]))
        return error_text(failure).sentence


def _size(n_bytes: int) -> str:
    return QLocale().formattedDataSize(n_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
