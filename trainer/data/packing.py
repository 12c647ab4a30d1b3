"""What a batch is made of, and how samples become tensors.

Shapes: B pictures, P patches, V values of a patch, L tokens, U distinct texts, T texts with their
repetitions, K regions, N negatives, C concepts in a batch or classes of all sets, M classes that
one process names, A pictures with a class.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from fgclip2.images import patch_levels
from fgclip2.tokenizer import Tokenizer
from trainer.data.captions import Caption

SHORT_LENGTH, LONG_LENGTH = 64, 196


@dataclass(frozen=True, slots=True)
class MatchKeys:
    """What is needed to know which pictures fit which texts, also across processes.

    A picture fits a text that equals its own, and a text that only names a concept it shows.
    ``shown_row_S`` and ``shown_concept_S`` list (picture, concept) pairs; 0 is no concept.
    """

    text_T: Tensor
    concept_T: Tensor
    shown_row_S: Tensor
    shown_concept_S: Tensor

    def rows(self) -> Callable[[slice], Tensor]:
        """A function that gives the (rows, T) bool matrix for a slice of pictures."""
        concepts_C, index_T = torch.unique(self.concept_T, return_inverse=True)
        shown_BC = torch.zeros(
            len(self.text_T), len(concepts_C), dtype=torch.bool, device=self.text_T.device
        )
        if len(concepts_C):
            place_S = torch.searchsorted(concepts_C, self.shown_concept_S)
            place_S = place_S.clamp(max=len(concepts_C) - 1)
            known_S = concepts_C[place_S] == self.shown_concept_S
            shown_BC[self.shown_row_S[known_S], place_S[known_S]] = True
        text_T = self.text_T
        return lambda rows: (text_T[rows, None] == text_T[None]) | shown_BC[rows][:, index_T]


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts of a batch: each is encoded once, ``row_T`` says which one a picture has.

    ``image_T`` says which pictures the texts describe; ``name_row_M`` are further texts, which
    describe none of them but name classes. There is at least one row of ``ids_UL`` (all
    padding where there are no texts): attention cannot run on none.
    """

    ids_UL: Tensor
    row_T: Tensor
    image_T: Tensor
    keys: MatchKeys
    name_row_M: Tensor


