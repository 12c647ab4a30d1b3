"""Answers questions: which photos fit words or pictures, and where in a photo a phrase fits.

A search has two steps. The first ranks photos by their own vectors; the second takes the best of
them and the photos that hold the nearest regions, and ranks all of these by both. Up to
``ALL_PHOTOS`` photos, and as many that filters let through, every one is judged in both steps.
Where exclusions leave too few of a larger library, the next best are judged as well, so many at a
time, until there are enough or ``MOST_WIDENED`` more were looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from app.core.asking import Box, Query
from app.core.errors import EmptyQueryError, ModelError
from app.core.library import Library
from app.core.library.region_index import RegionIndex
from app.core.library.rows import Int64Array
from app.core.library.vector_index import VectorIndex
from app.core.messages import Hit, ImageHit, PhraseHit
from app.core.queries import parse_query
from app.core.ranking import match_of, score_of_excess
from app.core.region_choice import choose_boxes
from app.worker.backgrounds import BackgroundKeeper, best_of_photos
from app.worker.budgets import fine_budget
from app.worker.encoding import EncoderLike
from app.worker.encoding_questions import Asked, AskedPhrase, QuestionEncoder
from app.worker.evidence import (
    Candidates,
    Evidence,
    fitting_boxes,
    phrase_evidence,
    picture_evidence,
    text_excess,
    together,
)
from app.worker.fine_pass import unit_rows
from app.worker.pictures import Picture

Floats = npt.NDArray[np.float32]

MAX_SUGGESTIONS = 12
ALL_PHOTOS = 2000
ALL_PHOTO_VECTORS = 20_000
MOST_WIDENED = 20_000
_FROM_FIRST_STEP = 300
_FROM_REGIONS = 300
_SHORT_LIST = 4
# What must not be there is left out from this excess on, also where it is no sure match.
EXCLUDED_FROM = -2.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase fits in a photo: heat is (rows, columns) float32 in 0..1."""

    score: float
    region: Box | None
    heat: Floats


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits, best first; how many photos were left out because they show what was excluded."""

    hits: tuple[Hit, ...]
    n_excluded: int = 0


class Searcher:
    """Ranks photos against the library's own background.

    Args:
        library: read only here.
        index: of the photo vectors of ``encoder``'s model.
        regions: of its region vectors.
        model_id: of that model.
        encoder: for words and pictures.
    """

    def __init__(
        self,
        library: Library,
        index: VectorIndex,
        regions: RegionIndex,
        model_id: int,
        encoder: EncoderLike,
    ) -> None:
        self._library = library
        self._index = index
        self._regions = regions
        self._model_id = model_id
        self._encoder = encoder
        self.questions = QuestionEncoder(library, encoder)
        self._backgrounds = BackgroundKeeper(
            library, index, regions, model_id, self.questions.texts
        )

    def encode(self, query: Query, pictures: Sequence[Picture | None]) -> Asked:
        """Return a question as vectors, for both steps; see ``QuestionEncoder.encode``."""
        return self.questions.encode(query, pictures)

    def first(self, asked: Asked, limit: int) -> Answer:
        """Return the photos whose own vectors fit best, at most ``limit``."""
        if not asked.names_something:
            return self._listed(asked, limit)
        if not len(self._index):
            return Answer(())
        ids = self._with_own(asked, self._first_ids(asked, limit, ALL_PHOTO_VECTORS))
        return self._answer(asked, ids, limit)

    def refined(self, asked: Asked, limit: int) -> Answer:
        """Return the photos that fit best by their regions too, at most ``limit``."""
        n_first = max(limit, _FROM_FIRST_STEP)
        ids = self._first_ids(asked, n_first, ALL_PHOTOS)
        vectors = [each.region for each in asked.phrases if each.phrase.need != "excluded"]
        vectors += [each.region for each in asked.pictures if each.region is not None]
        if vectors:
            near = self._regions.candidates(np.stack(vectors), _FROM_REGIONS, asked.allowed_ids)
            ids = np.union1d(ids, np.intersect1d(near, self._index.ids()))
        return self._answer(asked, self._with_own(asked, ids), limit, regions=True)

    def can_refine(self, asked: Asked) -> bool:
        """Tell whether regions could change the answer."""
        return len(self._regions) > 0 and asked.names_something

    def locate(
        self, texts: Sequence[str], image: Image.Image, photo_id: int | None = None
    ) -> list[Place]:
        """Return where each phrase fits in a picture, and how well: as a search says it.

        Args:
            texts: the phrases.
            image: the picture.
            photo_id: which photo of the library it is, if it is one.

        Raises:
            EmptyQueryError: one of them has no words.
            ModelError: the model cannot encode them.
        """
        phrases = [parse_query(text).text for text in texts]
        if not phrases or not all(phrases):
            raise EmptyQueryError(
                "There is nothing to look for in the photo. Type what it may show."
            )
        from fgclip2 import FgclipError, similar_region

        try:
            dense = self._encoder.encode_dense(image)
            candidate = self._candidate(image, photo_id)
        except FgclipError as error:
            raise ModelError(f"The model cannot encode this: {error}") from error
        asked = self.questions.phrases(phrases)
        found = [similar_region(each.region, dense) for each in asked]
        return [
            Place(
                self._located_score(phrase, candidate, each.score), each.box, _unit_range(each.heat)
            )
            for phrase, each in zip(asked, found, strict=True)
        ]

    def suggested_boxes(self, picture: Picture) -> tuple[Box, ...]:
        """Return boxes that one could draw in a picture, the most striking first.

        Raises:
            ModelError: the model cannot encode it.
        """
        from fgclip2 import FgclipError

        try:
            dense = self._encoder.encode_dense(picture.part)
        except FgclipError as error:
            raise ModelError(f"The model cannot encode this picture: {error}") from error
        boxes = choose_boxes(dense, MAX_SUGGESTIONS, whole=False)
        return tuple(_box(box) for box in boxes)

    def warm_up(self) -> None:
        """Do once what the first question would otherwise wait for."""
        self._backgrounds.get()

    # ------------------------------------------------------------ candidates

    def _listed(self, asked: Asked, limit: int) -> Answer:
        """All photos that the filters let through, newest first: nothing else was asked."""
        ids = self._library.photo_ids() if asked.allowed_ids is None else asked.allowed_ids
        return Answer(tuple(Hit(int(photo_id), 1.0, "good") for photo_id in ids[:limit]))

    def _allowed_ids(self, asked: Asked) -> Int64Array:
        """Photos with a vector that the filters let through, ascending."""
        ids = np.sort(self._index.ids())
        return ids if asked.allowed_ids is None else np.intersect1d(ids, asked.allowed_ids)

    def _first_ids(self, asked: Asked, limit: int, all_up_to: int) -> Int64Array:
        """Photos to judge: all that may be hits, or the likeliest, ascending."""
        allowed = self._index if asked.allowed_ids is None else asked.allowed_ids
        if len(allowed) <= all_up_to:
            return self._allowed_ids(asked)
        n_photos = _SHORT_LIST * limit
        if not asked.wants_something:
            return np.sort(self._likeliest_first(asked, self._allowed_ids(asked))[:n_photos])
        nearest = [
            self._index.search(vector, n_photos, asked.allowed_ids)[0]
            for vector in asked.photo_vectors()
        ]
        return np.unique(np.concatenate(nearest))

    def _likeliest_first(self, asked: Asked, ids: Int64Array) -> Int64Array:
        """Photos by how like they are to any wanted part, or how unlike to all excluded ones."""
        if not len(ids):
            return ids
        likeness = np.full(len(ids), -np.inf)
        for vector in asked.photo_vectors():
            cosines = self._index.cosines(vector, ids)
            # Words and pictures differ in how high their cosines are.
            deviations = (cosines - cosines.mean()) / max(float(cosines.std()), 1e-6)
            likeness = np.maximum(likeness, deviations)
        return ids[np.argsort(-likeness if asked.wants_something else likeness, kind="stable")]

    def _with_own(self, asked: Asked, ids: Int64Array) -> Int64Array:
        """These photos and those that pictures of the question were taken from."""
        own_ids = [each.own_id for each in asked.pictures if each.own_id is not None]
        if not own_ids:
            return ids
        return np.union1d(ids, np.intersect1d(own_ids, self._allowed_ids(asked)))

    def _candidate(self, image: Image.Image, photo_id: int | None) -> Candidates:
        """One photo as it is stored; as it looks where the library does not have it."""
        if photo_id is not None and photo_id in self._index.ids():
            return self._candidates(np.array([photo_id], np.int64), regions=True)
        patches = fine_budget(self._encoder.fine_patches, *image.size)
        vectors = unit_rows(self._encoder.encode_images([image], patches=patches))
        packed = self._library.regions.load(self._model_id, [])
        nowhere = np.empty(0, np.int64)
        return Candidates(np.zeros(1, np.int64), vectors, packed, packed.vectors(), nowhere)

    def _batches(self, asked: Asked, ids: Int64Array) -> Iterator[Int64Array]:
        """Photos to judge: these, and as long as more are asked for, the likeliest of the rest."""
        yield ids
        rest = np.setdiff1d(self._allowed_ids(asked), ids)
        rest = self._likeliest_first(asked, rest)[:MOST_WIDENED]
        for start in range(0, len(rest), ALL_PHOTOS):
            yield np.sort(rest[start : start + ALL_PHOTOS])

    def _candidates(self, ids: Int64Array, *, regions: bool = False) -> Candidates:
        packed = self._library.regions.load(self._model_id, ids if regions else [])
        rows = np.searchsorted(ids, packed.photo_ids).astype(np.int64)
        # Of unit length again: like photos differ by less than half precision takes from it.
        vectors = unit_rows(self._index.vectors_of(ids))
        return Candidates(ids, vectors, packed, packed.vectors(), rows)

    # ------------------------------------------------------------ judging

    def _answer(
        self, asked: Asked, ids: Int64Array, limit: int, *, regions: bool = False
    ) -> Answer:
        """The best of these photos, or of more where exclusions leave fewer than ``limit``."""
        ranked: list[tuple[float, Hit]] = []
        n_excluded = 0
        for batch in self._batches(asked, ids):
            found, n_more = self._judged(asked, self._candidates(batch, regions=regions), limit)
            ranked = sorted([*ranked, *found], key=lambda each: (-each[0], each[1].photo_id))
            n_excluded += n_more
            if len(ranked) >= limit:
                break
        return Answer(tuple(hit for _, hit in ranked[:limit]), n_excluded)

    def _judged(
        self, asked: Asked, candidates: Candidates, limit: int
    ) -> tuple[list[tuple[float, Hit]], int]:
        """The best candidates with their excess, best first, and how many were left out."""
        grounds, n_photos = self._backgrounds.get(), len(self._index)
        phrases = [
            (each.phrase.need, phrase_evidence(each, candidates, grounds, n_photos))
            for each in asked.phrases
        ]
        pictures = [
            (each.need, picture_evidence(each, candidates, grounds)) for each in asked.pictures
        ]
        wanted = [found for need, found in (*phrases, *pictures) if need != "excluded"]
        parts = [found.excess for found in wanted]
        if asked.text is not None:
            parts.append(text_excess(asked.text, candidates, grounds, n_photos))
        required = [found.excess for need, found in phrases if need == "required"]
        if len(wanted) > 1:
            required += [found.excess for need, found in pictures if need == "required"]
        excluded = self._excluded(asked, candidates, (*phrases, *pictures))
        if parts:
            excess = together(parts, required)
        else:  # only exclusions: the less a photo shows of them, the better
            unwanted = [found.excess for _, found in (*phrases, *pictures)]
            excess = -np.max(unwanted, axis=0)
        order = np.lexsort((candidates.ids, -excess))
        kept = order[~excluded[order]][:limit]
        n_excluded = int(excluded[order[: limit + int(excluded.sum())]].sum())
        scores = score_of_excess(excess)
        names = [each.phrase.text for each in asked.phrases if each.phrase.need != "excluded"]
        shown = [_part_hits(found, candidates, kept) for found in wanted]
        hits = [
            _hit(int(candidates.ids[row]), float(scores[row]), names, [part[at] for part in shown])
            for at, row in enumerate(kept)
        ]
        return list(zip(excess[kept].tolist(), hits, strict=True)), n_excluded

    def _excluded(
        self,
        asked: Asked,
        candidates: Candidates,
        judged: Sequence[tuple[str, Evidence]],
    ) -> npt.NDArray[np.bool_]:
        """Which candidates show what was excluded: as a whole, or in their best region.

        What people said of a photo counts more: one that was rejected does not show the concept.
        """
        excluded = np.zeros(len(candidates.ids), dtype=np.bool_)
        rejected_ids = [()] * len(asked.phrases) + [each.rejected_ids for each in asked.pictures]
        for (need, found), ids in zip(judged, rejected_ids, strict=True):
            rejected = np.isin(candidates.ids, ids)
            if need == "excluded":
                shown = np.fmax(found.excess, found.by_region) >= EXCLUDED_FROM
                excluded |= shown & ~rejected
            else:
                excluded |= rejected
        return excluded

    def _located_score(self, asked: AskedPhrase, candidate: Candidates, cosine: float) -> float:
        """How well a photo fits a phrase; where regions are not stored, its place counts as one."""
        grounds = self._backgrounds.get()
        found = phrase_evidence(asked, candidate, grounds, len(self._index))
        excess = float(found.excess[0])
        if not len(candidate.regions):
            excess = max(excess, self._region_excess(asked.region, cosine))
        return float(score_of_excess(np.array([excess]))[0])

    def _region_excess(self, vector: Floats, cosine: float) -> float:
        """The excess of one cosine with a region, against the library's regions if it has any."""
        grounds = self._backgrounds.get()
        ground = grounds.text_region
        if len(grounds.regions):
            sample = best_of_photos(grounds.region_vectors @ vector, grounds.regions)
            ground = ground.for_query(sample, len(self._index))
        return float(ground.z(np.array([cosine]))[0]) - ground.good_z


