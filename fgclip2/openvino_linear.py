"""Linear layers as OpenVINO nodes: exact, or in 8 bits in one of two forms.

Shapes: B batch, P positions, M inputs and N outputs of a layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fgclip2.engine import Floats
from fgclip2.openvino_runtime import ops, ov

NodeLike: TypeAlias = "ov.Node | ov.Output"
Span: TypeAlias = tuple[float, float]
# Least and largest input of each linear layer that runs in 8 bits, by the layer's name.
Ranges: TypeAlias = Mapping[str, Span]

_LARGEST_WEIGHT = 127
# 255 times the sum of two neighbours must not pass 32767; half a level is left for rounding.
_LARGEST_PAIR = 127.5
_SHARED_FROM_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Kernels:
    """What suits the 8-bit kernels of a processor.

    Attributes:
        as_convolution: it is faster at convolutions of one position than at matrix products.
        narrow_sums: it adds the products of two neighbouring inputs in 16 bits and cuts what does
            not fit, so that the weights of both must be small enough together.
    """

    as_convolution: bool = False
    narrow_sums: bool = False


@dataclass(frozen=True, slots=True)
class EightBit:
    """Which linear layers run in 8 bits, by the ranges of their inputs, and how."""

    ranges: Ranges
    kernels: Kernels = Kernels()


def affine(state: NodeLike, weight: Floats, bias: Floats) -> ov.Node:
    """``state @ weight.T + bias`` for a state (..., M) and a weight (N, M)."""
    product = ops.matmul(state, _shared(weight), False, True)
    return ops.add(product, ops.constant(bias))


def affine_in_8_bits(
    state: NodeLike,
    weight: Floats,
    bias: Floats,
    span: Span,
    kernels: Kernels,
    *,
    in_levels: bool = False,
    turned_in: bool = False,
    turned_out: bool = False,
) -> ov.Node:
    """As ``affine``, in 8 bits.

    Args:
        state: (B, P, M), or (B, M, P) if it comes from a convolution whose result was not turned.
        weight: (N, M).
        bias: (N,) or (1,).
        span: the least and largest number of the state.
        kernels: as a convolution the state must have three axes.
        in_levels: the state is what ``in_8_bits`` made of it with the same span.
        turned_in: the state comes from a layer with ``turned_out``.
        turned_out: the next layer gets this result with ``turned_in``; nothing between the two may
            depend on the order of the axes.
    """
    low, _ = _zero_on_a_level(span)
    whole, scale = in_whole_numbers(weight, kernels)
    # The states were moved to begin at zero: what that adds to each sum is taken back.
    moved = low * whole.sum(axis=1, dtype=np.int32) * scale[:, 0]
    offset = (bias + moved).astype(np.float32)
    if not in_levels:
        state = in_8_bits(state, span)
    if not kernels.as_convolution:
        product = ops.matmul(state, _scaled(whole, scale), False, True)
        return ops.add(product, ops.constant(offset))
    state = state if turned_in else _turned(state)
    weights = _scaled(whole[:, :, None], scale[:, :, None])
    result = ops.add(
        ops.convolution(state, weights, [1], [0], [0], [1]), ops.constant(offset[None, :, None])
    )
    return result if turned_out else _turned(result)


def in_8_bits(state: NodeLike, span: Span) -> ov.Node:
    """256 levels over the span, counted from zero.

    Levels without an offset spare OpenVINO a slow sum over all weights when it compiles.
    """
    low, high = _zero_on_a_level(span)
    taken = [ops.constant(np.float32(end)) for end in (low, high)]
    given = [ops.constant(np.float32(end)) for end in (0, high - low)]
    return ops.fake_quantize(state, *taken, *given, 256)


def in_whole_numbers(weight: Floats, kernels: Kernels) -> tuple[npt.NDArray[np.int8], Floats]:
    """Weights (N, M) as whole numbers from -127 to 127, and the scale of each output (N, 1)."""
    scale = np.abs(weight).max(axis=1, keepdims=True) / np.float32(_LARGEST_WEIGHT)
    if kernels.narrow_sums:
        pairs = weight[:, : weight.shape[1] // 2 * 2].reshape(len(weight), -1, 2).sum(axis=2)
        largest = np.abs(pairs).max(axis=1, keepdims=True, initial=0)
        scale = np.maximum(scale, largest / np.float32(_LARGEST_PAIR))
    scale = np.maximum(scale, np.float32(1e-14))
    return np.rint(weight / scale).astype(np.int8), scale


def _shared(weight: Floats) -> ov.Node:
    """A constant over the checkpoint's own memory where possible."""
    if weight.flags.writeable and weight.flags.c_contiguous and weight.nbytes > _SHARED_FROM_BYTES:
        return ov.op.Constant(weight, shared_memory=True)
    return ops.constant(weight)


def _scaled(whole: npt.NDArray[np.int8], scale: Floats) -> ov.Node:
    return ops.multiply(ops.convert(ops.constant(whole), "f32"), ops.constant(scale))


def _turned(state: NodeLike) -> ov.Node:
    """(B, P, M) as (B, M, P) and back; in memory OpenVINO keeps M last for its convolutions."""
    return ops.transpose(state, ops.constant(np.array([0, 2, 1], np.int64)))


def _zero_on_a_level(span: Span) -> Span:
    """The span, moved so that zero is one of its 256 levels."""
    low, high = min(span[0], -1e-6), max(span[1], 1e-6)
    step = (high - low) / 255
    zero = float(np.clip(np.rint(-low / step), 0, 255))
    return -zero * step, (255 - zero) * step
