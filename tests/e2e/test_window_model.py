"""The window with the real encoders and the bundled model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.paths import bundled_model_dir
from app.core.settings import Settings
from tests.e2e.window_driver import WindowDriver
from tests.fakes import make_album

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[WindowDriver]:
    settings = Settings(language="en", theme="dark", decoder_processes=1, engine="openvino")
    driver = WindowDriver(
        qtbot, tmp_path, model_dir=bundled_model_dir(), target=None, settings=settings
    )
    yield driver
    driver.close()


def test_index_search_open_and_box_with_the_real_encoders(
    driver: WindowDriver, tmp_path: Path
) -> None:
    album = tmp_path / "相册"
    make_album(album, 12, size=(160, 120))
    driver.show()
    driver.add_folder(album)
    driver.until(lambda: driver.model.rowCount() == 12)
    for words in ("a red photo", "一张红色的照片", "红 photo"):
        found = driver.search(words)
        assert found.text == words
        assert len(found.hits) == 12
        assert driver.panels.results.state in ("photos", "weak")
        scores = [hit.score for hit in found.hits]
        assert scores == sorted(scores, reverse=True)
        assert 0.0 <= scores[-1] <= scores[0] <= 1.0
    driver.grid.set_weak_shown(True)
    driver.open_first()
    page = driver.panels.photo_page
    driver.until(lambda: len(page.toggles.toggles) == 1)
    boxed = driver.drag_box((0.1, 0.1), (0.9, 0.9))
    assert len(boxed.hits) >= 11
    driver.until(lambda: page.strip.isVisible() and page.strip.n_shown > 0)
    assert driver.failures == []
