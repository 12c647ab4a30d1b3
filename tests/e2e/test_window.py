"""The window from the first start to results, with a real engine process and real decoders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.messages import IndexProgress
from app.core.settings import SETTINGS_NAME, Settings, load_settings
from app.ui.folders_controller import FoldersController
from app.ui.language import LanguageSwitcher
from app.ui.scope import FAVOURITES
from app.ui.search_controller import SearchController
from tests.e2e.window_driver import TIMEOUT_MS, WindowDriver, engine_processes
from tests.fakes import make_album, save_photo

ROOT = Path(__file__).resolve().parents[2]
N_MANY = 400
# Every test starts a process of its own; a busy machine takes its time.
pytestmark = pytest.mark.timeout(300)


class PaintWatcher(QObject):
    """Notes when a widget is painted."""

    def __init__(self, order: list[str]) -> None:
        super().__init__()
        self._order = order

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._order.append("painted")
        return False


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "照片 album"
    make_album(folder, 24)
    return folder


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[WindowDriver]:
    driver = WindowDriver(qtbot, tmp_path)
    yield driver
    driver.close()


def test_from_the_first_start_to_a_region_search(driver: WindowDriver, album: Path) -> None:
    driver.show()
    driver.until(lambda: driver.window.is_first_start_shown)
    driver.add_folder(album)
    driver.until(lambda: driver.model.rowCount() == 24)
    assert not driver.window.is_first_start_shown
    assert driver.panels.status_bar.found_label.text() == "24 photos"

    found = driver.search("a red photo")
    assert all(name.startswith("red_") for name in driver.names()[:4])
    assert "results" in driver.panels.status_bar.found_label.text()
    assert found.hits[0].match == "good"
    assert all(name.startswith("blue_") for name in _first_names(driver, "一张蓝色的照片", 4))

    driver.search("green")
    driver.open_first()
    assert driver.window.is_photo_shown
    boxed = driver.drag_box((0.2, 0.2), (0.8, 0.8))
    assert [hit.match for hit in boxed.hits[:4]] == ["good"] * 4, "its like are matches"
    assert boxed.hits[-1].match == "weak"
    strip = driver.panels.photo_page.strip
    driver.until(lambda: strip.isVisible() and strip.n_shown > 0)
    assert driver.window.is_photo_shown, "results come while the photo stays"
    driver.qtbot.keyClick(driver.panels.photo_page.view, Qt.Key.Key_Return)
    driver.until(lambda: not driver.window.is_photo_shown)
    assert driver.panels.results.state == "photos", "nobody says that nothing fits"
    (chip,) = driver.panels.chips.chips
    assert chip.text.startswith("Region of green_")
    assert driver.panels.search_bar.edit.text() == ""
    assert all(name.startswith("green_") for name in driver.names()[:3])

    with driver.qtbot.waitSignal(driver.panels.chips.picture_need_chosen, timeout=TIMEOUT_MS):
        driver.qtbot.mouseClick(chip.button, Qt.MouseButton.LeftButton)
    driver.until(lambda: driver.panels.status_bar.found_label.text() == "24 photos")
    assert driver.failures == []


def _first_names(driver: WindowDriver, text: str, n_names: int) -> list[str]:
    driver.search(text)
    return driver.names()[:n_names]


def test_a_phrase_is_found_in_the_open_photo(driver: WindowDriver, tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "halves"
    save_photo(folder / "other.png", "black")
    halves = Image.new("RGB", (64, 64), (30, 60, 220))
    halves.paste((220, 30, 30), (32, 0, 64, 64))
    halves.save(folder / "halves.png")
    driver.show()
    driver.add_folder(folder)
    found = driver.search("blue")
    driver.select(0)
    page = driver.panels.photo_page
    with driver.qtbot.waitSignal(driver.link.boxes_suggested, timeout=TIMEOUT_MS):
        driver.press(Qt.Key.Key_R)
    assert page.view.box_mode
    driver.press(Qt.Key.Key_R)
    assert page.name_label.text() == "halves.png"
    driver.window.set_inspector_shown(True)
    search = driver.window.findChild(SearchController)
    assert search is not None
    assert search.results is not None
    refined = {hit.photo_id: replace(hit, score=0.98) for hit in found.hits}
    search.results_changed.emit(replace(search.results, hits=refined))
    assert "98" in driver.panels.inspector.match.sentence.text()
    driver.until(lambda: len(page.toggles.toggles) == 1)
    driver.qtbot.keyClick(page.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    driver.until(page.phrase_edit.hasFocus)
    with driver.qtbot.waitSignal(driver.link.photo_located, timeout=TIMEOUT_MS) as got:
        page.phrase_edit.selectAll()
        driver.qtbot.keyClicks(page.phrase_edit, "red")
    region = got.args[0].places[0].region
    assert region is not None
    assert region[0] > 0.4, "the red half is the right one"
    assert page.view.picture.heat is not None
    assert page.view.places[0].box == region
    assert page.toggles.toggles[0].text().startswith("red  ")
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Escape):
        driver.qtbot.keyClick(QApplication.focusWidget(), key)
    assert page.view.picture.heat is None
    driver.until(lambda: not driver.window.is_photo_shown)


def test_favourites_are_set_by_key_and_shown_together(driver: WindowDriver, album: Path) -> None:
    driver.show()
    driver.add_folder(album)
    driver.until(lambda: driver.model.rowCount() == 24)
    driver.grid.setFocus()
    driver.qtbot.keyClick(driver.grid, Qt.Key.Key_Home)
    driver.qtbot.keyClick(driver.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    chosen = driver.names()[:2]
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        driver.qtbot.keyClick(driver.grid, Qt.Key.Key_F)
    driver.panels.sidebar.select_scope(FAVOURITES)
    driver.until(lambda: driver.names() == chosen)
    driver.open_first()
    button = driver.panels.photo_page.favourite_button
    assert button.isChecked()
    with driver.qtbot.waitSignal(driver.link.change_done, timeout=TIMEOUT_MS):
        driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isChecked()
    driver.until(lambda: driver.names() == chosen[1:])
    # The open photo, though it left the list behind it.
    assert _name_in_inspector(driver) == chosen[0]
    driver.qtbot.keyClick(driver.panels.photo_page.view, Qt.Key.Key_Escape)
    driver.until(lambda: not driver.window.is_photo_shown)
    assert _name_in_inspector(driver) != chosen[0]
    assert driver.failures == []


def _name_in_inspector(driver: WindowDriver) -> str:
    """Without the zero-width spaces that let long names wrap."""
    return driver.panels.inspector.name_label.text().replace("\u200b", "")


def test_a_killed_engine_is_announced_restarted_and_loses_nothing(
    driver: WindowDriver, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    make_album(folder, N_MANY)
    killed: list[int] = []
    banners: list[str] = []
    driver.show()

    def kill_once(event: IndexProgress) -> None:
        # A listed file is half done: above that some have been encoded.
        some_encoded = event.done > N_MANY // 2 + 20
        if some_encoded and not killed and driver.link.pid is not None:
            killed.append(event.done)
            os.kill(driver.link.pid, signal.SIGKILL)

    driver.link.index_progressed.connect(kill_once)
    driver.link.engine_lost.connect(lambda _lost: banners.append(driver.panels.banner.label.text()))
    with driver.qtbot.waitSignal(driver.link.engine_lost, timeout=TIMEOUT_MS) as lost:
        driver.add_folder(folder, wait=False)
    assert lost.args[0].restarting
    assert killed[0] < N_MANY
    assert "restarted" in banners[0]
    assert driver.panels.banner.isVisible()
    with driver.qtbot.waitSignal(driver.link.index_finished, timeout=TIMEOUT_MS) as finished:
        pass
    assert finished.args[0].unchanged > 0, "what was saved before is not done again"
    driver.until(lambda: driver.model.rowCount() == N_MANY)
    assert not driver.panels.banner.isVisible()
    assert sorted(driver.names()) == sorted(path.name for path in folder.iterdir())
    assert driver.search("red").hits


def test_closing_ends_every_process(qtbot: QtBot, tmp_path: Path, album: Path) -> None:
    driver = WindowDriver(qtbot, tmp_path)
    driver.show()
    driver.add_folder(album)
    assert engine_processes()
    driver.close()
    assert engine_processes() == []


def test_the_window_reopens_with_its_library_and_finds_new_photos(
    qtbot: QtBot, tmp_path: Path, album: Path
) -> None:
    driver = WindowDriver(qtbot, tmp_path)
    driver.show()
    driver.add_folder(album)
    driver.window.set_sidebar_shown(False)
    driver.close()
    save_photo(album / "new.png", "white", seed=99)
    driver = WindowDriver(qtbot, tmp_path)
    assert driver.panels.sidebar.isHidden()
    with qtbot.waitSignal(driver.link.index_finished, timeout=TIMEOUT_MS) as finished:
        driver.show()
    assert (finished.args[0].indexed, finished.args[0].unchanged) == (1, 24)
    driver.until(lambda: driver.model.rowCount() == 25)
    driver.close()


def test_the_engine_starts_after_the_first_paint(driver: WindowDriver) -> None:
    order: list[str] = []
    watcher = PaintWatcher(order)
    driver.panels.search_bar.installEventFilter(watcher)
    driver.link.engine_starting.connect(lambda: order.append("starting"))
    assert driver.link.state == "stopped"
    assert driver.link.pid is None
    driver.show()
    assert order[0] == "painted"
    assert "starting" in order


def test_words_typed_before_the_engine_is_ready_are_answered(
    driver: WindowDriver, album: Path
) -> None:
    driver.show()
    driver.add_folder(album)
    driver.link.stop()
    edit = driver.panels.search_bar.edit
    driver.qtbot.keyClicks(edit, "yellow")
    driver.qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert driver.panels.status_bar.found_label.text() == "Searching…"
    with driver.qtbot.waitSignal(driver.link.engine_starting, timeout=TIMEOUT_MS):
        driver.link.start()
    assert driver.panels.starting_bar.isVisible()
    with driver.qtbot.waitSignal(driver.link.search_finished, timeout=TIMEOUT_MS):
        pass
    assert driver.names()[0].startswith("yellow_")
    assert driver.panels.starting_bar.isHidden()


def test_bad_files_are_counted_and_listed(driver: WindowDriver, album: Path) -> None:
    (album / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    (album / "empty.png").write_bytes(b"")
    driver.show()
    driver.add_folder(album)
    button = driver.panels.status_bar.problems_button
    driver.until(lambda: button.text() == "2 problems")
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    folders = driver.window.findChild(FoldersController)
    assert folders is not None
    dialog = folders.problems_dialog
    assert dialog is not None
    driver.until(lambda: dialog.model.rowCount() == 2)
    names = sorted(dialog.model.index(row, 0).data() for row in range(2))
    assert names == ["broken.jpg", "empty.png"]
    dialog.close()


def test_language_and_theme_change_at_once_and_are_kept(
    driver: WindowDriver, tmp_path: Path, qapp: QApplication
) -> None:
    driver.window.show()
    actions = driver.window.actions_
    edit = driver.panels.search_bar.edit
    assert edit.placeholderText() == "What are you looking for?"
    dark = qapp.palette().window().color()
    chinese = next(a for a in actions.languages.actions() if a.data() == "zh_CN")
    light = next(a for a in actions.themes.actions() if a.data() == "light")
    chinese.trigger()
    light.trigger()
    driver.until(lambda: edit.placeholderText() == "要找什么？")
    assert qapp.palette().window().color().lightness() > dark.lightness() + 100
    assert actions.add_folder.text().startswith("添加文件夹")
    driver.close()
    saved = load_settings(tmp_path / "config" / SETTINGS_NAME)
    assert (saved.language, saved.theme) == ("zh_CN", "light")
    switcher = qapp.findChild(LanguageSwitcher)
    assert switcher is not None
    switcher.set_choice("en")


def test_keys_lead_everywhere(driver: WindowDriver, album: Path) -> None:
    driver.show()
    driver.add_folder(album)
    driver.until(lambda: driver.model.rowCount() == 24)
    window, panels, qtbot = driver.window, driver.panels, driver.qtbot
    window.activateWindow()
    driver.grid.setFocus()
    qtbot.keyClick(driver.grid, Qt.Key.Key_Tab)
    assert panels.sidebar.isHidden()
    qtbot.keyClick(driver.grid, Qt.Key.Key_Tab)
    assert not panels.sidebar.isHidden()
    qtbot.keyClick(driver.grid, Qt.Key.Key_I)
    assert panels.inspector.isVisible()
    qtbot.keyClick(driver.grid, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert panels.inspector.isHidden()
    qtbot.keyClick(driver.grid, Qt.Key.Key_Slash)
    assert panels.search_bar.edit.hasFocus()
    qtbot.keyClicks(panels.search_bar.edit, "s/ri")
    assert panels.search_bar.edit.text() == "s/ri", "letters are letters while one types"
    seen = set()
    for _ in range(8):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        seen.add(QApplication.focusWidget())
    assert {driver.grid, panels.sidebar.view, panels.search_bar.edit} <= seen
    panels.search_bar.edit.setFocus()
    qtbot.keyClick(panels.search_bar.edit, Qt.Key.Key_Escape)
    driver.grid.setFocus()
    qtbot.keyClick(driver.grid, Qt.Key.Key_Home)
    with qtbot.waitSignal(driver.link.search_finished, timeout=TIMEOUT_MS):
        qtbot.keyClick(driver.grid, Qt.Key.Key_S)
    (chip,) = panels.chips.chips
    assert chip.text.startswith("Like ")
    bar = panels.search_bar
    bar.edit.setFocus()
    for expected in (bar.picture_button, bar.filters_button, chip, chip.button, driver.grid):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is expected
    qtbot.keyClick(driver.grid, Qt.Key.Key_Escape)
    driver.until(lambda: panels.chips.isHidden())


def test_a_folder_is_dropped_with_the_mouse(driver: WindowDriver, album: Path) -> None:
    driver.show()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(album))])
    event = QDropEvent(
        QPointF(300, 300),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    asks = not driver.window.is_first_start_shown
    with driver.qtbot.waitSignal(driver.link.index_finished, timeout=TIMEOUT_MS) as got:
        driver.window.dropEvent(event)
        if asks:
            driver.answer_box("Add")
    assert got.args[0].indexed == 24


def test_a_folder_that_the_start_names_is_indexed_without_a_question(
    driver: WindowDriver, album: Path
) -> None:
    driver.show()
    with driver.qtbot.waitSignal(driver.link.index_finished, timeout=TIMEOUT_MS) as got:
        driver.window.folders_given.emit((os.fsencode(album),))
    assert got.args[0].indexed == 24


def test_removing_a_folder_leads_back_to_the_first_page(driver: WindowDriver, album: Path) -> None:
    driver.show()
    driver.add_folder(album)
    folders = driver.window.findChild(FoldersController)
    assert folders is not None
    driver.until(lambda: bool(folders.overview.roots))
    folders.ask_to_remove(folders.overview.roots[0])
    driver.answer_box("Remove")
    driver.until(lambda: driver.window.is_first_start_shown)
    assert len(list(album.iterdir())) == 24, "files are never touched"
    driver.window.actions_.undo.trigger()
    driver.until(lambda: driver.model.rowCount() == 24)
    driver.until(lambda: not driver.window.is_first_start_shown)
    assert driver.search("red").hits


def test_without_a_model_the_window_says_so_and_stays(qtbot: QtBot, tmp_path: Path) -> None:
    driver = WindowDriver(qtbot, tmp_path, model_dir=tmp_path / "none", target=None)
    with qtbot.waitSignal(driver.link.engine_lost, timeout=TIMEOUT_MS) as got:
        driver.window.show()
    assert not got.args[0].restarting
    missing = str(tmp_path / "none")
    assert driver.panels.banner.label.text().startswith(f"The search model in {missing} cannot")
    assert driver.panels.banner.button.text() == "Try again"
    driver.close()


def test_the_window_imports_no_model_code() -> None:
    code = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.core.settings import Settings
from app.main import build_window
app = QApplication(["finelens"])
window = build_window(Settings(), Path(sys.argv[1]) / "library", Path("none"), Path(sys.argv[1]))
window.grab()
heavy = ("torch", "transformers", "fgclip2", "openvino", "app.worker", "app.cli", "trainer", "PIL")
bad = sorted(m for m in sys.modules if m.split(".")[0] in heavy or m.startswith(heavy[4:6]))
window.close()
print(bad)
sys.exit(bool(bad))
"""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", code, folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr


