"""Encoders and training steps on a GPU, as shares of the bfloat16 peak measured in the same run.

    python -m benchmarks.gpu [--sizes base so400m] [--patches 256 1024] [--json FILE] [--page FILE]

Encoders: the towers of ``fgclip2.torch_model`` and transformers' SigLIP 2 vision tower of the same
size on patches that lie on the GPU, and ``Encoder.encode_images`` from pictures in memory.
Then training: whole optimiser steps of the first size in both stages, with and without
``compile_layers``, beside the plain reference of ``benchmarks/training_reference.py``; operations
are counted by torch in a step of ours, and the largest batch of a list is taken that fits. Random
weights, drawn scenes.
It writes docs/benchmarks-gpu.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode
from transformers import Siglip2VisionModel

from benchmarks.encoders_others import vision_tower
from benchmarks.measuring import PICTURE, Report, machine, pictures
from benchmarks.training_reference import reference_losses
from fgclip2 import Encoder
from fgclip2.images import patch_grid
from fgclip2.random_weights import model_config, write_random_checkpoint
from fgclip2.tokenizer import FILE_NAME
from fgclip2.torch_model import Fgclip2Model
from trainer.data.packing import Batch
from trainer.data.scene_source import SceneSource
from trainer.distributed import Group
from trainer.loop import open_data
from trainer.optimizers import make_optimizer
from trainer.recipes import Recipe, paper_captions, released
from trainer.stage_model import StageModel
from trainer.steps import backward_step
from trainer.vocabulary import scene_vocabulary

ROOT = Path(__file__).resolve().parents[1]
BATCHES = (512, 256, 128, 64, 32, 16, 8)
REFERENCE, OURS, COMPILED = "reference", "ours", "ours, compile_layers"
N_SCENES, N_STEPS, N_RUNS, VOCABULARY = 64, 5, 9, 4000
PEAK_SIDE = {"cuda": 8192, "cpu": 512}
_ALONE = Group(0, 1)
_HEAD = """# Benchmarks: a GPU

`python -m benchmarks.gpu` writes this page. Shares are of the bfloat16 peak of the same run, a
product of two large square matrices in torch. Training is whole optimiser steps; operations are
counted by torch in one of ours. "Reference" is a plain rebuilding of the published code's
structure (`benchmarks/training_reference.py`), which has a second stage alone.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure encoders and training on a GPU.")
    parser.add_argument("--sizes", nargs="+", default=["base", "so400m"])
    parser.add_argument("--patches", type=int, nargs="+", default=[256, 1024])
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES, help="largest first")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--json", type=Path, default=ROOT / "docs" / "benchmarks-gpu.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks-gpu.md")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        parser.error("torch sees no CUDA GPU here: run it where there is one")
    device = torch.device(arguments.device)
    report: Report = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "gpu": torch.cuda.get_device_name() if device.type == "cuda" else "none",
        "torch": torch.__version__,
        "peak_tflops": peak(device),
        "encoders": {
            size: encoder_rates(size, arguments.patches, arguments.batches, device)
            for size in arguments.sizes
        },
        "training": {
            f"stage {recipe.stage}": {
                str(patches): training_rates(recipe, patches, arguments.batches, device)
                for patches in arguments.patches
            }
            for recipe in recipes_of(arguments.sizes[0])
        },
    }
    arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    arguments.page.write_text(as_page(report), encoding="utf-8")
    print(as_page(report))
    return 0


def peak(device: torch.device) -> float:
    """TFLOP/s of a large bfloat16 product, the best of ten."""
    side = PEAK_SIDE[device.type]
    one, other = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))
    return 2 * side**3 / min(times(lambda: one @ other, device, 10)) / 1e12


def times(run: Callable[[], object], device: torch.device, count: int) -> list[float]:
    """Seconds of each of ``count`` runs, after one that warms up."""
    found = []
    for _ in range(count + 1):
        started = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize()
        found.append(time.perf_counter() - started)
    return found[1:]


