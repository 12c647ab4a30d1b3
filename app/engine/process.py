"""One life of the engine process: start it, read its events, write its commands. No Qt here.

Two threads serve a life. The reader starts the process, blocks on the pipe and hands every event
to ``on_event``; when the pipe ends it collects the process and calls ``on_exit`` once, last.
The writer takes commands from a queue, so that a large picture never blocks the caller.
"""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import pickle
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any

from app.core.messages import Command, Shutdown

logger = logging.getLogger(__name__)

COLLECT_TIMEOUT_S = 2.0
BAD_EVENT_ERRORS = (
    pickle.UnpicklingError,
    AttributeError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
)


def call_by_name(connection: Connection, module: str, function: str, *args: object) -> None:
    """Import ``module`` in this (new) process and run its ``function(connection, *args)``.

    The window names the engine's entry by strings, so that it never imports the engine itself.
    """
    getattr(importlib.import_module(module), function)(connection, *args)


class EngineProcess:
    """A spawned process at the other end of a pipe."""

    def __init__(
        self,
        target: Callable[..., object],
        args: tuple[object, ...],
        on_event: Callable[[Any], None],
        on_exit: Callable[[int | None], None],
    ) -> None:
        """Prepare a life; nothing runs before ``start``.

        Args:
            target: Picklable; called as ``target(connection, *args)`` in the new process.
            args: Picklable values.
            on_event: Called in the reader thread with every object that arrives.
            on_exit: Called once in the reader thread with the exit code (None: never started).
        """
        self._target = target
        self._args = args
        self._on_event = on_event
        self._on_exit = on_exit
        self._commands: SimpleQueue[Command | None] = SimpleQueue()
        self._process: SpawnProcess | None = None
        self._lock = threading.Lock()
        self._is_silent = False
        self._is_unwanted = False
        self._reader = threading.Thread(target=self._read, name="engine-reader", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process' number, None while it does not run."""
        with self._lock:
            return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the threads; returns at once."""
        self._reader.start()

    def send(self, command: Command) -> None:
        """Queue a command; never blocks, harmless after the end."""
        self._commands.put(command)

    def stop(self, timeout_s: float) -> None:
        """Ask the process to end, then insist: at the latest after ``timeout_s`` it is killed.

        Blocks until the process and the threads are gone. Nothing is announced any more.
        """
        with self._lock:
            self._is_silent = True
        if not self._reader.is_alive():
            return
        deadline = time.monotonic() + timeout_s
        self.send(Shutdown())
        self._reader.join(timeout_s * 0.6)
        if self._reader.is_alive():
            logger.warning("the engine did not end by itself, terminating it")
            self._signal(SpawnProcess.terminate)
            self._reader.join(max(0.1, deadline - time.monotonic() - 0.2))
        if self._reader.is_alive():
            self._signal(SpawnProcess.kill)
            self._reader.join(max(1.0, deadline - time.monotonic()))

    def _signal(self, act: Callable[[SpawnProcess], None]) -> None:
        """End the process, or let it end as soon as it has been started."""
        with self._lock:
            self._is_unwanted = True
            if self._process is not None:
                act(self._process)

    def _announce(self, act: Callable[[Any], None], value: object) -> None:
        with self._lock:
            if not self._is_silent:
                act(value)

    def _read(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=self._target, args=(theirs, *self._args), name="finelens-engine"
        )
        try:
            process.start()
        except OSError:
            logger.exception("the engine process could not be started")
            ours.close()
            theirs.close()
            self._announce(self._on_exit, None)
            return
        theirs.close()
        with self._lock:
            self._process = process
            if self._is_unwanted:
                process.kill()
        writer = threading.Thread(
            target=self._write, args=(ours,), name="engine-writer", daemon=True
        )
        writer.start()
        self._receive(ours)
        exit_code = self._collect(process)
        self._commands.put(None)
        writer.join()
        ours.close()
        self._announce(self._on_exit, exit_code)

    def _receive(self, connection: Connection) -> None:
        while True:
            try:
                event = connection.recv()
            except (EOFError, OSError):
                return
            except BAD_EVENT_ERRORS:
                # Half a message, or one that cannot be read: this life is over.
                logger.exception("an event of the engine cannot be read")
                return
            self._announce(self._on_event, event)

    def _write(self, connection: Connection) -> None:
        while (command := self._commands.get()) is not None:
            try:
                connection.send(command)
            except (OSError, ValueError):
                return

    def _collect(self, process: SpawnProcess) -> int | None:
        process.join(COLLECT_TIMEOUT_S)
        if process.is_alive():
            process.kill()
            process.join()
        with self._lock:
            self._process = None
            exit_code = process.exitcode
            process.close()
        return exit_code
