"""The base size with random weights: exact enough in 8 bits, small in memory, started from a cache.

Each step has a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fgclip2.random_weights import model_config, write_random_checkpoint

ROOT = Path(__file__).resolve().parents[3]
MEMORY_LIMIT_MB = 900

BEGIN = """
import json, re, sys
import numpy as np
from PIL import Image
from fgclip2 import Encoder
def highest_mb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1)) >> 10
rng = np.random.default_rng(0)
pictures = [
    Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize(size)
    for size in ((640, 480), (300, 500))
]
ids = {"short": rng.integers(3, 600, (2, 64)), "long": rng.integers(3, 600, (1, 196))}
def vectors(encoder):
    texts = [encoder.encode_token_ids(rows, mode) for mode, rows in ids.items()]
    return np.concatenate([encoder.encode_images(pictures, 256), *texts])
"""
FIRST = """
precision = sys.argv[3]
found = vectors(Encoder.load(sys.argv[1], "openvino", precision, cache_dir=sys.argv[2]))
print(json.dumps({"highest_mb": highest_mb(), "vectors": found.tolist()}))
"""
AGAIN = """
from fgclip2 import openvino_graph
for build in ("vision_tower", "pooling_head", "text_tower"):
    setattr(openvino_graph, build, lambda *_, **__: sys.exit("a graph was built again"))
    getattr(openvino_graph, build).__name__ = build
found = vectors(Encoder.load(sys.argv[1], "openvino", sys.argv[3], cache_dir=sys.argv[2]))
print(json.dumps({
    "highest_mb": highest_mb(),
    "shape": found.shape, "finite": bool(np.isfinite(found).all()),
    "heavy": sorted({"torch", "transformers"} & set(sys.modules)),
}))
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkpoint of 1.5 GB, deleted afterwards."""
    directory = tmp_path_factory.mktemp("base")
    write_random_checkpoint(directory / "model", model_config("base"))
    yield directory
    shutil.rmtree(directory)


def run(program: str, base: Path, precision: str) -> dict[str, Any]:
    arguments = [str(base / "model"), str(base / "cache"), precision]
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.timeout(600)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_base_size_is_small_and_in_8_bits_exact_enough(base: Path) -> None:
    vectors = {}
    for precision in ("f32", "int8"):
        first = run(FIRST, base, precision)
        assert first["highest_mb"] <= MEMORY_LIMIT_MB
        vectors[precision] = np.array(first["vectors"])
        again = run(AGAIN, base, precision)
        assert again["highest_mb"] <= MEMORY_LIMIT_MB
        assert again["shape"] == [5, 768]
        assert again["finite"]
        assert again["heavy"] == []
    assert (vectors["f32"] * vectors["int8"]).sum(axis=1).min() >= 0.999
