"""FG-CLIP 2 in torch: both towers and their heads, with the published tensor names.

The architecture follows MODEL.md section 1 (the authors' ``modeling_fgclip2.py``), without its
per-sample loops: pooling, heads and position resizing run on the whole batch.
Shapes: B batch, P patches, V numbers in a patch, L tokens, Q queries, D width (= embedding
width), N rows of a table.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from fgclip2.config import ModelConfig, TextConfig, VisionConfig
from fgclip2.engine import TEXT_HEADS, TextMode
from fgclip2.positions import resize_matrix

# Text positions at the start, as a share of the published deviation (below the norm's epsilon).
_QUIET = 1e-3


class Mlp(nn.Module):
    """Two linear layers with tanh-approximated GELU between them."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, inner)
        self.fc2 = nn.Linear(inner, width)

    def forward(self, x_BLD: Tensor) -> Tensor:
        hidden: Tensor = self.fc2(functional.gelu(self.fc1(x_BLD), approximate="tanh"))
        return hidden


class SelfAttention(nn.Module):
    """Multi-head attention with separate projections."""

    def __init__(self, width: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(
        self, x_BLD: Tensor, mask_B11L: Tensor | None, query_BQD: Tensor | None = None
    ) -> Tensor:
        query = self.q_proj(x_BLD if query_BQD is None else query_BQD)
        heads = _attend(query, self.k_proj(x_BLD), self.v_proj(x_BLD), mask_B11L, self.n_heads)
        out: Tensor = self.out_proj(heads)
        return out


class EncoderLayer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self, config: VisionConfig | TextConfig) -> None:
        super().__init__()
        width, eps = config.hidden_size, config.layer_norm_eps
        self.layer_norm1 = nn.LayerNorm(width, eps=eps)
        self.self_attn = SelfAttention(width, config.num_attention_heads)
        self.layer_norm2 = nn.LayerNorm(width, eps=eps)
        self.mlp = Mlp(width, config.intermediate_size)

    def forward(self, x_BLD: Tensor, mask_B11L: Tensor | None) -> Tensor:
        x_BLD = x_BLD + self.self_attn(self.layer_norm1(x_BLD), mask_B11L)
        out: Tensor = x_BLD + self.mlp(self.layer_norm2(x_BLD))
        return out

    def last_position(self, x_BLD: Tensor) -> Tensor:
        """(B, 1, D): what ``forward`` gives at the last position, without the others' work."""
        normed = self.layer_norm1(x_BLD)
        x_B1D = x_BLD[:, -1:] + self.self_attn(normed, None, normed[:, -1:])
        out: Tensor = x_B1D + self.mlp(self.layer_norm2(x_B1D))
        return out


class LayerStack(nn.Module):
    """The layers of one tower."""

    def __init__(self, config: VisionConfig | TextConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.num_hidden_layers))

    def forward(self, x_BLD: Tensor, mask_B11L: Tensor | None) -> Tensor:
        for layer in self.layers:
            x_BLD = layer(x_BLD, mask_B11L)
        return x_BLD


class PackedAttention(nn.Module):
    """Attention with one packed input projection, named as ``nn.MultiheadAttention`` names it."""

    def __init__(self, width: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, query_BQD: Tensor, x_BLD: Tensor, mask_B11L: Tensor | None) -> Tensor:
        weight_q, weight_k, weight_v = self.in_proj_weight.chunk(3)
        bias_q, bias_k, bias_v = self.in_proj_bias.chunk(3)
        heads = _attend(
            functional.linear(query_BQD, weight_q, bias_q),
            functional.linear(x_BLD, weight_k, bias_k),
            functional.linear(x_BLD, weight_v, bias_v),
            mask_B11L,
            self.n_heads,
        )
        out: Tensor = self.out_proj(heads)
        return out


class PoolingHead(nn.Module):
    """Attention pooling by a learned probe, or the same weights as self-attention (dense head).

    The dense head has no skip connection from its input and leaves its probe unused, as published.
    """

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.probe = nn.Parameter(torch.empty(1, 1, width))
        self.attention = PackedAttention(width, config.num_attention_heads)
        self.layernorm = nn.LayerNorm(width, eps=config.layer_norm_eps)
        self.mlp = Mlp(width, config.intermediate_size)

    def forward(self, x_BPD: Tensor, mask_B11P: Tensor | None) -> Tensor:
        """(B, D): one vector a picture."""
        probe = self.probe.expand(len(x_BPD), -1, -1)
        return self._finish(self.attention(probe, x_BPD, mask_B11P))[:, 0]

    def dense(self, x_BPD: Tensor, mask_B11P: Tensor | None) -> Tensor:
        """(B, P, D): one vector a patch."""
        return self._finish(self.attention(x_BPD, x_BPD, mask_B11P))

    def _finish(self, hidden: Tensor) -> Tensor:
        out: Tensor = hidden + self.mlp(self.layernorm(hidden))
        return out


