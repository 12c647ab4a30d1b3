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


def _heart(path: QPainterPath) -> None:
    path.moveTo(12, 19.6)
    path.cubicTo(8.6, 16.6, 3.4, 13.2, 3.4, 8.9)
    path.cubicTo(3.4, 6.2, 5.4, 4.4, 7.7, 4.4)
    path.cubicTo(9.6, 4.4, 11.2, 5.5, 12, 7.2)
    path.cubicTo(12.8, 5.5, 14.4, 4.4, 16.3, 4.4)
    path.cubicTo(18.6, 4.4, 20.6, 6.2, 20.6, 8.9)
    path.cubicTo(20.6, 13.2, 15.4, 16.6, 12, 19.6)
    path.closeSubpath()


def _flag(path: QPainterPath) -> None:
    _polyline(path, (6, 20.5), (6, 4), (18, 4), (15, 8.2), (18, 12.4), (6, 12.4))


def _reject(path: QPainterPath) -> None:
    _polyline(path, (7.5, 7.5), (16.5, 16.5))
    _polyline(path, (16.5, 7.5), (7.5, 16.5))
    path.addEllipse(QPointF(12, 12), 8.5, 8.5)


def _album(path: QPainterPath) -> None:
    path.addRoundedRect(4, 8, 16, 12, 1.8, 1.8)
    _polyline(path, (6, 5.6), (18, 5.6))


def _saved_search(path: QPainterPath) -> None:
    path.addEllipse(QPointF(9.8, 9.8), 5.6, 5.6)
    _polyline(path, (14, 14), (16, 16))
    _polyline(path, (16.5, 14.5), (21, 14.5), (21, 21.5), (18.75, 19.4), (16.5, 21.5), close=True)


def _concept(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 12), 3.1, 3.1)
    for x, y in ((12, 4.6), (5.6, 16.2), (18.4, 16.2)):
        path.addEllipse(QPointF(x, y), 1.9, 1.9)
    _polyline(path, (12, 6.5), (12, 8.9))
    _polyline(path, (7.3, 15.2), (9.4, 13.8))
    _polyline(path, (16.7, 15.2), (14.6, 13.8))


def _filter(path: QPainterPath) -> None:
    _polyline(path, (4, 7), (20, 7))
    _polyline(path, (7, 12), (17, 12))
    _polyline(path, (10, 17), (14, 17))


def _history(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 12), 8, 8)
    _polyline(path, (12, 7.5), (12, 12), (15.2, 14))


def _pin(path: QPainterPath) -> None:
    _polyline(path, (9, 4.5), (15, 4.5))
    _polyline(path, (10, 4.5), (9.5, 11), (7, 13.8), (17, 13.8), (14.5, 11), (14, 4.5))
    _polyline(path, (12, 13.8), (12, 20))


def _zoom_match(path: QPainterPath) -> None:
    for sx, sy in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        _polyline(
            path,
            (12 - 8 * sx, 12 - 4.5 * sy),
            (12 - 8 * sx, 12 - 8 * sy),
            (12 - 4.5 * sx, 12 - 8 * sy),
        )
    path.addRoundedRect(8, 8, 8, 8, 1, 1)


def _tick(path: QPainterPath) -> None:
    _polyline(path, (5, 12.5), (10, 17.5), (19.5, 7))


def _export(path: QPainterPath) -> None:
    _polyline(path, (12, 15), (12, 4))
    _polyline(path, (8, 7.8), (12, 3.8), (16, 7.8))
    _polyline(path, (5, 13), (5, 20), (19, 20), (19, 13))


def _offline(path: QPainterPath) -> None:
    _polyline(path, (5, 5), (19, 19))
    path.moveTo(8.2, 7)
    path.cubicTo(13, 4.5, 16.6, 7.4, 17, 10.4)
    path.cubicTo(19.6, 10.8, 21, 13, 20, 15.4)
    path.moveTo(15.6, 17.4)
    path.lineTo(7.4, 17.4)
    path.cubicTo(2.6, 17, 2.2, 10.8, 6.4, 10.2)


def _tag(path: QPainterPath) -> None:
    _polyline(path, (4, 4), (12, 4), (20, 12), (12, 20), (4, 12), close=True)
    path.addEllipse(QPointF(8.2, 8.2), 1.2, 1.2)


def _plus(path: QPainterPath) -> None:
    _polyline(path, (12, 5), (12, 19))
    _polyline(path, (5, 12), (19, 12))


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
    "heart": _heart,
    "heart_filled": _heart,
    "flag": _flag,
    "flag_filled": _flag,
    "reject": _reject,
    "album": _album,
    "saved_search": _saved_search,
    "concept": _concept,
    "filter": _filter,
    "history": _history,
    "pin": _pin,
    "zoom_match": _zoom_match,
    "tick": _tick,
    "export": _export,
    "offline": _offline,
    "tag": _tag,
    "plus": _plus,
}


FILLED = frozenset({"star_filled", "heart_filled", "flag_filled"})


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


def icon_colors(palette: QPalette) -> dict[QIcon.Mode, QColor]:
    """The colours in which an icon is drawn, by state."""
    role = QPalette.ColorRole.ButtonText
    return {
        QIcon.Mode.Normal: palette.color(QPalette.ColorGroup.Active, role),
        QIcon.Mode.Disabled: palette.color(QPalette.ColorGroup.Disabled, role),
    }


def line_icon(name: str, palette: QPalette, side_px: int = 18) -> QIcon:
    """Return the named icon in the palette's text colour, with a faint disabled variant.

    Raises:
        KeyError: no icon has this name.
    """
    icon = QIcon()
    for mode, color in icon_colors(palette).items():
        for ratio in PIXEL_RATIOS:
            pixmap = QPixmap(QSize(round(side_px * ratio), round(side_px * ratio)))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_icon(painter, name, QRectF(0, 0, side_px, side_px), color)
            painter.end()
            icon.addPixmap(pixmap, mode)
    return icon
