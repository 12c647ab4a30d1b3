"""Which precision to run on this CPU: measured once, checked on a probe set, remembered.

Also what 8-bit layers need to know: the range of each layer's input, observed on another set.
Both sets go through the float32 towers together, one tower in memory at a time.
Shapes: N vectors of a probe set, E embedding.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fgclip2 import openvino_graph
from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import Floats
from fgclip2.graph_cache import GraphCache, stored_fingerprint
from fgclip2.openvino_engine import (
    EXACT,
    INT8_CONVOLUTION,
    OpenvinoEngine,
    Precision,
    bf16_is_native,
    probe_seconds,
    sums_are_narrow,
)
from fgclip2.openvino_linear import EightBit, Kernels, Ranges
from fgclip2.openvino_runs import Compiler, Inputs, machine_key
from fgclip2.openvino_runtime import ov
from fgclip2.probe_sets import ProbeSet, make_calibration_set, make_probe_set

# Below this cosine with the exact vectors a precision is not chosen by itself.
MIN_COSINE = 0.999
_CALIBRATION_SEED, _PROBE_SEED = 1000, 0
# The few tokens of the set do not reach as far as those of other texts, and what lies outside a
# range is cut off: at 1 the cosine of captions fell by 0.0003 in the mean, at 1.25 by 0.0001.
# Pictures have so many patches that theirs do reach.
_TEXT_MARGIN = 1.25

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExactRun:
    """What the float32 towers make of a probe set: vectors (N, E), and what layers were given."""

    vectors_NE: Floats
    ranges: Ranges


def choose_precision(checkpoint: Checkpoint, cache: GraphCache | None) -> Precision:
    """The fastest precision whose vectors are exact enough, remembered by CPU and model."""
    key = _key(checkpoint, cache, "precision")
    known = cache.load_facts(key) if cache is not None else None
    if known is not None and known.get("precision") in ("f32", "bf16", "int8"):
        return load_precision(str(known["precision"]), checkpoint, cache)
    seconds = measure_speeds(cache)
    by_speed = _by_speed(seconds)
    faster = by_speed[: by_speed.index("f32")]
    cosines: dict[str, float] = {}
    chosen = _fastest_exact_enough(faster, checkpoint, cache, cosines) if faster else EXACT
    _log.info("Precision %s: seconds %s, cosines %s", chosen.name, seconds, cosines)
    if cache is not None:
        facts = {"precision": chosen.name, "seconds": seconds, "cosines": cosines}
        cache.store_facts(key, facts)
    return chosen


def load_precision(name: str, checkpoint: Checkpoint, cache: GraphCache | None) -> Precision:
    """A precision by its name, with all that its engine needs to know."""
    ranges = load_ranges(checkpoint, cache) if name == "int8" else {}
    return _make_precision(name, ranges, cache)


def measure_speeds(cache: GraphCache | None) -> dict[str, float]:
    """``probe_seconds`` of all that this CPU can do, remembered by CPU."""
    key = {"kind": "speeds", **machine_key(ov.Core())}
    candidates = _candidates()
    known = cache.load_facts(key) if cache is not None else None
    if known is not None and set(known.get("seconds", ())) == set(candidates):
        return {name: float(seconds) for name, seconds in known["seconds"].items()}
    seconds = probe_seconds(candidates)
    if cache is not None:
        cache.store_facts(key, {"seconds": seconds})
    return seconds


def load_ranges(checkpoint: Checkpoint, cache: GraphCache | None) -> Ranges:
    """The range of each layer's input, from the cache or observed now in float32."""
    known = cache.load_facts(_key(checkpoint, cache, "ranges")) if cache is not None else None
    if known is not None and isinstance(known.get("ranges"), dict):
        return {name: (float(low), float(high)) for name, (low, high) in known["ranges"].items()}
    calibration_set = make_calibration_set(checkpoint.config, _CALIBRATION_SEED)
    (calibration,) = run_exactly(checkpoint, [calibration_set])
    _store_ranges(calibration.ranges, checkpoint, cache)
    return calibration.ranges


def run_exactly(checkpoint: Checkpoint, probe_sets: Sequence[ProbeSet]) -> list[ExactRun]:
    """Vectors and ranges of each probe set in float32.

    Raises:
        WeightsError: they are not finite; 8 bits would hide it.
    """
    engine = OpenvinoEngine(checkpoint, EXACT)
    pictures = _observe(
        checkpoint,
        openvino_graph.observed_vision_tower,
        [list(engine.vision_inputs(each.pictures)) for each in probe_sets],
    )
    texts = _observe(
        checkpoint,
        openvino_graph.observed_text_tower,
        [list(engine.text_inputs(each.texts)) for each in probe_sets],
    )
    found = []
    for each, seen, read in zip(probe_sets, pictures, texts, strict=True):
        vectors = list(seen.results)
        for state_BD, (_, mode) in zip(read.results, each.texts, strict=True):
            vectors.append(engine.text_head(state_BD, mode))
        text_ranges = {
            name: (min(low, low * _TEXT_MARGIN), max(high, high * _TEXT_MARGIN))
            for name, (low, high) in read.ranges.items()
        }
        run = ExactRun(np.concatenate(vectors), {**seen.ranges, **text_ranges})
        if not (np.isfinite(run.vectors_NE).all() and np.isfinite(list(run.ranges.values())).all()):
            raise checkpoint.not_finite_error()
        found.append(run)
    return found


