"""What our engines are measured beside: transformers' SigLIP 2 towers, and one in ONNX Runtime.

Both have random weights of the same sizes and run by their own code with their own defaults.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from transformers import (
    Siglip2TextConfig,
    Siglip2TextModel,
    Siglip2VisionConfig,
    Siglip2VisionModel,
)

from benchmarks.measuring import PICTURE, Report, image_rates, memory, since_start, text_times
from fgclip2.config import ModelConfig, VisionConfig
from fgclip2.images import patch_grid

_SHARED = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
_DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}


def measure_transformers(precision: str, job: Report) -> Report:
    """Both towers: pictures padded to the budget with a mask, as the published processor does."""
    dtype = _DTYPES[precision]
    vision, text = _vision_tower(job).to(dtype), _text_tower(job).to(dtype)
    ids = torch.ones((1, 196), dtype=torch.int64)

    def run(batch: int, n_patches: int) -> object:
        rows, columns = patch_grid(*PICTURE, n_patches)
        patches = torch.rand((batch, n_patches, 768), dtype=dtype)
        mask = torch.zeros((batch, n_patches), dtype=torch.int32)
        mask[:, : rows * columns] = 1
        shapes = torch.tensor([[rows, columns]] * batch)
        return vision(patches, mask, shapes).pooler_output

    with torch.inference_mode():
        text(ids[:, :64])
        report = since_start()
        report["images_s"] = image_rates(run, job)
        report |= text_times(lambda _, length: text(ids[:, :length]).pooler_output, job)
    return report | memory()


def measure_onnxruntime(precision: str, job: Report) -> Report:
    """The vision tower's layers, without embedding and head; ``int8`` quantises as it runs."""
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # Its advice to pre-process and torch's on the older exporter are not for the reader's log.
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tower.onnx"
        width = _export_layers(path, job)
        if precision == "int8":
            quantised = path.with_name("quantised.onnx")
            quantize_dynamic(path, quantised, weight_type=QuantType.QInt8)
            path = quantised
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(batch: int, n_patches: int) -> object:
        rows, columns = patch_grid(*PICTURE, n_patches)
        tokens = np.random.default_rng(0).random((batch, rows * columns, width), np.float32)
        return session.run(None, {"tokens": tokens})

    return {"images_s": image_rates(run, job)}


def _export_layers(path: Path, job: Report) -> int:
    vision = _vision_tower(job)

    class Layers(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.norm = vision.encoder, vision.post_layernorm

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            return self.norm(self.encoder(inputs_embeds=tokens).last_hidden_state)

    width: int = vision.config.hidden_size
    axes = {0: "batch", 1: "patches"}
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Layers(),
            (torch.zeros(1, 48, width),),
            path,
            dynamo=False,
            input_names=["tokens"],
            output_names=["hidden"],
            dynamic_axes={"tokens": axes, "hidden": axes},
        )
    return width


def vision_tower(sizes: VisionConfig) -> Siglip2VisionModel:
    """Their vision tower of these sizes, with random weights."""
    config = Siglip2VisionConfig(**{name: getattr(sizes, name) for name in _SHARED})
    return Siglip2VisionModel(config).eval()


def _vision_tower(job: Report) -> Siglip2VisionModel:
    return vision_tower(ModelConfig.from_directory(Path(job["model"])).vision)


def _text_tower(job: Report) -> Siglip2TextModel:
    sizes = ModelConfig.from_directory(Path(job["model"])).text
    config = Siglip2TextConfig(
        vocab_size=sizes.vocab_size,
        max_position_embeddings=sizes.longtext_len,
        projection_size=sizes.projection_size,
        **{name: getattr(sizes, name) for name in _SHARED},
    )
    return Siglip2TextModel(config).eval()
