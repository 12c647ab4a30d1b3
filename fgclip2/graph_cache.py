"""Compiled graphs and measured facts on disk, checked when read and safe to delete.

A graph is a ``.graph`` file beside a ``.json`` file with its sha256; one that does not match is
deleted and made again. Facts (a fingerprint, a chosen precision) are small JSON files
with a sha256 of their own. Every write replaces its file atomically, so several processes may
share a folder.
"""

from __future__ import annotations

import hashlib
import json
import logging
import mmap
import os
from collections.abc import Callable, Mapping
from io import BufferedRandom, BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fgclip2.checkpoint import Checkpoint

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAX_CACHE_BYTES = 8 << 30
_FORMAT = 2

_log = logging.getLogger(__name__)


def default_cache_dir() -> Path:
    """Where the platform keeps caches; nothing is made."""
    import platformdirs

    return platformdirs.user_cache_path("finelens", appauthor=False) / "graphs"


class GraphCache:
    """A folder of compiled graphs and facts. Losing it costs time and nothing else.

    Args:
        directory: made at the first write. A folder that cannot be written is no error.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def load_graph(self, key: Mapping[str, str]) -> mmap.mmap | None:
        """A stored graph, mapped copy-on-write, or None; a damaged one is deleted."""
        path = self._path(key, ".graph")
        facts = self.load_facts({**key, "kind": "graph"})
        if facts is None:
            return None
        try:
            with path.open("rb") as file:
                # Read and not mapped: pages of a map would count as memory of this process.
                if hashlib.file_digest(file, "sha256").hexdigest() == facts.get("graph_sha256"):
                    _touch(path)
                    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        except (OSError, ValueError):
            return None
        _log.warning("The compiled graph %s is damaged and is made again.", path)
        self.forget(key)
        return None

    def store_graph(self, key: Mapping[str, str], export: Callable[[BytesIO], object]) -> bool:
        """Keep a graph; old ones go when the folder grows too large.

        Args:
            key: the graph's name, for ``load_graph``.
            export: writes the graph to a stream. The pieces go to the file at once, so that the
                graph is never in memory as a whole.

        Returns:
            False: it cannot be kept.
        """
        facts: dict[str, object] = {}

        def fill(file: BufferedRandom) -> None:
            stream = _FileStream(file)
            export(stream)
            if stream.error is not None:
                raise stream.error
            file.seek(0)
            facts["graph_sha256"] = hashlib.file_digest(file, "sha256").hexdigest()

        if not self._write(self._path(key, ".graph"), fill):
            return False
        self._drop_old()
        return self.store_facts({**key, "kind": "graph"}, facts)

    def forget(self, key: Mapping[str, str]) -> None:
        """Delete a graph."""
        for path in (self._path({**key, "kind": "graph"}, ".json"), self._path(key, ".graph")):
            _delete(path)

    def load_facts(self, key: Mapping[str, str]) -> dict[str, Any] | None:
        """Facts stored under a key, or None."""
        try:
            values = json.loads(self._path(key, ".json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        # The key is kept with the facts, so that the folder can be read by people.
        if not isinstance(values, dict) or values.get("key") != dict(key):
            return None
        stored = values.pop("sha256", None)
        return values if stored == _sha256_of(values) else None

    def store_facts(self, key: Mapping[str, str], facts: Mapping[str, object]) -> bool:
        """Keep facts; False: they cannot be kept."""
        values = {"key": dict(key), **facts}
        content = json.dumps({**values, "sha256": _sha256_of(values)}, indent=2)
        return self._write(self._path(key, ".json"), lambda file: file.write(content.encode()))

    def _path(self, key: Mapping[str, str], ending: str) -> Path:
        named = {name: value for name, value in key.items() if name != "kind"}
        kind = key.get("kind", "graph")
        encoded = json.dumps([_FORMAT, kind, sorted(named.items())]).encode()
        return self.directory / (hashlib.sha256(encoded).hexdigest()[:40] + ending)

    def _write(self, path: Path, fill: Callable[[BufferedRandom], object]) -> bool:
        temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with temporary.open("w+b") as file:
                fill(file)
            temporary.replace(path)
        except OSError as error:
            _log.warning("%s cannot be kept: %s", path, error)
            _delete(temporary)
            return False
        return True

    def _drop_old(self) -> None:
        try:
            found = [(path.stat(), path) for path in self.directory.glob("*.graph")]
        except OSError:
            return
        total = sum(stat.st_size for stat, _ in found)
        for stat, path in sorted(found, key=lambda item: item[0].st_mtime):
            if total <= MAX_CACHE_BYTES:
                break
            total -= stat.st_size
            _delete(path.with_suffix(".json"))
            _delete(path)


class _FileStream(BytesIO):
    """A file for OpenVINO, which writes to nothing but a BytesIO.

    ``error`` keeps what went wrong in the meantime, because OpenVINO swallows it.
    """

    def __init__(self, file: BufferedRandom) -> None:
        super().__init__()
        self._file = file
        self.error: OSError | None = None

    def write(self, piece: Buffer, /) -> int:
        try:
            return self._file.write(piece)
        except OSError as error:
            self.error = error
            raise

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)


def stored_fingerprint(checkpoint: Checkpoint, cache: GraphCache | None) -> str:
    """A checkpoint's fingerprint; hashed anew only when a file's size, time or inode changed."""
    if cache is None:
        return checkpoint.fingerprint()
    key = {"kind": "fingerprint", "files": json.dumps(checkpoint.file_states())}
    facts = cache.load_facts(key)
    if facts is not None and isinstance(facts.get("fingerprint"), str):
        return str(facts["fingerprint"])
    fingerprint = checkpoint.fingerprint()
    cache.store_facts(key, {"fingerprint": fingerprint})
    return fingerprint


def _sha256_of(values: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _touch(path: Path) -> None:
    try:
        os.utime(path)
    except OSError:
        _log.debug("%s cannot be touched", path)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.debug("%s cannot be deleted: %s", path, error)
