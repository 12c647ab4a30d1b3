"""Both towers on the CPU, through OpenVINO. Needs neither torch nor transformers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fgclip2 import openvino_graph
from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import TEXT_HEADS, Floats, Grid, TextMode, VisionFeatures, batches
from fgclip2.errors import EngineUnavailableError
from fgclip2.graph_cache import GraphCache, stored_fingerprint
from fgclip2.openvino_graph import Ranges
from fgclip2.openvino_runs import Compiler, Graph, Inputs, best_streams
from fgclip2.openvino_runtime import ov
from fgclip2.positions import resize_table

_EMBEDDINGS = "text_model.embeddings"
# One request holds activations of about this many positions, whatever the batch.
_MAX_POSITIONS = 1024
# Position embeddings of this many grids are kept.
_MAX_GRIDS = 64


def bf16_is_native() -> bool:
    """Whether this CPU multiplies bfloat16 itself."""
    return "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def probe_seconds(precision: str) -> float:
    """Seconds for the products of one layer of the base size in a precision."""
    graph = openvino_graph.probe_layer(n_tokens=256, width=768, is_int8=precision == "int8")
    arithmetic = "f32" if precision == "int8" else precision
    request = Compiler(arithmetic, None, {}).compile("probe", lambda: graph)
    state = {"state": np.ones((256, 768), np.float32)}
    request.run(state)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        request.run(state)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


class OpenvinoEngine:
    """The ``Engine`` for CPUs. Graphs are compiled, or taken from a cache, when first needed.

    Args:
        checkpoint: stays open as long as the engine; token rows are read from it at each call.
        precision: ``f32``, exact; ``bf16``, for CPUs that multiply it; ``int8``, 8-bit linear
            layers with the rest in the better of the other two.
        cache: where compiled graphs are kept; None to compile at every start.
        ranges: of the inputs of the 8-bit layers, for ``int8`` alone.

    Raises:
        EngineUnavailableError: the CPU has no bfloat16 units.
    """

    name = "openvino"

    def __init__(
        self,
        checkpoint: Checkpoint,
        precision: str,
        cache: GraphCache | None = None,
        ranges: Ranges | None = None,
    ) -> None:
        if precision == "bf16" and not bf16_is_native():
            raise EngineUnavailableError(
                "precision is 'bf16' and this CPU has no bfloat16 units: choose 'f32'"
            )
        self.precision = precision
        self._checkpoint = checkpoint
        self._ranges = ranges
        arithmetic = "f32" if precision == "int8" else precision
        key = {"precision": precision, "version": openvino_graph.VERSION}
        if cache is not None:
            key["model"] = stored_fingerprint(checkpoint, cache)
        self._compiler = Compiler(arithmetic, cache, key)
        self._n_streams = best_streams()
        self._graphs: dict[str, Graph] = {}
        self._positions = lru_cache(maxsize=_MAX_GRIDS)(self._grid_positions)

    def encode_patches(
        self, patches_BPI: Floats, grid: Grid, *, pooled: bool, dense: bool
    ) -> VisionFeatures:
        """See ``Engine``."""
        width = self._checkpoint.config.dim
        n_images, n_patches = patches_BPI.shape[:2]
        pooled_BE = np.empty((n_images, width), np.float32) if pooled else None
        dense_BPE = np.empty((n_images, n_patches, width), np.float32) if dense else None
        parts = self._parts(n_images, n_patches)

        def take(place: int, hidden_BPD: Floats) -> None:
            hidden = {"hidden": hidden_BPD}
            if pooled_BE is not None:
                pooled_BE[parts[place]] = self._graph(openvino_graph.pooling_head).run(hidden)
            if dense_BPE is not None:
                dense_BPE[parts[place]] = self._graph(openvino_graph.dense_head).run(hidden)

        inputs = self.vision_inputs([(patches_BPI[part], grid) for part in parts])
        self._graph(openvino_graph.vision_tower, self._n_streams).run_all(inputs, take)
        return VisionFeatures(pooled_BE, dense_BPE)

    def encode_tokens(self, ids_BL: npt.NDArray[np.int64], mode: TextMode) -> Floats:
        """See ``Engine``."""
        n_texts, length = ids_BL.shape
        state_BD = np.empty((n_texts, self._checkpoint.config.dim), np.float32)
        parts = batches(n_texts, length, _MAX_POSITIONS)

        def take(place: int, output_BD: Floats) -> None:
            state_BD[parts[place]] = output_BD

        inputs = self.text_inputs([(ids_BL[part], mode) for part in parts])
        self._graph(openvino_graph.text_tower).run_all(inputs, take)
        head = TEXT_HEADS[mode]
        return state_BD @ self._checkpoint[f"{head}.weight"].T + self._checkpoint[f"{head}.bias"]

    def vision_inputs(self, pictures: Iterable[tuple[Floats, Grid]]) -> Iterator[Inputs]:
        """What the vision tower takes for each (patches (B, P, I), grid)."""
        for patches_BPI, grid in pictures:
            yield {"patches": patches_BPI, "positions": self._positions(*grid)}

    def text_inputs(
        self, texts: Iterable[tuple[npt.NDArray[np.int64], TextMode]]
    ) -> Iterator[Inputs]:
        """What the text tower takes for each (ids (B, L), mode)."""
        for ids_BL, mode in texts:
            name = f"{_EMBEDDINGS}.token_embedding.weight"
            rows_BLD = self._checkpoint.rows(name, ids_BL)
            yield {"embeddings": rows_BLD + self._text_positions(mode)}

    def _parts(self, n_images: int, n_patches: int) -> list[slice]:
        """Requests of about equal size, at least as many as run at once."""
        size = max(1, min(_MAX_POSITIONS // n_patches, -(-n_images // self._n_streams)))
        return [slice(start, start + size) for start in range(0, n_images, size)]

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

    def _graph(
        self, build: Callable[[Checkpoint, Ranges | None], ov.Model], n_streams: int = 1
    ) -> Graph:
        name = build.__name__
        if name not in self._graphs:
            self._graphs[name] = self._compiler.compile(
                name,
                lambda: build(self._checkpoint, self._ranges),
                n_streams=n_streams,
                release=self._checkpoint.release_pages,
            )
        return self._graphs[name]
