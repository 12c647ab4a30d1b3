"""What lies on a thumbnail: buttons while the pointer is over it, badges of its marks otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from app.core.changes import Marks
from app.ui.icons import paint_icon
from app.ui.theme import RADIUS_PX

BUTTON_PX = 26
BUTTONS_FROM_SIDE_PX = 112
STAR_PX = 18
N_STARS = 5
BADGE_PX = 15
BADGE_STEP_PX = 17
BADGE_EDGE = 5.0
OUTLINE = QColor(0, 0, 0, 150)
WHITE = QColor("#f4f4f4")
PANE = QColor(20, 20, 20, 190)

Judgement = Literal["accept", "reject"]


@dataclass(frozen=True, slots=True)
class HoverButtons:
    """Where the buttons of a hovered photo are.

    Attributes:
        stars: five places, the first for one star; empty while a concept is judged.
        judgements: "yes" and "no" while a concept is judged.
    """

    favourite: QRect
    similar: QRect
    menu: QRect
    stars: tuple[QRect, ...] = ()
    judgements: tuple[tuple[Judgement, QRect], ...] = ()

    @classmethod
    def on(cls, thumbnail: QRect, *, judging: bool = False) -> HoverButtons | None:
        """Their places; None where there is no room."""
        if thumbnail.width() < BUTTONS_FROM_SIDE_PX:
            return None
        menu = QRect(thumbnail.right() - BUTTON_PX - 5, thumbnail.top() + 6, BUTTON_PX, BUTTON_PX)
        step = BUTTON_PX + 4
        top = menu.translated(-2 * step, 0), menu.translated(-step, 0), menu
        bottom = thumbnail.bottom() - BUTTON_PX - 5
        if judging:
            middle = thumbnail.center().x()
            yes = QRect(middle - step - 2, bottom, BUTTON_PX + 4, BUTTON_PX)
            no = QRect(middle + 2, bottom, BUTTON_PX + 4, BUTTON_PX)
            return cls(*top, judgements=(("accept", yes), ("reject", no)))
        left = thumbnail.left() + 10
        stars = tuple(
            QRect(left + at * STAR_PX, bottom, STAR_PX, BUTTON_PX) for at in range(N_STARS)
        )
        return cls(*top, stars)

    def star_at(self, point: QPoint) -> int | None:
        """How many stars a point means; None beside them."""
        for at, area in enumerate(self.stars):
            if area.contains(point):
                return at + 1
        return None

    def judgement_at(self, point: QPoint) -> Judgement | None:
        """What a point says of the concept; None beside the buttons."""
        for judgement, area in self.judgements:
            if area.contains(point):
                return judgement
        return None


def paint_buttons(painter: QPainter, buttons: HoverButtons, marks: Marks) -> None:
    """Draw the buttons of a hovered photo."""
    for area in (buttons.favourite, buttons.similar, buttons.menu):
        _paint_pane(painter, area)
    heart = "heart_filled" if marks.favourite else "heart"
    _paint_icon_in(painter, heart, buttons.favourite)
    _paint_icon_in(painter, "similar", buttons.similar)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(WHITE)
    for dx in (-5, 0, 5):
        painter.drawEllipse(QRectF(buttons.menu).center() + QPointF(dx, 0), 1.6, 1.6)
    if buttons.stars:
        first, last = buttons.stars[0], buttons.stars[-1]
        _paint_pane(painter, first.united(last).adjusted(-4, 0, 4, 0))
    for at, area in enumerate(buttons.stars):
        star = "star_filled" if at < marks.rating else "star"
        square = QRectF(area.left() + 1, area.center().y() - 7.5, STAR_PX - 2, STAR_PX - 2)
        paint_icon(painter, star, square, WHITE)
    for judgement, area in buttons.judgements:
        _paint_pane(painter, area)
        _paint_icon_in(painter, "tick" if judgement == "accept" else "clear", area)


def paint_badges(painter: QPainter, shown: QRectF, marks: Marks, *, offline: bool) -> None:
    """Draw marks in the lower left corner, with a dark edge to read on any photo."""
    names = ["star_filled"] * marks.rating
    if marks.favourite:
        names.insert(0, "heart_filled")
    if marks.flag:
        names.insert(0, "flag_filled" if marks.flag > 0 else "reject")
    if offline:
        names.insert(0, "offline")
    room = int((shown.width() - 8) // (BADGE_STEP_PX - 3))
    corner = shown.bottomLeft() + QPointF(5, -5 - BADGE_PX)
    for at, name in enumerate(names[: max(1, room)]):
        left = corner + QPointF(at * (BADGE_STEP_PX - 3), 0)
        area = QRectF(left, QSizeF(BADGE_PX, BADGE_PX))
        paint_icon(painter, name, area, OUTLINE, BADGE_EDGE)
        paint_icon(painter, name, area, WHITE)


def _paint_pane(painter: QPainter, area: QRect) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PANE)
    painter.drawRoundedRect(QRectF(area), RADIUS_PX, RADIUS_PX)


def _paint_icon_in(painter: QPainter, name: str, area: QRect) -> None:
    square = QRectF(0, 0, BUTTON_PX - 8, BUTTON_PX - 8)
    square.moveCenter(QRectF(area).center())
    paint_icon(painter, name, square, WHITE)
