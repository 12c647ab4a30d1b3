"""The photo view with real events: pixels, zoom, phrases, and what it asks for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from app.core.messages import Hit, PhotoOpened, PhraseHit
from app.core.part_marks import PART_COLORS
from app.ui.photo_view import PhotoView
from app.ui.photo_view_pixels import prepare
from tests.pointer import LEFT, PLAIN, drag
from tests.unit.ui.photo_view_stage import (
    BIG_ID,
    Heard,
    Thumbnails,
    color_at,
    located,
    opened,
    photo,
    wheel,
)

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


# ---------------------------------------------------------------- pixels


def test_colour_then_thumbnail_then_pixels(
    qtbot, view: PhotoView, thumbnails: Thumbnails, heard: Heard
) -> None:
    view.set_photo(photo())
    assert thumbnails.asked == [BIG_ID]
    assert color_at(view, 0.5, 0.5).name() == "#205080"
    small = QImage(320, 240, QImage.Format.Format_RGB32)
    small.fill(QColor("#00aa00"))
    thumbnails.whole_loaded.emit(BIG_ID, small)
    assert color_at(view, 0.5, 0.5).name() == "#00aa00"
    view.set_pixels(opened())
    qtbot.waitUntil(lambda: view.picture.pixels is not None, timeout=10_000)
    assert color_at(view, 0.5, 0.5).name() == "#c02010"


def test_asks_for_as_many_pixels_as_the_screen_shows_and_more_when_zoomed(
    qtbot, view: PhotoView, heard: Heard
) -> None:
    view.set_photo(photo())
    assert heard.pixels == [(BIG_ID, 1024)]
    with qtbot.waitSignal(view.pixels_requested) as signal:
        view.toggle_fit()
    assert signal.args == [BIG_ID, 4000]
    view.toggle_fit()
    qtbot.waitUntil(lambda: not view._pixels_timer.isActive())
    assert len(heard.pixels) == 2, "smaller ones are at hand already"


def test_asks_for_more_of_a_file_that_is_larger_than_it_was(
    qtbot, view: PhotoView, heard: Heard
) -> None:
    view.set_photo(photo(size=(40, 30)))
    assert heard.pixels == [(BIG_ID, 40)]
    with qtbot.waitSignal(view.pixels_requested):
        view.set_pixels(opened(size=(40, 30)))
    assert heard.pixels[1:] == [(BIG_ID, 1024)]


def test_a_hidden_view_asks_when_it_is_shown(qtbot) -> None:
    view = PhotoView()
    qtbot.addWidget(view)
    heard = Heard(view)
    view.set_photo(photo())
    assert heard.pixels == []
    with qtbot.waitSignal(view.pixels_requested):
        view.show()
    view.shut_down()


def test_pixels_that_never_came_can_be_asked_for_again(
    qtbot, view: PhotoView, heard: Heard
) -> None:
    view.set_photo(photo())
    view.request_again()
    assert heard.pixels == [(BIG_ID, 1024)] * 2
    view.set_pixels(opened(size=(1024, 768)))
    qtbot.waitUntil(lambda: view.picture.pixels is not None, timeout=10_000)
    view.request_again()
    assert len(heard.pixels) == 2, "they are here"


def test_small_photos_are_never_asked_for_larger(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo(size=(300, 200)))
    assert heard.pixels == [(BIG_ID, 300)]


def test_pixels_of_another_photo_are_dropped(qtbot, view: PhotoView) -> None:
    view.set_photo(photo(1))
    view.set_pixels(opened(1))
    view.set_photo(photo(2))
    view.set_pixels(opened(1))
    view.set_pixels(opened(2, color="#1010c0"))
    qtbot.waitUntil(lambda: view.picture.pixels is not None, timeout=10_000)
    assert view.picture.pixels is not None
    assert view.picture.pixels.photo_id == 2
    assert color_at(view, 0.5, 0.5).name() == "#1010c0"


def test_pixels_are_kept_at_halved_sizes() -> None:
    pixels = prepare(opened(size=(2000, 1500)))
    assert [level.width() for level in pixels.levels] == [2000, 1000, 500, 250]
    assert pixels.level_for(600).width() == 1000
    assert pixels.level_for(90).width() == 250
    assert pixels.level_for(5000).width() == 2000
    assert pixels.levels[-1].pixelColor(10, 10).name() == "#c02010"
    with pytest.raises(ValueError, match="too few"):
        prepare(PhotoOpened(1, 1, 10, 10, 10, 10, b"123"))


# ---------------------------------------------------------------- zoom and pan


def test_click_goes_to_full_size_at_the_pointer_and_back(view: PhotoView) -> None:
    view.set_photo(photo())
    at = QPoint(400, 300)
    before = view.transform.to_photo((400, 300))
    QTest.mouseClick(view, LEFT, PLAIN, at)
    assert view.transform.device_scale == 1.0
    assert view.transform.to_photo((400, 300)) == pytest.approx(before)
    assert view.toolbar.fit_button.text() == "100 %"
    QTest.mouseClick(view, LEFT, PLAIN, at)
    assert view.transform.fit


def test_z_toggles_too(view: PhotoView) -> None:
    view.set_photo(photo())
    QTest.keyClick(view, Key.Key_Z)
    assert not view.transform.fit
    QTest.keyClick(view, Key.Key_Z)
    assert view.transform.fit


def test_wheel_zooms_at_the_pointer(view: PhotoView) -> None:
    view.set_photo(photo())
    before = view.transform.to_photo((600, 350))
    for _ in range(6):
        wheel(view, QPoint(600, 350), QPoint(0, 120))
    assert view.transform.scale > 2 * view.transform.fit_scale
    assert view.transform.to_photo((600, 350)) == pytest.approx(before)


def test_drag_moves_the_photo_with_the_pointer(view: PhotoView) -> None:
    view.set_photo(photo())
    view.toggle_fit()
    before = view.transform.to_photo((500, 400))
    drag(view, QPoint(500, 400), QPoint(420, 430))
    assert view.transform.to_photo((420, 430)) == pytest.approx(before)
    assert not view.transform.fit, "a drag is not a click"


def test_alt_wheel_and_arrows_step(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo())
    wheel(view, QPoint(500, 400), QPoint(0, -120), ALT)
    wheel(view, QPoint(500, 400), QPoint(120, 0), ALT)  # turned sideways by the system
    wheel(view, QPoint(500, 400), QPoint(0, -60), ALT)
    assert heard.steps == [1, -1]
    wheel(view, QPoint(500, 400), QPoint(0, -60), ALT)
    QTest.keyClick(view, Key.Key_Right)
    QTest.keyClick(view, Key.Key_Left)
    assert heard.steps == [1, -1, 1, 1, -1]
    assert view.transform.fit


def test_a_new_photo_is_fitted(view: PhotoView) -> None:
    view.set_photo(photo(1))
    view.toggle_fit()
    view.set_photo(photo(2, (1000, 3000)))
    assert view.transform.fit
    assert view.transform.photo_px == (1000, 3000)
    view.resize(700, 500)
    assert view.transform.fit
    assert view.transform.view_px == (700, 500)


# ---------------------------------------------------------------- phrases


def test_heat_and_the_best_place_are_shown_and_go_with_the_phrase(
    view: PhotoView,
) -> None:
    view.set_photo(photo())
    assert not view.toolbar.heat_slider.isVisible()
    view.set_heat(located())
    assert view.toolbar.heat_slider.isVisible()
    assert [(place.box, place.label) for place in view.places] == [
        ((0.25, 0.25, 0.75, 0.5), "a boat  83 %")
    ]
    hot = color_at(view, 4.5 / 8, 2.5 / 6)
    assert hot.name() != "#205080"
    assert color_at(view, 0.02, 0.95).name() == "#205080"
    frame = [color_at(view, 0.25 + dx / 1000, 0.4).name() for dx in (0, 1, 2, 3)]
    assert PART_COLORS[0] in frame
    view.toolbar.heat_slider.setValue(0)
    assert color_at(view, 4.5 / 8, 2.5 / 6).name() == "#205080"
    view.set_heat(None)
    assert view.picture.heat is None
    assert view.places == ()


def test_heat_of_another_photo_is_dropped(view: PhotoView) -> None:
    view.set_photo(photo(1))
    view.set_heat(located(2))
    assert view.picture.heat is None
    view.set_heat(located(1, None))
    assert view.picture.heat is not None
    assert view.places == ()


def test_the_heat_goes_with_its_photo(view: PhotoView) -> None:
    view.set_photo(photo(1))
    view.set_heat(located(1))
    view.set_photo(photo(2))
    assert view.picture.heat is None
    assert view.places == ()
    assert not view.toolbar.heat_slider.isVisible()


def test_places_of_a_search_are_framed_until_a_phrase_is_looked_for(view: PhotoView) -> None:
    found = (0.1, 0.1, 0.3, 0.3)
    phrases = (PhraseHit("sun", 0.9, found), PhraseHit("all", 0.9, (0.0, 0.0, 1.0, 1.0)))
    phrases += (PhraseHit("absent", 0.1, (0.6, 0.6, 0.9, 0.9)),)
    view.set_photo(photo(), Hit(BIG_ID, 0.9, "good", found, phrases))
    assert [(place.label, place.chip) for place in view.places] == [("sun", 0)]
    view.set_heat(located())
    assert [place.label for place in view.places] == ["a boat  83 %"]
    view.set_heat(None)
    assert [place.label for place in view.places] == ["sun"]


# ---------------------------------------------------------------- tools


def test_tools_do_what_they_say(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo())
    QTest.mouseClick(view.toolbar.similar_button, LEFT)
    QTest.keyClick(view, Key.Key_S)
    assert heard.similar == [BIG_ID, BIG_ID]
    QTest.mouseClick(view.toolbar.fit_button, LEFT)
    assert view.transform.device_scale == 1.0
    QTest.mouseClick(view.toolbar.close_button, LEFT)
    QTest.keyClick(view, Key.Key_Space)
    assert heard.n_closed == 2


def test_clear_gives_everything_back(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo())
    view.set_heat(located())
    view.clear()
    assert view.photo is None
    assert view.picture.heat is None
    assert not view.toolbar.heat_slider.isVisible()
    QTest.keyClick(view, Key.Key_S)
    QTest.mouseClick(view, LEFT, PLAIN, QPoint(500, 400))
    assert heard.similar == []


def test_everything_has_a_name_for_screen_readers(view: PhotoView) -> None:
    view.set_photo(photo())
    assert view.accessibleName() == "Photo"
    assert view.accessibleDescription() == "海 a.jpg"
    tools = view.toolbar
    for widget in (
        tools, tools.box_button, tools.fit_button, tools.heat_slider, tools.similar_button,
        tools.close_button,
    ):  # fmt: skip
        assert widget.accessibleName()