class VisionEmbeddings(nn.Module):
    """Patches to tokens, with positions resized to each picture's grid."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.grid_side = config.grid_side
        self.patch_embedding = nn.Linear(config.patch_values, config.hidden_size)
        self.position_embedding = nn.Embedding(config.num_patches, config.hidden_size)

    def forward(self, patches_BPV: Tensor, shapes: list[tuple[int, int]]) -> Tensor:
        tokens: Tensor = self.patch_embedding(patches_BPV)
        return tokens + self._positions(shapes, tokens.shape[1]).to(tokens.dtype)

    def _positions(self, shapes: list[tuple[int, int]], n_patches: int) -> Tensor:
        grids = sorted(set(shapes))
        tables = [self._resized(rows, columns, n_patches) for rows, columns in grids]
        index = torch.tensor([grids.index(shape) for shape in shapes], device=tables[0].device)
        return torch.stack(tables)[index]

    def _resized(self, rows: int, columns: int, n_patches: int) -> Tensor:
        side = self.grid_side
        table = self.position_embedding.weight.float().reshape(side, side, -1)
        tall = torch.tensor(resize_matrix(side, rows), device=table.device)
        wide = torch.tensor(resize_matrix(side, columns), device=table.device)
        grid = torch.einsum("rs,std,ct->rcd", tall, table, wide).flatten(0, 1)
        return torch.cat([grid, grid[:1].expand(n_patches - len(grid), -1)])


class VisionTower(nn.Module):
    """The vision tower and its pooling head."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.embeddings = VisionEmbeddings(config)
        self.encoder = LayerStack(config)
        self.post_layernorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.head = PoolingHead(config)


class TextEmbeddings(nn.Module):
    """Token rows and the three position tables."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.keep = config.keep_len
        self.token_embedding = nn.Embedding(config.vocab_size, width)
        self.position_embedding = nn.Embedding(config.max_position_embeddings, width)
        self.position_embedding_res = nn.Embedding(config.longtext_len, width)
        self.position_embedding_ori = nn.Embedding(config.longtext_len, width)

    def forward(self, ids_BL: Tensor, mode: TextMode) -> Tensor:
        if mode == "long":
            positions_LD = torch.cat(
                [
                    self.position_embedding_ori.weight[: self.keep],
                    self.position_embedding_res.weight[self.keep :],
                ]
            )
        else:
            positions_LD = self.position_embedding.weight
        tokens: Tensor = self.token_embedding(ids_BL)
        return tokens + positions_LD.to(tokens.dtype)


class TextTower(nn.Module):
    """The text tower; attention sees padding and the last position is the sentence."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.embeddings = TextEmbeddings(config)
        self.encoder = LayerStack(config)
        self.final_layer_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.head = nn.Linear(config.hidden_size, config.projection_size)


