"""Following a run: what appears on a terminal and in the run's folder."""

from __future__ import annotations

import io
import json
from pathlib import Path

from PIL import Image
from rich.console import Console
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from trainer.progress import Progress, draw_curves, read_log


def _record(step: int) -> dict[str, float]:
    return {"step": step, "short": 8.0 / step, "region": 2.0, "samples_per_s": 40.0}


def _scalars(out: Path) -> dict[tuple[str, int], float]:
    return {
        (value.tag, event.step): value.tensor.float_val[0] or value.simple_value
        for path in out.glob("events.out.tfevents*")
        for event in EventFileLoader(str(path)).Load()
        for value in event.summary.value
    }


def test_a_terminal_shows_a_bar_with_the_losses(tmp_path: Path) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120)
    with Progress(tmp_path, "tiny", 0, 8, console) as progress:
        progress.report(_record(4))
        progress.advance(4)
    assert "4/8" in shown.getvalue()
    assert "short 2.000" in shown.getvalue()


def test_elsewhere_no_bar_is_drawn(tmp_path: Path) -> None:
    shown = io.StringIO()
    with Progress(tmp_path, "tiny", 0, 8, Console(file=shown)) as progress:
        progress.report(_record(4))
        progress.advance(4)
    assert shown.getvalue().strip() == ""
    assert read_log(tmp_path) == [_record(4)]


def test_tensorboard_gets_the_same_figures(tmp_path: Path) -> None:
    with Progress(tmp_path, "tiny", 0, 8, Console(file=io.StringIO())) as progress:
        progress.report(_record(2))
        progress.report(_record(4))
    found = _scalars(tmp_path)
    assert found["loss/short", 2] == 4.0
    assert found["loss/short", 4] == 2.0
    assert found["run/samples_per_s", 4] == 40.0


def test_the_curves_are_a_picture_with_one_panel_a_loss(tmp_path: Path) -> None:
    draw_curves([_record(2), _record(4)], tmp_path / "two.png")
    draw_curves([{"step": 2, "short": 1.0}], tmp_path / "one.png")
    widths = {}
    for name in ("one", "two"):
        with Image.open(tmp_path / f"{name}.png") as picture:
            picture.load()
            widths[name] = picture.width
    assert widths["two"] == 2 * widths["one"]


def test_a_resumed_run_reports_nothing_twice(tmp_path: Path) -> None:
    console = Console(file=io.StringIO())
    with Progress(tmp_path, "tiny", 0, 8, console) as progress:
        progress.report(_record(2))
        progress.report(_record(4))  # killed after this; the last checkpoint was that of step 3
    with (tmp_path / "log.jsonl").open("a") as log:
        log.write('{"step": 5, "sho' + 9 * "\0" + "\n")
        log.write('{"step": 5, "sho')
    with (tmp_path / "log.jsonl").open("ab") as log:
        log.write(b'\n{no json}\n\xff\n{"short": 1.0}\n[3]\n{"step": "three"}\n')
    with Progress(tmp_path, "tiny", 3, 8, console) as progress:
        progress.report(_record(4))
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [2, 4]
    assert (tmp_path / "curves.png").exists()
