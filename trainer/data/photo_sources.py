"""Region samples from the photo sets: photos with a box, and mosaics of several photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageOps

from trainer.data.captions import Caption, Language
from trainer.data.names import ClassName, with_article
from trainer.data.photos import Photo, PhotoSet
from trainer.data.samples import Box, Region, Sample
from trainer.data.scenes_text import place_of
from trainer.data.scenes_words import PLACES
from trainer.errors import DataError, SampleError

_GRIDS = ((1, 2), (2, 1), (2, 2), (2, 2), (2, 3), (3, 2))  # rows, columns
_CELL_PX = 112
_NEGATIVES = 5
_TRIES = 12
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


class PhotoSource:
    """Single photos; the box of a named thing is a region with wrong names as negatives.

    Where no box is known it is the whole photo: what gives a photo its name fills most of it.
    Numbers are spread over the photos by ``PhotoSet.weights``: an archive's weight decides how
    often it comes.
    """

    def __init__(self, photos: PhotoSet, archive_weights: dict[str, float]) -> None:
        self._photos = photos
        self._cumulative = np.cumsum(photos.weights(archive_weights))
        self._names = NamePool(photos.photos)

    def __len__(self) -> int:
        return len(self._photos)

    @property
    def digest(self) -> str:
        """See ``Source``."""
        return self._photos.digest

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``."""
        place = (index + rng.random()) / len(self) * self._cumulative[-1]
        chosen = min(int(np.searchsorted(self._cumulative, place)), len(self) - 1)
        photo = self._photos.photos[chosen]
        regions: tuple[Region, ...] = ()
        if photo.name is not None:
            text = photo.caption(language, False, rng)
            negatives = self._names.others(photo, language, _NEGATIVES, rng)
            regions = (Region(photo.box or _WHOLE, text.text, negatives),)
        return Sample(
            self._photos.picture(chosen),
            photo.caption(language, False, rng),
            photo.caption(language, True, rng),
            regions,
            photo.concepts,
            may_crop=True,
            may_flip=photo.may_flip,
            language=language,
            label=photo.label,
        )


class MosaicSource:
    """Two to six photos of named things side by side: what is where can be asked.

    A region's text names the thing and often its place in the mosaic. Its negatives name what is in
    another cell, or the right thing in a wrong place.
    """

    def __init__(self, photos: PhotoSet, archive_weights: dict[str, float]) -> None:
        weights = photos.weights(archive_weights)
        weights[[photo.name is None for photo in photos.photos]] = 0
        self._photos = photos
        self._cumulative = np.cumsum(weights)
        self._names = NamePool(photos.photos)
        self._grids = [grid for grid in _GRIDS if grid[0] * grid[1] <= len(self._names)]
        if not self._grids or self._cumulative[-1] <= 0:
            raise DataError("mosaics need photos of at least two classes: drop them from sources")

    def __len__(self) -> int:
        return len(self._photos)

    @property
    def digest(self) -> str:
        """See ``Source``."""
        return self._photos.digest

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        """See ``Source``; the first photo is decided by ``index``, the others by ``rng``."""
        n_rows, n_columns = self._grids[int(rng.integers(len(self._grids)))]
        chosen = self._draw(index, n_rows * n_columns, rng)
        chosen = [chosen[int(place)] for place in rng.permutation(len(chosen))]
        picture = Image.new("RGB", (n_columns * _CELL_PX, n_rows * _CELL_PX))
        boxes: list[Box] = []
        for cell, photo in enumerate(chosen):
            row, column = divmod(cell, n_columns)
            tile = ImageOps.fit(self._photos.picture(photo), (_CELL_PX, _CELL_PX))
            picture.paste(tile, (column * _CELL_PX, row * _CELL_PX))
            boxes.append(
                (
                    column / n_columns,
                    row / n_rows,
                    (column + 1) / n_columns,
                    (row + 1) / n_rows,
                )
            )
        photos = [self._photos.photos[each] for each in chosen]
        cells = [(photo, box, place_of(box)) for photo, box in zip(photos, boxes, strict=True)]
        return Sample(
            picture,
            Caption(_listed(cells, language, rng, 3)),
            Caption(_listed(cells, language, rng, len(cells))),
            tuple(self._region(cells, own, language, rng) for own in range(len(cells))),
            frozenset().union(*(photo.concepts for photo in photos)),
            language=language,
        )

    def _draw(self, index: int, n_cells: int, rng: np.random.Generator) -> list[int]:
        """Photos of which no two show the same concept, as far as chance finds them."""
        found: list[int] = []
        shown: set[str] = set()
        for attempt in range(n_cells * _TRIES):
            share = (index + rng.random()) / len(self) if not attempt else rng.random()
            place = int(np.searchsorted(self._cumulative, share * self._cumulative[-1]))
            place = min(place, len(self) - 1)
            concepts = self._photos.photos[place].concepts
            if not shown & concepts:
                found.append(place)
                shown |= concepts
            if len(found) == n_cells:
                return found
        raise SampleError(self._photos.directory, "too few different classes for a mosaic")

    def _region(
        self,
        cells: list[tuple[Photo, Box, str]],
        own: int,
        language: Language,
        rng: np.random.Generator,
    ) -> Region:
        photo, box, place = cells[own]
        others = [cell for number, cell in enumerate(cells) if number != own]
        said = place if rng.random() < 0.7 else ""
        wrong = [placed(_name(other[0]), said, language, rng) for other in others]
        if said:
            wrong += [placed(_name(photo), other[2], language, rng) for other in others]
        wrong = list(dict.fromkeys(wrong))
        order = rng.permutation(len(wrong))[: _NEGATIVES - 1]
        far = self._names.others(photo, language, _NEGATIVES - len(order), rng, said)
        return Region(
            box,
            placed(_name(photo), said, language, rng),
            tuple(dict.fromkeys([*(wrong[int(each)] for each in order), *far])),
        )


class NamePool:
    """Class names to choose wrong ones from."""

    def __init__(self, photos: Sequence[Photo]) -> None:
        self._names = list({p.name.names_en[0]: p.name for p in photos if p.name}.values())

    def __len__(self) -> int:
        return len(self._names)

    def others(
        self,
        photo: Photo,
        language: Language,
        count: int,
        rng: np.random.Generator,
        place: str = "",
    ) -> tuple[str, ...]:
        """Up to ``count`` names of things that share no concept with the photo."""
        found: list[str] = []
        for at in rng.permutation(len(self._names)):
            if len(found) >= count:
                break
            name = self._names[int(at)]
            if not name.concepts & photo.concepts:
                found.append(placed(name, place, language, rng))
        return tuple(dict.fromkeys(found))


def placed(name: ClassName, place: str, language: Language, rng: np.random.Generator) -> str:
    """``"a cat on the left"``; without a place, just the thing."""
    if language == "en":
        thing = with_article(name.names_en[0])
        return f"{thing} {PLACES[place].en}" if place else thing
    counted = f"一{name.measure_word}" if rng.random() < 0.5 else ""
    thing = counted + name.names_zh[0]
    return f"{PLACES[place].zh}的{thing}" if place else thing


def _name(photo: Photo) -> ClassName:
    assert photo.name is not None
    return photo.name


def _listed(
    cells: list[tuple[Photo, Box, str]], language: Language, rng: np.random.Generator, count: int
) -> str:
    order = [cells[int(at)] for at in rng.permutation(len(cells))[:count]]
    things = [placed(_name(photo), place, language, rng) for photo, _, place in order]
    if language == "en":
        return "There is " + ", ".join(things[:-1]) + " and " + things[-1] + "."
    return "图中有" + "、".join(things) + "。"
