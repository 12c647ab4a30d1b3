"""The small panels: chips, banner, results page, first page, inspector, problems, rail."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.asking import Filters, ImageQuery, Phrase
from app.core.messages import Hit, ImageHit, JobFailed, PhraseHit
from app.ui.banner import Banner, StartingBar
from app.ui.chip import Chip
from app.ui.error_text import error_text
from app.ui.filter_texts import filter_texts
from app.ui.filters_panel import FiltersPanel
from app.ui.first_start import FirstStart
from app.ui.icon_button import IconButton
from app.ui.icons import DRAWINGS, line_icon
from app.ui.inspector import Inspector
from app.ui.language import LanguageSwitcher
from app.ui.pictures import MAX_SIDE_PX, PicturePreparer, image_query
from app.ui.plain_tip import plain_tip
from app.ui.problems_dialog import ProblemsDialog, ProblemsModel
from app.ui.query_chips import QueryChips
from app.ui.question import PhraseChip, Picture, Question
from app.ui.rail import Rail
from app.ui.results_page import ResultsPage
from app.ui.reveal import reveal_command
from app.ui.search_bar import SearchBar
from app.ui.sidebar import Sidebar
from app.ui.star_rating import StarRating
from app.ui.status_bar import StatusBar
from tests.unit.ui.samples import Listener, hit, photo, problem

# ---------------------------------------------------------------- chips and banner


def test_chips_show_every_part_of_a_question(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    assert chips.isHidden()
    picture = Picture(ImageQuery(photo_id=1, box=(0, 0, 1, 1)), "Region of " + "long_" * 60)
    question = Question(pictures=(picture,), filters=Filters(root_ids=(4,), min_rating=3))
    question = question.with_text("red umbrella, wet street, without cars, 2023")
    chips.show_question(question, {4: "Holiday"}.__getitem__)
    chips.resize(900, 60)
    assert [chip.text for chip in chips.chips[1:]] == [
        "red umbrella", "wet street", "cars", "Holiday", "★★★ or more", "2023",
    ]  # fmt: skip
    first = chips.chips[0]
    assert len(first.label.text()) < len(first.text), "a long name is shown shortened"
    assert first.text in first.button.accessibleName()
    numbers = [chip.state.number for chip in chips.chips[1:4]]
    assert numbers == [0, 1, None], "what is excluded has no places"
    assert chips.chips[3].accessibleName() == "cars: must not be there"
    with qtbot.waitSignal(chips.filters_changed) as got:
        qtbot.mouseClick(chips.chips[4].button, Qt.MouseButton.LeftButton)
    assert got.args == [Filters(min_rating=3)]
    chips.show_question(Question(), str)
    assert chips.isHidden()


def test_a_filter_that_is_none_is_a_chip_that_says_so(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    chips.show_question(Question().with_text("a dog date:2023-13"), str)
    dog, misread = chips.chips
    assert (dog.text, misread.text) == ("a dog", "date:2023-13")
    assert misread.toolTip() == misread.accessibleName()
    assert "2023-05" in misread.toolTip()
    assert misread.focusPolicy() == Qt.FocusPolicy.TabFocus, "screen readers come to what it says"


def test_names_and_words_are_no_markup_in_tool_tips(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    chips.show_question(Question(text="x", chips=(PhraseChip(Phrase('<img src="/a.png">')),)), str)
    (chip,) = chips.chips
    for tip in (chip.toolTip(), chip.button.toolTip()):
        assert "&lt;img" in tip
        assert "<img" not in tip
    assert chip.accessibleName() == '<img src="/a.png">: is welcome'
    assert plain_tip("a <3 b\nc & d") == "a <3 b\nc & d"


def test_a_folder_that_is_gone_is_a_chip_that_says_so(qapp: object) -> None:
    gone = Filters(root_ids=(4,))
    (text,) = filter_texts(gone, lambda _root_id: "")
    assert (text.text, text.without) == ("a folder that was removed", Filters())


def test_a_chip_is_changed_by_mouse_menu_and_key(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    chips.show_question(Question().with_text("red umbrella, wet street"), str)
    heard: list[tuple[int, object]] = []
    chips.need_chosen.connect(lambda number, need: heard.append((number, need)))
    qtbot.mouseClick(chips.chips[0].button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(chips.chips[1], Qt.Key.Key_Delete)
    menu = chips.chips[1].menu()
    for action in menu.actions():
        action.trigger()
    menu.deleteLater()
    assert heard == [
        (0, None), (1, None), (1, "required"), (1, "optional"), (1, "excluded"), (1, None),
    ]  # fmt: skip
    taken_out = Question().with_text("red umbrella, wet street").with_need(0, None)
    chips.show_question(taken_out, str)
    heard.clear()
    assert chips.chips[0].label.font().strikeOut()
    qtbot.mouseClick(chips.chips[0].button, Qt.MouseButton.LeftButton)
    assert heard == [(0, "optional")], "a chip that was taken out comes back"


def test_a_picture_is_opened_from_its_chip(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    picture = Picture(ImageQuery(path=b"/a.jpg"), "Like a.jpg")
    chips.show_question(Question(pictures=(picture,)), str)
    opened: list[int] = []
    chips.picture_opened.connect(lambda number: opened.append(number))
    menu = chips.chips[0].menu()
    (action,) = (each for each in menu.actions() if each.text() == "Open and draw a box…")
    action.trigger()
    menu.deleteLater()
    assert opened == [0]


def test_chips_wrap_where_the_window_is_narrow(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    text = ", ".join(f"a rather long phrase number {number}" for number in range(6))
    chips.show_question(Question().with_text(text), str)
    chips.resize(500, 300)
    chips.show()
    qtbot.waitExposed(chips)
    places = [chip.geometry() for chip in chips.chips]
    assert len({place.top() for place in places}) > 1
    assert all(place.right() <= 500 for place in places)
    assert not any(a.intersects(b) for a, b in combinations(places, 2))


def test_the_banner_says_a_sentence_and_offers_its_action(
    qtbot: QtBot, languages: LanguageSwitcher
) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    assert banner.isHidden()
    failure = JobFailed(1, "LibraryLockedError", "")
    banner.show_message(lambda: error_text(failure))
    assert "Another Finelens" in banner.label.text()
    with qtbot.waitSignal(banner.action_requested) as got:
        qtbot.mouseClick(banner.button, Qt.MouseButton.LeftButton)
    assert got.args == ["restart_engine"]
    languages.set_choice("zh_CN")
    qtbot.waitUntil(lambda: "细寻" in banner.label.text())
    banner.clear()
    assert banner.isHidden()
    assert banner.content is None


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("nothing_fits", "Nothing here fits."),
        ("filtered_out", "No photo passes the filters"),
        ("all_excluded", "Nothing is left"),
        ("no_favourites", "No favourites yet"),
        ("indexing", "Photos are on their way"),
        ("offline", "This folder is offline"),
        ("empty", "No photos here"),
    ],
)
def test_empty_states_say_why(qtbot: QtBot, state: str, title: str) -> None:
    page = ResultsPage(QWidget())
    qtbot.addWidget(page)
    page.set_state(state)  # type: ignore[arg-type]
    assert page.stack.currentWidget() is page.empty_page
    assert page.empty_title.text() == title
    assert page.empty_sentence.text()
    assert title in page.empty_page.accessibleName()


def test_weak_results_are_announced_above_the_grid(qtbot: QtBot) -> None:
    grid = QWidget()
    page = ResultsPage(grid)
    qtbot.addWidget(page)
    page.set_state("weak")
    assert page.stack.currentWidget() is grid
    assert not page.notice.isHidden()
    assert page.notice_label.text() == "Nothing here fits. The closest are below."
    page.set_state("photos")
    assert page.notice.isHidden()


def test_the_first_page_offers_two_ways(qtbot: QtBot) -> None:
    page = FirstStart()
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    with qtbot.waitSignal(page.add_folder_requested):
        qtbot.mouseClick(page.add_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.demo_requested):
        qtbot.keyClick(page.demo_button, Qt.Key.Key_Space)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_text_of_the_first_page_is_cut(
    qtbot: QtBot, languages: LanguageSwitcher, language: str
) -> None:
    languages.set_choice(language)
    page = FirstStart()
    qtbot.addWidget(page)
    page.resize(700, 520)
    page.show()
    label = page.sentence
    assert label.height() >= label.heightForWidth(label.width())
    for button in (page.add_button, page.demo_button):
        assert button.width() >= button.sizeHint().width()


def test_the_drawing_draws(qtbot: QtBot) -> None:
    page = FirstStart()
    qtbot.addWidget(page)
    image = page.drawing.grab().toImage()
    accent = page.palette().highlight().color()
    found = sum(
        image.pixelColor(x, y) == accent
        for x in range(image.width())
        for y in range(image.height())
    )
    assert found > 500


def test_the_inspector_describes_a_photo_in_the_readers_numbers(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    assert "Choose a photo" in inspector.name_label.text()
    assert inspector.details.isHidden()
    inspector.show_photo(photo(), hit(1, "good", 0.874), Question())
    facts = inspector.facts_label.text()
    assert inspector.name_label.text().replace("\u200b", "") == "red.jpg"
    assert "4,000 × 3,000 pixels" in facts
    assert "JPEG, 1.18 MiB" in facts
    assert "Canon EOS R6" in facts
    assert inspector.match.sentence.text() == "Fits the question: 87 %"
    inspector.show_photo(photo(taken_at=None, camera=None), hit(1, "weak", 0.3), Question())
    assert "Canon" not in inspector.facts_label.text()
    assert inspector.match.sentence.text() == "Fits weakly: 30 %"
    inspector.show_photo(photo(path=b"a\xff\n.jpg"), None, Question())
    assert inspector.match.isHidden()
    assert "\n" not in inspector.name_label.text()


def test_the_inspector_explains_a_match_part_by_part(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    phrases = (PhraseHit("red hat", 0.9, (0, 0, 0.5, 0.5)), PhraseHit("snow", 0.2, None))
    images = (ImageHit(0.7, None),)
    found = Hit(1, 0.8, "good", None, phrases, images)
    picture = Picture(ImageQuery(photo_id=2), "Like b.jpg")
    question = Question(pictures=(picture,), filters=Filters(favourite=True))
    inspector.show_photo(photo(), found, question.with_text("red hat, snow"))
    names = [row.accessibleName() for row in inspector.match.rows]
    assert names == [
        "Like b.jpg, 70 %, the whole photo fits best",
        "red hat, 90 %, framed in the photo",
        "snow, 20 %, the whole photo fits best",
    ]
    assert not inspector.match.filters.isHidden()


def test_stars_are_set_by_pointer_and_keys(qtbot: QtBot) -> None:
    stars = StarRating()
    qtbot.addWidget(stars)
    heard = Listener()
    stars.rating_chosen.connect(heard.on_one)
    qtbot.mouseClick(stars, Qt.MouseButton.LeftButton, pos=QPoint(60, 12))
    stars.set_rating(3)
    qtbot.mouseClick(stars, Qt.MouseButton.LeftButton, pos=QPoint(60, 12))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_5, Qt.Key.Key_0):
        qtbot.keyClick(stars, key)
    assert heard.heard == [3, 0, 4, 2, 5, 0]
    assert stars.accessibleName() == "3 stars"


def test_tags_are_added_and_taken_off(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.show_photo(photo(7), None, Question())
    inspector.show_tags(("family",), ("family", "lake"))
    heard: list[tuple[int, str, bool]] = []
    inspector.tag_requested.connect(lambda *args: heard.append(args))
    qtbot.keyClicks(inspector.tags.edit, "  a   lake ")
    qtbot.keyClick(inspector.tags.edit, Qt.Key.Key_Return)
    chip = inspector.tags.findChild(Chip)
    assert chip is not None
    qtbot.mouseClick(chip.button, Qt.MouseButton.LeftButton)
    assert heard == [(7, "a lake", True), (7, "family", False)]
    inspector.show_photo(photo(8), None, Question())
    assert inspector.tags.tags == [], "the tags of another photo are not shown meanwhile"


# ---------------------------------------------------------------- problems


def test_the_problems_model_keeps_qts_rules(qapp: object) -> None:
    model = ProblemsModel()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    model.set_problems((problem(1), problem(2)))
    model.retranslate()
    model.set_problems(())
    assert tester.model() is model


def test_problems_are_listed_with_reason_and_detail(qtbot: QtBot) -> None:
    dialog = ProblemsDialog()
    qtbot.addWidget(dialog)
    assert not dialog.retry_button.isEnabled()
    dialog.set_problems((problem(1), problem(2, path=b"x/\xff.png", reason="permission")))
    texts = [[dialog.model.index(row, column).data() for column in range(4)] for row in range(2)]
    assert texts[0] == [
        "broken.jpg",
        "The file is cut off",
        "image file is truncated (12 bytes not processed)",
        "/photos/Holiday/beach",
    ]
    assert texts[1][:2] == ["\\xff.png", "No permission to read it"]
    assert dialog.explanation.text().startswith("2 files could not be used.")
    assert dialog.model.headerData(1, Qt.Orientation.Horizontal) == "Reason"


def test_problems_can_be_tried_again_and_shown(qtbot: QtBot) -> None:
    dialog = ProblemsDialog()
    qtbot.addWidget(dialog)
    dialog.set_problems((problem(1), problem(2, path=b"b.jpg")))
    dialog.show()
    assert not dialog.reveal_button.isEnabled()
    dialog.view.selectRow(1)
    with qtbot.waitSignal(dialog.reveal_requested) as got:
        qtbot.mouseClick(dialog.reveal_button, Qt.MouseButton.LeftButton)
    assert got.args == [b"/photos/Holiday/b.jpg"]
    with qtbot.waitSignal(dialog.retry_requested):
        qtbot.mouseClick(dialog.retry_button, Qt.MouseButton.LeftButton)


def test_the_same_problems_again_move_nothing(qtbot: QtBot) -> None:
    dialog = ProblemsDialog()
    qtbot.addWidget(dialog)
    dialog.set_problems((problem(1),))
    dialog.view.selectRow(0)
    dialog.set_problems((problem(1),))
    assert dialog.view.selectionModel().hasSelection()


# ---------------------------------------------------------------- small things


@pytest.mark.parametrize(
    ("platform", "command"),
    [
        ("darwin", ("open", ["-R", "/a/b.jpg"])),
        ("linux", None),
    ],
)
def test_reveal_asks_the_systems_file_manager(
    platform: str, command: tuple[str, list[str]] | None
) -> None:
    assert reveal_command("/a/b.jpg", platform) == command


def test_reveal_selects_on_windows() -> None:
    command = reveal_command("C:/a/b.jpg", "win32")
    assert command is not None
    assert command[0] == "explorer"
    assert command[1][0] == "/select,"


def test_icons_are_drawn_in_the_palettes_color(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    palette = widget.palette()
    palette.setColor(palette.ColorRole.ButtonText, QColor(255, 0, 255))
    for name in DRAWINGS:
        image = line_icon(name, palette, 32).pixmap(QSize(32, 32)).toImage()
        colors = {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        }
        assert colors == {"#ff00ff"}, name


def test_a_pasted_picture_becomes_rows_without_padding() -> None:
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 20, 30))
    image.setPixelColor(2, 1, QColor(200, 100, 50))
    query = image_query(image)
    assert (query.width_px, query.height_px) == (3, 2)
    assert query.pixels == bytes([10, 20, 30] * 5 + [200, 100, 50])


def test_what_is_transparent_in_a_pasted_picture_is_white(qapp: object) -> None:
    image = QImage(3, 1, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(2.0)
    for x, colour in enumerate((0x00000000, 0xFF0000FF, 0x80FF0000)):
        image.setPixel(x, 0, colour)
    pixels = image_query(image).pixels
    assert pixels is not None
    assert list(pixels[:6]) == [255, 255, 255, 0, 0, 255]
    assert list(pixels[6:]) == pytest.approx([255, 127, 127], abs=1)


def test_a_large_picture_is_scaled_down(qtbot: QtBot) -> None:
    image = QImage(3000, 1500, QImage.Format.Format_RGB32)
    image.fill(QColor(1, 2, 3))
    preparer = PicturePreparer()
    with qtbot.waitSignal(preparer.picture_prepared) as got:
        preparer.prepare(QImage())
        preparer.prepare(image)
    preparer.close()
    query = got.args[0]
    assert (query.width_px, query.height_px) == (MAX_SIDE_PX, MAX_SIDE_PX // 2)
    assert len(query.pixels) == query.width_px * query.height_px * 3


@pytest.mark.parametrize("panel", [Rail, Sidebar, SearchBar, FiltersPanel, StatusBar, FirstStart])
def test_every_control_has_a_name(qtbot: QtBot, panel: type[QWidget]) -> None:
    widget = panel()
    qtbot.addWidget(widget)
    controls = [*widget.findChildren(QAbstractButton), *widget.findChildren(QLineEdit)]
    own = [control for control in controls if not control.objectName().startswith("qt_")]
    assert own
    for control in own:
        is_action = control.parent() is not None and isinstance(control.parent(), QLineEdit)
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or text or is_action, control


def test_icon_buttons_are_reached_by_tab(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    policies = {button.focusPolicy() for button in rail.findChildren(IconButton)}
    assert policies == {Qt.FocusPolicy.TabFocus}
    wishes = Listener()
    rail.all_photos_requested.connect(wishes.on_none)
    qtbot.keyClick(rail.photos_button, Qt.Key.Key_Space)
    assert wishes.heard == [None]


def test_the_starting_bar_keeps_its_room(qtbot: QtBot) -> None:
    bar = StartingBar()
    qtbot.addWidget(bar)
    assert bar.sizePolicy().retainSizeWhenHidden()
    assert bar.accessibleName()
