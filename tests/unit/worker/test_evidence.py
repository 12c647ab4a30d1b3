"""How well photos fit a phrase, and which of their boxes is shown: what regions vote for."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.asking import Phrase
from app.core.language.places import Place
from app.core.library.rows import PackedRegions
from app.core.ranking import Background
from app.worker.backgrounds import Backgrounds
from app.worker.encoding_questions import AskedPhrase, AskedPicture
from app.worker.evidence import (
    Candidates,
    Evidence,
    fitting_boxes,
    phrase_evidence,
    picture_evidence,
    together,
)

WHOLE, THING = (0.0, 0.0, 1.0, 1.0), (0.2, 0.2, 0.6, 0.6)
PARTS = [(0.2, 0.2, 0.4, 0.6), (0.4, 0.2, 0.6, 0.6), (0.2, 0.3, 0.6, 0.6)]
ELSEWHERE = [(0.7, 0.0, 0.9, 0.2), (0.7, 0.7, 1.0, 1.0)]


def _candidates(boxes: list[list[tuple[float, ...]]], rows: list[int], n_photos: int) -> Candidates:
    counts = [len(each) for each in boxes]
    flat = np.array([box for each in boxes for box in each], np.float32).reshape(-1, 4)
    packed = PackedRegions(
        np.array(rows, np.int64),
        np.cumsum([0, *counts[:-1]]).astype(np.int64),
        flat,
        np.zeros((len(flat), 2), np.int8),
        np.ones(len(flat), np.float32),
    )
    nothing = np.zeros((len(flat), 2), np.float32)
    ids = np.arange(n_photos)
    vectors = np.zeros((n_photos, 2), np.float32)
    return Candidates(ids, vectors, packed, nothing, np.array(rows, np.int64))


def _evidence(values: list[float] | None, n_photos: int) -> Evidence:
    fitting = None if values is None else np.array(values, np.float32)
    return Evidence(np.zeros(n_photos, np.float32), np.zeros(n_photos, np.float32), fitting)


def test_the_thing_is_framed_although_a_part_of_it_fits_best() -> None:
    boxes = [WHOLE, THING, *PARTS, *ELSEWHERE]
    values = [0.05, 0.28, 0.30, 0.29, 0.27, 0.02, 0.04]
    shown = fitting_boxes(
        _evidence(values, 1), _candidates([boxes], [0], 1), np.array([0], np.int64)
    )
    np.testing.assert_array_equal(shown, np.array([THING], np.float32))


def test_photos_of_different_numbers_of_regions_do_not_mix() -> None:
    boxes = [[WHOLE], [ELSEWHERE[0], THING, *PARTS], [ELSEWHERE[1], WHOLE]]
    values = [0.9, 0.0, 0.2, 0.21, 0.2, 0.2, 0.5, 0.1]
    candidates = _candidates(boxes, [1, 2, 4], 5)
    shown = fitting_boxes(_evidence(values, 5), candidates, np.array([4, 0, 2, 1], np.int64))
    np.testing.assert_array_equal(shown[0], np.float32(ELSEWHERE[1]))
    assert np.isnan(shown[1]).all(), "it has no regions"
    np.testing.assert_array_equal(shown[2], np.float32(THING))
    np.testing.assert_array_equal(shown[3], np.float32(WHOLE))


def test_without_regions_no_box_is_shown() -> None:
    rows = np.array([0, 1], np.int64)
    assert np.isnan(fitting_boxes(_evidence(None, 2), _candidates([], [], 2), rows)).all()
    asked = fitting_boxes(_evidence(None, 2), _candidates([[WHOLE]], [1], 2), rows)
    assert np.isnan(asked).all()


def test_regions_that_fit_alike_are_no_error() -> None:
    shown = fitting_boxes(
        _evidence([0.3, 0.3], 1), _candidates([[WHOLE, THING]], [0], 1), np.array([0], np.int64)
    )
    assert not np.isnan(shown).any()


LEFT_BOX, RIGHT_BOX = (0.1, 0.3, 0.3, 0.7), (0.7, 0.3, 0.9, 0.7)


def _excess(
    photo: float, regions: list[tuple[float, tuple[float, ...]]], *places: Place
) -> tuple[float, float]:
    """Excess of a photo with these cosines, and of its regions; of 400 others nothing fits."""
    random = np.random.default_rng(0)
    others = np.zeros((400, 2), np.float32)
    others[:, 0] = random.normal(0.0, 0.05, 400)
    packed = _candidates([[LEFT_BOX]] * 400, list(range(400)), 400).regions
    probes = random.normal(0.0, 0.05, (400, 40))
    grounds = Backgrounds(
        others, packed, others, Background.of_cosines(probes), Background.of_regions(probes),
        Background.of_pictures(others), 400, 400,
    )  # fmt: skip
    one, none = np.array([1.0, 0.0], np.float32), np.empty((0, 2), np.float32)
    asked = AskedPhrase(Phrase("a cup"), one, one, none, none, places)
    found = _candidates([[box for _, box in regions]], [0], 1)
    vectors = np.array([[photo, 0.0]], np.float32)
    region_vectors = np.array([[cosine, 0.0] for cosine, _ in regions], np.float32)
    candidates = Candidates(found.ids, vectors, found.regions, region_vectors, found.rows)
    evidence = phrase_evidence(asked, candidates, grounds, 400)
    return float(evidence.excess[0]), float(evidence.by_region[0])


def test_a_phrase_may_be_about_the_photo_or_a_thing_in_it() -> None:
    by_both, _ = _excess(0.5, [(0.5, WHOLE)])
    by_photo, region = _excess(0.5, [(0.0, WHOLE)])
    by_region, _ = _excess(0.0, [(0.0, WHOLE), (0.5, THING)])
    nothing, _ = _excess(0.0, [(0.0, WHOLE)])
    assert nothing < 0 < by_photo
    assert region < 0
    assert by_region == pytest.approx(by_both, abs=0.5)
    assert by_photo == pytest.approx(by_both, abs=0.5)


def test_a_thing_in_the_wrong_place_fits_less_however_well_the_photo_fits() -> None:
    right, _ = _excess(0.5, [(0.5, LEFT_BOX)], "left")
    wrong, region = _excess(0.5, [(0.5, RIGHT_BOX)], "left")
    anywhere, _ = _excess(0.5, [(0.5, RIGHT_BOX)])
    assert right == pytest.approx(anywhere, abs=0.5)
    assert wrong < right - 3
    assert region == pytest.approx(wrong, abs=0.5)


def test_of_photos_that_fit_all_parts_very_well_the_best_comes_first() -> None:
    parts = [np.array([2.5, 3.001, 3.0, 9.0], np.float32), np.array([4, 4.001, 4, 1.9], np.float32)]
    whole = together(parts, required=parts)
    assert list(np.argsort(-whole)) == [1, 2, 0, 3], "one part does not hide another"
    assert whole == pytest.approx([2, 2, 2, 1.95], abs=0.01)


def test_a_box_in_shots_of_one_scene_finds_all_of_them() -> None:
    rng = np.random.default_rng(3)

    def shots(of: np.ndarray, n: int) -> np.ndarray:
        rows = of + rng.standard_normal((n, len(of))) * 0.15 / np.sqrt(len(of))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    scene, thing, n_photos = np.eye(32)[0], np.eye(32)[1], 40
    photos, regions = shots(scene, n_photos), shots(thing, n_photos)
    packed = _candidates([[THING]] * n_photos, list(range(n_photos)), n_photos).regions
    rows = np.arange(n_photos, dtype=np.int64)
    candidates = Candidates(rows, photos, packed, regions, rows)
    any_text = Background(0.0, 1.0)
    grounds = Backgrounds(
        photos, packed, regions, any_text, any_text, Background.of_pictures(photos), n_photos, 1
    )
    # A crop as a photo is like its scene a little, and like its thing.
    crop = (0.3 * scene + 0.95 * thing).astype(np.float32)
    asked = AskedPicture("required", crop, regions[5], own_id=5, box=THING)
    found = picture_evidence(asked, candidates, grounds)
    assert (found.excess >= 0).mean() > 0.9
    assert found.excess.argmax() == 5
    other = AskedPicture("required", crop, np.eye(32, dtype=np.float32)[2])
    assert (picture_evidence(other, candidates, grounds).excess < 0).all(), "nothing like it"
