"""The engine: owns the model, is the only writer of the library, does one small thing at a time.

``Engine`` knows nothing of processes. Its owner hands it commands (``receive``), lets it work
(``step``) and waits on ``waker.reader`` when ``step`` has nothing to do; events leave through
``send``. Everything runs in the thread of the owner. Order of service at each step: stop, cancel,
questions, index job.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from app.core.errors import (
    AppError,
    EngineError,
)
from app.core.library import Library
from app.core.library.vector_index import VectorIndex
from app.core.messages import (
    CancelJob,
    Command,
    EngineReady,
    Event,
    FavouriteSet,
    ImageQuery,
    IndexFinished,
    JobCancelled,
    LibraryChanged,
    Locate,
    OpenPhoto,
    PauseJob,
    PhotoLocated,
    PhotoOpened,
    RemoveRoot,
    ResumeJob,
    Search,
    SearchFinished,
    SetCores,
    SetFavourite,
    Shutdown,
    StartIndex,
    UseModel,
)
from app.core.paths import display_path
from app.core.settings import Settings
from app.worker.cores import use_cores
from app.worker.decode_messages import (
    DecodedPixels,
    DecodeReply,
    DecodeRequest,
    PixelsRequest,
    Refused,
)
from app.worker.decoder_pool import DecoderPool, PoolLike
from app.worker.encoding import EncoderLike, load_encoder, patch_budget
from app.worker.failures import failure, refusal_error
from app.worker.index_work import IndexTools
from app.worker.indexer import IndexJob
from app.worker.library_opening import opened_or_recovered
from app.worker.model_switch import EncoderLoader, ModelSwitch
from app.worker.searcher import QUERY_SIDE_PX, Searcher, check_question, pasted_image
from app.worker.waker import Waker

logger = logging.getLogger(__name__)

Question = Search | Locate | OpenPhoto
_MAX_OPEN_REQUESTS = 3
_GRAPH_ROWS_PER_STEP = 300


@dataclass(slots=True)
class _Asked:
    """A question, and the picture it waits for once that is being decoded."""

    question: Question
    started_s: float
    decoding: Future[DecodeReply] | None = None


@dataclass(slots=True)
class _Running:
    job: IndexJob
    steps: Generator[bool, None, IndexFinished]
    paused: bool = False


class Engine:
    """Serves commands until it is closed.

    Args:
        settings: precision, patches, decoders.
        library_dir: where the library is or will be.
        model_dir: the model directory.
        send: takes every event, in order.
        loader: makes the encoder; tests bring a cheap one.
        pool: decodes; tests bring an inline one. None for real processes.
    """

    def __init__(
        self,
        settings: Settings,
        library_dir: Path,
        model_dir: Path,
        send: Callable[[Event], None],
        *,
        loader: EncoderLoader = load_encoder,
        pool: PoolLike | None = None,
    ) -> None:
        self._settings = settings
        self._library_dir = library_dir
        self._model_dir = model_dir
        self._send = send
        self._loader = loader
        self._pool: PoolLike = pool or DecoderPool(settings.decoder_processes)
        self.waker = Waker()
        self.stopping = False
        self._asked: list[_Asked] = []
        self._removals: deque[RemoveRoot] = deque()
        self._favourites: deque[SetFavourite] = deque()
        self._index_queue: deque[StartIndex] = deque()
        self._paused_ids: set[int] = set()
        self._running: _Running | None = None
        self._warm = False
        self._graph_behind = True
        self._library: Library | None = None
        self._index: VectorIndex | None = None
        self._switch = ModelSwitch(settings, loader, self._submit, send, self._adopt)

    def start(self) -> None:
        """Open the library, load the model, say that it is ready.

        Raises:
            LibraryError: the library cannot be written, for instance because it is locked.
            ModelError: there is no usable model.
        """
        use_cores(self._settings.cores)
        self._library = opened_or_recovered(self._library_dir)
        started_s = time.monotonic()
        self._adopt(self._loader(self._model_dir, self._settings), started_s)

    def _adopt(self, encoder: EncoderLike, started_s: float | None = None) -> None:
        """Search and index with this encoder from now on, and say so."""
        took_s = 0.0 if started_s is None else time.monotonic() - started_s
        self._save_index()
        self._model_id = self.library.use_model(encoder.fingerprint, encoder.name, encoder.dim)
        self._index = VectorIndex.open(self.library, self._model_id)
        patches = patch_budget(encoder, self._settings)
        self._searcher = Searcher(self.library, self._index, encoder, patches)
        self._model_name = encoder.name
        self._warm, self._graph_behind = False, True
        self._tools = IndexTools(
            self.library,
            self._index,
            encoder,
            self._model_id,
            self._submit,
            self._pool.n_processes,
            patches,
            self._settings.thumbnail_side_px,
            self._send,
        )
        self._send(
            EngineReady(
                encoder.name,
                encoder.fingerprint,
                encoder.dim,
                encoder.engine,
                encoder.precision,
                round(took_s * 1000),
            )
        )

    @property
    def library(self) -> Library:
        """The open library.

        Raises:
            EngineError: the engine was not started.
        """
        if self._library is None:
            raise EngineError("the engine has no library open; start it first")
        return self._library

    @property
    def is_busy(self) -> bool:
        """Whether something is under way, also when it only waits for decoders."""
        running = self._running is not None and not self._running.paused
        waiting = self._asked or self._favourites or self._removals or self._index_queue
        return running or bool(waiting) or self._switch.is_busy

    def receive(self, command: Command) -> None:
        """Note a command; stops, cancels, pauses take effect before the next step."""
        match command:
            case Shutdown():
                self.stopping = True
            case CancelJob(job_id):
                self._cancel(job_id)
            case PauseJob(job_id):
                self._pause(job_id)
            case ResumeJob(job_id):
                self._resume(job_id)
            case StartIndex():
                self._index_queue.append(command)
            case RemoveRoot():
                self._removals.append(command)
            case SetFavourite():
                self._favourites.append(command)
            case UseModel():
                self._switch.request(command)
            case SetCores(cores):
                use_cores(cores)
            case Search() | Locate() | OpenPhoto():
                self._supersede(command)
                self._asked.append(_Asked(command, time.monotonic()))

    def step(self) -> bool:
        """Do the most urgent piece of work, at most about 200 ms.

        Returns:
            False when there is nothing to do until a command or a decoded picture comes.
        """
        self.waker.drain()
        if self.stopping:
            return False
        return (
            self._serve_question()
            or self._serve_favourite()
            or self._serve_removal()
            or self._serve_index()
            or (self._running is None and self._switch.step(self.library, self._model_id))
        )

    def idle(self) -> bool:
        """Do a little work that nobody waits for; returns False when there is none left."""
        if not self._warm:
            self._warm = True
            try:
                self._searcher.warm_up()
            except AppError:
                logger.exception("the model cannot encode words")
            return True
        if self._index is not None and self._graph_behind:
            self._graph_behind = self._index.build(_GRAPH_ROWS_PER_STEP) > 0
            if not self._graph_behind:
                self._save_index()
            return True
        return False

    def close(self) -> None:
        """Save the index, end the decoders, close the library. Harmless when repeated."""
        if self._running is not None:
            self._running.steps.close()
            self._running = None
        self._switch.close()
        self._pool.close()
        self._save_index()
        self._index = None
        if self._library is not None:
            self._library.close()
            self._library = None
        self.waker.close()

    # ------------------------------------------------------------ control

    def _supersede(self, command: Question) -> None:
        """The latest search or place wins; of photos to open the last few are kept."""
        same = [asked for asked in self._asked if type(asked.question) is type(command)]
        keep = _MAX_OPEN_REQUESTS - 1 if isinstance(command, OpenPhoto) else 0
        for asked in same[: len(same) - keep] if keep else same:
            self._drop(asked)

    def _drop(self, asked: _Asked) -> None:
        if asked.decoding is not None:
            asked.decoding.cancel()
        self._asked.remove(asked)
        self._send(JobCancelled(asked.question.job_id))

    def _cancel(self, job_id: int) -> None:
        self._paused_ids.discard(job_id)
        self._switch.cancel(job_id)
        if self._running is not None and self._running.job.job_id == job_id:
            self._running.job.cancel()
            self._running.paused = False
            return
        for waiting in [item for item in self._index_queue if item.job_id == job_id]:
            self._index_queue.remove(waiting)
            self._send(IndexFinished(job_id, 0, 0, 0, 0, 0, (), 0.0, cancelled=True))
        for asked in [item for item in self._asked if item.question.job_id == job_id]:
            self._drop(asked)

    def _pause(self, job_id: int) -> None:
        self._switch.set_paused(job_id, True)
        if self._running is not None and self._running.job.job_id == job_id:
            if not self._running.paused:
                self._running.paused = True
                self._running.job.pause()
        elif any(item.job_id == job_id for item in self._index_queue):
            self._paused_ids.add(job_id)

    def _resume(self, job_id: int) -> None:
        self._switch.set_paused(job_id, False)
        self._paused_ids.discard(job_id)
        running = self._running
        if running is not None and running.job.job_id == job_id and running.paused:
            running.paused = False
            running.job.resume()

    # ------------------------------------------------------------ questions

    def _serve_question(self) -> bool:
        """Take the first question that can go on; searches first."""
        for asked in sorted(self._asked, key=lambda item: not isinstance(item.question, Search)):
            if asked.decoding is not None and not asked.decoding.done():
                continue
            try:
                self._advance(asked)
            except AppError as error:
                self._finish(asked, failure(asked.question.job_id, error))
            except Exception as error:  # noqa: BLE001 - the engine outlives any single job
                self._finish(asked, failure(asked.question.job_id, error))
            return True
        return False

    def _advance(self, asked: _Asked) -> None:
        """Start decoding the picture of a question, or answer it."""
        if asked.decoding is None:
            if isinstance(asked.question, Search):
                check_question(asked.question.text, asked.question.image)
            request = self._picture_request(asked.question)
            if request is not None:
                asked.decoding = self._submit(request, urgent=True)
                return
        pixels = None if asked.decoding is None else self._pixels(asked)
        self._finish(asked, self._answer(asked, pixels))

    def _picture_request(self, question: Question) -> PixelsRequest | None:
        match question:
            case OpenPhoto(photo_id=photo_id, max_side_px=side_px):
                return PixelsRequest(self.library.photo(photo_id).absolute_path, side_px)
            case Locate(photo_id=photo_id):
                path = self.library.photo(photo_id).absolute_path
                return PixelsRequest(path, QUERY_SIDE_PX)
            case Search(image=ImageQuery(photo_id=int() as photo_id, box=box)):
                path = self.library.photo(photo_id).absolute_path
                return PixelsRequest(path, QUERY_SIDE_PX, box)
            case Search(image=ImageQuery(path=bytes() as path, box=box)):
                return PixelsRequest(path, QUERY_SIDE_PX, box)
        return None

    def _pixels(self, asked: _Asked) -> DecodedPixels:
        assert asked.decoding is not None
        reply = asked.decoding.result()
        if isinstance(reply, DecodedPixels):
            return reply
        shown = self._question_path(asked.question)
        if isinstance(reply, Refused):
            raise refusal_error(reply, shown)
        raise EngineError(f"a decoder answered {type(reply).__name__} for pixels of {shown}")

    def _question_path(self, question: Question) -> str:
        request = self._picture_request(question)
        return "" if request is None else display_path(request.path)

    def _answer(self, asked: _Asked, pixels: DecodedPixels | None) -> Event:
        question = asked.question
        image = None if pixels is None else _image(pixels)
        match question:
            case OpenPhoto():
                assert pixels is not None
                return PhotoOpened(
                    question.job_id,
                    question.photo_id,
                    pixels.width_px,
                    pixels.height_px,
                    pixels.full_width_px,
                    pixels.full_height_px,
                    pixels.pixels,
                )
            case Locate():
                assert image is not None
                place = self._searcher.locate(question.text, image)
                rows, columns = place.heat.shape
                return PhotoLocated(
                    question.job_id,
                    question.photo_id,
                    question.text,
                    place.score,
                    place.region,
                    rows,
                    columns,
                    place.heat.tobytes(),
                )
            case Search():
                if question.image is not None and question.image.pixels is not None:
                    image = pasted_image(question.image)
                hits = self._searcher.search(question, image)
                took_ms = (time.monotonic() - asked.started_s) * 1000
                return SearchFinished(
                    question.job_id, question.text, self._model_name, took_ms, hits
                )

    def _finish(self, asked: _Asked, event: Event) -> None:
        if asked in self._asked:
            self._asked.remove(asked)
        self._send(event)

    # ------------------------------------------------------------ favourites

    def _serve_favourite(self) -> bool:
        if not self._favourites:
            return False
        command = self._favourites.popleft()
        try:
            self.library.set_favourite(command.photo_ids, command.favourite)
        except AppError as error:
            self._send(failure(command.job_id, error))
        else:
            self._send(LibraryChanged(self.library.generation, favourites=True))
            self._send(FavouriteSet(command.job_id))
        return True

    # ------------------------------------------------------------ folders and index jobs

    def _serve_removal(self) -> bool:
        if not self._removals:
            return False
        command = self._removals.popleft()
        try:
            ids = self.library.photo_ids(command.root_id)
            self.library.remove_root(command.root_id)
            if self._running is not None:
                self._running.job.forget_root(command.root_id)
            if self._index is not None and len(ids):
                self._index.remove(ids)
        except AppError as error:
            self._send(failure(command.job_id, error))
        else:
            self._send(
                LibraryChanged(self.library.generation, photos=True, roots=True, problems=True)
            )
        return True

    def _serve_index(self) -> bool:
        if self._running is None:
            if not self._index_queue:
                return False
            command = self._index_queue.popleft()
            job = IndexJob(self._tools, command.job_id, command.roots, command.retry_problems)
            self._running = _Running(job, job.run())
            if command.job_id in self._paused_ids:
                self._paused_ids.discard(command.job_id)
                self._pause(command.job_id)
            return True
        running = self._running
        if running.paused:
            return False
        try:
            return next(running.steps)
        except StopIteration as stop:
            self._end_index(stop.value)
        except AppError as error:
            self._end_index(failure(running.job.job_id, error))
        except Exception as error:  # noqa: BLE001 - the engine outlives any single job
            self._end_index(failure(running.job.job_id, error))
        return True

    def _end_index(self, event: Event) -> None:
        self._running = None
        self._graph_behind = True
        self._save_index()
        self._send(event)

    def _save_index(self) -> None:
        try:
            if self._index is not None:
                self._index.save()
        except (AppError, OSError):
            logger.exception("the vector index cannot be saved; it will be rebuilt")

    def _submit(self, request: DecodeRequest, *, urgent: bool = False) -> Future[DecodeReply]:
        future = self._pool.submit(request, urgent=urgent)
        future.add_done_callback(lambda _: self.waker.wake())
        return future


def _image(pixels: DecodedPixels) -> Image.Image:
    return Image.frombytes("RGB", (pixels.width_px, pixels.height_px), pixels.pixels)
