"""Pixels for the fine pass, made when photos were listed, so that none is decoded twice for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.core.library.rows import Photo
from app.worker.decode_messages import DecodedPhoto
from app.worker.spool import Place, Spool


@dataclass(frozen=True, slots=True)
class _Kept:
    reply: DecodedPhoto
    place: Place


class FinePixels:
    """Pixels of photos that wait for the fine pass, as many as there is room for on disk.

    Args:
        folder: where they may be kept.
        most_patches: the largest budget of the fine pass.
    """

    def __init__(self, folder: Path, most_patches: int) -> None:
        self.wanted_patches = most_patches  # what decoders are asked for: 0 once the room is used
        self._spool = Spool(folder)
        self._kept: dict[int, _Kept] = {}

    def keep(self, photo_id: int, reply: DecodedPhoto) -> None:
        """Note the fine pixels of a listed photo, if its decoder gave some and if there is room."""
        if not reply.fine:
            return
        place = self._spool.put(reply.fine)
        if place is None:
            self.wanted_patches = 0
            return
        self._kept[photo_id] = _Kept(replace(reply, thumbnail=b"", grid=b"", fine=b""), place)

    def take(self, photo: Photo) -> DecodedPhoto | None:
        """Return a photo as a decoder would give it for the fine pass; None if it was not kept."""
        kept = self._kept.pop(photo.id, None)
        grid = self._spool.get(kept.place) if kept is not None else None
        if kept is None or grid is None:
            return None
        reply = kept.reply
        size = (reply.fine_width_px, reply.fine_height_px)
        return replace(reply, grid=grid, grid_width_px=size[0], grid_height_px=size[1])

    def close(self) -> None:
        """Give the room on disk back. Harmless when repeated."""
        self._spool.close()
