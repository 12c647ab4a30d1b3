"""The window with the real encoders: the bundled model, or random weights where it is not built."""

from __future__ import annotations

import io
import shutil
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

REFERENCE = Path(__file__).parents[1] / "data" / "reference"
LINES = (
    "a red photo on a table",
    "a blue photo of the sea",
    "一张红色的照片",
    "一张蓝色的海的照片",
)


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model, else the reference checkpoint with a tokenizer trained on a few lines."""
    if (bundled_model_dir() / "config.json").is_file():
        return bundled_model_dir()
    directory = tmp_path_factory.mktemp("model")
    for name in ("config.json", "model.safetensors", "preprocessor_config.json"):
        shutil.copy(REFERENCE / name, directory / name)
    (directory / "tokenizer.model").write_bytes(_tokenizer())
    return directory


def _tokenizer() -> bytes:
    import sentencepiece

    content = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES * 8),
        model_writer=content,
        model_type="bpe",
        vocab_size=400,
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        byte_fallback=True,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        eos_piece="<eos>",
        bos_piece="<bos>",
        minloglevel=2,
    )
    return content.getvalue()


@pytest.fixture
def driver(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, model_dir: Path
) -> Iterator[WindowDriver]:
    settings = Settings(language="en", theme="dark", decoder_processes=1, engine="openvino")
    driver = WindowDriver(qtbot, tmp_path, model_dir=model_dir, target=None, settings=settings)
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
    driver.until(lambda: page.view.picture.heat is not None)
    boxed = driver.drag_box((0.1, 0.1), (0.9, 0.9))
    assert len(boxed.hits) >= 11
    driver.until(lambda: driver.panels.chips.isVisible())
    assert driver.model.rowCount() == len(boxed.hits)
    assert driver.failures == []
