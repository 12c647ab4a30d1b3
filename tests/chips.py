"""The chips of a typed text as one line, for tests of the query language."""

from __future__ import annotations

from datetime import date

from app.core.queries import parse_query

TODAY = date(2026, 11, 25)


def chips(text: str) -> str:
    """The phrases of a text in one line: ``-`` excluded, ``+`` required, ``!`` its near misses."""
    signs = {"optional": "", "required": "+", "excluded": "-"}
    return " | ".join(
        signs[phrase.need] + phrase.text + "".join(f" !{unlike}" for unlike in phrase.unlike)
        for phrase in parse_query(text, TODAY).phrases
    )
