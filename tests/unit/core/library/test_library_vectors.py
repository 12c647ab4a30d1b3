from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.core.errors import LibraryError
from app.core.library import Library
from app.core.library.rows import NewPhoto

MakePhoto = Callable[..., NewPhoto]
MakeVectors = Callable[..., np.ndarray]


def test_models_are_known_by_their_fingerprint(library: Library) -> None:
    one = library.use_model("a", "first name", 8)
    assert library.use_model("a", "second name", 8) == one
    two = library.use_model("b", "other", 4)
    assert two != one
    assert [(m.id, m.fingerprint, m.name, m.dim) for m in library.models()] == [
        (one, "a", "second name", 8),
        (two, "b", "other", 4),
    ]
    with pytest.raises(LibraryError, match="9 dimensions"):
        library.use_model("a", "first name", 9)
    with pytest.raises(LibraryError, match="no model"):
        library.load_vectors(99)


def test_vectors_are_kept_per_model(
    library: Library, model_id: int, make_photo: MakePhoto, make_vectors: MakeVectors
) -> None:
    ids = library.save_batch(model_id, [make_photo(n, vector=None) for n in range(3)], [])
    other = library.use_model("other", "other", 4)
    rows, other_rows = make_vectors(3), make_vectors(2, dim=4)
    library.save_vectors(model_id, ids, rows, [128, 256, 1024])
    library.save_vectors(other, [ids[2], ids[0], 999], np.vstack([other_rows, other_rows[:1]]), 64)
    found, vectors = library.load_vectors(model_id)
    assert found.tolist() == ids
    assert vectors.dtype == np.float16
    assert np.array_equal(vectors, rows.astype(np.float16))
    found, vectors = library.load_vectors(other)
    assert found.tolist() == [ids[0], ids[2]]
    assert np.array_equal(vectors, other_rows[::-1].astype(np.float16))
    found, vectors = library.vectors_of(model_id, [ids[1], 999])
    assert found.tolist() == [ids[1]]
    assert np.array_equal(vectors, rows[1:2].astype(np.float16))
    assert library.vector_ids(other).tolist() == [ids[0], ids[2]]
    assert [model.n_vectors for model in library.models()] == [3, 2]


def test_the_models_generation_tells_what_changed(
    library: Library, root_id: int, model_id: int, make_photo: MakePhoto, make_vectors: MakeVectors
) -> None:
    def generation() -> int:
        return library.model_facts(model_id)[2]

    def changed_since(seen: int) -> list[int]:
        return library.load_vectors(model_id, seen)[0].tolist()

    ids = library.save_batch(model_id, [make_photo(n) for n in range(4)], [])
    seen = generation()
    assert changed_since(seen) == []
    library.save_vectors(model_id, ids[:1], make_vectors(1), 1024)
    assert changed_since(seen) == ids[:1]
    seen = generation()
    library.remove_photos(ids[1:2])
    assert generation() > seen
    assert changed_since(seen) == []
    seen = generation()
    library.move_photo(ids[2], root_id, b"photo-3.jpg", 1, 1, 1)  # parks the last one
    assert generation() > seen
    assert library.vector_ids(model_id).tolist() == [ids[0], ids[2]]
    seen = generation()
    library.move_photo(ids[3], root_id, b"back.jpg", 1, 1, 1)
    assert changed_since(seen) == [ids[3]]


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((1, 15)), np.zeros((2, 16)), np.full((1, 16), np.inf), np.full((1, 16), 70_000.0)],
)
def test_vectors_that_cannot_be_are_refused(
    library: Library, model_id: int, make_photo: MakePhoto, wrong: np.ndarray
) -> None:
    ids = library.save_batch(model_id, [make_photo(1, vector=None)], [])
    with pytest.raises(ValueError, match="vectors"):
        library.save_vectors(model_id, ids, wrong, 1)
    assert len(library.vector_ids(model_id)) == 0


def test_no_vectors_are_an_empty_array(library: Library, model_id: int) -> None:
    ids, vectors = library.load_vectors(model_id)
    assert (ids.shape, vectors.shape) == ((0,), (0, 16))
