"""Rates, memory, the machine and test pictures, for what the benchmarks measure."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

Report = dict[str, Any]
PICTURE = (1024, 768)
TEXT_LENGTHS = {"short": 64, "long": 196}


def rate(run: Callable[[], object], n_items: int, at_least_s: float) -> Report:
    """Items a second and a core-second: medians of the runs in that time, after one to warm up."""
    run()
    wall_s: list[float] = []
    core_s: list[float] = []
    started = time.perf_counter()
    while len(wall_s) < 2 or time.perf_counter() - started < at_least_s:
        core_before = time.process_time()
        wall_s.append(seconds(run))
        core_s.append(time.process_time() - core_before)
    return {
        "wall": n_items / float(np.median(wall_s)),
        "best": n_items / min(wall_s),
        "core": n_items / max(float(np.median(core_s)), 1e-9),
        "runs": len(wall_s),
    }


def image_rates(run: Callable[[int, int], object], job: Report) -> Report:
    """``rate`` of ``run(batch, n_patches)`` by patch budget and batch."""
    return {
        str(n_patches): {
            str(batch): rate(partial(run, batch, n_patches), batch, job["seconds"])
            for batch in job["batches"]
        }
        for n_patches in job["patches"]
    }


def text_times(run: Callable[[str, int], object], job: Report) -> Report:
    """Milliseconds a text by the clock and of processor time, by mode."""
    report = {}
    for mode, length in TEXT_LENGTHS.items():
        found = rate(partial(run, mode, length), 1, job["seconds"])
        report[f"{mode}_text_ms"] = 1e3 / found["wall"]
        report[f"{mode}_text_cpu_ms"] = 1e3 / found["core"]
    return report


def seconds(run: Callable[[], object]) -> float:
    """Seconds that one run takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def since_start() -> Report:
    """Seconds since this process began, by the clock and of processor time."""
    process = psutil.Process()
    times = process.cpu_times()
    return {"load_s": time.time() - process.create_time(), "load_core_s": times.user + times.system}


def memory() -> Report:
    """Resident and own memory of this process, and the highest resident, in MB."""
    full = psutil.Process().memory_full_info()
    report = {"rss_mb": full.rss >> 20, "uss_mb": full.uss >> 20}
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith(("VmHWM", "RssAnon")):
                report[line.split(":")[0] + "_mb"] = int(line.split()[1]) >> 10
    return report


def pictures(n_images: int, size: tuple[int, int] = PICTURE) -> list[Image.Image]:
    """Soft pictures, no two alike."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (n_images, 48, 64, 3), dtype=np.uint8)
    return [Image.fromarray(values).resize(size) for values in small]


def machine() -> Report:
    """What the page says of the machine: the processor, and the instructions that matter here."""
    name = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    flags: set[str] = set()
    if facts.exists():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
            elif line.startswith("flags"):
                flags = set(line.split(":", 1)[1].split())
    wanted = ("avx2", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
    return {
        "cpu": name,
        "cores": os.cpu_count(),
        "instructions": [flag for flag in wanted if flag in flags],
        "load_before": psutil.getloadavg(),
        "python": platform.python_version(),
    }


def medians(rounds: list[Report]) -> Report:
    """Reports of the same shape as one, with the median of each number; what failed once, failed.

    What is no number is taken from the first.
    """
    failed = [each for each in rounds if "failed" in each]
    if failed:
        return failed[0]
    return {name: _median([each[name] for each in rounds]) for name in rounds[0]}


def _median(values: list[Any]) -> Any:
    if isinstance(values[0], dict):
        return medians(values)
    if isinstance(values[0], (int, float)):
        return type(values[0])(np.median(values))
    return values[0]
