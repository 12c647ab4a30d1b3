"""Encoders and training steps on a GPU, as shares of the bfloat16 peak measured in the same run.

    python -m benchmarks.gpu [--sizes base so400m] [--patches 256 1024] [--seconds N]
                             [--json FILE] [--page FILE]

Encoders: the towers of ``fgclip2.torch_model`` and transformers' SigLIP 2 vision tower of the same
size on patches that lie on the GPU, and ``Encoder.encode_images`` from pictures in memory.
Then training: whole optimiser steps of the first size in both stages, with and without
``compile_layers``, beside the plain reference of ``benchmarks/training_reference.py``; operations
are counted by torch in a step of ours. A batch that does not fit into memory is halved. Random
weights, drawn scenes.
It writes docs/benchmarks-gpu.md after each part, the most telling parts first. A part that fails
is named with its error and the others go on; with ``--seconds`` no part begins after that long.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
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
from fgclip2.config import ModelConfig
from fgclip2.images import patch_grid
from fgclip2.random_weights import model_config, write_random_checkpoint
from fgclip2.tokenizer import FILE_NAME
from fgclip2.torch_model import Fgclip2Model
from trainer.data.packing import Batch
from trainer.data.scene_source import SceneSource
from trainer.data.scenes import Scene
from trainer.distributed import Group
from trainer.loop import open_data
from trainer.optimizers import make_optimizer
from trainer.recipes import Recipe, paper_captions, released
from trainer.stage_model import StageModel
from trainer.steps import backward_step
from trainer.vocabulary import scene_vocabulary

ROOT = Path(__file__).resolve().parents[1]
REFERENCE, OURS, COMPILED = "reference", "ours", "ours, compile_layers"
THEIRS, FROM_PICTURES = "transformers", "from pictures"
LARGEST, POSITIONS = 256, 65536  # pictures of a training step; patches of an encoder's batch
N_PICTURES, N_SCENES, N_STEPS, N_RUNS, VOCABULARY = 64, 64, 5, 5, 4000
PEAK_SIDE = {"cuda": 8192, "cpu": 512}
_ALONE = Group(0, 1)
_HEAD = """# Benchmarks: a GPU

