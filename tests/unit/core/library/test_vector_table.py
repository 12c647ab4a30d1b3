from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.library import vector_table
from app.core.library.vector_table import VectorTable

STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "remove"]), st.lists(st.integers(1, 40), max_size=12)),
    max_size=15,
)


@given(steps=STEPS, largest_tail=st.sampled_from([0, 5, 1000]))
def test_a_table_behaves_like_a_dictionary(
    steps: list[tuple[str, list[int]]], largest_tail: int
) -> None:
    random = np.random.default_rng(0)
    start = np.arange(10, 20, dtype=np.int64)
    rows = random.standard_normal((10, 4)).astype(np.float16)
    expected = dict(zip(start.tolist(), rows.copy(), strict=True))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vector_table, "_LARGEST_TAIL", largest_tail)
        patched.setattr(vector_table, "_LEAST_CAPACITY", 4)
        table = VectorTable(start, rows)
        for step, numbers in steps:
            ids = np.array(numbers, dtype=np.int64)
            if step == "put":
                new = random.standard_normal((len(ids), 4)).astype(np.float16)
                table.put(ids, new)
                expected.update(zip(numbers, new, strict=True))
            else:
                table.remove(ids)
                for number in numbers:
                    expected.pop(number, None)
            assert_equal(table, expected)


def assert_equal(table: VectorTable, expected: dict[int, np.ndarray]) -> None:
    assert len(table) == len(expected)
    rows = table.alive_rows()
    assert sorted(table.ids_at(rows).tolist()) == sorted(expected)
    asked = np.arange(0, 45, dtype=np.int64)
    found = table.rows_of(asked)
    for photo_id, row in zip(asked.tolist(), found.tolist(), strict=True):
        assert (row >= 0) == (photo_id in expected)
        if row >= 0:
            vector = table.vectors_at(np.array([row]))[0]
            assert np.array_equal(vector, expected[photo_id])


def test_cosines_are_those_of_float32(make_vectors: Callable[..., np.ndarray]) -> None:
    vectors = make_vectors(1000, dim=24).astype(np.float16)
    vectors[0, :3] = [6e-8, -5.96e-8, 65504]  # subnormal and largest numbers
    table = VectorTable(np.arange(1000, dtype=np.int64), vectors)
    query = make_vectors(1, dim=24, seed=5)[0]
    exact = vectors.astype(np.float32) @ query
    assert table.cosines(query) == pytest.approx(exact, rel=1e-5, abs=1e-6)
    some = np.array([999, 0, 500])
    assert table.cosines(query, some) == pytest.approx(exact[some], rel=1e-5, abs=1e-6)


def test_every_finite_half_is_widened_exactly() -> None:
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]
    rows = np.resize(halves, (len(halves) // 64 + 1, 64))
    widened = vector_table._Widened(64)
    for start in range(0, len(rows), vector_table._ROWS_PER_BLOCK):
        block = rows[start : start + vector_table._ROWS_PER_BLOCK]
        assert np.array_equal(widened.block(block), block.astype(np.float32))
