"""Batches for stage 1. A batch depends on the recipe's seed and its step alone.

So a resumed run sees exactly what an unbroken one would have seen.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Protocol

import numpy as np
from PIL import Image, ImageEnhance

from fgclip2.images import patch_grid, patchify
from fgclip2.tokenizer import Tokenizer
from trainer.data.captions import Caption, Language
from trainer.data.packing import LONG_LENGTH, SHORT_LENGTH, Batch, Texts, make_texts, pack
from trainer.data.photos import Photo, PhotoSet
from trainer.recipes import Recipe

_AHEAD = 4


class MakesBatches(Protocol):
    """Gives the batch of a step, which depends on the seed and the step alone."""

    def make(self, step: int) -> Batch:
        """The batch of a step, counted from 0."""
        ...


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
            augment(self._photos.picture(index), photo.may_flip, budget, recipe, rng)
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
        return make_texts(
            captions,
            [photo.concepts for photo in photos],
            range(len(photos)),
            self._tokenizer,
            LONG_LENGTH if long else SHORT_LENGTH,
        )


def prefetch(maker: MakesBatches, first: int, last: int) -> Iterator[Batch]:
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


def augment(
    image: Image.Image, may_flip: bool, budget: int, recipe: Recipe, rng: np.random.Generator
) -> Image.Image:
    """A random cut of a picture on its patch grid, perhaps mirrored, with other light."""
    window = crop_window(image.size, recipe, rng)
    rows, columns = patch_grid(window[2] - window[0], window[3] - window[1], budget)
    picture = image.resize((columns * 16, rows * 16), Image.Resampling.BILINEAR, window)
    if may_flip and rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return relit(picture, rng)


def crop_window(
    size_px: tuple[int, int], recipe: Recipe, rng: np.random.Generator
) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a random cut with at least ``least_crop_area`` of the picture."""
    width, height = size_px
    area = rng.uniform(recipe.least_crop_area, 1.0)
    stretch = np.exp(rng.uniform(-0.15, 0.15))
    crop_w = min(width, max(1, round(width * np.sqrt(area) * stretch)))
    crop_h = min(height, max(1, round(height * np.sqrt(area) / stretch)))
    left, top = rng.integers(0, width - crop_w + 1), rng.integers(0, height - crop_h + 1)
    return int(left), int(top), int(left) + crop_w, int(top) + crop_h


def relit(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture with a little more or less brightness, contrast and colour."""
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        if rng.random() < 0.4:
            picture = enhancer(picture).enhance(float(rng.uniform(0.7, 1.35)))
    return picture
