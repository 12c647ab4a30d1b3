"""Cuts, other light and parts of other pictures, made for a whole batch at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from fgclip2.images import patchify
from trainer import device_pictures
from trainer.data import mixed_batches
from trainer.data.mixed_batches import STRETCH
from trainer.device_pictures import Chance, cut_views, paste_parts, patched
from trainer.recipes import resolve

_SIDE = 64
_SIDES = st.sampled_from([32, 48, 64, 96])


class _Fixed(Chance):
    """Everything happens, as much as it can."""

    def rand(self, *sizes: int) -> Tensor:
        return torch.zeros(sizes)

    def between(self, low: float, high: float, *sizes: int) -> Tensor:
        return torch.full(sizes, high)


def _chance(seed: int = 0) -> Chance:
    return Chance(torch.Generator().manual_seed(seed))


def _noise(width: int, height: int) -> Image.Image:
    levels = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels)


def _stored(*pictures: Image.Image) -> Tensor:
    return torch.from_numpy(np.stack([np.asarray(each) for each in pictures])).permute(0, 3, 1, 2)


def _places(count: int) -> Tensor:
    """Pictures whose first levels say how far right they are, the second ones how far down."""
    at_S = (torch.arange(_SIDE) + 0.5) / _SIDE
    across, down = torch.meshgrid(at_S, at_S, indexing="xy")
    return torch.stack([across, down, torch.zeros_like(down)]).expand(count, -1, -1, -1)


@pytest.mark.parametrize("size", [(64, 64), (48, 80), (96, 64)])
def test_an_uncut_picture_is_the_whole_one_resized(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_pictures, "STRETCH", 0.0)
    recipe = resolve("tiny", ["least_crop_area=1.0", "relight=False"])
    pictures = [_noise(40, 40), _noise(41, 41).resize((40, 40))]
    aspects = torch.full((2,), size[1] / size[0])
    never = torch.zeros(2, dtype=torch.bool)
    views = cut_views(_stored(*pictures), aspects, never, size, recipe, _chance())
    assert views.shape == (2, 3, *size)
    for view, picture in zip(views, pictures, strict=True):
        expected = np.asarray(picture.resize(size[::-1], Image.Resampling.BILINEAR), np.float32)
        assert np.abs(view.permute(1, 2, 0).numpy() - expected).max() <= 2


def test_patches_are_in_the_order_of_patchify() -> None:
    pictures = [_noise(64, 48), _noise(64, 48).transpose(Image.Transpose.ROTATE_180)]
    expected = np.stack([patchify(picture) for picture in pictures])
    found = patched(_stored(*pictures).float())
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-6)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.floats(0.4, 2.5), min_size=1, max_size=6),
    _SIDES,
    _SIDES,
    st.floats(0.1, 1.0),
    st.integers(0, 1000),
)
def test_cuts_lie_inside_and_are_large_enough(
    aspects: list[float], height: int, width: int, least: float, seed: int
) -> None:
    recipe = resolve("tiny", [f"least_crop_area={least}", "relight=False"])
    count = len(aspects)
    may_flip = torch.arange(count) % 2 == 0
    views = cut_views(
        _places(count), torch.tensor(aspects), may_flip, (height, width), recipe, _chance(seed)
    )
    for view, aspect, flips in zip(views, aspects, may_flip.tolist(), strict=True):
        across, left, right = _reach(view[0, height // 2])
        down, top, bottom = _reach(view[1, :, width // 2])
        assert down > 0
        assert across > 0 or flips
        assert min(left, right, top, bottom) >= -1e-3
        assert max(left, right, top, bottom) <= 1 + 1e-3
        # As much as asked for; where its shape does not fit the picture, half of that is kept.
        unlike = abs(math.log(width / height / aspect)) + 2 * STRETCH
        assert abs(across) * down >= min(least, math.sqrt(least * math.exp(-unlike))) - 1e-3
        shape = abs(across) * aspect / down / (width / height)
        if abs(across) < 0.99 and down < 0.99:
            assert abs(math.log(shape)) <= 2 * STRETCH + 1e-2


def _reach(levels: Tensor) -> tuple[float, float, float]:
    """How much of the picture a line of levels spans, and where it begins and ends.

    Levels near the edges do not tell: there the outermost ones are repeated.
    """
    count = len(levels)
    first, last = count // 4, 3 * count // 4
    per_step = float(levels[last] - levels[first]) / (last - first)
    begin = float(levels[first]) - per_step * (first + 0.5)
    return per_step * count, begin, begin + per_step * count


def test_a_cut_of_the_shape_of_its_picture_has_the_area_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device_pictures, "STRETCH", 0.0)
    recipe = resolve("tiny", ["least_crop_area=0.5", "relight=False"])
    aspects, no = torch.full((200,), 4 / 3), torch.zeros(200, dtype=torch.bool)
    views = cut_views(_places(200), aspects, no, (48, 64), recipe, _chance())
    areas = [_reach(view[0, 24])[0] * _reach(view[1, :, 32])[0] for view in views]
    assert 0.5 - 1e-3 <= min(areas) < 0.52
    assert 0.98 < max(areas) <= 1 + 1e-3
    starts = [_reach(view[0, 24])[1] for view in views]
    assert min(starts) < 0.02
    assert max(starts) > 0.15


def test_only_what_may_be_is_mirrored_and_half_of_that() -> None:
    recipe = resolve("tiny", ["relight=False"])
    may_flip = torch.arange(400) < 200
    views = cut_views(_places(400), torch.ones(400), may_flip, (32, 32), recipe, _chance())
    mirrored = views[:, 0, 16, 8] > views[:, 0, 16, 24]
    assert not mirrored[200:].any()
    assert 70 < int(mirrored[:200].sum()) < 130
    assert (views[:, 1, 8, 16] < views[:, 1, 24, 16]).all()  # never upside down


def test_other_light_is_what_pillow_makes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_pictures, "STRETCH", 0.0)
    recipe, levels = resolve("tiny", []), np.asarray(_noise(48, 48)).copy()
    levels[:24] = levels[:24] // 8 + np.array([0, 0, 200], np.uint8)  # the order matters there
    picture = Image.fromarray(levels)
    chance = _Fixed(torch.Generator())
    lit = cut_views(
        _stored(picture), torch.ones(1), torch.zeros(1, dtype=torch.bool), (48, 48), recipe, chance
    )

    class _Always:
        """Draws as ``_Fixed`` does."""

        def random(self) -> float:
            return 0.0

        def uniform(self, low: float, high: float) -> float:
            return high

    expected = np.asarray(mixed_batches.relit(picture, _Always()), np.float32)  # type: ignore[arg-type]
    assert np.abs(levels - expected).mean() > 10
    assert np.abs(lit[0].permute(1, 2, 0).numpy() - expected).max() <= 4


def test_some_pictures_are_lit_otherwise_and_some_are_not() -> None:
    recipe = resolve("tiny", ["least_crop_area=1.0"])
    stored = torch.full((300, 3, 8, 8), 100, dtype=torch.uint8)
    no = torch.zeros(300, dtype=torch.bool)
    views = cut_views(stored, torch.ones(300), no, (16, 16), recipe, _chance())
    brightness = views.mean(dim=(1, 2, 3)) / 100
    changed = (brightness - 1).abs() > 1e-3  # grey of one level: only brightness changes it
    assert 90 < int(changed.sum()) < 150
    assert 0.7 - 1e-3 <= brightness.min() < 0.75
    assert 1.3 < brightness.max() <= 1.35 + 1e-3


@pytest.mark.parametrize("size", [(64, 48), (16, 160), (32, 32)])
def test_parts_lie_where_they_lay_and_cover_what_is_said(size: tuple[int, int]) -> None:
    count = 60
    places = torch.arange(size[0] * size[1]).reshape(1, 1, *size) / 1e4
    views = (torch.arange(count)[:, None, None, None] + places).expand(-1, 3, -1, -1)
    other = torch.randperm(count, generator=torch.Generator().manual_seed(1))
    mixed = torch.arange(count) % 3 > 0
    made, covered = paste_parts(views, other, mixed, _chance())
    for at in range(count):
        of_other = (made[at] == views[other[at]]).all(dim=0)
        assert torch.equal(made[at][:, ~of_other], views[at][:, ~of_other])
        if int(other[at]) == at:
            continue
        assert of_other.float().mean().item() == pytest.approx(covered[at].item(), abs=1e-6)
        assert covered[at] <= 0.5
        assert (covered[at] > 0) == mixed[at]
        rows, columns = of_other.any(dim=1), of_other.any(dim=0)
        assert int(of_other.sum()) == int(rows.sum()) * int(columns.sum())  # a rectangle
        assert (rows.nonzero().diff(dim=0) == 1).all()
        assert (columns.nonzero().diff(dim=0) == 1).all()
    assert covered.max() > 0.4
    assert len(set(covered.tolist())) > 10
