"""Colours, measures and the style sheet of the window, light and dark.

Photos carry the colour: the chrome is neutral grey with one accent, for selection, focus and
progress. Widgets read colours from their palette; ``PALETTE_ROLES`` says what each role means here.
Dynamic properties that the style sheet knows: ``secondary`` (11 px, quieter text), ``accent``
(the one button a page is about), ``title`` (a page's heading), ``chrome`` (a bar or panel).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

ThemeChoice = Literal["system", "light", "dark"]

UNIT_PX = 8
GAP_PX = 8
RADIUS_PX = 6
TEXT_PX = 13
SECONDARY_TEXT_PX = 11
TITLE_TEXT_PX = 20
CONTROL_HEIGHT_PX = 28
FRAME_PX = 2

CJK_FAMILIES = (
    "PingFang SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)


@dataclass(frozen=True, slots=True)
class ThemeColors:
    """One theme; every value is ``#rrggbb``."""

    window: str
    canvas: str
    raised: str
    control: str
    hover: str
    border: str
    text: str
    secondary: str
    disabled: str
    accent: str
    on_accent: str
    selected: str


DARK = ThemeColors(
    window="#232323",
    canvas="#1a1a1a",
    raised="#2c2c2c",
    control="#363636",
    hover="#424242",
    border="#3d3d3d",
    text="#e8e8e8",
    secondary="#a6a6a6",
    disabled="#6e6e6e",
    accent="#5b9bff",
    on_accent="#0e0e0e",
    selected="#3a4759",
)
LIGHT = ThemeColors(
    window="#f2f2f2",
    canvas="#fafafa",
    raised="#ffffff",
    control="#ffffff",
    hover="#e4e4e4",
    border="#d0d0d0",
    text="#1f1f1f",
    secondary="#5f5f5f",
    disabled="#a3a3a3",
    accent="#1f6fe0",
    on_accent="#ffffff",
    selected="#cfe0f8",
)

PALETTE_ROLES: tuple[tuple[QPalette.ColorRole, str], ...] = (
    (QPalette.ColorRole.Window, "window"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "canvas"),
    (QPalette.ColorRole.AlternateBase, "raised"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.PlaceholderText, "secondary"),
    (QPalette.ColorRole.Button, "control"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.BrightText, "on_accent"),
    (QPalette.ColorRole.Midlight, "hover"),
    (QPalette.ColorRole.Mid, "border"),
    (QPalette.ColorRole.Highlight, "accent"),
    (QPalette.ColorRole.HighlightedText, "on_accent"),
    (QPalette.ColorRole.Accent, "accent"),
    (QPalette.ColorRole.Link, "accent"),
    (QPalette.ColorRole.LinkVisited, "accent"),
    (QPalette.ColorRole.ToolTipBase, "raised"),
    (QPalette.ColorRole.ToolTipText, "text"),
)
"""``Base`` is the canvas under photos, ``AlternateBase`` a raised surface (menu, card, toast),
``PlaceholderText`` secondary text, ``Midlight`` a hovered row, ``Mid`` a hairline."""


def is_dark(choice: ThemeChoice, scheme: Qt.ColorScheme) -> bool:
    """Whether a choice means dark; it does where the system does not say: photos look better."""
    if choice == "system":
        return scheme != Qt.ColorScheme.Light
    return choice == "dark"


def palette_for(colors: ThemeColors) -> QPalette:
    """The palette of a theme, all three groups."""
    palette = QPalette(QColor(colors.control), QColor(colors.window))
    for role, name in PALETTE_ROLES:
        palette.setColor(role, QColor(getattr(colors, name)))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.PlaceholderText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.disabled))
    palette.setColor(
        QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(colors.hover)
    )
    return palette


@cache
def font_families() -> tuple[str, ...]:
    """The system's family, then the families with Chinese that this machine has; asked once."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    return (system, *(name for name in CJK_FAMILIES if QFontDatabase.hasFamily(name)))


def text_font(size_px: int = TEXT_PX) -> QFont:
    """The application's font at a size, able to show Chinese."""
    font = QFont(font_families())
    font.setPixelSize(size_px)
    return font


def apply_theme(app: QApplication, choice: ThemeChoice) -> None:
    """Give the application its style, palette, font and style sheet; ``system`` follows the system.

    Calling it again changes the theme at once. Without a new call, only ``system`` ever changes.
    """
    follower = app.findChild(ThemeFollower) or ThemeFollower(app)
    follower.set_choice(choice)


class ThemeFollower(QObject):
    """Keeps the application in its theme when the system changes; a child of the application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice: ThemeChoice = "system"
        self._colors: ThemeColors | None = None
        app.setStyle("Fusion")
        app.setFont(text_font())
        app.styleHints().colorSchemeChanged.connect(self._on_hints_color_scheme_changed)

    @property
    def colors(self) -> ThemeColors | None:
        """The theme now shown; None before the first choice."""
        return self._colors

    def set_choice(self, choice: ThemeChoice) -> None:
        self._choice = choice
        forced = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(choice)
        if forced is None:
            self._app.styleHints().unsetColorScheme()
        else:
            self._app.styleHints().setColorScheme(forced)
        self._show(self._app.styleHints().colorScheme())

    @Slot(Qt.ColorScheme)
    def _on_hints_color_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        self._show(scheme)

    def _show(self, scheme: Qt.ColorScheme) -> None:
        colors = DARK if is_dark(self._choice, scheme) else LIGHT
        if colors is self._colors:
            return
        self._colors = colors
        self._app.setPalette(palette_for(colors))
        self._app.setStyleSheet(style_sheet(colors))


def style_sheet(colors: ThemeColors) -> str:
    """The style sheet of a theme: what Fusion does not do, and nothing else."""
    sheet = _STYLE_SHEET
    for field in fields(colors):
        sheet = sheet.replace(f"@{field.name}@", getattr(colors, field.name))
    for name, size_px in _MEASURES.items():
        sheet = sheet.replace(f"@{name}@", f"{size_px}px")
    return sheet


_MEASURES = {
    "text_size": TEXT_PX,
    "small_size": SECONDARY_TEXT_PX,
    "title_size": TITLE_TEXT_PX,
    "radius": RADIUS_PX,
    "control_height": CONTROL_HEIGHT_PX - 2 * 1,
}

_STYLE_SHEET = """
*[secondary="true"] { font-size: @small_size@; color: @secondary@; }
*[title="true"] { font-size: @title_size@; font-weight: 600; }

