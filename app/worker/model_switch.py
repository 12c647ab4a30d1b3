"""Changing the model while people go on searching with the old one.

The vectors of the new model are made in idle time, photo by photo; they are kept like all others,
so that a switch that was broken off goes on where it was, and switching back is instant. When the
last photo has one, the engine takes the new model over.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from app.core.library import Library
from app.core.messages import Event, JobCancelled
from app.core.settings import Settings
from app.core.switching import ModelSwitched, SwitchProgress, UseModel
from app.worker.batch_encoder import BatchEncoder
from app.worker.budgets import patch_budget
from app.worker.decode_messages import DecodedPhoto, DecodeReply, PhotoRequest
from app.worker.encoding import EncoderLike
from app.worker.failures import failure
from app.worker.index_work import Submit

logger = logging.getLogger(__name__)

_AHEAD = 8
_TELL_INTERVAL_S = 0.25


class EncoderLoader(Protocol):
    def __call__(self, model_dir: Path, settings: Settings) -> EncoderLike: ...


@dataclass(slots=True)
class _Running:
    """A switch under way: which photos lack a vector, and those being decoded."""

    job_id: int
    encoder: EncoderLike
    model_id: int
    patches: int
    batches: BatchEncoder
    missing: deque[int]
    total: int
    flight: dict[int, Future[DecodeReply]] = field(default_factory=dict)
    paused: bool = False
    told_at_s: float = 0.0

    @property
    def done(self) -> int:
        return self.total - len(self.missing) - len(self.flight)


class ModelSwitch:
    """Serves ``UseModel``; the latest one wins.

    Args:
        settings: precision, patches, size of thumbnails.
        loader: makes encoders.
        submit: hands requests to the decoders.
        send: takes events.
        adopt: makes an encoder the one that is searched and indexed with.
    """

    def __init__(
        self,
        settings: Settings,
        loader: EncoderLoader,
        submit: Submit,
        send: Callable[[Event], None],
        adopt: Callable[[EncoderLike], None],
    ) -> None:
        self._settings = settings
        self._loader = loader
        self._submit = submit
        self._send = send
        self._adopt = adopt
        self._asked: UseModel | None = None
        self._running: _Running | None = None

    @property
    def is_busy(self) -> bool:
        """Whether there is something to do that is not paused."""
        running = self._running is not None and not self._running.paused
        return self._asked is not None or running

    def request(self, command: UseModel) -> None:
        """Note which model is wanted; what was under way for another ends."""
        for job_id in self._job_ids():
            self.cancel(job_id)
        self._asked = command

    def cancel(self, job_id: int) -> None:
        """Stay with the model of now; vectors made so far are kept."""
        if job_id not in self._job_ids():
            return
        self._drop()
        self._send(JobCancelled(job_id))

    def set_paused(self, job_id: int, paused: bool) -> None:
        """Let a switch rest or go on."""
        if self._running is not None and self._running.job_id == job_id:
            self._running.paused = paused
            self._tell(self._running, force=True)

    def step(self, library: Library, model_id: int) -> bool:
        """Do a little of the switch; returns False when there is nothing to do but wait.

        Args:
            library: is written to.
            model_id: the model that is searched with now.
        """
        asked, self._asked = self._asked, None
        job_id = asked.job_id if asked is not None else 0
        try:
            if asked is not None:
                self._begin(asked, library, model_id)
                return True
            if self._running is None or self._running.paused:
                return False
            job_id = self._running.job_id
            return self._work(self._running, library)
        except Exception as error:  # noqa: BLE001 - the engine outlives any single job
            self._drop()
            self._send(failure(job_id, error))
        return True

    def close(self) -> None:
        """Forget what was under way."""
        self._drop()

    def _job_ids(self) -> list[int]:
        return [each.job_id for each in (self._asked, self._running) if each is not None]

    def _drop(self) -> None:
        if self._running is not None:
            for future in self._running.flight.values():
                future.cancel()
        self._asked = self._running = None

    def _begin(self, asked: UseModel, library: Library, model_id: int) -> None:
        encoder = self._loader(Path(asked.model_dir), self._settings)
        new_id = library.use_model(encoder.fingerprint, encoder.name, encoder.dim)
        missing = np.setdiff1d(library.vector_ids(model_id), library.vector_ids(new_id))
        patches = patch_budget(encoder, self._settings)
        self._running = _Running(
            asked.job_id,
            encoder,
            new_id,
            patches,
            BatchEncoder(encoder, patches),
            deque(int(photo_id) for photo_id in missing[::-1]),  # newest first
            len(missing),
        )
        self._tell(self._running, force=True)

    def _work(self, running: _Running, library: Library) -> bool:
        self._decode_ahead(running, library)
        ready = [photo_id for photo_id, future in running.flight.items() if future.done()]
        if not ready:
            if running.missing or running.flight:
                return False
            self._finish(running)
            return True
        decoded = []
        for photo_id in ready[: running.batches.batch_size]:
            reply = running.flight.pop(photo_id).result()
            if isinstance(reply, DecodedPhoto):
                decoded.append((photo_id, reply))
            # What cannot be read any more is the next indexing's to tell.
        vectors = running.batches.encode([reply for _, reply in decoded])
        if vectors:
            ids = [photo_id for photo_id, _ in decoded]
            library.save_vectors(running.model_id, ids, np.stack(vectors), running.patches)
        self._tell(running, force=False)
        return True

    def _decode_ahead(self, running: _Running, library: Library) -> None:
        wanted = _AHEAD + running.batches.batch_size - len(running.flight)
        ids = [running.missing.popleft() for _ in range(min(wanted, len(running.missing)))]
        for photo in library.photos(ids):
            request = PhotoRequest(photo.absolute_path, running.patches, 0)
            running.flight[photo.id] = self._submit(request)

    def _finish(self, running: _Running) -> None:
        self._running = None
        self._adopt(running.encoder)
        self._send(ModelSwitched(running.job_id, running.encoder.name, running.total))

    def _tell(self, running: _Running, *, force: bool) -> None:
        now_s = time.monotonic()
        if force or now_s - running.told_at_s >= _TELL_INTERVAL_S:
            running.told_at_s = now_s
            self._send(
                SwitchProgress(
                    running.job_id,
                    running.encoder.name,
                    running.done,
                    running.total,
                    running.paused,
                )
            )
