"""The grid with real events: what is read, painted, selected, opened and asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.photo_drag import SIDE_PX, photo_ids_in
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import BLOCK_ROWS
from app.ui.photo_grid_painter import HoverButtons, PhotoCellPainter
from tests.pointer import LEFT, PLAIN
from tests.unit.ui.photo_grid_stage import Stage, make_stage

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def stage(qtbot) -> Iterator[Stage]:
    stage = make_stage(qtbot)
    yield stage
    stage.grid._reshape_timer.stop()


# ---------------------------------------------------------------- virtual


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The photo ids painted, in order."""
    ids: list[int] = []
    paint = PhotoCellPainter.paint

    def counting(self, painter, cell, *args, **options):
        ids.append(cell.photo_id)
        paint(self, painter, cell, *args, **options)

    monkeypatch.setattr(PhotoCellPainter, "paint", counting)
    return ids


def settle(qtbot, painted: list[int]) -> None:
    """Until nothing is left to paint."""

    def painted_nothing() -> bool:
        painted.clear()
        QApplication.processEvents()
        return not painted

    qtbot.waitUntil(painted_nothing)


def test_a_hundred_thousand_photos_cost_as_much_as_a_screenful(
    stage: Stage, painted: list[int]
) -> None:
    stage.model.set_photos(np.arange(100_000))
    stage.grid.viewport().repaint()
    on_screen = len(stage.grid.visible_rows())
    assert on_screen < 40
    assert set(painted) == set(range(on_screen))
    assert len(set(stage.asked)) <= BLOCK_ROWS, "one block was read"

    painted.clear()
    stage.asked.clear()
    bar = stage.grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    stage.grid.viewport().repaint()
    assert set(painted) == set(stage.grid.visible_rows())
    assert max(painted) == 99_999
    assert len(stage.asked) <= 2 * BLOCK_ROWS


def test_scrolling_a_little_paints_only_what_came_in(
    qtbot, stage: Stage, painted: list[int]
) -> None:
    stage.model.set_photos(np.arange(100_000))
    bar = stage.grid.verticalScrollBar()
    bar.setValue(50_000)
    settle(qtbot, painted)
    bar.setValue(50_010)
    QApplication.processEvents()
    columns = stage.grid.photo_layout.columns
    assert 0 < len(painted) <= 2 * columns


def test_one_thumbnail_paints_one_photo(qtbot, stage: Stage, painted: list[int]) -> None:
    stage.model.set_photos(np.arange(1000))
    settle(qtbot, painted)
    index = stage.model.index(3)
    stage.model.dataChanged.emit(index, index)
    QApplication.processEvents()
    assert painted == [3]


def test_selecting_everything_makes_no_list_of_indexes(stage: Stage) -> None:
    stage.model.set_photos(np.arange(100_000))
    stage.press(Key.Key_A, modifiers=CTRL)
    assert stage.grid.selectionModel().selection().count() == 1
    assert len(stage.selected()) == 100_000


# ---------------------------------------------------------------- keyboard


def test_keys_walk_the_grid(stage: Stage) -> None:
    stage.model.set_photos(np.arange(1000))
    columns = stage.grid.photo_layout.columns
    stage.grid.picked.make_current(0, select=True)
    walk = [
        (Key.Key_Right, 1), (Key.Key_Down, 1 + columns), (Key.Key_Left, columns),
        (Key.Key_Up, 0), (Key.Key_End, 999), (Key.Key_Home, 0),
    ]  # fmt: skip
    for key, row in walk:
        stage.press(key)
        assert stage.selected() == [row], key
        assert row in stage.grid.visible_rows(), "scrolled to"
    stage.press(Key.Key_PageDown)
    lines = stage.grid.viewport().height() // stage.grid.photo_layout.line_px
    assert stage.selected() == [lines * columns]


def test_shift_extends_and_ctrl_moves_without_selecting(stage: Stage) -> None:
    stage.model.set_photos(np.arange(100))
    stage.click(5)
    stage.press(Key.Key_Right, Key.Key_Right, modifiers=SHIFT)
    assert stage.selected() == [5, 6, 7]
    stage.press(Key.Key_Left, Key.Key_Left, Key.Key_Left, modifiers=SHIFT)
    assert stage.selected() == [4, 5], "back over where it began"
    stage.press(Key.Key_Right, Key.Key_Right, modifiers=CTRL)
    assert stage.selected() == [4, 5]
    assert stage.grid.current_photo_id() == 6
    stage.press(Key.Key_Space, modifiers=CTRL)
    assert stage.selected() == [4, 5, 6]


