"""Searches that people keep: under a name, and the history of what they asked.

Every write here is on disk before it returns.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from app.core.asking import Query
from app.core.changes import ForgetPastSearches, KeptPastSearch, RestorePastSearches
from app.core.errors import EmptyQueryError, NoNameError, SearchMissingError
from app.core.library.photos import ids_json
from app.core.library.query_json import query_from_json, query_to_json
from app.core.library.rows import PastSearch, SavedSearch
from app.core.library.store import Store

MAX_HISTORY = 500


class Searches:
    """Saved searches and the history of one library; ``Library.searches``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def saved(self) -> list[SavedSearch]:
        """Return the saved searches, by name."""
        rows = self._store.rows("SELECT id, name, query FROM saved_searches ORDER BY name, id")
        return [SavedSearch(row[0], row[1], query_from_json(row[2])) for row in rows]

    def save(self, name: str, query: Query, saved_id: int | None = None) -> int:
        """Keep a question under a name, in place of a kept one if there is an id; return its id.

        Raises:
            NoNameError: no name.
            EmptyQueryError: nothing asked.
            KeepingError: it asks by pasted pixels.
            SearchMissingError: no saved search has that id.
        """
        tidy = checked_name(name)
        if query.is_empty and query.filters.is_empty:
            raise EmptyQueryError(
                "There is nothing to keep: the search is empty. Search for something first."
            )
        text = query_to_json(query)
        with self._store.transaction(durable=True):
            if saved_id is None:
                self._store.run(
                    "INSERT INTO saved_searches (name, query, created_at) VALUES (?, ?, ?)",
                    (tidy, text, _now()),
                )
                return self._store.number("SELECT last_insert_rowid()")
            n_changed = self._store.run(
                "UPDATE saved_searches SET name = ?, query = ? WHERE id = ?", (tidy, text, saved_id)
            )
            if not n_changed:
                raise SearchMissingError(
                    f"The kept search {tidy!r} is not in the library any more; keep it anew.",
                    name=tidy,
                )
            return saved_id

    def remove(self, saved_id: int) -> None:
        """Forget a saved search; harmless for one that is not there."""
        with self._store.transaction(durable=True):
            self._store.run("DELETE FROM saved_searches WHERE id = ?", (saved_id,))

    def history(self, limit: int = MAX_HISTORY) -> list[PastSearch]:
        """Return what was asked, the latest first."""
        rows = self._store.rows(
            "SELECT id, query, asked_at FROM search_history ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [PastSearch(row[0], query_from_json(row[1]), row[2]) for row in rows]

    def remember(self, query: Query) -> None:
        """Put a question at the end of the history; asked again, its older entry goes.

        Raises:
            KeepingError: it asks by pasted pixels.
        """
        text = query_to_json(query)
        with self._store.transaction(durable=True):
            self._store.run("DELETE FROM search_history WHERE query = ?", (text,))
            self._store.run(
                "INSERT INTO search_history (query, asked_at) VALUES (?, ?)", (text, _now())
            )
            self._store.run(
                "DELETE FROM search_history WHERE id NOT IN"
                " (SELECT id FROM search_history ORDER BY id DESC LIMIT ?)",
                (MAX_HISTORY,),
            )


def forget(store: Store, change: ForgetPastSearches) -> RestorePastSearches:
    """Take questions out of the history, inside a transaction; return the inverse."""
    rows = store.rows(
        "DELETE FROM search_history WHERE id IN (SELECT value FROM json_each(?))"
        " RETURNING id, query, asked_at",
        (ids_json(change.past_ids),),
    )
    return RestorePastSearches(tuple(KeptPastSearch(*row) for row in sorted(rows)))


def restore(store: Store, change: RestorePastSearches) -> ForgetPastSearches:
    """Put questions back into the history, inside a transaction; return the inverse.

    One that was asked again since then stays where it is now.
    """
    asked_again = {query for (query,) in store.rows("SELECT query FROM search_history")}
    back = [each for each in change.searches if each.query not in asked_again]
    store.run_many(
        "INSERT INTO search_history (id, query, asked_at) VALUES (?, ?, ?)",
        [(each.past_id, each.query, each.asked_at) for each in back],
    )
    return ForgetPastSearches(tuple(each.past_id for each in back))


def checked_name(name: str) -> str:
    """Return a name that people gave, NFC, spaces tidied, without what cannot be shown or stored.

    Raises:
        NoNameError: nothing is left.
    """
    kept = "".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in name)
    tidy = " ".join(unicodedata.normalize("NFC", kept).split())
    if not tidy:
        raise NoNameError("A name is needed; this one is empty.")
    return tidy


def name_key(name: str) -> str:
    """Return what two names share that people take for one: "Mum", "mum", "Ｍｕｍ"."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
