"""A pointer that moves by events alone: its place on the screen is another program's affair."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
N_MOVES = 4


def move_pointer(
    widget: QWidget,
    at: QPoint,
    buttons: Qt.MouseButton = Qt.MouseButton.NoButton,
    modifiers: Qt.KeyboardModifier = PLAIN,
) -> None:
    """Tell a widget that the pointer moved to a point of it, with these buttons held.

    ``QTest.mouseMove`` places the pointer of the system and leaves the event to it: none comes
    where the pointer was already, or where a window of an earlier test still lies.
    """
    point = QPointF(at)
    on_screen = widget.mapToGlobal(point)
    no_button = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, point, on_screen, no_button, buttons, modifiers)
    QApplication.sendEvent(widget, event)


def drag(
    widget: QWidget, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = PLAIN
) -> None:
    """Press the left button at one point of a widget, move to another and release."""
    QTest.mousePress(widget, LEFT, modifiers, start)
    for step in range(1, N_MOVES + 1):
        move_pointer(widget, start + (end - start) * step / N_MOVES, LEFT, modifiers)
    QTest.mouseRelease(widget, LEFT, modifiers, end)
