"""The ``Encoder``: pictures and texts in, numpy vectors out.

Shapes: B batch, P patches, I numbers in a patch, L tokens, E embedding, K boxes.
"""

from __future__ import annotations

import os
import reprlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import Literal, TypeVar, cast

import numpy as np
import numpy.typing as npt
from PIL import Image

from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import TEXT_MODES, Engine, Floats, Grid, TextMode, batches
from fgclip2.engine_choice import create_engine, is_tiny
from fgclip2.errors import ConfigError, ImageError, TextError
from fgclip2.graph_cache import GraphCache, default_cache_dir, stored_fingerprint
from fgclip2.images import DECODING_ERRORS, MAX_BUDGET, budget_for, fit_to_grid, patchify
from fgclip2.json_files import read_json
from fgclip2.regions import check_boxes, pool_regions
from fgclip2.tokenizer import Tokenizer

Patches = int | Literal["dynamic"]
_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

_DEFAULT_QUICK_PATCHES = 256
# Patches of so many positions (48 MB for patches of 16 pixels) are made at once.
_MAX_GROUP_POSITIONS = 16384
# Pictures are decoded and cut into patches by so many threads at most.
_MAX_THREADS = 8
# The squares of larger ones could leave float32 when they are summed to a length.
_LARGEST_NUMBER = 1e15
# Weights that are not finite, or too large, are named when the vectors show it: numpy need not.
_told_by_vectors = np.errstate(over="ignore", invalid="ignore")


