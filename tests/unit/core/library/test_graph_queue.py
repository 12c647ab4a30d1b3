"""The line of ids in front of a search graph."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.core.library.graph_queue import GraphQueue


def array(*ids: int) -> np.ndarray:
    return np.array(ids, np.int64)


def test_what_was_put_first_comes_first_and_the_rest_in_order() -> None:
    queue = GraphQueue(array(7, 3, 5))
    queue.put_first(array(9, 8))
    queue.put_first(array(1))
    assert len(queue) == 6
    assert queue.take(4).tolist() == [1, 8, 9, 7]
    assert queue.ids().tolist() == [3, 5]
    assert queue.take(9).tolist() == [3, 5]
    assert len(queue) == 0


def test_who_went_ahead_is_not_taken_again() -> None:
    queue = GraphQueue(array(1, 2, 3))
    queue.put_first(array(2))
    assert queue.take(1).tolist() == [2]
    assert queue.take(3).tolist() == [1, 3]


def test_who_leaves_the_front_is_not_taken() -> None:
    queue = GraphQueue(array(1, 2))
    queue.put_first(array(8, 9))
    queue.drop(array(9, 4))
    assert queue.take(5).tolist() == [8, 1, 2]


@given(st.sets(st.integers(0, 30)), st.lists(st.sets(st.integers(0, 40), max_size=5), max_size=8))
def test_everyone_is_taken_and_the_others_only_once(
    others: set[int], batches: list[set[int]]
) -> None:
    queue = GraphQueue(array(*sorted(others)))
    taken: list[int] = []
    for batch in batches:
        queue.drop(array(*batch))
        queue.put_first(array(*batch))
        taken += queue.take(len(batch)).tolist()
        taken += queue.take(2).tolist()
    taken += queue.take(1000).tolist()
    assert set(taken) == others.union(*batches)
    n_times_first = {each: sum(each in batch for batch in batches) for each in set(taken)}
    for each in set(taken):
        assert taken.count(each) <= n_times_first[each] + (each in others)
