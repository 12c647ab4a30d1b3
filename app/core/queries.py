"""The query as typed, made ready to run: one text, and the phrases it consists of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Commas and semicolons of both languages, and the pause mark; not a comma inside a number.
_SEPARATORS = re.compile(r"(?<!\d),|,(?!\d)|[;，；、]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Query:
    """A query: ``text`` is all of it, NFC and trimmed; ``phrases`` its parts, in order, no doubles.

    A query of one phrase has that phrase alone; an empty query has none.
    """

    text: str
    phrases: tuple[str, ...]


def parse_query(text: str) -> Query:
    """Return a query for any text whatsoever; empty text, or only separators, gives no phrases."""
    tidy = _tidy(text)
    phrases = (part.strip() for part in _SEPARATORS.split(tidy))
    return Query(tidy, tuple(dict.fromkeys(part for part in phrases if part)))


def _tidy(text: str) -> str:
    kept = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
        if unicodedata.category(character) != "Cs"
    )
    return _SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip()