def test_settings_are_the_ones_the_window_was_given(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(language="en", theme="light", grid_side_px=256, grid_square=False)
    driver = WindowDriver(qtbot, tmp_path, settings=settings)
    assert driver.grid.side_px == 256
    assert not driver.grid.square
    assert driver.panels.status_bar.size_slider.value() == 256
    driver.panels.status_bar.size_slider.setValue(128)
    assert driver.grid.side_px == 128
    driver.close()
    assert load_settings(tmp_path / "config" / SETTINGS_NAME).grid_side_px == 128


def test_a_window_that_is_closed_at_once_starts_no_engine(qtbot: QtBot, tmp_path: Path) -> None:
    driver = WindowDriver(qtbot, tmp_path)
    driver.window.show()
    driver.window.close()
    with qtbot.assertNotEmitted(driver.link.engine_starting, wait=300):
        pass
    assert driver.link.pid is None
    driver.close()


def test_a_folder_inside_a_known_one_is_refused_with_a_sentence(
    driver: WindowDriver, album: Path
) -> None:
    inside = album / "inside"
    save_photo(inside / "a.png", "red")
    driver.show()
    driver.add_folder(album)
    with driver.qtbot.waitSignal(driver.link.job_failed, timeout=TIMEOUT_MS) as got:
        driver.add_folder(inside, wait=False)
    assert got.args[0].kind == "RootError"
    assert str(inside) in driver.panels.banner.label.text()
    assert driver.panels.banner.button.text() == "Add a folder…"
    assert not driver.panels.status_bar.index_label.isVisible()


def test_pausing_and_going_on(driver: WindowDriver, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    make_album(folder, N_MANY)
    bar = driver.panels.status_bar
    driver.show()
    driver.add_folder(folder, wait=False)
    driver.until(lambda: bar.pause_button.isEnabled() and bar.pause_button.isVisible())
    driver.qtbot.mouseClick(bar.pause_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: bar.index_label.text().startswith("Paused at"))
    with driver.qtbot.waitSignal(driver.link.index_finished, timeout=TIMEOUT_MS) as got:
        driver.qtbot.mouseClick(bar.pause_button, Qt.MouseButton.LeftButton)
    assert got.args[0].indexed == N_MANY
    assert not bar.index_label.isVisible()
