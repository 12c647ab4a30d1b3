"""Batches made ahead of the training step on a thread of their own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator
from typing import Protocol

from trainer.data.packing import Batch

_AHEAD = 4


class MakesBatches(Protocol):
    """Gives the batch of a step, which depends on the seed and the step alone."""

    def make(self, step: int) -> Batch:
        """The batch of a step, counted from 0."""
        ...


def prefetch(maker: MakesBatches, first: int, last: int) -> Generator[Batch]:
    """Batches of the steps ``first`` to ``last - 1``, made ahead on one thread.

    Close it, and the thread has ended.
    """
    ready: queue.Queue[Batch | BaseException] = queue.Queue(_AHEAD)
    stop = threading.Event()

    def work() -> None:
        for step in range(first, last):
            try:
                item: Batch | BaseException = maker.make(step)
            except Exception as error:  # noqa: BLE001 - handed to the reader, which raises it
                item = error
            while not stop.is_set():
                try:
                    ready.put(item, timeout=0.2)
                    break
                except queue.Full:
                    continue
            if stop.is_set() or isinstance(item, BaseException):
                return

    thread = threading.Thread(target=work, name="batches", daemon=True)
    thread.start()
    try:
        for _ in range(first, last):
            item = ready.get()
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()
