"""Compiled OpenVINO graphs: made or taken from the cache, and run with several requests at once."""

from __future__ import annotations

import logging
import mmap
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np

from fgclip2.engine import Floats
from fgclip2.errors import DeviceMemoryError
from fgclip2.graph_cache import GraphCache
from fgclip2.openvino_runtime import ov

_MAX_STREAMS = 4
# One request more than run at once keeps the cores busy between two of them; it shares the
# intermediate results of its stream and so costs nothing but its inputs.
_WAITING_REQUESTS = 1
# New shapes pack the weights anew; after so many nothing is let go of any more.
_MAX_SHAPES = 256
_RELEASE_EVERY_MS = 20

_log = logging.getLogger(__name__)
Inputs = Mapping[str, Floats]
# A compiled graph, and the map that it reads its weights from if it came from the cache.
_Compiled: TypeAlias = "tuple[ov.CompiledModel, mmap.mmap | None]"


def _keep_all() -> None:
    """What a graph releases that shares no memory: nothing."""


class Graph:
    """A compiled graph with a fixed number of requests, so that memory does not grow."""

    def __init__(
        self,
        compiled: ov.CompiledModel,
        n_requests: int,
        mapped: mmap.mmap | None = None,
        release: Callable[[], None] = _keep_all,
    ) -> None:
        self._requests = [compiled.create_infer_request() for _ in range(n_requests)]
        # The compiled graph reads its weights from this map, which must live as long.
        self._mapped = mapped
        self._release = release
        self._shapes: set[tuple[int, ...]] = set()

    def run(self, inputs: Inputs) -> Floats:
        """The result for one set of inputs; a view that the next run overwrites."""
        (result,) = self.run_all([inputs])
        return result

    def run_for_all_outputs(self, inputs: Inputs) -> list[Floats]:
        """As ``run``, for a graph with several results: copies of all."""
        self.run(inputs)
        return [tensor.data.copy() for tensor in self._request(0).output_tensors]

    def run_all(self, inputs: Iterable[Inputs]) -> Iterator[Floats]:
        """Results for many sets of inputs, in order; some run at once, and inputs are taken late.

        A result is a view that is overwritten once the next one is asked for.

        Raises:
            DeviceMemoryError: a set of inputs does not fit.
        """
        running: dict[int, Inputs] = {}
        try:
            for place, values in enumerate(inputs):
                if len(running) == len(self._requests):
                    yield self._finish(min(running), running)
                running[place] = values
                self._request(place).start_async(values, share_inputs=True)
            while running:
                yield self._finish(min(running), running)
        except (MemoryError, RuntimeError) as error:
            if not isinstance(error, MemoryError) and "alloc" not in str(error):
                raise
            shapes = [array.shape for values in running.values() for array in values.values()]
            raise DeviceMemoryError(
                f"a batch of {shapes} does not fit into memory: give less at once"
            ) from error
        finally:
            self._stop(running)

    def _request(self, place: int) -> ov.InferRequest:
        return self._requests[place % len(self._requests)]

    def _finish(self, place: int, running: dict[int, Inputs]) -> Floats:
        request = self._request(place)
        shapes = tuple(side for array in running[place].values() for side in array.shape)
        if shapes not in self._shapes and len(self._shapes) < _MAX_SHAPES:
            self._shapes.add(shapes)
            while not request.wait_for(_RELEASE_EVERY_MS):
                self._release_pages()
            self._release_pages()
        request.wait()
        del running[place]
        result: Floats = request.get_output_tensor(0).data
        return result

    def _stop(self, running: dict[int, Inputs]) -> None:
        """Wait for what still runs on inputs that nobody holds any more afterwards."""
        for place in running:
            try:
                self._request(place).wait()
            except RuntimeError as error:
                _log.debug("a request ended with %s", error)

    def _release_pages(self) -> None:
        """In the first run of a shape the weights are packed elsewhere: let go of the map's."""
        self._release()
        if self._mapped is not None:
            _release_map(self._mapped)


