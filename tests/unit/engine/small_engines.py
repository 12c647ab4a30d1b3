"""Engine processes with a few lines each, for tests of the link. Only the standard library here."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Connection

from app.core.messages import (
    CancelJob,
    ChangeDone,
    ChangeLibrary,
    EngineReady,
    IndexFinished,
    IndexProgress,
    JobFailed,
    LocatedPhrase,
    PauseJob,
    PhotoLocated,
    PhotoOpened,
    Search,
    SearchFinished,
    Shutdown,
    StartIndex,
)
from app.core.switching import ModelSwitched

READY = EngineReady("small", "f" * 64, 8, "none", "f32", 1)
N_EMISSIONS = 5000


def finished(job_id: int, *, cancelled: bool = False) -> IndexFinished:
    return IndexFinished(job_id, 3, 3, 0, 0, 0, (), 0.1, cancelled)


def progress(job_id: int, done: int, phase: str = "indexing") -> IndexProgress:
    return IndexProgress(job_id, phase, 1, 9, done, 9, 0, 1.0, None)  # type: ignore[arg-type]


def answering(connection: Connection, settings: dict, library: str, model: str) -> None:
    """Answer every command at once."""
    connection.send(READY)
    while True:
        try:
            command = connection.recv()
        except EOFError:
            return
        if isinstance(command, Shutdown):
            return
        if isinstance(command, Search):
            text = f"{command.query.text}|{settings['engine']}|{library}|{model}"
            connection.send(SearchFinished(command.job_id, text, "small", 1.0, ()))
        elif isinstance(command, StartIndex):
            connection.send(finished(command.job_id))
        elif isinstance(command, ChangeLibrary):
            connection.send(ChangeDone(command.job_id, command.change))


def chatty(connection: Connection, *_args: object) -> None:
    """Send thousands of events to one index job."""
    connection.send(READY)
    job_id = connection.recv().job_id
    for done in range(N_EMISSIONS):
        connection.send(progress(job_id, done))
    connection.send(finished(job_id))
    connection.recv()


def dying_once(connection: Connection, _settings: dict, library: str, _model: str) -> None:
    """Die by a signal in the middle of the first index job, finish it in the second life."""
    mark = os.path.join(library, "died")
    connection.send(READY)
    job = connection.recv()
    if not os.path.exists(mark):
        with open(mark, "wb"):
            pass
        connection.send(progress(job.job_id, 4))
        os.kill(os.getpid(), signal.SIGKILL)
    rest = connection.recv()
    told = "paused" if isinstance(rest, PauseJob) else "indexing"
    connection.send(progress(job.job_id, 5, told))
    connection.send(finished(job.job_id, cancelled=isinstance(rest, CancelJob)))
    connection.recv()


def dying(connection: Connection, *_args: object) -> None:
    """Die at once, always."""
    os._exit(7)


def dying_at_a_question(connection: Connection, *_args: object) -> None:
    """Die at every question."""
    connection.send(READY)
    connection.recv()
    os._exit(9)


def losing_the_detail(connection: Connection, _settings: dict, library: str, _model: str) -> None:
    """Answer a question at first; then die in the first life, and fail in the second."""
    mark = os.path.join(library, "died")
    connection.send(READY)
    job_id = connection.recv().job_id
    connection.send(SearchFinished(job_id, "", "small", 1.0, (), refining=True))
    if not os.path.exists(mark):
        with open(mark, "wb"):
            pass
        os._exit(9)
    connection.send(JobFailed(job_id, "ModelError", "no regions"))
    connection.recv()


def without_model(connection: Connection, *_args: object) -> None:
    """Say that there is no model and end."""
    connection.send(JobFailed(0, "ModelError", "no model there", {"path": "nowhere"}))


def with_one_model(connection: Connection, _settings: dict, _library: str, model: str) -> None:
    """Start with the model "other" alone, and change to it."""
    if model != "other":
        connection.send(JobFailed(0, "ModelError", "no model there", {"directory": model}))
        return
    connection.send(READY)
    connection.send(ModelSwitched(connection.recv().job_id, READY.model, 0))
    connection.recv()


def deaf(connection: Connection, *_args: object) -> None:
    """Ignore all commands and requests to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection.send(READY)
    while True:
        time.sleep(60)


def babbling(connection: Connection, *_args: object) -> None:
    """Send something that is no event, then half a message."""
    connection.send({"what": "no event"})
    connection.send(READY)
    connection.send_bytes(b"\x80\x05not a pickle")
    connection.recv()


def two_answers(connection: Connection, *_args: object) -> None:
    """Answer two searches and two locates late and in order, as an engine does that was busy."""
    connection.send(READY)
    commands = [connection.recv() for _ in range(4)]
    for command in commands:
        if isinstance(command, Search):
            connection.send(SearchFinished(command.job_id, command.query.text, "small", 1.0, ()))
        else:
            event = PhotoLocated(
                command.job_id,
                command.photo_id,
                1,
                1,
                (LocatedPhrase(command.texts[0], 0.5, None, b"\0\0\0\0"),),
            )
            connection.send(event)
    connection.send(PhotoOpened(99, 5, 1, 1, 1, 1, b"\0\0\0"))
    connection.recv()
