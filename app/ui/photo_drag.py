"""Photos that are dragged: their numbers for other parts of the window, and how they look."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QLocale, QMimeData, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPixmap

from app.ui.theme import SECONDARY_TEXT_PX, text_font

PHOTO_IDS_TYPE = "application/x-finelens-photo-ids"
SIDE_PX = 96
BADGE_PX = 20


def put_photo_ids(data: QMimeData, photo_ids: Sequence[int]) -> None:
    """Add the numbers of photos to what is dragged; their files go to other programs."""
    data.setData(PHOTO_IDS_TYPE, QByteArray(json.dumps(list(photo_ids)).encode()))


def photo_ids_in(data: QMimeData) -> tuple[int, ...]:
    """Return the numbers of the photos that are dragged; none for what comes from elsewhere."""
    if not data.hasFormat(PHOTO_IDS_TYPE):
        return ()
    return tuple(json.loads(data.data(PHOTO_IDS_TYPE).data()))


def drag_pixmap(thumbnail: QPixmap, n_photos: int, palette: QPalette) -> QPixmap:
    """Return a small picture of the photo under the pointer, with the number of photos on it."""
    ratio = thumbnail.devicePixelRatio()
    side_px = round(SIDE_PX * ratio)
    small = thumbnail.scaled(
        side_px,
        side_px,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    small.setDevicePixelRatio(ratio)
    if n_photos > 1:
        _paint_number(small, QLocale().toString(n_photos), palette)
    return small


def _paint_number(pixmap: QPixmap, number: str, palette: QPalette) -> None:
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(text_font(SECONDARY_TEXT_PX))
    width = max(BADGE_PX, painter.fontMetrics().horizontalAdvance(number) + 12)
    right = pixmap.width() / pixmap.devicePixelRatio() - 4
    badge = QRectF(right - width, 4, width, BADGE_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
    painter.drawRoundedRect(badge, BADGE_PX / 2, BADGE_PX / 2)
    painter.setPen(palette.color(QPalette.ColorRole.HighlightedText))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, number)
    painter.end()
