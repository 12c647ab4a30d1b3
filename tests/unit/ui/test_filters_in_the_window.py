"""Filters in the window: as controls, and as chips for what has no control."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.asking import Filters
from app.core.moving_festivals import moving_names
from app.ui.filter_texts import filter_texts
from app.ui.filters_panel import FiltersPanel
from app.ui.language import LanguageSwitcher
from app.ui.query_chips import QueryChips
from app.ui.question import Question
from app.ui.search_bar import SearchBar

# No control shows these.
_DAYS = Filters(
    yearly=(("05-01", "05-01"), ("easter", "easter")), weekdays=(5, 6), names=("my trip",)
)


def test_several_values_of_a_filter_are_shown_and_stay(qtbot: QtBot) -> None:
    several = Filters(
        taken=(("1965-07-01", "1965-07-31"), ("2020-01-01", "2020-12-31")),
        yearly=(("05-01", "05-31"), ("12-24", "12-26"), ("07-04", "07-04")),
        cameras=("nikon d90", "canon"),
        formats=("png", "jpeg"),
        orientations=("square", "portrait"),
    )
    texts = filter_texts(several, str)
    assert [each.text for each in texts] == [
        "July 1965", "2020", "May of any year", "24 December – 26 December of any year",
        "4 July of any year", "nikon d90", "canon", "PNG", "JPEG", "square format",
        "portrait format",
    ]  # fmt: skip
    assert texts[0].without == replace(several, taken=several.taken[1:])
    assert texts[-1].without == replace(several, orientations=("square",))
    panel = FiltersPanel()
    qtbot.addWidget(panel)
    panel.show_filters(several)
    assert panel.filters() == several
    panel.orientation.setCurrentIndex(0)
    assert panel.filters() == replace(several, orientations=())


def test_what_has_no_control_is_a_chip_that_can_be_taken_out(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    chips.show_question(Question(filters=_DAYS), str)
    assert [chip.text for chip in chips.chips] == [
        "1 May of any year", "Easter of any year", "weekends", "named my trip",
    ]  # fmt: skip
    left = [
        replace(_DAYS, yearly=(("easter", "easter"),)),
        replace(_DAYS, yearly=(("05-01", "05-01"),)),
        replace(_DAYS, weekdays=()),
        replace(_DAYS, names=()),
    ]
    for chip, expected in zip(chips.chips, left, strict=True):
        with qtbot.waitSignal(chips.filters_changed) as got:
            qtbot.mouseClick(chip.button, Qt.MouseButton.LeftButton)
        assert got.args == [expected]


def test_what_words_filter_by_is_taken_out_of_them_by_mouse_and_key(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    text = "a dog 2022, 2024, rating:4 date:2023-13"
    chips.show_question(Question().with_text(text), str)
    _dog, first, _second, stars, misread = chips.chips
    filters = Question(text).text_filters
    with qtbot.waitSignal(chips.text_filter_dropped) as got:
        qtbot.mouseClick(first.button, Qt.MouseButton.LeftButton)
    assert got.args == [replace(filters, taken=filters.taken[1:])]
    with qtbot.waitSignal(chips.text_filter_dropped) as got:
        qtbot.keyClick(stars.button, Qt.Key.Key_Space)
    assert got.args == [replace(filters, min_rating=0)]
    with qtbot.waitSignal(chips.misread_dropped) as got:
        qtbot.mouseClick(misread.button, Qt.MouseButton.LeftButton)
    assert got.args == [0]
    with qtbot.waitSignal(chips.misread_dropped):
        qtbot.keyClick(misread, Qt.Key.Key_Delete)
    assert stars.button.accessibleName() == "Remove: ★★★★ or more"


def test_the_keyboard_stays_in_the_chips_when_one_is_taken_out_by_its_button(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    question = Question().with_text("a dog 2022, 2024, rating:4")
    chips.text_filter_dropped.connect(
        lambda left: chips.show_question(question.without_text_filter(left), str)
    )
    chips.show_question(question, str)
    chips.show()
    chips.activateWindow()
    qtbot.waitUntil(chips.isActiveWindow)
    chips.chips[1].button.setFocus()
    qtbot.keyClick(chips.chips[1].button, Qt.Key.Key_Space)
    assert [chip.text for chip in chips.chips] == ["a dog", "2024", "★★★★ or more"]
    assert chips.chips[1].button.hasFocus()


def test_tab_leads_to_the_button_of_every_filter(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    before, after, chips = QLineEdit(window), QLineEdit(window), QueryChips(window)
    QWidget.setTabOrder(before, after)
    chips.follow_by_tab(before)
    for text in ("a dog 2022, rating:4", "a dog 2022, rating:4 date:2023-13"):
        chips.show_question(replace(Question(), filters=_DAYS).with_text(text), str)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    before.setFocus()
    reached = []
    while not after.hasFocus() and len(reached) < 30:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget().accessibleName())
    buttons = [chip.button.accessibleName() for chip in chips.chips]
    assert [name for name in reached if name.startswith("Remove: ")] == buttons


def test_the_controls_say_what_the_words_filter_by(
    qtbot: QtBot, languages: LanguageSwitcher
) -> None:
    bar = SearchBar()
    qtbot.addWidget(bar)
    bar.show_filters(Filters(), "2023 · WEBP")
    assert bar.filters_button.isChecked()
    label = bar.filters_panel.said_label
    assert not label.isHidden()
    assert label.text() == "Your words say too: 2023 · WEBP"
    bar.open_filters()
    assert bar.filters_button.isChecked()
    assert label.height() >= label.heightForWidth(label.width())
    bar.filters_panel.close()
    languages.set_choice("zh_CN")
    qtbot.waitUntil(lambda: label.text() == "文字里还有：2023 · WEBP")
    bar.show_filters(Filters())
    assert label.isHidden()
    assert not bar.filters_button.isChecked()


def test_what_has_no_control_stays_when_another_is_changed(qtbot: QtBot) -> None:
    panel = FiltersPanel()
    qtbot.addWidget(panel)
    panel.show_filters(_DAYS)
    with qtbot.waitSignal(panel.filters_changed) as got:
        panel.favourite.click()
    assert got.args == [replace(_DAYS, favourite=True)]
    panel.name.setText("other words")
    with qtbot.waitSignal(panel.filters_changed) as got:
        panel.name.editingFinished.emit()
    assert got.args == [replace(_DAYS, favourite=True, names=("other", "words"))]


@pytest.mark.parametrize(
    ("weekdays", "texts", "texts_zh"),
    [
        ((5, 6), ["weekends"], ["周末"]),
        ((0, 1, 2, 3, 4), ["weekdays"], ["工作日"]),
        ((0, 5), ["any Monday", "any Saturday"], ["每个星期一", "每个星期六"]),
    ],
)
def test_days_of_the_week_in_words(
    qtbot: QtBot,
    languages: LanguageSwitcher,
    weekdays: tuple[int, ...],
    texts: list[str],
    texts_zh: list[str],
) -> None:
    filters = Filters(weekdays=weekdays)
    assert [each.text for each in filter_texts(filters, str)] == texts
    languages.set_choice("zh_CN")
    assert [each.text for each in filter_texts(filters, str)] == texts_zh


@pytest.mark.parametrize(
    ("typed", "texts", "texts_zh"),
    [
        ("not from 2023", ["not 2023"], ["不含 2023"]),
        ("除了2023年5月", ["not May 2023"], ["不含 2023年5月"]),
        (
            "not 2020, not in June 2022",
            ["not 2020", "not June 2022"],
            ["不含 2020", "不含 2022年6月"],
        ),
        ("not before 2020", ["from 1/1/20"], ["从 2020/1/1 起"]),
        ("from 2020 to 2022 but not 2021", ["2020", "2022"], ["2020", "2022"]),
    ],
)  # fmt: skip
def test_days_that_are_left_out_are_one_chip_each(
    qtbot: QtBot, languages: LanguageSwitcher, typed: str, texts: list[str], texts_zh: list[str]
) -> None:
    question = Question().with_text(f"a dog, {typed}")
    chips = QueryChips()
    qtbot.addWidget(chips)
    chips.show_question(question, str)
    assert [chip.text for chip in chips.chips] == ["a dog", *texts]
    languages.set_choice("zh_CN")
    assert [each.text for each in filter_texts(question.text_filters, str)] == texts_zh


def test_days_that_are_left_out_are_taken_out_one_by_one() -> None:
    question = Question().with_text("a dog, not 2020, not in June 2022")
    first, second = filter_texts(question.text_filters, str)
    assert question.without_text_filter(second.without).text == "a dog, not 2020"
    rest = question.without_text_filter(first.without)
    assert rest.text == "a dog, not in June 2022"
    (last,) = filter_texts(rest.text_filters, str)
    assert last.without == Filters()
    assert rest.without_text_filter(last.without).text == "a dog"


def test_every_festival_that_moves_has_words(qtbot: QtBot, languages: LanguageSwitcher) -> None:
    filters = Filters(yearly=tuple((name, name) for name in moving_names()))
    english = [each.text for each in filter_texts(filters, str)]
    assert all(text.endswith(" of any year") for text in english)
    languages.set_choice("zh_CN")
    chinese = [each.text for each in filter_texts(filters, str)]
    assert chinese[moving_names().index("spring festival")] == "每年春节"
    assert len(set(english)) == len(set(chinese)) == len(moving_names())


def test_choosing_a_day_begins_today(qtbot: QtBot) -> None:
    panel = FiltersPanel()
    qtbot.addWidget(panel)
    panel.show()
    today = QDate.currentDate()
    calendar = panel.first_day.calendarWidget()
    button = panel.first_day.rect().adjusted(0, 0, -8, 0)
    at = QPoint(button.right(), button.center().y())
    qtbot.mouseClick(panel.first_day, Qt.MouseButton.LeftButton, pos=at)
    assert calendar.isVisible()
    assert calendar.yearShown() == today.year()
    calendar.window().close()
    assert panel.filters() == Filters(), "looking chooses nothing"
    qtbot.keyClick(panel.first_day, Qt.Key.Key_Up)
    assert panel.filters().taken == ((today.toString(Qt.DateFormat.ISODate), None),)
