"""Texts to token ids, as the published Gemma tokenizer is used by FG-CLIP 2.

Text is lower-cased, cut into sentencepiece pieces, cut to leave room for the end mark, and filled
up with padding on the right. There is no begin mark. The names of special tokens in a text
("<eos>") are ordinary characters: nobody can end a sentence by typing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sentencepiece

from fgclip2.errors import TextError, TokenizerError
from fgclip2.json_files import read_small_file

FILE_NAME = "tokenizer.model"
# Gemma's ids, for a tokenizer file that does not name them.
_PAD_ID, _EOS_ID = 0, 1
# Gemma's file has 4 MB.
_MAX_BYTES = 64 << 20


class Tokenizer:
    """The tokenizer of a checkpoint directory.

    Args:
        directory: with ``tokenizer.model``.
        vocab_size: rows of the model's token table; a tokenizer with more pieces does not fit it.

    Raises:
        TokenizerError: the file is missing, damaged or does not fit; names it and the next step.
    """

    def __init__(self, directory: Path, vocab_size: int) -> None:
        path = directory / FILE_NAME
        self._pieces = _load(path)
        n_pieces = self._pieces.get_piece_size()
        if n_pieces > vocab_size:
            raise TokenizerError(
                f"{path} has {n_pieces} pieces and config.json a vocab_size of {vocab_size}:"
                " take tokenizer.model from the same release as the weights"
            )
        # The ids come from the tokenizer: the published config.json holds leftovers of CLIP's.
        pad, eos = self._pieces.pad_id(), self._pieces.eos_id()
        self.pad_id = pad if pad >= 0 else _PAD_ID
        self.eos_id = eos if eos >= 0 else _EOS_ID

    def token_count(self, text: str) -> int:
        """Number of tokens of a text with its end mark, before any cutting."""
        return len(self._pieces_of(text)) + 1

    def encode(self, texts: Sequence[str], length: int) -> npt.NDArray[np.int64]:
        """Token ids, each row cut or filled up to exactly ``length``.

        Returns:
            (B, length) int64. A text that is too long keeps its first ``length - 1`` tokens and
            its end mark.

        Raises:
            TextError: something that is not a string.
        """
        ids_BL = np.full((len(texts), length), self.pad_id, np.int64)
        for row, text in zip(ids_BL, texts, strict=True):
            ids = [*self._pieces_of(text)[: length - 1], self.eos_id]
            row[: len(ids)] = ids
        return ids_BL

    def _pieces_of(self, text: str) -> list[int]:
        if not isinstance(text, str):
            raise TextError(f"a text is {type(text).__name__}, expected str")
        # A lone surrogate, as file names may bring, has no UTF-8 form.
        clean = text.lower().encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._pieces.encode(clean)
        return ids


def _load(path: Path) -> sentencepiece.SentencePieceProcessor:
    try:
        content = read_small_file(path, _MAX_BYTES)
    except FileNotFoundError:
        raise TokenizerError(
            f"{path} is missing: texts cannot be encoded without it; copy tokenizer.model"
            " from the release of the weights into the folder"
        ) from None
    except OSError as error:
        raise TokenizerError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise TokenizerError(f"{path} cannot be read: {error}") from None
    pieces = sentencepiece.SentencePieceProcessor()
    try:
        loaded = pieces.LoadFromSerializedProto(content)
    except (RuntimeError, ValueError) as error:
        raise TokenizerError(_damaged(path)) from error
    if not loaded or pieces.get_piece_size() == 0:
        raise TokenizerError(_damaged(path))
    return pieces


def _damaged(path: Path) -> str:
    return f"{path} is no sentencepiece model or is damaged: copy it again from the release"
