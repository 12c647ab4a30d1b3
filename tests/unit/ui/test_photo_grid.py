"""The grid with real events: what is painted, selected, opened and asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.library.rows import Photo
from app.core.messages import Box, Hit, PhraseHit
from app.ui.photo_grid import PhotoGrid
from app.ui.photo_grid_model import BLOCK_ROWS, PhotoGridModel
from app.ui.photo_grid_painter import HoverButtons, PhotoCellPainter, phrase_boxes
from app.ui.theme import CHIP_COLORS

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
WIDTH, HEIGHT = 900, 700


def photo(photo_id: int) -> Photo:
    return Photo(
        id=photo_id, root_id=1, root_path=b"/photos", path=b"a", display=f"照片 {photo_id}.jpg",
        size_bytes=1, mtime_ns=1, inode=1, content_hash=b"", width_px=400, height_px=200,
        taken_at=None, camera=None, format="jpeg", average_rgb=0x205080,
    )  # fmt: skip


@dataclass
class Stage:
    """A grid on the screen, its model, and what the library was asked for."""

    grid: PhotoGrid
    model: PhotoGridModel
    asked: list[int] = field(default_factory=list)

    def center(self, row: int) -> QPoint:
        return self.grid.visualRect(self.model.index(row)).center()

    def click(self, row: int, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.mouseClick(self.grid.viewport(), LEFT, modifiers, self.center(row))

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        for key in keys:
            QTest.keyClick(self.grid, key, modifiers)

    def drag(self, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        viewport = self.grid.viewport()
        QTest.mousePress(viewport, LEFT, modifiers, start)
        for part in (0.3, 0.6, 1.0):
            at = start + (end - start) * part
            move = QPointF(at)
            event = _mouse_move(move, viewport.mapToGlobal(move), modifiers)
            QApplication.sendEvent(viewport, event)
        QTest.mouseRelease(viewport, LEFT, modifiers, end)

    def selected(self) -> list[int]:
        return self.grid.selected_photo_ids()


def _mouse_move(at: QPointF, on_screen: QPointF, modifiers: Qt.KeyboardModifier):
    from PySide6.QtGui import QMouseEvent

    kind = QEvent.Type.MouseMove
    return QMouseEvent(kind, at, on_screen, Qt.MouseButton.NoButton, LEFT, modifiers)


@pytest.fixture
def stage(qtbot) -> Iterator[Stage]:
    asked: list[int] = []

    def photos_for(ids: Sequence[int]) -> list[Photo]:
        asked.extend(ids)
        return [photo(i) for i in ids]

    grid = PhotoGrid()
    qtbot.addWidget(grid)
    model = PhotoGridModel(photos_for, parent=grid)
    grid.setModel(model)
    grid.resize(WIDTH, HEIGHT)
    grid.show()
    qtbot.waitExposed(grid)
    grid.setFocus()
    yield Stage(grid, model, asked)
    grid._reshape_timer.stop()


def wheel(stage: Stage, delta: int, modifiers: Qt.KeyboardModifier) -> None:
    at = QPointF(stage.grid.viewport().rect().center())
    event = QWheelEvent(
        at, stage.grid.viewport().mapToGlobal(at), QPoint(), QPoint(0, delta),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(stage.grid.viewport(), event)


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

    qtbot.waitUntil(painted_nothing, timeout=5000)


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
    from PySide6.QtGui import QKeyEvent

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
    QTest.mouseMove(stage.grid.viewport(), stage.center(3))
    assert stage.grid.hovered_row == 3
    cell = stage.grid.photo_layout.cell(3)
    cell.setHeight(cell.width())
    buttons = HoverButtons.on(cell)
    assert buttons is not None
    with qtbot.waitSignal(stage.grid.similar_requested) as signal:
        QTest.mouseClick(stage.grid.viewport(), LEFT, PLAIN, buttons.similar.center())
    assert signal.args == [3]
    assert stage.selected() == [], "a button does not select"
    with qtbot.waitSignal(stage.grid.menu_requested) as signal:
        QTest.mouseClick(stage.grid.viewport(), LEFT, PLAIN, buttons.menu.center())
    assert signal.args[0] == [3]


# ---------------------------------------------------------------- size and place


def test_ctrl_wheel_and_ctrl_plus_change_the_size(qtbot, stage: Stage) -> None:
    stage.model.set_photos(np.arange(1000))
    with qtbot.waitSignal(stage.grid.side_changed) as signal:
        wheel(stage, 120, CTRL)
    assert signal.args == [192]
    stage.press(Key.Key_Minus, Key.Key_Minus, modifiers=CTRL)
    assert stage.grid.side_px == 160
    for _ in range(30):
        wheel(stage, 120, CTRL)
    assert stage.grid.side_px == 320
    for _ in range(60):
        wheel(stage, -60, CTRL)
    assert stage.grid.side_px == 96
    assert stage.grid.verticalScrollBar().value() == 0


def test_size_changes_around_the_current_photo(stage: Stage) -> None:
    stage.model.set_photos(np.arange(10_000))
    stage.grid.set_current_photo(5000)
    before = stage.center(5000).y()
    stage.grid.set_side_px(120)
    assert abs(stage.center(5000).y() - before) <= 1
    stage.grid.set_side_px(300)
    assert abs(stage.center(5000).y() - before) <= 1


def test_a_narrower_window_keeps_the_first_photo_in_sight(stage: Stage) -> None:
    stage.model.set_photos(np.arange(10_000))
    stage.grid.verticalScrollBar().setValue(100_000)
    first = stage.grid.visible_rows().start
    stage.grid.resize(500, HEIGHT)
    assert first in stage.grid.visible_rows()


def test_photos_that_come_in_do_not_move_the_view(stage: Stage) -> None:
    stage.model.set_photos(np.arange(1000, 2000))
    stage.grid.set_current_photo(1500)
    before = stage.grid.visualRect(stage.grid.currentIndex()).top()
    stage.model.set_photos(np.concatenate((np.arange(0, 37), np.arange(1000, 2000))))
    assert stage.grid.current_photo_id() == 1500
    assert stage.selected() == [1500]
    assert stage.grid.visualRect(stage.grid.currentIndex()).top() == before


def test_at_the_top_new_photos_come_into_sight(stage: Stage) -> None:
    stage.model.set_photos(np.arange(1000, 2000))
    stage.click(2)
    stage.model.set_photos(np.arange(990, 2000))
    assert stage.grid.verticalScrollBar().value() == 0
    assert stage.selected() == [1002]


def test_results_of_a_search_begin_at_the_top(qtbot, stage: Stage) -> None:
    stage.model.set_photos(np.arange(1000))
    stage.grid.set_current_photo(900)
    with qtbot.waitSignals([stage.grid.current_photo_changed, stage.grid.selected_photos_changed]):
        stage.model.set_photos(np.arange(800, 1000), {900: Hit(900, 0.9, "good")})
    assert stage.grid.verticalScrollBar().value() == 0
    assert stage.selected() == []
    assert stage.grid.current_photo_id() is None


# ---------------------------------------------------------------- weak matches


def weak_stage(stage: Stage, n_good: int = 5, n_weak: int = 84) -> None:
    ids = np.arange(n_good + n_weak)
    stage.model.set_photos(ids, {0: Hit(0, 0.9, "good")}, n_good)


def test_weak_matches_are_folded_and_their_row_says_how_many(stage: Stage) -> None:
    weak_stage(stage)
    separator = stage.grid._separator
    assert separator.isVisible()
    assert separator.accessibleName() == "weak matches (84), show"
    assert separator.width() > WIDTH - 60
    assert stage.grid.photo_layout.n_shown == 5
    stage.press(Key.Key_A, modifiers=CTRL)
    assert stage.selected() == [0, 1, 2, 3, 4]


def test_a_click_unfolds_and_folds_them(qtbot, stage: Stage) -> None:
    weak_stage(stage)
    separator = stage.grid._separator
    with qtbot.waitSignal(stage.grid.weak_shown_changed) as signal:
        QTest.mouseClick(separator, LEFT)
    assert signal.args == [True]
    assert stage.grid.photo_layout.n_shown == 89
    assert separator.accessibleName() == "weak matches (84), hide"
    QTest.mouseClick(separator, LEFT)
    assert stage.grid.photo_layout.n_shown == 5


def test_the_keyboard_reaches_the_weak_matches(stage: Stage) -> None:
    weak_stage(stage)
    stage.grid.picked.make_current(4, select=True)
    stage.press(Key.Key_Down)
    separator = stage.grid._separator
    assert stage.grid.window().focusWidget() is separator
    QTest.keyClick(separator, Key.Key_Space)
    assert stage.grid.weak_shown
    stage.grid.setFocus()
    stage.press(Key.Key_Down)
    assert stage.grid.current_photo_id() == 5 + 4 % stage.grid.photo_layout.columns


def test_weak_matches_alone_are_shown(stage: Stage) -> None:
    stage.model.set_photos(np.arange(20), {0: Hit(0, 0.1, "weak")}, 0)
    assert stage.grid.weak_shown
    assert stage.grid.photo_layout.n_shown == 20


def test_the_next_search_folds_them_again(stage: Stage) -> None:
    weak_stage(stage)
    stage.grid.set_weak_shown(True)
    weak_stage(stage)
    assert not stage.grid.weak_shown
    stage.model.set_photos(np.arange(50))
    assert not stage.grid._separator.isVisible()


def test_the_row_stays_with_the_photos_while_scrolling(stage: Stage) -> None:
    weak_stage(stage, n_good=100)
    stage.grid.set_weak_shown(True)
    separator = stage.grid.photo_layout.separator
    assert separator is not None
    stage.grid.verticalScrollBar().setValue(separator.top() - 200)
    assert stage.grid._separator.y() == 200


# ---------------------------------------------------------------- looks


def colors_in(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


def test_matched_places_are_framed_in_their_colours(stage: Stage) -> None:
    left: Box = (0.3, 0.2, 0.5, 0.6)
    right: Box = (0.55, 0.2, 0.7, 0.6)
    phrases = (PhraseHit("sun", 0.9, left), PhraseHit("sea", 0.9, right))
    stage.model.set_photos([1, 2], {1: Hit(1, 0.9, "good", left, phrases)})
    cell = stage.grid.photo_layout.cell(0)
    image = stage.grid.viewport().grab(cell).toImage()
    scale = image.width() / cell.width()
    side = cell.width()
    # The square shows 0.25..0.75 of the width: x = (0.3 - 0.25) * 2 of the side.
    for part, color in ((0.05, CHIP_COLORS[0]), (0.3, CHIP_COLORS[1])):
        at = QPoint(round(part * 2 * side * scale), round(0.4 * side * scale))
        assert any(
            _near(image.pixelColor(at + QPoint(dx, 0)), QColor(color)) for dx in (-1, 0, 1, 2)
        )
    plain = colors_in(stage.grid.viewport().grab(stage.grid.photo_layout.cell(1)).toImage())
    assert CHIP_COLORS[0] not in plain


def _near(color: QColor, wanted: QColor) -> bool:
    channels = zip(color.getRgb()[:3], wanted.getRgb()[:3], strict=True)
    return all(abs(a - b) < 24 for a, b in channels)


def test_a_match_that_is_the_whole_photo_gets_no_frame() -> None:
    assert phrase_boxes(Hit(1, 0.9, "good", (0.0, 0.0, 1.0, 0.99))) == []
    assert phrase_boxes(Hit(1, 0.9, "good", (0.0, 0.0, 0.5, 0.99))) == [(0, (0.0, 0.0, 0.5, 0.99))]
    assert phrase_boxes(None) == []


def test_the_placeholder_has_the_photos_colour_and_selection_the_accent(stage: Stage) -> None:
    stage.model.set_photos([1, 2])
    image = stage.grid.viewport().grab(stage.grid.photo_layout.cell(0)).toImage()
    middle = image.pixelColor(image.width() // 2, image.height() // 3)
    assert middle.name() == "#205080"
    stage.click(0)
    accent = stage.grid.palette().accent().color().name()
    frame = stage.grid.viewport().grab(stage.grid.visualRect(stage.model.index(0))).toImage()
    assert accent in colors_in(frame)


def test_thumbnails_are_asked_for_in_device_pixels(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = []
    set_visible: Callable[..., None] = stage.model.set_visible

    def remember(visible: range, ahead: range, shape) -> None:
        shapes.append(shape)
        set_visible(visible, ahead, shape)

    monkeypatch.setattr(stage.model, "set_visible", remember)
    monkeypatch.setattr(stage.grid, "devicePixelRatioF", lambda: 1.5)
    stage.model.set_photos(np.arange(100))
    assert shapes[-1].side_px == round(stage.grid.photo_layout.cell_px * 1.5)
    assert shapes[-1].radius_px == 9.0
    assert shapes[-1].square


def test_fitted_thumbnails_are_asked_for_after_the_change(
    qtbot, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = []
    monkeypatch.setattr(stage.model, "set_visible", lambda *args: shapes.append(args[2]))
    stage.model.set_photos(np.arange(100))
    stage.grid.set_square(False)
    qtbot.waitUntil(lambda: bool(shapes) and not shapes[-1].square, timeout=5000)


def test_screen_readers_hear_what_it_is(stage: Stage) -> None:
    assert stage.grid.accessibleName() == "Photos"