class Fgclip2Model(nn.Module):
    """Both towers. Its state dict has exactly the published names (``fgclip2.layout``)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        width = config.text.hidden_size
        self.logit_scale = nn.Parameter(torch.zeros(1))
        self.logit_bias = nn.Parameter(torch.zeros(1))
        self.text_model = TextTower(config.text)
        self.longtext_head = nn.Linear(width, width)
        self.boxtext_head = nn.Linear(width, width)
        self.vision_model = VisionTower(config.vision)
        self.dense_feature_head = PoolingHead(config.vision)

    def encode_image_tokens(
        self,
        patches_BPV: Tensor,
        mask_BP: Tensor | None,
        shapes: list[tuple[int, int]],
        seen_BQ: Tensor | None = None,
    ) -> Tensor:
        """Run the vision tower.

        Args:
            patches_BPV: (B, P, V), each row's first rows * columns patches are real.
            mask_BP: (B, P) bool, True for real patches; None when nothing is padded. With
                ``seen_BQ`` it is (B, Q), of those.
            shapes: (rows, columns) of each picture's grid.
            seen_BQ: (B, Q) int64, the patches that the layers see; None for all.

        Returns:
            (B, P or Q, D) after the last layer norm; rows of padding hold nothing of use.
        """
        vision = self.vision_model
        tokens = vision.embeddings(patches_BPV, shapes)
        if seen_BQ is not None:
            tokens = tokens.gather(1, seen_BQ[..., None].expand(-1, -1, tokens.shape[2]))
        out: Tensor = vision.post_layernorm(vision.encoder(tokens, _key_mask(mask_BP)))
        return out

    def pool(self, tokens_BPD: Tensor, mask_BP: Tensor | None) -> Tensor:
        """(B, D): photo vectors, not normalised."""
        out: Tensor = self.vision_model.head(tokens_BPD, _key_mask(mask_BP))
        return out

    def dense(self, tokens_BPD: Tensor, mask_BP: Tensor | None) -> Tensor:
        """(B, P, D): patch vectors, not normalised."""
        return self.dense_feature_head.dense(tokens_BPD, _key_mask(mask_BP))

    def encode_text(self, ids_BL: Tensor, mode: TextMode) -> Tensor:
        """Text vectors.

        Args:
            ids_BL: (B, 64) int64 for ``short`` and ``box``, (B, 196) for ``long``.
            mode: which positions and which head.

        Returns:
            (B, D), not normalised.
        """
        text = self.text_model
        hidden = text.embeddings(ids_BL, mode)
        *layers, last = text.encoder.layers
        for layer in layers:
            hidden = layer(hidden, None)
        pooled = text.final_layer_norm(last.last_position(hidden)[:, 0])  # type: ignore[operator]
        out: Tensor = self.get_submodule(TEXT_HEADS[mode])(pooled)
        return out

    @torch.no_grad()
    def initialise(self, generator: torch.Generator) -> None:
        """Random weights by the rules of SigLIP 2 (MODEL.md 1.11) but for quiet text positions."""
        for name, module in self.named_modules():
            _initialise_module(name, module, generator)
        self.logit_scale.zero_()
        self.logit_bias.zero_()
        embeddings, text = self.text_model.embeddings, self.config.text
        # A sentence begins as the mean of its words: padding counts for nothing until it is
        # learned, else the 50 equal pads of a short text make all sentences alike at the start.
        embeddings.token_embedding.weight[text.pad_token_id] = 0
        embeddings.position_embedding.weight.mul_(_QUIET)
        long = stretch_positions(
            embeddings.position_embedding.weight, text.keep_len, text.longtext_len
        )
        embeddings.position_embedding_ori.weight.copy_(long)
        embeddings.position_embedding_res.weight.copy_(long)
        self.copy_heads()

    @torch.no_grad()
    def copy_heads(self) -> None:
        """Long and box text heads from the short one, the dense head from the pooling head."""
        for head in (self.longtext_head, self.boxtext_head):
            head.load_state_dict(self.text_model.head.state_dict())
        self.dense_feature_head.load_state_dict(self.vision_model.head.state_dict())


def stretch_positions(table_ND: Tensor, keep: int, length: int) -> Tensor:
    """A position table for longer texts, after Long-CLIP (arXiv 2403.15378) as published.

    The first ``keep`` rows stay; each later row becomes four, linearly between it and the next;
    the last one is continued by extrapolation. 64 rows with keep 20 give 196.
    """
    n_rows = len(table_ND)
    factor = (length - keep) // (n_rows - keep)
    tail = table_ND[keep:]
    following = torch.cat([tail[1:], 2 * tail[-1:] - tail[-2:-1]])
    steps = torch.arange(factor, dtype=tail.dtype, device=tail.device)[None, :, None] / factor
    stretched = tail[:, None] * (1 - steps) + following[:, None] * steps
    return torch.cat([table_ND[:keep], stretched.flatten(0, 1)])


def _attend(
    query: Tensor, key: Tensor, value: Tensor, mask_B11L: Tensor | None, n_heads: int
) -> Tensor:
    query, key, value = (
        x.reshape(*x.shape[:-1], n_heads, -1).transpose(1, 2) for x in (query, key, value)
    )
    if query.device.type == "cpu" and query.dtype == torch.bfloat16:
        heads = attend_in_products(query, key, value, mask_B11L)
    else:
        heads = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask_B11L)
    return heads.transpose(1, 2).flatten(-2)


def attend_in_products(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Attention as plain matrix products.

    The fused bfloat16 kernel for CPUs is the slower one: 2.4 to 4.1 times forward and backward at
    49 to 256 positions (docs/benchmarks-training.md).
    """
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    heads: Tensor = scores.softmax(-1) @ value
    return heads


def _key_mask(mask_BP: Tensor | None) -> Tensor | None:
    return None if mask_BP is None else mask_BP[:, None, None, :]


def _initialise_module(name: str, module: nn.Module, generator: torch.Generator) -> None:
    if isinstance(module, nn.Linear):
        if ".mlp." in name or "_proj" in name:
            nn.init.xavier_uniform_(module.weight, generator=generator)
        else:
            _lecun_normal(module.weight, module.in_features, generator)
        std = 1e-6 if ".mlp." in name else 0.0
        nn.init.normal_(module.bias, std=std, generator=generator)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=module.embedding_dim**-0.5, generator=generator)
    elif isinstance(module, PackedAttention):
        nn.init.xavier_uniform_(module.in_proj_weight, generator=generator)
        nn.init.zeros_(module.in_proj_bias)
    elif isinstance(module, PoolingHead):
        nn.init.xavier_uniform_(module.probe, generator=generator)
    elif isinstance(module, nn.LayerNorm):
        module.reset_parameters()


def _lecun_normal(weight: Tensor, fan_in: int, generator: torch.Generator) -> None:
    # Truncated at two deviations, corrected so that the variance is 1 / fan_in.
    std = math.sqrt(1 / fan_in) / 0.87962566103423978
    nn.init.trunc_normal_(weight, std=std, a=-2 * std, b=2 * std, generator=generator)
