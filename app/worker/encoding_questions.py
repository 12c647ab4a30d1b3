"""Questions as vectors: what is asked, encoded once for both steps of a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.core.asking import Box, ImageQuery, Need, Phrase, Query
from app.core.errors import AllRejectedError, ModelError
from app.core.language.near_misses import generated_misses
from app.core.language.places import Place, split_place
from app.core.language.traditional import simplified
from app.core.library import Library
from app.core.library.rows import Example, Int64Array
from app.core.queries import parse_query
from app.worker.budgets import fine_budget
from app.worker.encoding import EncoderLike, Vectors
from app.worker.fine_pass import unit_rows
from app.worker.pictures import Picture

_REJECTED_WEIGHT = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class AskedPhrase:
    """A phrase as vectors: (E,) for photos and for regions, (k, E) of its near misses."""

    phrase: Phrase
    photo: Vectors
    region: Vectors
    photo_misses: Vectors
    region_misses: Vectors
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AskedPicture:
    """A picture as vectors; ``region`` is None where the whole picture counts.

    ``own_id`` is the photo of the library that it is or was cut from, ``box`` the part that counts.
    """

    need: Need
    photo: Vectors
    region: Vectors | None
    rejected_ids: tuple[int, ...] = ()
    own_id: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question, encoded.

    Attributes:
        text: the vector of all words, None where they are one phrase or none.
        phrases: wanted and excluded ones.
        pictures: those of the query, in order.
        allowed_ids: photos that the filters let through, newest first; None without filters.
        n_tokens: of the text, with its end mark.
    """

    text: Vectors | None
    phrases: tuple[AskedPhrase, ...]
    pictures: tuple[AskedPicture, ...]
    allowed_ids: Int64Array | None
    n_tokens: int = 0

    @property
    def names_something(self) -> bool:
        """Whether it has phrases or pictures, wanted or excluded; else photos are simply listed."""
        return bool(self.phrases or self.pictures)

    @property
    def wants_something(self) -> bool:
        """Whether anything is looked for; else there are exclusions at most."""
        parts = (*(asked.phrase.need for asked in self.phrases), *(p.need for p in self.pictures))
        return any(need != "excluded" for need in parts)

    def photo_vectors(self) -> list[Vectors]:
        """Return the vectors of all that is wanted, (E,) each; of exclusions if nothing else is."""
        parts = [(each.phrase.need, each.photo) for each in self.phrases]
        parts += [(each.need, each.photo) for each in self.pictures]
        wanted = [vector for need, vector in parts if need != "excluded"]
        if self.text is not None:
            wanted.append(self.text)
        return wanted or [vector for _, vector in parts]


