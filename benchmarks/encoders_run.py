"""One engine, measured in this process; prints a JSON object. Started by ``encoders.py``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from fgclip2.images import patch_grid

Report = dict[str, Any]
PICTURE = (1024, 768)
PEAK_SIDE = 2048


def measure_ours(precision: str, job: Report) -> Report:
    """Our OpenVINO engine: first load (which makes the cache), then images and texts."""
    from fgclip2 import Encoder

    memory = Memory()
    ids = np.random.default_rng(0).integers(3, 600, (1, 196))
    first_s = _seconds(lambda: _load_ours(precision, job, ids))
    started = time.perf_counter()
    encoder = _load_ours(precision, job, ids)
    report: Report = {"first_load_s": first_s, "load_s": time.perf_counter() - started}
    images = _pictures(max(job["batches"]))
    report["images_s"] = {
        str(n_patches): {
            str(batch): _rate(partial(encoder.encode_images, images[:batch], n_patches), batch, job)
            for batch in job["batches"]
        }
        for n_patches in job["patches"]
    }
    report |= _text_ms(lambda mode, n: encoder.encode_token_ids(ids[:, :n], mode), job)
    report |= memory.report()
    exact = Encoder.load(job["model"], "openvino", "f32", cache_dir=job["cache"])
    cosines = (exact.encode_images(images, 256) * encoder.encode_images(images, 256)).sum(axis=1)
    report["least_cosine"] = float(cosines.min())
    return report


def _load_ours(precision: str, job: Report, ids: np.ndarray) -> Any:
    """Ready for queries: loaded, and one text encoded."""
    from fgclip2 import Encoder

    encoder = Encoder.load(job["model"], "openvino", precision, cache_dir=job["cache"])
    encoder.encode_token_ids(ids[:, :64], "short")
    return encoder


def measure_transformers(precision: str, job: Report) -> Report:
    """transformers' SigLIP 2 towers of the same sizes with random weights, by their own code."""
    memory = Memory()
    started = time.perf_counter()
    import torch
    from transformers import (
        Siglip2TextConfig,
        Siglip2TextModel,
        Siglip2VisionConfig,
        Siglip2VisionModel,
    )

    from fgclip2.config import ModelConfig

    dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[precision]
    config = ModelConfig.from_directory(Path(job["model"]))
    shared = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    vision = Siglip2VisionModel(
        Siglip2VisionConfig(**{name: getattr(config.vision, name) for name in shared})
    )
    text = Siglip2TextModel(
        Siglip2TextConfig(
            vocab_size=config.text.vocab_size,
            max_position_embeddings=config.text.longtext_len,
            projection_size=config.dim,
            **{name: getattr(config.text, name) for name in shared},
        )
    )
    vision, text = vision.to(dtype).eval(), text.to(dtype).eval()
    ids = torch.ones((1, 196), dtype=torch.int64)
    report: Report = {"load_s": time.perf_counter() - started, "images_s": {}}

    def run(batch: int, n_patches: int) -> object:
        rows, columns = patch_grid(*PICTURE, n_patches)
        patches = torch.zeros((batch, n_patches, 768), dtype=dtype)
        mask = torch.zeros((batch, n_patches), dtype=torch.int32)
        mask[:, : rows * columns] = 1
        shapes = torch.tensor([[rows, columns]] * batch)
        return vision(patches, mask, shapes).pooler_output

    with torch.inference_mode():
        for n_patches in job["patches"]:
            report["images_s"][str(n_patches)] = {
                str(batch): _rate(partial(run, batch, n_patches), batch, job)
                for batch in job["batches"]
            }
        report |= _text_ms(lambda _, n: text(ids[:, :n]).pooler_output, job)
    return report | memory.report()


def measure_peaks() -> Report:
    """GFLOP/s of large products in OpenVINO, the best that its kernels reach on this machine."""
    from fgclip2.openvino_engine import bf16_is_native
    from fgclip2.openvino_graph import matrix_product
    from fgclip2.openvino_runs import Compiler

    peaks: Report = {}
    state = np.ones((PEAK_SIDE, PEAK_SIDE), np.float32)
    for name in ("f32", "bf16", "int8"):
        if name == "bf16" and not bf16_is_native():
            continue
        model = matrix_product(PEAK_SIDE, is_int8=name == "int8")
        arithmetic = "bf16" if name == "bf16" else "f32"
        graph = Compiler(arithmetic, None, {}).compile("peak", lambda model=model: model)
        graph.run({"state": state})
        best = min(_seconds(lambda graph=graph: graph.run({"state": state})) for _ in range(5))
        peaks[name] = 2 * PEAK_SIDE**3 / best / 1e9
    return peaks


class Memory:
    """Memory of this process above what the interpreter and NumPy took."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss

    def report(self) -> Report:
        """Resident and own memory now, and the highest resident, in MB (files mapped included)."""
        full = self._process.memory_full_info()
        report = {"rss_mb": full.rss >> 20, "uss_mb": full.uss >> 20}
        status = Path("/proc/self/status")
        if status.exists():
            for line in status.read_text().splitlines():
                if line.startswith(("VmHWM", "RssAnon")):
                    report[line.split(":")[0] + "_mb"] = int(line.split()[1]) >> 10
        return report


def _pictures(n_images: int) -> list[Image.Image]:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (n_images, 48, 64, 3), dtype=np.uint8)
    return [Image.fromarray(values).resize(PICTURE) for values in small]


def _text_ms(encode: Callable[[str, int], object], job: Report) -> Report:
    report = {}
    for mode, length in (("short", 64), ("long", 196)):
        rate = _rate(partial(encode, mode, length), 1, job)
        report[f"{mode}_text_ms"] = 1e3 / rate["wall"]
        report[f"{mode}_text_cpu_ms"] = 1e3 / rate["core"]
    return report


def _rate(run: Callable[[], object], n_items: int, job: Report) -> Report:
    """Items a second and a core-second: the best runs within the time, after one to warm up."""
    run()
    wall, core = float("inf"), float("inf")
    started = time.perf_counter()
    while not np.isfinite(wall) or time.perf_counter() - started < job["seconds"]:
        core_before = time.process_time()
        wall = min(wall, _seconds(run))
        core = min(core, time.process_time() - core_before)
    return {"wall": n_items / wall, "core": n_items / max(core, 1e-9)}


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


if __name__ == "__main__":
    kind, _, chosen = sys.argv[1].partition("-")
    given = json.loads(sys.argv[2])
    if kind == "peaks":
        result = measure_peaks()
    elif kind == "openvino":
        result = measure_ours(chosen, given)
    else:
        result = measure_transformers(chosen, given)
    print(json.dumps(result))
