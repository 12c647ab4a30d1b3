"""Which photos filters let through, asked of the database."""

from __future__ import annotations

import os
import unicodedata

import numpy as np

from app.core.asking import Filters, Period, YearDays
from app.core.library.rows import Int64Array
from app.core.library.store import Store
from app.core.moving_festivals import days_of_festival, is_moving
from app.core.paths import display_path, display_text

_DAY = (
    "COALESCE(SUBSTR(p.taken_at, 1, 10), DATE(p.mtime_ns / 1000000000, 'unixepoch', 'localtime'))"
)
_WEEKDAY = f"(STRFTIME('%w', {_DAY}) + 6) % 7"  # Monday is 0
_SHAPES = {
    "landscape": "p.width_px > p.height_px",
    "portrait": "p.width_px < p.height_px",
    "square": "p.width_px = p.height_px",
}
# Types by the names that people use, where they differ from the library's.
_SAME_FORMATS = {"heic": ("heif",), "jpeg": ("mpo",), "jp2": ("jpeg2000",)}
_Condition = tuple[str, list[object]]  # SQL, and the values of its marks


def matching(store: Store, *given: Filters) -> Int64Array:
    """Return the ids of photos that all filters let through, (n,) int64, newest first."""
    conditions, params = ["p.gone = 0"], []
    for filters in given:
        for condition, values in _conditions(filters):
            conditions.append(condition)
            params += values
    store.connection.create_function("plain", 1, plain, deterministic=True)
    rows = store.stream(
        "SELECT p.id FROM photos p JOIN roots r ON r.id = p.root_id"
        " LEFT JOIN ratings u ON u.photo_id = p.id"
        f" WHERE {' AND '.join(conditions)} ORDER BY p.sort_s DESC, p.id DESC",
        params,
    )
    return np.fromiter((row[0] for row in rows), np.int64)


def plain(text: str | None) -> str:
    """Return a text without the difference of upper and lower case."""
    return unicodedata.normalize("NFC", text or "").casefold()


def _conditions(filters: Filters) -> list[_Condition]:
    """Return SQL conditions with their values, one a field that narrows."""
    found: list[_Condition] = []
    if filters.root_ids:
        marks = ", ".join("?" * len(filters.root_ids))
        found.append((f"p.root_id IN ({marks})", list(filters.root_ids)))
    folders = [_as_shown(folder) for folder in filters.folders]
    found += [_named_folder(folder) for folder in folders if not os.path.isabs(folder)]
    found += _any_of([_below(folder) for folder in folders if os.path.isabs(folder)])
    found += _any_of([_within(period) for period in filters.taken])
    found += _any_of([_every_year(days) for days in filters.yearly])
    if filters.weekdays:
        marks = ", ".join("?" * len(filters.weekdays))
        found.append((f"{_WEEKDAY} IN ({marks})", list(filters.weekdays)))
    found += _any_of([_camera(camera) for camera in filters.cameras])
    if filters.min_rating > 0:
        found.append(("COALESCE(u.rating, 0) >= ?", [filters.min_rating]))
    if filters.favourite:
        found.append(("u.favourite = 1", []))
    if filters.formats:
        names = [name for kind in filters.formats for name in _formats(kind)]
        found.append((f"LOWER(p.format) IN ({', '.join('?' * len(names))})", list(names)))
    found += _any_of([(_SHAPES[shape], []) for shape in filters.orientations])
    names = [plain(_as_shown(word)) for word in filters.names]
    found += [("INSTR(plain(p.display), ?) > 0", [name]) for name in names]
    return found


def _any_of(conditions: list[_Condition]) -> list[_Condition]:
    """Return one condition that holds where one of these does; none for none."""
    if not conditions:
        return []
    sql = " OR ".join(f"({condition})" for condition, _ in conditions)
    return [(f"({sql})", [value for _, values in conditions for value in values])]


def _within(period: Period) -> _Condition:
    sides = [(sign, day) for sign, day in zip((">=", "<="), period, strict=True) if day is not None]
    return " AND ".join(f"{_DAY} {sign} ?" for sign, _ in sides) or "1", [day for _, day in sides]


def _every_year(days: YearDays) -> _Condition:
    first, last = days
    if is_moving(first):
        return _any_of([_within(period) for period in days_of_festival(first)])[0]
    both = "AND" if first <= last else "OR"  # from December into January
    return f"SUBSTR({_DAY}, 6) >= ? {both} SUBSTR({_DAY}, 6) <= ?", [first, last]


def _camera(camera: str) -> _Condition:
    words = plain(_as_shown(camera)).split()
    return " AND ".join(["INSTR(plain(p.camera), ?) > 0"] * len(words)) or "1", list(words)


def _below(folder: str) -> _Condition:
    below = os.path.join(os.path.normpath(folder), "")
    return f"INSTR(r.display || '{os.sep}' || p.display, ?) = 1", [below]


def _named_folder(folder: str) -> _Condition:
    """Words of the path without the file's name."""
    # What RTRIM takes away is the file's name: all letters that are no separator.
    name_letters = f"REPLACE(p.display, '{os.sep}', '')"
    path = f"r.display || '{os.sep}' || RTRIM(p.display, {name_letters})"
    return f"INSTR(plain({path}), ?) > 0", [plain(folder)]


def _as_shown(text: str) -> str:
    """Return a text as it looks in the library: bytes that are no text are escapes there."""
    try:
        return display_path(os.fsencode(text))
    except UnicodeEncodeError:  # it never was bytes
        return display_text(text)


def _formats(kind: str) -> tuple[str, ...]:
    low = kind.lower()
    return (low, *_SAME_FORMATS.get(low, ()))
