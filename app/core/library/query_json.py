"""Questions as JSON text, for saved searches and the history."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Any

from app.core.asking import Filters, ImageQuery, Phrase, Query
from app.core.errors import KeepingError


def query_to_json(query: Query) -> str:
    """Return a question as text.

    Raises:
        KeepingError: it asks by pasted pixels, which are kept nowhere.
    """
    if any(image.pixels is not None for image in query.images):
        raise KeepingError(
            "A search by a pasted picture cannot be kept; save the picture as a concept instead."
        )
    data = asdict(query)
    for image in data["images"]:
        image.pop("pixels")
        if image["path"] is not None:
            image["path"] = os.fsdecode(image["path"])
    return json.dumps(data)


def query_from_json(text: str) -> Query:
    """Return the question that a text keeps; what cannot be understood is itself searched for.

    Fields that this version does not know are passed over.
    """
    try:
        data = json.loads(text)
        phrases = data["phrases"]
        return Query(
            str(data["text"]),
            tuple(_image(image) for image in data["images"]),
            None if phrases is None else tuple(_phrase(phrase) for phrase in phrases),
            _filters(data["filters"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return Query(text)


def _filters(data: dict[str, Any]) -> Filters:
    """Return filters, also as they were kept when they had one orientation and one period."""
    known = _tuples(_known(Filters, data))
    if "orientation" in data:
        period = data["taken_from"], data["taken_to"]
        known["taken"] = (period,) if any(period) else ()
        known["cameras"] = (" ".join(data["cameras"]),) if data["cameras"] else ()
        known["orientations"] = (data["orientation"],) if data["orientation"] else ()
    for name in ("taken", "yearly"):
        known[name] = tuple((first, last) for first, last in known.get(name, ()))
    return Filters(**known)


def _image(data: dict[str, Any]) -> ImageQuery:
    known = _tuples(_known(ImageQuery, data))
    if known.get("path") is not None:
        known["path"] = os.fsencode(known["path"])
    return ImageQuery(**known)


def _phrase(data: dict[str, Any]) -> Phrase:
    return Phrase(**_tuples(_known(Phrase, data)))


def _known(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return {name: value for name, value in data.items() if name in names}


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }
