"""A process that encodes on the CPU: what it loads, and that nothing leaves the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import json, sys, threading
reached = []
sys.addaudithook(
    lambda event, args: reached.append(event)
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request") else None
)
from PIL import Image
from fgclip2 import Encoder, similar_region
encoder = Encoder.load(sys.argv[1], engine="openvino")
image = Image.new("RGB", (64, 48), "red")
vectors, maps = encoder.encode_images_and_dense([image], 64)
regions = encoder.encode_regions(image, [[0, 0, 20, 20]])
query = encoder.encode_texts(["a red field", "一片红色"])
region = similar_region(query[0], maps[0])
print(json.dumps({
    "modules": sorted(sys.modules), "reached": reached, "threads": threading.active_count(),
    "shapes": [vectors.shape, regions.shape, query.shape, region.heat.shape],
}))
"""


def test_no_torch_no_transformers_no_network(checkpoint_dir: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(checkpoint_dir)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    rows, columns = report["shapes"][3]
    assert report["shapes"][:3] == [[1, 64], [1, 64], [2, 64]]
    assert rows * columns <= 64
    heavy = {"torch", "transformers", "tokenizers", "huggingface_hub", "openvino_telemetry"}
    assert not heavy & set(report["modules"])
    assert report["reached"] == []
    assert report["threads"] == 1
    assert list(home.iterdir()) == []
