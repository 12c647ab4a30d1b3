"""Linear layers in 8 bits: both forms give what the exact one gives, within their steps."""

from __future__ import annotations

import numpy as np
import pytest

from fgclip2.openvino_linear import Kernels, affine, affine_in_8_bits, in_whole_numbers
from fgclip2.openvino_runs import Compiler
from fgclip2.openvino_runtime import ops, ov

RNG = np.random.default_rng(0)
N_IN, N_INNER, N_OUT = 33, 64, 24
STATE = RNG.uniform(-1, 3, (2, 5, N_IN)).astype(np.float32)


def run(kernels: Kernels | None) -> np.ndarray:
    """Two layers with a GELU between them, exact without kernels."""
    rng = np.random.default_rng(1)
    inner = rng.standard_normal((N_INNER, N_IN)).astype(np.float32)
    outer = rng.standard_normal((N_OUT, N_INNER)).astype(np.float32)
    biases = [rng.standard_normal(n).astype(np.float32) for n in (N_INNER, N_OUT)]
    state = ops.parameter([-1, -1, N_IN], np.float32, "state")
    state.output(0).set_names({"state"})
    if kernels is None:
        result = affine(ops.gelu(affine(state, inner, biases[0]), "tanh"), outer, biases[1])
    else:
        within = affine_in_8_bits(state, inner, biases[0], (-1, 3), kernels, turned_out=True)
        within = ops.gelu(within, "tanh")
        result = affine_in_8_bits(within, outer, biases[1], (-0.2, 40), kernels, turned_in=True)
    model = ov.Model([result], [state], "layers")
    return Compiler("f32", None, {}).compile("layers", lambda: model).run({"state": STATE}).copy()


@pytest.mark.parametrize("narrow_sums", [False, True])
@pytest.mark.parametrize("as_convolution", [False, True])
def test_both_forms_are_close_to_the_exact_layers(as_convolution: bool, narrow_sums: bool) -> None:
    exact = run(None)
    found = run(Kernels(as_convolution, narrow_sums))
    assert found.shape == exact.shape == (2, 5, N_OUT)
    assert np.abs(found - exact).max() < 0.03 * np.abs(exact).max()
    assert np.abs(found - exact).max() > 0  # it did run in 8 bits


def test_neighbours_share_what_their_sum_can_hold() -> None:
    weight = RNG.standard_normal((50, 301)).astype(np.float32)
    weight[0] = 1  # all pairs are the largest there can be
    weight[1] = np.where(np.arange(301) % 2, -1, 1)  # no pair adds up
    weight[2] = 0
    found = {}
    for narrow_sums in (False, True):
        whole, scale = in_whole_numbers(weight, Kernels(narrow_sums=narrow_sums))
        found[narrow_sums] = whole.astype(int)
        assert np.abs(whole * scale - weight).max() <= 0.5 * scale.max() * 1.001
    pairs = np.abs(found[True][:, :300].reshape(50, -1, 2).sum(axis=2))
    assert pairs.max() == 128  # 255 * 128 is the most that fits into 16 bits
    assert np.abs(found[False]).max(axis=1).tolist() == [127] * 2 + [0] + [127] * 47
    assert np.abs(found[True][1]).max() == 127
    # Finer than half the levels for all, which would be safe as well.
    assert np.median(np.abs(found[True]).max(axis=1)) > 80
