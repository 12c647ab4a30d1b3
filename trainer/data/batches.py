"""Batches for stage 1. A batch depends on the recipe's seed and its step alone.

So a resumed run sees exactly what an unbroken one would have seen. Shapes: B batch, P patches,
V values of a patch, L tokens.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageEnhance
from torch import Tensor

from fgclip2.images import patch_grid, patchify
from fgclip2.tokenizer import Tokenizer
from trainer.data.captions import Caption, Language
from trainer.data.photos import Photo, PhotoSet
from trainer.recipes import Recipe

SHORT_LENGTH, LONG_LENGTH = 64, 196
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts of a batch: each is encoded once, ``row_B`` says which one a photo has."""

    ids_UL: Tensor
    row_B: Tensor
    matches_BB: Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """``long`` describes the first photos of the batch, as many as it has rows; may be None."""

    patches_BPV: Tensor
    mask_BP: Tensor | None
    shapes: list[tuple[int, int]]
    short: Texts
    long: Texts | None


class BatchMaker:
    """Makes the batch of any step."""

    def __init__(self, photos: PhotoSet, tokenizer: Tokenizer, recipe: Recipe) -> None:
        self._photos = photos
        self._tokenizer = tokenizer
        self._recipe = recipe
        self._cumulative = np.cumsum(photos.weights(recipe.archive_weights))

    def make(self, step: int) -> Batch:
        """The batch of a step, counted from 0."""
        recipe = self._recipe
        rng = np.random.default_rng((recipe.seed, step))
        chosen = self._draw(rng)
        photos = [self._photos.photos[index] for index in chosen]
        budget = recipe.patches_at(step)
        pictures = [
            _augment(self._photos.picture(index), photo.may_flip, budget, recipe, rng)
            for index, photo in zip(chosen, photos, strict=True)
        ]
        patches_BPV, mask_BP, shapes = pack([patchify(picture) for picture in pictures], pictures)
        n_long = round(recipe.long_share * recipe.batch_size)
        return Batch(
            patches_BPV,
            mask_BP,
            shapes,
            self._texts(photos, False, rng),
            self._texts(photos[:n_long], True, rng) if n_long else None,
        )

    def _draw(self, rng: np.random.Generator) -> list[int]:
        drawn: dict[int, None] = {}
        size = min(self._recipe.batch_size, len(self._photos))
        while len(drawn) < size:
            places = np.searchsorted(self._cumulative, rng.random(size) * self._cumulative[-1])
            drawn.update(dict.fromkeys(int(i) for i in places))
        return list(drawn)[:size]

    def _texts(self, photos: list[Photo], long: bool, rng: np.random.Generator) -> Texts:
        captions: list[Caption] = []
        for photo in photos:
            language: Language = "zh" if rng.random() < self._recipe.chinese_share else "en"
            captions.append(photo.caption(language, long, rng))
        texts = list(dict.fromkeys(caption.text for caption in captions))
        rows = {text: row for row, text in enumerate(texts)}
        ids = self._tokenizer.encode(texts, LONG_LENGTH if long else SHORT_LENGTH)
        return Texts(
            torch.from_numpy(ids),
            torch.tensor([rows[caption.text] for caption in captions]),
            torch.from_numpy(matches(photos, captions)),
        )


def matches(photos: list[Photo], captions: list[Caption]) -> npt.NDArray[np.bool_]:
    """(B, B) bool: photo i certainly fits caption j (same text, or it shows what j names)."""
    fits = np.eye(len(photos), dtype=bool)
    by_concept: dict[str, list[int]] = {}
    by_text: dict[str, list[int]] = {}
    for column, caption in enumerate(captions):
        by_text.setdefault(caption.text, []).append(column)
        if caption.concept is not None:
            by_concept.setdefault(caption.concept, []).append(column)
    for row, photo in enumerate(photos):
        fits[row, by_text[captions[row].text]] = True
        for concept in photo.concepts:
            fits[row, by_concept.get(concept, [])] = True
    return fits


def pack(
    patches: list[npt.NDArray[np.float32]], pictures: list[Image.Image]
) -> tuple[Tensor, Tensor | None, list[tuple[int, int]]]:
    """Pad to the longest: (B, P, V) float32, (B, P) bool or None if nothing is padded, grids."""
    longest = max(len(rows) for rows in patches)
    packed = np.zeros((len(patches), longest, patches[0].shape[1]), np.float32)
    mask = np.zeros((len(patches), longest), bool)
    for index, rows in enumerate(patches):
        packed[index, : len(rows)] = rows
        mask[index, : len(rows)] = True
    shapes = [(picture.height // 16, picture.width // 16) for picture in pictures]
    return torch.from_numpy(packed), None if mask.all() else torch.from_numpy(mask), shapes


def prefetch(maker: BatchMaker, first: int, last: int) -> Iterator[Batch]:
    """Batches of the steps ``first`` to ``last - 1``, made ahead on one thread."""
    ready: queue.Queue[Batch | BaseException] = queue.Queue(_AHEAD)
    stop = threading.Event()

    def work() -> None:
        for step in range(first, last):
            try:
                item: Batch | BaseException = maker.make(step)
            except Exception as error:  # noqa: BLE001 - handed to the reader, which raises it
                item = error
            while not stop.is_set():
                try:
                    ready.put(item, timeout=0.2)
                    break
                except queue.Full:
                    continue
            if stop.is_set() or isinstance(item, BaseException):
                return

    thread = threading.Thread(target=work, name="batches", daemon=True)
    thread.start()
    try:
        for _ in range(first, last):
            item = ready.get()
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()


def _augment(
    image: Image.Image, may_flip: bool, budget: int, recipe: Recipe, rng: np.random.Generator
) -> Image.Image:
    width, height = image.size
    area = rng.uniform(recipe.least_crop_area, 1.0)
    stretch = np.exp(rng.uniform(-0.15, 0.15))
    crop_w = min(width, max(1, round(width * np.sqrt(area) * stretch)))
    crop_h = min(height, max(1, round(height * np.sqrt(area) / stretch)))
    left, top = rng.integers(0, width - crop_w + 1), rng.integers(0, height - crop_h + 1)
    box = (int(left), int(top), int(left) + crop_w, int(top) + crop_h)
    rows, columns = patch_grid(crop_w, crop_h, budget)
    picture = image.resize((columns * 16, rows * 16), Image.Resampling.BILINEAR, box)
    if may_flip and rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        if rng.random() < 0.4:
            picture = enhancer(picture).enhance(float(rng.uniform(0.7, 1.35)))
    return picture
