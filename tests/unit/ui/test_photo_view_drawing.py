"""Drawing a box on an open photo, with real events: it lies in the photo where it was drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from app.core.asking import Box
from app.ui.chip_mark import chip_color
from app.ui.photo_view import PhotoView
from tests.pointer import LEFT, PLAIN, drag, move_pointer
from tests.unit.ui.photo_view_stage import (
    BIG_ID,
    Heard,
    color_at,
    in_view,
    located,
    photo,
)

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def draw_box(view: PhotoView, box: Box) -> None:
    drag(view, in_view(view, box[0], box[1]), in_view(view, box[2], box[3]), ALT)


@pytest.mark.parametrize("way", ["R", "button", "Alt"])
def test_drawing_a_box_searches_for_it_when_the_drag_ends(
    view: PhotoView, heard: Heard, way: str
) -> None:
    view.set_photo(photo())
    if way == "R":
        QTest.keyClick(view, Key.Key_R)
        assert view.toolbar.box_button.isChecked()
    elif way == "button":
        QTest.mouseClick(view.toolbar.box_button, LEFT)
        assert view.box_mode
    start, end = in_view(view, 0.5, 0.6), in_view(view, 0.2, 0.3)  # backwards
    drag(view, start, end, ALT if way == "Alt" else PLAIN)
    pixel = 1 / min(view.transform.shown_px)
    assert len(heard.regions) == 1
    photo_id, box = heard.regions[0]
    assert photo_id == BIG_ID
    assert box == pytest.approx((0.2, 0.3, 0.5, 0.6), abs=pixel)


def test_a_box_drawn_at_full_size_lies_where_it_was_drawn(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo())
    view.toggle_fit(QPointF(300, 300))
    expected = (*view.transform.to_photo((200, 150)), *view.transform.to_photo((700, 500)))
    drag(view, QPoint(200, 150), QPoint(700, 500), ALT)
    assert heard.regions[0][1] == pytest.approx(expected)
    box = view.box
    view.toggle_fit()
    assert view.box == box, "zoom does not move it in the photo"


def test_a_box_is_cut_at_the_photo(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo())
    drag(view, in_view(view, 0.9, 0.9), QPoint(999, 779), ALT)
    assert heard.regions[0][1][2:] == (1.0, 1.0)


def test_handles_and_the_inside_change_the_box(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo())
    draw_box(view, (0.2, 0.2, 0.4, 0.4))
    drag(view, in_view(view, 0.4, 0.3), in_view(view, 0.6, 0.9))
    assert view.box == pytest.approx((0.2, 0.2, 0.6, 0.4), abs=0.003)
    drag(view, in_view(view, 0.4, 0.3), in_view(view, 0.5, 0.5))
    assert view.box == pytest.approx((0.3, 0.4, 0.7, 0.6), abs=0.003)
    assert len(heard.regions) == 3


def test_arrows_nudge_by_a_pixel_and_shift_resizes_then_search_once(
    qtbot, view: PhotoView, heard: Heard
) -> None:
    view.set_photo(photo())
    draw_box(view, (0.2, 0.2, 0.4, 0.4))
    heard.regions.clear()
    before = view.box
    assert before is not None
    width, height = view.transform.shown_px
    QTest.keyClick(view, Key.Key_Right)
    QTest.keyClick(view, Key.Key_Up)
    dx, dy = 1 / width, -1 / height
    moved = (before[0] + dx, before[1] + dy, before[2] + dx, before[3] + dy)
    assert view.box == pytest.approx(moved)
    QTest.keyClick(view, Key.Key_Down, SHIFT)
    assert view.box == pytest.approx((*moved[:3], moved[3] + 1 / height))
    assert heard.regions == [], "not for every key"
    assert heard.steps == []
    with qtbot.waitSignal(view.region_search_requested) as signal:
        pass
    assert signal.args == [BIG_ID, view.box]
    assert len(heard.regions) == 1


def test_a_click_in_box_mode_clears_the_box_and_searches_nothing(
    view: PhotoView, heard: Heard
) -> None:
    view.set_photo(photo())
    QTest.keyClick(view, Key.Key_R)
    QTest.mouseClick(view, LEFT, PLAIN, QPoint(500, 400))
    assert heard.regions == []
    assert view.transform.fit, "in box mode a click does not zoom"
    draw_box(view, (0.2, 0.2, 0.4, 0.4))
    QTest.mouseClick(view, LEFT, PLAIN, in_view(view, 0.8, 0.8))
    assert view.box is None


def test_escape_undoes_the_drag_then_the_box_then_closes(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo())
    draw_box(view, (0.2, 0.2, 0.4, 0.4))
    first = view.box
    QTest.mousePress(view, LEFT, ALT, QPoint(600, 300))
    move_pointer(view, QPoint(700, 400), LEFT, ALT)
    assert view.box != first
    QTest.keyClick(view, Key.Key_Escape)
    assert view.box == first
    QTest.mouseRelease(view, LEFT, ALT, QPoint(700, 400))
    assert len(heard.regions) == 1
    QTest.keyClick(view, Key.Key_Escape)
    assert view.box is None
    assert heard.n_closed == 0
    QTest.keyClick(view, Key.Key_Escape)
    assert heard.n_closed == 1


def test_another_photo_has_no_box(view: PhotoView) -> None:
    view.set_photo(photo(1))
    draw_box(view, (0.2, 0.2, 0.4, 0.4))
    view.set_photo(photo(2))
    assert view.box is None


def test_the_box_is_seen_exactly_where_it_is(qtbot, view: PhotoView) -> None:
    view.set_photo(photo())
    view.show_box((0.25, 0.25, 0.75, 0.75))
    inside, outside = color_at(view, 0.5, 0.5), color_at(view, 0.1, 0.5)
    assert inside.name() == "#205080"
    assert outside.value() < inside.value(), "dimmed"
    assert color_at(view, 0.25, 0.4).value() > 200, "a white edge"


def test_what_is_drawn_follows_the_image_and_not_its_address(view: PhotoView) -> None:
    view.set_photo(photo())
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    for color in ("#c02010", "#10c020"):
        image.fill(QColor(color))
        view.set_thumbnail(BIG_ID, image)
        assert color_at(view, 0.5, 0.5).name() == color


def test_the_label_of_a_long_phrase_stays_in_the_view(view: PhotoView) -> None:
    view.set_photo(photo())
    (place,) = located().places
    view.set_heat(replace(located(), places=(replace(place, text="a boat with a red sail " * 20),)))
    shown = view.grab().toImage()
    at_label = round(view.transform.to_view((0.25, 0.25))[1]) - 8
    colors = [shown.pixelColor(x, at_label) for x in (8, shown.width() - 2)]
    assert colors[0] == chip_color(0), "it begins at the left edge"
    assert colors[1] != chip_color(0)
