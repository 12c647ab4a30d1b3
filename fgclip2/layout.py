"""Names and shapes of every tensor in a checkpoint of the published layout."""

from __future__ import annotations

from fgclip2.config import ModelConfig

# Scalars that a training checkpoint holds and a release does not.
TRAINING_ONLY = frozenset({"logit_scale_finegraind", "logit_scale_hardneg"})

Shape = tuple[int, ...]


def tensor_shapes(config: ModelConfig) -> dict[str, Shape]:
    """Name -> shape of all tensors, in the order of the published file's groups."""
    vision, text = config.vision, config.text
    shapes: dict[str, Shape] = {"logit_scale": (1,), "logit_bias": (1,)}
    for head in ("longtext_head", "boxtext_head"):
        shapes |= _linear(head, text.hidden_size, text.hidden_size)
    embeddings = "text_model.embeddings"
    shapes[f"{embeddings}.token_embedding.weight"] = (text.vocab_size, text.hidden_size)
    shapes[f"{embeddings}.position_embedding.weight"] = (
        text.max_position_embeddings,
        text.hidden_size,
    )
    for kind in ("res", "ori"):
        shapes[f"{embeddings}.position_embedding_{kind}.weight"] = (
            text.longtext_len,
            text.hidden_size,
        )
    for index in range(text.num_hidden_layers):
        shapes |= _layer(
            f"text_model.encoder.layers.{index}", text.hidden_size, text.intermediate_size
        )
    shapes |= _norm("text_model.final_layer_norm", text.hidden_size)
    shapes |= _linear("text_model.head", text.projection_size, text.hidden_size)

    shapes |= _linear(
        "vision_model.embeddings.patch_embedding", vision.hidden_size, vision.patch_values
    )
    shapes["vision_model.embeddings.position_embedding.weight"] = (
        vision.num_patches,
        vision.hidden_size,
    )
    for index in range(vision.num_hidden_layers):
        shapes |= _layer(
            f"vision_model.encoder.layers.{index}", vision.hidden_size, vision.intermediate_size
        )
    shapes |= _norm("vision_model.post_layernorm", vision.hidden_size)
    for head in ("vision_model.head", "dense_feature_head"):
        shapes |= _pooling_head(head, vision.hidden_size, vision.intermediate_size)
    return shapes


def _linear(name: str, n_out: int, n_in: int) -> dict[str, Shape]:
    return {f"{name}.weight": (n_out, n_in), f"{name}.bias": (n_out,)}


def _norm(name: str, width: int) -> dict[str, Shape]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _mlp(name: str, width: int, inner: int) -> dict[str, Shape]:
    return _linear(f"{name}.fc1", inner, width) | _linear(f"{name}.fc2", width, inner)


def _layer(name: str, width: int, inner: int) -> dict[str, Shape]:
    shapes = _norm(f"{name}.layer_norm1", width) | _norm(f"{name}.layer_norm2", width)
    for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
        shapes |= _linear(f"{name}.self_attn.{projection}", width, width)
    return shapes | _mlp(f"{name}.mlp", width, inner)


def _pooling_head(name: str, width: int, inner: int) -> dict[str, Shape]:
    return {
        f"{name}.probe": (1, 1, width),
        f"{name}.attention.in_proj_weight": (3 * width, width),
        f"{name}.attention.in_proj_bias": (3 * width,),
        **_linear(f"{name}.attention.out_proj", width, width),
        **_norm(f"{name}.layernorm", width),
        **_mlp(f"{name}.mlp", width, inner),
    }
