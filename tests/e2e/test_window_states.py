"""What the whole window shows where there is little to show, and where there is little room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.core.messages import JobFailed
from app.ui.history_panel import HistoryPanel
from app.ui.language import LanguageSwitcher
from tests.e2e.window_driver import TIMEOUT_MS, WindowDriver
from tests.fakes import save_photo

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[WindowDriver]:
    driver = WindowDriver(qtbot, tmp_path)
    yield driver
    driver.close()


def test_a_question_that_nothing_fits_says_so(driver: WindowDriver, tmp_path: Path) -> None:
    folder = tmp_path / "reds"
    for seed in range(30):
        save_photo(folder / f"red_{seed}.png", "red", seed=seed)
    driver.show()
    driver.add_folder(folder)
    driver.search("green")
    assert driver.panels.results.state == "weak"
    assert driver.panels.results.notice.isVisible()
    assert driver.grid.weak_shown
    driver.search("green type:bmp")
    assert driver.panels.results.state == "filtered_out"
    driver.search("red, without red type:png")
    driver.until(lambda: driver.panels.results.state == "all_excluded")
    driver.press(Qt.Key.Key_Down)
    history = driver.window.findChild(HistoryPanel)
    assert history is not None
    driver.until(lambda: history.list.topLevelItemCount() == 3)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Down, Qt.Key.Key_Return):
        driver.qtbot.keyClick(history.list, key)
        driver.until(lambda: not history.isVisible() or history.list.topLevelItemCount() == 2)
    driver.until(lambda: driver.panels.search_bar.edit.text() == "green")
    driver.undo()
    assert driver.window.toast.label.text() == "Undone: 1 past search forgotten"
    assert driver.failures == []


def test_what_needs_a_photo_asks_for_one(driver: WindowDriver) -> None:
    driver.show(ready=False)
    toast = driver.window.toast
    for action in (driver.window.actions_.search_region, driver.window.actions_.find_similar):
        toast.hide()
        action.trigger()
        assert toast.isVisible()
        assert toast.label.text() == "Choose a photo first."


def test_a_slow_search_takes_along_what_was_said_of_the_one_before(
    driver: WindowDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "reds"
    for seed in range(30):
        save_photo(folder / f"red_{seed}.png", "red", seed=seed)
    driver.show()
    driver.add_folder(folder)
    page, meter = driver.panels.results, driver.panels.chips.meter
    edit = driver.panels.search_bar.edit
    ask = driver.link.search
    jobs: list[int] = []

    def ask_in_vain(*_question: object) -> int:
        jobs.append(1_000_000 + len(jobs))
        return jobs[-1]

    for before, state in (("green", "weak"), ("red, without red type:png", "all_excluded")):
        driver.search(before)
        driver.until(lambda state=state: page.state == state)
        assert meter.isVisible()
        monkeypatch.setattr(driver.link, "search", ask_in_vain)
        edit.setText(f"blue {before}")
        driver.until(lambda: not meter.isVisible())
        assert not page.notice.isVisible()
        assert page.state == ("photos" if state == "weak" else "searching"), "photos stay"
        monkeypatch.setattr(driver.link, "search", ask)
    assert page.empty_title.text() == "Searching…"
    driver.link.job_failed.emit(JobFailed(jobs[-1], "TooLongError", {}, ""))
    assert page.state == "unanswered"
    assert "Enter" in page.empty_page.accessibleName()
    driver.qtbot.keyClick(edit, Qt.Key.Key_Return)
    driver.until(lambda: page.state == "all_excluded" and meter.isVisible())


def test_enter_presses_what_has_the_keyboard_and_dialogs_begin_at_the_pictures(
    driver: WindowDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / "reds" / "one", tmp_path / "two"]
    starts: list[str] = []

    def answer(_parent: object, _title: str, start: str) -> str:
        starts.append(start)
        return str(folders[len(starts) - 1])

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", answer)
    monkeypatch.setattr("app.ui.folders_controller.usual_dir", lambda _location: "/pictures")
    for folder in folders:
        save_photo(folder / "red.png", "red")
    driver.show()
    driver.until(lambda: driver.window.is_first_start_shown)
    for button in (driver.panels.first_start.add_button, driver.panels.sidebar.add_button):
        with driver.qtbot.waitSignal(driver.link.index_finished, timeout=TIMEOUT_MS):
            driver.qtbot.keyClick(button, Qt.Key.Key_Return)
    assert starts == ["/pictures", str(tmp_path / "reds")]
    assert not driver.panels.search_bar.filters_panel.isVisible()
    driver.qtbot.keyClick(driver.panels.search_bar.filters_button, Qt.Key.Key_Enter)
    assert driver.panels.search_bar.filters_panel.isVisible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_page_fits_the_narrowest_window(driver: WindowDriver, language: str) -> None:
    window = driver.window
    languages = QApplication.instance().findChild(LanguageSwitcher)
    assert languages is not None
    languages.set_choice(language)  # type: ignore[arg-type]
    window.set_sidebar_shown(True)
    window.set_inspector_shown(True)
    for show in (window.show_first_start, window.show_results, window.show_photo):
        show()
        assert window.centralWidget().minimumSizeHint().width() <= window.minimumWidth()


def test_a_query_can_be_read_between_both_panels_in_a_small_window(driver: WindowDriver) -> None:
    window, edit = driver.window, driver.panels.search_bar.edit
    window.set_sidebar_shown(True)
    window.set_inspector_shown(True)
    window.resize(1400, 800)
    window.show()
    window.splitter.setSizes([300, 760, 290])
    wide = window.splitter.sizes()
    for width, height in ((900, 600), (window.minimumWidth(), window.minimumHeight())):
        window.resize(width, height)
        edit.setText("penguins in the snow, a green tree")
        edit.setCursorPosition(0)
        driver.until(lambda width=width: sum(window.splitter.sizes()) < width)
        before_clear_sign = QPoint(edit.width() - 36, 18)
        assert edit.cursorPositionAt(before_clear_sign) >= 20
        sidebar, _center, inspector = window.splitter.sizes()
        assert sidebar >= driver.panels.sidebar.minimumWidth()
        assert inspector >= driver.panels.inspector.minimumWidth()
    window.resize(1400, 800)
    driver.until(lambda: window.splitter.sizes() == wide)
