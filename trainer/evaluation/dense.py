"""Training-free dense labelling: each patch takes the class nearest to it (mean IoU).

The published segmentation figures train a decoder (Cat-Seg) on top; these do not, so they are
lower and compare models with each other only.
Shapes: R rows, C columns of patches, K classes, E embedding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fgclip2.encoder import Patches
from fgclip2.images import DECODING_ERRORS
from trainer.data.pictures import read_picture
from trainer.errors import DataError
from trainer.evaluation.files import Floats, read_lines
from trainer.evaluation.judged import open_encoder
from trainer.evaluation.templates import class_vectors

UNLABELLED = -1
_VOC_NAMES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "dining table", "dog", "horse", "motorbike", "person", "potted plant", "sheep", "sofa", "train",
    "tv monitor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """Class names, and pairs of a picture and its mask; ``first`` is the mask value of class 0."""

    names: list[str]
    pairs: list[tuple[Path, Path]]
    first: int


def dense_labels(
    read: Callable[[Path], Labelled],
) -> Callable[[Path, Path, Patches], dict[str, float]]:
    """A task that reports the mean IoU over the classes that occur, and pixel accuracy."""

    def task(model: Path, data: Path, patches: Patches) -> dict[str, float]:
        found = read(data)
        if not found.pairs or not found.names:
            raise DataError(f"{data} holds no picture with a mask, or names no class")
        encoder = open_encoder(model)
        class_KE = class_vectors(encoder, found.names, "box")
        counts = np.zeros((len(found.names), len(found.names)), np.int64)
        for picture, mask in found.pairs:
            labels = read_mask(mask, found.first, len(found.names))
            dense_RCE = encoder.encode_dense(read_picture(picture), patches)
            counts += confusion(labels, label_map(dense_RCE, class_KE, labels.shape), len(counts))
        if not counts.any():
            raise DataError(f"{data}: no mask labels a pixel with one of the classes")
        return {"photos": float(len(found.pairs)), **overlap_figures(counts)}

    return task


def label_map(dense_RCE: Floats, class_KE: Floats, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """The class of every pixel: patch cosines, enlarged bilinearly, then the largest."""
    cosine_RCK = dense_RCE @ class_KE.T
    size = (shape[1], shape[0])
    best = np.full(shape[:2], -np.inf, np.float32)
    labels = np.zeros(shape[:2], np.int64)
    for number in range(len(class_KE)):
        small = Image.fromarray(np.ascontiguousarray(cosine_RCK[:, :, number], np.float32))
        score = np.asarray(small.resize(size, Image.Resampling.BILINEAR))
        labels[score > best] = number
        best = np.maximum(best, score)
    return labels


def confusion(
    right: npt.NDArray[np.int64], found: npt.NDArray[np.int64], n_classes: int
) -> npt.NDArray[np.int64]:
    """(K, K) pixel counts, right class by found class; unlabelled pixels count nowhere."""
    known = right != UNLABELLED
    pairs = right[known] * n_classes + found[known]
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def overlap_figures(counts_KK: npt.NDArray[np.int64]) -> dict[str, float]:
    """Mean IoU over classes that occur in the masks, and pixel accuracy, in per cent."""
    hits = np.diag(counts_KK)
    occurs = counts_KK.sum(axis=1) > 0
    union = counts_KK.sum(axis=0) + counts_KK.sum(axis=1) - hits
    shares = hits[occurs] / union[occurs]
    return {
        "mean IoU": float(shares.mean() * 100),
        "pixel accuracy": float(hits.sum() / counts_KK.sum() * 100),
    }


def read_mask(path: Path, first: int, n_classes: int) -> npt.NDArray[np.int64]:
    """Class numbers of a mask picture, ``UNLABELLED`` where a number is that of no class.

    Raises:
        DataError: the mask cannot be read.
    """
    try:
        with Image.open(path) as image:
            values = np.asarray(image).astype(np.int64)
    except DECODING_ERRORS as error:
        raise DataError(f"{path}: {error}") from None
    if values.ndim != 2:
        raise DataError(f"{path}: a mask has one class number a pixel, not {values.shape[2]}")
    labels = values - first
    labels[(labels < 0) | (labels >= n_classes)] = UNLABELLED
    return labels


def read_ade(data: Path) -> Labelled:
    """ADE20K (150 classes) as ``ADEChallengeData2016``; mask value 0 is unlabelled."""
    rows = [re.split(r"\t+", line.strip()) for line in read_lines(data / "objectInfo150.txt")]
    names = [row[-1].split(",")[0].strip() for row in rows if row[0].strip().isdigit()]
    pictures = (data / "images" / "validation").glob("*.jpg")
    return Labelled(names, _pairs(pictures, data / "annotations" / "validation"), 1)


def read_voc20(data: Path) -> Labelled:
    """PASCAL VOC 2012 as ``VOC2012``: 20 classes, background left out."""
    return _read_voc(data, list(_VOC_NAMES), 1)


def read_voc21(data: Path) -> Labelled:
    """PASCAL VOC 2012 with the background as a class."""
    return _read_voc(data, ["background", *_VOC_NAMES], 0)


def read_prepared(data: Path) -> Labelled:
    """Prepared sets: ``images``, ``masks`` (from 0; other numbers: unlabelled), ``classes.txt``."""
    names = read_lines(data / "classes.txt")
    return Labelled(names, _pairs((data / "images").glob("*.jpg"), data / "masks"), 0)


def _read_voc(data: Path, names: list[str], first: int) -> Labelled:
    stems = read_lines(data / "ImageSets" / "Segmentation" / "val.txt")
    pictures = (data / "JPEGImages" / f"{stem.strip()}.jpg" for stem in stems)
    return Labelled(names, _pairs(pictures, data / "SegmentationClass"), first)


def _pairs(pictures: Iterable[Path], masks: Path) -> list[tuple[Path, Path]]:
    found = []
    for picture in sorted(pictures):
        named = [masks / f"{picture.stem}{ending}" for ending in (".png", ".tif")]
        mask = next((path for path in named if path.exists()), None)
        if mask is None:
            raise DataError(f"{named[0]} is missing: each picture needs a mask")
        found.append((picture, mask))
    return found