class Compiler:
    """Compiles graphs for this CPU in one precision, and keeps them in a cache where there is one.

    Args:
        precision: of the arithmetic outside 8-bit layers: ``f32`` or ``bf16``.
        cache: None to compile every time.
        key: what the graphs depend on beside OpenVINO's version and the CPU.
    """

    def __init__(self, precision: str, cache: GraphCache | None, key: Mapping[str, str]) -> None:
        self._core = ov.Core()
        self._precision = precision
        self._cache = cache
        self._key = {**key, "arithmetic": precision, **machine_key(self._core)}

    def compile(
        self,
        name: str,
        build: Callable[[], ov.Model],
        *,
        n_streams: int = 1,
        release: Callable[[], None] = _keep_all,
    ) -> Graph:
        """The graph of that name, from the cache or from ``build``.

        A cached graph serves any number of streams. ``release`` is called when the tensors that
        ``build`` shared have been read.
        """
        options = {"INFERENCE_PRECISION_HINT": self._precision, **_threads(n_streams)}
        key = {**self._key, "graph": name}
        found = self._load(key, options)
        if found is None:
            found = self._make(key, options, build, release)
        compiled, mapped = found
        return Graph(compiled, n_streams + _WAITING_REQUESTS, mapped, release)

    def _make(
        self,
        key: Mapping[str, str],
        options: dict[str, object],
        build: Callable[[], ov.Model],
        release: Callable[[], None],
    ) -> _Compiled:
        with _releasing(release):
            compiled = self._core.compile_model(build(), "CPU", options)
            if self._cache is None or not self._cache.store_graph(key, compiled.export_model):
                return compiled, None
        # The one from the cache keeps its weights in the file and not in memory of its own.
        del compiled
        found = self._load(key, options)
        return found or (self._core.compile_model(build(), "CPU", options), None)

    def _load(self, key: Mapping[str, str], options: dict[str, object]) -> _Compiled | None:
        mapped = None if self._cache is None else self._cache.load_graph(key)
        if mapped is None or self._cache is None:
            return None
        tensor = ov.Tensor(np.frombuffer(mapped, np.uint8), shared_memory=True)
        try:
            with _releasing(lambda: _release_map(mapped)):
                return self._core.import_model(tensor, "CPU", options), mapped
        except RuntimeError as error:
            _log.warning("A compiled graph cannot be used and is made again: %s", error)
            self._cache.forget(key)
            return None


@contextmanager
def _releasing(release: Callable[[], None]) -> Iterator[None]:
    """Release again and again: OpenVINO reads all weights, and packs them, before it returns."""
    done = threading.Event()

    def release_until_done() -> None:
        while not done.wait(_RELEASE_EVERY_MS / 1000):
            release()

    thread = threading.Thread(target=release_until_done, name="release-pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        release()


def _release_map(mapped: mmap.mmap) -> None:
    """Let go of a map's pages; they are read from the file again if need be."""
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def best_streams() -> int:
    """Requests to run at once: a core or more for each."""
    return max(1, min(_MAX_STREAMS, os.cpu_count() or 1))


def machine_key(core: ov.Core) -> dict[str, str]:
    """What compiled graphs and measurements depend on: OpenVINO's version and the CPU."""
    capabilities = sorted(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
    return {
        "openvino": ov.__version__,
        "cpu": core.get_property("CPU", "FULL_DEVICE_NAME"),
        "capabilities": " ".join(capabilities),
        "cores": str(os.cpu_count()),
        # Limits the instruction set; for tests and for machines that cannot hold their clock.
        "limit": os.environ.get("ONEDNN_MAX_CPU_ISA", ""),
    }


def _threads(n_streams: int) -> dict[str, object]:
    # Decoders and other programs run beside: threads bound to a core would wait for it.
    free: dict[str, object] = {"ENABLE_CPU_PINNING": False}
    if n_streams == 1:
        return {"PERFORMANCE_HINT": "LATENCY", **free}
    return {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": n_streams, **free}
