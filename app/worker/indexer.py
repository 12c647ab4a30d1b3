"""An index job, step by step: scan, decode ahead, encode in batches, save each in one transaction.

``IndexJob.run`` is a generator. Each step takes about 200 ms at most; between steps the engine
answers questions, pauses or cancels. Every step can be repeated safely: whatever is in the library
after a kill is whole, and the next run does the rest.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from app.core.library import Library
from app.core.library.rows import KnownFile, NewPhoto, NewProblem
from app.core.library.vector_index import VectorIndex
from app.core.messages import Event, IndexFinished, LibraryChanged, ProblemFact
from app.core.paths import display_path
from app.core.scanning import FileFact, fold_int64
from app.worker.batch_encoder import BatchEncoder
from app.worker.decode_messages import (
    DecodedPhoto,
    DecodeReply,
    DecodeRequest,
    KnownContent,
    PhotoRequest,
    Refused,
)
from app.worker.decoder import DECODER_VERSION
from app.worker.disk_changes import DiskChanges, GonePhotos, compare, is_reachable
from app.worker.encoding import EncoderLike, Vectors
from app.worker.progress import Progress

logger = logging.getLogger(__name__)

Submit = Callable[[DecodeRequest], Future[DecodeReply]]

_LEADS_NOWHERE = (errno.ENOENT, errno.ELOOP)  # links, and files that left during the scan
_PATIENCE_S = 0.15
_CHANGED_INTERVAL_S = 0.25
_REMOVALS_PER_STEP = 500
_MAX_UNSAVED_PROBLEMS = 64


@dataclass(frozen=True, slots=True)
class IndexTools:
    """What index jobs work with; owned by the engine."""

    library: Library
    index: VectorIndex
    encoder: EncoderLike
    model_id: int
    submit: Submit
    n_decoders: int
    patches: int
    thumbnail_side_px: int
    send: Callable[[Event], None]


@dataclass(slots=True)
class _Work:
    """One file on its way through the decoders."""

    changes: DiskChanges
    fact: FileFact
    file: KnownFile | None
    known_hashes: dict[bytes, int]
    future: Future[DecodeReply]


@dataclass(slots=True)
class _Counts:
    indexed: int = 0
    unchanged: int = 0
    moved: int = 0
    removed: int = 0
    vanished: int = 0


@dataclass(slots=True)
class _Pending:
    """Finished work that is not in the library yet."""

    photos: deque[tuple[_Work, DecodedPhoto]] = field(default_factory=deque)
    problems: list[NewProblem] = field(default_factory=list)
    lost_ids: list[int] = field(default_factory=list)
    oldest_s: float = 0.0


class IndexJob:
    """One run over some folders.

    Args:
        tools: library, index, encoder and decoders.
        job_id: the job's number in events.
        roots: folders to add and index; none for all that the library knows.
    """

    def __init__(self, tools: IndexTools, job_id: int, roots: tuple[bytes, ...]) -> None:
        self._tools = tools
        self.job_id = job_id
        self._root_paths = roots
        self._cancelled = False
        self._forgotten: set[int] = set()
        self._counts = _Counts()
        self._changes: list[DiskChanges] = []
        self._gone = GonePhotos()
        self._flight: list[_Work] = []
        self._pending = _Pending()
        self._encoder = BatchEncoder(tools.encoder, tools.patches)
        self._told_at_s = 0.0
        self.progress = Progress(job_id, tools.send)

    def cancel(self) -> None:
        """End at the next step; what is saved stays."""
        self._cancelled = True

    def forget_root(self, root_id: int) -> None:
        """Leave out a folder that has left the library; the others go on."""
        self._forgotten.add(root_id)
        kept = [item for item in self._pending.photos if not self._is_forgotten(item[0].changes)]
        self.progress.skipped += len(self._pending.photos) - len(kept)
        self._pending.photos = deque(kept)
        self._pending.problems = [
            problem for problem in self._pending.problems if problem.root_id != root_id
        ]
        for changes in self._changes:
            if changes.root.id == root_id:
                changes.gone.clear()

    def _is_forgotten(self, changes: DiskChanges) -> bool:
        return changes.root.id in self._forgotten

    def pause(self) -> None:
        """Tell that the job rests; the engine stops stepping."""
        self.progress.stop_work()
        self.progress.phase = "paused"
        self.progress.report(force=True)

    def resume(self) -> None:
        """Tell that the job goes on."""
        self.progress.phase = "indexing" if self._changes else "scanning"
        if self._changes:
            self.progress.start_work()
        self.progress.report(force=True)

    def run(self) -> Generator[bool, None, IndexFinished]:
        """Do the job; yields True after work, False while only decoders work.

        Raises:
            AppError: the job cannot go on: a folder that cannot be added, a full disk, a model
                that fails.
        """
        started_s = time.monotonic()
        self.progress.report(force=True)
        yield from self._scan()
        self.progress.phase = "indexing"
        self.progress.start_work()
        yield from self._decode_and_encode()
        if not self._cancelled:
            yield from self._remove_gone()
        for work in self._flight:
            work.future.cancel()
        self._tell_changed(force=True)
        self.progress.stop_work()
        self.progress.report(force=True)
        return self._finished(time.monotonic() - started_s)

    # ------------------------------------------------------------ scanning

    def _scan(self) -> Generator[bool, None, None]:
        library = self._tools.library
        for path in self._root_paths:
            library.add_root(path)
        self._send_changed(roots=True)
        wanted = {library.add_root(path).id for path in self._root_paths}
        compared = []
        for root in library.roots(self._tools.model_id):
            if wanted and root.id not in wanted:
                continue
            self.progress.root_id = root.id
            found_before, changes = self.progress.found, DiskChanges(root)
            for changes in compare(library, root, self._tools.model_id):
                self.progress.found = found_before + changes.found
                self.progress.report()
                yield True
                if self._cancelled:
                    return
            if self._is_forgotten(changes):
                continue
            library.set_root_state(root.id, "offline" if changes.offline else "online")
            compared.append(changes)
        self._changes = compared
        self.progress.root_id = None
        self._note_scan()
        self._send_changed(roots=True)

    def _note_scan(self) -> None:
        for changes in self._changes:
            self._counts.unchanged += changes.unchanged
            self.progress.skipped += changes.unchanged + changes.known_problems
            self.progress.n_problems += changes.known_problems
            self._gone.add(changes)
            for path, error in changes.unreadable:
                if error.errno in _LEADS_NOWHERE:
                    continue
                self.progress.n_problems += 1
                self._pending.problems.append(_folder_problem(changes.root.id, path, error))

    # ------------------------------------------------------------ decoding and encoding

    def _decode_and_encode(self) -> Generator[bool, None, None]:
        todo = self._files_to_do()
        more = True
        while not self._cancelled:
            more = more and self._fill_flight(todo)
            self._collect()
            if not self._flight and not more:
                break
            if self._is_batch_due():
                self._save_batch()
                yield True
            else:
                self.progress.report()
                yield False
        while not self._cancelled and (self._pending.photos or self._pending.problems):
            self._save_batch()
            yield True

    def _files_to_do(self) -> Generator[tuple[DiskChanges, FileFact], None, None]:
        for changes in self._changes:
            for fact in changes.changed:
                if self._is_forgotten(changes):
                    self.progress.skipped += 1
                else:
                    yield changes, fact

    def _fill_flight(self, todo: Generator[tuple[DiskChanges, FileFact], None, None]) -> bool:
        """Keep the decoders busy a bounded way ahead; returns whether files are left."""
        ahead = 2 * self._encoder.batch_size + 2 * self._tools.n_decoders
        while len(self._flight) + len(self._pending.photos) < ahead:
            item = next(todo, None)
            if item is None:
                return False
            self._flight.append(self._submit(*item))
        return True

    def _submit(self, changes: DiskChanges, fact: FileFact) -> _Work:
        file = changes.known.get(fact.path)
        hashes = self._hashes_worth_knowing(fact, file)
        future = self._tools.submit(self._request(changes, fact, hashes))
        return _Work(changes, fact, file, hashes, future)

    def _request(
        self, changes: DiskChanges, fact: FileFact, hashes: dict[bytes, int]
    ) -> PhotoRequest:
        return PhotoRequest(
            os.path.join(changes.root.path, fact.path),
            self._tools.patches,
            self._tools.thumbnail_side_px,
            tuple(hashes),
        )

    def _hashes_worth_knowing(self, fact: FileFact, file: KnownFile | None) -> dict[bytes, int]:
        """Contents that need no decoding, with their photos: its own, or those of gone files."""
        if file is not None and file.photo_id is not None:
            ids = [file.photo_id] if file.has_vector and file.has_thumbnail else []
        else:
            ids = self._gone.of_size(fact.size_bytes)
        if not ids:
            return {}
        return {photo.content_hash: photo.id for photo in self._tools.library.photos(ids)}

    def _collect(self) -> None:
        done = [work for work in self._flight if work.future.done()]
        self._flight = [work for work in self._flight if not work.future.done()]
        for work in done:
            reply = work.future.result()
            if self._is_forgotten(work.changes):
                self.progress.skipped += 1
            elif isinstance(reply, DecodedPhoto):
                if not self._pending.photos:
                    self._pending.oldest_s = time.monotonic()
                self._pending.photos.append((work, reply))
            elif isinstance(reply, KnownContent):
                self._settle_known(work, reply)
            elif isinstance(reply, Refused):
                self._note_problem(work, reply)

    def _settle_known(self, work: _Work, reply: KnownContent) -> None:
        """The content has its vector already: only the place or the time changed."""
        photo_id = work.known_hashes[reply.content_hash]
        mtime_ns, inode = fold_int64(reply.mtime_ns), fold_int64(reply.inode)
        if work.file is not None and work.file.photo_id == photo_id:
            self._tools.library.touch_photo(photo_id, mtime_ns, inode)
            self._counts.unchanged += 1
        elif self._gone.claim(photo_id):
            self._tools.library.move_photo(
                photo_id,
                work.changes.root.id,
                work.fact.path,
                reply.size_bytes,
                mtime_ns,
                inode,
            )
            self._counts.moved += 1
        else:  # a second copy of a moved photo: it needs its own row
            work.known_hashes = {}
            work.future = self._tools.submit(self._request(work.changes, work.fact, {}))
            self._flight.append(work)
            return
        self.progress.add_work(1)

    def _note_problem(self, work: _Work, reply: Refused) -> None:
        self.progress.add_work(1)
        if reply.reason == "missing":  # deleted since the scan: nothing to tell about
            self._counts.vanished += 1
            return
        self.progress.n_problems += 1
        if work.file is not None and work.file.photo_id is not None:
            self._pending.lost_ids.append(work.file.photo_id)
        self._pending.problems.append(
            NewProblem(
                work.changes.root.id,
                work.fact.path,
                work.fact.size_bytes,
                work.fact.mtime_ns,
                work.fact.inode,
                reply.reason,
                reply.detail,
                DECODER_VERSION,
            )
        )

    def _is_batch_due(self) -> bool:
        photos = self._pending.photos
        if (
            len(photos) >= self._encoder.batch_size
            or len(self._pending.problems) >= _MAX_UNSAVED_PROBLEMS
        ):
            return True
        if not photos:
            return False
        return not self._flight or time.monotonic() - self._pending.oldest_s > _PATIENCE_S

    def _save_batch(self) -> None:
        pending = self._pending
        n_photos = min(self._encoder.batch_size, len(pending.photos))
        batch = [pending.photos.popleft() for _ in range(n_photos)]
        pending.oldest_s = time.monotonic()
        vectors = self._encoder.encode([reply for _, reply in batch])
        photos = [
            _new_photo(work, reply, vector, self._tools.patches)
            for (work, reply), vector in zip(batch, vectors, strict=True)
        ]
        for work, reply in batch:
            self._adopt_moved(work, reply)
        ids = self._tools.library.save_batch(self._tools.model_id, photos, pending.problems)
        if ids:
            self._tools.index.add(ids, np.stack(vectors))
        if pending.lost_ids:
            self._tools.index.remove(pending.lost_ids)
        pending.problems, pending.lost_ids = [], []
        self._counts.indexed += len(photos)
        self.progress.add_work(len(photos))
        self.progress.report()
        self._tell_changed()

    def _adopt_moved(self, work: _Work, reply: DecodedPhoto) -> None:
        """A new path with the content of a lost photo is that photo, with all it carries."""
        if work.file is not None and work.file.photo_id is not None:
            return
        root_id = work.changes.root.id
        library = self._tools.library
        photo_id = library.find_moved(root_id, reply.content_hash, reply.size_bytes)
        if photo_id is None:
            return
        mtime_ns, inode = fold_int64(reply.mtime_ns), fold_int64(reply.inode)
        library.move_photo(photo_id, root_id, work.fact.path, reply.size_bytes, mtime_ns, inode)
        self._gone.claim(photo_id)

    # ------------------------------------------------------------ the end

    def _remove_gone(self) -> Generator[bool, None, None]:
        library = self._tools.library
        for changes in self._changes:
            if changes.offline or self._is_forgotten(changes):
                continue
            if not is_reachable(changes.root.path):
                if changes.gone or changes.found:
                    library.set_root_state(changes.root.id, "offline")
                continue
            library.clear_problems(changes.root.id, changes.gone_problems)
            gone = list(changes.gone)
            for start in range(0, len(gone), _REMOVALS_PER_STEP):
                ids = gone[start : start + _REMOVALS_PER_STEP]
                self._counts.removed += library.remove_photos(ids)
                self._tools.index.remove(ids)
                self._tell_changed()
                yield True

    def _finished(self, seconds: float) -> IndexFinished:
        problems = [
            ProblemFact(display_path(problem.absolute_path), problem.reason, problem.detail)
            for changes in self._changes
            if not changes.offline and not self._is_forgotten(changes)
            for problem in self._tools.library.problems(changes.root.id)
        ]
        return IndexFinished(
            self.job_id,
            self.progress.found - self._counts.vanished,
            self._counts.indexed,
            self._counts.unchanged,
            self._counts.moved,
            self._counts.removed,
            tuple(problems),
            seconds,
            self._cancelled,
        )

    def _tell_changed(self, *, force: bool = False) -> None:
        now_s = time.monotonic()
        if force or now_s - self._told_at_s >= _CHANGED_INTERVAL_S:
            self._told_at_s = now_s
            self._send_changed(photos=True, problems=True)

    def _send_changed(
        self, *, photos: bool = False, roots: bool = False, problems: bool = False
    ) -> None:
        generation = self._tools.library.generation
        self._tools.send(LibraryChanged(generation, photos, roots, problems))


def _folder_problem(root_id: int, path: bytes, error: OSError) -> NewProblem:
    reason = "permission" if isinstance(error, PermissionError) else "unreadable"
    detail = f"it cannot be looked into: {error.strerror}"
    return NewProblem(root_id, path, 0, 0, 0, reason, detail, DECODER_VERSION)


def _new_photo(work: _Work, reply: DecodedPhoto, vector: Vectors, patches: int) -> NewPhoto:
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
        thumbnail=reply.thumbnail,
        vector=vector,
        patches=patches,
    )
