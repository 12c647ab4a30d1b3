"""Photos that lie on the device whole, with the vectors of their captions: batches without the CPU.

Where the text tower is frozen a caption is a vector, so all of them are made once. A batch depends
on the recipe's seed and its step alone (and on the kind of device, which has its own generator).

Shapes: N photos, S side of a stored one, B pictures of a batch, P patches, V values of a patch,
Q patches seen, E embedding, C concepts or classes of all sets, A pictures with a class.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL.Image import Resampling
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from fgclip2.images import PATCH_SIZE, patch_grid
from fgclip2.tokenizer import Tokenizer
from trainer.data.batches import process_ended
from trainer.data.packing import MatchKeys, rows_of
from trainer.data.photos import PhotoSet
from trainer.device_captions import CaptionBank, name_vectors, place_of_kind
from trainer.device_pictures import Chance, cut_views, paste_parts, patched
from trainer.errors import DataError, SampleError
from trainer.losses import CaptionPairs, ClassPairs, Losses, Pairs, weighted_losses
from trainer.recipes import Recipe
from trainer.stage_model import PicturePiece, StageModel

# Widths and heights whose patch grid a step may have; all its pictures have the same.
_SHAPES = ((4, 4), (4, 4), (4, 3), (3, 4))
_AT_ONCE = 256  # photos that a process decodes before it hands them over


@dataclass(frozen=True, slots=True)
class PhotoBatch:
    """Pictures of one grid with a caption each, on the device.

    ``patches_BPV`` are float32 in -1..1. ``keys`` have places of concepts for their keys, and
    the number of all concepts for none. ``image_A``,
    ``class_A``, ``share_A`` and ``set_C`` are as in ``packing.Classes``; ``name_CE`` are the
    vectors of names of all classes.
    """

    patches_BPV: Tensor
    shapes: list[tuple[int, int]]
    seen_BQ: Tensor | None
    text_BE: Tensor
    keys: MatchKeys
    image_A: Tensor
    class_A: Tensor
    share_A: Tensor
    set_C: Tensor
    name_CE: Tensor

    @property
    def piece(self) -> PicturePiece:
        """What the model takes."""
        return PicturePiece(
            self.patches_BPV, None, self.shapes, True, None, None, seen_BQ=self.seen_BQ
        )


class DevicePhotos:
    """Makes the batches of a recipe with ``photos_on_device``.

    Args:
        photos: of the recipe.
        unreadable: takes the messages of those that cannot be decoded, by their names.
        model: with a frozen text tower, on the device that is to hold all.
        tokenizer: of the run.
        recipe: of the run.

    Raises:
        DataError: no photo that has a weight can be decoded.
    """

    def __init__(
        self,
        photos: PhotoSet,
        unreadable: dict[str, str],
        model: StageModel,
        tokenizer: Tokenizer,
        recipe: Recipe,
    ) -> None:
        self._recipe = recipe
        self._device = device = model.logit_scale.device
        pixels_N3SS, aspect_N = _pixels(photos, unreadable, recipe)
        weights_N = photos.weights(recipe.archive_weights) * (aspect_N > 0).numpy()
        if weights_N.sum() <= 0:
            raise DataError(
                f"{photos.directory}: none of its photos can be decoded; the last one:"
                f" {list(unreadable.values())[-1]}"
            )
        classes = photos.classes
        number_of = {label: number for number, label in enumerate(classes)}
        sets = rows_of(label[0] for label in classes)
        bank = CaptionBank(photos.photos, recipe.seed)
        shown_NC = torch.zeros(len(photos), len(bank.concepts), dtype=torch.bool)
        place_of = {name: place for place, name in enumerate(bank.concepts)}
        for row, photo in enumerate(photos.photos):
            shown = (place_of.get(each.lower()) for each in photo.concepts)
            shown_NC[row, [place for place in shown if place is not None]] = True
        own = [-1 if each.label is None else number_of[each.label] for each in photos.photos]
        self._pixels_N3SS = pixels_N3SS.to(device)
        self._until_N = torch.from_numpy(np.cumsum(weights_N / weights_N.sum())).to(device)
        self._last = int(np.flatnonzero(weights_N)[-1])
        self._aspect_N = aspect_N.to(device)
        self._may_flip_N = torch.tensor([each.may_flip for each in photos.photos], device=device)
        self._class_N = torch.tensor(own, device=device)
        self._set_C = torch.tensor([sets[label[0]] for label in classes], device=device)
        self._shown_NC = shown_NC.to(device)
        self._span_NK2, self._row_F = bank.span_NK2.to(device), bank.row_F.to(device)
        self._concept_T, self._key_T = bank.concept_T.to(device), bank.key_T.to(device)
        self._vector_TE = bank.vectors(model, tokenizer)
        self._name_LDCE = name_vectors(list(classes.values()), recipe.seed, model, tokenizer)

    def make(self, step: int) -> PhotoBatch:
        """The batch of a step, counted from 0."""
        recipe, size = self._recipe, self._recipe.batch_size
        rng = np.random.default_rng((recipe.seed, step))
        generator = torch.Generator(self._device)
        generator.manual_seed(int(rng.integers(2**62)))
        chance = Chance(generator)
        place_B = (torch.arange(size, device=self._device) + chance.rand(size)) / size
        chosen_B = torch.searchsorted(self._until_N, place_B.double(), right=True)
        chosen_B = chosen_B.clamp(max=self._last)  # a place may be rounded to 1
        shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
        grid = rows, columns = patch_grid(*shape, recipe.patches_at(step))
        views_B3HW = cut_views(
            self._pixels_N3SS[chosen_B],
            self._aspect_N[chosen_B],
            self._may_flip_N[chosen_B],
            (rows * PATCH_SIZE, columns * PATCH_SIZE),
            recipe,
            chance,
        )
        class_B, shown_BC = self._class_N[chosen_B], self._shown_NC[chosen_B]
        other_B = torch.randperm(size, generator=generator, device=self._device)
        mixed_B = (class_B >= 0) & (class_B[other_B] >= 0)
        mixed_B = mixed_B & (chance.rand(size) < recipe.mixed_share)
        views_B3HW, covered_B = paste_parts(views_B3HW, other_B, mixed_B, chance)
        shown_BC = shown_BC | (shown_BC[other_B] & mixed_B[:, None])
        image_A = torch.cat([torch.nonzero(class_B >= 0)[:, 0], torch.nonzero(mixed_B)[:, 0]])
        n_known = int((class_B >= 0).sum())
        class_A = torch.cat([class_B[image_A[:n_known]], class_B[other_B][image_A[n_known:]]])
        share_A = torch.cat([1 - covered_B[image_A[:n_known]], covered_B[image_A[n_known:]]])
        caption_B = self._captions(chosen_B, chance)
        name_DCE = self._name_LDCE[int(rng.random() < recipe.chinese_share)]
        return PhotoBatch(
            patched(views_B3HW),
            [grid] * size,
            self._seen(rows * columns, chance),
            self._vector_TE[caption_B],
            MatchKeys(
                self._key_T[caption_B],
                self._concept_T[caption_B],
                *shown_BC.nonzero(as_tuple=True),
            ),
            image_A,
            class_A,
            share_A,
            self._set_C,
            name_DCE[int(rng.integers(len(name_DCE)))],
        )

    def _captions(self, chosen_B: Tensor, chance: Chance) -> Tensor:
        recipe, size = self._recipe, len(chosen_B)
        chinese_B = chance.rand(size) < recipe.chinese_share
        long_B = chance.rand(size) < (recipe.long_share if recipe.counts("long") else 0.0)
        span_B2 = self._span_NK2[chosen_B, place_of_kind(chinese_B, long_B)]
        number_B = (chance.rand(size) * span_B2[:, 1]).long().minimum(span_B2[:, 1] - 1)
        found: Tensor = self._row_F[span_B2[:, 0] + number_B]
        return found

    def _seen(self, n_patches: int, chance: Chance) -> Tensor | None:
        share = self._recipe.seen_patches
        if share == 1:
            return None
        count = max(1, round(n_patches * share))
        order_BP = chance.rand(self._recipe.batch_size, n_patches).argsort(dim=1)
        return order_BP[:, :count].sort(dim=1).values


def photo_losses(
    image_BE: Tensor, scales: dict[str, Tensor], batch: PhotoBatch, recipe: Recipe
) -> Losses:
    """The losses of a batch of photos on the device: ``short`` (long captions too), ``classes``.

    Args:
        image_BE: (B, E) float32 unit rows.
        scales: logarithms of the scales, and the bias, by the names of the parameters.
        batch: with the captions and classes of these pictures.
        recipe: ``objectives`` holds the weights.
    """
    captions, classes = {}, None
    if recipe.counts("short"):
        captions["short"] = CaptionPairs(image_BE, batch.text_BE, batch.keys)
    if recipe.counts("classes"):
        classes = ClassPairs(
            image_BE[batch.image_A], batch.name_CE, batch.class_A, batch.share_A, batch.set_C
        )
    return weighted_losses(Pairs(captions, classes), scales, recipe, 0.0)


class _Stored(Dataset[tuple[Tensor, Tensor, dict[str, str]]]):
    """Photos by the place of the first of some: decoded, each squeezed to a square."""

    def __init__(self, photos: PhotoSet, side_px: int) -> None:
        self._photos, self._side_px = photos, side_px

    def __getitem__(self, first: int) -> tuple[Tensor, Tensor, dict[str, str]]:
        side, places = self._side_px, range(first, min(first + _AT_ONCE, len(self._photos)))
        levels_NSS3 = np.zeros((len(places), side, side, 3), np.uint8)
        aspect_N = np.zeros(len(places), np.float32)
        unreadable = {}
        for row, place in enumerate(places):
            try:
                picture = self._photos.picture(place)
            except SampleError as error:
                unreadable[error.name] = str(error)
                continue
            levels_NSS3[row] = np.asarray(picture.resize((side, side), Resampling.BILINEAR))
            aspect_N[row] = picture.width / picture.height
        pixels_N3SS = torch.from_numpy(levels_NSS3).permute(0, 3, 1, 2).contiguous()
        return pixels_N3SS, torch.from_numpy(aspect_N), unreadable


def _pixels(photos: PhotoSet, unreadable: dict[str, str], recipe: Recipe) -> tuple[Tensor, Tensor]:
    """(N, 3, S, S) uint8, and (N,) widths by heights, 0 where one cannot be decoded."""
    # On a thread: on the main one torch interrupts whatever runs when a process is killed.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_decoded, photos, unreadable, recipe).result()


def _decoded(photos: PhotoSet, unreadable: dict[str, str], recipe: Recipe) -> tuple[Tensor, Tensor]:
    side, n_processes = recipe.cache_side_px, recipe.data_processes
    pixels_N3SS = torch.empty(len(photos), 3, side, side, dtype=torch.uint8)
    aspect_N = torch.empty(len(photos))
    starts = range(0, len(photos), _AT_ONCE)
    loader = DataLoader(
        _Stored(photos, side),
        sampler=starts,
        batch_size=None,
        num_workers=min(n_processes, len(starts)),
        multiprocessing_context="fork" if n_processes else None,
    )
    try:
        for start, (pixels, aspects, messages) in zip(starts, loader, strict=True):
            pixels_N3SS[start : start + _AT_ONCE] = pixels
            aspect_N[start : start + _AT_ONCE] = aspects
            unreadable.update(messages)
    except RuntimeError as error:
        if not n_processes:
            raise
        raise DataError(process_ended(error, n_processes)) from None
    return pixels_N3SS, aspect_N
