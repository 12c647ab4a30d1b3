"""Following a run: a bar on a terminal, log lines elsewhere, and files in the run's folder.

``log.jsonl`` holds one JSON object a report, ``events.out.tfevents...`` the same for TensorBoard,
``curves.png`` the losses as curves. A resumed run goes on in them: what was reported after the
checkpoint is dropped.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from torch.utils.tensorboard import SummaryWriter

from trainer.distributed import Group
from trainer.recipe_checks import OBJECTIVES
from trainer.recipes import Recipe

Record = dict[str, float]
LOG_NAME, CURVES_NAME = "log.jsonl", "curves.png"
logger = logging.getLogger(__name__)


class FollowsRun(Protocol):
    """What the loop tells about its steps."""

    def advance(self, step: int) -> None:
        """A step is done."""
        ...

    def report(self, record: Record) -> None:
        """Figures of the newest step, ``step`` among them."""
        ...

    def draw(self) -> None:
        """Bring the picture of the curves up to date."""
        ...


class _Silent:
    """For all processes but the first one."""

    def advance(self, step: int) -> None:
        """See ``FollowsRun``."""

    def report(self, record: Record) -> None:
        """See ``FollowsRun``."""

    def draw(self) -> None:
        """See ``FollowsRun``."""


class Progress:
    """Shows and writes down how a run goes on; a context manager.

    Args:
        out: folder of the run.
        name: of the recipe.
        step: steps that are done already.
        n_steps: of the whole run.
        console: where the bar goes if it is a terminal; stderr if None.
    """

    def __init__(
        self, out: Path, name: str, step: int, n_steps: int, console: Console | None = None
    ) -> None:
        self._out = out
        self._console = console or Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        figures = (TimeRemainingColumn(), TextColumn("{task.fields[figures]}"))
        self._bar = Bar(
            *columns, *figures, console=self._console, disable=not self._console.is_terminal
        )
        self._task = self._bar.add_task(name, total=n_steps, completed=step, figures="")
        _forget_after(out / LOG_NAME, step)
        self._writer = SummaryWriter(str(out), purge_step=step + 1)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()
        self._writer.close()
        self.draw()

    def advance(self, step: int) -> None:
        """See ``FollowsRun``."""
        self._bar.update(self._task, completed=step)

    def report(self, record: Record) -> None:
        """See ``FollowsRun``."""
        with (self._out / LOG_NAME).open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        for name, value in record.items():
            if name != "step":
                group = "loss" if name in OBJECTIVES else "run"
                self._writer.add_scalar(f"{group}/{name}", value, int(record["step"]))
        if self._console.is_terminal:
            self._bar.update(self._task, figures=_in_short(record))
        else:
            logger.info("%s", record)

    def draw(self) -> None:
        """See ``FollowsRun``."""
        records = read_log(self._out)
        if records:
            draw_curves(records, self._out / CURVES_NAME)


@contextmanager
def follow(out: Path, recipe: Recipe, step: int, is_first: bool) -> Iterator[FollowsRun]:
    """What the loop reports to from ``step`` on; all but the first process are silent."""
    if not is_first:
        yield _Silent()
        return
    with Progress(out, recipe.name, step, recipe.steps) as progress:
        yield progress


@contextmanager
def name_unreadable(
    unreadable: Mapping[str, str], found_by_all: Mapping[str, str], group: Group
) -> Iterator[None]:
    """Name what could not be read, however it ends what is done within it.

    At its normal end the first process speaks for all. Where it is interrupted or fails the others
    cannot be asked: each process names what it has found itself.

    Args:
        unreadable: messages by names, filled meanwhile.
        found_by_all: those that every process has; the first one names them.
        group: all processes of the run.
    """
    try:
        yield
    except BaseException:
        _say_unreadable(
            [
                message
                for name, message in unreadable.items()
                if group.is_first or name not in found_by_all
            ]
        )
        raise
    together = group.union(dict(unreadable))
    if group.is_first:
        _say_unreadable(list(together.values()))


def _say_unreadable(messages: list[str]) -> None:
    if messages:
        named = "\n".join(messages)
        logger.warning("%d samples or regions could not be read:\n%s", len(messages), named)


def read_log(out: Path) -> list[Record]:
    """All whole reports of a run, in order; none where it has made none.

    Other lines are left out: a kill leaves half of one, a power cut zeros in its place.
    """
    path = out / LOG_NAME
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return [record for line in lines if (record := _report_of(line)) is not None]


def _report_of(line: str) -> Record | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    is_report = isinstance(record, dict) and isinstance(record.get("step"), int)
    return record if is_report else None


def draw_curves(records: list[Record], path: Path) -> None:
    """Write a PNG with one small curve for each weighted loss."""
    names = [name for name in OBJECTIVES if any(name in record for record in records)]
    figure = Figure(figsize=(3.2 * len(names), 2.6), layout="constrained")
    FigureCanvasAgg(figure)
    for place, name in enumerate(names):
        axes = figure.add_subplot(1, len(names), place + 1)
        points = [(record["step"], record[name]) for record in records if name in record]
        axes.plot(*zip(*points, strict=True), linewidth=1)
        axes.set_title(name)
        axes.set_xlabel("step")
    partial = path.with_suffix(".part")
    figure.savefig(partial, format="png", dpi=100)
    partial.replace(path)


def _in_short(record: Record) -> str:
    losses = "  ".join(f"{name} {record[name]:.3f}" for name in OBJECTIVES if name in record)
    return f"{losses}  {record['samples_per_s']:.0f} samples/s"


def _forget_after(path: Path, step: int) -> None:
    """Drop reports that a resumed run will make again."""
    kept = [record for record in read_log(path.parent) if record["step"] <= step]
    if path.exists():
        partial = path.with_suffix(".part")
        partial.write_text("".join(json.dumps(each) + "\n" for each in kept), encoding="utf-8")
        partial.replace(path)
