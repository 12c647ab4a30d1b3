"""OpenVINO graphs of the towers, built from the tensors of a checkpoint.

There is no exported file in between: a graph is a function of the checkpoint's names. All
pictures of one call share a grid and texts are padded to their full length, so nothing is masked.
Shapes: B batch, P patches, I numbers in a patch, L tokens, D width, H heads, E embedding.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from fgclip2.checkpoint import Checkpoint
from fgclip2.openvino_runtime import ops, ov

NodeLike: TypeAlias = "ov.Node | ov.Output"

_DYNAMIC = -1


def vision_tower(checkpoint: Checkpoint) -> ov.Model:
    """Patches (B, P, I) and positions (P, D) -> last hidden states (B, P, D)."""
    config = checkpoint.config.vision
    patches = _input("patches", (_DYNAMIC, _DYNAMIC, config.patch_values))
    positions = _input("positions", (_DYNAMIC, config.hidden_size))
    build = _Builder(checkpoint, config.num_attention_heads, config.layer_norm_eps)
    state = ops.add(
        build.linear(patches, "vision_model.embeddings.patch_embedding"),
        ops.unsqueeze(positions, _ints(0)),
    )
    for index in range(config.num_hidden_layers):
        state = build.layer(state, f"vision_model.encoder.layers.{index}")
    state = build.norm(state, "vision_model.post_layernorm")
    return ov.Model([state], [patches, positions], "vision_tower")


def pooling_head(checkpoint: Checkpoint) -> ov.Model:
    """Last hidden states (B, P, D) -> picture features (B, E): one learned probe attends to all."""
    build, hidden = _head_start(checkpoint)
    name = "vision_model.head"
    probe = ops.constant(checkpoint[f"{name}.probe"])
    n_images = ops.gather(ops.shape_of(hidden), _ints(0), _ints(0))
    width = _ints(1, checkpoint.config.vision.hidden_size)
    probes = ops.broadcast(probe, ops.concat([n_images, width], 0))
    pooled = ops.squeeze(build.attention_head(probes, hidden, name), _ints(1))
    return ov.Model([pooled], [hidden], "pooling_head")


def dense_head(checkpoint: Checkpoint) -> ov.Model:
    """Last hidden states (B, P, D) -> dense features (B, P, E): every patch attends to all."""
    build, hidden = _head_start(checkpoint)
    dense = build.attention_head(hidden, hidden, "dense_feature_head")
    return ov.Model([dense], [hidden], "dense_head")


def text_tower(checkpoint: Checkpoint) -> ov.Model:
    """Embeddings (B, L, D), positions added -> state of the last position (B, D).

    The last layer computes that position alone.
    """
    config = checkpoint.config.text
    embeddings = _input("embeddings", (_DYNAMIC, _DYNAMIC, config.hidden_size))
    build = _Builder(checkpoint, config.num_attention_heads, config.layer_norm_eps)
    state: NodeLike = embeddings
    for index in range(config.num_hidden_layers):
        is_last = index == config.num_hidden_layers - 1
        state = build.layer(state, f"text_model.encoder.layers.{index}", last_only=is_last)
    state = build.norm(state, "text_model.final_layer_norm")
    return ov.Model([ops.squeeze(state, _ints(1))], [embeddings], "text_tower")


def probe_layer(n_tokens: int, width: int) -> ov.Model:
    """The two large products of a layer, with weights of one, to measure a machine by."""
    state = _input("state", (n_tokens, width))
    inner = ops.matmul(state, ops.constant(np.ones((4 * width, width), np.float32)), False, True)
    outer = ops.constant(np.ones((width, 4 * width), np.float32))
    return ov.Model([ops.matmul(ops.gelu(inner, "tanh"), outer, False, True)], [state], "probe")


def _head_start(checkpoint: Checkpoint) -> tuple[_Builder, ov.Node]:
    config = checkpoint.config.vision
    hidden = _input("hidden", (_DYNAMIC, _DYNAMIC, config.hidden_size))
    return _Builder(checkpoint, config.num_attention_heads, config.layer_norm_eps), hidden


class _Builder:
    """Turns the checkpoint's names into nodes."""

    def __init__(self, checkpoint: Checkpoint, n_heads: int, epsilon: float) -> None:
        self._checkpoint = checkpoint
        self._n_heads = n_heads
        self._epsilon = epsilon

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
        state = ops.add(state, self.linear(context, f"{attention}.out_proj"))
        mlp = self._mlp(self.norm(state, f"{name}.layer_norm2"), f"{name}.mlp")
        return ops.add(state, mlp)

    def attention_head(self, queries: NodeLike, keys: NodeLike, name: str) -> ov.Node:
        """The multi-head attention pooling block, for any queries."""
        weights = np.split(self._checkpoint[f"{name}.attention.in_proj_weight"], 3)
        biases = np.split(self._checkpoint[f"{name}.attention.in_proj_bias"], 3)
        inputs = (queries, keys, keys)
        q, k, v = (_affine(x, w, b) for x, w, b in zip(inputs, weights, biases, strict=True))
        state = self.linear(self._attend(q, k, v), f"{name}.attention.out_proj")
        return ops.add(state, self._mlp(self.norm(state, f"{name}.layernorm"), f"{name}.mlp"))

    def linear(self, state: NodeLike, name: str) -> ov.Node:
        """``state @ weight.T + bias``."""
        weight, bias = self._checkpoint[f"{name}.weight"], self._checkpoint[f"{name}.bias"]
        return _affine(state, weight, bias)

    def norm(self, state: NodeLike, name: str) -> ov.Node:
        """Layer norm over the width."""
        centred = ops.mvn(state, _ints(-1), True, self._epsilon, "inside_sqrt")
        scaled = ops.multiply(centred, ops.constant(self._checkpoint[f"{name}.weight"]))
        return ops.add(scaled, ops.constant(self._checkpoint[f"{name}.bias"]))

    def _mlp(self, state: NodeLike, name: str) -> ov.Node:
        inner = ops.gelu(self.linear(state, f"{name}.fc1"), "tanh")
        return self.linear(inner, f"{name}.fc2")

    def _attend(self, q: NodeLike, k: NodeLike, v: NodeLike) -> ov.Node:
        parts = (self._split_heads(part) for part in (q, k, v))
        context = ops.scaled_dot_product_attention(*parts)
        return ops.reshape(ops.transpose(context, _ints(0, 2, 1, 3)), _ints(0, 0, -1), True)

    def _split_heads(self, state: NodeLike) -> ov.Node:
        heads = ops.reshape(state, _ints(0, 0, self._n_heads, -1), True)
        return ops.transpose(heads, _ints(0, 2, 1, 3))


def _affine(
    state: NodeLike, weight: np.typing.NDArray[np.float32], bias: np.typing.NDArray[np.float32]
) -> ov.Node:
    product = ops.matmul(state, ops.constant(weight), False, True)
    return ops.add(product, ops.constant(bias))


def _last_position(state: NodeLike) -> ov.Node:
    return ops.gather(state, _ints(-1), _ints(1))


def _input(name: str, shape: tuple[int, ...]) -> ov.Node:
    parameter = ops.parameter(ov.PartialShape(list(shape)), np.float32, name)
    parameter.output(0).set_names({name})
    return parameter


def _ints(*values: int) -> ov.Node:
    return ops.constant(np.array(values, dtype=np.int64))
