"""The desk where questions wait for their pictures and are answered.

A question is a command that needs the model or a decoded picture. Of searches and of places the
latest alone counts. A search is answered twice: from the photo vectors as soon as it can be, and
from the regions at a later step unless a newer search has come.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image

from app.core.asking import ImageQuery
from app.core.changes import Change, ForgetConcept
from app.core.errors import EngineError, PhotoOfflineError, PictureError
from app.core.library import Library
from app.core.library.concepts import NewExample
from app.core.messages import (
    BoxesSuggested,
    ConceptSaved,
    Event,
    JobCancelled,
    JudgeConcept,
    LibraryChanged,
    Locate,
    LocatedPhrase,
    OpenPhoto,
    PhotoLocated,
    PhotoOpened,
    SaveConcept,
    Search,
    SearchFinished,
    SearchRefined,
    SuggestBoxes,
)
from app.core.paths import display_path
from app.worker.decode_messages import DecodedPixels, DecodeReply, PixelsRequest, Refused
from app.worker.encoding_questions import Asked
from app.worker.failures import failure, refusal_error
from app.worker.pictures import (
    QUERY_SIDE_PX,
    Picture,
    check_box,
    check_image,
    check_query,
    pasted_picture,
    pixels_request,
)
from app.worker.searcher import Searcher

Question = Search | Locate | OpenPhoto | SuggestBoxes | SaveConcept | JudgeConcept
_LATEST_ALONE = (Search, Locate)
_MAX_OPEN_REQUESTS = 3
_LOCATE_SIDE_PX = 1024


class _Submit(Protocol):
    def __call__(self, request: PixelsRequest, *, urgent: bool = False) -> Future[DecodeReply]: ...


@dataclass(slots=True, eq=False)
class _Waiting:
    """A question, and the pictures it waits for once they are being decoded.

    ``decoding`` has one entry for each of its pictures, None for one that needs no decoder.
    """

    question: Question
    started_s: float
    decoding: list[Future[DecodeReply] | None] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether no decoder is awaited."""
        return all(future is None or future.done() for future in self.decoding or ())


