"""What decoder processes run in tests: the real decoder, misbehaving for certain file names."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection
from typing import Any

from app.worker import decoder
from app.worker.decoder import ProcessLimits

_PAUSE = threading.Event()  # never set: its wait is the pause between two looks


def serve_naughty(connection: Connection, limits: ProcessLimits) -> None:
    """Decode, except for files named ``crash*``, ``exit*``, ``hang*``, ``busy*``, ``hog*``, ...

    Files named ``held*`` are decoded once the file ``hold`` beside them is gone.
    """
    decode = decoder._decode_photo

    def misbehave(request: Any, *rest: Any) -> Any:
        name = os.path.basename(request.path)
        if name.startswith(b"crash"):
            os.kill(os.getpid(), signal.SIGSEGV)
        if name.startswith(b"exit"):
            os._exit(3)
        if name.startswith(b"hang"):
            threading.Event().wait()
        if name.startswith(b"held"):
            while os.path.exists(os.path.join(os.path.dirname(request.path), b"hold")):
                _PAUSE.wait(0.01)
        if name.startswith(b"busy"):
            while True:
                pass
        if name.startswith(b"hog"):
            hoard = [bytearray(16 << 20) for _ in range(4096)]
            raise AssertionError(f"{len(hoard)} blocks were granted")
        if name.startswith(b"garble"):
            connection.send_bytes(b"\x00\x00\x00\x02{}")
        return decode(request, *rest)

    decoder._decode_photo = misbehave
    decoder.serve(connection, limits)


def serve_nothing(connection: Connection, limits: ProcessLimits) -> None:
    """Die before being ready."""
    os._exit(4)


def serve_modules(connection: Connection, limits: ProcessLimits) -> None:
    """Decode, and say in ``camera`` which modules and how much memory the process has then."""
    import dataclasses
    import sys

    decode = decoder._decode_photo

    def tell(request: Any, *rest: Any) -> Any:
        reply = decode(request, *rest)
        tops = sorted({name.split(".")[0] for name in sys.modules})
        return dataclasses.replace(reply, camera=" ".join(tops))

    decoder._decode_photo = tell
    decoder.serve(connection, limits)
