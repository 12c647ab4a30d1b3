"""Tool tips that show names and words as they are."""

from __future__ import annotations

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """Return a text as a tool tip that Qt does not take for markup.

    Names of files and words that were typed may hold "<b>", or "<img src=...>", for which Qt would
    open a file by itself.
    """
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text
