"""OpenVINO graphs of the towers, built from the tensors of a checkpoint.

There is no exported file in between: a graph is a function of the checkpoint's names. All
pictures of one call share a grid and texts are padded to their full length, so nothing is masked.
Shapes: B batch, P patches, I numbers in a patch, L tokens, D width, H heads, E embedding.
"""

from __future__ import annotations

import numpy as np

from fgclip2.checkpoint import Checkpoint
from fgclip2.config import TextConfig, VisionConfig
from fgclip2.engine import Floats
from fgclip2.openvino_linear import (
    EightBit,
    Kernels,
    NodeLike,
    affine,
    affine_in_8_bits,
    in_8_bits,
)
from fgclip2.openvino_runtime import ops, ov

# Compiled graphs of another version are not used.
VERSION = "7"

_DYNAMIC = -1


def vision_tower(
    checkpoint: Checkpoint, eight_bit: EightBit | None = None, *, fuse: bool = True
) -> ov.Model:
    """Patches (B, P, I) and positions (P, D) -> last hidden states (B, P, D)."""
    build = _Builder(checkpoint, checkpoint.config.vision, eight_bit, fuse=fuse)
    inputs, hidden = _vision_states(build)
    return ov.Model([hidden], inputs, "vision_tower")


def pooling_head(
    checkpoint: Checkpoint, eight_bit: EightBit | None = None, *, fuse: bool = True
) -> ov.Model:
    """Last hidden states (B, P, D) -> picture features (B, E): one learned probe attends to all."""
    build, hidden = _head_start(checkpoint, fuse)
    return ov.Model([_pooled(build, hidden)], [hidden], "pooling_head")


def dense_head(
    checkpoint: Checkpoint, eight_bit: EightBit | None = None, *, fuse: bool = True
) -> ov.Model:
    """Last hidden states (B, P, D) -> dense features (B, P, E): every patch attends to all."""
    build, hidden = _head_start(checkpoint, fuse)
    dense = build.attention_head(hidden, "dense_feature_head")
    return ov.Model([dense], [hidden], "dense_head")


def text_tower(
    checkpoint: Checkpoint, eight_bit: EightBit | None = None, *, fuse: bool = True
) -> ov.Model:
    """Embeddings (B, L, D), positions added -> state of the last position (B, D).

    The last layer computes that position alone.
    """
    build = _Builder(checkpoint, checkpoint.config.text, eight_bit, fuse=fuse)
    inputs, state = _text_state(build)
    return ov.Model([state], inputs, "text_tower")


def observed_vision_tower(checkpoint: Checkpoint) -> tuple[ov.Model, list[str]]:
    """The exact vision tower with its pooling head, and what 8 bits need to know of it.

    Returns:
        A graph with the inputs of ``vision_tower`` that gives picture features (B, E) and the
        range of the input of each layer that can run in 8 bits (N, 2); the names of these layers.
    """
    build = _Builder(checkpoint, checkpoint.config.vision, observe=True)
    inputs, hidden = _vision_states(build)
    return build.observing(_pooled(build, hidden), inputs)


def observed_text_tower(checkpoint: Checkpoint) -> tuple[ov.Model, list[str]]:
    """As ``observed_vision_tower``: the results of ``text_tower`` (B, D), ranges and names."""
    build = _Builder(checkpoint, checkpoint.config.text, observe=True)
    inputs, state = _text_state(build)
    return build.observing(state, inputs)


def probe_layer(width: int, kernels: Kernels | None = None) -> ov.Model:
    """The two large products of a layer, with weights of one, to measure a machine by.

    In 8 bits if kernels for them are given.
    """
    # Of any length, as in the towers: a known one would spare convolutions all turning.
    state = _input("state", (_DYNAMIC, _DYNAMIC, width))
    inner = np.ones((4 * width, width), np.float32)
    outer = np.ones((width, 4 * width), np.float32)
    no_bias = np.zeros(1, np.float32)
    if kernels is None:
        out = affine(ops.gelu(affine(state, inner, no_bias), "tanh"), outer, no_bias)
    else:
        # Turned between the two as well: as convolutions they turn what a whole layer turns.
        span = (-1.0, 4.0 * width)
        within = ops.gelu(affine_in_8_bits(state, inner, no_bias, span, kernels), "tanh")
        out = affine_in_8_bits(within, outer, no_bias, span, kernels)
    return ov.Model([out], [state], "probe")


def matrix_product(side: int, *, is_int8: bool = False) -> ov.Model:
    """One square product with a matrix of ones, to see what a machine can do, and how exactly.

    In 8 bits, states of 4 and weights of 1 are the largest numbers there are.
    """
    state = _input("state", (side, side))
    weight, no_bias = np.ones((side, side), np.float32), np.zeros(1, np.float32)
    if is_int8:
        product = affine_in_8_bits(state, weight, no_bias, (-1.0, 4.0), Kernels())
    else:
        product = affine(state, weight, no_bias)
    return ov.Model([product], [state], "product")


