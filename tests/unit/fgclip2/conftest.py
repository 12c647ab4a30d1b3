"""A small checkpoint to take apart, and a tokenizer with Gemma's options."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.small_models import REFERENCE, train_tokenizer


@pytest.fixture
def reference_dir() -> Path:
    """The reference checkpoint itself; never written to."""
    return REFERENCE


@pytest.fixture(scope="session")
def tokenizer_bytes() -> bytes:
    """A sentencepiece model of both languages, trained as Gemma's was."""
    return train_tokenizer()


@pytest.fixture
def checkpoint_dir(tmp_path: Path, tokenizer_bytes: bytes) -> Path:
    """A copy of the reference checkpoint with a tokenizer, to change at will."""
    directory = tmp_path / "model"
    directory.mkdir()
    for name in ("config.json", "model.safetensors", "preprocessor_config.json"):
        shutil.copy(REFERENCE / name, directory / name)
    (directory / "tokenizer.model").write_bytes(tokenizer_bytes)
    return directory