@dataclass(slots=True, eq=False)
class QuestionDesk:
    """Takes questions and answers one a step.

    Args:
        library: gives the open library.
        submit: hands a request to the decoders.
        send: takes the answers.
    """

    library: Callable[[], Library]
    submit: _Submit
    send: Callable[[Event], None]
    _waiting: list[_Waiting] = field(default_factory=list)
    _to_refine: tuple[_Waiting, Asked] | None = None
    _searcher: Searcher | None = None
    _model_name: str = ""

    def open(self, searcher: Searcher, model_name: str) -> None:
        """Answer with this model from now on; questions that came before have waited."""
        self._searcher, self._model_name = searcher, model_name

    def __bool__(self) -> bool:
        """Tell whether a question is open."""
        return bool(self._waiting) or self._to_refine is not None

    def take(self, question: Question) -> None:
        """Note a question. The latest search or place wins; of photos to open the last few stay."""
        same = [each for each in self._waiting if type(each.question) is type(question)]
        if isinstance(question, _LATEST_ALONE):
            dropped = same
        elif isinstance(question, OpenPhoto):
            dropped = same[: max(0, len(same) - _MAX_OPEN_REQUESTS + 1)]
        else:
            dropped = []
        for each in dropped:
            self._drop(each)
        if isinstance(question, Search):
            self._to_refine = None
        self._waiting.append(_Waiting(question, time.monotonic()))

    def cancel(self, job_id: int) -> None:
        """Forget a question; one that is not there does not matter."""
        if self._to_refine is not None and self._to_refine[0].question.job_id == job_id:
            self._to_refine = None
        for each in [item for item in self._waiting if item.question.job_id == job_id]:
            self._drop(each)

    def serve(self) -> bool:
        """Advance the first question that can go on, searches first; returns whether one could."""
        by_urgency = sorted(self._waiting, key=lambda item: not isinstance(item.question, Search))
        for waiting in by_urgency:
            if waiting.is_ready:
                self._guarded(waiting, self._advance)
                return True
        if self._to_refine is not None:
            waiting, asked = self._to_refine
            self._to_refine = None
            self._guarded(waiting, lambda each: self._refine(each, asked))
            return True
        return False

    def _drop(self, waiting: _Waiting) -> None:
        for future in waiting.decoding or ():
            if future is not None:
                future.cancel()
        self._waiting.remove(waiting)
        self.send(JobCancelled(waiting.question.job_id))

    def _guarded(self, waiting: _Waiting, work: Callable[[_Waiting], None]) -> None:
        try:
            work(waiting)
        except Exception as error:  # noqa: BLE001 - the engine outlives any single job
            self._finish(waiting, failure(waiting.question.job_id, error))

    def _finish(self, waiting: _Waiting, event: Event) -> None:
        if waiting in self._waiting:
            self._waiting.remove(waiting)
        self.send(event)

    # ------------------------------------------------------------ pictures

    def _advance(self, waiting: _Waiting) -> None:
        """Start decoding the pictures of a question, or answer it."""
        if waiting.decoding is None:
            _check(waiting.question)
            requests = self._requests(waiting.question)
            waiting.decoding = [
                None if request is None else self.submit(request, urgent=True)
                for request in requests
            ]
            if any(request is not None for request in requests):
                return
        self._finish(waiting, self._answer(waiting))

    def _requests(self, question: Question) -> list[PixelsRequest | None]:
        match question:
            case OpenPhoto(max_side_px=side_px, path=bytes() as path):
                return [PixelsRequest(path, side_px)]
            case OpenPhoto(photo_id=photo_id, max_side_px=side_px):
                return [PixelsRequest(self._path_of(photo_id), side_px)]
        side_px = _LOCATE_SIDE_PX if isinstance(question, Locate) else QUERY_SIDE_PX
        return [pixels_request(image, self._path_of, side_px) for image in _images(question)]

    def _path_of(self, photo_id: int) -> bytes:
        return self.library().photo(photo_id).absolute_path

    def _pixels(self, waiting: _Waiting, at: int) -> DecodedPixels:
        assert waiting.decoding is not None
        future = waiting.decoding[at]
        assert future is not None
        reply = future.result()
        if isinstance(reply, DecodedPixels):
            return reply
        request = self._requests(waiting.question)[at]
        shown = "" if request is None else display_path(request.path)
        if isinstance(reply, Refused):
            self._raise_if_offline(waiting.question, at, shown)
            raise refusal_error(reply, shown)
        raise EngineError(f"a decoder answered {type(reply).__name__} for pixels of {shown}")

    def _raise_if_offline(self, question: Question, at: int, shown: str) -> None:
        """Say that a whole folder is away, where that is why a photo of it cannot be read."""
        if isinstance(question, OpenPhoto):
            photo_id = question.photo_id if question.path is None else None
        else:
            photo_id = _images(question)[at].photo_id
        if photo_id is None:
            return
        root_path = self.library().photo(photo_id).root_path
        if not os.path.isdir(root_path):
            folder = display_path(root_path)
            raise PhotoOfflineError(
                f"{shown} cannot be read: its folder {folder} is not there. Connect its disk, or"
                " say where it lies now.",
                path=shown,
                folder=folder,
            )

    def _pictures(self, waiting: _Waiting) -> list[Picture | None]:
        """The pictures of a question, in order; None for concepts."""
        pictures: list[Picture | None] = []
        for at, image in enumerate(_images(waiting.question)):
            if image.concept_id is not None or image.pixels is not None:
                pictures.append(pasted_picture(image))
            else:
                pictures.append(Picture(decoded_image(self._pixels(waiting, at)), image.box))
        return pictures

    # ------------------------------------------------------------ answers

    def _answer(self, waiting: _Waiting) -> Event:
        question, searcher = waiting.question, self._searcher
        assert searcher is not None
        match question:
            case OpenPhoto():
                return _opened(question, self._pixels(waiting, 0))
            case Locate():
                (picture,) = self._pictures(waiting)
                assert picture is not None
                return _located(question, searcher, picture.whole)
            case SuggestBoxes():
                (picture,) = self._pictures(waiting)
                assert picture is not None
                return BoxesSuggested(question.job_id, searcher.suggested_boxes(picture))
            case SaveConcept():
                return self._saved_concept(question, self._pictures(waiting))
            case JudgeConcept():
                return self._judged_concept(question, self._pictures(waiting))
        return self._first_answer(waiting, question, searcher)

    def _first_answer(self, waiting: _Waiting, question: Search, searcher: Searcher) -> Event:
        asked = searcher.encode(question.query, self._pictures(waiting))
        answer = searcher.first(asked, question.limit)
        refining = searcher.can_refine(asked) and question.limit > 0
        if refining:
            self._to_refine = waiting, asked
        return SearchFinished(
            question.job_id,
            question.query.text,
            self._model_name,
            _passed_ms(waiting),
            answer.hits,
            refining,
            answer.n_excluded,
            asked.n_tokens,
        )

    def _refine(self, waiting: _Waiting, asked: Asked) -> None:
        question, searcher = waiting.question, self._searcher
        assert isinstance(question, Search)
        assert searcher is not None
        answer = searcher.refined(asked, question.limit)
        self.send(
            SearchRefined(question.job_id, _passed_ms(waiting), answer.hits, answer.n_excluded)
        )

    def _saved_concept(self, question: SaveConcept, pictures: list[Picture | None]) -> Event:
        examples = [
            _example(image, picture, accepted=True)
            for image, picture in zip(question.examples, pictures, strict=True)
        ]
        concepts, known_id = self.library().concepts, question.concept_id
        before = None if known_id is None else concepts.as_it_is(known_id)
        concept_id = concepts.save(question.name, examples, known_id)
        return self._told_concept(question.job_id, concept_id, before or ForgetConcept(concept_id))

    def _judged_concept(self, question: JudgeConcept, pictures: list[Picture | None]) -> Event:
        (image,) = _images(question)
        example = _example(image, pictures[0], accepted=question.accepted)
        concepts, concept_id = self.library().concepts, question.concept_id
        before = concepts.as_it_is(concept_id)
        concepts.judge(concept_id, example)
        return self._told_concept(question.job_id, concept_id, before)

    def _told_concept(self, job_id: int, concept_id: int, inverse: Change) -> Event:
        self.send(LibraryChanged(self.library().generation, concepts=True))
        return ConceptSaved(job_id, concept_id, inverse)


