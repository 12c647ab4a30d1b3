"""Both towers on the CPU, through OpenVINO. Needs neither torch nor transformers."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from fgclip2 import openvino_graph
from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import TEXT_HEADS, Floats, Grid, TextMode, VisionFeatures, batches
from fgclip2.errors import EngineUnavailableError
from fgclip2.graph_cache import GraphCache, stored_fingerprint
from fgclip2.openvino_linear import EightBit, Kernels
from fgclip2.openvino_runs import Compiler, Graph, Inputs, best_streams
from fgclip2.openvino_runtime import ov
from fgclip2.positions import PositionCache

_EMBEDDINGS = "text_model.embeddings"
# One request holds activations of about this many positions, whatever the batch.
_MAX_POSITIONS = 1024
_PROBE_TOKENS, _PROBE_WIDTH, _PROBE_TURNS = 256, 768, 5
# The processor's time, which other programs disturb least; Windows counts it too coarsely.
_clock = time.perf_counter if sys.platform == "win32" else time.process_time
# The other form of int8, in ``probe_seconds``.
INT8_CONVOLUTION = "int8 as convolution"


@lru_cache(maxsize=1)
def bf16_is_native() -> bool:
    """Whether this CPU multiplies bfloat16 itself, and may: the instruction set can be limited."""
    if "BF16" not in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        return False
    model = openvino_graph.matrix_product(16)
    try:
        Compiler("bf16", None, {}).compile("probe", lambda: model)
    except RuntimeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Precision:
    """What an engine computes in.

    Attributes:
        name: ``f32``, exact; ``bf16``, for CPUs that multiply it; ``int8``, 8-bit linear layers.
        arithmetic: ``f32`` or ``bf16``, of all that is not an 8-bit layer.
        eight_bit: the 8-bit layers, for ``int8`` alone.
    """

    name: str
    arithmetic: str
    eight_bit: EightBit | None = None


EXACT = Precision("f32", "f32")


def probe_seconds(names: Sequence[str]) -> dict[str, float]:
    """Core-seconds of the products of one layer of the base size, for each probe by name.

    A probe is a precision, or ``INT8_CONVOLUTION``.
    """
    graphs = {name: _probe_graph(name) for name in names}
    state = {"state": np.ones((1, _PROBE_TOKENS, _PROBE_WIDTH), np.float32)}
    seconds = dict.fromkeys(names, float("inf"))
    # In turns, so that what else runs on the machine disturbs all of them alike.
    for turn in range(1 + _PROBE_TURNS):
        for name, graph in graphs.items():
            start = _clock()
            graph.run(state)
            if turn:
                seconds[name] = min(seconds[name], _clock() - start)
    return seconds


@lru_cache(maxsize=1)
def sums_are_narrow() -> bool:
    """Whether this CPU adds two products of 8 bits in 16 bits: see ``Kernels``.

    CPUs without 8-bit dot products do.
    """
    side = 64
    model = openvino_graph.matrix_product(side, is_int8=True)
    product = Compiler("f32", None, {}).compile("sums", lambda: model)
    largest = np.full((side, side), 4, np.float32)
    return not np.allclose(product.run({"state": largest}), 4 * side, rtol=0.05)


def _probe_graph(name: str) -> Graph:
    kernels = {"int8": Kernels(), INT8_CONVOLUTION: Kernels(as_convolution=True)}.get(name)
    model = openvino_graph.probe_layer(_PROBE_WIDTH, kernels)
    return Compiler("bf16" if name == "bf16" else "f32", None, {}).compile("probe", lambda: model)


class OpenvinoEngine:
    """The ``Engine`` for CPUs. Graphs are compiled, or taken from a cache, when first needed.

    Args:
        checkpoint: stays open as long as the engine; token rows are read from it at each call.
        precision: of the arithmetic.
        cache: where compiled graphs are kept; None to compile at every start.

    Raises:
        EngineUnavailableError: the CPU has no bfloat16 units.
    """

    name = "openvino"

    def __init__(
        self, checkpoint: Checkpoint, precision: Precision, cache: GraphCache | None = None
    ) -> None:
        if precision.arithmetic == "bf16" and not bf16_is_native():
            raise EngineUnavailableError(
                "precision is 'bf16' and this CPU has no bfloat16 units: choose 'f32'"
            )
        self.precision = precision.name
        self._checkpoint = checkpoint
        self._eight_bit = precision.eight_bit
        key = {"precision": precision.name, "version": openvino_graph.VERSION}
        if precision.eight_bit is not None:
            key["kernels"] = str(precision.eight_bit.kernels)
        if cache is not None:
            key["model"] = stored_fingerprint(checkpoint, cache)
        self._compiler = Compiler(precision.arithmetic, cache, key)
        self._n_streams = best_streams()
        self._graphs: dict[tuple[str, int], Graph] = {}
        table_ND = checkpoint["vision_model.embeddings.position_embedding.weight"]
        self._positions = PositionCache(table_ND)

    def encode_patches(
        self, groups: Iterable[tuple[Floats, Grid]], *, pooled: bool, dense: bool
    ) -> Iterator[VisionFeatures]:
        """See ``Engine``. Requests of different groups run at the same time."""
        sizes: deque[tuple[int, int]] = deque()
        inputs = self.vision_inputs(self._parts(groups, sizes))
        first = list(islice(inputs, 2))
        if not first:
            return
        tower = self._vision_tower(is_alone=len(first) == 1)
        done: list[VisionFeatures] = []
        for hidden_BPD in tower.run_all(chain(first, inputs)):
            n_parts, n_patches = sizes[0]
            done.append(self._heads(hidden_BPD, n_patches, pooled=pooled, dense=dense))
            if len(done) == n_parts:
                sizes.popleft()
                yield VisionFeatures.joined(done)
                done = []

    def encode_tokens(self, ids_BL: npt.NDArray[np.int64], mode: TextMode) -> Floats:
        """See ``Engine``."""
        n_texts, length = ids_BL.shape
        parts = batches(n_texts, length, _MAX_POSITIONS)
        inputs = self.text_inputs([(ids_BL[part], mode) for part in parts])
        tower = self._graph(openvino_graph.text_tower)
        state_BD = np.concatenate([state.copy() for state in tower.run_all(inputs)])
        return self.text_head(state_BD, mode)

    def text_head(self, state_BD: Floats, mode: TextMode) -> Floats:
        """Text features (B, E) from what the text tower gives."""
        head = TEXT_HEADS[mode]
        # Not by "@": its threads would go on waiting for work on the cores that the towers need.
        product = np.einsum("bd,ed->be", state_BD, self._checkpoint[f"{head}.weight"])
        features: Floats = product + self._checkpoint[f"{head}.bias"]
        return features

    def vision_inputs(self, pictures: Iterable[tuple[Floats, Grid]]) -> Iterator[Inputs]:
        """What the vision tower takes for each (patches (B, P, I), grid)."""
        for patches_BPI, grid in pictures:
            positions_PD = self._positions.of(*grid)
            yield {"patches": _two_at_least(patches_BPI), "positions": _two_at_least(positions_PD)}

    def text_inputs(
        self, texts: Iterable[tuple[npt.NDArray[np.int64], TextMode]]
    ) -> Iterator[Inputs]:
        """What the text tower takes for each (ids (B, L), mode)."""
        for ids_BL, mode in texts:
            name = f"{_EMBEDDINGS}.token_embedding.weight"
            rows_BLD = self._checkpoint.rows(name, ids_BL)
            yield {"embeddings": _two_at_least(rows_BLD + self._text_positions(mode))}

    def _parts(
        self, groups: Iterable[tuple[Floats, Grid]], sizes: deque[tuple[int, int]]
    ) -> Iterator[tuple[Floats, Grid]]:
        """The groups cut into requests of limited size; ``sizes`` gets (requests, P) of each.

        Equal parts, as many as run at once, if a group is large enough for that.
        """
        for patches_BPI, grid in groups:
            n_images, n_patches = patches_BPI.shape[:2]
            size = min(max(1, _MAX_POSITIONS // n_patches), -(-n_images // self._n_streams))
            starts = range(0, n_images, size)
            sizes.append((len(starts), n_patches))
            for start in starts:
                yield patches_BPI[start : start + size], grid

    def _vision_tower(self, *, is_alone: bool) -> Graph:
        """The tower for one request on all cores, or for several with some cores each.

        The second is faster for many pictures but needs packed weights of its own, for which
        there is room in 8 bits only.
        """
        n_streams = 1 if is_alone or self.precision != "int8" else self._n_streams
        return self._graph(openvino_graph.vision_tower, n_streams)

    def _heads(
        self, hidden_BPD: Floats, n_patches: int, *, pooled: bool, dense: bool
    ) -> VisionFeatures:
        hidden = {"hidden": hidden_BPD}
        pool, every = openvino_graph.pooling_head, openvino_graph.dense_head
        return VisionFeatures(
            self._graph(pool).run(hidden).copy() if pooled else None,
            self._graph(every).run(hidden)[:, :n_patches].copy() if dense else None,
        )

    def _text_positions(self, mode: TextMode) -> Floats:
        if mode != "long":
            return self._checkpoint[f"{_EMBEDDINGS}.position_embedding.weight"]
        keep = self._checkpoint.config.text.keep_len
        original = self._checkpoint[f"{_EMBEDDINGS}.position_embedding_ori.weight"]
        stretched = self._checkpoint[f"{_EMBEDDINGS}.position_embedding_res.weight"]
        return np.concatenate([original[:keep], stretched[keep:]])

    def _graph(self, build: Callable[..., ov.Model], n_streams: int = 1) -> Graph:
        key = (build.__name__, n_streams)
        if key not in self._graphs:
            self._graphs[key] = self._compiler.compile(
                build.__name__,
                lambda: build(self._checkpoint, self._eight_bit, fuse=self.precision != "f32"),
                n_streams=n_streams,
                release=self._checkpoint.release_pages,
            )
        return self._graphs[key]


def _two_at_least(states: Floats) -> Floats:
    """States (..., P, M), a single position twice: attention over two equal ones is the same.

    A graph of OpenVINO that first runs on one position gives nonsense for many ones from then on.
    """
    return states if states.shape[-2] > 1 else np.repeat(states, 2, axis=-2)
