"""One photo, large: look at it, draw a box to search by, see where a phrase fits."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.core.asking import Box
from app.core.library.rows import Photo
from app.core.messages import Hit, PhotoLocated, PhotoOpened
from app.ui.photo_grid_model import photo_name
from app.ui.photo_view_box import grown, moved, suggestion_at
from app.ui.photo_view_box_bar import PhotoBoxBar
from app.ui.photo_view_keys import PhotoViewKeys
from app.ui.photo_view_painter import PhotoPainter, PhotoPicture, Place
from app.ui.photo_view_pixels import PhotoPixels, PixelPreparer
from app.ui.photo_view_places import FoundPlaces
from app.ui.photo_view_pointer import PhotoViewPointer
from app.ui.photo_view_toolbar import PhotoToolbar
from app.ui.photo_view_transform import ViewTransform
from app.ui.theme import UNIT_PX
from app.ui.thumbnail_loader import ThumbnailLoader

MAX_SIDE_PX = 6144
"""No photo is shown with more pixels on its longest side; that many take 150 MB."""
SIDE_STEP_PX = 256
PIXELS_DELAY_MS = 150
NUDGED_MS = 300
NUDGE_PX = 1.0
WHEEL_NOTCH = 120
ZOOM_PER_NOTCH = 1.2


class PhotoView(QWidget):
    """Shows one photo and asks for what it needs: pixels, places of phrases, searches.

    Args:
        thumbnails: where the small picture comes from while there are no pixels; without it,
            ``set_thumbnail`` may give one.
    """

    pixels_requested = Signal(object, int)
    """A photo id and the longest side in pixels that the screen can use."""
    region_search_requested = Signal(object, object)
    """A photo id and a box in 0..1 of the upright photo."""
    similar_requested = Signal(object)
    closed = Signal()
    step_requested = Signal(int)
    """-1 for the photo before, 1 for the next."""
    box_changed = Signal(object)
    """The box in 0..1, or None; also while it is being drawn."""
    another_box_started = Signal()
    """The box that is there is to stay, and another one will be drawn."""
    boxes_cleared = Signal()
    """All boxes are to go, also those that were to stay."""
    box_mode_changed = Signal(bool)
    menu_requested = Signal(QPoint)
    """Where on the screen the menu of the photo should open."""

    def __init__(
        self, thumbnails: ThumbnailLoader | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._photo: Photo | None = None
        self._picture = PhotoPicture(QColor(0, 0, 0, 0))
        self._transform = ViewTransform.fitting((1, 1), (1, 1))
        self._requested_px = 0
        self._wheel_rest = 0
        self._box_mode = False
        self._found = FoundPlaces()
        self._painter = PhotoPainter()
        self._pointer = PhotoViewPointer(self)
        self._keys = PhotoViewKeys(self)
        self._preparer = PixelPreparer(self)
        self._preparer.prepared.connect(self._on_preparer_prepared)
        self._pixels_timer = QTimer(self, singleShot=True, interval=PIXELS_DELAY_MS)
        self._pixels_timer.timeout.connect(self._request_pixels)
        self._nudge_timer = QTimer(self, singleShot=True, interval=NUDGED_MS)
        self._nudge_timer.timeout.connect(self.search_box)
        self._set_up_controls()
        if thumbnails is not None:
            thumbnails.whole_loaded.connect(self._on_thumbnails_whole_loaded)

    def _set_up_controls(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.toolbar = PhotoToolbar(self)
        self.box_bar = PhotoBoxBar(self)
        self.box_bar.another_requested.connect(self.fix_box)
        self.toolbar.box_mode_toggled.connect(self.set_box_mode)
        self.toolbar.fit_requested.connect(self.toggle_fit)
        self.toolbar.heat_opacity_changed.connect(self._on_toolbar_heat_opacity_changed)
        self.toolbar.similar_requested.connect(self.request_similar)
        self.toolbar.close_requested.connect(self.leave)
        self._retranslate()

    # ---------------------------------------------------------------- what is shown

    @property
    def photo(self) -> Photo | None:
        """The photo shown; None before the first and after ``clear``."""
        return self._photo

    @property
    def transform(self) -> ViewTransform:
        """How the photo lies in the view."""
        return self._transform

    @property
    def box(self) -> Box | None:
        """The box that was drawn, in 0..1 of the upright photo."""
        return self._picture.box

    @property
    def box_mode(self) -> bool:
        """Whether dragging draws a box."""
        return self._box_mode

    @property
    def places(self) -> tuple[Place, ...]:
        """The found places that are framed."""
        return tuple(self._picture.places)

    @property
    def picture(self) -> PhotoPicture:
        """What is drawn; for looking only."""
        return self._picture

    def set_photo(self, photo: Photo, hit: Hit | None = None) -> None:
        """Show a photo: its colour, then its thumbnail, then its pixels as they come.

        Args:
            photo: the library's row.
            hit: what a search said of it; its places are framed.
        """
        same = self._photo is not None and self._photo.id == photo.id
        self._photo = photo
        self._found.set_hit(hit)
        if not same:
            self._found.set_located(None)
            self._preparer.forget()
            opacity = self.toolbar.heat_opacity
            average = QColor.fromRgb(photo.average_rgb)
            self._picture = PhotoPicture(average, heat_opacity=opacity)
            self._nudge_timer.stop()
            self._requested_px = 0
            self.box_bar.hide()
            self.toolbar.set_heat_shown(False)
            self._show_at(self._fitting((photo.width_px, photo.height_px)))
            if self._thumbnails is not None:
                self._thumbnails.load_whole(photo.id)
            self._request_pixels()
        self._picture.places = self._found.places()
        self.setAccessibleDescription(photo_name(photo))
        self.update()

    def clear(self) -> None:
        """Show no photo and give its memory back."""
        self._preparer.forget()
        self._photo = None
        self._picture = PhotoPicture(QColor(0, 0, 0, 0), heat_opacity=self.toolbar.heat_opacity)
        self._found = FoundPlaces()
        self._painter = PhotoPainter()
        self._pixels_timer.stop()
        self._nudge_timer.stop()
        self.box_bar.hide()
        self.toolbar.set_heat_shown(False)
        self.set_box_mode(False)
        self.update()

    def set_thumbnail(self, photo_id: int, image: QImage) -> None:
        """Show the library's small picture until pixels come."""
        if self._photo is not None and self._photo.id == photo_id and not image.isNull():
            self._picture.thumbnail = image
            self.update()

    def set_pixels(self, opened: PhotoOpened) -> None:
        """Show real pixels; those of another photo are dropped."""
        if self._photo is not None and self._photo.id == opened.photo_id:
            self._preparer.prepare(opened)

    def set_heat(self, located: PhotoLocated | None) -> None:
        """Show where phrases fit, or nothing; an answer about another photo is dropped."""
        if located is not None and (self._photo is None or located.photo_id != self._photo.id):
            return
        self._found.set_located(located)
        self._show_found()

    @Slot(int, bool)
    def set_phrase_shown(self, number: int, shown: bool) -> None:
        """Show one of the phrases that are looked for, or leave it out."""
        self._found.set_shown(number, shown)
        self._show_found()

    def _show_found(self) -> None:
        self._picture.heat = self._found.heat()
        self._picture.places = self._found.places()
        self.toolbar.set_heat_shown(self._picture.heat is not None)
        self._place_controls()
        self.update()

    # ---------------------------------------------------------------- zoom and pan

    @Slot()
    def toggle_fit(self, at: QPointF | None = None) -> None:
        """Between the whole photo and 100 % at a point of the view, by default its middle."""
        anchor = QPointF(self.rect().center()) if at is None else at
        self._show_at(self._transform.toggled((anchor.x(), anchor.y())))

    def pan(self, dx: float, dy: float) -> None:
        """Move the photo by some pixels of the view."""
        self._show_at(self._transform.panned(dx, dy))

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom in (above 1) or out; what lies under a point of the view stays there."""
        self._show_at(self._transform.zoomed_by(factor, (at.x(), at.y())))

    def _show_at(self, transform: ViewTransform) -> None:
        self._transform = transform
        self.toolbar.set_zoom(transform.device_scale)
        self._place_controls()
        self._pixels_timer.start()
        self.update()

    def _fitting(self, photo_px: tuple[int, int]) -> ViewTransform:
        size = (self.width(), self.height())
        return ViewTransform.fitting(photo_px, size, self.devicePixelRatioF())

    # ---------------------------------------------------------------- the box

    @Slot(bool)
    def set_box_mode(self, on: bool) -> None:
        """Let a drag draw a box, or pan."""
        if on != self._box_mode:
            self._box_mode = on
            self.box_mode_changed.emit(on)
        self.toolbar.box_button.setChecked(on)
        self._picture.suggestions_shown = False
        self._picture.hovered_suggestion = None
        self._pointer.show_cursor(QPointF(self.mapFromGlobal(self.cursor().pos())))
        self.update()

    @Slot()
    def start_box(self) -> None:
        """Let the next drags draw a box."""
        self.set_box_mode(True)

    def cancel_step(self) -> bool:
        """Undo what is being done: a drag, then the boxes; False if there is nothing to undo."""
        if self._pointer.cancel():
            return True
        has_boxes = self._picture.box is not None or bool(self._picture.fixed_boxes)
        if not has_boxes and not self._box_mode:
            return False
        self.boxes_cleared.emit()
        self.show_box(None)
        self.set_box_mode(False)
        return True

    def show_box(self, box: Box | None) -> None:
        """Show a box without searching for it."""
        if box != self._picture.box:
            self._picture.box = box
            self._nudge_timer.stop()
            self.box_bar.setVisible(box is not None and not self._pointer.is_drawing)
            self._place_controls()
            self.update()
            self.box_changed.emit(box)

    def set_fixed_boxes(self, boxes: tuple[Box, ...]) -> None:
        """Show boxes that count together with the one being drawn."""
        self._picture.fixed_boxes = boxes
        self.update()

    def set_suggestions(self, boxes: tuple[Box, ...]) -> None:
        """Offer boxes: in box mode the one under the pointer appears, and a click takes it."""
        self._picture.suggestions = boxes
        self.update()

    def hover_suggestion(self, at: QPointF) -> None:
        """Show suggested boxes faintly over the photo, the one under a point clearly."""
        point = self._transform.to_photo((at.x(), at.y()))
        shown = self._box_mode and 0 <= point[0] <= 1 and 0 <= point[1] <= 1
        found = suggestion_at(self._picture.suggestions, point) if shown else None
        before = (self._picture.suggestions_shown, self._picture.hovered_suggestion)
        self._picture.suggestions_shown, self._picture.hovered_suggestion = shown, found
        if before != (shown, found):
            self.update()

    def take_suggestion(self) -> bool:
        """Take the suggested box under the pointer; False if there is none."""
        box = self._picture.hovered_suggestion
        if box is None:
            return False
        self._picture.hovered_suggestion = None
        self.show_box(box)
        self.search_box()
        return True

    def fix_box(self) -> None:
        """Let the box stay, so that another one can be drawn."""
        if self._picture.box is not None:
            self.another_box_started.emit()
            self.show_box(None)
            self.set_box_mode(True)

    def search_box_soon(self) -> None:
        """Ask for what is in the box once it rests for a moment."""
        self._nudge_timer.start()

    @Slot()
    def search_box(self) -> None:
        """Ask for photos that hold what is in the box."""
        self._nudge_timer.stop()
        if self._photo is not None and self._picture.box is not None:
            self.box_bar.setVisible(not self._pointer.is_drawing)
            self._place_controls()
            self.region_search_requested.emit(self._photo.id, self._picture.box)

    def request_results(self) -> None:
        """Search for what is in the box and ask for all results."""
        self.search_box()
        self.box_bar.results_requested.emit()

    def change_box(self, arrow: tuple[int, int], *, resize: bool) -> None:
        """Move the box or its lower right corner by one pixel of the screen."""
        box = self._picture.box
        if box is None:
            return
        width, height = self._transform.shown_px
        dx, dy = arrow[0] * NUDGE_PX / width, arrow[1] * NUDGE_PX / height
        if resize:
            least = (4 * NUDGE_PX / width, 4 * NUDGE_PX / height)
            self.show_box(grown(box, dx, dy, least))
        else:
            self.show_box(moved(box, dx, dy))
        self.search_box_soon()

    # ---------------------------------------------------------------- pixels

    @Slot()
    def _request_pixels(self) -> None:
        """Ask for more pixels if the screen can show more than there are."""
        self._pixels_timer.stop()
        photo = self._photo
        if photo is None or not self.isVisible():
            return
        full_px = max(self._transform.photo_px)
        needed_px = math.ceil(max(self._transform.shown_px) * self._transform.ratio)
        side_px = math.ceil(needed_px / SIDE_STEP_PX) * SIDE_STEP_PX
        side_px = min(side_px, full_px, MAX_SIDE_PX)
        have_px = 0 if self._picture.pixels is None else self._picture.pixels.longest_px
        if side_px > max(have_px, self._requested_px):
            self._requested_px = side_px
            self.pixels_requested.emit(photo.id, side_px)

    @Slot()
    def request_again(self) -> None:
        """Ask for pixels anew: who was asked before is gone."""
        self._requested_px = 0
        self._request_pixels()

    @Slot(object)
    def _on_preparer_prepared(self, pixels: PhotoPixels) -> None:
        if self._photo is None or pixels.photo_id != self._photo.id:
            return
        old = self._picture.pixels
        if old is not None and old.longest_px > pixels.longest_px:
            return
        self._picture.pixels = pixels
        if pixels.full_px != self._transform.photo_px:  # the file changed since it was indexed
            self._show_at(self._fitting(pixels.full_px))
        self.update()

    @Slot(object, QImage)
    def _on_thumbnails_whole_loaded(self, photo_id: int, image: QImage) -> None:
        self.set_thumbnail(photo_id, image)

    # ---------------------------------------------------------------- controls

    def _place_controls(self) -> None:
        margin = 2 * UNIT_PX
        self.toolbar.adjustSize()
        left = (self.width() - self.toolbar.width()) // 2
        self.toolbar.move(left, self.height() - self.toolbar.height() - margin)
        if self._picture.box is not None:
            self.box_bar.place_at(self._transform.box_to_view(self._picture.box), self.toolbar)

    @Slot(float)
    def _on_toolbar_heat_opacity_changed(self, opacity: float) -> None:
        self._picture.heat_opacity = opacity
        self.update()

    @Slot()
    def request_similar(self) -> None:
        """Ask for photos like this one."""
        if self._photo is not None:
            self.similar_requested.emit(self._photo.id)

    @Slot()
    def leave(self) -> None:
        """Say that the person is done with the photo."""
        self._nudge_timer.stop()
        self.closed.emit()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Photo"))

    # ---------------------------------------------------------------- events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas = self.palette().color(QPalette.ColorRole.Base)
        if self._photo is None:
            painter.fillRect(self.rect(), canvas)
        else:
            self._painter.paint(painter, self._picture, self._transform, canvas)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = (self.width(), self.height())
        self._show_at(self._transform.resized(size, self.devicePixelRatioF()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pixels_timer.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        super().closeEvent(event)

    def shut_down(self) -> None:
        """Stop timers and threads; call it before the window goes."""
        self._pixels_timer.stop()
        self._nudge_timer.stop()
        self._preparer.close()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._photo is not None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pointer.press(event)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pointer.release(event)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._photo is not None:
            self.menu_requested.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        # With Alt held, some systems turn the wheel sideways.
        delta = event.angleDelta().y() or event.angleDelta().x()
        if not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.zoom(ZOOM_PER_NOTCH ** (delta / WHEEL_NOTCH), event.position())
            return
        self._wheel_rest += delta
        n_steps = int(self._wheel_rest / WHEEL_NOTCH)
        self._wheel_rest -= n_steps * WHEEL_NOTCH
        if n_steps:
            self.step_requested.emit(-n_steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self._photo is not None and self._keys.press(event))
