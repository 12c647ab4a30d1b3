"""The canvas of the grid: where photos lie and how they are drawn, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.ui.photo_grid_cell import CellMap
from app.ui.photo_grid_layout import MAX_SIDE_PX, MIN_SIDE_PX, PhotoGridLayout
from app.ui.photo_grid_model import Ids, PhotoGridModel
from app.ui.photo_grid_painter import OUTSET_PX, CellState, PhotoCellPainter
from app.ui.photo_grid_selection import PhotoGridSelection
from app.ui.photo_grid_separator import WeakSeparator
from app.ui.theme import RADIUS_PX, UNIT_PX
from app.ui.thumbnail_loader import ThumbnailShape

AnyIndex = QModelIndex | QPersistentModelIndex
SIDE_STEP_PX = 2 * UNIT_PX
SCROLL_STEP_PX = 5 * UNIT_PX
RESHAPE_DELAY_MS = 120


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a view was before its photos were set anew."""

    anchor_id: int
    anchor_top: int | None
    """The anchor's height on the screen; None at the top, where new photos may come in."""
    current_id: int | None
    before_current: Ids
    """What was shown before the current photo."""
    selected_ids: list[int]


class PhotoGridCanvas(QAbstractItemView):
    """Lays out, scrolls and paints a ``PhotoGridModel``; reads only what is visible."""

    current_photo_changed = Signal(object)
    """A photo id, or None."""
    selected_photos_changed = Signal()
    side_changed = Signal(int)
    weak_shown_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picked = PhotoGridSelection(self)
        self.hovered_row: int | None = None
        self.judging = False
        self._side_px = 176
        self._square = True
        self._weak_shown = False
        self._photo_layout = PhotoGridLayout(0, 0, self._side_px)
        self._painter = PhotoCellPainter(self.font())
        self._place: _Place | None = None
        self._separator = WeakSeparator(self.viewport())
        self._separator.hide()
        self._separator.toggled.connect(self._on_separator_toggled)
        self._reshape_timer = QTimer(self, singleShot=True, interval=RESHAPE_DELAY_MS)
        self._reshape_timer.timeout.connect(self._ask_for_thumbnails)
        self._set_up_widget()
        self._retranslate()

    def _set_up_widget(self) -> None:
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: a bar that comes and goes would change the width that it depends on.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # ---------------------------------------------------------------- what the window uses

    @property
    def photo_layout(self) -> PhotoGridLayout:
        """Where photos lie, in content coordinates."""
        return self._photo_layout

    @property
    def side_px(self) -> int:
        """The least side of a thumbnail."""
        return self._side_px

    @property
    def square(self) -> bool:
        return self._square

    @property
    def weak_shown(self) -> bool:
        return self._weak_shown

    def photos(self) -> PhotoGridModel | None:
        """The model; None before ``setModel``."""
        model = self.model()
        return model if isinstance(model, PhotoGridModel) else None

    def set_side_px(self, side_px: int) -> None:
        """Make thumbnails larger or smaller; the current photo stays where it is."""
        side_px = max(MIN_SIDE_PX, min(MAX_SIDE_PX, side_px))
        if side_px != self._side_px:
            self._side_px = side_px
            self._lay_out()
            self.side_changed.emit(side_px)

    def step_side(self, n_steps: int) -> None:
        self.set_side_px(self._side_px + n_steps * SIDE_STEP_PX)

    def set_square(self, square: bool) -> None:
        """Crop thumbnails to a square, or fit them."""
        if square != self._square:
            self._square = square
            self.viewport().update()
            self._reshape_timer.start()

    def set_zoom_to_match(self, zoom: bool) -> None:
        """Let matched places fill the thumbnails, or show whole photos."""
        photos = self.photos()
        if photos is not None:
            photos.set_zoom_to_match(zoom)
            self._reshape_timer.start()

    def set_weak_shown(self, shown: bool) -> None:
        """Unfold or fold the weak matches."""
        if shown != self._weak_shown:
            self._weak_shown = shown
            self._separator.setChecked(shown)
            self._lay_out()
            self.weak_shown_changed.emit(shown)

    def current_photo_id(self) -> int | None:
        photos, row = self.photos(), self.picked.current_row()
        return None if photos is None or row is None else photos.photo_id(row)

    def set_current_photo(self, photo_id: int) -> None:
        """Select a photo and scroll to it; does nothing if it is not here."""
        photos = self.photos()
        row = None if photos is None else photos.row_of(photo_id)
        if row is not None:
            if row >= self._photo_layout.n_shown:
                self.set_weak_shown(True)
            self.picked.make_current(row, select=True)

    def selected_photo_ids(self) -> list[int]:
        """The ids of the selected photos in the order shown."""
        return self.picked.ids()

    # ---------------------------------------------------------------- selection

    def selectAll(self) -> None:
        if self._photo_layout.n_shown:
            self.picked.select([range(self._photo_layout.n_shown)])

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selected_photos_changed.emit()

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self._name_current()
        self.current_photo_changed.emit(self.current_photo_id())

    def dataChanged(self, first: AnyIndex, last: AnyIndex, roles: Sequence[int] = ()) -> None:
        super().dataChanged(first, last, roles)
        if first.row() <= self.currentIndex().row() <= last.row():
            self._name_current()

    def _name_current(self) -> None:
        """Say to screen readers which photo the keyboard is on: Qt knows no parts of this view."""
        index = self.currentIndex()
        texts = [
            index.data(role)
            for role in (
                Qt.ItemDataRole.AccessibleTextRole,
                Qt.ItemDataRole.AccessibleDescriptionRole,
            )
        ]
        photo = ", ".join(filter(None, texts))
        photos = self.tr("Photos")
        self.setAccessibleName(photo or photos)
        self.setAccessibleDescription(photos if photo else "")

    def focus_separator(self) -> None:
        """Give the keyboard to the row that unfolds the weak matches."""
        if self._separator.isVisible():
            separator = self._photo_layout.separator
            if separator is not None:
                self._scroll_into_view(separator)
            self._separator.setFocus(Qt.FocusReason.TabFocusReason)

    # ---------------------------------------------------------------- layout and scrolling

    def setModel(self, model: QAbstractItemModel | None) -> None:
        old = self.photos()
        if old is not None:
            old.modelAboutToBeReset.disconnect(self._on_model_about_to_be_reset)
            old.modelReset.disconnect(self._on_model_reset)
        # Around Qt's own connections: a reset drops the selection that is remembered and restored.
        if isinstance(model, PhotoGridModel):
            model.modelAboutToBeReset.connect(self._on_model_about_to_be_reset)
        super().setModel(model)
        if isinstance(model, PhotoGridModel):
            model.modelReset.connect(self._on_model_reset)
        self._lay_out()

    @Slot()
    def _on_model_reset(self) -> None:
        place, self._place = self._place, None
        self.hovered_row = None
        self.picked.forget_anchor()
        photos = self.photos()
        if photos is None:
            return
        if photos.weak_from == 0:
            self._weak_shown = True
        elif place is None:
            self._weak_shown = False
        self._separator.blockSignals(True)
        self._separator.setChecked(self._weak_shown)
        self._separator.blockSignals(False)
        self._lay_out(keep_anchor=False)
        if place is None:
            self.verticalScrollBar().setValue(0)
        else:
            self._return_to(place, photos)
        self._ask_for_thumbnails()
        self._name_current()
        self.current_photo_changed.emit(self.current_photo_id())
        self.selected_photos_changed.emit()

    @Slot()
    def _on_model_about_to_be_reset(self) -> None:
        photos = self.photos()
        if photos is None or not photos.keep_place or not len(photos.ids):
            self._place = None
            return
        row = self._anchor()
        top = self._photo_layout.cell(row).top() - self.verticalOffset()
        self._place = _Place(
            photos.photo_id(row),
            None if self.verticalOffset() == 0 else top,
            self.current_photo_id(),
            photos.ids[: self.picked.current_row() or 0],
            self.selected_photo_ids(),
        )

    def _return_to(self, place: _Place, photos: PhotoGridModel) -> None:
        """Stay where the view was, in a list that gained or lost photos."""
        row = photos.row_of(place.anchor_id)
        if row is not None and place.anchor_top is not None:
            self.verticalScrollBar().setValue(self._photo_layout.cell(row).top() - place.anchor_top)
        self.picked.select_ids(place.selected_ids)
        if place.current_id is not None:
            self._return_to_current(place, photos.row_of(place.current_id), photos)

    def _return_to_current(self, place: _Place, row: int | None, photos: PhotoGridModel) -> None:
        """Stay at the current photo; where it is gone, go on with the one in its place."""
        select = False
        if row is None:
            before = int(np.isin(place.before_current, photos.ids).sum())
            row = min(before, self._photo_layout.n_shown - 1)
            select = bool(place.selected_ids) and not self.picked.ids()
        if row >= 0:
            self.setAutoScroll(False)
            self.picked.make_current(row, select=select)
            self.setAutoScroll(True)

    def _lay_out(self, *, keep_anchor: bool = True) -> None:
        """Compute the layout again; the anchor keeps its height on the screen."""
        photos = self.photos()
        old, offset = self._photo_layout, self.verticalOffset()
        row = self._anchor() if keep_anchor and old.n_shown else None
        self._photo_layout = PhotoGridLayout(
            n_photos=0 if photos is None else len(photos.ids),
            width_px=self.viewport().width(),
            side_px=self._side_px,
            weak_from=None if photos is None else photos.weak_from,
            weak_shown=self._weak_shown,
        )
        self.updateGeometries()
        if row is not None and row < self._photo_layout.n_shown and offset:
            moved = self._photo_layout.cell(row).center().y() - old.cell(row).center().y()
            self.verticalScrollBar().setValue(offset + moved)
        self._place_separator()
        self.viewport().update()
        self._reshape_timer.start()

    def _anchor(self) -> int:
        """The photo that stays put: the current one if it is visible, else the first visible."""
        visible = self.visible_rows()
        current = self.picked.current_row()
        if current is not None and current in visible:
            return current
        return min(visible.start, max(0, self._photo_layout.n_shown - 1))

    def visible_rows(self) -> range:
        top = self.verticalOffset()
        return self._photo_layout.rows_between(top, top + self.viewport().height())

    def to_content(self, point: QPoint) -> QPoint:
        """A point of the viewport in content coordinates."""
        return QPoint(point.x(), point.y() + self.verticalOffset())

    def on_screen(self, place: QRect) -> QRect:
        return place.translated(0, -self.verticalOffset())

    def cell_map(self, row: int) -> CellMap:
        """How a photo lies in its cell, in content coordinates."""
        photos = self.photos()
        photo = None if photos is None else photos.photo(row)
        place = self._photo_layout.cell(row)
        thumbnail = QRectF(place.left(), place.top(), place.width(), place.width())
        size = (1, 1) if photo is None else (photo.width_px, photo.height_px)
        focus = None if photos is None else photos.focus(photos.photo_id(row))
        return CellMap.of(*size, thumbnail, square=self._square, focus=focus)

    def _place_separator(self) -> None:
        place = self._photo_layout.separator
        self._separator.setVisible(place is not None)
        if place is not None:
            self._separator.set_n_weak(self._photo_layout.n_weak)
            self._separator.setGeometry(self.on_screen(place))

    def updateGeometries(self) -> None:
        bar = self.verticalScrollBar()
        page_px = self.viewport().height()
        highest = max(0, self._photo_layout.height_px - page_px)
        bar.setPageStep(page_px)
        bar.setSingleStep(SCROLL_STEP_PX)
        bar.setRange(0, highest)
        bar.setEnabled(highest > 0)
        super().updateGeometries()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(0, dy)
        self._ask_for_thumbnails()

    def scrollTo(
        self,
        index: AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if not index.isValid() or index.row() >= self._photo_layout.n_shown:
            return
        cell = self._photo_layout.cell(index.row())
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            middle = cell.center().y() - self.viewport().height() // 2
            self.verticalScrollBar().setValue(middle)
        else:
            self._scroll_into_view(cell)

    def _scroll_into_view(self, place: QRect) -> None:
        bar, page_px = self.verticalScrollBar(), self.viewport().height()
        room = min(2 * UNIT_PX, max(0, page_px - place.height()))
        lowest = place.bottom() + 1 + room - page_px
        bar.setValue(min(max(bar.value(), lowest), place.top() - room))

    @Slot()
    def _ask_for_thumbnails(self) -> None:
        photos = self.photos()
        if photos is None:
            return
        self._reshape_timer.stop()
        visible, n_shown = self.visible_rows(), self._photo_layout.n_shown
        ahead = range(visible.stop, min(n_shown, visible.stop + max(len(visible), 16)))
        ratio = self.devicePixelRatioF()
        side_px = round(self._photo_layout.cell_px * ratio)
        photos.set_visible(visible, ahead, ThumbnailShape(side_px, self._square, RADIUS_PX * ratio))

    # ---------------------------------------------------------------- Qt's questions

    def visualRect(self, index: AnyIndex) -> QRect:
        if not index.isValid() or index.row() >= self._photo_layout.n_shown:
            return QRect()
        around = (-OUTSET_PX, -OUTSET_PX, OUTSET_PX, OUTSET_PX)
        return self.on_screen(self._photo_layout.cell(index.row())).adjusted(*around)

    def indexAt(self, point: QPoint) -> QModelIndex:
        at = self.to_content(point)
        row = self._photo_layout.row_at(at.x(), at.y())
        return QModelIndex() if row is None else self.model().index(row, 0)

    def isIndexHidden(self, index: AnyIndex) -> bool:
        return index.row() >= self._photo_layout.n_shown

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def setSelection(self, area: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        runs = self._photo_layout.runs_in(area.translated(0, self.verticalOffset()))
        self.selectionModel().select(self.picked.of_runs(runs), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        visible = self.visible_rows()
        for run in (selection.at(i) for i in range(selection.count())):
            for row in range(max(run.top(), visible.start), min(run.bottom() + 1, visible.stop)):
                region += self.visualRect(self.model().index(row, 0))
        return region

    def keyboardSearch(self, text: str) -> None:
        """Nothing: typing letters must not read the whole library."""

    # ---------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().brush(QPalette.ColorRole.Base))
        photos = self.photos()
        if photos is None:
            return
        region, offset = event.region(), self.verticalOffset()
        dirty = event.rect().translated(0, offset)
        current = self.picked.current_row() if self.hasFocus() else None
        rows = self._photo_layout.rows_between(
            dirty.top() - OUTSET_PX, dirty.bottom() + 1 + OUTSET_PX
        )
        selected = self.picked.rows_among(rows)
        for row in rows:
            place = self._photo_layout.cell(row).translated(0, -offset)
            if not region.intersects(place.adjusted(-OUTSET_PX, -OUTSET_PX, OUTSET_PX, OUTSET_PX)):
                continue
            hovered = row == self.hovered_row
            state = CellState(row in selected, row == current, hovered, self.judging)
            cell = photos.cell(row)
            self._painter.paint(painter, cell, place, state, self.palette(), square=self._square)
        self.paint_over(painter)

    def paint_over(self, painter: QPainter) -> None:
        """Paint what lies over the photos; nothing here."""

    # ---------------------------------------------------------------- events

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.FontChange:
            self._painter = PhotoCellPainter(self.font())
            self.viewport().update()

    def _retranslate(self) -> None:
        self._name_current()

    @Slot(bool)
    def _on_separator_toggled(self, shown: bool) -> None:
        self.set_weak_shown(shown)
