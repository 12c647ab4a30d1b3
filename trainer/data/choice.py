"""From the ``sources`` of a recipe to sources.

photos              the photo sets in the recipe's ``photos`` folder
mosaics             several of those photos in one picture
scenes              drawn scenes
finehard:JSON@DIR   FineHARD or Chinese pairs: JSON files, folder of the pictures
jsonl:FILE          JSON lines beside their pictures
tar:PATH            webdataset shards
"""

from __future__ import annotations

from pathlib import Path

from trainer.data.file_sources import FineHardSource, JsonLinesSource, TarSource
from trainer.data.photo_sources import MosaicSource, PhotoSource
from trainer.data.photos import PhotoSet
from trainer.data.samples import Source
from trainer.data.scene_source import SceneSource
from trainer.errors import RecipeError
from trainer.recipe_checks import PHOTO_KINDS
from trainer.recipes import Recipe


def make_sources(recipe: Recipe, photos: PhotoSet | None) -> dict[str, Source]:
    """The recipe's sources by the names it gives them.

    Raises:
        RecipeError: a name that means nothing; the message lists what is known.
        DataError: a source's files are missing or damaged.
    """
    return {name: _make(name, recipe, photos) for name in recipe.sources}


def _make(name: str, recipe: Recipe, photos: PhotoSet | None) -> Source:
    kind, _, path = name.partition(":")
    if name in PHOTO_KINDS:
        assert photos is not None
        made = PhotoSource if name == "photos" else MosaicSource
        return made(photos, recipe.archive_weights)
    if name == "scenes":
        return SceneSource(recipe.scene_count)
    if kind == "finehard" and path:
        files, _, images = path.partition("@")
        return FineHardSource(Path(files), Path(images or files))
    if kind == "jsonl" and path:
        return JsonLinesSource(Path(path))
    if kind == "tar" and path:
        return TarSource(Path(path))
    raise RecipeError(
        f"sources names {name!r}; use photos, mosaics, scenes, finehard:JSON@DIR, jsonl:FILE"
        " or tar:PATH"
    )
