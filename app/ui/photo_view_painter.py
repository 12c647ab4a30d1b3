"""How an open photo looks: pixels, heat, found places with their phrases, the box."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPixmap

from app.core.asking import Box
from app.ui.chip_mark import chip_color, paint_region
from app.ui.photo_view_box import HANDLES, handle_point
from app.ui.photo_view_pixels import PhotoPixels
from app.ui.photo_view_transform import ViewTransform
from app.ui.theme import SECONDARY_TEXT_PX

HANDLE_PX = 9.0
CRISP_FROM = 3.0
"""From this zoom on single pixels are shown as squares: someone looks for exactly them."""
BOX_COLOR = QColor("#ffffff")
DIMMED = QColor(0, 0, 0, 110)


@dataclass(frozen=True, slots=True)
class Place:
    """A place found in the photo, what it is and the number of its chip."""

    box: Box
    label: str
    chip: int


@dataclass(slots=True)
class PhotoPicture:
    """All that is drawn of a photo."""

    average: QColor
    thumbnail: QImage | None = None
    pixels: PhotoPixels | None = None
    heat: QImage | None = None
    heat_opacity: float = 0.6
    places: list[Place] = field(default_factory=list)
    box: Box | None = None
    fixed_boxes: tuple[Box, ...] = ()
    suggestions: tuple[Box, ...] = ()
    hovered_suggestion: Box | None = None
    suggestions_shown: bool = False


class PhotoPainter:
    """Paints a picture; remembers the scaled pixels while only what lies over them changes."""

    def __init__(self) -> None:
        self._rendered = QPixmap()
        self._rendered_key: tuple[object, ...] = ()

    def paint(
        self, painter: QPainter, picture: PhotoPicture, transform: ViewTransform, canvas: QColor
    ) -> None:
        """Paint the whole view."""
        key = (
            transform,
            canvas.rgba(),
            picture.average.rgba(),
            _content(picture.thumbnail),
            _content(None if picture.pixels is None else picture.pixels.levels[0]),
            _content(picture.heat),
            picture.heat_opacity,
            picture.box is None,
        )
        if key != self._rendered_key:
            self._rendered = self._render(picture, transform, canvas)
            self._rendered_key = key
        painter.drawPixmap(0, 0, self._rendered)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # A box of people is about what is in it: nothing else lies over the photo meanwhile.
        for place in picture.places if picture.box is None else ():
            self._paint_place(painter, place, transform)
        for box in picture.fixed_boxes:
            _paint_outline(painter, _area(transform.box_to_view(box)))
        if picture.suggestions_shown and picture.box is None:
            self._paint_suggestions(painter, picture, transform)
        if picture.box is not None:
            self._paint_box(painter, picture.box, transform)

    def _render(self, picture: PhotoPicture, transform: ViewTransform, canvas: QColor) -> QPixmap:
        (width, height), ratio = transform.view_px, transform.ratio
        pixmap = QPixmap(round(width * ratio), round(height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(canvas)
        painter = QPainter(pixmap)
        whole = QRectF(QPointF(*transform.left_top), QSizeF(*transform.shown_px))
        smooth = transform.fit or transform.device_scale < CRISP_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        if picture.pixels is not None:
            level = picture.pixels.level_for(whole.width() * ratio)
            _draw_visible(painter, whole, level, QRectF(0, 0, width, height))
        elif picture.thumbnail is not None:
            painter.drawImage(whole, picture.thumbnail)
        else:
            painter.fillRect(whole, picture.average)
        if picture.heat is not None and picture.heat_opacity > 0 and picture.box is None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(picture.heat_opacity)
            _draw_visible(painter, whole, picture.heat, QRectF(0, 0, width, height))
        painter.end()
        return pixmap

    def _paint_place(self, painter: QPainter, place: Place, transform: ViewTransform) -> None:
        area = _area(transform.box_to_view(place.box))
        paint_region(painter, area, place.chip)
        if not place.label:
            return
        font = painter.font()
        font.setPixelSize(SECONDARY_TEXT_PX)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        view_width, view_height = transform.view_px
        middle = Qt.TextElideMode.ElideMiddle
        label = metrics.elidedText(place.label, middle, max(0, view_width - 20))
        width_px, height_px = metrics.horizontalAdvance(label) + 12, metrics.height() + 4
        left = max(4.0, min(area.left(), view_width - width_px - 4))
        above = area.top() - height_px - 3
        top = above if above >= 4 else min(area.top() + 4, view_height - height_px - 4)
        tag = QRectF(left, max(4.0, top), width_px, height_px)
        painter.setPen(QPen(QColor(0, 0, 0, 150), 1))
        painter.setBrush(chip_color(place.chip))
        painter.drawRoundedRect(tag, 4, 4)
        painter.setPen(QColor("#161616"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, label)

    @staticmethod
    def _paint_suggestions(
        painter: QPainter, picture: PhotoPicture, transform: ViewTransform
    ) -> None:
        """All suggested boxes faintly, the one under the pointer clearly."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in picture.suggestions:
            chosen = box == picture.hovered_suggestion
            painter.setOpacity(1.0 if chosen else 0.3)
            area = _area(transform.box_to_view(box))
            painter.setPen(QPen(QColor(0, 0, 0, 150), 3))
            painter.drawRoundedRect(area, 4, 4)
            painter.setPen(QPen(BOX_COLOR, 1.5, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(area, 4, 4)
        painter.setOpacity(1.0)

    def _paint_box(self, painter: QPainter, box: Box, transform: ViewTransform) -> None:
        in_view = transform.box_to_view(box)
        area = _area(in_view)
        whole = QRectF(QPointF(*transform.left_top), QSizeF(*transform.shown_px))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for part in _around(whole, area):
            painter.fillRect(part, DIMMED)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_outline(painter, area)
        painter.setPen(QPen(QColor(0, 0, 0, 170), 1))
        painter.setBrush(BOX_COLOR)
        for grip in HANDLES:
            center = QPointF(*handle_point(in_view, grip))
            half = QPointF(HANDLE_PX / 2, HANDLE_PX / 2)
            painter.drawRoundedRect(QRectF(center - half, center + half), 2, 2)


def _content(image: QImage | None) -> int:
    """A number that changes with what an image shows; its address may be given to the next."""
    return 0 if image is None else image.cacheKey()


def _paint_outline(painter: QPainter, area: QRectF) -> None:
    """Frame a box of people: white, with a dark edge to read on any photo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 160), 3))
    painter.drawRect(area)
    painter.setPen(QPen(BOX_COLOR, 1.5))
    painter.drawRect(area)


def _area(box: Box) -> QRectF:
    return QRectF(QPointF(box[0], box[1]), QPointF(box[2], box[3]))


def _around(whole: QRectF, hole: QRectF) -> list[QRectF]:
    """The four parts of an area around a hole in it."""
    return [
        QRectF(whole.topLeft(), QPointF(whole.right(), hole.top())),
        QRectF(QPointF(whole.left(), hole.bottom()), whole.bottomRight()),
        QRectF(QPointF(whole.left(), hole.top()), hole.bottomLeft()),
        QRectF(hole.topRight(), QPointF(whole.right(), hole.bottom())),
    ]


def _draw_visible(painter: QPainter, whole: QRectF, image: QImage, view: QRectF) -> None:
    """Draw the part of an image that is in the view; far zoom would overflow with all of it."""
    shown = whole.intersected(view)
    if shown.isEmpty():
        return
    across, down = image.width() / whole.width(), image.height() / whole.height()
    source = QRectF(
        (shown.left() - whole.left()) * across,
        (shown.top() - whole.top()) * down,
        shown.width() * across,
        shown.height() * down,
    )
    painter.drawImage(shown, image, source)
