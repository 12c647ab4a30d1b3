"""The two themes: neutral, readable, complete, and following the system."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.theme import DARK, LIGHT, ThemeColors
from app.ui.token_meter import TokenMeter

THEMES = pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])


@pytest.fixture
def themed_app(qapp: QApplication) -> Iterator[QApplication]:
    """The application, put back as it was afterwards."""
    palette, sheet, font = qapp.palette(), qapp.styleSheet(), qapp.font()
    yield qapp
    follower = qapp.findChild(theme.ThemeFollower)
    if follower is not None:
        qapp.styleHints().unsetColorScheme()
        follower.setParent(None)
        follower.deleteLater()
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setFont(font)


def luminance(color: str) -> float:
    channels = []
    for value in QColor(color).getRgbF()[:3]:
        channels.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@THEMES
def test_text_is_readable_on_every_surface(colors: ThemeColors) -> None:
    for surface in (colors.window, colors.canvas, colors.raised, colors.control, colors.selected):
        assert contrast(colors.text, surface) >= 7
    for surface in (colors.window, colors.canvas, colors.raised):
        assert contrast(colors.secondary, surface) >= 4.5
    assert contrast(colors.on_accent, colors.accent) >= 4.5
    assert contrast(colors.accent, colors.canvas) >= 3


@THEMES
def test_chrome_is_neutral_grey(colors: ThemeColors) -> None:
    names = ("window", "canvas", "raised", "control", "hover", "border", "text", "secondary")
    for name in names:
        assert QColor(getattr(colors, name)).saturation() == 0, name


@THEMES
def test_style_sheet_has_every_value_filled_in(colors: ThemeColors) -> None:
    sheet = theme.style_sheet(colors)
    assert "@" not in sheet
    assert colors.accent in sheet
    assert sheet.count("{") == sheet.count("}")
    other = DARK if colors is LIGHT else LIGHT
    assert theme.style_sheet(other) != sheet
    assert set(re.findall(r"#[0-9a-f]{6}", sheet)) <= {
        getattr(colors, name) for name in ThemeColors.__slots__
    }


@THEMES
def test_palette_says_disabled_text_more_quietly(colors: ThemeColors) -> None:
    palette = theme.palette_for(colors)
    assert palette.color(QPalette.ColorRole.Base).name() == colors.canvas
    assert palette.color(QPalette.ColorRole.Accent).name() == colors.accent
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled.name() == colors.disabled


@pytest.mark.parametrize(
    ("choice", "scheme", "dark"),
    [
        ("system", Qt.ColorScheme.Light, False),
        ("system", Qt.ColorScheme.Dark, True),
        ("system", Qt.ColorScheme.Unknown, True),
        ("light", Qt.ColorScheme.Dark, False),
        ("dark", Qt.ColorScheme.Light, True),
    ],
)
def test_choice_and_system_decide_together(
    choice: theme.ThemeChoice, scheme: Qt.ColorScheme, dark: bool
) -> None:
    assert theme.is_dark(choice, scheme) is dark


def test_apply_theme_switches_at_once_and_keeps_one_follower(themed_app: QApplication) -> None:
    theme.apply_theme(themed_app, "dark")
    assert themed_app.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    theme.apply_theme(themed_app, "light")
    assert themed_app.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window
    assert LIGHT.accent in themed_app.styleSheet()
    assert len(themed_app.findChildren(theme.ThemeFollower)) == 1


def test_system_theme_follows_a_change(themed_app: QApplication) -> None:
    theme.apply_theme(themed_app, "light")
    follower = themed_app.findChild(theme.ThemeFollower)
    assert follower is not None
    assert follower.colors is LIGHT
    theme.apply_theme(themed_app, "system")
    hints = themed_app.styleHints()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert follower.colors is DARK
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert follower.colors is LIGHT
    assert themed_app.palette().color(QPalette.ColorRole.Base).name() == LIGHT.canvas


def test_forced_theme_ignores_the_system(themed_app: QApplication) -> None:
    theme.apply_theme(themed_app, "dark")
    themed_app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert themed_app.palette().color(QPalette.ColorRole.Window).name() == DARK.window


def test_widgets_get_the_measures_of_the_design(themed_app: QApplication, qtbot) -> None:
    theme.apply_theme(themed_app, "dark")
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    text, small = QLabel("Photos 照片"), QLabel("12,431")
    small.setProperty("secondary", True)
    edit, button = QLineEdit(), QPushButton("Add a folder")
    for widget in (text, small, edit, button):
        layout.addWidget(widget)
    page.show()
    qtbot.waitExposed(page)
    assert text.font().pixelSize() == theme.TEXT_PX
    assert small.font().pixelSize() == theme.SECONDARY_TEXT_PX
    assert edit.height() == theme.CONTROL_HEIGHT_PX
    assert button.height() == theme.CONTROL_HEIGHT_PX
    assert all(QFontMetrics(text.font()).inFont(letter) for letter in "Az")


@THEMES
def test_hints_and_the_meter_are_readable(
    colors: ThemeColors, themed_app: QApplication, qtbot
) -> None:
    theme.apply_theme(themed_app, "dark" if colors is DARK else "light")
    page = QWidget()
    qtbot.addWidget(page)
    edit, meter = QLineEdit(page), TokenMeter(page)
    edit.setPlaceholderText("What are you looking for?")
    meter.show_tokens(23)
    page.show()
    qtbot.waitExposed(page)
    hint = edit.palette().color(QPalette.ColorRole.PlaceholderText)
    assert hint.alpha() == 255
    assert contrast(hint.name(), colors.control) >= 4.5
    said = meter.palette().color(meter.foregroundRole())
    assert said.alpha() == 255
    assert contrast(said.name(), colors.window) >= 4.5
