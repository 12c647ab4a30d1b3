"""Batches from several sources. A batch depends on the recipe's seed and its step alone.

Each sample has its own random generator, decided by seed, step and place in the global batch. So a
process makes its part of a batch without the others, and all parts together are the batch that one
process would have made.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageEnhance
from torch import Tensor

from fgclip2.images import dynamic_budget, patch_grid
from fgclip2.tokenizer import Tokenizer
from trainer.data.captions import Caption, Language, class_names
from trainer.data.names import ClassName
from trainer.data.packing import (
    LONG_LENGTH,
    SHORT_LENGTH,
    Batch,
    BoxedText,
    Classes,
    make_regions,
    make_texts,
    pack,
    rows_of,
    seen_patches,
)
from trainer.data.samples import Box, Label, Region, Sample, Source
from trainer.errors import DataError, RecipeError, SampleError
from trainer.recipe_checks import HARD_OBJECTIVES, REGION_OBJECTIVES
from trainer.recipes import Recipe

_LEAST_VISIBLE = 0.6  # share of a box that a cut picture must keep
_TRIES = 50
# What becomes of a picture; also where ``trainer.device_pictures`` does it.
MOST_PASTED = 0.5  # share of it
STRETCH = 0.15  # of the logarithm of its aspect, half of it
LIGHT, LIT_SHARE = (0.7, 1.35), 0.4


class MixedSource:
    """Which sample is at which place of the run: shares by weight, every source shuffled anew
    each time it has been gone through.

    ``unreadable`` holds the message of every sample that could not be read, whose place the next
    one of its source took, and of every region that had to be left out.
    """

    def __init__(self, sources: dict[str, Source], weights: dict[str, float], seed: int) -> None:
        total = sum(weights[name] for name in sources)
        self._sources = list(sources.values())
        self._shares = [weights[name] / total for name in sources]
        self._fills = int(np.argmax(self._shares))
        self._seed = seed
        self._orders: dict[tuple[int, int], npt.NDArray[np.int64]] = {}
        self._lock = threading.Lock()
        self.unreadable: dict[str, str] = {}

    def check_batch_size(self, batch_size: int) -> None:
        """Refuse batches in which rounding can leave no place for the largest source.

        Raises:
            RecipeError: names the sources' number and the fix.
        """
        others = [share for source, share in enumerate(self._shares) if source != self._fills]
        if sum(math.ceil(share * batch_size) for share in others) > batch_size:
            raise RecipeError(
                f"batch_size is {batch_size}, too few for {len(self._sources)} sources:"
                " raise it or drop a source"
            )

    def places(self, step: int, batch_size: int) -> list[tuple[int, int]]:
        """(source, running number in it) for each place of a batch, in random order."""
        starts = self._numbers_before(step * batch_size)
        stops = self._numbers_before((step + 1) * batch_size)
        places = [
            (source, number)
            for source, (start, stop) in enumerate(zip(starts, stops, strict=True))
            for number in range(start, stop)
        ]
        order = np.random.default_rng((self._seed, step)).permutation(batch_size)
        return [places[int(at)] for at in order]

    def sample(
        self, place: tuple[int, int], language: Language, rng: np.random.Generator
    ) -> Sample:
        """The sample at a place, or the next readable one of its source."""
        source = self._sources[place[0]]
        last = ""
        for number in range(place[1], place[1] + _TRIES):
            try:
                sample = source.sample(self._index(place[0], number), language, rng)
            except SampleError as error:
                last = self.unreadable[error.name] = str(error)
                continue
            self.unreadable |= {message: message for message in sample.unusable}
            return sample
        raise DataError(f"{_TRIES} samples in a row cannot be read; the last one: {last}")

    def _numbers_before(self, n_samples: int) -> list[int]:
        numbers = [int(share * n_samples) for share in self._shares]
        numbers[self._fills] += n_samples - sum(numbers)
        return numbers

    def _index(self, source: int, number: int) -> int:
        epoch, place = divmod(number, len(self._sources[source]))
        with self._lock:
            key = (source, epoch)
            if key not in self._orders:
                rng = np.random.default_rng((self._seed, source, epoch))
                # A batch may lie in two epochs, and asks for its samples in any order.
                self._orders = {
                    kept: order
                    for kept, order in self._orders.items()
                    if kept[0] != source or abs(kept[1] - epoch) == 1
                }
                self._orders[key] = rng.permutation(len(self._sources[source]))
            return int(self._orders[key][place])


class MixedBatchMaker:
    """Makes one process's part of the batch of any step."""

    def __init__(
        self,
        source: MixedSource,
        tokenizer: Tokenizer,
        recipe: Recipe,
        part: int,
        n_parts: int,
        classes: Mapping[Label, ClassName] | None = None,
    ) -> None:
        source.check_batch_size(recipe.batch_size)
        self._source = source
        self._tokenizer = tokenizer
        self._recipe = recipe
        self._part, self._n_parts = part, n_parts
        self._classes = classes or {}
        self._class_numbers = {label: number for number, label in enumerate(self._classes)}
        sets = rows_of(label[0] for label in self._classes)
        self._set_C = torch.tensor([sets[label[0]] for label in self._classes], dtype=torch.int64)

    @property
    def unreadable(self) -> dict[str, str]:
        """That of the source."""
        return self._source.unreadable

    def make(self, step: int) -> Batch:
        """This process's part of the batch of a step, counted from 0."""
        recipe = self._recipe
        size = recipe.batch_size // self._n_parts
        own = range(self._part * size, (self._part + 1) * size)
        places = self._source.places(step, recipe.batch_size)
        with ThreadPoolExecutor(recipe.data_threads) as pool:  # samples are independent
            made = list(pool.map(lambda place: self._make_one(step, place, places), own))
        # Pictures of like size lie together, so that little is padded.
        order = sorted(range(size), key=lambda at: -made[at].image.width * made[at].image.height)
        samples = [made[at] for at in order]
        levels_BPV, mask_BP, shapes = pack([sample.image for sample in samples])
        long = [at for at, sample in enumerate(samples) if sample.long is not None]
        shown = [sample.concepts for sample in samples]
        longs = [caption for sample in samples if (caption := sample.long) is not None]
        shorts = [sample.short for sample in samples]
        boxed = [
            BoxedText(
                at, region.box, region.text, region.hard_text or region.text, region.negatives
            )
            for at, sample in enumerate(samples)
            for region in sample.regions
        ]
        counts_classes = recipe.counts("classes")
        names = self._names(step) if counts_classes else []
        return Batch(
            levels_BPV,
            mask_BP,
            shapes,
            make_texts(shorts, shown, range(size), self._tokenizer, SHORT_LENGTH, names),
            make_texts(longs, [shown[at] for at in long], long, self._tokenizer, LONG_LENGTH)
            if recipe.counts("long")
            else None,
            make_regions(boxed, self._tokenizer) if recipe.counts(*REGION_OBJECTIVES) else None,
            self._make_classes(samples) if counts_classes else None,
            self._seen(step, shapes, [own[at] for at in order])
            if recipe.seen_patches < 1
            else None,
        )

    def _seen(self, step: int, shapes: list[tuple[int, int]], places: list[int]) -> Tensor:
        rngs = [np.random.default_rng((self._recipe.seed, step, place, 1)) for place in places]
        return seen_patches(shapes, self._recipe.seen_patches, rngs)

    def _names(self, step: int) -> list[str]:
        """Names of this process's part of the classes, in one language; see ``Classes``."""
        recipe = self._recipe
        rng = np.random.default_rng((recipe.seed, step, recipe.batch_size))  # no place has that
        language: Language = "zh" if rng.random() < recipe.chinese_share else "en"
        names = class_names(list(self._classes.values()), language, rng)
        start, stop = (len(names) * part // self._n_parts for part in (self._part, self._part + 1))
        return names[start:stop]

    def _make_classes(self, samples: list[Sample]) -> Classes:
        known = [
            (at, self._class_numbers[label], share)
            for at, sample in enumerate(samples)
            for label, share in (
                (sample.label, 1 - sample.pasted_share),
                (sample.pasted, sample.pasted_share),
            )
            if label in self._class_numbers
        ]
        return Classes(
            torch.tensor([at for at, _, _ in known], dtype=torch.int64),
            torch.tensor([number for _, number, _ in known], dtype=torch.int64),
            torch.tensor([share for _, _, share in known], dtype=torch.float32),
            self._set_C,
        )

    def _make_one(self, step: int, place: int, places: list[tuple[int, int]]) -> Sample:
        """A sample ready for the batch: picture on its patch grid, regions chosen, texts final."""
        recipe = self._recipe
        rng = np.random.default_rng((recipe.seed, step, place))
        language: Language = "zh" if rng.random() < recipe.chinese_share else "en"
        sample = self._source.sample(places[place], language, rng)
        picture, regions = augment_sample(sample, recipe.patches_at(step), recipe, rng)
        # Without a share nothing is drawn: batches are those of runs begun before there was one.
        may_mix = recipe.mixed_share > 0 and sample.label is not None
        if may_mix and rng.random() < recipe.mixed_share:
            other = self._source.sample(places[rng.integers(len(places))], language, rng)
            if other.label is not None:
                part, _ = augment_sample(other, recipe.patches_at(step), recipe, rng)
                picture, share = paste_part(picture, part, rng)
                shown = sample.concepts | other.concepts
                sample = replace(sample, concepts=shown, pasted=other.label, pasted_share=share)
        chosen = rng.permutation(len(regions))[: recipe.regions_per_image]
        has_long = int((place + 1) * recipe.long_share) > int(place * recipe.long_share)
        return replace(
            sample,
            image=picture,
            short=_prompted(sample, recipe),
            long=sample.long if has_long else None,
            regions=tuple(_fewer_negatives(regions[int(at)], recipe, rng) for at in chosen),
        )


def augment_sample(
    sample: Sample, budget: int, recipe: Recipe, rng: np.random.Generator
) -> tuple[Image.Image, list[Region]]:
    """The picture on its patch grid, cut and mirrored where the texts allow, with other light.

    Args:
        sample: as its source gave it.
        budget: of patches; 0 is the published rule by the picture's size.
        recipe: says how much may be cut off.
        rng: decides.

    Returns:
        The picture, and the regions that are still visible with their boxes in it.
    """
    image = sample.image
    window = (0, 0, *image.size)
    if sample.may_crop:
        window = crop_window(image.size, recipe, rng)
    width, height = window[2] - window[0], window[3] - window[1]
    rows, columns = patch_grid(width, height, budget or dynamic_budget(width, height))
    size = (columns * 16, rows * 16)
    picture = image.resize(size, Image.Resampling.BILINEAR, window)
    mirrored = sample.may_flip and rng.random() < 0.5
    if mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if recipe.relight:
        picture = relit(picture, rng)
    regions = []
    for region in sample.regions:
        box = _box_inside(region.box, window, image.size, mirrored)
        if box is not None:
            regions.append(replace(region, box=box))
    return picture, regions


def paste_part(
    picture: Image.Image, other: Image.Image, rng: np.random.Generator
) -> tuple[Image.Image, float]:
    """The picture with a random rectangle of another one at its place (arXiv 1905.04899).

    Returns:
        The picture, and the share that is covered: up to half, so that it still shows its own.
    """
    width, height = picture.size
    side = np.sqrt(rng.uniform(0, MOST_PASTED))
    part_w, part_h = max(1, int(width * side)), max(1, int(height * side))
    left, top = (int(rng.integers(0, most + 1)) for most in (width - part_w, height - part_h))
    box = (left, top, left + part_w, top + part_h)
    mixed = picture.copy()
    mixed.paste(other.resize(picture.size).crop(box), box)
    return mixed, part_w * part_h / (width * height)


def crop_window(
    size_px: tuple[int, int], recipe: Recipe, rng: np.random.Generator
) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a random cut with at least ``least_crop_area`` of the picture."""
    width, height = size_px
    area = rng.uniform(recipe.least_crop_area, 1.0)
    stretch = np.exp(rng.uniform(-STRETCH, STRETCH))
    crop_w = min(width, max(1, round(width * np.sqrt(area) * stretch)))
    crop_h = min(height, max(1, round(height * np.sqrt(area) / stretch)))
    left, top = rng.integers(0, width - crop_w + 1), rng.integers(0, height - crop_h + 1)
    return int(left), int(top), int(left) + crop_w, int(top) + crop_h


def relit(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture with a little more or less brightness, contrast and colour."""
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        if rng.random() < LIT_SHARE:
            picture = enhancer(picture).enhance(float(rng.uniform(*LIGHT)))
    return picture


def _box_inside(
    box: Box, window: tuple[int, int, int, int], size: tuple[int, int], mirrored: bool
) -> Box | None:
    """A box in a cut picture; None where too little of it is left."""
    left, top, right, bottom = window
    xs = [(side * size[0] - left) / (right - left) for side in (box[0], box[2])]
    ys = [(side * size[1] - top) / (bottom - top) for side in (box[1], box[3])]
    if mirrored:
        xs = [1 - xs[1], 1 - xs[0]]
    cut_x, cut_y = np.clip(xs, 0, 1), np.clip(ys, 0, 1)
    visible = (cut_x[1] - cut_x[0]) * (cut_y[1] - cut_y[0])
    if visible < _LEAST_VISIBLE * (xs[1] - xs[0]) * (ys[1] - ys[0]) or visible <= 0:
        return None
    return float(cut_x[0]), float(cut_y[0]), float(cut_x[1]), float(cut_y[1])


def _fewer_negatives(region: Region, recipe: Recipe, rng: np.random.Generator) -> Region:
    if not recipe.counts(*HARD_OBJECTIVES):
        return replace(region, negatives=(), hard_text=None)
    # As the tokenizer reads them: a wrong text may differ from the right one by its capitals alone.
    right = {text.lower() for text in (region.text, region.hard_text) if text}
    wrong = [text for text in region.negatives if text and text.lower() not in right]
    order = rng.permutation(len(wrong))[: recipe.negatives_per_region]
    return replace(region, negatives=tuple(wrong[int(at)] for at in order))


def _prompted(sample: Sample, recipe: Recipe) -> Caption:
    caption = sample.short
    if sample.language == "en" and recipe.english_prompt:
        return replace(caption, text=f"{recipe.english_prompt} {caption.text}")
    return caption
