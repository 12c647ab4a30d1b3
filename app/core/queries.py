"""The query as typed, made ready to run: what is described, its phrases, and its filters.

    a girl with a red hat, no cars, last summer
    └─────┘      └───────┘     └──┘  └─────────┘
    phrase       phrase    excluded  filter

Quoted parts stay whole. ``-word``, "without ...", "not ...", 没有…, 不要… exclude; ``+word``
requires. "not" and 不是 with another attribute of the phrase before it ("red cup, not blue") are a
contrast; with one of a family that it does not name ("a cup that is not red") they exclude that
thing. Where a text is cut: ``app/core/language/clauses.py``; filters: ``filter_words.py`` beside
it; places: ``places.py``; words that only ask: ``request_words.py``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from app.core.asking import Filters, Phrase
from app.core.errors import FilterError
from app.core.language.clauses import HIDDEN, Piece, pieces_of
from app.core.language.combining import combined
from app.core.language.filter_words import blanked, find_filters
from app.core.language.near_misses import (
    is_attributes_only,
    is_contrast,
    misses_named,
    with_attributes,
)
from app.core.language.places import is_side, split_place, with_place
from app.core.language.request_words import EDGES, names_no_thing, without_request
from app.core.language.traditional import simplified

# More than twice what the encoders read of a text (196 tokens).
MAX_TEXT_CHARS = 2_000
_SPACES = re.compile(r"\s+")
_SPACES_BEFORE_MARKS = re.compile(r"\s+(?=[,，、;；。])")
_QUOTED = re.compile(
    '"([^"]*)"|“([^”]*)”|「([^」]*)」|『([^』]*)』|«([^»]*)»|(?<![A-Za-z])‘([^‘]*?)’(?![A-Za-z])'
)
_BRACKETS = re.compile(r"\s*[()（）]\s*")
# What stands behind an exclusion and belongs to the negation: "no furniture at all".
_OF_NEGATION = re.compile(
    r"(?<=\S)\s+(?:at\s+all|around|whatsoever|anywhere|in\s+(?:sight|view))$", re.IGNORECASE
)
# With attributes alone after it, it speaks of what is named next: "a red and a blue umbrella".
_SHARES_THING = re.compile(r"(?:an?|one|the)\s(?!.*\bones?$)", re.IGNORECASE)
# Full-width letters, digits and signs that mean something here; other marks stay as typed.
_FULL_WIDTH = (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
_FOLDED = {code: code - 0xFEE0 for code in (*_FULL_WIDTH, *map(ord, "＂＋＝＞＜"))}
_JOINERS = "\u200c\u200d"  # within words of other scripts, and within emoji
_FULL_WIDTH_MARKS = re.compile("(?<=[0-9])[／．－：～](?=[0-9])")  # ２０２０／５／５

PartKind = Literal["phrase", "filter", "misread"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the text that became something: ``source[start:stop]``.

    ``phrase`` is set for phrases (an exclusion too), ``filters`` for filters; a contrast has the
    phrase that it belongs to. "misread" looks like a filter and is none. A filter in the middle of
    a phrase lies within the phrase's part.
    """

    kind: PartKind
    start: int
    stop: int
    phrase: Phrase | None = None
    filters: Filters | None = None


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, understood.

    Attributes:
        source: the text as typed, NFC, spaces tidied; what ``parts`` count in.
        text: what is described, without exclusions, filters and quotes; for the photo vector.
        phrases: in order, no doubles; one alone for a simple query.
        filters: all that the text filters by, together.
        parts: from left to right.
        misread: why parts that look like filters do not narrow, in order.
    """

    source: str
    text: str
    phrases: tuple[Phrase, ...]
    filters: Filters
    parts: tuple[Part, ...]
    misread: tuple[FilterError, ...] = ()

    @property
    def wanted(self) -> tuple[Phrase, ...]:
        """The phrases that are looked for."""
        return tuple(phrase for phrase in self.phrases if phrase.need != "excluded")


def parse_query(text: str, today: date | None = None) -> ParsedQuery:
    """Return a query for any text whatsoever; it never fails.

    Args:
        text: as typed; what follows ``MAX_TEXT_CHARS`` characters is not read.
        today: what "last summer" is counted from; today without it.
    """
    source = tidy(text)[:MAX_TEXT_CHARS].rstrip()
    hidden = simplified(_QUOTED.sub(lambda match: HIDDEN * len(match[0]), source))
    found = find_filters(hidden, lambda start, stop: source[start:stop], today or date.today())
    hidden = blanked(hidden, found)
    pieces = [piece for piece in pieces_of(hidden) if _shown(source, hidden, piece)]
    things = [
        piece
        for piece in pieces
        if not names_no_thing(_shown(source, hidden, piece), is_first=piece == pieces[0])
    ]
    pieces = things if things or found else pieces
    parts = _phrase_parts(source, hidden, pieces)
    filters = [
        Part("filter", f.start, f.stop, filters=f.filters)
        if f.error is None
        else Part("misread", f.start, f.stop)
        for f in found
    ]
    phrases = tuple(dict.fromkeys(part.phrase for part in parts if part.phrase is not None))
    described = _described(source, hidden, pieces)
    return ParsedQuery(
        source,
        described,
        phrases,
        combined([each.filters for each in found])[0],
        tuple(sorted([*parts, *filters], key=lambda part: part.start)),
        tuple(each.error for each in found if each.error is not None),
    )


def tidy(text: str) -> str:
    """Return a text in NFC, tidied.

    Control characters and others without width, lone surrogates and doubled spaces go; full-width
    letters and digits become plain ones.
    """
    kept = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
        if character in _JOINERS or unicodedata.category(character) not in ("Cs", "Co", "Cf")
    )
    kept = _FULL_WIDTH_MARKS.sub(lambda match: chr(ord(match[0]) - 0xFEE0), kept.translate(_FOLDED))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip()


# ---------------------------------------------------------------- phrases


def _shown(source: str, hidden: str, piece: Piece) -> str:
    """Return the text of a piece without quotes, filters and words that only join."""
    words = without_request(_spoken(source, hidden, piece.start, piece.stop))
    if piece.need == "excluded":
        words = _excluded_words(words, piece)
    return with_place(words, piece.place) if piece.place and words else words


def _excluded_words(words: str, piece: Piece) -> str:
    """Return what an exclusion names, without what belongs to its negation."""
    # "nobody", "no one is smiling", "without anyone"
    any_ = "(?:any)?" if piece.negation.rstrip().lower().endswith("no") else "any"
    words = _OF_NEGATION.sub("", re.sub(rf"^{any_}(?:body|one)\b", "person", words))
    if piece.qualifies:
        words = words.removesuffix("外")  # 除红色外
    if not is_attributes_only(words) and not is_side(words):
        words = words.removesuffix("的")  # 不要有人的
    if piece.negation.endswith(("是", "在")):
        words = re.sub("(?<=.)拍摄?$", "", words)  # 不在北京拍的
    return words


def _spoken(source: str, hidden: str, start: int, stop: int) -> str:
    """Return a part as it was typed, without quotes; filters are spaces."""
    spoken = "".join(
        " " if shown == " " else typed
        for typed, shown in zip(source[start:stop], hidden[start:stop], strict=True)
    )
    return _QUOTED.sub(lambda match: next(filter(None, match.groups()), " "), spoken)


def _phrase_parts(source: str, hidden: str, pieces: list[Piece]) -> list[Part]:
    parts: list[Part] = []
    for place, piece in enumerate(pieces):
        phrase = Phrase(_shown(source, hidden, piece), piece.need)
        at = len(parts) - 1
        if piece.may_contrast and piece.need == "excluded" and not piece.qualifies:
            parts = _with_thing_after(parts, phrase.text)
            at = next((k for k in range(at, -1, -1) if _is_contrasted(parts[k], phrase)), -1)
            if at >= 0:
                parts = _with_contrast(parts, at, phrase.text, piece)
                continue
        shares = piece.need != "excluded" and _shares_thing(phrase.text)
        around = pieces[place:] if piece.qualifies or shares else pieces[:place][::-1]
        if piece.may_contrast and all(each.need == "excluded" for each in around):
            around = pieces[place:]  # "not blue, red cups"
        named = (_shown(source, hidden, p) for p in around if p.need != "excluded")
        thing = next((text for text in named if not (shares and is_attributes_only(text))), "")
        if thing and (shares or piece.may_contrast or piece.need == "excluded"):
            refers = shares or piece.may_contrast or piece.qualifies
            phrase = _completed(phrase, thing, refers)
        parts.append(Part("phrase", piece.start, piece.stop, phrase))
    return [part for part in parts if part.phrase is not None]


def _shares_thing(text: str) -> bool:
    """Tell whether attributes may be those of a thing named next: "a red and a blue cup"."""
    is_chinese = text.endswith("的") and is_attributes_only(text)  # 红色的和蓝色的杯子
    return is_chinese or _SHARES_THING.match(text) is not None


def _completed(phrase: Phrase, thing: str, refers: bool) -> Phrase:
    """Return a phrase that names no thing with the thing that it speaks of: "a cup, not red"."""
    if not refers and not phrase.text.endswith(("的", " one", " ones")):
        return phrase
    if is_side(phrase.text):
        return replace(phrase, text=with_place(split_place(thing).text, phrase.text))
    if is_attributes_only(phrase.text):
        return replace(phrase, text=with_attributes(thing, phrase.text))
    return phrase


def _with_thing_after(parts: list[Part], excluded: str) -> list[Part]:
    """Return the parts in which attributes alone got the thing that a contrast names after them.

    三只而不是两只狗 and "red, not blue cups" look for 三只狗 and "red cups".
    """
    phrase = parts[-1].phrase if parts else None
    if phrase is None or phrase.need == "excluded" or not is_attributes_only(phrase.text):
        return parts
    named = () if is_attributes_only(excluded) else misses_named(excluded, phrase.text)
    text = named[0] if named else phrase.text
    return [*parts[:-1], replace(parts[-1], phrase=replace(phrase, text=text))]


def _is_contrasted(part: Part, excluded: Phrase) -> bool:
    phrase = part.phrase
    if phrase is None or phrase.need == "excluded":
        return False
    return is_contrast(excluded.text) and bool(misses_named(phrase.text, excluded.text))


def _with_contrast(parts: list[Part], at: int, named: str, piece: Piece) -> list[Part]:
    """Return the parts with a contrast added to the phrase at a place, and its own part."""
    phrase = parts[at].phrase
    assert phrase is not None
    misses = misses_named(phrase.text, named)
    better = replace(phrase, unlike=tuple(dict.fromkeys(phrase.unlike + misses)))
    changed = [replace(part, phrase=better) if part.phrase == phrase else part for part in parts]
    return [*changed, Part("phrase", piece.start, piece.stop, better)]


def _described(source: str, hidden: str, pieces: list[Piece]) -> str:
    """Return the text without exclusions and contrasts, its own words between the rest."""
    described: list[str] = []
    last_stop = 0
    for piece in pieces:
        if piece.need == "excluded":
            last_stop = -1
            continue
        between = _spoken(source, hidden, last_stop, piece.start) if last_stop > 0 else ""
        between = _BRACKETS.sub(", ", between)
        described.append(between + _spoken(source, hidden, piece.start, piece.stop))
        if last_stop < 0 and len(described) > 1:
            described[-2] = described[-2].rstrip(EDGES)
            described[-1] = ", " + described[-1].lstrip(EDGES)
        last_stop = piece.stop
    return _SPACES_BEFORE_MARKS.sub("", _SPACES.sub(" ", "".join(described))).strip(EDGES)
