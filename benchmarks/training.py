"""A stage-2 training step beside a plain reference of the published code's structure.

    python -m benchmarks.training [--batches 16 32 64] [--threads N] [--json FILE] [--page FILE]

Both sides train the same random weights on the same drawn scenes in the same precision, each in a
process of its own, in turns; their losses must agree. Memory is what a process holds at its
highest above what it held before the first step. On CPUs also: attention in bfloat16 as plain
products (what ``fgclip2.torch_model`` does) beside the fused kernel. ``make bench-training``
writes docs/benchmarks-training.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.measuring import machine
from benchmarks.training_reference import reference_losses
from fgclip2 import torch_model
from fgclip2.tokenizer import FILE_NAME
from trainer.data.packing import Batch
from trainer.data.scene_source import SceneSource
from trainer.distributed import Group
from trainer.loop import open_data
from trainer.recipes import RELEASED_WEIGHTS, Recipe, tiny_regions
from trainer.stage_model import StageModel
from trainer.steps import backward_step, uses_bf16
from trainer.vocabulary import scene_vocabulary

ROOT = Path(__file__).resolve().parents[1]
REFERENCE, OURS = "reference", "ours"
AT_ONCE = 32
CHECKPOINTED, IN_PIECES = "ours, checkpoint_layers", f"ours, {AT_ONCE} at once"
COMPILED, COMPILED_IN_PIECES = f"{OURS}, compile_layers", f"{IN_PIECES}, compile_layers"
SIDES = (REFERENCE, OURS, CHECKPOINTED, IN_PIECES, COMPILED, COMPILED_IN_PIECES)
N_SCENES, N_STEPS = 300, 2
_AGREES = 0.02  # both sides compute in bfloat16 where the recipe says so
_MEGABYTE = 1 << 20
_ALONE, _CPU = Group(0, 1), torch.device("cpu")
_PAGE_HEAD = f"""# Benchmarks: training

