"""An engine in a process of its own, with real decoders and the fake encoder."""

from __future__ import annotations

import dataclasses
import multiprocessing
import time
from pathlib import Path
from typing import Any, TypeVar

import psutil

from app.core.settings import Settings
from tests.fakes import run_with_fake_encoder

E = TypeVar("E")
WAIT_S = 60.0


class EngineProcess:
    """The test's end of an engine process."""

    def __init__(self, library_dir: Path, n_decoders: int = 2) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        settings = dataclasses.asdict(Settings(decoder_processes=n_decoders, thumbnail_side_px=64))
        self.process = context.Process(
            target=run_with_fake_encoder, args=(theirs, settings, str(library_dir), "no-model")
        )
        self.process.start()
        theirs.close()
        self.events: list[Any] = []

    def until(self, kind: type[E], wait_s: float = WAIT_S, **values: Any) -> E:
        deadline = time.monotonic() + wait_s
        while self.connection.poll(max(0.0, deadline - time.monotonic())):
            event = self.connection.recv()
            self.events.append(event)
            if isinstance(event, kind) and all(
                getattr(event, name) == value for name, value in values.items()
            ):
                return event
        raise AssertionError(f"no {kind.__name__} with {values} after {self.events[-3:]}")

    def take_events(self, wait_s: float) -> None:
        """Keep what the engine says; waits that long for the first word."""
        while self.connection.poll(wait_s):
            self.events.append(self.connection.recv())
            wait_s = 0.0

    def send(self, *commands: Any) -> None:
        for command in commands:
            self.connection.send(command)

    def decoders(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]

    def end(self) -> int | None:
        self.connection.close()
        self.process.join(WAIT_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        return self.process.exitcode
