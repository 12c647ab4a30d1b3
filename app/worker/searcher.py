"""Answers questions: which photos fit words or a picture, and where in a photo a phrase fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from app.core.asking import Box, ImageQuery, Query
from app.core.errors import ModelError, QueryError
from app.core.library import Library
from app.core.library.vector_index import VectorIndex
from app.core.messages import Hit, PhraseHit, Search
from app.core.queries import parse_query
from app.core.ranking import BACKGROUND_PHOTOS, PROBES, Background, match_of, score
from app.worker.encoding import EncoderLike, Vectors

Kind = Literal["text", "image", "mixed"]
Floats = npt.NDArray[np.float32]

QUERY_SIDE_PX = 1024
_SEED = 20240501
_STALE_GROWTH = 1.2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase fits in a photo: heat is (rows, columns) float32 in 0..1."""

    score: float
    region: Box | None
    heat: Floats


@dataclass(frozen=True, slots=True)
class _Measured:
    """A background, the photos it was measured on, and how many vectors there were then."""

    background: Background
    sample: Floats
    n_vectors: int


def check_query(query: Query) -> None:
    """Refuse a question that asks nothing or points outside a picture.

    Raises:
        QueryError: no words and no picture, or a box that is not inside 0..1.
    """
    if not query.images:
        if not parse_query(query.text).phrases:
            raise QueryError("There is nothing to search for: type some words or give a picture.")
        return
    image = query.images[0]
    given = [image.photo_id is not None, image.path is not None, image.pixels is not None]
    if sum(given) != 1:
        raise QueryError("A picture to search by is one photo, one file or one set of pixels.")
    if image.pixels is not None and (
        min(image.width_px, image.height_px) < 1
        or len(image.pixels) != image.width_px * image.height_px * 3
    ):
        raise QueryError("The pasted picture is incomplete.")
    if image.box is not None:
        check_box(image.box)


def check_box(box: Box) -> None:
    """Refuse a box without area or not inside the picture.

    Raises:
        QueryError: says the box.
    """
    x0, y0, x1, y1 = box
    if not (0.0 <= x0 < x1 <= 1.0 and 0.0 <= y0 < y1 <= 1.0):
        raise QueryError(f"The box {box} is not inside the picture.", box=str(box))


def pasted_image(query: ImageQuery) -> Image.Image:
    """The picture that came as pixels, cut to its box."""
    assert query.pixels is not None
    image = Image.frombytes("RGB", (query.width_px, query.height_px), query.pixels)
    if query.box is None:
        return image
    x0, y0, x1, y1 = query.box
    left, top = int(x0 * image.width), int(y0 * image.height)
    right = max(round(x1 * image.width), left + 1)
    bottom = max(round(y1 * image.height), top + 1)
    return image.crop((left, top, right, bottom))


