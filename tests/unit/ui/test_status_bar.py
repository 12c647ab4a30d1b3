"""The status bar: counts, rates, time left, and its buttons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.language import LanguageSwitcher
from app.ui.status_bar import StatusBar
from tests.unit.ui.samples import Listener, progress


@pytest.fixture
def system_look(qapp: QApplication) -> Iterator[None]:
    """The system's own font and no style sheet, whatever theme a test before this one set."""
    font, sheet = qapp.font(), qapp.styleSheet()
    qapp.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    qapp.setStyleSheet("")
    yield
    qapp.setFont(font)
    qapp.setStyleSheet(sheet)


@pytest.fixture
def bar(qtbot: QtBot, system_look: None) -> StatusBar:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.resize(1200, 36)
    bar.show()
    return bar


def test_it_says_what_was_found(bar: StatusBar) -> None:
    bar.show_browsing(12431)
    assert bar.found_label.text() == "12,431 photos"
    bar.show_searching()
    assert bar.found_label.text() == "Searching…"
    bar.show_results(1, 41.4)
    assert bar.found_label.text() == "1 result · 41 ms"


def test_indexing_shows_counts_rate_and_time(bar: StatusBar) -> None:
    assert not bar.bar.isVisible()
    bar.show_progress(progress(8120, 12431))
    assert bar.index_label.text() == "Indexing 8,120/12,431 · 14/s · 5 minutes left"
    assert bar.bar.isVisible()
    assert (bar.bar.value(), bar.bar.maximum()) == (8120, 12431)
    bar.show_progress(None)
    assert not bar.bar.isVisible()
    assert not bar.pause_button.isVisible()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 second left"),
        (7, "7 seconds left"),
        (44, "40 seconds left"),
        (91, "2 minutes left"),
        (60 * 61, "61 minutes left"),
        (2 * 3600, "2 hours left"),
    ],
)
def test_time_left_is_rounded(bar: StatusBar, seconds: float, text: str) -> None:
    assert bar.time_left_text(seconds) == text


def test_unknown_time_and_rate_are_not_guessed(bar: StatusBar) -> None:
    bar.show_progress(progress(0, 10, photos_per_s=0.0, seconds_left=None))
    assert bar.index_label.text() == "Indexing 0/10"


def test_slow_rates_keep_a_digit(bar: StatusBar) -> None:
    bar.show_progress(progress(1, 10, photos_per_s=0.74, seconds_left=None))
    assert bar.index_label.text() == "Indexing 1/10 · 0.7/s"


def test_looking_for_photos_has_no_end_yet(bar: StatusBar) -> None:
    bar.show_progress(progress(0, 0, phase="scanning", found=321))
    assert bar.index_label.text() == "Looking for photos: 321"
    assert bar.bar.maximum() == 0


def test_the_pause_button_becomes_resume(bar: StatusBar, qtbot: QtBot) -> None:
    wishes = Listener()
    bar.pause_requested.connect(wishes.on_none)
    bar.show_progress(progress())
    qtbot.mouseClick(bar.pause_button, Qt.MouseButton.LeftButton)
    assert wishes.heard == [None]
    assert bar.pause_button.accessibleName() == "Pause indexing"
    bar.show_progress(progress(phase="paused"))
    assert bar.pause_button.accessibleName() == "Go on indexing"
    assert bar.pause_button.icon_name == "resume"
    with qtbot.waitSignal(bar.resume_requested):
        qtbot.mouseClick(bar.pause_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bar.cancel_requested):
        qtbot.mouseClick(bar.cancel_button, Qt.MouseButton.LeftButton)


def test_a_job_that_was_just_sent_can_only_be_stopped(bar: StatusBar) -> None:
    bar.show_index_waiting()
    assert bar.cancel_button.isVisible()
    assert not bar.pause_button.isEnabled()
    bar.show_progress(progress())
    assert bar.pause_button.isEnabled()


def test_problems_are_counted_and_open_the_list(bar: StatusBar, qtbot: QtBot) -> None:
    assert not bar.problems_button.isVisible()
    bar.set_n_problems(3)
    assert bar.problems_button.text() == "3 problems"
    with qtbot.waitSignal(bar.problems_requested):
        qtbot.mouseClick(bar.problems_button, Qt.MouseButton.LeftButton)


def test_the_slider_announces_people_not_programs(bar: StatusBar, qtbot: QtBot) -> None:
    heard = Listener()
    bar.side_changed.connect(heard.on_one)
    bar.set_side_px(208)
    assert heard.heard == []
    qtbot.keyClick(bar.size_slider, Qt.Key.Key_Right)
    assert heard.heard == [224]
    assert bar.size_slider.accessibleName()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width_px", [700, 760, 900, 1400])
def test_no_text_is_cut_in_a_narrow_window(
    bar: StatusBar, languages: LanguageSwitcher, language: str, width_px: int
) -> None:
    languages.set_choice(language)
    bar.resize(width_px, 36)
    bar.show_results(200, 1234.0)
    bar.show_progress(progress(812_000, 1_243_100))
    bar.set_n_problems(1234)
    bar.layout().activate()
    for widget in (bar.found_label, bar.index_label, bar.problems_button):
        assert widget.width() >= widget.sizeHint().width()
    assert bar.size_slider.isVisible() == (width_px >= 900)
    assert bar.bar.isVisible() == (width_px >= 1400)
