from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.core.library import Library, graph_cache
from app.core.library.rows import NewPhoto
from app.core.library.vector_index import VectorIndex

DIM = 16
N_PHOTOS = 600
MakePhoto = Callable[..., NewPhoto]
MakeVectors = Callable[..., np.ndarray]
Answers = list[list[int]]


@pytest.fixture
def ids(library: Library, model_id: int, make_photo: MakePhoto) -> np.ndarray:
    return np.array(
        library.save_batch(model_id, [make_photo(n, thumbnail=None) for n in range(N_PHOTOS)], [])
    )


@pytest.fixture
def queries(make_vectors: MakeVectors) -> np.ndarray:
    return make_vectors(20, seed=99)


@pytest.fixture
def saved(library: Library, model_id: int, ids: np.ndarray) -> Path:
    """The folder of a saved graph of all photos."""
    index = opened(library, model_id)
    assert index.build() == 0
    index.save()
    return library.directory / "index"


def opened(library: Library, model_id: int) -> VectorIndex:
    return VectorIndex.open(library, model_id, exact_limit=100)


def answers(index: VectorIndex, queries: np.ndarray) -> Answers:
    return [index.search(query, 10)[0].tolist() for query in queries]


def exact_answers(library: Library, model_id: int, queries: np.ndarray) -> Answers:
    ids, vectors = library.load_vectors(model_id)
    cosines = queries @ vectors.astype(np.float32).T
    return [ids[np.argsort(-row, kind="stable")[:10]].tolist() for row in cosines]


def recall(found: Answers, exact: Answers) -> float:
    return float(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, exact, strict=True)]))


# ---------------------------------------------------------------- exact search


def test_a_small_library_is_searched_exactly(
    library: Library, model_id: int, ids: np.ndarray, queries: np.ndarray
) -> None:
    index = VectorIndex.open(library, model_id)
    assert len(index) == N_PHOTOS
    assert answers(index, queries) == exact_answers(library, model_id, queries)
    assert index.build() == 0
    index.save()
    assert not (library.directory / "index").exists()
    found, cosines = index.search(queries[0], 5)
    assert (found.dtype, cosines.dtype, cosines.shape) == (np.int64, np.float32, (5,))
    assert (np.diff(cosines) <= 0).all()
    assert cosines == pytest.approx(index.cosines(queries[0], found), abs=1e-6)


def test_a_filter_loses_nothing(
    library: Library, model_id: int, ids: np.ndarray, queries: np.ndarray
) -> None:
    index = opened(library, model_id)
    index.build()
    allowed = np.concatenate([ids[::37], [10**9], ids[:1]])
    found, cosines = index.search(queries[0], 1000, allowed_ids=allowed)
    assert set(found.tolist()) == set(ids[::37].tolist())
    assert (np.diff(cosines) <= 0).all()
    assert index.search(queries[0], 3, allowed_ids=[])[0].tolist() == []


def test_equal_cosines_come_oldest_first(
    library: Library, model_id: int, make_photo: MakePhoto, queries: np.ndarray
) -> None:
    same = [make_photo(n, vector=queries[0]) for n in range(30)]
    ids = library.save_batch(model_id, same, [])
    index = VectorIndex.open(library, model_id)
    assert index.search(queries[0], 7)[0].tolist() == ids[:7]


def test_an_empty_library_answers_nothing(
    library: Library, model_id: int, queries: np.ndarray
) -> None:
    index = VectorIndex.open(library, model_id)
    ids, cosines = index.search(queries[0], 10)
    assert (len(ids), len(cosines), len(index)) == (0, 0, 0)
    assert index.sample(10, seed=1).shape == (0, DIM)
    assert np.isnan(index.cosines(queries[0], [1, 2])).all()
    index.add([5], queries[:1])
    assert index.search(queries[0], 10)[0].tolist() == [5]
    assert index.search(queries[0], 0)[0].tolist() == []


