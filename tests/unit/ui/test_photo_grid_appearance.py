"""The grid's sizes, its place when photos come and go, weak matches, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from app.core.asking import Box
from app.core.changes import Marks
from app.core.hit_places import framed_places
from app.core.messages import Hit, PhraseHit
from app.core.part_marks import PART_COLORS
from app.ui.photo_grid_hover import HoverButtons
from tests.pointer import LEFT
from tests.unit.ui.photo_grid_stage import HEIGHT, WIDTH, Stage, make_stage, wheel
from tests.unit.ui.samples import hit

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(qtbot) -> Iterator[Stage]:
    stage = make_stage(qtbot)
    yield stage
    stage.grid._reshape_timer.stop()


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
    for part, color in ((0.05, PART_COLORS[0]), (0.3, PART_COLORS[1])):
        at = QPoint(round(part * 2 * side * scale), round(0.4 * side * scale))
        assert any(
            _near(image.pixelColor(at + QPoint(dx, 0)), QColor(color)) for dx in (-1, 0, 1, 2)
        )
    plain = colors_in(stage.grid.viewport().grab(stage.grid.photo_layout.cell(1)).toImage())
    assert PART_COLORS[0] not in plain


def _near(color: QColor, wanted: QColor) -> bool:
    channels = zip(color.getRgb()[:3], wanted.getRgb()[:3], strict=True)
    return all(abs(a - b) < 24 for a, b in channels)


def test_a_match_that_is_the_whole_photo_gets_no_frame() -> None:
    assert framed_places(Hit(1, 0.9, "good", (0.0, 0.0, 1.0, 0.99))) == []
    assert framed_places(Hit(1, 0.9, "good", (0.0, 0.0, 0.5, 0.99))) == [(0, (0.0, 0.0, 0.5, 0.99))]


def test_only_what_a_photo_shows_is_framed() -> None:
    left, right = (0.0, 0.0, 0.4, 0.4), (0.6, 0.0, 1.0, 0.4)
    sun, sea = PhraseHit("sun", 0.2, left), PhraseHit("sea", 0.8, right)
    assert framed_places(Hit(1, 0.6, "good", right, (sun, sea))) == [(1, right)]
    whole = replace(sea, region=None)
    assert framed_places(Hit(1, 0.6, "good", left, (sun, whole))) == [], "the sun is not there"
    nothing = replace(sea, score=0.3)
    closest = framed_places(Hit(1, 0.3, "weak", right, (sun, nothing)))
    assert closest == [(0, left), (1, right)]


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
    qtbot.waitUntil(lambda: bool(shapes) and not shapes[-1].square)


def test_screen_readers_hear_what_it_is(stage: Stage) -> None:
    assert stage.grid.accessibleName() == "Photos"
    stage.model.set_photos(np.arange(10), {1: hit(1)})
    stage.press(Qt.Key.Key_Home)
    assert stage.grid.accessibleName() == "照片 0.jpg"
    stage.press(Qt.Key.Key_Right)
    assert stage.grid.accessibleName() == "照片 1.jpg, fits 90 %"
    assert stage.grid.accessibleDescription() == "Photos"
    stage.model.set_marks({1: Marks(1, 4)})
    assert stage.grid.accessibleName() == "照片 1.jpg, fits 90 %, 4 stars"
    stage.model.set_photos(np.arange(20, 30))
    assert stage.grid.accessibleName() == f"照片 {stage.grid.current_photo_id()}.jpg"
    stage.model.set_photos(np.arange(0))
    assert stage.grid.accessibleName() == "Photos"


def test_marks_are_worn_and_told(stage: Stage) -> None:
    stage.model.set_photos(np.arange(10))
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    cell = stage.grid.photo_layout.cell(1)
    # The middle of the first badge.
    corner = QPoint(cell.left() + 5 + 8, cell.top() + cell.width() - 5 - 8)
    stage.model.set_marks({1: Marks(1, 3, True, 1), 77: Marks(77, 5)})
    assert stage.grid.viewport().grab().toImage().pixelColor(corner).lightness() > 200
    assert stage.model.index(1).data(role) == "3 stars, favourite, picked"
    assert stage.model.index(2).data(role) == ""
    stage.model.set_photos(np.arange(1, 10))
    assert stage.model.index(0).data(role) == "3 stars, favourite, picked", "set later, marked too"
    stage.model.set_marks({})
    stage.model.set_photos(np.arange(10))
    assert stage.grid.viewport().grab().toImage().pixelColor(corner).lightness() < 200


def test_rejected_and_offline_photos_are_pale(stage: Stage) -> None:
    stage.model.set_photos(np.arange(3))
    at = stage.center(1)
    plain = stage.grid.viewport().grab().toImage().pixelColor(at)
    stage.model.set_marks({1: Marks(1, flag=-1)})
    rejected = stage.grid.viewport().grab().toImage().pixelColor(at)
    assert rejected != plain
    stage.model.set_marks({})
    photo = stage.model.photo(1)
    assert photo is not None
    stage.model.set_offline_roots(frozenset({photo.root_id}))
    offline = stage.grid.viewport().grab().toImage().pixelColor(at)
    assert offline == rejected
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    assert stage.model.index(1).data(role) == "offline"


def test_a_hovered_photo_is_rated_by_a_click_on_a_star(qtbot, stage: Stage) -> None:
    stage.model.set_photos(np.arange(3))
    place = stage.grid.visualRect(stage.model.index(1)).adjusted(4, 4, -4, -4)
    thumbnail = QRect(place.left(), place.top(), place.width(), place.width())
    buttons = HoverButtons.on(thumbnail)
    assert buttons is not None
    stage.hover(1)
    assert stage.grid.hovered_row == 1
    with qtbot.waitSignal(stage.grid.rating_requested) as got:
        QTest.mouseClick(stage.grid.viewport(), LEFT, pos=buttons.stars[3].center())
    assert got.args == [1, 4]
    stage.grid.judging = True
    judged = HoverButtons.on(thumbnail, judging=True)
    assert judged is not None
    with qtbot.waitSignal(stage.grid.judgement_requested) as got:
        area = dict(judged.judgements)["reject"]
        QTest.mouseClick(stage.grid.viewport(), LEFT, pos=area.center())
    assert got.args == [1, False]
    stage.grid.set_current_photo(2)
    for key, accepted in ((Qt.Key.Key_Y, True), (Qt.Key.Key_N, False)):
        with qtbot.waitSignal(stage.grid.judgement_requested) as got:
            QTest.keyClick(stage.grid, key)
        assert got.args == [2, accepted]


def test_zoom_to_match_lays_the_place_over_the_thumbnail(stage: Stage) -> None:
    box = (0.6, 0.1, 0.8, 0.4)
    stage.model.set_photos([1, 2], {1: Hit(1, 0.9, "good", box), 2: Hit(2, 0.8, "good")})
    whole = stage.grid.cell_map(0)
    stage.grid.set_zoom_to_match(True)
    zoomed, other = stage.grid.cell_map(0), stage.grid.cell_map(1)
    assert zoomed.photo.width() > 1.5 * whole.photo.width()
    area = zoomed.to_cell(box)
    assert zoomed.shown.contains(area), "all of the place is seen"
    assert max(area.width(), area.height()) > 0.55 * zoomed.shown.width()
    assert other.photo.size() == whole.photo.size(), "without a place the whole photo is shown"
    again = zoomed.to_box(area)
    assert again == pytest.approx(box, abs=1e-6)
