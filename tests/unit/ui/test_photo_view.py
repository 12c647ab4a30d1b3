"""The photo view with real events: zoom, pan, box, phrase, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QInputMethodEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.library.rows import Photo
from app.core.messages import Box, Hit, PhotoLocated, PhotoOpened, PhraseHit
from app.ui.photo_view import PhotoView
from app.ui.photo_view_pixels import prepare
from app.ui.theme import CHIP_COLORS

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
BIG_ID = 2**40


def photo(photo_id: int = BIG_ID, size: tuple[int, int] = (4000, 3000)) -> Photo:
    return Photo(
        id=photo_id, root_id=1, root_path=b"/photos", path=b"a.jpg", display="夏/海 a.jpg",
        size_bytes=1, mtime_ns=1, inode=1, content_hash=b"", width_px=size[0], height_px=size[1],
        taken_at=None, camera=None, format="jpeg", average_rgb=0x205080,
    )  # fmt: skip


def opened(
    photo_id: int = BIG_ID, size: tuple[int, int] = (800, 600), color: str = "#c02010"
) -> PhotoOpened:
    rgb = bytes(QColor(color).getRgb()[:3])
    return PhotoOpened(1, photo_id, *size, 4000, 3000, rgb * (size[0] * size[1]))


def located(photo_id: int = BIG_ID, region: Box | None = (0.25, 0.25, 0.75, 0.5)) -> PhotoLocated:
    heat = np.zeros((6, 8), np.float32)
    heat[2, 4] = 1
    return PhotoLocated(1, photo_id, "a boat", 0.83, region, 6, 8, heat.tobytes())


class Thumbnails(QObject):
    whole_loaded = Signal(object, QImage)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def load_whole(self, photo_id: int) -> None:
        self.asked.append(photo_id)


class Heard(QObject):
    """What a view said, signal by signal."""

    def __init__(self, view: PhotoView) -> None:
        super().__init__()
        self.pixels: list[tuple[int, int]] = []
        self.regions: list[tuple[int, Box]] = []
        self.phrases: list[tuple[int, str]] = []
        self.steps: list[int] = []
        self.similar: list[int] = []
        self.n_closed = 0
        view.pixels_requested.connect(lambda *args: self.pixels.append(args))
        view.region_search_requested.connect(lambda *args: self.regions.append(args))
        view.locate_requested.connect(lambda *args: self.phrases.append(args))
        view.step_requested.connect(self.steps.append)
        view.similar_requested.connect(self.similar.append)
        view.closed.connect(self._on_view_closed)

    def _on_view_closed(self) -> None:
        self.n_closed += 1


@pytest.fixture
def thumbnails(qapp) -> Thumbnails:
    return Thumbnails()


@pytest.fixture
def view(qtbot, thumbnails: Thumbnails) -> Iterator[PhotoView]:
    view = PhotoView(thumbnails)  # type: ignore[arg-type]
    qtbot.addWidget(view)
    view.resize(1000, 780)
    view.show()
    qtbot.waitExposed(view)
    view.setFocus()
    yield view
    view.shut_down()


@pytest.fixture
def heard(view: PhotoView) -> Heard:
    return Heard(view)


def drag(
    view: PhotoView, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = PLAIN
) -> None:
    QTest.mousePress(view, LEFT, modifiers, start)
    for part in (0.25, 0.5, 1.0):
        send_move(view, start + (end - start) * part, modifiers)
    QTest.mouseRelease(view, LEFT, modifiers, end)


def send_move(view: PhotoView, at: QPoint, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    point = QPointF(at)
    event = QMouseEvent(
        QEvent.Type.MouseMove, point, view.mapToGlobal(point), Qt.MouseButton.NoButton, LEFT,
        modifiers,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def wheel(view: PhotoView, at: QPoint, delta: QPoint, modifiers: Any = PLAIN) -> None:
    point = QPointF(at)
    event = QWheelEvent(
        point, view.mapToGlobal(point), QPoint(), delta, Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def in_view(view: PhotoView, x: float, y: float) -> QPoint:
    return QPointF(*view.transform.to_view((x, y))).toPoint()


def color_at(view: PhotoView, x: float, y: float) -> QColor:
    """The colour on the screen at a point of the photo."""
    image = view.grab().toImage()
    at = view.transform.to_view((x, y))
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(at[0] * ratio), round(at[1] * ratio))


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
    with qtbot.waitSignal(view.pixels_requested, timeout=5000) as signal:
        view.toggle_fit()
    assert signal.args == [BIG_ID, 4000]
    view.toggle_fit()
    qtbot.waitUntil(lambda: not view._pixels_timer.isActive(), timeout=5000)
    assert len(heard.pixels) == 2, "smaller ones are at hand already"


def test_a_hidden_view_asks_when_it_is_shown(qtbot) -> None:
    view = PhotoView()
    qtbot.addWidget(view)
    heard = Heard(view)
    view.set_photo(photo())
    assert heard.pixels == []
    with qtbot.waitSignal(view.pixels_requested, timeout=5000):
        view.show()
    view.shut_down()


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


# ---------------------------------------------------------------- the box


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
    with qtbot.waitSignal(view.region_search_requested, timeout=5000) as signal:
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
    send_move(view, QPoint(700, 400), ALT)
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


# ---------------------------------------------------------------- phrases


def test_a_phrase_is_looked_for_when_typing_pauses_or_at_enter(
    qtbot, view: PhotoView, heard: Heard
) -> None:
    view.set_photo(photo())
    QTest.keyClicks(view.find_field, " a bo")
    assert heard.phrases == []
    qtbot.waitUntil(lambda: heard.phrases == [(BIG_ID, "a bo")], timeout=5000)
    QTest.keyClicks(view.find_field, "at")
    QTest.keyClick(view.find_field, Key.Key_Return)
    assert heard.phrases[-1] == (BIG_ID, "a boat")
    n_asked = len(heard.phrases)
    QTest.keyClick(view.find_field, Key.Key_Return)
    assert len(heard.phrases) == n_asked, "the same is not asked for twice"


def test_never_while_an_input_method_composes(qtbot, view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo())
    field = view.find_field
    QTest.keyClicks(field, "x")
    QApplication.sendEvent(field, QInputMethodEvent("xiao'gou", []))
    assert not field._timer.isActive()
    QTest.keyClick(field, Key.Key_Return)
    assert heard.phrases == []
    commit = QInputMethodEvent("", [])
    commit.setCommitString("小狗")
    QApplication.sendEvent(field, commit)
    qtbot.waitUntil(lambda: heard.phrases == [(BIG_ID, "x小狗")], timeout=5000)


def test_heat_and_the_best_place_are_shown_and_go_with_the_phrase(
    qtbot, view: PhotoView, heard: Heard
) -> None:
    view.set_photo(photo())
    assert not view.toolbar.heat_slider.isVisible()
    QTest.keyClicks(view.find_field, "a boat")
    QTest.keyClick(view.find_field, Key.Key_Return)
    view.set_heat(located())
    assert view.toolbar.heat_slider.isVisible()
    assert [(place.box, place.label) for place in view.places] == [
        ((0.25, 0.25, 0.75, 0.5), "a boat  83 %")
    ]
    hot = color_at(view, 4.5 / 8, 2.5 / 6)
    assert hot.name() != "#205080"
    assert color_at(view, 0.02, 0.95).name() == "#205080"
    frame = [color_at(view, 0.25 + dx / 1000, 0.4).name() for dx in (0, 1, 2, 3)]
    assert CHIP_COLORS[0] in frame
    view.toolbar.heat_slider.setValue(0)
    assert color_at(view, 4.5 / 8, 2.5 / 6).name() == "#205080"
    QTest.keyClick(view.find_field, Key.Key_Escape)
    assert view.picture.heat is None
    assert view.places == ()
    assert heard.phrases[-1] == (BIG_ID, "")
    QTest.keyClick(view.find_field, Key.Key_Escape)
    assert view.hasFocus()


def test_heat_of_another_photo_is_dropped(view: PhotoView) -> None:
    view.set_photo(photo(1))
    view.set_heat(located(2))
    assert view.picture.heat is None
    view.set_heat(located(1, None))
    assert view.picture.heat is not None
    assert view.places == ()


def test_the_next_photo_is_asked_for_the_same_phrase(view: PhotoView, heard: Heard) -> None:
    view.set_photo(photo(1))
    view.set_phrase("a boat")
    assert heard.phrases == []
    view.set_heat(located(1))
    view.set_photo(photo(2))
    assert heard.phrases == [(2, "a boat")]
    assert view.picture.heat is None


def test_places_of_a_search_are_framed_until_a_phrase_is_looked_for(view: PhotoView) -> None:
    found = (0.1, 0.1, 0.3, 0.3)
    phrases = (PhraseHit("sun", 0.9, found), PhraseHit("all", 0.9, (0.0, 0.0, 1.0, 1.0)))
    view.set_photo(photo(), Hit(BIG_ID, 0.9, "good", found, phrases))
    assert [(place.label, place.chip) for place in view.places] == [("sun", 0)]
    view.set_heat(located())
    assert [place.label for place in view.places] == ["a boat  83 %"]
    view.set_heat(None)
    assert [place.label for place in view.places] == ["sun"]


def test_a_page_with_its_own_field_hides_this_one(qtbot, view: PhotoView) -> None:
    bare = PhotoView(find_field=False)
    qtbot.addWidget(bare)
    bare.show()
    assert not bare.find_field.isVisible()
    assert not bare.focus_find()
    assert view.find_field.isVisible()
    QTest.keyClick(view, Key.Key_Slash)
    assert view.window().focusWidget() is view, "nothing is open: keys are left alone"
    view.set_photo(photo())
    QTest.keyClick(view, Key.Key_Slash)
    assert view.window().focusWidget() is view.find_field
    bare.shut_down()


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
        tools.close_button, view.find_field,
    ):  # fmt: skip
        assert widget.accessibleName()