def _vision_states(build: _Builder) -> tuple[list[ov.Node], NodeLike]:
    config = build.checkpoint.config.vision
    patches = _input("patches", (_DYNAMIC, _DYNAMIC, config.patch_values))
    positions = _input("positions", (_DYNAMIC, config.hidden_size))
    state: NodeLike = ops.add(
        build.linear(patches, "vision_model.embeddings.patch_embedding"),
        ops.unsqueeze(positions, _ints(0)),
    )
    for index in range(config.num_hidden_layers):
        state = build.layer(state, f"vision_model.encoder.layers.{index}")
    return [patches, positions], build.norm(state, "vision_model.post_layernorm")


def _text_state(build: _Builder) -> tuple[list[ov.Node], NodeLike]:
    config = build.checkpoint.config.text
    embeddings = _input("embeddings", (_DYNAMIC, _DYNAMIC, config.hidden_size))
    state: NodeLike = embeddings
    for index in range(config.num_hidden_layers):
        is_last = index == config.num_hidden_layers - 1
        state = build.layer(state, f"text_model.encoder.layers.{index}", last_only=is_last)
    last = ops.squeeze(build.norm(state, "text_model.final_layer_norm"), _ints(1))
    return [embeddings], last


def _head_start(checkpoint: Checkpoint, fuse: bool) -> tuple[_Builder, ov.Node]:
    config = checkpoint.config.vision
    return _Builder(checkpoint, config, fuse=fuse), _input(
        "hidden", (_DYNAMIC, _DYNAMIC, config.hidden_size)
    )


def _pooled(build: _Builder, hidden: NodeLike) -> ov.Node:
    return ops.squeeze(build.pooling(hidden, "vision_model.head"), _ints(1))


