from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ranking import (
    GOOD_SCORE,
    LEAST_GOOD_Z,
    PROBES,
    SLOPE,
    TAIL_SHARE,
    Background,
    good_line,
    match_of,
    score,
)

DIM = 64
N_THINGS = 80
N_RARE = 40


class World:
    """Photos of many things; a text lies near the photos of its thing, all texts share a side.

    The last ``N_RARE`` things are in no photo; probes ask for them.
    """

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.things = self.random.standard_normal((N_THINGS + N_RARE, DIM))
        self.side = self.random.standard_normal(DIM)

    def photos(self, things: np.ndarray, variety: float = 1.0) -> np.ndarray:
        noise = variety * self.random.standard_normal((len(things), DIM))
        return _unit(self.things[things] + noise + 0.5 * self.side)

    def text(self, thing: int, hub: float = 0.0) -> np.ndarray:
        noise = self.random.standard_normal(DIM)
        return _unit(self.things[thing] + 0.6 * noise + (hub - 0.5) * self.side)

    def probes(self) -> np.ndarray:
        hubs = self.random.normal(0.0, 0.5, N_RARE)
        return np.stack([self.text(N_THINGS + rare, hub) for rare, hub in enumerate(hubs)])


def _unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("n_photos", [60, 400, 3000])
def test_matches_are_good_and_an_absent_thing_has_none(n_photos: int) -> None:
    world = World(seed=n_photos)
    n_here = N_THINGS - 20
    things = np.arange(n_photos) % n_here
    photos = world.photos(things, variety=0.7)
    background = Background.measure(photos[:2000], world.probes())
    found, wrong, absent = [], [], []
    for thing in range(N_THINGS):
        cosines = photos @ world.text(thing)
        scores = score(cosines, background.for_query(cosines))
        if thing < n_here:
            found.append((scores[things == thing] >= GOOD_SCORE).mean())
            wrong.append((scores[things != thing] >= GOOD_SCORE).mean())
        else:
            absent.append(bool((scores < GOOD_SCORE).all()))
    assert np.mean(found) > 0.8
    assert np.mean(wrong) < 0.002
    assert np.mean(absent) > 0.9


def test_a_query_that_is_high_everywhere_makes_no_matches_of_all() -> None:
    as_it_is, judged = [], []
    for seed in range(8):
        world = World(seed)
        photos = world.photos(np.arange(1000) % 50)
        background = Background.measure(photos, world.probes())
        hub = photos @ world.text(60, hub=0.8)  # of a thing that is in no photo
        as_it_is.append((score(hub, background) >= GOOD_SCORE).mean())
        judged.append((score(hub, background.for_query(hub)) >= GOOD_SCORE).mean())
    assert (np.array(judged) <= as_it_is).all()
    assert np.mean(as_it_is) > 2 * np.mean(judged)
    assert np.mean(judged) < 0.01


def test_a_longer_tail_of_chance_needs_a_higher_line() -> None:
    z = np.random.default_rng(0).normal(size=400)
    lines = [good_line(z, 400, tail=tail) for tail in (0.0, 0.3, 1.0)]
    assert lines == sorted(set(lines))
    strict = [good_line(z, 400, false_share=share) for share in (0.2, 0.05, 0.01)]
    assert strict == sorted(set(strict))
    many = np.concatenate([z, np.full(100, 3.0)])
    assert good_line(many, 500) <= 3.0, "so many are no chance"


@pytest.mark.parametrize(("surplus", "tail"), [(-1.0, 0.0), (0.5, 0.5), (9.0, 1.0)])
def test_the_tail_is_what_probes_reach_above_chance(surplus: float, tail: float) -> None:
    cosines = np.random.default_rng(0).uniform(-0.1, 0.1, (970, 40))  # shorter than a normal tail
    plain = Background.of_cosines(cosines, shift_share=0.0)
    chance = NormalDist().inv_cdf(1 - TAIL_SHARE / 970)
    cosines[0] = plain.mean + (chance + surplus) * plain.deviation
    found = Background.of_cosines(cosines, shift_share=0.0)
    assert plain.tail == 0.0
    assert found.tail == pytest.approx(0.97 * tail, abs=0.03)  # 970 / (970 + 30) is believed
    assert found.good_z == pytest.approx(plain.good_z + found.tail)


def test_an_album_of_one_thing_stays_good_for_it() -> None:
    world = World(seed=2)
    photos = world.photos(np.full(500, 70), variety=0.4)  # no probe asks for it
    background = Background.measure(photos, world.probes())
    cosines = photos @ world.text(70)
    assert (score(cosines, background.for_query(cosines)) >= GOOD_SCORE).mean() > 0.9


@pytest.mark.parametrize("n_photos", [1, 2, 5])
def test_tiny_libraries_tell_a_match_from_none(n_photos: int) -> None:
    right, wrong = [], []
    for seed in range(20):
        world = World(seed)
        photos = world.photos(np.full(n_photos, 70))
        background = Background.measure(photos, world.probes())
        for thing, scores in ((70, right), (75, wrong)):
            cosines = photos @ world.text(thing)
            scores.append(float(score(cosines, background.for_query(cosines)).max()))
    assert np.mean([value >= GOOD_SCORE for value in right]) > 0.8
    assert np.mean([value >= GOOD_SCORE for value in wrong]) < 0.2


def test_an_empty_library_and_no_probes_have_a_background() -> None:
    nothing = np.empty((0, DIM), np.float32)
    some = _unit(np.random.default_rng(0).standard_normal((3, DIM)))
    for background in (Background.measure(nothing, some), Background.measure(some, nothing)):
        assert background.deviation > 0
        assert background.n_photos == 0
        empty = np.empty(0, np.float32)
        assert background.for_query(empty) == background
        assert score(empty, background).shape == (0,)


