"""Captions as vectors that lie on the device, for runs whose text tower is frozen.

Shapes: N photos, K kinds of captions, F choices, T distinct captions, E embedding, C concepts or
classes of all sets, L tokens, D draws.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from fgclip2.engine import TextMode
from fgclip2.tokenizer import Tokenizer
from trainer.data.captions import LANGUAGES, Caption, Language, class_names
from trainer.data.names import ClassName
from trainer.data.packing import LONG_LENGTH, SHORT_LENGTH, key_of, rows_of
from trainer.data.photos import Photo
from trainer.stage_model import StageModel, unit_rows

# What is drawn once for all photos of a class, and once where a photo's sentences are joined.
_CLASS_DRAWS, _NAME_DRAWS, _LONG_DRAWS = 48, 32, 3
_ENCODED_AT_ONCE = 2048
# How a photo may be described; ``place_of_kind`` gives the place of one.
_KINDS: tuple[tuple[Language, TextMode], ...] = tuple(
    (language, mode) for language in LANGUAGES for mode in ("short", "long")
)


def place_of_kind(chinese_B: Tensor, long_B: Tensor) -> Tensor:
    """The place of each kind in ``CaptionBank.span_NK2``; bool in, int64 out."""
    return chinese_B.long() * 2 + long_B.long()


class CaptionBank:
    """The captions of photos, each distinct one once.

    ``span_NK2`` has the first place and the number of a photo's captions of each kind in
    ``row_F``, which holds rows of the distinct ones. ``key_T`` is as in ``packing.key_of``;
    ``concept_T`` is the place in ``concepts``, in small letters, of what a caption only names,
    their number where it says more.
    """

    def __init__(self, photos: Sequence[Photo], seed: int) -> None:
        rng = np.random.default_rng((seed, 1))
        self.concepts = sorted({each.lower() for p in photos if p.name for each in p.concepts})
        self._rows: dict[tuple[TextMode, Caption], int] = {}
        self._spans: dict[tuple[object, Language, TextMode], tuple[int, int]] = {}
        self._chosen: list[int] = []
        spans = [[self._span(photo, *kind, rng) for kind in _KINDS] for photo in photos]
        places = {name: place for place, name in enumerate(self.concepts)}
        captions = [caption for _, caption in self._rows]
        named = [places.get((each.concept or "").lower(), len(places)) for each in captions]
        self.span_NK2 = torch.tensor(spans)
        self.row_F = torch.tensor(self._chosen)
        self.concept_T = torch.tensor(named)
        self.key_T = torch.tensor([key_of(each.text) for each in captions])

    def vectors(self, model: StageModel, tokenizer: Tokenizer) -> Tensor:
        """(T, E) float32 unit rows."""
        rows = list(self._rows)
        width, device = model.config.text.projection_size, model.logit_scale.device
        made_TE = torch.empty(len(rows), width, device=device)
        for mode in ("short", "long"):
            places = [place for place, row in enumerate(rows) if row[0] == mode]
            texts = [rows[place][1].text for place in places]
            made_TE[places] = encoded(texts, model, tokenizer, mode)
        return made_TE

    def _span(
        self, photo: Photo, language: Language, mode: TextMode, rng: np.random.Generator
    ) -> tuple[int, int]:
        """First place and number of a photo's captions; photos of a class share theirs."""
        key = (photo.label or (photo.archive, photo.file), language, mode)
        if key not in self._spans:
            drawn = _captions_of(photo, language, mode, rng)
            self._spans[key] = (len(self._chosen), len(drawn))
            self._chosen += [
                self._rows.setdefault((mode, caption), len(self._rows)) for caption in drawn
            ]
        return self._spans[key]


def name_vectors(
    classes: Sequence[ClassName], seed: int, model: StageModel, tokenizer: Tokenizer
) -> Tensor:
    """(2, D, C, E): draws of how all classes may be asked for, English and Chinese."""
    rng = np.random.default_rng((seed, 2))
    drawn = [
        [class_names(classes, language, rng) for _ in range(_NAME_DRAWS)] for language in LANGUAGES
    ]
    row_of = rows_of(text for own in drawn for names in own for text in names)
    row_LDC = torch.tensor([[[row_of[text] for text in names] for names in own] for own in drawn])
    return encoded(list(row_of), model, tokenizer, "short")[row_LDC.long()]


@torch.no_grad()
def encoded(
    texts: Sequence[str], model: StageModel, tokenizer: Tokenizer, mode: TextMode
) -> Tensor:
    """(T, E) float32 unit rows on the model's device."""
    length = LONG_LENGTH if mode == "long" else SHORT_LENGTH
    device = model.logit_scale.device
    parts = [torch.empty(0, model.config.text.projection_size, device=device)]
    for start in range(0, len(texts), _ENCODED_AT_ONCE):
        ids_TL = tokenizer.encode(texts[start : start + _ENCODED_AT_ONCE], length)
        vectors_TE = model.encode_text(torch.from_numpy(ids_TL).to(device), mode)
        parts.append(unit_rows(vectors_TE))
    return torch.cat(parts)


def _captions_of(
    photo: Photo, language: Language, mode: TextMode, rng: np.random.Generator
) -> list[Caption]:
    """All its sentences, or draws of what has more forms than can be listed."""
    if photo.name is None and mode == "short":
        return [Caption(text) for text in photo.sentences[language]]
    count = _LONG_DRAWS if photo.name is None else _CLASS_DRAWS
    return [photo.caption(language, mode == "long", rng) for _ in range(count)]
