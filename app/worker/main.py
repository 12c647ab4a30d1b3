"""The engine process: a pipe at one end, the engine at the other."""

from __future__ import annotations

import dataclasses
import logging
import pickle
import signal
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from app.core.errors import AppError
from app.core.messages import Event, JobFailed
from app.core.settings import Settings
from app.worker.encoding import load_encoder
from app.worker.engine import EncoderLoader, Engine

logger = logging.getLogger(__name__)

# While decoders work the engine looks up this often, for batches that are due.
_BUSY_WAIT_S = 0.1


def run(
    connection: Connection,
    settings_dict: dict[str, Any],
    library_dir: str,
    model_dir: str,
    *,
    loader: EncoderLoader = load_encoder,
) -> None:
    """Serve commands until ``Shutdown`` or until the pipe closes; the entry of the process.

    ``EngineReady`` is the first event. An engine that cannot start sends ``JobFailed`` with
    ``job_id`` 0 and ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is the window's to handle
    logging.basicConfig(level=logging.WARNING, format="engine: %(levelname)s %(name)s %(message)s")
    sender = _Sender(connection)
    names = {field.name for field in dataclasses.fields(Settings)}
    settings = Settings(**{key: value for key, value in settings_dict.items() if key in names})
    engine = Engine(
        settings,
        Path(library_dir),
        Path(model_dir),
        sender.send,
        loader=loader,
        follow=settings.watch_folders,
    )
    try:
        engine.start()
        _serve(connection, engine, sender)
    except AppError as error:
        logger.debug("the engine cannot go on", exc_info=True)
        sender.send(JobFailed(0, type(error).__name__, str(error), error.params))
    finally:
        engine.close()


class _Sender:
    """Writes events to the pipe until nobody reads them any more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.broken = False

    def send(self, event: Event) -> None:
        if self.broken:
            return
        try:
            self._connection.send(event)
        except OSError:
            self.broken = True


def _serve(connection: Connection, engine: Engine, sender: _Sender) -> None:
    while not sender.broken:
        _take_commands(connection, engine)
        if engine.stopping:
            return
        if engine.step() or (not engine.is_busy and engine.idle()):
            continue
        timeout_s = _BUSY_WAIT_S if engine.is_busy else engine.seconds_to_work
        wait([connection, engine.waker.reader], timeout_s)


def _take_commands(connection: Connection, engine: Engine) -> None:
    """Hand everything that waits in the pipe to the engine; a closed pipe means stop."""
    try:
        while connection.poll():
            engine.receive(connection.recv())
    except (EOFError, OSError, pickle.UnpicklingError):
        engine.stopping = True
