"""A flat button with a line icon that follows the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.icons import icon_colors, line_icon
from app.ui.plain_tip import plain_tip


class IconButton(QToolButton):
    """A tool button named for screen readers and drawn in the palette's own colour."""

    def __init__(self, icon_name: str, parent: QWidget | None = None, *, icon_px: int = 18) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._icon_px = icon_px
        self._drawn: object = None
        self.setAutoRaise(True)
        self.setIconSize(QSize(icon_px, icon_px))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._redraw()

    @property
    def icon_name(self) -> str:
        """Which drawing is shown."""
        return self._icon_name

    def set_icon_name(self, icon_name: str) -> None:
        """Show another drawing."""
        self._icon_name = icon_name
        self._redraw()

    def set_label(self, text: str, shortcut: str = "") -> None:
        """Name the button: for screen readers, and as a tool tip with its shortcut."""
        self.setAccessibleName(text)
        self.setToolTip(plain_tip(f"{text} ({shortcut})" if shortcut else text))

    def changeEvent(self, event: QEvent) -> None:
        """Redraw the icon when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._redraw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _redraw(self) -> None:
        """Draw the icon unless it is drawn: palettes change often with the same colours."""
        wanted = (self._icon_name, icon_colors(self.palette()))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        self.setIcon(line_icon(self._icon_name, self.palette(), self._icon_px))
