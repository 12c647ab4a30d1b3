"""What people ask, as the window shows it: words with their chips, pictures, filters, a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from app.core.asking import Filters, ImageQuery, Need, Phrase, Query
from app.core.errors import FilterError
from app.core.messages import Hit
from app.ui.scope import ALL_PHOTOS, Scope

if TYPE_CHECKING:
    from app.core.queries import ParsedQuery

NO_FILTERS = Filters()

Verdict = Literal["browsing", "good", "weak", "nothing"]


@dataclass(frozen=True, slots=True)
class PhraseChip:
    """One phrase of the words; a removed one stays to be seen and does not count."""

    phrase: Phrase
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, box or concept that counts, and its name for people."""

    image: ImageQuery
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """All that is asked. ``edited``: people changed the chips, so the text's own do not count."""

    text: str = ""
    chips: tuple[PhraseChip, ...] = ()
    edited: bool = False
    pictures: tuple[Picture, ...] = ()
    filters: Filters = NO_FILTERS
    scope: Scope = ALL_PHOTOS

    @property
    def text_filters(self) -> Filters:
        """The filters that the words say."""
        return _parsed(self.text).filters if self.text else NO_FILTERS

    @property
    def misread(self) -> tuple[FilterError, ...]:
        """Why words that look like filters do not narrow."""
        return _parsed(self.text).misread if self.text else ()

    @property
    def narrowing(self) -> tuple[Filters, ...]:
        """What narrows a list that nothing is looked for in: controls, and words that filter."""
        both = (self.filters, self.text_filters)
        return tuple(filters for filters in both if not filters.is_empty)

    @property
    def narrows_by_marks(self) -> bool:
        """Whether stars or hearts decide which photos count."""
        both = (self.place_filters, self.text_filters)
        return any(filters.favourite or filters.min_rating for filters in both)

    @property
    def is_empty(self) -> bool:
        """Nothing is looked for: a list is shown as it is, narrowed by filters perhaps."""
        return not self.pictures and not any(not chip.removed for chip in self.chips)

    @property
    def is_bare(self) -> bool:
        """Nothing is looked for, and nothing narrows what is shown."""
        return not self.text and not self.pictures and self.filters.is_empty

    @property
    def query(self) -> Query:
        """The same as the engine takes it."""
        phrases = None
        if self.edited:
            phrases = tuple(chip.phrase for chip in self.chips if not chip.removed)
        images = tuple(picture.image for picture in self.pictures)
        return Query(self.text, images, phrases, self.place_filters)

    @property
    def place_filters(self) -> Filters:
        """The filters of the controls and those that the place means."""
        filters = self.filters
        if self.scope.root_id is not None:
            filters = replace(filters, root_ids=(self.scope.root_id,))
        return replace(filters, favourite=True) if self.scope.favourites else filters

    @property
    def label(self) -> str:
        """A short name for people: the words and the pictures."""
        labels = (picture.label for picture in self.pictures)
        return " + ".join(filter(None, (self.query.words, *labels)))

    @property
    def wanted_text(self) -> str:
        """The words that are looked for; what was taken out or excluded is not among them."""
        if not self.edited:
            return self.text
        wanted = (chip.phrase for chip in self.chips if not chip.removed)
        return ", ".join(_whole(phrase.text) for phrase in wanted if phrase.need != "excluded")

    # ------------------------------------------------------------ changed in one respect

    def with_text(self, text: str) -> Question:
        """Other words, with the chips that they split into.

        What people said of a chip holds on while its words stay as they were typed.
        """
        typed = chips_of(text)
        if not self.edited:
            return replace(self, text=text, chips=typed)
        before = chips_of(self.text)
        said = {chip.phrase.text: chip for chip in self.chips}
        chips = tuple(
            said.get(chip.phrase.text, PhraseChip(chip.phrase, removed=True))
            if chip in before
            else chip
            for chip in typed
        )
        return replace(self, text=text, chips=chips, edited=chips != typed)

    def without_text_filter(self, left: Filters) -> Question:
        """The words without those that say a filter; ``left``: the filters that are to stay."""
        from app.core.taking_out import without_filter

        return self.with_text(without_filter(self.text, left))

    def without_misread(self, number: int) -> Question:
        """The words without those that look like a filter and are none; which of ``misread``."""
        from app.core.taking_out import without_misread

        return self.with_text(without_misread(self.text, number))

    def with_need(self, number: int, need: Need | None) -> Question:
        """One chip required, optional or excluded; None takes it out."""
        chip = self.chips[number]
        removed = need is None
        phrase = chip.phrase if need is None else replace(chip.phrase, need=need)
        chips = list(self.chips)
        chips[number] = PhraseChip(phrase, removed)
        return replace(self, chips=tuple(chips), edited=True)

    def with_picture_need(self, number: int, need: Need | None) -> Question:
        """One picture required, optional or excluded; None takes it away."""
        pictures = list(self.pictures)
        if need is None:
            del pictures[number]
        else:
            picture = pictures[number]
            pictures[number] = replace(picture, image=replace(picture.image, need=need))
        return replace(self, pictures=tuple(pictures))

    def with_picture(self, picture: Picture) -> Question:
        """One picture more; the same picture is not there twice."""
        rest = tuple(each for each in self.pictures if each.image != picture.image)
        return replace(self, pictures=(*rest, picture))


