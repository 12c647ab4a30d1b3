"""Encoders side by side: ours in every precision, what others offer, and the matrix peaks.

    python benchmarks/encoders.py [--size base] [--patches 256 1024] [--json FILE] [--table FILE]

Every engine runs in a fresh process of this run, on random weights of the published layout, so
that its memory and load time are its own. What fails is named in the page and ends nothing.
``make bench`` writes docs/benchmarks.md anew, up to the notes that people wrote at its end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

OURS = ("openvino-f32", "openvino-bf16", "openvino-int8")
THEIRS = ("transformers-f32", "transformers-bf16", "onnxruntime-f32", "onnxruntime-int8")
LIMITED = "AVX2"
LIMITED_PATCHES = [256]
PATH_PATCHES = [256, 1024]
MAX_SECONDS_A_SIDE = 900


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the encoders.")
    parser.add_argument("--size", default="base")
    parser.add_argument("--patches", type=int, nargs="+", default=[128, 256, 576, 1024])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--seconds", type=float, default=4.0, help="for each figure")
    parser.add_argument("--rounds", type=int, default=1, help="in turns; their medians count")
    parser.add_argument("--engines", nargs="+", default=[*OURS, *THEIRS])
    parser.add_argument("--limited", action="store_true", help=f"also with {LIMITED} alone")
    parser.add_argument("--model", type=Path, help="a checkpoint, else random weights are made")
    parser.add_argument("--json", type=Path, default=ROOT / "docs" / "benchmarks.json")
    parser.add_argument("--table", type=Path, default=ROOT / "docs" / "benchmarks.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = arguments.model or _make_model(Path(folder) / "model", arguments.size)
        report = _measure_all(arguments, model, Path(folder) / "cache")
    arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    from benchmarks.encoders_table import as_table, notes_of

    table: Path = arguments.table
    notes = notes_of(table.read_text(encoding="utf-8")) if table.exists() else ""
    table.write_text(as_table(report) + notes, encoding="utf-8")
    return 0


def _make_model(directory: Path, size: str) -> Path:
    from fgclip2.random_weights import model_config, write_random_checkpoint

    write_random_checkpoint(directory, model_config(size))
    return directory


def _measure_all(arguments: argparse.Namespace, model: Path, cache: Path) -> dict[str, Any]:
    from benchmarks.measuring import machine, medians

    report: dict[str, Any] = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "size": arguments.size,
        "rounds": arguments.rounds,
    }
    cache.mkdir()
    job = {
        "model": str(model),
        "cache": str(cache),
        "patches": arguments.patches,
        "batches": arguments.batches,
        "seconds": arguments.seconds,
    }
    report["regions"] = _in_process("regions", job, {})
    report["auto"] = _in_process("first-openvino-auto", job, {})
    report["path"] = _in_process("path", {**job, "patches": PATH_PATCHES}, {})
    rounds: list[dict[str, Any]] = [
        {"peaks": _in_process("peaks", {}, {})}
        | {engine: _measure_engine(engine, job, {}) for engine in arguments.engines}
        for _ in range(arguments.rounds)
    ]
    report["engines"] = {name: medians([each[name] for each in rounds]) for name in rounds[0]}
    report["peaks_gflops"] = report["engines"].pop("peaks")
    if arguments.limited:
        limit = {"ONEDNN_MAX_CPU_ISA": LIMITED}
        small_job = {**job, "patches": LIMITED_PATCHES, "batches": [1]}
        report["limited"] = {
            engine: _measure_engine(engine, small_job, limit)
            for engine in ("openvino-f32", "openvino-int8")
        }
    report["load_after"] = psutil.getloadavg()
    return report


def _measure_engine(engine: str, job: dict[str, Any], environment: dict[str, str]) -> Any:
    first = _in_process(f"first-{engine}", job, environment) if engine in OURS else {}
    if "failed" in first:
        return first
    return first | _in_process(engine, job, environment)


def _in_process(engine: str, job: dict[str, Any], environment: dict[str, str]) -> Any:
    """What ``encoders_run.py`` measured, or the reason why it did not."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.encoders_run", engine, json.dumps(job)],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=MAX_SECONDS_A_SIDE,
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"it took more than {MAX_SECONDS_A_SIDE} seconds"}
    print(engine, done.stdout.strip() or done.stderr[-400:], flush=True)
    if done.returncode:
        return {
            "failed": (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        }
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