QToolTip { background: @raised@; color: @text@; border: 1px solid @border@; padding: 4px 8px; }

QMenuBar { background: @window@; padding: 0 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @hover@; }
QMenu { background: @raised@; border: 1px solid @border@; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @accent@; color: @on_accent@; }
QMenu::item:disabled { color: @disabled@; background: transparent; }
QMenu::separator { height: 1px; background: @border@; margin: 4px 8px; }

QLineEdit, QPlainTextEdit, QTextEdit {
    background: @control@; color: @text@; border: 1px solid @border@; border-radius: @radius@;
    padding: 0 8px; selection-background-color: @accent@; selection-color: @on_accent@;
}
QLineEdit { min-height: @control_height@; placeholder-text-color: @secondary@; }
QPlainTextEdit, QTextEdit { padding: 4px; }
QLineEdit:hover { border-color: @disabled@; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border: 1px solid @accent@; }
QLineEdit:disabled { color: @disabled@; }

QComboBox, QDateEdit {
    background: @control@; color: @text@; border: 1px solid @border@; border-radius: @radius@;
    padding: 0 8px; min-height: @control_height@; selection-background-color: @accent@;
    selection-color: @on_accent@;
}
QComboBox:hover, QDateEdit:hover { border-color: @disabled@; }
QComboBox:focus, QDateEdit:focus { border: 1px solid @accent@; }
QDateEdit { max-height: @control_height@; padding: 0 6px; }
QComboBox::drop-down, QDateEdit::drop-down {
    subcontrol-origin: border; subcontrol-position: center right; border: none; width: 24px;
}
QComboBox::down-arrow, QDateEdit::down-arrow {
    width: 0; height: 0; border-left: 4px solid @control@; border-right: 4px solid @control@;
    border-top: 5px solid @secondary@; border-bottom: none;
}
QCheckBox::indicator:unchecked {
    width: 14px; height: 14px; border: 1px solid @secondary@; border-radius: 3px;
    background: @control@;
}
QCheckBox::indicator:unchecked:focus { border-color: @accent@; }
QComboBox QAbstractItemView {
    background: @raised@; color: @text@; border: 1px solid @border@;
    selection-background-color: @accent@; selection-color: @on_accent@;
}

QPushButton {
    background: @control@; color: @text@; border: 1px solid @border@; border-radius: @radius@;
    padding: 0 16px; min-height: @control_height@;
}
QPushButton:hover { background: @hover@; }
QPushButton:pressed { background: @border@; }
QPushButton:focus { border: 1px solid @accent@; }
QPushButton:disabled { color: @disabled@; }
QPushButton[accent="true"] { background: @accent@; color: @on_accent@; border-color: @accent@; }
QPushButton[accent="true"]:focus { border: 1px solid @text@; }
QPushButton:flat { background: transparent; border-color: transparent; padding: 0 8px; }
QPushButton:flat:hover { background: @hover@; }
QPushButton:flat:focus { border-color: @accent@; }

QToolButton {
    background: transparent; color: @text@; border: 1px solid transparent;
    border-radius: @radius@; padding: 4px;
}
QToolButton:hover { background: @hover@; }
QToolButton:pressed { background: @border@; }
QToolButton:checked { background: @selected@; }
QToolButton:focus { border: 1px solid @accent@; }
QToolButton:disabled { color: @disabled@; }
QToolButton::menu-indicator { image: none; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: @hover@; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: @disabled@; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @hover@; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @secondary@; }
QSlider::handle:horizontal {
    width: 12px; margin: -5px 0; border-radius: 6px; border: 1px solid @border@; background: @text@;
}
QSlider::handle:horizontal:hover { background: @accent@; }
QSlider::handle:horizontal:focus { border: 1px solid @accent@; background: @accent@; }

QProgressBar {
    background: @hover@; border: none; border-radius: 2px; min-height: 4px; max-height: 4px;
    color: transparent;
}
QProgressBar::chunk { background: @accent@; border-radius: 2px; }

QTreeView, QListView, QTableView { border: none; outline: none; background: transparent; }
QTreeView::item, QListView::item { min-height: 28px; border-radius: 4px; padding: 0 6px; }
QTreeView::item:hover, QListView::item:hover { background: @hover@; }
QTreeView::item:selected, QListView::item:selected { background: @selected@; color: @text@; }
QTableView { gridline-color: transparent; selection-background-color: @selected@;
    selection-color: @text@; }
QHeaderView::section {
    background: @window@; color: @secondary@; border: none; border-bottom: 1px solid @border@;
    padding: 6px 8px; font-size: @small_size@;
}

QFrame[chrome="true"], QWidget[chrome="true"] { background: @window@; border: none; }
QSplitter::handle { background: @border@; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QStatusBar { background: @window@; border-top: 1px solid @border@; }
QStatusBar::item { border: none; }
"""