def test_a_sample_is_the_same_for_the_same_seed(
    library: Library, model_id: int, ids: np.ndarray
) -> None:
    index = VectorIndex.open(library, model_id)
    one, again, other = index.sample(50, 1), index.sample(50, 1), index.sample(50, 2)
    assert one.shape == (50, DIM)
    assert one.dtype == np.float32
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert len(index.sample(10_000, 1)) == N_PHOTOS


# ---------------------------------------------------------------- the graph


def test_the_graph_finds_what_comparing_finds(
    library: Library, model_id: int, ids: np.ndarray, queries: np.ndarray
) -> None:
    index = opened(library, model_id)
    exact = exact_answers(library, model_id, queries)
    assert answers(index, queries) == exact
    assert index.build(250) == N_PHOTOS - 250
    assert recall(answers(index, queries), exact) >= 0.97
    assert index.build() == 0
    assert recall(answers(index, queries), exact) >= 0.97


def test_a_graph_that_cannot_answer_is_no_error(
    library: Library, model_id: int, ids: np.ndarray, queries: np.ndarray
) -> None:
    index = opened(library, model_id)
    index.build()
    exact = exact_answers(library, model_id, queries)

    class Broken:
        def set_ef(self, _ef: int) -> None: ...

        def knn_query(self, _query: np.ndarray, k: int) -> None:
            raise RuntimeError("Cannot return the results in a contiguous 2D array")

    index._graph = Broken()
    assert answers(index, queries) == exact


def test_changes_are_found_at_once(
    library: Library,
    model_id: int,
    ids: np.ndarray,
    queries: np.ndarray,
    make_photo: MakePhoto,
    make_vectors: MakeVectors,
) -> None:
    index = opened(library, model_id)
    index.build()
    best = int(index.search(queries[0], 1)[0][0])
    library.remove_photos([best])
    index.remove([best, 10**9])
    assert best not in index.search(queries[0], 200)[0]
    assert len(index) == N_PHOTOS - 1

    library.save_vectors(model_id, ids[5:6], queries[1:2], 1024)  # encoded again
    index.add(ids[5:6], queries[1:2])
    assert index.search(queries[1], 1)[0].tolist() == ids[5:6].tolist()

    new = library.save_batch(
        model_id, [make_photo(900 + n, vector=queries[2 + n]) for n in range(3)], []
    )
    index.add(new, queries[2:5])
    for photo_id, query in zip(new, queries[2:5], strict=True):
        assert index.search(query, 1)[0].tolist() == [photo_id]
    assert index._queue.ids().tolist() == []
    exact = exact_answers(library, model_id, queries)
    assert recall(answers(index, queries), exact) >= 0.97


