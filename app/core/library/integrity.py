"""Whether a library's file is sound: its structure, and the kinds of values in it.

SQLite checks its pages and leaves alone what is in them: a flipped bit can make a path a text, a
text something that is no text, a vector too short. Each of these would stop every start at the same
place, so that they count as damage like a torn page.
"""

from __future__ import annotations

import os
from collections import deque

from app.core.errors import LibraryDamagedError
from app.core.library.schema import TABLES, check_tables
from app.core.library.store import Store
from app.core.paths import display_path

_KINDS = {"INTEGER": "integer", "TEXT": "text", "BLOB": "blob"}
# What is not as long as its row says, or no path.
_MISFITS = {
    "roots": "SELECT 1 FROM roots WHERE instr(path, x'00') OR NOT length(path)",
    "vectors": "SELECT 1 FROM vectors v JOIN models m ON m.id = v.model_id"
    " WHERE length(v.vector) != 2 * m.dim",
    "regions": "SELECT 1 FROM regions r JOIN models m ON m.id = r.model_id"
    " WHERE length(r.boxes) != 8 * r.n_regions OR length(r.scales) != 4 * r.n_regions"
    " OR length(r.codes) != m.dim * r.n_regions",
    "region_projections": "SELECT 1 FROM region_projections p JOIN models m ON m.id = p.model_id"
    " WHERE length(p.matrix) != 4 * m.dim * p.n_columns",
}


def check(store: Store) -> None:
    """Read every page of the file and all texts; seconds for a large library.

    Raises:
        LibraryDamagedError: it is not sound.
        LibraryNewerError: made by a newer version.
    """
    check_structure(store)
    check_tables(store)
    there = {name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in sorted(TABLES & there):
        _check_values(store, table)


def check_structure(store: Store, table: str | None = None) -> None:
    """Read every page of the file, or of one table and its indexes.

    Raises:
        LibraryDamagedError: it is not sound.
    """
    found = str(store.value(f"PRAGMA quick_check({table or 1})"))
    if found != "ok":
        raise _damaged(store, found)


def _check_values(store: Store, table: str) -> None:
    kinds = {row[1]: _KINDS.get(row[2]) for row in store.rows(f"PRAGMA table_info({table})")}
    if None in kinds.values():
        raise _damaged(store, f"a column of an unknown kind in {table}")
    wrong = " OR ".join(
        f"typeof({column}) NOT IN ('{kind}', 'null')" for column, kind in kinds.items()
    )
    if store.value(f"SELECT 1 FROM {table} WHERE {wrong} LIMIT 1"):
        raise _damaged(store, f"a value of the wrong kind in {table}")
    if table in _MISFITS and store.value(f"{_MISFITS[table]} LIMIT 1"):
        raise _damaged(store, f"a value that does not fit in {table}")
    texts = ", ".join(column for column, kind in kinds.items() if kind == "text")
    if texts:
        deque(store.stream(f"SELECT {texts} FROM {table}"), maxlen=0)  # decodes every one


def _damaged(store: Store, what: str) -> LibraryDamagedError:
    shown = display_path(os.fsencode(store.path))
    return LibraryDamagedError(
        f"The library {shown} is damaged ({what}). Move it aside and index again.", file=shown
    )
