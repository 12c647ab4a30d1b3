"""What each objective buys: one small model for each set of objectives, at the same budget.

    python -m trainer.ablation --out runs/ablation [--page docs/ablation.md]

Everything is drawn: scenes for training and others for judging are made once in a process, kept in
memory and shared by its runs. Every process has one thread: for so small a model, two runs beside
each other get further than one on two threads. A run that is finished is not repeated, so a
broken-off ablation goes on.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import multiprocessing
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import torch

from fgclip2.tokenizer import FILE_NAME
from trainer.data.captions import LANGUAGES
from trainer.data.samples import Source
from trainer.data.scene_source import SceneSource
from trainer.data.scenes import Scene
from trainer.errors import DataError, TrainerError
from trainer.evaluation.judged import open_encoder
from trainer.evaluation.scenes import VALIDATION_SPLIT, encode_scenes, scene_figures
from trainer.export import export
from trainer.loop import train
from trainer.recipes import Recipe, tiny_regions
from trainer.vocabulary import scene_vocabulary

Figures = dict[str, float]
SEEDS = (0, 1, 2)
N_JUDGED = 200
_BATCH_SIZE = 32  # many small steps learn more from few samples
_PAGE_START, _PAGE_END = "<!-- figures: written by trainer.ablation -->", "<!-- end of figures -->"
_FIGURES_NAME = "figures.json"
_process_scenes: list[tuple[SceneSource, list[Scene]]] = []  # one pair, in a process of the pool
logger = logging.getLogger(__name__)

_GLOBAL = ("short", "long")
VARIANTS: dict[str, tuple[str, ...]] = {
    "global only": _GLOBAL,
    "+ regions": (*_GLOBAL, "region"),
    "+ hard negatives": (*_GLOBAL, "region", "pair"),
    "full": (*_GLOBAL, "region", "pair", "text", "rank"),
    "without CMR": (*_GLOBAL, "region", "pair", "text"),
    "without TIC": (*_GLOBAL, "region", "pair", "rank"),
}
COLUMNS = {
    "retrieval R@10": "text to image R@10",
    "region top-1": "region top-1",
    "hard negatives": "hard negatives",
    "attributes": "attribute negatives",
    "positions": "position negatives",
}


def recipe_of(variant: str, seed: int, steps: int, n_scenes: int) -> Recipe:
    """The run of a variant: all are alike but for their objectives."""
    whole = tiny_regions()
    recipe = dataclasses.replace(
        whole,
        name=f"ablation {variant}",
        hidden_size=128,
        heads=2,
        vision_layers=4,
        text_layers=1,
        vision_intermediate_size=512,
        text_intermediate_size=256,
        vocab_size=1500,
        photos="",
        archive_weights={},
        sources={"scenes": 1.0},
        scene_count=n_scenes,
        # In stage 1 box and dense head are made from trained ones at the end, not left untrained.
        stage=2 if "region" in VARIANTS[variant] else 1,
        objectives={name: whole.objectives[name] for name in VARIANTS[variant]},
        steps=steps,
        batch_size=_BATCH_SIZE,
        regions_per_image=2,
        negatives_per_region=3,
        relight=False,
        patches=((0.0, 49),),
        learning_rate=2e-3,
        warmup_steps=max(1, steps // 20),
        small_start=True,
        export_patches=49,
        checkpoint_every=steps,
        average_decay=0.99,
        seed=seed,
    )
    recipe.validate()
    return recipe


def run_variant(
    out: Path, variant: str, seed: int, steps: int, training: SceneSource, judged: list[Scene]
) -> Figures:
    """Train and judge one variant with one seed, unless ``out`` has its figures.

    Args:
        out: holds a folder a run, with its figures once it is finished.
        variant: a name of ``VARIANTS``.
        seed: of weights and batches.
        steps: of the run.
        training: scenes that all runs share.
        judged: other scenes.

    Returns:
        Figures by name, per cent.

    Raises:
        CheckpointError: ``out`` holds runs of another size.
    """
    recipe = recipe_of(variant, seed, steps, len(training))
    folder = out / f"{variant.removeprefix('+ ').replace(' ', '-')}-{seed}"
    figures = _finished(folder, recipe) or _run(folder, recipe, training, judged)
    logger.info("%s, seed %d: %s", variant, seed, figures)
    return figures


def table(found: dict[str, dict[int, Figures]]) -> str:
    """Means over the seeds, with the standard deviation where there are several, in Markdown."""
    head = ["objectives", *(f"{name}, {lang}" for name in COLUMNS for lang in LANGUAGES)]
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    for variant, by_seed in found.items():
        cells = [variant]
        for figure in COLUMNS.values():
            for language in LANGUAGES:
                values = [figures[f"{language} {figure}"] for figures in by_seed.values()]
                cells.append(_mean(values))
        lines.append(" | ".join(cells))
    return "\n".join(f"| {line} |" for line in lines)


def write_page(page: Path, text: str) -> None:
    """Put the figures between their marks in the page.

    Raises:
        DataError: the page cannot be read, or has no such marks.
    """
    before, after = _around_figures(page)
    page.write_text(f"{before}{_PAGE_START}\n\n{text}\n\n{_PAGE_END}{after}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the ablation and print its table."""
    parser = argparse.ArgumentParser(prog="python -m trainer.ablation", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs")
    parser.add_argument("--page", type=Path, help="page that the figures are written into")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--scenes", type=int, default=3000)
    parser.add_argument("--judged", type=int, default=N_JUDGED)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--processes", type=int, default=2, help="runs beside each other")
    options = parser.parse_args(arguments)
    _log_to_stderr()
    try:
        if options.page:
            _around_figures(options.page)  # before the hour, not after it
        found = _run_in_processes(options)
    except TrainerError as error:
        print(f"ablation: {error}", file=sys.stderr)
        return 1
    runs = [json.loads(path.read_text()) for path in options.out.glob(f"*/{_FIGURES_NAME}")]
    text = (
        f"{table(found)}\n\n{len(options.seeds)} seeds, {options.steps} steps of {_BATCH_SIZE}"
        f" scenes a run, {options.scenes} scenes, judged on {options.judged} others;"
        f" {sum(run['core_minutes'] for run in runs):.0f} core-minutes."
    )
    print(text)
    if options.page:
        write_page(options.page, text)
    return 0


def _run_in_processes(options: argparse.Namespace) -> dict[str, dict[int, Figures]]:
    jobs = [(variant, seed) for seed in options.seeds for variant in VARIANTS]
    found: dict[str, dict[int, Figures]] = {variant: {} for variant in VARIANTS}
    with ProcessPoolExecutor(
        options.processes,
        multiprocessing.get_context("spawn"),
        _begin_process,
        (options.scenes, options.judged),
    ) as pool:
        runs = [pool.submit(_run_in_process, options.out, options.steps, *job) for job in jobs]
        try:
            for (variant, seed), run in zip(jobs, runs, strict=True):
                found[variant][seed] = run.result()
        except TrainerError:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def _begin_process(n_scenes: int, n_judged: int) -> None:
    _log_to_stderr()
    torch.set_num_threads(1)
    judging = SceneSource(n_judged, VALIDATION_SPLIT)
    judged = [judging.scene(at) for at in range(n_judged)]
    _process_scenes.append((SceneSource(n_scenes), judged))


def _run_in_process(out: Path, steps: int, variant: str, seed: int) -> Figures:
    return run_variant(out, variant, seed, steps, *_process_scenes[0])


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)


