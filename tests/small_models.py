"""A model small enough for any test: random weights in the published layout, a real tokenizer."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import sentencepiece

REFERENCE = Path(__file__).parent / "data" / "reference"
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


def train_tokenizer() -> bytes:
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


def write_small_model(folder: Path) -> Path:
    """Write a whole model; returns its folder."""
    folder.mkdir(parents=True)
    for name in ("config.json", "preprocessor_config.json", "model.safetensors"):
        shutil.copyfile(REFERENCE / name, folder / name)
    (folder / "tokenizer.model").write_bytes(train_tokenizer())
    return folder