def test_select_all_none_and_the_others(qtbot, stage: Stage) -> None:
    stage.model.set_photos(np.arange(10))
    stage.click(3)
    stage.press(Key.Key_I, modifiers=CTRL)
    assert stage.selected() == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    with qtbot.waitSignal(stage.grid.selected_photos_changed):
        stage.press(Key.Key_A, modifiers=CTRL)
    assert stage.selected() == list(range(10))
    stage.press(Key.Key_D, modifiers=CTRL)
    assert stage.selected() == []


def test_where_the_current_photo_leaves_the_one_in_its_place_follows(stage: Stage) -> None:
    stage.model.set_photos([1, 2, 3, 4, 5, 6])
    stage.click(2)
    stage.model.set_photos([1, 2, 4, 5, 6])
    assert (stage.grid.current_photo_id(), stage.selected()) == (4, [4])
    stage.click(2)
    stage.click(4, CTRL)
    stage.model.set_photos([2, 4, 5])  # 6, the current one, left, and 1 before it; 4 is selected
    assert (stage.grid.current_photo_id(), stage.selected()) == (5, [4])
    stage.click(2)
    stage.model.set_photos([2, 4])
    assert (stage.grid.current_photo_id(), stage.selected()) == (4, [4])
    stage.model.set_photos([])
    assert stage.grid.current_photo_id() is None
    stage.model.set_photos([7, 8])
    assert (stage.grid.current_photo_id(), stage.selected()) == (None, [])


def test_many_that_leave_are_followed_by_one(stage: Stage) -> None:
    stage.model.set_photos([1, 2, 3, 4, 5, 6])
    stage.click(1)
    stage.click(3, SHIFT)
    stage.model.set_photos([1, 5, 6])
    assert (stage.grid.current_photo_id(), stage.selected()) == (5, [5])


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Space])
def test_enter_and_space_open_the_current_photo(qtbot, stage: Stage, key: Qt.Key) -> None:
    stage.model.set_photos([2**40, 7])
    stage.grid.picked.make_current(0, select=True)
    with qtbot.waitSignal(stage.grid.photo_activated) as signal:
        stage.press(key)
    assert signal.args == [2**40]


def test_s_asks_for_similar_and_other_letters_are_left_to_the_window(qtbot, stage: Stage) -> None:
    stage.model.set_photos(np.arange(10))
    stage.click(4)
    with qtbot.waitSignal(stage.grid.similar_requested) as signal:
        stage.press(Key.Key_S)
    assert signal.args == [4]
    event_ignored = _key_is_ignored(stage.grid, Key.Key_X)
    assert event_ignored
    assert stage.selected() == [4]


def _key_is_ignored(grid: PhotoGrid, key: Qt.Key) -> bool:
    event = QKeyEvent(QEvent.Type.KeyPress, key, PLAIN, "x")
    grid.keyPressEvent(event)
    return not event.isAccepted()


def test_an_empty_grid_takes_every_key(stage: Stage) -> None:
    stage.press(Key.Key_Down, Key.Key_End, Key.Key_Return, Key.Key_PageUp, Key.Key_S)
    stage.press(Key.Key_A, Key.Key_I, Key.Key_D, Key.Key_Space, modifiers=CTRL)
    assert stage.grid.current_photo_id() is None


# ---------------------------------------------------------------- pointer


def test_click_ctrl_and_shift_click_select(stage: Stage) -> None:
    stage.model.set_photos(np.arange(100))
    stage.click(2)
    assert stage.selected() == [2]
    stage.click(6, CTRL)
    assert stage.selected() == [2, 6]
    stage.click(8, SHIFT)
    assert stage.selected() == [6, 7, 8]
    stage.click(1, CTRL | SHIFT)
    assert stage.selected() == [1, 2, 3, 4, 5, 6, 7, 8]
    stage.click(6, CTRL)
    assert 6 not in stage.selected()
    stage.click(3)
    assert stage.selected() == [3], "of several, a plain click keeps one"


