from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.core.changes import SetMarks
from app.core.errors import LibraryDamagedError
from app.core.library import Library
from app.core.library.region_index import RegionIndex, region_numbers
from app.core.library.regions import MAX_REGIONS
from app.core.library.rows import NewPhoto, PackedRegions, Regions

MakePhoto = Callable[..., NewPhoto]
MakeVectors = Callable[..., np.ndarray]
N_PHOTOS, PER_PHOTO = 200, 8


def boxes_of(n: int) -> np.ndarray:
    corners = np.linspace(0.0, 0.5, n, dtype=np.float32)
    return np.stack([corners, corners, corners + 0.5, corners + 0.4], axis=1)


@pytest.fixture
def photo_ids(library: Library, model_id: int, make_photo: MakePhoto) -> list[int]:
    photos = [make_photo(n, thumbnail=None) for n in range(N_PHOTOS)]
    return library.save_batch(model_id, photos, [])


@pytest.fixture
def vectors(
    library: Library, model_id: int, photo_ids: list[int], make_vectors: MakeVectors
) -> np.ndarray:
    """(photos, places, E): as the library holds them, eight to a photo."""
    rows = make_vectors(N_PHOTOS * PER_PHOTO, seed=3).reshape(N_PHOTOS, PER_PHOTO, -1)
    found = {
        photo_id: Regions(boxes_of(PER_PHOTO), rows[at]) for at, photo_id in enumerate(photo_ids)
    }
    library.regions.save(model_id, found)
    return rows


def best_photos(vectors: np.ndarray, photo_ids: list[int], query: np.ndarray, k: int) -> list[int]:
    best = (vectors @ query).max(axis=1)
    return [photo_ids[at] for at in np.argsort(-best, kind="stable")[:k]]


def exact_best(packed: PackedRegions, query: np.ndarray, k: int) -> list[int]:
    best = np.maximum.reduceat(packed.vectors() @ query, packed.starts)
    return [int(item) for item in packed.photo_ids[np.argsort(-best, kind="stable")[:k]]]


# ---------------------------------------------------------------- what is stored


def test_regions_come_back_within_eight_bits(
    library: Library, model_id: int, make_photo: MakePhoto, make_vectors: MakeVectors
) -> None:
    one, two, three = library.save_batch(model_id, [make_photo(n) for n in range(3)], [])
    boxes = np.array([[0, 0, 1, 1], [0.1, 0.25, 0.6, 0.9]], np.float32)
    rows = make_vectors(2)
    none = Regions(np.empty((0, 4), np.float32), np.empty((0, 16), np.float32))
    library.regions.save(model_id, {one: Regions(boxes, rows), two: none})
    found = library.regions.load(model_id, [one, two, three])
    assert found.photo_ids.tolist() == [one], "a photo without regions takes no place"
    assert (found.starts.tolist(), found.counts().tolist(), len(found)) == ([0], [2], 2)
    assert library.regions.photo_ids(model_id).tolist() == [one, two], "both were looked at"
    assert np.abs(found.boxes - boxes).max() <= 0.5 / 65535 + 1e-7
    errors = np.abs(found.vectors() - rows)
    assert (errors <= np.abs(rows).max(axis=1, keepdims=True) / 127 / 2 + 1e-6).all()
    assert (np.sum(found.vectors() * rows, axis=1) > 0.999).all()
    stored = library._store.value("SELECT length(codes) FROM regions WHERE photo_id = ?", (one,))
    assert stored == 2 * 16


def test_new_content_drops_the_regions_and_gone_photos_hide_them(
    library: Library,
    model_id: int,
    photo_ids: list[int],
    vectors: np.ndarray,
    make_photo: MakePhoto,
) -> None:
    first, second = photo_ids[:2]
    library.save_batch(model_id, [make_photo(0, content=b"new")], [])
    library.user_data.change(SetMarks((second,), rating=3, favourite=False))
    library.remove_photos([second])
    assert len(library.regions.load(model_id, [first, second])) == 0
    assert library.regions.count(model_id) == (N_PHOTOS - 2) * PER_PHOTO


def test_only_what_changed_is_streamed(
    library: Library, model_id: int, photo_ids: list[int], vectors: np.ndarray
) -> None:
    seen = library.model_facts(model_id)[2]
    assert sum(len(packed) for packed in library.regions.stream(model_id, seen)) == 0
    library.regions.save(model_id, {photo_ids[5]: Regions(boxes_of(1), vectors[5][:1])})
    (packed,) = library.regions.stream(model_id, seen)
    assert packed.photo_ids.tolist() == [photo_ids[5]]
    assert len(packed) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        Regions(boxes_of(2), np.zeros((1, 16), np.float32)),
        Regions(boxes_of(2), np.zeros((2, 15), np.float32)),
        Regions(boxes_of(MAX_REGIONS + 1), np.zeros((MAX_REGIONS + 1, 16), np.float32)),
    ],
)
def test_regions_that_cannot_be_are_refused(
    library: Library, model_id: int, photo_ids: list[int], wrong: Regions
) -> None:
    with pytest.raises(ValueError, match="regions"):
        library.regions.save(model_id, {photo_ids[0]: wrong})
    assert library.regions.count(model_id) == 0


