"""How large a dialog opens: as large as it likes to be, and never larger than its screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

FRAME_PX = (16, 64)
"""What the system's frame and title may take; known for sure only once the dialog is shown."""


def resize_within_screen(dialog: QWidget, width_px: int, height_px: int) -> None:
    """Give a dialog its size, or as much of it as the screen has room for."""
    room = dialog.screen().availableSize() - QSize(*FRAME_PX)
    dialog.resize(QSize(width_px, height_px).boundedTo(room))