def largest(batches: list[int], run: Callable[[int], Report]) -> Report:
    """What ``run`` gives for the first of these batches that fits into memory."""
    for batch in batches:
        try:
            return {"batch": batch, **run(batch)}
        except torch.OutOfMemoryError:
            pass
        release()
    return {"failed": f"not even a batch of {batches[-1]} fits into memory"}


def release() -> None:
    """Give back what is no longer used, compiled code too."""
    torch.compiler.reset()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def encoder_rates(
    size: str, budgets: list[int], batches: list[int], device: torch.device
) -> Report:
    """Images a second and TFLOP/s by budget: our tower, theirs, and from pictures in memory."""
    config = model_config(size)
    with torch.device(device):
        ours = Fgclip2Model(config).to(torch.bfloat16).eval().requires_grad_(requires_grad=False)
        theirs = vision_tower(config.vision).to(torch.bfloat16).requires_grad_(requires_grad=False)
    found: Report = {}
    for n_patches in budgets:
        grid = patch_grid(*PICTURE, n_patches)
        found[str(n_patches)] = {
            "ours": largest(batches, partial(_our_rate, ours, grid, device)),
            "transformers": largest(batches, partial(_their_rate, theirs, grid, device)),
        }
    del ours, theirs
    release()
    with tempfile.TemporaryDirectory() as folder:
        write_random_checkpoint(Path(folder), config)
        encoder = Encoder.load(folder, "torch", "bf16")
        for n_patches in budgets:
            found[str(n_patches)]["from pictures"] = largest(
                [min(64, batches[0])], partial(_rate_from_pictures, encoder, n_patches, device)
            )
    del encoder
    release()
    return found


def _our_rate(
    model: Fgclip2Model, grid: tuple[int, int], device: torch.device, batch: int
) -> Report:
    patches = _patches(batch, grid, device)
    shapes = [grid] * batch
    return _rate(
        lambda: model.pool(model.encode_image_tokens(patches, None, shapes), None), batch, device
    )


def _their_rate(
    model: Siglip2VisionModel, grid: tuple[int, int], device: torch.device, batch: int
) -> Report:
    patches = _patches(batch, grid, device)
    mask = torch.ones(patches.shape[:2], dtype=torch.int32, device=device)
    shapes = torch.tensor([grid] * batch, device=device)
    return _rate(lambda: model(patches, mask, shapes).pooler_output, batch, device)


def _rate_from_pictures(
    encoder: Encoder, n_patches: int, device: torch.device, batch: int
) -> Report:
    shown = pictures(batch)
    seconds = times(lambda: encoder.encode_images(shown, n_patches), device, N_RUNS)
    return {"images_per_s": batch / median(seconds)}


def _patches(batch: int, grid: tuple[int, int], device: torch.device) -> Tensor:
    return torch.rand(batch, grid[0] * grid[1], 768, device=device, dtype=torch.bfloat16)


def _rate(run: Callable[[], object], batch: int, device: torch.device) -> Report:
    seconds = median(times(run, device, N_RUNS))
    with FlopCounterMode(display=False) as counter:
        run()
    return {
        "images_per_s": batch / seconds,
        "tflops": counter.get_total_flops() / seconds / 1e12,
    }


def recipes_of(size: str) -> list[Recipe]:
    """Both stages of the published recipes at a size, on scenes."""
    config = model_config(size)
    return [
        dataclasses.replace(
            recipe,
            hidden_size=config.vision.hidden_size,
            heads=config.vision.num_attention_heads,
            vision_layers=config.vision.num_hidden_layers,
            text_layers=config.text.num_hidden_layers,
            vision_intermediate_size=config.vision.intermediate_size,
            text_intermediate_size=config.text.intermediate_size,
            vocab_size=max(VOCABULARY, config.text.vocab_size),
            sources={"scenes": 1.0},
            scene_count=N_SCENES,
            micro_batch=0,
            checkpoint_layers=False,
        )
        for recipe in (paper_captions(), released())
    ]