`python -m benchmarks.gpu` writes this page. Shares are of the bfloat16 peak of the same run, a
product of two large square matrices in torch. Training is whole optimiser steps; operations are
counted by torch in one of ours. "Reference" is a plain rebuilding of the published code's
structure (`benchmarks/training_reference.py`), which has a second stage alone.
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One row of the page: ``kind`` encoders or training, ``group`` a size or a stage."""

    kind: str
    group: str
    patches: int
    side: str
    run: Callable[[], Report]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure encoders and training on a GPU.")
    parser.add_argument("--sizes", nargs="+", default=["base", "so400m"])
    parser.add_argument("--patches", type=int, nargs="+", default=[256, 1024])
    parser.add_argument("--largest", type=int, default=LARGEST, help="pictures of a batch")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no part after")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--json", type=Path, default=ROOT / "docs" / "benchmarks-gpu.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks-gpu.md")
    arguments = parser.parse_args()
    started = time.monotonic()
    # By forked processes, so before CUDA begins.
    scenes = DrawnScenes(max(N_SCENES, arguments.largest))
    if arguments.device == "cuda" and not torch.cuda.is_available():
        parser.error("torch sees no CUDA GPU here: run it where there is one")
    device = torch.device(arguments.device)
    report: Report = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "gpu": torch.cuda.get_device_name() if device.type == "cuda" else "none",
        "torch": torch.__version__,
        "peak_tflops": peak(device),
        "encoders": {},
        "training": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        steps = Steps(Path(folder), scenes, arguments.largest, device)
        for part in parts_of(arguments.sizes, arguments.patches, steps):
            since = time.monotonic()
            late = since - started > arguments.seconds
            row = {"failed": "not run: out of time"} if late else outcome(part)
            row["seconds"] = round(time.monotonic() - since, 1)
            rows = report[part.kind].setdefault(part.group, {}).setdefault(str(part.patches), {})
            rows[part.side] = row
            print(part.kind, part.group, part.patches, part.side, row, file=sys.stderr, flush=True)
            report["seconds"] = round(time.monotonic() - started, 1)
            arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
            arguments.page.write_text(as_page(report), encoding="utf-8")
    print(as_page(report))
    return 0


def parts_of(sizes: list[str], budgets: list[int], steps: Steps) -> list[Part]:
    """All parts, the most telling ones first."""

    def encoders(size: str) -> list[Part]:
        return [
            Part("encoders", size, n, side, partial(run, size, n, steps.largest, steps.device))
            for n in budgets
            for side, run in ((OURS, our_rate), (THEIRS, their_rate))
        ]

    def training(n_patches: int) -> list[Part]:
        return [
            Part(
                "training", f"stage {recipe.stage}", n_patches, side, partial(steps.rate, own, side)
            )
            for recipe in recipes_of(sizes[0], n_patches)
            for side in ((COMPILED, OURS) if recipe.stage == 1 else (COMPILED, OURS, REFERENCE))
            for own in (dataclasses.replace(recipe, compile_layers=side == COMPILED),)
        ]

    first, *others = sizes
    found = encoders(first) + training(budgets[0])
    for size in others:
        found += encoders(size)
    for n_patches in budgets[1:]:
        found += training(n_patches)
    return found + [
        Part("encoders", first, n, FROM_PICTURES, partial(rate_from_pictures, first, n, steps))
        for n in budgets
    ]


def outcome(part: Part) -> Report:
    """What a part measures, or as what it failed; then all its memory is given back."""
    try:
        return part.run()
    except Exception as error:  # noqa: BLE001 - the other parts are still worth their time
        traceback.print_exc()
        said = (str(error).strip().splitlines() or [""])[0]
        return {"failed": f"{type(error).__name__}: {said}"[:200].replace("|", "/")}
    finally:
        release()


class DrawnScenes(SceneSource):
    """The first scenes, all drawn at once by a process a core."""

    def __init__(self, n_scenes: int) -> None:
        super().__init__(n_scenes)
        with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
            drawn = pool.map(SceneSource(n_scenes).scene, range(n_scenes), chunksize=4)
            self._drawn = list(drawn)

    def scene(self, index: int) -> Scene:
        """See ``SceneSource``."""
        return self._drawn[index]


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


def halving(batch: int, run: Callable[[int], Report]) -> Report:
    """What ``run`` gives for this batch, or for the largest of its halves that fits into memory."""
    while True:
        try:
            return {"batch": batch, **run(batch)}
        except torch.OutOfMemoryError:
            if batch == 1:
                raise
        release()
        batch //= 2


def release() -> None:
    """Give back what is no longer used, compiled code too."""
    torch.compiler.reset()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def our_rate(size: str, n_patches: int, largest: int, device: torch.device) -> Report:
    """Images a second and TFLOP/s of the tower of ``fgclip2.torch_model``."""
    model = _filled(lambda: Fgclip2Model(_small_text(size)), device)
    grid = patch_grid(*PICTURE, n_patches)

    def run(batch: int) -> Report:
        patches, shapes = _patches(batch, grid, device), [grid] * batch
        return _rate(
            lambda: model.pool(model.encode_image_tokens(patches, None, shapes), None),
            batch,
            device,
        )

    return halving(min(largest, max(1, POSITIONS // n_patches)), run)


def their_rate(size: str, n_patches: int, largest: int, device: torch.device) -> Report:
    """The same of transformers' SigLIP 2 vision tower."""
    model: Siglip2VisionModel = _filled(lambda: vision_tower(model_config(size).vision), device)
    grid = patch_grid(*PICTURE, n_patches)

    def run(batch: int) -> Report:
        patches = _patches(batch, grid, device)
        mask = torch.ones(patches.shape[:2], dtype=torch.int32, device=device)
        shapes = torch.tensor([grid] * batch, device=device)
        return _rate(lambda: model(patches, mask, shapes).pooler_output, batch, device)

    return halving(min(largest, max(1, POSITIONS // n_patches)), run)


def rate_from_pictures(size: str, n_patches: int, steps: Steps) -> Report:
    """Images a second of ``Encoder.encode_images``, from pictures in memory."""
    folder = steps.folder / size
    if not folder.exists():
        write_random_checkpoint(folder, _small_text(size))
    encoder = Encoder.load(folder, "torch", "bf16", cache_dir=folder)
    shown = pictures(min(N_PICTURES, steps.largest))
    seconds = times(lambda: encoder.encode_images(shown, n_patches), steps.device, N_RUNS)
    return {"batch": len(shown), "images_per_s": len(shown) / median(seconds)}


def _small_text(size: str) -> ModelConfig:
    """A size with a vocabulary that costs no time to make: pictures do not meet it."""
    config = model_config(size)
    return dataclasses.replace(config, text=dataclasses.replace(config.text, vocab_size=VOCABULARY))


def _filled(make: Callable[[], Any], device: torch.device) -> Any:
    """A model with random weights on the device, bfloat16, for inference."""
    with torch.device(device):
        model = make()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.02)
    return model.to(torch.bfloat16).eval().requires_grad_(requires_grad=False)


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


def recipes_of(size: str, n_patches: int) -> list[Recipe]:
    """Both stages of the published recipes at a size, on scenes; the second one first."""
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
            patches=((0.0, n_patches),),
            sources={"scenes": 1.0},
            micro_batch=0,
            checkpoint_layers=False,
        )
        for recipe in (released(), paper_captions())
    ]