`make bench-training` measures a step of stage 2 and writes this page. "Reference" is a plain
rebuilding of the published code's structure (`benchmarks/training_reference.py`): pictures one by
one through positions, heads and pooling, padded box slots with their empty texts, every text
encoded as often as it occurs, all positions in the last text layer, the fused attention kernel,
full matrices of logits. "{AT_ONCE} at once" is `micro_batch`: the whole batch in the losses,
{AT_ONCE} pictures or texts in memory, at the price of a second forward pass of all but one piece;
"checkpoint_layers" runs each encoder layer again in the backward pass; "compile_layers" has them
made by torch.compile, before the first step that is measured. All sides compute the same losses.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure training steps.")
    parser.add_argument("--batches", type=int, nargs="+", default=[16, 32, 64])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="1 on a busy machine")
    parser.add_argument("--json", type=Path, default=ROOT / "docs" / "benchmarks-training.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks-training.md")
    parser.add_argument("--one", nargs=3, metavar=("SIDE", "BATCH", "FOLDER"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.one:
        side, batch_size, folder = arguments.one
        print(json.dumps(measure(side, int(batch_size), Path(folder))))
        return 0
    report = compare(arguments.batches, arguments.rounds, arguments.threads)
    arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    arguments.page.write_text(as_page(report), encoding="utf-8")
    print(as_page(report))
    return 0


def compare(batches: list[int], n_rounds: int, threads: int) -> dict[str, Any]:
    """All sides at all batch sizes, in turns; of several rounds the best time counts."""
    report: dict[str, Any] = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "threads": threads,
        "bf16": uses_bf16(recipe_of(OURS, 1), _CPU),
        "steps": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        data = scene_vocabulary(SceneSource(N_SCENES), tiny_regions().vocab_size // 4)
        (Path(folder) / FILE_NAME).write_bytes(data)
        for batch_size in batches:
            rounds = [_round(batch_size, threads, folder) for _ in range(n_rounds)]
            best = {side: _best([each[side] for each in rounds]) for side in SIDES}
            report["steps"][str(batch_size)] = best
            print(batch_size, best, file=sys.stderr, flush=True)
    report["attention"] = measure_attention()
    report["load_after"] = os.getloadavg()
    return report


def recipe_of(side: str, batch_size: int) -> Recipe:
    """A second stage on scenes, with as many texts as published.

    The model has the bundled one's width and half its vision layers.
    """
    return dataclasses.replace(
        tiny_regions(),
        vision_layers=6,
        objectives=dict(RELEASED_WEIGHTS),
        photos="",
        archive_weights={},
        sources={"scenes": 1.0},
        scene_count=N_SCENES,
        vocab_size=tiny_regions().vocab_size // 4,
        batch_size=batch_size,
        long_share=1.0,
        regions_per_image=4,
        negatives_per_region=10,
        patches=((0.0, 100),),
        mask_equal_texts=False,
        micro_batch=AT_ONCE if side in (IN_PIECES, COMPILED_IN_PIECES) else 0,
        checkpoint_layers=side == CHECKPOINTED,
        compile_layers=side in (COMPILED, COMPILED_IN_PIECES),
    )


def measure(side: str, batch_size: int, folder: Path) -> dict[str, float]:
    """Seconds, processor seconds, memory and loss of some steps, in this process."""
    recipe = recipe_of(side, batch_size)
    maker = open_data(recipe, folder, _ALONE).maker
    model = StageModel(recipe.model_config(), recipe.stage)
    model.initialise(torch.Generator().manual_seed(0))
    if recipe.checkpoint_layers:
        model.checkpoint_layers()
    if recipe.compile_layers:
        model.compile_layers()
    step = _reference_step if side == REFERENCE else _our_step
    batches = [maker.make(number) for number in range(N_STEPS + 1)]
    small = recipe_of(side, 2)
    step(model, open_data(small, folder, _ALONE).maker.make(0), small)  # loads what torch needs
    model.zero_grad(set_to_none=True)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    loss = step(model, batches[0], recipe)
    seconds, cpu_seconds = [], []
    for batch in batches[1:]:
        model.zero_grad(set_to_none=True)
        wall, cpu = time.monotonic(), time.process_time()
        step(model, batch, recipe)
        seconds.append(time.monotonic() - wall)
        cpu_seconds.append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
    return {
        "samples_per_s": batch_size / min(seconds),
        "core_seconds_per_sample": min(cpu_seconds) / batch_size,
        "peak_mb": peak * 1024 / _MEGABYTE,
        "loss": loss,
    }


def measure_attention() -> dict[str, dict[str, float]]:
    """Core-milliseconds, forward and backward, of bfloat16 attention by number of positions."""
    ways: dict[str, Callable[..., Tensor]] = {
        "products": lambda *qkv: torch_model.attend_in_products(*qkv, None),
        "fused": functional.scaled_dot_product_attention,
    }
    found: dict[str, dict[str, float]] = {}
    for positions in (49, 100, 256):
        found[str(positions)] = {}
        for name, attend in ways.items():
            shape = (32, 3, positions, 64)
            qkv = [torch.randn(shape, dtype=torch.bfloat16, requires_grad=True) for _ in range(3)]
            times = []
            for _ in range(5):
                cpu = time.process_time()
                attend(*qkv).sum().backward()
                times.append(time.process_time() - cpu)
            found[str(positions)][name] = min(times) * 1000
    return found


def as_page(report: dict[str, Any]) -> str:
    """The report as the page of the documentation."""
    load = f"{report['machine']['load_before'][0]:.0f} before, {report['load_after'][0]:.0f} after"
    lines = [
        _PAGE_HEAD,
        f"{report['date']}, {report['machine']['cpu']}"
        f" ({', '.join(report['machine']['instructions'])}), {report['threads']} threads,"
        f" {'bfloat16' if report['bf16'] else 'float32'}, load {load}."
        " On a busy machine core-seconds say more than samples/s.\n",
        "| batch | side | samples/s | core-seconds a sample | peak MB | speed | work | memory |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for batch_size, sides in report["steps"].items():
        base = sides[REFERENCE]
        for side, own in sides.items():
            speed = own["samples_per_s"] / base["samples_per_s"]
            work = base["core_seconds_per_sample"] / own["core_seconds_per_sample"]
            lines.append(
                f"| {batch_size} | {side} | {own['samples_per_s']:.1f} |"
                f" {own['core_seconds_per_sample']:.4f} | {own['peak_mb']:.0f} |"
                f" {speed:.2f} x | {work:.2f} x | {own['peak_mb'] / base['peak_mb']:.2f} x |"
            )
    lines += [
        "\nAttention in bfloat16 on this CPU, 32 pictures, 3 heads of 64, forward and backward:\n",
        "| positions | as products, core-ms | fused kernel, core-ms | ratio |",
        "|---|---|---|---|",
    ]
    for positions, ways in report["attention"].items():
        ratio = ways["fused"] / ways["products"]
        lines.append(
            f"| {positions} | {ways['products']:.1f} | {ways['fused']:.1f} | {ratio:.1f} x |"
        )
    return "\n".join(lines) + "\n"


def _round(batch_size: int, threads: int, folder: str) -> dict[str, dict[str, float]]:
    found = {side: _in_process(side, batch_size, threads, folder) for side in SIDES}
    losses = [each["loss"] for each in found.values()]
    if max(losses) - min(losses) > _AGREES * min(losses):
        raise SystemExit(f"the sides disagree at batch {batch_size}: losses {losses}")
    return found


def _in_process(side: str, batch_size: int, threads: int, folder: str) -> dict[str, float]:
    command = ["-m", "benchmarks.training", "--threads", str(threads)]
    done = subprocess.run(
        [sys.executable, *command, "--one", side, str(batch_size), folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _best(rounds: list[dict[str, float]]) -> dict[str, float]:
    better = {"samples_per_s": max, "core_seconds_per_sample": min, "peak_mb": min, "loss": min}
    return {name: pick(each[name] for each in rounds) for name, pick in better.items()}


def _our_step(model: StageModel, batch: Batch, recipe: Recipe) -> float:
    return backward_step(model, batch, recipe, _CPU, _ALONE).total.item()


def _reference_step(model: StageModel, batch: Batch, recipe: Recipe) -> float:
    fused = functional.scaled_dot_product_attention  # what the published code calls
    with (
        mock.patch.object(torch_model, "attend_in_products", fused),
        torch.autocast("cpu", torch.bfloat16, enabled=uses_bf16(recipe, _CPU)),
    ):
        parts = reference_losses(model, batch, recipe)
    total = torch.stack(list(parts.values())).sum()
    total.backward()
    return total.item()


if __name__ == "__main__":
    sys.exit(main())
