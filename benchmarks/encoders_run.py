"""One engine, measured in this process; prints a JSON object. Started by ``encoders.py``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.measuring import (
    Report,
    image_rates,
    memory,
    pictures,
    rate,
    seconds,
    since_start,
    text_times,
)

PEAK_SIDE = 2048
JPEG_SIZE = (4000, 3000)
JPEG_BATCH = 4
COSINE_PATCHES = (256, 1024)
MAP_SIDES = (32, 64)


def measure_first_load(precision: str, job: Report) -> Report:
    """Load once, up to the first text and picture; this measures, compiles and fills the cache."""
    encoder = _load_ours(precision, job)
    report = {f"first_{name}": value for name, value in since_start().items()}
    for n_images in (1, max(job["batches"])):
        encoder.encode_images(pictures(n_images), min(job["patches"]))
    return {**report, "precision": encoder.precision, "first_highest_mb": memory()["VmHWM_mb"]}


def measure_ours(precision: str, job: Report) -> Report:
    """Our OpenVINO engine from a filled cache: images, texts, memory, exactness."""
    encoder = _load_ours(precision, job)
    report = since_start()
    images = pictures(max(job["batches"]))
    report["images_s"] = image_rates(
        lambda batch, n_patches: encoder.encode_images(images[:batch], n_patches), job
    )
    report |= text_times(lambda mode, n: encoder.encode_token_ids(_ids()[:, :n], mode), job)
    report |= memory()
    compared = [n for n in COSINE_PATCHES if n in job["patches"]]
    if precision != "f32" and compared:
        exact = _load_ours("f32", job)
        cosines = [
            (exact.encode_images(images, n) * encoder.encode_images(images, n)).sum(axis=1).min()
            for n in compared
        ]
        report["least_cosine"] = float(min(cosines))
    return report


def measure_whole_path(job: Report) -> Report:
    """Files of 12 megapixels through decoders and encoder, and the encoder alone, in turns."""
    from app.worker.decoder_pool import DecoderPool

    encoder = _load_ours("auto", job)
    folder = Path(job["cache"])
    paths = [folder / f"{place}.jpg" for place in range(2 * JPEG_BATCH)]
    for path, image in zip(paths, pictures(len(paths), JPEG_SIZE), strict=True):
        image.save(path, quality=90)
    report: Report = {"precision": encoder.precision, "megapixels": 12}
    pool = DecoderPool()
    try:
        for n_patches in job["patches"]:
            report[str(n_patches)] = _path_rates(encoder, pool, paths, n_patches)
    finally:
        pool.close()
    return report


def _path_rates(encoder: Any, pool: Any, paths: list[Path], n_patches: int) -> Report:
    alone_s, path_s = [], []
    decoded = list(_decoded(pool, paths, n_patches))
    for _ in range(4):
        alone_s.append(seconds(lambda: _encode(encoder, decoded, n_patches)))
        path_s.append(
            seconds(lambda: _encode(encoder, _decoded(pool, paths, n_patches), n_patches))
        )
    alone, path = float(np.median(alone_s[1:])), float(np.median(path_s[1:]))
    return {
        "alone_images_s": len(paths) / alone,
        "path_images_s": len(paths) / path,
        "share": alone / path,
    }


def _decoded(pool: Any, paths: list[Path], n_patches: int) -> Iterable[Image.Image]:
    """Photos fitted to the patch grid, decoded ahead in other processes as the indexer does."""
    from app.worker.decode_messages import PhotoRequest

    futures = [pool.submit(PhotoRequest(bytes(path), n_patches, 320)) for path in paths]
    for future in futures:
        photo = future.result()
        size = (photo.grid_width_px, photo.grid_height_px)
        yield Image.frombytes("RGB", size, photo.grid)


def _encode(encoder: Any, images: Iterable[Image.Image], n_patches: int) -> None:
    batch: list[Image.Image] = []
    for image in images:
        batch.append(image)
        if len(batch) == JPEG_BATCH:
            encoder.encode_images(batch, n_patches)
            batch = []


def measure_regions(job: Report) -> Report:
    """Milliseconds of ``similar_region`` on dense maps, by their side."""
    from fgclip2.config import ModelConfig
    from fgclip2.regions import similar_region

    width = ModelConfig.from_directory(Path(job["model"])).dim
    rng = np.random.default_rng(0)
    report: Report = {}
    for side in MAP_SIDES:
        dense = rng.standard_normal((side, side, width)).astype(np.float32)
        vector = dense[side // 2, side // 2]
        found = rate(partial(similar_region, vector, dense), 1, job["seconds"])
        report[str(side)] = {"ms": 1e3 / found["wall"], "cpu_ms": 1e3 / found["core"]}
    return report


def measure_peaks() -> Report:
    """GFLOP/s of large products in OpenVINO, by the clock and a core-second: what is possible."""
    from fgclip2.openvino_engine import bf16_is_native
    from fgclip2.openvino_graph import matrix_product
    from fgclip2.openvino_runs import Compiler

    peaks: Report = {}
    state = {"state": np.ones((PEAK_SIDE, PEAK_SIDE), np.float32)}
    for name in ("f32", "bf16", "int8"):
        if name == "bf16" and not bf16_is_native():
            continue
        model = matrix_product(PEAK_SIDE, is_int8=name == "int8")
        arithmetic = "bf16" if name == "bf16" else "f32"
        graph = Compiler(arithmetic, None, {}).compile("peak", lambda model=model: model)
        graph.run(state)
        best = {"wall": float("inf"), "core": float("inf")}
        for _ in range(15):
            core_before = time.process_time()
            best["wall"] = min(best["wall"], seconds(lambda graph=graph: graph.run(state)))
            best["core"] = min(best["core"], time.process_time() - core_before)
        peaks[name] = {clock: 2 * PEAK_SIDE**3 / best_s / 1e9 for clock, best_s in best.items()}
    return peaks


def _load_ours(precision: str, job: Report) -> Any:
    """Ready for queries: loaded, and one text encoded."""
    from fgclip2 import Encoder

    encoder = Encoder.load(job["model"], "openvino", precision, cache_dir=job["cache"])
    encoder.encode_token_ids(_ids()[:, :64], "short")
    return encoder


def _ids() -> np.ndarray:
    return np.random.default_rng(0).integers(3, 600, (1, 196))


def measure(name: str, job: Report) -> Report:
    """What the engine of that name does; ``first-NAME`` is its first load."""
    library, _, precision = name.partition("-")
    if name == "peaks":
        return measure_peaks()
    if name == "regions":
        return measure_regions(job)
    if name == "path":
        return measure_whole_path(job)
    if library == "first":
        return measure_first_load(precision.partition("-")[2], job)
    if library == "openvino":
        return measure_ours(precision, job)
    from benchmarks.encoders_others import measure_onnxruntime, measure_transformers

    others = {"transformers": measure_transformers, "onnxruntime": measure_onnxruntime}
    return others[library](precision, job)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], json.loads(sys.argv[2]))))
