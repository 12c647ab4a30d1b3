"""The report of ``encoders.py`` as a page of tables."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.measuring import PICTURE
from fgclip2.images import patch_grid
from fgclip2.random_weights import model_config

REFERENCE = "transformers-f32"
CLOCKS = {
    "core": "Images a core-second",
    "wall": "Images a second",
}


def as_table(report: dict[str, Any]) -> str:
    """docs/benchmarks.md: where and when, images, texts, memory, the whole path, fewer units."""
    measured = {name: row for name, row in report["engines"].items() if "images_s" in row}
    lines = _introduction(report)
    budgets = list(next(iter(measured.values()))["images_s"])
    for clock, title in CLOCKS.items():
        lines += [f"## {title}", ""]
        lines += _head(["engine", *(f"{budget} patches" for budget in budgets), "least cosine"])
        for name, row in measured.items():
            cells = [_rate_cell(report, name, budget, clock) for budget in budgets]
            cosine = f"{row['least_cosine']:.5f}" if "least_cosine" in row else ""
            lines.append(_row([name, *cells, cosine]))
        lines.append("")
    lines += _texts_and_memory(measured)
    lines += _path(report.get("path", {}))
    lines += _limited(report.get("limited", {}))
    failed = {name: row["failed"] for name, row in report["engines"].items() if "failed" in row}
    lines += [f"{name} did not run: {reason}\n" for name, reason in failed.items()]
    return "\n".join(lines).rstrip() + "\n"


def _introduction(report: dict[str, Any]) -> list[str]:
    machine, auto = report["machine"], report.get("auto", {})
    lines = [
        "# Benchmarks",
        "",
        f"Model size {report['size']}, random weights. {report['date']}, {machine['cpu']},"
        f" {machine['cores']} cores ({', '.join(machine['instructions'])}), load before"
        f" {machine['load_before'][0]:.1f} and after {report['load_after'][0]:.1f}."
        " Made by `make bench`; all figures in `benchmarks.json`.",
        "",
        "Rates are medians; each cell has the rate of the best batch, then how many times"
        f" {REFERENCE} that is in the same run, then its share of the matrix peak of the same"
        " precision. Core-seconds are processor time, which other programs disturb less than the"
        " clock. Random weights say nothing about what 8 bits do to trained ones: that is checked"
        " at the first load of each model.",
        "",
        "Matrix peaks of the same run (2048 x 2048 products in OpenVINO): "
        + ", ".join(
            f"{name} {peak['wall']:.0f} GFLOP/s, {peak['core']:.0f} a core-second"
            for name, peak in report["peaks_gflops"].items()
        )
        + ".",
        "",
    ]
    if "precision" in auto:
        lines += [
            f"`auto` chose {auto['precision']} here; the first load, which measures and compiles,"
            f" took {auto['first_load_core_s']:.1f} core-seconds ({auto['first_load_s']:.0f} s) and"
            f" at most {auto['first_highest_mb']} MB.",
            "",
        ]
    return lines


def _texts_and_memory(measured: dict[str, Any]) -> list[str]:
    lines = ["## Texts, start and memory", ""]
    titles = ("short ms (core ms)", "long ms (core ms)", "start s (core s)")
    lines += _head(["engine", *titles, "resident MB", "highest MB", "highest MB at first load"])
    for name, row in measured.items():
        if "load_s" not in row:
            continue
        figures = [
            f"{row[f'{mode}_text_ms']:.0f} ({row[f'{mode}_text_cpu_ms']:.0f})"
            for mode in ("short", "long")
        ]
        figures.append(f"{row['load_s']:.1f} ({row['load_core_s']:.1f})")
        names = ("rss_mb", "VmHWM_mb", "first_highest_mb")
        lines.append(_row([name, *figures, *(str(row.get(each, "")) for each in names)]))
    return [
        *lines,
        "",
        "A start is from the beginning of the process to the first text, graphs cached. Resident"
        " memory is after all pictures and texts above, with pages of files that the system may"
        " take back.",
        "",
    ]


def _path(path: dict[str, Any]) -> list[str]:
    if "precision" not in path:
        return []
    lines = [f"## Whole path of {path['megapixels']}-megapixel JPEGs, {path['precision']}", ""]
    lines += _head(["patches", "encoder alone, images/s", "decode and encode, images/s", "share"])
    for budget, row in path.items():
        if budget.isdigit():
            rates = f"{row['alone_images_s']:.2f}", f"{row['path_images_s']:.2f}"
            lines.append(_row([budget, *rates, f"{100 * row['share']:.0f} %"]))
    return [*lines, ""]


def _limited(limited: dict[str, Any]) -> list[str]:
    measured = {name: row for name, row in limited.items() if "images_s" in row}
    if not measured:
        return []
    lines = ["## With the instruction set limited to AVX2", ""]
    budgets = list(next(iter(measured.values()))["images_s"])
    titles = [f"{budget} patches, images a core-second" for budget in budgets]
    lines += _head(["engine", *titles, "short, core ms", "long, core ms", "least cosine"])
    for name, row in measured.items():
        cells = [f"{_best(row, budget, 'core'):.2f}" for budget in budgets]
        cells += [f"{row[f'{mode}_text_cpu_ms']:.0f}" for mode in ("short", "long")]
        cosine = f"{row['least_cosine']:.5f}" if "least_cosine" in row else ""
        lines.append(_row([name, *cells, cosine]))
    return [*lines, ""]


def _rate_cell(report: dict[str, Any], name: str, budget: str, clock: str) -> str:
    rate = _best(report["engines"][name], budget, clock)
    parts = [f"{rate:.2f}"]
    reference = report["engines"].get(REFERENCE, {})
    if "images_s" in reference:
        parts.append(f"{rate / _best(reference, budget, clock):.1f} x")
    peak = report["peaks_gflops"].get(name.split("-")[1])
    if peak:
        # Padding that an engine computes beside the picture's patches is no achievement.
        n_patches = math.prod(patch_grid(*PICTURE, int(budget)))
        share = rate * image_gflop(report["size"], n_patches) / peak[clock]
        parts.append(f"{100 * share:.0f} %")
    return ", ".join(parts)


def _best(row: dict[str, Any], budget: str, clock: str) -> float:
    best: float = max(rate[clock] for rate in row["images_s"][budget].values())
    return best


def image_gflop(size: str, n_patches: int) -> float:
    """Operations of the vision tower and its pooling head for a picture, in 10^9."""
    vision = model_config(size).vision
    width, inner, n_layers = vision.hidden_size, vision.intermediate_size, vision.num_hidden_layers
    linear = n_layers * (4 * width**2 + 2 * width * inner) + vision.patch_values * width
    attention = n_layers * 2 * n_patches * width
    return 2 * n_patches * (linear + attention + 2 * width**2) / 1e9


def _head(names: list[str]) -> list[str]:
    return [_row(names), _row(["---"] * len(names))]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