def decoded_image(pixels: DecodedPixels) -> Image.Image:
    """Return the picture that a decoder sent."""
    return Image.frombytes("RGB", (pixels.width_px, pixels.height_px), pixels.pixels)


def _images(question: Question) -> tuple[ImageQuery, ...]:
    match question:
        case Search():
            return question.query.images
        case Locate(image=None):
            return (ImageQuery(photo_id=question.photo_id),)
        case Locate(image=ImageQuery() as image):
            return (image,)
        case SuggestBoxes():
            return (question.image,)
        case SaveConcept():
            return question.examples
        case JudgeConcept():
            return (ImageQuery(photo_id=question.photo_id, box=question.box),)
    return ()


def _check(question: Question) -> None:
    """Refuse a question that makes no sense, before anything is decoded for it.

    Raises:
        QueryError: says why, by one of its kinds.
    """
    if isinstance(question, Search):
        check_query(question.query)
        return
    for image in _images(question):
        check_image(image)
        if image.concept_id is not None:
            raise PictureError("A concept is no picture; choose a photo or draw a box.")
    if isinstance(question, JudgeConcept) and question.box is not None:
        check_box(question.box)


def _example(image: ImageQuery, picture: Picture | None, *, accepted: bool) -> NewExample:
    assert picture is not None
    return NewExample(picture.example_jpeg(), image.photo_id, image.box, accepted)


def _opened(question: OpenPhoto, pixels: DecodedPixels) -> PhotoOpened:
    return PhotoOpened(
        question.job_id,
        question.photo_id,
        pixels.width_px,
        pixels.height_px,
        pixels.full_width_px,
        pixels.full_height_px,
        pixels.pixels,
    )


def _located(question: Locate, searcher: Searcher, image: Image.Image) -> PhotoLocated:
    photo_id = question.photo_id if question.image is None else None
    places = searcher.locate(question.texts, image, photo_id)
    return PhotoLocated(
        question.job_id,
        question.photo_id,
        *places[0].heat.shape,
        tuple(
            LocatedPhrase(text, place.score, place.region, place.heat.tobytes())
            for text, place in zip(question.texts, places, strict=True)
        ),
    )


def _passed_ms(waiting: _Waiting) -> float:
    return (time.monotonic() - waiting.started_s) * 1000
