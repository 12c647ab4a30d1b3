"""The query as typed, made ready to run: what is described, its phrases, and its filters.

    a girl with a red hat, no cars, last summer
    └─────┘      └───────┘     └──┘  └─────────┘
    phrase       phrase    excluded  filter

A text is split at commas and the like of both languages, at conjunctions ("and", "with", "和"),
at relative clauses ("that is ...", "骑着车的…") and at spaces between Han words; quoted parts stay
whole. ``-word``, "without ...", "not ...", 没有…, 不要… exclude; ``+word`` requires. "not" and 不是
with another attribute of the phrase before it ("red cup, not blue") are a contrast; with one of
a family that it does not name ("a cup that is not red") they exclude that thing. Filters:
``app/core/language/filter_words.py``; places: ``app/core/language/places.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from app.core.asking import Filters, Need, Phrase
from app.core.errors import FilterError
from app.core.language.filter_words import find_filters, merged
from app.core.language.near_misses import (
    attributes,
    is_attributes_only,
    misses_named,
    with_attributes,
)
from app.core.language.places import HAN, is_place, is_side, with_place

# More than twice what the encoders read of a text (196 tokens).
MAX_TEXT_CHARS = 2_000
_SPACES = re.compile(r"\s+")
_QUOTED = re.compile('"([^"]*)"|“([^”]*)”|「([^」]*)」|『([^』]*)』|«([^»]*)»')
_HIDDEN = "\ue000"  # stands for each character of a quoted part; typed ones are dropped
_HAN_OR_QUOTED = HAN + _HIDDEN
_ARTICLE = r"(?:a|an|the|some|any|his|her|its|their)\b"
_VERBS = "着穿戴拿骑坐站抱背开跑吃喝看躺走飞游打弹写读笑挂放停盖拉推举牵趴睡跳玩"

# Where a text is cut. "negation" begins an exclusion, "list" goes on with what is there, "soft"
# does so unless an article follows, all others end an exclusion.
_CUTS = re.compile(
    rf"""
    (?P<negation>
        (?<![\w'’-])(?:but\s+|and\s+|with\s+)?
            (?:(?:without|excluding)(?=\s|$)
              |(?:except(?:\s+for)?|neither|(?:there\s+(?:is|are)\s+)?(?:not|no)
              |(?:there\s+)?(?:is|are|was|were)n['’]t)(?=\s))
            \s*(?:{_ARTICLE}\s+)?
      | (?:但是?|可是|却|并且|而且|也)?(?<!有)
            (?:没有|沒有|不要|不含|不包括|不带|排除|除了|而不是|不是|不在)
    )
  | (?P<list>、|(?<!\s)\s+(?:or|nor)\s+|(?<=[{_HAN_OR_QUOTED}])或者?(?=[{_HAN_OR_QUOTED}]))
  | (?P<hard>
        (?<!\d),|,(?!\d) | [;，；。！？|/…]+ | [.!?]+(?=\s|$)
      | (?<!\s)\s+(?:while|but|plus|together\s+with|as\s+well\s+as|with)\s+
      | (?<!\s)\s+(?:that|which|who|where)\s+(?:(?:is|are|was|were|has|have)\s+)?
      | (?:以及|并且|而且|但是|还有|同时)
    )
  | (?P<soft>
        (?<!\s)\s+(?:and|&)\s+
      | (?<=[{_HAN_OR_QUOTED}])(?<![暖温柔平饱总随缓])和(?![平谐尚服睦善解煦])(?=[{_HAN_OR_QUOTED}])
    )
  | (?P<space>(?<=[{_HAN_OR_QUOTED}])\s+(?=[{_HAN_OR_QUOTED}]))
  | (?P<clause>(?<=[{HAN}])的(?=[{HAN}]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CONTRAST = re.compile(r"\bnot\b|n['’]t\b|不[是在]", re.IGNORECASE)
_MARKS = re.compile(r"[,，;；、。.!?！？]")
_SIGNED = re.compile(rf"(?<!\S)(?P<sign>[-－–+])(?P<word>{_HIDDEN}+|[^\W_][^\s,，;；、]*)")
_LEADS = re.compile(
    r"^(?:(?:and|but|there\s+(?:is|are)|(?:show|find)\s+me|find"
    r"|(?:a\s+)?(?:photos?|pictures?|images?)\s+(?:of|with))\s+"
    r"|(?:找|搜索)(?:出|到|一下)?|[一几]张(?=有)|有(?=[一两二三四五几很许])|还有|然后|[-+－–]+\s*)+",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"(?:以外|之外|(?<=.)的(?:照片|图片|相片)|\s+(?:and|or|but|with|without))+$", re.IGNORECASE
)
# What names no thing beside other phrases: "photos without people", "一张没有狗的照片".
_NO_THING = re.compile(
    r"(?:all\s+)?(?:photos?|pictures?|images?)|(?:所有)?(?:照片|图片|相片)|[一几]张", re.IGNORECASE
)
_EDGES = ' ,，;；、。！？!?.|/…“”「」『』«»"'

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


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the text between two cuts."""

    start: int
    stop: int
    need: Need = "optional"
    may_contrast: bool = False


def parse_query(text: str, today: date | None = None) -> ParsedQuery:
    """Return a query for any text whatsoever; it never fails.

    Args:
        text: as typed; what follows ``MAX_TEXT_CHARS`` characters is not read.
        today: what "last summer" is counted from; today without it.
    """
    source = tidy(text)[:MAX_TEXT_CHARS].rstrip()
    hidden = _QUOTED.sub(lambda match: _HIDDEN * len(match[0]), source)
    found = find_filters(hidden, lambda start, stop: source[start:stop], today or date.today())
    for each in found:
        hidden = hidden[: each.start] + " " * (each.stop - each.start) + hidden[each.stop :]
    trimmed = (_trimmed(hidden, piece) for piece in _pieces(hidden))
    pieces = [piece for piece in trimmed if _shown(source, hidden, piece)]
    things = [each for each in pieces if not _NO_THING.fullmatch(_shown(source, hidden, each))]
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
        merged(found),
        tuple(sorted([*parts, *filters], key=lambda part: part.start)),
        tuple(each.error for each in found if each.error is not None),
    )


def tidy(text: str) -> str:
    """Return a text in NFC without control characters, lone surrogates and doubled spaces."""
    kept = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
        if unicodedata.category(character) not in ("Cs", "Co")
    )
    return _SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip()


# ---------------------------------------------------------------- cutting


def _pieces(hidden: str) -> Iterator[_Piece]:
    """Yield the parts of a text between its cuts, and what each is needed for."""
    rest = hidden
    signed = []
    for match in _SIGNED.finditer(hidden):
        need: Need = "required" if match["sign"] == "+" else "excluded"
        signed.append(_Piece(match.start("word"), match.end(), need))
        rest = rest[: match.start()] + "," * len(match[0]) + rest[match.end() :]
    yield from sorted([*signed, *_clauses(rest)], key=lambda piece: piece.start)


def _clauses(text: str) -> Iterator[_Piece]:
    piece = _Piece(0, 0)
    for match in _CUTS.finditer(text):
        kind = str(match.lastgroup)
        if not _cuts(text, match, kind, piece):
            continue
        yield replace(piece, stop=match.start())
        need = _need_after(kind, piece.need, text[match.end() :])
        is_contrast = _CONTRAST.search(match[0]) is not None
        may_contrast = is_contrast if kind == "negation" else piece.may_contrast
        piece = _Piece(match.end(), match.end(), need, may_contrast)
    yield replace(piece, stop=len(text))


def _need_after(kind: str, need: Need, rest: str) -> Need:
    if kind == "negation":
        return "excluded"
    goes_on = kind == "list" or (kind == "soft" and not re.match(rf"\s*{_ARTICLE}", rest, re.I))
    return need if goes_on else "optional"


def _cuts(text: str, match: re.Match[str], kind: str, piece: _Piece) -> bool:
    """Tell whether a piece ends here; some conjunctions and 的 belong to one phrase."""
    before, after = text[piece.start : match.start()], text[match.end() :]
    if kind == "soft" or match[0].strip() in (",", "，", "、"):
        return not _joins_attributes(before, after)
    if kind == "clause":
        modifier = before.strip()
        if piece.need == "excluded":
            return not is_attributes_only(modifier)
        is_long = len(modifier) >= 3 and any(verb in modifier for verb in _VERBS)
        return is_long and not is_place(modifier)
    if kind == "negation" and re.match(r"(?:no|not)\b", match[0].strip(), re.IGNORECASE):
        # "a man not far away" is one phrase, "a cup not blue" is not.
        return not before.strip() or is_attributes_only(re.split(_MARKS, after, maxsplit=1)[0])
    return True


def _contrasts(phrase: str, words: str) -> bool:
    """Tell whether words are nothing but other attributes of what a phrase names."""
    return is_attributes_only(words) and bool(misses_named(phrase, words))


def _joins_attributes(before: str, after: str) -> bool:
    """Tell whether "and" stands between two attributes of one thing: "black and white cat"."""
    mine, others = attributes(before), attributes(after)
    return bool(
        mine
        and others
        and mine[-1].stop == len(before.rstrip())
        and others[0].start == len(after) - len(after.lstrip())
        and mine[-1].family == others[0].family
    )


def _trimmed(hidden: str, piece: _Piece) -> _Piece:
    """Return a piece without the spaces at its ends."""
    shown = hidden[piece.start : piece.stop]
    start = piece.start + len(shown) - len(shown.lstrip())
    return replace(piece, start=start, stop=max(start, piece.start + len(shown.rstrip())))


# ---------------------------------------------------------------- phrases


def _shown(source: str, hidden: str, piece: _Piece) -> str:
    """Return the text of a piece without quotes, filters and words that only join."""
    return _clean(_spoken(source, hidden, piece.start, piece.stop))


def _spoken(source: str, hidden: str, start: int, stop: int) -> str:
    """Return a part with what quotes hid, without the quotes; filters are spaces."""
    spoken = "".join(
        typed if shown == _HIDDEN else shown
        for typed, shown in zip(source[start:stop], hidden[start:stop], strict=True)
    )
    return _QUOTED.sub(lambda match: next(filter(None, match.groups()), " "), spoken)


def _clean(text: str) -> str:
    shorter = _SPACES.sub(" ", text).strip(_EDGES)
    while (shortest := _TAILS.sub("", _LEADS.sub("", shorter)).strip(_EDGES)) != shorter:
        shorter = shortest
    return shorter


def _phrase_parts(source: str, hidden: str, pieces: list[_Piece]) -> list[Part]:
    parts: list[Part] = []
    for piece in pieces:
        phrase = Phrase(_shown(source, hidden, piece), piece.need)
        at = len(parts) - 1
        if piece.may_contrast and piece.need == "excluded":
            at = next((k for k in range(at, -1, -1) if _is_contrasted(parts[k], phrase)), -1)
            if at >= 0:
                parts = _with_contrast(parts, at, phrase.text, piece)
                continue
        phrase = _completed(phrase, piece, parts)
        parts.append(Part("phrase", piece.start, piece.stop, phrase))
    return [part for part in parts if part.phrase is not None]


def _completed(phrase: Phrase, piece: _Piece, before: list[Part]) -> Phrase:
    """Return an exclusion that names no thing with the one before it: "a cup, not red"."""
    refers = piece.may_contrast or phrase.text.endswith(("的", " one", " ones"))
    things = [p.phrase.text for p in before if p.phrase is not None and p.phrase.need != "excluded"]
    if piece.need != "excluded" or not refers or not things:
        return phrase
    if is_side(phrase.text):
        return replace(phrase, text=with_place(things[-1], phrase.text))
    if is_attributes_only(phrase.text):
        return replace(phrase, text=with_attributes(things[-1], phrase.text))
    return phrase


def _is_contrasted(part: Part, excluded: Phrase) -> bool:
    phrase = part.phrase
    if phrase is None or phrase.need == "excluded":
        return False
    return _contrasts(phrase.text, excluded.text)


def _with_contrast(parts: list[Part], at: int, named: str, piece: _Piece) -> list[Part]:
    """Return the parts with a contrast added to the phrase at a place, and its own part."""
    phrase = parts[at].phrase
    assert phrase is not None
    misses = misses_named(phrase.text, named)
    better = replace(phrase, unlike=tuple(dict.fromkeys(phrase.unlike + misses)))
    changed = [replace(part, phrase=better) if part.phrase == phrase else part for part in parts]
    return [*changed, Part("phrase", piece.start, piece.stop, better)]


def _described(source: str, hidden: str, pieces: list[_Piece]) -> str:
    """Return the text without exclusions and contrasts, its own words between the rest."""
    described: list[str] = []
    last_stop = 0
    for piece in pieces:
        if piece.need == "excluded":
            last_stop = -1
            continue
        between = _spoken(source, hidden, last_stop, piece.start) if last_stop > 0 else ""
        described.append(between + _spoken(source, hidden, piece.start, piece.stop))
        if last_stop < 0 and len(described) > 1:
            described[-2] = described[-2].rstrip(_EDGES)
            described[-1] = ", " + described[-1].lstrip(_EDGES)
        last_stop = piece.stop
    return _SPACES.sub(" ", "".join(described)).strip(_EDGES)
