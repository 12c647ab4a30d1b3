"""The bell: rings once however often it is struck, from any thread."""

from __future__ import annotations

import threading
from multiprocessing.connection import wait

from app.worker.waker import Waker


def test_rings_once_and_is_silenced() -> None:
    waker = Waker()
    assert not waker.reader.poll()
    for _ in range(100_000):
        waker.wake()
    assert waker.reader.poll()
    waker.drain()
    waker.drain()
    assert not waker.reader.poll()
    waker.wake()
    assert waker.reader.poll()
    waker.close()
    waker.close()
    waker.wake()


def test_wakes_a_sleeper_from_another_thread() -> None:
    waker = Waker()
    thread = threading.Thread(target=waker.wake)
    thread.start()
    assert wait([waker.reader], 10) == [waker.reader]
    thread.join()
    waker.close()
