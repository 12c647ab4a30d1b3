"""Take the screenshots of README and docs: the real window, the bundled model, real results.

``make screenshots`` runs it under Xvfb. Indexes the demo album into a fresh library, searches in
both languages, looks for phrases in a photo and draws a box in it, and saves what the screen shows
to docs/images.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Self

from PySide6.QtCore import QElapsedTimer, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.paths import bundled_model_dir
from app.core.settings import Settings
from app.main import build_window
from app.ui.main_window import MainWindow
from app.ui.search_controller import SearchController

OUT = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = (1280, 800)
WAIT_MS = 180_000
SETTLE_MS = 900
ENGLISH, CHINESE = "penguins in the snow, a green tree, without cars", "雪地里的企鹅"
IN_PHOTO = "a green tree, a penguin"
BOX = ((0.66, 0.16), (0.99, 0.88))  # two corners, in 0..1 of the photo


class Stage:
    """One window in one language and theme, driven until it shows what is wanted."""

    def __init__(self, settings: Settings, folder: Path, out: Path) -> None:
        self.out = out
        self.window: MainWindow = build_window(
            settings, folder / "library", bundled_model_dir(), folder / "config"
        )
        self.panels = self.window.panels
        self.asked = self.window.findChild(SearchController)
        self.window.resize(*SIZE)
        self.window.show()

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the window work until the condition holds.

        Raises:
            TimeoutError: it did not hold within three minutes.
        """
        clock = QElapsedTimer()
        clock.start()
        while not condition():
            if clock.elapsed() > WAIT_MS:
                raise TimeoutError("the window did not get there within three minutes")
            self.settle(50)

    def settle(self, delay_ms: int = SETTLE_MS) -> None:
        """Let animations and thumbnails come to rest."""
        loop = QEventLoop()
        QTimer.singleShot(delay_ms, loop.quit)
        loop.exec()

    def search(self, text: str) -> None:
        """Type a query and wait for its results, ranked on regions."""
        self.panels.search_bar.edit.setText(text)
        self.panels.search_bar.search_requested.emit(text)
        self.until(lambda: self._is_answered() and self.asked.results.question.text == text)
        self.settle()

    def _is_answered(self) -> bool:
        results = self.asked.results
        return results is not None and results.took_ms > 0 and not results.refining

    def open_first(self) -> None:
        """Open the first result and wait for its pixels."""
        grid, view = self.panels.results.grid, self.panels.photo_page.view
        grid.setFocus()
        for key in (Qt.Key.Key_Home, Qt.Key.Key_Return):
            QTest.keyClick(grid, key)
        self.until(lambda: view.picture.pixels is not None)

    def look_for(self, text: str) -> None:
        """Look for phrases in the open photo and wait for their heat."""
        page = self.panels.photo_page
        page.phrase_edit.setText(text)
        QTest.keyClick(page.phrase_edit, Qt.Key.Key_Return)
        self.until(lambda: page.toggles.isVisible() and page.view.picture.heat is not None)
        page.view.setFocus()

    def drag_box(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a box in the open photo and wait for its results."""
        view = self.panels.photo_page.view
        QTest.keyClick(view, Qt.Key.Key_R)
        corners = (view.transform.to_view(point) for point in (start, end))
        first, last = (QPoint(round(x), round(y)) for x, y in corners)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=first)
        for step in range(1, 5):
            QTest.mouseMove(view, first + (last - first) * step / 4)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=last)
        self.until(lambda: self._is_answered() and bool(self.asked.results.question.pictures))

    def save(self, name: str) -> None:
        """Write what the screen shows of the window."""
        self.settle()
        picture = self.window.screen().grabWindow(self.window.winId())
        if picture.isNull() or not picture.save(str(self.out / f"{name}.png")):
            raise OSError(f"{self.out / name}.png cannot be written")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the window and its engine."""
        self.window.close()
        self.settle(100)


def take(out: Path) -> None:
    """Take all screenshots."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        base = replace(Settings(), language="en", theme="dark")
        with Stage(base, Path(scratch), out) as stage:
            stage.until(lambda: stage.window.is_first_start_shown)
            stage.save("first-start")
            stage.window.actions_.try_demo.trigger()
            stage.until(lambda: stage.panels.status_bar.found_label.text().startswith("48 "))
            # The fine pass indexes regions after that.
            stage.until(lambda: not stage.panels.status_bar.bar.isVisible())
            stage.search(ENGLISH)
            stage.save("window")
            stage.open_first()
            stage.look_for(IN_PHOTO)
            stage.save("photo")
            stage.drag_box(*BOX)
            stage.save("box")
        chinese = replace(base, language="zh_CN", theme="light")
        with Stage(chinese, Path(scratch), out) as stage:
            stage.settle(3000)
            stage.search(CHINESE)
            stage.save("window-zh")


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(description="Take the screenshots of README and docs.")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    QApplication.setApplicationName("Finelens")
    app = QApplication(sys.argv[:1])
    take(options.out)
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
