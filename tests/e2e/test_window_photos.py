"""What people do with photos: marks, albums, tags, taking out, throwing away, each with Undo."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.core.changes import Marks
from app.ui.details_controller import DetailsController
from app.ui.marks_controller import MarksController
from app.ui.name_dialog import NameDialog
from app.ui.photo_commands import PhotoCommands
from app.ui.photo_drag import put_photo_ids
from app.ui.scope import ALL_PHOTOS, Scope
from app.ui.window_controller import WindowController
from tests.e2e.window_driver import TIMEOUT_MS, WindowDriver
from tests.fakes import make_album
from tests.unit.ui.samples import drop_on

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
N_PHOTOS = 12
ORDER = [
    "Open", "Find similar", "Search a region…", "Show in file manager", "Copy path",
    "Copy picture", "Add to album", "Rate", "Not this", "Remove from library", "Move to trash…",
]  # fmt: skip
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "相册 album"
    make_album(folder, N_PHOTOS)
    return folder


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path, album: Path) -> Iterator[WindowDriver]:
    driver = WindowDriver(qtbot, tmp_path)
    driver.show()
    driver.until(lambda: driver.window.is_first_start_shown)
    driver.add_folder(album)
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS)
    yield driver
    driver.close()


def marks_of(driver: WindowDriver) -> MarksController:
    found = driver.window.findChild(MarksController)
    assert found is not None
    return found


def name_in_dialog(driver: WindowDriver, name: str) -> None:
    """Type a name into the open dialog and press Enter."""
    driver.until(lambda: driver.window.findChild(NameDialog) is not None)
    dialog = driver.window.findChild(NameDialog)
    assert dialog is not None
    dialog.edit.selectAll()
    dialog.edit.insert(name)
    driver.qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_keys_rate_flag_and_favour_and_are_undone(driver: WindowDriver) -> None:
    marks, link = marks_of(driver), driver.link
    one, two = driver.select(0, 1)
    for key in (Qt.Key.Key_4, Qt.Key.Key_F, Qt.Key.Key_P):
        with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
            driver.press(key)
    assert marks.of(one) == Marks(one, 4, True, 1)
    toast = driver.window.toast
    assert toast.isVisible()
    assert toast.label.text() == "2 photos picked"
    with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
        driver.qtbot.mouseClick(toast.undo_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: marks.of(two) == Marks(two, 4, True))
    driver.undo()
    driver.undo()
    driver.until(lambda: marks.of(one) == Marks(one))
    assert not driver.window.actions_.undo.isEnabled()
    with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_Z, modifiers=CTRL | SHIFT)
    driver.until(lambda: marks.of(one) == Marks(one, 4))
    with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_X)
    assert marks.of(two).flag == -1
    assert driver.failures == []


def test_digits_and_letters_are_text_while_one_types_or_composes(driver: WindowDriver) -> None:
    (photo_id,) = driver.select(0)
    edit = driver.panels.search_bar.edit
    edit.setFocus()
    asked: list[str] = []
    driver.panels.search_bar.search_requested.connect(asked.append)
    QApplication.sendEvent(edit, QInputMethodEvent("hong", []))
    for key in (Qt.Key.Key_3, Qt.Key.Key_X, Qt.Key.Key_F, Qt.Key.Key_Return):
        driver.qtbot.keyClick(edit, key)
    with driver.qtbot.assertNotEmitted(driver.panels.search_bar.search_requested, wait=400):
        pass
    done = QInputMethodEvent()
    done.setCommitString("红")
    with driver.qtbot.waitSignal(driver.link.search_finished, timeout=TIMEOUT_MS):
        QApplication.sendEvent(edit, done)
    assert asked[-1].endswith("红")
    assert marks_of(driver).of(photo_id) == Marks(photo_id)
    assert not driver.window.actions_.undo.isEnabled()


def test_the_menu_has_one_order_everywhere(driver: WindowDriver) -> None:
    middle = driver.window.findChild(WindowController)
    assert middle is not None
    built: list[list[str]] = []

    def note() -> None:
        (menu,) = (m for m in driver.window.findChildren(QMenu) if m.isVisible() and not m.title())
        built.append(texts(menu))
        menu.close()

    driver.select(0)
    driver.grid.request_menu(QPoint(60, 60))
    note()
    driver.open_first()
    driver.panels.photo_page.view.menu_requested.emit(QPoint(200, 200))
    note()
    assert built == [ORDER, ORDER]
    driver.press(Qt.Key.Key_Escape)
    driver.select(0, 1, 2)
    driver.grid.request_menu(QPoint(60, 60))
    (menu,) = (m for m in driver.window.findChildren(QMenu) if m.isVisible() and not m.title())
    resting = [action.text() for action in menu.actions() if not action.isEnabled()]
    assert "Copy 3 paths" in texts(menu)
    assert "Remove 3 photos from library" in texts(menu)
    assert resting[:2] == ["Open", "Find similar"]
    menu.close()


def test_an_album_is_made_filled_renamed_and_deleted(driver: WindowDriver) -> None:
    link, sidebar = driver.link, driver.panels.sidebar
    driver.select(2, 0)
    with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_N, modifiers=CTRL)
        name_in_dialog(driver, "A lake")
    driver.until(lambda: len(sidebar.model.content.albums) == 1)
    (made,) = sidebar.model.content.albums
    assert (made.name, made.n_photos) == ("A lake", 2)
    names = driver.names()
    sidebar.select_scope(Scope(album_id=made.id))
    driver.until(lambda: driver.model.rowCount() == 2)
    assert driver.names() == [names[0], names[2]]
    sidebar.select_scope(ALL_PHOTOS)
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS)
    dragged = QMimeData()
    put_photo_ids(dragged, driver.select(2, 4, 6))
    with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
        drop_on(sidebar, "A lake", dragged)
    driver.until(lambda: sidebar.model.content.albums[0].n_photos == 4)
    driver.undo()
    driver.until(lambda: sidebar.model.content.albums[0].n_photos == 2)
    driver.select(1)
    driver.window.actions_.add_to_album.trigger()  # no key reaches a window after a dialog
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
        driver.qtbot.keyClick(menu, Qt.Key.Key_Return)
    driver.undo()
    driver.until(lambda: sidebar.model.content.albums[0].n_photos == 2)
    sidebar.select_scope(Scope(album_id=made.id))
    driver.until(lambda: driver.model.rowCount() == 2)
    sidebar.rename_requested.emit(Scope(album_id=made.id))
    with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
        name_in_dialog(driver, "海边")
    driver.until(lambda: sidebar.model.content.albums[0].name == "海边")
    with driver.qtbot.waitSignal(link.change_done, timeout=TIMEOUT_MS):
        sidebar.delete_requested.emit(Scope(album_id=made.id))
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS)
    assert driver.window.toast.label.text() == "Album “海边” deleted"
    driver.undo()
    driver.until(lambda: [a.n_photos for a in sidebar.model.content.albums] == [2])


def test_photos_are_taken_out_and_stay_out_until_undone(driver: WindowDriver, album: Path) -> None:
    driver.select(0, 1)
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        driver.window.actions_.take_out.trigger()
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS - 2)
    assert len(list(album.iterdir())) == N_PHOTOS, "files stay"
    with driver.qtbot.waitSignal(driver.link.index_finished, timeout=TIMEOUT_MS) as got:
        driver.window.actions_.update_folders.trigger()
    assert got.args[0].unchanged == N_PHOTOS
    assert driver.model.rowCount() == N_PHOTOS - 2, "reading the folder again brings none back"
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_Z, modifiers=CTRL)
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS)


def test_files_go_to_the_trash_after_a_question_and_come_back(
    driver: WindowDriver, album: Path
) -> None:
    Path(os.environ["XDG_DATA_HOME"]).mkdir(exist_ok=True)  # the system's trash lies in it
    marks = marks_of(driver)
    one, two = driver.select(0, 1)
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_5)
    names = driver.names()[:2]
    driver.press(Qt.Key.Key_Delete)
    (box,) = driver._boxes()
    assert all(name in box.informativeText() for name in names), "it says which"
    driver.answer_box("Cancel")
    assert len(list(album.iterdir())) == N_PHOTOS
    driver.press(Qt.Key.Key_Delete)
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        driver.answer_box("Move to trash")
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS - 2)
    assert not any((album / name).exists() for name in names)
    assert driver.window.toast.label.text() == "2 files moved to trash"
    driver.undo()
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS)
    assert all((album / name).exists() for name in names)
    assert marks.of(one) == Marks(one, 5), "what was said of them is there again"
    driver.window.actions_.redo.trigger()
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS - 2)
    assert not any((album / name).exists() for name in names)
    assert two not in driver.model.ids


def test_paths_and_pictures_are_copied(driver: WindowDriver, album: Path) -> None:
    driver.select(0)
    clipboard = QGuiApplication.clipboard()
    driver.press(Qt.Key.Key_C, modifiers=CTRL | SHIFT)
    assert clipboard.text() == str(album / driver.names()[0])
    commands = driver.window.findChild(PhotoCommands)
    assert commands is not None
    with driver.qtbot.waitSignal(commands.said, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_C, modifiers=CTRL)
    assert clipboard.image().width() == 64
    driver.open_first()
    view = driver.panels.photo_page.view
    driver.drag_box((0.25, 0.25), (0.75, 0.75))
    driver.press(Qt.Key.Key_C, modifiers=CTRL)
    assert abs(clipboard.image().width() - 32) <= 1, "of an open photo, what is in the box"
    assert view.box is not None
    clipboard.clear()


def test_f6_leads_to_the_tools_of_a_box_and_to_the_information(driver: WindowDriver) -> None:
    panels = driver.panels
    driver.open_first()
    driver.drag_box((0.25, 0.25), (0.75, 0.75))
    driver.press(Qt.Key.Key_I)
    bar = panels.photo_page.view.box_bar
    driver.until(lambda: bar.isVisible() and panels.inspector.stars.isVisible())
    panels.photo_page.view.setFocus()
    driver.press(Qt.Key.Key_F6)
    assert bar.meaning_buttons["similar"].hasFocus()
    driver.press(Qt.Key.Key_Tab)
    strip = panels.photo_page.strip
    driver.until(lambda: strip.n_shown > 0)
    driver.press(Qt.Key.Key_F6)
    assert strip.hasFocus(), "from any tool on to the results"
    assert strip.accessibleName().startswith(f"{driver.names()[0]}, 1 of ")
    driver.press(Qt.Key.Key_F6)
    assert panels.inspector.stars.hasFocus()
    driver.press(Qt.Key.Key_F6)
    assert panels.status_bar.size_slider.hasFocus()


def test_tags_and_marks_in_the_information_panel(driver: WindowDriver) -> None:
    driver.select(0)
    driver.press(Qt.Key.Key_I)
    inspector = driver.panels.inspector
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        inspector.tags.edit.insert("家 family")
        driver.qtbot.keyClick(inspector.tags.edit, Qt.Key.Key_Return)
    driver.until(lambda: inspector.tags.tags == ["家 family"])
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        driver.qtbot.mouseClick(inspector.stars, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    assert inspector.stars.rating == 3
    driver.select(1)
    driver.until(lambda: inspector.tags.tags == [])
    assert inspector.stars.rating == 0
    assert driver.window.findChild(DetailsController) is not None


def test_back_and_forward_by_keys_and_mouse_buttons(driver: WindowDriver) -> None:
    driver.search("red")
    driver.search("blue")
    edit = driver.panels.search_bar.edit
    driver.grid.setFocus()
    with driver.qtbot.waitSignal(driver.link.search_finished, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_Left, modifiers=ALT)
    assert edit.text() == "red"
    at = QPoint(30, 30)
    driver.qtbot.mousePress(driver.grid.viewport(), Qt.MouseButton.BackButton, pos=at)
    driver.until(lambda: edit.text() == "" and driver.model.rowCount() == N_PHOTOS)
    assert not driver.panels.search_bar.back_button.isEnabled()
    for _ in range(2):
        driver.qtbot.mousePress(driver.grid.viewport(), Qt.MouseButton.ForwardButton, pos=at)
    driver.until(lambda: edit.text() == "blue")


def test_filters_of_the_controls_narrow_lists_and_questions(driver: WindowDriver) -> None:
    photo_ids = driver.select(0, 1, 2)
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_4)
    panel = driver.panels.search_bar.filters_panel
    driver.press(Qt.Key.Key_F, modifiers=CTRL | SHIFT)
    driver.until(panel.isVisible)
    panel.rating.setCurrentIndex(4)
    panel.rating.activated.emit(4)
    panel.close()
    driver.until(lambda: driver.model.rowCount() == len(photo_ids))
    (chip,) = driver.panels.chips.chips
    assert chip.text == "★★★★ or more"
    assert driver.panels.search_bar.filters_button.isChecked()
    driver.qtbot.mouseClick(chip.button, Qt.MouseButton.LeftButton)
    driver.until(lambda: driver.model.rowCount() == N_PHOTOS)
    assert not driver.panels.search_bar.filters_button.isChecked()
    driver.search("red rating>=4")
    assert panel.said_label.text().endswith(" ★★★★ or more"), "the controls say what words filter"
    assert driver.panels.search_bar.filters_button.isChecked()
    assert driver.failures == []


def test_the_list_of_keys_opens_and_closes(driver: WindowDriver) -> None:
    driver.grid.setFocus()
    driver.press(Qt.Key.Key_F1)
    dialog = next(d for d in driver.window.children() if type(d).__name__ == "ShortcutsDialog")
    driver.until(dialog.isVisible)  # type: ignore[attr-defined]
    driver.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()  # type: ignore[attr-defined]
