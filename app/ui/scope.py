"""Which part of the library is looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """All photos, the favourites, one folder, one album, a saved search or a concept."""

    root_id: int | None = None
    favourites: bool = False
    album_id: int | None = None
    saved_id: int | None = None
    concept_id: int | None = None

    @property
    def is_question(self) -> bool:
        """Whether choosing it asks a question instead of showing a list."""
        return self.saved_id is not None or self.concept_id is not None


ALL_PHOTOS = Scope()
FAVOURITES = Scope(favourites=True)
