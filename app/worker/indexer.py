"""An index job, step by step: scan, list the files with thumbnails, then encode them in batches.

``IndexJob.run`` is a generator. Each step takes about 200 ms at most; between steps the engine
answers questions, pauses or cancels. Every step can be repeated safely: whatever is in the library
after a kill is whole, and the next run does the rest. Newest files come first in both passes.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import time
from collections import deque
from collections.abc import Callable, Generator
from functools import partial

import numpy as np

from app.core.errors import LibraryFullError
from app.core.messages import IndexFinished, LibraryChanged, ProblemFact
from app.core.paths import display_path
from app.worker.batch_encoder import BatchEncoder
from app.worker.decode_messages import DecodedPhoto, KnownContent, Refused
from app.worker.disk_changes import DiskChanges, compare, is_reachable
from app.worker.fine_pass import FinePass
from app.worker.index_work import (
    Counts,
    IndexTools,
    Pending,
    Work,
    folder_problem,
    lacks_but_a_vector,
    new_photo,
    photo_request,
    problem_of,
)
from app.worker.moves import Moves
from app.worker.progress import Phase, Progress
from app.worker.waiting import Waiting

logger = logging.getLogger(__name__)

_LEADS_NOWHERE = (errno.ENOENT, errno.ELOOP)  # links, and files that left during the scan
_CHANGED_INTERVAL_S = 0.25
_REMOVALS_PER_STEP = 500
_LIST_BATCH = 32
_FULL_RETRY_S = 1.0


class IndexJob:
    """One run over some folders.

    Args:
        tools: library, index, encoder and decoders.
        job_id: the job's number in events.
        roots: folders to add and index; none for all that the library knows.
        retry_problems: try files that could not be used again, although they have not changed.
    """

    def __init__(
        self,
        tools: IndexTools,
        job_id: int,
        roots: tuple[bytes, ...],
        retry_problems: bool = False,
    ) -> None:
        self._tools = tools
        self._retry_problems = retry_problems
        self.job_id = job_id
        self._root_paths = roots
        self.cancelled = False
        self._forgotten: set[int] = set()
        self._counts = Counts()
        self._changes: list[DiskChanges] = []
        self._moves = Moves(tools)
        self._flight: list[Work] = []
        self._pending = Pending()
        self._waiting = Waiting(tools.library.directory, tools.encoder.fine_patches)
        self._full_since_s: float | None = None
        self._encoder = BatchEncoder(tools.encoder, tools.patches)
        self._told_at_s = 0.0
        self._phase_before_rest: Phase = "scanning"
        self._n_found = 0
        self.scan_seconds = 0.0
        self.scanned_roots: tuple[bytes, ...] = ()
        self.progress = Progress(job_id, tools.send)

    def cancel(self) -> None:
        """End at the next step; what is saved stays."""
        self.cancelled = True

    def forget_root(self, root_id: int) -> None:
        """Leave out a folder that has left the library; the others go on."""
        self._forgotten.add(root_id)
        kept = [item for item in self._pending.photos if not self._is_forgotten(item[0].changes)]
        for item in self._pending.photos:
            if self._is_forgotten(item[0].changes):
                self.progress.skip(item[0].photo_id is not None)
        self._pending.photos = deque(kept)
        self._pending.problems = [
            problem for problem in self._pending.problems if problem.root_id != root_id
        ]
        for changes in self._changes:
            if changes.root.id == root_id:
                changes.gone.clear()
                self._moves.forget(changes)

    def _is_forgotten(self, changes: DiskChanges) -> bool:
        return changes.root.id in self._forgotten

    def pause(self) -> None:
        """Tell that the job rests; the engine stops stepping."""
        self.progress.stop_work()
        self._phase_before_rest = self.progress.phase
        self.progress.phase = "paused"
        self.progress.report(force=True)

    def resume(self) -> None:
        """Tell that the job goes on."""
        self.progress.waiting_for = self.progress.waiting_kind = ""
        self.progress.phase = self._phase_before_rest
        if self._changes:
            self.progress.start_work()
        self.progress.report(force=True)

    def run(self) -> Generator[bool, None, IndexFinished]:
        """Do the job; yields True after work, False while only decoders work.

        Raises:
            AppError: the job cannot go on: a folder that cannot be added, a full disk, a model
                that fails.
        """
        with contextlib.closing(self._waiting):
            return (yield from self._run())

    def _run(self) -> Generator[bool, None, IndexFinished]:
        started_s = time.monotonic()
        self.progress.report(force=True)
        yield from self._scan()
        self.scan_seconds = time.monotonic() - started_s
        self.progress.phase = "indexing"
        self.progress.start_work()
        yield from self._list_files()
        if not self.cancelled:
            yield from self._remove_gone()
        yield from self._encode_listed()
        for work in self._flight:
            if work.future is not None:
                work.future.cancel()
        self._n_found = self.progress.found - self._counts.vanished
        self._tell_changed(force=True)
        self.progress.report(force=True)
        yield from FinePass(self._tools, self.progress, self, self._waiting.fine).run()
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
            for changes in compare(
                library, root, self._tools.model_id, retry_problems=self._retry_problems
            ):
                self.progress.found = found_before + changes.found
                self.progress.report()
                yield True
                if self.cancelled:
                    return
            if self._is_forgotten(changes):
                continue
            library.set_root_state(root.id, "offline" if changes.offline else "online")
            library.set_mounts(root.id, changes.mounts)
            compared.append(changes)
        self._changes = compared
        self.scanned_roots = tuple(changes.root.path for changes in compared)
        self.progress.root_id = None
        self._note_scan()
        self._send_changed(roots=True)

    def _note_scan(self) -> None:
        for changes in self._changes:
            self._counts.unchanged += changes.unchanged
            self.progress.skipped += changes.unchanged + changes.known_problems
            self.progress.n_problems += changes.known_problems
            self._moves.add(changes)
            for path, error in changes.unreadable:
                if error.errno in _LEADS_NOWHERE:
                    continue
                self.progress.n_problems += 1
                self._pending.problems.append(folder_problem(changes.root.id, path, error))

    # ------------------------------------------------------------ first pass: rows, thumbnails

    def _list_files(self) -> Generator[bool, None, None]:
        todo = self._works_to_list()
        more = True
        while not self.cancelled:
            ahead = _LIST_BATCH + 2 * self._tools.n_decoders
            while more and len(self._flight) + len(self._pending.photos) < ahead:
                more = self._submit_next(next(todo, None))
            yield from self.when_there_is_room(self._collect)
            if not self._flight and not more and not self._pending:
                break
            if self._pending.is_due(_LIST_BATCH, bool(self._flight)):
                yield from self.when_there_is_room(self._save_listed)
                yield True
            else:
                self.progress.report()
                yield False

    def _works_to_list(self) -> Generator[Work, None, None]:
        """Yield files to decode, newest first; those that lack but a vector wait for it at once.

        Changed ones come after new ones: their former content may be in one of these.
        """
        todo = [(changes, fact) for changes in self._changes for fact in changes.changed]
        todo.sort(key=lambda item: item[1].mtime_ns, reverse=True)
        todo.sort(key=lambda item: item[0].has_vector(item[1].path))
        for changes, fact in todo:
            if self._is_forgotten(changes):
                self.progress.skipped += 1
                continue
            work = Work(changes, fact, changes.known.get(fact.path))
            if lacks_but_a_vector(work):
                assert work.file is not None
                work.photo_id = work.file.photo_id
                self._wait_for_vector(work, None)
                continue
            work.known_hashes = self._moves.hashes_worth_knowing(work)
            yield work

    def _submit_next(self, work: Work | None) -> bool:
        """Hand a file to the decoders; returns whether there was one."""
        if work is None:
            return False
        request = photo_request(self._tools, work, self._waiting.fine.wanted_patches)
        work.future = self._tools.submit(request)
        self._flight.append(work)
        return True

    def _collect(self) -> None:
        for work in [item for item in self._flight if item.future and item.future.done()]:
            self._flight.remove(work)
            try:
                self._take_reply(work)
            except LibraryFullError:
                self._flight.append(work)
                raise

    def _take_reply(self, work: Work) -> None:
        assert work.future is not None
        reply = work.future.result()
        if self._is_forgotten(work.changes):
            self.progress.skip(work.photo_id is not None)
        elif isinstance(reply, DecodedPhoto):
            if not self._pending.photos:
                self._pending.oldest_s = time.monotonic()
            self._pending.photos.append((work, reply))
        elif isinstance(reply, KnownContent):
            self._settle_known(work, reply)
        elif isinstance(reply, Refused):
            self._note_problem(work, reply)

    def _settle_known(self, work: Work, reply: KnownContent) -> None:
        """The content has its vector already: only the place or the time changed."""
        moved = self._moves.settle_known(work, reply)
        if moved is None:  # a second copy of a moved photo: it needs its own row
            work.known_hashes = {}
            self._submit_next(work)
            return
        self._counts.moved += moved
        self._counts.unchanged += not moved
        self.progress.add_work(1)

    def _note_problem(self, work: Work, reply: Refused) -> None:
        self.progress.add_work(1, listed=work.photo_id is not None)
        if reply.reason == "missing":  # deleted since the scan: nothing to tell about
            self._counts.vanished += 1
            return
        self.progress.n_problems += 1
        photo_id = work.photo_id or (work.file.photo_id if work.file is not None else None)
        if photo_id is not None:
            self._pending.lost_ids.append(photo_id)
        self._pending.problems.append(problem_of(work, reply.reason, reply.detail))

    def _save_listed(self) -> None:
        """Store rows and thumbnails; content that has a vector somewhere needs no other."""
        library, pending = self._tools.library, self._pending
        batch = [pending.photos[at] for at in range(min(_LIST_BATCH, len(pending.photos)))]
        for work, reply in batch:
            work.moved = work.moved or self._moves.adopt(work, reply)
        self._moves.note_new_content(work for work, _ in batch)
        photos = [new_photo(work, reply) for work, reply in batch]
        ids = library.save_batch(self._tools.model_id, photos, pending.problems)
        self._moves.note_saved([work for work, _ in batch], ids)
        self._forget_saved(len(batch))
        ready = self._share_vectors(ids)
        for (work, reply), photo_id in zip(batch, ids, strict=True):
            work.photo_id = photo_id
            if photo_id in ready:
                self._count_ready(work, listed=False)
            else:
                self._wait_for_vector(work, reply)
        self.progress.report()
        self._tell_changed()

    def _forget_saved(self, n_photos: int) -> None:
        lost_ids = self._pending.forget(n_photos)
        if lost_ids:
            self._moves.take_out_of_sight(lost_ids)

    def _share_vectors(self, photo_ids: list[int]) -> set[int]:
        """Give photos the vectors that the same content has already; returns who has one now."""
        ids, vectors = self._tools.library.share_vectors(self._tools.model_id, photo_ids)
        if len(ids):
            self._tools.index.add(ids, vectors)
        return {int(photo_id) for photo_id in ids}

    def _count_ready(self, work: Work, *, listed: bool) -> None:
        if work.moved:
            self._counts.moved += 1
        else:
            self._counts.indexed += 1
        self.progress.add_work(1, listed=listed)

    def _wait_for_vector(self, work: Work, reply: DecodedPhoto | None) -> None:
        self._waiting.add(work, reply)
        self.progress.add_listed(1)

    # ------------------------------------------------------------ second pass: vectors

    def _encode_listed(self) -> Generator[bool, None, None]:
        more = True
        while not self.cancelled:
            more = more and self._fetch_waiting()
            yield from self.when_there_is_room(self._collect)
            if not self._flight and not more and not self._pending:
                break
            if self._pending.is_due(self._encoder.batch_size, bool(self._flight)):
                yield from self.when_there_is_room(self._encode_batch)
                yield True
            else:
                self.progress.report()
                yield False

    def _fetch_waiting(self) -> bool:
        """Keep pixels coming a bounded way ahead; returns whether photos are left."""
        ahead = 2 * self._encoder.batch_size + 2 * self._tools.n_decoders
        while len(self._flight) + len(self._pending.photos) < ahead:
            kept = self._waiting.take_kept()
            if kept is not None:
                if self._is_forgotten(kept[0].changes):
                    self.progress.skip(listed=True)
                else:
                    self._pending.photos.append(kept)
                continue
            work = self._waiting.take_again()
            if work is None:
                return False
            if self._is_forgotten(work.changes):
                self.progress.skip(listed=True)
            else:
                self._submit_next(work)
        return True

    def _encode_batch(self) -> None:
        """Encode what is pending, each content once, and store it."""
        library, pending = self._tools.library, self._pending
        n_photos = min(self._encoder.batch_size, len(pending.photos))
        batch = [pending.photos[at] for at in range(n_photos)]
        ready = self._share_vectors([work.photo_id for work, _ in batch if work.photo_id])
        by_content = {
            reply.content_hash: (work, reply) for work, reply in batch if work.photo_id not in ready
        }
        fresh = list(by_content.values())
        vectors = self._encoder.encode([reply for _, reply in fresh])
        photos = [
            new_photo(work, reply, vector, self._tools.patches)
            for (work, reply), vector in zip(fresh, vectors, strict=True)
        ]
        ids = library.save_batch(self._tools.model_id, photos, pending.problems)
        if ids:
            self._tools.index.add(ids, np.stack(vectors))
        ready |= set(ids)
        twins = [item for item in batch if item[0].photo_id not in ready]
        self._forget_saved(n_photos)
        pending.photos.extendleft(twins)  # their content has its vector now
        for work, _ in batch:
            if work.photo_id in ready:
                self._count_ready(work, listed=True)
        self.progress.report()
        self._tell_changed()

    def when_there_is_room(self, save: Callable[[], None]) -> Generator[bool, None, None]:
        """Save; on a full disk pause, say so, and try again until there is room."""
        while True:
            try:
                save()
            except LibraryFullError as error:
                self._rest_until_room(str(error))
            else:
                if self._full_since_s is not None:
                    self._full_since_s = None
                    self.resume()
                return
            retry_at_s = time.monotonic() + _FULL_RETRY_S
            yield False
            while time.monotonic() < retry_at_s and not self.cancelled:
                yield False
            if self.cancelled:
                return

    def _rest_until_room(self, sentence: str) -> None:
        if self._full_since_s is None:
            self._full_since_s = time.monotonic()
            logger.warning("indexing pauses: %s", sentence)
            self.progress.waiting_for = sentence
            self.progress.waiting_kind = LibraryFullError.__name__
            self.pause()

    def _remove_gone(self) -> Generator[bool, None, None]:
        library = self._tools.library
        yield from self.when_there_is_room(self._finish_moves)
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
                yield from self.when_there_is_room(partial(self._remove, ids))
                yield True

    def _finish_moves(self) -> None:
        self._counts.removed += self._moves.finish()

    def _remove(self, photo_ids: list[int]) -> None:
        self._counts.removed += self._tools.library.remove_photos(photo_ids)
        self._tools.unindex(photo_ids)
        self._tell_changed()

    def _finished(self, seconds: float) -> IndexFinished:
        problems = [
            ProblemFact(display_path(problem.absolute_path), problem.reason, problem.detail)
            for changes in self._changes
            if not changes.offline and not self._is_forgotten(changes)
            for problem in self._tools.library.problems(changes.root.id)
        ]
        return self._counts.finished(
            self.job_id, self._n_found, tuple(problems), seconds, self.cancelled
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
