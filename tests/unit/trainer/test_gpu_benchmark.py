"""The GPU's benchmark: which parts there are, what becomes of one that fails, and the page."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks import gpu
from benchmarks.gpu import Part, as_page, halving, outcome, parts_of
from trainer.data.scene_source import SceneSource

CPU = torch.device("cpu")


def test_the_first_size_comes_first_and_its_second_stage_before_the_first(tmp_path: Path) -> None:
    steps = gpu.Steps(tmp_path, SceneSource(64), 8, CPU)
    parts = parts_of(["tiny", "base"], [16, 36], steps)
    told = [(each.group, each.patches, each.side) for each in parts]
    assert len(set(told)) == len(told)
    assert told[:4] == [
        ("tiny", 16, "ours"),
        ("tiny", 16, "transformers"),
        ("tiny", 36, "ours"),
        ("tiny", 36, "transformers"),
    ]
    assert told[4:9] == [
        ("stage 2", 16, "ours, compile_layers"),
        ("stage 2", 16, "ours"),
        ("stage 2", 16, "reference"),
        ("stage 1", 16, "ours, compile_layers"),
        ("stage 1", 16, "ours"),
    ]
    by_name = dict(zip(told, parts, strict=True))
    row = by_name["stage 1", 16, "ours"].run()
    assert row["batch"] == 8
    assert row["tflops"] > 0
    assert by_name["stage 2", 16, "reference"].run().keys() == {"batch", "samples_per_s"}


def test_a_part_that_fails_is_named_and_the_page_says_so() -> None:
    def fails() -> gpu.Report:
        raise RuntimeError("no kernel | image\nand more")

    row = outcome(Part("encoders", "base", 256, "ours", fails))
    assert row == {"failed": "RuntimeError: no kernel / image"}
    page = as_page(
        {
            "date": "2026-01-31",
            "gpu": "a GPU",
            "torch": "2.0",
            "machine": {"cpu": "a CPU", "cores": 2},
            "peak_tflops": 800.0,
            "encoders": {"base": {"256": {"ours": row}}},
            "training": {
                "stage 2": {
                    "256": {
                        "ours": {
                            "batch": 128,
                            "samples_per_s": 400.0,
                            "tflops": 360.0,
                            "peak_gb": 71.25,
                        }
                    }
                }
            },
        }
    )
    assert "| base | 256 | ours |  | RuntimeError: no kernel / image |  |" in page
    assert "| stage 2 | 256 | ours | 128 | 400 | 45% | 71.2 |" in page


def test_a_batch_that_does_not_fit_is_halved() -> None:
    def run(batch: int) -> gpu.Report:
        if batch > 16:
            raise torch.OutOfMemoryError("out of memory")
        return {"images_per_s": float(batch)}

    assert halving(64, run) == {"batch": 16, "images_per_s": 16.0}
    with pytest.raises(torch.OutOfMemoryError):
        halving(64, lambda batch: run(batch + 17))


def test_what_would_begin_too_late_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(gpu.PEAK_SIDE, "cpu", 8)
    page, values = tmp_path / "page.md", tmp_path / "values.json"
    settings = "--device cpu --sizes tiny --patches 16 --seconds 0 --largest 2"
    files = ["--json", str(values), "--page", str(page)]
    monkeypatch.setattr("sys.argv", ["gpu", *settings.split(), *files])
    assert gpu.main() == 0
    assert page.read_text().count("not run: out of time") == 8
    assert values.exists()
