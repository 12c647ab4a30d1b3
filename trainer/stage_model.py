"""The model as it is trained: pieces of a batch in, unit vectors out.

One call of ``forward`` does all the work of a step, or one piece of it, so that wrappers for
several processes see every parameter used inside it.
Shapes: B pictures, P patches, V values of a patch, L tokens, U distinct texts, K regions,
E embedding, N negatives.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from fgclip2.config import ModelConfig
from fgclip2.engine import TextMode
from fgclip2.images import DYNAMIC_BUDGETS
from fgclip2.torch_model import Fgclip2Model
from trainer.data.packing import Batch, normalised
from trainer.errors import RecipeError
from trainer.pooling import pool_batch_regions
from trainer.recipe_checks import CAPTION_OBJECTIVES
from trainer.recipes import Recipe

# With and without mask, gradient and bfloat16, of one picture and of more, for each tower.
_MOST_COMPILED = 32
# Vectors of texts that are kept where the text tower is frozen.
_MOST_KNOWN = 100_000
SCALES = ("logit_scale", "logit_bias", "logit_scale_finegraind", "logit_scale_hardneg")


@dataclass(frozen=True, slots=True)
class PicturePiece:
    """Some pictures of a batch with their boxes; ``boxes_K4`` is None where regions play no part.

    Boxes belong to the pictures of this piece. ``pooled`` says whether whole pictures play one.
    ``seen_BQ`` are the patches that the layers see, and ``mask_BP`` is of those; None: all.
    """

    patches_BPV: Tensor
    mask_BP: Tensor | None
    shapes: list[tuple[int, int]]
    pooled: bool
    boxes_K4: Tensor | None
    image_K: Tensor | None
    seen_BQ: Tensor | None = None


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Some distinct texts of one mode."""

    ids_UL: Tensor
    mode: TextMode


