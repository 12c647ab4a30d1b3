"""Which boxes of a photo get a vector."""

from __future__ import annotations

import numpy as np
import pytest

from app.core import region_choice
from app.core.region_choice import choose_boxes


@pytest.mark.parametrize("shape", [(28, 36, 24), (12, 16, 24), (3, 5, 8)])
@pytest.mark.parametrize("at_once", [1, 50])
def test_looking_at_few_windows_at_once_finds_the_same_boxes(
    shape: tuple[int, int, int], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dense = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    dense[1:3, 1:4] += 2.0
    monkeypatch.setattr(region_choice, "_WINDOWS_AT_ONCE", 1_000_000)
    expected = choose_boxes(dense)
    monkeypatch.setattr(region_choice, "_WINDOWS_AT_ONCE", at_once)
    assert np.array_equal(choose_boxes(dense), expected)
    overlaps = [region_choice.overlaps(box, expected[at + 1 :]) for at, box in enumerate(expected)]
    assert max(float(each.max(initial=0.0)) for each in overlaps[1:]) <= 0.5 + 1e-6
