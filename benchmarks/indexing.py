"""Indexing from file to vector beside the encoder alone, on photos of 12 megapixels.

``python benchmarks/indexing.py --photos 48 --patches 256 1024`` prints one JSON object for each
number of patches: photos a second of the encoder alone on the pixels that decoders give, and of a
whole index run, in turns in one process, on random weights; the share of the one in the other; and
the same share of processor time, decoders included, which other programs disturb less.
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
import psutil
from PIL import Image, ImageChops

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.core.messages import Event, IndexFinished, StartIndex
from app.core.settings import Settings
from app.worker.decode_messages import DecodedPhoto, PhotoRequest
from app.worker.decoder_pool import DecoderPool
from app.worker.engine import Engine

SIZE_PX = (4000, 3000)
BATCH = 8
WAIT_S = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=48)
    parser.add_argument("--patches", type=int, nargs="+", default=[256, 1024])
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
        for patches in options.patches:
            print(json.dumps(_measure(folder, encoder, patches, options.photos)), flush=True)
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


def _measure(folder: Path, encoder: Any, patches: int, n_photos: int) -> dict[str, float]:
    grids = _grids(folder / "photos", patches)
    encoder.encode_images(grids[:BATCH], patches=patches)  # compiles
    alone_s, alone_core_s = _timed(lambda: _encode_all(encoder, grids, patches))
    index_s, index_core_s = _timed(lambda: _index(folder, encoder, patches, n_photos))
    again_s, again_core_s = _timed(lambda: _encode_all(encoder, grids, patches))
    alone_s, alone_core_s = (alone_s + again_s) / 2, (alone_core_s + again_core_s) / 2
    return {
        "patches": patches,
        "photos": n_photos,
        "encoder_alone_per_s": round(n_photos / alone_s, 2),
        "indexing_per_s": round(n_photos / index_s, 2),
        "share_of_the_encoder": round(alone_s / index_s, 3),
        "encoder_core_ms": round(1000 * alone_core_s / n_photos, 1),
        "indexing_core_ms": round(1000 * index_core_s / n_photos, 1),
        "share_in_core_time": round(alone_core_s / index_core_s, 3),
    }


def _grids(folder: Path, patches: int) -> list[Image.Image]:
    with DecoderPool() as pool:
        replies = [
            pool.submit(PhotoRequest(os.fsencode(path), patches, 320))
            for path in sorted(folder.iterdir())
        ]
        found = [reply.result() for reply in replies]
    return [
        Image.frombytes("RGB", (reply.grid_width_px, reply.grid_height_px), reply.grid)
        for reply in found
        if isinstance(reply, DecodedPhoto)
    ]


def _encode_all(encoder: Any, grids: list[Image.Image], patches: int) -> None:
    for start in range(0, len(grids), BATCH):
        encoder.encode_images(grids[start : start + BATCH], patches=patches)


def _index(folder: Path, encoder: Any, patches: int, n_photos: int) -> None:
    """A whole run into a new library, with decoder processes that have to start first."""
    events: list[Event] = []
    engine = Engine(
        Settings(quick_patches=patches),
        folder / f"library-{patches}",
        folder,
        events.append,
        loader=lambda *_: encoder,
    )
    try:
        engine.start()
        engine.receive(StartIndex(1, (os.fsencode(folder / "photos"),)))
        while not events or not isinstance(events[-1], IndexFinished):
            if not engine.step():
                time.sleep(WAIT_S)
        assert events[-1].indexed == n_photos
    finally:
        engine.close()


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Return seconds on the clock and of processor time, that of ended children included."""
    process = psutil.Process()
    started_s, before = time.perf_counter(), process.cpu_times()
    work()
    after = process.cpu_times()
    core_s = sum(
        getattr(after, name) - getattr(before, name)
        for name in ("user", "system", "children_user", "children_system")
    )
    return time.perf_counter() - started_s, core_s


if __name__ == "__main__":
    sys.exit(main())
