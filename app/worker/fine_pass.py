"""The fine pass over photos that can be found already: region vectors, and a better photo vector.

``FinePass.run`` is a generator like ``IndexJob.run``, which it ends: newest photos first, one small
batch a step, each saved at once, so that a run that was cut short goes on where it ended.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from PIL import Image

from app.core.errors import ModelError
from app.core.library.rows import Photo, Regions
from app.core.region_choice import choose_boxes
from app.worker.budgets import fine_budget
from app.worker.decode_messages import DecodedPhoto, DecodeReply, PhotoRequest
from app.worker.encoding import EncoderLike, Vectors
from app.worker.fine_pixels import FinePixels
from app.worker.index_work import IndexTools
from app.worker.progress import Progress

_PHOTOS_PER_READ = 500
_PATCHES_PER_STEP = 512


@dataclass(slots=True, eq=False)
class _Coming:
    """A photo whose pixels are on their way."""

    photo: Photo
    patches: int
    future: Future[DecodeReply]


class JobLike(Protocol):
    """What the pass needs of the index job that it ends."""

    cancelled: bool

    def when_there_is_room(self, save: Callable[[], None]) -> Generator[bool, None, None]: ...


class FinePass:
    """Gives regions to the photos that have a vector and no regions yet.

    Args:
        tools: library, indexes, encoder and decoders.
        progress: told how far the pass is; its phase is "refining" from the first photo on.
        job: says when it was cancelled, and waits for room on the disk.
        pixels: what is there of photos that were decoded in this run already.
    """

    def __init__(
        self, tools: IndexTools, progress: Progress, job: JobLike, pixels: FinePixels
    ) -> None:
        self._tools = tools
        self._progress = progress
        self._job = job
        self._pixels = pixels
        self._coming: deque[_Coming] = deque()

    def run(self) -> Generator[bool, None, None]:
        """Do the pass; yields True after work, False while only decoders work.

        Raises:
            AppError: it cannot go on: a full disk, a model that fails.
        """
        waiting = yield from self._photos_without_regions()
        if not waiting:
            return
        self._progress.start_refining(len(waiting))
        todo = self._photos(waiting)
        more = True
        while not self._job.cancelled and (more or self._coming):
            while more and len(self._coming) < 2 * self._tools.n_decoders + 2:
                more = self._submit(next(todo, None))
            batch = self._take_batch()
            if batch:
                yield from self._job.when_there_is_room(partial(self._refine, batch))
            self._progress.report()
            yield bool(batch)
        for coming in self._coming:
            coming.future.cancel()

    def _photos_without_regions(self) -> Generator[bool, None, list[int]]:
        """Return ids of photos to look at, newest first, in steps: each read takes a while."""
        library, model_id = self._tools.library, self._tools.model_id
        have = library.regions.photo_ids(model_id)
        yield True
        lacking = np.setdiff1d(library.vector_ids(model_id), have, assume_unique=True)
        yield True
        newest = library.photo_ids() if len(lacking) else lacking
        return [int(item) for item in newest[np.isin(newest, lacking)]]

    def _photos(self, photo_ids: list[int]) -> Generator[Photo, None, None]:
        library = self._tools.library
        for start in range(0, len(photo_ids), _PHOTOS_PER_READ):
            online = {root.id for root in library.roots() if root.state == "online"}
            for photo in library.photos(photo_ids[start : start + _PHOTOS_PER_READ]):
                if photo.root_id in online:
                    yield photo
                else:
                    self._progress.skip(listed=False)

    def _submit(self, photo: Photo | None) -> bool:
        """Let a photo's pixels come, kept or from decoders; returns whether there was one."""
        if photo is None:
            return False
        tools = self._tools
        patches = fine_budget(tools.encoder.fine_patches, photo.width_px, photo.height_px)
        kept = self._pixels.take(photo)
        if kept is not None:
            future: Future[DecodeReply] = Future()
            future.set_result(kept)
        else:
            future = tools.submit(PhotoRequest(photo.absolute_path, patches, 0))
        self._coming.append(_Coming(photo, patches, future))
        return True

    def _take_batch(self) -> list[tuple[_Coming, DecodedPhoto]]:
        """Return decoded photos of one budget, from the first that is ready on."""
        batch: list[tuple[_Coming, DecodedPhoto]] = []
        while self._coming and self._coming[0].future.done():
            first = self._coming[0]
            if batch and (
                first.patches != batch[0][0].patches
                or (len(batch) + 1) * first.patches > _PATCHES_PER_STEP
            ):
                break
            self._coming.popleft()
            reply = first.future.result()
            if isinstance(reply, DecodedPhoto) and reply.content_hash == first.photo.content_hash:
                batch.append((first, reply))
            else:  # changed, gone or refused since: the next scan deals with it
                self._progress.skip(listed=False)
        return batch

    def _refine(self, batch: list[tuple[_Coming, DecodedPhoto]]) -> None:
        """Encode photos finely and store what comes of it."""
        tools = self._tools
        images = [
            Image.frombytes("RGB", (reply.grid_width_px, reply.grid_height_px), reply.grid)
            for _, reply in batch
        ]
        patches = batch[0][0].patches
        vectors, found = encode_finely(tools.encoder, images, patches)
        present = {photo.id for photo in tools.library.photos([c.photo.id for c, _ in batch])}
        kept = [at for at, (coming, _) in enumerate(batch) if coming.photo.id in present]
        ids = [batch[at][0].photo.id for at in kept]
        if ids:
            tools.library.save_vectors(tools.model_id, ids, vectors[kept], patches)
            by_photo = {photo_id: found[at] for photo_id, at in zip(ids, kept, strict=True)}
            tools.library.regions.save(tools.model_id, by_photo)
            tools.index.add(ids, vectors[kept])
            tools.regions.add(ids)
        self._progress.add_work(len(batch))


def encode_finely(
    encoder: EncoderLike, images: list[Image.Image], patches: int
) -> tuple[Vectors, list[Regions]]:
    """Return the vectors of pictures, (B, E), and the regions chosen in each.

    Raises:
        ModelError: the model cannot encode them.
    """
    from fgclip2 import FgclipError
    from fgclip2.regions import pool_regions

    try:
        vectors, maps = encoder.encode_images_and_dense(images, patches, normalize=False)
    except FgclipError as error:
        raise ModelError(f"The model cannot encode photos: {error}") from error
    found = []
    for dense in maps:
        boxes = choose_boxes(dense)
        pooled = pool_regions(dense, boxes, (1, 1))
        found.append(Regions(boxes, unit_rows(pooled)))
    return unit_rows(vectors), found


def unit_rows(rows: Vectors) -> Vectors:
    """Return rows of unit length."""
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return unit