class _Builder:
    """Turns the checkpoint's names into nodes of one tower.

    Linear layers with a range in ``eight_bit`` run in 8 bits; ``observe`` collects the ranges of
    those that can. Without ``fuse`` nothing is left for OpenVINO to fuse with a product: in float32
    such products pack their weights anew for other numbers of positions, and keep both.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        config: VisionConfig | TextConfig,
        eight_bit: EightBit | None = None,
        *,
        observe: bool = False,
        fuse: bool = True,
    ) -> None:
        self.checkpoint = checkpoint
        self._n_heads, self._width = config.num_attention_heads, config.hidden_size
        self._epsilon = config.layer_norm_eps
        self._eight_bit = eight_bit or EightBit({})
        self._fuse = fuse
        self._observed: dict[str, NodeLike] | None = {} if observe else None

    def layer(self, state: NodeLike, name: str, *, last_only: bool = False) -> ov.Node:
        """A pre-norm encoder layer; ``last_only`` keeps the last position alone."""
        keys = self.norm(state, f"{name}.layer_norm1")
        queries: NodeLike = keys
        if last_only:
            queries, state = _last_position(keys), _last_position(state)
        attention = f"{name}.self_attn"
        context = self._attend(
            self.linear(queries, f"{attention}.q_proj"),
            self.linear(keys, f"{attention}.k_proj"),
            self.linear(keys, f"{attention}.v_proj"),
        )
        # Before they are put together: a quarter of the bytes to move.
        span = self._eight_bit.ranges.get(f"{attention}.out_proj")
        context = _joined_heads(context if span is None else in_8_bits(context, span))
        out = self.linear(context, f"{attention}.out_proj", in_levels=span is not None)
        state = ops.add(state, out)
        mlp = self._mlp(self.norm(state, f"{name}.layer_norm2"), f"{name}.mlp")
        return ops.add(state, mlp)

    def attention_head(self, states: NodeLike, name: str) -> ov.Node:
        """The multi-head attention pooling block with every state (B, P, D) for a query."""
        weights, biases = self._projections(name)
        q, k, v = (affine(states, w, b) for w, b in zip(weights, biases, strict=True))
        return self._after_attention(_joined_heads(self._attend(q, k, v)), name)

    def pooling(self, states: NodeLike, name: str) -> ov.Node:
        """The same block with the learned probe for its only query, (B, 1, D).

        With one query it is enough to multiply the probe with the weights of keys, once and for
        all, and those of values with the one mean: keys and values themselves are never made. The
        bias of keys moves all scores of a head alike, which the softmax does not see.
        """
        (query_weight, key_weight, value_weight), biases = self._projections(name)
        per_head = (self._n_heads, -1, key_weight.shape[1])
        probe = self.checkpoint[f"{name}.probe"].reshape(-1) @ query_weight.T + biases[0]
        query_H1d = probe.reshape(self._n_heads, 1, -1)
        scale = np.float32(query_H1d.shape[2] ** -0.5)
        keys_HD = (query_H1d @ key_weight.reshape(per_head))[:, 0] * scale
        scores = ops.matmul(ops.constant(keys_HD), states, False, True)  # (B, H, P)
        means = ops.matmul(ops.softmax(scores, 2), states, False, False)  # (B, H, D)
        values = ops.constant(value_weight.reshape(per_head))
        context = ops.matmul(ops.unsqueeze(means, _ints(2)), values, False, True)  # (B, H, 1, D/H)
        context = ops.add(ops.reshape(context, _ints(0, 1, -1), True), ops.constant(biases[2]))
        return self._after_attention(context, name)

    def _projections(self, name: str) -> tuple[list[Floats], list[Floats]]:
        """Weights and biases of queries, keys and values, which the checkpoint keeps as one."""
        weight = self.checkpoint[f"{name}.attention.in_proj_weight"]
        bias = self.checkpoint[f"{name}.attention.in_proj_bias"]
        return np.split(weight, 3), np.split(bias, 3)

    def _after_attention(self, context: NodeLike, name: str) -> ov.Node:
        state = self.linear(context, f"{name}.attention.out_proj")
        return ops.add(state, self._mlp(self.norm(state, f"{name}.layernorm"), f"{name}.mlp"))

    def linear(self, state: NodeLike, name: str, **forms: bool) -> ov.Node:
        """``state @ weight.T + bias``; ``forms`` of the state as in ``affine_in_8_bits``."""
        if self._observed is not None and ".layers." in name:
            axes = _ints(0, 1, 2)
            least, most = ops.reduce_min(state, axes), ops.reduce_max(state, axes)
            parts = [ops.unsqueeze(part, _ints(0)) for part in (least, most)]
            self._observed[name] = ops.concat(parts, 0)
        weight, bias = self.checkpoint.shareable(f"{name}.weight"), self.checkpoint[f"{name}.bias"]
        span, kernels = self._eight_bit.ranges.get(name), self._eight_bit.kernels
        if span is None:
            return affine(state, weight, bias)
        return affine_in_8_bits(state, weight, bias, span, kernels, **forms)

    def observing(self, result: NodeLike, inputs: list[ov.Node]) -> tuple[ov.Model, list[str]]:
        """A graph of a result and the ranges seen by ``linear`` (N, 2), and the layers' names."""
        assert self._observed is not None
        stacked = [ops.unsqueeze(node, _ints(0)) for node in self._observed.values()]
        model = ov.Model([result, ops.concat(stacked, 0)], inputs, "observed")
        return model, list(self._observed)

    def norm(self, state: NodeLike, name: str) -> ov.Node:
        """Layer norm over the width."""
        centred = ops.mvn(state, _ints(-1), True, self._epsilon, "inside_sqrt")
        scaled = ops.multiply(centred, ops.constant(self.checkpoint[f"{name}.weight"]))
        return ops.add(scaled, ops.constant(self.checkpoint[f"{name}.bias"]))

    def _mlp(self, state: NodeLike, name: str) -> ov.Node:
        inner = self.linear(state, f"{name}.fc1", turned_out=True)
        inner = ops.gelu(inner, "tanh") if self._fuse else _gelu_in_steps(inner)
        return self.linear(inner, f"{name}.fc2", turned_in=True)

    def _attend(self, q: NodeLike, k: NodeLike, v: NodeLike) -> ov.Node:
        """(B, H, L, D/H): scaled dot product attention.

        Written as products, which OpenVINO fuses as well and for which it need not turn the keys.
        """
        q_BHLd, k_BHLd, v_BHLd = (self._split_heads(part) for part in (q, k, v))
        scale = ops.constant(np.float32((self._width // self._n_heads) ** -0.5))
        scores = ops.multiply(ops.matmul(q_BHLd, k_BHLd, False, True), scale)
        return ops.matmul(ops.softmax(scores, 3), v_BHLd, False, False)

    def _split_heads(self, state: NodeLike) -> ov.Node:
        heads = ops.reshape(state, _ints(0, 0, self._n_heads, -1), True)
        return ops.transpose(heads, _ints(0, 2, 1, 3))


def _gelu_in_steps(state: NodeLike) -> ov.Node:
    """GELU, approximated by tanh, as x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x ** 3))."""
    slope = np.float32(2 * np.sqrt(2 / np.pi))
    bent = ops.multiply(ops.multiply(state, state), ops.constant(np.float32(0.044715 * slope)))
    inner = ops.multiply(state, ops.add(bent, ops.constant(slope)))
    return ops.multiply(state, ops.sigmoid(inner))


def _joined_heads(context_BHLd: NodeLike) -> ov.Node:
    """(B, L, D) of (B, H, L, D/H)."""
    return ops.reshape(ops.transpose(context_BHLd, _ints(0, 2, 1, 3)), _ints(0, 0, -1), True)


def _last_position(state: NodeLike) -> ov.Node:
    return ops.gather(state, _ints(-1), _ints(1))


def _input(name: str, shape: tuple[int, ...]) -> ov.Node:
    parameter = ops.parameter(ov.PartialShape(list(shape)), np.float32, name)
    parameter.output(0).set_names({name})
    return parameter


def _ints(*values: int) -> ov.Node:
    return ops.constant(np.array(values, dtype=np.int64))
