"""The page that `make bench` writes: figures of a report, and what did not run."""

from __future__ import annotations

from benchmarks.encoders_table import NOTES, as_table, image_gflop, notes_of
from benchmarks.measuring import medians


def engine(rate: float, **more: float) -> dict[str, object]:
    rates = {"1": {"wall": rate / 2, "core": rate}, "4": {"wall": rate, "core": rate}}
    return {
        "images_s": {"256": rates},
        "short_text_ms": 20.0,
        "short_text_cpu_ms": 30.0,
        "long_text_ms": 60.0,
        "long_text_cpu_ms": 90.0,
        "load_s": 1.5,
        "load_core_s": 0.8,
        "rss_mb": 500,
        "VmHWM_mb": 600,
        **more,
    }


def test_rates_are_compared_with_transformers_and_with_the_peak() -> None:
    report = {
        "date": "2026-01-31",
        "machine": {"cpu": "a CPU", "cores": 2, "instructions": ["avx2"], "load_before": [0.1]},
        "size": "base",
        "load_after": [0.2],
        "peaks_gflops": {
            "f32": {"wall": 100.0, "core": 50.0},
            "bf16": {"wall": 1e9, "core": 1e9},
            "int8": {name: 10 * image_gflop("base", 14 * 18) for name in ("wall", "core")},
        },
        "auto": {
            "precision": "int8",
            "first_load_s": 9.0,
            "first_load_core_s": 12.0,
            "first_highest_mb": 1200,
        },
        "engines": {
            "transformers-f32": engine(1.0),
            "openvino-int8": engine(6.0, least_cosine=0.9991, first_highest_mb=1100),
            "openvino-bf16": {"failed": "no units"},
            "onnxruntime-f32": {"images_s": engine(2.0)["images_s"]},
        },
        "path": {
            "precision": "int8",
            "megapixels": 12,
            "256": {"alone_images_s": 8.0, "path_images_s": 7.0, "share": 0.875},
        },
        "regions": {"32": {"ms": 3.25, "cpu_ms": 3.5}},
        "limited": {"openvino-int8": engine(3.0, least_cosine=0.9992)},
    }
    page = as_table(report)
    assert "| openvino-int8 | 6.00, 6.0 x, 60 % | 0.99910 |" in page
    assert "| onnxruntime-f32 | 2.00, 2.0 x," in page
    assert "openvino-bf16 did not run: no units" in page
    assert "| openvino-int8 | 20 (30) | 60 (90) | 1.5 (0.8) | 500 | 600 | 1100 |" in page
    assert "`auto` chose int8 here" in page
    assert "| 256 | 8.00 | 7.00 | 88 % |" in page
    assert "| 32 x 32 | 3.2 (3.5) |" in page
    # Ten pictures a second by their operations; more, because attention costs nothing here.
    assert "| 256 | 44 | 2 | 95 | 10.5 x transformers-f32 |" in page
    assert "| openvino-int8 | 3.00 | 30 | 90 | 0.99920 |" in page


def test_a_page_names_all_that_failed() -> None:
    report = {
        "date": "2026-01-31",
        "machine": {"cpu": "a CPU", "cores": 2, "instructions": [], "load_before": [0.1]},
        "size": "base",
        "load_after": [0.2],
        "peaks_gflops": {"failed": "no peaks"},
        "auto": {"failed": "no choice"},
        "path": {"failed": "no decoders"},
        "regions": {"failed": "no maps"},
        "engines": {"openvino-f32": {"failed": "no memory"}},
        "limited": {"openvino-int8": {"failed": "no time"}},
    }
    page = as_table(report)
    for name, reason in {
        "matrix peaks": "no peaks",
        "auto": "no choice",
        "whole path": "no decoders",
        "similar_region": "no maps",
        "openvino-f32": "no memory",
        "openvino-int8 (limited)": "no time",
    }.items():
        assert f"{name} did not run: {reason}\n" in page


def test_notes_of_people_stay() -> None:
    notes = f"\n{NOTES}\n\nA note.\n"
    assert notes_of("# Benchmarks\n\nA table.\n" + notes) == notes
    assert notes_of("# Benchmarks\n\nA table.\n") == ""


def test_operations_of_a_picture() -> None:
    """Twice the parameters of the tower for each patch, and attention on top."""
    least = 2 * 256 * 85e6 / 1e9
    assert least < image_gflop("base", 256) < 1.2 * least
    assert image_gflop("base", 1024) > 4 * image_gflop("base", 256)


def test_rounds_become_one_report_of_medians() -> None:
    rounds = [
        {"rss_mb": mb, "rate": {"wall": wall}} for mb, wall in ((500, 1.5), (700, 2.5), (600, 9.0))
    ]
    found = medians(rounds)
    assert found == {"rss_mb": 600, "rate": {"wall": 2.5}}
    assert isinstance(found["rss_mb"], int)  # as the page shows it
    assert medians([*rounds, {"failed": "no memory"}]) == {"failed": "no memory"}