def vectors_of(engine: OpenvinoEngine, probe: ProbeSet) -> Floats:
    """Vectors of a probe set, (N, E)."""
    features = engine.encode_patches(probe.pictures, pooled=True, dense=False)
    found = [each.pooled for each in features if each.pooled is not None]
    found += [engine.encode_tokens(ids, mode) for ids, mode in probe.texts]
    return np.concatenate(found)


def least_cosine(found_NE: Floats, exact_NE: Floats) -> float:
    """The smallest cosine of a row with its exact counterpart; -1 for what is not finite."""
    norms = np.linalg.norm(found_NE, axis=1) * np.linalg.norm(exact_NE, axis=1)
    cosines = (found_NE * exact_NE).sum(axis=1) / np.maximum(norms, 1e-12)
    return float(np.nan_to_num(cosines, nan=-1.0).min())


def _candidates() -> list[str]:
    return ["f32", "int8", INT8_CONVOLUTION, *(["bf16"] if bf16_is_native() else [])]


def _by_speed(seconds: Mapping[str, float]) -> list[str]:
    """The precisions, fastest first; int8 counts in its faster form."""
    best = dict(seconds)
    best["int8"] = min(best["int8"], best.pop(INT8_CONVOLUTION, float("inf")))
    return sorted(best, key=best.__getitem__)


def _fastest_exact_enough(
    names: Sequence[str],
    checkpoint: Checkpoint,
    cache: GraphCache | None,
    cosines: dict[str, float],
) -> Precision:
    """The first of the names that keeps the least cosine, else the exact one; fills ``cosines``."""
    calibration_set = make_calibration_set(checkpoint.config, _CALIBRATION_SEED)
    probe = make_probe_set(checkpoint.config, _PROBE_SEED)
    calibration, exact = run_exactly(checkpoint, [calibration_set, probe])
    _store_ranges(calibration.ranges, checkpoint, cache)
    for name in names:
        precision = _make_precision(name, calibration.ranges, cache)
        found_NE = vectors_of(OpenvinoEngine(checkpoint, precision, cache), probe)
        cosines[name] = least_cosine(found_NE, exact.vectors_NE)
        if cosines[name] >= MIN_COSINE:
            return precision
    return EXACT


def _make_precision(name: str, ranges: Ranges, cache: GraphCache | None) -> Precision:
    if name != "int8":
        return Precision(name, name)
    seconds = measure_speeds(cache)
    halves_are_faster = seconds.get("bf16", float("inf")) < seconds["f32"]
    arithmetic = "bf16" if halves_are_faster else "f32"
    as_convolution = seconds.get(INT8_CONVOLUTION, float("inf")) < seconds["int8"]
    return Precision(name, arithmetic, EightBit(ranges, Kernels(as_convolution, sums_are_narrow())))


def _key(checkpoint: Checkpoint, cache: GraphCache | None, kind: str) -> dict[str, str]:
    if cache is None:
        return {}
    key = {"kind": kind, "model": stored_fingerprint(checkpoint, cache)}
    key["version"] = openvino_graph.VERSION
    return key if kind == "ranges" else {**key, **machine_key(ov.Core())}


def _store_ranges(ranges: Ranges, checkpoint: Checkpoint, cache: GraphCache | None) -> None:
    if cache is not None:
        cache.store_facts(_key(checkpoint, cache, "ranges"), {"ranges": dict(ranges)})


@dataclass(frozen=True, slots=True)
class _Observed:
    """Results of one tower for each input of a set, and the ranges over all of them."""

    results: list[Floats]
    ranges: dict[str, tuple[float, float]]


def _observe(
    checkpoint: Checkpoint,
    build: Callable[[Checkpoint], tuple[ov.Model, list[str]]],
    inputs_by_set: Sequence[Sequence[Inputs]],
) -> list[_Observed]:
    model, names = build(checkpoint)
    compiler = Compiler("f32", None, {})
    graph = compiler.compile("observed", lambda: model, release=checkpoint.release_pages)
    found = []
    for inputs in inputs_by_set:
        results, seen = zip(*(graph.run_for_all_outputs(each) for each in inputs), strict=True)
        lows, highs = np.min(seen, axis=0)[:, 0], np.max(seen, axis=0)[:, 1]
        spans = zip(lows.tolist(), highs.tolist(), strict=True)
        found.append(_Observed(list(results), dict(zip(names, spans, strict=True))))
    return found
