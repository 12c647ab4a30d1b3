"""The tools over an open photo: a dark pane in both themes, because photos lie under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from app.ui.icon_button import IconButton
from app.ui.percent import percent_text
from app.ui.theme import CONTROL_HEIGHT_PX, DARK, UNIT_PX, palette_for, style_sheet

HEAT_OPACITY_PERCENT = 70

_PANE_STYLE = """
%s {
    background: rgba(30, 30, 30, 225); border: 1px solid rgba(255, 255, 255, 30);
    border-radius: 8px;
}
%s QLabel { color: @text@; }
""".replace("@text@", DARK.text)


def pane_style(class_name: str) -> str:
    """The style sheet of a dark pane over a photo."""
    return style_sheet(DARK) + _PANE_STYLE % (class_name, class_name)


class PhotoToolbar(QFrame):
    """Box, fit, heat, similar, close."""

    box_mode_toggled = Signal(bool)
    fit_requested = Signal()
    heat_opacity_changed = Signal(float)
    similar_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._percent = 100
        self.setPalette(palette_for(DARK))
        self.setStyleSheet(pane_style("PhotoToolbar"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.box_button = IconButton("box", self)
        self.box_button.setCheckable(True)
        self.fit_button = QToolButton(self)
        self.fit_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.heat_label = QLabel(self)
        self.heat_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.heat_slider.setRange(0, 100)
        self.heat_slider.setValue(HEAT_OPACITY_PERCENT)
        self.heat_slider.setFixedWidth(12 * UNIT_PX)
        self.similar_button = IconButton("similar", self)
        self.close_button = IconButton("clear", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(4)
        for widget in (
            self.box_button,
            self.fit_button,
            self.heat_label,
            self.heat_slider,
            self.similar_button,
            self.close_button,
        ):
            widget.setFixedHeight(CONTROL_HEIGHT_PX)
            row.addWidget(widget)
        self.heat_label.setIndent(UNIT_PX)
        self.box_button.toggled.connect(self.box_mode_toggled)
        self.fit_button.clicked.connect(self.fit_requested)
        self.heat_slider.valueChanged.connect(self._on_heat_slider_value_changed)
        self.similar_button.clicked.connect(self.similar_requested)
        self.close_button.clicked.connect(self.close_requested)
        self.set_heat_shown(False)
        self._retranslate()

    @property
    def heat_opacity(self) -> float:
        """How much of the heat covers the photo, 0..1."""
        return self.heat_slider.value() / 100

    def set_zoom(self, device_scale: float) -> None:
        """Show how large the photo is: 1 is a pixel for a pixel."""
        percent = round(device_scale * 100)
        if percent != self._percent:
            self._percent = percent
            self._retranslate()

    def set_heat_shown(self, shown: bool) -> None:
        """Offer the heat's slider only while there is heat."""
        self.heat_label.setVisible(shown)
        self.heat_slider.setVisible(shown)
        self.adjustSize()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _on_heat_slider_value_changed(self, percent: int) -> None:
        self.heat_opacity_changed.emit(percent / 100)

    def _retranslate(self) -> None:
        self.fit_button.setText(percent_text(self._percent / 100))
        # Wide enough for any zoom, so that the pane does not jump while the wheel turns.
        self.fit_button.setMinimumWidth(self.fontMetrics().horizontalAdvance("1,600 %") + 12)
        self.fit_button.setToolTip(self.tr("Whole photo or 100 % (Z)"))
        self.fit_button.setAccessibleName(self.tr("Whole photo or 100 %"))
        self.box_button.set_label(self.tr("Draw a box to search for what is in it"), "R")
        self.similar_button.set_label(self.tr("Find similar photos"), "S")
        self.close_button.set_label(self.tr("Close"), "Esc")
        self.heat_label.setText(self.tr("Heat"))
        self.heat_slider.setAccessibleName(self.tr("Opacity of the heat map"))
        self.setAccessibleName(self.tr("Photo tools"))
        self.adjustSize()
