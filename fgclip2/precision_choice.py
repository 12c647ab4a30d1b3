"""Which precision to run on this CPU: measured once, checked on a probe set, remembered.

Also what 8-bit layers need to know: the range of each layer's input, observed on another set.
Pictures and texts of both sets are drawn here, so that nothing has to be shipped or downloaded.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from fgclip2 import openvino_graph
from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import Floats, Grid, TextMode
from fgclip2.graph_cache import GraphCache, stored_fingerprint
from fgclip2.images import patchify
from fgclip2.openvino_engine import (
    EXACT,
    OpenvinoEngine,
    Precision,
    bf16_is_native,
    probe_seconds,
    weight_levels,
)
from fgclip2.openvino_graph import EightBit, Ranges
from fgclip2.openvino_runs import Compiler, machine_key
from fgclip2.openvino_runtime import ov

# Below this cosine with the exact vectors a precision is not chosen by itself.
MIN_COSINE = 0.999
_CALIBRATION_SEED, _PROBE_SEED = 1000, 0
_GRIDS: tuple[Grid, ...] = ((16, 16), (12, 20))

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProbeSet:
    """Pictures as (patches (1, P, I), grid) and texts as token ids."""

    pictures: list[tuple[Floats, Grid]]
    texts: list[tuple[npt.NDArray[np.int64], TextMode]]


def choose_precision(checkpoint: Checkpoint, cache: GraphCache | None) -> Precision:
    """The fastest precision whose vectors are exact enough, remembered by CPU and model."""
    key = _key(checkpoint, cache, "precision")
    known = cache.load_facts(key) if cache is not None else None
    if known is not None and known.get("precision") in ("f32", "bf16", "int8"):
        return load_precision(str(known["precision"]), checkpoint, cache)
    seconds = measure_speeds(cache)
    probe = make_probe_set(checkpoint, _PROBE_SEED)
    exact = vectors_of(OpenvinoEngine(checkpoint, EXACT), probe)
    cosines: dict[str, float] = {"f32": 1.0}
    chosen = EXACT
    for name in sorted(seconds, key=seconds.__getitem__):
        if name == "f32":
            break
        precision = load_precision(name, checkpoint, cache)
        found = vectors_of(OpenvinoEngine(checkpoint, precision, cache), probe)
        cosines[name] = least_cosine(found, exact)
        if cosines[name] >= MIN_COSINE:
            chosen = precision
            break
    _log.info("Precision %s: seconds %s, cosines %s", chosen.name, seconds, cosines)
    if cache is not None:
        facts = {"precision": chosen.name, "seconds": seconds, "cosines": cosines}
        cache.store_facts(key, facts)
    return chosen


def load_precision(name: str, checkpoint: Checkpoint, cache: GraphCache | None) -> Precision:
    """A precision by its name, with all that its engine needs to know."""
    if name != "int8":
        return Precision(name, name)
    seconds = measure_speeds(cache)
    halves_are_faster = seconds.get("bf16", float("inf")) < seconds["f32"]
    arithmetic = "bf16" if halves_are_faster else "f32"
    ranges = load_ranges(checkpoint, cache)
    return Precision(name, arithmetic, EightBit(ranges, weight_levels()))


def measure_speeds(cache: GraphCache | None) -> dict[str, float]:
    """Seconds of the same work in each precision that this CPU has; remembered by CPU."""
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
    key = _key(checkpoint, cache, "ranges")
    known = cache.load_facts(key) if cache is not None else None
    if known is not None and isinstance(known.get("ranges"), dict):
        return {name: (float(low), float(high)) for name, (low, high) in known["ranges"].items()}
    ranges = _observe(checkpoint)
    if cache is not None:
        cache.store_facts(key, {"ranges": ranges})
    return ranges


def make_probe_set(checkpoint: Checkpoint, seed: int) -> ProbeSet:
    """Drawn pictures of several kinds, and texts of random tokens of several lengths."""
    rng = np.random.default_rng(seed)
    side, config = checkpoint.config.vision.patch_size, checkpoint.config.text
    pictures = []
    for grid in _GRIDS:
        for picture in _draw(rng, grid[0] * side, grid[1] * side):
            pictures.append((patchify(picture, side)[None], grid))
    texts: list[tuple[npt.NDArray[np.int64], TextMode]] = []
    lengths: tuple[tuple[TextMode, int], ...] = (
        ("short", config.max_position_embeddings),
        ("long", config.longtext_len),
    )
    for mode, length in lengths:
        ids = rng.integers(3, config.vocab_size, (4, length))
        for row, n_tokens in zip(ids, (4, 9, length // 2, length), strict=True):
            row[n_tokens - 1] = config.eos_token_id
            row[n_tokens:] = config.pad_token_id
        texts.append((ids, mode))
    return ProbeSet(pictures, texts)


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
    return ["f32", "int8", *(["bf16"] if bf16_is_native() else [])]


def _key(checkpoint: Checkpoint, cache: GraphCache | None, kind: str) -> dict[str, str]:
    if cache is None:
        return {}
    key = {"kind": kind, "model": stored_fingerprint(checkpoint, cache)}
    key["version"] = openvino_graph.VERSION
    return key if kind == "ranges" else {**key, **machine_key(ov.Core())}


def _observe(checkpoint: Checkpoint) -> Ranges:
    probe = make_probe_set(checkpoint, _CALIBRATION_SEED)
    exact = OpenvinoEngine(checkpoint, EXACT)
    compiler = Compiler("f32", None, {})
    ranges: dict[str, tuple[float, float]] = {}
    for build, inputs in (
        (openvino_graph.observed_vision_tower, exact.vision_inputs(probe.pictures)),
        (openvino_graph.observed_text_tower, exact.text_inputs(probe.texts)),
    ):
        model, names = build(checkpoint)
        graph = compiler.compile("ranges", lambda model=model: model)  # type: ignore[misc]
        seen = np.stack([graph.run(values).copy() for values in inputs])
        lows, highs = seen[..., 0].min(axis=0), seen[..., 1].max(axis=0)
        for name, low, high in zip(names, lows, highs, strict=True):
            if ".layers." in name:
                ranges[name] = (float(low), float(high))
    return ranges


def _draw(rng: np.random.Generator, height: int, width: int) -> list[Image.Image]:
    """Noise, soft colours, hard-edged boxes, and dark with few lights."""
    size = (width, height)
    noise = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    soft = Image.fromarray(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)).resize(size)
    boxes = Image.fromarray(rng.integers(0, 256, (9, 11, 3), dtype=np.uint8)).resize(
        size, Image.Resampling.NEAREST
    )
    lights = np.where(noise[..., :1] > 252, noise, noise // 24).astype(np.uint8)
    return [Image.fromarray(noise), soft, boxes, Image.fromarray(lights)]
