"""How one photo of the grid looks: thumbnail, matched places, name, hover and selection."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPalette, QPen

from app.core.changes import Marks
from app.core.hit_places import framed_places
from app.core.messages import Hit
from app.core.ranking import GOOD_SCORE
from app.ui.chip_mark import paint_region, paint_tick
from app.ui.photo_grid_cell import CellMap
from app.ui.photo_grid_hover import HoverButtons, paint_badges, paint_buttons
from app.ui.photo_grid_model import PhotoCell
from app.ui.theme import FRAME_PX, RADIUS_PX, SECONDARY_TEXT_PX

OUTSET_PX = 4
"""The selection frame reaches this far out of a cell: half the gap, so neighbours never touch."""
TICK_SIZE = (12, 3)
TICK_GAP_PX = 3
REJECTED_OPACITY = 0.45
N_NAMES_KEPT = 2000


@dataclass(frozen=True, slots=True)
class CellState:
    """What a cell looks like beside its photo."""

    selected: bool = False
    current: bool = False
    hovered: bool = False
    judging: bool = False


class PhotoCellPainter:
    """Paints cells with the palette and fonts of one view."""

    def __init__(self, font: QFont) -> None:
        self._font = QFont(font)
        self._font.setPixelSize(SECONDARY_TEXT_PX)
        self._metrics = QFontMetrics(self._font)
        self._elided: dict[tuple[str, int], str] = {}

    def paint(
        self,
        painter: QPainter,
        cell: PhotoCell,
        place: QRect,
        state: CellState,
        palette: QPalette,
        *,
        square: bool,
    ) -> None:
        """Paint a photo into its place: the thumbnail and below it, if there is room, its name."""
        thumbnail = QRect(place.left(), place.top(), place.width(), place.width())
        places = self._map(cell, thumbnail, square=square)
        shown = _snapped(places.shown, painter.device().devicePixelRatio())
        rejected = cell.marks is not None and cell.marks.flag < 0
        painter.setOpacity(REJECTED_OPACITY if rejected or cell.offline else 1.0)
        self._paint_picture(painter, cell, shown, palette)
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_regions(painter, cell.hit, places)
        self._paint_frame(painter, shown, state, palette)
        marks = cell.marks or Marks(cell.photo_id)
        buttons = HoverButtons.on(thumbnail, judging=state.judging) if state.hovered else None
        if buttons is not None:
            paint_buttons(painter, buttons, marks)
        elif cell.marks is not None or cell.offline:
            paint_badges(painter, shown, marks, offline=cell.offline)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        name_area = QRect(
            place.left(), thumbnail.bottom() + 1, place.width(), place.height() - place.width()
        )
        self._paint_foot(painter, cell, name_area, state, palette)

    def _map(self, cell: PhotoCell, thumbnail: QRect, *, square: bool) -> CellMap:
        if cell.photo is None:
            return CellMap.of(1, 1, QRectF(thumbnail), square=True)
        size = (cell.photo.width_px, cell.photo.height_px)
        return CellMap.of(*size, QRectF(thumbnail), square=square, focus=cell.focus)

    def _paint_picture(
        self, painter: QPainter, cell: PhotoCell, shown: QRectF, palette: QPalette
    ) -> None:
        if cell.thumbnail is not None:
            _draw_image(painter, shown, cell.thumbnail)
            return
        if cell.photo is None:
            color = palette.color(QPalette.ColorRole.Midlight)
        else:
            color = QColor.fromRgb(cell.photo.average_rgb)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(shown, RADIUS_PX, RADIUS_PX)

    def _paint_regions(self, painter: QPainter, hit: Hit | None, places: CellMap) -> None:
        for number, box in () if hit is None else framed_places(hit):
            area = places.to_cell(box)
            if area.width() > 2 * FRAME_PX and area.height() > 2 * FRAME_PX:
                paint_region(painter, area, number)

    def _paint_frame(
        self, painter: QPainter, shown: QRectF, state: CellState, palette: QPalette
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state.selected:
            outset = OUTSET_PX - FRAME_PX / 2
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), FRAME_PX))
        elif state.current:
            outset = OUTSET_PX - 1.5
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1))
        elif state.hovered:
            outset = OUTSET_PX - 1.5
            painter.setPen(QPen(palette.color(QPalette.ColorRole.PlaceholderText), 1))
        else:
            return
        frame = shown.adjusted(-outset, -outset, outset, outset)
        painter.drawRoundedRect(frame, RADIUS_PX + outset, RADIUS_PX + outset)

    def _paint_foot(
        self,
        painter: QPainter,
        cell: PhotoCell,
        area: QRect,
        state: CellState,
        palette: QPalette,
    ) -> None:
        """The name, after a tick with its mark for every phrase that fits."""
        left = area.left() + 1
        ticks = self._ticks(cell.hit)
        # Many are narrower: they stay under their own photo.
        step = min(TICK_SIZE[0] + TICK_GAP_PX, (area.width() - 1) // max(1, len(ticks)))
        for number in ticks:
            top = area.center().y() + 1 - TICK_SIZE[1] // 2
            tick = QRectF(left, top, max(1, step - TICK_GAP_PX), TICK_SIZE[1])
            paint_tick(painter, tick, number)
            left += step
        if area.height() < self._metrics.height():
            return
        if left > area.left() + 1:
            left += 3
        role = QPalette.ColorRole.Text if state.selected else QPalette.ColorRole.PlaceholderText
        painter.setPen(palette.color(role))
        painter.setFont(self._font)
        baseline = area.center().y() + 1 + (self._metrics.ascent() - self._metrics.descent()) // 2
        painter.drawText(left, baseline, self._elide(cell.name, area.right() - left))

    def _ticks(self, hit: Hit | None) -> list[int]:
        if hit is None or hit.match == "weak":
            return []
        parts = (*hit.phrases, *hit.images)
        return [number for number, part in enumerate(parts) if part.score >= GOOD_SCORE]

    def _elide(self, name: str, width_px: int) -> str:
        key = (name, width_px)
        text = self._elided.get(key)
        if text is None:
            if len(self._elided) >= N_NAMES_KEPT:
                self._elided.clear()
            middle = Qt.TextElideMode.ElideMiddle
            text = self._elided[key] = self._metrics.elidedText(name, middle, width_px)
        return text


def _snapped(area: QRectF, ratio: float) -> QRectF:
    """An area whose edges lie on device pixels, so that thumbnails are copied and not resampled."""
    left, top = round(area.left() * ratio), round(area.top() * ratio)
    width, height = round(area.width() * ratio), round(area.height() * ratio)
    return QRectF(left / ratio, top / ratio, width / ratio, height / ratio)


def _draw_image(painter: QPainter, shown: QRectF, image: QImage) -> None:
    """Copy an image that has the right size; fit an older cut into the place without distortion."""
    ratio = painter.device().devicePixelRatio()
    width, height = round(shown.width() * ratio), round(shown.height() * ratio)
    if abs(image.width() - width) <= 1 and abs(image.height() - height) <= 1:
        size = QSizeF(image.width() / ratio, image.height() / ratio)
        painter.drawImage(QRectF(shown.topLeft(), size), image)
        return
    part = QSizeF(width, height).scaled(QSizeF(image.size()), Qt.AspectRatioMode.KeepAspectRatio)
    left, top = (image.width() - part.width()) / 2, (image.height() - part.height()) / 2
    # An older cut is about to be replaced; only one that is too small for good deserves the effort.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() < width)
    painter.drawImage(shown, image, QRectF(QPointF(left, top), part))
