"""Indexing from file to vector beside the encoder alone, on photos of 12 megapixels.

``python benchmarks/indexing.py --photos 48 --patches 256`` prints a JSON object for the quick pass,
with that many patches, one for the fine pass, with as many as the published rule says, and one for
both together: photos a second of the encoder alone on the pixels that decoders give and of an index
run, in turns in one process, on random weights; the share of the one in the other; and the same
share of processor time, decoders included, which other programs disturb less. Decoders are running
before the clock starts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
from PIL import Image, ImageChops

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.core.messages import Event, IndexFinished, IndexProgress, StartIndex
from app.core.settings import Settings
from app.worker.budgets import fine_budget
from app.worker.decode_messages import DecodedPhoto, PhotoRequest
from app.worker.decoder_pool import DecoderPool
from app.worker.engine import Engine

SIZE_PX = (4000, 3000)
BATCH = 8
WAIT_S = 0.05

Times = npt.NDArray[np.float64]  # (2,) seconds: on the clock, of processor time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=48)
    parser.add_argument("--patches", type=int, default=256, help="of the quick pass")
    parser.add_argument("--size", default="base", help="of the model, with random weights")
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--model", type=Path, help="a checkpoint, else random weights are made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = options.model or _make_model(folder / "model", options.size)
        _write_photos(folder / "photos", options.photos)
        from fgclip2 import Encoder

        encoder = Encoder.load(model, "openvino", options.precision, cache_dir=folder / "cache")
        for result in _measure(folder, encoder, options.patches):
            print(json.dumps(result), flush=True)
    return 0


def _make_model(directory: Path, size: str) -> Path:
    from fgclip2.random_weights import model_config, write_random_checkpoint

    write_random_checkpoint(directory, model_config(size))
    return directory


def _write_photos(folder: Path, n_photos: int) -> None:
    """Photos of about 3 MB, as phones make them: soft shapes with a little noise."""
    folder.mkdir()
    chance = np.random.default_rng(0)
    small = Image.fromarray(chance.integers(0, 255, (60, 80, 3), np.uint8))
    noise = Image.fromarray(chance.integers(0, 24, (*SIZE_PX[::-1], 3), np.uint8))
    scene = ImageChops.add(small.resize(SIZE_PX, Image.Resampling.BICUBIC), noise)
    for at in range(n_photos):
        ImageChops.offset(scene, 97 * at, 31 * at).save(folder / f"{at:03d}.jpg", quality=88)


def _measure(folder: Path, encoder: Any, patches: int) -> list[dict[str, Any]]:
    fine_patches = fine_budget(encoder.fine_patches, *SIZE_PX)
    with DecoderPool() as pool:
        quick = _grids(pool, folder / "photos", patches)
        fine = _grids(pool, folder / "photos", fine_patches)

        def encode_quickly() -> None:
            for start in range(0, len(quick), BATCH):
                encoder.encode_images(quick[start : start + BATCH], patches=patches)

        def encode_finely() -> None:
            for grid in fine:
                encoder.encode_images_and_dense([grid], fine_patches, normalize=False)

        encode_quickly()  # compiles
        encoder.encode_images_and_dense(fine[:1], fine_patches)
        before = [_timed(encode_quickly), _timed(encode_finely)]
        indexing = _index(folder, encoder, patches, pool)
        after = [_timed(encode_quickly), _timed(encode_finely)]
    alone = [(one + other) / 2 for one, other in zip(before, after, strict=True)]
    facts = [("quick", patches), ("fine", fine_patches), ("both", patches + fine_patches)]
    times = zip([*alone, sum(alone)], [*indexing, sum(indexing)], strict=True)
    return [
        {"pass": name, "patches": n_patches} | _compared(len(quick), *pair)
        for (name, n_patches), pair in zip(facts, times, strict=True)
    ]


def _compared(n_photos: int, alone: Times, indexing: Times) -> dict[str, float]:
    (alone_s, alone_core_s), (index_s, index_core_s) = alone, indexing
    return {
        "photos": n_photos,
        "encoder_alone_per_s": round(n_photos / alone_s, 2),
        "indexing_per_s": round(n_photos / index_s, 2),
        "share_of_the_encoder": round(alone_s / index_s, 3),
        "encoder_core_ms": round(1000 * alone_core_s / n_photos, 1),
        "indexing_core_ms": round(1000 * index_core_s / n_photos, 1),
        "share_in_core_time": round(alone_core_s / index_core_s, 3),
    }


def _grids(pool: DecoderPool, folder: Path, patches: int) -> list[Image.Image]:
    replies = [
        pool.submit(PhotoRequest(os.fsencode(path), patches, 0))
        for path in sorted(folder.iterdir())
    ]
    found = [reply.result() for reply in replies]
    return [
        Image.frombytes("RGB", (reply.grid_width_px, reply.grid_height_px), reply.grid)
        for reply in found
        if isinstance(reply, DecodedPhoto)
    ]


def _index(folder: Path, encoder: Any, patches: int, pool: DecoderPool) -> list[Times]:
    """A whole run into a new library; returns what the quick and the fine pass took."""
    marks: list[Times] = []
    ended: list[IndexFinished] = []

    def hear(event: Event) -> None:
        refines = isinstance(event, IndexProgress) and event.phase == "refining"
        if refines and len(marks) == 1:
            marks.append(_now())
        if isinstance(event, IndexFinished):
            marks.append(_now())
            ended.append(event)

    settings = Settings(quick_patches=patches)
    engine = Engine(
        settings, folder / "library", folder, hear, loader=lambda *_: encoder, pool=pool
    )
    try:
        engine.start()
        marks.append(_now())
        engine.receive(StartIndex(1, (os.fsencode(folder / "photos"),)))
        while not ended:
            if not engine.step():
                engine.waker.reader.poll(WAIT_S)
        assert ended[0].indexed == len(list((folder / "photos").iterdir()))
    finally:
        engine.close()
    start, middle, end = marks
    return [middle - start, end - middle]


def _timed(work: Callable[[], None]) -> Times:
    before = _now()
    work()
    return _now() - before


def _now() -> Times:
    """Seconds on the clock and of processor time, that of child processes included."""
    process = psutil.Process()
    core_s = sum(process.cpu_times()[:4])
    core_s += sum(sum(child.cpu_times()[:2]) for child in process.children(recursive=True))
    return np.array([time.perf_counter(), core_s])


if __name__ == "__main__":
    sys.exit(main())
