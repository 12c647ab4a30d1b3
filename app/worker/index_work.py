"""The pieces of an index job: a file on its way, what waits to be saved, what was counted."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from app.core.library import Library
from app.core.library.region_index import RegionIndex
from app.core.library.rows import KnownFile, NewPhoto, NewProblem
from app.core.library.vector_index import VectorIndex
from app.core.messages import Event, IndexFinished, ProblemFact
from app.core.scanning import FileFact, fold_int64
from app.worker.decode_messages import DecodedPhoto, DecodeReply, DecodeRequest, PhotoRequest
from app.worker.decoder_version import decoder_version
from app.worker.disk_changes import DiskChanges
from app.worker.encoding import EncoderLike, Vectors

Submit = Callable[[DecodeRequest], Future[DecodeReply]]

_MAX_UNSAVED_PROBLEMS = 64
_PATIENCE_S = 0.15


@dataclass(frozen=True, slots=True)
class IndexTools:
    """What index jobs work with; owned by the engine."""

    library: Library
    index: VectorIndex
    regions: RegionIndex
    encoder: EncoderLike
    model_id: int
    submit: Submit
    n_decoders: int
    patches: int
    thumbnail_side_px: int
    send: Callable[[Event], None]

    def unindex(self, photo_ids: Sequence[int]) -> None:
        """Let no search find photos."""
        self.index.remove(photo_ids)
        self.regions.remove(photo_ids)


@dataclass(slots=True, eq=False)
class Work:
    """One file on its way: decoded once to be listed, encoded after; ``photo_id`` once listed."""

    changes: DiskChanges
    fact: FileFact
    file: KnownFile | None
    photo_id: int | None = None
    known_hashes: dict[bytes, int] = field(default_factory=dict)
    future: Future[DecodeReply] | None = None
    moved: bool = False


Decoded = tuple[Work, DecodedPhoto]


@dataclass(slots=True)
class Counts:
    """The numbers of ``index --json``; ``vanished`` files left between scan and decoding."""

    indexed: int = 0
    unchanged: int = 0
    moved: int = 0
    removed: int = 0
    vanished: int = 0

    def finished(
        self,
        job_id: int,
        n_found: int,
        problems: tuple[ProblemFact, ...],
        seconds: float,
        cancelled: bool,
    ) -> IndexFinished:
        """Return the event that ends a job."""
        return IndexFinished(
            job_id,
            n_found,
            self.indexed,
            self.unchanged,
            self.moved,
            self.removed,
            problems,
            seconds,
            cancelled,
        )


@dataclass(slots=True)
class Pending:
    """Finished work that is not in the library yet."""

    photos: deque[Decoded] = field(default_factory=deque)
    problems: list[NewProblem] = field(default_factory=list)
    lost_ids: list[int] = field(default_factory=list)
    oldest_s: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.photos or self.problems)

    def is_due(self, batch_size: int, more_coming: bool) -> bool:
        """Tell whether to save now: a whole batch, enough problems, or no more patience."""
        if len(self.photos) >= batch_size or len(self.problems) >= _MAX_UNSAVED_PROBLEMS:
            return True
        if not more_coming:
            return bool(self)
        return bool(self.photos) and time.monotonic() - self.oldest_s > _PATIENCE_S

    def forget(self, n_photos: int) -> list[int]:
        """Drop the first photos and all problems, saved now; returns photos that were lost."""
        for _ in range(n_photos):
            self.photos.popleft()
        lost_ids = self.lost_ids
        self.oldest_s = time.monotonic()
        self.problems, self.lost_ids = [], []
        return lost_ids


def problem_of(work: Work, reason: str, detail: str) -> NewProblem:
    """A file that a decoder refused."""
    fact = work.fact
    return NewProblem(
        work.changes.root.id,
        fact.path,
        fact.size_bytes,
        fact.mtime_ns,
        fact.inode,
        reason,
        detail,
        decoder_version(),
    )


def folder_problem(root_id: int, path: bytes, error: OSError) -> NewProblem:
    """A folder or file that the system does not let us look into."""
    reason = "permission" if isinstance(error, PermissionError) else "unreadable"
    detail = f"it cannot be looked into: {error.strerror}"
    return NewProblem(root_id, path, 0, 0, 0, reason, detail, decoder_version())


def new_photo(
    work: Work, reply: DecodedPhoto, vector: Vectors | None = None, patches: int = 0
) -> NewPhoto:
    """A decoded file as the library stores it."""
    return NewPhoto(
        root_id=work.changes.root.id,
        path=work.fact.path,
        size_bytes=reply.size_bytes,
        mtime_ns=fold_int64(reply.mtime_ns),
        inode=fold_int64(reply.inode),
        content_hash=reply.content_hash,
        width_px=reply.width_px,
        height_px=reply.height_px,
        taken_at=reply.taken_at,
        camera=reply.camera,
        format=reply.format,
        average_rgb=reply.average_rgb,
        thumbnail=reply.thumbnail or None,  # b"": it is stored already
        vector=vector,
        patches=patches,
    )


def lacks_but_a_vector(work: Work) -> bool:
    """Whether the library has all of a file that did not change, except the vector."""
    file, fact = work.file, work.fact
    if file is None or file.photo_id is None or file.has_vector or not file.has_thumbnail:
        return False
    return (file.size_bytes, file.mtime_ns, file.inode) == (
        fact.size_bytes,
        fact.mtime_ns,
        fact.inode,
    )


def photo_request(tools: IndexTools, work: Work, fine_patches: int) -> PhotoRequest:
    """What a decoder is asked for one file; for a listed one no fine pixels would be kept."""
    return PhotoRequest(
        os.path.join(work.changes.root.path, work.fact.path),
        tools.patches,
        tools.thumbnail_side_px,
        tuple(work.known_hashes),
        fine_patches if work.photo_id is None else 0,
    )