def test_damaged_regions_are_called_damaged(
    library: Library, model_id: int, photo_ids: list[int], vectors: np.ndarray
) -> None:
    library._store.run("UPDATE regions SET n_regions = 3")
    with pytest.raises(LibraryDamagedError, match="wrong size"):
        library.regions.load(model_id, photo_ids[:1])
    library.regions.save_projection(model_id, np.eye(16, 4, dtype=np.float32), 99)
    library._store.run("UPDATE region_projections SET n_columns = 5")
    with pytest.raises(LibraryDamagedError, match="wrong size"):
        library.regions.projection(model_id)


# ---------------------------------------------------------------- the index


def test_a_small_library_needs_no_graph_and_loses_nothing(
    library: Library, model_id: int, photo_ids: list[int], vectors: np.ndarray
) -> None:
    index = RegionIndex(library, model_id)
    assert len(index) == N_PHOTOS * PER_PHOTO
    assert index.candidates(vectors[:1, 0], 5).tolist() == photo_ids
    allowed = np.array([photo_ids[7], 10**9, photo_ids[3]])
    assert index.candidates(vectors[:1, 0], 5, allowed).tolist() == [photo_ids[3], photo_ids[7]]
    assert index.build() == 0
    index.save()
    assert not (library.directory / "index").exists()


def test_the_graph_finds_what_comparing_all_regions_finds(
    library: Library,
    model_id: int,
    photo_ids: list[int],
    vectors: np.ndarray,
    make_vectors: MakeVectors,
) -> None:
    index = RegionIndex(library, model_id, exact_limit=100)
    assert index.build() == 0
    queries = make_vectors(20, seed=8)
    shares = []
    for query in queries:
        candidates = index.candidates(query[None], 30)
        assert len(candidates) == 30
        found = exact_best(library.regions.load(model_id, candidates), query, 10)
        shares.append(len(set(found) & set(best_photos(vectors, photo_ids, query, 10))) / 10)
    assert np.mean(shares) >= 0.97


def test_a_graph_with_a_filter_gives_allowed_photos_alone(
    library: Library, model_id: int, photo_ids: list[int], vectors: np.ndarray
) -> None:
    index = RegionIndex(library, model_id, exact_limit=100)
    index.build()
    allowed = np.array(photo_ids[::2])
    query = vectors[4, 2]
    found = index.candidates(query[None], 20, allowed)
    assert set(found.tolist()) <= set(allowed.tolist())
    assert photo_ids[4] in found
    few = np.array(photo_ids[10:13])
    assert index.candidates(query[None], 20, few).tolist() == few.tolist(), "all that are allowed"


def test_the_index_follows_the_library_and_comes_back_from_disk(
    library: Library, model_id: int, photo_ids: list[int], vectors: np.ndarray
) -> None:
    index = RegionIndex(library, model_id, exact_limit=100)
    index.build()
    index.save()
    files = sorted(path.suffix for path in (library.directory / "index").iterdir())
    assert files == [".hnsw", ".json"]
    moved = {photo_ids[0]: Regions(boxes_of(2), vectors[9, :2])}
    library.regions.save(model_id, moved)
    index.add([photo_ids[0]])
    library.remove_photos([photo_ids[9]])
    index.remove([photo_ids[9]])
    again = RegionIndex(library, model_id, exact_limit=100)
    for each in (index, again):
        assert len(each) == (N_PHOTOS - 1) * PER_PHOTO - (PER_PHOTO - 2)
        found = each.candidates(vectors[9, :1], 3)
        assert photo_ids[0] in found
        assert photo_ids[9] not in found


def test_a_damaged_graph_is_built_anew(
    library: Library, model_id: int, photo_ids: list[int], vectors: np.ndarray
) -> None:
    index = RegionIndex(library, model_id, exact_limit=100)
    index.build()
    index.save()
    (graph,) = (library.directory / "index").glob("regions-*.hnsw")
    data = bytearray(graph.read_bytes())
    data[len(data) // 2] ^= 1
    graph.write_bytes(data)
    again = RegionIndex(library, model_id, exact_limit=100)
    assert again.build(1) > 0, "it starts from nothing"
    assert again.build() == 0
    assert photo_ids[3] in again.candidates(vectors[3, :1], 3)


def test_an_index_grows_from_exact_to_a_graph(
    library: Library, model_id: int, photo_ids: list[int], make_vectors: MakeVectors
) -> None:
    index = RegionIndex(library, model_id, exact_limit=100)
    assert len(index) == 0
    rows = make_vectors(N_PHOTOS * 2, seed=4).reshape(N_PHOTOS, 2, -1)
    for at, photo_id in enumerate(photo_ids):
        library.regions.save(model_id, {photo_id: Regions(boxes_of(2), rows[at])})
        index.add([photo_id])
    assert len(index) == N_PHOTOS * 2
    index.build()
    projection = library.regions.projection(model_id)
    assert projection is not None
    assert np.allclose(projection[0].T @ projection[0], np.eye(16), atol=1e-5)
    assert photo_ids[3] in index.candidates(rows[3, :1], 3)


def test_region_numbers_lead_back_to_their_photos(
    library: Library, model_id: int, photo_ids: list[int], vectors: np.ndarray
) -> None:
    numbers = region_numbers(library.regions.load(model_id, photo_ids[:2]))
    assert len(np.unique(numbers)) == 2 * PER_PHOTO
    assert (numbers // 64).tolist() == [photo_ids[0]] * PER_PHOTO + [photo_ids[1]] * PER_PHOTO