def _around_figures(page: Path) -> tuple[str, str]:
    try:
        content = page.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{page} cannot be read: {error}; name the page by --page") from None
    before, _, rest = content.partition(_PAGE_START)
    _, mark, after = rest.partition(_PAGE_END)
    if not mark:
        raise DataError(f"{page} has no place for the figures: add {_PAGE_START} {_PAGE_END}")
    return before, after


def _run(folder: Path, recipe: Recipe, training: SceneSource, judged: list[Scene]) -> Figures:
    started_s = time.process_time()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_bytes(scene_vocabulary(training, recipe.vocab_size))
    sources: dict[str, Source] = {"scenes": training}
    train(recipe, folder, resume=True, sources=sources)
    export(folder, folder / "model")
    encoder = open_encoder(folder / "model")
    encoded = encode_scenes(encoder, judged, recipe.export_patches)
    figures: Figures = {}
    for language in LANGUAGES:
        own = scene_figures(encoder, encoded, language)
        figures |= {f"{language} {name}": value for name, value in own.items()}
    content = {
        "recipe": json.loads(recipe.to_json()),
        "figures": figures,
        "core_minutes": (time.process_time() - started_s) / 60,
    }
    (folder / _FIGURES_NAME).write_text(json.dumps(content, indent=1), encoding="utf-8")
    return figures


def _finished(folder: Path, recipe: Recipe) -> Figures | None:
    """The figures of a run of this very recipe."""
    path = folder / _FIGURES_NAME
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    same: bool = content["recipe"] == json.loads(recipe.to_json())
    return content["figures"] if same else None


def _mean(values: list[float]) -> str:
    mean = statistics.mean(values)
    return f"{mean:.1f}" + (f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else "")


if __name__ == "__main__":
    sys.exit(main())