class Steps:
    """Training steps on one device; ``folder`` is for files, ``scenes`` are at least ``largest``.

    All sides take the same batches, and a batch's operations are counted once.
    """

    def __init__(
        self, folder: Path, scenes: SceneSource, largest: int, device: torch.device
    ) -> None:
        self.folder, self.largest, self.device = folder, largest, device
        self._scenes = scenes
        (folder / FILE_NAME).write_bytes(scene_vocabulary(scenes, VOCABULARY))
        self._batches: dict[tuple[int, int, int], Batch] = {}
        self._flop: dict[tuple[int, int, int], int] = {}

    def rate(self, recipe: Recipe, side: str) -> Report:
        """Samples a second, TFLOP/s and memory of a side."""
        # Texts of regions are most of the second stage, and long pictures most of the first.
        batch = self.largest // recipe.stage // (2 if recipe.patches_at(0) > 512 else 1)
        return halving(max(1, batch), partial(self._measure, recipe, side))

    def _measure(self, recipe: Recipe, side: str, batch_size: int) -> Report:
        recipe = dataclasses.replace(recipe, batch_size=batch_size)
        key = (recipe.stage, recipe.patches_at(0), batch_size)
        if key not in self._batches:
            made = open_data(recipe, self.folder, _ALONE, {"scenes": self._scenes}).maker.make(0)
            self._batches[key] = made
        batch = self._batches[key]
        with torch.device(self.device):
            model = StageModel(recipe.model_config(), recipe.stage)
        model.initialise(torch.Generator(self.device).manual_seed(0))
        if side != REFERENCE and key not in self._flop:  # the reference's repetitions are no work
            with FlopCounterMode(display=False) as counter:
                backward_step(model, batch, recipe, self.device, _ALONE)
            self._flop[key] = counter.get_total_flops()
            model.zero_grad()
        if recipe.compile_layers:
            model.compile_layers()
        is_cuda = self.device.type == "cuda"
        if is_cuda:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        step = step_of(model, batch, recipe, side, self.device)
        seconds = median(times(step, self.device, N_STEPS))
        report: Report = {"samples_per_s": batch_size / seconds}
        if key in self._flop:
            report["tflops"] = self._flop[key] / seconds / 1e12
        if is_cuda:
            report["peak_gb"] = torch.cuda.max_memory_allocated() / 1e9
        return report


def step_of(
    model: StageModel, batch: Batch, recipe: Recipe, side: str, device: torch.device
) -> Callable[[], None]:
    """A whole optimiser step of a side."""
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

    return step


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
