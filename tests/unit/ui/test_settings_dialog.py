"""The settings: what is shown holds, what is changed takes effect at once, in both languages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.core.messages import JobFailed
from app.core.model_messages import DownloadModel, ModelProgress
from app.core.models import published_models
from app.core.switching import SwitchProgress
from app.ui.language import LanguageSwitcher
from app.ui.settings_controller import SettingsController
from app.ui.settings_dialog import PAGE_NAMES, SettingsDialog
from tests.unit.ui.settings_stage import Stage, add_model, make_stage


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    stage = make_stage(tmp_path)
    qtbot.addWidget(stage.owner)
    yield stage
    stage.store.close()


@pytest.fixture
def dialog(qtbot: QtBot, stage: Stage) -> SettingsDialog:
    dialog = SettingsDialog(stage.store, stage.choice, stage.places)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_language_and_theme_are_changed_at_once(dialog: SettingsDialog, stage: Stage) -> None:
    box = dialog.look.language_box
    box.setCurrentIndex(box.findData("zh_CN"))
    box.activated.emit(box.currentIndex())
    theme = dialog.look.theme_box
    theme.setCurrentIndex(theme.findData("light"))
    theme.activated.emit(theme.currentIndex())
    assert (stage.store.settings.language, stage.store.settings.theme) == ("zh_CN", "light")
    stage.store.change(theme="dark")
    assert theme.currentData() == "dark"


def test_background_work_is_limited_at_once(dialog: SettingsDialog, stage: Stage) -> None:
    assert dialog.work.cores_slider.value() == os.cpu_count()
    dialog.work.cores_slider.setValue(1)
    assert stage.store.settings.cores == 1
    assert "1 of" in dialog.work._cores_label.text()
    dialog.work.cores_slider.setValue(dialog.work.cores_slider.maximum())
    assert stage.store.settings.cores is None
    dialog.work.battery_check.click()
    dialog.work.typing_check.click()
    assert stage.store.settings.pause_on_battery is False
    assert stage.store.settings.pause_while_typing is False


def test_every_word_is_there_in_both_languages(
    qtbot: QtBot, dialog: SettingsDialog, languages: LanguageSwitcher
) -> None:
    def words() -> list[str]:
        return [
            widget.text()
            for kind in (QLabel, QAbstractButton)
            for widget in dialog.findChildren(kind)
            if widget.text() and not widget.text().startswith("/")
        ]

    english = words()
    languages.set_choice("zh_CN")
    qtbot.waitUntil(lambda: dialog.windowTitle() == "设置")
    chinese = words()
    assert len(chinese) == len(english) > 15
    assert all(any(ord(letter) > 0x2E80 for letter in text) for text in chinese), chinese


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_word_is_cut(dialog: SettingsDialog, languages: LanguageSwitcher, language: str) -> None:
    languages.set_choice(language)
    for name in PAGE_NAMES:
        dialog.show_page(name)
        dialog.grab()
        for button in dialog.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())
        for label in dialog.findChildren(QLabel):
            if label.isVisible() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width())


# ---------------------------------------------------------------- models


def _model_lines(dialog: SettingsDialog) -> list[str]:
    return [dialog.models.list.item(row).text() for row in range(dialog.models.list.count())]


def test_models_are_listed_with_size_and_use(dialog: SettingsDialog, stage: Stage) -> None:
    add_model(stage, "base")
    dialog.models.refresh()
    bundled, base = _model_lines(dialog)
    assert bundled.startswith("finelens-tiny")
    assert bundled.endswith("in use")
    assert base == "base · 1.5 GB · downloaded"
    offers = [action.text() for action in dialog.models.download_menu.actions()]
    assert offers == ["FG-CLIP 2 large (3.6 GB)", "FG-CLIP 2 so400m (4.6 GB)"]


def test_only_what_can_be_done_is_enabled(dialog: SettingsDialog, stage: Stage) -> None:
    page = dialog.models
    add_model(stage, "base")
    page.refresh()
    page.list.setCurrentRow(0)
    assert not page.use_button.isEnabled()
    assert not page.remove_button.isEnabled()
    page.list.setCurrentRow(1)
    assert page.use_button.isEnabled()
    assert page.remove_button.isEnabled()
    page.use_button.click()
    assert stage.jobs.asked
    assert not page.use_button.isEnabled()
    assert page.cancel_button.isVisibleTo(page)
    page.cancel_button.click()
    assert page.use_button.isEnabled()


def _box_button(dialog: SettingsDialog, text: str) -> QAbstractButton:
    box = dialog.findChildren(QMessageBox)[-1]
    return next(button for button in box.buttons() if button.text() == text)


def test_a_download_begins_after_consent_alone(
    qtbot: QtBot, dialog: SettingsDialog, stage: Stage
) -> None:
    offer = published_models()[0]
    dialog.models.ask_to_download(offer)
    box = dialog.findChildren(QMessageBox)[-1]
    assert "huggingface.co" in box.text()
    assert offer.revision[:12] in box.informativeText()
    assert "1.5 GB" in box.informativeText()
    qtbot.mouseClick(_box_button(dialog, "Not now"), Qt.MouseButton.LeftButton)
    assert stage.jobs.asked == []
    dialog.models.ask_to_download(offer)
    qtbot.mouseClick(_box_button(dialog, "Download"), Qt.MouseButton.LeftButton)
    assert stage.jobs.asked[0].name == "base"  # type: ignore[union-attr]
    assert isinstance(stage.jobs.asked[0], DownloadModel)


def test_progress_and_failures_are_told(dialog: SettingsDialog, stage: Stage) -> None:
    page = dialog.models
    stage.choice.download("base")
    stage.jobs.progressed.emit(ModelProgress("downloading", "base", 500_000_000, 1_000_000_000))
    assert page.status.text() == "Downloading base · 500.0 MB of 1.0 GB"
    assert page.bar.value() == page.bar.maximum() // 2
    stage.jobs.busy = False
    stage.jobs.failed.emit(JobFailed(0, "DownloadError", "", {"host": "https://hub.example"}))
    assert "https://hub.example does not deliver" in page.status.text()
    assert not page.bar.isVisibleTo(page)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"directory": "/media/half"}, "/media/half is incomplete or damaged"),
        ({"reason": "taken", "name": "mine"}, "already a model mine"),
        ({"reason": "name", "name": "my model"}, "cannot be called “my model”"),
    ],
)
def test_a_model_that_cannot_be_added_is_not_taken_for_the_one_in_use(
    dialog: SettingsDialog, stage: Stage, params: dict[str, str], said: str
) -> None:
    stage.jobs.failed.emit(JobFailed(0, "ModelError", "not for people", params))
    assert said in dialog.models.status.text()
    assert "not searched" not in dialog.models.status.text()


def test_a_switch_is_told_while_it_runs(dialog: SettingsDialog, stage: Stage) -> None:
    stage.choice._switch("somewhere")
    job_id = stage.choice._switch_id
    stage.link.switch_progressed.emit(SwitchProgress(job_id, "base", 1200, 5000))
    assert "1,200 of 5,000" in dialog.models.status.text()
    assert dialog.models.bar.isVisibleTo(dialog.models)


def test_a_folder_is_copied_or_linked(qtbot: QtBot, dialog: SettingsDialog, stage: Stage) -> None:
    for text, link in (("Copy", False), ("Link", True)):
        dialog.models.ask_to_add(Path("given"))
        qtbot.mouseClick(_box_button(dialog, text), Qt.MouseButton.LeftButton)
        assert stage.jobs.asked[-1].link is link  # type: ignore[union-attr]
        stage.jobs.busy = False


# ---------------------------------------------------------------- library and privacy


class Wishes:
    """Notes what would need the window closed."""

    def __init__(self) -> None:
        self.moved: list[Path] = []
        self.erased = 0

    def move_library(self, directory: Path) -> None:
        self.moved.append(directory)

    def erase_everything(self) -> None:
        self.erased += 1


@pytest.fixture
def wishes() -> Wishes:
    return Wishes()


@pytest.fixture
def opened(stage: Stage, wishes: Wishes) -> SettingsDialog:
    controller = SettingsController(stage.store, stage.choice, stage.places, wishes, stage.owner)
    return controller.open_page("library")


def test_the_library_moves_to_a_folder_that_can_hold_it(
    opened: SettingsDialog, wishes: Wishes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.library import place

    opened.library.move_requested.emit(tmp_path / "new")
    assert wishes.moved == [tmp_path / "new"]
    monkeypatch.setattr(place, "network_kind", lambda _: "cifs")
    opened.library.move_requested.emit(tmp_path / "nas")
    assert wishes.moved == [tmp_path / "new"]
    assert "network drive" in opened.library.refusal_label.text()
    assert opened.library.refusal_label.isVisibleTo(opened.library)


def test_everything_is_deleted_after_a_question_alone(
    qtbot: QtBot, opened: SettingsDialog, wishes: Wishes
) -> None:
    opened.privacy.erase_button.click()
    qtbot.mouseClick(_box_button(opened, "Keep"), Qt.MouseButton.LeftButton)
    assert wishes.erased == 0
    opened.privacy.erase_button.click()
    qtbot.mouseClick(_box_button(opened, "Delete"), Qt.MouseButton.LeftButton)
    assert wishes.erased == 1


def test_the_privacy_page_names_every_place(opened: SettingsDialog, stage: Stage) -> None:
    shown = " ".join(label.text() for label in opened.privacy.findChildren(QLabel))
    for folder in (stage.places.library, stage.places.models, stage.places.config):
        assert str(folder) in shown
    assert "Nothing leaves this computer" in opened.privacy.promise.text()
    assert not opened.privacy.notices_button.isVisibleTo(opened.privacy)
