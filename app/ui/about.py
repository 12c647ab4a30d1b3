"""What this application is, in a few lines."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.core.messages import EngineReady
from app.engine.link import EngineLink
from app.ui.message_box import message_box


class AboutDialog(QObject):
    """Opens the about box; it names the model once the engine has loaded it."""

    def __init__(self, link: EngineLink, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._engine: EngineReady | None = None
        link.engine_ready.connect(self._on_link_engine_ready)

    @Slot(object)
    def _on_link_engine_ready(self, event: EngineReady) -> None:
        self._engine = event

    @Slot()
    def show(self) -> None:
        """Open the box."""
        box = message_box(self._window, self.tr("About Finelens"), "Finelens 细寻", self.text())
        box.setIconPixmap(self._window.windowIcon().pixmap(48, 48))
        box.setStandardButtons(QMessageBox.StandardButton.Ok)
        box.open()

    def text(self) -> str:
        """What the box says."""
        lines = [self.tr("Finds photos by sentences and by boxes, in English and Chinese.")]
        lines.append(self.tr("Everything stays on this computer."))
        if self._engine is not None:
            model = self.tr("Model: {0} ({1}, {2})")
            lines.append(
                model.format(self._engine.model, self._engine.engine, self._engine.precision)
            )
        return "\n".join(lines)
