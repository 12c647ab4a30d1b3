"""A small checkpoint to take apart, and a tokenizer with Gemma's options."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
import sentencepiece

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
LINES = (
    "a photo of a dog running on the beach at sunrise",
    "a small kitchen with white cupboards and two windows",
    "three red apples and 12 green pears on a wooden table",
    "a cat sleeps on the sofa , the lamp is on",
    "一只狗在海滩上奔跑,太阳刚刚升起",
    "一间有白色橱柜和两扇窗户的小厨房",
    "木桌上有三个红苹果和十二个绿梨",
    "一只猫睡在沙发上,台灯亮着",
)


@pytest.fixture
def reference_dir() -> Path:
    """The reference checkpoint itself; never written to."""
    return REFERENCE


@pytest.fixture(scope="session")
def tokenizer_bytes() -> bytes:
    """A sentencepiece model of both languages, trained as Gemma's was."""
    content = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES * 4),
        model_writer=content,
        model_type="bpe",
        vocab_size=480,
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        byte_fallback=True,
        split_digits=True,
        allow_whitespace_only_pieces=True,
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
def checkpoint_dir(tmp_path: Path, tokenizer_bytes: bytes) -> Path:
    """A copy of the reference checkpoint with a tokenizer, to change at will."""
    directory = tmp_path / "model"
    directory.mkdir()
    for name in ("config.json", "model.safetensors", "preprocessor_config.json"):
        shutil.copy(REFERENCE / name, directory / name)
    (directory / "tokenizer.model").write_bytes(tokenizer_bytes)
    return directory
