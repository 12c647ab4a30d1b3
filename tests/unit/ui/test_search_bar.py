"""The search bar: when it searches, and when it does not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QImage, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui.search_bar import LIVE_DELAY_MS, SearchBar
from tests.unit.ui.samples import Listener


@pytest.fixture
def bar(qtbot: QtBot) -> SearchBar:
    bar = SearchBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.edit.setFocus()
    return bar


@pytest.fixture
def asked(bar: SearchBar) -> Listener:
    listener = Listener()
    bar.search_requested.connect(listener.on_one)
    return listener


def compose(widget: QWidget, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(widget, event)


def test_enter_searches_at_once(bar: SearchBar, asked: Listener, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.edit, " a red umbrella ")
    assert asked.heard == []
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert asked.heard == ["a red umbrella"]


def test_live_search_comes_once_after_the_last_key(
    bar: SearchBar, asked: Listener, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(bar.search_requested):
        qtbot.keyClicks(bar.edit, "cat")
    assert asked.heard == ["cat"]
    assert not bar.edit._timer.isActive()
    assert bar.edit._timer.interval() == LIVE_DELAY_MS == 150


def test_enter_searches_again_and_stops_the_timer(
    bar: SearchBar, asked: Listener, qtbot: QtBot
) -> None:
    qtbot.keyClicks(bar.edit, "cat")
    for _ in range(2):
        qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
        assert not bar.edit._timer.isActive()
    assert asked.heard == ["cat", "cat"]


def test_nothing_is_searched_while_an_input_method_composes(
    bar: SearchBar, asked: Listener, qtbot: QtBot
) -> None:
    qtbot.keyClicks(bar.edit, "a")
    assert bar.edit._timer.isActive()
    compose(bar.edit, "hong")
    assert bar.edit.is_composing
    assert not bar.edit._timer.isActive()
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert asked.heard == []
    with qtbot.waitSignal(bar.search_requested):
        compose(bar.edit, "", "红伞")
    assert asked.heard == ["a红伞"]


def test_a_composition_that_is_given_up_searches_nothing_new(
    bar: SearchBar, asked: Listener
) -> None:
    compose(bar.edit, "hong")
    compose(bar.edit, "")
    assert not bar.edit.is_composing
    assert not bar.edit._timer.isActive()
    assert asked.heard == []


def test_queries_are_nfc(bar: SearchBar, asked: Listener, qtbot: QtBot) -> None:
    bar.edit.setText("cafe\u0301")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert asked.heard == ["caf\u00e9"]


def test_escape_clears_and_says_so(bar: SearchBar, asked: Listener, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.edit, "cat")
    with qtbot.waitSignal(bar.clear_requested):
        qtbot.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert bar.edit.text() == ""
    assert not bar.edit._timer.isActive()
    assert asked.heard == []


def test_the_clear_button_is_there_while_there_is_text(bar: SearchBar, qtbot: QtBot) -> None:
    assert not bar._clear_action.isVisible()
    qtbot.keyClicks(bar.edit, "x")
    assert bar._clear_action.isVisible()
    with qtbot.waitSignal(bar.clear_requested):
        bar._clear_action.trigger()
    assert bar.edit.text() == ""
    assert not bar._clear_action.isVisible()


def test_a_shown_query_is_not_searched(bar: SearchBar, asked: Listener) -> None:
    bar.edit.show_query("from elsewhere")
    assert not bar.edit._timer.isActive()
    assert asked.heard == []


@pytest.mark.parametrize("kind", ["pixels", "file"])
def test_a_pasted_picture_is_announced(bar: SearchBar, qtbot: QtBot, kind: str) -> None:
    data = QMimeData()
    if kind == "pixels":
        data.setImageData(QImage(4, 3, QImage.Format.Format_RGB32))
    else:
        data.setUrls([QUrl.fromLocalFile("/photos/a boat.jpg")])
        data.setText("/photos/a boat.jpg")
    QApplication.clipboard().setMimeData(data)
    with qtbot.waitSignal(bar.paste_requested):
        qtbot.keyClick(bar.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert bar.edit.text() == "", "a path is no question"
    QApplication.clipboard().clear()


def test_dropped_files_are_left_to_the_window(bar: SearchBar) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/photos/a boat.jpg")])
    left = Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 10), Qt.DropAction.CopyAction, data, left, plain)
    QApplication.sendEvent(bar.edit, enter)
    assert not enter.isAccepted()


def test_pasted_words_stay_words(bar: SearchBar, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("wet street")
    qtbot.keyClick(bar.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert bar.edit.text() == "wet street"
    bar.edit.show_query("")


def test_the_parts_have_names(bar: SearchBar) -> None:
    assert bar.edit.accessibleName()
    assert bar.picture_button.accessibleName()
    assert bar.edit.placeholderText()
