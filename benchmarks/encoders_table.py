"""The report of ``encoders.py`` as a page of tables."""

from __future__ import annotations

from typing import Any

from fgclip2.random_weights import model_config

REFERENCE = "transformers-f32"


def as_table(report: dict[str, Any]) -> str:
    """docs/benchmarks.md: where and when, images a second, texts, memory, shares of the peak."""
    machine, peaks = report["machine"], report["peaks_gflops"]
    measured = {name: row for name, row in report["engines"].items() if "failed" not in row}
    lines = [
        "# Benchmarks",
        "",
        f"Model size {report['size']}, random weights. {report['date']}, {machine['cpu']},"
        f" {machine['cores']} cores ({', '.join(machine['instructions'])}), load before"
        f" {machine['load_before'][0]:.1f}."
        " Made by `make bench`; all figures in `benchmarks.json`.",
        "",
        "Matrix peaks measured in the same run (2048 x 2048 products in OpenVINO): "
        + ", ".join(f"{name} {value:.0f} GFLOP/s" for name, value in peaks.items())
        + ".",
        "",
    ]
    budgets = list(next(iter(measured.values()))["images_s"])
    for clock, title in (
        ("wall", "Images a second (best batch), times transformers float32, share of the peak"),
        ("core", "Images a core-second (processor time, which other programs disturb less)"),
    ):
        lines += [f"## {title}", ""]
        lines += _head(["engine", *(f"{budget} patches" for budget in budgets), "least cosine"])
        for name, row in measured.items():
            cells = [_rate_cell(report, name, budget, clock) for budget in budgets]
            cosine = f"{row['least_cosine']:.5f}" if "least_cosine" in row else ""
            lines.append(_row([name, *cells, cosine]))
        lines.append("")
    lines += _texts_and_memory(measured)
    lines += [
        "",
        "Load is until the first text is encoded. Resident memory includes pages of files that"
        " the system may take back; random weights say nothing about what 8 bits do to trained"
        " ones.",
        "",
    ]
    for name, row in report["engines"].items():
        if "failed" in row:
            lines += [f"{name} did not run: {row['failed']}", ""]
    return "\n".join(lines)


def _texts_and_memory(measured: dict[str, Any]) -> list[str]:
    lines = ["## Texts, start and memory", ""]
    lines += _head(
        [
            "engine",
            "short ms (core ms)",
            "long ms (core ms)",
            "load s",
            "first load s",
            "resident MB",
            "highest MB",
        ]
    )
    for name, row in measured.items():
        first = f"{row['first_load_s']:.1f}" if "first_load_s" in row else ""
        figures = [
            f"{row[f'{mode}_text_ms']:.0f} ({row[f'{mode}_text_cpu_ms']:.0f})"
            for mode in ("short", "long")
        ]
        figures += [f"{row['load_s']:.1f}", first]
        figures += [str(row["rss_mb"]), str(row.get("VmHWM_mb", ""))]
        lines.append(_row([name, *figures]))
    return lines


def _rate_cell(report: dict[str, Any], name: str, budget: str, clock: str) -> str:
    rate = _best(report["engines"][name], budget, clock)
    parts = [f"{rate:.2f}"]
    reference = report["engines"].get(REFERENCE, {})
    if "images_s" in reference:
        parts.append(f"{rate / _best(reference, budget, clock):.1f} x")
    peak = report["peaks_gflops"].get(name.split("-")[1].split(" ")[0])
    if peak and "(" not in name and clock == "wall":
        share = rate * image_gflop(report["size"], int(budget)) / peak
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
