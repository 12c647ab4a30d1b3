"""Book-keeping of the jobs that the engine has not answered yet."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.messages import (
    CancelJob,
    ChangeLibrary,
    Command,
    ExportResults,
    JudgeConcept,
    Locate,
    OpenPhoto,
    PauseJob,
    RememberSearch,
    RemoveSavedSearch,
    RestoreBackup,
    SaveConcept,
    SaveSearch,
    Search,
    StartIndex,
    SuggestBoxes,
)
from app.core.switching import UseModel

# What people make: it is sent again however often an engine dies under it.
Making = (
    ChangeLibrary
    | RestoreBackup
    | SaveConcept
    | JudgeConcept
    | SaveSearch
    | RemoveSavedSearch
    | RememberSearch
)
Lasting = StartIndex | Making | UseModel
JobCommand = Lasting | Search | Locate | SuggestBoxes | OpenPhoto | ExportResults

# A question that was running when the engine died is asked once more; an index job always.
MAX_QUESTION_ATTEMPTS = 2


@dataclass(slots=True)
class Job:
    """A command that waits for its answer."""

    command: JobCommand
    paused: bool = False
    cancelled: bool = False
    attempts: int = 0

    @property
    def is_lasting(self) -> bool:
        """Whether the job goes on in the next engine however often one died under it."""
        return isinstance(self.command, Lasting)


class JobTable:
    """The unanswered jobs, by number. Lives in the window's thread."""

    def __init__(self) -> None:
        self._jobs: dict[int, Job] = {}
        self._last_id = 0

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, job_id: int) -> bool:
        return job_id in self._jobs

    def new_id(self) -> int:
        """Return a number that was never used in this session; they grow from 1."""
        self._last_id += 1
        return self._last_id

    def add(self, command: JobCommand, *, sent: bool) -> None:
        """Remember a command; ``sent`` is False when it waits for an engine to start."""
        self._jobs[command.job_id] = Job(command, attempts=int(sent))

    def command(self, job_id: int) -> JobCommand | None:
        """Return what was asked; None for a job that already ended."""
        job = self._jobs.get(job_id)
        return None if job is None else job.command

    def finish(self, job_id: int) -> bool:
        """Forget a job; returns whether it was waiting. Harmless twice."""
        return self._jobs.pop(job_id, None) is not None

    def set_paused(self, job_id: int, paused: bool) -> None:
        """Remember that a job rests; harmless for one that already ended."""
        if job_id in self._jobs:
            self._jobs[job_id].paused = paused

    def set_cancelled(self, job_id: int) -> None:
        """Remember that a job is not wanted any more; harmless for one that already ended."""
        if job_id in self._jobs:
            self._jobs[job_id].cancelled = True

    def index_job_ids(self) -> tuple[int, ...]:
        """Return the numbers of the index jobs that go on."""
        return tuple(i for i, job in self._jobs.items() if isinstance(job.command, StartIndex))

    def take_over(self) -> tuple[list[Command], list[int]]:
        """Prepare for a new engine: the first one, or one after a death.

        Returns:
            The commands to send, in their old order, and the numbers of the jobs that are given up
            because the engine died under them twice. A resting job stays at rest; a cancelled
            one is cancelled again, so that its end is announced.
        """
        again: list[Command] = []
        given_up: list[int] = []
        for job_id, job in list(self._jobs.items()):
            if not job.is_lasting and job.attempts >= MAX_QUESTION_ATTEMPTS:
                del self._jobs[job_id]
                given_up.append(job_id)
                continue
            job.attempts += 1
            again.append(job.command)
            if job.cancelled:
                again.append(CancelJob(job_id))
            elif job.paused:
                again.append(PauseJob(job_id))
        return again, given_up
