"""The flat button whose line icon follows the theme."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QIcon, QPalette

from app.ui import icon_button
from app.ui.icon_button import IconButton

pytestmark = pytest.mark.usefixtures("qapp")


def test_icon_is_drawn_again_only_for_other_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[str, QColor]] = []

    def draw(name: str, palette: QPalette, _side_px: int) -> QIcon:
        drawn.append((name, palette.color(QPalette.ColorRole.ButtonText)))
        return QIcon()

    monkeypatch.setattr(icon_button, "line_icon", draw)
    button = IconButton("back")
    assert len(drawn) == 1
    palette = button.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#123456"))
    button.setPalette(palette)
    button.set_icon_name("back")
    assert len(drawn) == 1
    palette.setColor(QPalette.ColorRole.ButtonText, QColor("#abcdef"))
    button.setPalette(palette)
    button.set_icon_name("forward")
    assert drawn[1:] == [("back", QColor("#abcdef")), ("forward", QColor("#abcdef"))]
    button.setEnabled(False)  # its icon has this state already
    assert len(drawn) == 3
