"""The marks of the parts of a question: none is drawn as another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPalette
from pytestqt.qtbot import QtBot

from app.core.messages import PhraseHit
from app.core.part_marks import MAX_PIECES, PART_COLORS
from app.ui.chip_mark import chip_color, paint_dot, paint_region, paint_tick
from app.ui.photo_grid_model import PhotoCell
from app.ui.photo_grid_painter import CellState, PhotoCellPainter
from app.ui.query_chips import QueryChips
from app.ui.question import Question
from tests.unit.ui.samples import hit

PAPER = QColor("#808080")
N_MARKS = MAX_PIECES * len(PART_COLORS)


def drawn(draw: Callable[[QPainter], None], width: int = 60, height: int = 60) -> QImage:
    """A picture of what is drawn on grey."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(PAPER)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    return image


@pytest.mark.parametrize(
    "mark",
    [
        lambda painter, number: paint_dot(painter, QPointF(30, 30), 4, number),
        lambda painter, number: paint_tick(painter, QRectF(10, 10, 12, 3), number),
        lambda painter, number: paint_region(painter, QRectF(10, 10, 40, 30), number),
    ],
    ids=["dot", "tick", "frame"],
)
def test_marks_differ_also_when_the_colours_are_used_up(
    qapp: object, mark: Callable[[QPainter, int], None]
) -> None:
    images = [
        drawn(lambda painter, number=number: mark(painter, number)) for number in range(N_MARKS)
    ]
    assert len({chip_color(number).name() for number in range(N_MARKS)}) < N_MARKS
    assert not any(one == other for one, other in combinations(images, 2))


def test_the_eighth_phrase_has_another_mark_than_the_first(qtbot: QtBot) -> None:
    chips = QueryChips()
    qtbot.addWidget(chips)
    names = ("cat", "dog", "cup", "car", "hat", "bus", "bed", "cow")
    chips.show_question(Question().with_text(", ".join(f"a {name}" for name in names)), str)
    chips.resize(1200, 60)
    chips.show()
    qtbot.waitExposed(chips)
    marks = [chip.grab(QRect(9, 4, 16, 18)).toImage() for chip in chips.chips]
    assert len(marks) == len(names)
    assert not any(one == other for one, other in combinations(marks, 2))


def test_many_ticks_stay_under_their_photo(qapp: object) -> None:
    phrases = tuple(PhraseHit(f"thing {number}", 0.9, None) for number in range(14))
    cell = PhotoCell(1, None, replace(hit(1), phrases=phrases), None)
    side = 96

    def paint(painter: QPainter) -> None:
        place = QRect(40, 0, side, side + 20)
        PhotoCellPainter(QFont()).paint(painter, cell, place, CellState(), QPalette(), square=True)

    image = drawn(paint, 40 + side + 60, side + 20)
    at = range(image.width())
    line = side + 20 - 10
    inked = [x for y in (line, line + 1) for x in at if image.pixelColor(x, y) != PAPER]
    assert min(inked) >= 40
    assert 40 + side // 2 < max(inked) < 40 + side
