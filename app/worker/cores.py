"""How many processor cores this process and its children may use; changes take effect at once."""

from __future__ import annotations

import logging
import os
import sys

logger = logging.getLogger(__name__)

_TASKS = "/proc/self/task"


def use_cores(n_cores: int | None) -> int:
    """Keep all threads of this process on some cores; None for all. Returns how many it is.

    Processes started from now on inherit it. Where the system has no such limit (macOS), all
    cores stay in use.
    """
    n_all = os.cpu_count() or 1
    n = max(1, min(n_cores or n_all, n_all))
    if sys.platform == "linux":
        # The highest numbers: the first core serves most interrupts and the window.
        wanted = set(range(n_all - n, n_all))
        for task in os.listdir(_TASKS):
            try:
                os.sched_setaffinity(int(task), wanted)
            except OSError as error:
                # A thread that has just ended, or cores that the system keeps from us.
                logger.debug("thread %s stays where it is: %s", task, error)
        return len(os.sched_getaffinity(0))
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetProcessAffinityMask(kernel.GetCurrentProcess(), ((1 << n) - 1) << (n_all - n))
        return n
    return n_all