def training_rates(
    recipe: Recipe, n_patches: int, batches: list[int], device: torch.device
) -> Report:
    """Samples a second, TFLOP/s and memory of each side, each at its largest batch."""
    found: Report = {}
    recipe = dataclasses.replace(recipe, patches=((0.0, n_patches),))
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = scene_vocabulary(SceneSource(N_SCENES), VOCABULARY)
        (Path(folder) / FILE_NAME).write_bytes(vocabulary)

        sides = (OURS, COMPILED) if recipe.stage == 1 else (REFERENCE, OURS, COMPILED)
        for side in sides:
            own = dataclasses.replace(recipe, compile_layers=side == COMPILED)
            steps = partial(_measure_steps, own, side, Path(folder), device)
            found[side] = largest(batches, steps)
            release()
            print(recipe.name, n_patches, side, found[side], file=sys.stderr, flush=True)
    return found


def _measure_steps(
    recipe: Recipe, side: str, folder: Path, device: torch.device, batch_size: int
) -> Report:
    recipe = dataclasses.replace(recipe, batch_size=batch_size)
    batch = open_data(recipe, folder, _ALONE).maker.make(0)
    model = StageModel(recipe.model_config(), recipe.stage)
    model.initialise(torch.Generator().manual_seed(0))
    model.to(device)
    optimizer = make_optimizer(model, recipe)

    def losses_of_step() -> None:
        if side != REFERENCE:
            backward_step(model, batch, recipe, device, _ALONE)
            return
        with torch.device(device), torch.autocast(device.type, torch.bfloat16):
            parts = reference_losses(model, _moved(batch, device), recipe)
        torch.stack(list(parts.values())).sum().backward()

    def step() -> None:
        optimizer.set_learning_rate(recipe.learning_rate)
        optimizer.zero_grad()
        losses_of_step()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.gradient_norm)
        optimizer.step()

    flop = 0
    if side != REFERENCE:  # what the reference computes more often is no work done
        with FlopCounterMode(display=False) as counter:
            backward_step(model, batch, recipe, device, _ALONE)
        flop = counter.get_total_flops()
    if recipe.compile_layers:
        model.compile_layers()
        step()
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    seconds = median(times(step, device, N_STEPS))
    report: Report = {"samples_per_s": recipe.batch_size / seconds}
    if flop:
        report["tflops"] = flop / seconds / 1e12
    if device.type == "cuda":
        report["peak_gb"] = torch.cuda.max_memory_allocated() / 1e9
    return report


def _moved(batch: Batch, device: torch.device) -> Batch:
    """The batch with all its tensors on the device."""

    def moved(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value.to(device)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            parts = {
                each.name: moved(getattr(value, each.name)) for each in dataclasses.fields(value)
            }
            return dataclasses.replace(value, **parts)
        return value

    found: Batch = moved(batch)
    return found


def as_page(report: Report) -> str:
    """The report as the page of the documentation."""
    top = report["peak_tflops"]
    lines = [
        _HEAD,
        f"{report['date']}, {report['gpu']}, torch {report['torch']}, {report['machine']['cpu']}"
        f" with {report['machine']['cores']} cores; bfloat16 peak {top:.0f} TFLOP/s.\n",
        "| size | patches | side | batch | images/s | share of the peak |",
        "|---|---|---|---|---|---|",
    ]
    for size, budgets in report["encoders"].items():
        for budget, sides in budgets.items():
            for side, row in sides.items():
                cells = _cells(row, "images_per_s", top)
                lines.append(f"| {size} | {budget} | {side} | {cells} |")
    lines += [
        "\n| stage | patches | side | batch | samples/s | share of the peak | memory, GB |",
        "|---|---|---|---|---|---|---|",
    ]
    for stage, budgets in report["training"].items():
        for budget, sides in budgets.items():
            for side, row in sides.items():
                memory = f"{row['peak_gb']:.1f}" if "peak_gb" in row else ""
                cells = _cells(row, "samples_per_s", top)
                lines.append(f"| {stage} | {budget} | {side} | {cells} | {memory} |")
    return "\n".join(lines) + "\n"


def _cells(row: Report, rate: str, top: float) -> str:
    if "failed" in row:
        return f" | {row['failed']} | "
    share = f"{row['tflops'] / top:.0%}" if "tflops" in row else ""
    return f"{row.get('batch', '')} | {row[rate]:.0f} | {share}"


if __name__ == "__main__":
    sys.exit(main())
