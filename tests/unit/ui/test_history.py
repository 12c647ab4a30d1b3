"""The list of past searches: shown, asked again, forgotten and brought back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from pytestqt.qtbot import QtBot

from app.core.asking import Filters, ImageQuery, Phrase, Query
from app.core.changes import ForgetPastSearches, RestorePastSearches
from app.core.library.rows import PastSearch
from app.core.messages import (
    ChangeDone,
    ChangeLibrary,
    LibraryChanged,
    RememberSearch,
    Search,
)
from app.ui.history_controller import HistoryController
from app.ui.history_panel import HistoryPanel
from app.ui.search_bar import SearchBar
from app.ui.search_controller import SearchController
from app.ui.undo_desk import UndoDesk
from tests.unit.ui.samples import RecordingLink

ASKED_AT = "2026-01-02T03:04:05+00:00"
HISTORY = (
    PastSearch(7, Query("red boat", (ImageQuery(photo_id=3),), filters=Filters((4,))), ASKED_AT),
    PastSearch(5, Query("a, b", phrases=(Phrase("a"), Phrase("b", "excluded"))), ASKED_AT),
    PastSearch(2, Query("猫"), ASKED_AT),
)


class StillReader(QObject):
    """A reader whose answers a test gives."""

    history_loaded = Signal(object)
    photo_list_loaded = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.n_asked = 0

    def load_history(self) -> None:
        self.n_asked += 1

    def load_photo_list(self, *_question: object) -> None:
        """Answered by nobody."""


class World:
    def __init__(self, qtbot: QtBot) -> None:
        self.link, self.reader, self.bar = RecordingLink(), StillReader(), SearchBar()
        qtbot.addWidget(self.bar)
        self.bar.show()
        self.desk = UndoDesk(self.link)
        self.search = SearchController(self.link, self.reader)  # type: ignore[arg-type]
        self.history = HistoryController(
            self.link,
            self.reader,  # type: ignore[arg-type]
            self.desk,
            self.search,
            self.bar,
            lambda image: f"Like {image.photo_id}",
            {4: "Holiday"}.__getitem__,
        )
        self.bar.history_requested.connect(self.history.open)

    @property
    def panel(self) -> HistoryPanel:
        return self.history.panel

    def texts(self) -> list[str]:
        lines = self.panel.list
        return [lines.topLevelItem(at).text(0) for at in range(lines.topLevelItemCount())]


@pytest.fixture
def world(qtbot: QtBot) -> Iterator[World]:
    world = World(qtbot)
    yield world
    world.panel.close()


def test_down_in_the_search_line_lists_what_was_asked(qtbot: QtBot, world: World) -> None:
    qtbot.keyClick(world.bar.edit, Qt.Key.Key_Down)
    assert world.panel.isVisible()
    assert world.panel.empty_label.isVisible(), "nothing is read yet"
    assert not world.panel.clear_button.isEnabled()
    world.reader.history_loaded.emit(HISTORY)
    assert world.texts() == ["red boat + Like 3 · Holiday", "a, −b", "猫"]
    assert world.panel.list.topLevelItem(0).text(1), "it says when"
    assert not world.panel.empty_label.isVisible()


@pytest.mark.parametrize("way", ["enter", "click"])
def test_a_chosen_search_is_asked_again_as_it_was(qtbot: QtBot, world: World, way: str) -> None:
    qtbot.mouseClick(world.bar.history_button, Qt.MouseButton.LeftButton)
    world.reader.history_loaded.emit(HISTORY)
    lines = world.panel.list
    if way == "enter":
        qtbot.keyClick(lines, Qt.Key.Key_Down)
        qtbot.keyClick(lines, Qt.Key.Key_Return)
    else:
        item, port = lines.topLevelItem(1), lines.viewport()
        qtbot.waitUntil(lambda: port.rect().contains(lines.visualItemRect(item).center()))
        place = lines.visualItemRect(item).center()
        qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=QPoint(place))
    qtbot.waitUntil(lambda: not world.panel.isVisible())
    search, remembered = world.link.sent
    assert isinstance(search, Search)
    assert search.query == HISTORY[1].query
    assert remembered == RememberSearch(remembered.job_id, HISTORY[1].query), "it is the latest now"
    assert world.search.question.edited


def test_one_is_forgotten_then_all_and_that_is_undone(qtbot: QtBot, world: World) -> None:
    world.history.open()
    world.reader.history_loaded.emit(HISTORY)
    qtbot.keyClick(world.panel.list, Qt.Key.Key_Delete)
    forget = world.link.sent[-1]
    assert forget == ChangeLibrary(forget.job_id, ForgetPastSearches((7,)))
    world.link.change_done.emit(ChangeDone(forget.job_id, RestorePastSearches(())))
    world.link.library_changed.emit(LibraryChanged(2, searches=True))
    assert world.reader.n_asked == 2, "the open list is read again"
    world.reader.history_loaded.emit(HISTORY[1:])
    assert world.panel.list.currentItem().text(0) == "a, −b"
    qtbot.mouseClick(world.panel.clear_button, Qt.MouseButton.LeftButton)
    cleared = world.link.sent[-1]
    assert cleared.change == ForgetPastSearches((5, 2))
    assert not world.panel.isVisible()
    inverse = RestorePastSearches(())
    world.link.change_done.emit(ChangeDone(cleared.job_id, inverse))
    world.desk.undo()
    assert world.link.sent[-1].change == inverse
