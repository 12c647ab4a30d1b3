"""Token ids: those of transformers' Gemma tokenizer, and errors that say what to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sentencepiece
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fgclip2.errors import TextError, TokenizerError
from fgclip2.tokenizer import Tokenizer

PAD, EOS, UNK = 0, 1, 3
TEXTS = (
    "a dog on the beach",
    "A Dog On The BEACH",
    "一只狗在海滩上",
    "a 狗 next to 2 cats , 一间 kitchen",
    "",
    " ",
    "  two  spaces ",
    "emoji 🐕‍🦺 and rare 𠮷",
    "ＦＵＬＬ width İ",
    "digits 1234567890",
    "line\nbreak",
    "ÄÖÜ straße",
    "word " * 300,
    "长" * 250,
)


@pytest.fixture
def tokenizer(tmp_path: Path, tokenizer_bytes: bytes) -> Tokenizer:
    (tmp_path / "tokenizer.model").write_bytes(tokenizer_bytes)
    return Tokenizer(tmp_path, vocab_size=600)


@pytest.fixture(scope="module")
def gemma(tokenizer_bytes: bytes) -> Any:
    """transformers' tokenizer over the same pieces, set up as the published model sets it up."""
    from transformers import GemmaTokenizer
    from transformers.tokenization_utils_base import generate_merges

    pieces = sentencepiece.SentencePieceProcessor(model_proto=tokenizer_bytes)
    vocab = {pieces.id_to_piece(index): index for index in range(pieces.get_piece_size())}
    return GemmaTokenizer(
        vocab=vocab,
        merges=generate_merges(vocab),
        add_bos_token=False,
        add_eos_token=True,
        padding_side="right",
    )


@pytest.mark.parametrize("length", [64, 196])
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:20]))
def test_ids_are_those_of_transformers(
    tokenizer: Tokenizer, gemma: Any, text: str, length: int
) -> None:
    wanted = gemma(text.lower(), padding="max_length", truncation=True, max_length=length)
    found = tokenizer.encode([text], length)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, [wanted["input_ids"]])


letters = st.one_of(
    st.sampled_from("abcdefghij klm,.'\"-0123456789  \n\t"),
    st.sampled_from("狗猫海滩厨房一二三,。!?“”"),
    st.sampled_from("ＡＢｃ１２　ﬁÅéßİıΣς"),
    st.sampled_from("🐕🦺👩‍👩‍👧🏽️‍𠮷𪚥㐂"),
    st.characters(exclude_categories=["Cs"]),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(letters, max_size=90), length=st.sampled_from([64, 196]))
def test_any_text_gives_the_ids_of_transformers(
    tokenizer: Tokenizer, gemma: Any, text: str, length: int
) -> None:
    wanted = gemma(text.lower(), padding="max_length", truncation=True, max_length=length)
    assert tokenizer.encode([text], length)[0].tolist() == wanted["input_ids"]


def test_rows_end_with_the_end_mark_and_padding(tokenizer: Tokenizer) -> None:
    short, empty, long = tokenizer.encode(["a dog", "", "dog " * 100], 64)
    n_tokens = tokenizer.token_count("a dog")
    assert short[n_tokens - 1] == EOS
    assert (short[n_tokens:] == PAD).all()
    assert EOS not in short[: n_tokens - 1]
    assert empty.tolist() == [EOS] + [PAD] * 63
    assert long[-1] == EOS
    assert PAD not in long


def test_token_count_is_before_cutting(tokenizer: Tokenizer) -> None:
    assert tokenizer.token_count("") == 1
    assert tokenizer.token_count("dog " * 100) > 100
    row = tokenizer.encode(["a kitchen"], 64)[0]
    assert tokenizer.token_count("a kitchen") == np.count_nonzero(row != PAD)


@pytest.mark.parametrize("mark", ["<eos>", "<pad>", "<bos>", "<unk>", "</s>"])
def test_names_of_special_tokens_are_plain_text(tokenizer: Tokenizer, mark: str) -> None:
    row = tokenizer.encode([f"a {mark} dog"], 64)[0]
    n_tokens = tokenizer.token_count(f"a {mark} dog")
    assert not {PAD, EOS, 2, UNK} & set(row[: n_tokens - 1].tolist())


def test_a_lone_surrogate_does_not_stop_a_search(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode(["dog \udcff.jpg"], 64).shape == (1, 64)


def test_no_texts_give_no_rows(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode([], 64).shape == (0, 64)


def test_what_is_not_text_is_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(TextError, match="bytes, expected str"):
        tokenizer.encode([b"a dog"], 64)  # type: ignore[list-item]


def test_missing_file_names_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match=r"tokenizer\.model is missing.*copy tokenizer\.model"):
        Tokenizer(tmp_path, vocab_size=600)


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x00" * 500])
def test_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokenizer.model").write_bytes(content)
    with pytest.raises(TokenizerError, match=r"tokenizer\.model is no sentencepiece model"):
        Tokenizer(tmp_path, vocab_size=600)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tokenizer.model")
    with pytest.raises(TokenizerError, match=r"tokenizer\.model cannot be read: not a regular"):
        Tokenizer(tmp_path, vocab_size=600)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.model").touch()
    os.truncate(tmp_path / "tokenizer.model", 1 << 40)
    with pytest.raises(TokenizerError, match=f"{1 << 40} bytes"):
        Tokenizer(tmp_path, vocab_size=600)


def test_cut_file_is_named(tmp_path: Path, tokenizer_bytes: bytes) -> None:
    (tmp_path / "tokenizer.model").write_bytes(tokenizer_bytes[: len(tokenizer_bytes) // 2])
    with pytest.raises(TokenizerError, match=r"tokenizer\.model"):
        Tokenizer(tmp_path, vocab_size=600)


def test_too_many_pieces_for_the_model(tmp_path: Path, tokenizer_bytes: bytes) -> None:
    (tmp_path / "tokenizer.model").write_bytes(tokenizer_bytes)
    with pytest.raises(TokenizerError, match="vocab_size of 100"):
        Tokenizer(tmp_path, vocab_size=100)