@dataclass(slots=True, eq=False)
class QuestionEncoder:
    """Encodes words, pictures and concepts.

    Args:
        library: read only here.
        encoder: for words and pictures.
    """

    library: Library
    encoder: EncoderLike
    _examples: dict[int, tuple[Vectors, Vectors]] = field(default_factory=dict)

    def encode(self, query: Query, pictures: Sequence[Picture | None]) -> Asked:
        """Return a question as vectors.

        Args:
            query: checked by ``check_query``.
            pictures: decoded, one for each of the query's images; None for a concept.

        Raises:
            ModelError: the model cannot encode it.
            ConceptMissingError: a concept that is not there.
            AllRejectedError: a concept of which no example is left.
        """
        parsed = parse_query(query.text)
        phrases = parsed.phrases if query.phrases is None else query.phrases
        described = parsed.text
        if query.phrases is not None:
            described = ", ".join(each.text for each in phrases if each.need != "excluded")
        allowed = None
        if not (parsed.filters.is_empty and query.filters.is_empty):
            allowed = self.library.photo_ids_matching(parsed.filters, query.filters)
        n_wanted = sum(phrase.need != "excluded" for phrase in phrases)
        text, asked = self._words(phrases, [described] if n_wanted > 1 else [])
        return Asked(
            text,
            asked,
            tuple(
                self._picture(image, picture)
                for image, picture in zip(query.images, pictures, strict=True)
            ),
            allowed,
            self.encoder.token_count(simplified(described)) if described else 0,
        )

    def phrases(self, texts: Sequence[str]) -> tuple[AskedPhrase, ...]:
        """Return phrases as vectors, each by itself.

        Raises:
            ModelError: the model cannot encode them.
        """
        return self._words([Phrase(text) for text in texts], [])[1]

    def texts(self, texts: Sequence[str], mode: str = "auto") -> Vectors:
        """Return the vectors of texts, (n, E).

        Raises:
            ModelError: the model cannot encode them.
        """
        from fgclip2 import FgclipError

        if not texts:
            return np.zeros((0, self.encoder.dim), np.float32)
        try:
            return self.encoder.encode_texts([simplified(text) for text in texts], mode=mode)
        except FgclipError as error:
            raise ModelError(f"The model cannot encode these words: {error}") from error

    def picture_vectors(self, picture: Picture) -> tuple[Vectors, Vectors]:
        """Return a picture's vectors, (E,) each: of its part alone, and of the part as a region.

        Raises:
            ModelError: the model cannot encode it.
        """
        from fgclip2 import FgclipError
        from fgclip2.regions import pool_regions

        most_patches = self.encoder.fine_patches
        fine = fine_budget(most_patches, *picture.whole.size)
        own = fine_budget(most_patches, *picture.part.size)  # as photos have in the end
        try:
            photo = self.encoder.encode_images([picture.part], patches=own)[0]
            _, maps = self.encoder.encode_images_and_dense(
                [picture.whole], patches=fine, normalize=False
            )
        except FgclipError as error:
            raise ModelError(f"The model cannot encode this picture: {error}") from error
        box = picture.box or (0.0, 0.0, 1.0, 1.0)
        return photo, unit_rows(pool_regions(maps[0], [box], (1, 1)))[0]

    def _words(
        self, phrases: Sequence[Phrase], described: Sequence[str]
    ) -> tuple[Vectors | None, tuple[AskedPhrase, ...]]:
        """The vector of what is described, if it is given, and those of phrases, in one batch."""
        placed = [split_place(phrase.text) for phrase in phrases]
        named = [
            [each.text, *generated_misses(each.text, phrase.unlike)]
            for each, phrase in zip(placed, phrases, strict=True)
        ]
        every = [text for texts in named for text in texts]
        stops = np.cumsum([len(texts) for texts in named], dtype=np.int64)
        *photo, rest = np.split(self.texts([*every, *described]), stops)
        *region, _ = np.split(self.texts(every, mode="box"), stops)
        asked = (
            AskedPhrase(phrase, own[0], box[0], own[1:], box[1:], each.places)
            for phrase, each, own, box in zip(phrases, placed, photo, region, strict=True)
        )
        return rest[0] if described else None, tuple(asked)

    def _picture(self, image: ImageQuery, picture: Picture | None) -> AskedPicture:
        if image.concept_id is not None:
            return self._concept(image.concept_id, image.need)
        assert picture is not None
        photo, region = self.picture_vectors(picture)
        own_id = image.photo_id
        if image.path is not None:
            own_id = self.library.photo_id_at(image.path)
        return AskedPicture(
            image.need,
            photo,
            None if image.box is None else region,
            own_id=own_id,
            box=picture.box,
        )

    def _concept(self, concept_id: int, need: Need) -> AskedPicture:
        """A concept is the mean of what was accepted, less a part of what was rejected."""
        examples = self.library.concepts.examples(concept_id)
        accepted = [self._example(each) for each in examples if each.accepted]
        if not accepted:
            raise AllRejectedError(
                "All examples of this concept were rejected; give it one that fits."
            )
        rejected = [self._example(each) for each in examples if not each.accepted]
        mean = [np.mean([pair[at] for pair in accepted], axis=0) for at in (0, 1)]
        if rejected:
            away = [np.mean([pair[at] for pair in rejected], axis=0) for at in (0, 1)]
            mean = [mean[at] - _REJECTED_WEIGHT * away[at] for at in (0, 1)]
        photo, region = (unit_rows(vector[None])[0] for vector in mean)
        ids = (each.photo_id for each in examples if not each.accepted)
        return AskedPicture(need, photo, region, tuple(i for i in ids if i is not None))

    def _example(self, example: Example) -> tuple[Vectors, Vectors]:
        known = self._examples.get(example.id)
        if known is None:
            picture = Picture.of_example(example.picture)
            known = self._examples[example.id] = self.picture_vectors(picture)
        return known
