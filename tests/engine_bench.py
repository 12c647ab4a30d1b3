"""An engine in the test's own process: feed it commands, let it step, look at its events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from app.core.asking import Query
from app.core.messages import Command, Event, IndexFinished, Search, SearchFinished, StartIndex
from app.core.settings import Settings
from app.worker.engine import Engine
from tests.fakes import FakeEncoder, InlinePool

E = TypeVar("E")
MAX_STEPS = 20_000


class EngineBench:
    """Use as a context manager; ``restart`` closes the engine and opens it again."""

    def __init__(
        self,
        library_dir: Path,
        *,
        encoder: FakeEncoder | None = None,
        pool: Callable[[], InlinePool] = InlinePool,
        settings: Settings | None = None,
    ) -> None:
        self._library_dir = library_dir
        self.encoder = encoder or FakeEncoder()
        self._make_pool = pool
        self._settings = settings or Settings(thumbnail_side_px=64)
        self.events: list[Event] = []
        self._job_id = 0
        self.pool: InlinePool
        self.engine: Engine

    def __enter__(self) -> EngineBench:
        self._open()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.engine.close()

    def _open(self) -> None:
        self.pool = self._make_pool()
        self.engine = Engine(
            self._settings,
            self._library_dir,
            Path("no-model"),
            self.events.append,
            loader=lambda model_dir, settings: self.encoder,
            pool=self.pool,
        )
        self.engine.start()

    def restart(self) -> None:
        """Close and open again, as a second start of the application."""
        self.engine.close()
        self._open()

    def new_id(self) -> int:
        """A job number."""
        self._job_id += 1
        return self._job_id

    def send(self, *commands: Command) -> None:
        """Hand commands to the engine."""
        for command in commands:
            self.engine.receive(command)

    def step(self, n_steps: int = 1) -> None:
        """Let the engine work."""
        for _ in range(n_steps):
            self.engine.step()

    def until(self, kind: type[E], **values: Any) -> E:
        """Step until an event of a kind with these values is among all events; return the last."""
        for _ in range(MAX_STEPS):
            found = self.of_kind(kind, **values)
            if found:
                return found[-1]
            self.engine.step()
        raise AssertionError(f"no {kind.__name__} with {values} among {self.events[-5:]}")

    def of_kind(self, kind: type[E], **values: Any) -> list[E]:
        """All events of a kind with these values so far."""
        return [
            event
            for event in self.events
            if isinstance(event, kind)
            and all(getattr(event, name) == value for name, value in values.items())
        ]

    def index(self, *roots: Path, retry_problems: bool = False) -> IndexFinished:
        """Run an index job to its end."""
        job_id = self.new_id()
        self.send(StartIndex(job_id, tuple(bytes(root) for root in roots), retry_problems))
        return self.until(IndexFinished, job_id=job_id)

    def search(self, text: str, limit: int = 200, **options: Any) -> SearchFinished:
        """Run a search to its first answer; ``options`` are those of ``Query``."""
        job_id = self.new_id()
        self.send(Search(job_id, Query(text, **options), limit))
        return self.until(SearchFinished, job_id=job_id)

    def paths(self) -> set[str]:
        """Relative paths of all photos in the library."""
        library = self.engine.library
        return {photo.path.decode() for photo in library.photos(library.photo_ids())}
