"""Recipes of a few seconds and a picture, shared by the tests of training."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

from PIL import Image

from fgclip2.tokenizer import FILE_NAME, Tokenizer
from trainer.data.choice import make_sources
from trainer.data.mixed_batches import MixedBatchMaker, MixedSource
from trainer.data.packing import Batch
from trainer.data.photos import PhotoSet
from trainer.recipes import Recipe, resolve
from trainer.vocabulary import train_vocabulary

SIZES = [
    "hidden_size=32", "heads=2", "vision_layers=1", "text_layers=2", "vocab_size=400",
    "vision_intermediate_size=64", "text_intermediate_size=64", "cache_side_px=40",
    "archive_weights={'fruit': 1.0}", "small_start=False", "precision=f32",
]  # fmt: skip
# Stage 1 of photos that lie on the device; needs ``photos`` and ``weights``.
ON_DEVICE = [
    *SIZES, "batch_size=24", "steps=6", "warmup_steps=2", "checkpoint_every=100", "long_share=0.3",
    "patches=((0.0, 9), (0.5, 12))", "average_decay=0.5", "frozen_text=True", "mixed_share=0.6",
    "archive_weights={'fruit': 0.4, 'people': 0.3, 'things': 0.3}", "sources={'photos': 1.0}",
    "objectives={'short': 1.5, 'long': 1.0, 'classes': 2.0}", "photos_on_device=True",
]  # fmt: skip


def stage_two(photos: Path, *more: str) -> Recipe:
    """Stage 2 on small photos, mosaics and scenes, from random weights."""
    settings = [
        "batch_size=8", "steps=6", "warmup_steps=2", "checkpoint_every=3", "long_share=0.5",
        "patches=((0.0, 9), (0.5, 12))", "average_decay=0.5", "export_patches=16",
        "sources={'photos': 0.4, 'mosaics': 0.4, 'scenes': 0.2}", "scene_count=20",
        "vocab_size=700",
        "negatives_per_region=4", "learning_rate=1e-3",
        "objectives={'short': 1.0, 'long': 1.0, 'region': 0.2, 'text': 0.1, 'contrast': 0.3,"
        " 'pair': 1.5, 'rank': 0.2}",
    ]  # fmt: skip
    return resolve("tiny-regions", [*SIZES, *settings, f"photos={photos}", *more])


def fruit_batch(
    photos: Path, run: Path, settings: list[str], part: int = 0, n_parts: int = 1
) -> Batch:
    """One process's part of a batch of the recipe ``tiny``; its vocabulary is put into ``run``."""
    (run / FILE_NAME).write_bytes(train_vocabulary(["a photo of red apple"] * 30, 280))
    recipe = resolve("tiny", [*settings, f"photos={photos}"])
    fruit = PhotoSet(photos, "train", ["fruit"], 40)
    mixed = MixedSource(make_sources(recipe, fruit), recipe.sources, recipe.seed)
    return MixedBatchMaker(mixed, Tokenizer(run, 280), recipe, part, n_parts, fruit.classes).make(2)


def jpeg() -> bytes:
    """A small blue picture as the bytes of a file."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 120, 200)).save(data, "JPEG")
    return data.getvalue()


def write_photo_set(
    folder: Path, name: str, records: list[dict[str, object]], broken: set[int]
) -> None:
    """An archive of the same picture again and again, and its records."""
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        for at in range(len(records)):
            archive.writestr(f"{at}.jpg", b"broken" if at in broken else jpeg())
    lines = [
        json.dumps({"file": f"{at}.jpg", "width": 40, "height": 30, "split": "train"} | record)
        for at, record in enumerate(records)
    ]
    (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
