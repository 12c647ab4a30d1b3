"""Which ids wait to come into a search graph, and in what order."""

from __future__ import annotations

import numpy as np

from app.core.library.rows import Int64Array

_NO_IDS: Int64Array = np.empty(0, np.int64)


class GraphQueue:
    """Ids in line for a graph: those that were put first, then the others.

    The others may be a million while a batch is put first ten times a second, so nothing looks
    through them: an id that goes ahead of its turn, or leaves, keeps its place until that is
    reached. So ``len`` and ``ids`` may count some that need not wait any more.

    Args:
        ids: the others, in order.
    """

    def __init__(self, ids: Int64Array = _NO_IDS) -> None:
        self._first = _NO_IDS
        self._others = ids
        self._went_ahead: set[int] = set()

    def __len__(self) -> int:
        """Return how many wait at most."""
        return len(self._first) + len(self._others)

    def ids(self) -> Int64Array:
        """Return all that wait, (n,) int64."""
        return np.concatenate([self._first, self._others])

    def put_first(self, ids: Int64Array) -> None:
        """Let ids go ahead of all others."""
        self._first = np.concatenate([np.unique(ids), self._first])

    def drop(self, ids: Int64Array) -> None:
        """Take ids out that were put first; whoever takes the others passes over what has left."""
        if len(self._first):
            self._first = self._first[~np.isin(self._first, ids)]

    def take(self, n: int) -> Int64Array:
        """Take the next ids out of the line, at most n; none that was taken already."""
        first, self._first = self._first[:n], self._first[n:]
        n_others = n - len(first)
        others, self._others = self._others[:n_others], self._others[n_others:]
        if self._went_ahead:
            others = others[[photo_id not in self._went_ahead for photo_id in others.tolist()]]
        if len(self._others):
            self._went_ahead.update(first.tolist())
        else:
            self._went_ahead.clear()
        return np.concatenate([first, others])