def _hit(photo_id: int, score: float, names: Sequence[str], parts: Sequence[ImageHit]) -> Hit:
    """A photo with its parts, phrases first; its region is that of the part that fits best."""
    best = max(parts, key=lambda part: part.score, default=None)
    return Hit(
        photo_id,
        score,
        match_of(score),
        None if best is None else best.region,
        tuple(
            PhraseHit(name, part.score, part.region)
            for name, part in zip(names, parts, strict=False)
        ),
        tuple(parts[len(names) :]),
    )


def _part_hits(found: Evidence, candidates: Candidates, rows: Int64Array) -> list[ImageHit]:
    """How well, and where, some candidates fit one phrase or picture."""
    boxes = fitting_boxes(found, candidates, rows)
    return [
        ImageHit(float(score), None if np.isnan(box[0]) else _box(box))
        for score, box in zip(score_of_excess(found.excess[rows]), boxes, strict=True)
    ]


def _box(sides: Floats) -> Box:
    x0, y0, x1, y1 = (float(side) for side in sides)
    return x0, y0, x1, y1


def _unit_range(heat: Floats) -> Floats:
    """Heat stretched to 0..1 from the map's median to its peak, so that the ground stays cold."""
    low, high = float(np.median(heat)), float(heat.max())
    if high <= low:
        return np.zeros_like(heat)
    stretched: Floats = np.clip((heat - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return stretched
