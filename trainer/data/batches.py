"""Batches made ahead of the training step: on a thread, or by processes of their own."""

from __future__ import annotations

import pickle
import queue
import threading
from collections.abc import Generator
from contextlib import closing
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from trainer.data.packing import Batch
from trainer.errors import DataError

_AHEAD = 4


class MakesBatches(Protocol):
    """Gives the batch of a step, which depends on the seed and the step alone."""

    @property
    def unreadable(self) -> dict[str, str]:
        """Messages about samples that could not be used, by their names; grows with the batches."""
        ...

    def make(self, step: int) -> Batch:
        """The batch of a step, counted from 0."""
        ...


def prefetch(maker: MakesBatches, first: int, last: int, n_processes: int = 0) -> Generator[Batch]:
    """Batches of the steps ``first`` to ``last - 1``, made ahead.

    Close it, and the thread and the processes have ended.

    Args:
        maker: makes them; processes have copies of it as it is now.
        first: step.
        last: step after the last one.
        n_processes: that make them; 0 for a thread of this process.

    Raises:
        DataError: one of the processes has been killed.
    """
    if n_processes and last > first:
        items = _from_processes(maker, first, last, n_processes)
    else:
        items = (_made(maker, step) for step in range(first, last))
    ready: queue.Queue[Batch | Exception] = queue.Queue(_AHEAD)
    stop = threading.Event()

    def work() -> None:
        with closing(items):
            for item in items:
                while not stop.is_set():
                    try:
                        ready.put(item, timeout=0.2)
                        break
                    except queue.Full:
                        continue
                if stop.is_set() or isinstance(item, Exception):
                    return

    thread = threading.Thread(target=work, name="batches", daemon=True)
    thread.start()
    try:
        for _ in range(first, last):
            item = ready.get()
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()


def _from_processes(
    maker: MakesBatches, first: int, last: int, n_processes: int
) -> Generator[Batch | Exception]:
    """Not for the main thread: there torch interrupts whatever runs when a process is killed."""
    loader = DataLoader(
        _Steps(maker),
        sampler=range(first, last),
        batch_size=None,
        num_workers=min(n_processes, last - first),
        multiprocessing_context="fork",
    )
    try:
        for packed in loader:
            item, unreadable = pickle.loads(packed.numpy())
            maker.unreadable.update(unreadable)
            yield item
    except RuntimeError as error:
        yield DataError(process_ended(error, n_processes))


def process_ended(error: RuntimeError, n_processes: int) -> str:
    """What to say where one of ``data_processes`` has been killed."""
    return (
        f"a process that makes batches has ended: {error}; set data_processes lower than"
        f" {n_processes} if memory ran out"
    )


class _Steps(Dataset[Tensor]):
    """Steps by number, as a process hands them over: one tensor of bytes each.

    Tensors travel in shared memory, each with an open file: a batch has about twenty.
    """

    def __init__(self, maker: MakesBatches) -> None:
        self._maker = maker

    def __getitem__(self, step: int) -> Tensor:
        item = _made(self._maker, step)
        packed = pickle.dumps((item, self._maker.unreadable), pickle.HIGHEST_PROTOCOL)
        return torch.from_numpy(np.frombuffer(packed, np.uint8).copy())


def _made(maker: MakesBatches, step: int) -> Batch | Exception:
    try:
        return maker.make(step)
    except Exception as error:  # noqa: BLE001 - handed to the reader, which raises it
        return error