def test_many_deletions_do_not_fill_the_graph(
    library: Library,
    model_id: int,
    ids: np.ndarray,
    queries: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.core.library.vector_index._FEW_DEAD", 50)
    index = opened(library, model_id)
    index.build()
    library.remove_photos(ids[:300])
    index.remove(ids[:300])
    index.build()
    assert index._graph.get_current_count() == 300
    exact = exact_answers(library, model_id, queries)
    assert recall(answers(index, queries), exact) >= 0.97
    index.remove(ids[300:550])
    assert index.build() == 0
    assert index._graph is None
    assert index.search(queries[0], 100)[0].shape == (50,)


def test_a_growing_library_gets_its_graph_bit_by_bit(
    library: Library, model_id: int, make_photo: MakePhoto, queries: np.ndarray
) -> None:
    index = opened(library, model_id)
    for start in range(0, 400, 40):
        photos = [make_photo(start + n, thumbnail=None) for n in range(40)]
        ids = library.save_batch(model_id, photos, [])
        index.add(ids, np.stack([photo.vector for photo in photos]))
        assert (index._graph is not None) == (len(index) > 100)
        # What was there when the graph began is compared one by one.
        assert len(index._queue) <= 120
    assert recall(answers(index, queries), exact_answers(library, model_id, queries)) >= 0.97
    assert index.build() == 0  # as the idle engine does
    assert recall(answers(index, queries), exact_answers(library, model_id, queries)) >= 0.97


# ---------------------------------------------------------------- the cache on disk


def test_a_saved_graph_is_loaded_and_answers_the_same(
    library: Library, model_id: int, saved: Path, queries: np.ndarray
) -> None:
    again = opened(library, model_id)
    assert again._graph is not None
    assert again._queue.ids().tolist() == []
    assert recall(answers(again, queries), exact_answers(library, model_id, queries)) >= 0.97
    assert sorted(path.suffix for path in saved.iterdir()) == [".hnsw", ".json"]


def test_a_graph_that_is_behind_catches_up(
    library: Library,
    model_id: int,
    ids: np.ndarray,
    saved: Path,
    queries: np.ndarray,
    make_photo: MakePhoto,
) -> None:
    library.remove_photos(ids[:40])
    library.save_vectors(model_id, ids[50:52], queries[:2], 1024)
    (new,) = library.save_batch(model_id, [make_photo(990, vector=queries[2])], [])
    again = opened(library, model_id)
    assert again._graph is not None
    assert sorted(again._queue.ids().tolist()) == [*ids[50:52].tolist(), new]
    for state in ("pending", "built", "reloaded"):
        if state == "built":
            assert again.build() == 0
        if state == "reloaded":
            again.save()
            again = opened(library, model_id)
            assert again._queue.ids().tolist() == []
        assert again.search(queries[0], 1)[0].tolist() == [ids[50]]
        assert again.search(queries[2], 1)[0].tolist() == [new]
        assert not set(ids[:40].tolist()) & set(again.search(queries[0], 100)[0].tolist())
        exact = exact_answers(library, model_id, queries)
        assert recall(answers(again, queries), exact) >= 0.97


Damage = Callable[[Path, Path, random.Random], None]


def flip(path: Path, low: int, high: int | None, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(low, min(high or len(data), len(data)))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def flip_graph_header(graph: Path, _sidecar: Path, chance: random.Random) -> None:
    flip(graph, 0, 96, chance)


def flip_graph_body(graph: Path, _sidecar: Path, chance: random.Random) -> None:
    flip(graph, 96, None, chance)


def flip_sidecar(_graph: Path, sidecar: Path, chance: random.Random) -> None:
    flip(sidecar, 0, None, chance)


def cut_graph(graph: Path, _sidecar: Path, chance: random.Random) -> None:
    graph.write_bytes(graph.read_bytes()[: chance.randrange(graph.stat().st_size)])


def cut_sidecar(_graph: Path, sidecar: Path, chance: random.Random) -> None:
    sidecar.write_bytes(sidecar.read_bytes()[: chance.randrange(sidecar.stat().st_size)])


def lengthen_graph(graph: Path, _sidecar: Path, chance: random.Random) -> None:
    graph.write_bytes(graph.read_bytes() + chance.randbytes(64))


def lose_graph(graph: Path, _sidecar: Path, _chance: random.Random) -> None:
    graph.unlink()


def lose_sidecar(_graph: Path, sidecar: Path, _chance: random.Random) -> None:
    sidecar.unlink()


def odd_sidecar(_graph: Path, sidecar: Path, chance: random.Random) -> None:
    odd = ["[]", "null", "{}", '"x"', "[" * 10_000, '{"format": 1, "check": 3}', "\x00"]
    sidecar.write_text(chance.choice(odd))


@pytest.mark.parametrize(
    "damage",
    [
        flip_graph_header,
        flip_graph_body,
        flip_sidecar,
        cut_graph,
        cut_sidecar,
        lengthen_graph,
        lose_graph,
        lose_sidecar,
        odd_sidecar,
    ],
)
def test_a_damaged_cache_is_never_read_and_the_answers_stay_right(
    library: Library,
    model_id: int,
    saved: Path,
    queries: np.ndarray,
    damage: Damage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph, sidecar = next(saved.glob("*.hnsw")), next(saved.glob("*.json"))
    sound = graph.read_bytes(), sidecar.read_bytes()
    exact = exact_answers(library, model_id, queries)

    def forbidden(_dim: int) -> None:
        raise AssertionError("hnswlib must not see a damaged file")

    for seed in range(12):
        graph.write_bytes(sound[0])
        sidecar.write_bytes(sound[1])
        damage(graph, sidecar, random.Random(seed))
        with monkeypatch.context() as patched:
            patched.setattr(graph_cache, "new_graph", forbidden)
            index = opened(library, model_id)
        assert index._graph is None
        assert answers(index, queries) == exact
    index.build()
    index.save()
    assert opened(library, model_id)._graph is not None


@pytest.mark.parametrize("part", ["graph", "sidecar", "both"])
def test_parts_of_another_index_are_refused(
    library: Library,
    model_id: int,
    saved: Path,
    queries: np.ndarray,
    tmp_path: Path,
    make_photo: MakePhoto,
    folder: Path,
    part: str,
) -> None:
    """Another library with the same model, dimension and number of photos."""
    with Library.open(tmp_path / "other", write=True) as other:
        root = other.add_root(str(folder).encode())
        model = other.use_model("fingerprint-1", "tiny", DIM)
        photos = [make_photo(n + 5000, thumbnail=None, root_id=root.id) for n in range(N_PHOTOS)]
        other.save_batch(model, photos, [])
        index = opened(other, model)
        index.build()
        index.save()
    foreign = tmp_path / "other" / "index"
    own_graph, own_sidecar = next(saved.glob("*.hnsw")), next(saved.glob("*.json"))
    foreign_graph, foreign_sidecar = next(foreign.glob("*.hnsw")), next(foreign.glob("*.json"))
    if part == "graph":
        own_graph.write_bytes(foreign_graph.read_bytes())
    else:
        own_sidecar.write_bytes(foreign_sidecar.read_bytes())
    if part == "both":
        (saved / foreign_graph.name).write_bytes(foreign_graph.read_bytes())
    again = opened(library, model_id)
    assert again._graph is None
    assert answers(again, queries) == exact_answers(library, model_id, queries)


def test_a_graph_from_the_future_of_a_restored_library_is_refused(
    library: Library, model_id: int, saved: Path
) -> None:
    library._store.run("UPDATE models SET generation = 0")
    assert opened(library, model_id)._graph is None


def test_a_sidecar_of_another_format_is_refused(
    library: Library, model_id: int, saved: Path
) -> None:
    sidecar = next(saved.glob("*.json"))
    says = json.loads(sidecar.read_text())
    says["format"] = graph_cache.FORMAT + 1
    del says["check"]
    says["check"] = graph_cache._check(says)
    sidecar.write_text(json.dumps(says))
    assert opened(library, model_id)._graph is None


@pytest.mark.parametrize("step", ["os.replace", "os.fsync"])
def test_saving_is_all_or_nothing(
    library: Library,
    model_id: int,
    saved: Path,
    make_photo: MakePhoto,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    index = opened(library, model_id)
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    photo = make_photo(800)
    ids = library.save_batch(model_id, [photo], [])
    index.add(ids, photo.vector[None])

    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(step, fail)
        index.save()
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before
    again = opened(library, model_id)
    assert again._graph is not None
    assert again._queue.ids().tolist() == ids


def test_an_unchanged_or_hardly_begun_graph_is_not_written(
    library: Library, model_id: int, ids: np.ndarray
) -> None:
    index = opened(library, model_id)
    index.build(10)
    index.save()
    folder = library.directory / "index"
    assert not folder.exists()
    index.build()
    index.save()
    written = next(folder.glob("*.json")).stat().st_mtime_ns
    index.save()
    assert next(folder.glob("*.json")).stat().st_mtime_ns == written
