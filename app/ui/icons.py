"""Line icons, painted on a 24-unit square in the palette's own colour, so they suit any theme."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap

UNITS = 24.0
STROKE = 1.7
PIXEL_RATIOS = (1.0, 2.0)


def _polyline(path: QPainterPath, *points: tuple[float, float], close: bool = False) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if close:
        path.closeSubpath()


def _photos(path: QPainterPath) -> None:
    for x in (4.0, 13.5):
        for y in (4.0, 13.5):
            path.addRoundedRect(x, y, 6.5, 6.5, 1.2, 1.2)


def _folder(path: QPainterPath) -> None:
    _polyline(path, (3, 18.5), (3, 6), (9.2, 6), (11.5, 8.5), (21, 8.5), (21, 18.5), close=True)


def _add_folder(path: QPainterPath) -> None:
    _folder(path)
    _polyline(path, (12, 11), (12, 16))
    _polyline(path, (9.5, 13.5), (14.5, 13.5))


def _star(path: QPainterPath) -> None:
    points = []
    for i in range(10):
        radius = 9.2 if i % 2 == 0 else 3.9
        angle = -math.pi / 2 + i * math.pi / 5
        points.append((12 + radius * math.cos(angle), 12.6 + radius * math.sin(angle)))
    _polyline(path, *points, close=True)


def _search(path: QPainterPath) -> None:
    path.addEllipse(QPointF(10.5, 10.5), 6.3, 6.3)
    _polyline(path, (15.2, 15.2), (20.2, 20.2))


def _clear(path: QPainterPath) -> None:
    _polyline(path, (7, 7), (17, 17))
    _polyline(path, (17, 7), (7, 17))


def _box(path: QPainterPath) -> None:
    for sx, sy in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        _polyline(
            path,
            (12 - 8 * sx, 12 - 3.5 * sy),
            (12 - 8 * sx, 12 - 8 * sy),
            (12 - 3.5 * sx, 12 - 8 * sy),
        )
    path.addEllipse(QPointF(12, 12), 2.2, 2.2)


def _picture(path: QPainterPath) -> None:
    path.addRoundedRect(3.5, 5, 17, 14, 2, 2)
    _polyline(path, (4, 17), (9.5, 11.5), (13.5, 15.5), (16, 13), (20, 17))
    path.addEllipse(QPointF(15.5, 9.3), 1.3, 1.3)


def _pause(path: QPainterPath) -> None:
    _polyline(path, (9, 6), (9, 18))
    _polyline(path, (15, 6), (15, 18))


def _resume(path: QPainterPath) -> None:
    _polyline(path, (8, 5.5), (18.5, 12), (8, 18.5), close=True)


def _cancel(path: QPainterPath) -> None:
    path.addRoundedRect(6.5, 6.5, 11, 11, 1.5, 1.5)


def _warning(path: QPainterPath) -> None:
    _polyline(path, (12, 4), (21, 19.5), (3, 19.5), close=True)
    _polyline(path, (12, 10), (12, 14))
    _polyline(path, (12, 16.6), (12, 16.9))


def _sidebar(path: QPainterPath) -> None:
    path.addRoundedRect(3.5, 5, 17, 14, 2, 2)
    _polyline(path, (9.5, 5), (9.5, 19))


def _info(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 12), 8.5, 8.5)
    _polyline(path, (12, 11), (12, 16.3))
    _polyline(path, (12, 7.7), (12, 8.0))


def _gear(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 12), 3, 3)
    path.addEllipse(QPointF(12, 12), 6.4, 6.4)
    for i in range(8):
        angle = i * math.pi / 4
        c, s = math.cos(angle), math.sin(angle)
        _polyline(path, (12 + 6.4 * c, 12 + 6.4 * s), (12 + 9.2 * c, 12 + 9.2 * s))


def _back(path: QPainterPath) -> None:
    _polyline(path, (14.5, 5.5), (8, 12), (14.5, 18.5))


def _forward(path: QPainterPath) -> None:
    _polyline(path, (9.5, 5.5), (16, 12), (9.5, 18.5))


def _similar(path: QPainterPath) -> None:
    path.addRoundedRect(3.5, 7.5, 11, 11, 1.6, 1.6)
    _polyline(path, (8, 4.5), (18.5, 4.5), (20, 6), (20, 15.5))


def _reveal(path: QPainterPath) -> None:
    _polyline(path, (13.5, 4.5), (19.5, 4.5), (19.5, 10.5))
    _polyline(path, (19, 5), (11, 13))
    _polyline(path, (10, 6), (5, 6), (5, 19), (18, 19), (18, 14))


DRAWINGS: dict[str, Callable[[QPainterPath], None]] = {
    "photos": _photos,
    "folder": _folder,
    "add_folder": _add_folder,
    "star": _star,
    "star_filled": _star,
    "search": _search,
    "clear": _clear,
    "box": _box,
    "picture": _picture,
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "warning": _warning,
    "sidebar": _sidebar,
    "info": _info,
    "gear": _gear,
    "back": _back,
    "forward": _forward,
    "similar": _similar,
    "reveal": _reveal,
}


FILLED = frozenset({"star_filled"})


def paint_icon(
    painter: QPainter, name: str, target: QRectF, color: QColor, stroke: float = STROKE
) -> None:
    """Draw an icon into a square; the painter's own state is kept."""
    path = QPainterPath()
    DRAWINGS[name](path)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(target.topLeft())
    painter.scale(target.width() / UNITS, target.height() / UNITS)
    pen = QPen(color, stroke)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(color if name in FILLED else Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.restore()


def line_icon(name: str, palette: QPalette, side_px: int = 18) -> QIcon:
    """Return the named icon in the palette's text colour, with a faint disabled variant.

    Raises:
        KeyError: no icon has this name.
    """
    icon = QIcon()
    colors = {
        QIcon.Mode.Normal: palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText),
        QIcon.Mode.Disabled: palette.color(
            QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText
        ),
    }
    for mode, color in colors.items():
        for ratio in PIXEL_RATIOS:
            pixmap = QPixmap(QSize(round(side_px * ratio), round(side_px * ratio)))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_icon(painter, name, QRectF(0, 0, side_px, side_px), color)
            painter.end()
            icon.addPixmap(pixmap, mode)
    return icon
