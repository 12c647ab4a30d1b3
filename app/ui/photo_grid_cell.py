"""How a photo lies in its cell, fitted or cropped to the square, and where its regions are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from app.core.asking import Box

FOCUS_MARGIN = 0.3
"""This much of a region's longer side is shown around it."""
LEAST_FOCUS = 0.2
"""No less than this part of the photo's shorter side: thumbnails have few pixels."""


def focus_part(width_px: int, height_px: int, box: Box) -> QRectF:
    """The square part of a photo, in 0..1 of its sides, that shows a region with some margin."""
    shorter = min(width_px, height_px)
    wide, high = (box[2] - box[0]) * width_px, (box[3] - box[1]) * height_px
    side = max(max(wide, high) * (1 + 2 * FOCUS_MARGIN), LEAST_FOCUS * shorter)
    side = min(side, shorter)
    middle = ((box[0] + box[2]) / 2 * width_px, (box[1] + box[3]) / 2 * height_px)
    left = min(max(0.0, middle[0] - side / 2), width_px - side)
    top = min(max(0.0, middle[1] - side / 2), height_px - side)
    return QRectF(left / width_px, top / height_px, side / width_px, side / height_px)


@dataclass(frozen=True, slots=True)
class CellMap:
    """A photo in a square cell.

    Attributes:
        photo: where the whole photo would be; reaches out of the cell where it is cropped.
        shown: the part of it that is drawn.
    """

    photo: QRectF
    shown: QRectF

    @classmethod
    def of(
        cls,
        width_px: int,
        height_px: int,
        cell: QRectF,
        *,
        square: bool,
        focus: Box | None = None,
    ) -> CellMap:
        """Lay a photo of some size into a cell: covering it, or inside it as large as fits.

        With ``focus`` that region fills the cell, as far as ``focus_part`` goes.
        """
        width, height = max(1, width_px), max(1, height_px)
        if focus is not None:
            return cls._focused(focus_part(width, height, focus), cell)
        scales = (cell.width() / width, cell.height() / height)
        scale = max(scales) if square else min(scales)
        size = QPointF(width * scale, height * scale)
        left_top = cell.center() - size / 2
        photo = QRectF(left_top.x(), left_top.y(), size.x(), size.y())
        return cls(photo, photo.intersected(cell))

    @classmethod
    def _focused(cls, part: QRectF, cell: QRectF) -> CellMap:
        size = QPointF(cell.width() / part.width(), cell.height() / part.height())
        left = cell.left() - part.left() * size.x()
        top = cell.top() - part.top() * size.y()
        return cls(QRectF(left, top, size.x(), size.y()), QRectF(cell))

    def to_cell(self, box: Box) -> QRectF:
        """Where a region of the photo is drawn; empty if the crop cut it away."""
        x0, y0, x1, y1 = box
        left = self.photo.left() + x0 * self.photo.width()
        top = self.photo.top() + y0 * self.photo.height()
        size = QPointF((x1 - x0) * self.photo.width(), (y1 - y0) * self.photo.height())
        return QRectF(left, top, size.x(), size.y()).intersected(self.shown)

    def to_box(self, area: QRectF) -> Box | None:
        """The region of the photo under an area of the cell; None if nothing of it is drawn."""
        area = area.normalized().intersected(self.shown)
        if area.isEmpty():
            return None
        return (
            _part(area.left() - self.photo.left(), self.photo.width()),
            _part(area.top() - self.photo.top(), self.photo.height()),
            _part(area.right() - self.photo.left(), self.photo.width()),
            _part(area.bottom() - self.photo.top(), self.photo.height()),
        )


def _part(length: float, whole: float) -> float:
    return min(1.0, max(0.0, length / whole))
