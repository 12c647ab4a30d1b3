"""The report of ``encoders.py`` as a page of tables."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.measuring import PICTURE
from fgclip2.images import patch_grid
from fgclip2.random_weights import model_config

REFERENCE = "transformers-f32"
# From this heading on a page is written by people.
NOTES = "## Measured and judged by hand"
CLOCKS = {
    "core": "Images a core-second",
    "wall": "Images a second",
}


def as_table(report: dict[str, Any]) -> str:
    """docs/benchmarks.md: where and when, images, texts, memory, the whole path, fewer units."""
    measured = {name: row for name, row in report["engines"].items() if "images_s" in row}
    lines = _introduction(report)
    budgets = list(next(iter(measured.values()))["images_s"]) if measured else []
    for clock, title in CLOCKS.items() if measured else ():
        lines += [f"## {title}", ""]
        lines += _head(["engine", *(f"{budget} patches" for budget in budgets), "least cosine"])
        for name, row in measured.items():
            cells = [_rate_cell(report, name, budget, clock) for budget in budgets]
            cosine = f"{row['least_cosine']:.5f}" if "least_cosine" in row else ""
            lines.append(_row([name, *cells, cosine]))
        lines.append("")
    lines += _limit(report, budgets)
    lines += _texts_and_memory(measured)
    lines += _path(report.get("path", {}))
    lines += _regions(report.get("regions", {}))
    lines += _limited(report.get("limited", {}))
    lines += [f"{name} did not run: {reason}\n" for name, reason in _failed(report).items()]
    return "\n".join(lines).rstrip() + "\n"


def notes_of(page: str) -> str:
    """What people wrote at the end of a page, with an empty line before it; empty if nothing."""
    _, heading, notes = page.partition(f"\n{NOTES}\n")
    return heading + notes


def _failed(report: dict[str, Any]) -> dict[str, str]:
    """Reasons by the name of what did not run."""
    limited = {f"{name} (limited)": row for name, row in report.get("limited", {}).items()}
    sides = {"matrix peaks": report["peaks_gflops"], "auto": report.get("auto", {})}
    sides |= {"whole path": report.get("path", {}), "similar_region": report.get("regions", {})}
    sides |= report["engines"] | limited
    return {name: row["failed"] for name, row in sides.items() if "failed" in row}


def _introduction(report: dict[str, Any]) -> list[str]:
    machine, auto = report["machine"], report.get("auto", {})
    lines = [
        "# Benchmarks",
        "",
        f"Model size {report['size']}, random weights. {report['date']}, {machine['cpu']},"
        f" {machine['cores']} cores ({', '.join(machine['instructions'])}), load before"
        f" {machine['load_before'][0]:.1f} and after {report['load_after'][0]:.1f}."
        " Made by `make bench`; all figures in the JSON file of the same name.",
        "",
        f"Rates are medians{_rounds(report)}; each cell has the rate of the best batch, then how"
        f" many times {REFERENCE} that is in the same run, then its share of the matrix peak of"
        " the same precision. Core-seconds are processor time, which other programs disturb less"
        " than the clock. Random weights say nothing about what 8 bits do to trained ones: that is"
        " checked at the first load of each model.",
        "",
        "Matrix peaks of the same run (2048 x 2048 products in OpenVINO): "
        + ", ".join(
            f"{name} {peak['wall']:.0f} GFLOP/s, {peak['core']:.0f} a core-second"
            for name, peak in _peaks(report).items()
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


def _rounds(report: dict[str, Any]) -> str:
    n_rounds = report.get("rounds", 1)
    return f" of {n_rounds} rounds of all engines in turn" if n_rounds > 1 else ""


def _limit(report: dict[str, Any], budgets: list[str]) -> list[str]:
    """What 8-bit layers and bfloat16 attention could reach at the measured peaks."""
    peaks, reference = _peaks(report), report["engines"].get(REFERENCE, {})
    if "images_s" not in reference or not {"int8", "bf16"} <= set(peaks):
        return []
    lines = ["## What the peaks allow", ""]
    lines += _head(["patches", "layers, GFLOP", "attention, GFLOP", "least core ms", "at most"])
    for budget in budgets:
        n_patches = math.prod(patch_grid(*PICTURE, int(budget)))
        layers, attention = _layers_and_attention_gflop(report["size"], n_patches)
        least_s = layers / peaks["int8"]["core"] + attention / peaks["bf16"]["core"]
        factor = 1 / (least_s * _best(reference, budget, "core"))
        cells = [budget, f"{layers:.0f}", f"{attention:.0f}", f"{1e3 * least_s:.0f}"]
        lines.append(_row([*cells, f"{factor:.1f} x {REFERENCE}"]))
    return [
        *lines,
        "",
        "Layers at the 8-bit peak and attention at the bfloat16 peak, nothing else counted.",
        "",
    ]


def _texts_and_memory(measured: dict[str, Any]) -> list[str]:
    if not any("load_s" in row for row in measured.values()):
        return []
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
        " take back. The graphs of ONNX Runtime hold the layers of the vision tower alone and were"
        " exported in the same process, so that its memory and start say nothing.",
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


def _regions(regions: dict[str, Any]) -> list[str]:
    maps = {side: found for side, found in regions.items() if side.isdigit()}
    if not maps:
        return []
    lines = ["## The best box for a vector", ""]
    lines += _head(["dense map", "similar_region, ms (core ms)"])
    for side, found in maps.items():
        lines.append(_row([f"{side} x {side}", f"{found['ms']:.1f} ({found['cpu_ms']:.1f})"]))
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
    peak = _peaks(report).get(name.split("-")[1])
    if peak:
        # Padding that an engine computes beside the picture's patches is no achievement.
        n_patches = math.prod(patch_grid(*PICTURE, int(budget)))
        share = rate * image_gflop(report["size"], n_patches) / peak[clock]
        parts.append(f"{100 * share:.0f} %")
    return ", ".join(parts)


def _best(row: dict[str, Any], budget: str, clock: str) -> float:
    best: float = max(rate[clock] for rate in row["images_s"][budget].values())
    return best


def _peaks(report: dict[str, Any]) -> dict[str, dict[str, float]]:
    peaks: dict[str, dict[str, float]] = report["peaks_gflops"]
    return {} if "failed" in peaks else peaks


def image_gflop(size: str, n_patches: int) -> float:
    """Operations of the vision tower and its pooling head for a picture, in 10^9."""
    return sum(_layers_and_attention_gflop(size, n_patches))


def _layers_and_attention_gflop(size: str, n_patches: int) -> tuple[float, float]:
    vision = model_config(size).vision
    width, inner, n_layers = vision.hidden_size, vision.intermediate_size, vision.num_hidden_layers
    linear = n_layers * (4 * width**2 + 2 * width * inner) + vision.patch_values * width
    attention = n_layers * 2 * n_patches * width
    return 2 * n_patches * (linear + 2 * width**2) / 1e9, 2 * n_patches * attention / 1e9


def _head(names: list[str]) -> list[str]:
    return [_row(names), _row(["---"] * len(names))]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
