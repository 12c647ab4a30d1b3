"""Which part of the library is looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """All photos, the favourites, or one folder."""

    root_id: int | None = None
    favourites: bool = False


ALL_PHOTOS = Scope()
FAVOURITES = Scope(favourites=True)
