"""Preprocessing for pictures of any shape: grids, patches, and agreement with transformers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fgclip2 import Encoder
from fgclip2.images import DYNAMIC_BUDGETS, dynamic_budget, fit_to_grid, patch_grid, patchify

BUDGETS = (1, 16, *DYNAMIC_BUDGETS, 2048, 4096)
any_picture = settings(max_examples=80)


@st.composite
def sizes(draw: st.DrawFn, longest: int = 6000) -> tuple[int, int]:
    """(width, height) from 1:60 to 60:1, with sides from 1 px."""
    long = draw(st.integers(1, longest))
    short = draw(st.integers(max(1, -(-long // 60)), long))
    return (long, short) if draw(st.booleans()) else (short, long)


@pytest.fixture(scope="module")
def published_size() -> Callable[..., Any]:
    module = pytest.importorskip("transformers.models.siglip2.image_processing_pil_siglip2")
    found: Callable[..., Any] = module.get_image_size_for_max_num_patches
    return found


@any_picture
@given(size=sizes(), budget=st.sampled_from(BUDGETS))
def test_grids_are_those_of_the_published_processor(
    published_size: Callable[..., Any], size: tuple[int, int], budget: int
) -> None:
    width, height = size
    wanted = published_size(
        image_height=height, image_width=width, patch_size=16, max_num_patches=budget
    )
    assert patch_grid(width, height, budget) == (wanted[0] // 16, wanted[1] // 16)


@any_picture
@given(size=sizes(), budget=st.sampled_from(BUDGETS))
def test_grids_fill_the_budget_and_keep_the_aspect(size: tuple[int, int], budget: int) -> None:
    rows, columns = patch_grid(*size, budget)
    assert rows >= 1 <= columns
    assert rows * columns <= budget
    if min(rows, columns) >= 4 and max(size) >= 16:
        # One patch more or less a side is all that rounding can do.
        assert (columns - 1) / (rows + 1) <= size[0] / size[1] <= (columns + 1) / (rows - 1)
        assert (rows + 1) * (columns + 1) > budget


@settings(max_examples=30)
@given(size=sizes(longest=700), budget=st.sampled_from([1, 16, 128, 256]))
def test_fitting_and_cutting_any_picture(size: tuple[int, int], budget: int) -> None:
    values = np.random.default_rng(sum(size)).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    fitted = fit_to_grid(Image.fromarray(values), budget)
    rows, columns = patch_grid(*size, budget)
    assert fitted.size == (columns * 16, rows * 16)
    np.testing.assert_array_equal(fit_to_grid(fitted, budget), fitted)
    patches = patchify(fitted)
    assert patches.shape == (rows * columns, 768)
    assert patches.dtype == np.float32
    assert -1 <= patches.min() <= patches.max() <= 1


@any_picture
@given(size=sizes())
def test_the_dynamic_budget_is_a_published_one(size: tuple[int, int]) -> None:
    budget = dynamic_budget(*size)
    n_patches = (size[0] // 16) * (size[1] // 16)
    assert budget in DYNAMIC_BUDGETS
    assert n_patches <= budget or budget == 1024


@pytest.mark.parametrize("size", [(1, 1), (1, 60), (60, 1), (1, 900), (3000, 50), (2, 3)])
def test_the_encoder_takes_any_shape(reference_dir: Path, size: tuple[int, int]) -> None:
    encoder = Encoder.load(reference_dir, "openvino")
    image = Image.new("RGB", size, "teal")
    assert np.isfinite(encoder.encode_images([image])).all()
    dense = encoder.encode_dense(image, 64)
    assert dense.shape[:2] == patch_grid(*size, 64)


@pytest.mark.parametrize("patches", [*DYNAMIC_BUDGETS, 2048, 4096])
def test_fixed_budgets(reference_dir: Path, patches: int) -> None:
    encoder = Encoder.load(reference_dir, "openvino")
    image = Image.new("RGB", (640, 480), "teal")
    dense = encoder.encode_dense(image, patches)
    assert dense.shape == (*patch_grid(640, 480, patches), encoder.dim)
    np.testing.assert_allclose(np.linalg.norm(dense, axis=-1), 1, atol=1e-5)
