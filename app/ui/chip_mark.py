"""The mark of a part of a question, on its chip and on photos: a dot, a tick or a frame.

One in pieces is a dot or tick with gaps, a frame of dashes or of dots.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.core.part_marks import DASHES, part_color, part_pieces
from app.ui.photo_grid_hover import OUTLINE
from app.ui.theme import FRAME_PX

DOT_GAP_PX = 1.6
PIECE_GAP_PX = 2


def chip_color(number: int) -> QColor:
    """The colour of a part of a question."""
    return QColor(part_color(number))


def paint_dot(painter: QPainter, middle: QPointF, radius: float, number: int) -> None:
    """Fill a dot with the colour of a part, with the painter's pen around it."""
    dot = QPainterPath()
    dot.addEllipse(middle, radius, radius)
    n_pieces = part_pieces(number)
    for place in range(1, n_pieces):
        gap = QPainterPath()
        x = middle.x() + radius * (2 * place / n_pieces - 1) - DOT_GAP_PX / 2
        gap.addRect(QRectF(x, middle.y() - radius - 1, DOT_GAP_PX, 2 * radius + 2))
        dot = dot.subtracted(gap)
    painter.setBrush(chip_color(number))
    painter.drawPath(dot)


def paint_tick(painter: QPainter, area: QRectF, number: int) -> None:
    """Fill a tick with the colour of a part."""
    n_pieces = part_pieces(number)
    width = (area.width() - PIECE_GAP_PX * (n_pieces - 1)) / n_pieces
    for place in range(n_pieces):
        left = area.left() + place * (width + PIECE_GAP_PX)
        painter.fillRect(QRectF(left, area.top(), width, area.height()), chip_color(number))


def paint_region(painter: QPainter, area: QRectF, number: int) -> None:
    """Frame the place of a part: 2 px, with a thin dark outline to read on any photo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = QRectF(area.toAlignedRect()).adjusted(1, 1, -1, -1)
    painter.setPen(QPen(OUTLINE, FRAME_PX + 2))
    painter.drawRoundedRect(inner, 3, 3)
    pen = QPen(chip_color(number), FRAME_PX)
    dashes = DASHES[part_pieces(number) - 1]
    if dashes is not None:
        pen.setDashPattern(dashes)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawRoundedRect(inner, 3, 3)