def chips_of(text: str) -> tuple[PhraseChip, ...]:
    """The chips that words split into."""
    return tuple(PhraseChip(phrase) for phrase in _parsed(text).phrases) if text else ()


def _whole(text: str) -> str:
    """The words of a phrase as they are typed to stay one: in quotes where they would be split."""
    is_one = [phrase.text for phrase in _parsed(text).phrases] == [text]
    return text if is_one else f'"{text}"'


def _parsed(text: str) -> ParsedQuery:
    return _parsed_on(text, date.today())


@lru_cache(maxsize=16)
def _parsed_on(text: str, today: date) -> ParsedQuery:
    # The rules of two languages take a while to compile: not before the first paint.
    from app.core.queries import parse_query

    return parse_query(text, today)


def question_of(query: Query, labels: tuple[str, ...], scope: Scope = ALL_PHOTOS) -> Question:
    """The question that a saved query was; ``labels`` name its pictures."""
    chips = chips_of(query.text)
    if query.phrases is not None:
        chips = tuple(PhraseChip(phrase) for phrase in query.phrases)
    pictures = tuple(Picture(*pair) for pair in zip(query.images, labels, strict=True))
    edited = query.phrases is not None
    return Question(query.text, chips, edited, pictures, query.filters, scope)


def chip_colors(chips: tuple[PhraseChip, ...]) -> Iterator[int | None]:
    """The number of each chip's colour: that of its place among the hits' phrases, or None."""
    number = 0
    for chip in chips:
        if chip.removed or chip.phrase.need == "excluded":
            yield None
        else:
            yield number
            number += 1


def picture_colors(question: Question) -> Iterator[int | None]:
    """The number of each picture's colour, after those of the phrases; None for excluded ones."""
    number = sum(color is not None for color in chip_colors(question.chips))
    for picture in question.pictures:
        if picture.image.need == "excluded":
            yield None
        else:
            yield number
            number += 1


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What the grid shows. ``weak_from`` is the first row of weak matches, None without any.

    ``refining``: a better order is on its way. ``n_excluded`` photos show what was excluded.
    """

    question: Question
    ids: npt.NDArray[np.int64]
    hits: dict[int, Hit]
    weak_from: int | None
    verdict: Verdict
    took_ms: float = 0.0
    is_refresh: bool = False
    refining: bool = False
    n_excluded: int = 0
    n_tokens: int = 0

    @property
    def n_good(self) -> int:
        """How many photos fit; the weak matches are not counted."""
        return len(self.ids) if self.weak_from is None else self.weak_from


def results_of(question: Question, hits: tuple[Hit, ...]) -> Results:
    """Hits as the grid shows them."""
    weak_from = next((row for row, hit in enumerate(hits) if hit.match == "weak"), None)
    verdict: Verdict = "good"
    if not hits:
        verdict = "nothing"
    elif weak_from == 0:
        verdict = "weak"
    return Results(
        question,
        np.array([hit.photo_id for hit in hits], dtype=np.int64),
        {hit.photo_id: hit for hit in hits},
        weak_from,
        verdict,
    )


def in_old_order(before: Results, after: Results) -> Results:
    """New hits in the order of the old ones; what is new comes last in its group."""
    place = {int(photo_id): at for at, photo_id in enumerate(before.ids)}
    ids = sorted(
        (int(photo_id) for photo_id in after.ids),
        key=lambda photo_id: (
            after.hits[photo_id].match == "weak",
            place.get(photo_id, len(place)),
        ),
    )
    return replace(after, ids=np.array(ids, dtype=np.int64))
