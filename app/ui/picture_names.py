"""Names of pictures for people, and the pictures behind the numbers that the window uses."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from app.core.asking import ImageQuery
from app.core.library.rows import Photo
from app.core.paths import display_path
from app.ui.outside_pictures import OutsidePictures
from app.ui.photo_grid_model import photo_name


class PictureNames(QObject):
    """Names photos of the library and pictures from outside alike.

    Args:
        photos_of: the library's rows of some numbers.
        outside: pictures that are not in the library.
    """

    def __init__(
        self,
        photos_of: Callable[[Sequence[int]], list[Photo]],
        outside: OutsidePictures,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._photos_of = photos_of
        self._outside = outside

    def image(self, photo_id: int) -> ImageQuery:
        """The picture of a number: a photo of the library, or one from outside."""
        return ImageQuery(photo_id=photo_id) if photo_id >= 0 else self._outside.image(photo_id)

    def name(self, photo_id: int) -> str:
        """The name of a picture; empty if it left the library."""
        if photo_id < 0:
            return photo_name(self._outside.row(photo_id))
        return next((photo_name(photo) for photo in self._photos_of([photo_id])), "")

    def label(self, image: ImageQuery) -> str:
        """What a picture or box of a question is called."""
        if image.concept_id is not None:
            return self.tr("A concept that was deleted")
        if image.photo_id is not None:
            name = self.name(image.photo_id) or self.tr("a photo that is gone")
        elif image.path is not None:
            name = display_path(os.path.basename(image.path))
        else:
            name = self._outside.pasted_name
        words = self.tr("Like {0}") if image.box is None else self.tr("Region of {0}")
        return words.format(name)