def test_photos_that_are_all_the_same_do_not_divide_by_zero() -> None:
    same = np.repeat(_unit(np.ones((1, DIM))), 50, axis=0)
    background = Background.measure(same, same[:10])
    cosines = same @ same[0]
    assert np.isfinite(score(cosines, background.for_query(cosines))).all()


def test_the_formula_is_the_documented_one() -> None:
    background = Background(mean=0.1, deviation=0.02, spread=0.05, n_photos=100, good_z=3.5)
    cosines = np.array([0.1, 0.1 + 0.02 * 3.5, 0.3])
    z = (cosines - 0.1) / 0.02
    assert score(cosines, background) == pytest.approx(1 / (1 + np.exp(-SLOPE * (z - 3.5))))
    assert score(cosines, background)[1] == pytest.approx(GOOD_SCORE)
    assert match_of(GOOD_SCORE) == "good"
    assert match_of(GOOD_SCORE - 1e-6) == "weak"
    own = background.for_query(np.full(30, 0.12))
    assert own.mean == pytest.approx(0.1 + 0.5 * 0.02 / 2)
    assert own.own_z == pytest.approx(0.5 * 0.02 / 2 / 0.02)
    far = np.full(30, 0.9)
    assert background.for_query(far).mean == pytest.approx(0.1 + 0.5 * 2 * 0.05 / 2)


def test_the_line_rises_with_the_library_and_falls_where_many_stand_out() -> None:
    background = Background(mean=0.0, deviation=1.0)
    random = np.random.default_rng(0)

    def line(n_photos: int, n_matches: int) -> float:
        cosines = np.clip(random.standard_normal(n_photos), None, 2.4)
        cosines[:n_matches] = 3.0
        return background.for_query(cosines).good_z

    assert line(1, 0) == LEAST_GOOD_Z
    assert line(60, 0) == pytest.approx(3.144, abs=0.01)
    assert line(100_000, 0) == pytest.approx(4.892, abs=0.01)
    assert line(100_000, 2_650) > 4.8  # as many reach 3.0 by chance
    assert line(100_000, 2_750) == 3.0
    assert line(1_000, 40) == 3.0
    few = np.zeros(2_000)
    assert background.for_query(few, n_photos=100_000).good_z == line(100_000, 0)


def test_pictures_are_judged_by_how_alike_random_photos_are() -> None:
    world = World(3)
    photos = world.photos(world.random.integers(0, N_THINGS, 1000))
    background = Background.of_pictures(photos)
    assert score(np.array([1.0]), background)[0] > 0.95
    pairs = (photos[:30] @ photos[30:].T).ravel()
    assert 0.02 < (score(pairs, background) >= GOOD_SCORE).mean() < 0.1


@pytest.mark.parametrize("n_photos", [0, 1, 2])
def test_few_photos_still_tell_an_identical_picture(n_photos: int) -> None:
    photos = World(4).photos(np.arange(n_photos))
    background = Background.of_pictures(photos)
    same, opposite = score(np.array([1.0, -1.0]), background)
    assert same >= 0.95
    assert opposite < GOOD_SCORE


def test_a_box_in_the_only_photo_finds_it() -> None:
    background = Background.of_a_box(np.array([0.97]))
    assert score(np.array([0.97]), background)[0] > 0.8
    many = Background.of_a_box(np.full(500, 0.7))
    assert many.mean == pytest.approx(0.7 + 0.6 * 0.3, abs=0.002)


def test_where_all_photos_are_of_one_scene_they_match() -> None:
    rng = np.random.default_rng(8)
    cosines = rng.uniform(0.93, 0.99, 500)
    assert (score(cosines, Background.of_a_box(cosines)) >= GOOD_SCORE).all()
    scene = World(6).photos(np.arange(1))[0]
    shots = scene + rng.standard_normal((60, len(scene))) * 0.15 / np.sqrt(len(scene))
    shots /= np.linalg.norm(shots, axis=1, keepdims=True)
    background = Background.of_pictures(shots.astype(np.float32))
    assert (score((shots[:30] @ shots[30:].T).ravel(), background) >= GOOD_SCORE).all()


def test_of_two_photos_the_other_one_is_not_alike() -> None:
    one, other = World(5).photos(np.arange(2))
    background = Background.of_pictures(np.stack([one, other]))
    assert score(np.array([one @ other]), background)[0] < 0.2


def test_cosines_that_are_not_known_do_not_move_the_background() -> None:
    background = Background(mean=0.1, deviation=0.02, spread=0.05, n_photos=100)
    known = np.array([0.1, 0.12, 0.14], np.float32)
    mixed = np.array([0.1, np.nan, 0.12, 0.14], np.float32)
    assert background.for_query(mixed) == background.for_query(known)
    assert background.for_query(np.array([np.nan])) == background


@given(
    cosines=st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=50),
    mean=st.floats(-0.5, 0.5),
    deviation=st.floats(0.004, 0.5),
)
def test_scores_rise_with_cosines_and_stay_in_range(
    cosines: list[float], mean: float, deviation: float
) -> None:
    rising = np.sort(np.array(cosines, np.float32))
    scores = score(rising, Background(mean, deviation))
    assert (np.diff(scores) >= 0).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_probes_are_many_and_of_both_languages(make_vectors: Callable[..., np.ndarray]) -> None:
    chinese = [probe for probe in PROBES if any("\u4e00" <= letter <= "\u9fff" for letter in probe)]
    assert len(PROBES) == len(set(PROBES)) >= 60
    assert 20 <= len(chinese) <= len(PROBES) - 20
    vectors = make_vectors(len(PROBES))
    assert Background.measure(vectors, vectors).deviation > 0
