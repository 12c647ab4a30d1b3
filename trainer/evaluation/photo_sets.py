"""Evaluation on the photo sets: retrieval by human captions, class names as queries.

Every figure is a percentage. Photos and texts go through ``fgclip2.Encoder``.
Shapes: N photos, C classes or captions, E embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fgclip2 import Encoder
from fgclip2.encoder import Patches
from trainer.data.captions import LANGUAGES, Language
from trainer.data.names import with_article
from trainer.data.photos import Photo, PhotoSet
from trainer.errors import DataError
from trainer.evaluation.judged import open_encoder
from trainer.evaluation.retrieval import recalls

_SPLIT = "val"
_BATCH = 64
_FULL_SIDE_PX = 512


def photo_retrieval(
    model: Path, data: Path, patches: Patches, split: str = _SPLIT
) -> dict[str, float]:
    """Photo-to-text and text-to-photo recall on Flickr8k, first caption of each photo."""
    photos = _whole_set(data, split, ["flickr8k"])
    encoder = open_encoder(model)
    image_NE = encode_photos(encoder, photos, range(len(photos)), patches)
    figures: dict[str, float] = {"photos": float(len(photos))}
    for language in LANGUAGES:
        text_NE = encoder.encode_texts([p.sentences[language][0] for p in photos.photos])
        found = recalls(image_NE, text_NE, np.arange(len(photos)))
        figures |= {f"{language} {name}": value for name, value in found.items()}
    return figures


def classes(model: Path, data: Path, patches: Patches, split: str = _SPLIT) -> dict[str, float]:
    """Top-1 accuracy inside each set of classes, names as queries."""
    photos = _whole_set(data, split, None)
    keep = [i for i, photo in enumerate(photos.photos) if photo.name is not None]
    if not keep:
        raise DataError(f"{data} holds no photos with class names in the split {split!r}")
    encoder = open_encoder(model)
    image_NE = encode_photos(encoder, photos, keep, patches)
    labelled = [photos.photos[i] for i in keep]
    figures: dict[str, float] = {"photos": float(len(labelled))}
    for language in LANGUAGES:
        for archive in sorted({photo.archive for photo in labelled}):
            chosen = [i for i, photo in enumerate(labelled) if photo.archive == archive]
            figures[f"{language} {archive} top-1"] = _accuracy(
                encoder, image_NE[chosen], [labelled[i] for i in chosen], language
            )
    return figures


def class_prompt(photo: Photo, language: Language) -> str:
    """How a class is asked for."""
    assert photo.name is not None
    if language == "en":
        return f"a photo of {with_article(photo.name.names_en[0])}"
    return f"一张{photo.name.names_zh[0]}的照片"


def encode_photos(
    encoder: Encoder, photos: PhotoSet, indices: Sequence[int], patches: Patches
) -> npt.NDArray[np.float32]:
    """(N, E) unit rows of some photos, in the order given.

    Raises:
        SampleError: a photo cannot be read; figures without it would mean something else.
    """
    rows = []
    for start in range(0, len(indices), _BATCH):
        pictures = [photos.picture(index) for index in indices[start : start + _BATCH]]
        rows.append(encoder.encode_images(pictures, patches=patches))
    return np.concatenate(rows)


def _whole_set(data: Path, split: str, archives: list[str] | None) -> PhotoSet:
    photos = PhotoSet(data, split, archives, _FULL_SIDE_PX)
    if photos.unreadable:
        named = next(iter(photos.unreadable.values()))
        raise DataError(f"{len(photos.unreadable)} records cannot be used; the first one: {named}")
    return photos


def _accuracy(
    encoder: Encoder,
    image_NE: npt.NDArray[np.float32],
    labelled: list[Photo],
    language: Language,
) -> float:
    prompts = [class_prompt(photo, language) for photo in labelled]
    names = sorted(set(prompts))
    text_CE = encoder.encode_texts(names)
    best = (image_NE @ text_CE.T).argmax(axis=1)
    right = [names[int(i)] == prompt for i, prompt in zip(best, prompts, strict=True)]
    return float(np.mean(right) * 100)