Piece = PicturePiece | TextPiece


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Unit vectors of a process's part of a batch; ``texts`` by mode, ``scales`` by name.

    What no objective counts is not there.
    """

    image_BE: Tensor | None
    region_KE: Tensor | None
    texts: dict[str, Tensor]
    scales: dict[str, Tensor]


class StageModel(Fgclip2Model):
    """``Fgclip2Model`` with the scales that stage 2 learns beside it (named as published).

    ``region_heads_trained`` says whether the box and dense heads are, by this run or before it;
    whoever fills the model knows.
    """

    def __init__(self, config: ModelConfig, stage: int) -> None:
        super().__init__(config)
        self.stage = stage
        self.region_heads_trained = False
        self._known: dict[tuple[TextMode, bytes], Tensor] | None = None
        if stage == 2:
            # Of shape (1,), not () as published: fsdp shards no scalars.
            self.logit_scale_finegraind = nn.Parameter(torch.zeros(1))
            self.logit_scale_hardneg = nn.Parameter(torch.zeros(1))

    def forward(self, pieces: list[Piece]) -> tuple[list[tuple[Tensor, ...]], dict[str, Tensor]]:
        """Vectors of each piece, and the scales.

        Returns:
            For each piece (text_UE,), or image_BE and region_KE as far as it asks for them,
            float32 unit rows; and the scales and the bias, float32.
        """
        made = [
            self._pictures(piece) if isinstance(piece, PicturePiece) else self._texts(piece)
            for piece in pieces
        ]
        scales = {name: getattr(self, name) * 1.0 for name in SCALES if hasattr(self, name)}
        return made, scales

    def freeze_text(self) -> None:
        """Leave the text tower and its heads as they are, and encode no text twice."""
        for part in (self.text_model, self.longtext_head, self.boxtext_head):
            part.requires_grad_(False)
        self._known = {}

    def checkpoint_layers(self) -> None:
        """Keep only the inputs of encoder layers, and run each again in the backward pass."""
        for tower in (self.vision_model, self.text_model):
            for layer in tower.encoder.layers:
                inner = layer.forward
                layer.forward = partial(checkpoint, inner, use_reentrant=False)  # type: ignore[method-assign]

    def compile_layers(self) -> None:
        """Let ``torch.compile`` make the encoder layers when they first run, for any sizes.

        Before ``checkpoint_layers``, whose hooks it does not look into.

        Raises:
            RecipeError: on a machine that cannot compile.
        """
        _ensure_compiler()
        torch._dynamo.config.recompile_limit = _MOST_COMPILED
        for tower in (self.vision_model, self.text_model):
            for layer in tower.encoder.layers:
                layer.forward = torch.compile(layer.forward, dynamic=True)  # type: ignore[method-assign]

    def _pictures(self, piece: PicturePiece) -> tuple[Tensor, ...]:
        tokens_BPD = self.encode_image_tokens(
            piece.patches_BPV, piece.mask_BP, piece.shapes, piece.seen_BQ
        )
        made = [unit_rows(self.pool(tokens_BPD, piece.mask_BP))] if piece.pooled else []
        if piece.boxes_K4 is not None and piece.image_K is not None:
            dense_BPD = self.dense(tokens_BPD, piece.mask_BP)
            region_KE = pool_batch_regions(dense_BPD, piece.shapes, piece.boxes_K4, piece.image_K)
            # Without boxes the dense head still takes part, so that all processes do the same.
            made.append(unit_rows(region_KE) + dense_BPD.sum() * 0)
        return tuple(made)

    def _texts(self, piece: TextPiece) -> tuple[Tensor, ...]:
        if self._known is None:
            return (unit_rows(self.encode_text(piece.ids_UL, piece.mode)),)
        keys = [(piece.mode, row.tobytes()) for row in piece.ids_UL.cpu().numpy()]
        new = [at for at, key in enumerate(keys) if key not in self._known]
        if len(self._known) + len(new) > _MOST_KNOWN:
            self._known.clear()
            new = list(range(len(keys)))
        if new:
            with torch.no_grad():
                made_NE = unit_rows(self.encode_text(piece.ids_UL[new], piece.mode))
            self._known.update(zip((keys[at] for at in new), made_NE, strict=True))
        return (torch.stack([self._known[key] for key in keys]),)


def pieces_of(batch: Batch, recipe: Recipe, split_sizes: bool, device: torch.device) -> list[Piece]:
    """The pictures and distinct texts of a batch, in order, on the device.

    Args:
        batch: pictures of like size lie together.
        recipe: says how many are in a piece, and which objectives count.
        split_sizes: begin a new piece where the patch budget of the pictures changes.
        device: where the tensors go.
    """
    pieces: list[Piece] = []
    lengths = [rows * columns for rows, columns in batch.shapes]
    pooled = recipe.counts(*CAPTION_OBJECTIVES)
    for start, stop in _picture_ranges(lengths, recipe.micro_batch, split_sizes):
        longest = max(lengths[start:stop])
        patches_BPV = normalised(batch.levels_BPV[start:stop, :longest].to(device))
        seen_BQ, mask_BP = None, None
        if batch.seen_BQ is not None:
            seen_BQ, mask_BP = _seen(batch.seen_BQ[start:stop].to(device))
        elif min(lengths[start:stop]) < longest:
            assert batch.mask_BP is not None
            # A copy: to compiled layers every other stride and offset is another kind of mask.
            mask_BP = batch.mask_BP[start:stop, :longest]
            mask_BP = mask_BP.clone(memory_format=torch.contiguous_format).to(device)
        boxes, image = None, None
        if batch.regions is not None:
            inside = (batch.regions.image_K >= start) & (batch.regions.image_K < stop)
            boxes = batch.regions.boxes_K4[inside].to(device)
            image = (batch.regions.image_K[inside] - start).to(device)
        shapes = batch.shapes[start:stop]
        pieces.append(PicturePiece(patches_BPV, mask_BP, shapes, pooled, boxes, image, seen_BQ))
    modes: list[tuple[TextMode, Tensor]] = []
    if recipe.counts("short", "classes"):
        modes.append(("short", batch.short.ids_UL))
    if batch.long is not None:
        modes.append(("long", batch.long.ids_UL))
    if batch.regions is not None:
        modes.append(("box", batch.regions.ids_UL))
    for mode, ids_UL in modes:
        for part in ids_UL.split(recipe.micro_batch or max(1, len(ids_UL))):
            pieces.append(TextPiece(part.to(device), mode))
    return pieces


def joined(
    pieces: list[Piece], made: list[tuple[Tensor, ...]], scales: dict[str, Tensor]
) -> Embeddings:
    """The vectors of all pieces, put together again in the order of the batch."""
    images: list[Tensor] = []
    regions: list[Tensor] = []
    texts: dict[str, list[Tensor]] = {}
    for piece, each in zip(pieces, made, strict=True):
        if isinstance(piece, TextPiece):
            texts.setdefault(piece.mode, []).append(each[0])
            continue
        if piece.pooled:
            images.append(each[0])
        if piece.boxes_K4 is not None:
            regions.append(each[-1])
    return Embeddings(
        torch.cat(images) if images else None,
        torch.cat(regions) if regions else None,
        {mode: torch.cat(parts) for mode, parts in texts.items()},
        scales,
    )


def _seen(places_BQ: Tensor) -> tuple[Tensor, Tensor | None]:
    """Places that can be taken, and which of them are real; see ``Batch.seen_BQ``."""
    real_BQ = places_BQ >= 0
    longest = int(real_BQ.sum(dim=1).max())
    real_BQ = real_BQ[:, :longest].contiguous()
    return places_BQ[:, :longest].clamp(min=0), None if bool(real_BQ.all()) else real_BQ


def _picture_ranges(lengths: list[int], at_once: int, split_sizes: bool) -> list[tuple[int, int]]:
    """Runs of pictures that go through the tower together."""
    budgets = [next((b for b in DYNAMIC_BUDGETS if n <= b), n) for n in lengths]
    ranges: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(lengths) + 1):
        full = bool(at_once) and at - start == at_once
        if at == len(lengths) or full or (split_sizes and budgets[at] != budgets[start]):
            ranges.append((start, at))
            start = at
    return ranges


def unit_rows(vectors: Tensor) -> Tensor:
    """Rows of length 1, float32."""
    return functional.normalize(vectors.float(), dim=-1)


def _ensure_compiler() -> None:
    usual = {"darwin": "clang++", "win32": "cl"}.get(sys.platform, "g++")
    words = os.environ.get("CXX", "").split() or [usual]
    headers = Path(sysconfig.get_path("include"), "Python.h")
    missing = words[0] if shutil.which(words[0]) is None else None if headers.is_file() else headers
    if missing is not None:
        raise RecipeError(
            f"compile_layers is True, but {missing} is not there: install a C++ compiler and"
            " Python's headers, or set compile_layers=False"
        )
