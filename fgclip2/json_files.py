"""Small files of a model folder, read without trust: a limited size, and one kind of error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MAX_JSON_BYTES = 2 << 20


def read_json(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it cannot be read.
        ValueError: as for ``read_small_file`` and ``parse_json``.
    """
    return parse_json(read_small_file(path, MAX_JSON_BYTES))


def read_small_file(path: Path, max_bytes: int) -> bytes:
    """What a file holds, all at once.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it cannot be read.
        ValueError: it is no file, or too large.
    """
    check_is_file(path)
    n_bytes = path.stat().st_size
    if n_bytes > max_bytes:
        raise ValueError(f"{n_bytes} bytes; up to {max_bytes} are read")
    return path.read_bytes()


def parse_json(content: bytes) -> Any:
    """What some bytes of JSON in UTF-8 hold.

    Raises:
        ValueError: nested too deeply, not JSON, or an object that holds a name twice.
    """
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_without_repeats)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise ValueError(f"{name[:40]!r} is there twice")
        values[name] = value
    return values


def check_is_file(path: Path) -> None:
    """Refuse folders, pipes and devices, which could block the reader for ever.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it cannot be looked at.
        ValueError: it is something else.
    """
    path.stat()
    if not path.is_file():
        raise ValueError("not a regular file")
