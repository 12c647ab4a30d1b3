"""Both engines return what the authors' own implementation returns (tests/data/reference)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from fgclip2 import Encoder
from fgclip2.images import dynamic_budget, fit_to_grid, patch_grid, patchify

REFERENCE = Path(__file__).parents[1] / "data" / "reference"
TOLERANCE = 2e-5
CASES: list[dict[str, Any]] = json.loads((REFERENCE / "expected.json").read_text())["cases"]
MODES = ("short", "box", "long")

cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case["key"])


@pytest.fixture(scope="module")
def expected() -> dict[str, np.ndarray]:
    return load_file(REFERENCE / "expected.safetensors")


@pytest.fixture(scope="module", params=["openvino", "torch"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    encoder = Encoder.load(REFERENCE, engine=request.param, precision="f32")
    assert (encoder.engine, encoder.precision) == (request.param, "f32")
    return encoder


def picture(case: dict[str, Any]) -> Image.Image:
    with Image.open(REFERENCE / case["image"]) as image:
        image.load()
    assert image.size == tuple(case["size"])
    return image


def assert_same(found: np.ndarray, wanted: np.ndarray) -> None:
    assert found.shape == wanted.shape
    assert found.dtype == np.float32
    assert np.abs(found - wanted).max() <= TOLERANCE


@cases
def test_preprocessing(case: dict[str, Any], expected: dict[str, np.ndarray]) -> None:
    image, budget = picture(case), case["max_num_patches"]
    assert dynamic_budget(*image.size) == case["default_budget"]
    assert patch_grid(*image.size, budget) == tuple(expected[f"{case['key']}.spatial_shape"])
    wanted = expected.get(f"{case['key']}.pixel_values")
    assert (wanted is not None) == (budget == 128)
    if wanted is not None:
        np.testing.assert_array_equal(patchify(fit_to_grid(image, budget)), wanted)


@cases
def test_photo_vector(
    encoder: Encoder, case: dict[str, Any], expected: dict[str, np.ndarray]
) -> None:
    image, budget = picture(case), case["max_num_patches"]
    vectors = encoder.encode_images([image], patches=budget, normalize=False)
    assert_same(vectors[0], expected[f"{case['key']}.pooled"])
    if budget == case["default_budget"]:
        assert_same(encoder.encode_images([image], normalize=False), vectors)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["max_num_patches"] <= 256], ids=lambda case: case["key"]
)
def test_dense_map(encoder: Encoder, case: dict[str, Any], expected: dict[str, np.ndarray]) -> None:
    dense = encoder.encode_dense(picture(case), case["max_num_patches"], normalize=False)
    assert dense.shape[:2] == tuple(expected[f"{case['key']}.spatial_shape"])
    assert_same(dense.reshape(-1, encoder.dim), expected[f"{case['key']}.dense"])


@cases
def test_regions(encoder: Encoder, case: dict[str, Any], expected: dict[str, np.ndarray]) -> None:
    boxes = expected[f"{case['key']}.boxes"]
    regions = encoder.encode_regions(picture(case), boxes, case["max_num_patches"], normalize=False)
    assert_same(regions, expected[f"{case['key']}.regions"])


@pytest.mark.parametrize("mode", MODES)
def test_texts(encoder: Encoder, mode: str, expected: dict[str, np.ndarray]) -> None:
    ids = expected[f"text.{mode}.input_ids"]
    vectors = encoder.encode_token_ids(ids, mode, normalize=False)
    assert_same(vectors, expected[f"text.{mode}.features"])


def test_all_pictures_in_one_call(encoder: Encoder, expected: dict[str, np.ndarray]) -> None:
    """Mixed grids are grouped and come back in order; the batch changes nothing."""
    chosen = [case for case in CASES if case["max_num_patches"] == 256]
    chosen += chosen[:2]
    vectors, maps = encoder.encode_images_and_dense(
        [picture(case) for case in chosen], 256, normalize=False
    )
    assert_same(vectors, np.stack([expected[f"{case['key']}.pooled"] for case in chosen]))
    for dense, case in zip(maps, chosen, strict=True):
        assert_same(dense.reshape(-1, encoder.dim), expected[f"{case['key']}.dense"])


def test_logit_parameters(encoder: Encoder) -> None:
    weights = load_file(REFERENCE / "model.safetensors")
    assert encoder.log_scale == pytest.approx(weights["logit_scale"].item())
    assert encoder.bias == pytest.approx(weights["logit_bias"].item())
