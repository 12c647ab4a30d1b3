"""Evaluation on drawn scenes that no training run has seen (split 1 of ``SceneSource``).

Every figure is a percentage, in both languages. Regions use the box mode; each scene is encoded
once. Shapes: S scenes, K regions, N a right text and its negatives, R rows, C columns of patches,
E embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fgclip2 import Encoder
from fgclip2.encoder import Patches
from fgclip2.regions import pool_regions
from trainer.data.captions import LANGUAGES, Language
from trainer.data.scene_source import SceneSource
from trainer.data.scenes import Box, Scene, SceneObject
from trainer.data.scenes_text import kind_name
from trainer.data.scenes_words import kinds
from trainer.evaluation.files import Floats
from trainer.evaluation.judged import open_encoder
from trainer.evaluation.ranks import cosines, label_ranks
from trainer.evaluation.retrieval import recalls

VALIDATION_SPLIT = 1
N_SCENES = 500
_BATCH = 64
# Figures by what the negatives change (``SceneObject.changes``).
NEGATIVES = {
    "hard negatives": ("kind", "colour", "finish", "size", "number", "place"),
    "attribute negatives": ("colour", "finish", "size", "number"),
    "position negatives": ("place",),
}


@dataclass(frozen=True, slots=True)
class EncodedScenes:
    """Scenes with their vectors; regions and dense maps scene by scene, all of unit length."""

    scenes: list[Scene]
    image_SE: Floats
    regions: list[Floats]
    maps: list[Floats]


def evaluate_scenes(
    model: Path, data: Path, patches: Patches, n_scenes: int = N_SCENES
) -> dict[str, float]:
    """Retrieval, kinds of things, hard negatives, and where a phrase is found in its scene.

    ``data`` is not used: the scenes are drawn.
    """
    encoder = open_encoder(model)
    source = SceneSource(n_scenes, VALIDATION_SPLIT)
    encoded = encode_scenes(encoder, [source.scene(at) for at in range(n_scenes)], patches)
    n_regions = sum(len(scene.objects) for scene in encoded.scenes)
    figures = {"scenes": float(n_scenes), "regions": float(n_regions)}
    for language in LANGUAGES:
        found = scene_figures(encoder, encoded, language)
        figures |= {f"{language} {name}": value for name, value in found.items()}
    return figures


def encode_scenes(encoder: Encoder, scenes: Sequence[Scene], patches: Patches) -> EncodedScenes:
    """Encode each scene once and pool its boxes from its dense map."""
    images: list[Floats] = []
    regions: list[Floats] = []
    maps: list[Floats] = []
    for start in range(0, len(scenes), _BATCH):
        part = scenes[start : start + _BATCH]
        pictures = [scene.image for scene in part]
        image_BE, dense = encoder.encode_images_and_dense(pictures, patches, normalize=False)
        images.append(_unit(image_BE))
        for scene, dense_RCE in zip(part, dense, strict=True):
            width, height = scene.image.size
            scale = np.array([width, height, width, height])
            boxes_K4 = np.array([each.box for each in scene.objects]) * scale
            regions.append(_unit(pool_regions(dense_RCE, boxes_K4, scene.image.size)))
            maps.append(_unit(dense_RCE))
    return EncodedScenes(list(scenes), np.concatenate(images), regions, maps)


def scene_figures(encoder: Encoder, encoded: EncodedScenes, language: Language) -> dict[str, float]:
    """All figures of one language."""
    objects = [each for scene in encoded.scenes for each in scene.objects]
    region_KE = np.concatenate(encoded.regions)
    captions = [scene.short.said(language) for scene in encoded.scenes]
    figures = recalls(encoded.image_SE, encoder.encode_texts(captions), np.arange(len(captions)))
    figures["region top-1"] = _kind_accuracy(encoder, region_KE, objects, language)
    texts = [[word.said(language) for word in (each.phrase, *each.negatives)] for each in objects]
    rows = {text: row for row, text in enumerate(dict.fromkeys(t for own in texts for t in own))}
    text_TE = encoder.encode_texts(list(rows), mode="box")
    scores = [
        cosines(region_E[None], text_TE[[rows[text] for text in own]])[0]
        for own, region_E in zip(texts, region_KE, strict=True)
    ]
    changes = [each.changes for each in objects]
    figures |= {name: beaten(scores, changes, traits) for name, traits in NEGATIVES.items()}
    phrase_KE = text_TE[[rows[own[0]] for own in texts]]
    figures["hottest patch inside the box"] = _found_share(encoded, phrase_KE)
    return figures


def beaten(
    scores: Sequence[Floats], changes: Sequence[Sequence[str]], traits: Sequence[str]
) -> float:
    """Per cent of regions whose right text scores above all negatives that change ``traits``.

    Args:
        scores: of each region's texts, the right one first.
        changes: what each of its negatives changes, in the same order.
        traits: negatives that change something else do not count, nor do regions without any;
            at least one region must have some.
    """
    right = []
    for own, changed in zip(scores, changes, strict=True):
        rivals = [score for score, each in zip(own[1:], changed, strict=True) if each in traits]
        if rivals:
            right.append(own[0] > max(rivals))
    return float(np.mean(right) * 100)


def hottest_inside(dense_RCE: Floats, text_E: Floats, box: Box) -> bool:
    """Whether the centre of the patch that is nearest to a text lies in a box (0..1)."""
    rows, columns = dense_RCE.shape[:2]
    row, column = divmod(int((dense_RCE @ text_E).argmax()), columns)
    x, y = (column + 0.5) / columns, (row + 0.5) / rows
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _found_share(encoded: EncodedScenes, phrase_KE: Floats) -> float:
    places = [
        (dense_RCE, each.box)
        for scene, dense_RCE in zip(encoded.scenes, encoded.maps, strict=True)
        for each in scene.objects
    ]
    inside = [
        hottest_inside(dense_RCE, text_E, box)
        for (dense_RCE, box), text_E in zip(places, phrase_KE, strict=True)
    ]
    return float(np.mean(inside) * 100)


def _kind_accuracy(
    encoder: Encoder, region_KE: Floats, objects: Sequence[SceneObject], language: Language
) -> float:
    """Top-1 of regions among the names of all kinds of things."""
    column = {name: place for place, name in enumerate(kinds())}
    names = [kind_name(kind).said(language) for kind in kinds().values()]
    kind_CE = encoder.encode_texts(names, mode="box")
    right_K: npt.NDArray[np.int64] = np.array([column[each.kind] for each in objects])
    return float((label_ranks(cosines(region_KE, kind_CE), right_K) < 1).mean() * 100)


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return unit
