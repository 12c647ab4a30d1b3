"""What was found in an open photo: places of a search, places and heat of phrases looked for."""

from __future__ import annotations

from PySide6.QtGui import QImage

from app.core.hit_places import framed_places
from app.core.messages import Hit, PhotoLocated
from app.ui.percent import percent_text
from app.ui.photo_view_heat import heat_image
from app.ui.photo_view_painter import Place


class FoundPlaces:
    """Which places are framed and which heat lies over the photo.

    Phrases that were looked for in the photo come before what the search had found.
    """

    def __init__(self) -> None:
        self._of_hit: list[Place] = []
        self._located: PhotoLocated | None = None
        self._hidden: set[int] = set()

    @property
    def located(self) -> PhotoLocated | None:
        """Where phrases fit; None while none is looked for."""
        return self._located

    def set_hit(self, hit: Hit | None) -> None:
        """Take the places that a search found."""
        self._of_hit = _places_of(hit)

    def set_located(self, located: PhotoLocated | None) -> None:
        """Take the places of phrases; None for none."""
        self._located = located
        self._hidden.clear()

    def set_shown(self, number: int, shown: bool) -> None:
        """Show a phrase, its place and its heat, or leave it out."""
        if shown:
            self._hidden.discard(number)
        else:
            self._hidden.add(number)

    def places(self) -> list[Place]:
        """The places to frame."""
        if self._located is None:
            return self._of_hit
        found = []
        for number in self._shown():
            place = self._located.places[number]
            if place.region is not None:
                found.append(
                    Place(place.region, f"{place.text}  {percent_text(place.score)}", number)
                )
        return found

    def heat(self) -> QImage | None:
        """The heat to lay over the photo."""
        shown = self._shown()
        return None if self._located is None or not shown else heat_image(self._located, shown)

    def _shown(self) -> list[int]:
        if self._located is None:
            return []
        return [i for i in range(len(self._located.places)) if i not in self._hidden]


def _places_of(hit: Hit | None) -> list[Place]:
    """The places that a search found, with their phrases."""
    if hit is None:
        return []
    labels = [phrase.text for phrase in hit.phrases]
    return [
        Place(box, labels[number] if number < len(labels) else "", number)
        for number, box in framed_places(hit)
    ]
