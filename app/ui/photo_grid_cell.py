"""How a photo lies in its cell, fitted or cropped to the square, and where its regions are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from app.core.asking import Box


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
    def of(cls, width_px: int, height_px: int, cell: QRectF, *, square: bool) -> CellMap:
        """Lay a photo of some size into a cell: covering it, or inside it as large as fits."""
        width, height = max(1, width_px), max(1, height_px)
        scales = (cell.width() / width, cell.height() / height)
        scale = max(scales) if square else min(scales)
        size = QPointF(width * scale, height * scale)
        left_top = cell.center() - size / 2
        photo = QRectF(left_top.x(), left_top.y(), size.x(), size.y())
        return cls(photo, photo.intersected(cell))

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