class Searcher:
    """Encodes questions and ranks photos against the library's own background.

    Args:
        library: read only here.
        index: of the photo vectors of ``encoder``'s model.
        encoder: for words and pictures.
        patches: budget of a query picture, the one that photos were encoded with.
    """

    def __init__(
        self, library: Library, index: VectorIndex, encoder: EncoderLike, patches: int
    ) -> None:
        self._library = library
        self._index = index
        self._encoder = encoder
        self._patches = patches
        self._backgrounds: dict[Kind, _Measured] = {}

    def search(self, question: Search, image: Image.Image | None = None) -> tuple[Hit, ...]:
        """The photos that fit best, best first; at most ``question.limit``.

        Args:
            question: checked by ``check_query``.
            image: the query picture, decoded and cut to its box.

        Raises:
            ModelError: the model cannot encode the question.
        """
        if not len(self._index) or question.limit < 1:
            return ()
        query = parse_query(question.query.text)
        phrases = [phrase.text for phrase in query.wanted]
        text = query.text if phrases else ""
        vector, phrase_vectors, kind = self._encode(text, phrases, image)
        allowed = None
        if question.query.filters.root_ids:
            allowed = self._library.photo_ids(question.query.filters.root_ids[0])
        ids, cosines = self._index.search(vector, question.limit, allowed)
        scores = self._scores(cosines, vector, kind)
        order = np.argsort(-scores, kind="stable")
        ids, scores = ids[order], scores[order]
        per_phrase = self._phrase_hits(phrases, phrase_vectors, ids, scores, kind)
        return tuple(
            Hit(int(photo_id), float(value), match_of(value), None, phrases_of_hit)
            for photo_id, value, phrases_of_hit in zip(ids, scores, per_phrase, strict=True)
        )

    def locate(self, text: str, image: Image.Image) -> Place:
        """Where a phrase fits in a picture.

        Raises:
            QueryError: there are no words.
            ModelError: the model cannot encode them.
        """
        phrase = parse_query(text).text
        if not phrase:
            raise QueryError("There is nothing to look for in the photo: type some words.")
        from fgclip2 import FgclipError, similar_region

        try:
            vector = self._encoder.encode_texts([phrase], mode="box")[0]
            dense = self._encoder.encode_dense(image)
        except FgclipError as error:
            raise ModelError(f"The model cannot encode this: {error}") from error
        found = similar_region(vector, dense)
        return Place(float(np.clip(found.score, 0.0, 1.0)), found.box, _unit_range(found.heat))

    def warm_up(self) -> None:
        """Do once what the first question would otherwise wait for."""
        if len(self._index):
            self._measured("text")
        else:
            self._texts([PROBES[0]])

    # ------------------------------------------------------------ vectors of a question

    def _encode(
        self, text: str, phrases: Sequence[str], image: Image.Image | None
    ) -> tuple[Floats, Vectors, Kind]:
        """The question's unit vector, those of its phrases, and its kind."""
        parts = list(phrases) if len(phrases) > 1 else []
        texts = self._texts([text, *parts]) if text else self._nothing()
        phrase_vectors = texts[1:] if parts else texts[: len(phrases)]
        if image is None:
            return texts[0], phrase_vectors, "text"
        picture = self._images([image])[0]
        if not text:
            return picture, phrase_vectors, "image"
        return _unit(picture + texts[0]), phrase_vectors, "mixed"

    def _phrase_hits(
        self,
        phrases: Sequence[str],
        vectors: Vectors,
        ids: npt.NDArray[np.int64],
        scores: Floats,
        kind: Kind,
    ) -> list[tuple[PhraseHit, ...]]:
        if not phrases:
            return [()] * len(ids)
        if len(phrases) == 1 and kind == "text":
            columns = [scores]
        else:
            columns = [self._scores(self._index.cosines(row, ids), row, "text") for row in vectors]
        return [
            tuple(
                PhraseHit(phrase, float(column[place]), None)
                for phrase, column in zip(phrases, columns, strict=True)
            )
            for place in range(len(ids))
        ]

    def _texts(self, texts: list[str]) -> Vectors:
        from fgclip2 import FgclipError

        try:
            return self._encoder.encode_texts(texts)
        except FgclipError as error:
            raise ModelError(f"The model cannot encode these words: {error}") from error

    def _images(self, images: list[Image.Image]) -> Vectors:
        from fgclip2 import FgclipError

        try:
            return self._encoder.encode_images(images, patches=self._patches)
        except FgclipError as error:
            raise ModelError(f"The model cannot encode this picture: {error}") from error

    def _nothing(self) -> Vectors:
        return np.zeros((0, self._encoder.dim), np.float32)

    # ------------------------------------------------------------ the library's background

    def _scores(self, cosines: Floats, vector: Floats, kind: Kind) -> Floats:
        measured = self._measured(kind)
        background = measured.background
        if kind != "image":
            background = background.for_query(measured.sample @ vector, len(self._index))
        return score(cosines, background)

    def _measured(self, kind: Kind) -> _Measured:
        """How questions of a kind score against photos they are not about.

        Measured again when the library has grown or shrunk by a fifth.
        """
        known = self._backgrounds.get(kind)
        n_vectors = len(self._index)
        if known is not None:
            smaller, larger = sorted((known.n_vectors, n_vectors))
            if larger <= smaller * _STALE_GROWTH:
                return known
        sample = np.asarray(self._index.sample(BACKGROUND_PHOTOS, _SEED), np.float32)
        if kind == "image":
            background = Background.of_pictures(sample)
        else:
            background = Background.measure(sample, self._probes(kind, sample))
        measured = _Measured(background, sample, n_vectors)
        self._backgrounds[kind] = measured
        return measured

    def _probes(self, kind: Kind, sample: Floats) -> Floats:
        """Questions that are about nothing in particular, with or without a picture."""
        texts = self._texts(list(PROBES))
        if kind == "text":
            return texts
        photos = sample[:: max(1, len(sample) // max(len(PROBES), 1))][: len(PROBES)]
        mixed = photos + texts[: len(photos)]
        norms = np.linalg.norm(mixed, axis=1, keepdims=True)
        unit: Floats = mixed / np.maximum(norms, np.float32(1e-12))
        return unit


def _unit(vector: Floats) -> Floats:
    unit: Floats = vector / max(float(np.linalg.norm(vector)), 1e-12)
    return unit


def _unit_range(heat: Floats) -> Floats:
    """Heat stretched to 0..1 from the map's median to its peak, so that the ground stays cold."""
    low, high = float(np.median(heat)), float(heat.max())
    if high <= low:
        return np.zeros_like(heat)
    stretched: Floats = np.clip((heat - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return stretched
