"""Pictures that are not in the library: pasted, dropped or chosen, to look at and draw boxes in."""

from __future__ import annotations

import os
from dataclasses import replace

from app.core.asking import ImageQuery
from app.core.library.rows import Photo
from app.core.paths import display_path

# Of a file the size is known once it is decoded; so large, enough of it is asked for at once.
_UNKNOWN_SIZE_PX = (4000, 3000)


class OutsidePictures:
    """Gives pictures negative numbers, under which the photo page shows them like photos."""

    def __init__(self, pasted_name: str) -> None:
        """Begin without pictures; ``pasted_name`` names those that have no file."""
        self.pasted_name = pasted_name
        self._images: dict[int, ImageQuery] = {}

    def add(self, image: ImageQuery) -> int:
        """Return the number of a picture; a known one keeps its number, whatever its box."""
        whole = replace(image, box=None, need="required")
        for number, known in self._images.items():
            if known == whole:
                return number
        number = -1 - len(self._images)
        self._images[number] = whole
        return number

    def image(self, number: int) -> ImageQuery:
        """Return the whole picture of a number."""
        return self._images[number]

    def row(self, number: int) -> Photo:
        """Return a picture as if it were a row of the library."""
        image = self._images[number]
        folder, name = os.path.split(image.path or b"")
        shown = display_path(name) if name else self.pasted_name
        return Photo(
            id=number,
            root_id=0,
            root_path=folder,
            path=name,
            display=shown,
            size_bytes=0,
            mtime_ns=0,
            inode=0,
            content_hash=b"",
            width_px=image.width_px or _UNKNOWN_SIZE_PX[0],
            height_px=image.height_px or _UNKNOWN_SIZE_PX[1],
            taken_at=None,
            camera=None,
            format="",
            average_rgb=0x808080,
        )