class Encoder:
    """Embeds pictures, regions and texts in one space. Made by ``Encoder.load``.

    Texts are lower-cased and nothing else; rows come back in the order given. All five encode
    methods take ``normalize=False`` to return what the published methods return. One thread at
    a time.
    """

    def __init__(
        self, checkpoint: Checkpoint, engine: Engine, cache: GraphCache | None = None
    ) -> None:
        self._checkpoint = checkpoint
        self._engine = engine
        self._cache = cache

    @classmethod
    @_told_by_vectors
    def load(
        cls,
        path: str | Path,
        engine: str = "auto",
        precision: str = "auto",
        *,
        cache_dir: str | Path | None = None,
    ) -> Encoder:
        """Open a checkpoint directory in the published layout.

        Args:
            path: folder with ``config.json``, ``model.safetensors`` and, for texts,
                ``tokenizer.model``.
            engine: ``openvino``, ``torch`` or ``auto``: torch where it is installed, the machine
                has a GPU and the model is not tiny, else openvino.
            precision: ``f32``, ``bf16``, ``int8`` or ``auto``: f32 for tiny models, bf16 on a
                GPU, else what is fastest on this processor with a cosine of at least 0.999
                to the exact vectors, measured at the first load and remembered.
            cache_dir: for compiled graphs and measurements of models that are not tiny; the
                platform's cache folder if None. Safe to delete.

        Raises:
            ConfigError: the configuration or an option cannot be used.
            WeightsError: the weights are missing, damaged or do not fit the configuration.
            EngineUnavailableError: the chosen engine or precision cannot run here.
        """
        checkpoint = Checkpoint.open(path)
        cache = None
        if cache_dir is not None or not is_tiny(checkpoint):
            cache = GraphCache(Path(cache_dir or default_cache_dir()))
        return cls(checkpoint, create_engine(checkpoint, engine, precision, cache), cache)

    @property
    def name(self) -> str:
        """Name of the model: that of its folder."""
        return self._checkpoint.directory.resolve().name

    @property
    def engine(self) -> str:
        """The engine at work: ``openvino`` or ``torch``."""
        return self._engine.name

    @property
    def precision(self) -> str:
        """The precision at work: ``f32``, ``bf16`` or ``int8``."""
        return self._engine.precision

    @property
    def dim(self) -> int:
        """E, the width of all vectors."""
        return self._checkpoint.config.dim

    @cached_property
    def fingerprint(self) -> str:
        """32 hex digits of a sha256 over all weights; names the vectors in a library.

        The first use reads the whole file; a cache then remembers it by size, time and inode.
        """
        return stored_fingerprint(self._checkpoint, self._cache)

    @cached_property
    def log_scale(self) -> float:
        """Logarithm of the scale: a pair's logit is ``exp(log_scale) * cosine + bias``."""
        return float(self._checkpoint["logit_scale"][0])

    @cached_property
    def bias(self) -> float:
        """Bias of a pair's logit."""
        return float(self._checkpoint["logit_bias"][0])

    @cached_property
    def quick_patches(self) -> int:
        """Patch budget of the first pass: ``max_num_patches`` of preprocessor_config.json.

        Raises:
            ConfigError: the file holds something else than a number of patches.
        """
        return self._preprocessor_budget("max_num_patches", _DEFAULT_QUICK_PATCHES)

    @cached_property
    def fine_patches(self) -> int:
        """Largest patch budget that the model is good at: ``fine_num_patches`` of the same file.

        Published models leave it out: four times the quick one, which is their 1024.

        Raises:
            ConfigError: the file holds something else than a number of patches.
        """
        usual = min(4 * self.quick_patches, MAX_BUDGET)
        return self._preprocessor_budget("fine_num_patches", usual)

    def _preprocessor_budget(self, key: str, default: int) -> int:
        path = self._checkpoint.directory / "preprocessor_config.json"
        if not path.exists():
            return default
        try:
            n_patches = read_json(path).get(key, default)
        except (OSError, ValueError, AttributeError) as error:
            raise ConfigError(f"{path} cannot be read as a JSON object: {error}") from None
        if type(n_patches) is not int or not 1 <= n_patches <= MAX_BUDGET:
            raise ConfigError(
                f"{path}: {key} is {reprlib.repr(n_patches)}, expected 1 to {MAX_BUDGET}"
            )
        return n_patches

    def token_count(self, text: str) -> int:
        """Tokens of a text with its end mark; ``short`` and ``box`` hold 64, ``long`` 196.

        Raises:
            TokenizerError: the folder has no usable tokenizer.
        """
        return self._tokenizer.token_count(text)

    def encode_images(
        self,
        images: Sequence[Image.Image],
        patches: Patches = "dynamic",
        *,
        normalize: bool = True,
    ) -> Floats:
        """Embed pictures in the space shared with texts.

        Args:
            images: upright, any mode, any sizes; pictures that share a grid run together.
            patches: budget of each picture, or ``dynamic`` for the published rule by its size.
            normalize: whether rows have unit length.

        Returns:
            (B, E) float32, in the order given.

        Raises:
            ImageError: something that is not a picture; names its place. Nothing was computed.
            DeviceMemoryError: the batch does not fit; nothing was computed.
            WeightsError: the weights give numbers that are not finite.
        """
        vectors, _ = self._encode_pictures(images, patches, pooled=True, dense=False)
        return _unit_rows(vectors) if normalize else vectors

    def encode_dense(
        self, image: Image.Image, patches: Patches = "dynamic", *, normalize: bool = True
    ) -> Floats:
        """Embed every patch of a picture.

        Returns:
            (rows, columns, E) float32.

        Raises:
            ImageError: as ``encode_images``.
            DeviceMemoryError, WeightsError: as ``encode_images``.
        """
        _, maps = self._encode_pictures([image], patches, pooled=False, dense=True)
        return _unit_rows(maps[0]) if normalize else maps[0]

    def encode_images_and_dense(
        self,
        images: Sequence[Image.Image],
        patches: Patches = "dynamic",
        *,
        normalize: bool = True,
    ) -> tuple[Floats, list[Floats]]:
        """Vectors as from ``encode_images`` and maps as from ``encode_dense``, from one pass."""
        vectors, maps = self._encode_pictures(images, patches, pooled=True, dense=True)
        if normalize:
            return _unit_rows(vectors), [_unit_rows(dense) for dense in maps]
        return vectors, maps

    def encode_regions(
        self,
        image: Image.Image,
        boxes: npt.ArrayLike,
        patches: Patches = "dynamic",
        *,
        normalize: bool = True,
    ) -> Floats:
        """Embed boxes of a picture, all from one pass.

        Args:
            image: as for ``encode_images``.
            boxes: (K, 4) x0, y0, x1, y1 in pixels of this picture; parts outside count as zeros.
            patches: as for ``encode_images``.
            normalize: whether rows have unit length.

        Returns:
            (K, E) float32, in the order given.

        Raises:
            ImageError: not a picture, or boxes that are none.
            DeviceMemoryError, WeightsError: as ``encode_images``.
        """
        checked = check_boxes(boxes)
        _check_picture(image, 0)
        if not len(checked):
            return np.zeros((0, self.dim), np.float32)
        dense = self.encode_dense(image, patches, normalize=False)
        regions = pool_regions(dense, checked, image.size)
        return _unit_rows(regions) if normalize else regions

    def encode_texts(
        self, texts: Sequence[str], mode: str = "auto", *, normalize: bool = True
    ) -> Floats:
        """Embed texts in the space shared with pictures, or with regions in the mode ``box``.

        Args:
            texts: any language; lower-cased here.
            mode: ``short`` (64 tokens), ``box`` (64, for regions), ``long`` (196), or ``auto``:
                for each text short, or long when it has over 64 tokens. Longer texts are cut.
            normalize: whether rows have unit length.

        Returns:
            (B, E) float32, in the order given.

        Raises:
            TextError: not a list of strings, or an unknown mode.
            TokenizerError: the folder has no usable tokenizer.
            DeviceMemoryError, WeightsError: as ``encode_images``.
        """
        if isinstance(texts, str):
            raise TextError("texts is one string: give a list of strings")
        if not isinstance(texts, Iterable):
            raise TextError(f"texts is {type(texts).__name__}: give a list of strings")
        texts = list(texts)
        modes = self._modes_of(texts, mode)
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for chosen in TEXT_MODES:
            rows = [row for row, its_mode in enumerate(modes) if its_mode == chosen]
            if rows:
                ids = self._tokenizer.encode([texts[row] for row in rows], self._length(chosen))
                vectors[rows] = self.encode_token_ids(ids, chosen, normalize=normalize)
        return vectors

    @_told_by_vectors
    def encode_token_ids(
        self, ids: npt.NDArray[np.int64], mode: str, *, normalize: bool = True
    ) -> Floats:
        """Embed texts given as token ids; works without a tokenizer.

        Args:
            ids: (B, 64) integers, padded; (B, 196) for ``long``.
            mode: ``short``, ``box`` or ``long``.
            normalize: whether rows have unit length.

        Returns:
            (B, E) float32.

        Raises:
            TextError: an unknown mode, another shape, or an id outside the vocabulary.
            DeviceMemoryError, WeightsError: as ``encode_images``.
        """
        chosen = _check_mode(mode, TEXT_MODES)
        try:
            given = np.asarray(ids)
        except ValueError:
            raise TextError("ids have rows of different lengths") from None
        checked = self._check_ids(given, chosen)
        if not len(checked):
            return np.zeros((0, self.dim), np.float32)
        vectors = self._engine.encode_tokens(checked, chosen)
        self._check_finite(vectors)
        return _unit_rows(vectors) if normalize else vectors

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        config = self._checkpoint.config
        return Tokenizer(self._checkpoint.directory, config.text.vocab_size)

    @_told_by_vectors
    def _encode_pictures(
        self, images: Sequence[Image.Image], patches: Patches, *, pooled: bool, dense: bool
    ) -> tuple[Floats, list[Floats]]:
        """Vectors (zeros if not asked for) and dense maps (none if not asked for), in order."""
        if not isinstance(images, Iterable):
            raise ImageError(f"images is {type(images).__name__}: give a list of PIL images")
        # All are decoded first, so that an unreadable one is named before anything is computed.
        fitted = self._fit_all(list(images), patches)
        side = self._checkpoint.config.vision.patch_size
        groups = _groups([(image.height // side, image.width // side) for image in fitted])
        to_patches = partial(patchify, patch_size=side)
        stacked = (
            (np.stack(_in_threads(to_patches, [fitted[place] for place in places])), grid)
            for grid, places in groups
        )
        features = self._engine.encode_patches(stacked, pooled=pooled, dense=dense)
        vectors = np.zeros((len(fitted), self.dim), np.float32)
        maps: dict[int, Floats] = {}
        for (grid, places), found in zip(groups, features, strict=True):
            if found.pooled is not None:
                vectors[places] = found.pooled
            if found.dense is not None:
                maps |= zip(places, found.dense.reshape(len(places), *grid, -1), strict=True)
        self._check_finite(vectors, *maps.values())
        return vectors, [maps[place] for place in sorted(maps)]

    def _check_finite(self, *features: Floats) -> None:
        if not all((np.abs(each) <= _LARGEST_NUMBER).all() for each in features):
            raise self._checkpoint.not_finite_error()

    def _fit_all(self, images: list[Image.Image], patches: Patches) -> list[Image.Image]:
        """Each on its grid; one that comes again is decoded once: no two threads may read it."""
        places = {id(image): place for place, image in reversed(list(enumerate(images)))}
        distinct = sorted(places.values())
        made = _in_threads(lambda place: self._fit(images[place], patches, place), distinct)
        fitted = dict(zip(distinct, made, strict=True))
        return [fitted[places[id(image)]] for image in images]

    def _fit(self, image: Image.Image, patches: Patches, place: int) -> Image.Image:
        _check_picture(image, place)
        side = self._checkpoint.config.vision.patch_size
        budget = budget_for(*image.size, patches)
        try:
            image.load()
            return fit_to_grid(image, budget, side)
        except DECODING_ERRORS as error:
            reason = str(error) or type(error).__name__
            raise ImageError(f"image {place} cannot be decoded: {reason}") from error

    def _modes_of(self, texts: Sequence[str], mode: str) -> list[TextMode]:
        chosen = _check_mode(mode, ("auto", *TEXT_MODES))
        if mode != "auto":
            return [chosen] * len(texts)
        limit = self._length("short")
        return ["long" if self.token_count(text) > limit else "short" for text in texts]

    def _length(self, mode: TextMode) -> int:
        config = self._checkpoint.config.text
        return config.longtext_len if mode == "long" else config.max_position_embeddings

    def _check_ids(self, ids: npt.NDArray[np.int64], mode: TextMode) -> npt.NDArray[np.int64]:
        expected = self._length(mode)
        if ids.ndim != 2 or ids.shape[1] != expected:
            raise TextError(
                f"ids have the shape {ids.shape}, the mode {mode!r} needs (B, {expected})"
            )
        if ids.dtype.kind not in "iu":
            raise TextError(f"ids are {ids.dtype}, expected integers")
        vocab_size = self._checkpoint.config.text.vocab_size
        if ids.size and not 0 <= ids.min() <= ids.max() < vocab_size:
            raise TextError(f"ids reach from {ids.min()} to {ids.max()}, not 0 to {vocab_size - 1}")
        # In order as well: torch takes no arrays that run backwards.
        return np.ascontiguousarray(ids, np.int64)


def _groups(grids: Sequence[Grid]) -> list[tuple[Grid, list[int]]]:
    """Places of the pictures that share a grid, in groups of limited size."""
    by_grid: dict[Grid, list[int]] = {}
    for place, grid in enumerate(grids):
        by_grid.setdefault(grid, []).append(place)
    return [
        (grid, places[part])
        for grid, places in by_grid.items()
        for part in batches(len(places), grid[0] * grid[1], _MAX_GROUP_POSITIONS)
    ]


def _check_mode(mode: object, known: Sequence[str]) -> TextMode:
    if not isinstance(mode, str) or mode not in known:
        raise TextError(f"mode is {mode!r}; {', '.join(known)} are known")
    return cast(TextMode, mode)


def _in_threads(work: Callable[[_Item], _Made], items: Sequence[_Item]) -> list[_Made]:
    """``work`` of all items in order, or the first error; Pillow and NumPy release the GIL."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(len(items), os.cpu_count() or 1, _MAX_THREADS)) as pool:
        return list(pool.map(work, items))


def _check_picture(image: object, place: int) -> None:
    if not isinstance(image, Image.Image):
        raise ImageError(f"image {place} is {type(image).__name__}, expected a PIL image")
    if 0 in image.size:
        raise ImageError(f"image {place} has the size {image.size}: it has no pixels")


def _unit_rows(vectors: Floats) -> Floats:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = vectors / np.maximum(norms, np.float32(1e-12))
    return unit
