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
from trainer.errors import DataError, RecipeError
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
        return FineHardSource(*_files_and_images(name, path))
    if kind == "jsonl" and path:
        return JsonLinesSource(Path(path))
    if kind == "tar" and path:
        return TarSource(Path(path))
    raise RecipeError(
        f"sources names {name!r}; use photos, mosaics, scenes, finehard:JSON@DIR, jsonl:FILE"
        " or tar:PATH"
    )


def _files_and_images(name: str, given: str) -> tuple[Path, Path]:
    """``JSON@DIR`` as two paths that exist, either of which may contain an ``@`` itself.

    Without ``@DIR``, ``JSON`` is a folder that holds the pictures as well.

    Raises:
        DataError: there is no such file or folder; names both.
    """
    ats = [place for place, letter in enumerate(given) if letter == "@" and place]
    splits = [(given[:at], given[at + 1 :] or given[:at]) for at in reversed(ats)]
    pairs = [(Path(files), Path(images)) for files, images in [*splits, (given, given)]]
    found = next((pair for pair in pairs if pair[0].exists() and pair[1].is_dir()), None)
    if found is None:
        files, images = pairs[0]
        fault = f"{files} does not exist" if not files.exists() else f"{images} is no folder"
        raise DataError(
            f"sources names {name!r}, JSON in {files} and pictures below {images}, but {fault};"
            " use finehard:JSON@DIR with paths that are there"
        )
    return found
