"""Both towers on the CPU, through OpenVINO. Needs neither torch nor transformers."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fgclip2 import openvino_graph
from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import TEXT_HEADS, Floats, Grid, TextMode, VisionFeatures, batches
from fgclip2.errors import DeviceMemoryError, EngineUnavailableError
from fgclip2.openvino_runtime import ov
from fgclip2.positions import resize_table

_EMBEDDINGS = "text_model.embeddings"
# Activations of about this many positions are held at once, whatever the batch.
_MAX_POSITIONS = 4096
# Position embeddings of this many grids are kept.
_MAX_GRIDS = 64


def bf16_is_native() -> bool:
    """Whether this CPU multiplies bfloat16 itself."""
    return "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def bf16_is_faster() -> bool:
    """Whether a layer runs faster in bfloat16 here, measured in under a second.

    Processors that know bfloat16 without matrix tiles can be slower with it.
    """
    return bf16_is_native() and _probe_seconds("bf16") < _probe_seconds("f32")


def _probe_seconds(precision: str) -> float:
    graph = openvino_graph.probe_layer(n_tokens=256, width=768)
    request = _compile(ov.Core(), graph, precision)
    state = {"state": np.ones((256, 768), np.float32)}
    request.infer(state)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        request.infer(state)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


class OpenvinoEngine:
    """The ``Engine`` for CPUs. Graphs are compiled when first needed.

    Args:
        checkpoint: stays open as long as the engine; token rows are read from it at each call.
        precision: ``f32``, exact, or ``bf16``, for CPUs that multiply it.

    Raises:
        EngineUnavailableError: the CPU has no bfloat16 units.
    """

    name = "openvino"

    def __init__(self, checkpoint: Checkpoint, precision: str) -> None:
        if precision == "bf16" and not bf16_is_native():
            raise EngineUnavailableError(
                "precision is 'bf16' and this CPU has no bfloat16 units: choose 'f32'"
            )
        self.precision = precision
        self._checkpoint = checkpoint
        self._core = ov.Core()
        self._graphs: dict[str, ov.InferRequest] = {}
        self._positions = lru_cache(maxsize=_MAX_GRIDS)(self._grid_positions)

    def encode_patches(
        self, patches_BPI: Floats, grid: Grid, *, pooled: bool, dense: bool
    ) -> VisionFeatures:
        """See ``Engine``."""
        width = self._checkpoint.config.dim
        n_images, n_patches = patches_BPI.shape[:2]
        pooled_BE = np.empty((n_images, width), np.float32) if pooled else None
        dense_BPE = np.empty((n_images, n_patches, width), np.float32) if dense else None
        for part in batches(n_images, n_patches, _MAX_POSITIONS):
            inputs = {"patches": patches_BPI[part], "positions": self._positions(*grid)}
            hidden = {"hidden": self._run(openvino_graph.vision_tower, inputs)}
            if pooled_BE is not None:
                pooled_BE[part] = self._run(openvino_graph.pooling_head, hidden)
            if dense_BPE is not None:
                dense_BPE[part] = self._run(openvino_graph.dense_head, hidden)
        return VisionFeatures(pooled_BE, dense_BPE)

    def encode_tokens(self, ids_BL: npt.NDArray[np.int64], mode: TextMode) -> Floats:
        """See ``Engine``."""
        n_texts, length = ids_BL.shape
        state_BD = np.empty((n_texts, self._checkpoint.config.dim), np.float32)
        positions_LD = self._text_positions(mode)
        for part in batches(n_texts, length, _MAX_POSITIONS):
            rows_BLD = self._checkpoint.rows(f"{_EMBEDDINGS}.token_embedding.weight", ids_BL[part])
            inputs = {"embeddings": rows_BLD + positions_LD}
            state_BD[part] = self._run(openvino_graph.text_tower, inputs)
        head = TEXT_HEADS[mode]
        return state_BD @ self._checkpoint[f"{head}.weight"].T + self._checkpoint[f"{head}.bias"]

    def _grid_positions(self, rows: int, columns: int) -> Floats:
        table_PD = self._checkpoint["vision_model.embeddings.position_embedding.weight"]
        return resize_table(table_PD, rows, columns)

    def _text_positions(self, mode: TextMode) -> Floats:
        if mode != "long":
            return self._checkpoint[f"{_EMBEDDINGS}.position_embedding.weight"]
        keep = self._checkpoint.config.text.keep_len
        original = self._checkpoint[f"{_EMBEDDINGS}.position_embedding_ori.weight"]
        stretched = self._checkpoint[f"{_EMBEDDINGS}.position_embedding_res.weight"]
        return np.concatenate([original[:keep], stretched[keep:]])

    def _run(self, build: Callable[[Checkpoint], ov.Model], inputs: dict[str, Floats]) -> Floats:
        """The graph's result; a view that the next run of the same graph overwrites."""
        name = build.__name__
        if name not in self._graphs:
            graph = build(self._checkpoint)
            self._graphs[name] = _compile(self._core, graph, self.precision)
        try:
            results = self._graphs[name].infer(inputs, share_inputs=True, share_outputs=True)
        except (MemoryError, RuntimeError) as error:
            if not isinstance(error, MemoryError) and "alloc" not in str(error):
                raise
            shapes = [array.shape for array in inputs.values()]
            raise DeviceMemoryError(
                f"a batch of {shapes} does not fit into memory: give less at once"
            ) from error
        output: Floats = results[0]
        return output


def _compile(core: ov.Core, graph: ov.Model, precision: str) -> ov.InferRequest:
    options = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    return core.compile_model(graph, "CPU", options).create_infer_request()
