"""Signals for tests of what is done when one comes."""

from __future__ import annotations

import signal


def deliver(number: int) -> None:
    """Call the handler of a signal, in place of ``signal.raise_signal``.

    The system has no part in it: where it cannot put the handler on the stack (matrix tiles need
    much of it), it ends the whole test run without a word.
    """
    handler = signal.getsignal(number)
    assert callable(handler)
    handler(number, None)