def test_a_click_beside_photos_selects_none(stage: Stage) -> None:
    stage.model.set_photos(np.arange(3))
    stage.click(1)
    QTest.mouseClick(stage.grid.viewport(), LEFT, PLAIN, QPoint(300, 600))
    assert stage.selected() == []


def test_double_click_opens(qtbot, stage: Stage) -> None:
    stage.model.set_photos(np.arange(10))
    stage.click(3)
    with qtbot.waitSignal(stage.grid.photo_activated) as signal:
        QTest.mouseDClick(stage.grid.viewport(), LEFT, PLAIN, stage.center(3))
    assert signal.args == [3]


def test_rubber_band_selects_what_it_touches(stage: Stage) -> None:
    stage.model.set_photos(np.arange(100))
    columns = stage.grid.photo_layout.columns
    start = stage.grid.visualRect(stage.model.index(0)).topLeft() - QPoint(4, 4)
    stage.drag(start, stage.center(columns + 1))
    assert stage.selected() == [0, 1, columns, columns + 1]
    stage.click(3)
    stage.drag(start, stage.center(0), CTRL)
    assert stage.selected() == [0, 3], "with Ctrl to what was selected"


def test_selected_photos_are_dragged_with_their_files_and_numbers(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[QDrag] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, _action: dragged.append(drag))
    stage.model.set_photos(np.arange(10, 110))
    stage.click(4)
    stage.click(1, CTRL)
    stage.drag(stage.center(4), stage.center(4) + QPoint(60, 0))
    (drag,) = dragged
    assert photo_ids_in(drag.mimeData()) == (11, 14), "in the order shown"
    assert [url.toLocalFile() for url in drag.mimeData().urls()] == ["/photos/a"] * 2
    assert (
        max(drag.pixmap().width(), drag.pixmap().height())
        <= SIDE_PX * drag.pixmap().devicePixelRatio()
    )


def test_alt_drag_asks_for_the_box_on_the_photo(qtbot, stage: Stage) -> None:
    stage.model.set_photos([41, 42])
    cell = stage.grid.photo_layout.cell(1)
    side = cell.width()
    # 400 x 200 cropped to a square: the cell shows the photo's middle half.
    start = cell.topLeft() + QPoint(side // 4, side // 4)
    end = cell.topLeft() + QPoint(side * 3 // 4, side // 2)
    with qtbot.waitSignal(stage.grid.box_requested) as signal:
        stage.drag(start, end, ALT)
    photo_id, box = signal.args
    assert photo_id == 42
    assert box == pytest.approx((0.375, 0.25, 0.625, 0.5), abs=0.01)
    assert stage.selected() == []


def test_the_menu_is_asked_for_the_selected_photos(qtbot, stage: Stage) -> None:
    stage.model.set_photos(np.arange(10))
    stage.click(2)
    stage.click(4, CTRL)
    with qtbot.waitSignal(stage.grid.menu_requested) as signal:
        _context_menu(stage, stage.center(4))
    assert signal.args[0] == [2, 4]
    with qtbot.waitSignal(stage.grid.menu_requested) as signal:
        _context_menu(stage, stage.center(7))
    assert signal.args[0] == [7], "another photo is selected first"


def _context_menu(stage: Stage, at: QPoint) -> None:
    reason = QContextMenuEvent.Reason.Mouse
    viewport = stage.grid.viewport()
    event = QContextMenuEvent(reason, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, event)


def test_hover_buttons_do_what_they_show(qtbot, stage: Stage) -> None:
    stage.model.set_photos(np.arange(10))
    stage.hover(3)
    assert stage.grid.hovered_row == 3
    cell = stage.grid.photo_layout.cell(3)
    cell.setHeight(cell.width())
    buttons = HoverButtons.on(cell)
    assert buttons is not None
    with qtbot.waitSignal(stage.grid.similar_requested) as signal:
        QTest.mouseClick(stage.grid.viewport(), LEFT, PLAIN, buttons.similar.center())
    assert signal.args == [3]
    with qtbot.waitSignal(stage.grid.favourite_requested) as signal:
        QTest.mouseClick(stage.grid.viewport(), LEFT, PLAIN, buttons.favourite.center())
    assert signal.args == [3]
    assert stage.selected() == [], "a button does not select"
    with qtbot.waitSignal(stage.grid.menu_requested) as signal:
        QTest.mouseClick(stage.grid.viewport(), LEFT, PLAIN, buttons.menu.center())
    assert signal.args[0] == [3]