@dataclass(frozen=True, slots=True)
class Regions:
    """Boxes (0..1) with a text each; ``negative_KN`` holds rows of ``ids_UL``, -1 where none is.

    ``hard_row_K`` and ``hard_text_K`` are row and key of the right text beside the negatives.
    ``image_K`` ascends. There is at least one row of ``ids_UL``, as in ``Texts``.
    """

    boxes_K4: Tensor
    image_K: Tensor
    ids_UL: Tensor
    row_K: Tensor
    text_K: Tensor
    hard_row_K: Tensor
    hard_text_K: Tensor
    negative_KN: Tensor


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of all sets, and of the pictures that have one.

    ``image_A`` are pictures, ``class_A`` their classes among all, ``share_A`` how much of the
    picture shows it: one that is put together of two is there twice. ``set_C`` says which set each
    class is of. The short texts name this process's part of them; all parts in order are all.
    """

    image_A: Tensor
    class_A: Tensor
    share_A: Tensor
    set_C: Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """``long`` describes some of the pictures. It, ``regions`` and ``classes`` are None where no
    objective counts them. ``levels_BPV`` are uint8: a quarter of what has to be carried.
    ``seen_BQ`` are the places of the patches that the tower sees, then -1; None where it sees all.
    """

    levels_BPV: Tensor
    mask_BP: Tensor | None
    shapes: list[tuple[int, int]]
    short: Texts
    long: Texts | None
    regions: Regions | None = None
    classes: Classes | None = None
    seen_BQ: Tensor | None = None

    @property
    def patches(self) -> Tensor:
        """What the vision tower takes, float32."""
        return normalised(self.levels_BPV)


@dataclass(frozen=True, slots=True)
class BoxedText:
    """A box (0..1) of one picture of the batch, what it shows and what it does not.

    ``hard_text`` is the right text beside the negatives.
    """

    image: int
    box: tuple[float, float, float, float]
    text: str
    hard_text: str
    negatives: tuple[str, ...]


def key_of(text: str | None) -> int:
    """A number for a text, as the tokenizer reads it, the same on every machine; 0 for None."""
    if text is None:
        return 0
    digest = hashlib.blake2b(text.lower().encode("utf-8", "replace"), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 2) + 1


def match_keys(captions: Sequence[Caption], shown: Sequence[Iterable[str]]) -> MatchKeys:
    """Keys of captions and of what the pictures they describe show."""
    pairs = [(row, key_of(each)) for row, concepts in enumerate(shown) for each in sorted(concepts)]
    return MatchKeys(
        torch.tensor([key_of(caption.text) for caption in captions], dtype=torch.int64),
        torch.tensor([key_of(caption.concept) for caption in captions], dtype=torch.int64),
        torch.tensor([row for row, _ in pairs], dtype=torch.int64),
        torch.tensor([key for _, key in pairs], dtype=torch.int64),
    )


def rows_of(texts: Iterable[str]) -> dict[str, int]:
    """The row of each distinct text, in the order in which they are first said."""
    return {text: row for row, text in enumerate(dict.fromkeys(texts))}


def make_texts(
    captions: Sequence[Caption],
    shown: Sequence[Iterable[str]],
    images: Sequence[int],
    tokenizer: Tokenizer,
    length: int,
    names: Sequence[str] = (),
) -> Texts:
    """Texts with their token ids; ``images`` are the pictures described, in the same order.

    ``names`` are further texts, which describe none of them.
    """
    rows = rows_of([*(caption.text for caption in captions), *names])
    return Texts(
        torch.from_numpy(tokenizer.encode(list(rows) or [""], length)),
        torch.tensor([rows[caption.text] for caption in captions], dtype=torch.int64),
        torch.tensor(images, dtype=torch.int64),
        match_keys(captions, shown),
        torch.tensor([rows[name] for name in names], dtype=torch.int64),
    )


def make_regions(boxed: Sequence[BoxedText], tokenizer: Tokenizer) -> Regions:
    """Region tensors; every distinct text, right or wrong, appears once."""
    said = [(each.text, each.hard_text, *each.negatives) for each in boxed]
    rows = rows_of([text for own in said for text in own])
    widest = max((len(each.negatives) for each in boxed), default=0)
    negative = np.full((len(boxed), widest), -1, np.int64)
    for place, each in enumerate(boxed):
        negative[place, : len(each.negatives)] = [rows[text] for text in each.negatives]
    ids = tokenizer.encode(list(rows) or [""], SHORT_LENGTH)
    return Regions(
        torch.tensor([each.box for each in boxed], dtype=torch.float32).reshape(-1, 4),
        torch.tensor([each.image for each in boxed], dtype=torch.int64),
        torch.from_numpy(ids),
        torch.tensor([rows[each.text] for each in boxed], dtype=torch.int64),
        torch.tensor([key_of(each.text) for each in boxed], dtype=torch.int64),
        torch.tensor([rows[each.hard_text] for each in boxed], dtype=torch.int64),
        torch.tensor([key_of(each.hard_text) for each in boxed], dtype=torch.int64),
        torch.from_numpy(negative),
    )


def normalised(levels: Tensor) -> Tensor:
    """Levels 0..255 as float32 in -1..1, to the bit as ``fgclip2.images.patchify`` does it."""
    return ((levels.to(torch.float64) * (1 / 255)).to(torch.float32) - 0.5) / 0.5


def pack(pictures: list[Image.Image]) -> tuple[Tensor, Tensor | None, list[tuple[int, int]]]:
    """Pad to the longest: (B, P, V) uint8, (B, P) bool or None if nothing is padded, grids."""
    levels = [patch_levels(picture) for picture in pictures]
    longest = max(len(rows) for rows in levels)
    packed = np.zeros((len(levels), longest, levels[0].shape[1]), np.uint8)
    mask = np.zeros((len(levels), longest), bool)
    for index, rows in enumerate(levels):
        packed[index, : len(rows)] = rows
        mask[index, : len(rows)] = True
    shapes = [(picture.height // 16, picture.width // 16) for picture in pictures]
    return torch.from_numpy(packed), None if mask.all() else torch.from_numpy(mask), shapes


def seen_patches(
    shapes: Sequence[tuple[int, int]], share: float, rngs: Sequence[np.random.Generator]
) -> Tensor:
    """Places of a random share of each picture's patches, one at least; see ``Batch.seen_BQ``."""
    totals = [rows * columns for rows, columns in shapes]
    counts = [max(1, round(total * share)) for total in totals]
    seen = np.full((len(shapes), max(counts)), -1, np.int64)
    for row, (total, count, rng) in enumerate(zip(totals, counts, rngs, strict=True)):
        seen[row, :count] = np.sort(rng.permutation(total)[:count])
    return torch.from_numpy(seen)
