"""What the command line says of a question that may not be read as it was meant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from app.core.asking import Filters, Query
from app.core.language.combining import exclude_each_other
from app.core.library import Library
from app.core.queries import ParsedQuery, Part, parse_query

_MAX_WORDS = 4  # of a folder's name behind the first


def hints(query: Query, library: Library) -> Iterator[str]:
    """Yield what people should know of how their words were read, one sentence each."""
    parsed = parse_query(query.text)
    for misread in parsed.misread:
        yield f"{misread} The photos are not narrowed by it."
    if exclude_each_other(parsed.filters, query.filters):
        yield _contradicting_words(parsed, query.filters)
    if hint := _folder_hint(parsed, library):
        yield hint


def _contradicting_words(parsed: ParsedQuery, filters: Filters) -> str:
    """Say which words of the question leave no photo that the filters let through."""
    found = [part for part in parsed.parts if part.filters is not None]
    alone = [part for part in found if exclude_each_other(part.filters or Filters(), filters)]
    words = ", ".join(repr(parsed.source[part.start : part.stop]) for part in alone or found)
    return f"{words} in the words leaves no photo that --filter lets through; leave out either."


def _folder_hint(parsed: ParsedQuery, library: Library) -> str:
    """Say how to ask for a folder whose name goes on behind a space; empty where none does."""
    for part, behind in pairwise(parsed.parts):
        for name in _longer_names(parsed.source, part, behind):
            if len(library.photo_ids_matching(Filters(folders=(name,)))):
                said = parsed.source[part.start : part.stop]
                return f'{said!r} ends at the space; for the folder "{name}" write folder:"{name}".'
    return ""


def _longer_names(source: str, part: Part, behind: Part) -> list[str]:
    """The names that a folder may have with the words behind it, the longest first."""
    is_beside = behind.phrase is not None and source[part.stop : behind.start] == " "
    if part.filters is None or not part.filters.folders or not is_beside:
        return []
    words = source[behind.start : behind.stop].split()[:_MAX_WORDS]
    return [" ".join([*part.filters.folders, *words[:n]]) for n in range(len(words), 0, -1)]
