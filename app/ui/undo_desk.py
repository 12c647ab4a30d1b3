"""What people changed, in order, and how to take it back: undo and redo of the whole window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from app.core.changes import Change
from app.core.messages import ChangeDone, JobFailed
from app.engine.link import EngineLink

N_STEPS_KEPT = 200

Way = Literal["do", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do.

    Attributes:
        text: what was done, for people: "3 photos rated".
        run: sends it off and returns the number of its job.
        tell: whether people are told that it was done, with Undo at hand.
    """

    text: str
    run: Callable[[], int]
    tell: bool = False


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step is on disk."""

    text: str
    way: Way
    tell: bool


class UndoDesk(QObject):
    """Carries steps out, remembers their inverses once they are done, and goes back and forth.

    Whoever runs a step that is no library change calls ``settle`` or ``forget`` when it has ended.
    """

    step_done = Signal(object)  # StepDone
    step_failed = Signal(object)  # JobFailed
    stacks_changed = Signal()

    def __init__(self, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._running: dict[int, tuple[Step, Way]] = {}
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        link.change_done.connect(self._on_link_change_done)
        link.job_failed.connect(self._on_link_job_failed)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is something that was taken back."""
        return bool(self._redo)

    def change(self, change: Change, text: str, *, tell: bool = False) -> int:
        """Change the library; returns the job's number."""
        return self.carry_out(Step(text, self.change_run(change), tell))

    def change_run(self, change: Change) -> Callable[[], int]:
        """Return what sends a library change off."""
        return lambda: self._link.change_library(change)

    def carry_out(self, step: Step) -> int:
        """Do something that can be taken back; returns the job's number."""
        return self._start(step, "do")

    @Slot()
    def undo(self) -> None:
        """Take the last step back; nothing if there is none."""
        if self._undo:
            self._start(self._undo.pop(), "undo")
            self.stacks_changed.emit()

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back last; nothing if there is none."""
        if self._redo:
            self._start(self._redo.pop(), "redo")
            self.stacks_changed.emit()

    def settle(self, job_id: int, inverse: Callable[[], int]) -> None:
        """A job is done; ``inverse`` takes it back."""
        running = self._running.pop(job_id, None)
        if running is None:
            return
        step, way = running
        (self._redo if way == "undo" else self._undo).append(replace(step, run=inverse))
        del self._undo[:-N_STEPS_KEPT]
        if way == "do":
            self._redo.clear()
        self.stacks_changed.emit()
        self.step_done.emit(StepDone(step.text, way, step.tell))

    def forget(self, job_id: int) -> None:
        """A job changed nothing: there is nothing to take back, and nothing to tell."""
        self._running.pop(job_id, None)

    def give_up(self, failure: JobFailed) -> None:
        """A job failed; harmless for one that is not ours."""
        if self._running.pop(failure.job_id, None) is not None:
            self.step_failed.emit(failure)

    def _start(self, step: Step, way: Way) -> int:
        job_id = step.run()
        self._running[job_id] = (step, way)
        return job_id

    @Slot(object)
    def _on_link_change_done(self, event: ChangeDone) -> None:
        self.settle(event.job_id, self.change_run(event.inverse))

    @Slot(object)
    def _on_link_job_failed(self, event: JobFailed) -> None:
        self.give_up(event)
